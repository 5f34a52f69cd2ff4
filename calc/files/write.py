"""Files of ours: tables as CSV or workbook, several files as one zip, or in a folder, whole or not at all."""

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from calc.errors import CalcError, DataError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows


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


def workbook_bytes(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Tables as an Excel workbook, one sheet a table, codes as text.

    Raises
    ------
    CalcError
        The extra `excel` is not installed.
    """
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
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def check_free(folder: str | Path, *, force: bool = False) -> None:
    """Whether files may be written into a folder: asked before anything is computed for it.

    Raises
    ------
    DataError
        The folder holds files already and `force` is not given, or it is a file.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise DataError(f"{folder} is a file. Give the name of a folder for the report.")
    if target.exists() and any(target.iterdir()) and not force:
        raise DataError(
            f"{folder} is not empty. Give another folder, or replace what is in it: --force (in Python force=True)."
        )


def write_files(files: Mapping[str, bytes], folder: str | Path, *, force: bool = False) -> Path:
    """Write files into a folder, all or none; a name may have a folder in it, as `scenarios/1/scenario.toml`.

    Raises
    ------
    DataError
        As `check_free` raises it, or the folder cannot be written.
    """
    check_free(folder, force=force)
    target = Path(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        for name, content in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content)
        for name in files:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).replace(target / name)
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target
