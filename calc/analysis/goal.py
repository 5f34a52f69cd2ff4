"""Goals: the value of a rule at which an outcome is greatest, or reaches a target.

Outcomes are looked at on a coarse grid first, because they need not be monotone: revenue rises and falls. Between two
grid points the search is a bracketed one and cannot leave them. Where no value reaches the goal, the answer says which
side of it the outcome stays on, and what comes nearest.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np

from calc.analysis.sweep import Lever, View, at_value
from calc.datasets.dataset import Dataset
from calc.errors import CalcError, ConvergenceError
from calc.question import answer_read_by
from calc.result import Result
from calc.scenario import Scenario

REVENUE = "tariff_revenue_change"
PRICE = "affected_composite_price_change"
TARGETED = "targeted_import_value_relative_change"
ALL_IMPORTS = "import_value_relative_change"

# Shares of the way from the lowest value to the highest: dense where tariffs are, thin where they are extreme.
_GRID = (0.0, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
_PRECISION = 1e-9  # of a rate in points, relative and absolute
_PEAK_PRECISION = 1e-3  # points; the top of a curve is flat, so that its height is known far better
_NEAR = 1e-6  # an outcome this near its target, relative to 1 or to the target, has reached it


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a goal is reached, or why nowhere.

    Parameters
    ----------
    metric : the outcome
    target : value it should reach; NaN for a greatest value
    value_pct : value of the rule; NaN where there is none
    outcome : the outcome there; where there is none, the one that comes nearest
    nearest_pct : value of the rule with that outcome
    reason : why there is none, or what else to know; empty if nothing
    """

    metric: str
    target: float
    value_pct: float
    outcome: float
    nearest_pct: float
    reason: str = ""

    @property
    def exists(self) -> bool:
        """Whether some value of the rule reaches the goal."""
        return isfinite(self.value_pct)


def outcome_of(result: Result, metric: str) -> float:
    """A headline number; the relative change of all imports, which is not one, from its two parts."""
    values = dict(zip(result.summary["metric"], result.summary["value"], strict=True))
    if metric == ALL_IMPORTS:
        return float(values["import_value_change"] / values["import_value_base"])
    return float(values.get(metric, nan))


def greatest(
    scenario: Scenario,
    dataset: Dataset,
    lever: Lever,
    metric: str = REVENUE,
    *,
    answer: Callable[[Scenario, Dataset], Result] | None = None,
    view: View | None = None,
) -> Found:
    """The value of a rule at which an outcome is greatest, such as tariff revenue.

    A bounded search (Brent) between the grid points on either side of the highest one.

    Raises
    ------
    CalcError
        Not even the first value can be answered.
    """
    ask = _asker(scenario, dataset, lever, metric, answer or answer_read_by(view), view)
    values, outcomes, stopped = _on_grid(ask, lever)
    top = int(np.argmax(outcomes))
    low, high = sorted((values[max(top - 1, 0)], values[min(top + 1, len(values) - 1)]))
    best, height = values[top], outcomes[top]
    if low < high:
        from scipy.optimize import minimize_scalar  # a tenth of a second to import, and needed here only

        search = minimize_scalar(
            lambda value: -ask(value), bounds=(low, high), method="bounded", options={"xatol": _PEAK_PRECISION}
        )
        if -search.fun > height:
            best, height = float(search.x), float(-search.fun)
    found = Found(metric=metric, target=nan, value_pct=best, outcome=height, nearest_pct=best)
    if float(np.ptp(outcomes)) == 0:
        return _nowhere(found, "the outcome is the same at every value")
    if abs(best - values[-1]) <= 2 * _PEAK_PRECISION:
        return _nowhere(found, f"it still rises at {lever.value_words(values[-1], 0)}, the last value{stopped}")
    if abs(best - values[0]) <= 2 * _PEAK_PRECISION:
        return _nowhere(found, f"it falls from {lever.value_words(values[0], 0)} on, the first value")
    return found


def reaching(
    scenario: Scenario,
    dataset: Dataset,
    lever: Lever,
    metric: str,
    target: float,
    *,
    answer: Callable[[Scenario, Dataset], Result] | None = None,
    view: View | None = None,
) -> Found:
    """The value of a rule at which an outcome equals a target, nearest to doing nothing where there are several.

    Brent's bracketed search between the two grid points around the first crossing.

    Raises
    ------
    CalcError
        Not even the first value can be answered.
    """
    ask = _asker(scenario, dataset, lever, metric, answer or answer_read_by(view), view)
    values, outcomes, stopped = _on_grid(ask, lever)
    gaps = outcomes - target
    crossings = np.flatnonzero((gaps[:-1] <= 0) != (gaps[1:] <= 0))
    if not len(crossings):
        close = int(np.argmin(np.abs(gaps)))
        value, outcome = values[close], float(outcomes[close])
        found = Found(metric=metric, target=target, value_pct=value, outcome=outcome, nearest_pct=value)
        if _reached(outcome, target):
            return found
        reach = f"from {values[0]:g} to {lever.value_words(values[-1], 0)}"
        return _nowhere(found, f"it stays {'above' if gaps[0] > 0 else 'below'} the goal {reach}{stopped}")
    first = int(crossings[0])
    left, right = sorted((values[first], values[first + 1]))
    from scipy.optimize import brentq  # a tenth of a second to import, and needed here only

    root = float(brentq(lambda value: ask(value) - target, left, right, xtol=_PRECISION, rtol=_PRECISION))
    found = Found(metric=metric, target=target, value_pct=root, outcome=ask(root), nearest_pct=root)
    if not _reached(found.outcome, target):
        # a floor or a cap takes hold of further lines there, and the outcome of those it holds jumps
        return _nowhere(found, f"it jumps past the goal at {lever.value_words(root, 0)}")
    again = "higher values reach it again; this is the one nearest to doing nothing" if len(crossings) > 1 else ""
    return replace(found, reason=again)


def _reached(outcome: float, target: float) -> bool:
    return abs(outcome - target) <= _NEAR * max(1.0, abs(target))


def _nowhere(found: Found, reason: str) -> Found:
    return replace(found, value_pct=nan, reason=reason)


def _asker(
    scenario: Scenario,
    dataset: Dataset,
    lever: Lever,
    metric: str,
    answer: Callable[[Scenario, Dataset], Result],
    view: View | None,
) -> Callable[[float], float]:
    known: dict[float, float] = {}

    def ask(value: float) -> float:
        if value not in known:
            result = answer(at_value(scenario, lever, value), dataset)
            known[value] = outcome_of(view(result) if view else result, metric)
            if not isfinite(known[value]):
                raise CalcError(
                    f"{scenario.model} does not compute {metric} for this scenario. Choose another outcome."
                )
        return known[value]

    return ask


def _on_grid(ask: Callable[[float], float], lever: Lever) -> tuple[list[float], np.ndarray, str]:
    """Values and outcomes from doing nothing upwards, as far as the model answers, and where it stopped."""
    low, high = lever.searched
    start, end = (low, high) if abs(low) <= abs(high) else (high, low)
    values: list[float] = []
    outcomes: list[float] = []
    stopped = ""
    for share in _GRID:
        value = start + share * (end - start)
        try:
            outcomes.append(ask(value))
        except ConvergenceError:
            if not values:
                raise
            stopped = f" (beyond {lever.value_words(values[-1], 0)} the model finds no equilibrium)"
            break
        values.append(value)
    return values, np.array(outcomes), stopped
