"""Where the change of real income comes from: terms of trade and volume of trade (Caliendo & Parro 2015).

Two splits, never to be mixed up. M are flows before duty, D deficits, I incomes; for economy n and its partner i

    terms of trade     ToT_ni = (1/I_n) Σ_j (M_inj dln c_nj − M_nij dln c_ij)
    volume of trade    VoT_ni = (1/I_n) Σ_j t_nij M_nij (dln M_nij − dln c_ij − dln κ_nij)
    trade costs        −(1/I_n) Σ_j M_nij dln κ_nij

*along the path*: t and κ move in equal steps of ln(1+t) and ln κ, and the terms are integrated, so that ToT + VoT +
trade costs + ∫ dD/I is ln Ŵ.
The sum does not depend on the path, the split does. *first order*: the paper's own "welfare", base weights and x̂ − 1 in
place of dln x. It can differ from Ŵ by orders of magnitude and serves for comparison with the paper's tables only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from calc.flows import Array
from calc.models.equations.equilibrium import Equilibrium, at_rest, part_of_tariff, solve_world, with_costs
from calc.models.equations.world import World, deficit_at, income

ACCURACY = 1e-4
"""Of the terms of trade along the path: a hundredth of a percent."""
MOST_STEPS = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decomposition:
    """A split of the change of welfare, fractions.

    Parameters
    ----------
    kind : `along the path` or `first order`
    terms_of_trade, volume_of_trade : ToT, VoT [importer, partner]
    trade_cost : what dearer or cheaper transport costs [importer, partner]; 0 where no trade cost changes
    transfer : ∫ dD/I [economy]; 0 where deficits are fixed or zero
    steps : steps of the path
    gap : largest difference between the sum of the parts and ln Ŵ
    """

    kind: str
    terms_of_trade: Array
    volume_of_trade: Array
    trade_cost: Array
    transfer: Array
    steps: int
    gap: float


def real_income_log(world: World, end: Equilibrium) -> Array:
    """Ln Ŵ = ln Î − Σ_j α_j ln P̂_j, exact change of real income [economy]."""
    log: Array = np.log(end.income / income(world)) - consumer_price_log(world, end)
    return log


def consumer_price_log(world: World, end: Equilibrium) -> Array:
    """Σ_j α_j ln P̂_j, the price of final demand [economy]."""
    price: Array = (world.final_share * end.price_log).sum(axis=0)
    return price


def first_order_decomposition(world: World, end: Equilibrium) -> Decomposition:
    """The split as the paper prints it: base weights and x̂ − 1 in place of dln x."""
    value, earned = world.import_value, income(world)[:, None]
    cost_change = np.expm1(end.cost_log)
    exports, imports = _trade_weighted(value, cost_change)
    ratio = end.import_value / np.where(value > 0, value, 1.0)
    dearer = np.zeros_like(value) if world.trade_cost_log is None else np.expm1(world.trade_cost_log)
    volume = world.tariff_rate * value * (ratio - 1 - cost_change[:, None, :] - dearer)
    terms_of_trade, volume_of_trade = (exports - imports) / earned, volume.sum(axis=0) / earned
    trade_cost = -(value * dearer).sum(axis=0) / earned
    transfer = (end.deficit - deficit_at(world, world.value_added)) / earned[:, 0]
    total = terms_of_trade.sum(axis=1) + volume_of_trade.sum(axis=1) + trade_cost.sum(axis=1) + transfer
    return Decomposition(
        kind="first order",
        terms_of_trade=terms_of_trade,
        volume_of_trade=volume_of_trade,
        trade_cost=trade_cost,
        transfer=transfer,
        steps=1,
        gap=float(np.abs(total - real_income_log(world, end)).max()),
    )


def path_decomposition(world: World, end: Equilibrium, *, steps: int = 50) -> Decomposition:
    """The split along the path, by the trapezoid rule in equal steps of ln(1+t); its error falls with steps².

    Parameters
    ----------
    world : the base
    end : the equilibrium at the new tariffs
    steps : K

    Raises
    ------
    ConvergenceError
        A point of the path was not found.
    """
    path = {0.0: at_rest(world), 1.0: end}
    for number in range(1, steps):
        share = number / steps
        path[share] = _on_path(world, end, path, share)
    return _decomposition(world, end, _trapezoid(world, path), steps)


def refined_path_decomposition(
    world: World, end: Equilibrium, *, accuracy: float = ACCURACY, most: int = MOST_STEPS
) -> Decomposition:
    """The split along the path by Romberg's rule, for few steps.

    Steps are halved, and the powers of 1/steps² taken out of the error, until the terms of trade of no economy move by
    more than `accuracy`, which bounds their error with room to spare. The volume of trade is less exact: `gap` says
    how far the sum is from ln Ŵ.

    Parameters
    ----------
    world : the base
    end : the equilibrium at the new tariffs
    accuracy : of the terms of trade, fraction
    most : largest number of steps

    Raises
    ------
    ConvergenceError
        A point of the path was not found.
    """
    path = {0.0: at_rest(world), 1.0: end}
    row, steps = [_trapezoid(world, path)], 1
    while True:
        steps *= 2
        for number in range(1, steps, 2):
            path[number / steps] = _on_path(world, end, path, number / steps)
        coarse, row = row, [_trapezoid(world, path)]
        for power, old in enumerate(coarse, 1):
            row.append(row[-1] + (row[-1] - old) / (4**power - 1))
        moved = np.abs((row[-1] - coarse[-1])[0].sum(axis=1)).max()
        if (steps > 2 and moved <= accuracy) or steps >= most:
            return _decomposition(world, end, row[-1], steps)


def _decomposition(world: World, end: Equilibrium, parts: Array, steps: int) -> Decomposition:
    total = parts.sum(axis=(0, 2))
    return Decomposition(
        kind="along the path",
        terms_of_trade=parts[0],
        volume_of_trade=parts[1],
        transfer=parts[2].sum(axis=1),
        trade_cost=parts[3],
        steps=steps,
        gap=float(np.abs(total - real_income_log(world, end)).max()),
    )


def _on_path(world: World, end: Equilibrium, path: dict[float, Equilibrium], share: float) -> Equilibrium:
    """The equilibrium at a part of the shock, from a polynomial through the nearest points that are known."""
    known = sorted(sorted(path, key=lambda point: abs(point - share))[:5])
    weights = [np.prod([(share - other) / (point - other) for other in known if other != point]) for point in known]
    guess = np.sum([weight * path[point].unknowns for weight, point in zip(weights, known, strict=True)], axis=0)
    return solve_world(with_costs(world, share), part_of_tariff(world, end.tariff_rate, share), start=guess)


def _trapezoid(world: World, path: Mapping[float, Equilibrium]) -> Array:
    """ToT, VoT, ∫ dD/I (on the diagonal) and trade costs by the trapezoid rule [part, importer, partner].

    Parameters
    ----------
    path : equilibria by the part of the shock
    """
    size = len(path[0.0].income)
    parts = np.zeros((4, size, size))
    for before, after in pairwise(sorted(path)):
        old, new = path[before], path[after]
        cost_change = new.cost_log - old.cost_log
        # a flow that high tariffs wipe out has no weight left
        traded = (old.import_value > 0) & (new.import_value > 0)
        growth = np.log(np.where(traded, new.import_value, 1.0) / np.where(traded, old.import_value, 1.0))
        growth -= cost_change[:, None, :]
        dearer = None if world.trade_cost_log is None else (after - before) * world.trade_cost_log
        if dearer is not None:
            growth -= dearer
        for state in (old, new):
            earned = 2 * state.income[:, None]
            exports, imports = _trade_weighted(state.import_value, cost_change)
            parts[0] += (exports - imports) / earned
            parts[1] += np.einsum("jni,jni,jni->ni", state.tariff_rate, state.import_value, growth) / earned
            parts[2] += np.diag((new.deficit - old.deficit) / earned[:, 0])
            if dearer is not None:
                parts[3] -= np.einsum("jni,jni->ni", state.import_value, dearer) / earned
    return parts


def _trade_weighted(value: Array, change: Array) -> tuple[Array, Array]:
    """A change of costs, weighted by sales to and by purchases from each partner [economy, partner]."""
    return np.einsum("jin,jn->ni", value, change), np.einsum("jni,ji->ni", value, change)
