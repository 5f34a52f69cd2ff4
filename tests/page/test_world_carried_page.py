"""The World view of a policy by HS code: carried to industries, never a dead end."""

import pytest
from pages import choose_preset, headline_of, preset_of, words_of
from world_pages import open_view

from calc.analysis.carrying import to_world
from calc.errors import ScenarioError
from calc.page import answers
from calc.question import point_answer
from calc.scenario_file import read_scenario
from calc.words import small_percent


def test_the_world_answers_the_persons_own_rules():
    page = open_view(exporters="CHN", products="8541", tariff_pct="50", baseline="data")
    assert headline_of(page).startswith(
        "The United States adds 50 points to its tariff on semiconductor devices from China"
    )
    assert page.metric[0].label == "Real income, United States"
    words = words_of(page)
    assert "Carried from HS codes of us-2024 to industries of world-io-2023" in words
    assert "of what these partners sell in Electrical and optical equipment" in words
    assert page.dataframe[0].value["Industry"].tolist()[0].startswith("Computers")
    assert "dataset" not in page.query_params  # the data of What-if stay


@pytest.mark.slow
def test_the_card_is_the_answer_to_the_carried_scenario():
    carried = to_world(read_scenario("truce_lapses"))
    income = point_answer(carried.scenario, answers.dataset(carried.scenario.dataset)).economies.set_index("economy")
    page = open_view(baseline="data")
    assert page.metric[0].value == small_percent(income.loc["USA", "real_income_change"])


@pytest.mark.slow
def test_going_on_puts_the_carried_rules_into_the_controls():
    page = open_view(baseline="data")
    before = page.metric[0].value
    page.button(key="go_on").click().run()
    assert page.selectbox(key="dataset").value == "world-io-2023"
    assert page.number_input(key="tariff_pct").value == 100.0
    assert page.metric[0].value == before


@pytest.mark.slow
def test_full_retaliation_works_from_imports_of_one_economy():
    page = open_view("What-if", exporters="MEX", products="8703", tariff_pct="25", baseline="data")
    toggle = page.toggle(key="full_retaliation")
    assert not toggle.disabled
    toggle.set_value(True).run()
    assert page.selectbox(key="dataset").value == "world-io-2023"
    assert page.toggle(key="full_retaliation").value or page.toggle(key="retaliation").value
    assert not page.error


@pytest.mark.slow
def test_tariffs_in_force_on_a_date_are_carried_too():
    page = open_view(exporters="VNM", action="set", tariff_pct="0", baseline="2026-09-29")
    assert "29 September 2026" in headline_of(page)
    page.button(key="go_on").click().run()
    assert page.selectbox(key="start").value == "date"
    assert not page.error


@pytest.mark.slow
def test_chinas_imports_are_carried_as_those_of_the_united_states_are():
    page = open_view(dataset="china-2017", exporters="USA", baseline="data")
    assert not page.error
    assert page.metric[0].label == "Real income, China"


@pytest.mark.slow
def test_data_that_cannot_be_carried_say_why_and_offer_the_way_to_the_world(monkeypatch):
    def refused(scenario):
        raise ScenarioError("These codes belong to no industry.")

    monkeypatch.setattr(answers, "on_world", refused)
    page = open_view(baseline="data")
    assert "These codes belong to no industry." in words_of(page)
    assert not page.metric
    page.button(key="open_world").click().run()
    assert headline_of(page).startswith("Tit for tat: 100 points, with full retaliation")
    assert page.selectbox(key="dataset").value == "world-2023"


@pytest.mark.slow
def test_world_data_that_cannot_show_scarcity_say_so_and_lead_to_the_products():
    page = open_view(draws="0")
    choose_preset(page, "rare_earth_cut_world")
    assert "nothing of scarcity" in page.warning[0].value
    page.button(key="by_product").click().run()
    assert preset_of(page) == "rare_earth_cut"
    assert "By product: view What-if" in page.warning[0].value  # carried to industries here


@pytest.mark.slow
def test_the_product_level_cut_has_one_gain_figure_and_a_table_of_critical_inputs():
    page = open_view("What-if", detail="inputs")
    choose_preset(page, "rare_earth_cut")
    assert not page.warning
    gain = page.metric[2].value.lstrip("+")
    assert f"China's exporters gain {gain}" in headline_of(page)
    assert f"its exporters gain {gain} a year" in words_of(page)
    others = page.metric[3].value.lstrip("+")
    assert f"Other suppliers sell {others} more of these products" in words_of(page)
    products, users = page.dataframe[0].value, page.dataframe[1].value
    assert products["Largest supplier"].iloc[0] == "China"
    assert products["Its share, %"].iloc[0] > 70
    assert len(users) > 100
