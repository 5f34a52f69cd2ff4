"""Every chart of the page has its menu, and the charts below the views can be taken out with their numbers."""

import re
from pathlib import Path

import pytest
from pages import open_view

from calc.page import ranges
from calc.page.sensitivity import details as sensitivity
from calc.page.timeline import details as timeline
from calc.page.world import details as world
from calc.page.world import games

PAGE = Path(ranges.__file__).parent
HELPERS = {"widgets.py", "maps.py"}  # draw what a view gives them


def test_no_chart_is_drawn_without_a_menu():
    drawn = {}
    for file in PAGE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        charts = re.findall(r"vega_lite_chart\(|(?<!def )draw_bars\(|(?<!def )clickable_map\(", text)
        if charts and file.name not in HELPERS:
            drawn[str(file.relative_to(PAGE))] = (len(charts), len(re.findall(r"^ +chart_menu\(", text, re.MULTILINE)))
    assert len(drawn) > 8
    assert {name: counts for name, counts in drawn.items() if counts[0] != counts[1]} == {}


GSIM = {"dataset": "world-2023", "model": "gsim", "draws": "0"}
QUICK = [
    ("What-if", {"detail": "uncertainty", "draws": "50"}, "draws", ranges),
]
SLOW = [
    ("Sensitivity", {"sensitivity_detail": "two_way", "draws": "0"}, "two_way", sensitivity),
    ("Sensitivity", {"sensitivity_detail": "path", "draws": "0"}, "months", sensitivity),
    ("World", {"dataset": "world-io-2023", "draws": "0", "economy_detail": "parts"}, "gain_parts", world),
    ("World", {**GSIM, "economy_detail": "parts"}, "gain_parts", world),
    ("World", {**GSIM, "economy_detail": "games"}, "war", games),
    ("World", {**GSIM, "economy_detail": "games", "game": "partners"}, "best_tariffs", games),
    ("Timeline", {"law_detail": "groups"}, "tariffs_by_group", timeline),
]


@pytest.mark.parametrize(
    ("title", "parameters", "name", "module"),
    [*QUICK, *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW)],
)
def test_a_chart_below_a_view_can_be_taken_out_with_its_numbers(title, parameters, name, module, monkeypatch):
    made = {}
    monkeypatch.setattr(module, "chart_menu", lambda make, name, title: made.setdefault(name, make))
    open_view(title, **parameters)
    figure = made[name]()
    assert len(figure.table)
    assert "nan" not in figure.finding
    assert not figure.origin.ranges
    assert any(figure.spec["datasets"].values())
