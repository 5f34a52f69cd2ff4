"""Sweeps: what becomes of an answer while the value of one rule runs over a range.

A lever is the value of one rule of a scenario. Every rule has one: the points of a tariff, the share of a cut of
shipments, or, where a rule brings a whole schedule, one factor on all of its rates. The other rules stay as they are,
and full retaliation follows the rule that it responds to.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from calc.analysis.workers import Progress, answers
from calc.datasets.dataset import Dataset
from calc.errors import ConvergenceError, ParameterError, ScenarioError
from calc.question import answer_read_by
from calc.result import Result
from calc.scenario import Scenario
from calc.tariffs.rules import Rule, Schedule
from calc.words import true_minus

View = Callable[[Result], Result]

STEP, SHOWN_UP_TO = 10.0, 200.0
SEARCHED_UP_TO = 1000.0
DEEPEST_CUT = -99.0
MOST_VALUES = 2_001


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """The value of one rule, to be varied.

    Parameters
    ----------
    rule : place of the rule in the scenario, from 0
    chosen : value that the scenario has
    shown, searched : lowest and highest value, of charts and of searches
    words : what the value is, for an axis: `Points added to the tariff`
    phrase : a value in a sentence: `{} points added to the tariff`
    """

    rule: int
    chosen: float
    shown: tuple[float, float]
    searched: tuple[float, float]
    words: str
    phrase: str

    def value_words(self, value: float, digits: int = 1) -> str:
        """A value in a sentence, with a true minus: `12.5 points added to the tariff`."""
        return self.phrase.format(true_minus(f"{value:,.{digits}f}"))


_WORDS = {
    "add": ("Points added to the tariff", "{} points added to the tariff"),
    "set": ("Tariff set, %", "a tariff of {}%"),
    "floor": ("Minimum tariff, %", "a minimum tariff of {}%"),
    "cap": ("Maximum tariff, %", "a maximum tariff of {}%"),
    "multiply": ("Multiple of the tariff before the rule, %", "{}% of the tariff before the rule"),
    "reciprocal": ("Share matched by retaliation, %", "retaliation matching {}% of it"),
}
_TAX_WORDS = {
    "add": ("Points added to the export tax", "{} points added to the export tax"),
    "set": ("Export tax, %", "an export tax of {}%"),
}


def levers(scenario: Scenario) -> tuple[Lever, ...]:
    """The lever of every rule, the one to begin with first: of the first tariff rule with one value.

    A schedule has no single value; its lever is a factor on all of its rates, 100% as they stand.
    """
    found = [_lever(rule, place) for place, rule in enumerate(scenario.rules)]
    first = (rule.instrument == "tariff" and rule.schedule is None for rule in scenario.rules)
    start = next((place for place, is_single in enumerate(first) if is_single), 0)
    return (*found[start : start + 1], *found[:start], *found[start + 1 :])


def _lever(rule: Rule, place: int) -> Lever:
    shown, searched = (0.0, SHOWN_UP_TO), (0.0, SEARCHED_UP_TO)
    if rule.instrument == "export_volume":
        shown, searched = (-90.0, 0.0), (DEEPEST_CUT, 0.0)
        words, phrase = "Change of shipments, %", "shipments {}%"
    elif rule.instrument == "export_tax":
        words, phrase = _TAX_WORDS[rule.action]
    elif rule.schedule is not None:
        name = rule.schedule.name.replace("{", "{{").replace("}", "}}")
        words, phrase = f"Rates of {rule.schedule.name}, % of those in the file", f"{{}}% of the rates of {name}"
    else:
        words, phrase = _WORDS[rule.action]
    chosen = 100.0 if rule.schedule is not None else rule.value_pct
    return Lever(rule=place, chosen=chosen, shown=shown, searched=searched, words=words, phrase=phrase)


def at_value(scenario: Scenario, lever: Lever, value: float) -> Scenario:
    """The scenario with the value of one rule replaced; a schedule's rates times value/100."""
    rule = scenario.rules[lever.rule]
    if rule.schedule is None:
        changed = replace(rule, value_pct=float(value))
    else:
        changed = replace(rule, schedule=_scaled(rule.schedule, value / 100))
    return replace(scenario, rules=(*scenario.rules[: lever.rule], changed, *scenario.rules[lever.rule + 1 :]))


def _scaled(schedule: Schedule, factor: float) -> Schedule:
    if factor == 1:
        return schedule
    table = schedule.table.assign(tariff_pct=schedule.table["tariff_pct"] * factor)
    table.attrs = dict(schedule.table.attrs)
    return Schedule(name=schedule.name, content=table.to_csv(index=False, lineterminator="\n").encode(), table=table)


def without(scenario: Scenario, lever: Lever) -> Scenario:
    """The scenario without the rule of a lever, and without retaliation to it alone."""
    rest = (*scenario.rules[: lever.rule], *scenario.rules[lever.rule + 1 :])
    return replace(scenario, rules=() if all(rule.action == "reciprocal" for rule in rest) else rest)


def grid(lever: Lever, near: Sequence[float] = ()) -> tuple[float, ...]:
    """Values of a chart: every ten points, the chosen value, and finer steps around the values `near`."""
    low, high = lever.shown
    wanted = [*np.arange(low, high + STEP / 2, STEP).tolist(), lever.chosen]
    for value in near:
        wanted += [value + step for step in (-STEP / 2, -STEP / 4, 0.0, STEP / 4, STEP / 2)]
    return tuple(sorted({round(value, 9) for value in wanted if low <= value <= high}))


def sweep(
    scenario: Scenario,
    dataset: Dataset,
    lever: Lever,
    values: Sequence[float],
    *,
    answer: Callable[[Scenario, Dataset], Result] | None = None,
    view: View | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Headline numbers at each value of a rule.

    Parameters
    ----------
    values : of the lever, in percent or points
    answer : what answers a scenario; one that draws fills low and high
    view : applied to each answer before its headline numbers are read
    executor : answers the values in parallel, with the same numbers
    progress : called with values done and all values; may raise to stop

    Returns
    -------
    tariff_pct, metric, value, low, high; rates as fractions, money in US$; a value at which the model finds no
    equilibrium has no rows

    Raises
    ------
    CalcError
        No value can be answered, or one is refused for another reason.
    """
    ask = partial(_summary_at, scenario, dataset, lever, answer or answer_read_by(view), view)
    found = list(answers(ask, values, executor=executor, progress=progress))
    tables = [table for table in found if isinstance(table, pd.DataFrame)]
    if not tables:
        raise next(error for error in found if isinstance(error, ConvergenceError))
    return pd.concat(tables, ignore_index=True)


def _summary_at(
    scenario: Scenario,
    dataset: Dataset,
    lever: Lever,
    answer: Callable[[Scenario, Dataset], Result],
    view: View | None,
    value: float,
) -> pd.DataFrame | ConvergenceError:
    try:
        result = answer(at_value(scenario, lever, value), dataset)
    except ConvergenceError as error:
        return error
    summary = (view(result) if view else result).summary
    table = summary[["metric", "value", "low", "high"]].copy()
    table.insert(0, "tariff_pct", float(value))
    return table


def values_of(text: str) -> tuple[float, ...]:
    """Values from `0:100:5`, first, last and step; the last is one of them where the step meets it.

    Raises
    ------
    ParameterError
        No three numbers, a step that is not positive, or too many values.
    """
    try:
        first, last, step = (float(part) for part in text.split(":"))
    except ValueError as error:
        raise ParameterError(f"Write a range as first:last:step, such as 0:100:5; got {text!r}.") from error
    if not np.isfinite([first, last, step]).all() or step <= 0 or last < first:
        raise ParameterError(
            f"The range {text!r} does not go up. Give a step above 0 and a last value above the first."
        )
    count = int(np.floor((last - first) / step + 1e-9)) + 1
    if count > MOST_VALUES:
        raise ParameterError(f"The range {text!r} has {count:,} values; the most is {MOST_VALUES:,}. Widen the step.")
    return tuple(round(first + step * number, 9) for number in range(count))


def lever_of(scenario: Scenario) -> Lever:
    """The lever to begin with.

    Raises
    ------
    ScenarioError
        The scenario has no rule.
    """
    found = levers(scenario)
    if not found:
        raise ScenarioError("The scenario has no rule whose value could vary. Add one, such as 10 points on all.")
    return found[0]
