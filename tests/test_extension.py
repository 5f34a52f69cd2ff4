"""What a newcomer adds stands in one place, and every door and view then knows it."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from conftest import SMALL_DATASET
from pages import headline_of, open_view, words_of
from streamlit.testing.v1 import AppTest

import app
import calc
from calc.analysis.sensitivity import outcomes, tornado
from calc.analysis.settings import settings
from calc.cli import main
from calc.datasets.dataset import data_dir, dataset_names
from calc.models.known import MODELS
from calc.page import models
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SURTAX = Scenario(title="Surtax", rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=10.0),), draws=20)


@pytest.fixture(autouse=True)
def nothing_remembered():
    """The page keeps what it made of a dataset; no toy of a test before may be in it, and none may stay."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


# --- a model: its own file, and one line in the list of models

TOY_MODEL = '''\
"""Demand for each line by itself.

    q = τ^ε        τ = (1+t1)/(1+t0)        M1 = M0 q
"""

import numpy as np

from calc.flows import sum_by_market
from calc.models.effects import LineEffects, MarketEffects, partial_equilibrium_result
from calc.models.model import Model


def simulate(flows, policy, elasticities):
    wedge = (1 + policy.tariff_new) / (1 + flows.tariff_rate)
    change = wedge ** elasticities.import_demand_elasticity[flows.market] - 1
    zero = np.zeros_like(wedge)
    line = LineEffects(
        targeted=policy.targeted,
        tariff_new=policy.tariff_new,
        world_price_change=zero,
        landed_price_change=wedge - 1,
        volume_change=change,
        import_value_new=flows.import_value * (1 + change),
        price_effect=zero,
        trade_creation=flows.import_value * change,
        trade_diversion=zero,
        producer_surplus_change=zero,
        export_tax_revenue_change=zero,
    )
    market = MarketEffects(
        composite_price_change=sum_by_market(flows, flows.expenditure_share * (wedge - 1)),
        composite_volume_change=sum_by_market(flows, flows.expenditure_share * change),
        consumer_surplus_change=-sum_by_market(flows, flows.import_value * (1 + flows.tariff_rate) * (wedge - 1)),
    )
    return partial_equilibrium_result(MODEL.name, flows, elasticities, line=line, market=market)


MODEL = Model(
    name="toy_model",
    simulate=simulate,
    label="Toy, line by line",
    includes="Demand for each line.",
    leaves_out="Everything else.",
    references=("Toymaker, A. (2026), Lines by Themselves",),
    documents={"The whole model": __doc__},
    limits=("It is a toy.",),
)
'''


@pytest.fixture
def toy_model(tmp_path, monkeypatch):
    (tmp_path / "toy_model.py").write_text(TOY_MODEL, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    record = importlib.import_module("toy_model").MODEL
    monkeypatch.setitem(MODELS, record.name, record)
    monkeypatch.delitem(importlib.sys.modules, "toy_model")
    return record


@pytest.fixture
def small(make_folder):
    return calc.read_dataset(make_folder())


def test_a_new_model_answers_with_ranges_and_writes_a_report(toy_model, small, tmp_path):
    answer = calc.run(Scenario(title="Toy", model=toy_model.name, rules=SURTAX.rules, draws=20), small)
    assert answer.model == toy_model.name
    assert not answer.incomes_move
    summary = answer.summary.set_index("metric").loc["import_value_change"]
    assert summary["low"] < summary["value"] < summary["high"] < 0
    calc.write_report(answer, tmp_path / "out")
    assert set(pd.read_csv(tmp_path / "out" / "lines.csv")["model"]) == {toy_model.name}


def test_the_command_line_knows_a_new_model(toy_model, make_folder, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["run", "truce_lapses", "--data", str(make_folder()), "--set", "draws=0", "--out", str(out)]
    assert main([*arguments, "--model", toy_model.name]) == 0
    assert f'model = "{toy_model.name}"' in (out / "scenario.toml").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    assert toy_model.name in capsys.readouterr().out


def test_a_new_model_moves_the_bar_of_the_models(toy_model, small):
    assert toy_model.name in models.offered(small)
    others = {toy_model.label: models.asked_of(SURTAX, toy_model.name)}
    found = outcomes(SURTAX, small, settings(SURTAX, small, others))
    bar = tornado(found, "import_value_change").set_index("assumption").loc["model"]
    assert toy_model.label in (bar["low_setting"], bar["high_setting"])
    assert bar["width"] > 0


def test_a_new_model_is_offered_but_does_not_become_the_answer_by_itself(toy_model, small):
    offered = models.offered(small)
    assert toy_model.name in offered[1:]


@pytest.mark.parametrize("title", ["What-if", "World", "Compare", "Sensitivity"])
def test_views_open_with_a_new_model(toy_model, title):
    page = open_view(title, model=toy_model.name, draws="0")
    assert headline_of(page)
    assert toy_model.label in page.sidebar.selectbox(key="model").options
    assert page.sidebar.selectbox(key="model").value == toy_model.name


@pytest.mark.parametrize("section", ["models", "limits", "cite", "reproduce"])
def test_data_and_method_describes_a_new_model(toy_model, section):
    page = open_view("Data & method", model=toy_model.name, draws="0", method=section)
    said = words_of(page)
    expected = {
        "models": "Demand for each line by itself.",
        "limits": "Toy, line by line leaves out: everything else.",
        "cite": toy_model.references[0],
        "reproduce": toy_model.name,
    }
    shown = said + " ".join(block.value for block in page.code)
    assert expected[section] in shown


# --- a view: its folder, and one line in the list of views

TOY_VIEW = '''\
"""A view of one sentence and one choice."""

import streamlit as st

from calc.page import answers
from calc.page.held import state
from calc.page.held.link import Control, one_of
from calc.page.held.session import Key
from calc.page.view import View
from calc.page.widgets import choose, headline_first

SIDE: Key[str] = Key("toy_side")
SIDES = {"sold": "What they sell", "bought": "What they buy"}


def controls(dataset):
    return {SIDE.name: Control(default="sold", read=one_of(SIDES))}


def toy():
    data, scenario = state.current()
    headline_first(st, f"Toy: {len(answers.importers(data.name))} buyers, {scenario.title}")
    st.markdown(SIDES[choose("Side", SIDES, SIDE)])


VIEW = View(title="Toy", path="toy", draw=toy, controls=controls, sidebar=lambda: ("policy",))
'''


@pytest.fixture
def toy_view(tmp_path, monkeypatch):
    folder = tmp_path / "toy_view"
    folder.mkdir()
    (folder / "view.py").write_text(TOY_VIEW, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    record = importlib.import_module("toy_view.view").VIEW
    monkeypatch.setattr(app, "VIEWS", (*app.VIEWS, record))
    for name in ("toy_view", "toy_view.view"):
        monkeypatch.delitem(importlib.sys.modules, name)
    return record


def test_a_new_view_opens_and_its_control_is_in_the_link(toy_view):
    page = open_view(toy_view.title, draws="0")
    assert headline_of(page).startswith("Toy: 1 buyers, Truce lapses")
    assert "toy_side" not in page.query_params
    page.segmented_control(key="toy_side").set_value("bought").run()
    assert page.query_params["toy_side"] == "bought"
    assert "What they buy" in words_of(page)
    again = open_view(toy_view.title, draws="0", toy_side="bought")
    assert "What they buy" in words_of(again)


def test_a_link_with_a_bad_value_for_a_new_view_is_told(toy_view):
    page = open_view(toy_view.title, draws="0", toy_side="sideways")
    assert "toy_side=sideways" in page.toast[0].value
    assert "What they sell" in words_of(page)


def test_a_new_view_draws_the_parts_of_the_sidebar_that_it_names(toy_view):
    page = open_view(toy_view.title, draws="0")
    keys = {widget.key for widget in page.sidebar.selectbox}
    assert "dataset" in keys
    assert "model" not in keys


def test_the_page_opens_as_before_beside_a_new_view(toy_view):
    def page_of():
        from pages import app

        app.main()

    page = AppTest.from_function(page_of, default_timeout=120)
    page.query_params["draws"] = "0"
    page.query_params["toy_side"] = "bought"
    page.run()
    assert not page.exception
    assert headline_of(page).startswith("The United States adds 100 points")
    assert page.query_params["toy_side"] == "bought"
    assert not page.toast


# --- a dataset: its own folder, with its sources

TOY_DATASET = {
    **SMALL_DATASET,
    "dataset.toml": """\
title = "Toy trade"
year = 2019
valuation = "cif"
kind = "world"
source = "toy office"
licence = "free"
order = 2
rates = "collected"
notes = ["Made by hand."]
rate_notes = ["Duties as paid at the counter."]
""",
    "sources.csv": """\
file,source,year,terms,citation
flows.*,Ledger of the toy office,2019,free,Toy office (2019)
""",
}


@pytest.fixture
def toy_dataset(tmp_path, monkeypatch):
    """The name of a dataset that was put as a folder into a copy of the built-in data."""
    copy = shutil.copytree(data_dir(), tmp_path / "data")
    (copy / "toy-2019").mkdir()
    for file, text in TOY_DATASET.items():
        (copy / "toy-2019" / file).write_text(text, encoding="utf-8")
    for name, module in list(sys.modules.items()):
        if name.startswith("calc.") and getattr(module, "data_dir", None) is data_dir:
            monkeypatch.setattr(module, "data_dir", lambda: copy)
    return "toy-2019"


def test_a_new_dataset_stands_in_its_place_among_the_others(toy_dataset, capsys):
    assert dataset_names()[:3] == ("us-2024", toy_dataset, "us-2024-hs10")
    assert main(["datasets", "--long"]) == 0
    assert "toy-2019: Toy trade (2019)\n    5 flows, 3 economies, 3 products" in capsys.readouterr().out
    assert main(["check", toy_dataset]) == 0


def test_a_new_dataset_runs_and_its_report_cites_it(toy_dataset, tmp_path, capsys):
    scenario = tmp_path / "toy.toml"
    rule = '[[rule]]\nimporter = "USA"\nexporters = "CHN"\nvalue_pct = 10\n'
    scenario.write_text(f'dataset = "{toy_dataset}"\ndraws = 20\n{rule}', encoding="utf-8")
    assert main(["run", str(scenario), "--out", str(tmp_path / "out")]) == 0
    assert "Made by hand." not in capsys.readouterr().out
    readme = (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    for words in ("Data: Toy trade (2019). toy office", "Made by hand.", "Duties as paid at the counter."):
        assert words in readme
    assert set(pd.read_csv(tmp_path / "out" / "lines.csv")["year"]) == {2019}


@pytest.mark.parametrize("title", ["What-if", "World", "Compare", "Sensitivity"])
def test_views_open_with_a_new_dataset(toy_dataset, title):
    page = open_view(title, dataset=toy_dataset, exporters="CHN", tariff_pct="10", draws="0")
    assert headline_of(page)
    box = page.sidebar.selectbox(key="dataset")
    assert box.value == toy_dataset
    assert box.options.index(toy_dataset) == 1


def test_the_rates_of_a_new_dataset_are_called_what_it_calls_them(toy_dataset):
    page = open_view("What-if", dataset=toy_dataset, exporters="CHN", tariff_pct="10", draws="0")
    said = " ".join(text.value for text in page.sidebar.markdown) + words_of(page)
    assert "Duty collected in 2019" in said


def test_data_and_method_shows_the_sources_and_notes_of_a_new_dataset(toy_dataset):
    page = open_view("Data & method", dataset=toy_dataset, exporters="CHN", draws="0", method="data")
    said = words_of(page)
    assert "Made by hand." in said
    assert "Duties as paid at the counter." in said
    files = next(table.value for table in page.dataframe if "Source" in table.value).set_index("File")
    assert files.loc["flows.csv", "Source"] == "Ledger of the toy office"
    assert files.loc["tariffs.csv", "Source"] == "toy office"
    assert (files["Rows"] != "").any()


# --- an assumption: its row, and the line of arithmetic that uses it

TOY_ROW = """\
    toy_shift: float | None = field(
        default=None,
        metadata={
            "row": Assumption(
                label="Toy shift",
                help="Is added to every substitution elasticity.",
                low=0.0,
                high=9.0,
                rule="from 0 to 9",
                shown_high=9.0,
                scope="every model",
                source="Toymaker, A. (2026)",
                tried=(1.0, 2.0),
            )
        },
    )

"""
TOY_LINE = "    sigma = sigma + (assumptions.toy_shift or 0.0)\n"
ASKED_WITH_A_TOY = """\
import json
from pathlib import Path

from pages import open_view, words_of

from calc.analysis.sensitivity import outcomes, tornado
from calc.analysis.settings import settings
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.errors import ScenarioError
from calc.question import point_answer
from calc.scenario import Scenario
from calc.scenario_file import scenario_from_toml, scenario_to_toml, with_settings
from calc.tariffs.rules import Rule

METRIC = "targeted_import_value_relative_change"
asked = Scenario(rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=10.0),))
shifted = with_settings(asked, ["assumptions.toy_shift=2"])
text = scenario_to_toml(shifted)
try:
    Assumptions(toy_shift=10.0)
except ScenarioError as error:
    refused = str(error)
data = read_dataset(asked.dataset)
tried = [setting for setting in settings(asked, data) if setting.assumption == "toy_shift"]
found = outcomes(asked, data, tried)
page = open_view("What-if", toy_shift="3")
box = page.number_input(key="toy_shift")
print(json.dumps({
    "text": text,
    "same": scenario_from_toml(text, folder=Path()) == shifted,
    "refused": refused,
    "answers": [point_answer(scenario, data).value(METRIC) for scenario in (asked, shifted)],
    "tried": [setting.label for setting in tried],
    "row": tornado(found, METRIC).astype(str).iloc[0].to_dict(),
    "box": [box.label, box.value, page.query_params["toy_shift"]],
    "method": words_of(open_view("Data & method", method="assumptions")),
}))
"""


@pytest.fixture(scope="module")
def with_a_toy_assumption(tmp_path_factory):
    """What a copy of the package says that has one row and one line more."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "calc", copy / "calc", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", copy)
    (copy / "data").symlink_to(data_dir())
    for name, before, added in (
        ("assumptions.py", "    def __post_init__", TOY_ROW),
        ("question.py", "    if share is not None:\n", TOY_LINE),
    ):
        text = (copy / "calc" / name).read_text(encoding="utf-8")
        assert text.count(before) == 1
        (copy / "calc" / name).write_text(text.replace(before, added + before), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", ASKED_WITH_A_TOY],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(copy), str(ROOT / "tests")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def test_a_new_assumption_is_read_set_checked_and_written(with_a_toy_assumption):
    assert "[assumptions]\ntoy_shift = 2.0" in with_a_toy_assumption["text"]
    assert with_a_toy_assumption["same"]
    assert with_a_toy_assumption["refused"] == "toy_shift must be from 0 to 9; it is 10."


def test_a_new_assumption_moves_the_answer_and_has_its_bar(with_a_toy_assumption):
    as_it_stands, shifted = with_a_toy_assumption["answers"]
    assert shifted < as_it_stands < 0
    assert with_a_toy_assumption["tried"] == ["1", "2"]
    row = with_a_toy_assumption["row"]
    assert (row["label"], row["low_setting"], row["source"]) == ("Toy shift", "2", "Toymaker, A. (2026)")
    assert float(row["low"]) == shifted


def test_a_new_assumption_has_its_box_in_the_sidebar_and_its_place_in_the_link(with_a_toy_assumption):
    assert with_a_toy_assumption["box"] == ["Toy shift", 3.0, "3"]


def test_data_and_method_describes_a_new_assumption(with_a_toy_assumption):
    words = with_a_toy_assumption["method"].replace("\\", "")
    assert "Toy shift" in words
    assert "Is added to every substitution elasticity." in words
    assert "Toymaker, A. (2026)" in words
