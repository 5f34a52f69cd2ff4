"""Rates of duty as offices publish them: `Free`, `6.8%`, `1¢/kg + 2%`, `(D)`, 9999.99, `See 9903.88.01`.

    tariff_pct = ad_valorem_pct + 100 · specific_usd / unit_value_usd          (the ad valorem equivalent)

The specific part is in US$ a unit of quantity (kg, No., liter …); a cent is 0.01 US$. One in another currency, such as
176.8 €/100 kg, is a specific duty without a number in US$.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np
import pandas as pd

from calc.flows import Array, BoolArray

SENTINEL = 9999.0  # the USITC writes 9999.99, 9999.999999 where the rate is in words; no tariff is as high


class RateKind(StrEnum):
    """What a published rate is."""

    FREE = "free"
    AD_VALOREM = "ad valorem"
    SPECIFIC = "specific"
    COMPOUND = "compound"
    WITHHELD = "withheld"
    SEE_TEXT = "see text"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


REMEDIES: Mapping[str, str] = {
    RateKind.SPECIFIC: "write its ad valorem equivalent: 100 x duty in US$ / value of the same imports",
    RateKind.COMPOUND: "write its ad valorem equivalent: the percentage + 100 x specific duty in US$ / value",
    RateKind.WITHHELD: "the office withheld it: leave the cell empty, or delete the row",
    RateKind.SEE_TEXT: "the rate is in words (9999.99 stands for that): write it, or delete the row",
    RateKind.EMPTY: "write the rate, or delete the row",
    RateKind.UNREADABLE: "write a percentage, such as 2.5",
}

_NUMBER = r"\d[\d,]*\.?\d*|\.\d+"
_FREE = re.compile(r"free|duty[- ]free|exempt|nil", re.IGNORECASE)
_WITHHELD = re.compile(r"\(?(d|s|x|z|n\.?a\.?|c)\)|n/a|\.\.+|:|#n/a|\*+", re.IGNORECASE)
_WORDS = re.compile(r"^free\s*\(|\b(see|rate|applicable|column|no change|9[89]\d\d\.|duty provided)", re.IGNORECASE)
_PERCENT = re.compile(rf"({_NUMBER})\s*(?:%|percent|per cent)", re.IGNORECASE)
_SPECIFIC = re.compile(rf"(?:\$\s*({_NUMBER})|({_NUMBER})\s*(?:¢|cents?\b))\s*(?:/\s*|per\s+)?([^+]*)", re.IGNORECASE)
_CURRENCY = r"(?:€|EUR|£|GBP|¥|JPY|CNY|RMB|CHF|CAD|AUD|INR|Rs\.?|R\$|BRL|MXN|KRW|ZAR|TRY)"
_FOREIGN = re.compile(
    rf"(?:{_CURRENCY}\s*(?:{_NUMBER})|(?:{_NUMBER})\s*{_CURRENCY})\s*(?:/|per\b)\s*([^+<>]*)", re.IGNORECASE
)
_PLAIN = re.compile(rf"[-+]?(?:{_NUMBER})(?:e[-+]?\d+)?", re.IGNORECASE)
_LIMITS = re.compile(r"\b(min|max|less|more|greater|but|whichever)", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\s*\b\d{1,2}/\s*$")  # "2.1% 1/"


def parse_rates(texts: pd.Series) -> pd.DataFrame:
    """Kind and parts of published rates, read once for each distinct text.

    Columns: `kind` (a `RateKind`), `ad_valorem_pct` (per cent of value; NaN where there is no number),
    `specific_usd` (US$ a unit, 0 where there is none, NaN in another currency) and `unit`.

    Examples
    --------
    >>> parse_rates(pd.Series(["Free", "1¢/kg + 2%"]))[["ad_valorem_pct", "specific_usd", "unit"]].to_numpy().tolist()
    [[0.0, 0.0, ''], [2.0, 0.01, 'kg']]
    """
    codes, labels = pd.factorize(texts.astype(str))
    parsed = pd.DataFrame([_parsed(str(label)) for label in labels], columns=_COLUMNS)
    return parsed.iloc[codes].set_axis(texts.index)


def ad_valorem_equivalent(parsed: pd.DataFrame, unit_value: Array) -> Array:
    """Rate in per cent of value: the percentage and the specific duty over the unit value (see the module).

    Parameters
    ----------
    parsed : as `parse_rates` gives it
    unit_value : US$ a unit of quantity, in the unit of the specific duty; NaN where it is not known

    Returns
    -------
    per cent; NaN where a part is not known
    """
    specific = parsed["specific_usd"].to_numpy(dtype=float)
    known = np.where(specific > 0, unit_value, 1.0)  # NaN stays NaN: an amount in another currency
    known = np.where(known > 0, known, np.nan)
    equivalent: Array = parsed["ad_valorem_pct"].to_numpy(dtype=float) + 100 * specific / known
    return equivalent


def is_plain(parsed: pd.DataFrame) -> BoolArray:
    """Whether a rate is a number of per cent and nothing else [row]."""
    plain: BoolArray = parsed["kind"].isin([RateKind.FREE, RateKind.AD_VALOREM]).to_numpy()
    return plain


_COLUMNS = ("kind", "ad_valorem_pct", "specific_usd", "unit")
_Parsed = tuple[str, float, float, str]


def _parsed(text: str) -> _Parsed:
    words = _FOOTNOTE.sub("", text.strip())
    if not words or words.casefold() == "nan":
        return (RateKind.EMPTY, np.nan, 0.0, "")
    for whole, kind, value in _WHOLE:
        if whole(words):
            return (kind, value, 0.0, "")
    if _PLAIN.fullmatch(words):
        number = _number(words)
        return (RateKind.SEE_TEXT, np.nan, 0.0, "") if number >= SENTINEL else (RateKind.AD_VALOREM, number, 0.0, "")
    if foreign := _FOREIGN.findall(_PERCENT.sub("", words)):
        return _foreign(words, foreign)
    percents = _PERCENT.findall(words)
    specifics = _SPECIFIC.findall(_PERCENT.sub("", words))
    if len(percents) > 1 or len(specifics) > 1 or not (percents or specifics):
        return (RateKind.SEE_TEXT if _WORDS.search(words) else RateKind.UNREADABLE, np.nan, 0.0, "")
    percent = _number(percents[0]) if percents else 0.0
    if not specifics:
        return (RateKind.AD_VALOREM, percent, 0.0, "") if _is_all(words) else (RateKind.SEE_TEXT, np.nan, 0.0, "")
    dollars, cents, unit = specifics[0]
    if re.search(r"[\d¢$]", unit):  # "3.66¢/kg less 0.02¢/kg for each degree …"
        return (RateKind.SEE_TEXT, np.nan, 0.0, "")
    kind = RateKind.COMPOUND if percents else RateKind.SPECIFIC
    return (kind, percent, _number(dollars) if dollars else _number(cents) / 100, unit.strip(" ,;"))


def _foreign(words: str, amounts: list[str]) -> _Parsed:
    """A specific or compound duty in another currency than US$: its percentage, and no number of the rest."""
    percents = _PERCENT.findall(words)
    if (
        len(amounts) > 1
        or len(percents) > 1
        or re.search(r"\b(min|max|less|more|greater|but|whichever)", words.casefold())
    ):
        return (RateKind.SEE_TEXT, np.nan, 0.0, "")
    kind = RateKind.COMPOUND if percents else RateKind.SPECIFIC
    return (kind, _number(percents[0]) if percents else 0.0, np.nan, amounts[0].strip(" ,;"))


def _is_all(words: str) -> bool:
    """Whether a text is a percentage and no more words than "ad valorem": `5-10%` and `< 5%` are more."""
    return not re.sub(r"ad\s*val(orem|\.)?", "", _PERCENT.sub("", words), flags=re.IGNORECASE).strip(" .+")


def _number(text: str) -> float:
    return float(text.replace(",", ""))


_WHOLE: tuple[tuple[Callable[[str], object], str, float], ...] = (
    (_FREE.fullmatch, RateKind.FREE, 0.0),
    (_WITHHELD.fullmatch, RateKind.WITHHELD, np.nan),
)
