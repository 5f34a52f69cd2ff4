"""Sweeps and sensitivities as files."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sensitivities import ASKED

from calc.analysis.goal import REVENUE, TARGETED, reaching
from calc.analysis.over_time import over_months, volume_of
from calc.analysis.sensitivity import (
    left_out,
    outcomes,
    tornado,
    two_way_table,
)
from calc.analysis.settings import (
    settings,
    two_way,
)
from calc.analysis.sweep import at_value, lever_of, sweep
from calc.question import point_answer
from calc.reports.sensitivity import Sensitivity, goal_table, sensitivity_files, sweep_files, sweep_table, tornado_table
from calc.scenario_file import scenario_to_toml


def test_a_sweep_is_one_long_table_in_the_units_of_files(small):
    swept = sweep(ASKED, small, lever_of(ASKED), (0.0, 50.0))
    table = sweep_table(ASKED.title, ASKED.model, swept)
    assert list(table) == ["scenario", "model", "tariff_pct", "metric", "value", "unit", "low", "high"]
    row = table[(table["tariff_pct"] == 50) & (table["metric"] == f"{TARGETED}_pct")].iloc[0]
    result = point_answer(at_value(ASKED, lever_of(ASKED), 50.0), small)
    assert row["value"] == result.value(TARGETED) * 100
    assert row["unit"] == "percent"
    files = sweep_files(ASKED, small, lever_of(ASKED), swept)
    assert set(files) == {"sweep.csv", "scenario.toml", "README.txt"}
    assert b"Points added to the tariff" in files["README.txt"]
    assert files == sweep_files(ASKED, small, lever_of(ASKED), swept)


def test_the_export_has_every_table_and_a_reason_where_there_is_none(small):
    found = outcomes(ASKED, small, settings(ASKED, small, {"broken": replace(ASKED, elasticities="nowhere")}))
    lever = lever_of(ASKED)
    swept = sweep(ASKED, small, lever, (0.0, 20.0))
    goals = [
        ("half", reaching(ASKED, small, lever, TARGETED, -0.5)),
        ("never", reaching(ASKED, small, lever, REVENUE, 1e15)),
    ]
    shown = Sensitivity(
        title=ASKED.title,
        model=ASKED.model,
        dataset="Small world (2024)",
        scenario_toml=scenario_to_toml(ASKED),
        attachments={"rates.csv": b"tariff_pct"},
        metric=REVENUE,
        headline="One sentence.",
        tornado=tornado(found, REVENUE),
        left_out=left_out(found, REVENUE),
        lever=lever,
        curve=swept.loc[swept["metric"] == REVENUE, ["tariff_pct", "value", "low", "high"]],
        two_way=two_way_table(outcomes(ASKED, small, two_way(ASKED, small)), REVENUE),
        path=over_months(ASKED, small, months=(3, 12)),
        path_metric=volume_of(ASKED),
        goals=goals,
        shares=pd.DataFrame(),
    )
    files = sensitivity_files(shown)
    assert set(files) == {
        *("tornado.csv", "curve.csv", "two_way.csv", "goal.csv", "months.csv"),
        *("scenario.toml", "rates.csv", "README.txt"),
    }
    header, *rows = files["months.csv"].decode().splitlines()
    assert header.split(",") == ['"months"', '"value"', '"metric"', '"unit"']
    assert [row.split(",")[0] for row in rows] == ["3", "12"]
    table = tornado_table(shown)
    assert "no elasticities 'nowhere'" in table["problem"].iloc[-1]
    assert table["high"].iloc[:-1].tolist() == shown.tornado["high"].tolist()
    written = goal_table(goals)
    assert written["outcome"].iloc[0] == pytest.approx(-50.0, rel=1e-6)
    assert np.isnan(written["tariff_pct"].iloc[1])
    assert "stays below" in written["reason"].iloc[1]
    assert b"exchange rates" in files["README.txt"]
