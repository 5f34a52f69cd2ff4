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

import numpy as np

from calc.flows import Array, IntArray, sum_by_code
from calc.models.equations.equilibrium import Equilibrium, at_rest, by_importer, solve_world
from calc.models.equations.world import World, deficit_at, income, moved_cells, part_of_tariff, with_costs

ACCURACY = 1e-4
"""Of the terms of trade along the path: a hundredth of a percent."""
MOST_STEPS = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decomposition:
    """A split of the change of welfare, fractions [economy].

    Parameters
    ----------
    kind : `along the path` or `first order`
    terms_of_trade, volume_of_trade : Σ ToT, Σ VoT over the partners
    trade_cost : what dearer or cheaper transport costs; 0 where no trade cost changes
    transfer : ∫ dD/I; 0 where deficits are fixed or zero
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shock:
    """What tariffs and trade costs alone do to ln(M/(c κ)), where they change.

    Parameters
    ----------
    cells : counted along [sector, importer, exporter] [moved]
    importer : of each of them [moved]
    log : −(θ+1) (ln τ + ln κ̂); 0 where nothing is left of the flow [moved]
    """

    cells: IntArray
    importer: IntArray
    log: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Point:
    """An equilibrium on the path, with what both of its steps read of its flows, so that these are read once.

    Parameters
    ----------
    at : the equilibrium
    duty : t M [sector, importer, exporter]
    output : Σ_n M [sector, exporter]
    duty_paid : Σ_i t M [sector, importer]
    duty_at_stake : Σ_ji t M dln(M/(c κ)) if tariffs and trade costs moved by the whole shock, and costs and demand by
        nothing [importer]
    at_stake : Σ M ln κ̂ [importer]; None where no trade cost changes
    """

    at: Equilibrium
    duty: Array
    output: Array
    duty_paid: Array
    duty_at_stake: Array
    at_stake: Array | None


def real_income_log(world: World, end: Equilibrium) -> Array:
    """Ln Ŵ = ln Î − Σ_j α_j ln P̂_j, exact change of real income [economy]."""
    log: Array = np.log(end.income / income(world)) - consumer_price_log(world, end)
    return log


def consumer_price_log(world: World, end: Equilibrium) -> Array:
    """Σ_j α_j ln P̂_j, the price of final demand [economy]."""
    price: Array = (world.final_share * end.price_log).sum(axis=0)
    return price


def first_order_by_partner(world: World, end: Equilibrium) -> tuple[Array, Array]:
    """ToT and VoT as the paper prints them, base weights and x̂ − 1 in place of dln x [importer, partner]."""
    value, earned = world.import_value, income(world)[:, None]
    cost_change = np.expm1(end.cost_log)
    exports = np.einsum("jin,jn->ni", value, cost_change)
    imports = np.einsum("jni,ji->ni", value, cost_change)
    ratio = end.import_value / np.where(value > 0, value, 1.0)
    volume = world.tariff_rate * value * (ratio - 1 - cost_change[:, None, :] - _dearer(world))
    return (exports - imports) / earned, volume.sum(axis=0) / earned


def first_order_decomposition(world: World, end: Equilibrium) -> Decomposition:
    """The split as the paper prints it: base weights and x̂ − 1 in place of dln x."""
    value, earned = world.import_value, income(world)
    cost_change = np.expm1(end.cost_log)
    # summed over partners, what `first_order_by_partner` has needs no tensor of ratios
    terms_of_trade = (world.output * cost_change - by_importer(value, cost_change)).sum(axis=0) / earned
    duty_change = np.einsum("jni,jni->n", world.tariff_rate, end.import_value - value)
    volume_of_trade = duty_change - by_importer(world.tariff_rate * value, cost_change).sum(axis=0)
    if world.trade_cost_log is not None:
        volume_of_trade -= (world.tariff_rate * value * _dearer(world)).sum(axis=(0, 2))
    volume_of_trade /= earned
    trade_cost = -(world.import_value * _dearer(world)).sum(axis=(0, 2)) / earned
    transfer = (end.deficit - deficit_at(world, world.value_added)) / earned
    total = terms_of_trade + volume_of_trade + trade_cost + transfer
    return Decomposition(
        kind="first order",
        terms_of_trade=terms_of_trade,
        volume_of_trade=volume_of_trade,
        trade_cost=trade_cost,
        transfer=transfer,
        steps=1,
        gap=float(np.abs(total - real_income_log(world, end)).max()),
    )


def _dearer(world: World) -> Array | float:
    """κ̂ − 1 [sector, importer, exporter]."""
    return 0.0 if world.trade_cost_log is None else np.expm1(world.trade_cost_log)


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
    shock = _shock(world, end)
    path = {0.0: _point(at_rest(world), world, shock), 1.0: _point(end, world, shock)}
    for number in range(1, steps):
        share = number / steps
        path[share] = _on_path(world, end, path, share, shock)
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
    shock = _shock(world, end)
    path = {0.0: _point(at_rest(world), world, shock), 1.0: _point(end, world, shock)}
    row, steps = [_trapezoid(world, path)], 1
    while True:
        steps *= 2
        for number in range(1, steps, 2):
            path[number / steps] = _on_path(world, end, path, number / steps, shock)
        coarse, row = row, [_trapezoid(world, path)]
        for power, old in enumerate(coarse, 1):
            row.append(row[-1] + (row[-1] - old) / (4**power - 1))
        moved = np.abs((row[-1] - coarse[-1])[0]).max()
        if (steps > 2 and moved <= accuracy) or steps >= most:
            return _decomposition(world, end, row[-1], steps)


def _decomposition(world: World, end: Equilibrium, parts: Array, steps: int) -> Decomposition:
    return Decomposition(
        kind="along the path",
        terms_of_trade=parts[0],
        volume_of_trade=parts[1],
        transfer=parts[2],
        trade_cost=parts[3],
        steps=steps,
        gap=float(np.abs(parts.sum(axis=0) - real_income_log(world, end)).max()),
    )


def _shock(world: World, end: Equilibrium) -> _Shock:
    cells = moved_cells(world, end.tariff_rate)
    log = np.log1p(end.tariff_rate.ravel()[cells]) - np.log1p(world.tariff_rate.ravel()[cells])
    if world.trade_cost_log is not None:
        log += world.trade_cost_log.ravel()[cells]
    sector, line = np.divmod(cells, world.import_value[0].size)
    log *= -(world.trade_elasticity[sector] + 1)
    # a flow that high tariffs wipe out has no weight left
    log[~(end.import_value.ravel()[cells] > 0)] = 0.0
    return _Shock(cells=cells, importer=line // len(world.value_added), log=log)


def _point(at: Equilibrium, world: World, shock: _Shock) -> _Point:
    duty = at.tariff_rate * at.import_value
    log = world.trade_cost_log
    return _Point(
        at=at,
        duty=duty,
        output=at.import_value.sum(axis=1),
        duty_paid=duty.sum(axis=2),
        duty_at_stake=sum_by_code(shock.importer, duty.ravel()[shock.cells] * shock.log, len(world.value_added)),
        at_stake=None if log is None else np.einsum("jni,jni->n", at.import_value, log),
    )


def _on_path(world: World, end: Equilibrium, path: Mapping[float, _Point], share: float, shock: _Shock) -> _Point:
    """The equilibrium at a part of the shock, from a polynomial through the nearest points that are known."""
    known = sorted(sorted(path, key=lambda point: abs(point - share))[:5])
    weights = [np.prod([(share - other) / (point - other) for other in known if other != point]) for point in known]
    guess = np.sum([weight * path[point].at.unknowns for weight, point in zip(weights, known, strict=True)], axis=0)
    found = solve_world(with_costs(world, share), part_of_tariff(world, end.tariff_rate, share), start=guess)
    return _point(found, world, shock)


def _trapezoid(world: World, path: Mapping[float, _Point]) -> Array:
    """ToT, VoT, ∫ dD/I and trade costs by the trapezoid rule [part, economy].

    With q = X/S = X P^θ a flow is M = M0 τ^−(θ+1) κ̂^−θ q c^−θ, so that

        dln(M_ni/(c_i κ_ni)) = −(θ+1) (dln τ + dln κ)_ni + dln q_n − (θ+1) dln c_i

    Half of the change from the point before and half of that to the next are weighed with the flows of a point.

    Parameters
    ----------
    path : points by the part of the shock
    """
    theta = world.trade_elasticity[:, None]
    parts = np.zeros((4, len(world.value_added)))
    shares = sorted(path)
    for before, share, after in zip([shares[0], *shares], shares, [*shares[1:], shares[-1]], strict=False):
        old, point, new = path[before].at, path[share], path[after].at
        earned = 2 * point.at.income
        cost_change = new.cost_log - old.cost_log
        demand_change = new.expenditure_log - old.expenditure_log + theta * (new.price_log - old.price_log)
        exports = (point.output * cost_change).sum(axis=0)
        parts[0] += (exports - by_importer(point.at.import_value, cost_change).sum(axis=0)) / earned
        volume = point.duty_paid * demand_change - (theta + 1) * by_importer(point.duty, cost_change)
        parts[1] += ((after - before) * point.duty_at_stake + volume.sum(axis=0)) / earned
        parts[2] += (new.deficit - old.deficit) / earned
        if point.at_stake is not None:
            parts[3] -= (after - before) * point.at_stake / earned
    return parts
