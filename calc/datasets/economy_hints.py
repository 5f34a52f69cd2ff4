"""What to write for an economy that a dataset has under another code; and columns that hold two systems of codes."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from calc.datasets.codes import SYSTEMS, Known, known_as, members_of
from calc.errors import did_you_mean
from calc.files.checks import Codes, Rows
from calc.files.table_files import Problem, problem_at
from calc.flows import BoolArray


def hint_on_economy(code: str, known: Iterable[str]) -> str:
    """A hint to append to a code that is not among `known`; empty if nothing is near.

    Parameters
    ----------
    known : codes of economies and of groups that may be written

    Examples
    --------
    >>> hint_on_economy("156", ["CHN", "USA"])
    " (China is 'CHN' here)"
    >>> hint_on_economy("DEU", ["ECU", "EU27"])
    " (Germany is in 'EU27' here)"
    """
    labels = [str(label) for label in known]
    meant = known_as(code)
    if not meant:
        return did_you_mean(code, labels)
    if any(each.kind == "total" for each in meant):
        return " (it stands for all partners: leave the economy out of the rule, or the cell of the table empty)"
    here = [label for label in labels if label in {each.economy for each in meant}]
    here = here or [label for label in labels if _same(meant, known_as(label))]
    if here:
        return f" ({_name(meant, here[0])} is {here[0]!r} here)"
    for each in meant:
        inside = [label for label in labels if each.economy in members_of(label)]
        if inside:
            return f" ({each.name} is in {inside[0]!r} here)"
    return f" (it is {meant[0].name}, with which there is no trade here)"


def double_codes(labels: pd.Index) -> tuple[str, str] | None:
    """Two labels that name one economy, such as CN and CHN or usa and USA; None where each names its own.

    Older codes of one system, such as ROM beside ROU, are not two labels of one economy.
    """
    folded = labels.str.casefold()
    if (again := folded.duplicated()).any():
        second = int(np.argmax(again))
        return str(labels[int(np.argmax(folded == folded[second]))]), str(labels[second])
    first: dict[str, tuple[str, str]] = {}
    for label in map(str, labels):
        for each in _economies(label)[:1]:
            other, system = first.setdefault(each.economy, (label, each.system))
            if system != each.system:
                return other, label
    return None


def mixed_codes(labels: pd.Index) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """Two labels of economies that no one system of codes knows together, each with its system in words.

    Labels that no table knows, groups and rests of the world are nobody's and mix with any.
    """
    systems = {label: found for label in map(str, labels) if (found := {each.system for each in _economies(label)})}
    if not systems or set.intersection(*systems.values()):
        return None
    count = {system: sum(system in found for found in systems.values()) for system in SYSTEMS}
    most = max(count, key=lambda system: count[system])
    ours = next(label for label, found in systems.items() if most in found)
    other = next(label for label, found in systems.items() if most not in found)
    apart = next(system for system in SYSTEMS if system in systems[other])
    return (ours, SYSTEMS[most]), (other, SYSTEMS[apart])


def system_in_words(labels: pd.Index) -> str:
    """The system that knows most of the labels, with a label of it: `ISO codes of three letters, such as USA`."""
    systems = [(each.system, label) for label in map(str, labels) for each in known_as(label)]
    count = {system: sum(system == other for other, _ in systems) for system in SYSTEMS}
    most = max(count, key=lambda system: count[system])
    if count[most] * 2 < len(labels):
        return f"codes of its own, such as {labels[0]}"
    return f"{SYSTEMS[most]}, such as {next(label for system, label in systems if system == most)}"


def _economies(label: str) -> list[Known]:
    return [each for each in known_as(label) if each.kind == "economy"]


def _same(left: tuple[Known, ...], right: tuple[Known, ...]) -> bool:
    return bool({each.economy for each in left if each.economy} & {each.economy for each in right})


def _name(meant: tuple[Known, ...], code: str) -> str:
    return next((each.name for each in meant if each.economy == code), meant[0].name)


def check_systems(rows: Rows) -> tuple[Problem, ...]:
    """Codes of one system in each column of economies, and no economy under two of them."""
    columns = [name for name in ("importer", "exporter", "economy") if name in rows.codes]
    labels = {name: rows.codes[name].labels for name in columns}
    whole = pd.Index(dict.fromkeys(str(label) for name in columns for label in labels[name] if label))
    problems: tuple[Problem, ...] = ()
    if double := double_codes(whole):
        column = next(name for name in reversed(columns) if double[1] in labels[name])
        rule = f"names the economy that is {double[0]!r} in other rows"
        remedy = "write one code for it in every row"
        return problem_at(rows.table, _holds(rows.codes[column], double[1]), column, rule, remedy)
    for name in columns:
        if mixed := mixed_codes(labels[name]):
            (ours, system), (other, apart) = mixed
            rule = f"is of {apart}, and {ours!r} of {system}"
            remedy = "write the codes of one system, or list the codes as they are in countries.csv"
            problems += problem_at(rows.table, _holds(rows.codes[name], other), name, rule, remedy)
    return problems


def _holds(codes: Codes, label: str) -> BoolArray:
    found: BoolArray = (codes.labels == label)[codes.codes]
    return found
