"""What dearer consumption costs: by hand for two deciles, by decile, and for one's own basket."""

import numpy as np
import pytest

from calc.analysis.households.commodities import CommodityPrices
from calc.analysis.households.consumer_prices import prices_of
from calc.analysis.households.cost import cost_by_decile, cost_of, own_cost
from calc.analysis.households.us_accounts import read_accounts
from calc.errors import ParameterError

ACCOUNTS = read_accounts()
GOODS = ACCOUNTS.commodities["bea_code"].str.startswith(("1", "21", "3")).to_numpy()
PRICES = prices_of(CommodityPrices(change=0.1 * GOODS, uncovered_value=0.0, import_value=1.0), ACCOUNTS)
STILL = prices_of(CommodityPrices(change=0.0 * GOODS, uncovered_value=0.0, import_value=1.0), ACCOUNTS)


def test_two_households_by_hand():
    # 1% dearer; the poor spend 2 of each dollar of income, the rich half: 1% × 2 × 10,000 and 1% × 0.5 × 90,000
    cost = cost_of(0.01, np.array([1.0, 1.0]), np.array([2.0, 0.5]), np.array([10_000.0, 90_000.0]))
    assert cost.deciles["household_cost"].tolist() == pytest.approx([200, 450])
    assert cost.deciles["cost_share_of_income"].tolist() == pytest.approx([0.02, 0.005])
    assert cost.mean_cost == pytest.approx(325)
    assert cost.share_of_income == pytest.approx(650 / 100_000)
    assert cost.quintiles["household_cost"].tolist() == pytest.approx([325])


def test_deciles_stand_in_the_order_of_income_and_the_burden_falls_with_it():
    cost = cost_by_decile(PRICES, ACCOUNTS)
    assert len(cost.deciles) == 10
    assert cost.deciles["income"].is_monotonic_increasing
    share = cost.deciles["cost_share_of_income"]
    assert share.iloc[0] > 2 * share.iloc[-1] > 0


def test_one_per_cent_costs_a_household_1354_dollars():
    cost = cost_by_decile(PRICES, ACCOUNTS)
    assert cost.mean_cost / (100 * PRICES.total) == pytest.approx(1354.37, abs=0.005)


@pytest.mark.parametrize("basket", ["published", "computed"])
def test_where_nothing_gets_dearer_nobody_pays(basket):
    cost = cost_by_decile(STILL, ACCOUNTS, basket=basket)
    assert not cost.deciles["household_cost"].any()
    assert cost.mean_cost == cost.share_of_income == 0


def test_computed_baskets_move_the_slope_but_the_burden_still_falls_with_income():
    cost = cost_by_decile(PRICES, ACCOUNTS, basket="computed")
    share = cost.deciles["cost_share_of_income"]
    assert share.iloc[0] > 2 * share.iloc[-1]
    with pytest.raises(ParameterError, match="published or computed"):
        cost_by_decile(PRICES, ACCOUNTS, basket="own")


def test_the_mean_basket_as_ones_own_costs_what_all_consumption_does():
    major = PRICES.by_major_category().set_index("major_category")
    bought = major["consumption_share"].clip(lower=0)
    own = own_cost(PRICES, (50_000 * bought).to_dict())
    expected = 50_000 * float((bought * major["price_change"]).sum())
    assert own.cost == pytest.approx(expected)
    assert own.price_change == pytest.approx(PRICES.total, rel=0.02)  # without net foreign travel


def test_clothes_alone_cost_what_clothes_rise_by():
    own = own_cost(PRICES, {"Clothing and footwear": 2000.0})
    assert own.cost == pytest.approx(2000 * 0.0306007, rel=1e-5)


@pytest.mark.parametrize(
    ("spending", "words"),
    [
        ({"Clothes and footwear": 1.0}, "Clothing and footwear"),
        ({"Housing": -1.0}, "Spending on Housing is US\\$ a year, 0 or above"),
        ({}, "at least one category"),
    ],
)
def test_spending_that_cannot_be_is_refused(spending, words):
    with pytest.raises(ParameterError, match=words):
        own_cost(PRICES, spending)
