"""General equilibrium of a one-sector world with labour supply, fixed export costs and a use for the revenue.

Ignatenko, Macedoni, Lashkaripour & Simonovska (2025, "Making America Great Again? The economic impacts of Liberation
Day tariffs", Journal of International Economics).

Assumptions: each economy makes one good with labour, and with the world's composite where inputs are counted (share
1−β). Trade falls with elasticity ε in costs and εφ in tariffs, because a tariff also shrinks the market that pays the
exporters' fixed cost. Output has scale economies ψ. People work more when their real wage after tax rises, with
elasticity κ. Tariff revenue lowers the tax on labour or is paid to households. Trade deficits keep their share in world
output. There are no tariffs in the base: only the change of a tariff, (1+t1)/(1+t0) − 1, is a tariff here.

Axes are [importer n, exporter i]; hats are new/base. With λ = X/E and κ̂ the change of a trade cost that brings nobody
revenue, the two tables of a scenario are fixed, B = λ κ̂^(−ε) (1+t)^(−εφ[n]) and C = B/(1+t). The unknowns are logs of
unit cost ĉ and labour income Ŷ; all else is explicit:

    v = ĉ^−ε     S = B v     G = C v     q = C v/G     Y' = Y Ŷ     τ = ΣY'/ΣY
    M = (Y'/β + T τ)/(1 + (1−β) ν/β)     E' = M S/G     R = E' − M     ρ = R/Y'
    P̂ = (Ê/ŵ)^(1−φ) S^(−1/ε)     L̂ = (h ŵ/P̂)^κ     Ŷ = ŵ L̂     h = 1/(1−ρ), or 1 if revenue is paid to households
    F1 = ln{β Σ_k (1−ν[k]) q[k,n] M[k] + ν M} − ln Y'
    F2 = ln{ŵ^β P̂^(1−β) / [(ŵ/P̂)^(1−β) L̂]^ψ} − ln ĉ

M[n] is spending before duty. The second line is the budget E' = R + Y' + Tτ + (1−β)e' of the paper with R and sales e'
put in from their definitions, so that ln E is eliminated. Money is scaled at the end to Σ E (P̂−1) = 0, with inputs to
Σ Y (ŵ−1) = 0.
"""

from dataclasses import dataclass

import numpy as np

from calc.errors import ConvergenceError
from calc.flows import Array
from calc.models.equations.fixed_export_costs import BaseYear
from calc.models.equations.solve import TOLERANCE, anderson, continuation, newton_systems
from calc.result import Solution

MEMORY = 8
ANDERSON_STEPS = 300
NEWTON_STEPS = 30
MOST_PARTS = 8

_NO_EQUILIBRIUM = (
    "World markets do not clear under these tariffs. Where they are high an economy may be unable to pay the transfer "
    "behind its trade balance, or collect more than all its wages; smaller tariffs help"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """A base year, a tariff and the elasticities, ready to be solved.

    Parameters
    ----------
    base : the year before
    tariff : t [n,i], fraction
    trade_cost_log : ln κ̂ [n,i]
    trade_elasticity, labor_supply_elasticity, scale_elasticity : ε, κ, ψ
    tariff_exponent : φ [n]
    tax_relief : revenue lowers the tax on labour; otherwise it is paid to households
    taxed, untaxed : B, C [n,i]
    """

    base: BaseYear
    tariff: Array
    trade_cost_log: Array
    trade_elasticity: float
    labor_supply_elasticity: float
    scale_elasticity: float
    tariff_exponent: Array
    tax_relief: bool
    taxed: Array
    untaxed: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equilibrium:
    """All that follows from unit costs and incomes; logs are of hats, [n] unless said; residuals are F1, F2.

    Parameters
    ----------
    cost_log, wage_log, price_log, employment_log, spending_log : ln ĉ, ln ŵ, ln P̂, ln L̂, ln Ê
    supply : v [i]
    taxed_sum, untaxed_sum : S, G
    income : Y', US$
    imports : M, spending before duty, own sales included, US$
    transfer : T τ, US$
    revenue_share : ρ
    labor_income : what sales and others' fixed costs pay, US$
    income_residual, cost_residual : F1, F2
    """

    cost_log: Array
    wage_log: Array
    price_log: Array
    employment_log: Array
    spending_log: Array
    supply: Array
    taxed_sum: Array
    untaxed_sum: Array
    income: Array
    imports: Array
    transfer: Array
    revenue_share: Array
    labor_income: Array
    income_residual: Array
    cost_residual: Array


def world_of(
    base: BaseYear,
    tariff: Array,
    *,
    trade_elasticity: float,
    labor_supply_elasticity: float,
    scale_elasticity: float,
    tariff_exponent: Array,
    tax_relief: bool = True,
    trade_cost_log: Array | None = None,
) -> World:
    """The tables B = λ κ̂^(−ε) (1+t)^(−εφ) and C = B/(1+t) of a tariff and a change of trade costs, 0 if absent."""
    power = 1 + tariff
    cost_log = np.zeros_like(tariff) if trade_cost_log is None else trade_cost_log
    with np.errstate(under="ignore"):
        taxed = base.trade / base.expenditure[:, None] * power ** (-trade_elasticity * tariff_exponent[:, None])
        if cost_log.any():
            taxed = taxed * np.exp(-trade_elasticity * cost_log)
        untaxed = taxed / power
    return World(
        base=base,
        tariff=tariff,
        trade_cost_log=cost_log,
        trade_elasticity=trade_elasticity,
        labor_supply_elasticity=labor_supply_elasticity,
        scale_elasticity=scale_elasticity,
        tariff_exponent=tariff_exponent,
        tax_relief=tax_relief,
        taxed=taxed,
        untaxed=untaxed,
    )


def equilibrium_at(world: World, x: Array) -> Equilibrium:
    """Prices, incomes, trade and residuals at x = (ln ĉ, ln Ŷ); no numbers where tax relief would exceed income."""
    base, epsilon = world.base, world.trade_elasticity
    kappa, psi, phi = world.labor_supply_elasticity, world.scale_elasticity, world.tariff_exponent
    beta, nu = base.labor_share, base.fixed_cost_share
    cost_log, income_log = x.reshape(2, -1)
    with np.errstate(all="ignore"):
        supply = np.exp(-epsilon * cost_log)
        taxed_sum, untaxed_sum = world.taxed @ supply, world.untaxed @ supply
        income = base.output * np.exp(income_log)
        transfer = base.transfer * (income.sum() / base.output.sum())
        imports = (income / beta + transfer) / (1 + (1 - beta) * nu / beta)
        spending = imports * taxed_sum / untaxed_sum
        spending_log = np.log(spending / base.expenditure)
        revenue_share = (spending - imports) / income
        relief_log = -np.log(1 - revenue_share) if world.tax_relief else np.zeros_like(income)
        own_price_log = -np.log(taxed_sum) / epsilon
        # ŵ from Ŷ = ŵ L̂, L̂ = (h ŵ/P̂)^κ and P̂ = (Ê/ŵ)^(1−φ) S^(−1/ε)
        wage_log = (income_log - kappa * (relief_log - (1 - phi) * spending_log - own_price_log)) / (
            1 + kappa * (2 - phi)
        )
        price_log = (1 - phi) * (spending_log - wage_log) + own_price_log
        sales = supply * (((1 - nu) * imports / untaxed_sum) @ world.untaxed)
        labor_income = beta * sales + nu * imports
        return Equilibrium(
            cost_log=cost_log,
            wage_log=wage_log,
            price_log=price_log,
            employment_log=income_log - wage_log,
            spending_log=spending_log,
            supply=supply,
            taxed_sum=taxed_sum,
            untaxed_sum=untaxed_sum,
            income=income,
            imports=imports,
            transfer=transfer,
            revenue_share=revenue_share,
            labor_income=labor_income,
            income_residual=np.log(labor_income / income),
            cost_residual=(1 + psi) * (beta * wage_log + (1 - beta) * price_log) - psi * income_log - cost_log,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slopes:
    """Derivatives of one equilibrium by ln ĉ and ln Ŷ, and the two residuals through them.

        dln S = −ε s dln ĉ     dln G = −ε q dln ĉ     dln M[n] = m[n] dln Ŷ[n] + m°[n] Σ_k Y'[k] dln Ŷ[k]
        dF1 = Σ_n o[n,i](dln q[n,i] + dln M[n]) + o° dln M − dln Ŷ
        dF2 = k_Y dln Ŷ + k_M dln M + k_S dln S + k_G dln G − dln ĉ

    Parameters
    ----------
    taxed_share, untaxed_share : s, q [n,i], shares in spending with and without duty
    sold, sold_fixed : o [n,i], o° [n], shares in labour income, from sales and from others' fixed costs
    imports_by_income, imports_by_world : m, m° [n]
    by_income, by_imports, by_taxed, by_untaxed : k_Y, k_M, k_S, k_G [n]
    """

    taxed_share: Array
    untaxed_share: Array
    sold: Array
    sold_fixed: Array
    imports_by_income: Array
    imports_by_world: Array
    by_income: Array
    by_imports: Array
    by_taxed: Array
    by_untaxed: Array


def slopes(world: World, at: Equilibrium) -> Slopes:
    """The derivatives at an equilibrium, or on the way to one."""
    base, epsilon = world.base, world.trade_elasticity
    kappa, psi, size = world.labor_supply_elasticity, world.scale_elasticity, 1 - world.tariff_exponent
    beta, nu = base.labor_share, base.fixed_cost_share
    untaxed_share = world.untaxed * at.supply / at.untaxed_sum[:, None]
    own_weight = (1 + (1 - beta) * nu / beta) * at.imports
    # ln h moves by a (dln M − dln Ŷ) + b (dln S − dln G)
    relief = world.tax_relief / (1 - at.revenue_share)
    a, b = relief * at.revenue_share, relief * (at.revenue_share + at.imports / at.income)
    through_wage = (1 + psi) * (beta - (1 - beta) * size) / (1 + kappa * (1 + size))
    through_price = (1 + psi) * (1 - beta)
    return Slopes(
        taxed_share=world.taxed * at.supply / at.taxed_sum[:, None],
        untaxed_share=untaxed_share,
        sold=beta * ((1 - nu) * at.imports)[:, None] * untaxed_share / at.labor_income,
        sold_fixed=nu * at.imports / at.labor_income,
        imports_by_income=at.income / beta / own_weight,
        imports_by_world=base.transfer / base.output.sum() / own_weight,
        by_income=through_wage * (1 + kappa * a) - psi,
        by_imports=through_wage * kappa * (size - a) + through_price * size,
        by_taxed=through_wage * kappa * (size - b - 1 / epsilon) + through_price * (size - 1 / epsilon),
        by_untaxed=-through_wage * kappa * (size - b) - through_price * size,
    )


def jacobian(world: World, at: Equilibrium) -> Array:
    """∂(F1, F2)/∂(ln ĉ, ln Ŷ) [2N, 2N]."""
    d, epsilon = slopes(world, at), world.trade_elasticity
    n = len(at.income)
    identity = np.eye(n)
    imports = np.diag(d.imports_by_income) + np.outer(d.imports_by_world, at.income)
    result = np.empty((2 * n, 2 * n))
    result[:n, :n] = epsilon * (d.sold.T @ d.untaxed_share - np.diag(d.sold.sum(axis=0)))
    result[:n, n:] = (d.sold.T + np.diag(d.sold_fixed)) @ imports - identity
    result[n:, :n] = (
        -epsilon * (d.by_taxed[:, None] * d.taxed_share + d.by_untaxed[:, None] * d.untaxed_share) - identity
    )
    result[n:, n:] = np.diag(d.by_income) + d.by_imports[:, None] * imports
    return result


def own_blocks(world: World, at: Equilibrium) -> Array:
    """The part of the Jacobian by which an economy's own residuals answer its own unknowns [n, 2, 2]."""
    d, epsilon = slopes(world, at), world.trade_elasticity
    imports = d.imports_by_income + d.imports_by_world * at.income
    from_world = d.sold.T @ d.imports_by_world + d.sold_fixed * d.imports_by_world
    result = np.empty((len(at.income), 2, 2))
    result[:, 0, 0] = epsilon * ((d.sold * d.untaxed_share).sum(axis=0) - d.sold.sum(axis=0))
    result[:, 0, 1] = (np.diag(d.sold) + d.sold_fixed) * d.imports_by_income + from_world * at.income - 1
    result[:, 1, 0] = -epsilon * (d.by_taxed * np.diag(d.taxed_share) + d.by_untaxed * np.diag(d.untaxed_share)) - 1
    result[:, 1, 1] = d.by_income + d.by_imports * imports
    return result


def solve_by_anderson(world: World, start: Array | None = None) -> tuple[Equilibrium, Solution]:
    """The equilibrium by accelerated steps x ← x − J⁻¹F with the own blocks of J where it starts; about 15 of them.

    Where the whole tariff is too much at once it is put up in 2, 4 or 8 equal parts of ln(1+t).

    Parameters
    ----------
    start : unknowns of an equilibrium nearby; the base if none is given

    Raises
    ------
    ConvergenceError
        It was not found.
    """
    unshocked = np.zeros(2 * len(world.base.output))
    try:
        x, solution = _accelerated(world, unshocked if start is None else start)
    except ConvergenceError:
        try:
            x, solution = continuation(
                lambda share, x: _accelerated(with_tariff(world, (1 + world.tariff) ** share - 1), x),
                unshocked,
                most=MOST_PARTS,
            )
        except ConvergenceError as error:
            raise ConvergenceError(_NO_EQUILIBRIUM, residual=error.residual, iterations=error.iterations) from error
    return _in_its_money(world, x, solution)


def _accelerated(world: World, start: Array) -> tuple[Array, Solution]:
    """Unknowns at which all residuals vanish, from a start."""
    at_start = equilibrium_at(world, start)
    try:
        inverse = np.linalg.inv(own_blocks(world, at_start))
    except np.linalg.LinAlgError as error:  # an economy without trade: nothing ties its wage to those of others
        raise ConvergenceError(_NO_EQUILIBRIUM, residual=np.inf, iterations=0) from error

    def step(x: Array) -> tuple[Array, float]:
        at = equilibrium_at(world, x)
        f, g = at.income_residual, at.cost_residual
        with np.errstate(all="ignore"):
            cost_step = inverse[:, 0, 0] * f + inverse[:, 0, 1] * g
            income_step = inverse[:, 1, 0] * f + inverse[:, 1, 1] * g
        return x - np.concatenate([cost_step, income_step]), _residual(at)

    return anderson(step, start, memory=MEMORY, tolerance=TOLERANCE / 100, max_iterations=ANDERSON_STEPS)


def with_tariff(world: World, tariff: Array) -> World:
    """The world under another tariff [n,i]."""
    return world_of(
        world.base,
        tariff,
        trade_elasticity=world.trade_elasticity,
        labor_supply_elasticity=world.labor_supply_elasticity,
        scale_elasticity=world.scale_elasticity,
        tariff_exponent=world.tariff_exponent,
        tax_relief=world.tax_relief,
        trade_cost_log=world.trade_cost_log,
    )


def solve_by_newton(world: World) -> tuple[Equilibrium, Solution]:
    """The equilibrium by Newton steps with the whole Jacobian; the income of the largest economy stands still.

    Its market is the equation that is dropped, and checked in the end: it clears by itself because Σ T = 0.

    Raises
    ------
    ConvergenceError
        It was not found.
    """
    n = len(world.base.output)
    largest = int(np.argmax(world.base.output))

    def evaluate(x: Array) -> tuple[Array, Equilibrium]:
        at = equilibrium_at(world, x[0])
        residual = np.concatenate([at.income_residual, at.cost_residual])
        residual[largest] = x[0, n + largest]
        return np.where(np.isnan(residual), np.inf, residual)[None], at

    def newton_step(at: Equilibrium, residual: Array) -> Array:
        matrix = jacobian(world, at)
        matrix[largest], matrix[largest, n + largest] = 0.0, 1.0
        return np.linalg.solve(matrix, residual[0])[None]

    try:
        x, solution = newton_systems(evaluate, newton_step, np.zeros((1, 2 * n)), max_iterations=NEWTON_STEPS)
    except ConvergenceError as error:
        raise ConvergenceError(_NO_EQUILIBRIUM, residual=error.residual, iterations=error.iterations) from error
    return _in_its_money(world, x[0], solution)


def _residual(at: Equilibrium) -> float:
    """max(|F1|, |F2|), of every economy."""
    return float(np.maximum(np.abs(at.income_residual), np.abs(at.cost_residual)).max())


def _in_its_money(world: World, x: Array, solution: Solution) -> tuple[Equilibrium, Solution]:
    """The equilibrium with mean price or wage 1, and the largest residual of all its equations."""
    base, at = world.base, equilibrium_at(world, x)
    if base.labor_share == 1:
        level = np.log(base.expenditure @ np.exp(at.price_log) / base.expenditure.sum())
    else:
        level = np.log(base.output @ np.exp(at.wage_log) / base.output.sum())
    scaled = equilibrium_at(world, x - level)
    residual = _residual(scaled)
    if not residual <= TOLERANCE:
        raise ConvergenceError(_NO_EQUILIBRIUM, residual=residual, iterations=solution.iterations)
    return scaled, Solution(residual=residual, iterations=solution.iterations, seconds=solution.seconds)
