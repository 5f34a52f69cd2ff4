"""Computes the results of many draws, block by block: which parameters a scenario's draws move, and its figures.

A block is a fixed number of draws, so that its figures are the same bytes whoever computes it. `armington` answers a
block at once; every other model, and every view of a whole result, answers draw by draw.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from calc.analysis.draws.armington import totals_of_draws
from calc.analysis.draws.evidence import (
    Distributions,
    Shifts,
    drawn_elasticities,
    parameter_names,
    product_factors,
    shifts_at,
)
from calc.analysis.draws.market_groups import ActiveMarkets, active_markets
from calc.analysis.workers import Progress, answers
from calc.datasets.dataset import Dataset
from calc.errors import ConvergenceError, ParameterError
from calc.flows import Array, Elasticities, Flows, IntArray
from calc.models import armington
from calc.models.known import MODELS
from calc.models.totals import headline_numbers
from calc.question import pass_through_pct, question
from calc.result import Result
from calc.scenario import Scenario
from calc.tariffs.policy import Policy

BLOCK, BLOCK_OF_ONE_BY_ONE = 50, 10  # draws in a task: all at once, and draw by draw

View = Callable[[Result], Result]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """What all draws of one scenario have in common, as it goes to every worker.

    Parameters
    ----------
    model, flows, policy, elasticities, options : the question, at the scenario's own elasticities
    summary, economies : tables of the point answer
    active : markets that change, where the model's draws are computed all at once
    names : parameters that are drawn
    pass_through : ρ of the scenario; None where it is not drawn
    metrics, columns : names of the headline numbers and of the columns of `economies`
    known : cells of the economies' table that the point answer and the draws fill [cell]
    """

    model: str
    flows: Flows
    policy: Policy
    elasticities: Elasticities
    options: Mapping[str, object]
    summary: pd.DataFrame
    economies: pd.DataFrame
    active: ActiveMarkets | None
    distributions: Distributions
    seed: int
    view: View | None
    names: tuple[str, ...]
    pass_through: float | None
    metrics: tuple[str, ...]
    columns: tuple[str, ...]
    known: IntArray

    @property
    def general_equilibrium(self) -> bool:
        """Incomes move, so that θ takes the place of σ."""
        return MODELS[self.model].incomes_move

    @property
    def block(self) -> int:
        """Draws in a task."""
        return BLOCK_OF_ONE_BY_ONE if self.active is None else BLOCK

    def shifts(self, points: Array) -> Shifts:
        """Common shifts at points of the unit cube, [parameter, draw]."""
        return shifts_at(
            points,
            self.distributions,
            pass_through=self.pass_through,
            general_equilibrium=self.general_equilibrium,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Figures of some draws: [draw, metric], [draw, known cell]; NaN where a draw failed, by number and error."""

    summary: Array
    economies: Array
    failed: dict[int, ConvergenceError | ParameterError]


def drawn_at_once(model: str) -> bool:
    """Whether `draws.armington` computes all draws of a model together, in far less time than one by one."""
    return MODELS[model].simulate is armington.simulate


def work_of(
    scenario: Scenario, dataset: Dataset, distributions: Distributions, view: View | None, central: Result
) -> Work:
    """What the draws of a scenario have in common, for `answered`.

    Parameters
    ----------
    view : applied to each draw's result before its figures are read
    central : the point answer, so viewed

    Raises
    ------
    ScenarioError
        As `question` raises it.
    """
    asked = question(scenario, dataset)
    model = MODELS[asked.model]
    flows = asked.dataset.flows
    share = None if model.incomes_move else pass_through_pct(scenario, dataset)
    names = parameter_names(general_equilibrium=model.incomes_move, supply_drawn=share is not None)
    at_once = drawn_at_once(asked.model) and view is None
    columns = tuple(central.economies.columns.drop("economy"))
    drawn = central.economies[list(columns)].assign(**dict.fromkeys(filter(None, [model.not_drawn]), np.nan))
    cells = drawn.to_numpy(dtype=float).ravel()
    return Work(
        model=asked.model,
        flows=flows,
        policy=asked.policy,
        elasticities=asked.elasticities,
        options={**asked.options, **model.draws_options},
        summary=central.summary,
        economies=central.economies,
        active=active_markets(flows, asked.policy, asked.elasticities, draws=BLOCK, supply_drawn=share is not None)
        if at_once
        else None,
        distributions=distributions,
        seed=scenario.seed,
        view=view,
        names=names,
        pass_through=None if share is None else share / 100,
        metrics=tuple(central.summary["metric"]),
        columns=columns,
        known=np.flatnonzero(~np.isnan(cells)),
    )


def answered(work: Work, shifts: Shifts, executor: Executor | None, progress: Progress | None) -> Iterator[Block]:
    """Figures of all draws in blocks, in their order, computed here or by an executor.

    Parameters
    ----------
    shifts : common shifts of the draws
    progress : called with draws done and all draws after each block; what it raises ends the work
    """
    count = len(shifts.substitution)
    edges = [*range(0, count, work.block), count]
    blocks = [(shifts.part(first, last), first) for first, last in pairwise(edges)]

    def told(done: int, _: int) -> None:
        if progress is not None:
            progress(edges[done], count)

    yield from answers(partial(_figures, work), blocks, executor=executor, progress=told)


def _figures(work: Work, block: tuple[Shifts, int]) -> Block:
    """Figures of some draws: their shifts, and the number of the first."""
    shifts, first = block
    products = len(work.flows.products)
    noise = product_factors(work.distributions.product_noise, work.seed, first, len(shifts.substitution), products)
    if work.active is not None:
        try:
            return _all_at_once(work, work.active, shifts, noise)
        except (ConvergenceError, ParameterError):
            pass  # one draw has no answer; one by one, the others have
    return _one_by_one(work, shifts, noise, first)


def _all_at_once(work: Work, active: ActiveMarkets, shifts: Shifts, noise: tuple[Array, Array]) -> Block:
    totals, changes = totals_of_draws(active, shifts, noise)
    numbers = headline_numbers(totals)
    draws = len(shifts.substitution)
    table = work.economies
    place = active.flows.economies.get_indexer(pd.Index(table["economy"].astype(str)))
    cells = np.stack(
        [
            changes[name][place] if name in changes else np.tile(table[name].to_numpy()[:, None], draws)
            for name in work.columns
        ],
        axis=1,
    )
    return Block(
        summary=np.stack([np.broadcast_to(numbers[name], draws) for name in work.metrics], axis=1),
        economies=np.ascontiguousarray(cells.reshape(-1, draws)[work.known].T),
        failed={},
    )


def _one_by_one(work: Work, shifts: Shifts, noise: tuple[Array, Array], first: int) -> Block:
    draws = len(shifts.substitution)
    summary = np.full((draws, len(work.metrics)), np.nan)
    economies = np.full((draws, len(work.known)), np.nan)
    failed: dict[int, ConvergenceError | ParameterError] = {}
    model = MODELS[work.model]
    # a view may read any table, figures are read from that of economies alone
    options = work.options if work.view else {**work.options, **model.only("economies")}
    for draw in range(draws):
        drawn = drawn_elasticities(
            work.elasticities, work.flows, shifts, noise, draw, general_equilibrium=work.general_equilibrium
        )
        try:
            result = model.simulate(work.flows, work.policy, drawn, **options)
        except (ConvergenceError, ParameterError) as error:
            failed[first + draw] = error
            continue
        if work.view is not None:
            result = work.view(result)
        summary[draw] = result.summary["value"]
        # a table of some columns of a table takes pandas longer than these columns take the model
        columns = [result.economies[name].to_numpy(dtype=float) for name in work.columns]
        economies[draw] = np.stack(columns, axis=1).ravel()[work.known]
    return Block(summary=summary, economies=economies, failed=failed)
