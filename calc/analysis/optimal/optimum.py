"""The tariffs that are best for one economy while all others keep theirs.

An optimum is returned only if the projected gradient is below 1e-8 of income, and neither a grid of rates nor random
deviations gain on it: published "optima" that stopped early are off by several points. Near an optimum gains are flat,
so that compare gains rather than rates.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

import numpy as np
import pandas as pd

from calc.analysis.optimal.instruments import Instruments, Kind, instruments_of, position_of
from calc.analysis.optimal.player import (
    BOUNDS,
    WELFARE,
    Best,
    Bounds,
    Goal,
    Player,
    best_from,
    best_uniform,
    better_by_chance,
    player_of,
)
from calc.analysis.optimal.search import GRADIENT
from calc.analysis.optimal.terms import Terms
from calc.analysis.optimal.written import gains_table, rates_table, with_rates
from calc.analysis.workers import answers
from calc.datasets.dataset import Dataset
from calc.errors import ConvergenceError, ParameterError
from calc.flows import Array
from calc.models.game import Game
from calc.models.known import MODELS
from calc.question import Question, question
from calc.scenario import Scenario
from calc.words import percent, small_percent

ENOUGH = GRADIENT / 10
"""Projected gradient at which a climb stops."""
CLIMBS = 5
"""Most climbs from a point that random deviations found to be better."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimum:
    """The best tariffs of one economy, verified.

    Parameters
    ----------
    scenario : reproduces the answer: the rules asked, and a last one that sets the best rates
    asked : the scenario as asked, whose other rules hold
    economy, terms : who chooses, and what within which bounds
    rates : importer, exporter, product (empty = all), base imports; rates in the base, in the scenario and the best
    gains : what each economy gains against the base under the best rates
    before : the same under the scenario as asked
    value, value_before : of the goal, per unit of income (in partial models of spending on imports)
    climbs : start, goal_value, projected gradient and evaluations of each search
    gradient : largest projected gradient
    tried : grid points and random deviations, none of which gains
    seconds : time taken
    """

    scenario: Scenario
    asked: Scenario
    economy: str
    terms: Terms
    rates: pd.DataFrame
    gains: pd.DataFrame
    before: pd.DataFrame
    value: float
    value_before: float
    climbs: pd.DataFrame
    gradient: float
    tried: int
    seconds: float

    @property
    def mean_rate(self) -> float:
        """Mean of the best rates at base imports."""
        return float(np.average(self.rates["tariff_new"], weights=self.rates["import_value_base"]))

    def __repr__(self) -> str:
        """One line: `Optimum of USA by liberation_day: 25.1% on imports, +1.81% of the goal's size`."""
        return (
            f"Optimum of {self.economy} by {self.asked.model}: {percent(self.mean_rate, sign=False)} on imports, "
            f"{small_percent(self.value)} gained"
        )


def game_of(asked: Question) -> Game:
    """The model of a question as a game.

    Raises
    ------
    ParameterError
        The model has no slopes, or the scenario limits export volumes or changes trade costs.
    """
    make = MODELS[asked.model].game
    if make is None:
        able = ", ".join(name for name, model in MODELS.items() if model.game is not None)
        raise ParameterError(f"{asked.model} has no optimal tariffs. Choose a model that has: {able}.")
    if np.isfinite(asked.policy.export_ceiling).any():
        raise ParameterError(
            "Optimal tariffs are not computed under export volume limits, where gains have kinks. Leave that rule out."
        )
    if asked.policy.trade_cost.any():
        raise ParameterError("Optimal tariffs are not computed under rules on trade costs. Leave them out.")
    return make(asked.dataset.flows, asked.policy, asked.elasticities, **asked.options)


def optimal_tariff(
    scenario: Scenario,
    dataset: Dataset,
    economy: str,
    *,
    instruments: Kind = "uniform",
    exporters: Sequence[str] = (),
    products: Sequence[str] = (),
    bounds: Bounds = BOUNDS,
    objective: Goal = WELFARE,
    starts: int = 2,
    executor: Executor | None = None,
) -> Optimum:
    """The tariffs that are best for an economy, the scenario's other rules given.

    Parameters
    ----------
    economy : code of the importer that chooses
    instruments : `uniform`, `by_partner`, `by_product` or `all` (one rate a line)
    exporters, products : imports on which rates are chosen, as in a rule; empty = all
    bounds : lowest and highest rate, fractions
    objective : `welfare`, `revenue`, or a weight for each
    starts : climbs from different rates: the rule of the optimal tariff, the scenario's own rates, then random ones
    executor : shares the climbs

    Raises
    ------
    ParameterError, ScenarioError
        What is asked cannot be answered by the model or the data.
    ConvergenceError
        No optimum was verified.
    """
    begun = perf_counter()
    asked = question(scenario, dataset)
    game = game_of(asked)
    data, tariff = asked.dataset, asked.policy.tariff_new
    chosen = instruments_of(data, economy, instruments, exporters=exporters, products=products)
    player = player_of(game, position_of(data, economy), chosen, objective, bounds)
    present = game.payoffs(tariff, None)
    rng = np.random.default_rng(scenario.seed)
    if instruments == "uniform":
        best, tried = best_uniform(game, player, tariff, present)
        climbs = [("grid", best)]
    else:
        begin = _starts(chosen, game, tariff, starts, rng)
        found = answers(partial(_climbed, asked, player), [start for _, start in begin], executor=executor)
        named = [(name, one) for (name, _), one in zip(begin, found, strict=True)]
        best, tried, climbs = _best_of_starts(game, player, tariff, named, rng)
    incomes_move = MODELS[asked.model].incomes_move
    return Optimum(
        scenario=with_rates(
            scenario,
            data,
            [(chosen, best.rates)],
            title=f"{scenario.title}: best tariffs of {economy}",
            description=f"The last rule sets the rates that are best for {economy} while all others keep theirs.",
        ),
        asked=scenario,
        economy=economy,
        terms=Terms(
            kind=instruments,
            exporters=tuple(exporters),
            products=tuple(products),
            bounds=bounds,
            objective=objective,
            starts=starts,
        ),
        rates=rates_table(chosen, best.rates, tariff, data),
        gains=gains_table(game, best.payoffs, data, incomes_move=incomes_move),
        before=gains_table(game, present, data, incomes_move=incomes_move),
        value=best.value,
        value_before=player.value(present),
        climbs=_climbs_table(climbs),
        gradient=best.gradient,
        tried=tried,
        seconds=perf_counter() - begun,
    )


def _climbed(asked: Question, player: Player, start: Array) -> Best | ConvergenceError:
    """One climb, in a game of its own: a game remembers where it has been, and the last digits would tell."""
    game, tariff = game_of(asked), asked.policy.tariff_new
    try:
        best = best_from(game, player, tariff, start, game.payoffs(tariff, None), tolerance=ENOUGH)
    except ConvergenceError as error:
        return error
    return replace(best, payoffs=replace(best.payoffs, differentiate=_no_slope))


def _no_slope(gain_weight: Array, revenue_weight: Array) -> tuple[float, Array]:
    raise RuntimeError("The slope of these payoffs stayed with the search that found them.")


def _best_of_starts(
    game: Game,
    player: Player,
    tariff: Array,
    named: Sequence[tuple[str, Best | ConvergenceError]],
    rng: np.random.Generator,
) -> tuple[Best, int, list[tuple[str, Best]]]:
    """The best of several climbs, after random deviations from it found nothing better."""
    climbs = [(name, one) for name, one in named if not isinstance(one, ConvergenceError)]
    if not climbs:
        raise next(one for _, one in reversed(named) if isinstance(one, ConvergenceError))
    for _ in range(CLIMBS):
        best = max((found for _, found in climbs), key=lambda found: found.value)
        better, tried = better_by_chance(game, player, tariff, best, rng)
        if better is None:
            return best, tried, climbs
        climbs.append(("deviation", best_from(game, player, tariff, better, best.payoffs, tolerance=ENOUGH)))
    raise ConvergenceError(
        "Random deviations keep gaining on the best rates that were found",
        residual=best.gradient,
        iterations=sum(found.evaluations for _, found in climbs),
    )


def _starts(
    chosen: Instruments, game: Game, tariff: Array, count: int, rng: np.random.Generator
) -> list[tuple[str, Array]]:
    """Where climbs start, ln(1+v) [rate]."""
    if count < 1:
        raise ParameterError(f"A search needs 1 start or more; {count} is not.")
    weight = np.ones_like(tariff)
    guess = np.log1p(chosen.mean(game.first_guess, weight))
    named = [("rule of thumb", guess), ("scenario", np.log1p(chosen.mean(tariff, weight)))]
    named += [("random", guess * rng.uniform(0, 2, len(guess))) for _ in range(count - 2)]
    return named[:count]


def _climbs_table(climbs: Sequence[tuple[str, Best]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "start": [name for name, _ in climbs],
            "goal_value": [found.value for _, found in climbs],
            "gradient": [found.gradient for _, found in climbs],
            "evaluations": [found.evaluations for _, found in climbs],
        }
    )
