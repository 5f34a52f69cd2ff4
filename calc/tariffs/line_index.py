"""Where the lines of a partner and a product prefix are, so that a rule costs what it covers and not what there is.

Lines are sorted by importer and product, and once more by exporter and product. Codes under one prefix stand side by
side among the products, so that an economy and a prefix are one stretch of lines in one of the two orders.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calc.datasets.dataset import Dataset, kept_with_dataset
from calc.flows import BoolArray, IntArray, stable_order

_LAST = "\U0010ffff"  # stands behind every other character


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineOrder:
    """Lines side by side by one of their economies and by product.

    Parameters
    ----------
    key : economy x products + product of each stretch, ascending [stretch]
    ends : where each stretch begins, and the number of lines [stretch + 1]
    lines : the lines in this order; None where it is their own
    products : number of products
    """

    key: IntArray
    ends: IntArray
    lines: IntArray | None
    products: int

    def lines_of(self, economies: IntArray, products: IntArray | None) -> IntArray:
        """Lines of some economies and products; None is all products."""
        if products is None:
            first, last = np.zeros(1, dtype=np.intp), np.array([self.products])
        else:
            cuts = np.flatnonzero(np.diff(products) != 1)
            first, last = products[np.append(0, cuts + 1)], products[np.append(cuts, -1)] + 1
        begin = economies[:, None] * self.products
        low, high = np.searchsorted(self.key, np.stack([begin + first, begin + last]).reshape(2, -1))
        found = _stretches(self.ends[low], self.ends[high])
        return found if self.lines is None else self.lines[found]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """Positions of labels.

    Parameters
    ----------
    economies, groups : positions by code, and by group
    products : positions by code
    ascending : codes of products in order
    place : their positions
    """

    economies: Mapping[str, int]
    groups: Mapping[str, IntArray]
    products: Mapping[str, int]
    ascending: Sequence[str]
    place: IntArray

    def below(self, prefix: str) -> IntArray:
        """Products whose code begins with a prefix, ascending."""
        first, last = bisect_left(self.ascending, prefix), bisect_left(self.ascending, prefix + _LAST)
        return np.sort(self.place[first:last])


@kept_with_dataset(most=1)
def labels_of(dataset: Dataset) -> Labels:
    """Positions of the labels of a dataset."""
    flows = dataset.flows
    members: dict[str, list[int]] = {}
    for position, groups in enumerate(dataset.countries["groups"].tolist()):
        for group in filter(None, groups.split(";")):
            members.setdefault(group, []).append(position)
    codes = [str(code) for code in flows.products]
    place = sorted(range(len(codes)), key=codes.__getitem__)
    return Labels(
        economies={str(code): position for position, code in enumerate(flows.economies)},
        groups={group: np.unique(positions) for group, positions in members.items()},
        products={code: position for position, code in enumerate(codes)},
        ascending=[codes[position] for position in place],
        place=np.array(place, dtype=np.intp),
    )


@kept_with_dataset(most=1)
def by_importer(dataset: Dataset) -> LineOrder:
    """Lines by importer and product, which is how they stand."""
    flows, count = dataset.flows, len(dataset.flows.products)
    first = flows.market_start
    key = flows.importer[first] * count + flows.product[first]
    return LineOrder(key=key, ends=np.append(first, len(flows.market)), lines=None, products=count)


@kept_with_dataset(most=1)
def by_exporter(dataset: Dataset) -> LineOrder:
    """Lines by exporter and product."""
    flows, count = dataset.flows, len(dataset.flows.products)
    of_line = flows.exporter * count + flows.product
    lines = stable_order(of_line, len(flows.economies) * count)
    key = of_line[lines]
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.zeros(0, dtype=np.intp)
    return LineOrder(key=key[first], ends=np.append(first, len(lines)), lines=lines, products=count)


def lines_of(
    dataset: Dataset, *, importers: IntArray | None, exporters: IntArray | None, products: IntArray | None
) -> IntArray:
    """Lines of trade between some economies in some products; None is all of them. Own sales are left out.

    Parameters
    ----------
    importers, exporters, products : positions, ascending, at least one of each
    """
    flows, size = dataset.flows, len(dataset.flows.economies)
    if exporters is None:
        everyone = np.arange(size)
        found = by_importer(dataset).lines_of(everyone if importers is None else importers, products)
    else:
        found = by_exporter(dataset).lines_of(exporters, products)
        if importers is not None and len(importers) < size:
            found = found[_among(importers, size)[flows.importer[found]]]
    return found if not _has_own_sales(dataset) else found[~flows.domestic[found]]


@kept_with_dataset(most=1)
def _has_own_sales(dataset: Dataset) -> bool:
    return bool(dataset.flows.domestic.any())


def _among(positions: IntArray, size: int) -> BoolArray:
    chosen = np.zeros(size, dtype=bool)
    chosen[positions] = True
    return chosen


def _stretches(first: IntArray, last: IntArray) -> IntArray:
    """The numbers from each first up to its last, one stretch behind the other."""
    if len(first) == 1:
        return np.arange(first[0], last[0])
    length = last - first
    behind = np.cumsum(length)
    return np.repeat(first - (behind - length), length) + np.arange(behind[-1])
