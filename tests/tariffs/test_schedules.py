"""Schedules: rates by line that a rule brings along."""

import numpy as np
import pytest
from policies import FILES, new_rates, schedule

from calc.datasets.codes import members_of
from calc.datasets.dataset import read_dataset
from calc.errors import ScenarioError
from calc.tariffs.policy import apply_rules
from calc.tariffs.rules import Rule


@pytest.fixture
def dataset(make_folder):
    return read_dataset(make_folder(FILES))


def test_a_schedule_sets_or_adds_its_rates(dataset):
    table = schedule("importer,exporter,product,tariff_pct\nUSA,CHN,,34\nUSA,MEX,8703,5\n")
    expected = {"USA CHN 010121": 34, "USA CHN 850511": 34, "USA MEX 870323": 5}
    assert new_rates(dataset, Rule(action="set", schedule=table)) == expected
    expected = {"USA CHN 010121": 59, "USA CHN 850511": 84, "USA MEX 870323": 7.5}
    assert new_rates(dataset, Rule(action="add", schedule=table)) == expected


def test_a_group_in_a_schedule_stands_for_members_without_a_row_of_their_own(us_2024):
    text = "importer,exporter,product,tariff_pct\nUSA,DEU,,7\nUSA,EU27,,20\nUSA,EU27,22,30\n"
    policy = apply_rules((Rule(action="set", schedule=schedule(text)),), us_2024)
    flows = us_2024.flows
    exporter, wine = flows.economies[flows.exporter], flows.products[flows.product].str.startswith("22")
    assert set(policy.tariff_new[(exporter == "DEU") & ~wine]) == {0.07}
    assert set(policy.tariff_new[(exporter == "FRA") & ~wine]) == {0.2}
    assert set(policy.tariff_new[np.isin(exporter, ["DEU", "FRA"]) & wine]) == {0.3}
    assert (policy.tariff_new[exporter == "CHE"] == flows.tariff_rate[exporter == "CHE"]).all()


def test_a_rule_for_the_union_reaches_its_27_members(us_2024):
    flows = us_2024.flows
    policy = apply_rules((Rule(exporters=("EU27",), value_pct=10),), us_2024)
    reached = flows.economies[np.unique(flows.exporter[policy.targeted])]
    assert set(reached) == members_of("EU27")


def test_economies_of_a_schedule_without_trade_in_the_data_are_named_in_a_note(dataset):
    text = "importer,exporter,product,tariff_pct\nUSA,CHN,,34\nUSA,LAO,,48\n"
    policy = apply_rules((Rule(action="set", schedule=schedule(text)),), dataset)
    assert any("rates.csv: rows for economies without trade" in note and "1 (LAO)" in note for note in policy.notes)


@pytest.mark.slow
def test_a_member_of_a_group_that_the_data_have_as_one_is_refused_in_a_schedule():
    data = read_dataset("us-2024-hs10")
    text = "importer,exporter,product,tariff_pct\nUSA,DEU,,34\nUSA,CHN,,34\n"
    with pytest.raises(ScenarioError, match=r"names the exporter 'DEU'.*is in 'EU27' here"):
        apply_rules((Rule(action="set", schedule=schedule(text)),), data)


def test_the_most_specific_row_of_a_schedule_wins(dataset):
    text = """\
importer,exporter,product,tariff_pct
USA,CHN,8505,4
,,,1
USA,CHN,,3
USA,,,2
USA,CHN,85,3.5
"""
    expected = {
        "USA CHN 010121": 3,
        "USA CHN 850511": 4,
        "USA MEX 010121": 2,
        "USA MEX 870323": 2,
        "CHN USA 850511": 1,
        "CHN USA 870323": 1,
        "MEX USA 870323": 1,
    }
    assert new_rates(dataset, Rule(action="set", schedule=schedule(text))) == expected


def test_in_a_schedule_the_product_counts_before_the_partners_as_in_elasticities(dataset):
    text = "importer,exporter,product,tariff_pct\nUSA,,850511,9\nUSA,CHN,,3\n"
    rates = new_rates(dataset, Rule(action="set", schedule=schedule(text)))
    assert (rates["USA CHN 850511"], rates["USA CHN 010121"]) == (9, 3)


def test_a_schedule_reaches_only_what_its_rule_selects(dataset):
    table = schedule("importer,exporter,product,tariff_pct\nUSA,,,30\n")
    rule = Rule(action="set", schedule=table, exporters=("CHN",), except_products=("85",))
    assert new_rates(dataset, rule) == {"USA CHN 010121": 30}


def test_a_schedule_blends_with_coverage(dataset):
    # 40% of cars are on the list: 0.6·2.5 + 0.4·30
    table = schedule("importer,exporter,product,tariff_pct\nUSA,MEX,,30\n")
    rule = Rule(action="set", schedule=table, products=("list:strategic",))
    assert new_rates(dataset, rule) == {"USA MEX 870323": 13.5}


def test_lines_that_a_schedule_does_not_name_are_not_said_to_stand_at_the_new_rate(dataset):
    table = schedule("importer,exporter,product,tariff_pct\nUSA,CHN,01,25\nUSA,CHN,85,34\n")
    policy = apply_rules((Rule(action="set", schedule=table),), dataset)
    assert policy.notes == ("Rule 1: 1 of 2 lines keep the rate they had.",)


def test_a_schedule_that_names_no_line_is_an_error(dataset):
    table = schedule("importer,exporter,product,tariff_pct\nUSA,CHN,99,34\n")
    with pytest.raises(ScenarioError, match=r"Rule 1 .*matches no trade in .*rates\.csv"):
        apply_rules((Rule(action="set", schedule=table, label="surtax"),), dataset)


def test_an_unknown_economy_in_a_schedule_is_named_with_a_suggestion(dataset):
    table = schedule("importer,exporter,product,tariff_pct\nUSA,CNH,,34\n")
    with pytest.raises(ScenarioError, match=r"rates\.csv names the exporter 'CNH', .*did you mean 'CHN'"):
        apply_rules((Rule(action="set", schedule=table),), dataset)


# Export taxes and ceilings
