"""Armington markets in which all suppliers have one supply elasticity: the composite price is a formula.

The landed-price lines of `models.armington` then share their slope b in a market, and its equation is x − b x − A = 0,
with A the price index of the intercepts. With τ = (1+t1)/(1+t0), d = τ − 1 and ρ = β/(β+σ):

    x = ln P = A/(1−b)        A = ln[Σ s τ^((1−σ)ρ)]/(1−σ)        b = (σ+ε)/(β+σ)        1 − b = ρ − ε/(β+σ)
    ln p* = b x − (1−ρ) ln τ        ln q = [(ε+σ) − σb] x − σρ ln τ        p − 1 = (p*−1) + d + (p*−1) d
    ΔPS = M0 (q p* − 1)/(1+β) = [M0 (q−1) + M0 q (p*−1)]/(1+β)

Lines are taken a hundred thousand at a time: what one step writes is still in the processor's cache for the next. Where
τ = 1 these are the same on every line of a market, whose logs and powers are taken once; lines that are hit have their
own.
"""

from dataclasses import dataclass

import numpy as np

from calc.flows import Array, Elasticities, Flows, IntArray, lines_of_markets

LINES = 2**17  # in a block
LEAST_LEFT = 0.01  # of Σ s τ^((1−σ)ρ): with less, what is left of 1 has lost digits
UNIT = 1e-12  # |1 − σ| below which the index is another formula
MOST_HIT = 0.4  # part of a block's lines, above which all are treated as hit: picking them takes longer


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring markets and their lines."""

    markets: slice
    lines: slice


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
    export_tax: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Markets:
    """What holds for every supplier of a market, [market].

    Parameters
    ----------
    size : lines
    beta : β of its first supplier
    borne : ρ
    slope : b
    power : (1−σ)ρ; NaN where the index has no such formula
    """

    size: IntArray
    beta: Array
    borne: Array
    slope: Array
    power: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Hit:
    """The lines of a block whose tariff changes.

    Parameters
    ----------
    lines : which lines of the block; all of them where most are hit
    starts : of these lines, the first of each market that has any
    market : in which they are, counted from the first of the block
    number : lines of each of these markets
    shock, wedge_log : d, ln τ of each line
    """

    lines: IntArray | slice
    starts: IntArray
    market: IntArray
    number: IntArray
    shock: Array
    wedge_log: Array

    def of_lines(self, of_markets: Array) -> Array:
        """Values of the markets of the block on the lines that are hit."""
        return np.repeat(of_markets[self.market], self.number)


def blocks_of(flows: Flows, lines: int = LINES) -> tuple[Block, ...]:
    """All markets, cut into neighbours with about so many lines; a larger market stays whole."""
    ends = np.append(flows.market_start, len(flows.market))
    cuts = np.searchsorted(flows.market_start, np.arange(0, ends[-1], lines))
    cuts = np.unique(np.append(cuts, len(flows.market_start)))
    return tuple(
        Block(slice(first, last), slice(int(ends[first]), int(ends[last])))
        for first, last in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
    )


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
    beta = elasticities.export_supply_elasticity[flows.market_start]
    borne = 1 - sigma / (beta + sigma)  # exactly 1 at β = inf, and b exactly 0
    markets = _Markets(
        size=lines_of_markets(flows),
        beta=beta,
        borne=borne,
        slope=(sigma + epsilon) / (beta + sigma),
        power=np.where(np.abs(1 - sigma) < UNIT, np.nan, (1 - sigma) * borne),
    )
    excess = np.zeros(len(beta))
    filled: list[tuple[Block, _Hit]] = []
    left: list[Block] = []
    for block in blocks:
        hit = _hit(flows, tariff_new, block)
        found = _excess(flows, elasticities, markets, block, hit)
        if found is None:
            left.append(block)
        else:
            filled.append((block, hit))
            excess[block.markets] = found
    one_less = np.where(np.abs(1 - sigma) < UNIT, 1.0, 1 - sigma)
    # + 0.0, for a market that nothing happens to has a price change of 0 and not of −0
    x = np.log1p(excess) / one_less / (borne - epsilon / (beta + sigma)) + 0.0
    of_quantity = (sigma + epsilon - sigma * markets.slope) * x
    composite_volume = np.expm1(epsilon * x)
    for block, hit in filled:
        changes.composite_log[block.markets] = x[block.markets]
        _fill_lines(flows, markets, block, hit, changes, x, sigma, of_quantity, composite_volume)
    return tuple(left)


def _hit(flows: Flows, tariff_new: Array, block: Block) -> _Hit:
    """The lines of a block that are hit, with d and ln τ."""
    rate, new = flows.tariff_rate[block.lines], tariff_new[block.lines]
    first, starts = block.markets.start, flows.market_start[block.markets] - block.lines.start
    hit = np.flatnonzero(new != rate)
    lines: IntArray | slice = hit
    if len(hit) > MOST_HIT * len(rate):
        lines, market = slice(None), np.arange(len(starts))
    else:
        of_line = flows.market[block.lines][hit] - first
        starts = np.flatnonzero(np.diff(of_line, prepend=-1))
        market = of_line[starts]
    shock = new[lines] - rate[lines]
    shock /= 1 + rate[lines]
    number = np.diff(starts, append=len(shock))
    return _Hit(lines=lines, starts=starts, market=market, number=number, shock=shock, wedge_log=np.log1p(shock))


def _excess(flows: Flows, elasticities: Elasticities, markets: _Markets, block: Block, hit: _Hit) -> Array | None:
    """Σ s τ^((1−σ)ρ) − 1 of each market; None where the formula does not hold for all of them."""
    lines, size = block.lines, markets.size[block.markets]
    of_line = np.repeat(markets.beta[block.markets], size)
    if not (of_line == elasticities.export_supply_elasticity[lines]).all():
        return None
    excess = np.zeros(len(size))
    if len(hit.starts):
        growth = hit.of_lines(markets.power[block.markets])
        growth *= hit.wedge_log
        np.expm1(growth, out=growth)
        growth *= flows.expenditure_share[lines][hit.lines]
        excess[hit.market] = np.add.reduceat(growth, hit.starts)
    return excess if ((excess > LEAST_LEFT - 1) & (excess < np.inf)).all() else None


def _fill_lines(
    flows: Flows,
    markets: _Markets,
    block: Block,
    hit: _Hit,
    changes: Changes,
    composite_log: Array,
    sigma: Array,
    of_quantity: Array,
    composite_volume: Array,
) -> None:
    """Every change on the lines of a block, from x, [(ε+σ) − σb] x and Q − 1 [market]."""
    lines, some = block.lines, block.markets
    size, base = markets.size[some], flows.import_value[lines]

    def of_lines(of_markets: Array) -> Array:
        return np.repeat(of_markets[some], size)

    def room_of_hit(of_block: Array) -> Array:
        return of_block if isinstance(hit.lines, slice) else np.empty(len(hit.shock))

    def put(of_block: Array, of_hit: Array, of_markets: Array) -> None:
        """Fill the lines of a block: those that are hit with their own, others with what holds in their market."""
        if of_block is not of_hit:
            of_block[:] = np.repeat(of_markets, size)
            of_block[hit.lines] = of_hit

    world, landed, volume = changes.world_price[lines], changes.landed_price[lines], changes.volume[lines]
    new, effect = changes.value_new[lines], changes.price_effect[lines]
    creation, diversion, producers = changes.creation[lines], changes.diversion[lines], changes.producers[lines]
    changes.export_tax[lines] = 0.0
    moved = bool(markets.slope[some].any() or (markets.borne[some] != 1).any())
    own = room_of_hit(landed)
    if moved:
        price_log = markets.slope[some] * composite_log[some]
        before_duty = room_of_hit(world)
        np.multiply(hit.of_lines(1 - markets.borne[some]), hit.wedge_log, out=before_duty)
        np.subtract(hit.of_lines(price_log), before_duty, out=before_duty)
        np.expm1(before_duty, out=before_duty)
        np.multiply(before_duty, hit.shock, out=own)
        own += hit.shock
        own += before_duty
        put(world, before_duty, np.expm1(price_log))
        put(landed, own, np.expm1(price_log))
    else:
        world.fill(0.0)
        own[:] = hit.shock
        put(landed, own, np.zeros(len(size)))
    quantity_log = hit.of_lines((sigma * markets.borne)[some])
    quantity_log *= hit.wedge_log
    np.subtract(hit.of_lines(of_quantity[some]), quantity_log, out=quantity_log)
    put(volume, np.expm1(quantity_log, out=room_of_hit(volume)), np.expm1(of_quantity[some]))
    put(new, np.exp(quantity_log, out=room_of_hit(new)), np.exp(of_quantity[some]))
    new *= base
    np.multiply(base, volume, out=diversion)
    if moved:
        np.multiply(new, world, out=effect)
        new += effect
        np.add(diversion, effect, out=producers)
        producers *= of_lines(1 / (1 + markets.beta))
    else:
        effect.fill(0.0)
        producers.fill(0.0)
    np.multiply(base, of_lines(composite_volume), out=creation)
    diversion -= creation
