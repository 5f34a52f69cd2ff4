"""The lines whose tariff changes: the rest of a market moves alike, by one number for all of it.

Lines are taken a quarter of a million at a time: what one step writes is still in the processor's cache for the next.
"""

from dataclasses import dataclass

import numpy as np

from calc.files.kept_with import kept_with_first
from calc.flows import Array, Flows, IntArray, lines_of_markets, sum_by_market, the_same

LINES = 2**18  # in a block
MOST_HIT = 0.4  # part of a block's lines, above which all are treated as hit: picking them takes longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Neighbouring markets and their lines."""

    markets: slice
    lines: slice


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HitLines:
    """The lines of a block whose tariff changes, and the markets in which they are.

    Parameters
    ----------
    lines : which lines of the block; all of them where most are hit
    of_market : the market of each line
    market : which of all markets have such lines
    starts : of these lines, the first of each of these markets
    price_base, shock : 1 + t0 and d = (t1 − t0)/(1 + t0) of each line
    """

    lines: IntArray | slice
    of_market: IntArray
    market: IntArray | slice
    starts: IntArray
    price_base: Array
    shock: Array

    @property
    def all_of_block(self) -> bool:
        """Whether they are all lines of the block."""
        return isinstance(self.lines, slice)

    @property
    def one_each(self) -> bool:
        """Whether there is one in each of these markets, as where one country is hit: nothing is to be added up."""
        return len(self.starts) == len(self.shock)

    @property
    def number(self) -> IntArray:
        """Lines in each of these markets."""
        return np.diff(self.starts, append=len(self.shock))

    def own(self, of_block: Array) -> Array:
        """What lines of the block have, of those that are hit; not to be written into."""
        return of_block if isinstance(self.lines, slice) else of_block.take(self.lines)

    def room(self, of_block: Array) -> Array:
        """Where what is found on these lines is written: its place in the block, or memory of its own."""
        return of_block if self.all_of_block else np.empty(len(self.shock))

    def put(self, of_block: Array, of_lines: Array) -> None:
        """Write what is found on these lines to its place in the block, if it is not there already."""
        if of_block is not of_lines:
            of_block[self.lines] = of_lines

    def of_lines(self, of_all_markets: Array) -> Array:
        """What holds in a market, on its lines that are hit: [all markets] → [line hit]; not to be written into."""
        if _alike(of_all_markets):
            return the_same(of_all_markets[0], len(self.shock))
        return of_all_markets.take(self.of_market)

    def spread(self, of_markets: Array) -> Array:
        """The same from the markets that have such lines: [market hit] → [line hit]; not to be written into."""
        if self.one_each:
            return of_markets
        if _alike(of_markets):
            return the_same(of_markets[0], len(self.shock))
        if isinstance(self.market, slice):
            first = self.market.start
            return of_markets.take(self.of_market - first if first else self.of_market)
        return np.repeat(of_markets, self.number)

    def sums(self, of_lines: Array) -> Array:
        """Σ over the lines that are hit: [line hit] → [market hit]; not to be written into."""
        return of_lines if self.one_each else np.add.reduceat(of_lines, self.starts)


def _alike(of_markets: Array) -> bool:
    """Whether one number holds in all markets, as elasticities often do."""
    return bool((of_markets == of_markets[:1]).all()) and len(of_markets) > 0


@kept_with_first(most=2)
def blocks_of(flows: Flows, lines: int = LINES) -> tuple[Block, ...]:
    """All markets, cut into neighbours with about so many lines; a larger market stays whole."""
    ends = np.append(flows.market_start, len(flows.market))
    cuts = np.searchsorted(flows.market_start, np.arange(0, ends[-1], lines))
    cuts = np.unique(np.append(cuts, len(flows.market_start)))
    return tuple(
        Block(markets=slice(first, last), lines=slice(int(ends[first]), int(ends[last])))
        for first, last in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sizes:
    """How large markets are before anything changes, [market].

    Parameters
    ----------
    lines : number of exporters
    trade : Σ M over them, US$
    """

    lines: IntArray
    trade: Array


@kept_with_first(most=1)
def sizes_of(flows: Flows) -> Sizes:
    """The sizes of all markets."""
    return Sizes(lines=lines_of_markets(flows), trade=sum_by_market(flows, flows.import_value))


def hit_lines(flows: Flows, tariff_new: Array, block: Block) -> HitLines:
    """The lines of a block whose tariff changes.

    Parameters
    ----------
    tariff_new : t1 [line of all]
    """
    rate, new = flows.tariff_rate[block.lines], tariff_new[block.lines]
    changed = new != rate
    if np.count_nonzero(changed) > MOST_HIT * len(rate):
        price_base, shock = 1 + rate, new - rate
        shock /= price_base
        return all_lines(flows, block, price_base, shock)
    hit = np.flatnonzero(changed)
    rate, new, market = rate.take(hit), new.take(hit), flows.market[block.lines].take(hit)
    first = np.ones(len(hit), dtype=bool)
    np.not_equal(market[1:], market[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    new -= rate
    rate += 1
    new /= rate
    return HitLines(lines=hit, of_market=market, market=market.take(starts), starts=starts, price_base=rate, shock=new)


def all_lines(flows: Flows, block: Block, price_base: Array, shock: Array) -> HitLines:
    """All lines of a block as lines that are hit.

    Parameters
    ----------
    price_base, shock : 1 + t0 and d [line of the block]
    """
    return HitLines(
        lines=slice(None),
        of_market=flows.market[block.lines],
        market=block.markets,
        starts=flows.market_start[block.markets] - block.lines.start,
        price_base=price_base,
        shock=shock,
    )


def fill_lines(flows: Flows, block: Block, of_all_markets: Array, out: Array) -> None:
    """What holds in a market, on all its lines of a block.

    Parameters
    ----------
    out : room for the lines of the block
    """
    # to clip codes that are all within bounds lets NumPy write into this room without a copy of it
    np.take(of_all_markets, flows.market[block.lines], out=out, mode="clip")
