"""Consumer prices: their parts add up, the assumptions scale them, the shares are what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.analysis.households.commodities import CommodityPrices
from calc.analysis.households.consumer_prices import (
    PARITY,
    consumer_prices,
    consumption_shares,
    pass_on_factor,
    prices_of,
)
from calc.analysis.households.us_accounts import read_accounts
from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError, ScenarioError
from calc.question import point_answer
from calc.scenario import Scenario
from calc.scenario_file import read_scenario

ACCOUNTS = read_accounts()
SCENARIO = read_scenario("universal_10")
DATASET = read_dataset(SCENARIO.dataset)
RESULT = point_answer(SCENARIO, DATASET)
GOODS = ACCOUNTS.commodities["bea_code"].str.startswith(("1", "21", "3")).to_numpy()


def prices_at(change, **assumptions):
    return prices_of(CommodityPrices(change=change, uncovered_value=0.0, import_value=1.0), ACCOUNTS, **assumptions)


def rates(seed):
    return np.where(GOODS, np.random.default_rng(seed).uniform(-0.1, 1, len(GOODS)), 0.0)


@given(seed=st.integers(0, 10_000))
def test_direct_and_supply_chain_add_up_to_the_change(seed):
    table = prices_at(rates(seed)).categories
    parts = table["direct_change"] + table["supply_chain_change"]
    np.testing.assert_allclose(table["price_change"], parts, rtol=0, atol=1e-16)


@given(seed=st.integers(0, 10_000))
def test_major_categories_weigh_up_to_the_total(seed):
    prices = prices_at(rates(seed))
    major = prices.by_major_category()
    assert len(major) == 20
    assert major["consumption_share"].sum() == pytest.approx(1)
    assert (major["consumption_share"] * major["price_change"]).sum() == pytest.approx(prices.total, abs=1e-15)


@given(passthrough=st.floats(0, 2), pricing=st.floats(0, 1), offset=st.floats(0, 1))
def test_the_assumptions_multiply_every_price(passthrough, pricing, offset):
    plain = prices_at(rates(1))
    scaled = prices_at(rates(1), factor=pass_on_factor(passthrough, pricing, offset))
    factor = passthrough * (1 + pricing - offset)
    assert scaled.total == pytest.approx(factor * plain.total, abs=1e-15)
    assert scaled.core == pytest.approx(factor * plain.core, abs=1e-15)
    assert scaled.high_end == pytest.approx(factor * plain.high_end, abs=1e-15)


def test_no_change_leaves_every_price():
    prices = consumer_prices(point_answer(Scenario(), DATASET), ACCOUNTS)
    assert not prices.categories["price_change"].any()
    assert prices.total == prices.core == prices.core_goods == prices.high_end == 0


def test_core_goods_get_dearer_by_more_than_the_core_and_the_total():
    prices = consumer_prices(RESULT, ACCOUNTS)
    assert prices.core_goods > prices.total > prices.core > 0
    assert prices.high_end > prices.total


def test_the_parity_setting_is_named_and_never_the_default():
    assert pass_on_factor(1.0, **PARITY) == pytest.approx(1.326)
    assert consumer_prices(RESULT, ACCOUNTS).factor == 1


def test_net_foreign_travel_weighs_negative_and_shares_sum_to_one():
    share = consumption_shares(ACCOUNTS)
    assert share.sum() == pytest.approx(1)
    assert consumption_shares(ACCOUNTS, "2024").sum() == pytest.approx(1)
    travel = ACCOUNTS.categories["major_category"] == "Net foreign travel"
    assert share[travel].sum() < 0


@pytest.mark.parametrize(
    ("assumption", "words"),
    [
        ({"passthrough": -0.1}, "passthrough is a fraction, 0 or above"),
        ({"domestic_pricing": float("nan")}, "domestic_pricing is a fraction"),
        ({"dollar_offset": 1.5}, "dollar_offset is a fraction from 0 to 1"),
        ({"weights": "2020"}, "2017 or 2024"),
    ],
)
def test_an_assumption_out_of_its_range_is_refused(assumption, words):
    with pytest.raises(ParameterError, match=words):
        consumer_prices(RESULT, ACCOUNTS, **assumption)


def test_an_unknown_mark_up_is_refused():
    with pytest.raises(ScenarioError, match="no mark-up"):
        consumer_prices(RESULT, ACCOUNTS, markup="percent")
