"""The line in which a policy is said in words."""

import pytest
from pages import headline_of, open_page

from calc.in_words.reading import scenario_from_words
from calc.page.held.link import unpack


def say(page, text):
    return page.text_input(key="in_words").set_value(text).run()


def test_a_policy_said_in_words_is_on_screen_with_its_rules():
    page = say(open_page(), "50% on coffee from Brazil")
    assert not page.exception
    assert "adds 50 points to its tariff on coffee from Brazil" in headline_of(page)
    assert page.session_state["exporters"] == ["BRA"]
    assert page.session_state["products"] == ["0901"]
    assert page.session_state["tariff_pct"] == 50.0
    assert page.text_input(key="in_words").value == "50% on coffee from Brazil"


@pytest.mark.slow
def test_several_clauses_become_several_rules():
    text = "25% on cars from the EU, Japan and Korea; 10% on everyone else; chips exempt"
    page = say(open_page(), text)
    assert not page.exception
    rules = unpack(page.session_state["rules"]).rules
    assert rules == scenario_from_words(text).rules


@pytest.mark.slow
def test_what_is_not_understood_is_one_sentence_and_changes_nothing():
    page = open_page()
    before = headline_of(page)
    page = say(page, "50% on oil from Brazil")
    assert not page.exception
    assert headline_of(page) == before
    assert any("'oil' can mean several things" in warning.value for warning in page.warning)
    assert page.text_input(key="in_words").value == "50% on oil from Brazil"


@pytest.mark.slow
def test_the_line_is_cleared_when_the_rules_go_on_without_it():
    page = say(open_page(), "50% on coffee from Brazil")
    page.number_input(key="tariff_pct").set_value(30.0).run()
    assert page.text_input(key="in_words").value == ""
    assert "adds 30 points" in headline_of(page)


@pytest.mark.slow
def test_dates_that_are_said_are_those_of_the_controls():
    page = say(open_page(), "10% on everyone; from the tariffs of 2025-11-10; compared with the tariffs of 2025-10-30")
    assert not page.exception
    assert (str(page.session_state["law_day"]), str(page.session_state["baseline"])) == ("2025-11-10", "2025-10-30")
    assert "10 points" in headline_of(page)
    say(page, "20% on everyone; from the tariffs of 2025-11-10")
    assert (page.session_state["law_day"], str(page.session_state["baseline"])) == (None, "2025-11-10")
