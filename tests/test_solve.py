"""Roots of increasing functions: straight, bent either way, and smooth only in pieces."""

import numpy as np
import pytest
from builders import LAWS
from hypothesis import given
from hypothesis import strategies as st

from calc.errors import ConvergenceError
from calc.solve import TOLERANCE, increasing_roots

roots = st.lists(st.floats(-20, 20), min_size=1, max_size=5).map(np.array)
starts = st.floats(-20, 20)


def convex(root):
    return lambda x: (np.expm1(x - root), np.exp(x - root))


def concave(root):
    return lambda x: (-np.expm1(root - x), np.exp(root - x))


def straight(root):
    return lambda x: (0.3 * (x - root), np.full_like(x, 0.3))


def s_shaped(root):
    """Newton's own steps diverge from |x − root| > 1.39."""
    return lambda x: (np.arctan(x - root), 1 / (1 + (x - root) ** 2))


def bent_to_zero_slope(root):
    """Sign(x − root)·√|x − root|: Newton's own steps jump between root + d and root − d for ever."""

    def function(x):
        gap = x - root
        return np.sign(gap) * np.sqrt(np.abs(gap)), 0.5 / np.sqrt(np.maximum(np.abs(gap), 1e-30))

    return function


def kinked(root):
    """Slope 1 below a kink and 5 above, as where an export ceiling begins to bind; the root is below."""
    kink = root + 0.1

    def function(x):
        return np.maximum(x - root, 5 * (x - kink) + 0.1), np.where(x > kink, 5.0, 1.0)

    return function


@pytest.mark.parametrize("shape", [convex, concave, straight, s_shaped, kinked])
@LAWS
@given(root=roots, start=starts)
def test_the_root_is_found_from_anywhere(shape, root, start):
    x, solution = increasing_roots(shape(root), np.full_like(root, start))
    # slopes at the root are 0.3 at least, so the root is as near as three times the residual, and rounding of 20
    assert np.abs(x - root).max() <= 4 * TOLERANCE
    assert solution.residual <= TOLERANCE


def test_brackets_find_the_root_where_newton_alone_goes_round_in_circles():
    root = np.sqrt([2.0, 3.0, 5.0])
    x, solution = increasing_roots(bent_to_zero_slope(root), np.array([0.0, 3.0, -3.0]), tolerance=1e-6)
    assert np.abs(x - root).max() <= 1e-12  # |F| = √gap ≤ 1e-6; 1e-10 would ask for more digits than x has
    assert solution.residual <= 1e-6


def test_a_straight_line_takes_one_step():
    _, solution = increasing_roots(straight(np.array([1.0, -2.0])), np.zeros(2))
    assert solution.iterations == 1


def test_a_start_at_the_root_stays_there_to_the_last_digit():
    start = np.array([1.0, 0.0])
    x, solution = increasing_roots(straight(start), start)
    assert (x == start).all()
    assert (solution.iterations, solution.residual) == (0, 0)


def test_the_start_is_not_changed():
    start = np.zeros(2)
    increasing_roots(convex(np.array([1.0, -2.0])), start)
    assert (start == 0).all()


def test_no_step_is_longer_than_three_in_logs():
    seen = []

    def function(x):
        seen.append(x[0])
        return np.expm1(x - 50), np.exp(x - 50)  # flat at 0: Newton's own first step would be e^50

    increasing_roots(function, np.zeros(1))
    assert np.abs(np.diff(seen)).max() <= 3


def test_roots_solved_together_are_the_roots_solved_apart():
    root = np.array([-15.0, 0.0, 1e-8, 12.0])
    together, _ = increasing_roots(convex(root), np.zeros(4))
    apart = [increasing_roots(convex(np.array([r])), np.zeros(1))[0][0] for r in root]
    # one polishing step more or less moves a root by rounding only
    assert together == pytest.approx(np.array(apart), abs=1e-14, rel=1e-14)


def test_no_markets_are_solved_at_once():
    x, solution = increasing_roots(convex(np.zeros(0)), np.zeros(0))
    assert len(x) == 0
    assert solution.iterations == 0


def test_without_a_root_the_error_carries_residual_and_iterations():
    # −1 − e^−x rises to −1 and never reaches 0
    with pytest.raises(ConvergenceError, match=r"residual 1\.0e\+00 after 40 iterations") as caught:
        increasing_roots(lambda x: (-1 - np.exp(-x), np.exp(-x)), np.zeros(1), max_iterations=40)
    assert caught.value.residual == pytest.approx(1, rel=1e-12)
    assert caught.value.iterations == 40


def test_one_unsolved_market_withholds_all():
    def function(x):
        return np.array([x[0], 1.0]), np.ones(2)

    with pytest.raises(ConvergenceError) as caught:
        increasing_roots(function, np.zeros(2))
    assert caught.value.residual == 1


def test_a_number_that_is_none_is_an_error_at_once():
    with pytest.raises(ConvergenceError) as caught:
        increasing_roots(lambda x: (np.full_like(x, np.nan), np.ones_like(x)), np.zeros(1))
    assert caught.value.iterations == 0
