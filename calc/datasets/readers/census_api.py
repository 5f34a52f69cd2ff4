"""The international trade API of the US Census Bureau, imports by HS: JSON as it answers, or CSV.

    CTY_CODE, CTY_NAME                 partner, Schedule C; '-' is the total, 0003 the EU, 4XXX Europe …
    I_COMMODITY, I_COMMODITY_SDESC     product; HS2, HS4, HS6 and HS10 side by side if asked for
    COMM_LVL, SUMMARY_LVL              HS10 …; DET for countries, CGP for groups of countries
    time, or YEAR and MONTH            2024-12
    CON_VAL_MO, CON_VAL_YR             imports for consumption, customs value, US$; _YR runs from January
    GEN_VAL_MO, GEN_VAL_YR             general imports, customs value
    CAL_DUT_MO, CAL_DUT_YR             calculated duty on imports for consumption

The importer is the United States. The JSON is a list of rows, the first of which names the columns; columns asked
for twice stand there twice. Source: US Census Bureau, API variables of timeseries/intltrade/imports/hs,
https://api.census.gov/data/timeseries/intltrade/imports/hs/variables.html.
"""

import re
from collections.abc import Mapping, Sequence

from calc.datasets.readers.choices import Chosen, choose
from calc.datasets.readers.conversion import Converted, Layout, joined
from calc.datasets.readers.sheets import Head, Sheet, read_sheets
from calc.datasets.readers.source_files import SourceFile
from calc.datasets.readers.us_imports import Columns, one_value, one_year, us_imports
from calc.errors import DataError

_PRODUCT, _PARTNER = "I_COMMODITY", "CTY_CODE"
_VALUE = re.compile(r"(gen|con)_val_(mo|yr)")
_ALIASES = {"partner": _PARTNER, "product": _PRODUCT}


def recognise(head: Head) -> bool:
    """Whether a file is an answer of the API on imports by HS."""
    return head.has(_PRODUCT) and (head.has(_PARTNER) or head.has("CTY_NAME"))


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """US imports of one year, and the rates collected where the duty was asked for.

    Raises
    ------
    DataError
        There are several years or values and none is chosen, or the answer has no value or no time.
    """
    sheet = joined([_read(file) for file in files])
    chosen = choose(sheet, where, _ALIASES)
    countries = _countries(chosen.sheet)
    sheet = countries.sheet
    names = [str(name) for name in sheet.frame.columns]
    values = [name for name in names if _VALUE.fullmatch(name.casefold())]
    value = one_value(sheet.file, values, where, "customs values, such as CON_VAL_YR")
    time = sheet.column("time")
    if time is None:
        raise DataError(f"{sheet.file}: there is no column time; ask the API for it, as in &time=2024-12.")
    duty = sheet.column(value.casefold().replace("con_val", "cal_dut")) if value.casefold().startswith("con") else None
    period = one_year(sheet, time, where, cumulative=value.casefold().endswith("_yr"))
    partner = sheet.column(_PARTNER)
    kind = "imports for consumption" if value.casefold().startswith("con") else "general imports"
    part = us_imports(
        period,
        Columns(
            partner=partner or sheet.column("CTY_NAME"),
            system="census" if partner else "name",
            product=sheet.column(_PRODUCT) or _PRODUCT,
            words=sheet.column("I_COMMODITY_LDESC") or sheet.column("I_COMMODITY_SDESC"),
            value=value,
            duty=duty,
        ),
        where,
        {
            "title": f"US {kind} {period.words}, Census Bureau",
            "source": f"US Census Bureau, international trade API, {', '.join(file.name for file in files)}, {value}",
            "url": "https://www.census.gov/data/developers/data-sets/international-trade.html",
            "citation": f"US Census Bureau, International Trade API, imports by HS, {period.words}",
        },
    )
    return Converted(
        tables=part.tables,
        descriptions=part.descriptions,
        about=part.about,
        notes=(*chosen.notes, *countries.notes, *part.notes),
        chosen=chosen.keys | part.chosen | ({"value"} & set(where)),
    )


def _read(file: SourceFile) -> Sheet:
    sheets = read_sheets(file, (_PRODUCT,), numbers=_is_number)
    return sheets[0]


def _is_number(name: str) -> bool:
    return bool(re.search(r"_(mo|yr)$", name))


def _countries(sheet: Sheet) -> Chosen:
    """Rows of countries, where the file says which rows are of groups."""
    column = sheet.column("SUMMARY_LVL")
    if column is None or "DET" not in sheet.labels(column) or len(sheet.labels(column)) == 1:
        return Chosen(sheet=sheet)
    rows = sheet.frame[column] == "DET"
    note = f"{sheet.file}, column {column}: rows of groups of countries (CGP), left out: {int((~rows).sum()):,}."
    return Chosen(sheet=sheet.keep(rows), notes=(note,))


LAYOUT = Layout(
    name="census_api",
    title="US Census Bureau, international trade API: US imports by HS and country",
    source="https://api.census.gov/data/timeseries/intltrade/imports/hs/variables.html",
    columns=(_PARTNER, _PRODUCT),
    recognise=recognise,
    convert=convert,
)
