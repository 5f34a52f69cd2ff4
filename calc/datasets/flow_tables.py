"""From the tables of flows and tariffs to `Flows`: labels become codes, and every line gets its tariff."""

import numpy as np
import pandas as pd

from calc.datasets.line_rates import LineRates, line_rates, named
from calc.datasets.lookup import LineKeys
from calc.errors import DataError
from calc.files.checks import Codes, Rows, encode
from calc.flows import Array, BoolArray, Flows, IntArray, make_flows
from calc.result import Note, notes_of
from calc.words import percent

NO_ROW = "assumed: 0, for there is no row"  # basis of a rate that the tariffs file does not give
LINE_KEYS = ("importer", "exporter", "product")


def align_flows(flows: Rows, tariffs: Rows | None, *, home_sales: bool = True) -> tuple[Flows, tuple[Note, ...]]:
    """Lines with trade in ascending codes, each with its tariff; and notes on what was left out or filled.

    Parameters
    ----------
    home_sales : whether rows of an economy with itself are its domestic sales; else goods returned, which are imports
    """
    value = flows.numbers["value_usd"]
    traded = value > 0
    kept = slice(None) if traded.all() else traded  # no copy where every row is kept
    notes: tuple[Note, ...] = ()
    if dropped := int((~traded).sum()):
        notes += (Note("data", f"{flows.table.file}: rows with value 0, left out: {dropped:,}."),)
    used = {name: _used_labels(flows.codes[name], kept) for name in LINE_KEYS}
    economies = pd.Index(sorted({*used["importer"], *used["exporter"]}), dtype=str)
    products = pd.Index(sorted(used["product"]), dtype=str)
    importer, exporter, product = (codes[kept] for codes in _line_codes(flows, economies, products))
    value = value[kept]
    rate, rate_basis = np.zeros(len(value)), None
    if tariffs is None:
        notes += (Note("rates", "There is no tariffs file: every base tariff is 0."),)
    else:
        lines = LineKeys(economies=economies, products=products, importer=importer, exporter=exporter, product=product)
        rate, rate_basis, more = _match_tariffs(tariffs, lines, value, home_sales=home_sales)
        notes += more
    aligned = make_flows(
        economies=economies,
        products=products,
        importer=importer,
        exporter=exporter,
        product=product,
        import_value=value,
        tariff_rate=rate,
        value_basis=_value_basis(flows, kept),
        tariff_basis=rate_basis,
        home_sales=home_sales,
    )
    return aligned, notes


def _value_basis(flows: Rows, kept: slice | BoolArray) -> pd.Categorical | None:
    """Where each value comes from, in the words of the column `basis`; None where there is no such column."""
    if "basis" not in flows.table.frame:
        return None
    basis = encode(flows.table.frame["basis"])
    return pd.Categorical.from_codes(basis.codes[kept], categories=basis.labels)


def _match_tariffs(
    tariffs: Rows, lines: LineKeys, value: Array, *, home_sales: bool
) -> tuple[Array, pd.Categorical | None, tuple[Note, ...]]:
    """Tariff of each line as a fraction, 0 without a row; where it comes from; and notes.

    An economy's own sales need no row.

    Raises
    ------
    DataError
        No row matches any trade between two economies.
    """
    file = tariffs.table.file
    rates = tariffs.numbers["tariff_pct"]
    keys = tariffs.codes
    found = line_rates(
        lines, importer=keys["importer"], exporter=keys["exporter"], product=keys["product"], percent=rates
    )
    traded = (lines.importer != lines.exporter) | (not home_sales)
    notes: list[Note] = []
    if empty := int(np.isnan(rates).sum()):
        notes.append(Note("rates", f"{file}: empty cells, taken as a tariff of 0: {empty:,}."))
    absent = ~found.matched & traded
    if traded.any() and absent[traded].all():
        raise DataError(
            f"{file}: no row matches a flow by importer, exporter and product; every tariff would be 0. "
            "Write the codes of the flows, or delete the file where there are no tariffs."
        )
    if absent.any():
        said = (
            f"{file}: flows without a row, which take a tariff of 0: {absent.sum():,} (US$ {value[absent].sum():,.0f})."
        )
        notes.append(Note("rates", said))
    if idle := int(found.idle.sum()):
        notes.append(Note("rates", f"{file}: rows without a flow, not used: {idle:,}."))
    notes += notes_of("reading", _spoken_of(file, found, traded, value))
    charged = traded | ~found.partners  # a rate for all partners does not apply to domestic sales
    rate = np.where(charged, np.nan_to_num(found.percent), 0.0) / 100
    return rate, _tariff_basis(tariffs, found), tuple(notes)


def _tariff_basis(tariffs: Rows, found: LineRates) -> pd.Categorical | None:
    """Where each rate comes from, in the words of the column `basis`; None where there is no such column."""
    if "basis" not in tariffs.table.frame:
        return None
    basis = encode(tariffs.table.frame["basis"])
    code, words = np.append(basis.codes, len(basis.labels))[found.row], [*basis.labels, NO_ROW]
    again, distinct = pd.factorize(pd.Index(words))
    return pd.Categorical.from_codes(again[code], categories=distinct).remove_unused_categories()


def _spoken_of(file: str, found: LineRates, traded: BoolArray, value: Array) -> tuple[str, ...]:
    """How much of the trade has a rate, and by which rows, where that is not a row of its own for every line."""
    total = value[traded].sum()

    def share(lines: BoolArray) -> str:
        return percent(float(value[lines & traded].sum() / total), sign=False)

    ways = []
    if found.partners.any():
        ways.append(f"{share(found.partners)} by a row for all partners")
    if found.coarser.any():
        ways.append(f"{share(found.coarser)} by a code with fewer digits")
    if found.averaged.any():
        ways.append(f"{share(found.averaged)} by the simple mean of finer codes ({named(found.finer)})")
    whole = bool(found.matched[traded].all())
    if whole and not ways:
        return ()
    reach = "all imports" if whole else f"{share(found.matched)} of imports"
    how = f": {', '.join(ways)}" if ways else ""
    return (f"{file} gives a rate for {reach}{how}{'' if whole else '; the rest is taken as 0'}.",)


def _used_labels(codes: Codes, used: slice | BoolArray) -> list[str]:
    present = np.bincount(codes.codes[used], minlength=len(codes.labels)) > 0
    return [str(label) for label in codes.labels[present]]


def _line_codes(rows: Rows, economies: pd.Index, products: pd.Index) -> tuple[IntArray, IntArray, IntArray]:
    """Position of each row's importer, exporter and product among the labels, −1 for none [row]."""

    def positions(name: str, labels: pd.Index) -> IntArray:
        codes = rows.codes[name]
        return labels.get_indexer(codes.labels).astype(np.int32)[codes.codes]

    return positions("importer", economies), positions("exporter", economies), positions("product", products)
