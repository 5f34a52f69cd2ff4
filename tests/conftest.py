"""Shared by all tests: floating-point mistakes are errors, and small datasets are written on demand."""

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from browsing import browser, server
from hypothesis import settings

from calc.analysis.backtest.protocol import beliefs_on_trial
from calc.datasets.dataset import read_dataset
from calc.scenario_file import presets, read_scenario
from calc.simulation import backtest, run

np.seterr(divide="raise", over="raise", invalid="raise")

# the same examples every time, and no failure because a machine is busy
settings.register_profile("repeatable", max_examples=50, deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")

SMALL_DATASET = {
    "dataset.toml": """\
title = "Small world"
year = 2024
valuation = "customs"
kind = "world"
source = "made up"
licence = "none needed"
notes = ["Made up for the tests."]
""",
    "flows.csv": """\
importer,exporter,product,value_usd
USA,CHN,010121,100
USA,MEX,010121,50
USA,CHN,850511,200
USA,MEX,870323,300
CHN,USA,870323,80
""",
    "tariffs.csv": """\
importer,exporter,product,tariff_pct
USA,CHN,010121,25
USA,MEX,010121,0
USA,CHN,850511,50
USA,MEX,870323,2.5
CHN,USA,870323,15
""",
    "elasticities.csv": """\
product,import_demand_elasticity,armington_elasticity,export_supply_elasticity,basis
all,-1.2,3.8,inf,uniform
""",
    "products.csv": """\
product,description,hs2
010121,"Horses, pure-bred",01
850511,Magnets of metal,85
870323,Passenger cars,87
""",
    "countries.csv": """\
economy,name,iso_numeric,groups
CHN,China,156,BRICS
MEX,Mexico,484,USMCA
USA,United States,840,USMCA;G7
""",
}


@pytest.fixture
def make_folder(tmp_path):
    """Write a small sound dataset folder, with some files replaced, added, or left out (None).

    Content may be text, bytes, or a DataFrame for a Parquet file.
    """

    def make(changes=None, *, name="small"):
        folder = tmp_path / name
        for file, content in {**SMALL_DATASET, **(changes or {})}.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, pd.DataFrame):
                content.to_parquet(path, index=False)
            elif isinstance(content, bytes):
                path.write_bytes(content)
            elif content is not None:
                path.write_text(content, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def small(make_folder):
    """The small dataset, as it stands."""
    return read_dataset(make_folder())


@pytest.fixture(scope="session")
def us_2024():
    """The built-in dataset, read once; no test may change it."""
    return read_dataset("us-2024")


@pytest.fixture(scope="session")
def run_preset(us_2024):
    """Answer of a preset on `us-2024`, with its range, computed once."""
    return cache(lambda name: run(read_scenario(presets()[name]), us_2024))


@pytest.fixture
def processes(monkeypatch):
    """Two processes of their own, started as on every system."""
    # tests of the page leave their script as the main module, which every new process would run first
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def address():
    """Where the page is served, for tests in a browser."""
    with server() as url:
        yield url


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture(scope="session")
def real_back_test():
    """The track record on the shipped data with two draws, once a process."""
    return backtest(replace(beliefs_on_trial(), draws=2), settings=False)


@pytest.fixture(autouse=True)
def without_other_models(request, monkeypatch):
    """Views without the line on other models under each card, which takes longer than all the rest of a view.

    Tests of the page that look at it say so by the mark `other_models`; the tests in a browser always see it.
    """
    if "page" in request.path.parts and request.node.get_closest_marker("other_models") is None:
        for view in ("what_if", "world"):
            monkeypatch.setattr(f"calc.page.{view}.view.say_spread", lambda *_: None)
