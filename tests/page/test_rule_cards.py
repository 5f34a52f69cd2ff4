"""Rules as cards in the sidebar, and the steps back."""

from dataclasses import replace

import pytest
from pages import headline_of, open_page, open_policy, words_of

from calc.page.held.link import pack, unpack
from calc.page.held.policy import CUSTOM_POLICY, title_of
from calc.page.held.rule_list import Card, changed, copied, moved
from calc.page.held.trail import MOST_STEPS, Moment, with_moment
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario
from calc.tariffs.rules import Rule

CHINA = Rule(importer=("USA",), exporters=("CHN",), value_pct=60.0)
VIETNAM = Rule(importer=("USA",), exporters=("VNM",), value_pct=20.0)
ALL = Rule(importer=("USA",), value_pct=10.0)


def rules_of(page):
    packed = page.session_state["rules"]
    return unpack(packed).rules if packed else ()


def opened_with(*rules):
    return open_policy(rules=pack(Scenario(title=CUSTOM_POLICY, rules=rules)))


def test_cards_are_moved_copied_and_changed_in_place():
    one, two = Card(rule=CHINA), Card(rule=ALL)
    assert moved((one, two), 0, 1) == moved((one, two), 1, -1) == (two, one)
    assert moved((one, two), 1, 1) == (one, two)
    assert copied((one, two), 0) == (one, one, two)
    assert changed((one, two), 1, one) == (one, one)


def test_a_new_card_does_nothing_until_partners_are_chosen_and_everyone_is_a_choice():
    page = open_policy()
    page.button(key="add_rule").click().run()
    assert "Choose partners or Everyone" in words_of(page)
    assert len(rules_of(page)) == 1  # the rule of the simple controls is the first card
    page.multiselect(key="card_exporters").set_value(["everyone"]).run()
    assert rules_of(page)[1] == ALL
    page.multiselect(key="card_exporters").set_value(["everyone", "VNM"]).run()
    assert rules_of(page)[1].exporters == ("VNM",)
    page.multiselect(key="card_exporters").set_value([]).run()  # never silently all
    assert len(rules_of(page)) == 1
    page.button(key="rule_delete_1").click().run()
    assert page.number_input(key="tariff_pct").value == 100
    assert "rules" not in page.query_params


@pytest.mark.slow
def test_the_answer_is_that_of_the_cards():
    page = open_page(rules=pack(Scenario(title=CUSTOM_POLICY, rules=(CHINA, ALL))), draws="0")
    assert headline_of(page).startswith(
        "The United States adds 60 points to its tariff on China; the United States adds 10 points to its tariff on"
    )
    before = headline_of(page)
    page.button(key="add_rule").click().run()
    assert headline_of(page) == before
    page.button(key="rule_delete_2").click().run()
    page.button(key="rule_delete_1").click().run()
    assert headline_of(page).startswith("The United States adds 60 points to its tariff on China")


def test_each_field_of_a_card_changes_its_rule():
    page = opened_with(CHINA, ALL)
    page.button(key="rule_edit_1").click().run()
    assert page.multiselect(key="card_exporters").value == ["everyone"]
    page.multiselect(key="card_except_exporters").set_value(["CHN"]).run()
    page.multiselect(key="card_except_products").set_value(["chips"]).run()
    page.multiselect(key="card_products").set_value(["electronics"]).run()
    page.selectbox(key="card_action").set_value("floor").run()
    page.number_input(key="card_value").set_value(15.0).run()
    assert rules_of(page) == (
        CHINA,
        Rule(
            importer=("USA",),
            except_exporters=("CHN",),
            products=("85",),
            except_products=("8541", "8542"),
            action="floor",
            value_pct=15.0,
        ),
    )
    page.selectbox(key="card_instrument").set_value("trade_cost").run()
    assert (rules_of(page)[1].instrument, rules_of(page)[1].action) == ("trade_cost", "add")


def test_an_edited_rule_leaves_the_words_of_its_preset_behind():
    scenario = read_scenario(presets()["geneva_truce"])
    page = open_policy(rules=pack(scenario), baseline="data")
    assert unpack(page.session_state["rules"]).title == scenario.title
    page.button(key="rule_edit_0").click().run()
    page.number_input(key="card_value").set_value(60.0).run()
    held = unpack(page.session_state["rules"])
    assert held == Scenario(
        title=CUSTOM_POLICY, rules=(replace(scenario.rules[0], value_pct=60, label=""), held.rules[1])
    )
    assert held.rules[1] == scenario.rules[1]
    page.button(key="undo").click().run()
    assert unpack(page.session_state["rules"]).title == scenario.title


def test_rules_without_words_of_their_own_are_their_own_title(us_2024):
    first, second = (f"he United States adds {points} points to its tariff on" for points in (60, 10))
    assert title_of((CHINA, ALL), us_2024) == f"T{first} China; t{second} all partners"
    assert title_of((CHINA, ALL, ALL, VIETNAM), us_2024).endswith("; and 1 more")


def test_undo_takes_back_a_deletion_a_move_words_and_everything():
    page = opened_with(CHINA, VIETNAM)
    page.button(key="rule_down_0").click().run()
    assert rules_of(page) == (VIETNAM, CHINA)
    page.button(key="rule_delete_0").click().run()
    assert page.multiselect(key="exporters").value == ["CHN"]
    page.text_input(key="in_words").set_value("50% on coffee from Brazil").run()
    assert page.session_state["exporters"] == ["BRA"]
    page.button(key="reset").click().run()
    assert page.session_state["exporters"] == ["CHN"]
    assert page.session_state["tariff_pct"] == 100
    for rules, exporters in (((), ["BRA"]), ((), ["CHN"]), ((VIETNAM, CHINA), None), ((CHINA, VIETNAM), None)):
        page.button(key="undo").click().run()
        assert rules_of(page) == rules
        assert exporters is None or page.session_state["exporters"] == exporters
    assert page.button(key="undo").disabled


def test_the_trail_keeps_ten_steps_and_a_slider_on_its_way_is_one():
    moments = [Moment(values={"tariff_pct": float(k), "model": ""}, unfinished={}, at=10.0 * k) for k in range(20)]
    kept = ()
    for moment in moments:
        kept = with_moment(kept, moment)
    assert len(kept) == MOST_STEPS + 1
    near = Moment(values={"tariff_pct": 50.0, "model": ""}, unfinished={}, at=moments[-1].at + 1)
    assert len(with_moment(kept[:3], near)) == 4  # long after the third
    assert [each.values["tariff_pct"] for each in with_moment(kept, near)[-2:]] == [18.0, 50.0]
    other = Moment(values={"tariff_pct": 19.0, "model": "smart"}, unfinished={}, at=moments[-1].at + 1)
    assert with_moment(kept, other)[-2:] == (kept[-1], replace(other, changed=frozenset({"model"})))
