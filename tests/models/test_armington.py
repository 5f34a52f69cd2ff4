"""The exact model by hand, against its own definitions, against a slow reference, and at its limits."""

import numpy as np
import pandas as pd
import pytest
from builders import LAWS, elasticities_of, flows_of, policy_of, texts
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import simpson
from scipy.optimize import brentq, minimize_scalar

from calc.errors import ConvergenceError, ParameterError
from calc.flows import make_flows, sum_by_market
from calc.models.armington import simulate

# Two products by three exporters, with every kind of elasticity that has a formula of its own.
values = st.lists(st.floats(1e3, 1e9), min_size=6, max_size=6).map(lambda v: np.reshape(v, (2, 3)))
# Rates have six decimals: no tariff is smaller than that, and a number near 1e-320 has no digits left to test.
rates = st.lists(st.one_of(st.just(0.0), st.floats(-0.1, 1)), min_size=6, max_size=6).map(lambda t: np.round(t, 6))
shocks = st.lists(st.one_of(st.just(0.0), st.floats(-0.4, 3)), min_size=6, max_size=6).map(lambda t: np.round(t, 6))
sigmas = st.lists(st.one_of(st.just(1.0), st.floats(0.4, 12)), min_size=2, max_size=2)
epsilons = st.lists(st.one_of(st.just(-1.0), st.floats(-4, -0.2)), min_size=2, max_size=2)
betas = st.lists(st.one_of(st.sampled_from([0.0, np.inf]), st.floats(0.1, 60)), min_size=6, max_size=6)
taxes = st.lists(st.one_of(st.just(0.0), st.floats(-0.2, 0.5)), min_size=6, max_size=6).map(lambda t: np.round(t, 6))
ceilings = st.lists(st.one_of(st.just(np.inf), st.floats(0.3, 0.99)), min_size=6, max_size=6)


@st.composite
def cases(draw, *, export_rules=True):
    """Flows, policy and elasticities."""
    base = draw(rates)
    flows = flows_of(draw(values), base.reshape(2, 3))
    tax, ceiling = (draw(taxes), draw(ceilings)) if export_rules else (0.0, np.inf)
    policy = policy_of(flows, tariff=(1 + base) * (1 + draw(shocks)) - 1, tax=tax, ceiling=ceiling)
    return flows, policy, elasticities_of(flows, epsilon=draw(epsilons), sigma=draw(sigmas), beta=draw(betas))


def prices(result, policy):
    """Landed, customs and producer price, and volume, relative to the base [line]."""
    lines = result.lines
    landed, world = 1 + lines.landed_price_change.to_numpy(), 1 + lines.world_price_change.to_numpy()
    return landed, world, world / (1 + policy.export_tax), 1 + lines.volume_change.to_numpy()


def composite(result):
    return 1 + result.markets.composite_price_change.to_numpy()


# Definitions


@LAWS
@given(case=cases())
def test_value_changes_by_price_effect_creation_and_diversion(case):
    lines = simulate(*case).lines
    parts = lines[["price_effect", "trade_creation", "trade_diversion"]]
    change = (lines.import_value_new - lines.import_value_base).to_numpy()
    scale = 1e-14 * (lines.import_value_base + lines.import_value_new + parts.abs().sum(axis=1)).to_numpy()
    assert (np.abs(change - parts.sum(axis=1).to_numpy()) <= scale).all()


@LAWS
@given(case=cases())
def test_the_composite_price_is_the_ces_index_of_landed_prices(case):
    flows, policy, elasticities = case
    result = simulate(*case)
    landed, *_ = prices(result, policy)
    sigma = elasticities.armington_elasticity[flows.market]
    spent = flows.import_value * (1 + flows.tariff_rate)
    share = spent / sum_by_market(flows, spent)[flows.market]
    one = elasticities.armington_elasticity == 1
    power = np.where(one[flows.market], np.log(landed), landed ** (1 - sigma))
    mean = sum_by_market(flows, share * power)
    index = np.where(
        one,
        np.exp(np.where(one, mean, 0)),
        np.where(one, 1, mean) ** (1 / np.where(one, 1, 1 - sigma[flows.market_start])),
    )
    # the solver stops at 1e-10 or better; the power 1/(1−σ) costs digits where σ is near 1
    near_one = np.minimum(1, np.where(one, 1, np.abs(1 - sigma[flows.market_start])))
    assert (np.abs(composite(result) / index - 1) <= 1e-10 + 1e-14 / near_one).all()
    assert result.solution.residual <= 1e-10


@LAWS
@given(case=cases())
def test_buyers_are_on_their_demand_curve(case):
    flows, policy, elasticities = case
    result = simulate(*case)
    landed, _, _, volume = prices(result, policy)
    sigma, epsilon = (
        e[flows.market] for e in (elasticities.armington_elasticity, elasticities.import_demand_elasticity)
    )
    index = composite(result)
    assert volume == pytest.approx(index[flows.market] ** (epsilon + sigma) * landed**-sigma, rel=1e-11)
    demand = index**elasticities.import_demand_elasticity
    assert 1 + result.markets.composite_volume_change.to_numpy() == pytest.approx(demand, rel=1e-12)


@LAWS
@given(case=cases())
def test_sellers_are_on_their_supply_curve_or_at_their_ceiling(case):
    _, policy, elasticities = case
    _, _, producer, volume = prices(simulate(*case), policy)
    beta, ceiling = elasticities.export_supply_elasticity, policy.export_ceiling
    assert (volume <= ceiling * (1 + 1e-10)).all()
    at_ceiling = volume >= ceiling * (1 - 1e-10)
    for line in range(len(volume)):
        # the price at which the volume would be supplied: any for β = 0, the base price for β = inf
        if beta[line] == 0:
            supply_price = 0.0
            assert at_ceiling[line] or volume[line] == pytest.approx(1, rel=1e-10)
        else:
            supply_price = volume[line] ** (1 / beta[line])
        if at_ceiling[line]:
            assert producer[line] >= supply_price * (1 - 1e-9)
        elif beta[line] > 0:
            assert producer[line] == pytest.approx(supply_price, rel=1e-9)


@LAWS
@given(case=cases())
def test_the_wedges_part_landed_customs_and_producer_price(case):
    flows, policy, _ = case
    landed, world, _, _ = prices(simulate(*case), policy)
    assert landed == pytest.approx(world * (1 + policy.tariff_new) / (1 + flows.tariff_rate), rel=1e-13)


@LAWS
@given(case=cases())
def test_duty_paid_expenditure_is_composite_expenditure(case):
    flows, policy, elasticities = case
    result = simulate(*case)
    landed, _, _, volume = prices(result, policy)
    spent = sum_by_market(flows, flows.import_value * (1 + flows.tariff_rate) * volume * landed)
    composite_spent = flows.expenditure * composite(result) ** (1 + elasticities.import_demand_elasticity)
    assert spent == pytest.approx(composite_spent, rel=1e-9)  # 1e-10 in the log of P, times |1−σ| ≤ 11
    lines = result.lines
    paid = sum_by_market(flows, (lines.import_value_new * (1 + lines.tariff_new)).to_numpy())
    assert paid == pytest.approx(composite_spent, rel=1e-9)


@LAWS
@given(case=cases())
def test_duty_paid_diversion_is_never_negative(case):
    # more units for the same composite, by concavity; zero to first order only
    flows, *_ = case
    diversion = simulate(*case).lines.trade_diversion.to_numpy()
    duty_paid = diversion * (1 + flows.tariff_rate)
    assert (
        sum_by_market(flows, duty_paid) >= -1e-10 * sum_by_market(flows, np.abs(duty_paid) + flows.import_value)
    ).all()


# Surpluses


@LAWS
@given(case=cases())
def test_producers_gain_what_their_revenue_rises_less_what_their_cost_rises(case):
    # marginal cost of the volume q is q^(1/β): cost β/(1+β) q^(1+1/β); 0 at β = 0 and q at β = inf. At a ceiling
    # the rent is in the price, so that one formula holds there as well.
    flows, policy, elasticities = case
    result = simulate(*case)
    _, _, producer, volume = prices(result, policy)
    beta = elasticities.export_supply_elasticity
    cost_rise = np.zeros(6)
    some = (beta > 0) & np.isfinite(beta)
    b = beta[some]
    cost_rise[some] = b / (1 + b) * (volume[some] ** (1 + 1 / b) - 1)
    cost_rise[np.isinf(beta)] = volume[np.isinf(beta)] - 1
    gain = flows.import_value * (volume * producer - 1 - cost_rise)
    # at β = inf the producer price itself is good to 1e-10 only under a ceiling
    scale = 1e-9 * flows.import_value * (1 + volume * producer)
    assert (np.abs(result.lines.producer_surplus_change.to_numpy() - gain) <= scale).all()


PATHS = {
    "common supply": {"beta": 4.0},
    "unequal supply": {"beta": [1.0, 10.0, 0.3]},
    "no and infinite supply": {"beta": [0.0, np.inf, 2.0]},
    "demand of elasticity -1": {"beta": [1.0, 10.0, 0.3], "epsilon": -1.0},
    "Cobb-Douglas": {"beta": [1.0, 10.0, 0.3], "sigma": 1.0},
}


@pytest.mark.parametrize("elasticities", PATHS.values(), ids=PATHS)
def test_surpluses_are_integrals_along_the_way_from_base_to_new(elasticities):
    # one product a step of the way; Simpson's rule over 400 steps is good to 1e-9
    share = np.linspace(0, 1, 401)[:, None]
    base, new = np.array([0.1, 0.0, 0.25]), np.array([0.1, 0.6, 0.0])
    flows = flows_of(np.tile([60e6, 30e6, 10e6], (401, 1)), base)
    beta = np.tile(np.broadcast_to(elasticities["beta"], 3), 401)
    tariff = (1 + base) * ((1 + new) / (1 + base)) ** share - 1
    policy = policy_of(flows, tariff=tariff)
    result = simulate(flows, policy, elasticities_of(flows, **{**elasticities, "beta": beta}))
    markets = result.markets
    bought = 1 + markets.composite_volume_change.to_numpy()
    area = flows.expenditure[0] * simpson(bought, x=composite(result))
    assert markets.consumer_surplus_change.iloc[-1] == pytest.approx(-area, rel=1e-7)
    _, _, producer, volume = prices(result, policy)
    producer, volume = producer.reshape(401, 3), volume.reshape(401, 3)
    surplus = result.lines.producer_surplus_change.to_numpy().reshape(401, 3)[-1]
    for line, value in enumerate([60e6, 30e6, 10e6]):
        if np.isinf(np.broadcast_to(elasticities["beta"], 3)[line]):
            assert surplus[line] == 0
        else:
            area = value * simpson(volume[:, line], x=producer[:, line])
            assert surplus[line] == pytest.approx(area, rel=1e-7)


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


# Notes and refusals


def test_complements_lose_together_and_a_note_says_so():
    flows = flows_of([[60, 40], [60, 40]])
    elasticities = elasticities_of(flows, sigma=[0.5, 3.0], epsilon=-1.2)
    result = simulate(flows, policy_of(flows, tariff=[0.3, 0, 0.3, 0]), elasticities)
    other_complement, other_substitute = result.lines.volume_change.iloc[[1, 3]]
    assert other_complement < 0 < other_substitute
    assert any(note.startswith("In 1 of 2 markets") for note in texts(result.notes))
    substitutes = simulate(flows, policy_of(flows, tariff=[0.3, 0, 0.3, 0]), elasticities_of(flows))
    assert not any("σ < |ε|" in note for note in texts(substitutes.notes))


def test_equal_elasticities_leave_other_suppliers_alone():
    flows = flows_of([60, 40])
    result = simulate(flows, policy_of(flows, tariff=[0.3, 0]), elasticities_of(flows, sigma=2, epsilon=-2, beta=5))
    assert result.lines.volume_change.iloc[1] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"epsilon": 0.5}, r"import_demand_elasticity must be below 0; 1 values are not, the first is 0\.5"),
        ({"epsilon": 0.0}, "import_demand_elasticity must be below 0"),
        ({"epsilon": np.nan}, "import_demand_elasticity must be below 0"),
        ({"sigma": 0.0}, "armington_elasticity must be above 0"),
        ({"beta": [1.0, -1.0]}, r"export_supply_elasticity must be 0 or above; 1 values are not, the first is -1\.0"),
    ],
)
def test_an_elasticity_of_the_wrong_sign_is_refused(wrong, words):
    flows = flows_of([60, 40])
    with pytest.raises(ParameterError, match=words):
        simulate(flows, policy_of(flows), elasticities_of(flows, **wrong))


@LAWS
@given(
    value=values,
    tariff=st.lists(st.sampled_from([-0.999, 0.0, 0.1, 1.0, 100.0, 1e4]), min_size=6, max_size=6),
    tax=st.lists(st.sampled_from([-0.9, 0.0, 1.0, 100.0]), min_size=6, max_size=6),
    ceiling=st.lists(st.sampled_from([1e-9, 0.5, 0.999999, np.inf, np.inf]), min_size=6, max_size=6),
    epsilon=st.sampled_from([-1e-9, -1e-3, -1.0, -1.2, -30.0, -1000.0]),
    sigma=st.sampled_from([1e-9, 0.1, 1.0, 1 + 1e-9, 3.8, 25.0, 1000.0]),
    beta=st.lists(st.sampled_from([0.0, 1e-9, 1.0, 98.9, 1e9, np.inf]), min_size=6, max_size=6),
)
def test_a_huge_shock_gives_finite_numbers_or_an_error_in_words(value, tariff, tax, ceiling, epsilon, sigma, beta):
    flows = flows_of(value)
    policy = policy_of(flows, tariff=tariff, tax=tax, ceiling=ceiling)
    try:
        result = simulate(flows, policy, elasticities_of(flows, epsilon=epsilon, sigma=sigma, beta=beta))
    except (ParameterError, ConvergenceError):
        return
    for table in (result.lines, result.markets):
        assert np.isfinite(table.select_dtypes("float").drop(columns="export_supply_elasticity", errors="ignore")).all(
            axis=None
        )
    assert np.isfinite(result.summary["value"]).all()


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.5, 3.8, 25.0])
@pytest.mark.parametrize("beta", [np.inf, 5.0, [0.0, 1.0, np.inf]], ids=["given price", "common", "unequal"])
def test_ten_thousand_points_are_solved_in_ten_steps(sigma, beta):
    flows = flows_of([60, 30, 10])
    result = simulate(flows, policy_of(flows, tariff=[100.0, 0, 0.1]), elasticities_of(flows, sigma=sigma, beta=beta))
    assert result.solution.residual <= 1e-10
    assert result.solution.iterations <= 10
    assert np.isfinite(result.lines.import_value_new).all()


def test_numbers_beyond_the_computer_are_refused():
    # 99.9% off every price at ε = −1000: a volume of 1000^1000
    flows = flows_of([60, 40])
    with pytest.raises(ParameterError, match="too large for these elasticities"):
        simulate(flows, policy_of(flows, tariff=-0.999), elasticities_of(flows, epsilon=-1000))


# Domestic sales


DOMESTIC = {"epsilon": -0.8, "beta": [0.5, 3.0, 10.0]}


def test_own_sales_are_left_out_of_trade_and_count_in_surplus():
    values, rates = [500, 60, 40], [0, 0.1, 0]
    own, foreign = flows_of(values, rates, own_first=True), flows_of(values, rates)
    tariff = [0, 0.6, 0]
    with_own = simulate(own, policy_of(own, tariff=tariff), elasticities_of(own, **DOMESTIC))
    as_foreign = simulate(foreign, policy_of(foreign, tariff=tariff), elasticities_of(foreign, **DOMESTIC))
    # the market is the same, whoever the sellers are
    assert composite(with_own) == pytest.approx(composite(as_foreign), rel=1e-14)
    assert list(with_own.lines.exporter) == ["E00", "E01"]
    first = as_foreign.lines.iloc[0]
    traded = as_foreign.lines.iloc[1:].reset_index(drop=True)
    columns = [c for c in traded if pd.api.types.is_float_dtype(traded[c])]
    np.testing.assert_allclose(with_own.lines[columns], traded[columns], rtol=1e-12)
    assert with_own.value("import_value_base") == 100
    for metric, column in (
        ("import_value_new", "import_value_new"),
        ("trade_creation", "trade_creation"),
        ("trade_diversion", "trade_diversion"),
        ("price_effect", "price_effect"),
        ("tariff_revenue_new", "tariff_revenue_new"),
    ):
        assert with_own.value(metric) == pytest.approx(traded[column].sum(), rel=1e-12)
    # home producers gain from protection, and their gain is the importer's
    assert first.producer_surplus_change > 0
    home = with_own.economies.set_index("economy").loc["ACE"]
    assert home.producer_surplus_change == pytest.approx(first.producer_surplus_change, rel=1e-12)
    assert home.exports_base == 0
    assert home.imports_base == 100
    market = with_own.markets.iloc[0]
    net = market.consumer_surplus_change + market.tariff_revenue_change + first.producer_surplus_change
    assert market.net_welfare_change == pytest.approx(net, rel=1e-12)
    assert home.net_welfare_change == pytest.approx(net, rel=1e-12)
    assert with_own.value("net_welfare_change") == pytest.approx(as_foreign.value("net_welfare_change"), rel=1e-12)


# Tables add up


@LAWS
@given(case=cases())
def test_lines_add_up_to_markets_economies_and_summary(case):
    flows, policy, _ = case
    result = simulate(*case)
    lines, markets, economies = result.lines, result.markets, result.economies.set_index("economy")
    dollars = lines.select_dtypes("float").drop(columns="export_supply_elasticity").abs().sum(axis=None)
    close = {"abs": 1e-12 * (dollars + markets.consumer_surplus_change.abs().sum())}
    revenue = lines.tariff_revenue_new - lines.tariff_revenue_base
    tax_revenue = policy.export_tax / (1 + policy.export_tax) * lines.import_value_new

    assert markets.expenditure_base.to_numpy() == pytest.approx(
        sum_by_market(flows, (lines.import_value_base * (1 + lines.tariff_base)).to_numpy()), rel=1e-14
    )
    assert markets.tariff_revenue_change.to_numpy() == pytest.approx(sum_by_market(flows, revenue.to_numpy()), **close)
    net = markets.consumer_surplus_change + markets.tariff_revenue_change
    assert markets.net_welfare_change.to_numpy() == pytest.approx(net.to_numpy(), **close)

    buyer = economies.loc["ACE"]
    assert buyer.consumer_surplus_change == pytest.approx(markets.consumer_surplus_change.sum(), **close)
    assert buyer.tariff_revenue_change == pytest.approx(revenue.sum(), **close)
    assert buyer.net_welfare_change == pytest.approx(markets.net_welfare_change.sum(), **close)
    assert buyer.imports_change == pytest.approx((lines.import_value_new - lines.import_value_base).sum(), **close)
    for name, sold in lines.groupby("exporter", observed=True):
        seller = economies.loc[name]
        assert seller.exports_base == pytest.approx(sold.import_value_base.sum(), **close)
        assert seller.exports_change == pytest.approx((sold.import_value_new - sold.import_value_base).sum(), **close)
        assert seller.producer_surplus_change == pytest.approx(sold.producer_surplus_change.sum(), **close)
        assert seller.tariff_revenue_change == pytest.approx(tax_revenue[sold.index].sum(), **close)
        gain = seller.producer_surplus_change + seller.tariff_revenue_change
        assert seller.net_welfare_change == pytest.approx(gain, **close)

    for metric in ("price_effect", "trade_creation", "trade_diversion", "import_value_new", "tariff_revenue_new"):
        assert result.value(metric) == pytest.approx(lines[metric].sum(), **close)
    for metric in ("consumer_surplus_change", "producer_surplus_change", "net_welfare_change"):
        assert result.value(metric) == pytest.approx(economies[metric].sum(), **close)
    assert result.value("tariff_revenue_change") == pytest.approx(revenue.sum(), **close)
    assert result.value("export_tax_revenue_change") == pytest.approx(tax_revenue.sum(), **close)
    untouched = ~lines.targeted & lines["product"].isin(lines["product"][lines.targeted])
    gain = (lines.import_value_new - lines.import_value_base)[untouched].sum()
    assert result.value("other_suppliers_gain") == pytest.approx(gain, **close)


def test_headline_rates_by_hand():
    # base 10% on 60 and 0 on 40: 6%; new 25% on the first: statutory 15%; collected: 0.25·M1a/(M1a + M1b)
    flows = flows_of([60, 40], [0.1, 0])
    result = simulate(flows, policy_of(flows, tariff=[0.25, 0]), elasticities_of(flows))
    first, second = result.lines.import_value_new
    assert result.value("effective_tariff_base") == pytest.approx(0.06, rel=1e-14)
    assert result.value("statutory_tariff_new") == pytest.approx(0.15, rel=1e-14)
    assert result.value("effective_tariff_new") == pytest.approx(0.25 * first / (first + second), rel=1e-14)
    assert result.value("targeted_tariff_base") == pytest.approx(0.1, rel=1e-14)
    assert result.value("targeted_tariff_new") == pytest.approx(0.25, rel=1e-14)
    assert result.value("targeted_import_value_relative_change") == pytest.approx(first / 60 - 1, rel=1e-13)
    assert result.value("other_suppliers_gain") == pytest.approx(second - 40, rel=1e-12)
    spent = (66 * (1 + composite(result)[0])) / 66 - 1
    assert result.value("affected_composite_price_change") == pytest.approx(spent - 1, rel=1e-12)
