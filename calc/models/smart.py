"""Linear partial equilibrium of imports, as in the World Bank's SMART.

Laird & Yeats (1986, "The UNCTAD trade policy simulation model"); Jammes & Olarreaga (2005, "Explaining SMART and
GSIM"); the WITS SMART manual.

Assumptions: one importer, products independent, no income effect, no domestic goods. With demand elasticity Em < 0,
substitution Es > 0 and export supply Ex > 0 (99 and more stands for infinite), s = (t1 − t0)/(1 + t0):

    p̂* = Em s/(Ex − Em)        TC = M Em s/(1 − Em/Ex)        PE = M p̂*        M1 = M + TC + TD + PE
    differential   TD = −Es M (s − s̄),  s̄ = Σ M s/Σ M;  no line loses more than M, gains scaled to the losses
    discrete       M' ∝ M (1 + S),  S = max(−1, −Es s), same total;  TD = M' − M              (Laird & Yeats)

The equations are straight lines: good for small changes, out of their depth for large ones.
"""

from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from calc.errors import ParameterError
from calc.flows import (
    Array,
    BoolArray,
    Elasticities,
    Flows,
    check_elasticities,
    lines_of_markets,
    sum_by_market,
)
from calc.models.effects import LineEffects, MarketEffects, partial_equilibrium_result
from calc.models.model import Model
from calc.models.steps.smart import smart_steps
from calc.result import Result
from calc.tariffs.policy import Policy

Diversion = Literal["differential", "discrete"]
INFINITE_SUPPLY = 99.0


def trade_diversion_differential(flows: Flows, tariff_shock: Array, armington_elasticity: Array) -> Array:
    """Trade that moves between suppliers, first-order rule; sums to zero in each market.

        TD = −Es M (s − s̄),  losses held to −M, gains scaled to the sum of the losses

    Parameters
    ----------
    tariff_shock : s [line]
    armington_elasticity : Es [market]
    """
    value, size = flows.import_value, lines_of_markets(flows)
    mean_shock = sum_by_market(flows, value * tariff_shock) / sum_by_market(flows, value)
    wanted = tariff_shock - np.repeat(mean_shock, size)
    wanted *= value
    wanted *= np.repeat(-armington_elasticity, size)
    gain = np.maximum(wanted, 0.0)
    wanted -= gain
    loss = np.maximum(wanted, -value, out=wanted)
    gained, lost = sum_by_market(flows, gain), -sum_by_market(flows, loss)
    moves = gained > 0
    gain *= np.repeat(np.where(moves, lost, 0.0) / np.where(moves, gained, 1.0), size)
    loss += gain
    return loss


def trade_diversion_discrete(flows: Flows, tariff_shock: Array, armington_elasticity: Array) -> Array:
    """Trade that moves between suppliers, Laird & Yeats' rule for finite changes; sums to zero in each market.

        M' = M (1+S) Σ M/Σ M (1+S),  S = max(−1, −Es s),  TD = M' − M;  0 where every S = −1

    Parameters
    ----------
    tariff_shock : s [line]
    armington_elasticity : Es [market]
    """
    value, size = flows.import_value, lines_of_markets(flows)
    kept = np.repeat(-armington_elasticity, size)
    kept *= tariff_shock
    np.maximum(kept, -1.0, out=kept)
    kept += 1
    kept *= value
    total, kept_total = sum_by_market(flows, value), sum_by_market(flows, kept)
    some = kept_total > 0
    kept *= np.repeat(np.where(some, total, 0.0) / np.where(some, kept_total, 1.0), size)
    kept -= value
    return kept if some.all() else np.where(np.repeat(some, size), kept, 0.0)


_DIVERSION = {"differential": trade_diversion_differential, "discrete": trade_diversion_discrete}


def simulate(
    flows: Flows,
    policy: Policy,
    elasticities: Elasticities,
    *,
    diversion: Diversion = "differential",
    tables: bool = True,
) -> Result:
    """Trade creation, diversion, revenue and welfare on every line, and their sums, under a policy.

    `wits_welfare` in the summary is the figure WITS prints, Σ (t0+t1)/2 · TC; it leaves diversion out.

    Parameters
    ----------
    flows, policy, elasticities, diversion : as for `effects_of`
    tables : as for `partial_equilibrium_result`

    Raises
    ------
    ParameterError
        As `effects_of` raises it.
    """
    line, market = effects_of(flows, policy, elasticities, diversion=diversion)
    wits_welfare = ((flows.tariff_rate + policy.tariff_new) / 2 * line.trade_creation).sum()
    wiped_out = line.import_value_new == 0
    return partial_equilibrium_result(
        (MODEL if diversion == "differential" else DISCRETE_MODEL).name,
        flows,
        elasticities,
        line=line,
        market=market,
        extra_summary={"wits_welfare": float(wits_welfare)},
        notes=_notes(diversion, wiped_out),
        tables=tables,
    )


def effects_of(
    flows: Flows, policy: Policy, elasticities: Elasticities, *, diversion: Diversion = "differential"
) -> tuple[LineEffects, MarketEffects]:
    """What a policy does on each line and in each market.

        ΔCS = −Δp (Q0 + Q1)/2,  Q1 = M + TC + TD,  p = p* (1+t)        ΔPS = M p̂* (1 + Ex p̂*/2)        net = ΔCS + ΔR

    Where M1 would be negative the line is wiped out: TC = −(M + TD), PE = 0, M1 = Q1 = 0.

    Parameters
    ----------
    flows : base trade and rates
    policy : new rates
    elasticities : Em, Es, Ex
    diversion : rule by which trade moves between suppliers

    Raises
    ------
    ParameterError
        The policy has export taxes or ceilings, or the data have domestic sales: neither is in this model.
    """
    check_elasticities(elasticities)
    if policy.export_tax.any() or np.isfinite(policy.export_ceiling).any() or policy.trade_cost.any():
        raise ParameterError(
            "SMART has import tariffs only. For export taxes, ceilings and trade costs choose armington."
        )
    if flows.domestic.any():
        raise ParameterError("SMART has no domestic goods, and this dataset has domestic sales. Choose armington.")
    value, price_base = flows.import_value, 1 + flows.tariff_rate
    demand = np.repeat(elasticities.import_demand_elasticity, lines_of_markets(flows))
    supply = elasticities.export_supply_elasticity
    supply = np.where(supply >= INFINITE_SUPPLY, np.inf, supply)
    shock = policy.tariff_new - flows.tariff_rate
    shock /= price_base
    wanted = demand * shock
    price_change = wanted / (supply - demand)
    with np.errstate(divide="ignore"):  # at Ex = 0 nothing is created, as 1 − Em/Ex = inf says
        wanted /= 1 - demand / supply  # TC/M = Ex p̂*
    creation, price_effect = value * wanted, value * price_change
    producers = _producers(value, price_effect, wanted, supply)
    diverted = _DIVERSION[diversion](flows, shock, elasticities.armington_elasticity)
    change = creation + diverted
    quantity = value + change
    new = quantity + price_effect
    wiped_out = np.flatnonzero(new < 0)
    # Without volume there is no value for a price to change: creation takes what diversion leaves.
    creation[wiped_out] = -(value + diverted)[wiped_out] if len(wiped_out) else 0.0
    change[wiped_out] = -value[wiped_out]
    for of_line in (quantity, new, price_effect):
        of_line[wiped_out] = 0.0

    rise = 1 + price_change
    rise *= 1 + policy.tariff_new
    rise -= price_base
    quantity += value
    quantity *= rise
    consumers = sum_by_market(flows, quantity) / -2
    rise /= price_base
    change /= value
    line = LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=price_change,
        landed_price_change=rise,
        volume_change=change,
        import_value_new=new,
        price_effect=price_effect,
        trade_creation=creation,
        trade_diversion=diverted,
        producer_surplus_change=producers,
        export_tax_revenue_change=np.zeros(len(value)),
    )
    effects = MarketEffects(
        composite_price_change=sum_by_market(flows, flows.expenditure_share * rise),
        composite_volume_change=sum_by_market(flows, flows.expenditure_share * change),
        consumer_surplus_change=consumers,
    )
    return line, effects


def _producers(value: Array, price_effect: Array, supplied: Array, supply_elasticity: Array) -> Array:
    """ΔPS = M p̂* (1 + Ex p̂*/2), at most the triangle M/(2 Ex): a straight supply line ends at p̂* = −1/Ex.

    Parameters
    ----------
    price_effect, supplied : M p̂*, Ex p̂* [line]
    """
    change = supplied / 2
    change += 1
    change *= price_effect
    ended = np.flatnonzero(supplied < -1)
    change[ended] = -value[ended] / (2 * supply_elasticity[ended])
    return change


def _notes(diversion: Diversion, wiped_out: BoolArray) -> tuple[str, ...]:
    notes = [f"Trade diversion by SMART's {diversion} rule.", "Flows that are zero in the base stay zero."]
    count = int(np.count_nonzero(wiped_out))
    if count:
        notes.append(
            f"On {count:,} of {len(wiped_out):,} lines the straight lines reach zero: imports there are set to "
            "zero and trade creation is cut to match."
        )
    return tuple(notes)


def _unsuited(flows: Flows) -> str:
    if flows.domestic.any():
        return "it has no domestic goods, and these data have domestic sales"
    return "it handles one importer, and these data have several" if len(flows.buyers) > 1 else ""


MODEL = Model(
    name="smart",
    simulate=simulate,
    label="SMART, linear",
    includes="One importer's demand and its substitution between suppliers, along straight lines (as in WITS).",
    leaves_out="Domestic goods, other importers, incomes, and the curvature of large changes.",
    references=(
        "Laird, S. and Yeats, A. (1986), The UNCTAD Trade Policy Simulation Model, UNCTAD discussion paper 19",
        "Jammes, O. and Olarreaga, M. (2005), Explaining SMART and GSIM, World Bank",
        "World Bank, WITS SMART user manual",
    ),
    documents={
        "Model": __doc__,
        "Parts of the change": effects_of.__doc__,
        "Diversion, differential": trade_diversion_differential.__doc__,
        "Diversion, discrete": trade_diversion_discrete.__doc__,
        "What is reported": simulate.__doc__,
    },
    limits=(
        "Straight lines: beyond 10% of the landed price the notes say how far it is from the exact model.",
        "A tariff increase of 1/|demand elasticity| wipes a line out; Notes counts such lines.",
        "WITS's own welfare figure leaves diversion out; the report gives it as wits_welfare_usd, beside ours.",
        "Other programmes called SMART move market shares by another rule and divert 2.8 times less on equal inputs.",
    ),
    unsuited=_unsuited,
    linear_form_of="armington",
    diversion_sums_to_zero=True,
    trace=partial(smart_steps, discrete=False, infinite_supply=INFINITE_SUPPLY),
    headline_options={"tables": False},
)
DISCRETE_MODEL = replace(
    MODEL,
    name="smart_discrete",
    simulate=partial(simulate, diversion="discrete"),
    label="SMART, linear (discrete diversion)",
    trace=partial(smart_steps, discrete=True, infinite_supply=INFINITE_SUPPLY),
)
