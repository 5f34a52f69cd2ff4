"""Effective rates: the law of a day as duty over value, by partner, section and authority; and what falls with one.

t̄ = Σ t M / Σ M        M = imports of the dataset's year, goods returned (9801) and the low-value estimate (99) left out
"""

from datetime import date

import numpy as np
import pandas as pd

from calc.calendar import DatedRates, rates_on
from calc.dataset import Dataset
from calc.errors import ScenarioError
from calc.tables import BoolArray, IntArray, sum_by_code

EVERYTHING = "all"
NOT_PRODUCTS = ("9801", "99")


def effective_rates(rates: DatedRates, dataset: Dataset, by: str = "exporter") -> pd.DataFrame:
    """Statutory rates of a day by group: the group, import_value, one column an authority, and total.

    Parameters
    ----------
    rates : from `rates_on`, on the same dataset
    by : "all", "importer", "exporter", or a column of the products such as "section"

    Raises
    ------
    ScenarioError
        The products have no such column.
    """
    counted = rates.known & _products(dataset)
    codes, labels = _groups(dataset, by)
    value = np.where(counted, dataset.flows.import_value, 0.0)
    total = sum_by_code(codes, value, len(labels))
    columns = {**rates.authorities, "total": rates.total}
    divisor = np.where(total > 0, total, 1.0)
    table = {name: sum_by_code(codes, rate * value, len(labels)) / divisor for name, rate in columns.items()}
    frame = pd.DataFrame({by if by != EVERYTHING else "group": labels, "import_value": total, **table})
    return frame[total > 0].reset_index(drop=True)


def change_between(first: str | date, second: str | date, dataset: Dataset, by: str = "exporter") -> pd.DataFrame:
    """Change of the effective rates from one day to another, by group and authority."""
    before = effective_rates(rates_on(first, dataset), dataset, by)
    after = effective_rates(rates_on(second, dataset), dataset, by)
    keys = list(before.columns[:2])
    names = list(dict.fromkeys([*before.columns[2:], *after.columns[2:]]))
    old = before.reindex(columns=names, fill_value=0.0)
    new = after.reindex(columns=names, fill_value=0.0)
    return pd.concat([before[keys], new - old], axis=1)[[*keys, *(n for n in names if n != "total"), "total"]]


def fall_of(authority: str, day: str | date, dataset: Dataset, by: str = "exporter") -> pd.DataFrame:
    """What falls if an authority falls: total with it, without it, and the change, by group.

    The change can be smaller than the authority's own rate: goods under section 232 pay other duties once it is gone.
    """
    with_it = effective_rates(rates_on(day, dataset), dataset, by)
    without = effective_rates(rates_on(day, dataset, without=(authority,)), dataset, by)
    keys = list(with_it.columns[:2])
    frame = with_it[keys].assign(total=with_it["total"], total_without=without["total"])
    return frame.assign(total_change=frame["total_without"] - frame["total"])


def _products(dataset: Dataset) -> BoolArray:
    """Lines of products: American goods returned and the estimate of low-value parcels are none [line]."""
    real: BoolArray = ~np.asarray(dataset.flows.products.str.startswith(NOT_PRODUCTS), dtype=bool)
    return real[dataset.flows.product]


def _groups(dataset: Dataset, by: str) -> tuple[IntArray, pd.Index]:
    flows = dataset.flows
    if by == EVERYTHING:
        return np.zeros(len(flows.market), dtype=np.intp), pd.Index(["all"])
    if by in ("importer", "exporter"):
        return (flows.importer if by == "importer" else flows.exporter), flows.economies
    if by not in dataset.products.columns:
        known = ", ".join(name for name in dataset.products.columns if name != "description")
        raise ScenarioError(
            f"Products of {dataset.name} have no column {by!r}. Known: all, importer, exporter, {known}."
        )
    codes, labels = pd.factorize(dataset.products[by], sort=True)
    return codes[flows.product], pd.Index(labels)
