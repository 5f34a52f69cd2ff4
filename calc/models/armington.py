"""Exact partial equilibrium of one market with differentiated origins.

Armington (1969, IMF Staff Papers 16); Francois & Hall (1997, "Partial equilibrium modeling", in Applied Methods for
Trade Policy Analysis); Riker & Schreiber (2020, USITC working paper 2020-05-A).

Assumptions: a market is one importer x product. Buyers spread a composite good over origins with constant
elasticity of substitution σ and buy the composite with constant elasticity ε. Each origin supplies the market with
constant elasticity β. Incomes, other markets and other products stay as they are; a flow that is zero stays zero.

Base prices are 1. With wedges τ = (1+t1)/(1+t0) and ω = (1+x1)/(1+x0), a trade cost κ (κ are shipped for 1 that
arrives), duty-paid shares s, and x = ln P:

    p = τ p*        p* = ω κ p̃        q = P^(ε+σ) p^(−σ)        κ q = p̃^β
    ln p = a + b x,   a = [β ln(τω) + (β+1) ln κ]/(β+σ),   b = (σ+ε)/(β+σ)        (ln τωκ and 0 at β = inf)
    F(x) = x − ln[Σ s p^(1−σ)]/(1−σ) = 0,    F′ = Σ w (1 − b) > 0,     w new expenditure shares

An export ceiling κ q ≤ k adds the line ln p = [(σ+ε) x + ln κ − ln k]/σ; the higher of the two lines holds, and the
scarcity rent is the exporter's. A trade cost brings nobody revenue. With equal β in a market F is a straight line, so
that one Newton step solves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from calc.errors import ParameterError
from calc.flows import Array, Elasticities, Flows, IntArray, all_are, check_elasticities, the_same
from calc.models.effects import LineEffects, MarketEffects, partial_equilibrium_result
from calc.models.equations import market_adjoint, welfare
from calc.models.equations.ces import ces_price_log
from calc.models.equations.common_supply import Changes, fill_by_formula
from calc.models.equations.hit_lines import Block, blocks_of
from calc.models.equations.price_goal import gains_and_revenue, goal_slopes, rule_of_thumb, spending_on
from calc.models.equations.solve import increasing_roots
from calc.models.equations.welfare import consumer_surplus_change, producer_surplus_change
from calc.models.game import Game, Payoffs
from calc.models.model import Model
from calc.models.steps.armington import armington_steps
from calc.result import TABLES, Result, Solution, Table
from calc.tariffs.policy import Policy
from calc.tariffs.rules import INSTRUMENTS

_OF_LINES = [field.name for field in fields(Changes) if field.name != "composite_log"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LandedPriceLine:
    """The straight line ln p = a + b x of a supplier's landed price in the log composite price, [line]."""

    intercept: Array
    slope: Array


def landed_price_line(
    wedge_log: Array,
    armington_elasticity: Array,
    demand_elasticity: Array,
    supply_elasticity: Array,
    trade_cost_log: Array | float = 0.0,
) -> LandedPriceLine:
    """Landed price of a supplier who is free to ship.

        a = [β ln(τω) + (β+1) ln κ]/(β+σ)        b = (σ+ε)/(β+σ)        at β = inf: ln(τωκ) and 0

    Parameters
    ----------
    wedge_log : ln(τω) [line]
    trade_cost_log : ln κ [line]; κ are shipped for 1 that arrives, and supply is of what is shipped
    armington_elasticity, demand_elasticity, supply_elasticity : σ, ε, β [line]
    """
    sigma, epsilon, beta = armington_elasticity, demand_elasticity, supply_elasticity
    slope = (sigma + epsilon) / (beta + sigma)  # exactly 0 at β = inf
    # β/(β+σ) = 1 − σ/(β+σ), which is exact at β = inf too
    intercept = wedge_log * (1 - sigma / (beta + sigma)) + trade_cost_log * (1 - (sigma - 1) / (beta + sigma))
    return LandedPriceLine(intercept=intercept, slope=slope)


def ceiling_price_line(
    export_ceiling: Array,
    armington_elasticity: Array,
    demand_elasticity: Array,
    trade_cost_log: Array | float = 0.0,
) -> LandedPriceLine:
    """Landed price at which buyers want exactly the ceiling k: a = (ln κ − ln k)/σ, b = (σ+ε)/σ; −inf where k = inf."""
    sigma = armington_elasticity
    return LandedPriceLine(
        intercept=(trade_cost_log - np.log(export_ceiling)) / sigma, slope=(sigma + demand_elasticity) / sigma
    )


def composite_price_log(
    share: Array,
    armington_elasticity: Array,
    market: IntArray,
    market_start: IntArray,
    free: LandedPriceLine,
    capped: LandedPriceLine | None,
) -> tuple[Array, Array, Solution]:
    """Ln P of each market and ln p of each line, at which every supplier sells what is bought.

    Parameters
    ----------
    share, armington_elasticity, market, market_start : as for `ces_price_log`
    free, capped : landed price of a supplier who ships freely, and of one at the ceiling

    Raises
    ------
    ConvergenceError
        The composite price was not found.
    """
    sigma, start = armington_elasticity, market_start
    if capped is None and not free.slope.any():  # world prices are given, so that landed prices are known
        composite, _ = ces_price_log(free.intercept, share, sigma, market, start)
        return composite, free.intercept, Solution()

    def landed(x: Array) -> tuple[Array, Array]:
        of_line = x[market]
        price_log, slope = free.intercept + free.slope * of_line, free.slope
        if capped is None:
            return price_log, slope
        scarce = capped.intercept + capped.slope * of_line
        binds = scarce > price_log
        return np.where(binds, scarce, price_log), np.where(binds, capped.slope, slope)

    def residual_and_slope(x: Array) -> tuple[Array, Array]:
        price_log, slope = landed(x)
        index_log, weight = ces_price_log(price_log, share, sigma, market, start)
        return x - index_log, np.add.reduceat(weight * (1 - slope), start)

    x, solution = increasing_roots(residual_and_slope, np.zeros(len(start)))
    return x, landed(x)[0], solution


def simulate(flows: Flows, policy: Policy, elasticities: Elasticities, *, tables: Sequence[Table] = TABLES) -> Result:
    """Prices, volumes, trade, revenue and surplus on every line, and their sums, under a policy.

    Parameters
    ----------
    flows, policy, elasticities : as for `effects_of`
    tables : as for `partial_equilibrium_result`

    Raises
    ------
    ParameterError, ConvergenceError
        As `effects_of` raises them.
    """
    line, market, solution = effects_of(flows, policy, elasticities)
    notes = _notes(policy, elasticities, line)
    return partial_equilibrium_result(
        MODEL.name,
        flows,
        elasticities,
        line=line,
        market=market,
        notes=notes,
        solution=solution,
        tables=tables,
    )


def game(flows: Flows, policy: Policy, elasticities: Elasticities) -> Game:
    """The model for those who choose tariffs; the export ceilings of the policy are not in it.

    Parameters
    ----------
    flows, policy, elasticities : as for `effects_of`
    """
    free = replace(policy, export_ceiling=np.full_like(policy.export_ceiling, np.inf))

    def payoffs(tariff_new: Array, _near: Payoffs | None) -> Payoffs:
        line, market, solution = effects_of(flows, replace(free, tariff_new=tariff_new), elasticities)
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
            slope = market_adjoint.slope_by_tariff(flows, elasticities, line, goal, tariff_new=tariff_new)
            return float(gain_weight @ gain + revenue_weight @ revenue), slope

        return Payoffs(
            unknowns=market.composite_price_change,
            gain=gain,
            revenue=revenue,
            differentiate=differentiate,
            solution=solution,
        )

    return Game(payoffs=payoffs, size=spending_on(flows), first_guess=rule_of_thumb(elasticities))


def effects_of(flows: Flows, policy: Policy, elasticities: Elasticities) -> tuple[LineEffects, MarketEffects, Solution]:
    """What a policy does on each line and in each market.

        M1 = M0 q p*     price effect M0 q (p*−1)     creation M0 (Q−1)     diversion M0 (q−Q)     sum = M1 − M0

    Parameters
    ----------
    flows : base trade and rates
    policy : new rates, export taxes and export ceilings
    elasticities : ε, σ, β

    Raises
    ------
    ParameterError
        An elasticity of the wrong sign, or a price or volume beyond what a computer can hold.
    ConvergenceError
        A composite price was not found.
    """
    check_elasticities(elasticities)
    lines, markets = len(flows.market), len(flows.market_start)
    blocks = blocks_of(flows)
    plain = tuple(block for block in blocks if policy.tariffs_only(block.lines))
    changes = Changes(composite_log=np.zeros(markets), **{name: np.empty(lines) for name in _OF_LINES})
    solution = Solution()
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):  # told below
        left = fill_by_formula(flows, policy.tariff_new, elasticities, plain, changes)
        for block in (*left, *(block for block in blocks if block not in plain)):
            solved = _fill_solved(flows, policy, elasticities, block, changes)
            solution = solved if solved.residual >= solution.residual else solution
        demand, composite_log = elasticities.import_demand_elasticity, changes.composite_log
        market = MarketEffects(
            composite_price_change=np.expm1(composite_log),
            composite_volume_change=np.expm1(demand * composite_log),
            consumer_surplus_change=consumer_surplus_change(flows.expenditure, composite_log, demand),
        )
        finite = np.isfinite(changes.value_new.sum()) and np.isfinite(market.consumer_surplus_change.sum())
    if not finite:
        raise ParameterError(
            "A price or volume is beyond what can be computed: the shock is too large for these elasticities. "
            "Use a smaller change or smaller elasticities."
        )
    tax = policy.export_tax
    line = LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=changes.world_price,
        landed_price_change=changes.landed_price,
        volume_change=changes.volume,
        import_value_new=changes.value_new,
        price_effect=changes.price_effect,
        trade_creation=changes.creation,
        trade_diversion=changes.diversion,
        producer_surplus_change=changes.producers,
        export_tax_revenue_change=the_same(0.0, lines) if all_are(tax, 0.0) else tax / (1 + tax) * changes.value_new,
    )
    return line, market, solution


def _fill_solved(flows: Flows, policy: Policy, elasticities: Elasticities, block: Block, changes: Changes) -> Solution:
    """Fill the changes of a block whose composite prices have no formula."""
    at = block.lines
    market, start = flows.market[at] - block.markets.start, flows.market_start[block.markets] - at.start
    demand, substitution = (
        of_all[block.markets] for of_all in (elasticities.import_demand_elasticity, elasticities.armington_elasticity)
    )
    sigma, epsilon, beta = substitution[market], demand[market], elasticities.export_supply_elasticity[at]
    tax, cost, ceiling = policy.export_tax[at], policy.trade_cost[at], policy.export_ceiling[at]
    tariff_log = np.log1p(policy.tariff_new[at]) - np.log1p(flows.tariff_rate[at])
    tax_log = np.log1p(tax) if tax.any() else 0.0
    cost_log = np.log1p(cost) if cost.any() else 0.0
    capped = ceiling_price_line(ceiling, sigma, epsilon, cost_log) if np.isfinite(ceiling).any() else None
    free = landed_price_line(tariff_log + tax_log, sigma, epsilon, beta, cost_log)
    composite_log, landed_log, solution = composite_price_log(
        flows.expenditure_share[at], substitution, market, start, free, capped
    )
    world_log = landed_log - tariff_log
    quantity_log = ((demand + substitution) * composite_log)[market] - sigma * landed_log
    base, world_change, quantity_change = flows.import_value[at], np.expm1(world_log), np.expm1(quantity_log)
    quantity_value = base * np.exp(quantity_log)
    changes.composite_log[block.markets] = composite_log
    changes.world_price[at] = world_change
    changes.landed_price[at] = np.expm1(landed_log)
    changes.volume[at] = quantity_change
    changes.price_effect[at] = quantity_value * world_change
    changes.value_new[at] = quantity_value + changes.price_effect[at]
    changes.creation[at] = base * np.expm1(demand * composite_log)[market]
    changes.diversion[at] = base * quantity_change - changes.creation[at]
    changes.producers[at] = _producers(
        base,
        quantity_log + cost_log,
        world_log - tax_log - cost_log,
        beta,
        ceiling=None if capped is None else ceiling,
    )
    return solution


def _producers(
    base: Array, shipped_log: Array, producer_log: Array, supply_elasticity: Array, *, ceiling: Array | None
) -> Array:
    """ΔPS, with the rent of a ceiling that binds; s = κ q is what is shipped.

    free:     M0 (p̃^(1+β) − 1)/(1+β)
    binding:  M0 s (p̃ − m) + M0 (m^(1+β) − 1)/(1+β),   m = k^(1/β) the price at which k would be supplied
    """
    free = producer_surplus_change(base, producer_log, supply_elasticity)
    if ceiling is None:
        return free
    limited = np.isfinite(ceiling)
    ceiling_log = np.log(np.where(limited, ceiling, 1.0))
    binds = limited & (shipped_log >= ceiling_log - 1e-9)
    # At β = 0, m = 0 and the second term is −M0; e^−700 is about the smallest price distinguishable from 0.
    marginal_log = np.where(binds, ceiling_log, 0.0) / np.maximum(supply_elasticity, np.finfo(float).tiny)
    marginal_log = np.maximum(marginal_log, -700.0)
    rent = base * np.exp(shipped_log) * (np.exp(producer_log) - np.exp(marginal_log))
    return np.where(binds, rent + producer_surplus_change(base, marginal_log, supply_elasticity), free)


def _notes(policy: Policy, elasticities: Elasticities, line: LineEffects) -> tuple[str, ...]:
    notes = ["Flows that are zero in the base stay zero: the model has no new trade."]
    complements = elasticities.armington_elasticity < -elasticities.import_demand_elasticity
    if complements.any():
        notes.append(
            f"In {np.count_nonzero(complements):,} of {len(complements):,} markets origins substitute less than "
            "buyers leave the market (σ < |ε|): there a tariff on one supplier makes the others lose as well."
        )
    limited = np.isfinite(policy.export_ceiling)
    if limited.any():
        slack = limited & (1 + line.volume_change < policy.export_ceiling * (1 - 1e-9))
        notes.append(
            f"An export ceiling is set on {np.count_nonzero(limited):,} lines; on {np.count_nonzero(slack):,} of "
            "them buyers want less than it allows, so it does not bind."
        )
    return tuple(notes)


MODEL = Model(
    name="armington",
    simulate=simulate,
    label="Armington, exact",
    includes="Each importer's demand and its exact substitution between suppliers, each with its own supply curve.",
    leaves_out="World prices common to all markets (an exporter's sales elsewhere do not change), incomes and inputs.",
    references=(
        "Armington, P. (1969), A Theory of Demand for Products Distinguished by Place of Production, IMF Staff Papers "
        "16",
        "Francois, J. and Hall, H.K. (1997), Partial Equilibrium Modeling, in Applied Methods for Trade Policy "
        "Analysis, Cambridge University Press",
        "Riker, D. and Schreiber, S. (2020), USITC working paper 2020-05-A",
    ),
    documents={
        "Model": __doc__,
        "Parts of the change": effects_of.__doc__,
        "Surpluses": welfare.__doc__,
        "Buyers": welfare.consumer_surplus_change.__doc__,
        "Producers": welfare.producer_surplus_change.__doc__,
    },
    limits=(
        "Where supply is infinite, buyers bear the whole duty: their worst case. Change it with "
        "pass-through under Assumptions.",
        "Each importer's market is separate: goods kept out of one country do not depress prices elsewhere.",
        "Diversion sums to zero only for small changes; over large ones buyers take more units for the same value.",
        (
            "Where substitution between origins is weaker than overall demand (σ < |ε|), a duty on one supplier "
            "harms the others too."
        ),
    ),
    rank=1,
    instruments=INSTRUMENTS,
    trace=armington_steps,
    chooses_tables=True,
    game=game,
)
