"""The Timeline view as files: the series, the date, its measures, the events and duty collected, with a README."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from calc.files.write import csv_bytes
from calc.reports.parts import readme
from calc.tariffs.history import DIRECTIONS, TOTAL, US_ON_ALL, US_ON_CHINA, collected_by_month, law_on
from calc.tariffs.history_files import SOURCES
from calc.tariffs.lags import LAGS
from calc.tariffs.record import AUTHORITY_WORDS, OPEN, TariffRecord
from calc.words import percent_as_given, rate

OPEN_WORD = "open"
_WORDS_OF = {(d.importer, d.exporter): d for d in DIRECTIONS}
_RATE_WORDS: Mapping[str, str] = {"schedule": "by line", "none": "none in the record"}


def measure_rows(measures: pd.DataFrame) -> pd.DataFrame:
    """Measures of a date as files and screen show them: the last day of an open one is `open`.

    Parameters
    ----------
    measures : of `DatedRates`

    Returns
    -------
    measure, imposer, target, authority, programme, scope, rate_pct, rate, from, until, status, counted, source
    """
    ends = measures["end_date"].to_numpy().astype("datetime64[D]")
    rows = pd.DataFrame(
        {
            **measures[["measure", "imposer", "target", "authority", "programme", "scope", "rate_pct"]],
            "rate": [
                _rate_words(kind, value)
                for kind, value in zip(measures["rate_type"], measures["rate_pct"], strict=True)
            ],
            "from": measures["effective_date"].to_numpy().astype("datetime64[D]").astype(str),
            "until": np.where(ends == OPEN, OPEN_WORD, (ends - np.timedelta64(1, "D")).astype(str)),
            "status": measures["status"],
            "counted": np.where(measures["counted"], "yes", "no"),
            "source": measures["source"],
        }
    )
    order = np.lexsort((rows["measure"], rows["authority"], rows["counted"] == "no"))
    return rows.iloc[order].reset_index(drop=True)


def _rate_words(kind: str, value: float) -> str:
    if kind == "total":
        return f"{percent_as_given(value)} in total"
    if kind == "relief":
        return f"{percent_as_given(value)} of the duty not charged"
    return _RATE_WORDS.get(kind, percent_as_given(value))


def timeline_bundle(
    averages: pd.DataFrame,
    events: pd.DataFrame,
    published: pd.DataFrame,
    collected: pd.DataFrame,
    measures: pd.DataFrame,
    *,
    day: date,
    record: TariffRecord,
    notes: tuple[str, ...],
) -> Mapping[str, bytes]:
    """Every file of the view's export, by name.

    Parameters
    ----------
    averages, events, published, collected : as `timeline_files` reads them
    measures : of that day, both sides
    notes : what the rates leave out
    """
    both = [collected_by_month(collected, averages, d).assign(direction=d.words) for d in (US_ON_ALL, US_ON_CHINA)]
    tables = {
        "series": _series(averages),
        "authorities": _authorities(averages, day),
        "measures": measure_rows(measures),
        "events": events.assign(date=_text(events["date"])),
        "published": _in_percent(published.assign(date=_text(published["date"]))),
        "collected": _collected(pd.concat(both)),
    }
    files = {f"{name}.csv": csv_bytes(table) for name, table in tables.items()}
    files["README.txt"] = _readme(averages, day, record, notes)
    return files


def _text(days: pd.Series) -> pd.Series:
    text: pd.Series = days.dt.strftime("%Y-%m-%d")
    return text


def _in_percent(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(rate_pct=table["rate"] * 100).drop(columns="rate")


def _series(averages: pd.DataFrame) -> pd.DataFrame:
    words = [_WORDS_OF[key] for key in zip(averages["importer"], averages["exporter"], strict=True)]
    return _in_percent(
        averages.assign(
            date=_text(averages["date"]),
            direction=[direction.words for direction in words],
            weights=[direction.weights for direction in words],
        )
    )


def _authorities(averages: pd.DataFrame, day: date) -> pd.DataFrame:
    rows = [
        (str(day), d.words, authority, AUTHORITY_WORDS.get(authority, "All together"), 100 * value)
        for d in DIRECTIONS
        for authority, value in law_on(averages, d, day).items()
    ]
    return pd.DataFrame(rows, columns=["date", "direction", "authority", "words", "rate_pct"])


def _collected(table: pd.DataFrame) -> pd.DataFrame:
    columns = {"month": table["month"].dt.strftime("%Y-%m"), "direction": table["direction"]}
    for name in ("statutory", "expected", *SOURCES):
        columns[f"{name}_pct"] = 100 * table[name]
    for name in SOURCES:
        columns[f"{name}_of_statutory_pct"] = 100 * table[f"{name}_ratio"]
    return pd.DataFrame(columns)


def _readme(averages: pd.DataFrame, day: date, record: TariffRecord, notes: tuple[str, ...]) -> bytes:
    laws = [(d, law_on(averages, d, day)[TOTAL]) for d in DIRECTIONS]
    return readme(
        [f"Tariffs in force on {day}, and average tariff rates from 2018 to 2026"],
        [f"  {d.words}: {rate(value)} on average (weights: {d.weights})" for d, value in laws],
        [
            "Files",
            "  series.csv       average rate in each direction on every date of a change, by authority;",
            "                   an authority without a row on a date charges nothing",
            f"  authorities.csv  contributions to the averages on {day}",
            (
                f"  measures.csv     measures in force on {day}, and those not counted, marked no; until: last day in "
                "force"
            ),
            "  events.csv       turning points; threatened ones were never in force and are in no rate",
            "  published.csv    averages published by others, on their own weights",
            "  collected.csv    duty over imports by month beside the statutory rate of the month, and beside what is",
            f"                   expected to be collected: {LAGS.this_month:g} of the month's law and "
            f"{LAGS.month_before:g} of the month before",
        ],
        ["Caveats", *(f"  - {note}" for note in notes)],
        [
            f"Sources: {record.source}",
            *(f"  {name}: {words}" for name, words in SOURCES.items()),
            f"Terms: {record.licence}",
        ],
    )
