"""The code that the page shows gives the numbers on screen again, to the last digit."""

import ast
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calc.assumptions import Assumptions
from calc.cli import main
from calc.datasets.dataset import read_dataset
from calc.files.write import csv_bytes
from calc.question import point_answer
from calc.reports.report import file_table
from calc.reports.reproduce import (
    OWN_FOLDER,
    REPORT_FOLDER,
    SCENARIO_FILE,
    command_line,
    input_lines,
    python_code,
    scenario_files,
)
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, scenario_to_toml
from calc.simulation import run
from calc.tariffs.rules import Rule

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DRAWS = 20  # enough to show that the ranges are the same


def preset(name):
    return replace(read_scenario(presets()[name]), draws=DRAWS)


CASES = {
    "own assumptions": replace(
        preset("truce_lapses"),
        title='Half "borne" abroad \\ at home, it\'s said',
        assumptions=Assumptions(pass_through_pct=50),
        seed=7,
    ),
    "a schedule": preset("april_2_2025_schedule"),
    "the law of a day": Scenario(
        title="From the tariffs of 30 October 2025",
        baseline=date(2025, 10, 30),
        rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=10),),
        draws=DRAWS,
    ),
}


def summary_csv(scenario, dataset):
    return csv_bytes(file_table(run(scenario, dataset), "summary"))


@pytest.mark.parametrize("case", CASES)
def test_python_and_command_line_give_the_numbers_on_screen(case, us_2024, tmp_path, monkeypatch):
    scenario = CASES[case]
    wanted = summary_csv(scenario, us_2024)
    for name, content in scenario_files(scenario).items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", python_code(scenario)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert "effective_tariff_base" in done.stdout
    assert (tmp_path / REPORT_FOLDER / "summary.csv").read_bytes() == wanted
    program, *arguments = shlex.split(command_line(scenario))
    assert program == "tariff-impact"
    assert main([*arguments, "--force"]) == 0
    assert (tmp_path / REPORT_FOLDER / "summary.csv").read_bytes() == wanted


def test_code_without_schedules_needs_no_file_and_with_them_names_each():
    assert SCENARIO_FILE not in python_code(CASES["own assumptions"])
    code = python_code(CASES["a schedule"])
    assert 'calc.read_scenario("scenario.toml")  # beside it: april_2_2025_reciprocal.csv' in code
    assert list(scenario_files(CASES["a schedule"])) == [SCENARIO_FILE, "april_2_2025_reciprocal.csv"]


def test_a_built_in_scenario_is_run_by_its_name():
    known = {name: read_scenario(path) for name, path in presets().items()}
    assert command_line(known["truce_lapses"], known=known) == "tariff-impact run truce_lapses --out report\n"
    changed = replace(known["truce_lapses"], seed=2)
    assert command_line(changed, known=known) == "tariff-impact run scenario.toml --out report\n"


def test_data_of_ones_own_are_read_from_a_folder(make_folder, tmp_path, monkeypatch):
    folder = make_folder(name=OWN_FOLDER)
    scenario = Scenario(title="Own", dataset="own:0123456789ab", rules=(Rule(value_pct=10),), draws=DRAWS)
    wanted = summary_csv(scenario, read_dataset(folder))
    (tmp_path / SCENARIO_FILE).write_bytes(scenario_files(scenario)[SCENARIO_FILE])
    monkeypatch.chdir(tmp_path)
    assert f"calc.run(scenario, '{OWN_FOLDER}')" in python_code(scenario, folder=OWN_FOLDER)
    assert main(shlex.split(command_line(scenario, folder=OWN_FOLDER))[1:]) == 0
    assert (tmp_path / REPORT_FOLDER / "summary.csv").read_bytes() == wanted


@pytest.mark.parametrize(
    "title", ["plain", "it's '''three''' quotes", "back\\slash \\", 'double """ quotes', "tab\tin it"]
)
def test_any_text_survives_in_the_code(title):
    scenario = Scenario(title=title)
    tree = ast.parse(python_code(scenario))
    written = next(node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "SCENARIO")
    assert ast.literal_eval(written.value).lstrip("\n") == scenario_to_toml(scenario)


def test_input_lines_are_those_of_the_answer(us_2024):
    result = point_answer(CASES["own assumptions"], us_2024)
    lines = input_lines(result)
    assert len(lines) == len(us_2024.flows.market)
    np.testing.assert_array_equal(lines["import_value_base_usd"], us_2024.flows.import_value)
    changed = lines["tariff_new_pct"] != lines["tariff_base_pct"]
    assert set(lines[changed]["exporter"]) == {"CHN"}
    np.testing.assert_allclose((lines["tariff_new_pct"] - lines["tariff_base_pct"])[changed], 100, rtol=1e-12)
    assert {"armington_elasticity", "import_demand_elasticity", "export_supply_elasticity"} <= set(lines)
    assert pd.api.types.is_float_dtype(lines["tariff_base_pct"])
