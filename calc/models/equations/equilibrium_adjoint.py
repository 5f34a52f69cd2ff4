"""How the equilibrium of all sectors answers tariffs: slopes of incomes and revenue by the adjoint.

The equilibrium is a fixed point x = s(x, y), y = ln(1+t). An objective V(x, y) has the slopes

    (I − s_xᵀ) μ = ∂V/∂x        dV/dy = ∂V/∂y + s_yᵀ μ        V = V(x) + μᵀ (s(x) − x)

one linear system, solved by GMRES, for any number of rates. s_xᵀ v goes through the lines of `equilibrium.step`
backwards: as that is three products of a matrix and a vector a sector, this is five. A bar marks the slope of the
objective by a quantity:

    ē = v_w/earned − Σ v_w/Σ earned      d̄ = v_X/demand      Ī = Σ_j α d̄ + ∂V/∂I      R̄ = Ī + ∂V/∂R      Ȳ = b ē + γ d̄
    q̄ = C (u Ȳ) − R̄ C u      ln S‾ = −q q̄ − v_P/θ      ū = Ȳ Cᵀq − Cᵀ(R̄ q) + Bᵀ(ln S‾/S)      ln c‾ = −θ u ū
    ln w‾ = Σ_j b ln c‾ + w VA (Ī and its part of D)      ln P‾ = γ ln c‾      ln X‾ = X (R̄ + q̄/S)
    ȳ = −θ B (ln S‾/S)[n] u[i] − (θ+1) C (q[n] u[i] Ȳ[i] − R̄[n] q[n] u[i])
"""

from dataclasses import dataclass

import numpy as np

from calc.errors import ConvergenceError
from calc.flows import Array
from calc.models.equations.equilibrium import Coefficients, Equilibrium, coefficients, cost_log, split, step
from calc.models.equations.world import World, by_input, income

ACCURACY = 1e-10
"""Of the adjoint system, relative to its right side."""
KRYLOV, RESTARTS = 150, 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Backward:
    """What a step backwards needs of the solution; cells are [sector, economy].

    Parameters
    ----------
    given : the scenario
    cheapness, total, quantity : u, S, q
    sold, bought : Cᵀ q, C u
    earned, value_added : of labour [economy]
    demand, spending : of `equilibrium.step`, where nothing is bought 1 and 0
    """

    given: Coefficients
    cheapness: Array
    total: Array
    quantity: Array
    sold: Array
    bought: Array
    earned: Array
    value_added: Array
    demand: Array
    spending: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Bars:
    """Slopes by what tariffs act through: R̄ [economy]; Ȳ, ln S‾, and those of the unknowns."""

    revenue: Array
    output: Array
    total_log: Array
    unknowns: Array


def objective_slope(
    world: World, end: Equilibrium, income_weight: Array, revenue_weight: Array, *, start: Array | None = None
) -> tuple[float, Array, Array]:
    """Value of V = Σ a I0 (Ŵ − 1) + b (R' − R), its slope by ln(1+t) [sector, importer, exporter], and μ.

    Parameters
    ----------
    end : an equilibrium of the world
    income_weight, revenue_weight : a, b [economy]
    start : μ of a solution nearby

    Raises
    ------
    ConvergenceError
        The adjoint system was not solved.
    """
    given = coefficients(world, end.tariff_rate)
    with np.errstate(all="ignore"):
        at = _backward(given, end.unknowns)
        proposal, _ = step(given, end.unknowns)
    earned_base = income(world)
    real_income = end.income / earned_base * np.exp(-(world.final_share * end.price_log).sum(axis=0))
    value = income_weight @ (earned_base * (real_income - 1))
    value += revenue_weight @ (end.tariff_revenue - _revenue_base(world))
    by_log = income_weight * earned_base * real_income
    by_income = by_log / end.income
    nothing = np.zeros_like(end.unknowns)
    direct = _bars(at, nothing, by_income, revenue_weight)
    right = direct.unknowns.copy()
    split(world, right)[1][...] -= world.final_share * by_log
    multiplier = _multiplier(at, right, start)
    through = _bars(at, multiplier, by_income, revenue_weight)
    value += multiplier @ (proposal - end.unknowns)
    return float(value), _tariff_slope(at, through), multiplier


def _backward(given: Coefficients, x: Array) -> _Backward:
    world = given.world
    wage_log, price_log, expenditure_log = split(world, x)
    spending = np.exp(expenditure_log) * world.expenditure
    cheapness = np.exp(-world.trade_elasticity[:, None] * cost_log(world, wage_log, price_log))
    total = np.matmul(given.spending, cheapness[:, :, None])[:, :, 0]
    quantity = spending / total
    sold = np.matmul(quantity[:, None, :], given.before_duty)[:, 0]
    earned = (world.value_added_share * cheapness * sold).sum(axis=0)
    return _Backward(
        given=given,
        cheapness=cheapness,
        total=total,
        quantity=quantity,
        sold=sold,
        bought=np.matmul(given.before_duty, cheapness[:, :, None])[:, :, 0],
        earned=earned,
        value_added=np.exp(wage_log) * world.value_added,
        demand=spending + given.vacant,
        spending=spending,
    )


def _bars(at: _Backward, v: Array, by_income: Array | float, by_revenue: Array | float) -> _Bars:
    """s_xᵀ v, with slopes of the objective by income I and revenue R that do not go through the unknowns."""
    given, world = at.given, at.given.world
    theta = world.trade_elasticity[:, None]
    of_wage, of_price, of_expenditure = split(world, v)
    by_earned = of_wage / at.earned - of_wage.sum() / at.earned.sum()
    by_demand = of_expenditure / at.demand
    of_income = (world.final_share * by_demand).sum(axis=0) + by_income
    of_revenue = of_income + by_revenue
    output = world.value_added_share * by_earned
    if world.input_share is not None:
        output = output + np.matmul(by_demand.T[:, None, :], world.input_share)[:, 0].T
    by_quantity = np.matmul(given.before_duty, (at.cheapness * output)[:, :, None])[:, :, 0] - of_revenue * at.bought
    total_log = -at.quantity * by_quantity - of_price / theta
    by_cheapness = (
        output * at.sold
        - np.matmul((of_revenue * at.quantity)[:, None, :], given.before_duty)[:, 0]
        + np.matmul((total_log / at.total)[:, None, :], given.spending)[:, 0]
    )
    by_cost = -theta * at.cheapness * by_cheapness
    unknowns = np.empty_like(v)
    wage, price, expenditure = split(world, unknowns)
    value_added = at.value_added * (of_income + _deficit_back(world, at.value_added, of_income))
    np.add((world.value_added_share * by_cost).sum(axis=0), value_added, out=wage)
    price[...] = 0.0 if world.input_share is None else by_input(world.input_share, by_cost)
    np.multiply(at.spending, of_revenue + by_quantity / at.total, out=expenditure)
    return _Bars(revenue=of_revenue, output=output, total_log=total_log, unknowns=unknowns)


def _deficit_back(world: World, value_added: Array, of_income: Array) -> Array:
    """Slope by value added through D = d VA − VA Σ d VA/Σ VA [economy]."""
    if not world.deficit_share.any():
        return np.zeros_like(of_income)
    mean = (world.deficit_share @ value_added) / value_added.sum()
    spread = (of_income @ value_added) / value_added.sum()
    change: Array = of_income * (world.deficit_share - mean) - spread * (world.deficit_share - mean)
    return change


def _multiplier(at: _Backward, right: Array, start: Array | None) -> Array:
    """μ of the adjoint system."""
    size, scale = len(right), float(np.linalg.norm(right))
    if scale == 0:
        return np.zeros(size)
    from scipy.sparse.linalg import LinearOperator, gmres  # 0.06 s to import, and only the search for rates needs it

    system = LinearOperator((size, size), matvec=lambda v: v - _bars(at, v, 0.0, 0.0).unknowns, dtype=np.float64)
    multiplier, _ = gmres(system, right, x0=start, rtol=ACCURACY, restart=KRYLOV, maxiter=RESTARTS)
    left = float(np.linalg.norm(system @ multiplier - right)) / scale
    if not left <= 100 * ACCURACY:
        raise ConvergenceError(
            "The slopes of incomes by tariffs were not found", residual=left, iterations=KRYLOV * RESTARTS
        )
    return np.asarray(multiplier)


def _tariff_slope(at: _Backward, bars: _Bars) -> Array:
    theta = at.given.world.trade_elasticity[:, None]
    taxed = (theta * bars.total_log / at.total)[:, :, None] * at.cheapness[:, None, :]
    sold = ((theta + 1) * at.quantity)[:, :, None] * (at.cheapness * bars.output)[:, None, :]
    kept = ((theta + 1) * at.quantity * bars.revenue)[:, :, None] * at.cheapness[:, None, :]
    slope: Array = -at.given.spending * taxed - at.given.before_duty * (sold - kept)
    return slope


def _revenue_base(world: World) -> Array:
    revenue: Array = np.einsum("jni,jni->n", world.tariff_rate, world.import_value)
    return revenue
