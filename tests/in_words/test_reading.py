"""A policy in words: sentences with their rules, sentences that are refused, and there and back again."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import calc
from calc.cli import main
from calc.errors import ScenarioError
from calc.in_words.reading import stated_in, words_of
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario
from calc.tariffs.law import latest_day
from calc.tariffs.rules import Rule
from calc.words import day_words

SENTENCES = list(csv.DictReader(Path(__file__).with_name("sentences.csv").read_text(encoding="utf-8").splitlines()))
UNDERSTOOD = [row for row in SENTENCES if row["rules"]]
REFUSED = [row for row in SENTENCES if row["refused"]]


@pytest.fixture(scope="module")
def data():
    return calc.read_dataset("us-2024")


def without_words(scenario):
    return [replace(rule, label="") for rule in scenario.rules], scenario.law_day, scenario.baseline


def test_there_are_sixty_sentences_that_are_understood_and_twenty_that_are_not():
    assert len(UNDERSTOOD) >= 60
    assert len(REFUSED) >= 20


@pytest.mark.parametrize("row", UNDERSTOOD, ids=lambda row: row["text"])
def test_a_sentence_says_its_rules(row, data):
    assert words_of(stated_in(row["text"], data), data) == row["rules"]


@pytest.mark.parametrize("row", UNDERSTOOD, ids=lambda row: row["text"])
def test_the_sentence_of_a_scenario_is_read_as_the_same_scenario(row, data):
    first = stated_in(row["text"], data)
    assert without_words(stated_in(row["rules"], data)) == without_words(first)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["text"])
def test_what_is_not_understood_or_can_mean_two_things_is_named(row, data):
    with pytest.raises(ScenarioError) as refused:
        stated_in(row["text"], data)
    assert row["refused"] in str(refused.value)


def test_the_first_example_by_its_codes(data):
    said = stated_in("25% on cars from the EU, Japan and Korea; 10% on everyone else; chips exempt", data)
    cars, others = said.rules
    assert (cars.exporters, cars.products, cars.value_pct) == (("EU27", "JPN", "KOR"), ("8703",), 25)
    assert (others.except_exporters, others.except_products) == (("EU27", "JPN", "KOR"), ("8541", "8542"))
    assert cars.except_products == ()  # chips are none of the cars


def test_everyone_else_leaves_out_whom_the_text_named_before(data):
    said = stated_in("60% on China and 10% on everyone else", data)
    lines = calc.run(replace(said, draws=0), data).lines
    rates = (lines["tariff_new"] - lines["tariff_base"]).groupby(lines["exporter"]).max()
    assert rates["CHN"] == pytest.approx(0.6)
    assert rates["MEX"] == pytest.approx(0.1)


def test_dates_are_read_in_three_ways(data):
    said = stated_in("10% on everyone; from the tariffs of November 10, 2025; against 30 October 2025", data)
    assert (said.law_day, said.baseline) == (date(2025, 11, 10), date(2025, 10, 30))
    alone = stated_in("10% on everyone; from the tariffs of 2025-11-10", data)
    assert (alone.law_day, alone.baseline) == (None, date(2025, 11, 10))  # the change by itself
    with pytest.raises(ScenarioError, match="is not a date"):
        stated_in("10% on everyone; compared with the tariffs of 31 November 2025", data)


def test_where_no_date_is_said_the_latest_tariffs_are_compared_with(data):
    assert calc.scenario_from_words("10% on everyone", data).baseline == latest_day()
    assert calc.scenario_from_words("China adds 10% on everyone", "world-2023").baseline is None
    assert calc.scenario_from_words("10% on everyone; against 2025-11-10", data).baseline == date(2025, 11, 10)


def test_who_charges_is_asked_where_the_data_have_several_importers():
    world = calc.read_dataset("world-2023")
    with pytest.raises(ScenarioError, match="does not say who charges it"):
        stated_in("10% on China", world)
    assert stated_in("the EU adds 10% on China", world).rules[0].exporters == ("CHN",)
    assert stated_in("10% on China", world, importer="USA").rules[0].importer == ("USA",)


def test_a_member_of_a_group_that_the_data_have_as_one_is_named_with_its_group():
    with pytest.raises(ScenarioError, match="Germany is in 'EU27' here"):
        stated_in("10% on Germany", calc.read_dataset("us-2024-hs10"))


SCENARIOS = {name: read_scenario(path) for name, path in presets().items()}
PLAIN = [name for name, one in SCENARIOS.items() if one.rules and not any(r.schedule or r.authority for r in one.rules)]


@pytest.mark.parametrize("name", PLAIN)
def test_a_preset_in_words_is_read_as_the_preset(name):
    preset = SCENARIOS[name]
    data = calc.read_dataset(preset.dataset)
    assert without_words(stated_in(words_of(preset, data), data)) == without_words(preset)


CODES = st.lists(st.sampled_from(["CHN", "MEX", "EU27", "KOR", "BIH", "HKG", "TTO", "CIV"]), max_size=7, unique=True)
GOODS = st.lists(st.sampled_from(["8703", "72", "850511", "list:rare-earths", "section:XVII"]), max_size=4, unique=True)
RULES = st.builds(
    lambda exporters, spared, products, excepted, action, value: Rule(
        importer=("USA",),
        exporters=tuple(exporters),
        except_exporters=tuple(spared),
        products=tuple(products),
        except_products=tuple(excepted),
        action=action,
        value_pct=value * 100 if action == "multiply" else value,
    ),
    CODES,
    CODES,
    GOODS,
    GOODS,
    st.sampled_from(["add", "set", "multiply", "floor", "cap"]),
    st.integers(1, 400).map(lambda number: number / 4),
)


@settings(max_examples=60, deadline=None)
@given(rules=st.lists(RULES, min_size=1, max_size=4))
def test_any_plain_rules_survive_being_put_in_words(rules, data):
    asked = Scenario(rules=tuple(rules))
    assert without_words(stated_in(words_of(asked, data), data)) == without_words(asked)


HEADINGS = sorted({str(code)[:4] for code in calc.read_dataset("us-2024").flows.products})


@pytest.mark.parametrize("share", range(4))
def test_the_name_of_any_heading_is_read_as_that_heading_alone_in_a_list_and_as_an_exception(share, data):
    for code in HEADINGS[share :: 4 * 8]:
        rules = (
            Rule(importer=("USA",), products=(code,), value_pct=5.0),
            Rule(importer=("USA",), exporters=("BRA",), products=("870380", code), action="set", value_pct=5.0),
            Rule(importer=("USA",), products=("8703",), except_products=(code, "220410"), value_pct=5.0),
        )
        asked = Scenario(rules=rules)
        assert stated_in(words_of(asked, data), data).rules == rules


def test_a_rule_that_has_no_words_says_so(data):
    with pytest.raises(ScenarioError, match="Rule 1 has an authority"):
        words_of(Scenario(rules=(Rule(importer=("USA",), authority=("ieepa_other",)),)), data)


def test_the_command_line_takes_words_and_says_back_what_it_understood(capsys):
    words = "50% on coffee from Brazil"
    assert main(["run", "--say", words, "--set", "draws=0"]) == 0
    said = capsys.readouterr()
    assert "Rule 1: The United States adds 50 points to its tariff on coffee from Brazil" in said.err
    assert "The United States adds 50 points to its tariff on coffee from Brazil" in said.out
    assert f"compared with the tariffs in force on {day_words(latest_day())}" in said.out  # as on the page
    assert main(["run", "--say", "50% on unobtainium"]) == 2
    assert "'unobtainium' is neither a partner nor goods" in capsys.readouterr().err
    assert main(["run", "universal_10", "--say", words]) == 2
