"""The equilibrium of a world of economies and sectors, by exact hat algebra.

Perfect competition, one factor, Cobb-Douglas in final demand and inputs, and origins substituted with the trade
elasticity θ of a sector on duty-paid spending shares (Anderson 1979; Eaton & Kortum 2002; Caliendo & Parro 2015).
Everything is relative to the base of `equations.world`, whose prices are 1:

    ln c_n = b ln w + Σ_k γ_nkj ln P_nk        u = c^−θ        B = π τ^−θ        C = B/(1+t1)        τ = (1+t1)/(1+t0)
    S = B u        P = S^(−1/θ)        q = X/S        Y_i = u Σ_n C q        R_n = Σ_j (X − q Σ_i C u)
    X_nj = Σ_k γ_njk Y_nk + α_nj (w VA + R + D)        w VA = Σ_j b Y        Σ_n w VA = Σ_n VA, the numeraire

A trade cost that changes by κ̂ stands beside τ in B = π (τ κ̂)^−θ and nowhere else: nobody collects it. B and C stay
what they are while a scenario is solved, so that a step is three products of a matrix and a vector a
sector, and as many exponentials as there are cells.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from calc.errors import ConvergenceError
from calc.flows import Array, IntArray
from calc.models.equations.solve import TOLERANCE, anderson, continuation, newton_krylov
from calc.models.equations.world import World, by_input, deficit_at, moved_cells, part_of_tariff, with_costs
from calc.result import Solution

WALRAS = 1e-8
"""Largest gap between an economy's trade balance and its deficit, relative to its imports."""
ALMOST_CLOSED = 1e-6
"""Share of trade in purchases below which own sales are kept apart from it."""
PATIENCE = 600
"""Steps after which Anderson's acceleration gives way to Newton's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coefficients:
    """What stays as it is while one scenario is solved.

    Parameters
    ----------
    world : the base
    tariff_rate : t1, fraction [sector, importer, exporter]
    moved : where a tariff or trade cost changes, counted along [sector, importer, exporter]
    value_factor : τ^−(θ+1) κ̂^−θ, what these changes alone leave of a flow's value before duty [moved]
    spending, before_duty : B, C [sector, importer, exporter]
    own : C of own sales [sector, economy]
    abroad : C without own sales, where trade is too small a part of sales to be found as a difference; else None
    vacant : 1 where nothing is bought, else 0 [sector, economy]
    expenditure : X, 1 where nothing is bought [sector, economy]
    """

    world: World
    tariff_rate: Array
    moved: IntArray
    value_factor: Array
    spending: Array
    before_duty: Array
    own: Array
    abroad: Array | None
    vacant: Array
    expenditure: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equilibrium:
    """A solution, relative to its base.

    Parameters
    ----------
    unknowns : ln w, ln P, ln X̂, one after the other
    tariff_rate : t1, fraction [sector, importer, exporter]
    wage_log : ln ŵ [economy]
    price_log, cost_log, expenditure_log : ln P̂, ln ĉ, ln X̂ [sector, economy]
    import_value : M', US$ before duty [sector, importer, exporter]
    tariff_revenue, deficit, income : R', D', I' = w VA + R' + D', US$ [economy]
    solution : residual, iterations, seconds
    """

    unknowns: Array
    tariff_rate: Array
    wage_log: Array
    price_log: Array
    cost_log: Array
    expenditure_log: Array
    import_value: Array
    tariff_revenue: Array
    deficit: Array
    income: Array
    solution: Solution


def coefficients(world: World, tariff_rate: Array, *, apart: bool = False) -> Coefficients:
    """B and C of a scenario.

    Parameters
    ----------
    world : the base
    tariff_rate : t1 [sector, importer, exporter]
    apart : keep trade apart from own sales, see `step`
    """
    cells = moved_cells(world, tariff_rate)
    power = 1 + tariff_rate
    change = power.ravel()[cells] / (1 + world.tariff_rate.ravel()[cells])
    log = np.log(change)
    if world.trade_cost_log is not None:
        log += world.trade_cost_log.ravel()[cells]
    log *= -world.trade_elasticity[cells // power[0].size]
    left = np.exp(log)
    spending = world.trade_share.copy()
    spending.ravel()[cells] *= left
    before_duty = np.divide(spending, power, out=power)
    vacant = (world.expenditure == 0).astype(np.float64)
    own = np.diagonal(before_duty, axis1=1, axis2=2)
    return Coefficients(
        world=world,
        tariff_rate=tariff_rate,
        moved=cells,
        value_factor=left / change,
        spending=spending,
        before_duty=before_duty,
        own=np.ascontiguousarray(own),
        abroad=before_duty * ~np.eye(len(world.value_added), dtype=bool) if apart else None,
        vacant=vacant,
        expenditure=world.expenditure + vacant,
    )


def step(given: Coefficients, x: Array) -> tuple[Array, float]:
    """The right sides of the module's docstring at x, and the residual at x.

    The residual is the largest gap of the three log equations and the numeraire, and a hundredth of the largest gap
    between trade balance and deficit relative to imports, so that 1e-10 brings Walras's law to 1e-8 too.

    Near autarky trade is a difference of sums almost alike, and what is earned says next to nothing of wages. Where
    trade is kept apart it is added up by itself, and wages follow its balance, by Walras's law the same condition:

        ln w ← ln w + (exports + D − imports)/(exports + imports)

    Parameters
    ----------
    given : the scenario
    x : ln w [economy], ln P and ln X̂ [sector, economy], one after the other
    """
    world = given.world
    wage_log, price_log, expenditure_log = split(world, x)
    theta = world.trade_elasticity[:, None]
    spending = np.exp(expenditure_log) * world.expenditure
    cheapness = np.exp(-theta * cost_log(world, wage_log, price_log))
    total = by_importer(given.spending, cheapness)
    quantity = spending / total
    output = cheapness * _by_exporter(given.before_duty, quantity)
    before_duty = quantity * by_importer(given.before_duty, cheapness)
    revenue = (spending - before_duty).sum(axis=0)
    value_added = np.exp(wage_log) * world.value_added
    deficit = deficit_at(world, value_added)
    earned = (world.value_added_share * output).sum(axis=0)
    demand = world.final_share * (value_added + revenue + deficit)
    if world.input_share is not None:
        demand += by_input(world.input_share, output)
    wage_gap = np.log(earned / value_added)
    level = np.log(earned.sum() / world.value_added.sum())
    new = np.empty_like(x)
    new_wage, new_price, new_expenditure = split(world, new)
    np.divide(np.log(total), -theta, out=new_price)
    # where nothing is bought demand is 0, and its log stays 0
    np.log((demand + given.vacant) / given.expenditure, out=new_expenditure)
    if given.abroad is None:
        own = given.own * quantity * cheapness
        imports, exports = (before_duty - own).sum(axis=0), (output - own).sum(axis=0)
    else:
        imports = (quantity * by_importer(given.abroad, cheapness)).sum(axis=0)
        exports = (cheapness * _by_exporter(given.abroad, quantity)).sum(axis=0)
    imbalance = imports - exports - deficit
    traded = imports > 0
    walras = np.abs(imbalance[traded] / imports[traded]).max(initial=0.0)
    cells = np.abs(new - x)[len(wage_log) :].max()
    wages = max(float(np.abs(wage_gap).max()), abs(float(level)))
    if given.abroad is not None:
        wage_gap = np.where(traded, -imbalance / np.where(traded, imports + exports, 1.0), wage_gap)
    np.add(wage_log, wage_gap - level, out=new_wage)
    residual = max(wages, float(cells), float(walras) * TOLERANCE / WALRAS)
    return new, residual


def solve_world(
    world: World, tariff_rate: Array, *, start: Array | None = None, tolerance: float = TOLERANCE
) -> Equilibrium:
    """The equilibrium at tariffs t1.

    Anderson's acceleration; where it stalls, continuation along ln(1+t) with Newton-Krylov in each part, trade kept
    apart from own sales.

    Parameters
    ----------
    world : the base
    tariff_rate : t1 [sector, importer, exporter]
    start : unknowns of an equilibrium nearby; the base if none is given
    tolerance : largest residual

    Raises
    ------
    ConvergenceError
        No equilibrium was found in which every economy has an income. There may be none: a deficit that is fixed can
        ask for more than trade will carry, and subsidies for more than an economy earns.
    """

    def solve_at(share: float, x: Array) -> tuple[Array, Solution]:
        on_the_way = with_costs(world, share)
        given = coefficients(on_the_way, part_of_tariff(world, tariff_rate, share), apart=True)
        found, solution = newton_krylov(partial(step, given), x, tolerance=tolerance)
        _checked(given, found, solution)
        return found, solution

    # numbers that leave their range become infinite or none, which the solvers refuse
    with np.errstate(all="ignore"):
        given = coefficients(world, tariff_rate)
        try:
            first = unshocked(world) if start is None else start
            x, solution = anderson(partial(step, given), first, tolerance=tolerance, max_iterations=PATIENCE)
            end = _checked(given, x, solution)
            if _almost_closed(end):
                _check_apart(world, tariff_rate, x, solution, tolerance)
            return end
        except ConvergenceError:
            x, solution = continuation(solve_at, unshocked(world))
            return _equilibrium(given, x, solution)


def settled(world: World) -> tuple[World, Equilibrium | None]:
    """A base that is an equilibrium at its own tariffs and deficits, and the solution that led there.

    Data that are one already come back as they are, with None; from others every change is measured from the solution.

    Raises
    ------
    ConvergenceError
        The data have no equilibrium nearby, for example because deficits that are set to zero were most of an income.
    """
    with np.errstate(all="ignore"):
        _, residual = step(coefficients(world, world.tariff_rate), unshocked(world))
    if residual <= TOLERANCE:
        return world, None
    # closer than needed, so that the new base passes as an equilibrium after its own rounding
    try:
        found = solve_world(world, world.tariff_rate, tolerance=TOLERANCE / 10)
    except ConvergenceError:
        found = _by_way_of_deficits(world, tolerance=TOLERANCE / 10)
    duty_paid = found.import_value * (1 + world.tariff_rate)
    expenditure = duty_paid.sum(axis=2)
    bought = expenditure > 0
    share = np.where(bought[:, :, None], duty_paid / np.where(bought, expenditure, 1.0)[:, :, None], world.trade_share)
    return replace(
        world,
        import_value=found.import_value,
        trade_share=share,
        expenditure=expenditure,
        output=found.import_value.sum(axis=1),
        value_added=world.value_added * np.exp(found.wage_log),
    ), found


def _by_way_of_deficits(world: World, *, tolerance: float) -> Equilibrium:
    """The equilibrium of the base, from that with the deficits of the data in steps to its own."""
    imbalance = world.import_value.sum(axis=(0, 2)) - world.import_value.sum(axis=(0, 1))
    change = imbalance - deficit_at(world, world.value_added)

    def solve_at(share: float, x: Array) -> tuple[Array, Solution]:
        between = replace(world, deficit=world.deficit + (1 - share) * change)
        return newton_krylov(
            partial(step, coefficients(between, world.tariff_rate, apart=True)), x, tolerance=tolerance
        )

    with np.errstate(all="ignore"):
        x, solution = continuation(solve_at, unshocked(world))
    return _checked(coefficients(world, world.tariff_rate), x, solution)


def at_rest(world: World) -> Equilibrium:
    """The base as an equilibrium: nothing has changed."""
    x = unshocked(world)
    wage_log, price_log, expenditure_log = split(world, x)
    bought = world.expenditure > 0
    import_value = world.import_value if bought.all() else world.import_value * bought[:, :, None]
    revenue = np.einsum("jni,jni->n", world.tariff_rate, import_value)
    deficit = deficit_at(world, world.value_added)
    return Equilibrium(
        unknowns=x,
        tariff_rate=world.tariff_rate,
        wage_log=wage_log,
        price_log=price_log,
        cost_log=np.zeros_like(price_log),
        expenditure_log=expenditure_log,
        import_value=import_value,
        tariff_revenue=revenue,
        deficit=deficit,
        income=world.value_added + revenue + deficit,
        solution=Solution(),
    )


def unshocked(world: World) -> Array:
    """The unknowns of the base: zeros."""
    return np.zeros(len(world.value_added) + 2 * world.expenditure.size)


def cost_log(world: World, wage_log: Array, price_log: Array) -> Array:
    """Ln c = b ln w + Σ_k γ ln P_k [sector, economy]."""
    wages: Array = world.value_added_share * wage_log
    return wages if world.input_share is None else wages + _by_user(world.input_share, price_log)


def split(world: World, x: Array) -> tuple[Array, Array, Array]:
    """The unknowns as ln w [economy], ln P and ln X̂ [sector, economy], without a copy."""
    economies, cells = len(world.value_added), world.expenditure.size
    price, expenditure = x[economies : economies + cells], x[economies + cells :]
    return x[:economies], price.reshape(world.expenditure.shape), expenditure.reshape(world.expenditure.shape)


def _checked(given: Coefficients, x: Array, solution: Solution) -> Equilibrium:
    """A solution, if every economy has an income to spend in it: the equations have others, which mean nothing.

    The residual of the refusal is the income that is missing, as a share of the world's.
    """
    end = _equilibrium(given, x, solution)
    missing = float(np.max(-end.income / end.income.sum()))
    if not missing < 0:
        raise ConvergenceError(
            "There is no equilibrium in which every economy has an income left: subsidies of imports (tariffs below "
            "zero) or a fixed trade surplus take more than it earns",
            residual=missing,
            iterations=solution.iterations,
        )
    return end


def _almost_closed(end: Equilibrium) -> bool:
    """Whether some economy buys so little abroad that rounding of its own sales hides it."""
    bought = end.import_value.sum(axis=(0, 2))
    own = np.einsum("jnn->n", end.import_value)
    return bool((bought - own < ALMOST_CLOSED * bought).any())


def _check_apart(world: World, tariff_rate: Array, x: Array, solution: Solution, tolerance: float) -> None:
    """Whether a solution is one when trade is added up apart from own sales."""
    _, residual = step(coefficients(world, tariff_rate, apart=True), x)
    if not residual <= tolerance:
        raise ConvergenceError("Trade is lost in rounding", residual=residual, iterations=solution.iterations)


def _equilibrium(given: Coefficients, x: Array, solution: Solution) -> Equilibrium:
    world = given.world
    wage_log, price_log, expenditure_log = split(world, x)
    cost = cost_log(world, wage_log, price_log)
    cheapness = np.exp(-world.trade_elasticity[:, None] * cost)
    # base shares add up to 1 but for the last digit; the same sum divides it away, and no shock is no change
    total = by_importer(given.spending, cheapness) / by_importer(world.trade_share, np.ones_like(cheapness))
    quantity = np.where(world.expenditure > 0, np.exp(expenditure_log) / total, 0.0)
    import_value = world.import_value * quantity[:, :, None]
    import_value.ravel()[given.moved] *= given.value_factor
    import_value *= cheapness[:, None, :]
    revenue = np.einsum("jni,jni->n", given.tariff_rate, import_value)
    value_added = world.value_added * np.exp(wage_log)
    deficit = deficit_at(world, value_added)
    return Equilibrium(
        unknowns=x,
        tariff_rate=given.tariff_rate,
        wage_log=wage_log,
        price_log=price_log,
        cost_log=cost,
        expenditure_log=expenditure_log,
        import_value=import_value,
        tariff_revenue=revenue,
        deficit=deficit,
        income=value_added + revenue + deficit,
        solution=solution,
    )


def by_importer(matrix: Array, cells: Array) -> Array:
    """Σ_i matrix[j, n, i] cells[j, i] → [sector, importer]."""
    product: Array = np.matmul(matrix, cells[:, :, None])[:, :, 0]
    return product


def _by_exporter(matrix: Array, cells: Array) -> Array:
    """Σ_n matrix[j, n, i] cells[j, n] → [sector, exporter]."""
    product: Array = np.matmul(cells[:, None, :], matrix)[:, 0]
    return product


def _by_user(shares: Array, cells: Array) -> Array:
    """Σ_j γ[n, j, k] cells[j, n] → [sector k, economy]."""
    product: Array = np.matmul(cells.T[:, None, :], shares)[:, 0].T
    return product
