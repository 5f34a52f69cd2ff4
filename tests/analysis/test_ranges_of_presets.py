"""Every headline number lies inside its own range, in every preset."""

import pytest

from calc.scenario_file import presets
from calc.simulation import run

PRESETS = [pytest.param(name, marks=() if name == "truce_2025" else pytest.mark.slow) for name in presets()]


@pytest.mark.parametrize("name", PRESETS)
def test_every_headline_number_lies_inside_its_range(name):
    summary = run(name).summary.set_index("metric").dropna(subset=["low", "high"])
    assert len(summary) > 10
    below = summary["value"] < summary["low"]
    above = summary["value"] > summary["high"]
    assert summary[below | above].empty
