"""The files of a dataset, one row each: what they hold, from whom, of when, on what terms, and their digest.

`sources.csv` beside the tables says it by file, with `*` for any letters; the first row that fits counts. After it
comes `data/sources.csv`, for what all datasets share. For a file in neither it is what dataset.toml says of the whole.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd
import pyarrow.csv
import pyarrow.parquet

from calc.datasets.dataset import Dataset, abouts, data_dir, dataset_names
from calc.errors import DataError

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


def read_sources(folder: str | Path | None = None) -> pd.DataFrame:
    """Sources of the files of a folder, or of what all datasets share: file, source, year, terms, citation; all text.

    No row where the folder does not say them.

    Raises
    ------
    DataError
        A column is missing.
    """
    path = (data_dir() if folder is None else Path(folder)) / SOURCES
    columns = ["file", *_SOURCE_COLUMNS]
    if not path.is_file():
        return pd.DataFrame(columns=columns, dtype=str)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in columns:
        if column not in table:
            raise DataError(
                f"{path} has no column {column}. Its columns are {', '.join(columns)}; add the one missing."
            )
    return table[columns]


def dataset_files(dataset: Dataset) -> pd.DataFrame:
    """Every file that a dataset was read from: file, content, rows, source, year, terms, citation, sha256.

    `rows` is empty where a file has none, or is not on disk.
    """
    sources = pd.concat([read_sources(_folder(dataset.name)), read_sources()])
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
    return {name: about.year for name, about in abouts().items()}


def content_of(file: str) -> str:
    """What a file of a dataset holds, in words."""
    stem, _, rest = file.partition("/")
    name = stem if rest else Path(file).stem
    kind, _, name_of_set = name.partition("-")
    if name in CONTENT:
        return CONTENT[name]
    return f"{CONTENT.get(kind, kind)}, set {name_of_set}" if name_of_set else CONTENT.get(kind, kind)


def _source(dataset: Dataset, file: str, sources: pd.DataFrame) -> dict[str, str]:
    for row in sources.to_dict("records"):
        if fnmatchcase(file, row["file"]):
            return {column: str(row[column]) for column in _SOURCE_COLUMNS}
    whole = {"source": dataset.source, "terms": dataset.licence, "citation": dataset.citation}
    return {"year": str(dataset.year), **whole}


def _folder(name: str) -> Path:
    return data_dir() / name if name in dataset_names() else Path(name)


def _rows(name: str, file: str) -> int | None:
    path = next((p for p in (_folder(name) / file, data_dir() / file) if p.is_file()), None)
    if path is None:
        return None
    if path.suffix == ".parquet":
        return int(pyarrow.parquet.read_metadata(path).num_rows)
    return int(pyarrow.csv.read_csv(path).num_rows) if path.suffix == ".csv" else None
