"""Product codes as spreadsheets and offices mangle them: 850511.0, 8.50511E+09, '850511, 8505.11, 8505 11.

A mangled code is an error with its remedy; it is cleaned only when somebody asks for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from calc.flows import BoolArray

CLEAN = "run tariff-impact check FOLDER --clean-codes NEWFOLDER, or store the column as text in the original file"
# Last heading of the chapters whose codes begin with a zero: a code of five digits with none of them lost no zero.
_LAST_HEADING = MappingProxyType({1: 6, 2: 10, 3: 9, 4: 10, 5: 11, 6: 4, 7: 14, 8: 14, 9: 10})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mangled:
    """One way in which codes are mangled.

    Parameters
    ----------
    looks : a label that is mangled in this way, as a whole
    rule, remedy : words for a problem
    dropped : what cleaning leaves out; empty where nothing can be done
    """

    looks: str
    rule: str
    remedy: str
    dropped: str


WAYS: Mapping[str, Mangled] = MappingProxyType(
    {
        "rounded": Mangled(
            looks=r"\d(?:[.,]\d+)?[eE]\+\d+",
            rule="is a code that a spreadsheet made a number, and its last digits are lost",
            remedy="take the codes from the original file, the column as text; what is lost cannot be repaired",
            dropped="",
        ),
        "apostrophe": Mangled(
            looks=r"['’‘`´].*",
            rule="begins with the apostrophe by which a spreadsheet keeps text",
            remedy=CLEAN,
            dropped=r"^['’‘`´]+|['’‘`´]+$",
        ),
        "decimal": Mangled(
            looks=r"\d+\.0",
            rule="is a code that was written as a decimal number",
            remedy=CLEAN,
            dropped=r"\.0$",
        ),
        "dots": Mangled(
            looks=r"\d{4}\.\d{2}(?:\.?\d{2}){0,2}|\d{2}\.\d{2}\.\d{2}(?:\.?\d{2}){0,2}|\d{4}\.\d{2}\.\d{4}",
            rule="is an HS code with dots, and prefixes such as 8505 do not reach it",
            remedy=CLEAN,
            dropped=r"\.",
        ),
        "spaces": Mangled(
            looks=r"\d{2,4}(?:[\s\u00a0]\d{2,4})+",
            rule="is a code with spaces between its digits",
            remedy=CLEAN,
            dropped=r"[\s\u00a0]",
        ),
        "words": Mangled(
            looks=r"\d{4,10}[\s\u00a0]*[-–:,;]?[\s\u00a0]+[^\W\d].*",
            rule="holds a code and words",
            remedy=CLEAN,
            dropped=r"[^\d].*$",
        ),
    }
)


def mangled(labels: pd.Index) -> dict[str, BoolArray]:
    """Labels that are mangled in each way that occurs, by its name [label]."""
    found: dict[str, BoolArray] = {}
    text = pd.Series(labels, dtype=str)
    apart = ~text.str.isdigit().to_numpy(dtype=bool)
    text = text[apart]
    for name, way in WAYS.items() if len(text) else ():
        hit = np.zeros(len(labels), dtype=bool)
        hit[apart] = text.str.fullmatch(way.looks).to_numpy(dtype=bool)
        if name == "decimal" and text.str.fullmatch(r"\d+\.(?!0$)\d+").any():
            continue  # 1.0 beside 1.1 are codes with a point of their own
        if hit.any():
            found[name] = hit
    return found


def cleaned(labels: pd.Index) -> pd.Index:
    """Labels with what does not belong to a code left out; those that lost digits stay as they are.

    Examples
    --------
    >>> cleaned(pd.Index(["'8505.11", "0101210020 Horses", "010121.0"])).tolist()
    ['850511', '0101210020', '010121']
    """
    text = pd.Series(labels, dtype=str)
    for _ in range(2):  # an apostrophe before a code with dots
        for name, hit in mangled(pd.Index(text)).items():
            if WAYS[name].dropped:
                text = text.where(~hit, text.str.replace(WAYS[name].dropped, "", regex=True))
    whole: pd.Index = pd.Index(text, name=labels.name)
    return whole


def all_short(labels: pd.Index) -> bool:
    """Whether every label is an HS code of chapters 01 to 09 that lost its zero: five, seven or nine digits.

    Codes of five digits of other classifications do not all fall under a heading of these chapters.
    """
    digits = [str(label) for label in labels if label]
    if not digits or not all(re.fullmatch(r"[1-9]\d{4}(?:\d\d){0,2}", label) for label in digits):
        return False
    heading = np.array([int(label[:3]) for label in digits])
    last = np.array([_LAST_HEADING[chapter] for chapter in heading // 100])
    return bool(((heading % 100 >= 1) & (heading % 100 <= last)).all())
