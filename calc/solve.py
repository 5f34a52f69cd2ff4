"""Solvers. Each returns a solution with its residual, or raises `ConvergenceError`."""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

import numpy as np

from calc.errors import ConvergenceError
from calc.result import Solution
from calc.tables import Array, BoolArray

TOLERANCE = 1e-10
MACHINE = 1e-14
STEP_CAP = 3.0
HALVINGS = 30

State = TypeVar("State")


def increasing_roots(
    residual_and_slope: Callable[[Array], tuple[Array, Array]],
    start: Array,
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = 200,
) -> tuple[Array, Solution]:
    """Roots of many increasing functions at once, by Newton steps kept inside brackets.

        x ← x − F(x)/F′(x),  |step| ≤ 3

    F(x) < 0 makes x a lower bound of its root, F(x) > 0 an upper one; a step that leaves these bounds is replaced by
    the middle between them. So a function that is smooth only in pieces, as under an export ceiling, converges too.

    Parameters
    ----------
    residual_and_slope : x → (F, F′), elementwise, F′ > 0
    start : first guess; the unknowns are logs, which is what the step cap means

    Raises
    ------
    ConvergenceError
        max |F| > tolerance after `max_iterations`, or F is not finite.
    """
    begun = perf_counter()
    x = start
    low, high = np.full_like(x, -np.inf), np.full_like(x, np.inf)
    residual, slope = residual_and_slope(x)
    polished = False
    for iteration in range(max_iterations + 1):
        worst = float(np.max(np.abs(residual), initial=0.0))
        # Newton doubles the digits, so one step beyond the tolerance reaches machine precision.
        if worst <= MACHINE or (worst <= tolerance and polished):
            return x, Solution(residual=worst, iterations=iteration, seconds=perf_counter() - begun)
        polished = worst <= tolerance
        if not np.isfinite(worst) or iteration == max_iterations:
            break
        low, high = np.where(residual < 0, x, low), np.where(residual > 0, x, high)
        step = np.clip(residual / slope, -STEP_CAP, STEP_CAP)
        x = _inside(x - step, low, high, residual == 0, x)
        residual, slope = residual_and_slope(x)
    raise ConvergenceError(
        "The market prices were not found; the shock may be too large for these elasticities",
        residual=worst,
        iterations=iteration,
    )


def _inside(x: Array, low: Array, high: Array, solved: BoolArray, old: Array) -> Array:
    """Proposals inside their brackets; the middle of the bracket for those that left it."""
    outside = (x <= low) | (x >= high)
    if outside.any():
        bounded = outside & np.isfinite(low) & np.isfinite(high)
        middle = np.where(bounded, low, 0) / 2 + np.where(bounded, high, 0) / 2
        x = np.where(bounded, middle, x)
    return np.where(solved, old, x)


def newton_systems(
    evaluate: Callable[[Array], tuple[Array, State]],
    jacobian: Callable[[State], Array],
    start: Array,
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = 100,
) -> tuple[Array, Solution]:
    """Roots of many systems of equations at once, by damped Newton steps.

        x ← x − λ J⁻¹F,  |J⁻¹F| ≤ 3,  λ halved while max |F| of the system does not fall, up to 30 times

    Parameters
    ----------
    evaluate : x [system, unknown] → F [system, unknown] and whatever the Jacobian is made from
    jacobian : that → ∂F/∂x [system, equation, unknown]
    start : first guess; the unknowns are logs, which is what the step cap means

    Raises
    ------
    ConvergenceError
        max |F| > tolerance in the end, or the Jacobian is singular.
    """
    begun = perf_counter()
    x = start
    residual, state = evaluate(x)
    worst = np.max(np.abs(residual), axis=-1, initial=0.0)
    polished = False
    for iteration in range(max_iterations + 1):
        largest = float(worst.max(initial=0.0))
        if largest <= MACHINE or (largest <= tolerance and polished):
            return x, Solution(residual=largest, iterations=iteration, seconds=perf_counter() - begun)
        polished = largest <= tolerance
        if not np.isfinite(largest) or iteration == max_iterations:
            break
        try:
            step = np.linalg.solve(jacobian(state), residual[..., None])[..., 0]
        except np.linalg.LinAlgError:
            break
        length = np.max(np.abs(step), axis=-1, keepdims=True)
        step *= np.minimum(1.0, STEP_CAP / np.maximum(length, STEP_CAP))
        for halving in range(HALVINGS + 1):
            trial, trial_state = evaluate(x - step)
            trial_worst = np.max(np.abs(trial), axis=-1, initial=0.0)
            # below the tolerance only rounding is left, and it may go either way
            better = (trial_worst < worst) | (trial_worst <= tolerance)
            if better.all() or halving == HALVINGS:
                break
            step = np.where(better[:, None], step, step / 2)
        x, residual, state, worst = x - step, trial, trial_state, trial_worst
    raise ConvergenceError(
        "The world prices were not found; the shock may be too large for these elasticities",
        residual=largest,
        iterations=iteration,
    )
