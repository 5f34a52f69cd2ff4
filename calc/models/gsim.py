"""Global simulation of one product's world market: every exporter's supply meets the demand of all destinations.

Francois & Hall (2003, "Global simulation analysis of industry-level trade policy", version 3.0), linear; the exact
form solves the same market without linearising, as in GSIMv2 (Francois 2007).

Assumptions: products are independent, incomes fixed. In each importer n buyers choose between origins with constant
elasticity σ and buy the composite with constant elasticity ε; each exporter i has one price p for all destinations
and supplies p^Ex in all. Home sales stand on the diagonal. Base prices are 1, ω is an export-tax wedge, μ ≥ 1 the
scarcity price of an export ceiling:

    l = ln p + ln τ + ln ω + ln μ        ln C = ln[Σ θ e^((1−σ) l)]/(1−σ)        ln q = −σ l + (σ+ε) ln C
    F_i = A ln p − B ln Σ_n φ q = 0,     A = Ex/(1+Ex), B = 1/(1+Ex)   (1 and 0 at Ex = inf)
    F_g = −ln[Σ M q/Σ M] + ln k = 0      for a ceiling over the flows g of one exporter that a rule covers

θ are shares in an importer's spending at duty-paid prices, φ shares in an exporter's sales at world prices. A ceiling
is one more equation of the same shape with one more unknown, ln μ, so that both go through one Jacobian:

    J_kr = A_k δ_kr + B_k [Σ_{lines in k and r} o_k σ − Σ_n O_nk (σ+ε) W_nr]
    o new shares in the sales of equation k, O their sum by importer, W new spending shares by importer and unknown
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from calc.ces import ces_price_log
from calc.errors import ConvergenceError, ParameterError
from calc.result import LineEffects, MarketEffects, Result, Solution, partial_equilibrium_result
from calc.solve import newton_systems
from calc.tables import Array, BoolArray, Elasticities, Flows, IntArray, check_elasticities, sum_by_code, sum_by_market
from calc.tariffs import Policy
from calc.welfare import consumer_surplus_change, producer_surplus_change

# A block of products whose Jacobian is this large: well inside memory, and near the size of a processor's cache.
JACOBIAN_BYTES = 8 * 2**20
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
    spending_share, sales_share : θ, φ [line]
    ceiling_share : share in the base sales that one ceiling covers; 0 outside [line]
    wedge_log : ln τ + ln ω [line]
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
    sales : Σ φ q by price equation, Σ M q/Σ M by ceiling; 1 where there is none [system, unknown]
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
        landed = landed + _on_lines(world, x)
    composite, share = ces_price_log(landed, world.spending_share, world.sigma, world.market, world.market_start)
    quantity_log = ((world.sigma + world.epsilon) * composite)[world.market] - world.line_sigma * landed
    quantity = np.exp(quantity_log)
    sales = np.zeros((world.systems, world.unknowns))
    sales[:, : world.economies] = _by_seller(world, world.sales_share * quantity)
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


def jacobian(world: WorldMarkets, demand: Demand) -> Array:
    """J of the module's docstring [system, equation, unknown]."""
    n, k, destination = world.economies, world.unknowns, world.destination
    seller_weight = world.sales_share * demand.quantity / demand.sales[world.system, world.seller]
    sold, spent = np.zeros((world.systems * n, k)), np.zeros((world.systems * n, k))
    sold[destination, world.seller], spent[destination, world.seller] = seller_weight, demand.spending_share
    own = np.zeros((world.systems, k, k))
    index = np.arange(n)
    own[:, index, index] = _by_seller(world, seller_weight * world.line_sigma)
    limited = np.flatnonzero(world.ceiling >= 0)
    if len(limited):
        system, seller, ceiling = world.system[limited], world.seller[limited], world.ceiling[limited]
        sigma = world.line_sigma[limited]
        weight = (world.ceiling_share * demand.quantity)[limited] / demand.sales[system, ceiling]
        np.add.at(sold, (destination[limited], ceiling), weight)
        np.add.at(spent, (destination[limited], ceiling), demand.spending_share[limited])
        np.add.at(own, (system, seller, ceiling), seller_weight[limited] * sigma)
        np.add.at(own, (system, ceiling, seller), weight * sigma)
        np.add.at(own, (system, ceiling, ceiling), weight * sigma)
    reaction = np.zeros(world.systems * n)
    reaction[destination[world.market_start]] = world.sigma + world.epsilon
    sold *= reaction[:, None]
    shape = (world.systems, n, k)
    own -= np.matmul(sold.reshape(shape).transpose(0, 2, 1), spent.reshape(shape))
    own *= world.sales_weight[:, :, None]
    index = np.arange(k)
    own[:, index, index] += world.price_weight
    return own


def simulate(flows: Flows, policy: Policy, elasticities: Elasticities) -> Result:
    """Exact world prices, trade, revenue and surplus of every economy under a policy.

        M1 = M q p ω μ       creation = M (C^ε − 1)       diversion = M (q − C^ε)       price effect = M q (p ω μ − 1)
        ΔPS = R (p^(1+Ex) − 1)/(1+Ex) + rent,  rent = Σ M1 (1 − 1/μ)/ω        ΔCS exact (`welfare`), V0 duty paid

    Parameters
    ----------
    flows : base trade and rates; own sales, where known, are lines with importer = exporter
    policy : new rates, export taxes and export ceilings
    elasticities : ε, σ by importer and product; Ex by exporter and product

    Raises
    ------
    ParameterError
        An exporter's supply elasticity for a product differs between destinations.
    ConvergenceError
        The world prices were not found.
    """
    check_elasticities(elasticities)
    supply = _supply_by_exporter(flows, elasticities)
    tariff_log = np.log1p(policy.tariff_new) - np.log1p(flows.tariff_rate)
    tax_log = np.log1p(policy.export_tax)
    lines = len(flows.market)
    price_log, scarcity_log = np.zeros(lines), np.zeros(lines)
    landed_log, quantity_log = np.zeros(lines), np.zeros(lines)
    composite_log = np.zeros(len(flows.market_start))
    solutions, notes = [], []
    for chosen in _blocks(flows):
        world = world_markets(flows, chosen, elasticities, supply, tariff_log + tax_log, policy)
        # numbers that leave their range become infinite, which the solver refuses
        with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
            x, solution, slack = _solve(world)
            demand = demand_at(world, x)
        price_log[chosen] = x[world.system, world.seller]
        scarcity_log[chosen] = _on_lines(world, x)
        landed_log[chosen], quantity_log[chosen] = demand.landed_log, demand.quantity_log
        composite_log[flows.market[chosen][world.market_start]] = demand.composite_log
        solutions.append(solution)
        if slack:
            notes.append(f"{slack:,} export ceilings do not bind: buyers want less than they allow.")
    base = flows.import_value
    quantity_value = base * np.exp(quantity_log)
    world_log = price_log + tax_log + scarcity_log
    composite_quantity_log = elasticities.import_demand_elasticity * composite_log
    creation = base * np.expm1(composite_quantity_log)[flows.market]
    price_effect = quantity_value * np.expm1(world_log)
    new = quantity_value + price_effect
    rent = new * -np.expm1(-scarcity_log) / (1 + policy.export_tax)
    line = LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=np.expm1(world_log),
        landed_price_change=np.expm1(landed_log),
        volume_change=np.expm1(quantity_log),
        import_value_new=new,
        price_effect=price_effect,
        trade_creation=creation,
        trade_diversion=base * np.expm1(quantity_log) - creation,
        producer_surplus_change=producer_surplus_change(base, price_log, supply) + rent,
        export_tax_revenue_change=policy.export_tax / (1 + policy.export_tax) * new,
    )
    market = MarketEffects(
        composite_price_change=np.expm1(composite_log),
        composite_volume_change=np.expm1(composite_quantity_log),
        consumer_surplus_change=consumer_surplus_change(
            flows.expenditure, composite_log, elasticities.import_demand_elasticity
        ),
    )
    return partial_equilibrium_result(
        "gsim",
        flows,
        elasticities,
        line,
        market,
        notes=(*notes, "Flows that are zero in the base stay zero: the model has no new trade."),
        solution=Solution(
            residual=max(solution.residual for solution in solutions),
            iterations=max(solution.iterations for solution in solutions),
            seconds=sum(solution.seconds for solution in solutions),
        ),
    )


def simulate_linear(flows: Flows, policy: Policy, elasticities: Elasticities) -> Result:
    """The published linear form, for comparison; it understates large cuts badly.

        T = τ − 1,  π = p + T,  q = −σ π + (σ+ε) Σ θ π,  Ex p = Σ φ q        one linear system a product, in p
        M1 = M (1+q)(1+p)        ΔPS = R p (1 + Ex p/2)        C = Σ θ [(1+p) τ − 1]
        ΔCS = V0 (½ ε C² sign C − C)

    The published ΔCS carries sign(C): right where prices fall; where they rise its triangle counts as a loss.

    Parameters
    ----------
    flows, policy, elasticities : as for `simulate`

    Raises
    ------
    ParameterError
        The policy has export taxes or ceilings, which the published form does not know, or as for `simulate`.
    """
    if policy.export_tax.any() or np.isfinite(policy.export_ceiling).any():
        raise ParameterError("Linear GSIM knows import tariffs only. For export taxes and ceilings choose gsim.")
    check_elasticities(elasticities)
    supply = _supply_by_exporter(flows, elasticities)
    wedge = (1 + policy.tariff_new) / (1 + flows.tariff_rate) - 1
    price = np.zeros(len(flows.market))
    for chosen in _blocks(flows):
        world = world_markets(flows, chosen, elasticities, supply, wedge, policy)
        start = np.zeros((world.systems, world.unknowns))
        base = replace(world, wedge_log=np.zeros_like(world.wedge_log))
        slope = jacobian(base, demand_at(base, start))
        spread = sum_by_line(world, world.spending_share * world.wedge_log)
        response = -world.sigma[world.market] * world.wedge_log + (world.sigma + world.epsilon)[world.market] * spread
        pull = world.sales_weight * _by_seller(world, world.sales_share * response)
        price[chosen] = np.linalg.solve(slope, pull[..., None])[..., 0][world.system, world.seller]
    market = flows.market
    sigma, epsilon = elasticities.armington_elasticity, elasticities.import_demand_elasticity
    landed = price + wedge
    mean_landed = sum_by_market(flows, flows.expenditure_share * landed)
    quantity = -sigma[market] * landed + ((sigma + epsilon) * mean_landed)[market]
    composite = sum_by_market(flows, flows.expenditure_share * ((1 + price) * (1 + wedge) - 1))
    value = flows.import_value
    new = value * (1 + quantity) * (1 + price)
    creation = value * (epsilon * composite)[market]
    diversion = value * quantity - creation
    finite_supply = np.where(np.isfinite(supply), supply, 0.0)
    line = LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=price,
        landed_price_change=(1 + price) * (1 + wedge) - 1,
        volume_change=quantity,
        import_value_new=new,
        price_effect=new - value - creation - diversion,
        trade_creation=creation,
        trade_diversion=diversion,
        producer_surplus_change=value * price * (1 + finite_supply * price / 2),
        export_tax_revenue_change=np.zeros_like(value),
    )
    effects = MarketEffects(
        composite_price_change=composite,
        composite_volume_change=epsilon * composite,
        consumer_surplus_change=flows.expenditure * (epsilon / 2 * composite**2 * np.sign(composite) - composite),
    )
    negative = int(np.count_nonzero(new < 0))
    notes = ["Flows that are zero in the base stay zero."]
    if negative:
        notes.append(f"On {negative:,} lines the straight lines cross zero and trade comes out negative.")
    return partial_equilibrium_result("gsim_linear", flows, elasticities, line, effects, notes=tuple(notes))


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
        sales_share=value / sales[key],
        ceiling_share=ceiling_share,
        wedge_log=wedge_log[chosen],
        sigma=sigma,
        epsilon=elasticities.import_demand_elasticity[old_market[market_start]],
        line_sigma=sigma[market],
        price_weight=price_weight,
        sales_weight=sales_weight,
        target_log=target_log,
        empty=empty,
    )


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


def _solve(world: WorldMarkets) -> tuple[Array, Solution, int]:
    """Log prices at which all markets clear, and how many ceilings stay slack.

    Starts with every ceiling binding and releases those whose scarcity price falls below 1.
    """
    x = np.zeros((world.systems, world.unknowns))
    binding = world.sales_weight[:, world.economies :] > 0
    total = int(binding.sum())
    for _ in range(_ROUNDS):
        current = _with_binding(world, binding)
        x, solution = newton_systems(partial(excess_supply, current), partial(jacobian, current), x)
        released = binding & (x[:, world.economies :] < 0)
        if not released.any():
            return x, solution, total - int(binding.sum())
        binding = binding & ~released
        x[:, world.economies :] = np.where(binding, x[:, world.economies :], 0.0)
    raise ConvergenceError("The export ceilings that bind were not found", residual=np.inf, iterations=_ROUNDS)


def _with_binding(world: WorldMarkets, binding: BoolArray) -> WorldMarkets:
    """The markets with only the binding ceilings as equations; a released one reads ln μ = 0."""
    if not binding.size:
        return world
    sales_weight, price_weight = world.sales_weight.copy(), world.price_weight.copy()
    sales_weight[:, world.economies :] = binding
    price_weight[:, world.economies :] = ~binding
    return replace(world, sales_weight=sales_weight, price_weight=price_weight)


def _by_seller(world: WorldMarkets, values: Array) -> Array:
    """Σ over the destinations of each exporter [system, economy]."""
    key = world.system * world.economies + world.seller
    return sum_by_code(key, values, world.systems * world.economies).reshape(world.systems, world.economies)


def _on_lines(world: WorldMarkets, x: Array) -> Array:
    """The scarcity price ln μ on each line, 0 where there is no ceiling [line]."""
    return np.where(world.ceiling >= 0, x[world.system, world.ceiling], 0.0)


def sum_by_line(world: WorldMarkets, values: Array) -> Array:
    """Σ over each line's market, put back on the lines [line]."""
    return np.add.reduceat(values, world.market_start)[world.market]


def _blocks(flows: Flows) -> list[IntArray]:
    """Lines of blocks of products that keep a block's Jacobian within `JACOBIAN_BYTES`."""
    size = max(1, int(JACOBIAN_BYTES / (8 * len(flows.economies) ** 2)))
    products = len(flows.products)
    if products <= size:
        return [np.arange(len(flows.market))]
    block = flows.product // size
    return [np.flatnonzero(block == number) for number in range(-(-products // size))]


def _supply_by_exporter(flows: Flows, elasticities: Elasticities) -> Array:
    """Ex [line], after checking that each exporter has one for a product."""
    supply = elasticities.export_supply_elasticity
    size = len(flows.economies) * len(flows.products)
    key = flows.product * len(flows.economies) + flows.exporter
    one = np.full(size, np.nan)
    one[key] = supply
    if not (one[key] == supply).all():
        line = int(np.argmax(one[key] != supply))
        raise ParameterError(
            "GSIM gives an exporter one supply elasticity for a product, whatever the destination; "
            f"{flows.economies[flows.exporter[line]]} has several for {flows.products[flows.product[line]]}. "
            "Use pass-through or supply elasticities that do not depend on the importer."
        )
    return supply
