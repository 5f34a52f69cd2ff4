"""UN Comtrade: reported trade by reporter, partner and product, of the site and the API, old and new.

    new (comtradeplus.un.org)     legacy (until 2023)
    refYear, period               Year, Period                  year, or month as 202401
    flowCode                      Trade Flow                    M Import, X Export, RM Re-Import, RX Re-Export
    reporterCode                  Reporter Code                 number of the UN; 0 is the World
    partnerCode                   Partner Code                  likewise
    partner2Code                  2nd Partner Code              country of consignment; 0 is the total
    classificationCode            Classification                H6 is HS 2022, H5 2017, H4 2012
    cmdCode, cmdDesc              Commodity Code, Commodity     TOTAL, and 2, 4, 6 digits side by side
    customsCode                   Customs Proc. Code            C00 is the total
    mosCode, motCode              Mode of Transport Code        0 is the total
    primaryValue                  Trade Value (US$)             current US$; imports cif, exports fob

In rows of exports the reporter is the exporter. Files of the site end every row, but not the header, with a comma.
Source: UN Comtrade, data dictionary of the API, https://comtradedeveloper.un.org; legacy: https://unstats.un.org/wiki.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from calc.datasets.readers.choices import Chosen, choose, single
from calc.datasets.readers.conversion import (
    Converted,
    Layout,
    added_up,
    economy_column,
    hs_column,
    joined,
    totals_of,
    words_by_code,
)
from calc.datasets.readers.sheets import Head, Sheet, read_head, read_sheets
from calc.datasets.readers.source_files import SourceFile, folded
from calc.errors import DataError

_IMPORTS, _EXPORTS = ("m", "import", "imports"), ("x", "export", "exports")
_REVISIONS = {"H4": 2012, "H5": 2017, "H6": 2022}
_UNREAD = ("qty", "wgt", "weight", "cifvalue", "fobvalue", "cif trade", "fob trade")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """Names of the columns of an edition; `totals` by column: the labels of the total and what it splits by."""

    year: str
    flow: str
    reporter: str
    partner: str
    classification: str
    product: str
    words: str
    value: str
    totals: Mapping[str, tuple[tuple[str, ...], str]]


_NEW = _Names(
    year="refYear",
    flow="flowCode",
    reporter="reporterCode",
    partner="partnerCode",
    classification="classificationCode",
    product="cmdCode",
    words="cmdDesc",
    value="primaryValue",
    totals=MappingProxyType(
        {
            "partner2Code": (("0",), "second partner (country of consignment)"),
            "customsCode": (("C00",), "customs procedure"),
            "mosCode": (("0",), "mode of supply"),
            "motCode": (("0",), "mode of transport"),
        }
    ),
)
_LEGACY = _Names(
    year="Year",
    flow="Trade Flow",
    reporter="Reporter Code",
    partner="Partner Code",
    classification="Classification",
    product="Commodity Code",
    words="Commodity",
    value="Trade Value (US$)",
    totals=MappingProxyType(
        {
            "2nd Partner Code": (("0", ""), "second partner (country of consignment)"),
            "Customs Proc. Code": (("C00", ""), "customs procedure"),
            "Mode of Transport Code": (("0", ""), "mode of transport"),
        }
    ),
)


def recognise(head: Head) -> bool:
    """Whether a file is of UN Comtrade, old or new."""
    return _names(head.columns()) is not None


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """Flows of one year and one direction.

    Raises
    ------
    DataError
        Rows differ in year, direction, classification or in what a flow is split by, and nothing is chosen; or the
        partner is the World in every row.
    """
    sheets = [_read(file) for file in files]
    sheet = joined(sheets)
    names = _names(tuple(folded(str(column)) for column in sheet.frame.columns))
    assert names is not None  # the file was recognised by the same columns
    own = (names.year, names.flow, names.reporter, names.partner, names.classification, names.product, names.words)
    sheet = sheet.spelled((*own, names.value, *names.totals))
    aliases = {
        "year": names.year,
        "flow": names.flow,
        "reporter": names.reporter,
        "partner": names.partner,
        "classification": names.classification,
    }
    chosen = choose(sheet, where, aliases)
    sheet = chosen.sheet
    year = single(sheet, names.year, "year", "years")
    if (period := sheet.column("period")) is not None and len(sheet.labels(period)) > 1:
        single(sheet, period, period, "months", where)
    exports = _is_exports(sheet, names)
    column = sheet.column(names.classification)
    classification = single(sheet, column, "classification", "classifications") if column else ""
    buyer, seller = (names.partner, names.reporter) if exports else (names.reporter, names.partner)
    buyers = economy_column(sheet, buyer, "m49", importer=True, value=names.value)
    sellers = economy_column(buyers.sheet, seller, "m49", importer=False, value=names.value)
    products = hs_column(sellers.sheet, names.product, names.value, where)
    whole = _totals(products.sheet, names, where)
    flows, notes = added_up(whole.sheet, {names.value: 1.0})
    direction = "exports, as the exporters report them" if exports else "imports, as the importers report them"
    return Converted(
        tables={"flows": flows.rename(columns={names.value: "value_usd"})},
        descriptions=words_by_code(whole.sheet, "product", whole.sheet.column(names.words)),
        about={
            "title": f"UN Comtrade {year}: {direction}",
            "year": int(year),
            "valuation": "fob" if exports else "cif",
            "source": f"UN Comtrade, {', '.join(file.name for file in files)}, classification {classification}",
            "url": "https://comtradeplus.un.org",
            "licence": "terms of use of UN Comtrade: internal use is free, redistribution needs permission",
            "citation": f"United Nations, UN Comtrade database, {year}",
        },
        notes=(*chosen.notes, *buyers.notes, *sellers.notes, *products.notes, *whole.notes, *notes),
        chosen=chosen.keys | products.keys,
        revision=_REVISIONS.get(classification),
    )


def _names(columns: Sequence[str]) -> _Names | None:
    there = set(columns)
    for names in (_NEW, _LEGACY):
        needed = (names.flow, names.reporter, names.partner, names.product, names.value, names.year)
        if {folded(name) for name in needed} <= there:
            return names
    return None


def _read(file: SourceFile) -> Sheet:
    names = _names(read_head(file).columns())
    assert names is not None  # the file was recognised by the same columns
    return read_sheets(
        file,
        (names.flow, names.product, names.value),
        numbers=lambda name: name == folded(names.value),
        wanted=lambda name: not any(word in name for word in _UNREAD),
    )[0]


def _is_exports(sheet: Sheet, names: _Names) -> bool:
    """Whether the rows are exports; refuses other directions, and several at once."""
    flow = single(sheet, names.flow, "flow", "directions of trade")
    if folded(flow) not in _IMPORTS + _EXPORTS:
        raise DataError(
            f"{sheet.file}, column {names.flow}: the rows are {flow!r}, which are part of imports or exports; download "
            "imports (M) or exports (X)."
        )
    return folded(flow) in _EXPORTS


def _totals(sheet: Sheet, names: _Names, where: Mapping[str, str]) -> Chosen:
    """Total rows over second partners, procedures and modes."""
    notes: tuple[str, ...] = ()
    for name, (totals, words) in names.totals.items():
        if (column := sheet.column(name)) is not None:
            chosen = totals_of(sheet, column, totals, words, where)
            sheet, notes = chosen.sheet, notes + chosen.notes
    return Chosen(sheet=sheet, notes=notes)


LAYOUT = Layout(
    name="comtrade",
    title="UN Comtrade: reported trade by reporter, partner and product, legacy and new",
    source="https://comtradedeveloper.un.org",
    columns=("cmdCode", "flowCode", "reporterCode", "Commodity Code", "Trade Flow", "Reporter Code"),
    recognise=recognise,
    convert=convert,
)
