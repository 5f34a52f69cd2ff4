"""A copy of a dataset folder in which what spreadsheets and offices did to its product codes is undone.

tariff-impact check FOLDER --restore-zeros NEW    0101, which a spreadsheet reads as a number and writes as 101
tariff-impact check FOLDER --clean-codes NEW      850511.0, '850511, 8505.11, 8505 11, "0101210020 Horses, live"
"""

import shlex
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath

import numpy as np
import pandas as pd

from calc.datasets.about import with_note
from calc.datasets.dataset import dataset_folder, files_in
from calc.datasets.layout import ABOUT, schema_of, tables_among
from calc.datasets.published_rates import specific_as_zero
from calc.datasets.table_rows import covered_if_readable
from calc.errors import DataError
from calc.files.checks import PRODUCT_COLUMNS, encode, raise_first, read_rows
from calc.files.product_codes import cleaned, lost_zeros
from calc.files.table_files import Problem, TableFile, parse_table, read_bytes, shown, write_column
from calc.files.write import check_new, write_files

_OPTIONS = ("--restore-zeros", "--clean-codes", "--specific-as-zero")


def copied(folder: str | Path, new_folder: str | Path, options: Sequence[str], further: str = "") -> str:
    """A note on how a copy of a folder was made.

    Parameters
    ----------
    options : of `tariff-impact check`, each of which names the new folder
    further : other options, each behind a blank
    """
    old, new = shlex.quote(str(folder)), shlex.quote(str(new_folder))
    command = f"tariff-impact check {old}{further}{''.join(f' {name} {new}' for name in options)}"
    return f"A changed copy of {shown(folder)}, made by: {command}"


def restore_zeros(folder: str | Path, new_folder: str | Path) -> tuple[str, ...]:
    """Copy a dataset folder with the leading zeros of its HS codes restored; says what it changed (see `repaired`)."""
    return repaired(folder, new_folder, zeros=True)


def repaired(
    folder: str | Path, new_folder: str | Path, *, zeros: bool = False, codes: bool = False, no_specific: bool = False
) -> tuple[str, ...]:
    """Copy a dataset folder with its product codes repaired, those of schedules in it too; says what was changed.

    Parameters
    ----------
    zeros : put the leading zero before HS codes that lost it
    codes : leave out decimals, apostrophes, dots, spaces and words
    no_specific : take specific duties among the tariffs as 0, and say so in dataset.toml

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
    tables |= _schedules(contents, tables.values())
    changes: list[str] = []
    known: pd.Index | None = None
    for stem in sorted(tables, key=lambda stem: stem != "products"):
        file = tables[stem]
        table = _parsed(file, contents[file])
        for column in PRODUCT_COLUMNS:
            if column not in table.frame or pd.api.types.is_float_dtype(table.frame[column]):
                continue
            before = encode(table.frame[column])
            clean = cleaned(before.labels) if codes else before.labels
            lost = lost_zeros(clean, known) if zeros else np.zeros(len(clean), dtype=bool)
            after = clean.where(~lost, "0" + clean)
            if stem == "products":
                known = after.unique()
            if (after != before.labels).any():
                contents[file] = write_column(table, contents[file], column, after[before.codes])
                table = _parsed(file, contents[file])
                place = file if column == "product" else f"{file}, column {column}"
                for what, hit in (("codes cleaned", clean != before.labels), ("leading zeros restored", lost)):
                    if hit.any():
                        rows, first = int(hit[before.codes].sum()), int(np.argmax(hit))
                        example = f"'{before.labels[first]}' is now '{after[first]}'"
                        changes.append(f"{place}: {what}: {hit.sum():,} (rows: {rows:,}); {example}.")
    if no_specific and "tariffs" in tables:
        file = tables["tariffs"]
        flows = None
        if "flows" in tables:
            flows = read_rows(_parsed(tables["flows"], contents[tables["flows"]]), schema_of("flows"))
        rates, said = specific_as_zero(_parsed(file, contents[file]), partial(covered_if_readable, flows))
        if rates is not None:
            contents[file] = write_column(_parsed(file, contents[file]), contents[file], "tariff_pct", rates)
            contents[ABOUT] = with_note(contents.get(ABOUT, b""), said, key="rate_notes")
            changes.append(said)
    if changes and ABOUT in contents:
        options = [name for name, asked in zip(_OPTIONS, (zeros, codes, no_specific), strict=True) if asked]
        contents[ABOUT] = with_note(contents[ABOUT], copied(folder, new_folder, options))
    write_files(contents, new_folder)
    return tuple(changes)


def _schedules(contents: Mapping[str, bytes], tables: Collection[str]) -> dict[str, str]:
    """CSV files beside the tables that hold rates by product, as rules name them, by their names."""
    found = {}
    for file in contents.keys() - set(tables):
        table = parse_table(file, contents[file]) if PurePath(file).suffix.lower() == ".csv" else None
        if isinstance(table, TableFile) and {"product", "tariff_pct"} <= set(table.frame):
            found[file] = file
    return dict(sorted(found.items()))


def _parsed(file: str, data: bytes) -> TableFile:
    table = parse_table(file, data)
    if isinstance(table, Problem):
        raise DataError(table.text)
    return table
