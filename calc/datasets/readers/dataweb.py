"""DataWeb of the US International Trade Commission, a report saved as an Excel workbook or CSV.

    sheet "Query Parameters"    what was asked; not read
    one sheet a measure         named as the measure, such as "Customs Value", "Calculated Duties"
      Data Type                 the measure again; "Total: " in the last row
      HTS Number, Description   product of 2 to 10 digits
      Country                   name; left out where the report adds partners up
      Year, Month               in columns, or one column a year: 2023, 2024 …
      Customs Value             US$, in a column named as the measure

Titles may stand above the header. "Customs Value", "Dutiable Value" and "Calculated Duties" are of imports for
consumption, "General Customs Value" of general imports. The importer is the United States. Source: USITC, DataWeb,
https://dataweb.usitc.gov, its help on data elements.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from calc.datasets.codes import economies_of
from calc.datasets.readers.choices import choose
from calc.datasets.readers.conversion import KEYS, Converted, Layout, joined
from calc.datasets.readers.sheets import Head, Sheet, read_sheets
from calc.datasets.readers.source_files import SourceFile, folded
from calc.datasets.readers.us_imports import Columns, Period, one_value, one_year, us_imports
from calc.errors import DataError

_HEADER = ("Data Type", "HTS Number")
_VALUES = ("customs value", "general customs value", "cif import value", "general cif import value")
_DUTIES = "calculated duties"
_YEAR = re.compile(r"(?:19|20)\d\d")
_ALIASES = MappingProxyType({"partner": "Country", "product": "HTS Number"})
_VALUE, _TIME = "value_usd", "time"


def recognise(head: Head) -> bool:
    """Whether a file is a report of DataWeb."""
    return head.has(*_HEADER)


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """US imports of one year, and the rates collected where the report has the calculated duties.

    Raises
    ------
    DataError
        There are several years or values and none is chosen; or the report has no countries and no partner is named.
    """
    sheets: dict[str, list[Sheet]] = {}
    for file in files:
        for sheet in read_sheets(file, _HEADER, numbers=_is_number):
            for measure, rows in _measures(sheet).items():
                sheets.setdefault(measure, []).append(rows)
    measures = {measure: joined(parts) for measure, parts in sheets.items()}
    file_names = ", ".join(file.name for file in files)
    value = one_value(file_names, [name for name in measures if folded(name) in _VALUES], where, "customs values")
    duty = next((name for name in measures if folded(name) == _DUTIES), None)
    if folded(value) != "customs value":
        duty = None
    partner, only = _partner(measures[value], where)
    chosen = choose(measures[value], {key: text for key, text in where.items() if key != "year"}, _ALIASES)
    period = one_year(chosen.sheet, _TIME, where)
    general = folded(value).startswith("general")
    columns = Columns(
        partner=partner,
        only_partner=only,
        system="name",
        product="HTS Number",
        words=chosen.sheet.column("Description"),
        value=_VALUE,
    )
    about = {
        "title": f"US {'general imports' if general else 'imports for consumption'} {period.words}, USITC",
        "valuation": "cif" if "cif" in folded(value) else "customs",
        "source": f"US International Trade Commission, DataWeb, {file_names}, {value}",
        "url": "https://dataweb.usitc.gov",
        "citation": f"US International Trade Commission, DataWeb, {period.words}",
    }
    part = us_imports(period, columns, where, about)
    tables, notes, rates = dict(part.tables), part.notes, part.about["rates"]
    if duty is not None:
        duties = choose(measures[duty], {key: text for key, text in where.items() if key != "year"}, _ALIASES)
        rates = "collected"
        tables["tariffs"], words = _rates(tables["flows"], one_year(duties.sheet, _TIME, where), columns, where)
        notes = (*(note for note in notes if not note.startswith("The file has no duty")), words)
    return Converted(
        tables=tables,
        descriptions=part.descriptions,
        about={**part.about, "rates": rates},
        notes=(*chosen.notes, *notes),
        chosen=chosen.keys | part.chosen | ({"value", "partner"} & set(where)),
    )


def _is_number(name: str) -> bool:
    return (
        name in (*_VALUES, _DUTIES) or name.endswith((" value", " charges", " duties")) or bool(_YEAR.fullmatch(name))
    )


def _measures(sheet: Sheet) -> dict[str, Sheet]:
    """The rows of each measure, with columns `value_usd` and `time`."""
    kind = sheet.column("Data Type") or "Data Type"
    found = {}
    for measure in sheet.labels(kind):
        if not measure or folded(measure).startswith("total"):
            continue
        part = sheet.keep(sheet.frame[kind] == measure)
        own = part.column(measure)
        if own is not None:
            frame = part.frame.rename(columns={own: _VALUE}).assign(**{_TIME: _times(part)})
        else:
            years = [str(name) for name in part.frame.columns if _YEAR.fullmatch(str(name).strip())]
            if not years:
                raise DataError(
                    f"{sheet.file}: there is neither a column {measure!r} nor a column for each year; "
                    "save the report in long form."
                )
            rest = [name for name in part.frame.columns if name not in years]
            frame = part.frame.melt(id_vars=rest, value_vars=years, var_name=_TIME, value_name=_VALUE)
            frame[_TIME] = pd.Categorical(frame[_TIME].astype(str))
        found[measure] = Sheet(
            file=sheet.file, frame=frame.drop(columns=kind).reset_index(drop=True), header_line=sheet.header_line
        )
    return found


def _times(sheet: Sheet) -> pd.Series:
    """Year, and month where there is one: 2024, 2024-03."""
    year, month = sheet.column("Year"), sheet.column("Month")
    if year is None:
        raise DataError(f"{sheet.file}: there is no column Year; put the year into the report.")
    texts = sheet.frame[year].astype(str)
    times = texts + "-" + sheet.frame[month].astype(str).str.zfill(2) if month else texts
    return times.astype("category")


def _partner(sheet: Sheet, where: Mapping[str, str]) -> tuple[str | None, str]:
    """Column of the partner, or the one economy that `partner` names for a report that adds partners up."""
    column = sheet.column("Country")
    if column is not None:
        return column, ""
    if "partner" not in where:
        raise DataError(
            f"{sheet.file}: there is no column Country, since the report adds its partners up; display countries "
            "separately in it, or name the partner: --where partner=EU27."
        )
    code = economies_of(pd.Index([where["partner"]]), place="--where partner").economy[0]
    return None, str(code)


def _rates(flows: pd.DataFrame, period: Period, columns: Columns, where: Mapping[str, str]) -> tuple[pd.DataFrame, str]:
    """Duty over value of the same flow, in per cent; flows without a row of duty paid none."""
    level = {**where, "level": str(int(flows["product"].str.len().iloc[0]))}
    duties = us_imports(period, columns, level, {}).tables["flows"].rename(columns={_VALUE: "duty"})
    table = flows.merge(duties, on=list(KEYS), how="left", validate="one_to_one").fillna({"duty": 0.0})
    rates = table[list(KEYS)].assign(tariff_pct=100 * table["duty"] / table[_VALUE])
    share = float(table["duty"].sum() / table[_VALUE].sum())
    return rates, f"Tariffs are duty collected: calculated duties over customs value, {share:.2%} of all imports."


LAYOUT = Layout(
    name="dataweb",
    title="DataWeb of the US International Trade Commission: US imports by HTS and country",
    source="https://dataweb.usitc.gov",
    columns=_HEADER,
    recognise=recognise,
    convert=convert,
)
