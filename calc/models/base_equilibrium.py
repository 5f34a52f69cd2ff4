"""The world before a scenario: flows and accounts become tensors and shares, and an equilibrium if they are none.

It is kept with the flows: a second scenario on them starts from it.
"""

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from calc.errors import ParameterError
from calc.files.kept_with import kept_with_first
from calc.flows import Accounts, Array, Elasticities, Flows, IntArray, sum_by_market
from calc.models.equations.equilibrium import settled
from calc.models.equations.world import Deficits, World, base_world, income
from calc.words import true_minus


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Base:
    """The world before a scenario, as an equilibrium.

    Parameters
    ----------
    world : in shares and dense tensors
    flows : the flows that belong to it; the data's own, if these are an equilibrium
    notes : what was cleaned, and how far the data were from the equilibrium
    """

    world: World
    flows: Flows
    notes: tuple[str, ...]


def base_of(flows: Flows, elasticities: Elasticities, *, deficits: Deficits = "fixed") -> Base:
    """The base equilibrium of a dataset, from which changes are measured.

    Parameters
    ----------
    flows : base trade and rates with own sales, and accounts
    elasticities : σ, the same for all importers of a product
    deficits : `fixed` in units of world value added, `zero`, or a constant `share` of an economy's value added

    Raises
    ------
    ParameterError
        No accounts, no own sales, σ ≤ 1 or different between importers, or an economy without output or demand.
    ConvergenceError
        The data have no equilibrium nearby.
    """
    if deficits not in get_args(Deficits):
        raise ParameterError(f"Unknown deficits rule {deficits!r}. Use one of {', '.join(get_args(Deficits))}.")
    _checked_accounts(flows)
    world, as_reported, notes = _settled_world(flows, elasticities, deficits)
    if as_reported:
        return Base(world=world, flows=flows, notes=notes)
    value = world.import_value.ravel().take(cells_of(flows)[0])
    return Base(world=world, flows=_with_values(flows, value), notes=notes)


@kept_with_first(most=2)
def _settled_world(flows: Flows, elasticities: Elasticities, deficits: Deficits) -> tuple[World, bool, tuple[str, ...]]:
    """The world before a scenario, whether it is that of the data as they are, and notes."""
    theta = trade_elasticity(flows, elasticities)
    reported, cleaned = _reported_world(flows, deficits)
    world, found = settled(replace(reported, trade_elasticity=theta))
    _check_income(world, flows)
    if found is None:
        return world, True, (*cleaned, "The data are an equilibrium of the model as they are.")
    value = reported.import_value
    moved = np.abs(world.import_value - value).sum() / (2 * value.sum())
    wage = np.expm1(found.wage_log)
    farthest = int(np.argmax(np.abs(wage)))
    distance = (
        f"The data are not an equilibrium of the model with these deficits. It was solved first, and every change is "
        f"measured from that solution, the base in the tables: {moved:.2%} of all sales are elsewhere than in the "
        f"data, and wages differ by up to {true_minus(f'{wage[farthest]:+.2%}')} ({flows.economies[farthest]})."
    )
    return world, False, (*cleaned, distance)


@kept_with_first(most=2)
def _reported_world(flows: Flows, deficits: Deficits) -> tuple[World, tuple[str, ...]]:
    """The data as tensors and shares, with θ = 1, and what was cleaned; the same for all elasticities."""
    shape = (len(flows.products), len(flows.economies), len(flows.economies))
    value, rate = np.zeros(shape), np.zeros(shape)
    at = (flows.product, flows.importer, flows.exporter)
    value[at], rate[at] = flows.import_value, flows.tariff_rate
    return base_world(
        value,
        rate,
        _checked_accounts(flows),
        np.ones(len(flows.products)),
        economies=list(flows.economies),
        deficits=deficits,
    )


@kept_with_first(most=1)
def cells_of(flows: Flows) -> tuple[IntArray, IntArray]:
    """Where each line stands in [sector, importer, exporter], and its seller in [sector, exporter], counted along."""
    of_product = flows.product * len(flows.economies)
    return (of_product + flows.importer) * len(flows.economies) + flows.exporter, of_product + flows.exporter


def _check_income(world: World, flows: Flows) -> None:
    wrong = np.flatnonzero(~(income(world) > 0))
    if len(wrong):
        raise ParameterError(
            f"{flows.economies[wrong[0]]} has no income left in the base: its trade surplus, or subsidies as tariffs "
            "below zero, take more than its value added. Correct its accounts or flows, or let deficits be zero."
        )


def trade_elasticity(flows: Flows, elasticities: Elasticities) -> Array:
    """θ = σ − 1 [product]; 1 for products that nobody sells.

    Raises
    ------
    ParameterError
        σ ≤ 1, or different between importers of one product.
    """
    sigma, product = elasticities.armington_elasticity, flows.product[flows.market_start]
    low = ~(sigma > 1)
    if low.any():
        raise ParameterError(
            f"General equilibrium needs an Armington elasticity above 1, the trade elasticity being one less; "
            f"{np.count_nonzero(low):,} markets have less, the first {sigma[low][0]:g} "
            f"({flows.products[product[low][0]]}). Choose another elasticity set or a larger multiplier."
        )
    of_product = np.full(len(flows.products), 2.0)
    of_product[product] = sigma
    mixed = of_product[product] != sigma
    if mixed.any():
        first = product[mixed][0]
        raise ParameterError(
            "General equilibrium needs one Armington elasticity a product, the same for all importers; "
            f"{flows.products[first]} has {sigma[product == first].min():g} to {sigma[product == first].max():g}. "
            "Choose an elasticity set that does not depend on the importer."
        )
    return of_product - 1


def _with_values(flows: Flows, import_value: Array) -> Flows:
    """The same lines with other base values."""
    duty_paid = import_value * (1 + flows.tariff_rate)
    expenditure = sum_by_market(flows, duty_paid)
    share = duty_paid / np.where(expenditure > 0, expenditure, 1.0)[flows.market]
    return replace(flows, import_value=import_value, expenditure=expenditure, expenditure_share=share)


def _checked_accounts(flows: Flows) -> Accounts:
    if flows.accounts is None:
        raise ParameterError(
            "General equilibrium needs national accounts, and this dataset has none. Add a value_added file (and "
            "input_output, final_demand where known), or choose a model of single markets such as armington."
        )
    own = np.bincount(flows.importer[flows.domestic], minlength=len(flows.economies)) > 0
    if not own.all():
        missing = flows.economies[~own]
        raise ParameterError(
            f"General equilibrium needs what each economy sells to itself, as flows with importer = exporter; "
            f"{len(missing):,} of {len(own):,} economies have none (first: {missing[0]}). Add their domestic sales; "
            "the model liberation_day finds them from value added and trade."
        )
    return flows.accounts
