"""Reading one table file safely: CSV or Parquet in, text and numbers out, or one problem in words.

Files may come from anybody. Nothing is unpickled or evaluated, sizes are bounded before anything is parsed,
and whatever is left out is said in a warning.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from calc.errors import DataError
from calc.files.free_memory import beyond_memory
from calc.files.parquet_files import RefusedFileError, parquet_columns, read_parquet
from calc.files.text_bytes import count_byte, is_blank, text_fault, text_start
from calc.files.titles import header_line
from calc.flows import BoolArray

MAX_FILE_BYTES = 2 * 2**30  # of a file on one's own disk; what is uploaded has limits of its own
MAX_PARQUET_BYTES = 2 * 2**30  # unpacked
MAX_PARQUET_ROWS = 20_000_000
MAX_COLUMNS = 500
MAX_HEADING = 200  # characters
MAX_SHOWN = 60  # characters of a cell in a message
ENDINGS = (".csv", ".parquet")
KEY_COLUMNS = ("importer", "exporter", "product", "economy")
LABEL_COLUMNS = (*KEY_COLUMNS, "basis")  # of long tables: few texts, each in many rows

_MARKS = {",": "commas", ";": "semicolons", "\t": "tabs"}
# How files begin that were only renamed to .csv.
_DISGUISES = (
    (rb"PK\x03\x04", "it is an Excel workbook or a zip archive, not a CSV file"),
    (rb"\xd0\xcf\x11\xe0", "it is an old Excel workbook, not a CSV file"),
    (rb"PAR1", "it is a Parquet file, not a CSV file"),
    (rb"\s*<(!doctype|html|\?xml)", "it is a web page, perhaps an error message, and not a CSV file"),
    (rb"[{]\\rtf|%PDF", "it is a document, not a CSV file"),
    (rb"\s*[\[{]", "it is JSON, not a CSV file"),
)

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a table may hold at most.

    Parameters
    ----------
    rows : rows of one table
    unpacked : bytes of one table in memory, which the file's own words about its size do not decide
    """

    rows: int
    unpacked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a file that breaks a rule, or that its owner should know.

    Parameters
    ----------
    file : name inside the dataset folder
    line : line of a text file, row of a Parquet file (the first row is 1); None for the file as a whole
    column : name of the column
    rule : what is wrong and what holds
    remedy : what to do
    severity : an error stops the reading, a warning becomes a note
    keys : the first offending keys
    """

    file: str
    line: int | None = None
    column: str | None = None
    rule: str
    remedy: str
    severity: Severity = "error"
    keys: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The problem in one sentence."""
        word = "row" if self.file.lower().endswith(".parquet") else "line"
        place = self.file
        place += f", {word} {self.line}" if self.line is not None else ""
        place += f", column {self.column}" if self.column is not None else ""
        offenders = f" ({'; '.join(self.keys)})" if self.keys else ""
        return f"{place}: {self.rule}{offenders}; {self.remedy}."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableFile:
    """A table as it stands in its file.

    Parameters
    ----------
    file : name inside the dataset folder
    frame : the rows, indexed by their number in the file from 0; CSV cells are all text, labels may be categories
    warnings : what was left out or read in another way than usual
    decimal_comma : whether numbers are written 12,5
    sha256 : hex digest of the file
    delimiter : what separates the fields of a CSV file
    """

    file: str
    frame: pd.DataFrame
    warnings: tuple[Problem, ...]
    decimal_comma: bool
    sha256: str = ""
    delimiter: str = ","

    def line(self, position: int) -> int:
        """Line (CSV, header included) or row (Parquet) of the row at `position`."""
        first = 1 if self.file.lower().endswith(".parquet") else 2
        return int(self.frame.index[position]) + first


def read_bytes(path: Path, file: str, folder: Path) -> bytes | Problem:
    """Content of an ordinary file of bounded size that lies inside `folder`."""
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return Problem(file=file, rule="a link leads out of the folder", remedy="put the file itself there")
        if not path.is_file():
            return Problem(file=file, rule="it is not an ordinary file", remedy="put a file there")
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except (OSError, RuntimeError, ValueError) as error:  # the latter two: links in a circle, a zero byte in the name
        rule = f"it cannot be opened: {reason(error)}"
        return Problem(file=file, rule=rule, remedy="put an ordinary file there and allow reading it")
    if size > MAX_FILE_BYTES:
        rule = f"{size:,} bytes are more than the {MAX_FILE_BYTES:,} that are read"
        return Problem(file=file, rule=rule, remedy="save it as Parquet, or split off what is not needed")
    return data


def reason(error: Exception) -> str:
    """Why a file cannot be read or written, in the words of the system."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def read_table(path: str | Path) -> TableFile:
    """Read a single CSV or Parquet file, chosen by its ending."""
    path = Path(path)
    data = read_bytes(path, path.name, path.parent)
    table = data if isinstance(data, Problem) else parse_table(path.name, data)
    if isinstance(table, Problem):
        raise DataError(table.text)
    return table


def parse_table(
    file: str, data: bytes, limits: Limits | None = None, *, labels: Collection[str] = ()
) -> TableFile | Problem:
    """Read the content of a CSV or Parquet file; the ending of `file` says which it is.

    Parameters
    ----------
    labels : columns of text that a Parquet file may hand over as categories
    """
    limits = limits or Limits(rows=MAX_PARQUET_ROWS, unpacked=MAX_PARQUET_BYTES)
    ending = Path(file).suffix.lower()
    if ending not in ENDINGS:
        rule = f"'{ending}' is not the ending of a table file"
        return Problem(file=file, rule=rule, remedy="save it as .csv or .parquet")
    if is_blank(data, text_start(data)):
        return Problem(file=file, rule="the file is empty", remedy="write a header and at least one row")
    parse = _parse_csv if ending == ".csv" else partial(_parse_parquet, labels=labels)
    with ThreadPoolExecutor(1) as beside:  # neither the digest nor the parser needs Python while it works
        digest = beside.submit(lambda: hashlib.sha256(data).hexdigest())
        table = parse(file, data, limits)
        return table if isinstance(table, Problem) else replace(table, sha256=digest.result())


def write_column(table: TableFile, data: bytes, column: str, values: pd.Index) -> bytes:
    """Content of a file with one column replaced by text; `table` is what `data` was read as.

    CSV keeps its separator and loses what was not read, blank lines and columns without a name.
    """
    if table.file.lower().endswith(".csv"):
        frame = table.frame.assign(**{column: values})
        return frame.to_csv(index=False, sep=table.delimiter, lineterminator="\n").encode()
    rows = pq.read_table(pa.BufferReader(data))
    position = [name.strip() for name in rows.column_names].index(column)
    rows = rows.set_column(position, column, pa.array(values, type=pa.string()))
    sink = io.BytesIO()
    pq.write_table(rows.replace_schema_metadata(None), sink, compression="zstd")
    return sink.getvalue()


def decode_text(file: str, data: bytes) -> str | Problem:
    """UTF-8 text, with or without byte-order mark."""
    return check_text(file, data) or data.decode("utf-8-sig")


def check_text(file: str, data: bytes) -> Problem | None:
    """What keeps bytes from being UTF-8 text, with or without byte-order mark; None if nothing does."""
    fault = text_fault(data)
    return None if fault is None else Problem(file=file, line=fault.line, rule=fault.rule, remedy=fault.remedy)


def shown(cell: object) -> str:
    """A cell in a message: all of it, unless it is long."""
    text = str(cell)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def problem_at(
    table: TableFile, bad: BoolArray, column: str, rule: str, remedy: str, severity: Severity = "error"
) -> tuple[Problem, ...]:
    """One problem for all `bad` rows of a column, placed at the first; none if there are none."""
    if not bad.any():
        return ()
    rows = np.flatnonzero(bad)
    frame = table.frame
    names = [name for name in KEY_COLUMNS if name in frame and name != column]
    keys = tuple(", ".join(shown(frame[name].iloc[row]) for name in names) for row in rows[:3]) if names else ()
    more = f", as in {len(rows) - 1:,} more row{'s' if len(rows) > 2 else ''}" if len(rows) > 1 else ""
    return (
        Problem(
            file=table.file,
            line=table.line(rows[0]),
            column=column,
            rule=f"'{shown(frame[column].iloc[rows[0]])}' {rule}{more}",
            remedy=remedy,
            severity=severity,
            keys=keys,
        ),
    )


def _parse_csv(file: str, data: bytes, limits: Limits) -> TableFile | Problem:
    start = text_start(data)
    for beginning, rule in _DISGUISES:
        if re.compile(beginning, re.IGNORECASE).match(data, start):
            return Problem(file=file, rule=rule, remedy="save the table as CSV in UTF-8 and take that file")
    if no_text := check_text(file, data):
        return no_text
    line_ends = count_byte(data, b"\n")
    if line_ends > limits.rows + 1:
        rule = f"it has more than the {limits.rows:,} lines that are read"
        return Problem(file=file, rule=rule, remedy="split off what is not needed")
    if beyond := beyond_memory(line_ends, ".csv"):
        return Problem(file=file, rule=beyond[0], remedy=beyond[1])
    line_end = re.compile(rb"[\r\n]|\Z").search(data, start)
    assert line_end is not None
    first_line = data[start : line_end.start()].decode()
    if first_line.strip() and (first := header_line(data, KEY_COLUMNS)) > 1:
        above = "line 1 is a title" if first == 2 else f"lines 1 to {first - 1} are a title"
        rule = f"{above}, and the header is in line {first}"
        return Problem(file=file, line=1, rule=rule, remedy="delete the lines above the header")
    delimiter = _delimiter(file, first_line)
    if isinstance(delimiter, Problem):
        return delimiter
    try:
        fields = next(csv.reader([first_line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error as error:
        remedy = "write the names of the columns in line 1"
        return Problem(file=file, line=1, rule=f"the header cannot be read: {error}", remedy=remedy)
    header = [name.strip() for name in fields]
    if not any(header):
        rule = "the first line is blank, and it must name the columns"
        return Problem(file=file, line=1, rule=rule, remedy="move the header into line 1")
    if broken := _broken_heading(file, header):
        return broken
    if len(header) > MAX_COLUMNS:
        rule = f"it has {len(header):,} columns, more than the {MAX_COLUMNS} that are read"
        return Problem(file=file, line=1, rule=rule, remedy="delete those that are not needed")
    if b'"' in data and count_byte(data, b'"') % 2:
        odd = next(k for k, line in enumerate(data.split(b"\n"), start=1) if line.count(b'"') % 2)
        rule = "a quotation mark is opened and never closed"
        return Problem(file=file, line=odd, rule=rule, remedy="close it; write a mark inside a field twice")
    no_rows = Problem(
        file=file,
        rule="there is a header but no row under it",
        remedy="write at least one row, or delete the file",
    )
    if is_blank(data, line_end.start()):
        return no_rows
    text = pa.py_buffer(data).slice(start)
    rows = _parse_rows(file, text, width=len(header), delimiter=delimiter, use_threads=True)
    if isinstance(rows, Problem):  # a parser of several threads does not know the number of an invalid row
        rows = _parse_rows(file, text, width=len(header), delimiter=delimiter, use_threads=False)
    if isinstance(rows, Problem):
        return rows
    frame = rows.select([k for k, name in enumerate(header) if name]).to_pandas(ignore_metadata=True)
    frame.columns = pd.Index([name for name in header if name])
    blank = pc.equal(rows.column(0), "").to_numpy()
    if blank.any():
        blank = np.logical_and.reduce([blank, *(pc.equal(column, "").to_numpy() for column in rows.columns[1:])])
    warnings = []
    if delimiter != ",":
        rule = f"fields are separated by {_MARKS[delimiter]}, so a comma in a number is read as the decimal point"
        warnings.append(_warning(file, rule, "separate by commas and use decimal points if that is wrong"))
    if not all(header):
        rule = f"{header.count('')} of {len(header)} columns have no name and are ignored"
        warnings.append(_warning(file, rule, "name them or delete them"))
    if blank.any():
        warnings.append(_warning(file, f"blank lines, left out: {blank.sum():,}", "nothing needs doing"))
        frame = frame[~blank]
    if frame.empty:
        return no_rows
    return TableFile(
        file=file,
        frame=frame,
        warnings=tuple(warnings),
        decimal_comma=delimiter != ",",
        delimiter=delimiter,
    )


def _delimiter(file: str, header: str) -> str | Problem:
    """What separates the fields: the one of comma, semicolon and tab that the header holds most often."""
    outside = re.sub(r'"[^"]*"', "", header)
    counts = {mark: outside.count(mark) for mark in _MARKS}
    best = [mark for mark in _MARKS if counts[mark] == max(counts.values())]
    if counts[best[0]] and len(best) > 1:
        rule = f"its fields could be separated by {' or by '.join(_MARKS[mark] for mark in best)}"
        return Problem(file=file, line=1, rule=rule, remedy="separate by commas, and put names with a comma in quotes")
    if not counts[best[0]] and "|" in outside:
        rule = "its fields are separated by '|'"
        return Problem(file=file, line=1, rule=rule, remedy="separate them by commas, semicolons or tabs")
    return best[0]


def _parse_rows(file: str, data: pa.Buffer, *, width: int, delimiter: str, use_threads: bool) -> pa.Table | Problem:
    ragged: list[tuple[int, int]] = []

    def note_ragged(row: arrow_csv.InvalidRow) -> str:
        ragged.append((row.number, row.actual_columns))
        return "skip"

    names = [str(k) for k in range(width)]
    try:
        rows = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(use_threads=use_threads, column_names=names, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note_ragged,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[],
                strings_can_be_null=False,
                check_utf8=False,  # `check_text` has
            ),
        )
    except pa.ArrowInvalid as error:
        words = str(error).splitlines()[0]
        # Arrow's words for a row that does not fit into its block of 1 MB
        rule = "a line is longer than 1,000,000 bytes" if "straddl" in words else f"it cannot be read as CSV ({words})"
        return Problem(file=file, rule=rule, remedy="save it again as CSV")
    if ragged:
        line, fields = ragged[0]
        more = f", as in {len(ragged) - 1:,} more line{'s' if len(ragged) > 2 else ''}" if ragged[1:] else ""
        rule = f"there are {fields} fields where the header has {width}{more}"
        remedy = 'give every line as many fields as the header, and put text with a separator in "quotes"'
        return Problem(file=file, line=line, rule=rule, remedy=remedy)
    return rows


def _parse_parquet(file: str, data: bytes, limits: Limits, *, labels: Collection[str]) -> TableFile | Problem:
    if broken := _broken_heading(file, [name.strip() for name in parquet_columns(data)]):
        return broken
    try:
        rows, left_out = read_parquet(
            data, rows=limits.rows, unpacked=limits.unpacked, columns=MAX_COLUMNS, labels=labels
        )
    except RefusedFileError as error:
        return Problem(file=file, column=error.column, rule=error.rule, remedy=error.remedy)
    warnings = tuple(
        _warning(file, f"column {name} holds neither text nor numbers and is ignored", "store it as text")
        for name in left_out
    )
    texts = (pa.types.is_large_string, pa.types.is_dictionary)
    columns = [
        pc.fill_null(column, "") if column.null_count and any(of(column.type) for of in texts) else column
        for column in rows.columns
    ]
    names = [name.strip() for name in rows.column_names]
    del rows
    frame = pa.table(columns, names=names).to_pandas(ignore_metadata=True, split_blocks=True)
    return TableFile(file=file, frame=frame, warnings=warnings, decimal_comma=False)


def _broken_heading(file: str, names: Sequence[str]) -> Problem | None:
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    line = 1 if file.lower().endswith(".csv") else None
    if any(len(name) > MAX_HEADING for name in names):
        rule = f"a heading is longer than {MAX_HEADING} characters"
        return Problem(file=file, line=line, rule=rule, remedy="name the columns in line 1, in a word each")
    if not twice:
        return None
    rule = "the column's name appears more than once"
    return Problem(file=file, line=line, column=twice[0], rule=rule, remedy="rename or delete the others")


def _warning(file: str, rule: str, remedy: str) -> Problem:
    return Problem(file=file, rule=rule, remedy=remedy, severity="warning")
