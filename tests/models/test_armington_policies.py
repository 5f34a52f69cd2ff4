"""The exact Armington model under tariffs, export taxes and export ceilings: laws and cases by hand."""

import numpy as np
import pytest
from armington_cases import betas, cases, epsilons, sigmas, values
from builders import LAWS, elasticities_of, flows_of, policy_of, texts
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from calc.models.armington import simulate

# Laws of tariffs and export taxes


@pytest.mark.parametrize("beta", [0.5, 2.0, 10.0])
@pytest.mark.parametrize("epsilon", [-0.5, -1.0, -2.5])
def test_the_importers_best_uniform_tariff_is_one_over_the_supply_elasticity(beta, epsilon):
    flows = flows_of([60, 30, 10])
    elasticities = elasticities_of(flows, epsilon=epsilon, beta=beta)

    def loss(rate):
        markets = simulate(flows, policy_of(flows, tariff=rate), elasticities).markets
        return -markets.net_welfare_change.iloc[0]

    best = minimize_scalar(loss, bounds=(0, 4 / beta), method="bounded", options={"xatol": 1e-7 / beta})
    # welfare is flat at its top: rounding of 1e-15 hides changes of the rate of about 1e-6
    assert best.x == pytest.approx(1 / beta, rel=1e-5)
    assert -best.fun > 0


def test_a_small_importer_loses_from_any_tariff():
    flows = flows_of([60, 30, 10])
    for rate in (0.01, 0.5):
        result = simulate(flows, policy_of(flows, tariff=rate), elasticities_of(flows))
        assert result.markets.net_welfare_change.iloc[0] < 0


@LAWS
@given(
    value=values,
    tax=st.lists(st.floats(-0.2, 1), min_size=6, max_size=6).map(np.array),
    sigma=sigmas,
    epsilon=epsilons,
    beta=betas,
)
def test_an_export_tax_is_a_tariff_to_buyers_and_revenue_to_the_seller(value, tax, sigma, epsilon, beta):
    flows = flows_of(value)
    elasticities = elasticities_of(flows, epsilon=epsilon, sigma=sigma, beta=beta)
    tariff = simulate(flows, policy_of(flows, tariff=tax), elasticities)
    taxed = simulate(flows, policy_of(flows, tax=tax), elasticities)
    same = ["landed_price_change", "volume_change", "producer_surplus_change"]
    np.testing.assert_allclose(taxed.lines[same], tariff.lines[same], rtol=1e-9, atol=1e-9)
    # customs value holds the tax; revenue x/(1+x) of it is what the tariff would have brought the importer
    np.testing.assert_allclose(taxed.lines.import_value_new, tariff.lines.import_value_new * (1 + tax), rtol=1e-9)
    revenue = (tax / (1 + tax) * taxed.lines.import_value_new).sum()
    scale = 1e-9 * value.sum() + 1e-9 * abs(revenue)
    assert tariff.value("tariff_revenue_change") == pytest.approx(revenue, abs=scale)
    assert taxed.value("net_welfare_change") == pytest.approx(tariff.value("net_welfare_change"), abs=scale)
    economies = taxed.economies.set_index("economy").tariff_revenue_change
    assert economies["ACE"] == 0
    assert economies.drop("ACE").sum() == pytest.approx(revenue, abs=scale)


def test_import_duty_is_charged_on_top_of_an_export_tax():
    # β = inf, x = 25%, t = 10% before and after: p* = p̃·1.25, landed +25%; σ = 2, ε = −1, one exporter: q = 1/1.25
    # customs value 100 again; duty 10 as before; the exporter's treasury has 0.25/1.25 of 100
    flows = flows_of([100], 0.1)
    result = simulate(flows, policy_of(flows, tax=0.25), elasticities_of(flows, epsilon=-1, sigma=2))
    row = result.lines.iloc[0]
    assert row.world_price_change == pytest.approx(0.25, rel=1e-14)
    assert row.import_value_new == pytest.approx(100, rel=1e-14)
    assert row.tariff_revenue_new == pytest.approx(10, rel=1e-14)
    treasury = result.economies.set_index("economy").tariff_revenue_change
    assert treasury["E00"] == pytest.approx(20, rel=1e-13)
    assert treasury["ACE"] == pytest.approx(0, abs=1e-12)


# Export ceilings


def test_a_binding_ceiling_by_hand():
    # M = 50, 50, k = 0.64 on the second, world prices given, σ = 2, ε = −2: P drops out, ln p = −ln k/σ: p = 1.25
    # rent M0 k (p − 1) = 50·0.64·0.25 = 8 to the exporter; P = 1/0.9: ΔCS = 100 (0.9 − 1) = −10
    flows = flows_of([50, 50])
    result = simulate(flows, policy_of(flows, ceiling=[np.inf, 0.64]), elasticities_of(flows, epsilon=-2, sigma=2))
    second = result.lines.iloc[1]
    assert second.volume_change == pytest.approx(-0.36, rel=1e-13)
    assert second.world_price_change == pytest.approx(0.25, rel=1e-13)
    assert second.producer_surplus_change == pytest.approx(8, rel=1e-12)
    assert second.import_value_new == pytest.approx(40, rel=1e-13)
    assert result.value("consumer_surplus_change") == pytest.approx(-10, rel=1e-12)
    assert "on 0 of them" in texts(result.notes)[-1]


def test_the_rent_at_a_finite_and_at_a_zero_supply_elasticity_by_hand():
    # as above; β = 1: m = 0.64, rent 50·0.64·(1.25 − 0.64) + 50 (0.64² − 1)/2 = 19.52 − 14.76 = 4.76
    # β = 0: m = 0, all revenue is surplus: 50·(0.64·1.25 − 1) = −10
    flows = flows_of([50, 50])
    for beta, gain in ((1.0, 4.76), (0.0, -10.0), (1e-8, -10.0)):
        elasticities = elasticities_of(flows, epsilon=-2, sigma=2, beta=[np.inf, beta])
        result = simulate(flows, policy_of(flows, ceiling=[np.inf, 0.64]), elasticities)
        # β = 1e-8 costs β/(1+β) of 50 at most
        assert result.lines.producer_surplus_change.iloc[1] == pytest.approx(gain, abs=1e-6)


@LAWS
@given(
    case=cases(export_rules=False),
    cut=st.lists(st.floats(0.2, 0.99), min_size=6, max_size=6).map(np.array),
)
def test_a_ceiling_at_what_would_be_bought_anyway_changes_nothing(case, cut):
    flows, policy, elasticities = case
    free = simulate(*case)
    wanted = 1 + free.lines.volume_change.to_numpy()
    slack = policy_of(flows, tariff=policy.tariff_new, ceiling=wanted / cut)
    columns = ["landed_price_change", "volume_change", "import_value_new", "producer_surplus_change"]
    np.testing.assert_allclose(
        simulate(flows, slack, elasticities).lines[columns], free.lines[columns], rtol=1e-9, atol=1e-9
    )


def test_a_tariff_that_cuts_demand_below_the_ceiling_leaves_it_slack_and_says_so():
    flows = flows_of([60, 40])
    policy = policy_of(flows, tariff=[0.0, 1.0], ceiling=[np.inf, 0.9])
    result = simulate(flows, policy, elasticities_of(flows))
    without = simulate(flows, policy_of(flows, tariff=[0.0, 1.0]), elasticities_of(flows))
    assert result.lines.volume_change.iloc[1] == without.lines.volume_change.iloc[1] < -0.1
    assert (result.lines.producer_surplus_change == 0).all()
    assert "on 1 lines; on 1 of them buyers want less" in texts(result.notes)[-1]


@pytest.mark.parametrize("beta", [np.inf, 4.0, [0.5, 3.0, np.inf]], ids=["given price", "common", "unequal"])
@pytest.mark.parametrize("ceiling", [0.9, 0.5, 0.05])
def test_a_ceiling_is_an_export_tax_whose_revenue_the_exporter_keeps(beta, ceiling):
    flows = flows_of([60, 30, 10], [0.1, 0.0, 0.25])
    elasticities = elasticities_of(flows, beta=beta)
    capped = simulate(flows, policy_of(flows, ceiling=[ceiling, np.inf, np.inf]), elasticities)
    supply_price = ceiling ** (1 / np.broadcast_to(beta, 3)[0])
    tax = (1 + capped.lines.world_price_change.iloc[0]) / supply_price - 1
    taxed = simulate(flows, policy_of(flows, tax=[tax, 0.0, 0.0]), elasticities)
    columns = ["landed_price_change", "volume_change", "import_value_new"]
    np.testing.assert_allclose(capped.lines[columns], taxed.lines[columns], rtol=1e-9, atol=1e-9)
    exporter = [r.economies.set_index("economy").net_welfare_change["E00"] for r in (capped, taxed)]
    assert exporter[0] == pytest.approx(exporter[1], rel=1e-9)
    assert capped.value("consumer_surplus_change") == pytest.approx(taxed.value("consumer_surplus_change"), rel=1e-9)


@pytest.mark.parametrize(("sigma", "epsilon"), [(4.0, -1.2), (0.5, -1.2), (0.5, -0.3)])
def test_the_price_of_a_vanishing_variety_follows_its_power_law(sigma, epsilon):
    # substitutes (σ > 1): P stays finite and p ∝ k^(−1/σ). Essential varieties (σ < 1): P rises with p, p ∝ k^(1/ε).
    flows = flows_of([50, 50])
    elasticities = elasticities_of(flows, sigma=sigma, epsilon=epsilon)
    low, lower = (
        simulate(flows, policy_of(flows, ceiling=[k, np.inf]), elasticities).lines.landed_price_change.iloc[0] + 1
        for k in (1e-12, 1e-14)
    )
    # what the other variety still weighs is k^(1−1/σ) or less: below 1e-6
    power = 1 / sigma if sigma > 1 else -1 / epsilon
    assert np.log(lower / low) / np.log(100) == pytest.approx(power, rel=1e-4)
