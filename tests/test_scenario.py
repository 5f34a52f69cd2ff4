"""Scenarios: the file and the object are the same thing, and every mistake is named with its line."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from builders import LAWS
from hypothesis import given
from hypothesis import strategies as st

from calc.assumptions import Assumptions
from calc.errors import ScenarioError
from calc.scenario import Scenario, schedules
from calc.scenario_file import presets, read_scenario, scenario_from_toml, scenario_to_toml, with_settings
from calc.tariffs.law import built_in_record, latest_day
from calc.tariffs.rules import ACTIONS, INSTRUMENTS, Rule

GOOD = """\
title = "Surtax"
dataset = "us-2024"
model = "armington"
seed = 3

[[rule]]
importer = "USA"
exporters = ["CHN", "HKG"]
products = ["01", "list:rare-earths"]
action = "add"
value_pct = 12.5
label = "First"

[[rule]]  # a second one
exporters = "MEX"
action = "set"
value_pct = 0

[assumptions]
pass_through_pct = 80
"""


def parse(text, folder=Path("nowhere")):
    return scenario_from_toml(text, folder=folder, name="test.toml")


def test_a_file_becomes_the_scenario_it_describes():
    scenario = parse(GOOD)
    assert scenario == Scenario(
        title="Surtax",
        seed=3,
        rules=(
            Rule(
                importer=("USA",),
                exporters=("CHN", "HKG"),
                products=("01", "list:rare-earths"),
                value_pct=12.5,
                label="First",
            ),
            Rule(exporters=("MEX",), action="set", value_pct=0.0),
        ),
        assumptions=Assumptions(pass_through_pct=80.0),
    )
    assert [rule.line for rule in scenario.rules] == [6, 14]


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
codes = st.lists(st.sampled_from(["USA", "CHN", "EU27", "8505", "list:a", "hs2:01"]), max_size=3).map(tuple)
numbers = st.floats(-99, 1e4)
tariff_rules = st.builds(
    Rule,
    importer=codes,
    exporters=codes,
    products=codes,
    except_products=codes,
    action=st.sampled_from([*ACTIONS, "reciprocal"]),
    value_pct=numbers,
    label=words,
)
export_rules = st.builds(
    Rule, exporters=codes, action=st.just("set"), value_pct=numbers, instrument=st.sampled_from(INSTRUMENTS)
)
beliefs = st.one_of(
    st.builds(Assumptions, elasticity_multiplier=st.floats(0.01, 10), pass_through_pct=st.floats(0, 100)),
    st.builds(Assumptions, deficits=st.sampled_from(["fixed", "zero"]), revenue_use=st.just("lump_sum")),
    st.builds(
        Assumptions,
        armington_elasticity=st.floats(0.1, 50),
        import_demand_elasticity=st.floats(-9, -0.1),
        export_supply_elasticity=st.floats(0, 50) | st.just(float("inf")),
    ),
)


@LAWS
@given(
    st.builds(
        Scenario,
        title=words,
        description=words,
        source=words,
        date=words,
        seed=st.integers(0, 2**31),
        rules=st.lists(tariff_rules | export_rules, max_size=4).map(tuple),
        assumptions=beliefs,
    )
)
def test_scenario_to_toml_to_scenario_is_the_identity(scenario):
    assert parse(scenario_to_toml(scenario)) == scenario


@pytest.mark.parametrize("name", presets())
def test_every_preset_survives_the_round_trip_and_names_its_source(name):
    path = presets()[name]
    scenario = read_scenario(path)
    assert scenario.source
    assert scenario.description
    assert scenario_from_toml(scenario_to_toml(scenario), folder=path.parent) == scenario


def test_the_presets_that_the_page_offers_are_there():
    assert {
        "no_change",
        "truce_lapses",
        "april_2025_peak",
        "geneva_truce",
        "april_2_2025_schedule",
        "universal_10",
        "free_trade_with_china",
    } <= set(presets())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "Surtax"', "title = 7", "test.toml: line 1: title must be text"),
        ("seed = 3", "sede = 3", "line 4: unknown key 'sede' (did you mean 'seed'?)"),
        ("seed = 3", "seed = -1", "line 4: seed must be a whole number"),
        ("value_pct = 12.5", "value = 12.5", "test.toml: Rule 1 (line 11): unknown key 'value'"),
        ("value_pct = 12.5", 'value_pct = "12.5"', "test.toml: Rule 1 (line 11): value_pct must be a number"),
        ("value_pct = 12.5", "value_pct = nan", "test.toml: Rule 1 (line 11): value_pct must be a number"),
        ("value_pct = 12.5", "value_pct = 1e9", "test.toml: Rule 1 (line 11): 1e+09 is beyond"),
        ("value_pct = 12.5", "", "test.toml: Rule 1 (line 6): a rule needs value_pct"),
        ('action = "add"', 'action = "plus"', "test.toml: Rule 1 (line 10): unknown action 'plus'"),
        (
            'products = ["01", "list:rare-earths"]',
            "products = [101]",
            "test.toml: Rule 1 (line 9): products must be a list of texts",
        ),
        (
            "pass_through_pct = 80",
            "pass_through_pct = 101",
            "line 20: pass_through_pct must be a percentage from 0 to 100",
        ),
        ("pass_through_pct = 80", 'deficits = "closed"', "line 20: unknown deficits 'closed'"),
        (
            "pass_through_pct = 80",
            "elasticity_multiplier = 0",
            "line 20: elasticity_multiplier must be a factor above 0",
        ),
        (
            "pass_through_pct = 80",
            "pass_through_pct = 80\nexport_supply_elasticity = 2",
            "line 20: pass_through_pct sets the export supply elasticity; give one",
        ),
        ("[assumptions]", "[assumption]", "unknown key 'assumption' (did you mean 'assumptions'?)"),
        ("[[rule]]\nimporter", "[rule]\nimporter", "test.toml is not valid TOML"),
        (
            'label = "First"',
            'schedule = "rates.csv"',
            "test.toml: Rule 1 (line 6): a rule has a schedule or a value_pct, not both",
        ),
        ('label = "First"', 'instrument = "quota"', "test.toml: Rule 1 (line 12): unknown instrument 'quota'"),
        ('label = "First"', 'instrument = "export_tax"\n', None),
        ('action = "set"', 'action = "set"\ninstrument = "export_tax"', None),
        (
            'action = "set"',
            'action = "cap"\ninstrument = "export_tax"',
            "test.toml: Rule 2 (line 14): an export_tax rule takes action add",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_remedy(old, new, said):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if said is None:
        parse(text)
        return
    with pytest.raises(ScenarioError) as error:
        parse(text)
    assert said in str(error.value)


@pytest.mark.parametrize("name", ["../rates.csv", "/etc/passwd", "sub/rates.csv", ""])
def test_a_schedule_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    text = f'[[rule]]\nschedule = "{name}"\n'
    with pytest.raises(ScenarioError, match="beside the scenario, not a path"):
        parse(text, folder=tmp_path)


def test_a_missing_schedule_is_named(tmp_path):
    with pytest.raises(ScenarioError, match=r"schedule 'rates.csv' is not beside the scenario"):
        parse('[[rule]]\nschedule = "rates.csv"\n', folder=tmp_path)


def test_a_schedule_is_read_from_the_scenarios_own_folder(tmp_path):
    (tmp_path / "rates.csv").write_text("exporter,tariff_pct\nCHN,30\n", encoding="utf-8")
    (tmp_path / "s.toml").write_text('[[rule]]\nschedule = "rates.csv"\n', encoding="utf-8")
    scenario = read_scenario(tmp_path / "s.toml")
    assert scenario.rules[0].action == "set"
    assert dict(schedules(scenario)) == {"rates.csv": b"exporter,tariff_pct\nCHN,30\n"}


def test_a_file_that_cannot_be_read_is_said_so(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_scenario(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes('title = "Zölle"'.encode("latin-1"))
    with pytest.raises(ScenarioError, match="not UTF-8"):
        read_scenario(tmp_path / "latin.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * 4_000_001)
    with pytest.raises(ScenarioError, match="too large"):
        read_scenario(tmp_path / "large.toml")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": 7}, "title must be text"),
        ({"model": "armingtn"}, r"there is no model 'armingtn' \(did you mean 'armington'\?\)"),
        ({"baseline": "2025-11-10"}, "baseline must be a date, such as 2025-11-10"),
        ({"law_day": datetime(2025, 11, 10)}, "law_day must be a date"),
        ({"baseline": date(2017, 12, 31)}, "baseline: The record begins on 2018-01-01"),
        ({"law_day": date(2028, 1, 1)}, "law_day: The record ends on 2027-12-31"),
        ({"draws": -5}, "draws must be a whole number, 0 or above"),
        ({"draws": 1_000_000}, "draws must be at most 100,000"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"rules": [Rule()]}, "rules must be a tuple of Rule"),
        ({"assumptions": {}}, "assumptions must be an Assumptions object"),
    ],
    ids=str,
)
def test_a_scenario_is_checked_when_it_is_made_in_the_words_for_a_file(values, said):
    with pytest.raises(ScenarioError, match=said):
        Scenario(**values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"elasticity_multiplier": 0}, "elasticity_multiplier must be a factor above 0, at most 100; it is 0"),
        ({"pass_through_pct": 101}, "pass_through_pct must be a percentage from 0 to 100; it is 101"),
        ({"pass_through_pct": float("nan")}, "pass_through_pct must be a number"),
        ({"import_demand_elasticity": 1}, "import_demand_elasticity must be below 0"),
        ({"export_supply_elasticity": -1}, "export_supply_elasticity must be 0 or above"),
        ({"deficits": "closed"}, "unknown deficits 'closed'"),
        ({"pass_through_pct": 80, "export_supply_elasticity": 2}, "give one of the two"),
    ],
    ids=str,
)
def test_assumptions_are_checked_when_they_are_made(values, said):
    with pytest.raises(ScenarioError, match=said):
        Assumptions(**values)


def test_single_keys_can_be_set():
    assert with_settings(parse(GOOD), ["months=3"]).assumptions.months == 3.0
    assert with_settings(parse(GOOD), ["months=3", "assumptions.months=long run"]) == parse(GOOD)
    scenario = with_settings(parse(GOOD), ["model=smart", "seed=9", "assumptions.pass_through_pct=50"])
    assert (scenario.model, scenario.seed) == ("smart", 9)
    assert scenario.assumptions == Assumptions(pass_through_pct=50.0)
    assert with_settings(scenario, []) == scenario
    assert replace(scenario, seed=3, model="armington", assumptions=Assumptions(pass_through_pct=80.0)) == parse(GOOD)


def test_the_latest_day_is_the_last_that_the_record_covers():
    day = latest_day()
    assert str(day) == str(built_in_record().as_of)
    assert parse('baseline = "latest"').baseline == day
    assert with_settings(Scenario(), ["law_day=latest"]).law_day == day
    assert f'baseline = "{day}"' in scenario_to_toml(read_scenario("latest_100_china"))  # a copy keeps its meaning


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("pass_thru_pct=50", "did you mean 'assumptions.pass_through_pct'"),
        ("assumptions.pass_through_pct", "there is no such key"),
        ("assumptions.pass_through_pct=half", "'half' is not a number"),
        ("assumptions.pass_through_pct=120", "a percentage from 0 to 100"),
        ("rule=1", "there is no such key"),
        ("seed=1.5", "whole number"),
        ("assumptions.deficits=none", "Known: fixed, share, zero"),
    ],
)
def test_a_wrong_setting_is_refused_in_words(setting, said):
    with pytest.raises(ScenarioError) as error:
        with_settings(parse(GOOD), [setting])
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [("x = " + "[" * 5_000, "nested too deep"), ("seed = " + "9" * 5_000, "a number too long to be read")],
    ids=["lists in lists", "endless number"],
)
def test_a_text_beyond_what_a_parser_can_read_is_refused_in_words(text, said):
    with pytest.raises(ScenarioError, match=said):
        scenario_from_toml(text, folder=Path())
