"""The tables beside the tariff record that tell its story: events, duty collected, and published averages.

    events.csv              date, title, label, words, status, source: turning points, on days on which the record
                            changes; those with a label matter most, and a chart names them by it
    collected.csv           month, exporter (WLD: all), section (all, or of the HS), source, import_value_usd, duty_usd
    published-averages.csv  date, importer, exporter, rate_pct, source: averages of others, on their own weights
    averages.csv            date, importer, exporter (WLD: all), authority, rate_pct: made of the record by `timeline`

All lie in the folder of the record. What breaks a rule is refused with file, line, column and remedy.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from calc.datasets.dataset import data_dir
from calc.errors import DataError
from calc.files.checks import raise_first
from calc.files.table_files import Problem, TableFile, parse_table, problem_at, read_bytes
from calc.flows import Array, BoolArray
from calc.tariffs.days import FIRST_DAY, SERIES_END, as_day
from calc.tariffs.record import FOLDER, DayArray, TariffRecord, days

EVENTS, COLLECTED, PUBLISHED, AVERAGES = "events.csv", "collected.csv", "published-averages.csv", "averages.csv"
_FIRST, _LAST = as_day(FIRST_DAY), as_day(SERIES_END)
EVENT_STATUSES = ("law", "threatened", "scheduled")
SOURCES: Mapping[str, str] = {
    "census": "US Census Bureau, imports for consumption, calculated duty",
    "treasury": "US Treasury, Monthly Treasury Statement, customs duties over imports of goods",
}
ALL_SECTIONS = "all"
LONGEST_TITLE, LONGEST_LABEL = 40, 18
_NO_DAY = np.datetime64("NaT", "D")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    EVENTS: ("date", "title", "label", "words", "status", "source"),
    COLLECTED: ("month", "exporter", "section", "source", "import_value_usd", "duty_usd"),
    PUBLISHED: ("date", "importer", "exporter", "rate_pct", "source"),
    AVERAGES: ("date", "importer", "exporter", "authority", "rate_pct"),
}


def change_days(record: TariffRecord) -> DayArray:
    """Every day from 2018 to 2026 on which a measure, a list or China's schedule begins or ends, the first day too."""
    columns = [
        record.measures["effective_date"],
        record.measures["end_date"],
        record.products["effective_date"],
        record.products["end_date"],
        record.china_schedule["effective_date"],
    ]
    found = np.unique(np.concatenate([column.to_numpy().astype("datetime64[D]") for column in columns]))
    inside: DayArray = found[(found > _FIRST) & (found <= _LAST)]
    return np.concatenate([[_FIRST], inside])


def read_events(record: TariffRecord, folder: str | Path | None = None) -> pd.DataFrame:
    """Turning points, first to last: date, title, label (empty for the lesser ones), words, status, source.

    Raises
    ------
    DataError
        The file is missing, or an event breaks a rule; the message names file, line, column and remedy.
    """
    table = _table(EVENTS, folder)
    raise_first(_event_problems(table, record))
    return table.frame[list(_COLUMNS[EVENTS])].assign(date=_days(table)).reset_index(drop=True)


def read_collected(folder: str | Path | None = None) -> pd.DataFrame:
    """Duty collected and imports by month: month (its first day), exporter, section, source, import_value, duty, US$.

    Raises
    ------
    DataError
        The file is missing or breaks a rule.
    """
    table = _table(COLLECTED, folder)
    months = days(table.frame["month"] + "-01", _NO_DAY)
    value, duty = (_numbers(table, name) for name in ("import_value_usd", "duty_usd"))
    key = table.frame[["month", "exporter", "section", "source"]]
    known = np.asarray(table.frame["source"].isin(list(SOURCES)), dtype=bool)
    raise_first(
        problem_at(table, np.isnat(months), "month", "is not a month", "write it as 2025-11")
        + problem_at(table, ~known, "source", f"is not one of {', '.join(SOURCES)}", "choose one of them")
        + problem_at(table, ~(value > 0), "import_value_usd", "is not a value above 0", "write US$")
        + problem_at(table, ~(duty >= 0), "duty_usd", "is not a duty of 0 or more", "write US$")
        + problem_at(table, np.asarray(key.duplicated()), "month", "is there twice", "delete one of the rows")
    )
    columns = {"month": months, **table.frame[["exporter", "section", "source"]], "import_value": value, "duty": duty}
    return pd.DataFrame(columns).reset_index(drop=True)


def read_published(folder: str | Path | None = None) -> pd.DataFrame:
    """Averages that others published: date, importer, exporter, rate, source.

    Raises
    ------
    DataError
        The file is missing or breaks a rule.
    """
    return _rates(PUBLISHED, folder)


def read_averages(folder: str | Path | None = None) -> pd.DataFrame:
    """The averages that ship with the project, long: date, importer, exporter, authority, rate.

    Raises
    ------
    DataError
        The file is missing or breaks a rule.
    """
    return _rates(AVERAGES, folder)


def _rates(file: str, folder: str | Path | None) -> pd.DataFrame:
    table = _table(file, folder)
    dates, rate = _days(table), _numbers(table, "rate_pct") / 100
    raise_first(
        problem_at(table, _outside(dates), "date", *_WHEN)
        + problem_at(table, ~(rate >= 0), "rate_pct", "is not a rate of 0 or more", "write per cent")
    )
    kept = [name for name in _COLUMNS[file] if name not in ("date", "rate_pct")]
    return pd.DataFrame({"date": dates, **table.frame[kept], "rate": rate}).reset_index(drop=True)


def _table(file: str, folder: str | Path | None) -> TableFile:
    place = Path(folder) if folder is not None else data_dir() / FOLDER
    data = read_bytes(place / file, file, place)
    table = data if isinstance(data, Problem) else parse_table(file, data)
    if isinstance(table, Problem):
        raise DataError(table.text)
    missing = [name for name in _COLUMNS[file] if name not in table.frame]
    if missing:
        rule = f"the column is missing; the file has {', '.join(table.frame.columns)}"
        raise DataError(Problem(file=file, line=1, column=missing[0], rule=rule, remedy="add it").text)
    return table


_WHEN = (f"is not a date from {FIRST_DAY} to {SERIES_END}", "write it as 2025-11-10")


def _days(table: TableFile) -> DayArray:
    return days(table.frame["date"], _NO_DAY)


def _outside(dates: DayArray) -> BoolArray:
    outside: BoolArray = np.isnat(dates) | (dates < _FIRST) | (dates > _LAST)
    return outside


def _numbers(table: TableFile, column: str) -> Array:
    cells = table.frame[column]
    found: Array = pd.to_numeric(cells.where(cells != "", None), errors="coerce").to_numpy(dtype=float)
    return found


def _event_problems(table: TableFile, record: TariffRecord) -> tuple[Problem, ...]:
    """Days are in order and days of the record; words are there; what lies after its last day is not yet law."""
    frame, dates = table.frame, _days(table)
    problems = problem_at(table, _outside(dates), "date", *_WHEN)
    if problems:
        return problems
    earlier = np.concatenate([[False], dates[1:] < dates[:-1]])
    idle = ~np.isin(dates, change_days(record))
    future = (dates > record.as_of) & np.asarray(frame["status"] == "law", dtype=bool)
    unknown = ~np.asarray(frame["status"].isin(EVENT_STATUSES), dtype=bool)
    long = np.asarray(frame["title"].str.len() > LONGEST_TITLE, dtype=bool)
    wide = np.asarray(frame["label"].str.len() > LONGEST_LABEL, dtype=bool)
    twice = np.asarray(frame[["date", "title"]].duplicated(), dtype=bool)
    rules = (
        (earlier, "date", "is before the event above it", "sort the events by date"),
        (
            idle,
            "date",
            ("is not a date on which a measure of the record begins or ends"),
            "correct the date, or the record",
        ),
        (unknown, "status", f"is not one of {', '.join(EVENT_STATUSES)}", "choose one of them"),
        (future, "status", f"is on a date after {record.as_of}, when the sources end", "write scheduled"),
        (long, "title", f"is longer than {LONGEST_TITLE} characters", "shorten it; the rest belongs into words"),
        (wide, "label", f"is longer than {LONGEST_LABEL} characters", "shorten it, or leave it empty"),
        (twice, "title", "is there twice on the same day", "delete one of the rows"),
    )
    for bad, column, rule, remedy in rules:
        problems += problem_at(table, bad, column, rule, remedy)
    for column in ("title", "words", "source"):
        empty = np.asarray(frame[column].str.strip() == "", dtype=bool)
        problems += problem_at(table, empty, column, "is empty", "write it: an event needs a name, words and a source")
    return problems
