"""The greatest value of a smooth function of rates within bounds, verified.

Variables are y = ln(1+v) times the root of a rate's share in imports: a small partner's rate matters little, and
without the scale the search does not converge. L-BFGS-B goes as far as differences of values can be told apart; from
there quasi-Newton steps make the projected gradient fall, which is precise where the value is flat.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy.optimize import Bounds, LbfgsInvHessProduct, brentq, minimize

from calc.errors import ConvergenceError
from calc.flows import Array

GRADIENT = 1e-8
"""Largest projected gradient of an optimum, per unit of what the value is measured by."""
PRECISE = 1e-11
"""Projected gradient to which a war takes its responses, so that its rates settle."""
MOST_STEPS = 400
POLISHING = 60
MEMORY = 20
SECANT_STEPS, FIRST_STEP = 20, 1e-3
_REFUSED = 1.0  # what a point without an equilibrium is worse than the worst that has one

Evaluate = Callable[[Array], tuple[float, Array]]
"""ln(1+v) [rate] → value and slope; `ConvergenceError` where there is no equilibrium."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Peak:
    """Where a search ended.

    Parameters
    ----------
    rates_log : ln(1+v) [rate]
    value : of the function
    gradient : largest projected gradient, in the scaled variables
    evaluations : of the function with its slope
    """

    rates_log: Array
    value: float
    gradient: float
    evaluations: int


def climb(
    evaluate: Evaluate, start: Array, low: Array, high: Array, share: Array, *, tolerance: float = PRECISE
) -> Peak:
    """The peak above a start.

    Parameters
    ----------
    evaluate : the function and its slope
    start, low, high : ln(1+v) [rate]
    share : of each rate in imports, > 0 [rate]
    tolerance : projected gradient at which to stop

    Raises
    ------
    ConvergenceError
        There is no equilibrium at the start, or the search stopped where the slope is not 0.
    """
    # shares far below those of the great partners would stretch rounding into steps
    root = np.sqrt(np.maximum(share, 1e-12))
    z_low, z_high = low * root, high * root
    asked, lowest = 0, np.inf

    def down(z: Array) -> tuple[float, Array]:
        nonlocal asked, lowest
        asked += 1
        value, slope = evaluate(z / root)
        lowest = min(lowest, value)
        return -value, -slope / root

    def cautious(z: Array) -> tuple[float, Array]:
        try:
            return down(z)
        except ConvergenceError:
            if not np.isfinite(lowest):
                raise
            return _REFUSED - lowest, np.zeros_like(z)

    first = np.clip(start, low, high) * root
    if len(root) == 1:
        peak = _single(down, first, z_low, z_high, tolerance)
        if peak is not None:
            z, value, gradient = peak
            return Peak(rates_log=z / root, value=-value, gradient=gradient, evaluations=asked)
    result = minimize(
        cautious,
        first,
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(z_low, z_high),
        options={"maxiter": MOST_STEPS, "maxcor": MEMORY, "ftol": 0.0, "gtol": tolerance},
    )
    inverse = cast(LbfgsInvHessProduct, result.hess_inv)
    z, value, slope = _polished(
        cautious,
        np.asarray(result.x),
        float(result.fun),
        np.asarray(result.jac),
        inverse,
        bounds=(z_low, z_high),
        tolerance=tolerance,
    )
    gradient = _projected(z, slope, z_low, z_high)
    if not gradient <= GRADIENT:
        raise ConvergenceError(
            "The search for the best rates stopped where better ones are near", residual=gradient, iterations=asked
        )
    return Peak(rates_log=z / root, value=-value, gradient=gradient, evaluations=asked)


def _single(down: Evaluate, z: Array, low: Array, high: Array, tolerance: float) -> tuple[Array, float, float] | None:
    """One rate: secant steps on the slope; z, value and projected gradient, or None where they do not lead to a peak.

    A step goes down, is no longer than ten times the one before, and stays inside the bounds.
    """
    step = FIRST_STEP
    try:
        value, slope = down(z)
        for _ in range(SECANT_STEPS):
            if _projected(z, slope, low, high) <= tolerance:
                break
            moved = np.clip(z - np.sign(slope) * step, low, high) - z
            new_value, new_slope = down(z + moved)
            bend = float((new_slope - slope)[0] / moved[0])
            z, value, slope = z + moved, new_value, new_slope
            step = min(abs(float(slope[0]) / bend), 10 * step) if bend > 0 else 2 * step
    except ConvergenceError:
        return None
    gradient = _projected(z, slope, low, high)
    return (z, value, gradient) if gradient <= GRADIENT else None


def _projected(z: Array, slope: Array, low: Array, high: Array) -> float:
    """Largest slope along which a point may still move."""
    inside = np.where(slope > 0, z > low, z < high)
    return float(np.abs(np.where(inside, slope, 0.0)).max(initial=0.0))


def _polished(
    down: Evaluate,
    z: Array,
    value: float,
    slope: Array,
    inverse: LbfgsInvHessProduct,
    *,
    bounds: tuple[Array, Array],
    tolerance: float,
) -> tuple[Array, float, Array]:
    """Quasi-Newton steps on the slope alone, which is precise where values can no longer be told apart.

    A step may let the projected gradient grow to twice the smallest; beyond that it is halved. The point with the
    smallest is returned. Without memory of earlier steps the first goes along the slope.
    """
    low, high = bounds
    steps, changes = list(inverse.sk), list(inverse.yk)
    gradient, part = _projected(z, slope, low, high), 1.0
    best = (gradient, z, value, slope)
    for _ in range(POLISHING):
        if best[0] <= tolerance:
            break
        free = np.where(slope > 0, z > low, z < high)
        along = np.where(free, slope, 0.0)
        if steps:
            along = LbfgsInvHessProduct(np.array(steps[-MEMORY:]), np.array(changes[-MEMORY:])) @ along
        trial = np.clip(z - part * np.where(free, along, 0.0), low, high)
        new_value, new_slope = down(trial)
        moved, turned = trial - z, new_slope - slope
        if moved @ turned > 1e-12 * float(moved @ moved):
            steps.append(moved)
            changes.append(turned)
        new_gradient = _projected(trial, new_slope, low, high)
        if new_gradient > 2 * best[0]:
            part /= 2
            continue
        z, value, slope, part = trial, new_value, new_slope, 1.0
        if new_gradient < best[0]:
            best = (new_gradient, z, value, slope)
    return best[1:]


def highest_on_grid(
    value_at: Callable[[float], float], evaluate: Evaluate, grid: Array
) -> tuple[Peak, tuple[tuple[float, float], ...]]:
    """The greatest value of one rate: the best point of a grid, and between its neighbours the root of the slope.

    Parameters
    ----------
    value_at : y → the value alone
    evaluate : y in an array → value and slope
    grid : increasing

    Returns
    -------
    the peak, and the grid points that have an equilibrium with their values

    Raises
    ------
    ConvergenceError
        No point of the grid has an equilibrium.
    """
    known, refused = [], None
    for y in grid.tolist():
        try:
            known.append((y, value_at(y)))
        except ConvergenceError as error:
            refused = error
    if not known:
        raise refused or ConvergenceError("The grid is empty", residual=np.inf, iterations=0)
    best = max(range(len(known)), key=lambda k: known[k][1])
    low, high = known[max(best - 1, 0)][0], known[min(best + 1, len(known) - 1)][0]
    asked = 0

    def slope(y: float) -> float:
        nonlocal asked
        asked += 1
        return float(evaluate(np.array([y]))[1][0])

    at_low, at_high = slope(low), slope(high)
    if at_low <= 0:
        peak = low
    elif at_high >= 0:
        peak = high
    else:
        peak = float(brentq(slope, low, high, xtol=1e-13, rtol=1e-13))
    value, gradient = evaluate(np.array([peak]))
    bounds = np.array([grid[0]]), np.array([grid[-1]])
    return Peak(
        rates_log=np.array([peak]),
        value=value,
        gradient=_projected(np.array([peak]), -gradient, *bounds),
        evaluations=asked + len(known) + 1,
    ), tuple(known)
