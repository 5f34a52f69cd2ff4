"""Two economies with one rate each: best responses to every rate of the other, and where cooperation would lead.

The two curves cross where a tariff war ends. Cooperation is the pair of rates with the greatest sum of both gains: the
whole of what the two could share, not how they would.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calc.analysis.optimal.optimum import game_of
from calc.analysis.optimal.player import BOUNDS, WELFARE, Bounds, Goal, Player, best_from
from calc.analysis.optimal.search import climb
from calc.analysis.optimal.war import Against, players_of
from calc.datasets.dataset import Dataset
from calc.errors import ConvergenceError, ParameterError
from calc.flows import Array
from calc.models.game import Game, Payoffs
from calc.question import question
from calc.scenario import Scenario

RATES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """Best responses of two economies, and the point of cooperation.

    Parameters
    ----------
    economies : the two
    responses : economy, tariff_other, tariff_new (its best rate), goal_value; a rate of the other under which no
        equilibrium is found has no row
    cooperation : rates of the two with the greatest sum of gains
    gains : of the two there, US$ against the base
    """

    economies: tuple[str, str]
    responses: pd.DataFrame
    cooperation: tuple[float, float]
    gains: tuple[float, float]


def response_curves(
    scenario: Scenario,
    dataset: Dataset,
    economies: Sequence[str],
    *,
    rates: Sequence[float] = RATES,
    against: Against = "each_other",
    products: Sequence[str] = (),
    bounds: Bounds = BOUNDS,
    objective: Goal = WELFARE,
) -> Curves:
    """The best rate of each of two economies at rates of the other, the scenario's other rules given.

    Parameters
    ----------
    economies : codes of the two
    rates : of the other, fractions
    against, products, bounds, objective : as for `nash`

    Raises
    ------
    ParameterError, ScenarioError
        What is asked cannot be answered by the model or the data.
    ConvergenceError
        No rate has an equilibrium, or the point of cooperation was not found.
    """
    asked = question(scenario, dataset)
    game, tariff = game_of(asked), asked.policy.tariff_new
    players = players_of(
        game,
        asked.dataset,
        economies,
        kind="uniform",
        against=against,
        products=products,
        bounds=bounds,
        objective=objective,
    )
    if len(players) != 2:
        raise ParameterError(f"Response curves are of two economies; {len(players)} are given.")
    rows = [
        (player.instruments.economy, *row)
        for player, other in (players, reversed(players))
        for row in _responses(game, player, other, tariff, rates)
    ]
    if not rows:
        raise ConvergenceError("No rate of the other has an equilibrium", residual=np.inf, iterations=len(rates))
    first, second = players
    chosen, gains = cooperation(game, first, second, tariff)
    return Curves(
        economies=(first.instruments.economy, second.instruments.economy),
        responses=pd.DataFrame(rows, columns=["economy", "tariff_other", "tariff_new", "goal_value"]),
        cooperation=chosen,
        gains=gains,
    )


def _responses(
    game: Game, player: Player, other: Player, tariff: Array, rates: Sequence[float]
) -> list[tuple[float, float, float]]:
    found: list[tuple[float, float, float]] = []
    start, near = player.instruments.mean(game.first_guess, np.ones_like(tariff)), None
    for rate in rates:
        others = other.instruments.applied(np.array([rate]), tariff)
        try:
            best = best_from(game, player, others, np.log1p(start), near)
        except ConvergenceError:
            continue
        found.append((rate, float(best.rates[0]), best.value))
        start, near = best.rates, best.payoffs
    return found


def cooperation(
    game: Game, first: Player, second: Player, tariff: Array
) -> tuple[tuple[float, float], tuple[float, float]]:
    """One rate of each that makes the sum of their gains greatest, and the two gains, US$."""
    players = (first, second)
    both = [player.gain_weight > 0 for player in players]
    weight, size = (both[0] | both[1]).astype(float), first.size + second.size
    nothing, near = np.zeros_like(weight), None

    def under(rates_log: Array) -> Array:
        charged = tariff
        for player, rate_log in zip(players, rates_log, strict=True):
            charged = player.instruments.applied(np.expm1(np.array([rate_log])), charged)
        return charged

    def evaluate(rates_log: Array) -> tuple[float, Array]:
        nonlocal near
        charged = under(rates_log)
        near = game.payoffs(charged, near)
        value, slope = near.differentiate(weight, nothing)
        slopes = [
            player.instruments.slope(slope, np.expm1(np.array([rate_log])), charged)[0]
            for player, rate_log in zip(players, rates_log, strict=True)
        ]
        return value / size, np.array(slopes) / size

    low = np.array([player.low for player in players])
    high = np.array([player.high for player in players])
    peak = climb(
        evaluate, np.clip(np.zeros(2), low, high), low, high, np.array([player.size / size for player in players])
    )
    gains: Payoffs = game.payoffs(under(peak.rates_log), near)
    found = [float(gains.gain[where][0]) for where in both]
    chosen = np.expm1(peak.rates_log)
    return (float(chosen[0]), float(chosen[1])), (found[0], found[1])
