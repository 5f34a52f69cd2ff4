"""The official layouts that are read, and the way from files to a dataset folder.

A layout is a file of this package with one record; it is found by looking at the file. `convert_files` gives the
tables, `dataset_files` the files of a folder.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from calc.datasets.codes import countries_of
from calc.datasets.readers import (
    baci,
    census_api,
    comtrade,
    dataweb,
    hts,
    icio,
    usa_trade_online,
    wiod,
    wits,
)
from calc.datasets.readers.combining import combined
from calc.datasets.readers.conversion import Converted, Layout
from calc.datasets.readers.sheets import read_head
from calc.datasets.readers.source_files import SourceFile
from calc.errors import DataError, did_you_mean
from calc.files.write import csv_bytes

LAYOUTS: tuple[Layout, ...] = (
    baci.LAYOUT,
    comtrade.LAYOUT,
    census_api.LAYOUT,
    usa_trade_online.LAYOUT,
    dataweb.LAYOUT,
    wits.LAYOUT,
    hts.LAYOUT,
    icio.LAYOUT,
    wiod.LAYOUT,
)
PARQUET_ROWS = 50_000  # a table with more rows is written as Parquet


def layout_of(file: SourceFile) -> Layout | None:
    """The layout that a file is in; None if it is none of them.

    Raises
    ------
    DataError
        The file is an archive or not text.
    """
    head = read_head(file)
    return next((layout for layout in LAYOUTS if layout.recognise(head)), None)


def recognised(files: Iterable[SourceFile]) -> dict[str, tuple[SourceFile, ...]]:
    """Files by the name of their layout, in the order given.

    Raises
    ------
    DataError
        A file is in none of the layouts.
    """
    found: dict[str, tuple[SourceFile, ...]] = {}
    for file in files:
        layout = layout_of(file)
        if layout is None:
            raise DataError(
                f"{file.name}: this is not an official layout that can be read "
                f"({', '.join(each.name for each in LAYOUTS)}); give the file "
                "as downloaded, with its header, or write the tables of a dataset folder."
            )
        found[layout.name] = (*found.get(layout.name, ()), file)
    return found


def convert_files(
    files: Sequence[SourceFile], where: Mapping[str, str] = MappingProxyType({}), layout: str | None = None
) -> Converted:
    """The dataset that official files hold together.

    Parameters
    ----------
    where : choices by key, such as {"year": "2023"}
    layout : name of the layout of all files; None to find it

    Raises
    ------
    DataError
        A file is in no layout that is known or breaks its own; a choice is open, or one is made that nothing reads.
    """
    by_name = {each.name: each for each in LAYOUTS}
    if layout is not None and layout not in by_name:
        raise DataError(
            f"There is no layout {layout!r}{did_you_mean(layout, by_name)}; there are {', '.join(by_name)}."
        )
    groups = recognised(files) if layout is None else {layout: tuple(files)}
    parts = [by_name[name].convert(group, where) for name, group in groups.items()]
    whole = combined(parts, where)
    chosen = frozenset().union(whole.chosen, *(part.chosen for part in parts))
    if idle := [key for key in where if key not in chosen]:
        raise DataError(
            f"--where {idle[0]}={where[idle[0]]}: no file has this column or choice; leave it out, or name a column of "
            f"{', '.join(file.name for file in files)}."
        )
    return _described(whole)


def advice_on(file: SourceFile) -> str:
    """What to do with an official file that stands where a dataset's own table should; empty if it is none.

    The sentence names the columns by which the layout is known.
    """
    try:
        head = read_head(file)
    except DataError:
        return ""
    layout = next((layout for layout in LAYOUTS if layout.recognise(head)), None)
    if layout is None:
        return ""
    there = [name for name in layout.columns if head.has(name)]
    named = f" (columns {', '.join(there)})" if there else ""
    return (
        f"{file.name} is in the layout of {layout.title}{named}; make a dataset folder of it, with a file of trade "
        f"beside it if it holds rates only: tariff-impact convert {file.name} NEWFOLDER"
    )


def dataset_files(whole: Converted) -> dict[str, bytes]:
    """The files of the dataset's folder: dataset.toml, and a table each as CSV or, with many rows, Parquet."""
    flows = whole.tables["flows"]
    about = {"kind": "imports", "estimated": False, **whole.about}
    if (flows["importer"] == flows["exporter"]).any():
        about = {"home_sales": about["kind"] == "world", **about}  # customs do not see domestic sales
    about["notes"] = list(whole.notes)
    files = {"dataset.toml": tomli_w.dumps(about).encode()}
    for name, table in whole.tables.items():
        if len(table) > PARQUET_ROWS:
            sink = io.BytesIO()
            rows = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
            pq.write_table(rows, sink, compression="zstd")
            files[f"{name}.parquet"] = sink.getvalue()
        else:
            files[f"{name}.csv"] = csv_bytes(table)
    return files


def _described(whole: Converted) -> Converted:
    """With tables of products and countries, and the extent in words, where the reader gives none."""
    flows = whole.tables["flows"]
    tables = dict(whole.tables)
    if "products" not in tables:
        codes = pd.Index(sorted(flows["product"].unique()))
        words = [whole.descriptions.get(code, "") or code for code in codes]
        tables["products"] = pd.DataFrame({"product": codes, "description": words, "hs2": codes.str[:2]})
    if "countries" not in tables:
        importers, exporters = (pd.Index(flows[side].unique()) for side in ("importer", "exporter"))
        tables["countries"] = countries_of(importers.union(exporters))
    extent = (
        f"{len(flows):,} flows, {len(tables['countries'])} economies, {len(tables['products']):,} products, "
        f"US$ {flows['value_usd'].sum():,.0f}"
    )
    return replace(whole, tables=tables, about={"coverage": extent, **whole.about})
