"""What the documentation shows can be run: the examples in public docstrings, and the programs of `calc/examples/`."""

import ast
import doctest
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from builders import SMALL_ICIO

import calc

ROOT = Path(calc.__file__).parent.parent
PROGRAMS = sorted((ROOT / "calc" / "examples").glob("[!_]*.py"))
PUBLIC = {name: getattr(calc, name) for name in calc.__all__}
MADE_BY_HAND = ["Assumptions", "Rule", "Scenario"]
FUNCTIONS = [name for name, value in PUBLIC.items() if inspect.isfunction(value)]


def examples_of(name):
    found = doctest.DocTestFinder(recurse=True).find(PUBLIC[name], name, globs={})
    return [test for test in found if test.examples]


@pytest.mark.parametrize("name", FUNCTIONS + MADE_BY_HAND)
def test_whatever_people_call_or_make_shows_how(name):
    assert examples_of(name), f"the docstring of calc.{name} has no >>> example"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if name in ("backtest", "nash", "optimal_tariff") else ())
        for name in PUBLIC
        if name != "MODELS" and examples_of(name)
    ],
)
def test_the_examples_of_a_public_docstring_give_what_they_say(name, make_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_folder(name="my-data")
    Path("2020_SML.csv").write_text(SMALL_ICIO, encoding="utf-8")
    said = []
    with np.errstate():  # an example may not change how the other tests see mistakes of arithmetic
        for test in examples_of(name):
            doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert not said, "".join(said)


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_to_start_from_runs_and_writes_where_it_is_told(program, tmp_path):
    command = [sys.executable, "-W", "error", str(program), "out"]
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=there, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert list((tmp_path / "out").iterdir())


def test_there_are_programs_for_a_first_tariff_own_data_and_a_cluster():
    assert {path.stem for path in PROGRAMS} >= {"first_tariff", "own_data", "sweep_on_a_cluster"}


def test_the_readme_calls_only_what_is_public():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    nodes = [node for block in blocks for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Attribute)]
    called = {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "calc"}
    assert "run" in called
    assert called <= set(PUBLIC)
