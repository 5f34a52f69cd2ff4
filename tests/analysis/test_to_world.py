"""A scenario by HS code on world data: the rates of its industries, what is covered, and where answers differ."""

from dataclasses import replace

import numpy as np
import pytest

from calc.analysis.carrying import covered_by_sector, disagreements, to_world
from calc.assumptions import Assumptions
from calc.cli import main
from calc.datasets.dataset import read_dataset
from calc.errors import ScenarioError
from calc.question import point_answer, question
from calc.scenario import Scenario
from calc.scenario_file import read_scenario, scenario_from_toml, scenario_to_toml
from calc.tariffs.carrying import carrier
from calc.tariffs.rules import Rule

CARS = Rule(importer=("USA",), exporters=("JPN", "KOR", "EU27"), products=("8703",), value_pct=25.0)
CHIPS = Rule(importer=("USA",), exporters=("CHN",), products=("8541", "8542"), value_pct=100.0)
RARE = Rule(importer=("USA",), exporters=("CHN",), products=("list:rare-earths",), value_pct=60.0)
ALL = Rule(importer=("USA",), value_pct=10.0)
NO_CHIPS = Rule(importer=("USA",), exporters=("CHN",), except_products=("8541", "8542"), value_pct=100.0)
CAP = Rule(importer=("USA",), action="cap", value_pct=1.0)


@pytest.fixture(scope="module")
def fine():
    return read_dataset("us-2024")


@pytest.fixture(scope="module")
def world():
    return read_dataset("world-io-2023")


def asked(*rules, **more):
    return Scenario(title="Asked by HS code", rules=rules, draws=0, **more)


@pytest.mark.parametrize(
    "rule", [CARS, CHIPS, RARE, ALL, NO_CHIPS, CAP], ids=lambda rule: str(rule.products or rule.action)
)
def test_a_sectors_rate_changes_by_the_weighted_mean_of_its_lines(fine, world, rule):
    by = carrier(fine, world)
    policy = question(asked(rule), fine).policy
    there = question(to_world(asked(rule), fine, world).scenario, world).policy
    value, flows = fine.flows.import_value, world.flows
    # by hand: Σ M t over Σ M, flow by flow
    total, weight = np.zeros(len(flows.market)), np.zeros(len(flows.market))
    np.add.at(total, by.cell, (value * (policy.tariff_new - fine.flows.tariff_rate))[by.line])
    np.add.at(weight, by.cell, value[by.line])
    mean = np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)
    expected = np.maximum(mean, -flows.tariff_rate)  # the world's own rate may be lower: no tariff is below 0
    change = there.tariff_new - flows.tariff_rate
    np.testing.assert_allclose(change[by.known], expected[by.known], rtol=0, atol=1e-12)


@pytest.mark.parametrize("rule", [CARS, CHIPS, RARE, ALL])
def test_the_covered_trade_adds_up_to_that_of_the_lines(fine, world, rule):
    by, carried = carrier(fine, world), to_world(asked(rule), fine, world)
    targeted = question(asked(rule), fine).policy.targeted
    covered = (carried.coverage["import_value"] * carried.coverage["covered_share"]).sum()
    assert covered == pytest.approx(fine.flows.import_value[targeted & by.placed].sum(), rel=1e-12)
    sums = covered_by_sector(carried.coverage)
    assert sums["covered_value"].sum() == pytest.approx(covered, rel=1e-12)
    assert ((sums["covered_share"] > 0) & (sums["covered_share"] <= 1 + 1e-12)).all()


def test_a_rule_on_all_goods_stays_one_rule(fine, world):
    (rule,) = to_world(asked(ALL), fine, world).scenario.rules
    assert (rule.exporters, rule.products, rule.value_pct) == ((), ("kind:goods",), 10.0)


def test_chips_are_a_small_part_of_what_china_sells_in_their_industry(fine, world):
    table = covered_by_sector(to_world(asked(CHIPS), fine, world).coverage)
    assert list(table["product"]) == ["c14"]
    assert table["covered_share"].item() < 0.02
    assert table["tariff_change_covered"].item() == pytest.approx(1.0)
    assert table["tariff_change"].item() == pytest.approx(table["covered_share"].item())


def test_what_is_in_no_industry_is_said(fine, world):
    words = " ".join(to_world(asked(ALL), fine, world).notes)
    assert "in no industry or no flow of the world data" in words
    assert "100% of what these partners sell" in words


def test_export_restrictions_are_carried_to_a_model_that_knows_them(fine, world):
    carried = to_world(read_scenario("rare_earth_cut"), fine, world).scenario
    assert {rule.instrument for rule in carried.rules} == {"export_volume"}
    assert carried.model == "gsim"
    assert to_world(asked(CARS), fine, world).scenario.model == "trade_equilibrium"


@pytest.mark.slow
def test_a_dated_scenario_changes_the_same_rates(fine, world):
    lapse = read_scenario("law_2025_april_peak")
    by = carrier(fine, world)
    carried = to_world(lapse, fine, world).scenario
    there, here = question(carried, world), question(lapse, fine)
    change = there.policy.tariff_new - there.dataset.flows.tariff_rate
    lines = here.policy.tariff_new - here.dataset.flows.tariff_rate
    np.testing.assert_allclose(change[by.known], by.mean(lines)[by.known], rtol=0, atol=1e-12)
    assert (there.policy.tariff_new > -1e-12).all()


def test_the_carried_scenario_is_a_file_that_gives_the_same_answer(fine, world, tmp_path):
    carried = to_world(asked(NO_CHIPS), fine, world).scenario
    again = scenario_from_toml(scenario_to_toml(carried), folder=tmp_path)
    one, other = (point_answer(scenario, world) for scenario in (carried, again))
    assert one.economies.equals(other.economies)
    assert "Carried from HS codes of us-2024" in again.description


def test_opposite_directions_are_said_with_a_reason(fine, world):
    whole_duty = asked(ALL, assumptions=Assumptions(pass_through_pct=100.0))
    carried = to_world(whole_duty, fine, world).scenario
    single, whole = point_answer(whole_duty, fine), point_answer(carried, world)
    loss, gain = (
        float(result.economies.set_index("economy").loc["USA", "net_welfare_change"]) for result in (single, whole)
    )
    (sentence,) = disagreements(single, whole, "USA")
    assert loss < 0 < gain
    assert "terms of trade" in sentence
    assert disagreements(single, single, "USA") == ()


def test_what_cannot_be_carried_says_why(fine, world):
    with pytest.raises(ScenarioError, match="world data already"):
        to_world(replace(asked(), dataset="wiod-2011"), world, world)
    with pytest.raises(ScenarioError, match="does not have the sectors"):
        to_world(asked(CARS), fine, read_dataset("pairs-2023"))


@pytest.mark.slow
def test_the_command_line_carries_a_preset_and_its_report_runs_again(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", "free_trade_with_china", "--world", "--set", "draws=0", "--out", str(out)]) == 0
    assert "Note: Carried from HS codes of us-2024" in capsys.readouterr().out
    assert main(["run", str(out / "scenario.toml"), "--out", str(tmp_path / "again")]) == 0
    for name in ("economies.csv", "lines.csv"):
        assert (out / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
