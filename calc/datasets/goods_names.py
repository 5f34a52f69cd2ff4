"""Plain names of goods, as sentences write them and the vocabulary reads them: cars, coffee, rare earths.

A phrase means what the first of these says of it: everyday words (`codes/goods.csv`), short names of headings
(`codes/hs4-names.csv`), lists of products, chapters and sections of the Harmonized System.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import pandas as pd

from calc.datasets.data_folder import data_dir
from calc.datasets.hs_names import CHAPTERS, LISTS, SECTIONS

LIST, SECTION = "list:", "section:"
_NOT_IN_SENTENCES = re.compile(r"[^a-z ,'-]|\betc\b")
_LONGEST = 45


@lru_cache(maxsize=1)
def everyday_goods() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Words that people use for the same goods, such as cars and automobiles -> products as a rule takes them."""
    table = _goods()
    named = table[table["products"] != ""]
    return {
        tuple(words.split("|")): tuple(products.split())
        for words, products in zip(named["words"], named["products"], strict=True)
    }


def everyday_words() -> pd.DataFrame:
    """One row a phrase: products, and the question where it has several meanings."""
    table = _goods()
    return table.assign(words=table["words"].str.split("|")).explode("words").set_index("words")


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, tuple[str, ...]]:
    """Phrase in small letters -> the products it means, as a rule takes them."""
    found = {str(phrase): tuple(row.split()) for phrase, row in everyday_words()["products"].items() if row}
    headings: dict[str, tuple[str, ...]] = {}
    for heading, name in _headings().items():
        headings[name] = (*headings.get(name, ()), heading)
    chapters = {_small(name): (chapter,) for chapter, name in CHAPTERS.items()}
    lists = {_small(name): (f"{LIST}{key}",) for key, name in LISTS.items()}
    sections = {_small(name): (f"{SECTION}{key}",) for key, name in SECTIONS.items()}
    return {**sections, **chapters, **lists, **headings, **found}


def goods_in_words(selectors: Sequence[str], products: pd.DataFrame) -> list[str]:
    """Products of a rule in plain words, one for each or for several together.

    Parameters
    ----------
    products : of the dataset, whose industries have names of their own

    Examples
    --------
    >>> goods_in_words(["8703", "8541", "8542", "870380"], pd.DataFrame({"product": [], "description": []}))
    ['cars', 'chips', 'cars (870380)']
    """
    named = {} if all(selector.isdigit() for selector in selectors) else _industries(products)
    found, first = [], 0
    while first < len(selectors):
        longest = next(
            (n for n in range(len(selectors) - first, 0, -1) if tuple(selectors[first : first + n]) in _names()), 0
        )
        if longest:
            found.append(_names()[tuple(selectors[first : first + longest])])
        else:
            found.append(_single(selectors[first], named))
        first += longest or 1
    return found


def _industries(products: pd.DataFrame) -> dict[str, str]:
    """Names of products whose codes are no numbers of the HS."""
    own = products[~products["product"].astype(str).str.isdigit()]
    return dict(zip(own["product"], own.get("short_name", own["description"]), strict=True))


def _single(selector: str, named: Mapping[str, str]) -> str:
    """One selector that has no phrase of its own."""
    column, colon, value = selector.partition(":")
    if selector in named:
        return _small(named[selector])
    if not colon:
        near = (selector[:digits] for digits in range(len(selector) - 1, 1, -1))
        chapter = _small(CHAPTERS.get(selector[:2], ""))
        wider = next((_names()[code,] for code in near if (code,) in _names()), chapter)
        return f"{wider} ({selector})" if wider and selector.isdigit() else f"products {selector}"
    if column == LIST[:-1]:
        return f"the list {value}"
    # a word of its own, such as goods or consumption, needs no column beside it
    return value if value.isalpha() and value.islower() else f"{column} {value}"


@lru_cache(maxsize=1)
def _names() -> Mapping[tuple[str, ...], str]:
    """Products -> the first phrase that means them and nothing else; sections are named by their numbers."""
    found: dict[tuple[str, ...], str] = {}
    meaning = phrases()
    everyday = [str(phrase) for phrase, row in everyday_words()["products"].items() if row]
    for phrase in (*everyday, *_headings().values(), *meaning):
        products = meaning[phrase]
        chapter = products[0] in CHAPTERS and phrase not in everyday
        list_like = chapter and "," in phrase  # coffee, tea and spices are three things without a code behind
        plain = len(phrase) <= _LONGEST and not _NOT_IN_SENTENCES.search(phrase) and not list_like
        if products[0].startswith(LIST) or (plain and not products[0].startswith(SECTION)):
            found.setdefault(products, phrase)
    return found


@lru_cache(maxsize=1)
def heading_names() -> Mapping[str, str]:
    """Heading of the Harmonized System -> its short name."""
    table = pd.read_csv(data_dir() / "codes" / "hs4-names.csv", dtype=str, keep_default_na=False)
    return dict(zip(table["heading"], table["name"], strict=True))


@lru_cache(maxsize=1)
def _headings() -> Mapping[str, str]:
    """Heading -> short name in small letters."""
    return {code: _small(name) for code, name in heading_names().items()}


@lru_cache(maxsize=1)
def _goods() -> pd.DataFrame:
    return pd.read_csv(data_dir() / "codes" / "goods.csv", dtype=str, keep_default_na=False)


def _small(name: str) -> str:
    """A name in small letters, abbreviations left as they are."""
    return re.sub(r"\b[A-Z][a-z]+|\bA\b", lambda word: word[0].lower(), str(name))
