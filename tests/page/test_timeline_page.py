"""The Timeline view through AppTest: its day in the link, from change to change, every detail, and into What-if."""

from datetime import date

import pytest
from pages import headline_of, open_view, words_of

from calc.page.timeline.answers import turning_days
from calc.page.timeline.details import LAW_DETAILS
from calc.tariffs.law import built_in_record, latest_day
from calc.words import day_words

pytestmark = pytest.mark.slow

RECORD = built_in_record()


def open_timeline(**parameters):
    page = open_view("Timeline", **parameters)
    assert not page.error, [error.value for error in page.error]
    return page


def test_the_view_opens_on_the_last_day_of_the_sources():
    page = open_timeline()
    assert headline_of(page).startswith(f"On {day_words(latest_day())} the United States charges China")
    assert "day" not in page.query_params


def test_a_link_brings_its_day_back_and_the_headline_says_both_averages():
    page = open_timeline(day="2025-11-10")
    assert headline_of(page) == (
        "On 10 November 2025 the United States charged China 32.3% on average, China charged the United States 27.0%"
    )
    assert "IEEPA (fentanyl) 10.0%" in words_of(page)
    assert page.date_input(key="day").value == date(2025, 11, 10)
    assert page.query_params["day"] == "2025-11-10"


def test_previous_and_next_lead_from_change_to_change():
    page = open_timeline(day="2025-11-12")
    page.button(key="day_before").click().run()
    assert page.date_input(key="day").value == date(2025, 11, 10)
    assert page.query_params["day"] == "2025-11-10"
    page.button(key="day_before").click().run()
    assert page.date_input(key="day").value == date(2025, 11, 1)  # a threat is an event too
    page.button(key="day_after").click().run()
    page.button(key="day_after").click().run()
    assert page.date_input(key="day").value == date(2025, 11, 13)
    assert page.slider(key="day_slider").value == date(2025, 11, 13)
    days = turning_days()
    assert open_timeline(day=str(days[0])).button(key="day_before").disabled
    assert open_timeline(day=str(days[-1])).button(key="day_after").disabled


def test_the_slider_moves_the_day():
    page = open_timeline()
    page.slider(key="day_slider").set_value(date(2025, 4, 12)).run()
    assert "China charged the United States 143.4%" in headline_of(page)
    assert page.query_params["day"] == "2025-04-12"


@pytest.mark.parametrize(
    ("button", "words", "days"),
    [
        ("start_here", "What-if now starts from the tariffs in force on 10 November 2025", ["2025-11-10", None]),
        ("see_effect", "What-if now shows the effect of the tariffs in force on 10", [str(latest_day()), "2025-11-10"]),
    ],
)
def test_a_day_is_carried_into_what_if(button, words, days):
    page = open_timeline(day="2025-11-10", dataset="pairs-2023")
    page.button(key=button).click().run()
    assert words in page.success[0].value.replace("\\", "")
    assert [page.session_state[key] and str(page.session_state[key]) for key in ("baseline", "law_day")] == days
    assert page.query_params["baseline"] == days[0]
    assert page.session_state["dataset"] == "us-2024"
    page.run()
    assert not page.success  # said once


@pytest.mark.parametrize(
    ("direction", "detail"),
    [
        *(("us_on_china", detail) for detail in LAW_DETAILS),
        *zip(("china_on_us", "us_on_all"), LAW_DETAILS, strict=False),
    ],
)
def test_every_detail_opens_for_every_direction(detail, direction):
    page = open_timeline(day="2025-11-05", law_detail=detail, direction=direction)
    if detail == "measures":
        counts = page.dataframe[0].value["Counts"]
        assert (counts == "yes").any()
        assert ("no: threatened" in set(counts)) == (direction != "china_on_us")
    if detail == "falls":
        assert (page.dataframe[0].value["Change, points"] < 0).all()


def test_what_the_model_predicts_stands_beside_what_was_collected():
    words = words_of(open_timeline(day="2025-10-14", law_detail="collected", direction="us_on_all"))
    assert "with the imports that Armington, exact expects under the tariffs in force on 14 October" in words
    assert "10.9% was collected in that month (Census)" in words
    later = words_of(open_timeline(day="2026-06-01", law_detail="collected", direction="us_on_all"))
    assert "Predicted" not in later  # no figures of that month yet


def test_collected_duty_by_partner_is_shown_where_figures_are_so_fine():
    page = open_timeline(day="2019-07-15", law_detail="collected", direction="us_on_all", law_by="exporter")
    table = page.dataframe[1].value
    assert {"China", "Mexico", "Vietnam"} <= set(table["Partner"])
    later = open_timeline(day="2025-07-15", law_detail="collected", direction="us_on_all")
    assert "Monthly figures by section and partner run from January 2018 to May 2021" in words_of(later)
    assert len(later.dataframe) == 1


def test_days_after_the_sources_are_marked_as_scheduled_and_told_in_the_future_tense():
    page = open_timeline(day="2026-11-12")
    assert "Sources end on 30 September 2026: later dates as scheduled then" in words_of(page)
    assert headline_of(page).startswith("On 12 November 2026 the United States will charge China")


def test_an_event_of_the_list_moves_the_day_and_the_day_moves_the_list():
    page = open_timeline()
    events = page.radio(key="event")
    assert events.value == len(events.options) - 2  # of 29 September; the last one is still to come
    (geneva,) = (len(events.options) - 1 - k for k, words in enumerate(events.options) if "Geneva" in words)
    events.set_value(geneva).run()
    assert page.date_input(key="day").value == date(2025, 5, 14)
    assert headline_of(page).startswith("On 14 May 2025 the United States charged")
    page.date_input(key="day").set_value(date(2019, 5, 11)).run()
    assert "List 3 at 25%" in words_of(page).split("Last event: ")[1]
    chosen = page.radio(key="event")
    assert "List 3 at 25%" in chosen.options[len(chosen.options) - 1 - chosen.value]


def test_a_link_of_before_with_a_span_of_years_opens_without_complaint():
    assert not open_timeline(day="2019-05-11", span="2018-2020").toast


@pytest.mark.parametrize("day", ["2026-11-10", "2026-12-31"])
def test_the_end_of_the_truce_says_why_the_us_side_moves_little_and_that_chinas_is_not_known(day):
    words = words_of(open_timeline(day=day))
    assert "Last event: " in words
    last = words.split("Last event: ")[1]
    assert (
        "The US side moves little, because the IEEPA duties that the truce had lowered fell on 20 February 2026" in last
    )
    assert (
        "China's 24 suspended points and export controls of October 2025, and what follows them, are in no source"
        in last
    )
    assert "100% on cranes and chassis of China" in last


def test_a_day_outside_the_timeline_in_a_link_is_named_and_left_out():
    page = open_timeline(day="2027-03-01")
    assert "day=2027-03-01" in page.toast[0].value
    assert headline_of(page).startswith("On 30 September 2026")
