"""Reading a stranger's Parquet file: plain text and numbers, in bounded memory; nothing in it is unpickled or run."""

from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calc.errors import DataError
from calc.files.free_memory import beyond_memory
from calc.files.text_bytes import CONTROL

_MAGIC = b"PAR1"
_BATCH_ROWS = 65_536
_AGAIN = "write it again, or save it as CSV"
_SPLIT = "split off what is not needed"


class RefusedFileError(DataError):
    """A file that is not read on.

    Parameters
    ----------
    rule : what is wrong and what holds
    remedy : what to do
    column : name of the column, where it is one
    """

    def __init__(self, rule: str, remedy: str, column: str | None = None) -> None:
        super().__init__(f"{rule}; {remedy}.")
        self.rule = rule
        self.remedy = remedy
        self.column = column


def read_parquet(
    data: bytes, *, rows: int, unpacked: int, columns: int, labels: Collection[str] = ()
) -> tuple[pa.Table, tuple[str, ...]]:
    """Columns of text and of numbers, and the names of those that hold anything else.

    Parameters
    ----------
    rows, columns : how many there may be at most
    labels : columns of text that stay dictionaries, each text once, where they are read so
    unpacked : bytes it may take once unpacked, by its own metadata and by what is read

    Raises
    ------
    RefusedFileError
        The file is damaged, too large or holds control characters.
    """
    if data[:4] != _MAGIC or data[-4:] != _MAGIC:
        raise RefusedFileError("it cannot be read as Parquet (it does not begin and end as such a file does)", _AGAIN)
    try:
        parquet = pq.ParquetFile(pa.BufferReader(data))
        _check_size(parquet.metadata, rows, unpacked, columns)
        plain = {column.name: _plain_type(column.type) for column in parquet.schema_arrow}
        if len(plain) < len(parquet.schema_arrow):
            raise RefusedFileError("two columns have the same name", "rename or delete one of them")
        kept = [name for name, kind in plain.items() if kind is not None]
        texts = [name for name in kept if plain[name] == pa.large_string()]
        table = _read_batches(data, kept, texts, unpacked)
        coded = [name for name in texts if name in labels and pa.types.is_dictionary(table.schema.field(name).type)]
        types = {name: table.schema.field(name).type if name in coded else plain[name] for name in kept}
        table = table.cast(pa.schema(list(types.items()))).unify_dictionaries()
        table.validate(full=True)  # text in UTF-8, among other things
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        words = (str(error).splitlines() or ["damaged"])[0]
        raise RefusedFileError(f"it cannot be read as Parquet ({words})", _AGAIN) from error
    return table, tuple(name for name in plain if name not in kept)


def parquet_columns(data: bytes) -> list[str]:
    """Names of the columns of a Parquet file; none if it cannot be read."""
    try:
        return list(pq.ParquetFile(pa.BufferReader(data)).schema_arrow.names)
    except (pa.ArrowException, OSError, ValueError):
        return []


def _check_size(metadata: pq.FileMetaData, rows: int, unpacked: int, columns: int) -> None:
    """What the file says of its own size."""
    size = sum(metadata.row_group(k).total_byte_size for k in range(metadata.num_row_groups))
    if metadata.num_rows > rows or size > unpacked:
        rule = f"it unpacks to {metadata.num_rows:,} rows and {size:,} bytes, more than the "
        raise RefusedFileError(f"{rule}{rows:,} rows and {unpacked:,} bytes that are read", _SPLIT)
    if beyond := beyond_memory(metadata.num_rows, ".parquet"):
        raise RefusedFileError(*beyond)
    if metadata.num_columns > columns:
        rule = f"it has {metadata.num_columns:,} columns, more than the {columns} that are read"
        raise RefusedFileError(rule, "delete those that are not needed")
    if metadata.num_rows == 0:
        raise RefusedFileError("there are columns but no rows", "write at least one row, or delete the file")


def _read_batches(data: bytes, columns: Sequence[str], texts: Sequence[str], most: int) -> pa.Table:
    """Rows of the file, counted while they are read.

    A long text that stands in every row is one entry of a dictionary on disk and fills any memory once it is
    written out; so texts stay in dictionaries until their whole length is known.
    """
    parquet = pq.ParquetFile(pa.BufferReader(data), read_dictionary=list(texts))
    batches, size = [], 0
    for read in parquet.iter_batches(batch_size=_BATCH_ROWS, columns=list(columns)):
        batch = read.select(list(columns))
        batch.validate(full=True)
        for name, column in zip(columns, batch.columns, strict=True):
            if not isinstance(column, pa.DictionaryArray):
                size += column.nbytes
                continue
            if pc.any(pc.match_substring_regex(column.dictionary, CONTROL)).as_py():
                raise RefusedFileError("it holds control characters", "delete them", name)
            size += pc.sum(pc.take(pc.binary_length(column.dictionary), column.indices)).as_py() or 0
        if size > most:
            raise RefusedFileError(f"it unpacks to more than the {most:,} bytes that are read", _SPLIT)
        batches.append(batch)
    return pa.Table.from_batches(batches)


def _plain_type(kind: pa.DataType) -> pa.DataType | None:
    """Text or number that a column is read as; None for anything else."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pa.large_string()
    if pa.types.is_integer(kind):
        return kind
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    return None
