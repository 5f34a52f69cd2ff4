"""The rules of a scenario, in order, on a small dataset."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from policies import BASE, FILES, by_line, new_rates

from calc.datasets.dataset import read_dataset
from calc.errors import ScenarioError
from calc.tariffs.policy import STEPS, apply_rules
from calc.tariffs.rules import (
    INSTRUMENTS,
    Rule,
    Schedule,
    line_coverage,
    place,
)

RATES = Schedule(name="rates.csv", content=b"", table=pd.DataFrame())


@pytest.fixture
def dataset(make_folder):
    return read_dataset(make_folder(FILES))


# Rules on a dataset


def test_no_rules_leave_every_rate_at_its_base(dataset):
    policy = apply_rules((), dataset)
    assert by_line(100 * policy.tariff_new, dataset) == pytest.approx(BASE)
    assert not policy.targeted.any()
    assert (policy.export_tax == 0).all()
    assert np.isinf(policy.export_ceiling).all()
    assert policy.notes == ()


def test_a_rule_changes_its_lines_and_no_other(dataset):
    rule = Rule(importer=("USA",), exporters=("CHN",), products=("85",), value_pct=100)
    assert new_rates(dataset, rule) == {"USA CHN 850511": 150}
    targeted = by_line(apply_rules((rule,), dataset).targeted, dataset)
    assert [key for key, hit in targeted.items() if hit] == ["USA CHN 850511"]


def test_rules_apply_in_order(dataset):
    usa_china = {"importer": ("USA",), "exporters": ("CHN",)}
    add, double = Rule(**usa_china, value_pct=10), Rule(**usa_china, action="multiply", value_pct=200)
    assert new_rates(dataset, add, double) == {"USA CHN 010121": 70, "USA CHN 850511": 120}
    assert new_rates(dataset, double, add) == {"USA CHN 010121": 60, "USA CHN 850511": 110}


def test_own_sales_are_never_covered(dataset):
    everything = Rule(action="set", value_pct=30)
    assert new_rates(dataset, everything) == {key: 30 for key in BASE if key != "USA USA 870323"}
    with pytest.raises(ScenarioError, match="matches no trade"):
        apply_rules((Rule(importer=("USA",), exporters=("USA",), value_pct=10),), dataset)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"products": ("01",)}, {"010121"}),
        ({"products": ("0101", "870323")}, {"010121", "870323"}),
        ({"products": ("list:strategic",)}, {"850511", "870323"}),
        ({"products": ("end_use:capital",)}, {"010121"}),
        ({"products": ("hs2:85",)}, {"850511"}),
        ({"except_products": ("hs2:85",)}, {"010121", "870323"}),
        ({"products": ("01", "85"), "except_products": ("0101",)}, {"850511"}),
    ],
)
def test_products_are_selected_by_prefix_list_and_column(dataset, selection, expected):
    covered = by_line(line_coverage(Rule(**selection, value_pct=1), dataset, "Rule 1"), dataset)
    assert {key[-6:] for key, share in covered.items() if share > 0} == expected


def test_a_prefix_needs_its_leading_zero(dataset):
    with pytest.raises(ScenarioError, match=r"no product of .* matches '1'.*leading zeros"):
        line_coverage(Rule(products=("1",)), dataset, "Rule 1")


def test_a_rule_for_all_partners_but_some_leaves_these_alone(dataset):
    everyone = Rule(importer=("USA",), value_pct=10)
    but_mexico = Rule(importer=("USA",), except_exporters=("MEX",), value_pct=10)
    china_only = Rule(importer=("USA",), exporters=("CHN",), value_pct=10)
    assert new_rates(dataset, but_mexico) == new_rates(dataset, china_only) != new_rates(dataset, everyone)
    with pytest.raises(ScenarioError, match="no covered flow from anyone but CHN, MEX to USA"):
        line_coverage(Rule(importer=("USA",), except_exporters=("CHN", "MEX")), dataset, "Rule 1")


def test_a_list_covers_part_of_a_product_and_an_exception_the_rest(dataset):
    # 40% of cars are on the list: 2.5 + 0.4·20 = 10.5 with it, 2.5 + 0.6·20 = 14.5 with the exception
    usa_mexico = {"importer": ("USA",), "exporters": ("MEX",), "value_pct": 20}
    assert new_rates(dataset, Rule(**usa_mexico, products=("list:strategic",))) == {"USA MEX 870323": 10.5}
    rule = Rule(**usa_mexico, except_products=("list:strategic",))
    assert new_rates(dataset, rule) == {"USA MEX 010121": 20, "USA MEX 870323": 14.5}


def test_a_list_less_another_that_overlaps_it_covers_the_product_of_their_shares(make_folder):
    # 40% of cars are on one list and 30% on the other: 0.4·(1 − 0.3) = 0.28 are on the first alone
    other = {"product-lists/exempt.csv": "product,coverage_pct\n870323,30\n"}
    dataset = read_dataset(make_folder({**FILES, **other}))
    rule = Rule(products=("list:strategic",), except_products=("list:exempt",), exporters=("MEX",))
    covered = by_line(line_coverage(rule, dataset, "Rule 1"), dataset)
    assert covered["USA MEX 870323"] == pytest.approx(0.28, rel=1e-12)


def test_the_largest_coverage_counts_where_several_selectors_meet(dataset):
    rule = Rule(exporters=("MEX",), products=("list:strategic", "8703"), value_pct=20)
    assert new_rates(dataset, rule) == {"USA MEX 870323": 22.5}


def test_a_partly_covered_prefix_of_a_list_speaks_of_its_own_code_alone(make_folder):
    lists = "product,coverage_pct\n8505,40\n87,100\n870323,0\n"
    dataset = read_dataset(
        make_folder({**FILES, "product-lists/strategic.csv": lists, "product-lists/x.csv": "product\n01\n"})
    )
    with pytest.raises(ScenarioError, match=r"no product of .* matches 'list:strategic'"):
        line_coverage(Rule(products=("list:strategic",)), dataset, "Rule 1")
    assert set(by_line(line_coverage(Rule(products=("list:x",)), dataset, "Rule 1"), dataset).values()) == {0, 1}


@pytest.mark.parametrize(
    ("importer", "exporters", "expected"),
    [
        (("CHN",), (), {"CHN USA"}),
        ((), ("USA",), {"CHN USA", "MEX USA"}),
        (("USMCA",), (), {"USA CHN", "USA MEX", "MEX USA"}),
        (("USA",), ("BRICS", "MEX"), {"USA CHN", "USA MEX"}),
        (("G7",), ("USMCA",), {"USA MEX"}),
    ],
)
def test_economies_are_selected_by_code_and_group(dataset, importer, exporters, expected):
    rule = Rule(importer=importer, exporters=exporters)
    covered = by_line(line_coverage(rule, dataset, "Rule 1"), dataset)
    assert {key[:7] for key, share in covered.items() if share > 0} == expected


def test_without_groups_codes_still_select(make_folder):
    dataset = read_dataset(make_folder({**FILES, "countries.csv": None}))
    assert new_rates(dataset, Rule(exporters=("CHN",), products=("85",), value_pct=10)) == {"USA CHN 850511": 60}
    with pytest.raises(ScenarioError, match="no economy or group 'BRICS'"):
        apply_rules((Rule(exporters=("BRICS",), value_pct=10),), dataset)


def test_empty_groups_of_a_parquet_file_are_no_group(make_folder):
    countries = pd.DataFrame({"economy": ["CHN", "MEX", "USA"], "groups": ["BRICS", None, None]})
    dataset = read_dataset(make_folder({**FILES, "countries.csv": None, "countries.parquet": countries}))
    assert new_rates(dataset, Rule(exporters=("BRICS",), products=("85",), value_pct=10)) == {"USA CHN 850511": 60}


# Reciprocal rules


def test_a_reciprocal_rule_matches_what_the_partner_imposed(dataset):
    # the US adds 20 points on China; China's lines to the US rise by 20 where the US buys the same product from it
    attack = Rule(importer=("USA",), exporters=("CHN",), value_pct=20)
    answer = Rule(importer=("CHN",), exporters=("USA",), action="reciprocal", value_pct=100)
    attacked = {"USA CHN 010121": 45, "USA CHN 850511": 70}
    assert new_rates(dataset, attack, answer) == {**attacked, "CHN USA 850511": 25}
    half = Rule(importer=("CHN",), exporters=("USA",), action="reciprocal", value_pct=50)
    assert new_rates(dataset, attack, half) == {**attacked, "CHN USA 850511": 15}


def test_a_reciprocal_rule_matches_only_rules_above_it(dataset):
    attack = Rule(importer=("USA",), exporters=("CHN",), value_pct=20)
    answer = Rule(importer=("CHN",), exporters=("USA",), action="reciprocal", value_pct=100)
    assert new_rates(dataset, answer, attack) == {"USA CHN 010121": 45, "USA CHN 850511": 70}


def test_a_reciprocal_rule_matches_the_change_of_the_rate_and_not_the_rate(dataset):
    # the US cuts magnets from 50 to 10: China's 5 becomes −35 with a subsidy, and 0 without
    cut = Rule(importer=("USA",), exporters=("CHN",), products=("85",), action="set", value_pct=10)
    answer = Rule(importer=("CHN",), exporters=("USA",), action="reciprocal", value_pct=100, allow_subsidy=True)
    assert new_rates(dataset, cut, answer) == {"USA CHN 850511": 10, "CHN USA 850511": -35}
    assert new_rates(dataset, cut, replace(answer, allow_subsidy=False)) == {"USA CHN 850511": 10, "CHN USA 850511": 0}


def test_everyone_retaliates_at_once(dataset):
    # an answer of all importers uses the rates above the rule: the US does not answer China's answer to itself
    attack = Rule(importer=("USA",), exporters=("CHN", "MEX"), value_pct=20)
    answer = Rule(action="reciprocal", value_pct=100)
    expected = {
        "USA CHN 010121": 45,
        "USA CHN 850511": 70,
        "USA MEX 010121": 20,
        "USA MEX 870323": 22.5,
        "CHN USA 850511": 25,
        "MEX USA 870323": 20,
    }
    assert new_rates(dataset, attack, answer) == expected


# Schedules


def test_export_taxes_add_up_and_leave_tariffs_alone(dataset):
    tax = Rule(exporters=("CHN",), instrument="export_tax", value_pct=10)
    policy = apply_rules((tax, tax), dataset)
    taxes = {key: rate for key, rate in by_line(policy.export_tax, dataset).items() if rate}
    assert taxes == pytest.approx({"USA CHN 010121": 0.2, "USA CHN 850511": 0.2})
    assert (policy.tariff_new == dataset.flows.tariff_rate).all()
    assert policy.targeted.sum() == 2


def test_a_ceiling_leaves_part_of_the_base_volume_and_the_tightest_counts(dataset):
    half = Rule(exporters=("CHN",), products=("85",), instrument="export_volume", value_pct=-50)
    looser = Rule(exporters=("CHN",), instrument="export_volume", value_pct=-20)
    policy = apply_rules((half, looser), dataset)
    ceilings = {key: k for key, k in by_line(policy.export_ceiling, dataset).items() if np.isfinite(k)}
    assert ceilings == pytest.approx({"USA CHN 010121": 0.8, "USA CHN 850511": 0.5})
    assert by_line(policy.ceiling_rule, dataset)["USA CHN 850511"] == 1
    assert by_line(policy.ceiling_rule, dataset)["USA CHN 010121"] == 2
    assert by_line(policy.ceiling_rule, dataset)["USA MEX 010121"] == -1


def test_a_ceiling_on_part_of_a_product_cuts_that_part(dataset):
    # 40% of cars cut by half: 0.6 + 0.4·0.5
    rule = Rule(exporters=("MEX",), products=("list:strategic",), instrument="export_volume", value_pct=-50)
    assert by_line(apply_rules((rule,), dataset).export_ceiling, dataset)["USA MEX 870323"] == pytest.approx(0.8)


@pytest.mark.parametrize("value", [0, 25])
def test_a_ceiling_at_or_above_the_base_never_binds_and_says_so(dataset, value):
    policy = apply_rules((Rule(exporters=("CHN",), instrument="export_volume", value_pct=value),), dataset)
    assert np.isinf(policy.export_ceiling).all()
    assert not policy.targeted.any()
    assert policy.notes == (f"Rule 1: an export volume of +{value}% never binds.",)


# Nothing below zero, unless it is asked for


def test_more_than_the_duty_that_there_is_takes_it_to_zero_and_says_where(dataset):
    policy = apply_rules((Rule(importer=("USA",), value_pct=-25),), dataset)
    rates = by_line(100 * policy.tariff_new, dataset)
    assert rates["USA CHN 010121"] == 0
    assert rates["USA CHN 850511"] == pytest.approx(25)
    assert rates["USA MEX 870323"] == 0
    # horses from Mexico were free, 50 of 650; cars from Mexico paid 2.5
    assert policy.floors == (
        "Rule 1: 1 line was already duty-free (7.7% of the trade that it covers), and 1 had less duty than it takes "
        "off; their tariff is 0. A subsidy is paid only on request (allow_subsidy).",
    )


def test_a_subsidy_is_paid_where_a_rule_asks_for_it(dataset):
    policy = apply_rules((Rule(importer=("USA",), value_pct=-25, allow_subsidy=True),), dataset)
    assert by_line(100 * policy.tariff_new, dataset)["USA MEX 010121"] == pytest.approx(-25)
    assert policy.notes == policy.floors == ()


# Refusals


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(importer=("USB",)), r"has no economy or group 'USB' \(did you mean 'USA'\?\)"),
        (Rule(exporters=("BRIC",)), r"has no economy or group 'BRIC' \(did you mean 'BRICS'\?\)"),
        (Rule(products=("8506",)), r"no product of .* matches '8506'"),
        (Rule(products=("870324",)), r"matches '870324' \(did you mean '870323'\?\)"),
        (Rule(except_products=("99",)), r"no product of .* matches '99'"),
        (Rule(products=("list:strategy",)), r"there is no product list 'strategy'\. Known lists: .*strategic"),
        (Rule(products=("use:capital",)), r"have no column 'use'; they have .*end_use"),
        (Rule(products=("end_use:luxury",)), r"matches 'end_use:luxury'"),
        (Rule(importer=("CHN",), exporters=("MEX",)), r"matches no trade in .* no covered flow from MEX to CHN"),
        (Rule(exporters=("MEX",), products=("85",)), r"no covered flow from MEX to anyone in products 85"),
        (
            Rule(action="set", value_pct=-100, allow_subsidy=True),
            r"brings a rate to −100\.0%.*keep every rate above −100%",
        ),
        (Rule(value_pct=-150, allow_subsidy=True), r"brings a rate to −149\.0%"),  # 0, and 1 by rule 1
        (Rule(action="set", value_pct=-10), r"brings a rate to −10\.0%, which pays buyers to import"),
        (Rule(instrument="export_tax", value_pct=-100), r"brings a rate to −100\.0%"),
        (Rule(instrument="export_volume", value_pct=-100), r"exports cannot be cut by 100%.*Give a cut below 100%"),
        (Rule(instrument="export_volume", value_pct=-250), r"exports cannot be cut by 250%"),
    ],
)
def test_a_rule_that_cannot_be_carried_out_is_refused_with_its_place(dataset, rule, words):
    with pytest.raises(ScenarioError, match=r"^Rule 2.*" + words):
        apply_rules((Rule(value_pct=1), rule), dataset)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"action": "raise"}, r"unknown action 'raise'"),
        ({"action": "ad"}, r"unknown action 'ad' \(did you mean 'add'\?\)"),
        ({"instrument": "tarif"}, r"unknown instrument 'tarif' \(did you mean 'tariff'\?\)"),
        ({"instrument": "export_tax", "action": "reciprocal"}, "an export_tax rule takes action add or set"),
        ({"instrument": "export_tax", "authority": ("s232",)}, "a legal authority is part of a tariff"),
        ({"action": "reciprocal", "authority": ("s232",)}, "a legal authority is part of a tariff"),
        ({"value_pct": 1e9}, r"1e\+09 is beyond 1,000,000 points"),
        ({"value_pct": float("nan")}, "value_pct must be a number"),
        ({"value_pct": "10"}, "value_pct must be a number"),
        ({"exporters": ["CHN"]}, "exporters must be a list of texts"),
        ({"products": (85,)}, "products must be a list of texts"),
        ({"schedule": RATES, "value_pct": 5}, "a schedule or a value_pct, not both"),
        ({"schedule": RATES, "action": "reciprocal"}, "a schedule states tariffs"),
    ],
    ids=str,
)
def test_a_rule_is_checked_when_it_is_made(values, words):
    with pytest.raises(ScenarioError, match=words):
        Rule(**values)


def test_the_place_of_a_rule_names_label_and_line():
    assert place(Rule(), 3) == "Rule 3"
    assert place(Rule(label="surtax", line=14), 2) == 'Rule 2 ("surtax", line 14)'


def test_every_instrument_of_a_rule_has_a_step_and_no_step_stands_without_one():
    assert tuple(STEPS) == INSTRUMENTS
