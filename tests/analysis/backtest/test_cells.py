"""Cells, the pooled set, retaliation and the hold on AI goods, on worlds worked by hand."""

import numpy as np
import pandas as pd
import pytest

from calc.analysis.backtest.episodes import capped, in_logs, relative_cells
from calc.analysis.backtest.pooling import lowest_points, pooled_elasticity
from calc.analysis.backtest.retaliation import rivals_ratio
from calc.analysis.backtest.settings import parts_of


def cells(**columns):
    table = pd.DataFrame({"partner": ["CHN", "MEX"], "chapter": ["84", "84"], "base": [100.0, 300.0], **columns})
    return table.assign(weight=table["base"])


def test_one_partner_against_the_others_is_the_difference_of_two_logarithms():
    # China 100 to 50, the rest 300 to 330: ln 0.5 − ln 1.1; predicted 100 to 60 and 300 to 300: ln 0.6
    table = cells(seen_value=[50.0, 330.0], seen=[-0.5, 0.1], predicted=[-0.4, 0.0])
    found = relative_cells(table).iloc[0]
    assert found["seen"] == pytest.approx(np.log(0.5) - np.log(1.1))
    assert found["predicted"] == pytest.approx(np.log(0.6))
    assert found["weight"] == 100


def test_what_moves_all_partners_alike_cancels():
    table = cells(seen_value=[200.0, 600.0], seen=[1.0, 1.0], predicted=[-0.3, -0.3])
    found = relative_cells(table).iloc[0]
    assert found["seen"] == pytest.approx(0)
    assert found["predicted"] == pytest.approx(0)


def test_a_rise_counts_up_to_a_doubling_and_a_fall_as_it_is():
    table = cells(seen_value=[0.0, 1500.0], seen=[-1.0, 4.0], predicted=[0.0, 0.0])
    assert capped(table)["seen"].tolist() == [-1.0, 1.0]


def test_logarithms_leave_out_what_nobody_buys_any_more():
    table = cells(seen_value=[0.0, 600.0], seen=[-1.0, 1.0], predicted=[-0.5, -1.5])
    found = in_logs(table)
    assert found["partner"].tolist() == ["MEX"]
    assert found["seen"].item() == pytest.approx(np.log(2))
    assert np.isfinite(found["predicted"]).all()


def test_parts_leave_out_machines_and_china():
    table = pd.DataFrame({"partner": ["CHN", "MEX", "CHN", "MEX"], "chapter": ["84", "84", "61", "61"]})
    sizes = {part: len(kept) for part, kept in parts_of(table).items()}
    assert sizes == {"all": 4, "without 84-85": 2, "without China": 2, "without both": 1}


def test_a_pooled_set_runs_from_one_for_all_to_the_spread_of_the_data():
    spread, weight = np.array([2.0, 8.0]), np.array([1.0, 1.0])
    np.testing.assert_allclose(pooled_elasticity(spread, weight, 0.0, 3.8), [3.8, 3.8])
    # the geometric mean of 2 and 8 is 4: half and twice the centre
    np.testing.assert_allclose(pooled_elasticity(spread, weight, 1.0, 3.8), [1.9, 7.6])


def test_the_lowest_point_of_a_parabola_is_found_between_its_values():
    at = np.linspace(-1.0, 1.5, 11)
    errors = ((at - 0.1) ** 2)[:, None] + 5
    assert lowest_points(at, errors) == pytest.approx([0.1])


def test_a_small_supplier_loses_by_sigma_where_buyers_bear_the_duty():
    before, after = np.array([0.0]), np.array([0.25])
    assert rivals_ratio(before, after, 3.8, 1.0) == pytest.approx(1.25**-3.8)
    assert rivals_ratio(before, before, 3.8, 0.9) == pytest.approx(1)
