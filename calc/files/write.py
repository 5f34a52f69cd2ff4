"""Files of ours: tables as CSV or workbook, several files as one zip, or in a folder, whole or not at all."""

import ctypes
import errno
import io
import json
import os
import secrets
import shutil
import sys
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from calc.errors import CalcError, DataError
from calc.files.table_files import reason, shown

MANIFEST = "MANIFEST.json"
SHEET_ROWS = 2**20 - 1  # that a sheet of a workbook takes below its heading
# What a report, a comparison or a sweep may hold at the top, beside the schedules that manifest or scenario name.
_NAMES = {
    *(
        "summary.csv",
        "lines.csv",
        "lines.parquet",
        "markets.csv",
        "economies.csv",
        "uncertainty.csv",
        "tables.xlsx",
        "datapackage.json",
    ),
    *("hit_most.csv", "pictures", "report.html"),
    *("comparison.csv", "pairs.csv", "scenarios", "sweep.csv", "scenario.toml", "README.txt", MANIFEST),
    *(".DS_Store", "Thumbs.db", "desktop.ini"),  # of the system's own accord
}
_AT_CWD, _EXCHANGE = -100, 2  # of Linux: paths as they are; exchange the two
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows
_ZIP_LEVEL = 1  # a quarter of the usual level's time, for 9 to 16% more bytes


def csv_bytes(table: pd.DataFrame, *, byte_order_mark: bool = False) -> bytes:
    """A table as CSV: UTF-8, LF, full precision, text quoted, missing cells empty.

    Text that a spreadsheet would take for a formula gets a leading apostrophe; numbers are never touched.
    """
    arrays = {str(name): _arrow(table[name]) for name in table.columns}
    buffer = io.BytesIO()
    if byte_order_mark:
        buffer.write(BYTE_ORDER_MARK)
    pyarrow.csv.write_csv(pa.table(arrays), buffer)
    return buffer.getvalue()


def _arrow(column: pd.Series) -> pa.Array:
    if isinstance(column.dtype, pd.CategoricalDtype):
        labels = pa.array([_guarded(str(c)) for c in column.cat.categories], pa.string())
        codes = column.cat.codes.to_numpy()
        return labels.take(pa.array(codes, mask=codes < 0))
    if pd.api.types.is_numeric_dtype(column.dtype):
        return pa.array(column.to_numpy(), from_pandas=True)
    return pa.array([_guarded(str(value)) for value in column], pa.string())


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_START) else text


def check_sheet(table: str, rows: int) -> None:
    """Refuse a table with more rows than a sheet of a workbook takes, which would lose the rest in silence.

    Raises
    ------
    CalcError
        It has too many.
    """
    if rows > SHEET_ROWS:
        raise CalcError(
            f"The table {table} has {rows:,} rows, and a sheet of a workbook takes {SHEET_ROWS:,} below its heading. "
            "Leave the workbook out; or choose fewer lines, with --top N or --by exporter,product."
        )


def workbook_bytes(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Tables as an Excel workbook, one sheet a table, codes as text.

    Raises
    ------
    CalcError
        The extra `excel` is not installed, or a table has more rows than a sheet takes.
    """
    for name, table in tables.items():
        check_sheet(name, len(table))
    try:
        import xlsxwriter
    except ImportError as error:
        raise CalcError('A workbook needs the extra "excel": pip install "tariff-impact[excel]".') from error
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(buffer, {**options, "default_date_format": "yyyy-mm-dd"}) as book:
        # A fixed date keeps equal tables equal bytes.
        book.set_properties({"created": datetime(1980, 1, 1)})
        bold = book.add_format({"bold": True})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [str(column) for column in table.columns], bold)
            for row, values in enumerate(zip(*(_cells(table[c]) for c in table.columns), strict=True), 1):
                sheet.write_row(row, 0, values)
    return buffer.getvalue()


def _cells(column: pd.Series) -> list[object]:
    """Cells as a workbook takes them: text as text, missing as nothing, infinite in words."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return list(column.astype(str))
    values = column.to_numpy()
    cells: list[object] = values.tolist()
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        cells = [None if v != v else str(v) if v in (np.inf, -np.inf) else v for v in values.tolist()]
    return cells


def json_bytes(content: object) -> bytes:
    """Anything as indented JSON, one line feed at the end."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Files as one zip with fixed dates, so that equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            # a file that brings its own date does not take the archive's level
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED, _ZIP_LEVEL)
    return buffer.getvalue()


def check_new(folder: str | Path) -> Path:
    """The place of a folder that is still to be made, or is empty.

    Raises
    ------
    DataError
        It is a file or holds files already, or nothing can be put there.
    """
    place, entries = _look(folder)
    if entries:
        raise DataError(f"{folder} exists and is not an empty folder; name a new one.")
    return place


def check_free(folder: str | Path, *, force: bool = False) -> Path:
    """The place of a report, if it may be written: asked before anything is computed for it.

    Raises
    ------
    DataError
        The folder holds files already and `force` is not given, or holds others than those of a report; it is a file,
        or nothing can be put there.
    """
    place, entries = _look(folder)
    if entries and not force:
        raise DataError(
            f"{folder} is not empty. Give another folder, or replace what is in it: --force (in Python force=True)."
        )
    listed = _text(place / MANIFEST) + _text(place / "scenario.toml")
    if foreign := [name for name in sorted(entries - _NAMES) if f'"{name}"' not in listed]:
        raise DataError(
            f"{folder} holds {foreign[0]}{' and others' if foreign[1:] else ''}, which is not part of a report, and "
            "would be replaced as a whole. Give another folder, or move what does not belong to a report."
        )
    return place


def _look(folder: str | Path) -> tuple[Path, set[str]]:
    """Where a folder lies, links followed, and the names in it."""
    try:
        place = Path(folder).resolve()
        if place.is_symlink():  # in a circle: from Python 3.13 on such links are resolved without a word
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        above = next(parent for parent in (*place.parents, Path(place.anchor)) if parent.exists())
        if above.is_dir() and not os.access(above, os.W_OK):
            raise PermissionError(errno.EACCES, f"nothing may be written into {shown(above)}")
        if not place.exists():
            if not above.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, f"{shown(above)} is a file")
            return place, set()
        if not place.is_dir():
            raise DataError(f"{folder} is a file, not an empty folder; name a new one.")
        if place.is_mount() or Path.cwd().is_relative_to(place):
            raise DataError(
                f"{folder} cannot be replaced as a whole: it is where a disk is mounted, or the command runs in it. "
                "Give the name of a folder inside it."
            )
        return place, {entry.name for entry in place.iterdir()}
    except (OSError, RuntimeError, ValueError) as error:  # a circle before Python 3.13, a zero byte
        raise _unwritten(folder, error) from error


def _text(path: Path) -> str:
    """A file of a report, or nothing."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _unwritten(folder: str | Path, error: Exception) -> DataError:
    return DataError(
        f"{shown(folder)} cannot be written: {reason(error)}. Nothing was changed there; give another folder, or make "
        "room."
    )


def write_files(files: Mapping[str, bytes], folder: str | Path, *, force: bool = False) -> Path:
    """Write files into a folder, all or none; a name may have a folder in it, as `scenarios/1/scenario.toml`.

    They are written into a draft beside the folder, brought to the disk, and the draft takes the folder's name in one
    step. On Linux that step exchanges an older folder for the new one, so that whatever ends the process leaves the
    one or the other; elsewhere the older one is set aside first, and for a moment neither has the name.

    Raises
    ------
    DataError
        As `check_free` raises it, or the folder cannot be written.
    """
    place = check_free(folder, force=force)
    draft = place.with_name(f".draft-{secrets.token_hex(6)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        for name, content in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            with (draft / name).open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for inner in {(draft / name).parent for name in files} | {draft}:
            _keep(inner)
        _put(draft, place, force=force)
        _keep(place.parent)
    except (OSError, ValueError) as error:
        raise _unwritten(folder, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)  # after an exchange it holds the older folder
    return Path(folder)


def _put(draft: Path, place: Path, *, force: bool) -> None:
    """Give a draft the name of its place; what had it is then under the draft's name, or gone."""
    if not (force and place.exists()):
        if os.name == "nt" and place.exists():
            place.rmdir()
        draft.rename(place)  # over an empty folder; one that somebody has filled since refuses it
    elif not _exchange(draft, place):
        aside = draft.with_suffix(".old")
        place.rename(aside)
        try:
            draft.rename(place)
        except BaseException:
            aside.rename(place)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step, where the system can."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        return False
    done: int = rename(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _EXCHANGE)
    return done == 0


def _keep(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
