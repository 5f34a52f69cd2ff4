"""Charts of tariffs that are chosen: what they draw, and that a missing mark is not drawn."""

import json

import pandas as pd

from calc.analysis.optimal.curves import Curves
from calc.charts.games import best_rates_spec, response_rows, responses_spec

NAMES = ("Aland", "Borduria")
CURVES = Curves(
    economies=("AAA", "BBB"),
    responses=pd.DataFrame(
        {
            "economy": ["AAA", "AAA", "BBB"],
            "tariff_other": [0.0, 0.2, 0.1],
            "tariff_new": [0.10, 0.12, 0.07],
            "goal_value": [0.01, 0.0, 0.02],
        }
    ),
    cooperation=(0.0, 0.0),
    gains=(1e9, 1e9),
)


def test_each_curve_has_the_rate_of_the_first_along_and_of_the_second_up():
    rows = response_rows(CURVES, NAMES)
    assert [(row["curve"], row["first"], row["second"]) for row in rows] == [
        ("Best response of Aland", 10.0, 0.0),
        ("Best response of Aland", 12.0, 20.0),
        ("Best response of Borduria", 10.0, 7.000000000000001),
    ]


def test_points_are_in_percent_and_axes_name_the_economies():
    points = pd.DataFrame({"words": ["War"], "first": [0.11], "second": [0.08]})
    spec = responses_spec(CURVES, points, NAMES)
    assert spec["datasets"]["points"] == [{"words": "War", "first": 11.0, "second": 8.0}]
    assert "Tariff of Aland, %" in json.dumps(spec)


def test_a_partner_without_a_mark_keeps_its_bar():
    rows = pd.DataFrame({"name": ["C", "D"], "best": [0.2, 0.1], "present": [float("nan"), 0.05]})
    drawn = best_rates_spec(rows)["datasets"]["rows"]
    assert drawn == [{"name": "C", "best": 20.0, "present": None}, {"name": "D", "best": 10.0, "present": 5.0}]
