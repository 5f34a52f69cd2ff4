"""Product codes as spreadsheets and offices mangle them: 850511.0, 8.50511E+09, '850511, 8505.11, 8505 11, May-85.

A mangled code is an error with its remedy; it is cleaned only when somebody asks for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from calc.flows import BoolArray, among

CLEAN = "run tariff-impact check FOLDER --clean-codes NEWFOLDER, or store the column as text in the original file"
# Last heading of the chapters whose codes begin with a zero: a code of five digits with none of them lost no zero.
_MONTHS = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
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
            looks=r"['’‘`´\"“”].*|=\s*\".*\"",
            rule="begins with the apostrophe or quotation mark by which a spreadsheet keeps text",
            remedy=CLEAN,
            dropped=r"^[='’‘`´\"“”\s]+|['’‘`´\"“”]+$",
        ),
        "decimal": Mangled(
            looks=r"\d+[.,]0",
            rule="is a code that was written as a decimal number",
            remedy=CLEAN,
            dropped=r"[.,]0$",
        ),
        "grouped": Mangled(
            looks=r"\d{1,3}(?:,\d{3})+",
            rule="is a code with separators of thousands",
            remedy=CLEAN,
            dropped=",",
        ),
        "missing": Mangled(
            looks=r"#?N/?A!?|#(?:REF|VALUE|NAME|NUM|NULL|DIV/0)[!?]?|(?i:nan|null|none|<na>)",
            rule="stands for a code that is missing",
            remedy="fill in the code, or delete the row",
            dropped="",
        ),
        "date": Mangled(
            looks=(
                rf"(?:\d{{1,2}}[-/ ])?(?:{_MONTHS})[-/ ]\d{{1,4}}|\d{{1,2}}[-/ ](?:{_MONTHS})|"
                r"\d{4}-\d{2}-\d{2}(?: 00:00:00)?|\d{1,2}/\d{1,2}/\d{2,4}"
            ),
            rule="is a date, which a spreadsheet made of a code",
            remedy="take the codes from the original file, the column as text",
            dropped="",
        ),
        "prefix": Mangled(
            looks=r"(?:HTSUS|HTS|HS|H\d)(?:19|20)?\d{0,2}?[\s\-_.:]*\d{4}(?:\d\d){0,3}",
            rule="is an HS code behind letters, and prefixes such as 8505 do not reach it",
            remedy=CLEAN,
            dropped=r"^(?:HTSUS|HTS|HS|H\d)[\s\-_.:]*",
        ),
        "dots": Mangled(
            looks=r"\d{4}[.\-]\d{2}(?:[.\-]?\d{2}){0,2}|\d{2}\.\d{2}\.\d{2}(?:\.?\d{2}){0,2}|\d{4}[.\-]\d{2}[.\-]\d{4}",
            rule="is an HS code with dots or hyphens, and prefixes such as 8505 do not reach it",
            remedy=CLEAN,
            dropped=r"[.\-]",
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


# One look for all ways: most tables have no such label, and nine looks by way of pandas take 10 ms a table.
_ANY_WAY = re.compile("|".join(f"(?:{way.looks})" for way in WAYS.values()))


def mangled(labels: pd.Index) -> dict[str, BoolArray]:
    """Labels that are mangled in each way that occurs, by its name [label]."""
    found: dict[str, BoolArray] = {}
    text = pd.Series(labels, dtype=str)
    apart = ~text.str.isdigit().to_numpy(dtype=bool)
    text = text[apart]
    if not any(map(_ANY_WAY.fullmatch, text)):
        return found
    for name, way in WAYS.items():
        hit = np.zeros(len(labels), dtype=bool)
        hit[apart] = text.str.fullmatch(way.looks).to_numpy(dtype=bool)
        if name == "decimal" and text.str.fullmatch(r"\d+[.,](?!0$)\d+").any():
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


def under_short_heading(labels: pd.Index) -> BoolArray:
    """Codes of three, five, seven or nine digits that are of chapters 01 to 09 with a zero in front [label]."""
    whole = np.asarray(labels.str.fullmatch(r"[1-9]\d{2}(?:\d\d){0,3}"), dtype=bool)
    heading = np.array([int(label[:3]) for label in labels[whole]], dtype=int)
    last = np.array([_LAST_HEADING[chapter] for chapter in heading // 100], dtype=int)
    whole[whole] = (heading % 100 >= 1) & (heading % 100 <= last)
    return whole


def all_short(labels: pd.Index) -> bool:
    """Whether every label is an HS code of chapters 01 to 09 that lost its zero: five, seven or nine digits.

    Codes of five digits of other classifications do not all fall under a heading of these chapters.
    """
    given = pd.Index([str(label) for label in labels if label], dtype=str)
    return bool(len(given) and (given.str.len() >= 5).all() and under_short_heading(given).all())


def lost_zeros(labels: pd.Index, known: pd.Index | None) -> BoolArray:
    """Labels that are HS codes without their leading zero [label].

    Such a label has digits only, an odd number of them, and with a zero in front it begins a known code
    or lies under one; where no codes are known, it must be under a heading of chapters 01 to 09, and so must every
    one, unless some other label is one digit longer. One digit alone is the number of a sector.
    """
    length = labels.str.len().to_numpy(dtype=int)
    digits = np.asarray(labels.str.isdigit(), dtype=bool)
    odd: BoolArray = digits & (length % 2 == 1)
    if not odd.any():
        return odd
    if known is None:
        if all_short(labels):
            return odd
        return odd & np.isin(length + 1, length[digits]) & under_short_heading(labels)
    lost = np.zeros(len(labels), dtype=bool)
    depth = int(known.str.len().max())
    for size in np.unique(length[odd]):
        of_size = odd & (length == size)
        restored = ("0" + labels[of_size]).str[:depth]
        lost[of_size] = among(restored, known.str[: size + 1]) & ~among(labels[of_size], known)
    return lost


def odd_digits(labels: pd.Index) -> BoolArray:
    """Codes of three digits or more, an odd number, beside codes with one digit more [label]."""
    length = labels.str.len().to_numpy(dtype=int)
    digits = np.asarray(labels.str.isdigit(), dtype=bool)
    odd: BoolArray = digits & (length % 2 == 1) & (length > 1) & np.isin(length + 1, length[digits])
    return odd
