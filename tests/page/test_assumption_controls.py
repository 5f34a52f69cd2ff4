"""The box of assumptions, through AppTest: months, levels, sets, pass-through."""

import pytest
from pages import open_page, words_of

from calc.analysis.over_time import LONG_RUN_ONLY


@pytest.mark.slow
def test_levels_set_the_multiplier_and_light_up_from_it():
    page = open_page()
    assert page.segmented_control(key="level").value == "Central"
    page.segmented_control(key="level").set_value("Low").run()
    assert page.number_input(key="elasticity_multiplier").value == pytest.approx(2.5 / 3.8)
    page.number_input(key="elasticity_multiplier").set_value(1.1).run()
    assert not page.segmented_control(key="level").value


def captions_of(page):
    return [caption.value for caption in page.caption]


def test_the_months_since_the_measure_are_one_control_of_four_spans_in_the_link_and_a_badge():
    page = open_page(months="7")
    after = page.selectbox(key="after")
    assert (after.value, after.options) == ("7 months", ["7 months", "3 months", "1 year", "3 years", "Long run"])
    after.set_value("3 months").run()
    assert page.query_params["months"] == "3"
    assert "After 3 months" in words_of(page)
    assert page.selectbox(key="after").options == ["3 months", "1 year", "3 years", "Long run"]
    page.selectbox(key="after").set_value("Long run").run()
    assert "months" not in page.query_params


@pytest.mark.slow
def test_general_equilibrium_says_that_it_answers_for_the_long_run_only():
    page = open_page(dataset="wiod-2011", model="trade_equilibrium", months="3")
    assert not [control for control in page.selectbox if control.key == "after"]
    assert LONG_RUN_ONLY in captions_of(page)
    assert "After 3 months" not in words_of(page)


@pytest.mark.slow
def test_a_set_with_supply_of_its_own_keeps_it_until_a_pass_through_is_stated():
    page = open_page(elasticities="wits")
    assert not [slider for slider in page.slider if slider.key == "pass_through_pct"]
    assert "Pass-through to buyers follows from the supply elasticities of this set." in captions_of(page)
    stated = open_page(elasticities="wits", pass_through_pct="50")
    assert stated.slider(key="pass_through_pct").value == 50


@pytest.mark.slow
def test_the_default_set_answers_to_its_name_in_a_link():
    page = open_page(elasticities="uniform")
    assert not page.toast
    assert page.selectbox(key="elasticities").value == "default"
    assert "Elasticities: uniform" in words_of(page)


def test_a_supply_elasticity_takes_the_place_of_the_pass_through():
    page = open_page(export_supply_elasticity="5")
    assert not [slider for slider in page.slider if slider.key == "pass_through_pct"]
    assert page.number_input(key="export_supply_elasticity").value == 5
