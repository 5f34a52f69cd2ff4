"""From the tables of flows and tariffs to `Flows`: labels become codes, and every line gets its tariff."""

import numpy as np
import pandas as pd

from calc.files.checks import Codes, Rows
from calc.flows import Array, BoolArray, Flows, IntArray, make_flows
from calc.result import Note, notes_of

LINE_KEYS = ("importer", "exporter", "product")


def align_flows(flows: Rows, tariffs: Rows | None, *, home_sales: bool = True) -> tuple[Flows, tuple[Note, ...]]:
    """Lines with trade in ascending codes, each with its tariff; and notes on what was left out or filled.

    Parameters
    ----------
    home_sales : whether rows of an economy with itself are its sales at home; else goods returned, which are imports
    """
    value = flows.numbers["value_usd"]
    traded = value > 0
    notes: tuple[Note, ...] = ()
    if dropped := int((~traded).sum()):
        notes += (Note("data", f"{flows.table.file}: rows with value 0, left out: {dropped:,}."),)
    used = {name: _used_labels(flows.codes[name], traded) for name in LINE_KEYS}
    economies = pd.Index(sorted({*used["importer"], *used["exporter"]}), dtype=str)
    products = pd.Index(sorted(used["product"]), dtype=str)
    importer, exporter, product = (codes[traded] for codes in _line_codes(flows, economies, products))
    value = value[traded]
    rate = np.zeros(len(value))
    if tariffs is None:
        notes += (Note("rates", "There is no tariffs file: every base tariff is 0."),)
    else:
        size = len(economies)
        key = (importer * size + exporter) * len(products) + product
        buyer, seller, good = _line_codes(tariffs, economies, products)
        known = (buyer >= 0) & (seller >= 0) & (good >= 0)
        tariff_key = ((buyer * size + seller) * len(products) + good)[known]
        row = pd.Index(tariff_key).get_indexer(pd.Index(key))
        rate, more = _match_tariffs(tariffs, known, row, value, own=(importer == exporter) & home_sales)
        notes += notes_of("rates", more)
    aligned = make_flows(
        economies=economies,
        products=products,
        importer=importer,
        exporter=exporter,
        product=product,
        import_value=value,
        tariff_rate=rate,
        value_basis=_value_basis(flows, traded),
        home_sales=home_sales,
    )
    return aligned, notes


def _value_basis(flows: Rows, traded: BoolArray) -> pd.Categorical | None:
    """Where each value comes from, in the words of the column `basis`; None where there is no such column."""
    if "basis" not in flows.table.frame:
        return None
    code, words = pd.factorize(flows.table.frame["basis"])
    return pd.Categorical.from_codes(code[traded], categories=pd.Index(words).astype(str))


def _match_tariffs(
    tariffs: Rows, known: BoolArray, row: IntArray, value: Array, *, own: BoolArray
) -> tuple[Array, tuple[str, ...]]:
    """Tariff of each line as a fraction, 0 without a row; `row` counts the rows whose codes are `known`.

    An economy's own sales need no row.
    """
    file = tariffs.table.file
    percent = tariffs.numbers["tariff_pct"]
    notes: tuple[str, ...] = ()
    if empty := int(np.isnan(percent).sum()):
        notes += (f"{file}: empty cells, taken as a tariff of 0: {empty:,}.",)
    matched = row >= 0
    if absent := int((~matched & ~own).sum()):
        worth = value[~matched & ~own].sum()
        notes += (f"{file}: flows without a row, which take a tariff of 0: {absent:,} (US$ {worth:,.0f}).",)
    if idle := len(percent) - int(matched.sum()):
        notes += (f"{file}: rows without a flow, not used: {idle:,}.",)
    rate = np.nan_to_num(percent[known])[row] / 100 if known.any() else np.zeros(len(row))
    return np.where(matched, rate, 0.0), notes


def _used_labels(codes: Codes, used: BoolArray) -> list[str]:
    present = np.bincount(codes.codes[used], minlength=len(codes.labels)) > 0
    return [str(label) for label in codes.labels[present]]


def _line_codes(rows: Rows, economies: pd.Index, products: pd.Index) -> tuple[IntArray, IntArray, IntArray]:
    """Position of each row's importer, exporter and product among the labels, −1 for none [row]."""

    def positions(name: str, labels: pd.Index) -> IntArray:
        codes = rows.codes[name]
        return labels.get_indexer(codes.labels)[codes.codes]

    return positions("importer", economies), positions("exporter", economies), positions("product", products)
