"""Rules as equations: actions, rates of duty, the formula of April 2025, and pass-through."""

import numpy as np
import pytest
from builders import LAWS, elasticities_of, flows_of, policy_of
from hypothesis import given
from hypothesis import strategies as st

from calc.errors import ParameterError
from calc.models import armington
from calc.tariffs.rules import (
    ACTIONS,
    apply_action,
    effective_tariff_rate,
    pass_through_supply_elasticity,
    reciprocal_rate,
)

# Actions


@pytest.mark.parametrize(
    ("action", "value", "expected"),
    [
        ("add", 0.10, [0.10, 0.15, 0.60]),
        ("add", -0.04, [-0.04, 0.01, 0.46]),
        ("set", 0.10, [0.10, 0.10, 0.10]),
        ("multiply", 2.0, [0.0, 0.10, 1.0]),
        ("multiply", 0.5, [0.0, 0.025, 0.25]),
        ("floor", 0.10, [0.10, 0.10, 0.50]),
        ("cap", 0.10, [0.0, 0.05, 0.10]),
    ],
)
def test_each_action_by_hand(action, value, expected):
    assert apply_action(action, np.array([0.0, 0.05, 0.5]), value) == pytest.approx(expected, rel=1e-15)


def test_coverage_blends_the_old_and_the_acted_rate():
    # 40% of a line goes from 5 to 25%: 0.6·5 + 0.4·25 = 13
    assert apply_action("set", np.array([0.05]), 0.25, 0.4) == pytest.approx([0.13], rel=1e-14)
    # a floor of 10 on 40% of a line at 5: 7;  on a line at 20: unchanged
    assert apply_action("floor", np.array([0.05, 0.20]), 0.10, 0.4) == pytest.approx([0.07, 0.20], rel=1e-14)


rates = st.lists(st.floats(-0.9, 5), min_size=1, max_size=5).map(np.array)


@LAWS
@given(action=st.sampled_from(sorted(ACTIONS)), rate=rates, value=st.floats(-0.5, 5))
def test_full_coverage_is_the_action_and_none_is_the_old_rate(action, rate, value):
    assert (apply_action(action, rate, value, 1.0) == ACTIONS[action](rate, np.array(value))).all()
    assert (apply_action(action, rate, value, 0.0) == rate).all()


@LAWS
@given(action=st.sampled_from(sorted(ACTIONS)), rate=rates, value=st.floats(-0.5, 5), coverage=st.floats(0, 1))
def test_partial_coverage_lies_between(action, rate, value, coverage):
    acted = apply_action(action, rate, value)
    blended = apply_action(action, rate, value, coverage)
    assert blended == pytest.approx((1 - coverage) * rate + coverage * acted, abs=1e-14 * 30)  # rates up to 25


@LAWS
@given(rate=rates, value=st.floats(-0.5, 5))
def test_set_floor_and_cap_do_nothing_the_second_time(rate, value):
    for action in ("set", "floor", "cap"):
        once = apply_action(action, rate, value)
        assert (apply_action(action, once, value) == once).all()


# Rates of duty


@LAWS
@given(
    rate=st.lists(st.floats(0, 5), min_size=3, max_size=3).map(np.array),
    value=st.lists(st.floats(1, 1e9), min_size=3, max_size=3).map(np.array),
)
def test_the_effective_rate_times_imports_is_the_duty(rate, value):
    effective = effective_tariff_rate(rate, value)
    assert effective * value.sum() == pytest.approx((rate * value).sum(), rel=1e-14)
    assert rate.min() * (1 - 1e-14) <= effective <= rate.max() * (1 + 1e-14)


def test_effective_rates_at_base_and_new_weights_by_hand():
    # 10% on 60 and 0 on 40: 6%; after imports fall to 30: 3 of 70
    rate = np.array([0.1, 0.0])
    assert effective_tariff_rate(rate, np.array([60.0, 40.0])) == pytest.approx(0.06, rel=1e-15)
    assert effective_tariff_rate(rate, np.array([30.0, 40.0])) == pytest.approx(3 / 70, rel=1e-15)


def test_the_effective_rates_of_a_result_are_those_of_its_lines():
    flows = flows_of([[60, 40], [30, 70]], [[0.1, 0], [0.3, 0.05]])
    result = armington.simulate(flows, policy_of(flows, tariff=[0.5, 0, 0.3, 0.2]), elasticities_of(flows))
    lines = result.lines
    for metric, rate, value in (
        ("effective_tariff_base", lines.tariff_base, lines.import_value_base),
        ("statutory_tariff_new", lines.tariff_new, lines.import_value_base),
        ("effective_tariff_new", lines.tariff_new, lines.import_value_new),
    ):
        assert result.value(metric) == pytest.approx(effective_tariff_rate(rate, value), rel=1e-14)
    # buyers leave the goods whose rate rises, so what is collected is below the exposure
    assert result.value("effective_tariff_new") < result.value("statutory_tariff_new")


# The formula of April 2025


@pytest.mark.parametrize(
    ("exports", "imports", "charged", "announced"),
    [
        (40, 100, 0.60, 0.30),
        (39, 100, 0.61, 0.31),  # half of 61 is 30.5, a whole percent above
        (44, 100, 0.56, 0.28),  # half of it is 28.000000000000004 in binary digits; it is not lifted to 29
        (90, 100, 0.10, 0.10),
        (85, 100, 0.15, 0.10),  # half of it is below the floor
        (150, 100, 0.10, 0.10),  # a surplus pays the floor
        (0, 100, 1.00, 0.50),
    ],
)
def test_the_reciprocal_formula_by_hand(exports, imports, charged, announced):
    assert reciprocal_rate(exports, imports) == pytest.approx((charged, announced), rel=1e-14)


def test_the_reciprocal_formula_divides_by_elasticity_and_pass_through():
    # ε φ = 2·0.5 = 1 again; ε φ = 4·0.5 = 2 halves the rate
    assert reciprocal_rate(40, 100, import_elasticity=2, pass_through=0.5)[0] == pytest.approx(0.6, rel=1e-14)
    assert reciprocal_rate(40, 100, pass_through=0.5)[0] == pytest.approx(0.3, rel=1e-14)
    assert reciprocal_rate(95, 100, floor=0.02) == pytest.approx((0.05, 0.03), rel=1e-14)


@LAWS
@given(exports=st.floats(0, 1e6), imports=st.floats(1, 1e6))
def test_the_announced_rate_is_a_whole_percent_of_ten_to_fifty(exports, imports):
    charged, announced = reciprocal_rate(exports, imports)
    assert 0.1 <= announced <= 0.5
    assert 100 * announced == pytest.approx(round(100 * announced), abs=1e-9)
    assert max(0.1, charged / 2) <= announced + 1e-11
    assert announced < max(0.1, charged / 2) + 0.01


# Pass-through


@LAWS
@given(share=st.floats(0.001, 0.999), sigma=st.floats(0.3, 20), epsilon=st.floats(-4, -0.2), duty=st.floats(0.01, 3))
def test_pass_through_is_what_a_small_supplier_passes_on(share, sigma, epsilon, duty):
    # a supplier without weight leaves the composite price as it is: ln p = ρ ln(1+t)
    flows = flows_of([1e-9, 1e9])
    beta = pass_through_supply_elasticity(share, np.array([sigma]))[0]
    elasticities = elasticities_of(flows, epsilon=epsilon, sigma=sigma, beta=[beta, np.inf])
    landed = armington.simulate(flows, policy_of(flows, tariff=[duty, 0]), elasticities).lines.landed_price_change
    assert np.log1p(landed.iloc[0]) == pytest.approx(share * np.log1p(duty), rel=1e-9)


@pytest.mark.parametrize(("share", "beta"), [(0.94, 59.5), (0.86, 23.3), (0.80, 15.2), (0.5, 3.8)])
def test_supply_elasticities_behind_measured_pass_through(share, beta):
    # σ = 3.8, to the printed digit
    assert pass_through_supply_elasticity(share, np.array([3.8]))[0] == pytest.approx(beta, abs=0.05)


def test_full_pass_through_is_infinite_supply_and_none_is_fixed_supply():
    sigma = np.array([0.5, 3.8])
    assert (pass_through_supply_elasticity(1.0, sigma) == np.inf).all()
    assert (pass_through_supply_elasticity(0.0, sigma) == 0).all()


@pytest.mark.parametrize("share", [-0.01, 1.01, np.nan])
def test_pass_through_outside_nought_and_one_is_refused(share):
    with pytest.raises(ParameterError, match="between 0 and 100%"):
        pass_through_supply_elasticity(share, np.array([3.8]))
