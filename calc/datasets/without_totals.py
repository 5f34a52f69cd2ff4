"""A copy of a dataset folder without rows of totals beside their parts: `tariff-impact check FOLDER --drop-totals NEW`.

Rows that a choice leaves out are left out of the copy too, and rows that are added up stand in it added up.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from calc.datasets.about import with_note
from calc.datasets.dataset import Content, dataset_folder, files_in, read_content
from calc.datasets.layout import ABOUT, schema_of
from calc.datasets.repair import copied
from calc.datasets.row_meaning import meanings_in
from calc.datasets.table_rows import Reading
from calc.errors import DataError
from calc.files.checks import Rows, raise_first
from calc.files.table_files import Problem, read_bytes
from calc.files.write import check_new, write_files


def write_without_totals(
    folder: str | Path, new_folder: str | Path, *, where: Mapping[str, str] = MappingProxyType({})
) -> tuple[str, ...]:
    """Copy a dataset folder without rows of totals; says what was left out.

    Parameters
    ----------
    where : rows to take, as for `read_dataset`

    Raises
    ------
    DataError
        The folder has an error other than its totals, or the new folder exists and is not empty.
    """
    folder = dataset_folder(folder)
    check_new(new_folder)
    content = read_content(folder, Reading(where=where, drop_totals=True))
    raise_first(content.problems, f"tariff-impact check {folder}")
    files = {}
    for file in files_in(folder):
        if (folder / file).is_file():
            data = read_bytes(folder / file, file, folder)
            if isinstance(data, Problem):
                raise DataError(data.text)
            files[file] = data
    if content.tables.changed and ABOUT in files:
        made = copied(folder, new_folder, ["--drop-totals"], Reading(where=where).options())
        files[ABOUT] = with_note(files[ABOUT], made)
    write_files(files | settled_files(content), new_folder)
    return tuple(problem.text for problem in content.tables.readings) or ("No totals beside their parts were found.",)


def settled_files(content: Content) -> dict[str, bytes]:
    """Files of the tables of which rows were chosen, left out or added up, with what is left, by name."""
    tables = content.tables
    return {tables.rows[name].table.file: _written(name, tables.rows[name]) for name in tables.changed}


def _written(name: str, rows: Rows) -> bytes:
    """The rows that are left as a file of their kind; columns that say what a row is are settled and left out."""
    table = rows.table
    frame = table.frame.drop(columns=list(meanings_in(name, table, schema_of(name))))
    csv = table.file.lower().endswith(".csv")
    if name == "flows":  # perhaps added up
        value = rows.numbers["value_usd"]
        texts = pd.Series(pc.cast(pa.array(value), pa.string()).to_pylist(), index=frame.index, dtype=str)
        texts = texts.str.replace(".", ",", regex=False) if table.decimal_comma else texts
        frame = frame.assign(value_usd=texts if csv else value)
    if csv:
        return frame.to_csv(index=False, sep=table.delimiter, lineterminator="\n").encode()
    written: bytes = frame.to_parquet(index=False)
    return written
