"""Rates of duty as offices publish them, at the door: what is per cent of value is read, everything else is refused.

    tariff_pct = percentage + 100 · specific duty / unit value          where the table gives unit_value_usd, duty_unit

`Free` is 0 and `6.8%` is 6.8. A specific duty becomes its ad valorem equivalent where its row gives the value of a
unit in US$, in the unit of the duty. Without it, it is an error; so are rates that an office withheld or put in words.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from calc.datasets.rates import REMEDIES, RateKind, ad_valorem_equivalent, parse_rates
from calc.files.table_files import KEY_COLUMNS, Problem, TableFile, problem_at
from calc.flows import BoolArray

UNIT_VALUE, DUTY_UNIT = "unit_value_usd", "duty_unit"
_SENTINEL = 9999.0  # 9999.99 and 9999.999999 stand for words; see `rates.SENTINEL`
_NAMED = 3  # lines that a note names
_NUMBER = r"[+\-−]?[\d.,\s\u00a0\u202f]*(?:[eE][+-]?\d+)?|nan|inf"
_RULES = {
    RateKind.SPECIFIC: "is a specific duty, an amount per unit, and not an ad valorem rate",
    RateKind.COMPOUND: "is a compound duty: its specific part is an amount per unit, and not an ad valorem rate",
    RateKind.WITHHELD: "stands for a rate that is withheld or unknown",
    RateKind.SEE_TEXT: "stands for a rate in words",
}
_EQUIVALENT = (
    f"; or give the columns {UNIT_VALUE} (US$ a unit) and {DUTY_UNIT}; or take specific duties as 0 in a copy: "
    "tariff-impact check FOLDER --specific-as-zero NEWFOLDER"
)


def read_published_rates(
    table: TableFile,
    *,
    specific_as_zero: bool = False,
    covered: Callable[[TableFile, BoolArray], str] = lambda table, rows: "",
) -> tuple[TableFile, tuple[Problem, ...]]:
    """A table whose rates are numbers of per cent where they can be, and what was read or cannot be.

    Parameters
    ----------
    specific_as_zero : take the specific part of a duty as 0, which is an assumption
    covered : the trade that rows of the table decide, in words; empty where it is not known
    """
    if "tariff_pct" not in table.frame:
        return table, ()
    cells = table.frame["tariff_pct"]
    if pd.api.types.is_numeric_dtype(cells):
        words = (cells >= _SENTINEL).to_numpy() & (cells < _SENTINEL + 1).to_numpy()
        return table, _refused(table, words, RateKind.SEE_TEXT)
    codes, labels = pd.factorize(cells)
    texts = pd.Series(labels, dtype=str).str.strip()
    plain = texts.str.fullmatch(_NUMBER, case=False).to_numpy(dtype=bool)
    numbers = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").to_numpy(dtype=float)
    words = (numbers >= _SENTINEL) & (numbers < _SENTINEL + 1)
    if plain.all() and not words.any():
        return table, ()
    points = texts.str.replace(",", ".", regex=False) if table.decimal_comma else texts
    parsed = parse_rates(points).iloc[codes].reset_index(drop=True)
    kind = parsed["kind"].to_numpy()
    published = ~(plain & ~words)[codes] & (kind != RateKind.EMPTY) & (kind != RateKind.UNREADABLE)
    specific = published & np.isin(kind, [RateKind.SPECIFIC, RateKind.COMPOUND])
    percent = parsed["ad_valorem_pct"].to_numpy(dtype=float)
    given = np.zeros(len(kind), dtype=bool)
    if specific.any() and not specific_as_zero:
        equivalent = ad_valorem_equivalent(parsed, _unit_values(table, parsed["unit"]))
        given = specific & ~np.isnan(equivalent)
        percent = np.where(given, equivalent, percent)
    read = published & (np.isin(kind, [RateKind.FREE, RateKind.AD_VALOREM]) | given | (specific & specific_as_zero))
    problems: tuple[Problem, ...] = ()
    for each in _RULES:
        bad = published & ~read & (kind == each)
        amount = each in (RateKind.SPECIFIC, RateKind.COMPOUND) and bad.any()
        problems += _refused(table, bad, each, covered(table, bad) if amount else "")
    said = f"is read as {percent[np.argmax(read)]:g}%" if read.any() else ""
    problems += problem_at(table, read & ~given, "tariff_pct", said, "nothing needs doing", "warning")
    if given.any():
        said = f"is read as its ad valorem equivalent, {percent[np.argmax(given)]:g}% ({UNIT_VALUE} in the same row)"
        said += f"; rows so read: {int(given.sum()):,}" + (f", {trade}" if (trade := covered(table, given)) else "")
        problems += problem_at(table, given, "tariff_pct", said, "nothing needs doing", "warning")
    mark = "," if table.decimal_comma else "."
    written = pd.Series([repr(float(number)).replace(".", mark) for number in percent[read]], dtype=str)
    column = cells.astype(object).to_numpy(copy=True)
    column[read] = written.to_numpy()
    column[published & ~read] = ""  # named above, and not once more as no number
    frame = table.frame.assign(tariff_pct=pd.Series(column, index=cells.index, dtype=str))
    return replace(table, frame=frame), problems


def specific_as_zero(
    table: TableFile, covered: Callable[[TableFile, BoolArray], str] = lambda table, rows: ""
) -> tuple[pd.Index | None, str]:
    """The column of rates with specific duties taken as 0, and what was done; None where there is none.

    Parameters
    ----------
    covered : as for `read_published_rates`
    """
    read, problems = read_published_rates(table)
    if not any(_RULES[kind] in problem.rule for problem in problems for kind in (RateKind.SPECIFIC, RateKind.COMPOUND)):
        return None, ""
    whole, _ = read_published_rates(table, specific_as_zero=True)
    zeros = ((whole.frame["tariff_pct"] != "") & (read.frame["tariff_pct"] == "")).to_numpy(dtype=bool)
    keys = [name for name in KEY_COLUMNS if name in table.frame]
    first = np.flatnonzero(zeros)[:_NAMED]
    names = "; ".join(
        f"line {table.line(row)} ({', '.join(str(table.frame[key].iloc[row]) or 'all' for key in keys)})"
        for row in first.tolist()
    )
    more = f" and {int(zeros.sum()) - _NAMED:,} more" if zeros.sum() > _NAMED else ""
    trade = covered(table, zeros)
    said = (
        f"{table.file}: specific duties taken as 0, as an assumption, in {int(zeros.sum()):,} rows, such as "
        f"{table.frame['tariff_pct'].iloc[first[0]]!r}: {names}{more}{f'; {trade}' if trade else ''}."
    )
    return pd.Index(table.frame["tariff_pct"].where(~zeros, whole.frame["tariff_pct"])), said


def _refused(table: TableFile, bad: BoolArray, kind: RateKind, trade: str = "") -> tuple[Problem, ...]:
    remedy = REMEDIES[kind] + (_EQUIVALENT if kind in (RateKind.SPECIFIC, RateKind.COMPOUND) else "")
    said = f"; rows with such duties: {int(bad.sum()):,}, {trade}" if trade else ""
    return problem_at(table, bad, "tariff_pct", _RULES[kind] + said, remedy)


def _unit_values(table: TableFile, units: pd.Series) -> np.ndarray:
    """US$ a unit in the unit of the duty [row]; NaN where it is not given."""
    if UNIT_VALUE not in table.frame or DUTY_UNIT not in table.frame:
        return np.full(len(units), np.nan)
    value = pd.to_numeric(table.frame[UNIT_VALUE], errors="coerce").to_numpy(dtype=float)
    same = _folded(table.frame[DUTY_UNIT]).to_numpy() == _folded(units).to_numpy()
    return np.where(same, value, np.nan)


def _folded(units: pd.Series) -> pd.Series:
    return units.astype(str).str.casefold().str.replace(r"[\s.]", "", regex=True).str.removeprefix("per")
