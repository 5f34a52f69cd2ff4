"""Commodity prices in the draws behind a range: the same draws as those of the headline numbers.

Consumer prices are linear in them, so that any mark-up, basket or pass-on is one product of a vector and this table.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from calc.analysis.draws.armington import price_changes_of_draws
from calc.analysis.draws.blocks import BLOCK, Work, drawn_at_once, work_of
from calc.analysis.draws.evidence import (
    EVIDENCE,
    Distributions,
    Shifts,
    drawn_elasticities,
    product_factors,
    unit_points,
)
from calc.analysis.draws.market_groups import ActiveMarkets, active_markets
from calc.analysis.households.commodities import (
    COUNTRY,
    Measure,
    check_measure,
    commodity_prices,
    product_shares,
    us_lines,
    weighted_mean,
)
from calc.analysis.households.us_accounts import UsAccounts
from calc.analysis.uncertainty import FEWEST_DRAWS, HIGH, LOW, check_failures
from calc.analysis.workers import Progress
from calc.datasets.dataset import Dataset
from calc.errors import ConvergenceError, ParameterError
from calc.flows import Array, sum_by_code
from calc.models.known import MODELS
from calc.question import point_answer
from calc.result import Result
from calc.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriceDraws:
    """Price changes of commodities in every draw that has an answer.

    Parameters
    ----------
    change : τ [c, draw], fraction
    measure : of the price changes
    seed : of the draws
    """

    change: Array
    measure: Measure
    seed: int

    def quantiles(self, response: Array) -> tuple[Array, Array]:
        """5 and 95% points of linear functions of τ.

        Parameters
        ----------
        response : [row, c], such as R of a price system
        """
        # four in ten commodities are never imported, and more stay as they are in most scenarios
        moved = self.change.any(axis=1)
        low, high = np.quantile(response[..., moved] @ self.change[moved], [LOW, HIGH], axis=-1)
        return low, high


def price_draws(
    scenario: Scenario,
    dataset: Dataset,
    accounts: UsAccounts,
    *,
    measure: Measure = "landed",
    count: int | None = None,
    distributions: Distributions = EVIDENCE,
    central: Result | None = None,
    progress: Progress | None = None,
) -> PriceDraws:
    """Commodity prices of a scenario in the draws of its ranges.

    Parameters
    ----------
    measure : landed or composite, or what serves to compare
    count : number of draws; the scenario's if absent
    distributions : what is believed about each parameter
    central : the answer of `point_answer`, if it is at hand
    progress : called with draws done and all draws before each block of them

    Raises
    ------
    ParameterError
        Fewer than 20 draws.
    ScenarioError
        As `commodity_prices` raises it.
    ConvergenceError, ParameterError
        More than 5% of the draws have no answer.
    """
    check_measure(measure)
    count = scenario.draws if count is None else count
    if count < FEWEST_DRAWS:
        raise ParameterError(f"{count} draws say too little about a range; ask for at least {FEWEST_DRAWS}.")
    point = point_answer(scenario, dataset) if central is None else central
    us_lines(point)  # refuses what cannot be followed, before any draw is made
    work = work_of(scenario, dataset, distributions, None, point)
    shifts = work.shifts(unit_points(count, scenario.seed))
    together = _together(work, accounts, measure) if measure in ("landed", "composite") else None
    parts: list[Array] = []
    failures: dict[int, ConvergenceError | ParameterError] = {}
    for first in range(0, count, BLOCK):
        if progress is not None:
            progress(first, count)
        block = shifts.part(first, min(first + BLOCK, count))
        drawn = len(block.substitution)
        noise = product_factors(distributions.product_noise, work.seed, first, drawn, len(work.flows.products))
        try:
            if together is not None:
                parts.append(together.changes(block, noise))
                continue
        except (ConvergenceError, ParameterError):
            pass  # one draw has no answer; one by one, the others have
        for draw in range(drawn):
            try:
                parts.append(_one(work, accounts, measure, block, noise, draw)[:, None])
            except (ConvergenceError, ParameterError) as error:
                failures[first + draw] = error
    check_failures(failures, count)
    return PriceDraws(change=np.concatenate(parts, axis=1), measure=measure, seed=scenario.seed)


def _one(
    work: Work, accounts: UsAccounts, measure: Measure, shifts: Shifts, noise: tuple[Array, Array], draw: int
) -> Array:
    """τ [c] of one draw, by the model itself."""
    drawn = drawn_elasticities(
        work.elasticities, work.flows, shifts, noise, draw, general_equilibrium=work.general_equilibrium
    )
    result = MODELS[work.model].simulate(work.flows, work.policy, drawn, **work.options)
    return commodity_prices(result, accounts, measure).change


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Together:
    """The markets that change, all draws at once.

    Parameters
    ----------
    active : with every import as targeted, so that its pieces weigh every price
    weights : one a piece: duty-paid imports of its priced groups or of its markets, by commodity [c, group or market]
    total : all such imports, also in markets that stay [c]
    composite : which of the two prices
    """

    active: ActiveMarkets
    weights: tuple[csr_array, ...]
    total: Array
    composite: bool

    def changes(self, shifts: Shifts, noise: tuple[Array, Array]) -> Array:
        """τ [c, draw]."""
        moved = np.zeros((len(self.total), len(shifts.substitution)))
        pieces = price_changes_of_draws(self.active, shifts, noise)
        for weight, (_, landed, composite) in zip(self.weights, pieces, strict=True):
            moved += weight @ (composite if self.composite else landed)
        return weighted_mean(moved, self.total[:, None])


def _together(work: Work, accounts: UsAccounts, measure: Measure) -> _Together | None:
    """Preparation of draws that are computed together; None where the model's are not."""
    if not drawn_at_once(work.model):
        return None
    flows = work.flows
    active = active_markets(
        flows,
        replace(work.policy, targeted=np.ones(len(flows.market), dtype=bool)),
        work.elasticities,
        draws=BLOCK,
        supply_drawn=work.pass_through is not None,
    )
    product, importer = flows.product[flows.market_start], flows.importer[flows.market_start]
    of_us = importer == flows.economies.get_loc(COUNTRY)
    shares = product_shares(flows.products, accounts).shares
    composite = measure == "composite"
    weights = []
    for piece in active.pieces:
        group = piece.market if composite else piece.market[piece.of[piece.priced]]
        value = flows.expenditure[group] if composite else piece.of_price
        weights.append(csr_array(shares[product[group]].multiply((value * of_us[group])[:, None]).T))
    if composite:
        market_value = flows.expenditure
    else:
        paid = np.where(flows.domestic, 0.0, flows.import_value * (1 + flows.tariff_rate))
        market_value = np.add.reduceat(paid, flows.market_start)
    total = sum_by_code(product, market_value * of_us, len(flows.products)) @ shares
    return _Together(active=active, weights=tuple(weights), total=total, composite=composite)
