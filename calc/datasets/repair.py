"""A copy of a dataset folder in which the HS codes have their leading zeros again.

A spreadsheet that reads 0101 as a number writes 101. `tariff-impact check FOLDER --restore-zeros NEW` calls this.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from calc.datasets.dataset import dataset_folder, files_in
from calc.datasets.layout import tables_among
from calc.errors import DataError
from calc.files.checks import PRODUCT_COLUMNS, encode, lost_zeros, raise_first
from calc.files.table_files import Problem, TableFile, parse_table, read_bytes, write_column
from calc.files.write import check_new, write_files


def restore_zeros(folder: str | Path, new_folder: str | Path) -> tuple[str, ...]:
    """Copy a dataset folder with the leading zeros of its HS codes restored; says what it changed.

    Raises
    ------
    DataError
        A table cannot be read, or the new folder exists and is not empty.
    """
    folder = dataset_folder(folder)
    check_new(new_folder)
    tables, problems = tables_among(files_in(folder))
    raise_first(problems)
    contents: dict[str, bytes] = {}
    for file in sorted({file for file in files_in(folder) if (folder / file).is_file()} | set(tables.values())):
        data = read_bytes(folder / file, file, folder)
        if isinstance(data, Problem):
            raise DataError(data.text)
        contents[file] = data
    changes: list[str] = []
    known: pd.Index | None = None
    for stem in sorted(tables, key=lambda stem: stem != "products"):
        file = tables[stem]
        table = _parsed(file, contents[file])
        for column in PRODUCT_COLUMNS:
            if column not in table.frame or pd.api.types.is_float_dtype(table.frame[column]):
                continue
            codes = encode(table.frame[column])
            lost = lost_zeros(codes.labels, known)
            restored = codes.labels.where(~lost, "0" + codes.labels)
            if stem == "products":
                known = restored.unique()
            if lost.any():
                contents[file] = write_column(table, contents[file], column, restored[codes.codes])
                table = _parsed(file, contents[file])
                rows, first = int(lost[codes.codes].sum()), int(np.argmax(lost))
                place = file if column == "product" else f"{file}, column {column}"
                example = f"'{codes.labels[first]}' is now '{restored[first]}'"
                changes.append(f"{place}: leading zeros restored: {lost.sum():,} (rows: {rows:,}); {example}.")
    write_files(contents, new_folder)
    return tuple(changes)


def _parsed(file: str, data: bytes) -> TableFile:
    table = parse_table(file, data)
    if isinstance(table, Problem):
        raise DataError(table.text)
    return table
