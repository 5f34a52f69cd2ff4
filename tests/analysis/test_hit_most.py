"""The goods hit most: those of the markets that a rule touches, by what buyers lose or by price."""

import numpy as np
import pytest

from calc.analysis.hit_most import WORTH_COUNTING, has_groups, hit_most
from calc.analysis.perspective import of_importer
from calc.datasets.dataset import read_dataset
from calc.simulation import run


def test_groups_add_up_their_markets_and_have_plain_names(run_preset, us_2024):
    result = run_preset("truce_lapses")
    table = hit_most(result, us_2024, level="group").set_index("code")
    assert list(table["name"].head(3)) == ["Telephones", "Computers", "Batteries"]
    markets = result.markets[result.markets["product"].astype(str).str.startswith("8507")]
    row = table.loc["8507"]
    assert row["consumer_surplus_change"] == pytest.approx(markets["consumer_surplus_change"].sum())
    weighted = np.average(markets["composite_price_change"], weights=markets["expenditure_base"])
    assert row["composite_price_change"] == pytest.approx(weighted)


def test_products_are_ranked_by_what_buyers_lose_or_by_price_of_goods_that_count(run_preset, us_2024):
    result = run_preset("truce_lapses")
    by_value, by_price = (hit_most(result, us_2024, by=by) for by in ("value", "price"))
    assert len(by_value) == len(by_price) == 10
    assert by_value["consumer_surplus_change"].is_monotonic_increasing
    assert by_price["composite_price_change"].is_monotonic_decreasing
    assert list(by_value["name"].iloc[[0, 5]]) == ["Phones", "Telephones (851762)"]
    assert (by_price["expenditure_base"] >= WORTH_COUNTING * result.markets["expenditure_base"].sum()).all()
    assert result.markets["consumer_surplus_change"].min() == by_value["consumer_surplus_change"].iloc[0]


def test_goods_that_no_rule_touches_are_left_out(run_preset, us_2024):
    assert hit_most(run_preset("no_change"), us_2024).empty


def test_industries_have_their_short_names_and_groups():
    world = read_dataset("world-2023")
    result = of_importer(run("tit_for_tat", draws=0), "USA")
    assert has_groups(world)
    assert hit_most(result, world)["name"].iloc[0] == "Electrical and optical equipment"
    assert set(hit_most(result, world, level="group")["name"]) == {"Manufacturing", "Agriculture", "Mining"}


def test_data_without_words_keep_their_codes(small):
    result = run("universal_10", small, draws=0)
    assert set(hit_most(result, small)["code"]) == {"010121", "850511", "870323"}
