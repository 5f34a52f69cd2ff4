"""The exact Armington model by hand, against bisection on the definitions, and at its limits."""

import numpy as np
import pandas as pd
import pytest
from armington_cases import cases, composite, prices, shocks, values
from builders import LAWS, elasticities_of, flows_of, policy_of
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from calc.flows import make_flows
from calc.models.armington import simulate

# By hand


def test_one_exporter_by_hand():
    # τ = 1.5, β = 1, ε = −1: ln P = β/(β−ε) ln τ, so P = √1.5, p* = 1/√1.5, q = p*; M1 = 100/1.5
    # revenue 0.5·M1 = 33.3; ΔCS = −100 ln √1.5; ΔPS = 100 (1/1.5 − 1)/2
    flows = flows_of([100])
    result = simulate(flows, policy_of(flows, tariff=0.5), elasticities_of(flows, epsilon=-1, beta=1))
    row, root = result.lines.iloc[0], np.sqrt(1.5)
    assert row.landed_price_change == pytest.approx(root - 1, rel=1e-13)
    assert row.world_price_change == pytest.approx(1 / root - 1, rel=1e-13)
    assert row.volume_change == pytest.approx(1 / root - 1, rel=1e-13)
    assert row.import_value_new == pytest.approx(100 / 1.5, rel=1e-13)
    assert row.price_effect == pytest.approx(100 / root * (1 / root - 1), rel=1e-13)
    assert row.trade_creation == pytest.approx(100 * (1 / root - 1), rel=1e-13)
    assert row.trade_diversion == pytest.approx(0, abs=1e-13)
    assert row.tariff_revenue_new == pytest.approx(100 / 3, rel=1e-13)
    assert result.value("consumer_surplus_change") == pytest.approx(-100 * np.log(root), rel=1e-13)
    assert result.value("producer_surplus_change") == pytest.approx(-100 / 6, rel=1e-13)
    assert result.value("net_welfare_change") == pytest.approx(100 / 3 - 100 / 6 - 100 * np.log(root), rel=1e-12)


def test_two_exporters_by_hand():
    # M = 50, 50; τ = 1.25 on the second, world prices given, σ = 2, ε = −1: P = 1/(0.5 + 0.5/1.25) = 10/9
    # q = P (1, 1/1.5625), Q = 9/10: M1 = 55.56, 35.56; creation −5 each; diversion 10.56 and −9.44
    # ΔCS = −100 ln(10/9), revenue 0.25·35.56
    flows = flows_of([50, 50])
    result = simulate(flows, policy_of(flows, tariff=[0, 0.25]), elasticities_of(flows, epsilon=-1, sigma=2))
    lines = result.lines
    new = np.array([50 * 10 / 9, 50 * 10 / 9 * 0.64])
    assert composite(result) == pytest.approx([10 / 9], rel=1e-14)
    assert lines.import_value_new.to_numpy() == pytest.approx(new, rel=1e-13)
    assert lines.trade_creation.to_numpy() == pytest.approx([-5, -5], rel=1e-13)
    assert lines.trade_diversion.to_numpy() == pytest.approx(new - 45, rel=1e-12)
    assert (lines.price_effect == 0).all()
    assert result.value("tariff_revenue_change") == pytest.approx(0.25 * new[1], rel=1e-13)
    assert result.value("consumer_surplus_change") == pytest.approx(-100 * np.log(10 / 9), rel=1e-13)
    assert result.value("net_welfare_change") == pytest.approx(0.25 * new[1] - 100 * np.log(10 / 9), rel=1e-12)


def test_fixed_supply_beside_infinite_supply_by_hand():
    # σ = 2, ε = −2, so that P drops out of demand: the exporter with β = 0 keeps volume and landed price;
    # the other's τ = 1.25 gives q = 0.64, P = 1/(0.5 + 0.4)
    flows = flows_of([50, 50])
    elasticities = elasticities_of(flows, epsilon=-2, sigma=2, beta=[0, np.inf])
    result = simulate(flows, policy_of(flows, tariff=[0.0, 0.25]), elasticities)
    assert result.lines.volume_change.to_numpy() == pytest.approx([0, -0.36], abs=1e-14)
    assert result.lines.landed_price_change.to_numpy() == pytest.approx([0, 0.25], abs=1e-14)
    assert composite(result) == pytest.approx([1 / 0.9], rel=1e-13)
    # a duty on the exporter with β = 0 is his alone: τ = 1.6 leaves him 62.5% of the price
    result = simulate(flows, policy_of(flows, tariff=[0.6, 0.0]), elasticities)
    assert result.lines.world_price_change.to_numpy() == pytest.approx([-0.375, 0], abs=1e-14)
    assert result.value("producer_surplus_change") == pytest.approx(-50 * 0.375, rel=1e-13)
    assert result.value("consumer_surplus_change") == pytest.approx(0, abs=1e-12)


@LAWS
@given(
    value=values,
    shock=shocks,
    sigma=st.floats(1.2, 12),
    epsilon=st.floats(-4, -0.2),
    beta=st.one_of(st.sampled_from([0.0, np.inf]), st.floats(0.1, 60)),
)
def test_equal_supply_elasticities_have_a_closed_form(value, shock, sigma, epsilon, beta):
    flows = flows_of(value)
    result = simulate(
        flows, policy_of(flows, tariff=shock), elasticities_of(flows, epsilon=epsilon, sigma=sigma, beta=beta)
    )
    share = value / value.sum(axis=1, keepdims=True)
    part, whole = (1.0, 1.0) if np.isinf(beta) else (beta / (beta + sigma), (beta + sigma) / (beta - epsilon))
    summed = (share * (1 + shock.reshape(2, 3)) ** ((1 - sigma) * part)).sum(axis=1)
    # a straight line, but one whose slope 1−b may be small
    assert composite(result) == pytest.approx(summed ** (whole / (1 - sigma)), rel=1e-12)
    assert result.solution.iterations <= 3


def reference(flows, policy, elasticities):
    """Landed price and volume of the only market, by nested bisection on the definitions alone."""
    sigma, epsilon = elasticities.armington_elasticity[0], elasticities.import_demand_elasticity[0]
    wedge = (1 + policy.tariff_new) / (1 + flows.tariff_rate) * (1 + policy.export_tax)
    share = flows.expenditure_share

    def supplier(line, index):
        """Producer price at which demand meets the smaller of supply and ceiling."""
        beta, ceiling = elasticities.export_supply_elasticity[line], policy.export_ceiling[line]

        def excess(price_log):
            demand = (epsilon + sigma) * np.log(index) - sigma * (price_log + np.log(wedge[line]))
            supply = np.inf if np.isinf(beta) and price_log > 0 else 0.0 if np.isinf(beta) else beta * price_log
            return demand - min(supply, np.log(ceiling))

        if np.isinf(beta) and excess(0.0) <= 0:
            return 1.0
        return np.exp(brentq(excess, 0.0 if np.isinf(beta) else -40, 40, xtol=1e-14))

    def landed(index):
        return np.array([supplier(line, index) for line in range(len(wedge))]) * wedge

    def gap(index_log):
        p = landed(np.exp(index_log))
        index = (
            np.exp((share * np.log(p)).sum()) if sigma == 1 else ((share * p ** (1 - sigma)).sum()) ** (1 / (1 - sigma))
        )
        return index_log - np.log(index)

    index = np.exp(brentq(gap, -10, 10, xtol=1e-13))
    p = landed(index)
    return p, index ** (epsilon + sigma) * p**-sigma


MIXTURES = {
    "unequal": {"beta": [1.0, 10.0, 0.3]},
    "none, some and infinite": {"beta": [0.0, 3.0, np.inf]},
    "infinite beside scarce": {"beta": [np.inf, np.inf, 0.0], "sigma": 8.0},
    "complements": {"beta": [0.5, 2.0, np.inf], "sigma": 0.7, "epsilon": -3.0},
    "Cobb-Douglas": {"beta": [0.5, 2.0, np.inf], "sigma": 1.0},
}


@pytest.mark.parametrize("ceiling", [None, [0.5, np.inf, np.inf], [0.9, 0.6, 0.99]], ids=["free", "one", "all"])
@pytest.mark.parametrize("mixture", MIXTURES.values(), ids=MIXTURES)
def test_mixed_supply_agrees_with_bisection_on_the_definitions(mixture, ceiling):
    flows = flows_of([60, 30, 10], [0.1, 0.0, 0.25])
    elasticities = elasticities_of(flows, **mixture)
    policy = policy_of(
        flows, tariff=[0.1, 0.8, 0.0], tax=[0.0, 0.0, 0.15], ceiling=np.inf if ceiling is None else ceiling
    )
    landed, _, _, volume = prices(simulate(flows, policy, elasticities), policy)
    expected_landed, expected_volume = reference(flows, policy, elasticities)
    assert landed == pytest.approx(expected_landed, rel=1e-9)  # tolerances of the two bisections add up
    assert volume == pytest.approx(expected_volume, rel=1e-8)  # and σ = 8 multiplies them


# Limits


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9, 1e-11, 5e-13, -1e-3, -1e-6, -1e-9, -1e-11, -5e-13])
@pytest.mark.parametrize("beta", [np.inf, [1.0, 10.0, 0.3]], ids=["given price", "unequal supply"])
def test_the_composite_price_is_continuous_where_substitution_is_unit_elastic(gap, beta):
    flows = flows_of([60, 30, 10])
    policy = policy_of(flows, tariff=[0.0, 0.8, 0.1])
    at_one, beside = (
        composite(simulate(flows, policy, elasticities_of(flows, sigma=sigma, beta=beta)))[0] for sigma in (1, 1 + gap)
    )
    # at given prices d ln P/dσ = −½ var(ln p) = −0.04; beyond it only rounding, however small the gap
    assert abs(beside - at_one) <= 0.1 * abs(gap) + 4e-16


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9, 1e-13, -1e-3, -1e-6, -1e-9, -1e-13])
def test_every_answer_is_continuous_where_demand_is_unit_elastic(gap):
    flows = flows_of([60, 30, 10])
    policy = policy_of(flows, tariff=[0.0, 0.8, 0.1])
    at_one, beside = (
        simulate(flows, policy, elasticities_of(flows, epsilon=epsilon, beta=[1.0, 10.0, 0.3]))
        for epsilon in (-1, -1 + gap)
    )
    for metric in ("consumer_surplus_change", "producer_surplus_change", "net_welfare_change", "import_value_new"):
        # values are of the order of 100, ln P is 0.1: derivatives stay below 100
        assert beside.value(metric) == pytest.approx(at_one.value(metric), abs=100 * abs(gap) + 1e-12)


@pytest.mark.parametrize("beta", [1e4, 1e6, 1e9, 1e15])
def test_infinite_supply_is_the_limit_of_elastic_supply(beta):
    flows = flows_of([60, 30, 10])
    policy = policy_of(flows, tariff=[0.0, 0.8, 0.1], ceiling=[np.inf, np.inf, 0.7])
    near, limit = (simulate(flows, policy, elasticities_of(flows, beta=b)) for b in (beta, np.inf))
    for metric in ("consumer_surplus_change", "producer_surplus_change", "import_value_new"):
        assert near.value(metric) == pytest.approx(limit.value(metric), abs=1000 / beta + 1e-12)


def test_no_change_is_exactly_zero_everywhere():
    flows = flows_of([[100, 50, 7], [3, 7, 1e9]], [[0.1, 0, 0.5], [0.3, 2, 0]])
    elasticities = elasticities_of(flows, epsilon=[-1, -1.2], sigma=[1, 3.8], beta=[0, 1, np.inf, 5, 99, 0.1])
    result = simulate(flows, policy_of(flows), elasticities)
    lines, markets = result.lines, result.markets
    parts = ["price_effect", "trade_creation", "trade_diversion"]
    assert (lines[[c for c in lines if c.endswith("_change")] + parts] == 0).all(axis=None)
    assert (lines.import_value_new == lines.import_value_base).all()
    assert (lines.tariff_revenue_new == lines.tariff_revenue_base).all()
    assert (markets[[c for c in markets if c.endswith("_change")]] == 0).all(axis=None)
    economies = result.economies
    assert (economies[[c for c in economies if c.endswith("_change")]].fillna(0) == 0).all(axis=None)
    for metric in (
        *parts,
        "import_volume_change",
        "targeted_volume_change",
        "other_suppliers_gain",
        "net_welfare_change",
    ):
        assert result.value(metric) == 0
    assert result.solution.iterations == 0


@LAWS
@given(case=cases())
def test_doubling_trade_doubles_dollars_and_leaves_rates(case):
    # a factor of two moves no digit, so the answers are equal to the last one
    flows, policy, elasticities = case
    twice = flows_of(2 * flows.import_value.reshape(2, 3), flows.tariff_rate.reshape(2, 3))
    once, double = simulate(*case), simulate(twice, policy, elasticities)
    dollars = [
        c
        for c in once.lines
        if c.startswith(("import_value", "tariff_revenue", "trade_"))
        or c in ("price_effect", "producer_surplus_change")
    ]
    rates = ["tariff_new", "world_price_change", "landed_price_change", "volume_change"]
    assert (double.lines[dollars] == 2 * once.lines[dollars]).all(axis=None)
    assert (double.lines[rates] == once.lines[rates]).all(axis=None)
    assert double.value("net_welfare_change") == 2 * once.value("net_welfare_change")
    assert double.value("effective_tariff_new") == once.value("effective_tariff_new")


@LAWS
@given(case=cases(), order=st.permutations(range(3)))
def test_the_order_of_exporters_does_not_matter(case, order):
    flows, policy, elasticities = case
    moved = np.arange(6).reshape(2, 3)[:, list(order)].ravel()  # line of the old flows behind each new line
    shape = (2, 3)
    flows_moved = flows_of(flows.import_value[moved].reshape(shape), flows.tariff_rate[moved].reshape(shape))
    policy_moved = policy_of(
        flows_moved,
        tariff=policy.tariff_new[moved],
        tax=policy.export_tax[moved],
        ceiling=policy.export_ceiling[moved],
    )
    elasticities_moved = elasticities_of(
        flows_moved,
        epsilon=elasticities.import_demand_elasticity,
        sigma=elasticities.armington_elasticity,
        beta=elasticities.export_supply_elasticity[moved],
    )
    columns = ["landed_price_change", "volume_change", "import_value_new", "producer_surplus_change"]
    old = simulate(*case).lines[columns].iloc[moved].reset_index(drop=True)
    new = simulate(flows_moved, policy_moved, elasticities_moved).lines[columns]
    # sums in another order: rounding, times the solver's 1e-10 where it stops early
    np.testing.assert_allclose(new, old, rtol=1e-9, atol=1e-9)


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(1)
    rows = {
        "importer": np.repeat([0, 1], 12),
        "exporter": np.concatenate([np.tile([1, 2, 3], 4), np.tile([0, 2, 3], 4)]),
        "product": np.tile(np.repeat(np.arange(4), 3), 2),
        "import_value": rng.uniform(1, 100, 24),
        "tariff_rate": rng.uniform(0, 0.5, 24),
    }
    labels = {"economies": pd.Index(list("ABCD"), dtype=str), "products": pd.Index(["1", "2", "3", "4"], dtype=str)}
    shuffled = rng.permutation(24)
    sorted_rows, mixed_rows = (
        simulate(flows, policy_of(flows, tariff=0.1 * flows.exporter + 0.03 * flows.product), elasticities_of(flows))
        for flows in (make_flows(**labels, **{k: v[o] for k, v in rows.items()}) for o in (np.arange(24), shuffled))
    )
    for table in ("lines", "markets", "economies", "summary"):
        pd.testing.assert_frame_equal(getattr(sorted_rows, table), getattr(mixed_rows, table), check_exact=True)


@LAWS
@given(case=cases())
def test_inputs_are_not_changed(case):
    flows, policy, elasticities = case
    arrays = [flows.import_value, flows.tariff_rate, policy.tariff_new, policy.export_tax, policy.export_ceiling]
    arrays += [elasticities.import_demand_elasticity, elasticities.armington_elasticity]
    arrays += [elasticities.export_supply_elasticity, policy.targeted]
    for array in arrays:
        array.flags.writeable = False  # a write raises ValueError
    simulate(*case)
