"""An official file as downloaded: CSV, JSON rows or an Excel workbook, title rows above the header or not.

Text columns become categories, so that every later step works on distinct labels; numbers lose their separators of
thousands. Nothing is evaluated or unpickled, and sizes are bounded before anything is parsed.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from calc.datasets.readers.source_files import WORKBOOKS, Row, SourceFile, folded, json_rows, workbook_rows
from calc.errors import DataError

HEAD_BYTES = 2**20
HEAD_ROWS = 40
_JSON = re.compile(rb"(\xef\xbb\xbf)?\s*[\[{]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How a file begins: the first rows of every sheet; a CSV or JSON file has one sheet without a name."""

    name: str
    sheets: Mapping[str, tuple[Row, ...]]

    def has(self, *columns: str) -> bool:
        """Whether some row of some sheet holds all these names of columns."""
        return any(_header_at(rows, columns) is not None for rows in self.sheets.values())

    def columns(self) -> Row:
        """Every cell of the first rows, as it is compared: small letters, single blanks."""
        return tuple(folded(cell) for rows in self.sheets.values() for row in rows for cell in row)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """A table of an official file.

    Parameters
    ----------
    file : name of the file, and of its sheet where it has several
    frame : text columns as categories, number columns as floats; the index counts rows of the file from 0
    header_line : line of the header in the file, from 1
    """

    file: str
    frame: pd.DataFrame
    header_line: int

    def line(self, row: int) -> int:
        """Line of the file for a value of the index."""
        return self.header_line + 1 + row

    def column(self, name: str) -> str | None:
        """The column of that name, whatever its case and blanks; None where there is none."""
        return next((str(column) for column in self.frame.columns if folded(str(column)) == folded(name)), None)

    def spelled(self, names: Iterable[str]) -> "Sheet":
        """The sheet with columns of these names spelled so, whatever case the file has."""
        found = {self.column(name): name for name in names}
        return replace(self, frame=self.frame.rename(columns=found))

    def labels(self, column: str) -> list[str]:
        """Distinct labels of a text column that are still in use."""
        cells = self.frame[column].cat
        used = np.bincount(cells.codes.to_numpy(), minlength=len(cells.categories)) > 0
        return [str(label) for label in cells.categories[used]]

    def keep(self, rows: pd.Series) -> "Sheet":
        """The sheet with these rows only."""
        return replace(self, frame=self.frame[rows])


def read_head(file: SourceFile) -> Head:
    """How a file begins.

    Raises
    ------
    DataError
        It is an archive, or an old or binary workbook.
    """
    start = file.first(HEAD_BYTES)
    if file.ending in WORKBOOKS:
        return Head(name=file.name, sheets={name: _cut(rows) for name, rows in workbook_rows(file)})
    if file.ending == ".xlsb":
        raise DataError(f"{file.name} is a binary workbook; save it as .xlsx or CSV.")
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise DataError(f"{file.name} is an archive; unpack it and give the file inside.")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(f"{file.name} is an old Excel workbook; save it as .xlsx.")
    if _JSON.match(start):
        return Head(name=file.name, sheets={"": tuple(json_rows(file)[:1])})
    return Head(name=file.name, sheets={"": tuple(row for row, _ in _csv_head(start))})


def read_sheets(
    file: SourceFile,
    header: Sequence[str],
    *,
    numbers: Callable[[str], bool],
    wanted: Callable[[str], bool] | None = None,
) -> tuple[Sheet, ...]:
    """Every sheet that has a row with these names of columns, which are spelled as they are here.

    Parameters
    ----------
    numbers : whether a column of this folded name holds numbers
    wanted : whether a column of this folded name is read; None for all

    Raises
    ------
    DataError
        A line has too few fields, or a cell of a number column is no number.
    """
    use = wanted or (lambda name: True)
    if file.ending in WORKBOOKS:
        found = []
        for name, lines in workbook_rows(file):
            rows = list(lines)
            at = _header_at(rows[:HEAD_ROWS], header)
            if at is not None:
                sheet = f"{file.name}, sheet {name}"
                found.append(_sheet_of_rows(sheet, rows[at], rows[at + 1 :], at + 1, numbers, use).spelled(header))
        return tuple(found)
    if _JSON.match(file.first(64)):
        rows = json_rows(file)
        return (_sheet_of_rows(file.name, rows[0], rows[1:], 1, numbers, use).spelled(header),)
    return (_csv_sheet(file, header, numbers, use).spelled(header),)


def read_grid(file: SourceFile) -> tuple[list[Row], ...]:
    """Every sheet as rows of text, for tables with several rows of heads.

    Raises
    ------
    DataError
        The file is not text, or not a whole workbook.
    """
    if file.ending in WORKBOOKS:
        return tuple(list(rows) for _, rows in workbook_rows(file))
    text = file.whole().decode(_encoding(file.first(HEAD_BYTES)), errors="replace").removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text[:HEAD_BYTES]))
    return ([tuple(cell.strip() for cell in row) for row in reader],)


def _header_at(rows: Sequence[Row], columns: Sequence[str]) -> int | None:
    names = {folded(column) for column in columns}
    return next((k for k, row in enumerate(rows) if names <= {folded(cell) for cell in row}), None)


def _cut(rows: Iterator[Row]) -> tuple[Row, ...]:
    return tuple(row for row, _ in zip(rows, range(HEAD_ROWS), strict=False))


def _csv_head(start: bytes) -> list[tuple[Row, int]]:
    """The first rows of a CSV file, each with the number of the line on which it ends."""
    text = start.decode(_encoding(start), errors="ignore").removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[tuple[Row, int]] = []
    try:
        for row in reader:
            rows.append((tuple(cell.strip() for cell in row), reader.line_num))
            if len(rows) == HEAD_ROWS:
                break
    except csv.Error:
        return rows
    return rows


def _encoding(start: bytes) -> str:
    """UTF-8, or else Windows-1252, in which UN Comtrade and older tools write names such as Türkiye."""
    try:
        # the last character may be cut, which an incremental decoder does not mind
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:HEAD_ROWS]
    return max((",", ";", "\t"), key=lambda mark: max((line.count(mark) for line in lines), default=0))


def _csv_sheet(
    file: SourceFile, header: Sequence[str], numbers: Callable[[str], bool], wanted: Callable[[str], bool]
) -> Sheet:
    start = file.first(HEAD_BYTES)
    rows = _csv_head(start)
    at = _header_at([row for row, _ in rows], header)
    if at is None:
        raise DataError(f"{file.name}: no line has the columns {', '.join(header)}; get the file again.")
    names, line = list(rows[at][0]), rows[at][1]
    # files of UN Comtrade and USA Trade Online end every row, but not the header, with a comma
    names += [""] * (len(rows[at + 1][0]) - len(names)) if at + 1 < len(rows) else []
    keep = [k for k, name in enumerate(names) if name and name not in names[:k] and wanted(folded(name))]
    types = {str(k): pa.string() if numbers(folded(names[k])) else pa.dictionary(pa.int32(), pa.string()) for k in keep}
    delimiter = _delimiter(start.decode("utf-8", errors="ignore"))
    if delimiter == ";" and re.search(rb";-?\d+,\d+(;|\r|\n)", start):
        raise DataError(
            f"{file.name}: fields are separated by semicolons and numbers have commas, as a spreadsheet saves them "
            "where the comma is the decimal mark; give the file as it was downloaded."
        )
    short: list[tuple[int, int]] = []

    def note_short(row: arrow_csv.InvalidRow) -> str:
        short.append((row.number or 0, row.actual_columns))
        return "skip"

    source = pa.BufferReader(file.content) if isinstance(file.content, bytes) else str(file.content)
    try:
        table = arrow_csv.read_csv(
            source,
            # one thread, because only then does an invalid row know its number
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                column_names=[str(k) for k in range(len(names))],
                skip_rows=line,
                block_size=2**24,
                encoding=_encoding(start),
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                invalid_row_handler=note_short,
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(types), column_types=types, null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(f"{file.name} cannot be read as CSV ({str(error).splitlines()[0]}); get it again.") from error
    if short:
        raise DataError(
            f"{file.name}, line {short[0][0]}: there are {short[0][1]} fields where the header has {len(names)}; "
            "the file may be cut short, get it again."
        )
    columns = {names[k]: table.column(str(k)) for k in keep}
    return _sheet(file.name, columns, line, numbers)


def _sheet_of_rows(
    name: str,
    header: Row,
    rows: Sequence[Row],
    line: int,
    numbers: Callable[[str], bool],
    wanted: Callable[[str], bool],
) -> Sheet:
    keep = [k for k, column in enumerate(header) if column and column not in header[:k] and wanted(folded(column))]
    # a row of a workbook ends with its last cell that is not empty; blank rows are no rows
    full = [row + ("",) * (len(header) - len(row)) for row in rows if any(row)]
    columns = {header[k]: pa.chunked_array([pa.array([row[k] for row in full], type=pa.string())]) for k in keep}
    return _sheet(name, columns, line, numbers)


def _sheet(name: str, columns: Mapping[str, pa.ChunkedArray], line: int, numbers: Callable[[str], bool]) -> Sheet:
    frame = {}
    for column, cells in columns.items():
        if numbers(folded(column)):
            frame[column] = pd.Series(_numbers(name, column, cells, line))
        else:
            coded = cells if pa.types.is_dictionary(cells.type) else pc.dictionary_encode(cells)
            labels = coded.unify_dictionaries().to_pandas()
            # blanks around labels would make two of one
            trimmed = labels.cat.categories.astype(str).str.strip()
            codes, distinct = pd.factorize(trimmed)
            position = np.append(codes, -1)[labels.cat.codes.to_numpy()]
            frame[column] = pd.Series(pd.Categorical.from_codes(position, categories=pd.Index(distinct).astype(str)))
    return Sheet(file=name, frame=pd.DataFrame(frame), header_line=line)


def _numbers(name: str, column: str, cells: pa.ChunkedArray, line: int) -> np.ndarray:
    """Cells as numbers, NaN where empty."""
    plain = pc.replace_substring_regex(pc.utf8_trim_whitespace(cells), r"^\$", "")
    # a comma that does not part thousands is a decimal comma, and no official file has one
    grouped = pc.match_substring_regex(plain, r"^-?\d{1,3}(,\d{3})+(\.\d*)?$")
    plain = pc.if_else(grouped, pc.replace_substring(plain, ",", ""), plain)
    plain = pc.if_else(pc.is_in(plain, pa.array(["", "NA", "-", "--"])), None, plain)
    try:
        return np.asarray(pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
    except pa.ArrowInvalid:
        found = pd.to_numeric(pd.Series(plain.to_pylist(), dtype=object), errors="coerce")
        bad = found.isna().to_numpy() & pc.is_valid(plain).to_numpy(zero_copy_only=False)
        row = int(np.argmax(bad))
        raise DataError(
            f"{name}, line {line + 1 + row}, column {column}: {str(plain[row])!r} is not a number such as 1234.5 or "
            "1,234.5; get the file again."
        ) from None
