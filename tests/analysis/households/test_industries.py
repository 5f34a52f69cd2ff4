"""Industries: the identities of their costs, what they lose abroad, jobs by state."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.analysis.households.commodities import CommodityPrices, commodity_prices
from calc.analysis.households.industries import JOBS, export_change, exposed_industries, state_jobs
from calc.analysis.households.price_system import price_system
from calc.analysis.households.us_accounts import read_accounts
from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError, ScenarioError
from calc.question import point_answer
from calc.scenario_file import read_scenario

ACCOUNTS = read_accounts()
GOODS = ACCOUNTS.commodities["bea_code"].str.startswith(("1", "21", "3")).to_numpy()


def answer(name):
    scenario = read_scenario(name)
    return point_answer(scenario, read_dataset(scenario.dataset))


RESULT, RETALIATION = answer("truce_lapses"), answer("law_2025_april_peak_china")


def prices_at(change):
    return CommodityPrices(change=change, uncovered_value=0.0, import_value=1.0)


def rates(seed):
    return np.where(GOODS, np.random.default_rng(seed).uniform(-0.1, 1, len(GOODS)), 0.0)


@given(seed=st.integers(0, 10_000))
def test_duty_on_own_inputs_is_the_duty_on_all_imported_inputs(seed):
    """Σ x[i] cost_direct[i] = Σ τ[c] Σ_i U^M[c,i], over industries that have an output."""
    change = rates(seed)
    table = exposed_industries(prices_at(change), ACCOUNTS)
    paid = table["industry_output"].to_numpy() @ table["cost_direct"].to_numpy()
    used = ACCOUNTS.imported_use[:, table["industry_output"].to_numpy() > 0].sum(axis=1)
    assert paid == pytest.approx(1e6 * change @ used, rel=1e-12)


@given(seed=st.integers(0, 10_000))
def test_the_cost_of_industries_is_the_price_of_what_they_make(seed):
    """Wᵀ cost_total = p^D."""
    change, system = rates(seed), price_system(ACCOUNTS)
    table = exposed_industries(prices_at(change), ACCOUNTS)
    chain = system.requirements.T @ (system.imported_inputs.T @ change)
    np.testing.assert_allclose(system.makers.T @ table["cost_total"].to_numpy(), chain, rtol=0, atol=1e-14)


def test_where_no_price_moves_no_industry_is_exposed():
    table = exposed_industries(prices_at(np.zeros(len(GOODS))), ACCOUNTS)
    assert not table[["cost_direct", "cost_total", "protection"]].to_numpy().any()
    jobs = state_jobs(table, ACCOUNTS)
    assert not jobs[["jobs_protected", "jobs_with_dearer_inputs"]].to_numpy().any()


def test_exports_without_a_result_of_others_are_empty_and_never_zero():
    table = exposed_industries(commodity_prices(RESULT, ACCOUNTS), ACCOUNTS)
    assert table[["export_change", "export_change_share"]].isna().all().all()
    assert state_jobs(table, ACCOUNTS)["jobs_with_export_loss"].isna().all()


def test_exports_that_china_no_longer_buys_are_placed_with_who_makes_them():
    lines = RETALIATION.lines
    lost = (lines["import_value_new"] - lines["import_value_base"]).sum()
    table = exposed_industries(commodity_prices(RESULT, ACCOUNTS), ACCOUNTS, exports=RETALIATION)
    assert lost < 0
    assert table["export_change"].sum() / lost == pytest.approx(1, abs=0.01)  # chapter 98 has no commodity
    oilseeds = table.set_index("industry").loc["1111A0"]
    assert oilseeds["export_change_share"] == pytest.approx(-0.209, abs=0.0006)


def test_imports_are_no_exports():
    with pytest.raises(ScenarioError, match="the United States among its exporters"):
        export_change(RESULT, ACCOUNTS)


def test_jobs_by_state_are_shares_of_all_jobs_and_withheld_industries_are_named():
    table = exposed_industries(commodity_prices(RESULT, ACCOUNTS), ACCOUNTS, exports=RETALIATION)
    jobs = state_jobs(table, ACCOUNTS).set_index("state")
    assert len(jobs) == 52
    assert jobs.loc["US", "jobs"] == 200_746_000
    for name in JOBS:
        assert jobs[f"{name}_share"].between(0, 1).all()
        assert jobs.loc["US", name] > 0
        # withheld cells make the states add up to less than the country
        assert 0.8 < jobs[name].drop("US").sum() / jobs.loc["US", name] <= 1.001
    assert (jobs["withheld"] != "").any()


def test_a_higher_threshold_counts_fewer_jobs():
    table = exposed_industries(commodity_prices(RESULT, ACCOUNTS), ACCOUNTS)
    few, many = (state_jobs(table, ACCOUNTS, threshold=at).set_index("state") for at in (0.05, 0.005))
    assert few.loc["US", "jobs_protected"] < many.loc["US", "jobs_protected"]
    with pytest.raises(ParameterError, match="above 0"):
        state_jobs(table, ACCOUNTS, threshold=0.0)
