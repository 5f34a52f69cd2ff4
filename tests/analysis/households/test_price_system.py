"""The price system: worked by hand for two industries, and its laws on the accounts of 2017."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.analysis.households.price_system import (
    MARKUPS,
    domestic_requirements,
    import_shares,
    input_coefficients,
    price_system,
    shares_of_makers,
)
from calc.analysis.households.us_accounts import read_accounts
from calc.errors import ScenarioError

ACCOUNTS = read_accounts()
GOODS = ACCOUNTS.commodities["bea_code"].str.startswith(("1", "21", "3")).to_numpy()
SPENDING = ACCOUNTS.categories["pce_2017_musd"].to_numpy(dtype=float)
SHARE = SPENDING / SPENDING.sum()
IMPORTS = ACCOUNTS.commodities["imports_musd"].to_numpy(dtype=float)


def total(markup, change):
    return float(SHARE @ (price_system(ACCOUNTS, markup).response @ change))


def goods_rates(draw_from):
    """Rates of 0 to 100% on every good, from a seed."""
    return np.where(GOODS, np.random.default_rng(draw_from).uniform(0, 1, len(GOODS)), 0.0)


def test_requirements_by_hand():
    # Steel takes nothing; cars take 0.5 of steel. Each industry makes its own commodity alone.
    inputs = np.array([[0.0, 0.5], [0.0, 0.0]])  # [commodity, industry]
    makers = shares_of_makers(np.diag([10.0, 20.0]))
    requirements = domestic_requirements(makers, inputs)
    # a car takes a car and half a unit of steel
    assert requirements == pytest.approx(np.array([[1.0, 0.5], [0.0, 1.0]]))
    # steel's ore is imported for 0.2 of its output and gets 10% dearer: steel 2%, cars 1%
    imported = np.array([[0.2, 0.0], [0.0, 0.0]])
    assert requirements.T @ imported.T @ np.array([0.1, 0.0]) == pytest.approx([0.02, 0.01])


def test_an_industry_without_a_base_and_a_commodity_without_use_count_as_zero():
    assert input_coefficients(np.array([[1.0, 1.0]]), np.array([0.0, 4.0])).tolist() == [[0.0, 0.25]]
    shares = import_shares(np.array([1.0, 0.0, 5.0]), np.array([3.0, 0.0, 5.0]), np.array([0.0, 0.0, 1.0]))
    assert shares.tolist() == [0.25, 0.0, 0.0]


@pytest.mark.parametrize("markup", MARKUPS)
def test_the_import_content_of_every_commodity_is_a_share(markup):
    share = price_system(ACCOUNTS, markup).import_share
    assert share.min() >= 0
    assert share.max() < 1
    statistical = ACCOUNTS.commodities["adjustment"].to_numpy()
    assert statistical.sum() == 4
    assert (share[statistical] == 0).all()


@given(seed=st.integers(0, 10_000), factor=st.floats(-2, 2))
def test_prices_are_linear_in_duties(seed, factor):
    one, other = goods_rates(seed), goods_rates(seed + 1)
    whole = total("dollar", one + factor * other)
    assert whole == pytest.approx(total("dollar", one) + factor * total("dollar", other), abs=1e-14)


@given(seed=st.integers(0, 10_000))
def test_the_total_rises_from_dollar_to_producer_to_full_percentage_margins(seed):
    rates = goods_rates(seed)
    dollar, producer, full = (total(markup, rates) for markup in MARKUPS)
    assert 0 < dollar < producer < full


def test_no_duty_changes_no_price():
    assert not (price_system(ACCOUNTS).response @ np.zeros(len(GOODS))).any()


def borne(rates, final):
    """Duty in final demand: Σ τ (m − Σ U^M) + Σ p^D F, with F what ends in final demand of each domestic commodity."""
    system = price_system(ACCOUNTS)
    chain = system.requirements.T @ (system.imported_inputs.T @ rates)
    return rates @ (IMPORTS - ACCOUNTS.imported_use.sum(axis=1)) + chain @ final


@given(seed=st.integers(0, 10_000))
def test_a_duty_ends_in_final_demand_to_the_last_dollar(seed):
    # F by what is made: the accounts' own final demand leaves margins and customs duties of 2017 out
    rates = goods_rates(seed)
    final = ACCOUNTS.make.sum(axis=0) - ACCOUNTS.domestic_use.sum(axis=1)
    assert borne(rates, final) == pytest.approx(rates @ IMPORTS, rel=1e-4)


def test_a_uniform_duty_ends_in_the_accounts_own_final_demand_to_a_tenth_of_a_percent():
    goods = ACCOUNTS.commodities
    final = goods["domestic_use_musd"] - ACCOUNTS.domestic_use.sum(axis=1) + goods["exports_musd"]
    rates = 0.1 * GOODS
    share = borne(rates, final.to_numpy(dtype=float)) / (rates @ IMPORTS)
    assert share == pytest.approx(0.99931528, abs=5e-9)  # as the accounts' compilers' own rounding has it


def test_a_mark_up_that_does_not_exist_is_refused_with_a_suggestion():
    with pytest.raises(ScenarioError, match="dollar"):
        price_system(ACCOUNTS, "dolar")
