"""The page through AppTest: what a person sees after each move."""

import base64
import re
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pages import choose_preset, headline_of, open_page, preset_of, words_of
from streamlit.testing.v1 import AppTest

import app
from calc.assumptions import Assumptions
from calc.errors import CalcError, ScenarioError
from calc.page import answers
from calc.page.held import known_controls, state
from calc.page.held.link import MAX_UNPACKED, address, pack, read_parameters, unpack, write_parameters
from calc.page.held.policy import selectors
from calc.page.tables import TOTAL, chosen_lines, largest_changes, line_table, partner_table
from calc.page.text import plain
from calc.question import point_answer
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, scenario_to_toml
from calc.tariffs.law import latest_day
from calc.tariffs.rules import Rule
from calc.words import day_words, unbroken

APP = Path(__file__).parents[2] / "app.py"
OPENING = "latest_100_china"
US_PRESETS = [name for name in presets() if read_scenario(presets()[name]).dataset == "us-2024"]


# What a person sees


def test_the_page_opens_with_an_answer():
    page = open_page()
    assert headline_of(page).startswith(
        "The United States adds 100 points to its tariff on China, compared with the tariffs in force on "
        f"{day_words(latest_day())}: imports from China fall"
    )
    assert preset_of(page) == OPENING
    assert [metric.label for metric in page.metric] == [
        "Price, all imports",
        "Volume, all imports",
        "Change of imports",
        "Tariff revenue",
    ]
    assert all(" to " in metric.delta for metric in page.metric)
    (before,) = re.findall(r"On goods from China (\S+) →", words_of(page))  # the badge
    assert f"In force on {day_words(latest_day())}: China **{before}**" in words_of(page)
    assert dict(page.query_params) == {}


def test_the_slider_moves_the_headline_the_box_and_the_address():
    page = open_page()
    before = headline_of(page)
    page.slider(key="tariff_slider").set_value(25.0).run()
    assert headline_of(page).startswith("The United States adds 25 points")
    assert headline_of(page) != before
    assert page.number_input(key="tariff_pct").value == 25.0
    assert page.query_params["tariff_pct"] == "25"
    assert preset_of(page) == "custom"


def test_the_box_reaches_beyond_the_slider_and_return_brings_the_preset_back():
    page = open_page()
    page.number_input(key="tariff_pct").set_value(145.0).run()
    assert headline_of(page).startswith("The United States adds 145 points")
    assert page.slider(key="tariff_slider").value == 100.0
    page.button(key="return").click().run()
    assert page.number_input(key="tariff_pct").value == 100.0
    assert preset_of(page) == OPENING


@pytest.mark.slow
@pytest.mark.parametrize("name", US_PRESETS[::3])
def test_a_preset_can_be_chosen_and_lights_up_again_from_its_link(name):
    page = open_page()
    choose_preset(page, name)
    words = headline_of(page)
    assert preset_of(page) == name
    again = open_page(**page.query_params)
    assert headline_of(again) == words
    assert preset_of(again) == name


@pytest.mark.slow
def test_a_deep_link_restores_every_control():
    page = open_page(
        exporters=["VNM", "MEX"],
        products=["85", "list:rare-earths"],
        action="set",
        tariff_pct="12.5",
        model="smart",
        draws="0",
        elasticities="uniform",
        elasticity_multiplier="1.5",
        pass_through_pct="50",
        detail="notes",
        partner="MEX",
    )
    assert page.multiselect(key="exporters").value == ["VNM", "MEX"]
    assert page.multiselect(key="products").value == ["85", "list:rare-earths"]
    assert page.number_input(key="tariff_pct").value == 12.5
    assert page.selectbox(key="model").value == "smart"
    assert page.number_input(key="elasticity_multiplier").value == 1.5
    assert page.slider(key="pass_through_pct").value == 50
    assert page.selectbox(key="partner").value == "MEX"
    assert not page.toast
    assert page.query_params["exporters"] == ["VNM", "MEX"]


def test_an_empty_list_in_a_link_means_all_partners():
    page = open_page(exporters="", tariff_pct="10")
    assert page.multiselect(key="exporters").value == []
    assert preset_of(page) == "universal_10"
    assert page.query_params["exporters"] == ""


def test_unknown_values_of_a_link_are_named_and_ignored():
    page = open_page(
        exporters=["XXX", "CHN"], model="magic", tariff_pct="5000", elasticity_multiplier="nan", colour="red"
    )
    toast = page.toast[0].value
    for text in ("exporters=XXX", "model=magic", "tariff_pct=5000", "elasticity_multiplier=nan", "colour=red"):
        assert text in toast
    assert headline_of(page).startswith("The United States adds 100 points to its tariff on China")


@pytest.mark.parametrize("rules", ["zzz", "!", "eNpLBAAAQgBC", "x" * 5000])
def test_damaged_rules_of_a_link_are_named_and_ignored(rules):
    page = open_page(rules=rules)
    assert "rules=" in page.toast[0].value
    assert preset_of(page) == "truce_lapses"  # a link without dates is of the time before them


@pytest.mark.slow
def test_smart_says_how_far_it_is_from_the_exact_model():
    page = open_page(model="smart", draws="0")
    assert "too large for a linear model" in page.warning[0].value
    small = open_page(model="smart", tariff_pct="5", draws="0")
    assert not small.warning


def test_a_selection_without_trade_names_the_filter_and_offers_to_clear_it():
    page = open_page(exporters="AGO", products="8703")
    assert "matches no trade" in page.error[0].value
    assert not page.metric
    page.button(key="clear_filter").click().run()
    assert headline_of(page).startswith("The United States adds 100 points to its tariff on Angola")
    assert page.multiselect(key="products").value == []


def test_a_rate_of_minus_100_percent_is_one_plain_sentence_with_a_button_for_the_rate():
    page = open_page(action="set", tariff_pct="-100", allow_subsidy="True")
    assert len(page.error) == 1
    assert "−100%" in page.error[0].value
    assert not page.metric
    page.button(key="clear_rate").click().run()
    assert headline_of(page).startswith("The United States sets its tariff on China to 0%")


@pytest.mark.slow
def test_a_tariff_that_is_taken_away_ends_at_zero_unless_a_subsidy_is_ticked():
    page = open_page(tariff_pct="-25", draws="0", detail="notes", baseline="")
    assert "already duty-free" in words_of(page)
    page.checkbox(key="allow_subsidy").check().run()
    assert page.query_params["allow_subsidy"]
    assert "already duty-free" not in words_of(page)


def test_a_rise_beyond_the_data_of_elasticities_is_flagged():
    words = "Beyond the changes that elasticities were estimated on"
    assert any(words in text.value for text in open_page().markdown)
    assert not any(words in text.value for text in open_page(tariff_pct="60").markdown)


@pytest.mark.slow
def test_reset_brings_the_opening_back():
    page = open_page(exporters="VNM", model="smart", tariff_pct="3", detail="notes", draws="0")
    page.button(key="reset").click().run()
    assert headline_of(page) == headline_of(open_page())
    assert dict(page.query_params) == {}


@pytest.mark.slow
def test_the_larger_dataset_answers_too():
    page = open_page(dataset="us-2024-hs10", products="2903770040,8507", exporters="", detail="steps")
    assert "us-2024-hs10" in " ".join(text.value for text in page.markdown)
    assert "agree with the result" in " ".join(text.value for text in page.markdown)
    page.selectbox(key="dataset").set_value("us-2024").run()
    assert "products=2903770040,8507" in page.toast[0].value  # a whole HS10 code is no prefix of an HS6 code
    assert page.multiselect(key="products").value == []
    assert headline_of(page)


@pytest.mark.slow
def test_a_model_that_cannot_carry_out_a_rule_says_so():
    page = open_page(draws="0")
    choose_preset(page, "rare_earth_cut")
    page.selectbox(key="model").set_value("smart").run()
    assert "SMART has import tariffs only" in page.error[0].value
    assert not page.metric
    page.selectbox(key="model").set_value("armington").run()
    assert headline_of(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "detail"),
    [
        *(("armington", each) for each in ("hit", "lines", "competitors", "steps", "notes")),
        *(("smart", each) for each in ("competitors", "steps")),
        ("smart_discrete", "steps"),
    ],
)
def test_every_detail_opens_under_every_model(detail, model):
    page = open_page(detail=detail, model=model, draws="0")
    assert not page.error
    if detail == "lines":
        assert page.dataframe[0].value["Product"].iloc[0] == TOTAL
    if detail == "steps":
        assert any("agree with the result" in text.value for text in page.markdown)


@pytest.mark.slow
def test_searching_lines_by_word_and_by_partner():
    page = open_page(partner="VNM", detail="lines")
    page.text_input(key="search").set_value("lithium accumulators").run()
    table = page.dataframe[0].value
    assert set(table["Partner"].iloc[1:]) == {"Vietnam"}
    assert (table["Product"].iloc[1:] == "850760").any()
    page.text_input(key="search").set_value("no such thing").run()
    page.button(key="clear_search").click().run()
    assert page.text_input(key="search").value == ""
    assert page.selectbox(key="partner").value == ""


def test_a_view_can_be_drawn_after_the_controls():
    def view(title):
        from pages import app, controls, state, view_of

        state.begin(app.VIEWS)
        controls()
        view_of(title).draw()

    page = AppTest.from_function(view, args=("What-if",), default_timeout=120)
    page.query_params["tariff_pct"] = "145"
    page.run()
    assert not page.exception
    assert "145 points" in page.title[0].value


@pytest.mark.slow
def test_a_scenario_file_is_loaded_and_a_bad_one_is_one_sentence():
    page = open_page()
    rule = b'[[rule]]\nimporter = "USA"\nexporters = ["VNM"]\nvalue_pct = 20\nlabel = "x"\n'
    file = b'title = "Mine"\nmodel = "smart"\ndraws = 0\n' + rule
    page.file_uploader(key="upload").upload("mine.toml", file, "application/toml").run()
    assert "on Vietnam" in headline_of(page)
    assert page.selectbox(key="model").value == "smart"
    page.file_uploader(key="upload").upload("bad.toml", b"title = ", "application/toml").run()
    assert "bad.toml is not valid TOML" in page.error[0].value


# What the page leaves as it was


def test_the_page_changes_nothing_in_the_dataset():
    data = answers.dataset("us-2024")
    tables = [data.flows.import_value, data.flows.tariff_rate, data.products, data.countries]
    before = [table.copy() for table in tables]
    page = open_page(detail="competitors")
    page.slider(key="tariff_slider").set_value(-5.0).run()
    for one, two in zip(before, tables, strict=True):
        assert np.array_equal(one, two)


# The pieces


def test_link_and_back_is_the_identity():
    controls = known_controls.all_controls("us-2024", app.VIEWS)
    values = {key: control.default for key, control in controls.items()}
    values |= {
        "exporters": [],
        "products": ["85"],
        "tariff_pct": 12.5,
        "elasticity_multiplier": 2.5 / 3.8,
        "export_supply_elasticity": 4.0,
    }
    read, ignored = read_parameters(write_parameters(values, controls), controls)
    assert read == values
    assert not ignored
    assert address("http://localhost:8501/?old=1", {}) == "http://localhost:8501/"
    assert address("http://localhost:8501/", {"exporters": ["CHN", "MEX"]}).endswith("?exporters=CHN&exporters=MEX")


def test_packed_rules_are_bounded():
    many = tuple(Rule(importer=("USA",), exporters=("CHN",), value_pct=k, label="x" * 60) for k in range(200))
    with pytest.raises(ScenarioError, match="too long for a link"):
        pack(Scenario(rules=many))
    bomb = base64.urlsafe_b64encode(zlib.compress(b"#" * (50 * MAX_UNPACKED))).decode()
    with pytest.raises(ScenarioError, match="cut off or too long"):
        unpack(bomb)


def test_packed_rules_reach_no_file_outside_the_scenarios():
    scenario = b'[[rule]]\nschedule = "../us-2024/countries.csv"\n'
    with pytest.raises(ScenarioError, match="not a path"):
        unpack(base64.urlsafe_b64encode(zlib.compress(scenario)).decode())


def test_typed_products_become_selectors():
    assert selectors(["8507.60, 85 05", "list:rare-earths", "section:XVI"]) == (
        "850760",
        "8505",
        "list:rare-earths",
        "section:XVI",
    )


def test_a_scenario_the_page_cannot_hold_is_refused_in_words():
    with pytest.raises(CalcError, match="this page has"):
        state.hold_scenario(Scenario(dataset="elsewhere"))


def test_the_datasets_pass_through_is_not_stated(us_2024):
    assert scenario_to_toml(Scenario(assumptions=Assumptions())).count("pass_through") == 0
    assert np.isinf(us_2024.elasticities["default"].export_supply_elasticity).all()


def test_totals_of_the_tables_are_the_totals_of_the_result(run_preset):
    result = run_preset("truce_lapses")
    rows = chosen_lines(result, {}, partner="", words="")
    shown = largest_changes(result, rows)
    table = line_table(result, {}, rows, shown)
    assert len(table) == 201
    assert table["Change of imports, $ m"].iloc[0] == pytest.approx(result.value("import_value_change") / 1e6)
    assert table["Tariff after, %"].iloc[0] == pytest.approx(result.value("statutory_tariff_new") * 100)
    partners = partner_table(result)
    assert partners.loc[TOTAL, "trade_diversion"] == pytest.approx(result.value("trade_diversion"))


def test_diversion_of_smart_sums_to_zero_in_the_table_of_competitors(us_2024):
    result = point_answer(replace(read_scenario(presets()["truce_lapses"]), model="smart"), us_2024)
    assert abs(partner_table(result).loc[TOTAL, "trade_diversion"]) < 1e-3  # of 3.2e12


def test_text_is_shown_as_it_is():
    assert plain("US$ 5 and $6 [x]") == r"US\$ 5 and \$6 \[x\]"
    assert unbroken("rise 8.5%, gain $75.2 bn of 3 more") == "rise 8.5%, gain $75.2\u00a0bn of 3 more"


@pytest.mark.slow
def test_the_browser_is_told_every_value_again_after_a_first_run_that_was_cut_short():
    def page_of():
        import streamlit as st

        import app
        from calc.page.sidebar import controls

        if "cut" not in st.session_state:
            st.session_state["cut"] = True
            foot, controls._foot = controls._foot, lambda *_, **__: st.stop()
            try:
                app.main()
            finally:
                controls._foot = foot
        app.main()

    page = AppTest.from_function(page_of, default_timeout=120).run()
    told = [page.number_input(key="elasticity_multiplier"), page.number_input(key="tariff_pct")]
    assert [control.proto.value for control in told] == [1.0, 100.0]
    page.run()
    again = [page.number_input(key="elasticity_multiplier"), page.number_input(key="tariff_pct")]
    assert all(control.proto.set_value for control in again)
    assert [control.proto.value for control in again] == [1.0, 100.0]
    page.run()
    assert not any(page.number_input(key=key).proto.set_value for key in ("elasticity_multiplier", "tariff_pct"))
