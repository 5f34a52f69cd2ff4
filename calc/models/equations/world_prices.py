"""World prices of products: every exporter's supply meets the demand of all destinations.

Each exporter i has one price p for all destinations and supplies p^Ex in all; buyers in each importer n choose
between origins with elasticity σ and buy the composite with elasticity ε. Base prices are 1, ω is an export-tax
wedge, μ ≥ 1 the scarcity price of an export ceiling, κ a trade cost: κ are shipped for 1 that arrives.

    l = ln p + ln τ + ln ω + ln μ + ln κ        ln C = ln[Σ θ e^((1−σ) l)]/(1−σ)        ln q = −σ l + (σ+ε) ln C
    F_i = A ln p − B ln Σ_n φ κ q = 0,   A = Ex/(1+Ex), B = 1/(1+Ex)   (1 and 0 at Ex = inf)
    F_g = −ln[Σ M κ q/Σ M] + ln k = 0    for a ceiling over the flows g of one exporter that a rule covers

θ are shares in an importer's spending at duty-paid prices, φ shares in an exporter's sales at world prices. A ceiling
is one more equation of the same shape with one more unknown, ln μ; both go through one Jacobian:

    J_kr = A_k δ_kr + B_k [Σ_{lines in k and r} o_k σ − Σ_n O_nk (σ+ε) W_nr]
    o new shares in the sales of equation k, O their sum by importer, W new spending shares by importer and unknown
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.sparse import csr_array

from calc.errors import ConvergenceError
from calc.flows import Array, BoolArray, Elasticities, Flows, IntArray, sum_by_code
from calc.models.equations.ces import ces_price_log
from calc.models.equations.solve import krylov_systems, newton_systems
from calc.result import Solution
from calc.tariffs.policy import Policy

FINEST = 1e-13
NEWTON_FINEST, COARSEST = 1e-8, 1e-5

_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorldMarkets:
    """Products that are solved together, as arrays; a system is a product, an unknown ln p or ln μ.

    Parameters
    ----------
    systems, economies, unknowns : products here, economies N, unknowns N + ceilings of a product
    system, seller : product and exporter of each line [line]
    destination : system x N + importer of each line [line]
    ceiling : unknown of the ceiling on the line, N and up, −1 for none [line]
    market, market_start : as in `Flows`, of these lines
    spending_share, sales_share : θ, φ κ [line]
    ceiling_share : share in the base sales that one ceiling covers, times κ; 0 outside [line]
    wedge_log : ln τ + ln ω + ln κ [line]
    sigma, epsilon : σ, ε [market]
    line_sigma : σ [line]
    price_weight, sales_weight : A, B [system, unknown]
    target_log : ln k of a ceiling, 0 for a price [system, unknown]
    empty : no sales enter the equation [system, unknown]
    """

    systems: int
    economies: int
    unknowns: int
    system: IntArray
    seller: IntArray
    destination: IntArray
    ceiling: IntArray
    market: IntArray
    market_start: IntArray
    spending_share: Array
    sales_share: Array
    ceiling_share: Array
    wedge_log: Array
    sigma: Array
    epsilon: Array
    line_sigma: Array
    price_weight: Array
    sales_weight: Array
    target_log: Array
    empty: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demand:
    """Prices and demand at given world prices.

    Parameters
    ----------
    landed_log, quantity_log, quantity : l, ln q, q [line]
    composite_log : ln C [market]
    spending_share : new θ [line]
    sales : Σ φ κ q by price equation, Σ M κ q/Σ M by ceiling; 1 where there is none [system, unknown]
    """

    landed_log: Array
    quantity_log: Array
    quantity: Array
    composite_log: Array
    spending_share: Array
    sales: Array


def demand_at(world: WorldMarkets, x: Array) -> Demand:
    """Landed prices, composite prices and quantities at log prices x [system, unknown]."""
    landed = x[world.system, world.seller] + world.wedge_log
    if world.unknowns > world.economies:
        landed = landed + scarcity_log(world, x)
    composite, share = ces_price_log(landed, world.spending_share, world.sigma, world.market, world.market_start)
    quantity_log = ((world.sigma + world.epsilon) * composite)[world.market] - world.line_sigma * landed
    quantity = np.exp(quantity_log)
    sales = np.zeros((world.systems, world.unknowns))
    sales[:, : world.economies] = sum_by_seller(world, world.sales_share * quantity)
    if world.unknowns > world.economies:
        limited = np.flatnonzero(world.ceiling >= 0)
        np.add.at(sales, (world.system[limited], world.ceiling[limited]), (world.ceiling_share * quantity)[limited])
    return Demand(
        landed_log=landed,
        quantity_log=quantity_log,
        quantity=quantity,
        composite_log=composite,
        spending_share=share,
        sales=np.where(world.empty, 1.0, sales),
    )


def excess_supply(world: WorldMarkets, x: Array) -> tuple[Array, Demand]:
    """F of the module's docstring at log prices x [system, unknown], and the demand behind it."""
    demand = demand_at(world, x)
    # a price equation has target 0, a ceiling has A = 0; an equation without sales reads A x = 0
    return world.price_weight * x - world.sales_weight * (np.log(demand.sales) - world.target_log), demand


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slope:
    """J of the module's docstring in its parts, which are sparse where J is not; equations without sales are left out.

    Parameters
    ----------
    place : where in [system, unknown] each unknown with sales stands [unknown]
    system_start : first unknown of each system
    price_weight, sales_weight : A, B [unknown]
    own : Σ o σ over the lines that equation and unknown have in common [equation, unknown]
    sold, spent : o, θ' [market, unknown]
    reaction : σ+ε [market]
    diagonal : of J [unknown]
    """

    place: IntArray
    system_start: IntArray
    price_weight: Array
    sales_weight: Array
    own: csr_array
    sold: csr_array
    spent: csr_array
    reaction: Array
    diagonal: Array

    def product(self, v: Array) -> Array:
        """J v [equation]."""
        demand = self.own @ v - self.sold.T @ (self.reaction * (self.spent @ v))
        change: Array = self.price_weight * v + self.sales_weight * demand
        return change

    def transposed_product(self, v: Array) -> Array:
        """Jᵀ v [unknown]."""
        weighted = self.sales_weight * v
        demand = self.own.T @ weighted - self.spent.T @ (self.reaction * (self.sold @ weighted))
        change: Array = self.price_weight * v + demand
        return change

    def solve(
        self, right: Array, *, transposed: bool = False, finest: float = FINEST, coarsest: float = FINEST
    ) -> Array:
        """J⁻¹b, or (Jᵀ)⁻¹b, of b [system, unknown]; where there are no sales, b itself.

        Parameters
        ----------
        finest, coarsest : bounds of the precision of a system, which between them is as fine as its largest b: Newton
            steps double the digits, and more than they can use need not be found
        """
        product = self.transposed_product if transposed else self.product
        flat = right.ravel()
        chosen = flat[self.place]
        precision = np.clip(np.maximum.reduceat(np.abs(chosen), self.system_start), finest, coarsest)
        found = flat.copy()
        found[self.place] = krylov_systems(
            lambda v: product(v) / self.diagonal, chosen / self.diagonal, self.system_start, precision
        )
        return found.reshape(right.shape)


def slope_at(world: WorldMarkets, demand: Demand) -> Slope:
    """The slope of `excess_supply` where demand is this."""
    k = world.unknowns
    place = np.flatnonzero(~world.empty)
    unknown = np.zeros(world.empty.size, dtype=np.int32)
    unknown[place] = np.arange(len(place), dtype=np.int32)
    seller = unknown[world.system * k + world.seller]
    weight = world.sales_share * demand.quantity / demand.sales[world.system, world.seller]
    reaction = world.sigma + world.epsilon
    market_end = np.append(world.market_start, len(seller)).astype(np.int32)
    shape, square = (len(reaction), len(place)), (len(place), len(place))
    sold = csr_array((weight, seller, market_end), shape=shape)
    spent = csr_array((demand.spending_share, seller, market_end), shape=shape)
    index = np.arange(len(place) + 1, dtype=np.int32)
    own = csr_array((sum_by_code(seller, weight * world.line_sigma, len(place)), index[:-1], index), shape=square)
    both = sum_by_code(seller, weight * demand.spending_share * reaction[world.market], len(place))
    limited = np.flatnonzero(world.ceiling >= 0)
    if len(limited):
        system, of_ceiling, market = world.system[limited], world.ceiling[limited], world.market[limited]
        of_seller, sigma, share = seller[limited], world.line_sigma[limited], demand.spending_share[limited]
        ceiling = unknown[system * k + of_ceiling]
        under = (world.ceiling_share * demand.quantity)[limited] / demand.sales[system, of_ceiling]
        sold = sold + csr_array((under, (market, ceiling)), shape=shape)
        spent = spent + csr_array((share, (market, ceiling)), shape=shape)
        entries = np.concatenate([weight[limited] * sigma, under * sigma, under * sigma])
        row, column = np.concatenate([of_seller, ceiling, ceiling]), np.concatenate([ceiling, of_seller, ceiling])
        own = own + csr_array((entries, (row, column)), shape=square)
        both = np.asarray(sold.multiply(spent).T @ reaction)
    sales_weight, price_weight = world.sales_weight.ravel()[place], world.price_weight.ravel()[place]
    return Slope(
        place=place,
        system_start=np.searchsorted(place, np.arange(world.systems) * k),
        price_weight=price_weight,
        sales_weight=sales_weight,
        own=own,
        sold=sold,
        spent=spent,
        reaction=reaction,
        diagonal=price_weight + sales_weight * (own.diagonal() - both),
    )


def world_markets(
    flows: Flows,
    chosen: IntArray,
    elasticities: Elasticities,
    supply: Array,
    wedge_log: Array,
    policy: Policy,
) -> WorldMarkets:
    """The arrays of the products on the chosen lines, which must be all lines of these products."""
    n = len(flows.economies)
    products, system = np.unique(flows.product[chosen], return_inverse=True)
    old_market = flows.market[chosen]
    opens_market = np.diff(old_market, prepend=-1) != 0
    market, market_start = np.cumsum(opens_market) - 1, np.flatnonzero(opens_market)
    sigma = elasticities.armington_elasticity[old_market[market_start]]
    seller, value = flows.exporter[chosen], flows.import_value[chosen]
    key = system * n + seller
    sales = sum_by_code(key, value, len(products) * n)
    ceiling, unknowns, target_log, ceiling_share = _ceilings(policy, chosen, system, seller, value, len(products), n)
    shipped = 1 + policy.trade_cost[chosen]
    shape = (len(products), unknowns)
    price_weight, sales_weight, empty = np.ones(shape), np.zeros(shape), np.ones(shape, dtype=bool)
    weight = 1 / (1 + supply[chosen])
    sales_weight[system, seller], price_weight[system, seller], empty[system, seller] = weight, 1 - weight, False
    limited = ceiling >= 0
    place = (system[limited], ceiling[limited])
    sales_weight[place], price_weight[place], empty[place] = 1.0, 0.0, False
    return WorldMarkets(
        systems=len(products),
        economies=n,
        unknowns=unknowns,
        system=system,
        seller=seller,
        destination=system * n + flows.importer[chosen],
        ceiling=ceiling,
        market=market,
        market_start=market_start,
        spending_share=flows.expenditure_share[chosen],
        sales_share=value / sales[key] * shipped,
        ceiling_share=ceiling_share * shipped,
        wedge_log=wedge_log[chosen],
        sigma=sigma,
        epsilon=elasticities.import_demand_elasticity[old_market[market_start]],
        line_sigma=sigma[market],
        price_weight=price_weight,
        sales_weight=sales_weight,
        target_log=target_log,
        empty=empty,
    )


def solve_world_prices(world: WorldMarkets) -> tuple[Array, Solution, int]:
    """Log prices at which all markets clear, and how many ceilings stay slack.

    Starts with every ceiling binding and releases those whose scarcity price falls below 1.
    """
    x = np.zeros((world.systems, world.unknowns))
    binding = world.sales_weight[:, world.economies :] > 0
    total = int(binding.sum())
    for _ in range(_ROUNDS):
        current = _with_binding(world, binding)
        x, solution = newton_systems(partial(excess_supply, current), partial(_newton_step, current), x)
        released = binding & (x[:, world.economies :] < 0)
        if not released.any():
            return x, solution, total - int(binding.sum())
        binding = binding & ~released
        x[:, world.economies :] = np.where(binding, x[:, world.economies :], 0.0)
    raise ConvergenceError("The export ceilings that bind were not found", residual=np.inf, iterations=_ROUNDS)


def _newton_step(world: WorldMarkets, demand: Demand, residual: Array) -> Array:
    """J⁻¹F, as precise as a Newton step can use."""
    return slope_at(world, demand).solve(residual, finest=NEWTON_FINEST, coarsest=COARSEST)


def _ceilings(
    policy: Policy, chosen: IntArray, system: IntArray, seller: IntArray, value: Array, systems: int, economies: int
) -> tuple[IntArray, int, Array, Array]:
    """Unknown of each line's ceiling, unknowns in all, ln k, and the line's share in the sales it limits.

    One ceiling is one rule, exporter and product: it limits the sum of the flows that the rule covers.
    """
    count = len(chosen)
    rule = policy.ceiling_rule[chosen]
    limited = np.flatnonzero(rule >= 0)
    unknown = np.full(count, -1, dtype=np.intp)
    share = np.zeros(count)
    if not len(limited):
        return unknown, economies, np.zeros((systems, economies)), share
    key = (system[limited] * economies + seller[limited]) * (rule.max() + 1) + rule[limited]
    groups, group = np.unique(key, return_inverse=True)
    group_system = groups // ((rule.max() + 1) * economies)
    # number the ceilings of each product from N upwards
    start = np.searchsorted(group_system, np.arange(systems))
    rank = np.arange(len(groups)) - start[group_system]
    unknowns = economies + int(rank.max()) + 1
    unknown[limited] = economies + rank[group]
    covered = np.bincount(group, weights=value[limited])
    share[limited] = value[limited] / covered[group]
    allowed = np.bincount(group, weights=(value * policy.export_ceiling[chosen])[limited])
    target_log = np.zeros((systems, unknowns))
    target_log[group_system, economies + rank] = np.log(allowed / covered)
    return unknown, unknowns, target_log, share


def _with_binding(world: WorldMarkets, binding: BoolArray) -> WorldMarkets:
    """The markets with only the binding ceilings as equations; a released one reads ln μ = 0."""
    if not binding.size:
        return world
    sales_weight, price_weight = world.sales_weight.copy(), world.price_weight.copy()
    sales_weight[:, world.economies :] = binding
    price_weight[:, world.economies :] = ~binding
    return replace(world, sales_weight=sales_weight, price_weight=price_weight)


def sum_by_seller(world: WorldMarkets, values: Array) -> Array:
    """Σ over the destinations of each exporter [system, economy]."""
    key = world.system * world.economies + world.seller
    return sum_by_code(key, values, world.systems * world.economies).reshape(world.systems, world.economies)


def scarcity_log(world: WorldMarkets, x: Array) -> Array:
    """The scarcity price ln μ on each line, 0 where there is no ceiling [line]."""
    return np.where(world.ceiling >= 0, x[world.system, world.ceiling], 0.0)


def sum_by_line(world: WorldMarkets, values: Array) -> Array:
    """Σ over each line's market, put back on the lines [line]."""
    return np.add.reduceat(values, world.market_start)[world.market]
