"""A goal where incomes are fixed, a sum of surpluses and revenues, and its slopes by prices and volumes.

    V = Σ_n a_n (ΔCS + ΔPS + ΔR + ΔX)_n + b_n (ΔR + ΔX)_n        R duty, X export-tax revenue, x its rate

With l the landed price, p the producer's before trade cost, tax and duty, q the volume, M1 the value before duty and P
the composite's price:

    dΔCS = −V0 P^(1+ε) dln P      dΔPS = M0 p^(1+β) dln p      dR = t M1 (dln q + dln p) + (1+t) M1 dy      y = ln(1+t)
"""

from dataclasses import dataclass

import numpy as np

from calc.flows import Array, Elasticities, Flows, IntArray, sum_by_code
from calc.models.effects import LineEffects, MarketEffects
from calc.tariffs.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GoalSlopes:
    """Slopes of V, US$.

    Parameters
    ----------
    by_composite : by ln P at given prices and volumes [market]
    by_value : by ln q and by ln p, through the value before duty [line]
    by_producer : by ln p besides [line]
    by_rate : by y at given prices and volumes [line]
    """

    by_composite: Array
    by_value: Array
    by_producer: Array
    by_rate: Array

    def part(self, lines: IntArray, markets: IntArray) -> "GoalSlopes":
        """The slopes of some lines and markets."""
        return GoalSlopes(
            by_composite=self.by_composite[markets],
            by_value=self.by_value[lines],
            by_producer=self.by_producer[lines],
            by_rate=self.by_rate[lines],
        )


def goal_slopes(
    flows: Flows,
    policy: Policy,
    elasticities: Elasticities,
    line: LineEffects,
    market: MarketEffects,
    *,
    tariff_new: Array,
    gain_weight: Array,
    revenue_weight: Array,
) -> GoalSlopes:
    """The slopes at a solution.

    Parameters
    ----------
    line, market : what the model found
    tariff_new : t1 [line]
    gain_weight, revenue_weight : a, b [economy]
    """
    treasury = gain_weight + revenue_weight
    buyer = flows.importer[flows.market_start]
    duty = np.where(flows.domestic, 0.0, treasury[flows.importer] * line.import_value_new)
    tax = policy.export_tax / (1 + policy.export_tax) * line.import_value_new
    producer = (1 + line.world_price_change) / (1 + policy.export_tax) / (1 + policy.trade_cost)
    beta = elasticities.export_supply_elasticity
    # at β = inf the price stands still and nothing is gained from it
    supplied = np.where(np.isinf(beta), 0.0, producer ** (1 + np.where(np.isinf(beta), 0.0, beta)))
    composite = (1 + market.composite_price_change) ** (1 + elasticities.import_demand_elasticity)
    return GoalSlopes(
        by_composite=-gain_weight[buyer] * flows.expenditure * composite,
        by_value=tariff_new * duty + treasury[flows.exporter] * tax,
        by_producer=gain_weight[flows.exporter] * flows.import_value * supplied,
        by_rate=(1 + tariff_new) * duty,
    )


def gains_and_revenue(flows: Flows, line: LineEffects, market: MarketEffects, tariff_new: Array) -> tuple[Array, Array]:
    """ΔCS + ΔPS + ΔR + ΔX and ΔR + ΔX of each economy, US$ [economy]."""
    size, buyer = len(flows.economies), flows.importer[flows.market_start]
    duty = np.where(flows.domestic, 0.0, tariff_new * line.import_value_new - flows.tariff_rate * flows.import_value)
    revenue = sum_by_code(flows.importer, duty, size)
    revenue += sum_by_code(flows.exporter, line.export_tax_revenue_change, size)
    surplus = sum_by_code(buyer, market.consumer_surplus_change, size)
    surplus += sum_by_code(flows.exporter, line.producer_surplus_change, size)
    return surplus + revenue, revenue


def rule_of_thumb(elasticities: Elasticities) -> Array:
    """1/β, the best rate against one common supply elasticity, at most 1 [line]."""
    beta = elasticities.export_supply_elasticity
    return np.where(beta > 1, 1 / np.maximum(beta, 1.0), 1.0)


def spending_on(flows: Flows) -> Array:
    """Spending on the goods in the data, duty paid, own sales included, US$ [economy]."""
    return sum_by_code(flows.importer[flows.market_start], flows.expenditure, len(flows.economies))
