"""Days of the tariff record: its window, and the one reader of a day.

Outside `calc.tariffs` a day is a `datetime.date`; inside it is a day of NumPy, which compares whole columns at once.
"""

from datetime import date, datetime

import numpy as np

from calc.errors import ScenarioError

FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2027, 12, 31)  # no measure of the record begins or ends later
SERIES_END = date(2026, 12, 31)  # averages over time stop with the year in which the record was last brought up to date
EXAMPLE = "2025-11-10"

Day = str | date | np.datetime64


def read_day(text: str) -> date:
    """A day of the record from text such as 2025-11-10.

    Raises
    ------
    ScenarioError
        The text is not a date, or the record does not cover it.
    """
    try:
        day = date.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise ScenarioError(f"{text!r} is not a date. Write it as {EXAMPLE}.") from error
    check_day(day)
    return day


def check_day(day: date) -> None:
    """Refuse a day that the record does not cover.

    Raises
    ------
    ScenarioError
        The day is before the first or after the last day of the record.
    """
    if day < FIRST_DAY:
        raise ScenarioError(f"The record begins on {FIRST_DAY}; {day} is before it. Choose a later day.")
    if day > LAST_DAY:
        raise ScenarioError(f"The record ends on {LAST_DAY}; {day} is after it. Choose an earlier day.")


def as_day(day: Day) -> np.datetime64:
    """A day of the record as NumPy knows it.

    Raises
    ------
    ScenarioError
        As `read_day`.
    """
    text = str(day.date()) if isinstance(day, datetime) else str(day)
    return np.datetime64(read_day(text), "D")
