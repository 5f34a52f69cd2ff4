"""How near a prediction came: slope, R², rank correlation and error, with intervals by chapter.

    seen = a + slope · predicted        RMSE = √(Σ w (seen − predicted)²)        no change: predicted = 0        Σ w = 1

Whole chapters are drawn with replacement, because what moves one partner's sales of a chapter moves the others' too.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calc.flows import Array

DRAWS = 1000
ENDS = (5.0, 95.0)


def scores(cells: pd.DataFrame, *, seed: int = 1) -> dict[str, float]:
    """Scores of predicted against seen values.

    Parameters
    ----------
    cells : seen, predicted, weight, and chapter, by which the intervals are drawn
    seed : of the intervals

    Returns
    -------
    cells (count), slope, r2, rmse, no_change (its RMSE), gain (share of that error that the prediction removes), each
    but the first with _low and _high at 5 and 95%, and spearman
    """
    sums = _sums(cells)
    central = _statistics(sums.sum(axis=0, keepdims=True))
    rng = np.random.default_rng(seed)
    often = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=DRAWS)
    drawn = _statistics(often @ sums)
    found = {"cells": float(len(cells))}
    for name, value in central.items():
        known = drawn[name][np.isfinite(drawn[name])]
        low, high = np.percentile(known, ENDS) if len(known) else (np.nan, np.nan)
        found |= {name: float(value[0]), f"{name}_low": float(low), f"{name}_high": float(high)}
    return found | {"spearman": spearman(cells["seen"].to_numpy(), cells["predicted"].to_numpy())}


def _sums(cells: pd.DataFrame) -> Array:
    """Weighted sums of 1, p, y, p², p y, y² and of the squared error by chapter, [chapter, sum]."""
    y, p, w = (cells[name].to_numpy(dtype=float) for name in ("seen", "predicted", "weight"))
    terms = np.stack([np.ones_like(y), p, y, p * p, p * y, y * y, (y - p) ** 2], axis=1) * (w / w.sum())[:, None]
    chapter, labels = pd.factorize(cells["chapter"])
    sums: Array = np.zeros((len(labels), terms.shape[1]))
    np.add.at(sums, chapter, terms)
    return sums


def _statistics(sums: Array) -> Mapping[str, Array]:
    """Statistics of each row of sums; NaN where nothing varies."""
    weight = sums[:, 0]
    p, y, pp, py, yy, error = (sums[:, k] / weight for k in range(1, 7))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (py - p * y) / (pp - p * p)
        r2 = (py - p * y) ** 2 / ((pp - p * p) * (yy - y * y))
        rmse, none = np.sqrt(error), np.sqrt(yy)
        return {"slope": slope, "r2": r2, "rmse": rmse, "no_change": none, "gain": 1 - rmse / none}


def spearman(first: Array, second: Array) -> float:
    """Rank correlation; NaN where one of the two does not vary."""
    from scipy.stats import rankdata  # half a second to import, and needed here only

    a, b = rankdata(first), rankdata(second)
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 0 else float("nan")


def inside(seen: Array, low: Array, high: Array, weight: Array | None = None) -> float:
    """Share of seen values between the ends of their ranges, each counted once or by its weight."""
    return float(np.average((low <= seen) & (seen <= high), weights=weight))
