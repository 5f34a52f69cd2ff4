"""What is not collected is taken off a change of tariffs, by partner and sector, and off nothing else."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from calc.assumptions import Assumptions
from calc.datasets.dataset import data_dir, read_dataset
from calc.errors import DataError, ScenarioError
from calc.question import assumptions_of, point_answer, question
from calc.scenario import Scenario
from calc.tariffs.collection import (
    SECTORS,
    SHARES,
    as_collected,
    built_in_uncollected,
    has_us_lines,
    read_uncollected,
    uncollected_shares,
)
from calc.tariffs.policy import apply_rules
from calc.tariffs.rules import Rule

DATASET = read_dataset("us-2024")
EVERYBODY = apply_rules((Rule(importer=("USA",), value_pct=10.0),), DATASET)


def line(exporter, product):
    flows = DATASET.flows
    wanted = (flows.economies.get_loc(exporter), flows.products.get_loc(product))
    found = np.flatnonzero((flows.exporter == wanted[0]) & (flows.product == wanted[1]))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("exporter", "product", "group", "sector"),
    [
        ("CHN", "850440", "china", "eeq"),
        ("CAN", "870323", "canada", "mvh"),
        ("DEU", "300490", "eu", "bph"),
        ("KOR", "870323", "korea", "mvh"),
        ("HKG", "711319", "row", "omf"),  # as the estimate has it: not with China
        ("VNM", "640399", "row", "lea"),
    ],
)
def test_a_line_has_the_share_of_its_partner_and_its_sector(exporter, product, group, sector):
    share = uncollected_shares(DATASET)[line(exporter, product)]
    assert share == built_in_uncollected().share.loc[group, sector]
    assert share != 0


def test_ten_points_are_collected_less_the_share_on_top_of_the_base_rate():
    collected = as_collected(EVERYBODY, DATASET)
    where = line("DEU", "300490")  # 10 points less 86% or so
    left = 1 - built_in_uncollected().share.loc["eu", "bph"]
    base = DATASET.flows.tariff_rate[where]
    assert collected.tariff_new[where] == pytest.approx(base + 0.1 * left, rel=1e-14)
    assert 0 < left < 0.5


def test_what_does_not_change_and_what_has_no_estimate_is_as_before():
    rule = Rule(importer=("USA",), exporters=("CHN",), value_pct=10.0)
    policy = apply_rules((rule,), DATASET)
    collected = as_collected(policy, DATASET)
    assert (collected.tariff_new == policy.tariff_new)[~policy.targeted].all()
    goods_returned = line("CHN", "980100")
    assert collected.tariff_new[goods_returned] == policy.tariff_new[goods_returned]
    assert (collected.targeted == policy.targeted).all()


def test_the_note_says_how_much_is_not_collected_in_all():
    collected = as_collected(EVERYBODY, DATASET)
    value, base = DATASET.flows.import_value, DATASET.flows.tariff_rate
    left = 1 - float(value @ (collected.tariff_new - base)) / float(value @ (EVERYBODY.tariff_new - base))
    assert collected.notes[-1].startswith(f"{100 * left:.1f}% of the change of duty is not collected")
    nothing = replace(EVERYBODY, tariff_new=base)
    assert as_collected(nothing, DATASET).notes == nothing.notes


def test_data_of_others_have_no_shares():
    china = read_dataset("china-2017")
    assert not has_us_lines(china)
    assert has_us_lines(DATASET)
    rule = Rule(importer=("CHN",), value_pct=10.0)
    with pytest.raises(ScenarioError, match=r"china-2017 has none\. Leave it out"):
        as_collected(apply_rules((rule,), china), china)


@pytest.mark.slow
def test_data_by_sector_have_no_shares_and_lines_of_ten_digits_have():
    assert not has_us_lines(read_dataset("world-2023"))
    fine = read_dataset("us-2024-hs10")
    assert has_us_lines(fine)
    assert uncollected_shares(fine).any()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (SHARES, "canada,b_t,0.44", "canada,b_t,1.44", r"uncollected-shares\.csv, line 2.*share of 1 or less"),
        (SHARES, "canada,b_t", "canadia,b_t", "canadia.*is not one of china"),
        (SHARES, "canada,bph", "canada,b_t", "is there twice"),
        (SECTORS, "010121,ctl", "10121,ctl", r"gtap-sectors\.csv, line 2.*six digits"),
        (SECTORS, "product,", "hs,", "column is missing"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused(tmp_path, file, old, new, said):
    for name in (SHARES, SECTORS):
        text = (data_dir() / "tariff-actions" / name).read_text()
        assert name != file or old in text
        (tmp_path / name).write_text(text.replace(old, new, 1) if name == file else text)
    with pytest.raises(DataError, match=said):
        read_uncollected(tmp_path)


def test_the_law_of_a_day_is_collected_to_nine_tenths_or_so():
    scenario = Scenario(baseline=date(2025, 1, 1), law_day=date(2026, 7, 24))
    asked = question(scenario, DATASET)
    collected = as_collected(asked.policy, asked.dataset)
    value, base = DATASET.flows.import_value, asked.dataset.flows.tariff_rate
    left = float(value @ (collected.tariff_new - base)) / float(value @ (asked.policy.tariff_new - base))
    assert 0.85 < left < 0.95


def test_a_scenario_that_leaves_out_what_is_not_collected_says_so_and_raises_less():
    scenario = Scenario(rules=(Rule(importer=("USA",), value_pct=10.0),))
    less = replace(scenario, assumptions=Assumptions(collection="by_partner_and_sector"))
    whole, collected = point_answer(scenario, DATASET), point_answer(less, DATASET)
    assert collected.value("tariff_revenue_change") < whole.value("tariff_revenue_change")
    assert collected.parameters["collection"] == "by_partner_and_sector"
    assert any("is not collected" in note.text for note in collected.notes)
    assert {"tariff-actions/uncollected-shares.csv", "tariff-actions/gtap-sectors.csv"} <= set(collected.inputs.sha256)
    assert not any("uncollected" in name for name in whole.inputs.sha256)
    in_full = replace(scenario, assumptions=Assumptions(collection="full"))
    assert point_answer(in_full, DATASET).summary.equals(whole.summary)


def test_only_data_with_us_lines_offer_the_choice():
    assert "collection" in [row.key for row in assumptions_of("armington", DATASET)]
    assert "collection" not in [row.key for row in assumptions_of("armington", read_dataset("china-2017"))]
