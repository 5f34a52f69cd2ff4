"""Scores on cells small enough for a sheet of paper."""

import numpy as np
import pandas as pd
import pytest

from calc.analysis.backtest.scores import inside, scores, spearman


def cells(seen, predicted, weight=None):
    return pd.DataFrame(
        {
            "seen": seen,
            "predicted": predicted,
            "weight": weight or [1.0] * len(seen),
            "chapter": [f"{k:02d}" for k in range(len(seen))],
        }
    )


def test_a_perfect_prediction_has_slope_1_and_no_error():
    found = scores(cells([-0.4, 0.0, 0.2], [-0.4, 0.0, 0.2]))
    assert found["slope"] == pytest.approx(1)
    assert found["r2"] == pytest.approx(1)
    assert found["rmse"] == pytest.approx(0)
    assert found["gain"] == pytest.approx(1)
    assert found["spearman"] == pytest.approx(1)


def test_a_prediction_half_as_large_has_slope_2():
    found = scores(cells([-0.4, 0.0, 0.2], [-0.2, 0.0, 0.1]))
    assert found["slope"] == pytest.approx(2)
    # error is half of each change, as no change misses the whole of it
    assert found["gain"] == pytest.approx(0.5)


def test_errors_are_weighted():
    # errors 0.1 on three quarters, 0.3 on a quarter: √(0.75·0.01 + 0.25·0.09) = √0.03
    found = scores(cells([0.1, 0.3], [0.0, 0.0], [3.0, 1.0]))
    assert found["rmse"] == pytest.approx(np.sqrt(0.03))
    assert found["gain"] == pytest.approx(0)


def test_the_interval_holds_the_value_and_does_not_depend_on_the_run():
    rng = np.random.default_rng(5)
    predicted = rng.normal(size=60)
    table = cells(predicted + 0.3 * rng.normal(size=60), predicted)
    found = scores(table)
    assert found["slope_low"] < found["slope"] < found["slope_high"]
    assert scores(table) == found


def test_ranks_count_and_not_sizes():
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0, 1e6])) == pytest.approx(1)
    assert np.isnan(spearman(np.ones(3), np.arange(3.0)))


def test_a_value_on_the_end_of_its_range_lies_inside():
    assert inside(np.array([0.0, 1.0, 2.0]), np.zeros(3), np.ones(3)) == pytest.approx(2 / 3)
