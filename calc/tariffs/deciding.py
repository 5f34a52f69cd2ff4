"""Which measure of a programme decides on each fine line, where several cover it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np

from calc.flows import BoolArray, IntArray
from calc.tariffs.fine_lines import ShortArray, Side, membership
from calc.tariffs.record import WORLD, names

NO_MEASURE = -1  # in place of the row of a measure


class Measure(NamedTuple):
    """What the arithmetic needs of a measure, as in its row."""

    target: str
    products: str
    except_products: str
    rate_pct: float
    rate_type: str
    basis: str
    usmca_relief_pct: float
    under_s232: str


Programme: TypeAlias = list[Measure]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """Measure that each fine line meets in one programme."""

    lines: IntArray
    measure: IntArray


class _Match(NamedTuple):
    """One measure of a programme on the products of a side: `depth` of its prefix, −1 for none, and exceptions."""

    row: int
    targets: Sequence[str]
    depth: ShortArray
    excepted: BoolArray


class _Choice(NamedTuple):
    """The deciding measure of each product so far: length of its prefix, and its row in the programme."""

    depth: ShortArray
    row: ShortArray


def deciding_measures(side: Side, programme: Programme, when: np.datetime64) -> Found:
    """The measure of a programme that applies to each fine line: the longest prefix, then the named target.

    A named target replaces the rate for all partners, even where its own list of exceptions frees the line. Three
    measures, of which the last names a target and excepts a code:

        row   target   products   except   rate
         0    WLD      72                  25%
         1    WLD      7208                50%
         2    GBR      72         7219     10%

        line             decides   because
        CHN 7225..       row 0     only 72 begins it
        CHN 7208..       row 1     7208 is longer than 72
        GBR 7225..       row 2     72 is as long in row 2 as in row 0, and row 2 names the partner
        GBR 7208..       row 1     7208 is longer than the 72 of row 2
        GBR 7219..       none      row 2 covers the line and excepts it; row 0 does not come back
    """
    matches = [_match(side, row, measure, when) for row, measure in enumerate(programme)]
    of_all = _choice_for_all_partners(matches, len(side.products))
    charged = bool((of_all.row >= 0).any())
    chosen = of_all.row[side.product] if charged else np.full(len(side.product), NO_MEASURE, dtype=np.int16)
    named = [match for match in matches if WORLD not in match.targets]
    for economy in {target for match in named for target in match.targets} & set(side.of_economy):
        lines = side.of_economy[economy]
        own = [match for match in named if economy in match.targets]
        chosen[lines] = _choice_for_partner(own, of_all, side.product[lines])
    lines = np.flatnonzero(chosen >= 0)
    return Found(lines=lines, measure=chosen[lines].astype(np.intp))


def _match(side: Side, row: int, measure: Measure, when: np.datetime64) -> _Match:
    return _Match(
        row=row,
        targets=names(measure.target),
        depth=membership(side, names(measure.products), when),
        excepted=membership(side, names(measure.except_products), when) >= 0,
    )


def _choice_for_all_partners(matches: list[_Match], products: int) -> _Choice:
    """Row for every partner by product: the longest prefix that is not excepted, the last of equals."""
    depth = np.full(products, -1, dtype=np.int16)
    row = np.full(products, NO_MEASURE, dtype=np.int16)
    for match in matches:
        if WORLD in match.targets:
            better = (match.depth >= 0) & ~match.excepted & (match.depth >= depth)
            depth[better], row[better] = match.depth[better], match.row
    return _Choice(depth=depth, row=row)


def _choice_for_partner(own: list[_Match], of_all: _Choice, products: IntArray) -> ShortArray:
    """Row on the lines of a partner that measures name, theirs unless that for all has a longer prefix [line]."""
    depth, row = of_all.depth[products], of_all.row[products]
    for match in own:
        found = match.depth[products]
        better = (found >= 0) & (found >= depth)
        depth = np.where(better, found, depth)
        row = np.where(better, np.where(match.excepted[products], NO_MEASURE, match.row), row)
    return row
