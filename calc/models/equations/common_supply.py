"""Armington markets in which all suppliers have one supply elasticity: the composite price is a formula.

The landed-price lines of `models.armington` then share their slope b in a market, and its equation is x − b x − A = 0,
with A the price index of the intercepts. With τ = (1+t1)/(1+t0), d = τ − 1 and ρ = β/(β+σ):

    x = ln P = A/(1−b)        A = ln[Σ s τ^((1−σ)ρ)]/(1−σ)        b = (σ+ε)/(β+σ)        1 − b = ρ − ε/(β+σ)
    ln p* = b x − (1−ρ) ln τ        ln q = [(ε+σ) − σb] x − σρ ln τ        p − 1 = (p*−1) + d + (p*−1) d
    ΔPS = M0 (q p* − 1)/(1+β) = [M0 (q−1) + M0 q (p*−1)]/(1+β)

Lines are taken a hundred thousand at a time: what one step writes is still in the processor's cache for the next.
"""

from dataclasses import dataclass

import numpy as np

from calc.flows import Array, Elasticities, Flows, IntArray, lines_of_markets

LINES = 2**17  # in a block
LEAST_LEFT = 0.01  # of Σ s τ^((1−σ)ρ): with less, what is left of 1 has lost digits
UNIT = 1e-12  # |1 − σ| below which the index is another formula


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
    filled: list[Block] = []
    left: list[Block] = []
    for block in blocks:
        found = _excess(flows, tariff_new, elasticities, markets, block, changes)
        (left if found is None else filled).append(block)
        if found is not None:
            excess[block.markets] = found
    one_less = np.where(np.abs(1 - sigma) < UNIT, 1.0, 1 - sigma)
    # + 0.0, for a market that nothing happens to has a price change of 0 and not of −0
    x = np.log1p(excess) / one_less / (borne - epsilon / (beta + sigma)) + 0.0
    of_quantity = (sigma + epsilon - sigma * markets.slope) * x
    composite_volume = np.expm1(epsilon * x)
    for block in filled:
        changes.composite_log[block.markets] = x[block.markets]
        _fill_lines(flows, markets, block, changes, x, sigma, of_quantity, composite_volume)
    return tuple(left)


def _excess(
    flows: Flows, tariff_new: Array, elasticities: Elasticities, markets: _Markets, block: Block, changes: Changes
) -> Array | None:
    """Σ s τ^((1−σ)ρ) − 1 of each market; None where the formula does not hold for all of them.

    d and ln τ are left in the room of the landed price and of the volume.
    """
    lines, size = block.lines, markets.size[block.markets]
    of_line = np.repeat(markets.beta[block.markets], size)
    if not (of_line == elasticities.export_supply_elasticity[lines]).all():
        return None
    rate, shock, wedge_log = flows.tariff_rate[lines], changes.landed_price[lines], changes.volume[lines]
    np.subtract(tariff_new[lines], rate, out=shock)
    shock /= 1 + rate
    np.log1p(shock, out=wedge_log)
    growth = np.repeat(markets.power[block.markets], size)
    growth *= wedge_log
    np.expm1(growth, out=growth)
    growth *= flows.expenditure_share[lines]
    excess: Array = np.add.reduceat(growth, flows.market_start[block.markets] - lines.start)
    return excess if ((excess > LEAST_LEFT - 1) & (excess < np.inf)).all() else None


def _fill_lines(
    flows: Flows,
    markets: _Markets,
    block: Block,
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

    world, landed, volume = changes.world_price[lines], changes.landed_price[lines], changes.volume[lines]
    new, effect = changes.value_new[lines], changes.price_effect[lines]
    creation, diversion, producers = changes.creation[lines], changes.diversion[lines], changes.producers[lines]
    changes.export_tax[lines] = 0.0
    moved = bool(markets.slope[some].any() or (markets.borne[some] != 1).any())
    wedge_log = volume
    if moved:
        np.multiply(of_lines(1 - markets.borne), wedge_log, out=world)
        np.subtract(of_lines(markets.slope * composite_log), world, out=world)
        np.expm1(world, out=world)
        np.multiply(world, landed, out=effect)
        landed += effect
        landed += world
    else:
        world.fill(0.0)
    wedge_log *= of_lines(sigma * markets.borne)
    quantity_log = np.subtract(of_lines(of_quantity), wedge_log, out=new)
    np.expm1(quantity_log, out=volume)
    np.exp(quantity_log, out=new)
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
