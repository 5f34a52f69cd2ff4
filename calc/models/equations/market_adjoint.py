"""How the markets of `armington` answer tariffs.

A market has one unknown, x = ln P, and its landed prices are ln p = κ ln(τω) + b x, κ = β/(β+σ), b = (σ+ε)/(β+σ):

    dx = Σ w κ dy/Σ w (1−b)        dln q = (σ+ε) dx − σ dln p        w new shares in spending, y = ln(1+t)
"""

import numpy as np

from calc.flows import Array, Elasticities, Flows, sum_by_market
from calc.models.effects import LineEffects
from calc.models.equations.price_goal import GoalSlopes


def slope_by_tariff(
    flows: Flows, elasticities: Elasticities, line: LineEffects, goal: GoalSlopes, *, tariff_new: Array
) -> Array:
    """Slope of a goal by ln(1+t) of each line."""
    market = flows.market
    sigma = elasticities.armington_elasticity[market]
    epsilon = elasticities.import_demand_elasticity[market]
    beta = elasticities.export_supply_elasticity
    kappa, b = 1 - sigma / (beta + sigma), (sigma + epsilon) / (beta + sigma)
    spent = line.import_value_new * (1 + tariff_new)
    share = spent / sum_by_market(flows, spent)[market]
    # κ dy + b dx moves the landed price; the producer's moves by that less dy
    by_composite = goal.by_composite + sum_by_market(
        flows, goal.by_value * (sigma + epsilon + (1 - sigma) * b) + goal.by_producer * b
    )
    pull = by_composite / sum_by_market(flows, share * (1 - b))
    slope: Array = (
        pull[market] * share * kappa
        + goal.by_value * (kappa - 1 - sigma * kappa)
        + goal.by_producer * (kappa - 1)
        + goal.by_rate
    )
    return np.where(flows.domestic, 0.0, slope)
