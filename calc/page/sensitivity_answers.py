"""Answers of the Sensitivity view: headline numbers only, kept by what was asked and not by its words.

A whole answer takes about 20 MB and its headline numbers a few kB, so that hundreds of them can be kept: a move of the
slider leaves the curve against the tariff, the revenue peak and the goals as they are.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from calc.dataset import Dataset
from calc.page import answers
from calc.page.importers import largest_importer, of_importer
from calc.result import Result
from calc.scenario import Scenario, scenario_to_toml
from calc.simulation import run

Answer = Callable[[Scenario, Dataset], Result]
_NOTHING = pd.DataFrame()


def importer_seen(scenario: Scenario, result: Result) -> str:
    """The importer whose headline numbers are shown: the one that acts; empty where the data have only one."""
    buyers = answers.importers(scenario.dataset)
    if len(buyers) == 1:
        return ""
    first = scenario.rules[0].importer if scenario.rules else ()
    named = first[0] if len(first) == 1 and first[0] in buyers else ""
    return named or largest_importer(result) or buyers[0]


def answer_of(importer: str) -> Answer:
    """What answers a scenario with headline numbers only, as one importer sees them, and remembers."""
    return partial(_remembered, importer)


def light(result: Result, importer: str) -> Result:
    """The headline numbers of an answer alone, as one importer sees them; empty: as the data's only one does."""
    seen = of_importer(result, importer) if importer else result
    return replace(seen, lines=_NOTHING, markets=_NOTHING, economies=_NOTHING, inputs=None)


def _remembered(importer: str, scenario: Scenario, data: Dataset) -> Result:
    asked = replace(scenario, title="", description="", source="", date="")
    if data is not answers.dataset(scenario.dataset):
        return light(run(asked, data), importer)  # its elasticities were scaled, which the text does not say
    return _light(scenario_to_toml(asked), importer, asked)


@st.cache_resource(max_entries=600, show_spinner=False)
def _light(text: str, importer: str, _scenario: Scenario) -> Result:
    return light(run(_scenario, answers.dataset(_scenario.dataset)), importer)
