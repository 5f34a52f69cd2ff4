"""Columns that say what a row is: direction of trade, period, second partner, mode, currency, kind of tariff, HS year.

A dataset holds imports of one year in US$. A column that says the same of every row, and what a dataset holds, is
fine; one that says something else, or different things of different rows, is refused in words that name the column,
what stands in it and the choice: COLUMN=VALUE takes the rows of one value (several are separated by commas), and
COLUMN=all adds the rows of the same flow up where that makes sense.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calc.datasets.meanings import MEANINGS, Meaning, bare, folded, year_of
from calc.errors import did_you_mean
from calc.files.checks import Schema, encode, repeats
from calc.files.table_files import Problem, TableFile, shown
from calc.flows import BoolArray

ALL = "all"
_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """The rows of a table that are of one kind.

    Parameters
    ----------
    table : the rows left
    problems : columns whose meaning is open or wrong, and, as warnings, the choices made
    said : what the recognised columns say of every row, by key of the meaning, such as {"year": "2023"}
    columns : recognised columns
    keys : choices of `where` that named a column of this table
    add_up : whether rows of the same flow are added up
    """

    table: TableFile
    problems: tuple[Problem, ...]
    said: Mapping[str, str]
    columns: frozenset[str]
    keys: frozenset[str]
    add_up: bool


def choose_rows(
    name: str, table: TableFile, schema: Schema, where: Mapping[str, str], *, year: int | None = None
) -> Chosen:
    """Rows of a table that a dataset holds, and what its columns leave open.

    Parameters
    ----------
    name : of the table, such as "flows"
    where : value by column, or by key of a meaning; TABLE.COLUMN applies to one table only
    year : of the dataset, to compare with
    """
    meanings = meanings_in(name, table, schema)
    problems: list[Problem] = []
    keys: set[str] = set()
    decided: set[str] = set()
    add_up = False
    for key, value in where.items():
        column = _column_of(name, table, meanings, key)
        if column is None:
            continue
        keys.add(key)
        decided.add(column)
        if folded(value) == ALL:
            broken = _cannot_add_up(table, column, meanings.get(column))
            problems += broken
            add_up |= name == "flows" and not broken
            continue
        table, said = _take(table, column, meanings.get(column), key, value)
        problems.append(said)
    constant: dict[str, str] = {}
    settled: set[str] = set()  # a code and its description say the same: the first of them is enough
    for column, meaning in meanings.items():
        labels = _labels(table, column)
        if not labels or meaning.key in settled:
            continue
        if len(labels) > 1:
            if column not in decided and meaning.differs(labels):
                settled.add(meaning.key)
                problems += _open_choice(name, table, schema, column, meaning, labels)
            continue
        constant.setdefault(meaning.key, labels[0])
        judged = meaning.judge(folded(labels[0]), year)
        if judged is not None and not (column in decided and meaning.may_be_stated):
            settled.add(meaning.key)
            rule, remedy, severity = judged
            rule = f"every row says '{shown(labels[0])}': {rule}"
            remedy = remedy.format(column=column, label=shown(labels[0]))
            problems.append(Problem(file=table.file, column=column, rule=rule, remedy=remedy, severity=severity))
    return Chosen(
        table=table,
        problems=tuple(problems),
        said=constant,
        columns=frozenset(meanings),
        keys=frozenset(keys),
        add_up=add_up,
    )


def unused_choices(where: Mapping[str, str], tables: Mapping[str, TableFile], used: frozenset[str]) -> list[Problem]:
    """Choices that name a column of no table."""
    problems = []
    for key in where:
        if key not in used and tables:
            columns = list(dict.fromkeys(str(column) for table in tables.values() for column in table.frame.columns))
            first = next(iter(tables.values())).file
            rule = f"--where {key}={where[key]}: no table has a column {key!r}{did_you_mean(key, columns)}"
            remedy = f"leave it out, or name one of {', '.join(columns)}"
            problems.append(Problem(file=first, rule=rule, remedy=remedy))
    return problems


def open_columns(name: str, table: TableFile, schema: Schema, *, year: int | None = None) -> dict[str, tuple[str, ...]]:
    """Values to choose from by column: where rows differ, with `all` where they may be added up, or to be confirmed.

    Parameters
    ----------
    name, year : as for `choose_rows`
    """
    found = {}
    for column, meaning in meanings_in(name, table, schema).items():
        labels = _labels(table, column)
        if len(labels) > 1 and meaning.differs(labels):
            found[column] = (*labels, *((ALL,) if meaning.may_add_up(labels) else ()))
        elif len(labels) == 1 and meaning.may_be_stated:
            judged = meaning.judge(folded(labels[0]), year)
            if judged is not None and judged[2] == "error":
                found[column] = (labels[0],)
    return found


def meanings_in(name: str, table: TableFile, schema: Schema) -> dict[str, Meaning]:
    """Meaning of each column that the schema does not read and whose name is known."""
    own = schema.keys + schema.numbers + schema.optional_keys + schema.optional_numbers + schema.texts
    found: dict[str, Meaning] = {}
    if schema.open:
        return found
    for column in table.frame.columns:
        heading = bare(str(column))
        for meaning in MEANINGS if column not in own else ():
            if heading in meaning.names and (not meaning.tables or name in meaning.tables):
                found[str(column)] = meaning
                break
    return found


def _labels(table: TableFile, column: str) -> list[str]:
    """Distinct labels that are not empty, in order of appearance."""
    return [label for label in encode(table.frame[column]).labels if label.strip()]


def _column_of(name: str, table: TableFile, meanings: Mapping[str, Meaning], key: str) -> str | None:
    """The column that a choice names: by its own name, else by the key of its meaning."""
    only, _, rest = key.rpartition(".")
    wanted = key
    if only:
        if only == name:
            wanted = rest
        elif key not in table.frame.columns:
            return None
    by_name = next((str(column) for column in table.frame.columns if bare(str(column)) == bare(wanted)), None)
    by_key = next((column for column, meaning in meanings.items() if meaning.key == bare(wanted)), None)
    dated = next((column for column, meaning in meanings.items() if meaning.dated), None)
    return by_name or by_key or (dated if bare(wanted) == "year" else None)


def _take(table: TableFile, column: str, meaning: Meaning | None, key: str, value: str) -> tuple[TableFile, Problem]:
    """The rows of one value, and what was chosen; an error where no row has it."""
    codes = encode(table.frame[column])
    wanted = {folded(part) for part in value.split(",")} | {folded(value)}
    labels = [str(label) for label in codes.labels]
    hit = np.array([folded(label) in wanted for label in labels], dtype=bool)
    if meaning is not None and meaning.dated and not hit.any():
        hit = np.array([year_of(label) in wanted for label in labels], dtype=bool)
    if not hit.any():
        rule = f"no row has {value!r}; there are {_some(labels)}"
        remedy = f"choose one of them: --where {key}={labels[0] if labels else ''}"
        return table, Problem(file=table.file, column=column, rule=rule, remedy=remedy)
    rows: BoolArray = hit[codes.codes]
    rule = f"rows chosen by {column} = {value}: {int(rows.sum()):,} of {len(rows):,}"
    note = Problem(
        file=table.file, column=column, rule=rule, remedy="the others are left out, as chosen", severity="warning"
    )
    return (table if rows.all() else replace(table, frame=table.frame[rows])), note


def _cannot_add_up(table: TableFile, column: str, meaning: Meaning | None) -> tuple[Problem, ...]:
    labels = _labels(table, column)
    if meaning is None or meaning.may_add_up(labels) or len(labels) < 2:
        return ()
    rule = f"{meaning.words} ({_some(labels)}) cannot be added up"
    remedy = f"choose one of them: --where {column}={meaning.proposed(labels)}"
    return (Problem(file=table.file, column=column, rule=rule, remedy=remedy),)


def _open_choice(
    name: str, table: TableFile, schema: Schema, column: str, meaning: Meaning, labels: Sequence[str]
) -> list[Problem]:
    """Rows that differ in what a column says, and no choice is made."""
    proposed = meaning.proposed(labels)
    rule = f"the rows cover several {meaning.words} ({_some(labels)}), and a dataset holds one"
    remedy = f"choose: --where {column}={proposed}"
    if meaning.may_add_up(labels) and name == "flows":
        remedy = f"add the rows up: --where {column}={ALL}; or take one: --where {column}={proposed}"
    elif any(folded(label) in meaning.totals for label in labels):
        remedy = f"take the total, which holds the others: --where {column}={proposed}"
    # Rates may come from different years or be of different kinds, as long as no flow has two of them.
    if name != "flows" and not meaning.never_together(labels) and not _repeat(table, schema):
        rule = f"the rows cover several {meaning.words} ({_some(labels)}); no key has two of them"
        return [
            Problem(
                file=table.file, column=column, rule=rule, remedy="nothing needs doing if all apply", severity="warning"
            )
        ]
    return [Problem(file=table.file, column=column, rule=rule, remedy=remedy)]


def _repeat(table: TableFile, schema: Schema) -> bool:
    """Whether some key stands in several rows."""
    keys = [column for column in schema.keys + schema.optional_keys if column in table.frame]
    codes = {column: encode(table.frame[column], everything=column in schema.everything) for column in keys}
    return bool(codes) and bool(repeats(codes, len(table.frame)).any())


def _some(labels: Sequence[str]) -> str:
    names = [shown(label) or "''" for label in labels[:_SHOWN]]
    return ", ".join(names) + (f", … ({len(labels)} in all)" if len(labels) > _SHOWN else "")
