"""The measures that the tables of the one-sector model's paper report, from its equilibrium."""

from dataclasses import dataclass

import numpy as np

from calc.flows import Array
from calc.models.equations.one_sector import Equilibrium, World


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What the paper's tables report, [n]; changes are fractions of the base, money is US$.

    Parameters
    ----------
    welfare_change : Ŵ − 1
    wage_change, price_change, employment_change : ŵ − 1, P̂ − 1, L̂ − 1
    deficit_base, deficit : imports less exports, before duty
    exports_to_gdp_change, imports_to_gdp_change : change of trade before duty over income Y
    revenue : R
    trade : M [n,i], before duty
    world_trade_to_gdp_change : of trade duty paid over income
    world_employment_change : weighted by income in the base
    """

    welfare_change: Array
    wage_change: Array
    price_change: Array
    employment_change: Array
    deficit_base: Array
    deficit: Array
    exports_to_gdp_change: Array
    imports_to_gdp_change: Array
    revenue: Array
    trade: Array
    world_trade_to_gdp_change: float
    world_employment_change: float


def outcome_of(world: World, at: Equilibrium) -> Outcome:
    """The measures of the paper's tables.

        Ŵ = δ Ê/P̂ + (1−δ) ŵL̂/P̂        δ = E/(E − κ/(1+κ) (1−ρ) Y)

    E is spending on final goods, Y + T in the base and R + Y' + Tτ after; ρ is the share of the counterfactual, 0 where
    revenue is paid to households.
    """
    base, kappa = world.base, world.labor_supply_elasticity
    trade = world.untaxed * at.supply * (at.imports / at.untaxed_sum)[:, None]
    revenue = (world.tariff * trade).sum(axis=1)
    final = base.output + base.transfer
    taxed_less = at.revenue_share if world.tax_relief else 0.0
    weight = final / (final - kappa / (1 + kappa) * (1 - taxed_less) * base.output)
    real = np.exp(-at.price_log)
    spending_hat = (revenue + at.income + at.transfer) / final
    exports_base, imports_base = _exports_and_imports(base.trade)
    exports, imports = _exports_and_imports(trade)
    income_hat = at.income / base.output
    employment_change = np.expm1(at.employment_log)
    world_trade = _exports_and_imports(trade * (1 + world.tariff))[0].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        exports_hat, imports_hat = exports / exports_base / income_hat, imports / imports_base / income_hat
    return Outcome(
        welfare_change=(weight * spending_hat + (1 - weight) * income_hat) * real - 1,
        wage_change=np.expm1(at.wage_log),
        price_change=np.expm1(at.price_log),
        employment_change=employment_change,
        deficit_base=imports_base - exports_base,
        deficit=imports - exports,
        exports_to_gdp_change=exports_hat - 1,
        imports_to_gdp_change=imports_hat - 1,
        revenue=revenue,
        trade=trade,
        world_trade_to_gdp_change=float(world_trade / exports_base.sum() * base.output.sum() / at.income.sum() - 1),
        world_employment_change=float(base.output @ employment_change / base.output.sum()),
    )


def _exports_and_imports(trade: Array) -> tuple[Array, Array]:
    own = np.diag(trade)
    return trade.sum(axis=0) - own, trade.sum(axis=1) - own
