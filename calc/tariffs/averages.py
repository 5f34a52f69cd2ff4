"""Effective rates: tariffs in force on a date as duty over value, by partner, section and authority; what one adds.

t̄ = Σ t M / Σ M        M = imports of the dataset's year, goods returned (9801) and the low-value estimate (99) left out

With the imports that a model expects under the tariffs of the date for M, it is the rate after substitution. Rates are
those of trade: where some imports claim an exclusion, t is less than what an entry without a claim pays.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from calc.datasets.dataset import Dataset
from calc.errors import ScenarioError
from calc.flows import Array, BoolArray, IntArray, sum_by_code
from calc.tariffs.law import DatedRates, rates_on

EVERYTHING = "all"
NOT_PRODUCTS = ("9801", "99")


def effective_rates(
    rates: DatedRates,
    dataset: Dataset,
    by: str = "exporter",
    *,
    exporters: Sequence[str] = (),
    import_value: Array | None = None,
) -> pd.DataFrame:
    """Statutory rates of a day by group: the group, import_value, one column an authority, and total.

    Parameters
    ----------
    rates : from `rates_on`, on the same dataset
    by : "all", "importer", "exporter", or a column of the products such as "section"
    exporters : the partners that count; empty: all
    import_value : M [line], before duty; those of the dataset if absent

    Raises
    ------
    ScenarioError
        The products have no such column, or a partner is unknown.
    """
    flows = dataset.flows
    counted = rates.known & of_products(dataset)
    if exporters:
        position = flows.economies.get_indexer(pd.Index(exporters))
        if (position < 0).any():
            raise ScenarioError(f"{dataset.name} has no partner {exporters[int(np.argmin(position))]!r}.")
        counted &= np.isin(flows.exporter, position)
    codes, labels = _groups(dataset, by)
    value = np.where(counted, flows.import_value if import_value is None else import_value, 0.0)
    total = sum_by_code(codes, value, len(labels))
    divisor = np.where(total > 0, total, 1.0)
    traded = rates.as_traded()
    columns = {**traded.authorities, "total": traded.total}
    table = {name: sum_by_code(codes, rate * value, len(labels)) / divisor for name, rate in columns.items()}
    frame = pd.DataFrame({by if by != EVERYTHING else "group": labels, "import_value": total, **table})
    return frame[total > 0].reset_index(drop=True)


def change_between(first: str | date, second: str | date, dataset: Dataset, by: str = "exporter") -> pd.DataFrame:
    """Change of the effective rates from one day to another, by group and authority."""
    before = effective_rates(rates_on(first, dataset), dataset, by)
    after = effective_rates(rates_on(second, dataset), dataset, by)
    return difference(before, after)


def difference(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Change from one table of `effective_rates` to another of the same groups, by authority; imports of the first."""
    key = str(before.columns[0])
    old, new = before.set_index(key), after.set_index(key)
    names = list(dict.fromkeys([*old.columns[1:], *new.columns[1:]]))
    change = new.reindex(columns=names, fill_value=0.0).reindex(old.index) - old.reindex(columns=names, fill_value=0.0)
    table = pd.concat([old["import_value"], change], axis=1).reset_index()
    return table[[key, "import_value", *(name for name in names if name != "total"), "total"]]


def fall_of(authority: str, day: str | date, dataset: Dataset, by: str = "exporter") -> pd.DataFrame:
    """What falls if an authority falls: total with it, without it, and the change, by group.

    The change can be smaller than the authority's own rate: goods under section 232 pay other duties once it is gone.
    """
    with_it = effective_rates(rates_on(day, dataset), dataset, by)
    without = effective_rates(rates_on(day, dataset, without=(authority,)), dataset, by)
    keys = list(with_it.columns[:2])
    frame = with_it[keys].assign(total=with_it["total"], total_without=without["total"])
    return frame.assign(total_change=frame["total_without"] - frame["total"])


def fall_by_authority(day: str | date, dataset: Dataset, *, exporters: Sequence[str] = ()) -> pd.DataFrame:
    """What falls with each authority that charges anything on a day.

    Returns
    -------
    authority, own (its part of the average), total, total_without, total_change; fractions, largest fall first
    """
    law = rates_on(day, dataset)
    present = effective_rates(law, dataset, EVERYTHING, exporters=exporters).iloc[0]
    total = float(present["total"])
    rows = []
    for authority in [name for name in law.authorities if name in set(law.measures["authority"]) and present[name] > 0]:
        fallen = rates_on(day, dataset, without=(authority,))
        without = float(effective_rates(fallen, dataset, EVERYTHING, exporters=exporters)["total"].iloc[0])
        rows.append((authority, float(present[authority]), total, without, without - total))
    columns = ["authority", "own", "total", "total_without", "total_change"]
    return pd.DataFrame(rows, columns=columns).sort_values("total_change", kind="stable").reset_index(drop=True)


def of_products(dataset: Dataset) -> BoolArray:
    """Lines of products, which averages count: goods returned and the estimate of low-value parcels are none [line]."""
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
