"""The tariffs of "Liberation Day" in general equilibrium: real income, employment and the use of the revenue.

Ignatenko, Macedoni, Lashkaripour & Simonovska (2025, "Making America Great Again? The economic impacts of Liberation
Day tariffs", Journal of International Economics). Base year in `equations.fixed_export_costs`, equations
and their solution in `equations.one_sector`; here flows and GDP go in and the paper's measures and the tables of a
`Result` come out.

Assumptions: one sector; labour, and inputs where asked for; labour supply answers the real wage after tax; fixed costs
of exporting, paid in the destination, one share for the United States and one for all others; deficits keep their
share in world output. Incomes, wages and prices of all economies move together.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from calc.assumptions import ROWS
from calc.errors import ParameterError
from calc.flows import Array, Elasticities, Flows
from calc.models.effects import EconomyEffects, LineEffects, MarketEffects, general_equilibrium_result
from calc.models.equations import fixed_export_costs, one_sector, one_sector_adjoint
from calc.models.equations.fixed_export_costs import SCALE, accounts_of, base_year, fixed_cost_shares, tariff_exponent
from calc.models.equations.one_sector import Equilibrium, World, solve_by_anderson, with_tariff, world_of
from calc.models.equations.one_sector_outcome import Outcome, outcome_of
from calc.models.game import Game, Payoffs
from calc.models.model import Model
from calc.result import TABLES, Result, Table
from calc.tariffs.policy import Policy

HOME = "USA"
LABOR_SUPPLY_ELASTICITY = 0.5
LABOR_SHARE_WITH_INPUTS = 0.49

RevenueUse = Literal["tax_relief", "lump_sum"]
Inputs = Literal["none", "composite"]
FixedCosts = Literal["paid", "none"]


def simulate(
    flows: Flows,
    policy: Policy,
    elasticities: Elasticities,
    *,
    revenue_use: RevenueUse = "tax_relief",
    inputs: Inputs = "none",
    fixed_costs: FixedCosts = "paid",
    labor_supply_elasticity: float = LABOR_SUPPLY_ELASTICITY,
    tariff_pass_through: float = 1.0,
    scale_at: float | None = None,
    tables: Sequence[Table] = TABLES,
) -> Result:
    """Real income, wages, prices, employment and trade of every economy under a policy.

    The trade elasticity is ε = σ − 1, as in all models with incomes here: shares in spending at duty-paid prices fall
    by ε% for each per cent of cost. The paper's ε = 4 is σ = 5. A base tariff is a cost like any other; the model's
    tariff is the change (1+t1)/(1+t0) − 1, and its revenue what this change brings.

    Parameters
    ----------
    flows : trade between economies, one product, without own sales; `accounts.value_added` is GDP
    policy : new rates
    elasticities : σ, one number, > 1; the others are not used
    revenue_use : `tax_relief` cuts the tax on labour, `lump_sum` pays it to households
    inputs : `none`, or `composite`: labour is 0.49 of costs and the world's composite the rest
    fixed_costs : of exporting, `paid`; `none` gives the model of Eaton, Kortum and Krugman, with φ = 1 and ν = 0
    labor_supply_elasticity : κ
    tariff_pass_through : φ̃, share of a tariff in a firm's price
    scale_at : ε at which scale economies ψ = 0.67/ε and the tariff's exponent are taken; the ε of trade if absent
    tables : as for `partial_equilibrium_result`

    Raises
    ------
    ParameterError
        Something the model does not have: several products, export taxes or ceilings, own sales, missing GDP.
    ConvergenceError
        No equilibrium was found.
    """
    world = _world(
        flows,
        policy,
        elasticities,
        revenue_use=revenue_use,
        inputs=inputs,
        fixed_costs=fixed_costs,
        labor_supply_elasticity=labor_supply_elasticity,
        tariff_pass_through=tariff_pass_through,
        scale_at=scale_at,
    )
    base, wedge = world.base, _wedge(flows, policy.tariff_new)
    at, solution = solve_by_anderson(world)
    outcome = outcome_of(world, at)
    pass_through = tariff_pass_through if fixed_costs == "paid" else 1.0
    return general_equilibrium_result(
        MODEL.name,
        flows,
        elasticities,
        line=_line_effects(flows, policy, at, outcome, np.log(wedge), pass_through),
        market=_market_effects(flows, at),
        economy=EconomyEffects(
            income_base=base.output + base.transfer,
            real_income_change=outcome.welfare_change,
            wage_change=outcome.wage_change,
            consumer_price_change=outcome.price_change,
            terms_of_trade_change=np.full(len(base.output), np.nan),
            first_order_terms_of_trade_change=np.full(len(base.output), np.nan),
            first_order_volume_of_trade_change=np.full(len(base.output), np.nan),
            trade_balance_change=outcome.deficit_base - outcome.deficit,
            employment_change=outcome.employment_change,
            tariff_revenue_change=outcome.revenue,
        ),
        extra_summary=_summary(flows, policy, world, outcome),
        notes=_notes(flows, world, revenue_use=revenue_use, inputs=inputs, fixed_costs=fixed_costs),
        solution=solution,
        tables=tables,
    )


def game(
    flows: Flows,
    policy: Policy,
    elasticities: Elasticities,
    *,
    revenue_use: RevenueUse = "tax_relief",
    inputs: Inputs = "none",
    fixed_costs: FixedCosts = "paid",
    labor_supply_elasticity: float = LABOR_SUPPLY_ELASTICITY,
    tariff_pass_through: float = 1.0,
    scale_at: float | None = None,
) -> Game:
    """The model for those who choose tariffs, with slopes by the adjoint.

    Parameters
    ----------
    flows, policy, elasticities : as for `simulate`, and all keywords of it but `tables`

    Raises
    ------
    ParameterError, ConvergenceError
        As `simulate` raises them.
    """
    world = _world(
        flows,
        policy,
        elasticities,
        revenue_use=revenue_use,
        inputs=inputs,
        fixed_costs=fixed_costs,
        labor_supply_elasticity=labor_supply_elasticity,
        tariff_pass_through=tariff_pass_through,
        scale_at=scale_at,
    )
    size, line = world.base.output + world.base.transfer, (flows.importer, flows.exporter)

    def payoffs(tariff_new: Array, near: Payoffs | None) -> Payoffs:
        tariff = np.zeros_like(world.tariff)
        tariff[line] = _wedge(flows, tariff_new) - 1
        under = with_tariff(world, tariff)
        at, solution = solve_by_anderson(under, None if near is None else near.unknowns)
        outcome = outcome_of(under, at)

        def differentiate(gain_weight: Array, revenue_weight: Array) -> tuple[float, Array]:
            value, slope = one_sector_adjoint.objective_slope(under, at, gain_weight, revenue_weight)
            return value, slope[line]

        return Payoffs(
            unknowns=np.concatenate([at.cost_log, at.wage_log + at.employment_log]),
            gain=size * outcome.welfare_change,
            revenue=outcome.revenue,
            differentiate=differentiate,
            solution=solution,
        )

    guess = np.full(len(flows.market), min(1 / world.trade_elasticity, 1.0))
    return Game(payoffs=payoffs, size=size, first_guess=guess)


def _world(
    flows: Flows,
    policy: Policy,
    elasticities: Elasticities,
    *,
    revenue_use: RevenueUse,
    inputs: Inputs,
    fixed_costs: FixedCosts,
    labor_supply_elasticity: float,
    tariff_pass_through: float,
    scale_at: float | None,
) -> World:
    """The calibrated world under a policy."""
    for key, chosen in (("revenue_use", revenue_use), ("inputs", inputs), ("fixed_costs", fixed_costs)):
        ROWS[key].check(chosen)
    epsilon = _checked_elasticity(flows, policy, elasticities, labor_supply_elasticity)
    trade, gdp = _trade_and_gdp(flows)
    home = int(np.flatnonzero(flows.economies == HOME)[0])
    share = fixed_cost_shares(trade, gdp, home)
    labor_share = LABOR_SHARE_WITH_INPUTS if inputs == "composite" else 1.0
    base = base_year(trade, gdp, share, labor_share)
    scale_at = epsilon if scale_at is None else scale_at
    exponent = tariff_exponent(share, scale_at, tariff_pass_through)
    if fixed_costs == "none":
        base = accounts_of(base.trade, np.zeros_like(share), labor_share, base.without_own_sales)
        exponent = np.ones_like(share)
    tariff = np.zeros_like(trade)
    tariff[flows.importer, flows.exporter] = _wedge(flows, policy.tariff_new) - 1
    cost_log = np.zeros_like(tariff)
    cost_log[flows.importer, flows.exporter] = np.log1p(policy.trade_cost)
    return world_of(
        base,
        tariff,
        trade_elasticity=epsilon,
        labor_supply_elasticity=labor_supply_elasticity,
        scale_elasticity=SCALE / scale_at,
        tariff_exponent=exponent,
        tax_relief=revenue_use == "tax_relief",
        trade_cost_log=cost_log,
    )


def _wedge(flows: Flows, tariff_new: Array) -> Array:
    """(1+t1)/(1+t0) [line]."""
    return (1 + tariff_new) / (1 + flows.tariff_rate)


def _line_effects(
    flows: Flows, policy: Policy, at: Equilibrium, outcome: Outcome, wedge_log: Array, pass_through: float
) -> LineEffects:
    """Price ĉ (1+t)^(φ̃−1) before duty, volume by value over price, and its split as in `armington`."""
    base = flows.import_value
    new = outcome.trade[flows.importer, flows.exporter]
    world_log = at.cost_log[flows.exporter] + (pass_through - 1) * wedge_log + np.log1p(policy.trade_cost)
    volume = new / base * np.exp(-world_log)
    composite = np.exp(at.spending_log - at.price_log)[flows.importer]
    silent = np.full_like(base, np.nan)
    return LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=np.expm1(world_log),
        landed_price_change=np.expm1(world_log + wedge_log),
        volume_change=volume - 1,
        import_value_new=new,
        price_effect=new - base * volume,
        trade_creation=base * (composite - 1),
        trade_diversion=base * (volume - composite),
        producer_surplus_change=silent,
        export_tax_revenue_change=np.zeros_like(base),
    )


def _market_effects(flows: Flows, at: Equilibrium) -> MarketEffects:
    importer = flows.importer[flows.market_start]
    return MarketEffects(
        composite_price_change=np.expm1(at.price_log)[importer],
        composite_volume_change=np.expm1(at.spending_log - at.price_log)[importer],
        consumer_surplus_change=np.full(len(importer), np.nan),
    )


def _summary(flows: Flows, policy: Policy, world: World, outcome: Outcome) -> dict[str, float]:
    base = world.base
    acting = np.bincount(flows.importer[policy.targeted], minlength=len(base.output)) > 0
    spending = base.expenditure[acting].sum()
    return {
        "acting_tariff_revenue_share": float(outcome.revenue[acting].sum() / spending) if acting.any() else 0.0,
        "world_trade_to_gdp_change": outcome.world_trade_to_gdp_change,
        "world_employment_change": outcome.world_employment_change,
    }


def _checked_elasticity(
    flows: Flows, policy: Policy, elasticities: Elasticities, labor_supply_elasticity: float
) -> float:
    """ε = σ − 1, after checking that the model can do what is asked."""
    if len(flows.products) != 1:
        raise ParameterError(
            f"{MODEL.name} has one sector and these flows have {len(flows.products):,} products. Add them up to one, "
            "or use trade_equilibrium."
        )
    if flows.domestic.any():
        raise ParameterError(f"{MODEL.name} infers domestic sales from GDP; leave out flows of an economy to itself.")
    if (policy.export_tax != 0).any() or np.isfinite(policy.export_ceiling).any():
        raise ParameterError(
            f"{MODEL.name} has tariffs and trade costs; use gsim or armington for export taxes and ceilings."
        )
    sigma = elasticities.armington_elasticity
    if not (sigma > 1).all() or not (sigma == sigma[0]).all():
        raise ParameterError(
            f"{MODEL.name} needs one armington_elasticity above 1 for all economies (trade elasticity plus 1); it has "
            f"{sigma.min():g} to {sigma.max():g}."
        )
    if not labor_supply_elasticity >= 0:
        raise ParameterError(f"labor_supply_elasticity must be 0 or above; it is {labor_supply_elasticity:g}.")
    return float(sigma[0]) - 1


def _trade_and_gdp(flows: Flows) -> tuple[Array, Array]:
    """X [n,i] and GDP [n], US$."""
    if flows.accounts is None:
        raise ParameterError(f"{MODEL.name} needs the GDP of every economy; this dataset has no value_added file.")
    if HOME not in flows.economies:
        raise ParameterError(
            f"{MODEL.name} is calibrated on the United States against all others; the data have no {HOME}."
        )
    gdp = flows.accounts.value_added[:, 0]
    missing = ~(gdp > 0)
    if missing.any():
        raise ParameterError(
            f"{MODEL.name} needs the GDP of every economy; {np.count_nonzero(missing):,} have none, the first is "
            f"{flows.economies[missing][0]}. Add it to value_added or leave the economy out."
        )
    trade = np.zeros((len(gdp), len(gdp)))
    trade[flows.importer, flows.exporter] = flows.import_value
    return trade, gdp


def _notes(
    flows: Flows, world: World, *, revenue_use: RevenueUse, inputs: Inputs, fixed_costs: FixedCosts
) -> tuple[str, ...]:
    notes = [
        "One sector: all goods and services of an economy are one product. Flows that are zero in the base stay zero.",
        "Trade deficits keep their share in world output, so they move little unless fixed export costs shift.",
        ROWS["revenue_use"].choices[revenue_use].note,
        *filter(None, (ROWS["inputs"].choices[inputs].note, ROWS["fixed_costs"].choices[fixed_costs].note)),
        "Money is in units of the world's mean "
        + ("consumer price" if world.base.labor_share == 1 else "wage")
        + ", which is held fixed; producer and consumer surplus and the terms of trade are not defined here.",
    ]
    if (flows.tariff_rate != 0).any():
        notes.append(
            "Base tariffs count as trade costs: only the change of a tariff brings revenue in this model, so "
            "revenue by economy differs from the duties in the table of flows."
        )
    clipped = world.base.without_own_sales
    if clipped.any():
        notes.append(
            f"In {np.count_nonzero(clipped):,} economies trade leaves nothing of GDP for domestic sales, which "
            f"are set to zero: {', '.join(flows.economies[clipped])}."
        )
    return tuple(notes)


def _unsuited(flows: Flows) -> str:
    if flows.accounts is None:
        return "it needs the GDP of every economy, which these data do not have"
    if len(flows.products) > 1 or flows.domestic.any():
        return "it has one sector and infers domestic sales from GDP; these data have their own"
    return (
        ""
        if HOME in flows.economies
        else f"it is calibrated on {HOME} against all others, and these data have no {HOME}"
    )


MODEL = Model(
    name="liberation_day",
    simulate=simulate,
    label="General equilibrium, one sector",
    includes="Wages, prices, incomes and employment of all economies together; fixed costs of exporting; tariff "
    "revenue pays for a cut in the labour tax (Ignatenko et al. 2025).",
    leaves_out="Sectors and the inputs between them; surpluses of buyers and producers; a terms-of-trade split.",
    references=(
        "Ignatenko, A., Macedoni, L., Lashkaripour, A. and Simonovska, I. (2025), Making America Great Again? The "
        "Economic Impacts of Liberation Day Tariffs, Journal of International Economics 157, 104138",
    ),
    documents={
        "Model": __doc__,
        "Equilibrium": one_sector.__doc__,
        "Base year": fixed_export_costs.__doc__,
        "Accounts": fixed_export_costs.BaseYear.__doc__,
        "Fixed cost of exporting": fixed_cost_shares.__doc__,
        "Exponent of the tariff": tariff_exponent.__doc__,
        "Real income": outcome_of.__doc__,
    },
    limits=(
        "One sector: all goods are alike, and which product is taxed does not matter.",
        "Base tariffs count as costs: only the change of a tariff is a tariff and brings revenue.",
        "Revenue that cuts the labour tax raises employment by assumption; paid to households, it does not.",
        "Domestic sales are inferred from GDP and the cost of exporting; nobody reports them.",
    ),
    unsuited=_unsuited,
    rank=3,
    instruments=("tariff", "trade_cost"),
    options=("revenue_use", "inputs", "fixed_costs"),
    incomes_move=True,
    chooses_tables=True,
    game=game,
)
