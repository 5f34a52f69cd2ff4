"""The Harmonized Tariff Schedule of the United States, exported as CSV.

    HTS Number                8471.30.01.00, of 4 to 10 digits; rates stand at 8 digits, finer lines are empty
    Indent, Description       place and words of the line
    Unit of Quantity          ["No.","kg"]
    General Rate of Duty      Free, 6.8%, 1¢/kg + 2%; normal trade relations
    Special Rate of Duty      preferences; not read
    Column 2 Rate of Duty     for Cuba and North Korea (general note 3(b)), Belarus and Russia (since April 2022)
    Quota Quantity, Additional Duties

Rates hold for all partners but those of column 2; preferences and the additional duties of chapter 99 are left out.
A rate with a specific part (¢/kg) needs a unit value, which the schedule does not have: `specific=ad_valorem_part`
takes its percentage only, `specific=leave_out` leaves the line out. Source: USITC, https://hts.usitc.gov/export.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from calc.datasets.rates import RateKind, is_plain, parse_rates
from calc.datasets.readers.choices import shown
from calc.datasets.readers.conversion import Converted, Layout, joined
from calc.datasets.readers.sheets import Head, Sheet, read_sheets
from calc.datasets.readers.source_files import SourceFile
from calc.errors import DataError

_NUMBER, _GENERAL, _COLUMN_2 = "HTS Number", "General Rate of Duty", "Column 2 Rate of Duty"
COLUMN_2_PARTNERS = ("BLR", "CUB", "PRK", "RUS")
_SPECIFIC = MappingProxyType({"ad_valorem_part": "their percentage only", "leave_out": "left out"})
_NATIONAL = ("98", "99")  # chapters of provisions and additional duties, not of goods


def recognise(head: Head) -> bool:
    """Whether a file is an export of the schedule."""
    return head.has(_NUMBER, _GENERAL)


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """Rates of the United States for all partners, and those of column 2.

    Raises
    ------
    DataError
        Rates have a specific part and nothing says how to take them, or no line has a rate.
    """
    sheet = joined([read_sheets(file, (_NUMBER, _GENERAL), numbers=lambda name: False)[0] for file in files])
    general, notes = _rates(sheet, _GENERAL, where)
    tables = [general.assign(exporter="")]
    if sheet.column(_COLUMN_2) is not None:
        second, more = _rates(sheet, _COLUMN_2, where)
        tables += [second.assign(exporter=partner) for partner in COLUMN_2_PARTNERS]
        notes = (*notes, *more)
    rates = pd.concat(tables, ignore_index=True).assign(importer="USA")
    return Converted(
        rates=rates[["importer", "exporter", "product", "tariff_pct"]],
        about={
            "title": "Harmonized Tariff Schedule of the United States",
            "source": f"US International Trade Commission, Harmonized Tariff Schedule, {files[0].name}",
        },
        notes=(
            *notes,
            f"{sheet.file}: rates are from {_GENERAL}, and from {_COLUMN_2} for {', '.join(COLUMN_2_PARTNERS)}; "
            "preferences and the additional duties of chapter 99 are not included.",
        ),
        chosen=frozenset({"specific"} & set(where)),
    )


def _rates(sheet: Sheet, column: str, where: Mapping[str, str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Product and tariff_pct of the lines that have a rate in a column."""
    frame = sheet.frame.astype(str)
    code = frame[sheet.column(_NUMBER) or _NUMBER].str.replace(r"\D", "", regex=True)
    text = frame[sheet.column(column) or column]
    lines = (code != "") & (text != "") & ~code.str[:2].isin(_NATIONAL)
    parsed = parse_rates(text[lines])
    partly = parsed["kind"].isin([RateKind.SPECIFIC, RateKind.COMPOUND])
    notes: tuple[str, ...] = ()
    if partly.any():
        choice = where.get("specific", "")
        if choice not in _SPECIFIC:
            first = partly.index[int(partly.to_numpy().argmax())]
            raise DataError(
                f"{sheet.file}, line {sheet.line(first)}, column {column}: {text[first]!r} has a specific part (lines "
                f"that have one: {int(partly.sum()):,}); an ad valorem equivalent needs the unit value, which is not "
                "here. Choose --where specific=ad_valorem_part for the percentage only, or --where specific=leave_out."
            )
        examples = shown(text[partly[partly].index[:3]])
        notes += (
            f"{sheet.file}, column {column}: rates with a specific part, {_SPECIFIC[choice]}: {int(partly.sum()):,} "
            f"({examples}).",
        )
        parsed = parsed if choice == "ad_valorem_part" else parsed[~partly]
    plain = is_plain(parsed) | parsed["kind"].isin([RateKind.SPECIFIC, RateKind.COMPOUND]).to_numpy()
    if not plain.all():
        odd = text[parsed.index[~plain]]
        notes += (f"{sheet.file}, column {column}: rates in words, left out: {len(odd):,} ({shown(odd.unique())}).",)
    kept = parsed[plain]
    if kept.empty:
        raise DataError(f"{sheet.file}, column {column}: no line has a rate; export the schedule again.")
    table = pd.DataFrame({"product": code[kept.index], "tariff_pct": kept["ad_valorem_pct"]})
    return table.groupby("product", as_index=False).agg({"tariff_pct": "mean"}), notes


LAYOUT = Layout(
    name="hts",
    title="Harmonized Tariff Schedule of the United States: rates of duty by line",
    source="https://hts.usitc.gov",
    columns=(_NUMBER, _GENERAL, _COLUMN_2),
    recognise=recognise,
    convert=convert,
)
