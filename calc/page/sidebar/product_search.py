"""Products by word or code: the short list that a picker offers, and what a typed text means.

A picker sends the wide choices to the browser, everyday words and headings among them, and no code below a heading;
those are found here by their descriptions, or typed.
"""

import re
from collections.abc import Mapping

from calc.datasets.dataset import Dataset
from calc.datasets.goods_names import everyday_goods, heading_names
from calc.errors import ScenarioError
from calc.in_words.vocabulary import goods_named, vocabulary_of
from calc.page import answers
from calc.page.held.policy import matches_products, selectors

MOST_OFFERED = 1_500
MOST_FOUND = 8
_HEADING = 4  # digits
_CODES_SHOWN = 2


@answers.kept_by_dataset()
def offered(name: str) -> dict[str, str]:
    """What a picker lists: everyday words, then lists, groups, chapters and headings; choice -> words to find it by.

    Parameters
    ----------
    name : of the dataset
    """
    data, labels = answers.dataset(name), answers.product_labels(name)
    found = {words[0]: _everyday(words, codes) for words, codes in everyday_words(name).items()}
    found |= {code: label_of(code, data) for code in labels if not code.isdigit() or len(code) <= _HEADING}
    return dict(list(found.items())[:MOST_OFFERED])


@answers.kept_by_dataset()
def everyday_words(name: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The everyday words all of whose products are in a dataset by HS code, and those products."""
    data, labels = answers.dataset(name), answers.product_labels(name)
    return {
        words: codes
        for words, codes in everyday_goods().items()
        if words[0] not in labels and all(code.isdigit() and matches_products(code, data) for code in codes)
    }


def _everyday(words: tuple[str, ...], codes: tuple[str, ...]) -> str:
    more = " …" if len(codes) > _CODES_SHOWN else ""
    said = ", ".join(words)
    return f"{said[0].upper()}{said[1:]} · {', '.join(codes[:_CODES_SHOWN])}{more}"


def label_of(selector: str, data: Dataset) -> str:
    """A selector as the picker shows it: `8703 · Cars`."""
    name = heading_names().get(selector)
    return f"{selector} · {name}" if name else answers.product_labels(data.name).get(selector, selector)


def understood(text: str, data: Dataset) -> tuple[str, ...]:
    """Selectors that a choice of the list or a typed text stands for: words, codes, lists; several with commas.

    Raises
    ------
    ScenarioError
        A word or code is unknown in this dataset, or has several meanings.
    """
    if matches_products(text, data):
        return selectors([text])
    found = goods_named(text, vocabulary_of(data))
    if missing := [code for code in found if not matches_products(code, data)]:
        raise ScenarioError(f"No product of {data.name} matches {', '.join(missing)}.")
    return found


def search(text: str, data: Dataset) -> dict[str, str]:
    """Products whose descriptions hold every word of a text, wide ones first: selector -> words."""
    words = re.findall(r"\w+", text.casefold())
    if not words:
        return {}
    found: Mapping[str, str] = {
        code: label for code, label in _index(data.name).items() if all(word in label for word in words)
    }
    nearest = sorted(found, key=lambda code: (len(code), code))[:MOST_FOUND]
    return {code: label_of(code, data) for code in nearest}


@answers.kept_by_dataset()
def _index(name: str) -> dict[str, str]:
    return {code: label.casefold() for code, label in answers.product_labels(name).items()}
