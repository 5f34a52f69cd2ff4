"""No screen says two things of one number: read off What-if by name, on every preset and on random policies."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import open_view
from screen_numbers import disagreements, numbers_of

from calc.analysis.perspective import acting_importer, of_importer
from calc.glossary import GLOSSARY
from calc.page import answers
from calc.page.held.link import pack
from calc.page.what_if import view
from calc.reports.report import file_table
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario
from calc.tariffs.rules import Rule

PRESETS = tuple(name for name in presets() if name != "no_change")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """What other models and households say takes longest, and has its own tests."""
    monkeypatch.setattr(view, "say_spread", lambda *_, **__: None)
    monkeypatch.setattr(view, "per_household", lambda *_, **__: None)


def opened(scenario, **parameters):
    days = {"baseline": str(scenario.baseline or ""), "law_day": str(scenario.law_day or "")}
    stated = {"draws": "0", "dataset": scenario.dataset, "model": scenario.model, **days, "rules": pack(scenario)}
    page = open_view("What-if", **{**stated, **parameters})
    assert not page.error, [error.value for error in page.error]
    return page


def check(page):
    readings = numbers_of(page)
    assert len({reading.place for reading in readings}) >= 4, readings
    assert disagreements(readings) == []
    return readings


def in_files(name):
    """Headline numbers of a preset as its report has them, of the importer that acts, by their names on screen."""
    scenario = read_scenario(presets()[name])
    result, buyers = answers.central(scenario), answers.importers(scenario.dataset)
    if len(buyers) > 1:
        result = of_importer(result, acting_importer(scenario, result, buyers))
    table = file_table(result, "summary").set_index("metric")["value"]
    return {each.short: table[each.column] / each.scale for each in GLOSSARY.values() if each.column in table}


@pytest.mark.parametrize("scope", ["goods", "all"])
def test_a_policy_on_few_goods_says_one_thing_in_either_scope(scope):
    coffee = Scenario(rules=(Rule(importer=("USA",), exporters=("BRA",), products=("0901",), value_pct=50.0),))
    readings = check(opened(coffee, scope=scope, detail="lines"))
    names = {reading.name for reading in readings}
    other = {"goods": "all imports", "all": "goods hit"}[scope]
    assert {"Price, goods hit", "Price, all imports", "On coffee from Brazil"} <= names
    assert f"Volume, {other}" not in names


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_says_one_thing_on_screen_and_in_its_files(name):
    scenario = read_scenario(presets()[name])
    readings = check(opened(scenario, detail="lines"))
    files, shared = in_files(name), 0
    for one in readings:
        if one.name in files and one.place != "table":
            assert one.value == pytest.approx(files[one.name], abs=one.off * 1.0001), one
            shared += 1
    assert shared >= 4


CODES = st.lists(st.sampled_from(["CHN", "MEX", "EU27", "VNM", "BRA", "ASEAN"]), max_size=2, unique=True).map(tuple)
GOODS = st.lists(st.sampled_from(["8703", "0901", "85", "72", "list:rare-earths"]), max_size=2, unique=True).map(tuple)
POLICIES = st.lists(
    st.builds(
        Rule,
        importer=st.just(("USA",)),
        exporters=CODES,
        products=GOODS,
        action=st.sampled_from(["add", "set", "floor"]),
        value_pct=st.sampled_from([-10.0, 5.0, 25.0, 100.0]).map(abs) | st.just(60.0),
    )
    | st.builds(Rule, importer=st.just(("USA",)), exporters=CODES, products=GOODS, value_pct=st.just(-15.0)),
    min_size=1,
    max_size=5,
)


@pytest.mark.slow
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=POLICIES)
def test_a_policy_of_one_to_five_rules_says_one_thing(rules):
    check(opened(Scenario(rules=tuple(rules)), detail="competitors"))
