"""Lines by HS code carried to the industries of world data: what tariffs by product come to for whole sectors.

    t̄[n,i,s] = Σ_l M[l] t[l] / Σ_l M[l]        over lines l of importer n from exporter i in products of sector s

Every HS code of six digits belongs to one sector of ISIC rev. 3 (`concordances/hs-isic3.csv`). An exporter that the
world data have under the rest of the world counts there, and a group such as EU27 with each of its members.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from calc.datasets.data_folder import data_dir
from calc.datasets.dataset import Dataset, kept_with_dataset
from calc.datasets.hs_revisions import CONCORDANCES, DIGITS
from calc.flows import Array, BoolArray, Flows, IntArray, sum_by_code

FILE = "hs-isic3.csv"
REST = "ROW"  # the rest of the world, in data that have one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carrier:
    """Where lines by HS code stand among the flows of world data.

    Parameters
    ----------
    line, cell : a line by HS code and the world flow it is part of [pair]; one line has several where a group is sold
        by its members
    value : M of each pair, US$ [pair]
    cells : number of world flows
    sectored : the line's product belongs to a sector [line by HS code]
    placed : the line is part of a world flow [line by HS code]
    """

    line: IntArray
    cell: IntArray
    value: Array
    cells: int
    sectored: BoolArray
    placed: BoolArray

    @property
    def carried_value(self) -> Array:
        """Σ M of the lines that are part of each world flow, US$ [flow]."""
        return sum_by_code(self.cell, self.value, self.cells)

    @property
    def known(self) -> BoolArray:
        """World flows that lines by HS code are part of [flow]."""
        known: BoolArray = np.bincount(self.cell, minlength=self.cells) > 0
        return known

    def mean(self, values: Array) -> Array:
        """Mean of `values` [line by HS code] over the lines of each world flow, weighted by M [flow]; 0 without any."""
        carried = self.carried_value
        total = sum_by_code(self.cell, self.value * values[self.line], self.cells)
        mean: Array = np.divide(total, carried, out=np.zeros(self.cells), where=carried > 0)
        return mean


@cache
def _concordance() -> pd.Series:
    table = pd.read_csv(data_dir() / CONCORDANCES / FILE, dtype=str, keep_default_na=False)
    return table.set_index("product")["sector"]


def sectors() -> tuple[str, ...]:
    """Sectors to which HS codes belong, the goods of ISIC rev. 3: c1 to c16."""
    return tuple(sorted(set(_concordance()), key=lambda sector: (len(sector), sector)))


def sector_of(products: pd.Index) -> pd.Series:
    """Sector of each HS code of six digits or more; empty where it has none, as chapters 98 and 99."""
    found = _concordance().reindex(products.astype(str).str[:DIGITS])
    return pd.Series(found.fillna("").to_numpy(), index=products)


def has_sectors(dataset: Dataset) -> bool:
    """Whether a dataset has the sectors that HS codes are carried to, and trade of many importers."""
    return dataset.kind == "world" and set(sectors()) <= set(dataset.flows.products)


@kept_with_dataset(most=2)
def carrier(fine: Dataset, world: Dataset) -> Carrier:
    """Where the lines of a dataset by HS code stand among the flows of world data."""
    flows, wide = fine.flows, world.flows
    sector = wide.products.get_indexer(pd.Index(sector_of(flows.products)))
    importer = wide.economies.get_indexer(flows.economies)
    seller, seller_of = _sellers(flows.economies, world)
    # one pair for each economy of the world data that stands for the exporter of a line
    first = np.searchsorted(seller, flows.exporter, side="left")
    count = np.searchsorted(seller, flows.exporter, side="right") - first
    line = np.repeat(np.arange(len(flows.market)), count)
    within = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    exporter = seller_of[np.repeat(first, count) + within]
    buyer, product = importer[flows.importer[line]], sector[flows.product[line]]
    sectored = np.asarray(sector[flows.product] >= 0)
    kept = (buyer >= 0) & (product >= 0) & (buyer != exporter) & ~flows.domestic[line]
    line, buyer, exporter, product = line[kept], buyer[kept], exporter[kept], product[kept]
    key = _keys(wide, buyer, exporter, product)
    known = pd.Index(_keys(wide, wide.importer, wide.exporter, wide.product))
    cell = known.get_indexer(pd.Index(key))
    line, cell = line[cell >= 0], cell[cell >= 0]
    placed = np.zeros(len(flows.market), dtype=bool)
    placed[line] = True
    return Carrier(
        line=line,
        cell=cell,
        value=flows.import_value[line],
        cells=len(wide.market),
        sectored=sectored,
        placed=placed,
    )


def _keys(flows: Flows, importer: IntArray, exporter: IntArray, product: IntArray) -> IntArray:
    keys: IntArray = (importer.astype(np.intp) * len(flows.economies) + exporter) * len(flows.products) + product
    return keys


def _sellers(economies: pd.Index, world: Dataset) -> tuple[IntArray, IntArray]:
    """Position of an exporter, and of an economy of the world data that stands for it, in ascending order."""
    own = world.flows.economies
    groups: dict[str, list[int]] = {}
    for place, text in enumerate(world.countries["groups"]):
        for group in filter(None, text.split(";")):
            groups.setdefault(group, []).append(place)
    rest = own.get_indexer(pd.Index([REST]))[0]
    pairs = []
    for place, code in enumerate(economies):
        direct = own.get_indexer(pd.Index([code]))[0]
        found = [direct] if direct >= 0 else groups.get(str(code), [rest] if rest >= 0 else [])
        pairs += [(place, one) for one in found]
    table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return table[:, 0], table[:, 1]
