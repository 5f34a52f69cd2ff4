"""The search for a peak: bounds, values too coarse for the last digits, points without an answer, single rates."""

import numpy as np
import pytest

from calc.analysis.optimal.search import GRADIENT, climb, highest_on_grid
from calc.errors import ConvergenceError

TOP = np.array([0.1, 0.3, 0.2])
SHARE = np.array([0.7, 0.29, 0.01])
WIDE = np.full(3, -1.0), np.full(3, 1.0)


def hill(y, coarse=0.0):
    """−½ Σ share (y − top)² (1 + (y − top)²), its value rounded to multiples of `coarse`."""
    away = y - TOP
    value = -0.5 * float(SHARE @ (away**2 * (1 + away**2)))
    return (round(value / coarse) * coarse if coarse else value), -SHARE * (away + 2 * away**3)


def test_a_peak_inside_the_bounds_is_found_to_the_last_digits():
    peak = climb(hill, np.zeros(3), *WIDE, SHARE)
    np.testing.assert_allclose(peak.rates_log, TOP, atol=1e-8)
    assert peak.gradient <= 1e-11


@pytest.mark.parametrize("coarse", [1e-12, 1e-9, 1e-6])
def test_slopes_lead_on_where_values_can_no_longer_be_told_apart(coarse):
    peak = climb(lambda y: hill(y, coarse), np.full(3, 0.9), *WIDE, SHARE)
    assert peak.gradient <= GRADIENT
    np.testing.assert_allclose(peak.rates_log, TOP, atol=1e-6)


def test_a_peak_beyond_the_bounds_is_where_they_bind():
    peak = climb(hill, np.zeros(3), np.full(3, -1.0), np.full(3, 0.15), SHARE)
    np.testing.assert_allclose(peak.rates_log, [0.1, 0.15, 0.15], atol=1e-8)


def test_points_without_an_answer_are_kept_away_from():
    def partly(y):
        if (y > 0.6).any():
            raise ConvergenceError("none", residual=1.0, iterations=1)
        return hill(y)

    peak = climb(partly, np.full(3, -0.9), *WIDE, SHARE)
    np.testing.assert_allclose(peak.rates_log, TOP, atol=1e-8)
    with pytest.raises(ConvergenceError, match="none"):
        climb(partly, np.full(3, 0.9), *WIDE, SHARE)


def test_a_search_that_does_not_end_on_a_peak_is_refused():
    def wrong_slope(y):
        value, slope = hill(y)
        return value, slope + np.sign(slope) * 1e-3

    with pytest.raises(ConvergenceError, match="better ones are near"):
        climb(wrong_slope, np.zeros(3), *WIDE, SHARE)


@pytest.mark.parametrize("start", [-0.9, 0.0999, 0.9])
def test_a_single_rate_is_found_by_secants(start):
    def one(y):
        return -0.5 * float((y[0] - 0.1) ** 2), -(y - 0.1)

    peak = climb(one, np.array([start]), np.array([-1.0]), np.array([1.0]), np.ones(1))
    assert peak.rates_log[0] == pytest.approx(0.1, abs=1e-10)
    assert peak.evaluations <= 12


def test_the_higher_of_two_peaks_is_found_on_a_grid_of_which_some_points_have_no_answer():
    def two(y):
        return float(np.cos(6 * y) + y / 4)

    def with_slope(y):
        return two(y[0]), -6 * np.sin(6 * y) + 0.25

    def partly(y):
        if y > 1.3:
            raise ConvergenceError("none", residual=1.0, iterations=1)
        return two(y)

    peak, known = highest_on_grid(partly, with_slope, np.linspace(-0.5, 1.5, 21))
    assert len(known) == 19
    assert peak.rates_log[0] == pytest.approx((2 * np.pi + np.arcsin(1 / 24)) / 6, abs=1e-9)
    assert peak.gradient < 1e-10
