"""A file as downloaded, on disk or in memory, and its rows as text where it is JSON or an Excel workbook.

Nothing is evaluated or unpickled, and sizes are bounded before anything is parsed.
"""

import io
import json
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from calc.errors import CalcError, DataError
from calc.files.table_files import reason, shown

MAX_BYTES = 2**30
MAX_WORKBOOK = 300 * 2**20  # unpacked
WORKBOOKS = (".xlsx", ".xlsm")
Row = tuple[str, ...]
# What openpyxl and the standard library raise on a damaged or locked workbook; errors of XML are of syntax.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file by its own name, on disk or in memory.

    Parameters
    ----------
    name : name without folders
    content : where it lies, or its bytes
    """

    name: str
    content: Path | bytes

    @property
    def ending(self) -> str:
        """Ending of the name in small letters, such as `.csv`."""
        return PurePath(self.name).suffix.lower()

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def first(self, size: int) -> bytes:
        """The first bytes."""
        if isinstance(self.content, bytes):
            return self.content[:size]
        with self.content.open("rb") as stream:
            return stream.read(size)

    def whole(self) -> bytes:
        """All bytes."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


def folded(name: str) -> str:
    """A name of a column as it is compared."""
    return " ".join(name.split()).casefold()


def source_file(path: str | Path) -> SourceFile:
    """An official file on disk.

    Raises
    ------
    DataError
        It is missing or too large.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise DataError(
                f"There is no file {shown(path)}, or it is a folder, a pipe or a device; give the path of the file as "
                "downloaded."
            )
        with path.open("rb") as stream:
            stream.read(1)
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise DataError(f"The file {shown(path)} cannot be read: {reason(error)}; allow reading it.") from error
    if size > MAX_BYTES:
        raise DataError(f"{path.name} is larger than {MAX_BYTES:,} bytes; download fewer years or products.")
    return SourceFile(name=path.name, content=path)


def json_rows(file: SourceFile) -> list[Row]:
    """Rows of text, the names of the columns first: a list of rows, or objects of the same keys, perhaps as `data`.

    Raises
    ------
    DataError
        It is cut short, or no table.
    """
    try:
        content = json.loads(file.whole())
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file.name} is not complete JSON; download it again.") from error
    rows = content.get("data", []) if isinstance(content, dict) else content
    if rows and all(isinstance(row, dict) for row in rows):
        names = list(rows[0])
        rows = [names, *([row.get(name) for name in names] for row in rows)]
    if not rows or not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        raise DataError(f"{file.name} holds no table of rows; download it again.")
    return [tuple("" if cell is None else str(cell) for cell in row) for row in rows]


def workbook_rows(file: SourceFile) -> Iterator[tuple[str, Iterator[Row]]]:
    """Sheets of a workbook with their rows as text.

    Raises
    ------
    CalcError
        The extra `excel` is not installed.
    DataError
        The workbook is damaged, or too large when unpacked.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise CalcError('A workbook needs the extra "excel": pip install "tariff-impact[excel]".') from error
    source = io.BytesIO(file.content) if isinstance(file.content, bytes) else file.content
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_WORKBOOK:
                raise DataError(f"{file.name} unpacks to more than {MAX_WORKBOOK:,} bytes; download fewer years.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles it does not know
            book = openpyxl.load_workbook(source, read_only=True, data_only=True)
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # DataWeb writes none, and then only the first row would be read
            sheets = [
                (sheet.title, [tuple(map(_text, row)) for row in sheet.iter_rows(values_only=True)])
                for sheet in book.worksheets
            ]
            book.close()
    except _BROKEN as error:
        raise DataError(f"{file.name} is not a complete Excel workbook; download it again.") from error
    for name, rows in sheets:
        yield name, iter(rows)


def _text(cell: object) -> str:
    """A cell as text; whole numbers without a point."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
