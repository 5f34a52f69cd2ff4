"""General equilibrium of all economies and sectors with input-output links, in exact changes.

Caliendo & Parro (2015, "Estimates of the trade and welfare effects of NAFTA", Review of Economic Studies 82); with
one sector and no inputs it is Eaton & Kortum (2002, Econometrica 70) and Anderson (1979, AER 69). The equations and
their solution are in `equations.equilibrium`, the splits of welfare in `equations.decomposition`; here flows, accounts
and rules go in and the tables of a `Result` come out.

Assumptions: perfect competition; one factor, fixed in each economy and free to move between its sectors, whose wage
clears its market; Cobb-Douglas in final demand and in inputs; origins substituted with the trade elasticity θ = σ − 1
of a sector on duty-paid spending shares. Duties are paid to households. Trade deficits follow a rule. Values are in
units of world value added, which does not change. With w wages, c unit costs, P prices and X spending of a sector:

    p* = ĉ κ̂      p = p* τ       q = M̂/ĉ        Q = X̂/P̂        real income Ŵ = Î/Π_j P̂_j^α_j
    κ̂ a trade cost that brings nobody revenue, 1 unless a rule changes it
    M1 = M0 M̂        price effect M0 q (p*−1)        creation M0 (Q−1)        diversion M0 (q−Q)
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from calc.assumptions import ROWS
from calc.errors import ParameterError
from calc.flows import Array, Elasticities, Flows, the_same
from calc.models.base_equilibrium import Base, base_of, cells_of
from calc.models.effects import EconomyEffects, LineEffects, MarketEffects, general_equilibrium_result
from calc.models.equations import decomposition, equilibrium, equilibrium_adjoint
from calc.models.equations import world as world_equations
from calc.models.equations.decomposition import (
    consumer_price_log,
    first_order_decomposition,
    real_income_log,
    refined_path_decomposition,
)
from calc.models.equations.equilibrium import Equilibrium, solve_world
from calc.models.equations.world import Deficits, World, deficit_at, income, tariff_revenue
from calc.models.game import Game, Payoffs
from calc.models.model import Model
from calc.result import TABLES, Result, Table
from calc.tariffs.policy import Policy


def new_tariff(base: Base, policy: Policy) -> Array:
    """The rates of a policy, t1 [sector, importer, exporter].

    Raises
    ------
    ParameterError
        The policy has export taxes or export ceilings.
    """
    for instrument, used in (
        ("Export taxes", policy.export_tax.any()),
        ("Export volume limits", np.isfinite(policy.export_ceiling).any()),
    ):
        if used:
            raise ParameterError(
                f"{instrument} are not in this general-equilibrium model, which has tariffs and trade costs only. "
                "Leave the rule out, or choose armington or gsim."
            )
    rate = base.world.tariff_rate.copy()
    rate.reshape(-1)[cells_of(base.flows)[0]] = policy.tariff_new
    return rate


def with_trade_costs(base: Base, policy: Policy) -> Base:
    """The base with the change of trade costs of a policy, ln κ̂ = ln(1 + v), to be solved with it."""
    if not policy.trade_cost.any():
        return base
    log = np.zeros_like(base.world.import_value)
    log[base.flows.product, base.flows.importer, base.flows.exporter] = np.log1p(policy.trade_cost)
    return replace(base, world=replace(base.world, trade_cost_log=log))


def simulate(
    flows: Flows,
    policy: Policy,
    elasticities: Elasticities,
    *,
    deficits: Deficits = "fixed",
    terms_of_trade: bool = True,
    tables: Sequence[Table] = TABLES,
) -> Result:
    """Real income, wages, prices and trade of every economy under a policy.

    Parameters
    ----------
    flows : base trade and rates with own sales, and accounts
    policy : new rates
    elasticities : σ, > 1 and the same for all importers of a product; ε and β are not used
    deficits : `fixed` in units of world value added, `zero`, or a constant `share` of an economy's value added
    terms_of_trade : follow the path to the new tariffs, a few more solutions; without it that column is empty
    tables : as for `general_equilibrium_result`

    Raises
    ------
    ParameterError
        What the model does not have: accounts or own sales missing, export taxes or ceilings, σ ≤ 1 or unequal.
    ConvergenceError
        No equilibrium was found.
    """
    base = with_trade_costs(base_of(flows, elasticities, deficits=deficits), policy)
    end = solve_world(base.world, new_tariff(base, policy))
    path, path_notes = (
        _terms_of_trade(base.world, end) if terms_of_trade else (np.full(len(flows.economies), np.nan), ())
    )
    return general_equilibrium_result(
        MODEL.name,
        base.flows,
        elasticities,
        line=_line_effects(base, policy, end),
        market=_market_effects(base.flows, end),
        economy=_economy_effects(base.world, end, path),
        notes=(*_scope(base.world), ROWS["deficits"].choices[deficits].note, *base.notes, *path_notes, _solver(end)),
        solution=end.solution,
        tables=tables,
    )


def game(flows: Flows, policy: Policy, elasticities: Elasticities, *, deficits: Deficits = "fixed") -> Game:
    """The model for those who choose tariffs, with slopes by the adjoint.

    Parameters
    ----------
    flows, policy, elasticities, deficits : as for `simulate`

    Raises
    ------
    ParameterError, ConvergenceError
        As `simulate` raises them.
    """
    base = with_trade_costs(base_of(flows, elasticities, deficits=deficits), policy)
    world, at = base.world, (base.flows.product, base.flows.importer, base.flows.exporter)
    rate = new_tariff(base, policy)
    revenue_base = tariff_revenue(world)
    # the last multiplier of a goal starts the next one's search; it changes the work, not the answer
    multipliers: dict[bytes, Array] = {}

    def payoffs(tariff_new: Array, near: Payoffs | None) -> Payoffs:
        tariff = rate.copy()
        tariff[at] = tariff_new
        end = solve_world(world, tariff, start=None if near is None else near.unknowns)

        def differentiate(gain_weight: Array, revenue_weight: Array) -> tuple[float, Array]:
            goal = gain_weight.tobytes() + revenue_weight.tobytes()
            value, slope, multipliers[goal] = equilibrium_adjoint.objective_slope(
                world, end, gain_weight, revenue_weight, start=multipliers.get(goal)
            )
            return value, slope[at]

        return Payoffs(
            unknowns=end.unknowns,
            gain=income(world) * np.expm1(real_income_log(world, end)),
            revenue=end.tariff_revenue - revenue_base,
            differentiate=differentiate,
            solution=end.solution,
        )

    theta = world.trade_elasticity[base.flows.product]
    return Game(payoffs=payoffs, size=income(world), first_guess=np.minimum(1 / theta, 1.0))


def _terms_of_trade(world: World, end: Equilibrium) -> tuple[Array, tuple[str, ...]]:
    """Their part of ln Ŵ along the path to the new tariffs [economy], and how it was found."""
    split = refined_path_decomposition(world, end)
    words = (
        f"Terms of trade: their part of the change of real income along the path of equal steps in ln(1 + tariff), "
        f"{split.steps} steps with Romberg's rule. Terms of trade, volume of trade and transfers together miss the "
        f"exact change by up to {split.gap:.1e}."
    )
    return split.terms_of_trade, (words,)


def _economy_effects(world: World, end: Equilibrium, terms_of_trade: Array) -> EconomyEffects:
    at_base_weights = first_order_decomposition(world, end)
    return EconomyEffects(
        income_base=income(world),
        real_income_change=np.expm1(real_income_log(world, end)),
        wage_change=np.expm1(end.wage_log),
        consumer_price_change=np.expm1(consumer_price_log(world, end)),
        terms_of_trade_change=terms_of_trade,
        first_order_terms_of_trade_change=at_base_weights.terms_of_trade,
        first_order_volume_of_trade_change=at_base_weights.volume_of_trade,
        trade_balance_change=deficit_at(world, world.value_added) - end.deficit,
        employment_change=np.full_like(terms_of_trade, np.nan),
        tariff_revenue_change=end.tariff_revenue - tariff_revenue(world),
    )


def _line_effects(base: Base, policy: Policy, end: Equilibrium) -> LineEffects:
    flows = base.flows
    value, (cell, seller) = flows.import_value, cells_of(flows)
    new = end.import_value.ravel().take(cell)
    if policy.trade_cost.any():
        world_log = end.cost_log.ravel().take(seller) + np.log1p(policy.trade_cost)
        world_price, cheaper = np.expm1(world_log), np.exp(-world_log)
    else:
        world_log, world_price, cheaper = (cost.ravel().take(seller) for cost in _costs(end))
    landed_price = world_price.copy()
    taxed = np.flatnonzero(policy.tariff_new != flows.tariff_rate)
    tariff_log = np.log1p(policy.tariff_new[taxed]) - np.log1p(flows.tariff_rate[taxed])
    landed_price[taxed] = np.expm1(world_log[taxed] + tariff_log)
    quantity_value = new * cheaper
    creation = value * _composite_volume_change(flows, end).take(flows.market)
    sold = value > 0
    volume = quantity_value / value - 1 if sold.all() else quantity_value / np.where(sold, value, 1.0) - sold
    return LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=world_price,
        landed_price_change=landed_price,
        volume_change=volume,
        import_value_new=new,
        price_effect=quantity_value * world_price,
        trade_creation=creation,
        trade_diversion=quantity_value - value - creation,
        producer_surplus_change=the_same(np.nan, len(value)),
        export_tax_revenue_change=the_same(0.0, len(value)),
    )


def _costs(end: Equilibrium) -> tuple[Array, Array, Array]:
    """Ln ĉ, ĉ − 1 and 1/ĉ [sector, economy], for all lines of a seller at once."""
    return end.cost_log, np.expm1(end.cost_log), np.exp(-end.cost_log)


def _market_effects(flows: Flows, end: Equilibrium) -> MarketEffects:
    first = flows.market_start
    return MarketEffects(
        composite_price_change=np.expm1(end.price_log[flows.product[first], flows.importer[first]]),
        composite_volume_change=_composite_volume_change(flows, end),
        consumer_surplus_change=np.full(len(first), np.nan),
    )


def _composite_volume_change(flows: Flows, end: Equilibrium) -> Array:
    """Q − 1 = X̂/P̂ − 1 [market]."""
    at = (flows.product[flows.market_start], flows.importer[flows.market_start])
    change: Array = np.expm1((end.expenditure_log - end.price_log)[at])
    return change


def _scope(world: World) -> tuple[str, ...]:
    links = "no inputs: output is value added" if world.input_share is None else "sectors buy inputs from each other"
    return (
        f"General equilibrium: wages, prices, incomes and trade of all {len(world.value_added):,} economies and "
        f"{len(world.trade_elasticity):,} sectors move together; {links}; duties are paid to households. Left "
        "out: time, unemployment, capital and its return, and new trade where base trade is zero. Prices and "
        "values are in units of world value added, which stays as it is.",
    )


def _solver(end: Equilibrium) -> str:
    found = end.solution
    return (
        f"Solved to {found.residual:.1e} in {found.iterations:,} steps, the largest gap of the log equations for "
        "wages, prices and spending; trade balances meet deficits to 1e-8 of imports."
    )


def _unsuited(flows: Flows) -> str:
    if flows.accounts is None:
        return "it needs national accounts, which these data do not have"
    return "" if flows.domestic.any() else "it needs what each economy sells to itself, which these data do not have"


MODEL = Model(
    name="trade_equilibrium",
    simulate=simulate,
    label="General equilibrium, sectors and inputs",
    includes="Wages, prices and incomes of all economies together, with sectors that buy from one another; "
    "tariff revenue is paid to households (Caliendo, Parro 2015).",
    leaves_out="Unemployment, capital and stocks; changes in trade deficits; surpluses in single markets.",
    references=(
        "Caliendo, L. and Parro, F. (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review of "
        "Economic Studies 82(1), 1-44",
        "Eaton, J. and Kortum, S. (2002), Technology, Geography, and Trade, Econometrica 70",
        "Anderson, J. (1979), A Theoretical Foundation for the Gravity Equation, American Economic Review 69",
    ),
    documents={
        "Model": __doc__,
        "Base": world_equations.__doc__,
        "Equilibrium": equilibrium.__doc__,
        "Terms of trade and volume": decomposition.__doc__,
    },
    limits=(
        "Full employment, one factor that moves freely between sectors: the long run, without the transition.",
        "Wages and prices are relative to world value added; only their ratios are meaningful.",
        "The headline is the exact change of real income, not the paper's first-order “welfare”, which can be far from "
        "it.",
        "The built-in tables: an estimate for 2023 with the input structure of 2011, and the published one of 2011.",
    ),
    unsuited=_unsuited,
    rank=4,
    instruments=("tariff", "trade_cost"),
    options=("deficits",),
    incomes_move=True,
    # the path to the new tariffs takes more solutions than the answer itself
    draws_options={"terms_of_trade": False},
    not_drawn="terms_of_trade_change",
    chooses_tables=True,
    game=game,
)
