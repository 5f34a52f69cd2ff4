"""The two episodes on the lines of a dataset: trade and tariffs before, tariffs after, and what was seen by cell.

A cell is a chapter of one partner. Where the tables of 2017 know a chapter of a partner, its lines of the dataset are
brought to that value, so that chapters have the weights of 2017 and lines inside them those of the dataset.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from calc.analysis.backtest.law_months import LawByMonth
from calc.analysis.backtest.observed import Observed
from calc.analysis.backtest.protocol import (
    BASE_YEAR,
    FIT_AFTER,
    FIT_BEFORE,
    FIT_LAW_AFTER,
    FIT_LAW_BEFORE,
    MOST,
    TEST_CELLS,
)
from calc.datasets.dataset import Dataset
from calc.errors import ScenarioError
from calc.flows import Array, Elasticities, Flows, IntArray, sum_by_code, sum_by_market
from calc.models.known import MODELS
from calc.question import chosen_elasticities
from calc.scenario import Scenario
from calc.tariffs.policy import Policy

REST, WORLD, CHINA, UNION = "ROW", "WLD", "CHN", "EU27"
NOT_PRODUCTS = ("98", "99")
# Members that the tables of 2017 name without the Union that holds them.
_MEMBERS = ("DEU", "FRA", "IRL", "ITA")
# A line of a chapter without trade then; the flows of a model are above 0.
_HARDLY = 1e-9
LEAST = 1e-3
FIT_NAME, TEST_NAME = "2018-19", "2025"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Episode:
    """Trade before and tariffs after, on the lines of a dataset, and what was seen.

    Parameters
    ----------
    name : for tables
    before : trade and tariff rates before
    tariff_new : t1 [line]
    cell : row of `seen` of each line, −1 where none was seen [line]
    seen : partner, chapter, base and seen imports in US$ a month, one row a cell in which the dataset has trade
    """

    name: str
    before: Flows
    tariff_new: Array
    cell: IntArray
    seen: pd.DataFrame


def episode_2018(dataset: Dataset, law: LawByMonth, observed: Observed) -> Episode:
    """Second half of 2017 to second half of 2019, with the weights of 2017 by chapter and partner."""
    flows, table = dataset.flows, observed.half_years
    named = tuple(code for code in table["exporter"].unique() if code not in (*_MEMBERS, WORLD))
    before, after = (_with_rest(table[table["window"] == window], named) for window in (FIT_BEFORE, FIT_AFTER))
    seen, cell = _cells(before, after, dataset, named)
    now = _by_cell(cell, flows.import_value, len(seen))
    scale = np.append(seen["base"].to_numpy() / now, 0.0)[cell]  # the last is for lines of no cell
    value = flows.import_value * np.maximum(scale, _HARDLY)
    return Episode(
        name=FIT_NAME,
        before=flows_at(flows, value, law.mean(FIT_LAW_BEFORE)),
        tariff_new=law.mean(FIT_LAW_AFTER),
        cell=cell,
        seen=seen,
    )


def episode_2025(dataset: Dataset, law: LawByMonth, observed: Observed, months: Sequence[str] = TEST_CELLS) -> Episode:
    """The mean month of 2024 to some months of 2025, by chapter of the partners that the table names."""
    table = observed.chapters
    before, after = (
        _mean_month(table[table["month"].isin(list(window))], len(window)) for window in (BASE_YEAR, months)
    )
    seen, cell = _cells(before, after, dataset, tuple(table["exporter"].unique()))
    return Episode(
        name=TEST_NAME,
        before=dataset.flows,
        tariff_new=law.mean(months),
        cell=cell,
        seen=seen,
    )


def partners_of(dataset: Dataset, named: Sequence[str]) -> npt.NDArray[np.object_]:
    """Partner of each line: its exporter where it is named, the Union for its members, else the rest [line]."""
    table = dataset.countries
    groups = table["groups"] if "groups" in table else pd.Series("", index=table.index)
    home = [
        code if code in named else UNION if UNION in named and UNION in group.split(";") else REST
        for code, group in zip(table["economy"].astype(str), groups.astype(str), strict=True)
    ]
    labels: npt.NDArray[np.object_] = np.array(home, dtype=object)[dataset.flows.exporter]
    return labels


def chapters_of(dataset: Dataset) -> npt.NDArray[np.object_]:
    """HS chapter of each line."""
    labels: npt.NDArray[np.object_] = np.array(dataset.flows.products.str[:2], dtype=object)[dataset.flows.product]
    return labels


def flows_at(flows: Flows, import_value: Array, tariff_rate: Array) -> Flows:
    """The same lines with other imports and tariff rates."""
    duty_paid = import_value * (1 + tariff_rate)
    expenditure = sum_by_market(flows, duty_paid)
    return replace(
        flows,
        import_value=import_value,
        tariff_rate=tariff_rate,
        tariff_basis=None,
        expenditure=expenditure,
        expenditure_share=duty_paid / expenditure[flows.market],
    )


def elasticities_of(scenario: Scenario, dataset: Dataset) -> Elasticities:
    """Elasticities that are tested.

    Raises
    ------
    ScenarioError
        The model cannot answer the dataset, or there is no such set.
    """
    reason = MODELS[scenario.model].unsuited(dataset.flows)
    if reason:
        raise ScenarioError(
            f"{scenario.model} cannot be back-tested on {dataset.name}: {reason}. Choose another model."
        )
    return chosen_elasticities(scenario, dataset)


def import_ratio(scenario: Scenario, elasticities: Elasticities, before: Flows, tariff_new: Array) -> Array:
    """What the tested model makes of imports before duty under new rates, M1/M0 [line]."""
    size = len(before.market)
    policy = Policy(
        targeted=tariff_new != before.tariff_rate,
        tariff_new=tariff_new,
        export_tax=np.zeros(size),
        export_ceiling=np.full(size, np.inf),
        trade_cost=np.zeros(size),
        ceiling_rule=np.full(size, -1, dtype=np.intp),
    )
    lines = MODELS[scenario.model].simulate(before, policy, elasticities).lines
    ratio: Array = lines["import_value_new"].to_numpy(dtype=float) / before.import_value
    return ratio


def predicted_cells(episode: Episode, ratio: Array) -> pd.DataFrame:
    """Predicted and seen change of each cell.

    Parameters
    ----------
    ratio : M1/M0 [line]

    Returns
    -------
    partner, chapter, base and seen_value in US$ a month, seen and predicted change as fractions, weight (base)
    """
    value, seen = episode.before.import_value, episode.seen
    change = _by_cell(episode.cell, value * ratio, len(seen)) / _by_cell(episode.cell, value, len(seen)) - 1
    return pd.DataFrame(
        {
            "partner": seen["partner"],
            "chapter": seen["chapter"],
            "base": seen["base"],
            "seen_value": seen["seen"],
            "seen": seen["seen"] / seen["base"] - 1,
            "predicted": change,
            "weight": seen["base"],
        }
    )


def capped(cells: pd.DataFrame) -> pd.DataFrame:
    """Seen changes up to a doubling, as far above 0 as trade can fall below it."""
    return cells.assign(seen=cells["seen"].clip(upper=MOST))


def in_logs(cells: pd.DataFrame) -> pd.DataFrame:
    """Changes as logarithms; cells in which nothing was bought any more are left out.

    A linear model may predict imports below 0; they count as `LEAST` of the base.
    """
    kept = cells[cells["seen"] > -1]
    predicted = np.log(np.maximum(1 + kept["predicted"], LEAST))
    return kept.assign(seen=np.log1p(kept["seen"]), predicted=predicted)


def relative_cells(cells: pd.DataFrame, partner: str = CHINA) -> pd.DataFrame:
    """One partner against all others by chapter: ln of its imports' ratio less ln of theirs; what all share cancels."""
    table = cells.assign(new=cells["base"] * np.maximum(1 + cells["predicted"], LEAST)).set_index("chapter")
    columns = ["base", "seen_value", "new"]
    own, others = (
        table.loc[chosen.to_numpy(), columns].groupby(level="chapter").sum()
        for chosen in (cells["partner"] == partner, cells["partner"] != partner)
    )
    both = own.index[(own > 0).all(axis="columns")].intersection(others.index[(others > 0).all(axis="columns")])
    own, others = own.loc[both], others.loc[both]
    found = {
        name: np.log(own[column] / own["base"]) - np.log(others[column] / others["base"])
        for name, column in (("seen", "seen_value"), ("predicted", "new"))
    }
    return pd.DataFrame({**found, "weight": own["base"]}).reset_index()


def _mean_month(table: pd.DataFrame, months: int) -> pd.DataFrame:
    sums = table.groupby(["exporter", "hs2"], as_index=False)["value"].sum()
    means: pd.DataFrame = sums.assign(value=sums["value"] / months)
    return means


def _by_cell(cell: IntArray, values: Array, count: int) -> Array:
    """Sums over the lines of each cell."""
    return sum_by_code(cell + 1, values, count + 1)[1:]


def _cells(
    before: pd.DataFrame, after: pd.DataFrame, dataset: Dataset, named: Sequence[str]
) -> tuple[pd.DataFrame, IntArray]:
    """Cells with imports before in table and dataset, and the cell of each line; chapters 98 and 99 are left out."""
    keys = ["exporter", "hs2"]
    base, seen = (table.set_index(keys)["value"] for table in (before, after))
    lines = pd.MultiIndex.from_arrays([partners_of(dataset, named), chapters_of(dataset)], names=keys)
    products = ~base.index.get_level_values("hs2").isin(NOT_PRODUCTS)
    base = base[products & (base > 0) & base.index.isin(lines)]
    table = pd.DataFrame({"base": base, "seen": seen.reindex(base.index).fillna(0.0)}).reset_index()
    cell: IntArray = base.index.get_indexer(lines).astype(np.intp)
    return table.rename(columns={"exporter": "partner", "hs2": "chapter"}), cell


def _with_rest(table: pd.DataFrame, named: Sequence[str]) -> pd.DataFrame:
    """Named partners, and all others as the rest: exporter, hs2, value of a month."""
    wide = table.pivot_table(index="hs2", columns="exporter", values="value", aggfunc="sum", fill_value=0.0)
    wide = wide.assign(**{REST: wide[WORLD] - wide[list(named)].sum(axis="columns")})[[*named, REST]] / 6
    return wide.reset_index().melt(id_vars="hs2", value_name="value", var_name="exporter")
