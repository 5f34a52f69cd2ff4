"""Tables and the arrays behind them: sorted flows, sums by group, labels back on.

A model works on arrays; a reader works on labelled tables. `Flows` is the bridge: lines sorted so that each
market (importer x product) is one contiguous block, with integer codes into the labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calc.errors import ParameterError

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Accounts:
    """National accounts that go with flows; axes follow `Flows.economies` and `Flows.products`.

    Parameters
    ----------
    value_added : US$ a year [economy, product]
    input_output : purchases of inputs, duty paid, US$ [economy, input product, using product]; None where unknown
    final_demand : US$ duty paid [economy, product]; None where unknown
    """

    value_added: Array
    input_output: Array | None = None
    final_demand: Array | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, eq=False)
class Flows:
    """Trade flows, one line an importer x product x exporter, sorted by these three codes.

    Parameters
    ----------
    economies, products : labels, each once
    importer, exporter, product : codes into the labels [line]
    market : number of the line's market [line]; a market is one importer x product
    market_start : first line of each market [market]
    import_value : M [line], US$ a year before duty, > 0
    tariff_rate : t0 [line], fraction of customs value
    domestic : an economy's domestic sales [line]
    expenditure : V0 = Σ M (1+t0) [market], US$ duty paid
    expenditure_share : s = M (1+t0)/V0 [line], sums to 1 in each market
    value_basis, tariff_basis : where each value, each rate comes from [line], text as categories; None where the
        dataset does not say
    accounts : national accounts, for general equilibrium; None where the dataset has none
    """

    economies: pd.Index
    products: pd.Index
    importer: IntArray
    exporter: IntArray
    product: IntArray
    market: IntArray
    market_start: IntArray
    import_value: Array
    tariff_rate: Array
    domestic: BoolArray
    expenditure: Array
    expenditure_share: Array
    value_basis: pd.Categorical | None = None
    tariff_basis: pd.Categorical | None = None
    accounts: Accounts | None = None

    @property
    def buyers(self) -> IntArray:
        """Codes of the economies that buy, ascending, each once; read off the markets, which are sorted by them."""
        importers = self.importer[self.market_start]
        return importers[np.flatnonzero(np.diff(importers, prepend=-1))]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Elasticities:
    """One set of elasticities, aligned to the markets and lines of a `Flows`.

    Parameters
    ----------
    import_demand_elasticity : ε [market], < 0
    armington_elasticity : σ [market], > 0
    export_supply_elasticity : β [line], ≥ 0, `inf` where the price before duty is given
    basis : where the values come from [market], text as categories
    """

    import_demand_elasticity: Array
    armington_elasticity: Array
    export_supply_elasticity: Array
    basis: pd.Categorical


def make_flows(
    *,
    economies: pd.Index,
    products: pd.Index,
    importer: IntArray,
    exporter: IntArray,
    product: IntArray,
    import_value: Array,
    tariff_rate: Array,
    value_basis: pd.Categorical | None = None,
    tariff_basis: pd.Categorical | None = None,
    home_sales: bool = True,
) -> Flows:
    """`Flows` from lines in any order; lines without trade are left out.

    Parameters
    ----------
    home_sales : whether lines of an economy with itself are its domestic sales; else they are imports, goods returned
    """
    traded = import_value > 0
    if not traded.all():
        importer, exporter, product = importer[traded], exporter[traded], product[traded]
        import_value, tariff_rate = import_value[traded], tariff_rate[traded]
        value_basis = None if value_basis is None else value_basis[traded]
        tariff_basis = None if tariff_basis is None else tariff_basis[traded]
    (importer, product, exporter), order = _ascending(
        importer, product, exporter, economies=len(economies), products=len(products)
    )
    importer, product, exporter = (codes.astype(np.intp, copy=False) for codes in (importer, product, exporter))
    if order is not None:
        import_value, tariff_rate = import_value.take(order), tariff_rate.take(order)
        value_basis = None if value_basis is None else value_basis.take(order)
        tariff_basis = None if tariff_basis is None else tariff_basis.take(order)
    first = np.ones(len(importer), dtype=bool)
    first[1:] = (importer[1:] != importer[:-1]) | (product[1:] != product[:-1])
    market, market_start = np.cumsum(first), np.flatnonzero(first)
    market -= 1
    duty_paid = import_value * (1 + tariff_rate)
    expenditure = np.add.reduceat(duty_paid, market_start) if len(importer) else duty_paid
    expenditure_share = expenditure[market]
    np.divide(duty_paid, expenditure_share, out=expenditure_share)  # fresh memory takes longer than the arithmetic
    return Flows(
        economies=economies,
        products=products,
        importer=importer,
        exporter=exporter,
        product=product,
        market=market,
        market_start=market_start,
        import_value=import_value,
        tariff_rate=tariff_rate,
        domestic=(importer == exporter) & home_sales,
        expenditure=expenditure,
        expenditure_share=expenditure_share,
        value_basis=value_basis,
        tariff_basis=tariff_basis,
    )


def _ascending(
    importer: IntArray, product: IntArray, exporter: IntArray, *, economies: int, products: int
) -> tuple[tuple[IntArray, IntArray, IntArray], IntArray | None]:
    """Lines by importer, product and exporter, equal ones as they come: these codes in order, and the order [line].

    The order is None where the lines are in it already.
    """
    size = economies**2 * products
    if size >= 2**62:
        by_columns = np.lexsort((exporter, product, importer))
        return (importer[by_columns], product[by_columns], exporter[by_columns]), by_columns
    key: IntArray = importer.astype("<u4" if size < 2**32 else "<i8")
    key *= products
    key += product.astype(key.dtype, copy=False)
    key *= economies
    key += exporter.astype(key.dtype, copy=False)
    if (key[1:] >= key[:-1]).all():
        return (importer, product, exporter), None
    order = stable_order(key, size)
    # one column out of order is read and the codes are found from it: that takes less time than reading three
    line = key.take(order)
    pair = line // economies
    line -= pair * economies
    buyer = pair // products
    pair -= buyer * products
    return (buyer, pair, line), order


def among(labels: pd.Index, others: pd.Index) -> BoolArray:
    """Whether each label is one of the others [label].

    `Index.isin` would take the others out of Arrow one by one, which for the codes of a dataset takes 5 ms each time.
    """
    found: BoolArray = others.unique().get_indexer(labels) >= 0
    return found


def stable_order(key: IntArray, size: int) -> IntArray:
    """Order of numbers from 0 up to `size`, equal ones as they come.

    NumPy sorts numbers of 16 bits by their digits, which takes a third of the time of comparing whole ones.
    """
    digits = key.astype("<u4" if size < 2**32 else "<i8", copy=False).view("<u2").reshape(len(key), -1)
    order = np.argsort(digits[:, 0], kind="stable")
    for k in range(1, -(-size.bit_length() // 16)):
        order = order.take(np.argsort(digits[:, k].take(order), kind="stable"))
    return order


def sum_by_market(flows: Flows, values: Array) -> Array:
    """Σ over the exporters of each market: [line] → [market]."""
    return np.add.reduceat(values, flows.market_start)


def lines_of_markets(flows: Flows) -> IntArray:
    """Number of lines of each market; what holds for a market is brought to its lines by repeating it so often."""
    return np.diff(flows.market_start, append=len(flows.market))


def sum_by_code(codes: IntArray, values: Array, size: int) -> Array:
    """Σ of `values` over equal `codes`: [line] → [size]."""
    total: Array = np.bincount(codes, weights=values, minlength=size).astype(np.float64, copy=False)
    return total


def the_same(value: float, size: int) -> Array:
    """One number for every line, kept once; nothing can be written into it."""
    return np.broadcast_to(np.float64(value), size)


def all_are(values: Array, value: float) -> bool:
    """Whether every number is this one; of `the_same`, one is looked at."""
    if values.strides == (0,):
        values = values[:1]
    # the least and the most take two thirds of the time of comparing each
    return bool(values.min(initial=value) == value == values.max(initial=value))


def label(codes: IntArray, labels: pd.Index) -> "pd.Categorical[str]":
    """Codes with their labels back on; no text is copied."""
    return pd.Categorical.from_codes(codes, categories=labels, validate=False)


def to_frame(columns: Mapping[str, object]) -> pd.DataFrame:
    """A table of the given columns, without copying them."""
    return pd.DataFrame(columns, copy=False)


def check_elasticities(elasticities: Elasticities) -> None:
    """Elasticities have their signs: ε < 0, σ > 0, β ≥ 0.

    Raises
    ------
    ParameterError
        An elasticity has the wrong sign.
    """
    demand, substitution = elasticities.import_demand_elasticity, elasticities.armington_elasticity
    supply = elasticities.export_supply_elasticity
    extremes = demand.max(initial=-1.0), substitution.min(initial=1.0), supply.min(initial=0.0)
    if extremes[0] < 0 < extremes[1] and extremes[2] >= 0:
        return
    rules = (
        ("import_demand_elasticity", demand, demand < 0, "below 0"),
        ("armington_elasticity", substitution, substitution > 0, "above 0"),
        ("export_supply_elasticity", supply, supply >= 0, "0 or above"),
    )
    for name, values, right, rule in rules:
        if not right.all():
            wrong = values[~right]
            raise ParameterError(f"{name} must be {rule}; {len(wrong):,} values are not, the first is {wrong[0]}.")
