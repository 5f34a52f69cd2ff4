"""Checks at the door: columns become codes and numbers, and what breaks a rule becomes a `Problem`.

Every check works on whole columns, or on the distinct labels of a column, and reports one problem: the first
offending row, how many there are, the rule and the remedy.
"""

import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from calc.errors import DataError, closest
from calc.files.number_checks import check_tariff_unit, read_numbers
from calc.files.product_codes import CLEAN, WAYS, lost_zeros, mangled, odd_digits
from calc.files.repeated_keys import repeated_keys
from calc.files.table_files import Problem, TableFile, parse_table, problem_at, shown
from calc.flows import Array, BoolArray, IntArray, among

NOTHING: Mapping[str, frozenset[str]] = MappingProxyType({})
PRODUCT_COLUMNS = ("product", "input_product", "using_product")
_RESTORE = "run tariff-impact check FOLDER --restore-zeros NEWFOLDER, or store the column as text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Columns of one kind of table.

    Parameters
    ----------
    keys, numbers : columns that must be there
    optional_keys, optional_numbers, texts : columns that may be there
    prefixes : whether `product` may hold codes of another depth than the products
    nested : whether such codes must lie above or below a product
    everything : keys that may be empty, "all" or "*", which is everything
    open : whether further columns are kept as text
    """

    keys: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    optional_keys: tuple[str, ...] = ()
    optional_numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    prefixes: bool = False
    nested: bool = False
    everything: tuple[str, ...] = ()
    open: bool = False


SCHEDULE = Schema(
    keys=(),
    optional_keys=("importer", "exporter", "product"),
    numbers=("tariff_pct",),
    prefixes=True,
    everything=("importer", "exporter", "product"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Codes:
    """A column of labels as numbers: row k holds `labels[codes[k]]`.

    Parameters
    ----------
    codes : position in `labels` [row]
    labels : each distinct label once, in order of appearance
    """

    codes: IntArray
    labels: pd.Index


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """A checked table.

    Parameters
    ----------
    table : the table as it stands in its file
    codes : the key columns
    numbers : the number columns in the unit of the file, NaN where a cell is empty
    problems : what breaks a rule, warnings included
    """

    table: TableFile
    codes: Mapping[str, Codes]
    numbers: Mapping[str, Array]
    problems: tuple[Problem, ...]


def read_rows(
    table: TableFile,
    schema: Schema,
    *,
    economies: pd.Index | None = None,
    products: pd.Index | None = None,
    understood: Collection[str] = (),
    add_up: bool = False,
    partners: Mapping[str, frozenset[str]] = NOTHING,
) -> Rows:
    """Codes and numbers of a table, with everything in it that breaks a rule.

    Parameters
    ----------
    table : a table as it stands in its file
    schema : the columns it should have
    economies, products : known codes; None where any code will do
    understood : columns outside the schema whose meaning is settled
    add_up : whether the numbers of rows with the same keys are added up
    partners : by column, codes in small letters that stand for all partners, such as wld; they are read as empty
    """
    problems = [*table.warnings, *check_columns(table, schema, understood)]
    codes, numbers = {}, {}
    for column in schema.keys + schema.optional_keys:
        if column not in table.frame:
            continue
        everything = column in schema.everything
        codes[column] = encode(table.frame[column], everything=everything)
        if column in partners:
            codes[column], meant = _all_partners(table, column, codes[column], partners[column])
            problems += meant
        broken = check_labels(table, column, codes[column], blank=everything)
        lost: tuple[Problem, ...] = ()
        if column in PRODUCT_COLUMNS:
            lost = check_mangled(table, column, codes[column])
            lost = lost or check_leading_zeros(table, codes[column], products, column)
            known = _nested(codes[column].labels, products) if schema.nested else None if schema.prefixes else products
        else:
            known = economies
        if known is not None and not broken and not lost:
            broken = check_known(table, column, codes[column], known)
        problems += broken + lost
    for column in schema.numbers + schema.optional_numbers:
        if column in table.frame:
            numbers[column], broken = read_numbers(table, column)
            problems += broken
    if "tariff_pct" in numbers:
        problems += check_tariff_unit(table, numbers["tariff_pct"])
    if codes and not any(problem.severity == "error" for problem in problems):
        if add_up:
            return _added_up(Rows(table=table, codes=codes, numbers=numbers, problems=tuple(problems)))
        problems += check_duplicates(table, codes, schema)
    return Rows(table=table, codes=codes, numbers=numbers, problems=tuple(problems))


def read_schedule(
    source: io.BytesIO,
    name: str,
    rates: Callable[[TableFile], tuple[TableFile, tuple[Problem, ...]]] = lambda table: (table, ()),
) -> pd.DataFrame:
    """A schedule of rates: importer, exporter, product (empty = all) and tariff_pct, one row each.

    What was read in another way than usual stands in `attrs["notes"]`.

    Parameters
    ----------
    rates : reads rates as published, before they are checked as numbers

    Raises
    ------
    DataError
        The file breaks a rule.
    """
    table = parse_table(name, source.getvalue())
    if isinstance(table, Problem):
        raise DataError(table.text)
    table, said = rates(table)
    rows = read_rows(replace(table, warnings=(*table.warnings, *said)), SCHEDULE)
    raise_first([_of_schedule(problem) for problem in rows.problems])
    if not rows.codes:
        raise DataError(f"{name}: there is no column importer, exporter or product; add one of them.")
    empty = np.isnan(rows.numbers["tariff_pct"])
    raise_first(problem_at(table, empty, "tariff_pct", "is empty", "write the rate, or delete the row"))
    count = len(table.frame)
    columns = {
        key: rows.codes[key].labels.to_numpy()[rows.codes[key].codes] if key in rows.codes else np.full(count, "")
        for key in ("importer", "exporter", "product")
    }
    frame = pd.DataFrame({**columns, "tariff_pct": rows.numbers["tariff_pct"]})
    frame.attrs["notes"] = tuple(problem.text for problem in rows.problems)
    return frame


def _of_schedule(problem: Problem) -> Problem:
    """A problem of a schedule, which is mended with a folder only where it lies in one."""
    if problem.remedy not in (CLEAN, _RESTORE):
        return problem
    option = "--clean-codes" if problem.remedy == CLEAN else "--restore-zeros"
    remedy = (
        "store the column as text of digits, such as 850511; a schedule inside a dataset folder is mended with it: "
        f"tariff-impact check FOLDER {option} NEWFOLDER"
    )
    return replace(problem, remedy=remedy)


def raise_first(problems: Sequence[Problem], command: str = "") -> None:
    """Raise the first error, with how many more there are and the command that lists them."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        more = f" And {len(errors) - 1} more" if len(errors) > 1 else ""
        more += f": {command} lists them." if more and command else "." if more else ""
        raise DataError(errors[0].text + more)


def encode(values: pd.Series, *, everything: bool = False) -> Codes:
    """Labels as numbers; with `everything`, "all" in any case and "*" count as the empty label."""
    codes, labels = _factorized(values)
    if everything:
        again, labels = pd.factorize(labels.where(~labels.str.lower().isin(("all", "*")), ""))
        codes = again[codes]
    return Codes(codes=codes, labels=pd.Index(labels))


def _factorized(values: pd.Series) -> tuple[IntArray, pd.Index]:
    """Codes and labels; a column that says one thing of every row is told by comparing, not by hashing."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, places = pd.factorize(np.asarray(values.cat.codes))
        return codes.astype(np.int32), pd.Index(values.cat.categories[places]).astype(str)
    if isinstance(values.dtype, pd.StringDtype) and len(values):
        text = pa.array(values)
        if pc.all(pc.equal(text, text[0])).as_py():
            return np.zeros(len(values), dtype=np.intp), pd.Index([text[0].as_py()], dtype=str)
    codes, labels = pd.factorize(values)
    return codes, pd.Index(labels).astype(str)


def _all_partners(
    table: TableFile, column: str, codes: Codes, partners: frozenset[str]
) -> tuple[Codes, tuple[Problem, ...]]:
    """Codes in which those for all partners are empty, and a warning that says so."""
    meant = np.asarray(codes.labels.str.strip().str.casefold().isin(partners), dtype=bool)
    if not meant.any():
        return codes, ()
    again, labels = pd.factorize(codes.labels.where(~meant, ""))
    rule, remedy = "is read as all partners; a row for one partner takes precedence", "nothing needs doing"
    problems = problem_at(table, meant[codes.codes], column, rule, remedy, "warning")
    return Codes(codes=again[codes.codes], labels=pd.Index(labels)), problems


def check_columns(table: TableFile, schema: Schema, understood: Collection[str] = ()) -> tuple[Problem, ...]:
    """Columns that are missing (error) or unknown (ignored, with a warning)."""
    present = [name for name in table.frame.columns if name not in understood]
    required = schema.keys + schema.numbers
    known = required + schema.optional_keys + schema.optional_numbers + schema.texts
    missing = [name for name in required if name not in present]
    unknown = [name for name in present if name not in known]
    line = None if table.file.endswith(".parquet") else 1
    if missing:
        close = closest(missing[0], unknown)
        return (
            Problem(
                file=table.file,
                line=line,
                column=missing[0],
                rule=f"the column is missing; the file has {', '.join(present)}",
                remedy=f"rename column {close!r}" if close else f"add the columns {', '.join(missing)}",
            ),
        )
    if unknown and not schema.open:
        rule = f"columns that nothing reads are ignored: {', '.join(unknown)}"
        remedy = f"the names read are {', '.join(known)}"
        return (Problem(file=table.file, line=line, rule=rule, remedy=remedy, severity="warning"),)
    return ()


def check_labels(table: TableFile, column: str, codes: Codes, *, blank: bool = False) -> tuple[Problem, ...]:
    """Codes must be text, not empty unless `blank`, and without blanks around them."""
    if pd.api.types.is_float_dtype(table.frame[column]):
        rule = "codes are stored as decimal numbers"
        return (Problem(file=table.file, column=column, rule=rule, remedy="store the column as text"),)
    empty = np.asarray(codes.labels == "") & (not blank)
    padded = np.asarray(codes.labels.str.strip() != codes.labels)
    problems: tuple[Problem, ...] = ()
    for bad, rule, remedy in (
        (empty, "is empty, and every row needs a code", "fill it in"),
        (padded, "has blanks around it", "delete the blanks"),
    ):
        problems += problem_at(table, bad[codes.codes], column, rule, remedy) if bad.any() else ()
    return problems


def _nested(labels: pd.Index, products: pd.Index | None) -> pd.Index | None:
    """Products, and those of the labels that begin one or that one begins; None where no products are known."""
    if products is None:
        return None
    whole = products.astype(str)
    related = np.zeros(len(labels), dtype=bool)
    for size in whole.str.len().unique():
        related |= among(labels.str[:size], whole)  # below a product
    for size in labels.str.len().unique():
        of_size = np.asarray(labels.str.len() == size, dtype=bool)
        related |= of_size & among(labels, whole.str[:size])  # above one
    digits = np.asarray(labels.str.isdigit(), dtype=bool)
    return whole.append(labels[related & digits]).unique()


def check_known(table: TableFile, column: str, codes: Codes, known: pd.Index) -> tuple[Problem, ...]:
    """Codes must be among `known`; the closest known one is suggested."""
    unknown = (known.get_indexer(codes.labels) < 0) & np.asarray(codes.labels != "", dtype=bool)
    if not unknown.any():
        return ()
    first = str(codes.labels[int(np.argmax(unknown))])
    close = closest(first, known)
    home = "products" if column in PRODUCT_COLUMNS else "countries"
    suggestion = f"did you mean {close!r}? Otherwise " if close else ""
    return problem_at(
        table,
        unknown[codes.codes],
        column,
        f"is not in the table of {home}",
        f"{suggestion}correct the code, or add it to the {home} file",
    )


def check_mangled(table: TableFile, column: str, codes: Codes) -> tuple[Problem, ...]:
    """Product codes are digits or words of their own, not numbers, and not digits among signs and words."""
    problems: tuple[Problem, ...] = ()
    if pd.api.types.is_float_dtype(table.frame[column]):
        return ()  # `check_labels` says so
    for name, hit in mangled(codes.labels).items():
        problems += problem_at(table, hit[codes.codes], column, WAYS[name].rule, WAYS[name].remedy)
    return problems


def check_leading_zeros(
    table: TableFile, codes: Codes, known: pd.Index | None, column: str = "product"
) -> tuple[Problem, ...]:
    """HS codes must have kept the leading zero that spreadsheets drop."""
    lost = lost_zeros(codes.labels, known)
    if not lost.any() and known is not None:
        return ()
    if not lost.any():
        rule = "has an odd number of digits beside codes with one more, so that prefixes such as 8505 do not reach it"
        odd = odd_digits(codes.labels)
        return problem_at(table, odd[codes.codes], column, rule, "make sure that no digit was lost", "warning")
    first = str(codes.labels[int(np.argmax(lost))])
    return problem_at(table, lost[codes.codes], column, f"should be '0{first}': its leading zero was lost", _RESTORE)


def repeats(codes: Mapping[str, Codes], count: int) -> BoolArray:
    """Which of `count` rows have a combination of keys that stands in an earlier row [row]."""
    return repeated_keys(_keys(codes, count))


def check_duplicates(table: TableFile, codes: Mapping[str, Codes], schema: Schema) -> tuple[Problem, ...]:
    """Every combination of keys stands in one row; where rows differ in another column, the message names it."""
    key = _keys(codes, len(table.frame))
    repeated = repeated_keys(key)
    if not repeated.any():
        return ()
    second = int(np.argmax(repeated))
    pair = table.frame.iloc[[int(np.argmax(key == key[second])), second]].astype(str)
    apart = [
        str(name) for name in pair if name not in codes and pair[name].iloc[0].strip() != pair[name].iloc[1].strip()
    ]
    numbers = {*schema.numbers, *schema.optional_numbers}
    columns = [name for name in apart if name not in numbers and name not in schema.texts and not schema.open]
    rule = f"repeats an earlier row with the same {', '.join(codes)}"
    if columns:
        said = " and ".join(f"'{shown(text)}'" for text in pair[columns[0]])
        rule += f"; they differ in {', '.join(columns)} ({said})"
        remedy = f"take one kind of row: --where {columns[0]}={shown(pair[columns[0]].iloc[0])}"
        if "value_usd" in numbers:
            remedy += f"; or add them up, if they are parts: --where {columns[0]}=all"
    elif numbers & set(apart):
        remedy = "add them up if they are parts of one flow, or delete the row that is wrong"
        remedy = remedy if "value_usd" in numbers else "keep the row that applies"
    else:
        remedy = "keep one of them"
    return problem_at(table, repeated, list(codes)[-1], rule, remedy)


def _keys(codes: Mapping[str, Codes], count: int) -> IntArray:
    """One number a combination of keys [row]."""
    key = np.zeros(count, dtype=np.int64)
    size = 1
    for column in codes.values():
        key = key * len(column.labels) + column.codes
        size *= len(column.labels)
        if size >= 2**34:  # a table has fewer than 2**28 rows, so that the product stays inside int64
            key, distinct = pd.factorize(key)
            size = len(distinct)
    return key


def _added_up(rows: Rows) -> Rows:
    """Rows with the same keys as one, at the place of the first."""
    group, distinct = pd.factorize(_keys(rows.codes, len(rows.table.frame)))
    first = np.unique(group, return_index=True)[1]
    rule = f"rows of the same flow added up, as chosen: {len(group):,} to {len(distinct):,}"
    note = Problem(file=rows.table.file, rule=rule, remedy="nothing needs doing", severity="warning")
    return Rows(
        table=replace(rows.table, frame=rows.table.frame.iloc[first]),
        codes={name: Codes(codes=one.codes[first], labels=one.labels) for name, one in rows.codes.items()},
        numbers={name: np.bincount(group, weights=values).astype(np.float64) for name, values in rows.numbers.items()},
        problems=(*rows.problems, note),
    )
