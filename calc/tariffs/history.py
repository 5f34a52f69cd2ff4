"""Tariffs over time: average rates on every date of a change, and what was collected.

    average      t̄(d) = Σ t(d) M / Σ M              M of the dataset's year, on each direction's own imports
    of a month   the mean of t̄ over its days
    collected    duty / imports of the month, Census or Treasury;  ratio = collected / average of the month
    expected     what `lags` says of the averages of the month and of the month before it

Making all averages takes seconds, so they ship as averages.csv; a test makes them again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from calc.datasets.catalogue import the_one_serving
from calc.datasets.dataset import Dataset, data_dir, read_dataset
from calc.errors import ScenarioError
from calc.tariffs.averages import EVERYTHING, effective_rates
from calc.tariffs.days import FIRST_DAY, SERIES_END, Day, as_day
from calc.tariffs.history_files import ALL_SECTIONS, AVERAGES, SOURCES, change_days
from calc.tariffs.lags import LAGS, Lags, expected_rate
from calc.tariffs.law import DatedRates, built_in_record, rates_on
from calc.tariffs.record import FOLDER, WORLD, TariffRecord

TOTAL = "total"
_ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Who charges whom, and on which imports the average is taken.

    Parameters
    ----------
    importer, exporter : codes; WLD stands for all partners
    words, short : for people
    weights : the imports in words
    """

    importer: str
    exporter: str
    words: str
    short: str
    weights: str

    @property
    def dataset(self) -> str:
        """The built-in dataset whose imports are the weights."""
        return the_one_serving(f"averages:{self.importer}")


US_ON_CHINA = Direction(
    importer="USA",
    exporter="CHN",
    words="United States on China",
    short="US on China",
    weights="US imports from China, 2024",
)
CHINA_ON_US = Direction(
    importer="CHN",
    exporter="USA",
    words="China on the United States",
    short="China on US",
    weights="Chinese imports from the United States, 2017",
)
US_ON_ALL = Direction(
    importer="USA",
    exporter=WORLD,
    words="United States on all partners",
    short="US on all",
    weights="US imports, 2024",
)
DIRECTIONS = (US_ON_CHINA, CHINA_ON_US, US_ON_ALL)


def averages(datasets: Mapping[str, Dataset], record: TariffRecord | None = None) -> pd.DataFrame:
    """Average rate of every direction on every change day, by authority; authorities at 0 are left out, totals never.

    Parameters
    ----------
    datasets : by name, those that `DIRECTIONS` name
    record : the built-in record if absent

    Returns
    -------
    date, importer, exporter, authority, rate
    """
    record = record or built_in_record()
    parts = []
    for name in dict.fromkeys(direction.dataset for direction in DIRECTIONS):
        for day in change_days(record):
            rates = rates_on(day, datasets[name], record=record)
            for direction in [direction for direction in DIRECTIONS if direction.dataset == name]:
                row = average_of(rates, datasets[name], direction)
                kept = {authority: rate for authority, rate in row.items() if rate or authority == TOTAL}
                columns = {"date": day, "importer": direction.importer, "exporter": direction.exporter}
                parts.append(pd.DataFrame({**columns, "authority": list(kept), "rate": list(kept.values())}))
    return pd.concat(parts, ignore_index=True)


def average_of(rates: DatedRates, dataset: Dataset, direction: Direction) -> dict[str, float]:
    """Average rate of a direction by authority, and `total`."""
    exporters = () if direction.exporter == WORLD else (direction.exporter,)
    row = effective_rates(rates, dataset, EVERYTHING, exporters=exporters).iloc[0]
    return {str(name): float(row[name]) for name in row.index[2:]}


def write_averages(folder: str | Path | None = None) -> Path:
    """Regenerate averages.csv of the built-in record; it ships because making it takes seconds."""
    made = averages({name: read_dataset(name) for name in {direction.dataset for direction in DIRECTIONS}})
    path = (Path(folder) if folder is not None else data_dir() / FOLDER) / AVERAGES
    columns = made[["date", "importer", "exporter", "authority"]].assign(rate_pct=made["rate"] * 100)
    columns.to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d")
    return path


def law_on(table: pd.DataFrame, direction: Direction, day: Day) -> dict[str, float]:
    """Average rates in force on a day, by authority, and `total`.

    Parameters
    ----------
    table : of `averages`

    Raises
    ------
    ScenarioError
        The day is before the table.
    """
    own, when = _of(table, direction), as_day(day)
    begun = own[own["date"].to_numpy() <= when]
    if begun.empty:
        raise ScenarioError(f"The record begins on {FIRST_DAY}; {when} is before it. Choose a later day.")
    latest = begun[begun["date"] == begun["date"].max()]
    return dict(zip(latest["authority"], latest["rate"].astype(float), strict=True))


def steps(table: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Days on which the average of a direction changes, with its new value, and the last day: date, rate."""
    own = _of(table, direction)
    totals = own.loc[own["authority"] == TOTAL, ["date", "rate"]].sort_values("date")
    rates = totals["rate"].to_numpy()
    moved = np.concatenate([[True], ~np.isclose(rates[1:], rates[:-1], rtol=0, atol=1e-9)])
    end = pd.DataFrame({"date": [as_day(SERIES_END)], "rate": rates[-1:]}).astype(totals.dtypes)
    return pd.concat([totals[moved], end], ignore_index=True)


def by_month(table: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Mean of a direction's average over the days of each month: month (its first day), rate."""
    own = _of(table, direction)
    totals = own[own["authority"] == TOTAL].sort_values("date")
    every = np.arange(as_day(FIRST_DAY), as_day(SERIES_END) + _ONE_DAY)
    begun = totals["date"].to_numpy().astype("datetime64[D]")
    rate = totals["rate"].to_numpy()[np.searchsorted(begun, every, side="right") - 1]
    means = pd.Series(rate).groupby(every.astype("datetime64[M]").astype("datetime64[D]")).mean()
    return means.rename("rate").rename_axis("month").reset_index()


def expected_by_month(table: pd.DataFrame, direction: Direction, lags: Lags = LAGS) -> pd.DataFrame:
    """The law of each month and what is expected to be collected under it: month (its first day), rate, expected.

    The month before the first is taken to be like it. The lags are those of the United States.
    """
    months = by_month(table, direction)
    law = months["rate"].to_numpy(dtype=float)
    return months.assign(expected=expected_rate(law, np.concatenate([law[:1], law[:-1]]), lags))


def collected_by_month(collected: pd.DataFrame, table: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Collected and statutory rates of a direction by month, as far as public figures go.

    Parameters
    ----------
    collected : of `read_collected`
    table : of `averages`

    Returns
    -------
    month, statutory, expected (to be collected, on the same imports), and for each source its rate (`census`,
    `treasury`) and its ratio to statutory (`census_ratio`, …)
    """
    statutory = expected_by_month(table, direction).rename(columns={"rate": "statutory"}).set_index("month")
    own = collected[(collected["exporter"] == direction.exporter) & (collected["section"] == ALL_SECTIONS)]
    for source in SOURCES:
        part = own[own["source"] == source].set_index("month")
        statutory[source] = part["duty"] / part["import_value"]
        statutory[f"{source}_ratio"] = statutory[source] / statutory["statutory"]
    return statutory.dropna(subset=list(SOURCES), how="all").reset_index()


def collected_by_group(
    collected: pd.DataFrame, month: str, dataset: Dataset, by: str = "exporter", exporter: str = WORLD
) -> pd.DataFrame:
    """Collected and statutory rates of one month by partner or HS section.

    Parameters
    ----------
    month : such as 2019-06
    by : exporter | section
    exporter : whose goods, by section; WLD: all partners

    Returns
    -------
    the group, import_value (of the month), collected, statutory, ratio; empty where nothing was published so finely
    """
    first = as_day(f"{month}-01")
    found = collected[(collected["month"] == first) & (collected["source"] == "census")]
    if by == "exporter":
        found = found[(found["section"] == ALL_SECTIONS) & (found["exporter"] != WORLD)]
    else:
        found = found[(found["section"] != ALL_SECTIONS) & (found["exporter"] == exporter)]
    whom = () if by == "exporter" or exporter == WORLD else (exporter,)
    law = _month_law(first, dataset, by, whom) if len(found) else pd.Series(dtype=float)
    rate = (found["duty"] / found["import_value"]).to_numpy()
    statutory = law.reindex(found[by]).to_numpy()
    ratio = rate / np.where(statutory > 0, statutory, np.nan)
    columns = {by: found[by].to_numpy(), "import_value": found["import_value"].to_numpy(), "collected": rate}
    return pd.DataFrame({**columns, "statutory": statutory, "ratio": ratio})


def _month_law(first: np.datetime64, dataset: Dataset, by: str, exporters: Sequence[str]) -> pd.Series:
    """Mean statutory rate of each group over the days of a month."""
    end = (first.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
    changes = change_days(built_in_record())
    starts = np.unique(np.concatenate([[first], changes[(changes > first) & (changes < end)]]))
    lengths = np.diff(np.append(starts, end)).astype(int)
    total = pd.Series(dtype=float)
    for start, length in zip(starts, lengths, strict=True):
        part = effective_rates(rates_on(start, dataset), dataset, by, exporters=exporters)
        share = part.set_index(by)["total"] * (length / lengths.sum())
        total = share if total.empty else total + share
    return total


def _of(table: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    return table[(table["importer"] == direction.importer) & (table["exporter"] == direction.exporter)]
