"""The columns of official files that say what a row is: their names, the labels of totals, what a dataset holds.

Names are those of UN Comtrade (flowCode, rgDesc, partner2Code, motCode, customsCode, classificationCode), WITS
(DutyType, NomenCode), the US Census Bureau and plain English, compared without case, blanks and signs.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calc.files.table_files import Severity

Judged = tuple[str, str, Severity]  # rule, remedy with {column} and {label}, severity
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d")


def bare(heading: str) -> str:
    """A heading as it is compared: small letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def folded(label: str) -> str:
    """A label as it is compared: small letters, single blanks, whole numbers without a point."""
    return re.sub(r"(?<=\d)\.0$", "", " ".join(label.split()).casefold())


def year_of(label: str) -> str:
    """The year with which a period such as 202401 or 2024Q1 begins, or that it holds; empty if there is none."""
    found = _YEAR.search(label)
    return found[0] if found else ""


def _fine(label: str, year: int | None) -> Judged | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a kind of column says of a row.

    Parameters
    ----------
    key : by which a choice may name it, whatever the file calls the column
    words : what rows may be of several of
    names : headings, as `bare` gives them
    tables : in which the names mean this; empty for all
    adds_up : whether rows with different labels are parts that may be added up
    dated : whether labels are periods
    totals : labels that stand for all others together, folded
    judge : what is wrong with a column that says one thing of every row; None if nothing is
    may_be_stated : whether a choice by the person answers what `judge` objects to
    """

    key: str
    words: str
    names: tuple[str, ...]
    tables: tuple[str, ...] = ()
    adds_up: bool = False
    dated: bool = False
    totals: tuple[str, ...] = ()
    judge: Callable[[str, int | None], Judged | None] = _fine
    may_be_stated: bool = True

    def differs(self, labels: Sequence[str]) -> bool:
        """Whether several labels are of several kinds; a column of units may hold those of quantities."""
        names = {folded(label) for label in labels}
        if self.key == "unit":
            names = {_money(name) for name in names}
        if self.key == "currency":
            names = {"US$" if name in _DOLLARS else name for name in names}
        return len(names) > 1

    def may_add_up(self, labels: Sequence[str]) -> bool:
        """Whether the rows of all these labels are parts of one flow of one year."""
        whole = any(folded(label) in self.totals for label in labels)
        years = {year_of(label) for label in labels} if self.dated else set()
        return self.adds_up and not whole and len(years) < 2

    def never_together(self, labels: Sequence[str]) -> bool:
        """Whether these labels never stand in one table, even where no key repeats."""
        names = {folded(label) for label in labels}
        return self.key in ("currency", "unit") or (self.key == "tariff_type" and bool(names & _BOUND))

    def proposed(self, labels: Sequence[str]) -> str:
        """The label that a message proposes: the total, imports, applied rates, or the latest period."""
        for label in labels:
            name = folded(label)
            if name in self.totals or (self.key == "flow" and _direction(name) == "import") or name in _APPLIED:
                return label
        return max(labels) if self.dated or self.key in ("year", "hs_revision") else labels[0]


def _direction(label: str) -> str:
    """Import | part | export | "" of a label of a direction of trade."""
    bare_label = bare(label)
    if bare_label in ("rm", "mip", "mop", "4") or bare_label.startswith("reimport"):
        return "part"
    if bare_label in ("x", "rx", "dx", "xip", "xop", "exp", "e", "2", "3") or "export" in bare_label:
        return "export"
    if bare_label in ("m", "fm", "imp", "i", "1") or "import" in bare_label:
        return "import"
    return ""


def _judge_flow(label: str, year: int | None) -> Judged | None:
    direction = _direction(label)
    if direction == "export":
        return (
            "these are exports, where the reporter is the exporter and values are fob",
            "swap the columns importer and exporter, or download imports; if importer names the buyer already, say "
            "--where {column}={label}",
            "error",
        )
    if direction == "part":
        return (
            "these are re-imports or goods for processing, a part of imports",
            "download all imports, or say --where {column}={label} if the part is meant",
            "error",
        )
    return None


def _judge_year(label: str, year: int | None) -> Judged | None:
    found = year_of(label)
    if year is None or not found or int(found) == year:
        return None
    return f"dataset.toml says year = {year}", f"write year = {found} there if the column is right", "warning"


def _judge_period(label: str, year: int | None) -> Judged | None:
    whole = re.fullmatch(r"(?:19|20)\d\d", label) or label in _WHOLE_YEAR or not re.search(r"\d|[a-z]{3}", label)
    if whole:
        return _judge_year(label, year)
    return "the values cover only part of a year", "results are for that period, not for a year", "warning"


def _judge_part(label: str, year: int | None) -> Judged | None:
    if label in _EVERYTHING:
        return None
    return (
        "the values are only part of the trade unless this is the total",
        "make sure that this part is intended",
        "warning",
    )


def _judge_currency(label: str, year: int | None) -> Judged | None:
    if label in _DOLLARS:
        return None
    return (
        "values are in another currency than US$",
        "convert value_usd to US$ at the average rate of the year, then delete the column",
        "error",
    )


def _money(label: str) -> str:
    """US$, another amount of money, or nothing where a label is a unit of quantity."""
    name = label.replace("u.s.", "us")
    if name in _DOLLARS:
        return "US$"
    return name if any(sort.search(name) for sort in (_MULTIPLE, _FOREIGN, _DOLLAR)) else ""


def _judge_unit(label: str, year: int | None) -> Judged | None:
    money = _money(label)
    if money in ("", "US$"):
        return None
    return (
        "values are in another unit than US$",
        "multiply or convert value_usd to US$, then delete the column",
        "error",
    )


def _judge_multiplier(label: str, year: int | None) -> Judged | None:
    return None if label in ("0", "", "units", "1") else _judge_unit("usd thousand", year)


def _judge_measure(label: str, year: int | None) -> Judged | None:
    if _QUANTITY.search(label):
        return (
            "these are quantities, not values",
            "take the rows of values in US$, or say --where {column}={label} if value_usd holds US$ all the same",
            "error",
        )
    if _MULTIPLE.search(label):
        return _judge_unit("usd thousand", year)
    return _judge_currency(label, year) if _FOREIGN.search(label) else None


def _judge_tariff_type(label: str, year: int | None) -> Judged | None:
    if label in _BOUND:
        return (
            "bound rates are the ceiling a government has promised, not what is charged",
            "take applied rates (AHS or MFN), or say --where {column}={label} if the ceiling is meant",
            "error",
        )
    return None


_MULTIPLE = re.compile(r"thousand|million|billion|\b1,?000|\b10\^|\bk\$")
_FOREIGN = re.compile(
    r"\beuro?s?\b|_euros?|€|£|¥|\b(?:gbp|jpy|cny|rmb|cad|mxn|inr|brl|krw|chf|aud|yen|yuan|pounds? sterling)\b"
)
_DOLLAR = re.compile(r"usd|us ?\$|dollar")
_QUANTITY = re.compile(r"quantit|\bqty\b|weight|\bkg\b|\bkilogram|\btonnes?\b|litre|liter|supplementary")
_WHOLE_YEAR = frozenset({"52", "0", "annual", "year", "a", "total", "all", "ytd"})
_EVERYTHING = frozenset(
    {
        *("", "0", "00", "000", "world", "wld", "w00", "total", "all", "c00", "9900"),
        *("all modes", "all modes of transport", "total modes of transport", "total mot", "total cpc", "total mos"),
        *("all customs procedures", "total customs procedure codes", "all partners", "all countries", "-"),
    }
)
_DOLLARS = frozenset(
    {
        *("usd", "us$", "$", "us dollar", "us dollars", "dollar", "dollars", "u.s. dollar", "u.s. dollars", "840"),
        *("current us$", "current usd", "united states dollar", "united states dollars", "units", "1"),
    }
)
_BOUND = frozenset({"bnd", "bound", "bound rate", "bound tariff"})
_APPLIED = frozenset({"ahs", "effectively applied", "applied", "effectively applied tariff"})

MEANINGS: tuple[Meaning, ...] = (
    Meaning(
        key="flow",
        words="directions of trade",
        names=(
            *("flow", "flowcode", "flowdesc", "flowname", "tradeflow", "tradeflowcode", "tradeflowname"),
            *("tradeflowdesc", "rgcode", "rgdesc", "regime", "regimecode", "regimedesc", "direction", "tradedirection"),
            *("traderegime", "flowtype", "tradetype", "importtype", "reporterflow", "typeoftrade"),
        ),
        tables=("flows",),
        judge=_judge_flow,
    ),
    Meaning(
        key="year",
        words="years",
        names=(
            *("year", "refyear", "years", "yr", "calendaryear", "fiscalyear", "tradeyear", "referenceyear", "datayear"),
        ),
        judge=_judge_year,
    ),
    Meaning(
        key="period",
        words="periods",
        names=("period", "refperiod", "refperiodid", "time", "timeperiod", "date", "yearmonth", "perioddesc"),
        adds_up=True,
        dated=True,
        totals=tuple(_WHOLE_YEAR),
        judge=_judge_period,
    ),
    Meaning(
        key="quarter",
        words="quarters",
        names=("quarter", "qtr", "quarters", "refquarter", "yearquarter"),
        adds_up=True,
        dated=True,
        totals=tuple(_WHOLE_YEAR),
        judge=_judge_period,
    ),
    Meaning(
        key="month",
        words="months",
        names=("month", "refmonth", "months", "mon", "monthname"),
        adds_up=True,
        dated=True,
        totals=tuple(_WHOLE_YEAR),
        judge=_judge_period,
    ),
    Meaning(
        key="partner2",
        words="second partners",
        names=(
            *("partner2", "partner2code", "partner2iso", "partner2desc", "partner2iso3", "2ndpartner"),
            *("2ndpartnercode", "2ndpartneriso", "2ndpartnerdesc", "secondpartner", "secondpartnercode"),
            *("consignment", "countryofconsignment", "consignmentcountry", "secondpartneriso"),
        ),
        tables=("flows",),
        adds_up=True,
        totals=tuple(_EVERYTHING),
        judge=_judge_part,
    ),
    Meaning(
        key="mode",
        words="modes of transport or supply",
        names=(
            *("motcode", "motdesc", "mot", "moscode", "mosdesc", "mode", "modecode", "modeoftransport", "transport"),
            *("modeoftransportcode", "transportmode", "modeofsupply", "transportmethod", "methodoftransport"),
        ),
        tables=("flows",),
        adds_up=True,
        totals=tuple(_EVERYTHING),
        judge=_judge_part,
    ),
    Meaning(
        key="procedure",
        words="customs procedures",
        names=(
            *("customscode", "customsdesc", "customsproc", "customsproccode", "customsprocedure", "procedure"),
            *("customsprocedurecode", "procedurecode", "cpc"),
        ),
        tables=("flows",),
        adds_up=True,
        totals=tuple(_EVERYTHING),
        judge=_judge_part,
    ),
    Meaning(
        key="district",
        words="customs districts or ports",
        names=("district", "districtcode", "distname", "port", "portcode", "portname", "customsdistrict"),
        tables=("flows",),
        adds_up=True,
        totals=("total", "-", "all", "all districts", "total all districts"),
    ),
    Meaning(
        key="preference",
        words="preference programs",
        names=(
            *("preference", "preferencecode", "prefcode", "tariffregime", "rateprovision", "rateprovisioncode", "rp"),
            *("spi", "specialprogram", "importprogram", "csc", "countrysubcode", "cntysubcode"),
        ),
        tables=("flows",),
        adds_up=True,
        totals=("total", "-", "all", "all programs"),
    ),
    Meaning(
        key="currency",
        words="currencies",
        names=("currency", "currencycode", "cur", "curr", "currencyunit", "valuecurrency", "ccy"),
        judge=_judge_currency,
        may_be_stated=False,
    ),
    Meaning(
        key="unit",
        words="units of value",
        names=("unit", "units", "valueunit", "unitofvalue", "unitmeasure", "scale"),
        judge=_judge_unit,
        may_be_stated=False,
    ),
    Meaning(
        key="multiplier",
        words="multiples of US$",
        names=("unitmult", "unitmultiplier", "powercode", "multiplier", "magnitude"),
        judge=_judge_multiplier,
        may_be_stated=False,
    ),
    Meaning(
        key="measure",
        words="measures",
        names=(
            *("measure", "measures", "indicator", "indicators", "datatype", "valuetype", "statistic", "variable"),
            *("statisticalprocedure", "statprocedure", "tradevaluetype", "measuretype", "metric"),
        ),
        tables=("flows",),
        judge=_judge_measure,
    ),
    Meaning(
        key="valuation",
        words="valuations",
        names=(
            *(
                "valuation",
                "valuationbasis",
                "valuationtype",
                "incoterm",
                "incoterms",
                "pricebasis",
                "fobcif",
                "ciffob",
            ),
            "statvaluetype",
        ),
        tables=("flows",),
    ),
    Meaning(
        key="tariff_type",
        words="kinds of tariff",
        names=(
            *("dutytype", "dutytypecode", "tarifftype", "ratetype", "typeofduty", "regime", "tariffregime", "dutycode"),
            *("averagetype", "typeofaverage", "aggregation", "average", "indicator", "measure", "type"),
        ),
        tables=("tariffs",),
        judge=_judge_tariff_type,
    ),
    Meaning(
        key="hs_revision",
        words="classifications",
        names=(
            *("classificationcode", "classification", "classificationsearchcode", "nomencode", "nomenclature"),
            *(
                "nomenclaturecode",
                "hsrevision",
                "hsversion",
                "hsyear",
                "hs",
                "hsrev",
                "classcode",
                "hsedition",
                "nomen",
            ),
        ),
    ),
)
