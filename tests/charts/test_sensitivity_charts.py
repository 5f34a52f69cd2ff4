"""Charts of the sensitivity draw the numbers of their tables."""

import numpy as np
import pandas as pd
import pytest
from sensitivities import ASKED

from calc.analysis.goal import PRICE, REVENUE
from calc.analysis.over_time import over_months, volume_of
from calc.analysis.sensitivity import (
    outcome_text,
    outcomes,
    tornado,
    two_way_table,
)
from calc.analysis.settings import (
    settings,
    standing_cell,
    two_way,
)
from calc.charts.sensitivity import (
    axis_of,
    curve_spec,
    described_path,
    described_table,
    heat_spec,
    path_spec,
    tornado_spec,
)


def test_axes_are_in_percent_or_in_the_unit_of_the_largest_value():
    assert (axis_of(PRICE, [0.1]).title, axis_of(PRICE, [0.1]).unit) == ("Price, goods hit, %", 0.01)
    assert axis_of(REVENUE, [3e9, -4e10]).title == "Tariff revenue, US$ bn"
    assert axis_of(REVENUE, [20.0]).title == "Tariff revenue, US$"


def test_charts_draw_the_numbers_of_their_tables(small):
    found = outcomes(ASKED, small, settings(ASKED, small))
    table = tornado(found, REVENUE)
    drawn = tornado_spec(table, REVENUE)["datasets"]["rows"]
    assert [row["high"] for row in drawn] == table["high"].tolist()
    assert drawn[0]["right"] == f"× 0.50: {outcome_text(table['high'].iloc[0], REVENUE)}"
    curve = pd.DataFrame({"tariff_pct": [0.0, 100.0], "value": [0.0, 5e9], "low": [0.0, np.nan], "high": [1e9, np.nan]})
    marks = pd.DataFrame({"tariff_pct": [100.0], "value": [5e9], "words": ["chosen: 100"], "top": [False]})
    spec = curve_spec(curve, marks, REVENUE, words="Points", base=0.0)
    assert [row["value"] for row in spec["datasets"]["curve"]] == [0.0, 5.0]
    assert spec["datasets"]["curve"][1]["low"] is None
    assert spec["datasets"]["marks"][0]["side"] == "left"
    cells = two_way_table(outcomes(ASKED, small, two_way(ASKED, small)), REVENUE)
    data = heat_spec(cells, REVENUE, rows="r", columns="c", standing=standing_cell(ASKED, small))["datasets"]["rows"]
    assert [cell["text"] for cell in data] == [outcome_text(value, REVENUE) for value in cells["value"]]
    assert [cell["shade"] for cell in data if cell["standing"]] == [0.0]
    assert max(abs(cell["shade"]) for cell in data) == 1
    assert outcome_text(cells["value"].max(), REVENUE) in described_table(cells, REVENUE)


def test_the_path_is_drawn_against_months_with_its_end_and_the_months_of_the_scenario(small):
    path = over_months(ASKED, small, months=(3, 12, 60))
    spec = path_spec(path, volume_of(ASKED), chosen=12.0)
    assert [row["months"] for row in spec["datasets"]["curve"]] == [3, 12, 60]
    (mark,) = spec["datasets"]["marks"]
    assert mark["value"] == pytest.approx(100 * path["value"][1])
    assert mark["lasting"] == pytest.approx(100 * path["value"].iloc[-1])
    assert path_spec(path, volume_of(ASKED), chosen=None)["datasets"]["marks"][0]["months"] is None
    assert described_path(path, volume_of(ASKED)).count("%") == 3
