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

from collections.abc import Sequence
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
    the_same,
)
from calc.models.effects import LineEffects, MarketEffects, partial_equilibrium_result
from calc.models.equations.diversion import (
    MarketsHit,
    Rule,
    differential,
    discrete,
    trade_diversion_differential,
    trade_diversion_discrete,
)
from calc.models.equations.hit_lines import (
    Block,
    HitLines,
    blocks_of,
    fill_lines,
    hit_lines,
    sizes_of,
)
from calc.models.model import Model
from calc.models.steps.smart import smart_steps
from calc.result import TABLES, Result, Table
from calc.tariffs.policy import Policy

Diversion = Literal["differential", "discrete"]
INFINITE_SUPPLY = 99.0
_DIVERSION: dict[Diversion, Rule] = {"differential": differential, "discrete": discrete}


def simulate(
    flows: Flows,
    policy: Policy,
    elasticities: Elasticities,
    *,
    diversion: Diversion = "differential",
    tables: Sequence[Table] = TABLES,
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
    if not policy.tariffs_only():
        raise ParameterError(
            "SMART has import tariffs only. For export taxes, ceilings and trade costs choose armington."
        )
    if flows.domestic.any():
        raise ParameterError("SMART has no domestic goods, and this dataset has domestic sales. Choose armington.")
    lines, markets = len(flows.market), len(flows.market_start)
    line = LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=np.zeros(lines),
        landed_price_change=np.zeros(lines),
        volume_change=np.empty(lines),
        import_value_new=np.empty(lines),
        price_effect=np.zeros(lines),
        trade_creation=np.zeros(lines),
        trade_diversion=np.empty(lines),
        producer_surplus_change=np.zeros(lines),
        export_tax_revenue_change=the_same(0.0, lines),
    )
    market = MarketEffects(
        composite_price_change=np.zeros(markets),
        composite_volume_change=np.zeros(markets),
        consumer_surplus_change=np.zeros(markets),
    )
    for block in blocks_of(flows):
        hit = hit_lines(flows, policy.tariff_new, block)
        _fill(flows, elasticities, block, hit, _DIVERSION[diversion], line, market)
    return line, market


def _fill(
    flows: Flows,
    elasticities: Elasticities,
    block: Block,
    hit: HitLines,
    rule: Rule,
    line: LineEffects,
    market: MarketEffects,
) -> None:
    """Fill the effects of a block: first those of diversion on lines that are not hit, then those on lines that are."""
    at, sizes = block.lines, sizes_of(flows)
    value, share, total = hit.own(flows.import_value[at]), hit.own(flows.expenditure_share[at]), sizes.trade[hit.market]
    rest, share_of_rest = np.zeros_like(total), np.zeros_like(total)
    if not hit.all_of_block:
        left = hit.number < sizes.lines[hit.market]
        rest, share_of_rest = (total - hit.sums(value)) * left, (1 - hit.sums(share)) * left
    trade = MarketsHit(value=value, total=total, rest=rest)
    diverted, others = rule(hit, trade, elasticities.armington_elasticity[hit.market])
    if not hit.all_of_block:
        _fill_others(flows, block, hit, others, line)
    rise, change, quantity = _fill_hit(elasticities, block, hit, value, diverted, line)
    quantity += value
    quantity *= hit.price_base
    quantity *= rise
    market.consumer_surplus_change[hit.market] = hit.sums(quantity) / -2 + 0.0
    market.composite_price_change[hit.market] = hit.sums(share * rise)
    market.composite_volume_change[hit.market] = share_of_rest * others + hit.sums(share * change)


def _fill_others(flows: Flows, block: Block, hit: HitLines, others: Array, line: LineEffects) -> None:
    """What diversion does to the lines of a block that are not hit; those that are hit follow.

    Parameters
    ----------
    others : TD/M of the lines that are not hit [market hit]
    """
    at, moved = block.lines, np.zeros(len(flows.market_start))
    moved[hit.market] = others
    fill_lines(flows, block, moved, line.volume_change[at])
    np.multiply(flows.import_value[at], line.volume_change[at], out=line.trade_diversion[at])
    np.add(flows.import_value[at], line.trade_diversion[at], out=line.import_value_new[at])


def _fill_hit(
    elasticities: Elasticities, block: Block, hit: HitLines, value: Array, diverted: Array, line: LineEffects
) -> tuple[Array, Array, Array]:
    """What happens on the lines that are hit, of which p − 1, q − 1 and Q1 come back.

    Parameters
    ----------
    value, diverted : M, TD [line hit]
    """
    at = block.lines
    landed, volume, trade_new = line.landed_price_change[at], line.volume_change[at], line.import_value_new[at]
    effect, created = line.price_effect[at], line.trade_creation[at]
    price_change, supplied = _supplied(
        hit.of_lines(elasticities.import_demand_elasticity),
        hit.own(elasticities.export_supply_elasticity[at]),
        hit.shock,
    )
    price_effect = np.multiply(value, price_change, out=hit.room(effect))
    creation = np.multiply(value, supplied, out=hit.room(created))
    producers = _producers(price_effect, supplied)
    change = np.add(creation, diverted, out=hit.room(volume))
    quantity = value + change
    new = np.add(quantity, price_effect, out=hit.room(trade_new))
    wiped_out = np.flatnonzero(new < 0)
    if len(wiped_out):
        # Without volume there is no value for a price to change: creation takes what diversion leaves.
        creation[wiped_out] = -(value + diverted)[wiped_out]
        change[wiped_out] = -value[wiped_out]
        for of_line in (quantity, new, price_effect):
            of_line[wiped_out] = 0.0
    change /= value
    rise = np.multiply(price_change, 1 + hit.shock, out=hit.room(landed))
    rise += hit.shock
    for of_block, of_hit in (
        (line.world_price_change[at], price_change),
        (landed, rise),
        (volume, change),
        (trade_new, new),
        (effect, price_effect),
        (created, creation),
        (line.trade_diversion[at], diverted),
        (line.producer_surplus_change[at], producers),
    ):
        hit.put(of_block, of_hit)
    return rise, change, quantity


def _supplied(demand_elasticity: Array, supply_elasticity: Array, shock: Array) -> tuple[Array, Array]:
    """p̂* = Em s/(Ex − Em) and TC/M = Ex p̂*; 0 and Em s where supply is infinite.

    Parameters
    ----------
    demand_elasticity, supply_elasticity, shock : Em, Ex, s [line]
    """
    created = demand_elasticity * shock
    with np.errstate(invalid="ignore"):  # 0 · ∞, replaced below
        price_change = created / (supply_elasticity - demand_elasticity)
        infinite = np.flatnonzero(supply_elasticity >= INFINITE_SUPPLY)
        wanted = created[infinite]
        np.multiply(supply_elasticity, price_change, out=created)
    price_change[infinite] = 0.0
    created[infinite] = wanted
    return price_change, created


def _producers(price_effect: Array, supplied: Array) -> Array:
    """ΔPS = M p̂* (1 + Ex p̂*/2), at most the triangle M/(2 Ex): a straight supply line ends at p̂* = −1/Ex.

    Parameters
    ----------
    price_effect, supplied : M p̂*, Ex p̂* [line]
    """
    change = supplied / 2
    change += 1
    change *= price_effect
    ended = np.flatnonzero(supplied < -1)
    # M/(2 Ex) = M p̂*/(2 Ex p̂*), which is 0 where supply is infinite
    change[ended] = -price_effect[ended] / (2 * supplied[ended])
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
    chooses_tables=True,
)
DISCRETE_MODEL = replace(
    MODEL,
    name="smart_discrete",
    simulate=partial(simulate, diversion="discrete"),
    label="SMART, linear (discrete diversion)",
    trace=partial(smart_steps, discrete=True, infinite_supply=INFINITE_SUPPLY),
)
