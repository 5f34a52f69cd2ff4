"""Armington markets in which all suppliers have one supply elasticity: the composite price is a formula.

The landed-price lines of `models.armington` then share their slope b in a market, and its equation is x − b x − A = 0,
with A the price index of the intercepts. With τ = (1+t1)/(1+t0), d = τ − 1 and ρ = β/(β+σ):

    x = ln P = A/(1−b)        A = ln[Σ s τ^((1−σ)ρ)]/(1−σ)        b = (σ+ε)/(β+σ)        1 − b = ρ − ε/(β+σ)
    ln p* = b x − (1−ρ) ln τ        ln q = [(ε+σ) − σb] x − σρ ln τ        p − 1 = (p*−1) + d + (p*−1) d
    ΔPS = M0 (q p* − 1)/(1+β) = [M0 (q−1) + M0 q (p*−1)]/(1+β)

Where τ = 1 these are the same on every line of a market, whose logs and powers are taken once; lines that are hit have
their own.
"""

from dataclasses import dataclass

import numpy as np

from calc.flows import Array, Elasticities, Flows
from calc.models.equations.hit_lines import Block, HitLines, fill_lines, hit_lines

LEAST_LEFT = 0.01  # of Σ s τ^((1−σ)ρ): with less, what is left of 1 has lost digits
UNIT = 1e-12  # |1 − σ| below which the index is another formula


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changes:
    """Room for what a policy does, filled block by block: x = ln P [market], the rest as in `LineEffects` [line]."""

    composite_log: Array
    world_price: Array
    landed_price: Array
    volume: Array
    value_new: Array
    price_effect: Array
    creation: Array
    diversion: Array
    producers: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Markets:
    """What holds for every supplier of a market, [market].

    Parameters
    ----------
    beta : β of its first supplier
    borne : ρ
    slope : b
    power : (1−σ)ρ; NaN where the index has no such formula
    """

    beta: Array
    borne: Array
    slope: Array
    power: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moves:
    """What follows from x in each market, [market].

    Parameters
    ----------
    price_log, price : b x and e^(b x) − 1, the landed price of a supplier who is not hit
    quantity_log, quantity : [(ε+σ) − σb] x and what it volume changes by
    by_wedge : σρ, by which the volume falls with ln τ
    composite : Q − 1
    of_producers : 1/(1+β)
    """

    price_log: Array
    price: Array
    quantity_log: Array
    quantity: Array
    by_wedge: Array
    composite: Array
    of_producers: Array


def fill_by_formula(
    flows: Flows, tariff_new: Array, elasticities: Elasticities, blocks: tuple[Block, ...], changes: Changes
) -> tuple[Block, ...]:
    """Fill the changes of blocks in which the formula holds for every market; the blocks that are left.

    Parameters
    ----------
    tariff_new : t1 [line], the only thing that the policy changes in these blocks
    blocks : of `blocks_of`
    changes : room for all lines and markets
    """
    sigma, epsilon = elasticities.armington_elasticity, elasticities.import_demand_elasticity
    beta = elasticities.export_supply_elasticity.take(flows.market_start)
    one_less, by_supply = 1 - sigma, 1 / (beta + sigma)
    known = np.abs(one_less) >= UNIT
    borne = 1 - sigma * by_supply  # exactly 1 at β = inf, and b exactly 0
    markets = _Markets(
        beta=beta,
        borne=borne,
        slope=(sigma + epsilon) * by_supply,
        power=one_less * borne if known.all() else np.where(known, one_less * borne, np.nan),
    )
    excess = np.zeros(len(beta))
    filled: list[tuple[Block, HitLines, Array]] = []
    left: list[Block] = []
    for block in blocks:
        hit = hit_lines(flows, tariff_new, block)
        wedge_log = np.log1p(hit.shock)
        found = _excess(flows, elasticities, markets, block, hit, wedge_log)
        if found is None:
            left.append(block)
        else:
            filled.append((block, hit, wedge_log))
            excess[hit.market] = found
    if not known.all():
        one_less = np.where(known, one_less, 1.0)
    # + 0.0, for a market that nothing happens to has a price change of 0 and not of −0
    x = np.log1p(excess) / (one_less * (borne - epsilon * by_supply)) + 0.0
    price_log, quantity_log = markets.slope * x, (sigma + epsilon - sigma * markets.slope) * x
    moves = _Moves(
        price_log=price_log,
        price=np.expm1(price_log),
        quantity_log=quantity_log,
        quantity=np.expm1(quantity_log),
        by_wedge=sigma * borne,
        composite=np.expm1(epsilon * x),
        of_producers=1 / (1 + beta),
    )
    for block, hit, wedge_log in filled:
        changes.composite_log[block.markets] = x[block.markets]
        _fill_lines(flows, markets, block, hit, wedge_log, moves, changes)
    return tuple(left)


def _excess(
    flows: Flows, elasticities: Elasticities, markets: _Markets, block: Block, hit: HitLines, wedge_log: Array
) -> Array | None:
    """Σ s τ^((1−σ)ρ) − 1 of each market that is hit; None where the formula does not hold for all of the block."""
    lines, supply = block.lines, elasticities.export_supply_elasticity[block.lines]
    market = flows.market[lines]
    differs = np.flatnonzero(supply[1:] != supply[:-1])
    if (market[differs] == market[1:][differs]).any():
        return None
    growth = hit.of_lines(markets.power) * wedge_log
    np.expm1(growth, out=growth)
    growth *= hit.own(flows.expenditure_share[lines])
    excess = hit.sums(growth)
    return excess if ((excess > LEAST_LEFT - 1) & (excess < np.inf)).all() else None


def _fill_lines(
    flows: Flows,
    markets: _Markets,
    block: Block,
    hit: HitLines,
    wedge_log: Array,
    moves: _Moves,
    changes: Changes,
) -> None:
    """Every change on the lines of a block, from what follows in its markets and from d and ln τ."""
    lines, some = block.lines, block.markets
    base = flows.import_value[lines]
    world, landed, volume = changes.world_price[lines], changes.landed_price[lines], changes.volume[lines]
    new, effect = changes.value_new[lines], changes.price_effect[lines]
    creation, diversion, producers = changes.creation[lines], changes.diversion[lines], changes.producers[lines]
    moved = bool(markets.slope[some].any() or (markets.borne[some] != 1).any())
    if not hit.all_of_block:
        fill_lines(flows, block, moves.quantity, volume)
        if moved:
            fill_lines(flows, block, moves.price, world)
            landed[:] = world
        else:
            landed.fill(0.0)
    if moved:
        before_duty = np.multiply(hit.of_lines(1 - markets.borne), wedge_log, out=hit.room(world))
        np.subtract(hit.of_lines(moves.price_log), before_duty, out=before_duty)
        np.expm1(before_duty, out=before_duty)
        own = np.multiply(before_duty, hit.shock, out=hit.room(landed))
        own += hit.shock
        own += before_duty
        hit.put(world, before_duty)
        hit.put(landed, own)
    else:
        world.fill(0.0)
        landed[hit.lines] = hit.shock
    quantity_log = hit.of_lines(moves.by_wedge) * wedge_log
    np.subtract(hit.of_lines(moves.quantity_log), quantity_log, out=quantity_log)
    hit.put(volume, np.expm1(quantity_log, out=hit.room(volume)))
    np.multiply(base, volume, out=diversion)
    if not hit.all_of_block:
        np.add(base, diversion, out=new)
    # not as base + diversion, which loses the digits of a volume that all but ends
    left = np.exp(quantity_log, out=hit.room(new))
    left *= hit.own(base)
    hit.put(new, left)
    if moved:
        np.multiply(new, world, out=effect)
        new += effect
        np.add(diversion, effect, out=producers)
        part = moves.of_producers[some]
        producers *= part[0] if (part == part[0]).all() else moves.of_producers.take(flows.market[lines])
    else:
        effect.fill(0.0)
        producers.fill(0.0)
    fill_lines(flows, block, moves.composite, creation)
    creation *= base
    diversion -= creation
