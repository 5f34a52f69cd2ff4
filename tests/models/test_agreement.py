"""Models meet where theory says so: straight lines and exact curves agree to second order in a small shock."""

import numpy as np
import pytest
from builders import LAWS, elasticities_of, flows_of, policy_of
from hypothesis import given
from hypothesis import strategies as st

from calc.flows import sum_by_market
from calc.models import armington, smart

MARKETS = {
    "plain": {"values": [60e6, 30e6, 10e6], "rate": 0.0},
    "with a base tariff": {"values": [60e6, 30e6, 10e6], "rate": 0.25},
    "weak substitution": {"values": [60e6, 30e6, 10e6], "rate": 0.1, "sigma": 0.8},
    "strong substitution": {"values": [5e6, 80e6, 15e6], "rate": 0.1, "sigma": 9.0},
    "unit elasticities": {"values": [20e6, 30e6, 50e6], "rate": 0.1, "sigma": 1.0, "epsilon": -1.0},
}
markets = pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)


def both(market, shock, *, line=1):
    """SMART and Armington where one line's landed price rises by `shock` at a given world price."""
    flows = flows_of(market["values"], market["rate"])
    tariff = flows.tariff_rate.copy()
    tariff[line] = (1 + tariff[line]) * (1 + shock) - 1
    chosen = {k: market[k] for k in ("sigma", "epsilon") if k in market}
    arguments = flows, policy_of(flows, tariff=tariff), elasticities_of(flows, **chosen)
    return smart.simulate(*arguments), armington.simulate(*arguments)


def gaps(market, shock, *, line=1):
    """Diversion of each line, creation of the market and surpluses: SMART less Armington."""
    linear, exact = both(market, shock, line=line)
    diversion = linear.lines.trade_diversion - exact.lines.trade_diversion
    metrics = ("trade_creation", "consumer_surplus_change", "tariff_revenue_change")
    return np.append(diversion.to_numpy(), [linear.value(m) - exact.value(m) for m in metrics])


@markets
@pytest.mark.parametrize("line", [0, 1, 2])
@pytest.mark.parametrize("sign", [1, -1], ids=["rise", "cut"])
def test_smart_and_armington_agree_to_second_order(market, line, sign):
    # a ten times smaller shock leaves a hundred times smaller gap, but for third-order terms of 1e-3 to 1e-4
    large, small = (np.abs(gaps(market, sign * shock, line=line)) for shock in (1e-3, 1e-4))
    second_order = large > 1e-6 * 1e-6 * sum(market["values"])  # a gap whose second-order term vanishes has no rate
    assert second_order.sum() >= 3
    assert (large / small)[second_order] == pytest.approx(100, rel=0.03)


@LAWS
@given(
    value=st.lists(st.floats(1e5, 1e9), min_size=2, max_size=6),
    rate=st.floats(0, 0.5),
    sigma=st.floats(0.3, 10),
    epsilon=st.floats(-4, -0.2),
    shock=st.floats(-1e-3, 1e-3),
)
def test_the_gap_between_smart_and_armington_is_bounded_by_the_shock_squared(value, rate, sigma, epsilon, shock):
    market = {"values": value, "rate": rate, "sigma": sigma, "epsilon": epsilon}
    diversion_and_creation = np.abs(gaps(market, shock))[: len(value) + 1]
    # second derivatives of q and Q are below (1+σ+|ε|)² of the value; the solver leaves 1e-14 of ln P, rounding as much
    scale = 1 + sigma - epsilon
    assert (diversion_and_creation <= (scale**2 * shock**2 + 3e-14 * scale) * sum(value)).all()


@markets
def test_creation_by_line_is_where_the_models_differ(market):
    # SMART puts all creation on the taxed line, Armington on every line in proportion to its base value
    linear, exact = both(market, 1e-4)
    value = np.array(market["values"])
    total = exact.value("trade_creation")
    assert exact.lines.trade_creation.to_numpy() == pytest.approx(total * value / value.sum(), rel=1e-10)
    assert (linear.lines.trade_creation.to_numpy()[[0, 2]] == 0).all()


@markets
def test_diversion_sums_to_zero_to_second_order(market):
    sums = []
    for shock in (1e-3, 1e-4):
        linear, exact = both(market, shock)
        assert linear.value("trade_diversion") == pytest.approx(0, abs=1e-14 * sum(market["values"]))
        sums.append(exact.value("trade_diversion"))
    # a sum of terms that cancel: 1e-16 of the values against 1e-9 of them
    assert sums[0] / sums[1] == pytest.approx(100, rel=0.03)


@LAWS
@given(
    rate=st.floats(0, 0.5),
    shock=st.floats(-1e-4, 1e-4),
    epsilon=st.floats(-4, -0.2),
    beta=st.floats(0.1, 90),
    sigma=st.floats(0.3, 10),
)
def test_one_exporter_lowers_his_price_alike_in_both_models(rate, shock, epsilon, beta, sigma):
    # ε/(β−ε)·s; exactly in logs in Armington, exactly in the straight line in SMART
    flows = flows_of([1e8], rate)
    policy = policy_of(flows, tariff=(1 + rate) * (1 + shock) - 1)
    elasticities = elasticities_of(flows, epsilon=epsilon, sigma=sigma, beta=beta)
    linear, exact = (
        model.simulate(flows, policy, elasticities).lines.world_price_change.iloc[0] for model in (smart, armington)
    )
    slope = epsilon / (beta - epsilon)
    assert linear == pytest.approx(slope * shock, rel=1e-12, abs=1e-15)  # t1 − t0 loses digits of a small shock
    # the solver is content with a residual of 1e-14, which can be the whole of a shock that small
    assert np.log1p(exact) == pytest.approx(slope * np.log1p(shock), rel=1e-9, abs=2e-14)
    assert exact == pytest.approx(linear, abs=2 * shock**2 + 2e-14)


@markets
def test_a_shock_alike_for_all_lines_diverts_nothing_in_either_model(market):
    flows = flows_of(market["values"], market["rate"])
    policy = policy_of(flows, tariff=market["rate"] + 0.2)
    for model in (smart, armington):
        result = model.simulate(flows, policy, elasticities_of(flows))
        diversion = result.lines.trade_diversion.to_numpy()
        assert np.abs(diversion).max() <= 1e-13 * sum(market["values"])
        # and creation is on every line in proportion to its base value
        creation = result.lines.trade_creation.to_numpy()
        assert creation == pytest.approx(result.value("trade_creation") * flows.expenditure_share, rel=1e-12)


def test_discrete_and_differential_diversion_agree_to_second_order():
    flows = flows_of([60e6, 30e6, 10e6], 0.1)
    gap = []
    for shock in (1e-3, 1e-4):
        s = np.array([0.0, shock, -shock])
        rules = (smart.trade_diversion_differential, smart.trade_diversion_discrete)
        differential, discrete = (rule(flows, s, np.array([1.5])) for rule in rules)
        assert sum_by_market(flows, discrete) == pytest.approx(0, abs=1e-6)
        gap.append(np.abs(differential - discrete))
    assert gap[0] / gap[1] == pytest.approx(100, rel=0.03)
