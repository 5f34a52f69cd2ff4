"""Solvers. Each returns a solution with its residual, or raises `ConvergenceError`."""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

import numpy as np

from calc.errors import ConvergenceError
from calc.flows import Array, BoolArray, IntArray
from calc.result import Solution

TOLERANCE = 1e-10
MACHINE = 1e-14
STEP_CAP = 3.0
HALVINGS = 30
RESTARTS = 10
LONG = 5_000  # numbers of a vector, half of those from which OpenBLAS splits a product
RESTART_DAMPING = 0.3
KRYLOV = 200
DIRECTIONS = 40

State = TypeVar("State")
Step = Callable[[Array], tuple[Array, float]]
"""x → the next x, and the largest relative residual at the old one."""

_NOT_FOUND = "The equilibrium was not found; the shock may be too large for these elasticities"


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
    newton_step: Callable[[State, Array], Array],
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
    newton_step : that and F → J⁻¹F [system, unknown], J = ∂F/∂x
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
            step = newton_step(state, residual)
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


def krylov_systems(product: Callable[[Array], Array], right: Array, system_start: IntArray, tolerance: Array) -> Array:
    """Solutions y of many systems A y = b at once, from products of A and a vector alone.

        q ← A r − Σ_k ⟨A r, q_k⟩ q_k,  ‖q‖ = 1,  p likewise with A p = q        y ← y + ⟨r, q⟩ p,  r ← r − ⟨r, q⟩ q

    Generalised conjugate residuals: the residual r is the shortest that the directions p so far allow in each system.

    Parameters
    ----------
    product : v → A v, all systems one behind the other [unknown]
    right : b [unknown]
    system_start : first unknown of each system
    tolerance : ‖r‖/‖b‖ that is enough [system]

    Raises
    ------
    ConvergenceError
        ‖r‖ is too long in a system after `KRYLOV` products.
    """
    size = np.diff(system_start, append=len(right))

    def dot(one: Array, other: Array) -> Array:
        """⟨one, other⟩ of each system, put back on its unknowns."""
        return np.add.reduceat(one * other, system_start)

    solution, residual = np.zeros_like(right), right.copy()
    goal = tolerance**2 * dot(right, right)
    directions: list[tuple[Array, Array]] = []
    for _ in range(KRYLOV):
        length = dot(residual, residual)
        if (length <= goal).all():
            return solution
        if len(directions) == DIRECTIONS:
            directions = []
        towards, change = residual.copy(), product(residual)
        for old_towards, old_change in directions:
            along = np.repeat(dot(change, old_change), size)
            towards -= along * old_towards
            change -= along * old_change
        length = dot(change, change)
        scale = np.repeat(np.where(length > 0, 1 / np.sqrt(np.where(length > 0, length, 1.0)), 0.0), size)
        towards *= scale
        change *= scale
        directions.append((towards, change))
        along = np.repeat(dot(residual, change), size)
        solution += along * towards
        residual -= along * change
    worst = float(np.sqrt((dot(residual, residual) / np.where(goal > 0, goal, 1.0)).max()))
    raise ConvergenceError(_NOT_FOUND, residual=worst, iterations=KRYLOV)


def anderson(
    step: Step,
    start: Array,
    *,
    memory: int = 12,
    tolerance: float = TOLERANCE,
    max_iterations: int = 1000,
) -> tuple[Array, Solution]:
    """Fixed point of a map, by Anderson's acceleration.

        f = step(x) − x        x ← x + f − (ΔX + ΔF) c,   c = argmin ‖ΔF c − f‖

    ΔX and ΔF hold the last changes of x and f. The least squares go through ΔFᵀΔF with columns scaled to length 1 and
    1e-13 on the diagonal, which is as good as a cut-off here and needs one product of ΔF and a vector an iteration.
    Where f grows ten-fold or leaves the numbers, the best x so far is taken up again with damping 0.3.

    Parameters
    ----------
    step : x → (step(x), residual at x); x in logs
    start : first guess
    memory : changes kept

    Raises
    ------
    ConvergenceError
        residual > tolerance after `max_iterations`, or ten restarts.
    """
    begun = perf_counter()
    x, best, restarts, kept = start, start, 0, 0
    shortest, lowest, best_f = np.inf, np.inf, start
    old_x, old_f = start, start
    x_changes, f_changes = np.empty((memory, len(start))), np.empty((memory, len(start)))
    products = np.zeros((memory, memory))
    for iteration in range(max_iterations + 1):
        proposal, residual = step(x)
        if residual <= tolerance:
            return x, Solution(residual=residual, iterations=iteration, seconds=perf_counter() - begun)
        f = proposal - x
        length = float(np.sqrt(_products(f[None], f)[0]))
        if not length <= 10 * shortest:  # true for a length that is no number, too
            restarts += 1
            if restarts > RESTARTS or not np.isfinite(shortest):
                break
            old_x, old_f, kept = best, best_f, 0
            x = best + RESTART_DAMPING * best_f
            continue
        lowest = min(lowest, residual)
        if length < shortest:
            shortest, best, best_f = length, x, f
        if iteration == 0:
            old_x, old_f, x = x, f, x + f
            continue
        row, used = kept % memory, min(kept + 1, memory)
        np.subtract(x, old_x, out=x_changes[row])
        np.subtract(f, old_f, out=f_changes[row])
        recent = f_changes[:used]
        products[row, :used] = products[:used, row] = _products(recent, f_changes[row])
        kept += 1
        scale = 1 / np.sqrt(np.maximum(np.diagonal(products)[:used], np.finfo(float).tiny))
        normal = products[:used, :used] * scale * scale[:, None]
        normal[np.diag_indices(used)] += 1e-13
        weights = np.linalg.solve(normal, _products(recent, f) * scale) * scale
        old_x, old_f = x, f
        x = x + f - weights @ x_changes[:used] - weights @ recent
    raise ConvergenceError(_NOT_FOUND, residual=lowest, iterations=iteration)


def _products(rows: Array, vector: Array) -> Array:
    """Products of each row and a vector.

    That of two long vectors is not left to the linear algebra library, which splits it over threads that go on waiting
    at full speed long after its end.
    """
    products: Array = rows @ vector if len(rows) > 1 or len(vector) < LONG else (rows * vector).sum(axis=1)
    return products


def newton_krylov(
    step: Step, start: Array, *, tolerance: float = TOLERANCE, max_iterations: int = 15
) -> tuple[Array, Solution]:
    """Fixed point of a map, by Newton steps on F(x) = x − step(x) whose linear systems GMRES solves.

        J v ≈ (F(x + h v) − F(x))/h        x ← x − λ J⁻¹F, λ halved while ‖F‖ does not fall

    Parameters
    ----------
    step : x → (step(x), residual at x); x in logs
    start : first guess

    Raises
    ------
    ConvergenceError
        residual > tolerance after `max_iterations` Newton steps, or no step makes ‖F‖ fall.
    """
    from scipy.sparse.linalg import LinearOperator, gmres  # 0.06 s to import, and single markets never need it

    begun = perf_counter()
    x, evaluations = start, 0

    def gap(x: Array) -> tuple[Array, float]:
        nonlocal evaluations
        evaluations += 1
        proposal, residual = step(x)
        return x - proposal, residual

    f, residual = gap(x)
    for _ in range(max_iterations):
        length = float(np.linalg.norm(f))
        if residual <= tolerance or not np.isfinite(length):
            break
        nudge = np.sqrt(np.finfo(float).eps) * (1 + float(np.linalg.norm(x)))

        def slope(v: Array, x: Array = x, f: Array = f, nudge: float = nudge) -> Array:
            """J v by a difference along v."""
            size = float(np.linalg.norm(v))
            return v if size == 0 else (gap(x + nudge / size * v)[0] - f) * (size / nudge)

        system = LinearOperator((len(x), len(x)), matvec=slope, dtype=np.float64)
        towards, _ = gmres(system, f, rtol=min(0.1, length), restart=KRYLOV, maxiter=1)
        towards *= min(1.0, STEP_CAP / max(float(np.max(np.abs(towards))), STEP_CAP))
        for _ in range(HALVINGS):
            trial, trial_residual = gap(x - towards)
            if np.linalg.norm(trial) < length:
                break
            towards = towards / 2
        else:
            break
        x, f, residual = x - towards, trial, trial_residual
    if not residual <= tolerance:
        raise ConvergenceError(_NOT_FOUND, residual=residual, iterations=evaluations)
    return x, Solution(residual=residual, iterations=evaluations, seconds=perf_counter() - begun)


def continuation(
    solve_at: Callable[[float, Array], tuple[Array, Solution]], start: Array, *, most: int = 64
) -> tuple[Array, Solution]:
    """Solution of a whole shock by way of parts of it, each from the solution of the one before.

    The first part is half of the shock; where a part fails, half of it is tried from the last point reached.

    Parameters
    ----------
    solve_at : share of the shock, 0 to 1, and a first guess → the solution
    start : solution without the shock
    most : 1/smallest part

    Raises
    ------
    ConvergenceError
        Even the smallest part was too large.
    """
    x, reached, part, iterations, seconds = start, 0.0, 0.5, 0, 0.0
    while True:
        try:
            x, solution = solve_at(min(1.0, reached + part), x)
        except ConvergenceError as error:
            iterations += error.iterations
            part /= 2
            if part < 1 / most:
                raise ConvergenceError(
                    f"{error.reason}; {reached:.0%} of it was solved", residual=error.residual, iterations=iterations
                ) from error
        else:
            reached = min(1.0, reached + part)
            iterations, seconds = iterations + solution.iterations, seconds + solution.seconds
            if reached == 1.0:
                return x, Solution(residual=solution.residual, iterations=iterations, seconds=seconds)
