"""Dates on the page: today's tariffs first, the second date follows the first, and old links keep what they showed."""

from datetime import date

import pytest
from pages import choose_preset, headline_of, open_page, preset_of, words_of

from calc.page import household_answers
from calc.question import point_answer
from calc.scenario_file import presets, read_scenario
from calc.tariffs.law import latest_day
from calc.words import day_words, headline

THREAT, LAW = date(2025, 10, 30), date(2025, 11, 10)
PLUS_100 = "The United States adds 100 points to its tariff on China, compared with "


@pytest.fixture(autouse=True)
def without_households(monkeypatch):
    """What a household pays has tests of its own, and takes longer than all the rest."""
    monkeypatch.setattr(household_answers, "of_us_lines", lambda name: False)


def in_force_on(day):
    return f"the tariffs in force on {day_words(day)}"


@pytest.mark.slow
def test_the_second_date_follows_the_first_until_it_is_set():
    page = open_page(baseline=str(LAW), tariff_pct="10", draws="0")
    assert in_force_on(LAW) in headline_of(page)
    page.date_input(key="start_day").set_value(THREAT).run()
    assert headline_of(page).startswith(
        f"The United States adds 10 points to its tariff on China, compared with {in_force_on(THREAT)}"
    )
    assert page.query_params["baseline"] == str(THREAT)
    assert "law_day" not in page.query_params
    page.selectbox(key="compared").set_value("date").run()
    page.date_input(key="compared_day").set_value(date(2025, 2, 3)).run()
    page.date_input(key="start_day").set_value(LAW).run()
    assert page.query_params["baseline"] == "2025-02-03"
    assert page.query_params["law_day"] == str(LAW)
    assert headline_of(page).startswith(
        f"Tariffs in force on {day_words(LAW)}; the United States adds 10 points to its tariff on China, compared with "
        f"{in_force_on('2025-02-03')}"
    )
    assert "the answer is the effect of both" in words_of(page)


@pytest.mark.slow
def test_the_duties_collected_are_a_choice_for_either_side():
    page = open_page()
    page.selectbox(key="compared").set_value("data").run()
    assert f"Tariffs of {day_words(latest_day())} plus your change, compared with duties collected in 2024" in words_of(
        page
    )
    assert "compared with the duties collected in 2024" in headline_of(page)
    assert page.query_params["law_day"] == str(latest_day())
    page.selectbox(key="start").set_value("data").run()
    assert preset_of(page) == "truce_lapses"
    assert page.query_params["baseline"] == "data"
    assert not page.date_input
    page.selectbox(key="start").set_value("date").run()
    assert headline_of(page).startswith(PLUS_100 + in_force_on(latest_day()))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("link", "compared", "preset"),
    [
        ({"draws": "0"}, "the duties collected in 2024", "truce_lapses"),
        ({"exporters": "", "tariff_pct": "10"}, "the duties collected in 2024", "universal_10"),
        ({"baseline": "2025-10-30"}, in_force_on(THREAT), "custom"),
        ({"law_day": "2025-11-10", "tariff_pct": "0"}, "the duties collected in 2024", "custom"),
        (
            {"baseline": "2025-11-09", "law_day": "2025-11-10", "tariff_pct": "0"},
            in_force_on("2025-11-09"),
            "law_2025_busan",
        ),
    ],
    ids=lambda value: "&".join(value) if isinstance(value, dict) else None,
)
def test_a_link_from_before_today_came_first_shows_what_it_showed(link, compared, preset):
    page = open_page(**link)
    assert f"compared with {compared}:" in headline_of(page)
    assert preset_of(page) == preset
    again = open_page(**page.query_params)
    assert headline_of(again) == headline_of(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "compared"),
    [
        ("threat_2025_surtax", "2025-10-30"),
        ("threat_2025_surtax_rare_earths", "2025-10-30"),
        ("law_2025_april_peak", "2025-02-03"),
        ("law_2025_geneva", "2025-05-13"),
        ("law_2025_busan", "2025-11-09"),
        ("law_2026_truce_ends", "2026-11-09"),
    ],
)
def test_each_case_of_the_trade_war_is_one_choice_with_the_answer_of_the_command_line(preset, compared, us_2024):
    page = open_page()
    choose_preset(page, preset)
    result = point_answer(read_scenario(presets()[preset]), us_2024)
    assert f"compared with {in_force_on(compared)}: " in headline_of(page)
    assert headline_of(page) == headline(result)


@pytest.mark.slow
def test_data_without_collected_duties_open_on_their_own_rates_as_before():
    page = open_page(dataset="china-2017")
    assert page.selectbox(key="start").value == "data"
    page.selectbox(key="dataset").set_value("us-2024").run()
    assert in_force_on(latest_day()) in headline_of(page)
    page.selectbox(key="start").set_value("data").run()
    page.selectbox(key="dataset").set_value("us-2024-hs10").run()
    assert "compared with the duties collected in 2024" in headline_of(page)


@pytest.mark.slow
def test_the_authority_is_forgotten_with_the_dates():
    page = open_page(baseline=str(THREAT), authority="ieepa")
    page.selectbox(key="start").set_value("data").run()
    assert "authority" not in page.query_params
    assert headline_of(page).startswith(PLUS_100 + "the duties collected in 2024")
