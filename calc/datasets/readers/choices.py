"""The choices that official files leave open, by key and value, as in `--where year=2023`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from calc.datasets.readers.sheets import Sheet
from calc.datasets.readers.source_files import folded
from calc.errors import DataError

ALL = "all"  # as the value of a choice: add up the rows
_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """A sheet after choices.

    Parameters
    ----------
    sheet : the rows left
    notes : the choices in words
    keys : the choices that were used
    """

    sheet: Sheet
    notes: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()


def read_choices(texts: Iterable[str]) -> dict[str, str]:
    """Choices by key from texts such as `year=2023`.

    Raises
    ------
    DataError
        A text has no key or no equals sign.
    """
    choices = {}
    for text in texts:
        key, mark, value = text.partition("=")
        if not (key.strip() and mark):
            raise DataError(f"--where {text}: write a key and a value, as in --where year=2023.")
        choices[key.strip()] = value.strip()
    return choices


def choose(sheet: Sheet, where: Mapping[str, str], aliases: Mapping[str, str] = MappingProxyType({})) -> Chosen:
    """Rows that the choices leave, where a choice names a column or an alias of one.

    Parameters
    ----------
    where : by key; several values are separated by commas, `all` leaves every row
    aliases : column by the short key that stands for it

    Raises
    ------
    DataError
        No row has the value chosen.
    """
    notes, keys = [], []
    for key, value in where.items():
        column = sheet.column(aliases.get(folded(key), key))
        if column is None or not isinstance(sheet.frame[column].dtype, pd.CategoricalDtype):
            continue
        keys.append(key)
        if folded(value) == ALL:
            continue
        wanted = {folded(part) for part in value.split(",")} | {folded(value)}
        labels = sheet.labels(column)
        rows = sheet.frame[column].isin([label for label in labels if folded(label) in wanted])
        if not rows.any():
            raise DataError(
                f"{sheet.file}, column {column}: no row has {value!r}; there are {shown(labels)}. Choose one of them: "
                f"--where {key}={labels[0] if labels else ''}."
            )
        if not rows.all():
            notes.append(f"{sheet.file}: rows chosen by {column} = {value}: {int(rows.sum()):,} of {len(rows):,}.")
            sheet = sheet.keep(rows)
    return Chosen(sheet=sheet, notes=tuple(notes), keys=frozenset(keys))


def single(sheet: Sheet, column: str, key: str, words: str, where: Mapping[str, str] | None = None) -> str:
    """The one label of a column, in words that are not one.

    Parameters
    ----------
    key : of the choice that decides
    words : what the rows are of, such as "years"
    where : the choices made, for rows that may be added up: `all` allows several labels and returns them in a row

    Raises
    ------
    DataError
        The column holds several labels.
    """
    labels = sheet.labels(column)
    if len(labels) > 1 and where is not None and folded(where.get(key, "")) == ALL:
        return shown(labels)
    if len(labels) > 1:
        more = "" if where is None else f", or add them up: --where {key}={ALL}"
        raise DataError(
            f"{sheet.file}, column {column}: the rows cover several {words} ({shown(labels)}), and a dataset holds "
            f"one; choose it: --where {key}={labels[0]}{more}."
        )
    return labels[0] if labels else ""


def shown(labels: Iterable[object]) -> str:
    """The first labels in a row."""
    names = [str(label) for label in labels]
    return ", ".join(names[:_SHOWN]) + (f", … ({len(names)} in all)" if len(names) > _SHOWN else "")
