"""How the equilibrium of one sector answers tariffs: slopes of incomes and revenue by the adjoint.

At a solution of F(x, y) = 0, y = ln(1+t), an objective V(x, y) has the slopes

    Jᵀ μ = ∂V/∂x        dV/dy = ∂V/∂y − μᵀ ∂F/∂y        V = V(x) − μᵀ F(x), free of the solver's residual to first order

one transposed system for any number of rates. Tariffs enter through the two tables alone: ∂ln B = −εφ dy, ∂ln C =
−(εφ+1) dy. So with shares s = B v/S and q = C v/G, for economy n and its partner i

    ∂ln S[n] = −εφ s dy[n,i]        ∂ln G[n] = −(εφ+1) q dy[n,i]
    Σ μ ∂F1 = −(εφ+1) (μ[i] o[n,i] − q[n,i] Σ_k μ[k] o[n,k]) dy[n,i]
"""

import numpy as np

from calc.flows import Array
from calc.models.equations.one_sector import Equilibrium, World, jacobian, slopes


def objective_slope(world: World, at: Equilibrium, income_weight: Array, revenue_weight: Array) -> tuple[float, Array]:
    """Value of V = Σ a E0 (Ŵ − 1) + b R, and its slope by ln(1+t) [n,i].

    E0 = Y + T is spending on final goods in the base, so that E0 (Ŵ − 1) is the equivalent variation.

    Parameters
    ----------
    at : an equilibrium of the world, in its money
    income_weight, revenue_weight : a, b [n]
    """
    d, epsilon, phi = slopes(world, at), world.trade_elasticity, world.tariff_exponent
    income_forms, revenue_forms, value = _forms(world, at, income_weight, revenue_weight)
    by_income, by_imports, by_taxed, by_untaxed, by_world = income_forms + revenue_forms
    n = len(at.income)
    of_all = (by_imports @ d.imports_by_world + by_world.sum() / at.income.sum()) * at.income
    direct = np.concatenate(
        [
            -epsilon * (by_taxed @ d.taxed_share + by_untaxed @ d.untaxed_share),
            by_income + by_imports * d.imports_by_income + of_all,
        ]
    )
    matrix, residual = jacobian(world, at), np.concatenate([at.income_residual, at.cost_residual])
    # one market clears by itself, and the level of money is free: both go with the income of the largest economy
    largest = int(np.argmax(world.base.output))
    matrix[largest], matrix[largest, n + largest], residual[largest] = 0.0, 1.0, 0.0
    multiplier = np.linalg.solve(matrix.T, direct)
    multiplier[largest] = 0.0
    of_income, of_cost = multiplier[:n], multiplier[n:]
    through_taxed = by_taxed - of_cost * d.by_taxed
    through_untaxed = by_untaxed - of_cost * d.by_untaxed + d.sold @ of_income
    slope = -epsilon * (phi * through_taxed)[:, None] * d.taxed_share
    slope -= (epsilon * phi + 1)[:, None] * (through_untaxed[:, None] * d.untaxed_share - d.sold * of_income)
    return float(value - multiplier @ residual), slope


def _forms(world: World, at: Equilibrium, income_weight: Array, revenue_weight: Array) -> tuple[Array, Array, float]:
    """Slopes of the two parts of V by ln Ŷ, ln M, ln S, ln G and ln τ [5, n], and V."""
    base, epsilon, kappa = world.base, world.trade_elasticity, world.labor_supply_elasticity
    size, relieved = 1 - world.tariff_exponent, float(world.tax_relief)
    n = len(at.income)
    income, imports, taxed, untaxed, world_income = np.eye(5)[:, :, None] * np.ones(n)
    spending_value = np.exp(at.spending_log) * base.expenditure
    revenue = spending_value - at.imports
    spending = imports + taxed - untaxed
    revenue_change = spending_value * spending - at.imports * imports
    share_change = revenue_change / at.income - at.revenue_share * income
    relief = relieved / (1 - at.revenue_share) * share_change
    wage = (income - kappa * (relief - size * spending + taxed / epsilon)) / (1 + kappa * (1 + size))
    price = size * (spending - wage) - taxed / epsilon

    final, leisure = base.output + base.transfer, kappa / (1 + kappa) * base.output
    denominator = final - leisure * (1 - relieved * at.revenue_share)
    denominator_change = leisure * relieved * share_change
    income_hat = at.income / base.output
    numerator = revenue + at.income + at.transfer + (denominator - final) * income_hat
    numerator_change = (
        revenue_change
        + (at.income + (denominator - final) * income_hat) * income
        + at.transfer * world_income
        + income_hat * denominator_change
    )
    real_income = numerator / denominator * np.exp(-at.price_log)
    welfare = numerator_change / numerator - denominator_change / denominator - price

    # revenue is in the world's money: the mean price, or the mean wage where there are inputs
    if base.labor_share == 1:
        weight, level = base.expenditure * np.exp(at.price_log), price
    else:
        weight, level = base.output * np.exp(at.wage_log), wage
    in_money = revenue_weight * revenue_change - (revenue_weight @ revenue) * weight / weight.sum() * level
    value = income_weight @ (final * (real_income - 1)) + revenue_weight @ revenue
    return income_weight * final * real_income * welfare, in_money, float(value)
