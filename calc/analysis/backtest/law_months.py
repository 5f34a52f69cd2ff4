"""The law of months: statutory rates averaged over their days, on every line of a dataset.

They are what the average importer pays, less what claimed exclusions spare.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calc.analysis.backtest.protocol import EXPECTED_MONTHS
from calc.datasets.dataset import Dataset
from calc.errors import ScenarioError
from calc.flows import Array
from calc.tariffs.history_files import change_days
from calc.tariffs.law import built_in_record, rates_on
from calc.tariffs.record import DayArray

LAST_MONTH = EXPECTED_MONTHS[-1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LawByMonth:
    """Rates from each day on which the law changes, until the next such day.

    Parameters
    ----------
    starts : days, ascending [start]
    end : last day of which they speak
    rates : t [start, line]
    """

    starts: DayArray
    end: np.datetime64
    rates: npt.NDArray[np.float32]

    def mean(self, months: Sequence[str]) -> Array:
        """Mean rate over all days of some months, [line].

        Raises
        ------
        ScenarioError
            A month is not covered.
        """
        days = np.concatenate([days_of(month) for month in months])
        if days.min() < self.starts[0] or days.max() > self.end:
            raise ScenarioError(
                f"Tariffs in force were asked for from {self.starts[0]} to {self.end}; {min(months)} is outside."
            )
        row = np.searchsorted(self.starts, days, side="right") - 1
        rows, count = np.unique(row, return_counts=True)
        total: Array = np.zeros(self.rates.shape[1])
        for at, share in zip(rows, count / len(days), strict=True):
            total += share * self.rates[at]
        return total


def days_of(month: str) -> DayArray:
    """Every day of a month."""
    first = np.datetime64(month, "M")
    length = ((first + np.timedelta64(1, "M")).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(int)
    days: DayArray = first.astype("datetime64[D]") + np.arange(length)
    return days


def law_by_month(dataset: Dataset, *, last: str = LAST_MONTH) -> LawByMonth:
    """The built-in record on a dataset, from its first day; a few dozen days take seconds.

    Parameters
    ----------
    last : month after which the law is not needed

    Raises
    ------
    ScenarioError
        The record has no rates for the dataset.
    """
    end = days_of(last)[-1]
    days = change_days(built_in_record())
    needed = days[days <= end]
    # in single precision, because all days on all lines are tens of megabytes
    rates = np.array([rates_on(day, dataset).as_traded().total for day in needed], dtype=np.float32)
    return LawByMonth(starts=needed, end=end, rates=rates)
