"""The most specific row of a table that speaks of each line: HS prefixes nest, and a row may name partners.

HS codes nest: 8505 lies in 85. The longest product prefix counts, then a row that names the importer, then one that
names the exporter; rows that leave a key empty speak of everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from calc.files.checks import Codes
from calc.flows import BoolArray, IntArray, stable_order

EVERYTHING = ("", "all", "*")
MANY = 2**20  # rows of a table
_ANYONE, NOBODY = -1, -2  # in place of an economy: every one; one without trade


class Lines(Protocol):
    """What is decided line by line: `Flows`, or the keys of flows before they have tariffs; see `Flows`."""

    @property
    def economies(self) -> pd.Index:
        """Labels of economies."""

    @property
    def products(self) -> pd.Index:
        """Labels of products."""

    @property
    def importer(self) -> IntArray:
        """Position of the importer [line]."""

    @property
    def exporter(self) -> IntArray:
        """Position of the exporter [line]."""

    @property
    def product(self) -> IntArray:
        """Position of the product [line]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineKeys:
    """Keys of lines before they have tariffs; the fields are those of `Flows`."""

    economies: pd.Index
    products: pd.Index
    importer: IntArray
    exporter: IntArray
    product: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrefixLevel:
    """Table codes of one length, matched to the codes that begin with them.

    Parameters
    ----------
    rows : rows of the table on this level
    slot_of_row : number of the row's table code on this level [rows]
    slot_of_code : number of the table code that begins each code, −1 for none [code]
    """

    rows: IntArray
    slot_of_row: IntArray
    slot_of_code: IntArray


def prefix_levels(table_codes: Sequence[str] | pd.Index | pd.Series, codes: pd.Index) -> tuple[PrefixLevel, ...]:
    """Matches of table codes to codes, one level a length of prefix, from the general to the specific.

    An empty table code or "all" matches every code. Only HS codes nest, which have an even number of digits; any other,
    such as sector c1 or sector 7, matches itself alone.
    """
    table = pd.Index(table_codes, dtype=str)
    codes = codes.astype(str)
    everything = table.str.lower().isin(EVERYTHING)
    digits = hs_codes(table)
    length = np.where(digits, table.str.len().to_numpy(dtype=int), 0)
    nests = hs_codes(codes)
    levels = []
    if everything.any():
        rows = np.flatnonzero(everything)
        levels.append(
            PrefixLevel(
                rows=rows,
                slot_of_row=np.zeros(len(rows), dtype=np.intp),
                slot_of_code=np.zeros(len(codes), dtype=np.intp),
            )
        )
    for size in np.unique(length[digits]):
        rows = np.flatnonzero(length == size)
        slot_of_row, labels = pd.factorize(table[rows])
        slot_of_code = np.where(nests, pd.Index(labels).get_indexer(codes.str[:size]), -1)
        levels.append(PrefixLevel(rows=rows, slot_of_row=slot_of_row, slot_of_code=slot_of_code))
    rows = np.flatnonzero(~digits & ~everything)
    if len(rows):
        slot_of_row, labels = pd.factorize(table[rows])
        slot_of_code = pd.Index(labels).get_indexer(codes)
        levels.append(PrefixLevel(rows=rows, slot_of_row=slot_of_row, slot_of_code=slot_of_code))
    return tuple(levels)


def row_levels(product: Codes, codes: pd.Index) -> tuple[PrefixLevel, ...]:
    """`prefix_levels` of the rows of a table, found once for each distinct code."""
    levels = []
    for level in prefix_levels(product.labels, codes):
        slot = np.full(len(product.labels), -1, dtype=np.int32)
        slot[level.rows] = level.slot_of_row
        of_row = slot[product.codes]
        rows = np.flatnonzero(of_row >= 0).astype(np.int32)
        levels.append(PrefixLevel(rows=rows, slot_of_row=of_row[rows], slot_of_code=level.slot_of_code))
    return tuple(levels)


def hs_codes(codes: pd.Index) -> BoolArray:
    """Whether each code could be one of the HS: an even number of digits [code]."""
    text = codes.astype(str)
    even = text.str.len().to_numpy(dtype=int) % 2 == 0
    found: BoolArray = np.asarray(text.str.isdigit(), dtype=bool) & even
    return found


def longest_prefix(table_codes: Sequence[str] | pd.Index | pd.Series, codes: pd.Index) -> IntArray:
    """Row of the longest table code that begins each code, −1 where none does [code].

    Of equal table codes the last row counts.
    """
    found = np.full(len(codes), -1, dtype=np.intp)
    for level in prefix_levels(table_codes, codes):
        row_of_slot = np.empty(level.slot_of_row.max() + 1, dtype=np.intp)
        row_of_slot[level.slot_of_row] = level.rows
        found = np.where(level.slot_of_code >= 0, row_of_slot[level.slot_of_code], found)
    return found


def economy_positions(labels: pd.Index, economies: pd.Index) -> IntArray:
    """Economy that each label names: its position, −1 for an empty label, −2 for one without trade [label]."""
    position = economies.get_indexer(labels)
    found: IntArray = np.where(position < 0, np.where(labels == "", _ANYONE, NOBODY), position)
    return found


def _places(keys: IntArray, wanted: IntArray, size: int) -> IntArray:
    """Place of each wanted number among numbers below `size`, each there once; −1 where it is not there [wanted]."""
    if len(keys) < MANY or size >= 2**32:
        return pd.Index(keys).get_indexer(pd.Index(wanted))
    if len(keys) == len(wanted) and (keys == wanted).all():
        return np.arange(len(keys), dtype=np.int32)
    # two sorted columns are compared from end to end, which takes a fraction of the time of hashing a long one
    order = stable_order(keys, size).astype(np.int32)
    ordered = keys[order]
    asked = stable_order(wanted, size).astype(np.int32)
    in_turn = wanted[asked]
    near = np.searchsorted(ordered, in_turn).astype(np.int32)
    near[near == len(keys)] = 0
    places = np.empty(len(wanted), dtype=np.int32)
    places[asked] = np.where(ordered[near] == in_turn, order[near], -1)
    return places


def deciding_rows(
    levels: tuple[PrefixLevel, ...],
    flows: Lines,
    lines: IntArray | slice,
    *,
    known: BoolArray,
    importer: IntArray,
    exporter: IntArray,
) -> IntArray:
    """Most specific row of a table that has a value, −1 for none [line].

    Parameters
    ----------
    levels : the table's products matched to `flows.products`
    lines : lines to decide
    known : the row has a value [row]
    importer, exporter : economies each row names, from `economy_positions` [row]
    """
    size = len(flows.economies)
    product, buyer, seller = flows.product[lines], flows.importer[lines], flows.exporter[lines]
    found = np.full(len(product), -1, dtype=np.int32)
    # from the general to the specific, so that the last match counts
    for level in levels:
        slot = level.slot_of_code.astype(np.int32)[product]
        slots = int(level.slot_of_code.max()) + 1
        kind: type[np.integer] = np.uint32 if slots * size**2 < 2**32 else np.int64
        for by_importer, by_exporter in ((False, False), (False, True), (True, False), (True, True)):
            of_kind = known & ((importer >= 0) == by_importer) & ((exporter >= 0) == by_exporter)
            chosen = (of_kind & (importer != NOBODY) & (exporter != NOBODY))[level.rows]
            if not chosen.any():
                continue
            rows = level.rows[chosen]
            # a slot of −1 becomes a number that no row has, or is left out below
            row_key: IntArray = level.slot_of_row[chosen].astype(kind)
            key: IntArray = slot.astype(kind)
            for named, of_row, of_line in ((by_importer, importer, buyer), (by_exporter, exporter, seller)):
                if named:
                    row_key *= size
                    row_key += of_row[rows].astype(kind)
                    key *= size
                    key += of_line.astype(kind)
            match = _places(row_key, key, slots * size**2)
            np.copyto(found, rows[match], where=(match >= 0) & (slot >= 0))
    return found
