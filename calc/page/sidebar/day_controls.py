"""The sidebar's sentence of dates: the tariffs that a change starts from, and the tariffs it is compared with.

The second date follows the first unless it is set: the answer is then what the change alone does. What is chosen is
held as the two days of a scenario, from which every control here is derived.
"""

from collections.abc import Callable, Mapping
from datetime import date

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.page.held import session, state
from calc.page.held.decided import heard
from calc.page.held.session import Key
from calc.page.text import plain
from calc.tariffs.days import FIRST_DAY, LAST_DAY
from calc.tariffs.law import latest_day
from calc.words import day_words

START: Key[str] = Key("start")
START_DAY: Key[date] = Key("start_day")
COMPARED: Key[str] = Key("compared")
COMPARED_DAY: Key[date] = Key("compared_day")
DATE, DATA, SAME = "date", "data", "same"
_START_HELP = (
    "The tariffs to which your change is added: those of the dated record of measures since 2018 (see Timeline), whose "
    "sources end on {}, or the rates in the data."
)
_COMPARED_HELP = (
    "The tariffs that the result is compared with. The same as above: the answer is the effect of your change alone, "
    "and the date follows the one above."
)


def day_controls(data: Dataset) -> None:
    """Draw the sentence."""
    baseline, law_day = state.days()
    start, in_data = state.start_day(), rates_in(data)
    START.hold(DATE if start else DATA)
    words = {DATE: "Tariffs in force on", DATA: in_data}
    _one_of("Start from", words, START, _switch_start, _START_HELP.format(latest_day()))
    if not start:
        return
    _day("Date to start from", START_DAY, start)
    COMPARED.hold(SAME if law_day is None else DATE if baseline else DATA)
    words = {SAME: "The same, without my change", DATE: "Tariffs in force on", DATA: in_data}
    _one_of("Compare with", words, COMPARED, _switch_compared, _COMPARED_HELP)
    if law_day and baseline:
        _day("Date to compare with", COMPARED_DAY, baseline)
    if sentence := comparison_sentence(baseline, law_day, in_data):
        st.markdown(f":small[{plain(sentence)}]")


def rates_in(data: Dataset) -> str:
    """What the rates in the data are: `Duties collected in 2024`."""
    return f"{'Duties collected in' if data.rates == 'collected' else 'Rates in the data,'} {data.year}"


def comparison_sentence(baseline: date | None, law_day: date | None, in_data: str) -> str:
    """What an answer is the effect of, where that is more than the change by itself; empty elsewhere.

    Parameters
    ----------
    baseline, law_day : of the scenario
    in_data : of `rates_in`
    """
    if law_day is None or law_day == baseline:
        return ""
    before = f"tariffs of {day_words(baseline)}" if baseline else in_data[0].lower() + in_data[1:]
    return (
        f"Tariffs of {day_words(law_day)} plus your change, compared with {before}: the answer is the effect of both."
    )


def _one_of(label: str, words: Mapping[str, str], key: Key[str], then: Callable[[], None], about: str) -> None:
    st.selectbox(
        label,
        list(words),
        format_func=words.__getitem__,
        key=key.name,
        persist_state="session",
        on_change=heard(then, key.name),
        help=about,
    )


def _day(label: str, key: Key[date], day: date) -> None:
    # Writing only what differs keeps the box steady while a date is typed.
    if key.value_or(None) != day:
        key.hold(day)
    st.date_input(
        label,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
        key=key.name,
        persist_state="session",
        label_visibility="collapsed",
        on_change=heard(_take_days, key.name),
    )


def _take_days() -> None:
    state.hold_start(START_DAY.value())
    if session.LAW_DAY.value() is not None and session.BASELINE.value() is not None:
        session.BASELINE.hold(COMPARED_DAY.value())


def _switch_start() -> None:
    """To the latest tariffs, or to the rates in the data, which have no authorities to choose from."""
    session.LAW_DAY.hold(None)
    if START.value() == DATE:
        session.BASELINE.hold(latest_day())
    else:
        session.BASELINE.hold(None)
        session.AUTHORITY.hold("")


def _switch_compared() -> None:
    """The start stays; what it is compared with is the start itself, a date, or the rates in the data."""
    start, chosen = state.start_day(), COMPARED.value()
    session.LAW_DAY.hold(None if chosen == SAME else start)
    session.BASELINE.hold(None if chosen == DATA else start)
