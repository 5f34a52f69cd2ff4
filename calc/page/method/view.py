"""Data & method: limitations first, then data, input lines, models, printed tables, code, and how to cite."""

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers, state
from calc.page.method.choices import SECTIONS
from calc.page.method.data import data_section, lines_section
from calc.page.method.models import models_section
from calc.page.method.own_data import own_data
from calc.page.method.published import published_section
from calc.page.method.reproduce import reproduce_section
from calc.page.method.words import cite_section, limits_section
from calc.page.text import plain
from calc.page.widgets import choose
from calc.scenario import Scenario


def data_method() -> None:
    """Draw the view; what does not rest on the scenario is shown even where the scenario is wrong."""
    data, scenario = state.current()
    st.title("Data & method", anchor=False)
    shown = choose("Section of data and method", SECTIONS, "method", label_visibility="collapsed")
    if isinstance(scenario, CalcError):
        if shown in ("lines", "reproduce"):
            st.error(plain(str(scenario)))
            return
        _without_scenario(shown, data, None)
        return
    if shown == "lines":
        _lines(data, scenario)
    elif shown == "reproduce":
        reproduce_section(data, scenario)
    else:
        _without_scenario(shown, data, scenario)


def _lines(data: Dataset, scenario: Scenario) -> None:
    try:
        result = answers.central(scenario)
    except CalcError as error:
        st.error(plain(str(error)))
        return
    lines_section(result, data)


def _without_scenario(shown: str, data: Dataset, scenario: Scenario | None) -> None:
    if shown == "limits":
        limits_section(data, scenario)
    elif shown == "data":
        data_section(data)
    elif shown == "own":
        own_data()
    elif shown == "models":
        models_section(scenario.model if scenario else str(st.session_state["model"]))
    elif shown == "published":
        published_section()
    else:
        cite_section(data, scenario)
