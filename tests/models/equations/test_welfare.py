"""Surpluses against integrals of demand and supply, and the areas under straight lines by hand."""

import numpy as np
import pytest
from builders import LAWS
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from calc.models.equations.welfare import (
    border_pass_through,
    consumer_surplus_change,
    cost_to_buyers,
    deadweight_loss,
    market_pass_through,
    preference_gain_per_unit,
    producer_surplus_change,
    tariff_areas,
)

# Both surpluses are elementary functions: what is left is rounding and the integrator's own error, below 1e-10.
EXACT = 1e-10
logs = st.floats(-1.5, 1.5).filter(lambda x: abs(x) > 1e-6)
demand_elasticities = st.floats(-8, -0.05)
supply_elasticities = st.floats(0, 30)


def consumers(value, price_log, elasticity):
    return float(consumer_surplus_change(np.array([value]), np.array([price_log]), np.array([elasticity]))[0])


def producers(value, price_log, elasticity):
    return float(producer_surplus_change(np.array([value]), np.array([price_log]), np.array([elasticity]))[0])


@LAWS
@given(price_log=logs, elasticity=demand_elasticities)
def test_consumer_surplus_is_the_area_beside_the_demand_curve(price_log, elasticity):
    area, _ = quad(lambda p: p**elasticity, 1, np.exp(price_log), epsabs=0, epsrel=1e-12)
    assert consumers(7e6, price_log, elasticity) == pytest.approx(-7e6 * area, rel=EXACT)


@LAWS
@given(price_log=logs, elasticity=supply_elasticities)
def test_producer_surplus_is_the_area_beside_the_supply_curve(price_log, elasticity):
    area, _ = quad(lambda p: p**elasticity, 1, np.exp(price_log), epsabs=0, epsrel=1e-12)
    assert producers(7e6, price_log, elasticity) == pytest.approx(7e6 * area, rel=EXACT)


def test_surpluses_by_hand():
    # price doubles: ε = −2: −100 (2^−1 − 1)/(−1) = −50; ε = −1: −100 ln 2; supply β = 1: 100 (2² − 1)/2 = 150
    assert consumers(100, np.log(2), -2) == pytest.approx(-50, rel=1e-14)
    assert consumers(100, np.log(2), -1) == pytest.approx(-100 * np.log(2), rel=1e-15)
    assert producers(100, np.log(2), 1) == pytest.approx(150, rel=1e-14)
    assert producers(100, np.log(2), 0) == pytest.approx(100, rel=1e-14)


@pytest.mark.parametrize("price_log", [1e-300, -1e-12, 1e-9])
@pytest.mark.parametrize("elasticity", [-5.0, -1.0, -0.2])
def test_a_tiny_price_change_costs_its_share_of_spending(price_log, elasticity):
    # φ(z) = 1 + z/2 + …, so the relative error is |(1+ε) lnP|/2 at most
    assert consumers(1e9, price_log, elasticity) == pytest.approx(-1e9 * price_log, rel=3 * abs(price_log) + 1e-15)


def test_no_price_change_costs_nothing_at_any_elasticity():
    zero = np.zeros(4)
    assert (consumer_surplus_change(np.full(4, 1e9), zero, np.array([-3, -1, -0.5, -1e-9])) == 0).all()
    assert (producer_surplus_change(np.full(4, 1e9), zero, np.array([0, 1, 50, np.inf])) == 0).all()


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9, -1e-3, -1e-6, -1e-9])
def test_consumer_surplus_is_continuous_at_unit_elasticity(gap):
    # dΔCS/dε = −V0 (ln P)²/2 there: half a gap for P = e, V0 = 1, and less than gap²/2 beyond that
    at_one, beside = consumers(1, 1.0, -1.0), consumers(1, 1.0, -1 + gap)
    assert beside - at_one == pytest.approx(-gap / 2, abs=gap**2 / 2 + 1e-15)


@pytest.mark.parametrize("elasticity", [1e2, 1e5, 1e9, 1e14])
def test_producer_surplus_vanishes_as_supply_becomes_elastic(elasticity):
    # price moves by 1/(1+β): ΔPS = M0 (e − 1)/(1+β), and exactly 0 in the limit
    assert producers(1, 1 / (1 + elasticity), elasticity) == pytest.approx(np.expm1(1) / (1 + elasticity), rel=1e-12)
    assert producers(1, 0.0, np.inf) == 0


def test_deadweight_loss_is_harbergers_triangle_from_free_trade_and_a_trapezoid_from_a_tariff():
    # 25% on imports that fall from 100 to 60: ½ · 0.25 · 40 = 5;  from 10%: (0.10 + 0.25)/2 · 40 = 7
    loss = deadweight_loss(np.array([0.0, 0.1]), np.array([0.25, 0.25]), np.array([-40.0, -40.0]))
    assert loss == pytest.approx([5, 7], rel=1e-15)


def test_cost_to_buyers_adds_duty_and_deadweight_loss():
    assert cost_to_buyers(15, 5) == 20


def test_border_pass_through_by_hand():
    # exporters cut their price by 2% under a duty of 10 points: 1 − 0.2
    assert border_pass_through(-0.02, 0.10) == pytest.approx(0.8, rel=1e-15)
    assert border_pass_through(0.0, 0.10) == 1


@LAWS
@given(supply=st.floats(0.01, 1e6), demand=demand_elasticities)
def test_market_pass_through_is_the_border_pass_through_of_a_small_duty(supply, demand):
    # p* = (1+t)^(ε/(β−ε)), from clearing p*^β = ((1+t) p*)^ε; the second-order term of a duty of 1e-7 is below 1e-6
    duty = 1e-7
    export_price_change = np.expm1(demand / (supply - demand) * np.log1p(duty))
    assert market_pass_through(supply, demand) == pytest.approx(
        border_pass_through(export_price_change, duty), abs=1e-6
    )


def test_market_pass_through_is_full_under_infinite_supply():
    assert market_pass_through(np.inf, -1.2) == 1


@LAWS
@given(
    price=st.floats(1, 100),
    rise=st.floats(0.01, 10),
    fall=st.floats(0, 1),
    supply=st.tuples(st.floats(0, 50), st.floats(0, 20)),
    demand=st.tuples(st.floats(100, 200), st.floats(0, 20)),
)
def test_areas_are_the_integrals_under_the_lines(price, rise, fall, supply, demand):
    supply_base, more = supply
    demand_base, less = demand
    areas = tariff_areas(
        price_base=price,
        home_price_new=price + rise,
        world_price_new=price - fall,
        supply_base=supply_base,
        supply_new=supply_base + more,
        demand_base=demand_base,
        demand_new=demand_base - less,
    )

    def gap(p):
        return (p - price) / rise

    # straight lines between base and new, integrated over the price
    bought, _ = quad(lambda p: demand_base - less * gap(p), price, price + rise)
    sold, _ = quad(lambda p: supply_base + more * gap(p), price, price + rise)
    imports = demand_base - less - supply_base - more
    scale = 1e-12 * (abs(bought) + abs(sold) + (price + rise) * demand_base)  # differences of sums of this size
    assert areas.consumer_surplus_change == pytest.approx(-bought, abs=scale)
    assert areas.producer_surplus_change == pytest.approx(sold, abs=scale)
    assert areas.tariff_revenue == pytest.approx((rise + fall) * imports, abs=scale)
    assert areas.net_welfare_change == pytest.approx(sold - bought + (rise + fall) * imports, abs=scale)
    assert areas.deadweight_loss == pytest.approx(rise * (more + less) / 2, abs=scale)


def test_a_preference_can_cost_the_treasury_more_than_it_gives_buyers():
    # third country 22 with 10% duty, so 20 before duty; partner 21: buyers gain 1, the treasury loses 2
    gain = preference_gain_per_unit(third_price_duty_paid=22, third_tariff=0.1, partner_price=21)
    assert (gain.consumer_gain, gain.tariff_revenue_lost) == pytest.approx((1, 2), rel=1e-14)
    # net: the partner's 21 against the third country's 20 before duty
    assert gain.net_gain == pytest.approx(20 - 21, rel=1e-13)
