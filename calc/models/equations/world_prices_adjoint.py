"""How the world prices of `gsim` answer tariffs, by the adjoint: one transposed system a product.

With F and J of `world_prices`, h the slope of a goal by the landed price of a line and o its share in the sales of its
seller,

    Jᵀ μ = ∂V/∂ln p        dV/dy[n,i] = ∂V/∂y + θ'[n,i] (σ+ε) Σ_k μ[k] B[k] o[n,k] − σ μ[i] B[i] o[n,i]
"""

from calc.flows import Array
from calc.models.equations.price_goal import GoalSlopes
from calc.models.equations.world_prices import Demand, WorldMarkets, slope_at, sum_by_line, sum_by_seller


def slope_by_tariff(world: WorldMarkets, demand: Demand, goal: GoalSlopes) -> Array:
    """Slope of a goal by ln(1+t) of each line of these products, export ceilings left out.

    Parameters
    ----------
    world, demand : the products, and demand at the prices that clear them
    goal : slopes on their lines and markets
    """
    reaction = (world.sigma + world.epsilon)[world.market]
    through_composite = goal.by_composite[world.market] + sum_by_line(world, goal.by_value) * reaction
    by_landed = through_composite * demand.spending_share - world.line_sigma * goal.by_value
    by_price = sum_by_seller(world, by_landed + goal.by_value + goal.by_producer)
    multiplier = slope_at(world, demand).solve(by_price, transposed=True)
    weighted = multiplier * world.sales_weight
    sold = world.sales_share * demand.quantity / demand.sales[world.system, world.seller]
    pulled = weighted[world.system, world.seller] * sold
    slope: Array = (
        by_landed
        + goal.by_rate
        + demand.spending_share * reaction * sum_by_line(world, pulled)
        - world.line_sigma * pulled
    )
    return slope
