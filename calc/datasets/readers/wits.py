"""WITS of the World Bank: trade (UN Comtrade) and tariffs (UNCTAD TRAINS, WTO IDB), as downloaded in bulk.

    trade                         tariffs
    Nomenclature                  Selected Nomen, Native Nomen   H6 is HS 2022, H5 2017, H4 2012
    ReporterISO3                  Reporter, Reporter Name        importer of a tariff; code of letters or of the UN
    PartnerISO3                   Partner, Partner Name          WLD or 000: all partners
    ProductCode                   Product, Product Name          HS, or a group of products
    Year                          Tariff Year, Trade Year
    TradeFlowName                 DutyType                       AHS effectively applied, MFN, PRF, BND bound
    TradeValue in 1000 USD        Simple Average, Weighted Average, Minimum Rate, Maximum Rate   per cent
                                  Imports Value in 1000 USD      imports of the same lines

Imports are cif and exports fob, thousand US$. Of the rates the simple average is taken unless `rate` chooses another
column. 9999 and more stand for a rate in words. A file of tariffs with the value of imports is a dataset by itself;
without, it needs a file of trade beside it. Source: WITS user manual and online help, results of advanced query,
https://wits.worldbank.org/wits/wits/witshelp/content/data_retrieval/p/AQ/C9e.AQ_Tariffs-Result.htm.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from calc.datasets.codes import economies_of
from calc.datasets.rates import SENTINEL
from calc.datasets.readers.choices import Chosen, choose, single
from calc.datasets.readers.conversion import (
    KEYS,
    Converted,
    Layout,
    added_up,
    economy_column,
    hs_column,
    joined,
    relabel,
    words_by_code,
)
from calc.datasets.readers.sheets import Head, Sheet, read_head, read_sheets
from calc.datasets.readers.source_files import SourceFile, folded
from calc.errors import DataError

THOUSAND = 1e3
_TRADE = ("ReporterISO3", "PartnerISO3", "ProductCode", "TradeValue in 1000 USD")
_TARIFFS = ("Reporter Name", "Partner Name", "Product", "Tariff Year", "DutyType")
_RATES = ("Simple Average", "Weighted Average", "Minimum Rate", "Maximum Rate")
_IMPORTS_VALUE = "Imports Value in 1000 USD"
_REVISIONS = MappingProxyType({"H4": 2012, "H5": 2017, "H6": 2022})
_TRADE_ALIASES = MappingProxyType({"flow": "TradeFlowName", "partner": "PartnerISO3", "reporter": "ReporterISO3"})
_TARIFF_ALIASES = MappingProxyType({"duty": "DutyType", "tariff_year": "Tariff Year"})
_BOUND = ("bnd", "bound", "bound rate")
_LICENCE = "terms of WITS, with attribution; confirm before bulk redistribution"
_URL = "https://wits.worldbank.org"


def recognise(head: Head) -> bool:
    """Whether a file is of WITS, trade or tariffs."""
    return head.has(*_TRADE) or head.has(*_TARIFFS)


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """Flows of one year and direction, or rates of one year and kind, or both.

    Raises
    ------
    DataError
        Rows differ in year, direction or kind of duty, and nothing is chosen.
    """
    trade = [file for file in files if read_head(file).has(*_TRADE)]
    tariffs = [file for file in files if file not in trade]
    if not tariffs:
        return _trade(trade, where)
    rates = _tariffs(tariffs, where)
    if not trade:
        return rates
    flows = _trade(trade, where)
    return Converted(
        tables=flows.tables,
        rates=rates.rates,
        descriptions={**rates.descriptions, **flows.descriptions},
        about={**flows.about, "source": f"{flows.about['source']}; {rates.about['source']}"},
        notes=(*flows.notes, *rates.notes),
        chosen=flows.chosen | rates.chosen,
        revision=flows.revision,
    )


def _trade(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    value = _TRADE[-1]
    unread = ("netweight", "quantity", "qty")
    sheet = joined(
        [
            read_sheets(
                file,
                _TRADE,
                numbers=lambda name: name == folded(value),
                wanted=lambda name: not name.startswith(unread),
            )[0]
            for file in files
        ]
    )
    chosen = choose(sheet, where, _TRADE_ALIASES)
    sheet = chosen.sheet
    year = single(sheet, sheet.column("Year") or "Year", "year", "years")
    flow = single(sheet, sheet.column("TradeFlowName") or "TradeFlowName", "flow", "directions of trade")
    if not folded(flow).endswith(("import", "imports", "export", "exports")) or folded(flow).startswith("re-"):
        raise DataError(f"{sheet.file}, column TradeFlowName: {flow!r} is not trade by origin; download gross imports.")
    exports = "export" in folded(flow)
    nomenclature = sheet.column("Nomenclature")
    revision = single(sheet, nomenclature, "nomenclature", "nomenclatures") if nomenclature else ""
    sides = ("PartnerISO3", "ReporterISO3") if exports else ("ReporterISO3", "PartnerISO3")
    buyers = economy_column(sheet, sides[0], "iso3", importer=True, value=value)
    sellers = economy_column(buyers.sheet, sides[1], "iso3", importer=False, value=value)
    products = hs_column(sellers.sheet, "ProductCode", value, where)
    flows, notes = added_up(products.sheet, {value: THOUSAND})
    return Converted(
        tables={"flows": flows.rename(columns={value: "value_usd"})},
        descriptions=words_by_code(products.sheet, "product", sheet.column("Product Name")),
        about={
            "title": f"WITS {year}: {flow.lower()}",
            "year": int(year),
            "valuation": "fob" if exports else "cif",
            "source": f"World Bank, WITS, UN Comtrade, {', '.join(file.name for file in files)}",
            "url": _URL,
            "licence": _LICENCE,
            "citation": f"World Bank, World Integrated Trade Solution (WITS), UN Comtrade, {year}",
        },
        notes=(*chosen.notes, *buyers.notes, *sellers.notes, *products.notes, *notes),
        chosen=chosen.keys | products.keys,
        revision=_REVISIONS.get(revision),
    )


def _tariffs(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    numbers = {folded(name) for name in (*_RATES, _IMPORTS_VALUE)}
    sheet = joined([read_sheets(file, _TARIFFS, numbers=lambda name: name in numbers)[0] for file in files])
    chosen = choose(sheet, where, _TARIFF_ALIASES)
    sheet = chosen.sheet
    year = single(sheet, sheet.column("Tariff Year") or "Tariff Year", "tariff_year", "years")
    duty = single(sheet, sheet.column("DutyType") or "DutyType", "duty", "kinds of duty")
    if folded(duty) in _BOUND and not {"duty", "dutytype"} & set(map(folded, where)):
        raise DataError(
            f"{sheet.file}, column DutyType: {duty} are bound rates, the ceiling a government has promised and not "
            f"what is charged; download applied rates (AHS or MFN), or say --where duty={duty} if the ceiling is meant."
        )
    rate = _rate_column(sheet, where)
    nomenclature = sheet.column("Native Nomen")
    revisions = sheet.labels(nomenclature) if nomenclature else []
    placed = _placed(sheet)
    known = placed.sheet.frame[rate].notna() & (placed.sheet.frame[rate] < SENTINEL)
    notes: tuple[str, ...] = (f"{sheet.file}: rates are {rate.lower()}s of {duty} of {year}.",)
    if not known.all():
        notes += (f"{sheet.file}, column {rate}: empty, or 9999 for a rate in words, left out: {(~known).sum():,}.",)
    frame = placed.sheet.frame[known]
    rates = frame[list(KEYS)].astype(str).assign(tariff_pct=frame[rate])
    title = f"WITS tariffs {year}, {duty}"
    return Converted(
        tables=_flows_of_tariffs(placed.sheet),
        rates=rates.groupby(list(KEYS), as_index=False).agg({"tariff_pct": "mean"}),
        descriptions=words_by_code(placed.sheet, "product", sheet.column("Product Name")),
        about={
            "title": title,
            "year": int(year),
            "valuation": "cif",
            "source": f"World Bank, WITS, {duty} of {year}, {', '.join(file.name for file in files)}",
            "url": _URL,
            "licence": _LICENCE,
            "citation": f"World Bank, World Integrated Trade Solution (WITS), UNCTAD TRAINS, {year}",
        },
        notes=(*chosen.notes, *placed.notes, *notes),
        chosen=chosen.keys | ({"rate"} & set(where)),
        revision=_REVISIONS.get(revisions[0]) if len(revisions) == 1 else None,
    )


def _rate_column(sheet: Sheet, where: Mapping[str, str]) -> str:
    there = [column for column in map(sheet.column, _RATES) if column]
    if "rate" in where:
        there = [column for column in there if folded(column) == folded(where["rate"])]
    if not there:
        raise DataError(
            f"{sheet.file}: there is no column {where.get('rate', ' or '.join(_RATES[:2]))}, which holds the rates; "
            "download the tariffs with it."
        )
    return there[0]


def _placed(sheet: Sheet) -> Chosen:
    """The sheet with importer, exporter (empty for all partners) and product."""
    frame = sheet.frame
    for name, side in (("importer", "Reporter"), ("exporter", "Partner")):
        column, system = _codes(sheet, side)
        labels = pd.Index(sheet.labels(column))
        codes = economies_of(labels, system, place=f"{sheet.file}, column {column}")
        if "group" in set(codes.kind[codes.economy == ""]):
            unnamed = labels[codes.economy == ""][0]
            raise DataError(f"{sheet.file}, column {column}: {unnamed!r} is a group without a code; leave it out.")
        economies = codes.economy.where(codes.kind != "total", "")
        frame = frame.assign(**{name: relabel(frame[column], dict(zip(labels, economies, strict=True)))})
    product = sheet.column("Product") or "Product"
    to = {label: f"0{label}" if label.isdigit() and len(label) % 2 else label for label in sheet.labels(product)}
    frame = frame.assign(product=relabel(frame[product], to))
    return Chosen(sheet=Sheet(file=sheet.file, frame=frame, header_line=sheet.header_line))


def _codes(sheet: Sheet, side: str) -> tuple[str, str | None]:
    """The column of a side's codes with its system; that of its names where a code is empty."""
    column = sheet.column(side)
    if column is not None and "" not in sheet.labels(column):
        return column, None
    return sheet.column(f"{side} Name") or f"{side} Name", "name"


def _flows_of_tariffs(sheet: Sheet) -> dict[str, pd.DataFrame]:
    """Flows where the tariffs stand beside the value of the same imports by partner."""
    value = sheet.column(_IMPORTS_VALUE)
    if value is None:
        return {}
    frame = sheet.frame[(sheet.frame["exporter"] != "") & (sheet.frame[value] > 0)]
    if frame.empty:
        return {}
    flows, _ = added_up(Sheet(file=sheet.file, frame=frame, header_line=sheet.header_line), {value: THOUSAND})
    return {"flows": flows.rename(columns={value: "value_usd"})}


LAYOUT = Layout(
    name="wits",
    title="WITS of the World Bank: trade, and tariffs of UNCTAD TRAINS",
    source="https://wits.worldbank.org/wits/wits/witshelp/content/data_retrieval/p/AQ/C9e.AQ_Tariffs-Result.htm",
    columns=("ReporterISO3", "ProductCode", "DutyType", *_RATES),
    recognise=recognise,
    convert=convert,
)
