"""Which rates an economy chooses, and the lines of trade that each of them falls on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from calc.datasets.dataset import Dataset
from calc.datasets.economy_hints import hint_on_economy
from calc.errors import ParameterError, did_you_mean
from calc.flows import Array, IntArray, sum_by_code
from calc.tariffs.rules import Rule, line_coverage

Kind = Literal["uniform", "by_partner", "by_product", "all"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instruments:
    """The rates that one economy chooses.

    A rate v moves a line that a list of products covers by a share c to r + c (v − r), r being the rate that the
    scenario gives it: what a rule with the action `set` does.

    Parameters
    ----------
    kind : one rate on all imports, one a partner, one a product, or one a line
    economy : code of the importer
    exporters, products : selectors of the imports on which rates are chosen, as in a rule; empty = all
    line, coverage : the lines, and the share c of each [covered line]
    rate : number of the rate on it [covered line]
    share : share of a rate in the imports covered, base values; sums to 1 [rate]
    exporter, product : codes of a rate, −1 for all [rate]
    """

    kind: Kind
    economy: str
    exporters: tuple[str, ...]
    products: tuple[str, ...]
    line: IntArray
    coverage: Array
    rate: IntArray
    share: Array
    exporter: IntArray
    product: IntArray

    def applied(self, chosen: Array, tariff: Array) -> Array:
        """The tariffs of a scenario [line] with the chosen rates [rate] in place."""
        new = tariff.copy()
        before = tariff[self.line]
        new[self.line] = before + self.coverage * (chosen[self.rate] - before)
        return new

    def slope(self, slope: Array, chosen: Array, tariff_new: Array) -> Array:
        """Slope by ln(1+v) of each rate, from that by ln(1+t) of each line."""
        by_line = slope[self.line] * self.coverage / (1 + tariff_new[self.line])
        return sum_by_code(self.rate, by_line, len(self.share)) * (1 + chosen)

    def mean(self, values: Array, weight: Array) -> Array:
        """Weighted mean over the lines of each rate [rate]; values and weights [line]."""
        of_line = weight[self.line] * self.coverage
        count = len(self.share)
        return sum_by_code(self.rate, of_line * values[self.line], count) / sum_by_code(self.rate, of_line, count)


def instruments_of(
    dataset: Dataset,
    economy: str,
    kind: Kind = "uniform",
    *,
    exporters: Sequence[str] = (),
    products: Sequence[str] = (),
) -> Instruments:
    """The rates of an economy on a dataset.

    Parameters
    ----------
    economy : code of the importer
    exporters, products : selectors as in a rule; empty = all

    Raises
    ------
    ParameterError
        There is no such kind, or no such economy in the data.
    ScenarioError
        The selectors match no trade.
    """
    if kind not in get_args(Kind):
        known = get_args(Kind)
        raise ParameterError(
            f"There are no instruments {kind!r}{did_you_mean(str(kind), known)}. Use one of {', '.join(known)}."
        )
    flows = dataset.flows
    position_of(dataset, economy)
    rule = Rule(importer=(economy,), exporters=tuple(exporters), products=tuple(products), action="set")
    coverage = line_coverage(rule, dataset, f"The choice of {economy}")
    line = np.flatnonzero(coverage)
    exporter, product = flows.exporter[line], flows.product[line]
    count = len(flows.products)
    everything = np.zeros_like(line)
    key = {
        "uniform": everything,
        "by_partner": exporter,
        "by_product": product,
        "all": exporter * count + product,
    }[kind]
    _, first, rate = np.unique(key, return_index=True, return_inverse=True)
    value = np.bincount(rate, weights=flows.import_value[line] * coverage[line])
    nobody = np.full(len(first), -1, dtype=np.intp)
    return Instruments(
        kind=kind,
        economy=economy,
        exporters=tuple(exporters),
        products=tuple(products),
        line=line,
        coverage=coverage[line],
        rate=rate,
        share=value / value.sum(),
        exporter=exporter[first] if kind in ("by_partner", "all") else nobody,
        product=product[first] if kind in ("by_product", "all") else nobody,
    )


def position_of(dataset: Dataset, economy: str) -> int:
    """Place of an economy in the data.

    Raises
    ------
    ParameterError
        The data have no such economy.
    """
    economies = dataset.flows.economies
    if economy not in economies:
        raise ParameterError(
            f"{dataset.name} has no economy {economy!r}{hint_on_economy(economy, economies)}. Name one by its code; a "
            "group has no income of its own."
        )
    return list(economies).index(economy)
