"""Tariffs in force on a date, by the name of a dataset: line by line, and as one average."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from calc.datasets.catalogue import default_dataset
from calc.datasets.dataset import Dataset, read_dataset
from calc.datasets.economy_hints import hint_on_economy
from calc.errors import ScenarioError
from calc.flows import to_frame
from calc.tariffs import averages, law
from calc.tariffs.days import Day


def rates_on(
    day: Day, dataset: str | Path | Dataset | None = None, *, without: str | Sequence[str] = ()
) -> pd.DataFrame:
    """Statutory rates on a date, on every line that the record of tariffs covers, by legal authority.

        total = base + Σ authorities

    Parameters
    ----------
    day : from 2018-01-01, as text or date
    dataset : name, folder or `Dataset` with HS codes that the United States or China buys; the default of a scenario
        if absent
    without : legal authorities taken out, as if a court had struck them down; "ieepa" stands for all that begin so

    Returns
    -------
    importer, exporter, product, import_value (US$ before duty), one column an authority with "base" first, total (what
    an entry pays that claims no exclusion), and excluded: the part of total that exclusions spare the average importer;
    rates as fractions

    Raises
    ------
    ScenarioError
        The day is outside the record, an authority is unknown, or the record has no rates for the dataset.
    DataError
        There is no such dataset, or it breaks a rule.

    Examples
    --------
    >>> import calc
    >>> rates = calc.rates_on("2025-11-10")
    >>> list(rates.columns[:5])
    ['importer', 'exporter', 'product', 'import_value', 'base']
    >>> toys = rates[(rates["exporter"] == "CHN") & (rates["product"] == "950300")]
    >>> round(toys["total"].item(), 3)
    0.2
    """
    data = _dataset(dataset)
    rates, flows = _rates(day, data, without), data.flows
    known = np.flatnonzero(rates.known)
    return to_frame(
        {
            "importer": pd.Categorical.from_codes(flows.importer[known], categories=flows.economies),
            "exporter": pd.Categorical.from_codes(flows.exporter[known], categories=flows.economies),
            "product": pd.Categorical.from_codes(flows.product[known], categories=flows.products),
            "import_value": flows.import_value[known],
            **{name: rate[known] for name, rate in rates.authorities.items()},
            "total": rates.total[known],
            "excluded": (rates.total - rates.as_traded().total)[known],
        }
    )


def effective_rate(
    day: Day,
    dataset: str | Path | Dataset | None = None,
    *,
    importer: str = "",
    exporter: str | Sequence[str] = (),
    without: str | Sequence[str] = (),
) -> float:
    """Average of the tariffs in force on a date, weighted by the imports of the dataset's year.

        t̄ = Σ (t − x) M / Σ M        x = part of t that exclusions spare the average importer

    Parameters
    ----------
    importer : code of the economy that charges; empty: all importers of the dataset
    exporter : code of the partner, or several; empty: all partners
    day, dataset, without : as for `rates_on`

    Raises
    ------
    ScenarioError
        As `rates_on`; also where the dataset has no imports of that importer from that partner.

    Examples
    --------
    >>> import calc
    >>> round(calc.effective_rate("2025-11-10", exporter="CHN"), 3)
    0.323
    >>> round(calc.effective_rate("2025-11-10", "china-2017", importer="CHN", exporter="USA"), 3)
    0.27
    """
    data = _dataset(dataset)
    partners = (exporter,) if isinstance(exporter, str) and exporter else tuple(exporter)
    by, group = ("importer", importer) if importer else (averages.EVERYTHING, averages.EVERYTHING)
    table = averages.effective_rates(_rates(day, data, without), data, by, exporters=partners)
    found = table["total"][(table.iloc[:, 0] == group).to_numpy()].tolist()
    if not found:
        buyers = [str(code) for code in data.flows.economies[data.flows.buyers]]
        hint = f" of {importer!r}{hint_on_economy(importer, buyers)}" if importer else ""
        origin = f" from {', '.join(partners)}" if partners else ""
        raise ScenarioError(
            f"{data.name} has no imports{hint}{origin} with rates in the record. It has those of {', '.join(buyers)}."
        )
    return float(found[0])


def _rates(day: Day, dataset: Dataset, without: str | Sequence[str]) -> law.DatedRates:
    words = (without,) if isinstance(without, str) and without else tuple(without)
    record = law.built_in_record()
    without = law.authorities_named(words, record, "without")
    return law.rates_on(day, dataset, without=without, record=record)


def _dataset(dataset: str | Path | Dataset | None) -> Dataset:
    return dataset if isinstance(dataset, Dataset) else read_dataset(dataset or default_dataset())
