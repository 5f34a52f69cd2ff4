"""Figures of tariffs in force say the rates of the day and of the years."""

from datetime import date

import pandas as pd

from calc.charts.authorities import authorities_spec, authority_rows
from calc.charts.law_figures import authorities_figure, collected_figure, groups_figure, story_figure
from calc.tariffs.history import DIRECTIONS, US_ON_CHINA
from calc.tariffs.history_files import read_averages


def test_the_story_tells_start_peak_and_end():
    figure = story_figure({}, read_averages(), DIRECTIONS)
    assert "117.5% on 10 April 2025" in figure.finding
    assert set(figure.table["who"]) == {direction.short for direction in DIRECTIONS}
    assert figure.table["tariff_pct"].max() > 100


def test_a_day_tells_every_total():
    parts = authority_rows({"US on China": {"base": 0.03, "s301": 0.2, "total": 0.23}})
    figure = authorities_figure(authorities_spec(parts), parts, date(2026, 9, 30))
    assert figure.finding == "US on China: 23.0% on 30 September 2026"
    assert figure.table["tariff_pct"].tolist() == [3.0, 20.0]


def test_what_is_collected_stands_beside_what_is_in_force():
    table = pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-01-01", "2026-02-01"]),
            "statutory": [0.2, 0.2],
            "expected": [0.19, 0.2],
            "census": [0.1, 0.15],
            "treasury": [0.11, float("nan")],
        }
    )
    figure = collected_figure(table, US_ON_CHINA)
    assert figure.finding.endswith("15.0% collected of 20.0% in force in February 2026")
    assert figure.table["month"].tolist() == ["2026-01", "2026-02"]
    assert figure.table["statutory_pct"].tolist() == [20.0, 20.0]


def test_the_highest_section_of_a_day_is_named():
    parts = authority_rows(
        {"Base metals": {"base": 0.03, "s232": 0.4, "total": 0.43}, "Wood": {"base": 0.1, "total": 0.1}}
    )
    figure = groups_figure(authorities_spec(parts), parts, date(2026, 9, 30), US_ON_CHINA, by="section")
    assert figure.finding.endswith("2026: 43.0% on base metals, the highest of the 2 largest sections of goods")
    assert figure.table["section"].tolist() == ["Base metals", "Base metals", "Wood"]
