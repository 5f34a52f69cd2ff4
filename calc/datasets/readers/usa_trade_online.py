"""USA Trade Online of the US Census Bureau, a report saved as CSV.

    Commodity                          "0101210020 Horses, Live, Purebred Breeding Female (no)"
    Country                            name; "World Total", and groups such as "European Union" beside members
    District, Port, State              "All Districts" is the total
    Time                               2024, or "January 2024"
    Customs Value (Cons) ($US)         imports for consumption; (Gen) general imports
    Calculated Duty ($US)              duty on imports for consumption

Which columns there are is chosen in the report. Numbers have commas, rows end with one. The importer is the United
States. Source: US Census Bureau, USA Trade Online, https://usatrade.census.gov, its help on measures.
"""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from calc.datasets.readers.choices import Chosen, choose, shown
from calc.datasets.readers.conversion import Converted, Layout, joined, relabel
from calc.datasets.readers.sheets import Head, Sheet, read_sheets
from calc.datasets.readers.source_files import SourceFile, folded
from calc.datasets.readers.us_imports import Columns, one_value, one_year, us_imports
from calc.errors import DataError

_HEADER = ("Commodity", "Country", "Time")
_PLACES = ("District", "Port", "State")
_ALIASES = {"partner": "Country"}


def recognise(head: Head) -> bool:
    """Whether a file is a report of USA Trade Online."""
    return head.has(*_HEADER) and any("($us)" in name for name in head.columns())


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """US imports of one year, and the rates collected where the report has the duty.

    Raises
    ------
    DataError
        There are several years or values and none is chosen, or products without codes.
    """
    sheet = joined([read_sheets(file, _HEADER, numbers=lambda name: "($us)" in name)[0] for file in files])
    chosen = choose(sheet, where, _ALIASES)
    whole = _all_places(_with_codes(chosen.sheet))
    sheet = whole.sheet
    names = [str(name) for name in sheet.frame.columns]
    values = [name for name in names if re.match(r"(customs )?value|customs value|cif", folded(name))]
    value = one_value(sheet.file, values, where, "customs values")
    duties = [name for name in names if folded(name).startswith("calculated dut")]
    period = one_year(sheet, sheet.column("Time") or "Time", where)
    general = "gen" in folded(value)
    part = us_imports(
        period,
        Columns(
            partner=sheet.column("Country"),
            system="name",
            product="code",
            words="words",
            value=value,
            duty=duties[0] if duties and not general else None,
        ),
        where,
        {
            "title": f"US {'general imports' if general else 'imports for consumption'} {period.words}, Census Bureau",
            "valuation": "cif" if "cif" in folded(value) else "customs",
            "source": f"US Census Bureau, USA Trade Online, {', '.join(file.name for file in files)}, {value}",
            "url": "https://usatrade.census.gov",
            "citation": f"US Census Bureau, USA Trade Online, {period.words}",
        },
    )
    return Converted(
        tables=part.tables,
        descriptions=part.descriptions,
        about=part.about,
        notes=(*chosen.notes, *whole.notes, *part.notes),
        chosen=chosen.keys | part.chosen | ({"value"} & set(where)),
    )


def _with_codes(sheet: Sheet) -> Sheet:
    """The sheet with `code` and `words` of the commodity."""
    column = sheet.column("Commodity") or "Commodity"
    labels = sheet.labels(column)
    found = {label: re.match(r"(\d{2,10})\s+(.*)", label) for label in labels}
    coded = {label: match for label, match in found.items() if match}
    if not coded:
        raise DataError(
            f"{sheet.file}, column {column}: no commodity begins with its code ({shown(labels)}); choose HS codes with "
            "descriptions in the report."
        )
    code = relabel(sheet.frame[column], {label: coded[label][1] if label in coded else label for label in labels})
    words = relabel(sheet.frame[column], {label: coded[label][2] if label in coded else label for label in labels})
    frame: pd.DataFrame = sheet.frame.assign(code=code, words=words)
    return Sheet(file=sheet.file, frame=frame, header_line=sheet.header_line)


def _all_places(sheet: Sheet) -> Chosen:
    """Rows of all districts where a total stands beside them; without one they are added up later."""
    notes: tuple[str, ...] = ()
    for column in filter(None, map(sheet.column, _PLACES)):
        labels = sheet.labels(column)
        rows = sheet.frame[column].isin([label for label in labels if folded(label).startswith(("all ", "total"))])
        if rows.any() and not rows.all():
            out = int((~rows).sum())
            notes += (f"{sheet.file}, column {column}: rows of single places beside their total, left out: {out:,}.",)
            sheet = sheet.keep(rows)
        elif not rows.any():
            said = f"there is no total; trade is that of {shown(labels)}, added up"
            notes += (f"{sheet.file}, column {column}: {said}.",)
    return Chosen(sheet=sheet, notes=notes)


LAYOUT = Layout(
    name="usa_trade_online",
    title="USA Trade Online of the US Census Bureau: US imports by HS and country",
    source="https://usatrade.census.gov",
    columns=_HEADER,
    recognise=recognise,
    convert=convert,
)
