"""Tariff wars: economies that answer one another's tariffs until none can gain by changing its own (Nash 1951).

Each in turn takes the best response to the others' tariffs (Gauss and Seidel's order), until no rate moves by more than
1e-6 in ln(1+v). Then nobody gains on a grid of its own rates or by random deviations, or the war goes on from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from time import perf_counter
from typing import Literal

import numpy as np
import pandas as pd

from calc.analysis.optimal.instruments import Kind, instruments_of, position_of
from calc.analysis.optimal.optimum import game_of
from calc.analysis.optimal.player import (
    BOUNDS,
    WELFARE,
    Best,
    Bounds,
    Goal,
    Player,
    best_from,
    better_by_chance,
    better_on_grid,
    player_of,
)
from calc.analysis.optimal.terms import Terms
from calc.analysis.optimal.written import gains_table, rates_table, with_rates
from calc.datasets.dataset import Dataset
from calc.errors import ConvergenceError, ParameterError, ScenarioError
from calc.flows import Array
from calc.models.game import Game, Payoffs
from calc.models.known import MODELS
from calc.question import question
from calc.scenario import Scenario
from calc.words import listing, percent

Against = Literal["each_other", "everyone"]
SETTLED = 1e-6
"""Change of ln(1+v) below which a round has moved nothing."""
MOST_ROUNDS = 60
AGREE = 1e-4
"""Starts whose rates differ by less end at the same place."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class War:
    """Where a tariff war ends.

    Parameters
    ----------
    scenario : reproduces the end: the rules asked, and one more for each economy
    asked : the scenario as asked, whose other rules hold
    economies, terms, against : who chooses, what within which bounds, and on whose goods
    rates : as in `Optimum`, of all who choose
    gains, before : what each economy gains against the base at the end, and under the scenario as asked
    rounds : start, round, economy, mean rate, largest change of ln(1+v), goal_value
    corners : acting (codes, a comma between), and what each economy gains if these alone choose the rates of the end
    unique : every start ended at the same rates
    gradient : largest projected gradient of any economy
    tried : grid points and random deviations of single economies, none of which gains
    seconds : time taken
    """

    scenario: Scenario
    asked: Scenario
    economies: tuple[str, ...]
    terms: Terms
    against: Against
    rates: pd.DataFrame
    gains: pd.DataFrame
    before: pd.DataFrame
    rounds: pd.DataFrame
    corners: pd.DataFrame
    unique: bool
    gradient: float
    tried: int
    seconds: float

    def mean_rate(self, economy: str) -> float:
        """Mean of an economy's rates at base imports."""
        own = self.rates[self.rates["importer"] == economy]
        return float(np.average(own["tariff_new"], weights=own["import_value_base"]))

    @property
    def rounds_needed(self) -> int:
        """Rounds of the first start."""
        return int(self.rounds.loc[self.rounds["start"] == self.rounds["start"].iloc[0], "round"].max())

    def __repr__(self) -> str:
        """One line: `War of USA and CHN: 31.2% and 24.0% after 6 rounds`."""
        rates = listing([percent(self.mean_rate(economy), sign=False) for economy in self.economies])
        return f"War of {listing(list(self.economies))}: {rates} after {self.rounds_needed} rounds"


def nash(
    scenario: Scenario,
    dataset: Dataset,
    economies: Sequence[str],
    *,
    instruments: Kind = "uniform",
    against: Against = "each_other",
    products: Sequence[str] = (),
    bounds: Bounds = BOUNDS,
    objective: Goal = WELFARE,
    starts: int = 2,
) -> War:
    """Tariffs at which no economy gains by changing its own, the scenario's other rules given.

    Parameters
    ----------
    economies : codes of two or more importers
    instruments : what each chooses, as for `optimal_tariff`
    against : rates fall on imports from `each_other`, or from `everyone`
    products : imports on which rates are chosen, as in a rule; empty = all
    bounds, objective : of each, as for `optimal_tariff`
    starts : wars from different rates: the scenario's own, the rule of the optimal tariff, then random ones

    Raises
    ------
    ParameterError, ScenarioError
        What is asked cannot be answered by the model or the data.
    ConvergenceError
        The war does not settle, or somebody still gains where it does.
    """
    begun = perf_counter()
    asked = question(scenario, dataset)
    game = game_of(asked)
    data, tariff = asked.dataset, asked.policy.tariff_new
    players = players_of(
        game,
        data,
        economies,
        kind=instruments,
        against=against,
        products=products,
        bounds=bounds,
        objective=objective,
    )
    if starts < 1:
        raise ParameterError(f"A war needs 1 start or more; {starts} is not.")
    present, rng = game.payoffs(tariff, None), np.random.default_rng(scenario.seed)
    wars = [
        _settled(game, players, tariff, start, present, rng, name)
        for name, start in _starts(game, players, tariff, starts, rng)
    ]
    end = wars[0]
    incomes_move = MODELS[asked.model].incomes_move
    chosen = [(player.instruments, best.rates) for player, best in zip(players, end.best, strict=True)]
    final = end.best[-1]
    corner_table = pd.concat(
        [
            gains_table(game, payoffs, data, incomes_move=incomes_move).assign(acting=",".join(acting))
            for acting, payoffs in corners(game, players, tariff, final.tariff, known=(present, final.payoffs)).items()
        ],
        ignore_index=True,
    )
    return War(
        scenario=with_rates(
            scenario,
            data,
            chosen,
            title=f"{scenario.title}: tariff war of {listing(list(economies))}",
            description="The last rules set the rates of each at which nobody gains by changing its own.",
        ),
        asked=scenario,
        economies=tuple(economies),
        terms=Terms(kind=instruments, products=tuple(products), bounds=bounds, objective=objective, starts=starts),
        against=against,
        rates=pd.concat([rates_table(one, rates, tariff, data) for one, rates in chosen], ignore_index=True),
        gains=gains_table(game, final.payoffs, data, incomes_move=incomes_move),
        before=gains_table(game, present, data, incomes_move=incomes_move),
        rounds=pd.concat([war.rounds for war in wars], ignore_index=True),
        corners=corner_table,
        unique=all(_distance(war.best, end.best) < AGREE for war in wars),
        gradient=max(best.gradient for best in end.best),
        tried=end.tried,
        seconds=perf_counter() - begun,
    )


def corners(
    game: Game,
    players: Sequence[Player],
    idle: Array,
    acting: Array,
    *,
    known: tuple[Payoffs, Payoffs] | None = None,
) -> dict[tuple[str, ...], Payoffs]:
    """Payoffs where every part of the players acts and the others do not: nobody, each alone, …, all.

    Parameters
    ----------
    idle, acting : t1 where nobody and where everybody acts [line]
    known : payoffs of the two
    """
    codes = [player.instruments.economy for player in players]
    found: dict[tuple[str, ...], Payoffs] = {}
    near = None if known is None else known[0]
    for count in range(len(players) + 1):
        for group in combinations(range(len(players)), count):
            if known is not None and count in (0, len(players)):
                near = known[0] if count == 0 else known[1]
            else:
                tariff = idle.copy()
                for k in group:
                    lines = players[k].instruments.line
                    tariff[lines] = acting[lines]
                near = game.payoffs(tariff, near)
            found[tuple(codes[k] for k in group)] = near
    return found


def players_of(
    game: Game,
    dataset: Dataset,
    economies: Sequence[str],
    *,
    kind: Kind,
    against: Against,
    products: Sequence[str],
    bounds: Bounds,
    objective: Goal,
) -> list[Player]:
    """The economies that choose rates in a war; the parameters are those of `nash`.

    Raises
    ------
    ParameterError, ScenarioError
        Fewer than two economies, or as `instruments_of` and `player_of` raise them.
    """
    if len(economies) < 2 or len(set(economies)) < len(economies):
        raise ParameterError(f"A war is between two or more different economies; given: {', '.join(economies)}.")
    if against not in ("each_other", "everyone"):
        raise ParameterError(f"Rates fall on imports from each_other or from everyone; {against!r} is neither.")
    positions = [position_of(dataset, economy) for economy in economies]
    players = []
    for economy, position in zip(economies, positions, strict=True):
        others = tuple(other for other in economies if other != economy) if against == "each_other" else ()
        try:
            chosen = instruments_of(dataset, economy, kind, exporters=others, products=products)
        except ScenarioError as error:
            raise ScenarioError(f"{error} A war needs data that hold the imports of everyone who fights it.") from error
        players.append(player_of(game, position, chosen, objective, bounds))
    return players


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Settled:
    """A war that has settled: the last response of each player, its rounds, and deviations tried."""

    best: list[Best]
    rounds: pd.DataFrame
    tried: int


def _settled(
    game: Game,
    players: Sequence[Player],
    tariff: Array,
    start: list[Array],
    present: Payoffs,
    rng: np.random.Generator,
    name: str,
) -> _Settled:
    """One war, from ln(1+v) of each player."""
    rates_log, rows = list(start), []
    best: list[Best | None] = [None] * len(players)
    near, largest, tried = present, np.inf, 0
    for number in range(1, MOST_ROUNDS + 1):
        largest = 0.0
        for k, player in enumerate(players):
            others = _with_others(players, rates_log, tariff, k)
            response = best_from(game, player, others, rates_log[k], near)
            new = np.log1p(response.rates)
            change = float(np.abs(new - rates_log[k]).max())
            rates_log[k], best[k], near, largest = new, response, response.payoffs, max(largest, change)
            rows.append(
                (name, number, player.instruments.economy, _mean(player, response.rates), change, response.value)
            )
        if largest < SETTLED:
            better, tried = _somebody_gains(game, players, tariff, rates_log, near, rng)
            if better is None:
                break
            rates_log[better[0]] = better[1]
    else:
        raise ConvergenceError("The tariff war does not settle", residual=largest, iterations=MOST_ROUNDS)
    columns = ["start", "round", "economy", "tariff_new", "change", "goal_value"]
    # the payoffs of all are those of the last response, to which the others' have stayed the best
    final = [found for found in best if found is not None]
    return _Settled(best=final, rounds=pd.DataFrame(rows, columns=columns), tried=tried)


def _somebody_gains(
    game: Game,
    players: Sequence[Player],
    tariff: Array,
    rates_log: list[Array],
    near: Payoffs,
    rng: np.random.Generator,
) -> tuple[tuple[int, Array] | None, int]:
    """The first player who gains by other rates than those of a settled war, and these; and how many were tried."""
    tried = 0
    for k, player in enumerate(players):
        others = _with_others(players, rates_log, tariff, k)
        rates = np.expm1(rates_log[k])
        under = player.instruments.applied(rates, others)
        payoffs = game.payoffs(under, near)
        here = Best(
            rates=rates, tariff=under, payoffs=payoffs, value=player.value(payoffs), gradient=0.0, evaluations=0
        )
        if player.instruments.kind == "uniform":
            better, count = better_on_grid(game, player, others, here)
        else:
            better, count = better_by_chance(game, player, others, here, rng)
        tried += count
        if better is not None:
            return (k, better), tried
    return None, tried


def _with_others(players: Sequence[Player], rates_log: list[Array], tariff: Array, k: int) -> Array:
    """The scenario's tariffs with the rates of all players but one."""
    for other, player in enumerate(players):
        if other != k:
            tariff = player.instruments.applied(np.expm1(rates_log[other]), tariff)
    return tariff


def _starts(
    game: Game, players: Sequence[Player], tariff: Array, count: int, rng: np.random.Generator
) -> list[tuple[str, list[Array]]]:
    """Where wars start, ln(1+v) of each player."""
    weight = np.ones_like(tariff)

    def inside(player: Player, rates: Array) -> Array:
        return np.clip(np.log1p(rates), player.low, player.high)

    guesses = [inside(player, player.instruments.mean(game.first_guess, weight)) for player in players]
    named = [("scenario", [inside(player, player.instruments.mean(tariff, weight)) for player in players])]
    named.append(("rule of thumb", guesses))
    for number in range(1, count - 1):
        drawn = [
            np.minimum(guess * rng.uniform(0, 3, len(guess)), player.high)
            for guess, player in zip(guesses, players, strict=True)
        ]
        named.append((f"random {number}", drawn))
    return named[:count]


def _mean(player: Player, rates: Array) -> float:
    return float(player.instruments.share @ rates)


def _distance(one: Sequence[Best], other: Sequence[Best]) -> float:
    return max(float(np.abs(a.rates - b.rates).max()) for a, b in zip(one, other, strict=True))
