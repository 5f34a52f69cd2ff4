"""Two things that a tariff alone leaves out: trade answers late, and was growing before. Both settled on 2015-20.

    law lag    ln M[c,m] − ln M[c,m−12] = f[m] + b (x[c,m] − x[c,m−12])        x[c,m] = mean ln τ[c] of months m−K … m
    growth     M1/M0 = tariffs · g[i]^λ                                        g growth of partner i over as long before

K is the number of months that leaves the least error over the chapters of Chinese goods, with an effect f of each
month. λ is the share of earlier growth that goes on; it leaves the least error of 2018-19, by chapter and partner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calc.analysis.backtest.episodes import CHINA, NOT_PRODUCTS, WORLD, capped, chapters_of
from calc.analysis.backtest.law_months import LawByMonth
from calc.analysis.backtest.observed import Observed
from calc.analysis.backtest.protocol import FIT_BEFORE, months_between, year_before
from calc.analysis.backtest.scores import DRAWS, ENDS
from calc.datasets.dataset import Dataset
from calc.flows import Array

LAG_FIT = months_between("2019-01", "2020-02")  # the first are compared with the first months of the tables
OTHER_SPANS = (months_between("2019-01", "2019-12"), months_between("2019-07", "2019-12"))
LONGEST = 12
SHARES = np.linspace(-0.5, 2.0, 51)
BEFORE_THAT = "2015H2"
LEAST_TRADE = 1e6  # US$ a month; smaller chapters jump for reasons of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A number that leaves the least error, and its 5 and 95% points where chapters are drawn with replacement."""

    value: float
    low: float
    high: float


def settled(at: Array, errors: Array, *, seed: int = 1) -> Settled:
    """Where errors are least.

    Parameters
    ----------
    at : places
    errors : squared errors [place, chapter]
    """
    count = errors.shape[1]
    often = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=DRAWS)
    low, high = np.percentile(at[(errors @ often.T).argmin(axis=0)], ENDS)
    return Settled(value=float(at[errors.sum(axis=1).argmin()]), low=float(low), high=float(high))


def recent_law(law: LawByMonth, months: Sequence[str], lag: int) -> Array:
    """Mean law of some months and of the `lag` months before each, [line]; before the record, that of its first day."""
    first = np.datetime64(law.starts[0], "M")
    back = [
        tuple(str(max(np.datetime64(month, "M") - np.timedelta64(k, "M"), first)) for month in months)
        for k in range(lag + 1)
    ]
    total: Array = np.sum([law.mean(one) for one in back], axis=0) / len(back)
    return total


def law_lags(dataset: Dataset, law: LawByMonth, observed: Observed) -> tuple[Settled, ...]:
    """K: months before the present one whose law trade answers to as well, from Chinese goods by chapter.

    Returns
    -------
    of `LAG_FIT`, which is used, and of each of `OTHER_SPANS`
    """
    value = observed.china_duty.pivot_table(index="hs2", columns="month", values="value", aggfunc="sum")
    power = _chinese_power(dataset, law)
    chapters = [code for code in value.index.intersection(power.index) if code not in NOT_PRODUCTS]
    return tuple(_lag_of_span(value.loc[chapters], power.loc[chapters], list(span)) for span in (LAG_FIT, *OTHER_SPANS))


def _lag_of_span(value: pd.DataFrame, power: pd.DataFrame, span: list[str]) -> Settled:
    """K of some months, each compared with the month a year before; tables by chapter and month."""
    base = [year_before(month) for month in span]
    used = value[base].min(axis="columns") > LEAST_TRADE
    weight = value.loc[used, base].to_numpy()
    grown = np.log(value.loc[used, span].to_numpy() / weight)
    errors = []
    for months in range(LONGEST + 1):
        mean = power.loc[used].T.rolling(months + 1, min_periods=1).mean().T
        errors.append(_left(grown, mean[span].to_numpy() - mean[base].to_numpy(), weight))
    return settled(np.arange(LONGEST + 1.0), np.array(errors))


def _left(grown: Array, moved: Array, weight: Array) -> Array:
    """Squared error by chapter once each month's mean and the common slope are taken off, arrays [chapter, month]."""
    share = weight / weight.sum(axis=0)
    y, x = (table - (share * table).sum(axis=0) for table in (grown, moved))
    slope = (weight * x * y).sum() / (weight * x * x).sum()
    left: Array = (weight * (y - slope * x) ** 2).sum(axis=1)
    return left


def _chinese_power(dataset: Dataset, law: LawByMonth) -> pd.DataFrame:
    """ln(1 + mean rate) on Chinese goods by chapter and month, from the first of the record."""
    flows = dataset.flows
    chinese = flows.exporter == flows.economies.get_indexer(pd.Index([CHINA]))[0]
    chapter, value = chapters_of(dataset)[chinese], flows.import_value[chinese]
    months = months_between(str(np.datetime64(law.starts[0], "M")), LAG_FIT[-1])
    duty = pd.DataFrame({month: law.mean((month,))[chinese] * value for month in months})
    sums = duty.groupby(chapter).sum().div(pd.Series(value).groupby(chapter).sum(), axis="index")
    return sums.transform(np.log1p)


def growth_share(cells: pd.DataFrame, growth: Mapping[str, float]) -> Settled:
    """λ: the share of partners' earlier growth that went on.

    Parameters
    ----------
    cells : of `predicted_cells`, 2018-19
    growth : of each partner, over as long before as the cells span
    """
    table = capped(cells)
    past = table["partner"].map(growth).to_numpy(dtype=float)
    seen, predicted, weight = (table[name].to_numpy() for name in ("seen", "predicted", "weight"))
    squares = np.array([weight * (seen - (1 + predicted) * past**share + 1) ** 2 for share in SHARES])
    by_chapter = pd.DataFrame(squares.T).groupby(table["chapter"].to_numpy()).sum().to_numpy().T
    return settled(SHARES, by_chapter)


def growth_before_2017(observed: Observed, cells: pd.DataFrame) -> Mapping[str, float]:
    """Imports of each partner, second half of 2017 over that of 2015; the rest is all others together."""
    table = observed.half_years[~observed.half_years["hs2"].isin(NOT_PRODUCTS)]
    sums = table.pivot_table(index="exporter", columns="window", values="value", aggfunc="sum")
    sums = sums[[BEFORE_THAT, FIT_BEFORE]]
    named = [code for code in cells["partner"].unique() if code in sums.index]
    sums.loc["ROW"] = sums.loc[WORLD] - sums.loc[named].sum()
    grown = sums[FIT_BEFORE] / sums[BEFORE_THAT]
    return {str(code): float(value) for code, value in grown.items()}


def growth_before_2025(observed: Observed) -> Mapping[str, float]:
    """Imports of each partner, 2024 over 2023; the rest and all partners as in the table by month."""
    months = observed.partners.assign(year=observed.partners["month"].str[:4])
    found: dict[str, float] = {}
    for table in (months, observed.partner_years):
        sums = table.pivot_table(index="exporter", columns="year", values="value", aggfunc="sum")
        found |= {str(code): float(value) for code, value in (sums["2024"] / sums["2023"]).items()}
    return found
