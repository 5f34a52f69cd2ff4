"""Figures of the sensitivity say what matters most, where a curve is highest and how far numbers reach."""

import numpy as np
import pandas as pd

from calc.charts.figure import Origin
from calc.charts.sensitivity_figures import curve_figure, path_figure, tornado_figure, two_way_figure

ORIGIN = Origin(about="A tariff. Trade of 2024", source="a source", ranges="Ranges cover 90% of 20 draws.")
REVENUE = "tariff_revenue_change"


def test_the_tornado_names_the_widest_bar_and_its_card_keeps_five():
    table = pd.DataFrame(
        {
            "label": ["Elasticity set", *"BCDEFG"],
            "low": [-1e9] * 7,
            "high": [3e9] * 7,
            "central": [2e9] * 7,
            "low_setting": ["wits"] * 7,
            "high_setting": ["protee"] * 7,
        }
    )
    figure = tornado_figure(table, REVENUE, ORIGIN)
    assert figure.finding == "Tariff revenue depends most on elasticity set: −$1.00 bn to +$3.00 bn"
    assert len(figure.spec["datasets"]["rows"]) == 7
    assert figure.card
    assert len(figure.card["datasets"]["rows"]) == 5
    assert figure.table["lowest"].tolist() == [-1e9] * 7
    assert not figure.origin.ranges


def test_the_curve_says_where_it_is_highest_in_the_unit_of_the_rule():
    curve = pd.DataFrame({"tariff_pct": [0.0, 50.0, 100.0], "value": [0.0, 5e9, 1e9], "low": np.nan, "high": np.nan})
    marks = pd.DataFrame({"tariff_pct": [50.0], "value": [5e9], "words": ["most revenue: 50"], "top": [True]})
    figure = curve_figure(curve, marks, REVENUE, ORIGIN, words="Points added to the tariff", base=0.0)
    assert figure.finding == "Tariff revenue is highest, +$5.00 bn, at 50 points added to the tariff"
    other = curve_figure(curve, marks, REVENUE, ORIGIN, words="Tariff, %", base=0.0)
    assert other.finding.endswith("at 50%")


def test_two_assumptions_at_once_tell_both_ends_and_frame_the_result():
    table = pd.DataFrame({"row": ["low", "high"], "column": ["60%", "60%"], "value": [-0.45, -0.22]})
    figure = two_way_figure(
        table, "targeted_volume_change", ORIGIN, rows="Elasticities", columns="Pass-through", standing=("low", "60%")
    )
    assert figure.finding.endswith(": −45.0% to −22.0%, by elasticities and pass-through")
    assert [row["standing"] for row in figure.spec["datasets"]["rows"]] == [True, False]
    assert figure.table["value"].tolist() == [-45.0, -22.0]
    assert set(figure.table["unit"]) == {"percent"}


def test_the_months_tell_the_first_and_the_long_run_and_mark_the_chosen_one():
    path = pd.DataFrame({"months": [1.0, 12.0, 60.0], "value": [-0.2, -0.3, -0.4]})
    figure = path_figure(path, "targeted_volume_change", ORIGIN, chosen=12.0)
    assert figure.finding.endswith(": −20.0% after 1 month, −40.0% in the long run")
    assert figure.note
    assert not path_figure(path, "targeted_volume_change", ORIGIN, chosen=None).note
    assert figure.table["value"].tolist() == [-20.0, -30.0, -40.0]
