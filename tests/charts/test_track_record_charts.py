"""Charts of the back-test: every cell once, changes above a doubling at the edge, what was seen above all else."""

import numpy as np
import pandas as pd

from calc.charts.basic import CHANGES
from calc.charts.track_record import FORECASTS, cells_spec, described_forecasts, forecasts_spec

CELLS = pd.DataFrame(
    {
        "partner": ["CHN", "VNM"],
        "chapter": ["85", "61"],
        "base": [2e9, 1e9],
        "predicted": [-0.5, 0.1],
        "seen": [-0.6, 3.0],
    }
)
PARTNERS = pd.DataFrame(
    {
        **{"name": ["China"], "seen": [-0.4], "predicted": [-0.3], "low": [-0.45], "high": [-0.2]},
        **{"peer": [-0.5], "no_change": [0.0]},
    }
)


def test_a_change_above_a_doubling_stands_at_the_edge_and_says_its_own_size():
    rows = cells_spec(CELLS, {"CHN": "China", "VNM": "Vietnam"}, {"85": "Electrical machinery"})["datasets"][CHANGES]
    assert [(row["x"], row["y"]) for row in rows] == [(-50, -60), (10, 100)]
    assert rows[1]["seen"] == "+300.0%"
    assert [row["group"] for row in rows] == ["China", "Other partners"]
    assert rows[0]["chapter"] == "85 Electrical machinery"


def test_each_forecast_stands_once_on_its_partner_and_only_ours_has_a_range():
    rows = forecasts_spec(PARTNERS)["datasets"][CHANGES]
    assert [row["kind"] for row in rows] == [words for words, _, _ in FORECASTS.values()][::-1]
    assert [row["range"] for row in rows if row["low"] is not None] == ["−45.0% to −20.0%"]
    without = forecasts_spec(PARTNERS.assign(low=np.nan, high=np.nan, peer=np.nan))["datasets"][CHANGES]
    assert len(without) == len(rows) - 1
    assert all(row["low"] is None for row in without)


def test_the_words_for_the_ear_say_seen_and_predicted():
    assert described_forecasts(PARTNERS) == "China seen −40.0%, predicted −30.0%."
