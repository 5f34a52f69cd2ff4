"""What the three outlets of US import statistics have in common: the importer, periods, and duty collected.

tariff_pct = 100 · calculated duty / customs value of the same imports for consumption
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from calc.datasets.readers.choices import Chosen, shown
from calc.datasets.readers.conversion import KEYS, Converted, added_up, economy_column, hs_column, words_by_code
from calc.datasets.readers.sheets import Sheet
from calc.errors import DataError

USA = "USA"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LICENCE = "US public domain"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """Which columns of a sheet hold what.

    Parameters
    ----------
    partner, product : names of columns; `partner` is a column or, in `only_partner`, one economy for all rows
    system : system of the partner's codes
    words : description of the product; None where there is none
    value, duty : US$; `duty` is None where the file has none of the same imports
    """

    partner: str | None
    product: str
    value: str
    system: str
    words: str | None = None
    duty: str | None = None
    only_partner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Period:
    """One year of a sheet, or the months of it that are there.

    Parameters
    ----------
    sheet : its rows
    year : the year
    words : the year, and the months if they are fewer than twelve
    """

    sheet: Sheet
    year: int
    words: str
    notes: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()


def one_year(sheet: Sheet, column: str, where: Mapping[str, str], *, cumulative: bool = False) -> Period:
    """Rows of one year: its months are added up later or, with values that run from January, the last is taken.

    Raises
    ------
    DataError
        There are several years and none is chosen, or years beside months.
    """
    labels = sheet.labels(column)
    periods = {label: _period(sheet, column, label) for label in labels}
    years = sorted({year for year, _ in periods.values()})
    keys = frozenset({"year"} & set(where))
    if "year" in where:
        years = [year for year in years if str(year) == where["year"].strip()]
    if len(years) != 1:
        there = sorted({year for year, _ in periods.values()})
        raise DataError(
            f"{sheet.file}, column {column}: the rows are of {shown(there)}, and a dataset holds one year; choose it: "
            f"--where year={there[-1]}."
        )
    year = years[0]
    mine = {label: month for label, (its_year, month) in periods.items() if its_year == year}
    months = sorted({month for month in mine.values() if month})
    if months and 0 in mine.values():
        raise DataError(
            f"{sheet.file}, column {column}: the year is given beside its months ({shown(mine)}); choose one: "
            f"--where {column}={next(label for label, month in mine.items() if not month)}."
        )
    if cumulative and months:
        mine = {label: month for label, month in mine.items() if month == months[-1]}
    kept = sheet.keep(sheet.frame[column].isin(list(mine)))
    notes: tuple[str, ...] = ()
    if cumulative and len(months) > 1:
        notes = (f"{sheet.file}, column {column}: values run from January; the last month, {months[-1]}, was taken.",)
    elif len(months) > 1:
        notes = (f"{sheet.file}, column {column}: months of {year}, added up: {len(months)}.",)
    short = bool(months) and (months[-1] < 12 if cumulative else len(months) < 12)
    if short:
        notes += (f"{sheet.file}: not a whole year; values are those of the months up to {year}-{months[-1]:02d}.",)
    return Period(
        sheet=kept,
        year=year,
        words=f"{year}, months up to {months[-1]:02d}" if short else str(year),
        notes=notes,
        keys=keys,
    )


def us_imports(period: Period, columns: Columns, where: Mapping[str, str], about: Mapping[str, object]) -> Converted:
    """Flows into the United States and, where duty stands beside the value, the rates collected.

    Raises
    ------
    DataError
        A partner is unknown, or there are only totals.
    """
    sheet = period.sheet
    frame = sheet.frame.assign(importer=pd.Categorical([USA] * len(sheet.frame)))
    sheet = Sheet(file=sheet.file, frame=frame, header_line=sheet.header_line)
    if columns.partner is not None:
        sellers = economy_column(sheet, columns.partner, columns.system, importer=False, value=columns.value)
    else:
        frame = frame.assign(exporter=pd.Categorical([columns.only_partner] * len(frame)))
        sellers = Chosen(sheet=Sheet(file=sheet.file, frame=frame, header_line=sheet.header_line))
    products = hs_column(sellers.sheet, columns.product, columns.value, where)
    numbers = {columns.value: 1.0} | ({columns.duty: 1.0} if columns.duty else {})
    flows, notes = added_up(products.sheet, numbers)
    tables = {"flows": flows[[*KEYS, columns.value]].rename(columns={columns.value: "value_usd"})}
    if columns.duty:
        rate = 100 * flows[columns.duty] / flows[columns.value]
        tables["tariffs"] = flows[list(KEYS)].assign(tariff_pct=rate)
        collected = float(flows[columns.duty].sum() / flows[columns.value].sum())
        notes += (
            f"Tariffs are duty collected: {columns.duty} over {columns.value}, {collected:.2%} of all imports. Where "
            "preference claims or refunds depart from the statutory rates, so do these.",
        )
    else:
        notes += ("The file has no duties on the same imports: add tariffs, or every base tariff is 0.",)
    descriptions = words_by_code(products.sheet, "product", columns.words)
    return Converted(
        tables=tables,
        descriptions=descriptions,
        about={
            "year": period.year,
            "valuation": "customs",
            "licence": _LICENCE,
            "rates": "collected" if columns.duty else "none",
            **about,
        },
        notes=(*period.notes, *sellers.notes, *products.notes, *notes),
        chosen=period.keys | products.keys,
    )


def one_value(file: str, columns: list[str], where: Mapping[str, str], words: str) -> str:
    """The column of values: the only one, or the one chosen by `value`.

    Raises
    ------
    DataError
        There are several and none is chosen, or none of that name.
    """
    if "value" in where:
        found = [column for column in columns if column.casefold() == where["value"].strip().casefold()]
        if not found:
            raise DataError(f"{file}: there is no column of values {where['value']!r}; there are {shown(columns)}.")
        return found[0]
    if not columns:
        raise DataError(f"{file}: there is no column of {words}; download it with one.")
    if len(columns) > 1:
        raise DataError(
            f"{file}: there are several columns of values ({shown(columns)}), and a dataset holds one; choose it: "
            f'--where "value={columns[0]}".'
        )
    return columns[0]


def _period(sheet: Sheet, column: str, label: str) -> tuple[int, int]:
    """Year and month of a label; month 0 for a whole year."""
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", label)
    if year is None:
        raise DataError(
            f"{sheet.file}, column {column}: {label!r} does not name a year; download whole years or months."
        )
    if month := re.fullmatch(r"(?:19|20)\d\d-(\d\d?)", label):
        return int(year[0]), int(month[1])
    words = re.findall(r"[a-z]{3,}", label.casefold())
    named = [_MONTHS.index(word[:3]) + 1 for word in words if word[:3] in _MONTHS]
    return int(year[0]), named[-1] if named else 0
