"""Timeline: what the United States and China charge each other, day by day, under which authority, since 2018."""

from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from calc.charts.authorities import authorities_spec, authority_rows, described_authorities
from calc.charts.figure import Figure
from calc.charts.history import ALL, PICKED, PICKED_DAY, with_day, zoom_of
from calc.charts.law_figures import authorities_figure, story_figure
from calc.datasets.dataset import Dataset
from calc.files.write import zip_bytes
from calc.page.chart_menu import chart_menu
from calc.page.held import state
from calc.page.held.decided import heard
from calc.page.held.link import Control, address, day_until, one_of
from calc.page.held.session import Key
from calc.page.text import plain
from calc.page.timeline.answers import (
    DIRECTION_OF,
    Story,
    average_law,
    charge,
    law,
    story,
    story_chart,
    turning_days,
)
from calc.page.timeline.details import (
    EXPECTED_ON,
    GROUPING,
    GROUPINGS,
    IMPORTS,
    LAW_DETAILS,
    LAW_VIEWS,
    ON_BASE,
)
from calc.page.view import View, no_part
from calc.page.widgets import choose, download, headline_first
from calc.reports.history import timeline_bundle
from calc.tariffs.days import FIRST_DAY, SERIES_END
from calc.tariffs.history import CHINA_ON_US, TOTAL, US_ON_CHINA
from calc.tariffs.law import built_in_record, latest_day
from calc.tariffs.record import AUTHORITY_WORDS
from calc.words import day_words, rate, unbroken

SHOWN_PART = 0.0005  # smaller parts of an average are left out of the sentence, not of the chart

DAY: Key[date] = Key("day")
SLIDER: Key[date] = Key("day_slider")
EVENT: Key[int | None] = Key("event")
DIRECTION: Key[str] = Key("direction")
DETAIL: Key[str] = Key("law_detail")
MARKS = {"law": "", "threatened": " (threatened, never in force)", "scheduled": " (scheduled)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What the tariffs of a date are carried into What-if for.

    Parameters
    ----------
    label, help, done : of its button, and what is said afterwards of the date
    alone : without further rules
    """

    key: str
    label: str
    help: str
    done: str
    alone: bool


START = Use(
    key="start_here",
    label="Add my change to these",
    help="What-if then starts from the tariffs in force on this date and compares your change with them.",
    done="What-if now starts from the tariffs in force on {} and compares your change with them.",
    alone=False,
)
ALONE = Use(
    key="see_effect",
    label="See their effect",
    help="What-if then shows the effect of the tariffs in force on this date, without further rules.",
    done="What-if now shows the effect of the tariffs in force on {}, without further rules.",
    alone=True,
)
CARRIED: Key[tuple[Use, date]] = Key("carried_day")


def controls(dataset: str) -> dict[str, Control]:
    """What the view holds in the address."""
    return {
        DAY.name: Control(default=latest_day(), read=day_until(SERIES_END)),
        DIRECTION.name: Control(default="us_on_china", read=one_of(DIRECTION_OF)),
        DETAIL.name: Control(default="measures", read=one_of(LAW_DETAILS)),
        GROUPING.name: Control(default="section", read=one_of(GROUPINGS)),
        IMPORTS.name: Control(default=ON_BASE, read=one_of(EXPECTED_ON)),
    }


def timeline() -> None:
    """Draw the view: the headline first. It shows the law, whatever policy the controls hold."""
    data, _ = state.current()
    known, day = story(), DAY.value()
    head, side = st.columns([5, 1], vertical_alignment="top")
    headline_first(head, _headline(day))
    with side:
        _export(known, day)
    st.markdown(_parts(day))
    _badges(day)
    _day_controls(day, data)
    _charts(day)
    with st.container(key="pair"):
        bars, events = st.columns([11, 10], gap="medium")
    with bars:
        _authorities(day)
    with events:
        _events(known, day)
    _details(day)


def _headline(day: date) -> str:
    us, china = (rate(average_law(key, day)[TOTAL]) for key in ("us_on_china", "china_on_us"))
    when, verb = day_words(str(day)), charge(day)
    return f"On {when} the United States {verb} China {us} on average, China {verb} the United States {china}"


def _parts(day: date) -> str:
    """By which authorities, largest first."""
    sentences = []
    for key in ("us_on_china", "china_on_us"):
        who, parts = DIRECTION_OF[key].words, average_law(key, day)
        largest = sorted((name for name in parts if name != TOTAL), key=parts.__getitem__, reverse=True)
        shown = [name for name in largest if parts[name] >= SHOWN_PART]
        words = [f"{AUTHORITY_WORDS.get(name, name)} {rate(parts[name])}" for name in shown]
        sentences.append(f"**{who}**: {unbroken(plain(', '.join(words)))}.")
    return "  \n".join(sentences)


def _badges(day: date) -> None:
    record = built_in_record()
    with st.container(horizontal=True, gap="small", key="badges"):
        st.badge("Tariffs in force, not tariffs collected", color="blue", help="See Duty collected below.")
        for direction in (US_ON_CHINA, CHINA_ON_US):
            st.badge(f"Weights: {direction.weights}", color="gray")
        if str(day) > str(record.as_of):
            st.badge(
                f"Sources end on {day_words(str(record.as_of))}: later dates as scheduled then",
                color="orange",
                icon=":material/warning:",
            )


def _day_controls(day: date, data: Dataset) -> None:
    """Slider, exact date, and the next change on either side; then what to do with the day."""
    # Writing only what differs keeps a slider in motion from jumping back.
    if SLIDER.value_or(None) != day:
        SLIDER.hold(day)
    turns = turning_days()
    before = max((turn for turn in turns if turn < day), default=None)
    after = min((turn for turn in turns if turn > day), default=None)

    def slide() -> None:
        DAY.hold(SLIDER.value())

    def go(to: date | None) -> None:
        if to is not None:
            DAY.hold(to)

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="chosen_day"):
        st.button(
            "Previous change",
            icon=":material/chevron_left:",
            key="day_before",
            disabled=before is None,
            on_click=go,
            args=(before,),
        )
        st.button(
            "Next change",
            icon=":material/chevron_right:",
            key="day_after",
            disabled=after is None,
            on_click=go,
            args=(after,),
        )
        st.date_input(
            "Date",
            min_value=FIRST_DAY,
            max_value=SERIES_END,
            format="YYYY-MM-DD",
            key=DAY.name,
            persist_state="session",
            width=150,
        )
        for use in (START, ALONE):
            st.button(
                use.label,
                key=use.key,
                on_click=_carry,
                args=(use, day),
                help=use.help,
                type="primary" if use.alone else "secondary",
            )
    st.slider(
        "Date, by the slider or with the arrow keys",
        FIRST_DAY,
        SERIES_END,
        format="D MMMM YYYY",
        key=SLIDER.name,
        persist_state="session",
        on_change=heard(slide, SLIDER.name),
        label_visibility="collapsed",
    )
    if carried := CARRIED.take():
        use, when = carried
        link = address("./", state.parameters(data, whole=True))
        words = plain(use.done.format(day_words(when)))
        st.success(f"{words} [Open it in What-if]({link})")


def _carry(use: Use, day: date) -> None:
    state.carry_day(day, alone=use.alone)
    CARRIED.hold((use, day))


def _charts(day: date) -> None:
    """All years, and below them the years around the day; a click on an event moves the day."""
    for span in (ALL, zoom_of(day)):
        spec, words = story_chart(span)
        key = f"story_{span}"
        st.vega_lite_chart(
            with_day(spec, day, span),
            key=key,
            on_select=partial(_pick, key),
            selection_mode=PICKED,
            alt=f"Average tariff rates as steps, {span if span != ALL else '2018 to 2026'}. {words}",
        )
    st.markdown(
        ":small[Discs: events, with words on hover; a click moves the date there. Dashed: threatened, never in force; "
        "hollow: scheduled. Diamonds: averages published by PIIE, weighted by the exporter's sales to the world. "
        "Shaded above: the years below; shaded below: after the sources end, as scheduled then.]"
    )
    with st.container(horizontal=True, key="story_menus"):
        for span in (ALL, zoom_of(day)):
            chart_menu(
                partial(_story_figure, day, span),
                f"tariffs_{span}",
                str(day),
                label=f"Save or share {'2018–2026' if span == ALL else span.replace('-', '–')}",
            )


def _story_figure(day: date, span: str) -> Figure:
    spec, _ = story_chart(span)
    return story_figure(with_day(spec, day, span), story().averages, list(DIRECTION_OF.values()))


def _pick(chart: str) -> None:
    """Move the day to the event that was clicked in a chart."""
    picked = st.session_state[chart]["selection"].get(PICKED, [])
    if picked:
        DAY.hold(date.fromisoformat(picked[0][PICKED_DAY]))


def _authorities(day: date) -> None:
    parts = authority_rows({direction.short: average_law(key, day) for key, direction in DIRECTION_OF.items()})
    st.markdown(f"**By authority on {day_words(str(day))}**, average rates")
    words = f"Average rates by authority. {described_authorities(parts)}"
    st.vega_lite_chart(authorities_spec(parts), key="authorities", alt=words)
    st.markdown(
        ":small[China's retaliation has the colour of the US measure it responds to. US on all: every "
        "partner in the data.]"
    )
    chart_menu(lambda: authorities_figure(authorities_spec(parts), parts, day), "tariffs_by_authority", str(day))


def _events(known: Story, day: date) -> None:
    """The last event up to the day in words, then all to choose from, the latest first; choosing one moves the day."""
    events = known.events.to_dict("records")
    titles = [f"{day_words(row['date'].date().isoformat())}: {row['title']}{MARKS[row['status']]}" for row in events]
    passed = int((known.events["date"].dt.date <= day).sum())
    if passed:
        last = passed - 1
        st.markdown(f"Last event: **{plain(titles[last])}.** {plain(events[last]['words'])}.")
    else:
        st.markdown("No event yet.")
    EVENT.hold(passed - 1 if passed else None)

    def choose_event() -> None:
        if (chosen := EVENT.value()) is not None:
            DAY.hold(events[chosen]["date"].date())

    with st.container(height=230, key="event_list"):
        st.radio(
            "Events, newest first: choose one to move the date",
            range(len(events) - 1, -1, -1),
            index=None,
            format_func=lambda number: plain(titles[number]),
            key=EVENT.name,
            on_change=heard(choose_event, EVENT.name),
        )


def _details(day: date) -> None:
    choice, side = st.columns([3, 2], vertical_alignment="bottom")
    with choice:
        shown = choose("Details of the tariffs in force", LAW_DETAILS, DETAIL)
    direction: str = side.selectbox(
        "Who charges whom",
        list(DIRECTION_OF),
        format_func=lambda key: DIRECTION_OF[key].words,
        key=DIRECTION.name,
        persist_state="session",
    )
    LAW_VIEWS[shown](day, direction)


def _export(known: Story, day: date) -> None:
    """What the view shows, as CSV files in one zip; made on a click, in another thread."""

    def files() -> bytes:
        record = built_in_record()
        sides = [law(str(day), direction.dataset) for direction in (US_ON_CHINA, CHINA_ON_US)]
        return zip_bytes(
            timeline_bundle(
                known.averages,
                known.events,
                known.published,
                known.collected,
                pd.concat([side.measures for side in sides]),
                day=day,
                record=record,
                notes=tuple(dict.fromkeys(note for side in sides for note in side.notes)),
            )
        )

    download(
        "Export timeline",
        files,
        f"timeline_{day}.zip",
        "export",
        "Series, authorities and measures on the date, events and duty collected as CSV, in one zip.",
        kind="primary",
        width="stretch",
    )


VIEW = View(title="Timeline", path="timeline", draw=timeline, controls=controls, sidebar=no_part)
