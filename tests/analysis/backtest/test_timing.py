"""Lag of trade and share of earlier growth: found where they were put, and settled on 2015-20 alone."""

import numpy as np
import pandas as pd
import pytest

from calc.analysis.backtest.law_months import LawByMonth
from calc.analysis.backtest.observed import read_observed
from calc.analysis.backtest.refined import VARIANTS, Timing
from calc.analysis.backtest.timing import (
    Settled,
    growth_before_2017,
    growth_before_2025,
    growth_share,
    recent_law,
    settled,
)


def law_of(*rates):
    """One line whose rate changes on the first of each month from January 2018."""
    starts = np.array([np.datetime64(f"2018-{month:02d}-01") for month in range(1, len(rates) + 1)])
    return LawByMonth(
        starts=starts, end=np.datetime64(f"2018-{len(rates):02d}-28"), rates=np.array(rates, dtype=np.float32)[:, None]
    )


def test_recent_law_is_the_mean_of_the_month_and_those_before():
    law = law_of(0.1, 0.2, 0.6)
    assert recent_law(law, ("2018-02",), 0) == pytest.approx([0.2])
    assert recent_law(law, ("2018-02",), 1) == pytest.approx([0.15])


def test_before_the_record_the_law_is_that_of_its_first_month():
    assert recent_law(law_of(0.1, 0.2, 0.6), ("2018-02",), 3) == pytest.approx([(0.2 + 3 * 0.1) / 4])


def test_the_share_of_growth_that_goes_on_is_found_where_it_was_put():
    growth = {"CHN": 1.2, "MEX": 0.8, "CAN": 1.5}
    rows = [(code, chapter, (1 - 0.1) * past**0.7 - 1) for code, past in growth.items() for chapter in ("61", "85")]
    cells = pd.DataFrame(rows, columns=["partner", "chapter", "seen"]).assign(predicted=-0.1, weight=1.0)
    found = growth_share(cells, growth)
    assert found.value == pytest.approx(0.7)
    assert found.low == pytest.approx(0.7)


def test_what_is_settled_leaves_the_least_error_and_its_interval_holds_it():
    errors = np.array([[4.0, 1.0], [1.0, 2.0], [3.0, 0.5]])
    found = settled(np.array([0.0, 1.0, 2.0]), errors)
    assert found.value == 1.0
    assert found.low <= found.value <= found.high


def test_growth_before_is_that_of_the_tables():
    observed = read_observed()
    late = growth_before_2025(observed)
    years = observed.partner_years.set_index(["exporter", "year"])["value"]
    assert late["TWN"] == pytest.approx(years["TWN", "2024"] / years["TWN", "2023"])
    assert late["WLD"] == pytest.approx(1.06, abs=0.01)
    cells = pd.DataFrame({"partner": ["CHN", "ROW"]})
    early = growth_before_2017(observed, cells)
    assert early["CHN"] == pytest.approx(1.08, abs=0.01)
    assert early["ROW"] != pytest.approx(early["WLD"], abs=1e-4)


def test_each_variant_has_its_lag_and_its_growth():
    one = Settled(value=4.0, low=1.0, high=5.0)
    timing = Timing(
        lag=one, lag_elsewhere=(), growth=(Settled(value=0.5, low=0, high=1), Settled(value=0.8, low=0, high=1))
    )
    assert [timing.of(name) for name in VARIANTS] == [(0, 0.0), (0, 0.5), (4, 0.0), (4, 0.8)]
