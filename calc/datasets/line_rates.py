"""The rate of each line in a table of rates by importer, exporter and product: tariffs of a dataset, a rule's schedule.

The most specific row counts (`lookup`): the longest product code, then a row that names the importer, then one that
names the exporter; a row without an exporter is for all partners. Rows finer than the products of the lines are
combined first:

    rate[HS6] = mean of the rates of its finer rows, each counted once, of one importer and exporter

A row for the product itself counts before such a mean.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from calc.datasets.lookup import NOBODY, Lines, deciding_rows, economy_positions, hs_codes, longest_prefix, row_levels
from calc.files.checks import Codes
from calc.flows import Array, BoolArray, IntArray, among

NAMED = 3  # codes that a sentence names


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineRates:
    """What a table says of each line.

    Parameters
    ----------
    percent : per cent [line]; NaN where no row matches the line, or the row's cell is empty
    matched : some row matches the line [line]
    row : the row that decides the line, the first of those that are averaged; −1 for none [line]
    coarser, averaged : the deciding row has a shorter code than the line's product; is a mean of finer rows [line]
    partners : the deciding row is for all partners [line]
    idle : the row decides no line [row]
    finer : codes that are finer than the products, each once
    """

    percent: Array
    matched: BoolArray
    row: IntArray
    coarser: BoolArray
    averaged: BoolArray
    partners: BoolArray
    idle: BoolArray
    finer: pd.Index


def line_rates(lines: Lines, *, importer: Codes, exporter: Codes, product: Codes, percent: Array) -> LineRates:
    """The rate of each line by the most specific row.

    Parameters
    ----------
    importer, exporter, product : key columns of the table; an empty label means all
    percent : NaN where a cell is empty [row]
    """
    parents = _parents(product.labels, lines.products)
    finer = (parents >= 0)[product.codes]
    label, labels = pd.factorize(product.labels.where(parents < 0, lines.products[parents]))
    of_row = label.astype(np.int32)[product.codes]
    speaks_for, seller = _economies(importer, lines), _economies(exporter, lines)
    row: IntArray = np.arange(len(of_row), dtype=np.int32)
    group = row
    combined = percent
    if finer.any():
        key = (importer.codes.astype(np.int64) * len(exporter.labels) + exporter.codes) * len(labels) + of_row
        overruled = finer & np.isin(key, key[~finer])
        # finer rows of one key are one row, those that are overruled under a key of their own
        group = pd.factorize(np.where(overruled, -1 - key, key))[0]
        row = np.empty(int(group.max()) + 1, dtype=np.intp)
        row[group[::-1]] = np.arange(len(key))[::-1]  # the first row of each group stands for it
        combined = _mean(percent, group, len(row)) if len(row) < len(key) else percent[row]
        speaks_for, seller, of_row = np.where(overruled, NOBODY, speaks_for)[row], seller[row], of_row[row]
    size = len(row)
    found = deciding_rows(
        row_levels(Codes(codes=of_row, labels=pd.Index(labels)), lines.products),
        lines,
        slice(None),
        known=np.ones(size, dtype=bool),
        importer=speaks_for,
        exporter=seller,
    )
    matched = found >= 0
    used = np.zeros(size + 1, dtype=bool)
    used[found] = True  # −1 marks the spare last place
    length = pd.Index(labels).str.len().to_numpy(dtype=np.int32)[of_row]
    of_line = lines.products.str.len().to_numpy(dtype=np.int32)[lines.product]
    averaged = matched & finer[row][found]
    return LineRates(
        percent=np.where(matched, combined[found], np.nan),
        matched=matched,
        row=np.where(matched, row[found], -1),
        coarser=matched & ~averaged & (length[found] < of_line),
        averaged=averaged,
        partners=matched & (seller < 0)[found],
        idle=~used[group],
        finer=product.labels[parents >= 0],
    )


def named(labels: pd.Index) -> str:
    """The first labels in words: `85051100, 85051900 and 4 more`."""
    shown = [str(label) for label in labels[:NAMED]]
    return ", ".join(shown) + (f" and {len(labels) - NAMED:,} more" if len(labels) > NAMED else "")


def _parents(labels: pd.Index, products: pd.Index) -> IntArray:
    """Product under which a finer HS code lies, −1 for a code that is a product, coarser, or no HS code [label]."""
    parents = np.full(len(labels), -1, dtype=np.intp)
    candidates = hs_codes(labels) & ~among(labels, products)
    if candidates.any():
        parents[candidates] = longest_prefix(products[hs_codes(products)], labels[candidates])
        parents[parents >= 0] = np.flatnonzero(hs_codes(products))[parents[parents >= 0]]
    return parents


def _mean(percent: Array, group: IntArray, size: int) -> Array:
    """Mean of the numbers of each group; NaN where it has none."""
    given = ~np.isnan(percent)
    total = np.bincount(group[given], weights=percent[given], minlength=size)
    count = np.bincount(group[given], minlength=size)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _economies(codes: Codes, lines: Lines) -> IntArray:
    return economy_positions(codes.labels, lines.economies).astype(np.int32)[codes.codes]
