"""What the Timeline view shows, kept by day.

Nothing that comes out of here may be changed: every visitor gets the same objects.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from calc.analysis.substitution import substituted_on
from calc.charts.basic import Spec
from calc.charts.history import ALL, described_story, story_spec
from calc.page import answers
from calc.tariffs.averages import effective_rates, fall_by_authority
from calc.tariffs.history import CHINA_ON_US, DIRECTIONS, US_ON_ALL, US_ON_CHINA, Direction, law_on, steps
from calc.tariffs.history_files import (
    change_days,
    read_averages,
    read_collected,
    read_events,
    read_published,
)
from calc.tariffs.law import built_in_record, latest_day, rates_on
from calc.tariffs.record import WORLD

ALL_HEIGHT, HEIGHT = 120, 330  # pixels of the chart of all years, and of the large one
DIRECTION_OF = {"us_on_china": US_ON_CHINA, "china_on_us": CHINA_ON_US, "us_on_all": US_ON_ALL}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Story:
    """The tables that do not depend on the chosen day."""

    averages: pd.DataFrame
    events: pd.DataFrame
    published: pd.DataFrame
    collected: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Law:
    """What the record says of a day: its measures, and what the rates leave out."""

    measures: pd.DataFrame
    notes: tuple[str, ...]


@st.cache_resource(show_spinner="Reading the tariff record …")
def story() -> Story:
    """Series, events, published averages and collected duty."""
    record = built_in_record()
    return Story(
        averages=read_averages(), events=read_events(record), published=read_published(), collected=read_collected()
    )


@st.cache_resource
def story_chart(span: str) -> tuple[Spec, str]:
    """The chart of some years without a day, and its words.

    Parameters
    ----------
    span : key of `SPANS`
    """
    known = story()
    as_of = built_in_record().as_of
    height = ALL_HEIGHT if span == ALL else HEIGHT
    spec = story_spec(known.averages, known.events, known.published, as_of=as_of, span=span, height=height)
    return spec, described_story(known.averages, DIRECTIONS)


def charge(day: date) -> str:
    """The verb of a sentence on a day, which the record puts into the past, the present or the future."""
    last = latest_day()
    return "charged" if day < last else "charges" if day == last else "will charge"


def are_charged(day: date) -> str:
    """The same verb where duties are its subject."""
    last = latest_day()
    return "were charged" if day < last else "are charged" if day == last else "will be charged"


def average_law(direction: str, day: date) -> dict[str, float]:
    """Average rates in force on a day, by authority, and `total`; looked up once for each change of the law."""
    changes = _changes()
    return _average_law(direction, changes[bisect_right(changes, str(day)) - 1])


@st.cache_resource
def _changes() -> tuple[str, ...]:
    return tuple(str(day) for day in change_days(built_in_record()))


@st.cache_resource(show_spinner=False)
def _average_law(direction: str, change: str) -> dict[str, float]:
    return law_on(story().averages, DIRECTION_OF[direction], change)


@st.cache_resource
def turning_days() -> tuple[date, ...]:
    """Days on which an average moves or an event stands, in order: where the buttons lead."""
    known = story()
    found = {day.date() for direction in DIRECTIONS for day in steps(known.averages, direction)["date"]}
    return tuple(sorted(found | {day.date() for day in known.events["date"]}))


@st.cache_resource(max_entries=32, show_spinner=False)
def law(day: str, dataset: str) -> Law:
    """Measures and notes of a day; the rates of every line, 10 MB, are let go."""
    rates = rates_on(day, answers.dataset(dataset))
    return Law(measures=rates.measures, notes=rates.notes)


@st.cache_resource(max_entries=32, show_spinner=False)
def groups(day: str, direction: str, by: str) -> pd.DataFrame:
    """Effective rates of a direction by section or partner."""
    chosen = DIRECTION_OF[direction]
    data = answers.dataset(chosen.dataset)
    return effective_rates(rates_on(day, data), data, by, exporters=partners(chosen))


@st.cache_resource(max_entries=16, show_spinner="Computing trade responses …")
def substituted(day: str, direction: str, by: str, model: str) -> pd.DataFrame:
    """Rates after substitution of a direction by section or partner."""
    chosen = DIRECTION_OF[direction]
    data = answers.dataset(chosen.dataset)
    return substituted_on(day, data, by, model=model, exporters=partners(chosen))


@st.cache_resource(max_entries=32, show_spinner="Computing rates without each authority …")
def falls(day: str, direction: str) -> pd.DataFrame:
    """The change if each authority falls."""
    chosen = DIRECTION_OF[direction]
    return fall_by_authority(day, answers.dataset(chosen.dataset), exporters=partners(chosen))


def partners(direction: Direction) -> tuple[str, ...]:
    """The partners whose goods count; empty: all."""
    return () if direction.exporter == WORLD else (direction.exporter,)
