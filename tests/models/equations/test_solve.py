"""Roots of increasing functions: straight, bent either way, and smooth only in pieces."""

import subprocess
import sys

import numpy as np
import pytest
from builders import LAWS
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import block_diag

from calc.errors import ConvergenceError
from calc.models.equations.solve import (
    TOLERANCE,
    anderson,
    continuation,
    increasing_roots,
    krylov_systems,
    newton_krylov,
)
from calc.result import Solution

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


# Fixed points of many unknowns: accelerated, by Newton's method without a Jacobian, and by parts of the shock


def linear_map(slopes, root):
    """X → root + A (x − root) with the given eigenvalues in a mixed basis; above 1 plain iteration runs away."""
    slopes, root = np.asarray(slopes, dtype=float), np.asarray(root, dtype=float)
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(len(slopes), len(slopes))))[0]
    matrix = basis @ np.diag(slopes) @ basis.T

    def step(x):
        new = root + matrix @ (x - root)
        return new, float(np.abs(new - x).max())

    return step


SLOPES = {"contracting": [0.1, 0.5, 0.9, -0.7], "expanding": [0.5, -6.0, -2.0, 3.0], "still": [0.0] * 4}


@pytest.mark.parametrize("solver", [anderson, newton_krylov])
@pytest.mark.parametrize("slopes", SLOPES.values(), ids=SLOPES)
def test_a_linear_map_is_solved_though_plain_iteration_runs_away(solver, slopes):
    root = np.array([1.0, -2.0, 0.5, 3.0])
    x, solution = solver(linear_map(slopes, root), np.zeros(4))
    assert np.abs(x - root).max() <= 1e-8
    assert solution.residual <= TOLERANCE
    assert solution.iterations > 0


@pytest.mark.parametrize("solver", [anderson, newton_krylov])
def test_a_start_at_the_fixed_point_stays_there_and_is_not_changed(solver):
    root = np.array([1.0, -2.0, 0.5, 3.0])
    start = root.copy()
    x, solution = solver(linear_map(SLOPES["expanding"], root), start)
    assert (x == root).all()
    assert (start == root).all()
    assert solution.iterations <= 1


@pytest.mark.parametrize("solver", [anderson, newton_krylov])
def test_a_map_without_a_fixed_point_is_an_error_with_its_residual(solver):
    with pytest.raises(ConvergenceError) as caught:
        solver(lambda x: (x + 1 + x**2, float(np.abs(1 + x**2).max())), np.zeros(3))
    assert caught.value.residual >= 1
    assert caught.value.iterations > 0


@pytest.mark.parametrize("solver", [anderson, newton_krylov])
def test_a_map_that_gives_no_numbers_is_an_error(solver):
    with pytest.raises(ConvergenceError):
        solver(lambda x: (np.full_like(x, np.nan), float("nan")), np.zeros(3))


def test_acceleration_starts_again_from_the_best_point_where_the_map_gives_no_numbers():
    seen = []

    def step(x):
        with np.errstate(all="ignore"):
            new = 2 - 4 * np.log(x)
        seen.append(x[0])
        return new, float(np.abs(new - x).max())

    x, _ = anderson(step, np.array([3.0]))
    # 3 leads to 2 − 4 ln 3 = −2.394, which has no logarithm; three tenths of the way there is 1.3817
    assert seen[:3] == pytest.approx([3.0, -2.394, 1.3817], abs=1e-3)
    assert x[0] == pytest.approx(2 - 4 * np.log(x[0]), abs=1e-9)


def test_memory_of_one_change_is_a_secant():
    x, _ = anderson(lambda x: (np.cos(x), float(np.abs(np.cos(x) - x).max())), np.zeros(1), memory=1)
    assert x[0] == pytest.approx(0.7390851332151607, abs=1e-10)


ALONE = """
import time
import numpy as np
from calc.models.equations.solve import anderson

rng = np.random.default_rng(1)
slope = rng.uniform(0.2, 0.8, 30_000)

def step(x):
    new = 1 + slope * x
    return new, float(np.abs(new - x).max())

of_all_threads, of_this = time.process_time(), time.thread_time()
anderson(step, np.zeros(30_000))
of_this = time.thread_time() - of_this
print((time.process_time() - of_all_threads) / of_this)
"""


def test_many_unknowns_wake_no_other_thread_that_then_waits_at_full_speed():
    # in a process of its own, where no thread of another test counts
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1.3


def test_parts_are_halved_where_one_is_too_large_and_reach_the_whole():
    reached = []

    def solve_at(share, x):
        if share - x[0] > 0.3:
            raise ConvergenceError("too far", residual=1.0, iterations=7)
        reached.append(share)
        return np.array([share]), Solution(residual=1e-12, iterations=2)

    x, solution = continuation(solve_at, np.zeros(1))
    assert reached == [0.25, 0.5, 0.75, 1.0]
    assert x[0] == 1.0
    assert solution.iterations == 7 + 4 * 2


def test_a_shock_with_a_wall_in_it_is_an_error_that_says_how_far_it_went():
    def solve_at(share, x):
        if share > 0.6:
            raise ConvergenceError("a wall", residual=0.1, iterations=1)
        return x, Solution(residual=0.0, iterations=1)

    with pytest.raises(ConvergenceError, match="59% of it was solved") as caught:
        continuation(solve_at, np.zeros(1))
    assert caught.value.residual == 0.1


@LAWS
@given(st.integers(0, 10_000))
def test_systems_solved_together_have_the_solutions_they_have_alone(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, 4)
    blocks = [np.eye(size) - rng.uniform(0, 0.9 / size, (size, size)) for size in sizes]
    right, start = rng.normal(size=sizes.sum()) * 10.0 ** rng.integers(-8, 8), np.cumsum(sizes) - sizes
    matrix = block_diag(*blocks)
    found = krylov_systems(lambda v: matrix @ v, right, start, np.full(4, 1e-13))
    np.testing.assert_allclose(found, np.linalg.solve(matrix, right), rtol=1e-11, atol=1e-11 * np.abs(right).max())


def test_a_system_without_a_solution_is_refused():
    matrix = np.array([[1.0, 1.0], [1.0, 1.0]])
    with pytest.raises(ConvergenceError):
        krylov_systems(lambda v: matrix @ v, np.array([1.0, 0.0]), np.array([0]), np.array([1e-10]))
