"""An economy that chooses its tariffs for a goal, and the best it can do while the others keep theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np

from calc.analysis.optimal.instruments import Instruments
from calc.analysis.optimal.search import PRECISE, Peak, climb, highest_on_grid
from calc.errors import ConvergenceError, ParameterError, did_you_mean
from calc.flows import Array
from calc.models.game import Game, Payoffs

WELFARE, REVENUE = "welfare", "revenue"
Goal = str | Mapping[str, float]
Bounds = tuple[float, float]
BOUNDS: Bounds = (0.0, 3.0)
"""Lowest and highest rate: no subsidies, and no more than 300%."""
GRID = 13
DEVIATIONS = (0.01, 0.03, 0.1, 0.3)
"""Standard deviations of the random changes of ln(1+v) by which an optimum is tried."""
TRIES = 5
NO_GAIN = 1e-9
"""A gain below this, per unit of income, is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Player:
    """Who chooses, what, and what for.

        value = (a gain + b revenue)/size

    Parameters
    ----------
    instruments : the rates that are chosen
    gain_weight, revenue_weight : a, b [economy]
    size : what values are measured by, US$
    low, high : bounds of ln(1+v)
    """

    instruments: Instruments
    gain_weight: Array
    revenue_weight: Array
    size: float
    low: float
    high: float

    def value(self, payoffs: Payoffs) -> float:
        """What the goal has come to, per unit of size."""
        return float((self.gain_weight @ payoffs.gain + self.revenue_weight @ payoffs.revenue) / self.size)


def player_of(game: Game, position: int, instruments: Instruments, goal: Goal, bounds: Bounds) -> Player:
    """The economy at a position, with its goal and bounds.

    Parameters
    ----------
    goal : `welfare` (real income, or net welfare in partial models), `revenue`, or a weight for each
    bounds : lowest and highest rate, fractions

    Raises
    ------
    ParameterError
        An unknown goal, weights that are no numbers or all 0, or bounds that leave no room.
    """
    weights = {goal: 1.0} if isinstance(goal, str) else dict(goal)
    for name, weight in weights.items():
        if name not in (WELFARE, REVENUE):
            raise ParameterError(
                f"There is no goal {name!r}{did_you_mean(name, (WELFARE, REVENUE))}. Use {WELFARE}, {REVENUE}, or a "
                f"weight for each, such as {{'{WELFARE}': 1, '{REVENUE}': 0.5}}."
            )
        if not isfinite(weight):
            raise ParameterError(f"The weight of {name} must be a number; it is {weight}.")
    if not any(weights.values()):
        raise ParameterError("All weights of the goal are 0, so that every tariff is as good. Give one that is not.")
    low, high = bounds
    if not -1 < low < high < np.inf:
        raise ParameterError(
            f"The lowest rate must be above −100% and below the highest; they are {low:g} and {high:g} as fractions."
        )
    own = (np.arange(len(game.size)) == position).astype(float)
    return Player(
        instruments=instruments,
        gain_weight=own * weights.get(WELFARE, 0.0),
        revenue_weight=own * weights.get(REVENUE, 0.0),
        size=float(game.size[position]),
        low=float(np.log1p(low)),
        high=float(np.log1p(high)),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Best:
    """The best that a player found.

    Parameters
    ----------
    rates : v [rate]
    tariff : t1 with them in place [line]
    payoffs : there
    value : of the goal there, per unit of size
    gradient : largest projected gradient, in ln(1+v) times the root of import shares
    evaluations : equilibria with their slopes
    """

    rates: Array
    tariff: Array
    payoffs: Payoffs
    value: float
    gradient: float
    evaluations: int


def best_from(
    game: Game, player: Player, tariff: Array, start: Array, near: Payoffs | None, *, tolerance: float = PRECISE
) -> Best:
    """The best response that a climb from a start finds.

    Parameters
    ----------
    tariff : t1 of the scenario and of the others [line]
    start : ln(1+v) [rate]
    near : payoffs of tariffs nearby

    Raises
    ------
    ConvergenceError
        As `search.climb` raises it.
    """
    chosen, size = player.instruments, len(player.instruments.share)
    last = near

    def evaluate(rates_log: Array) -> tuple[float, Array]:
        nonlocal last
        rates = np.expm1(rates_log)
        under = chosen.applied(rates, tariff)
        last = game.payoffs(under, last)
        value, slope = last.differentiate(player.gain_weight, player.revenue_weight)
        return value / player.size, chosen.slope(slope, rates, under) / player.size

    bounds = np.full(size, player.low), np.full(size, player.high)
    peak = climb(evaluate, start, *bounds, chosen.share, tolerance=tolerance)
    return _at_peak(game, player, tariff, peak, last)


def best_uniform(game: Game, player: Player, tariff: Array, near: Payoffs | None) -> tuple[Best, int]:
    """The best single rate, of all between the bounds: a grid, and the root of the slope around its best point.

    Returns
    -------
    the best, and how many points of the grid it was compared with

    Raises
    ------
    ConvergenceError
        No rate has an equilibrium, or the slope is not 0 at the best one.
    """
    chosen, last = player.instruments, near

    def payoffs_at(rates: Array) -> Payoffs:
        nonlocal last
        last = game.payoffs(chosen.applied(rates, tariff), last)
        return last

    def evaluate(rates_log: Array) -> tuple[float, Array]:
        rates = np.expm1(rates_log)
        value, slope = payoffs_at(rates).differentiate(player.gain_weight, player.revenue_weight)
        return value / player.size, chosen.slope(slope, rates, chosen.applied(rates, tariff)) / player.size

    grid = np.linspace(player.low, player.high, GRID)
    peak, known = highest_on_grid(lambda y: player.value(payoffs_at(np.expm1(np.array([y])))), evaluate, grid)
    best = _at_peak(game, player, tariff, peak, last)
    if not best.gradient <= 1e-8 or any(value > best.value + NO_GAIN for _, value in known):
        raise ConvergenceError(
            "The best single rate was not found between the points of the grid",
            residual=best.gradient,
            iterations=best.evaluations,
        )
    return best, len(known)


def better_by_chance(
    game: Game, player: Player, tariff: Array, best: Best, rng: np.random.Generator
) -> tuple[Array | None, int]:
    """Rates ln(1+v) that gain on the best, found by random deviations from it, or None; and how many were tried."""
    chosen, tried = player.instruments, 0
    for spread in DEVIATIONS:
        for _ in range(TRIES):
            change = rng.normal(0, spread, len(chosen.share))
            rates_log = np.clip(np.log1p(best.rates) + change, player.low, player.high)
            try:
                payoffs = game.payoffs(chosen.applied(np.expm1(rates_log), tariff), best.payoffs)
            except ConvergenceError:
                continue
            tried += 1
            if player.value(payoffs) > best.value + NO_GAIN:
                return rates_log, tried
    return None, tried


def better_on_grid(game: Game, player: Player, tariff: Array, best: Best) -> tuple[Array | None, int]:
    """The single rate ln(1+v) of a grid that gains on the best, or None; and how many were tried."""
    tried, higher, near = 0, None, best.payoffs
    highest = best.value + NO_GAIN
    for rate_log in np.linspace(player.low, player.high, GRID):
        try:
            near = game.payoffs(player.instruments.applied(np.expm1(np.array([rate_log])), tariff), near)
        except ConvergenceError:
            continue
        tried += 1
        if player.value(near) > highest:
            highest, higher = player.value(near), np.array([rate_log])
    return higher, tried


def _at_peak(game: Game, player: Player, tariff: Array, peak: Peak, near: Payoffs | None) -> Best:
    rates = np.expm1(peak.rates_log)
    under = player.instruments.applied(rates, tariff)
    payoffs = game.payoffs(under, near)
    return Best(
        rates=rates,
        tariff=under,
        payoffs=payoffs,
        value=player.value(payoffs),
        gradient=peak.gradient,
        evaluations=peak.evaluations,
    )
