"""The protocol: lags and months."""

import numpy as np
import pytest

from calc.analysis.backtest.collection import least_squares_lags
from calc.analysis.backtest.pooling import pooled_elasticity
from calc.analysis.backtest.protocol import (
    month_before,
    months_between,
    year_before,
)
from calc.flows import sum_by_market
from calc.tariffs.lags import LAGS, Lags, expected_rate


def test_the_lag_weights_sum_to_0_949():
    assert LAGS.compliance == pytest.approx(0.949, abs=1e-12)


def test_what_is_collected_is_the_law_when_nothing_lags_and_all_comply():
    law, before = np.array([0.1, 0.5]), np.array([0.3, 0.0])
    np.testing.assert_array_equal(expected_rate(law, before, Lags(this_month=1.0, month_before=0.0)), law)


def test_a_lasting_law_is_collected_at_the_share_that_complies():
    law = np.array([0.2])
    assert expected_rate(law, law) == pytest.approx(0.2 * 0.949)


def test_least_squares_find_the_lags_that_made_the_data():
    law = np.array([[0.1, 0.0], [0.3, 0.1], [0.2, 0.3], [0.25, 0.2]])
    found = least_squares_lags(law, law @ np.array([0.6, 0.3]))
    assert found.fitted.this_month == pytest.approx(0.6)
    assert found.fitted.month_before == pytest.approx(0.3)
    assert found.rmse == pytest.approx(0, abs=1e-12)


def test_months_run_over_the_end_of_a_year():
    assert months_between("2018-11", "2019-02") == ("2018-11", "2018-12", "2019-01", "2019-02")
    assert month_before("2019-01") == "2018-12"
    assert year_before("2025-03") == "2024-03"


def test_the_set_that_ships_has_a_tenth_of_the_spread_of_broda_and_weinstein(us_2024):
    flows = us_2024.flows
    spread = us_2024.elasticities["broda-weinstein"].armington_elasticity
    sigma = pooled_elasticity(spread, sum_by_market(flows, flows.import_value), 0.10, 3.8)
    np.testing.assert_allclose(us_2024.elasticities["pooled"].armington_elasticity, sigma, atol=6e-5)
