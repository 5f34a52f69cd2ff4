"""Official files and workbooks that stand where a dataset's own tables should: what they are, and what to do."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from calc.datasets.layout import is_table, schema_of
from calc.datasets.readers.source_files import WORKBOOKS, SourceFile
from calc.files.table_files import ENDINGS, Problem, TableFile

_SHEETS = (*WORKBOOKS, ".xls", ".ods")
_OTHERS = (".json", ".txt", ".tsv", ".gz")


def official_instead(name: str, data: bytes, table: TableFile | Problem) -> Problem | None:
    """What to do with a file that has the name of a table and is an official file; None where it is none.

    Parameters
    ----------
    name : of the table, without its ending
    table : what the file was read as
    """
    file = table.file
    if isinstance(table, TableFile):
        schema = schema_of(name)
        if all(column in table.frame for column in (*schema.keys, *schema.numbers)):
            return None
    return _advised(file, data)


def unread_files(
    files: Sequence[str], names: Mapping[str, str], read: Callable[[str], bytes | Problem]
) -> tuple[Problem, ...]:
    """Files that hold a table in a form that is not read here, where the table is not there in one that is.

    Parameters
    ----------
    names : files of the tables that are there, by the table's name
    """
    problems: tuple[Problem, ...] = ()
    for file in files:
        path = PurePosixPath(file)
        stem, ending = path.name.partition(".")[0].lower(), path.suffix.lower()
        if len(path.parts) > 1 or ending not in (*_SHEETS, *_OTHERS) or not is_table(stem) or stem in names:
            continue
        data = read(file)
        advised = _advised(file, data) if isinstance(data, bytes) else data
        what = "a workbook" if ending in _SHEETS else f"a file that ends in {ending}"
        rule = f"it is {what}, and tables of a dataset folder are read as CSV or Parquet"
        problems += (advised or Problem(file=file, rule=rule, remedy=f"save its table as {stem}.csv in UTF-8"),)
    if problems or "flows" in names:
        return problems
    for file in files:
        if PurePosixPath(file).suffix.lower() in (*ENDINGS, *WORKBOOKS, ".json") and file not in names.values():
            data = read(file)
            if isinstance(data, bytes) and (advised := _advised(file, data)):
                problems += (advised,)
    return problems


def _advised(file: str, data: bytes) -> Problem | None:
    from calc.datasets.readers.layouts import advice_on  # nine readers, for files that are amiss

    advice = advice_on(SourceFile(name=file, content=data))
    if not advice:
        return None
    what, _, remedy = advice.removeprefix(f"{file} ").partition("; ")
    return Problem(file=file, rule=f"it {what} and not a table of a dataset folder", remedy=remedy)
