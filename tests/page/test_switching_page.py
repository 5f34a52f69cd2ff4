"""Retaliation by one switch, and datasets and models that are switched."""

from dataclasses import replace

import pytest
from pages import choose_preset, headline_of, preset_of, words_of
from streamlit.testing.v1 import AppTest
from world_pages import HIT, RETALIATION, WORLDS, open_view

from calc.models.known import MODELS
from calc.page import answers, models
from calc.page.held.link import unpack
from calc.page.held.policy import (
    full_retaliation,
    lit_preset,
    rules_known_to,
    simple_values,
    with_retaliation,
    without_retaliation,
)
from calc.question import point_answer
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario
from calc.tariffs.rules import Rule

pytestmark = pytest.mark.slow

# Retaliation


def test_one_switch_adds_retaliation_and_lights_the_preset():
    page = open_view(dataset="world-2023")
    before = page.metric[0].value
    assert preset_of(page) == "custom"
    page.toggle(key="retaliation").set_value(True).run()
    assert preset_of(page) == "tit_for_tat"
    assert page.metric[0].value != before
    assert page.query_params["retaliation"] == "True"
    page.slider(key="tariff_slider").set_value(25.0).run()
    assert page.toggle(key="retaliation").value
    assert headline_of(page).startswith(
        "The United States adds 25 points to its tariff on China, with full retaliation"
    )
    page.button(key="return").click().run()
    assert preset_of(page) == "tit_for_tat"


def test_cards_show_retaliation_as_a_rule_and_the_switch_takes_it_away():
    page = open_view(dataset="world-2023", retaliation="True")
    page.button(key="add_rule").click().run()
    page.multiselect(key="card_exporters").set_value(["CAN"]).run()
    assert "China retaliates against the United States, matching 100% of the tariff change" in words_of(page)
    assert not page.toggle(key="full_retaliation").value  # Canada, which is hit too, does not retaliate
    page.toggle(key="full_retaliation").set_value(True).run()
    rules = unpack(page.query_params["rules"]).rules
    assert [(rule.action, rule.importer) for rule in rules[1:]] == [
        ("reciprocal", ("CHN",)),
        ("add", ("USA",)),
        ("reciprocal", ("CAN",)),
    ]
    page.toggle(key="full_retaliation").set_value(False).run()
    assert len(unpack(page.query_params["rules"]).rules) == 3
    page.button(key="rule_delete_2").click().run()
    page.button(key="rule_delete_1").click().run()
    assert not page.toggle(key="retaliation").value  # one rule: the simple controls again


def test_where_one_economy_buys_retaliation_is_the_way_to_the_world():
    page = open_view("What-if", retaliation="True")
    assert "retaliation=True" in page.toast[0].value
    toggle = page.toggle(key="full_retaliation")
    assert not toggle.disabled
    assert "your rules are carried to the industries of world-io-2023" in toggle.help


def test_both_sides_rules_are_left_as_they_are():
    page = open_view(dataset="world-2023")
    choose_preset(page, "escalation_2025")
    assert page.toggle(key="full_retaliation").disabled
    assert not page.toggle(key="full_retaliation").value


def test_retaliation_is_one_rule_for_all_that_is_open():
    canada = replace(HIT, exporters=("CAN",), value_pct=25.0)
    assert full_retaliation((HIT,)) == replace(RETALIATION, label="Full retaliation")
    merged = full_retaliation((HIT, canada, replace(HIT, value_pct=5.0)))
    assert (merged.importer, merged.exporters) == (("CHN", "CAN"), ("USA",))
    assert full_retaliation((replace(HIT, exporters=()),)).importer == ()
    back = Rule(importer=("CHN",), exporters=("USA",), value_pct=5.0)
    assert full_retaliation((HIT, back)) is None
    assert full_retaliation((HIT, back, canada)).importer == ("CAN",)
    assert full_retaliation((Rule(value_pct=10.0),)) is None  # everyone on everyone
    cut = Rule(importer=("USA",), exporters=("CHN",), instrument="export_volume", value_pct=-50.0)
    assert with_retaliation((cut,)) == (cut,)
    data = answers.dataset("world-2023")
    assert without_retaliation((HIT, RETALIATION), data) == (HIT,)
    assert without_retaliation((HIT, replace(RETALIATION, value_pct=50.0)), data)[1].value_pct == 50
    assert simple_values((HIT, RETALIATION), data)["retaliation"] is True
    assert simple_values((HIT, replace(RETALIATION, value_pct=50.0)), data) is None


# Datasets and models


def test_a_preset_is_lit_on_its_own_dataset_only(us_2024):
    rules = read_scenario(presets()["truce_lapses"]).rules
    assert lit_preset(rules, us_2024) == "truce_lapses"
    assert lit_preset(rules, answers.dataset("world-2023")) is None
    assert lit_preset(rules, answers.dataset("pairs-2023")) == "truce_lapses_pairs"


@pytest.mark.parametrize("name", [name for name in presets() if read_scenario(presets()[name]).dataset in WORLDS])
def test_every_preset_of_the_world_switches_dataset_and_model(name):
    scenario = read_scenario(presets()[name])
    page = open_view()
    choose_preset(page, name)
    words = headline_of(page)
    assert page.selectbox(key="dataset").value == scenario.dataset
    assert page.selectbox(key="model").value == scenario.model
    assert preset_of(page) == name
    again = open_view(**page.query_params)
    assert headline_of(again) == words
    assert preset_of(again) == name
    assert not again.toast


@pytest.mark.parametrize("name", [name for name in presets() if read_scenario(presets()[name]).dataset in WORLDS][::2])
def test_what_if_answers_a_preset_of_the_world(name):
    page = open_view("What-if")
    choose_preset(page, name)
    assert headline_of(page)
    assert len(page.metric) == 4


def test_switching_the_dataset_keeps_what_it_knows_and_names_what_it_drops():
    page = open_view("What-if", exporters=["VNM", "CHN"], products=["8507"], tariff_pct="30", partner="MEX")
    page.selectbox(key="dataset").set_value("world-2023").run()
    assert page.multiselect(key="exporters").value == ["CHN"]
    assert page.multiselect(key="products").value == []
    assert page.number_input(key="tariff_pct").value == 30
    assert page.selectbox(key="model").value == "gsim"
    assert page.selectbox(key="partner").value == "MEX"
    assert "exporters=VNM" in page.toast[0].value
    assert "products=8507" in page.toast[0].value
    page.selectbox(key="dataset").set_value("wiod-2011").run()
    assert page.multiselect(key="products").value == ["kind:goods"]
    assert page.selectbox(key="model").value == "trade_equilibrium"
    page.selectbox(key="dataset").set_value("us-2024").run()
    assert page.multiselect(key="products").value == []
    assert page.selectbox(key="model").value == "armington"
    assert headline_of(page).startswith("The United States adds 30 points to its tariff on China")


def test_rules_that_another_dataset_does_not_know_are_dropped_by_name():
    page = open_view("What-if")
    choose_preset(page, "april_2025_peak")
    page.selectbox(key="dataset").set_value("world-2023").run()
    assert "rule 1" in page.toast[-1].value or "HKG" in page.toast[-1].value
    assert headline_of(page)
    rules, lost = rules_known_to((HIT, replace(HIT, exporters=("VNM",))), answers.dataset("world-2023"))
    assert rules == (HIT,)
    assert lost == ["rule 2"]


def test_data_say_which_models_can_use_them():
    offered = {name: models.offered(answers.dataset(name)) for name in ("us-2024", *WORLDS)}
    assert offered["us-2024"] == ["armington", "smart", "smart_discrete"]
    assert offered["world-2023"] == ["gsim", "armington", "gsim_linear"]
    assert offered["pairs-2023"][0] == "liberation_day"
    assert offered["wiod-2011"][0] == "trade_equilibrium"
    assert "several" in models.absent(answers.dataset("pairs-2023"))["smart"]
    for name, found in offered.items():
        scenario = Scenario(dataset=name, rules=(HIT,))
        assert {*found, *models.absent(answers.dataset(name))} == set(MODELS)
        for model in found:
            point_answer(replace(scenario, model=model), answers.dataset(name))
    assert models.counterpart("gsim", answers.dataset("world-2023")) == ""
    assert models.counterpart("gsim", answers.dataset("wiod-2011")) == "trade_equilibrium"


def test_a_model_of_another_dataset_is_ignored_in_a_link():
    page = open_view(dataset="world-2023", model="smart")
    assert "model=smart" in page.toast[0].value
    assert page.selectbox(key="model").value == "gsim"


def test_assumptions_that_a_model_does_not_use_are_not_shown_and_not_forgotten():
    page = open_view(dataset="wiod-2011", export_supply_elasticity="3", elasticity_multiplier="1.5")
    keys = {widget.key for widget in (*page.number_input, *page.slider)}
    assert not keys & {"export_supply_elasticity", "import_demand_elasticity", "pass_through_pct"}
    page.selectbox(key="model").set_value("gsim").run()
    assert page.number_input(key="export_supply_elasticity").value == 3
    assert page.number_input(key="elasticity_multiplier").value == 1.5


def test_the_supply_of_the_data_stays_unless_a_pass_through_is_given():
    page = open_view(dataset="world-2023")
    assert page.number_input(key="pass_through_pct").value is None
    before = headline_of(page)
    page.number_input(key="pass_through_pct").set_value(50.0).run()
    assert headline_of(page) != before
    assert page.query_params["pass_through_pct"] == "50"


def test_a_view_does_not_forget_the_choices_of_another():
    def both(title):
        import streamlit as st
        from pages import draw

        draw(st.session_state.get("shown", title))

    page = AppTest.from_function(both, args=("World",), default_timeout=120)
    page.query_params["dataset"] = "world-2023"
    page.query_params["draws"] = "0"
    page.query_params["economy_detail"] = "notes"
    page.run()
    for title in ("What-if", "What-if", "World"):
        page.session_state["shown"] = title
        page.run()
    assert page.segmented_control(key="economy_detail").value == "notes"


def test_what_the_controls_hold_outlives_a_view_that_draws_none_of_them():
    def views():
        import streamlit as st
        from pages import draw

        draw(st.session_state.get("shown", "Compare"))

    page = AppTest.from_function(views, default_timeout=300)
    for key, value in {"tariff_pct": "35", "exporters": "VNM", "draws": "0"}.items():
        page.query_params[key] = value
    page.run()
    for shown in ("Timeline", "Compare"):
        page.session_state["shown"] = shown
        page.query_params.clear()  # as a click in the navigation does
        page.run()
        assert not page.exception
    assert page.number_input(key="tariff_pct").value == 35
    assert page.query_params["exporters"] in ("VNM", ["VNM"])
    assert page.query_params["draws"] in ("0", ["0"])
