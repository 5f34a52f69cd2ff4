"""The words of partners and goods, and the codes that a rule takes for them.

Partners: codes, names, other names and adjectives of the economies and groups of a dataset. Goods: everyday words,
short names of the headings of the Harmonized System, product lists, and codes as they are.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

import pandas as pd

from calc.datasets.codes import known_as
from calc.datasets.dataset import Dataset, data_dir, kept_with_dataset
from calc.datasets.economy_hints import hint_on_economy
from calc.datasets.goods_names import everyday_words, phrases
from calc.datasets.in_sentences import in_sentence
from calc.errors import ScenarioError
from calc.tariffs.rules import LIST_PREFIX

LONGEST_PHRASE = 12
_SKIPPED = frozenset(["the", "all", "of", "any", "imports", "import", "products", "product", "hs"])
_NO_CODE = frozenset(("and", "are"))  # Andorra and the Emirates, which are meant by their names only
MARK = "@"  # stands for what was understood, in what is left of a text
_CODE = re.compile(r"\d{2,10}")
_SELECTOR = re.compile(r"(section|chapter|heading) (\w+)")
_TOKEN = re.compile(r"\(\w+\)|[a-z0-9%<>&/.'\-:@]+|,|\S|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Phrases in small letters, and what they stand for.

    Parameters
    ----------
    partners : phrase -> code of an economy or group
    goods : phrase -> products as a rule takes them
    asked : phrase with more than one meaning -> what to write instead
    economies : codes of the data, without groups
    """

    partners: Mapping[str, str]
    goods: Mapping[str, tuple[str, ...]]
    asked: Mapping[str, str]
    economies: frozenset[str]


def plain_words(text: str) -> str:
    """A text in small letters without accents, and with one kind of minus, apostrophe and space."""
    marks = {"−": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "}
    text = "".join(marks.get(sign, sign) for sign in text)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return " ".join(text.split())


@kept_with_dataset(most=1)
def vocabulary_of(dataset: Dataset) -> Vocabulary:
    """The words of one dataset."""
    goods = {_key(phrase): products for phrase, products in phrases().items()}
    goods |= {_key(f"list {name}"): (f"{LIST_PREFIX}{name}",) for name in dataset.product_lists}
    for column in [name for name in dataset.products if name not in ("product", "description")]:
        for value in dataset.products[column].unique():
            named = str(value).casefold()
            goods[f"{column} {named}".casefold()] = (f"{column}:{value}",)
            if named.isalpha():  # as `sentences` writes it: goods, consumption
                goods.setdefault(named, (f"{column}:{value}",))
    industries = dataset.products[~dataset.products["product"].str.isdigit()]
    for column in ("product", "description", "short_name"):
        if column in industries:
            codes = zip(industries[column], industries["product"], strict=True)
            goods |= {_key(name): (str(code),) for name, code in codes}
    asked = {_key(phrase): row for phrase, row in everyday_words()["ask"].items() if row}
    economies = frozenset(map(str, dataset.countries["economy"]))
    return Vocabulary(partners=_partners(dataset), goods=goods, asked=asked, economies=economies)


def _key(phrase: object) -> str:
    """A phrase as it is looked up: words of letters and digits, one space between them."""
    return " ".join(re.findall(r"[a-z0-9%<>&/]+", plain_words(str(phrase)).replace("'", "").replace(".", "")))


def _partners(dataset: Dataset) -> dict[str, str]:
    countries = dataset.countries
    codes = [str(code) for code in countries["economy"]]
    groups = {group for members in countries["groups"] for group in str(members).split(";") if group}
    found = {_key(group): group for group in groups}
    for code, words in _adjectives().items():
        if code in codes or code in groups:
            found |= {_key(word): str(code) for word in words.split("|")}
    named = pd.read_csv(data_dir() / "codes" / "names.csv", dtype=str, keep_default_na=False)
    for code, name in zip(named["economy"], named["name"], strict=True):
        if code in codes:
            found[_key(name)] = str(code)
    for code, name in zip(codes, countries["name"], strict=True):
        found[_key(code)] = found[_key(name)] = found[_key(in_sentence(code, name)).removeprefix("the ")] = code
    return {phrase: code for phrase, code in found.items() if phrase not in _NO_CODE}


@lru_cache(maxsize=1)
def _adjectives() -> "pd.Series[str]":
    table = pd.read_csv(data_dir() / "codes" / "adjectives.csv", dtype=str)
    return table.set_index("economy")["words"]


def _one_or_many(key: str) -> tuple[str, ...]:
    """A word as written, and its plural or singular."""
    return (key, key.removesuffix("s")) if key.endswith("s") else (key, f"{key}s")


def partners_in(text: str, words: Vocabulary) -> tuple[tuple[str, ...], str]:
    """Economies and groups that a text names, and the text with a mark for each of them."""
    return _read(text, lambda key: (words.partners[key],) if key in words.partners else ())


def goods_in(text: str, words: Vocabulary) -> tuple[tuple[str, ...], str]:
    """Products that a text names, as a rule takes them, and the text with a mark for each of them."""

    def products(key: str) -> tuple[str, ...]:
        if _CODE.fullmatch(key) and len(key) % 2 == 0:
            return (key,)
        if (selector := _SELECTOR.fullmatch(key)) and selector[2].isdigit():
            return (selector[2].zfill(2),)
        return next((words.goods[form] for form in _one_or_many(key) if form in words.goods), ())

    return _read(text, products)


def with_codes(text: str, words: Vocabulary) -> str:
    """A text with codes in place of names of goods of several words, which could be read as something else.

    `ferrous waste and scrap` is no action and `fish, excluding fillets` no exception; `cars (870380)` is 870380.
    """
    tokens = list(_TOKEN.finditer(text))
    parts: list[str] = []
    place = end = 0
    while place < len(tokens):
        length, code = _long_name([token[0] for token in tokens[place : place + LONGEST_PHRASE + 1]], words)
        if length:
            parts += [text[end : tokens[place].start()], code]
            end = tokens[place + length - 1].end()
        place += length or 1
    return "".join((*parts, text[end:]))


def _long_name(tokens: Sequence[str], words: Vocabulary) -> tuple[int, str]:
    """How many of the first tokens are a name of goods, of several words or with its code behind, and its codes."""
    for length in range(min(LONGEST_PHRASE, len(tokens)), 0, -1):
        phrase = tokens[:length]
        codes = words.goods.get(_key(" ".join(phrase)), ())
        if not codes or "," in (phrase[0], phrase[-1]) or not all(token == "," or _key(token) for token in phrase):
            continue
        narrower = tokens[length][1:-1] if length < len(tokens) and tokens[length].startswith("(") else ""
        if narrower:
            return length + 1, narrower
        if length > 1 and not _is_list(phrase, lambda key: words.goods.get(key, ()), r" , (?:and )?| and "):
            return length, " and ".join(codes)
    return 0, ""


def _read(text: str, meaning: Callable[[str], tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """Codes of the longest known phrases, from left to right, and the text with a mark in place of each."""
    tokens = re.findall(r"[a-z0-9%<>&/.'\-:@]+|,", plain_words(text))
    found: dict[str, None] = {}
    left: list[str] = []
    place = 0
    while place < len(tokens):
        for length in range(min(LONGEST_PHRASE, len(tokens) - place), 0, -1):
            phrase = tokens[place : place + length]
            if phrase[0] == "," or phrase[-1] == "," or _is_list(phrase, meaning):
                continue
            if codes := meaning(_key(" ".join(phrase))):
                found |= dict.fromkeys(codes)
                left.append(MARK)
                place += length
                break
        else:
            if tokens[place] not in _SKIPPED:
                left.append(tokens[place])
            place += 1
    return tuple(found), " ".join(left)


def _is_list(phrase: Sequence[str], meaning: Callable[[str], tuple[str, ...]], between: str = " , ") -> bool:
    """Whether a comma stands between two known things: Hong Kong, China; not so in Korea, South."""
    parts = re.split(between, " ".join(phrase))
    return len(parts) > 1 and all(meaning(_key(part)) for part in parts)


def goods_named(text: str, words: Vocabulary) -> tuple[str, ...]:
    """Products that a text of goods alone names, as a rule takes them.

    Raises
    ------
    ScenarioError
        A word is unknown or has several meanings.
    """
    found, left = goods_in(text, words)
    unknown = " ".join(word for word in left.split() if word not in (MARK, ",", "and", "or"))
    if unknown or not found:
        raise refused(unknown or text, words)
    return found


def refused(left: str, words: Vocabulary) -> ScenarioError:
    """What to say of words that are in neither vocabulary, or have more than one meaning."""
    for key in (_key(left), *(_key(word) for word in left.split())):
        for form in _one_or_many(key):
            if form in words.asked:
                return ScenarioError(f"{key!r} can mean several things. Write {words.asked[form]}.")
    # a code of two letters may be a common word
    if known := [each for each in known_as(left) if len(left) > 2 and each.kind == "economy"]:
        hint = hint_on_economy(known[0].economy, words.economies)
        return ScenarioError(f"{left!r}: no trade with {known[0].name}{hint}.")
    near = _near(_key(left), (*words.goods, *words.partners))
    hint = f" Did you mean {' or '.join(near)}?" if near else " Give goods by an HS code, such as 8703."
    return ScenarioError(f"{left!r} is neither a partner nor goods that are known here.{hint}")


def _near(key: str, known: Iterable[str]) -> Sequence[str]:
    names = list(known)
    holding = [name for name in names if re.search(rf"\b{re.escape(key)}", name)] if len(key) > 3 else []
    return sorted(holding, key=len)[:3] or get_close_matches(key, names, n=2, cutoff=0.8)
