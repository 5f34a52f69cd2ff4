"""The files of a dataset, one row each: what they hold, from whom, of when, on what terms, and their digest.

`data/sources.csv` says it for the built-in datasets, by folder and file, both with `*`; the first row that fits
counts. For any other dataset it is what its dataset.toml says of the whole.
"""

import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd
import pyarrow.csv
import pyarrow.parquet

from calc.datasets.dataset import Dataset, data_dir, dataset_names
from calc.datasets.layout import ABOUT

SOURCES = "sources.csv"
_SOURCE_COLUMNS = ("source", "year", "terms", "citation")
CONTENT: Mapping[str, str] = {
    "flows": "trade",
    "tariffs": "base tariffs",
    "elasticities": "elasticities",
    "products": "products in words",
    "countries": "economies and groups",
    "value_added": "value added",
    "input_output": "inputs between sectors",
    "final_demand": "final demand",
    "product-lists": "product list",
    "dataset": "title and notes",
}


def read_sources() -> pd.DataFrame:
    """Sources of the built-in files: folder, file, source, year, terms, citation; all text."""
    return pd.read_csv(data_dir() / SOURCES, dtype=str, keep_default_na=False)


def dataset_files(dataset: Dataset) -> pd.DataFrame:
    """Every file that a dataset was read from: file, content, rows, source, year, terms, citation, sha256.

    `rows` is empty where a file has none, or is not on disk.
    """
    sources = read_sources() if dataset.name in dataset_names() else None
    return pd.DataFrame(
        [
            {
                "file": file,
                "content": content_of(file),
                "rows": _rows(dataset.name, file),
                **_source(dataset, file, sources),
                "sha256": digest,
            }
            for file, digest in dataset.sha256.items()
        ]
    ).astype({"rows": "Int64"})


def dataset_years() -> Mapping[str, int]:
    """Year of the flows of every built-in dataset, without reading the flows."""
    texts = {name: (data_dir() / name / ABOUT).read_text(encoding="utf-8") for name in dataset_names()}
    return {name: int(tomllib.loads(text)["year"]) for name, text in texts.items()}


def content_of(file: str) -> str:
    """What a file of a dataset holds, in words."""
    stem, _, rest = file.partition("/")
    name = stem if rest else Path(file).stem
    kind, _, name_of_set = name.partition("-")
    if name in CONTENT:
        return CONTENT[name]
    return f"{CONTENT.get(kind, kind)}, set {name_of_set}" if name_of_set else CONTENT.get(kind, kind)


def _source(dataset: Dataset, file: str, sources: pd.DataFrame | None) -> dict[str, str]:
    if sources is not None:
        for row in sources.to_dict("records"):
            if fnmatchcase(dataset.name, row["folder"]) and fnmatchcase(file, row["file"]):
                return {column: str(row[column]) for column in _SOURCE_COLUMNS}
    whole = {"source": dataset.source, "terms": dataset.licence, "citation": dataset.citation}
    return {"year": str(dataset.year), **whole}


def _rows(name: str, file: str) -> int | None:
    folder = data_dir() / name if name in dataset_names() else Path(name)
    path = next((p for p in (folder / file, data_dir() / file) if p.is_file()), None)
    if path is None:
        return None
    if path.suffix == ".parquet":
        return int(pyarrow.parquet.read_metadata(path).num_rows)
    return int(pyarrow.csv.read_csv(path).num_rows) if path.suffix == ".csv" else None
