"""Global simulation of one product's world market: exporters, retaliation and export controls.

Francois & Hall (2003, "Global simulation analysis of industry-level trade policy", version 3.0), linear; the exact
form solves the same market without linearising, as in GSIMv2 (Francois 2007).

Assumptions: products are independent, incomes fixed. In each importer n buyers choose between origins with constant
elasticity σ and buy the composite with constant elasticity ε; each exporter i has one price p for all destinations
and supplies p^Ex in all. Home sales stand on the diagonal. The equations of the market stand in `world_prices`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calc.errors import ParameterError
from calc.flows import Array, Elasticities, Flows, IntArray, check_elasticities, stable_order, sum_by_market
from calc.models.effects import LineEffects, MarketEffects, partial_equilibrium_result
from calc.models.equations import welfare, world_prices, world_prices_adjoint
from calc.models.equations.price_goal import gains_and_revenue, goal_slopes, rule_of_thumb, spending_on
from calc.models.equations.welfare import consumer_surplus_change, producer_surplus_change
from calc.models.equations.world_prices import (
    Demand,
    WorldMarkets,
    demand_at,
    scarcity_log,
    slope_at,
    solve_world_prices,
    sum_by_line,
    sum_by_seller,
    world_markets,
)
from calc.models.game import Game, Payoffs
from calc.models.model import Model
from calc.result import TABLES, Result, Solution, Table
from calc.tariffs.policy import Policy
from calc.tariffs.rules import INSTRUMENTS

# Lines and possible prices of products that are solved together: arrays near the size of a processor's cache.
BLOCK = 2**17


def simulate(flows: Flows, policy: Policy, elasticities: Elasticities, *, tables: Sequence[Table] = TABLES) -> Result:
    """Exact world prices, trade, revenue and surplus of every economy under a policy.

        M1 = M q p ω μ κ     creation = M (C^ε − 1)       diversion = M (q − C^ε)       price effect = M q (p ω μ κ − 1)
        ΔPS = R (p^(1+Ex) − 1)/(1+Ex) + rent,  rent = Σ M1 (1 − 1/μ)/ω        ΔCS exact (`welfare`), V0 duty paid

    Parameters
    ----------
    flows : base trade and rates; own sales, where known, are lines with importer = exporter
    policy : new rates, export taxes and export ceilings
    elasticities : ε, σ by importer and product; Ex by exporter and product
    tables : as for `partial_equilibrium_result`

    Raises
    ------
    ParameterError
        An exporter's supply elasticity for a product differs between destinations.
    ConvergenceError
        The world prices were not found.
    """
    check_elasticities(elasticities)
    supply = _supply_by_exporter(flows, elasticities)
    at = _joined(flows, _solve(flows, policy, elasticities, supply))
    notes = ["Flows that are zero in the base stay zero: the model has no new trade."]
    if at.slack:
        notes.insert(0, f"{at.slack:,} export ceilings do not bind: buyers want less than they allow.")
    return partial_equilibrium_result(
        MODEL.name,
        flows,
        elasticities,
        line=_line_effects(flows, policy, elasticities, supply, at),
        market=_market_effects(flows, elasticities, at),
        notes=tuple(notes),
        solution=at.solution,
        tables=tables,
    )


def game(flows: Flows, policy: Policy, elasticities: Elasticities) -> Game:
    """The model for those who choose tariffs, with slopes by the adjoint; export ceilings are not in it.

    Parameters
    ----------
    flows, policy, elasticities : as for `simulate`

    Raises
    ------
    ParameterError
        As `simulate` raises it.
    """
    check_elasticities(elasticities)
    supply = _supply_by_exporter(flows, elasticities)
    free = replace(
        policy,
        export_ceiling=np.full_like(policy.export_ceiling, np.inf),
        ceiling_rule=np.full_like(policy.ceiling_rule, -1),
    )

    def payoffs(tariff_new: Array, _near: Payoffs | None) -> Payoffs:
        under = replace(free, tariff_new=tariff_new)
        blocks = list(_solve(flows, under, elasticities, supply))
        at = _joined(flows, blocks)
        line = _line_effects(flows, under, elasticities, supply, at)
        market = _market_effects(flows, elasticities, at)
        gain, revenue = gains_and_revenue(flows, line, market, tariff_new)

        def differentiate(gain_weight: Array, revenue_weight: Array) -> tuple[float, Array]:
            goal = goal_slopes(
                flows,
                free,
                elasticities,
                line,
                market,
                tariff_new=tariff_new,
                gain_weight=gain_weight,
                revenue_weight=revenue_weight,
            )
            slope = np.zeros_like(tariff_new)
            for block in blocks:
                of_block = goal.part(block.lines, block.markets)
                slope[block.lines] = world_prices_adjoint.slope_by_tariff(block.world, block.demand, of_block)
            return float(gain_weight @ gain + revenue_weight @ revenue), np.where(flows.domestic, 0.0, slope)

        return Payoffs(
            unknowns=at.composite_log,
            gain=gain,
            revenue=revenue,
            differentiate=differentiate,
            solution=at.solution,
        )

    return Game(payoffs=payoffs, size=spending_on(flows), first_guess=rule_of_thumb(elasticities))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Block:
    """Products that are solved together: their arrays, and demand at the prices that clear them."""

    lines: IntArray
    markets: IntArray
    world: WorldMarkets
    demand: Demand
    price_log: Array
    scarcity_log: Array
    slack: int
    solution: Solution


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solved:
    """Markets that clear, in logs of new over base.

    Parameters
    ----------
    price_log, scarcity_log, landed_log, quantity_log : ln p, ln μ, l, ln q [line]
    composite_log : ln C [market]
    slack : export ceilings that do not bind
    solution : residual, iterations, seconds
    """

    price_log: Array
    scarcity_log: Array
    landed_log: Array
    quantity_log: Array
    composite_log: Array
    slack: int
    solution: Solution


def _solve(flows: Flows, policy: Policy, elasticities: Elasticities, supply: Array) -> Iterator[_Block]:
    """All products, block by block, at the prices that clear their markets."""
    wedge_log = np.log1p(policy.tariff_new) - np.log1p(flows.tariff_rate) + np.log1p(policy.export_tax)
    wedge_log += np.log1p(policy.trade_cost)
    for lines in _blocks(flows):
        world = world_markets(flows, lines, elasticities, supply, wedge_log, policy)
        # numbers that leave their range become infinite, which the solver refuses
        with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
            x, solution, slack = solve_world_prices(world)
            demand = demand_at(world, x)
        yield _Block(
            lines=lines,
            markets=flows.market[lines][world.market_start],
            world=world,
            demand=demand,
            price_log=x[world.system, world.seller],
            scarcity_log=scarcity_log(world, x),
            slack=slack,
            solution=solution,
        )


def _joined(flows: Flows, blocks: Iterable[_Block]) -> _Solved:
    """All blocks as one, lines and markets in the order of the flows; a block is let go once it is read."""
    price, scarcity, landed, quantity = (np.empty(len(flows.market)) for _ in range(4))
    composite, slack = np.empty(len(flows.market_start)), 0
    residual, iterations, seconds = 0.0, 0, 0.0
    for block in blocks:
        price[block.lines], scarcity[block.lines] = block.price_log, block.scarcity_log
        landed[block.lines], quantity[block.lines] = block.demand.landed_log, block.demand.quantity_log
        composite[block.markets] = block.demand.composite_log
        slack += block.slack
        residual = max(residual, block.solution.residual)
        iterations, seconds = max(iterations, block.solution.iterations), seconds + block.solution.seconds
    return _Solved(
        price_log=price,
        scarcity_log=scarcity,
        landed_log=landed,
        quantity_log=quantity,
        composite_log=composite,
        slack=slack,
        solution=Solution(residual=residual, iterations=iterations, seconds=seconds),
    )


def _line_effects(flows: Flows, policy: Policy, elasticities: Elasticities, supply: Array, at: _Solved) -> LineEffects:
    base = flows.import_value
    quantity_value = base * np.exp(at.quantity_log)
    world_log = at.price_log + np.log1p(policy.export_tax) + np.log1p(policy.trade_cost) + at.scarcity_log
    creation = base * np.expm1(elasticities.import_demand_elasticity * at.composite_log)[flows.market]
    price_effect = quantity_value * np.expm1(world_log)
    new = quantity_value + price_effect
    rent = new * -np.expm1(-at.scarcity_log) / (1 + policy.export_tax)
    return LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=np.expm1(world_log),
        landed_price_change=np.expm1(at.landed_log),
        volume_change=np.expm1(at.quantity_log),
        import_value_new=new,
        price_effect=price_effect,
        trade_creation=creation,
        trade_diversion=base * np.expm1(at.quantity_log) - creation,
        producer_surplus_change=producer_surplus_change(base, at.price_log, supply) + rent,
        export_tax_revenue_change=policy.export_tax / (1 + policy.export_tax) * new,
    )


def _market_effects(flows: Flows, elasticities: Elasticities, at: _Solved) -> MarketEffects:
    demand = elasticities.import_demand_elasticity
    return MarketEffects(
        composite_price_change=np.expm1(at.composite_log),
        composite_volume_change=np.expm1(demand * at.composite_log),
        consumer_surplus_change=consumer_surplus_change(flows.expenditure, at.composite_log, demand),
    )


def simulate_linear(
    flows: Flows, policy: Policy, elasticities: Elasticities, *, tables: Sequence[Table] = TABLES
) -> Result:
    """The published linear form, for comparison; it understates large cuts badly.

        T = τ − 1,  π = p + T,  q = −σ π + (σ+ε) Σ θ π,  Ex p = Σ φ q        one linear system a product, in p
        M1 = M (1+q)(1+p)        ΔPS = R p (1 + Ex p/2)        C = Σ θ [(1+p) τ − 1]
        ΔCS = V0 (½ ε C² sign C − C)

    The published ΔCS carries sign(C): right where prices fall; where they rise its triangle counts as a loss.

    Parameters
    ----------
    flows, policy, elasticities, tables : as for `simulate`

    Raises
    ------
    ParameterError
        The policy has export taxes or ceilings, which the published form does not know, or as for `simulate`.
    """
    if policy.export_tax.any() or np.isfinite(policy.export_ceiling).any() or policy.trade_cost.any():
        raise ParameterError(
            "Linear GSIM has import tariffs only. For export taxes, ceilings and trade costs choose gsim."
        )
    check_elasticities(elasticities)
    supply = _supply_by_exporter(flows, elasticities)
    wedge = (1 + policy.tariff_new) / (1 + flows.tariff_rate) - 1
    price = np.zeros(len(flows.market))
    for chosen in _blocks(flows):
        world = world_markets(flows, chosen, elasticities, supply, wedge, policy)
        start = np.zeros((world.systems, world.unknowns))
        base = replace(world, wedge_log=np.zeros_like(world.wedge_log))
        slope = slope_at(base, demand_at(base, start))
        spread = sum_by_line(world, world.spending_share * world.wedge_log)
        response = -world.sigma[world.market] * world.wedge_log + (world.sigma + world.epsilon)[world.market] * spread
        pull = world.sales_weight * sum_by_seller(world, world.sales_share * response)
        price[chosen] = slope.solve(pull)[world.system, world.seller]
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
    markets = MarketEffects(
        composite_price_change=composite,
        composite_volume_change=epsilon * composite,
        consumer_surplus_change=flows.expenditure * (epsilon / 2 * composite**2 * np.sign(composite) - composite),
    )
    negative = int(np.count_nonzero(new < 0))
    notes = ["Flows that are zero in the base stay zero."]
    if negative:
        notes.append(f"On {negative:,} lines the straight lines cross zero and trade comes out negative.")
    return partial_equilibrium_result(
        LINEAR_MODEL.name, flows, elasticities, line=line, market=markets, notes=tuple(notes), tables=tables
    )


def _blocks(flows: Flows) -> list[IntArray]:
    """Lines of blocks of products, in the order of the flows; a block has about `BLOCK` lines and prices."""
    lines = np.bincount(flows.product, minlength=len(flows.products))
    block = np.cumsum(lines + len(flows.economies)) // BLOCK
    if block[-1] == block[0]:
        return [np.arange(len(flows.market))]
    order = stable_order(block[flows.product], int(block[-1]) + 1)
    ends = np.cumsum(np.bincount(block, weights=lines).astype(np.intp))
    return [part for part in np.split(order, ends[:-1]) if len(part)]


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


def _unsuited(flows: Flows) -> str:
    one = len(flows.buyers) == 1
    return "it clears markets of several importers, and these data have one" if one else ""


MODEL = Model(
    name="gsim",
    simulate=simulate,
    label="GSIM, exact",
    includes="One world market per product: buyers substitute between origins, domestic goods included, and each "
    "exporter's price clears its world market, so goods kept out of one market depress prices in the "
    "others.",
    leaves_out="Incomes and wages, links between products, inputs, and the use of revenue.",
    references=(
        "Francois, J. and Hall, H.K. (2003), Global Simulation Analysis of Industry-Level Trade Policy, version 3.0",
        "Francois, J. (2007), Global Simulation (GSIM) Analysis, GSIMv2",
    ),
    documents={
        "Model": __doc__,
        "World market": world_prices.__doc__,
        "What is reported": simulate.__doc__,
        "Surpluses": welfare.__doc__,
        "Buyers": welfare.consumer_surplus_change.__doc__,
        "Producers": welfare.producer_surplus_change.__doc__,
    },
    limits=(
        "Products do not affect one another, and no one's income changes.",
        "An exporter has one price for all destinations: no pricing to market.",
        "Demand and supply elasticities of the built-in world are conventions, not estimates by country.",
    ),
    unsuited=_unsuited,
    rank=2,
    game=game,
    instruments=INSTRUMENTS,
    chooses_tables=True,
)
LINEAR_MODEL = replace(
    MODEL,
    name="gsim_linear",
    simulate=simulate_linear,
    label="GSIM, linear",
    leaves_out="All that the exact form leaves out (incomes and wages, links between products, inputs, the use "
    "of revenue), and the curvature of large changes.",
    documents={"Model": __doc__, "Linear form": simulate_linear.__doc__},
    limits=(
        "It badly understates large cuts; the notes say how far it is from the exact form.",
        "The published formula for buyers counts a triangle as a loss where prices rise; kept here to match it.",
        "It has import tariffs only, no export taxes or ceilings.",
    ),
    rank=0,
    instruments=("tariff",),
    linear_form_of="gsim",
    game=None,
)
