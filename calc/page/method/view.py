"""Data & method: limitations, data, input lines, models, assumptions, printed tables, code, and how to cite."""

from collections.abc import Callable, Mapping

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.models.known import MODELS
from calc.page import answers
from calc.page.held import state
from calc.page.held.link import Control, one_of
from calc.page.held.session import MODEL, Key
from calc.page.method.assumptions import assumptions_section
from calc.page.method.data import data_section, lines_section
from calc.page.method.models import CHOSEN_MODEL, ON_SCREEN, models_section
from calc.page.method.own_data import own_data
from calc.page.method.published import CHOSEN_SOURCE, published_section
from calc.page.method.reproduce import reproduce_section
from calc.page.method.words import cite_section, limits_section
from calc.page.text import plain
from calc.page.view import PARTS, Part, View
from calc.page.widgets import choose
from calc.published.comparison import SOURCES
from calc.scenario import Scenario

SECTION: Key[str] = Key("method")
SECTIONS: Mapping[str, str] = {
    "limits": "Limitations",
    "data": "Data",
    "own": "Your own data",
    "lines": "Input lines",
    "models": "Models",
    "assumptions": "Assumptions",
    "published": "Published results",
    "reproduce": "Reproduce",
    "cite": "Cite",
}


def controls(dataset: str) -> dict[str, Control]:
    """What the view holds in the address."""
    return {
        SECTION.name: Control(default="limits", read=one_of(SECTIONS)),
        CHOSEN_MODEL.name: Control(default=ON_SCREEN, read=one_of(MODELS)),
        CHOSEN_SOURCE.name: Control(default=next(iter(SOURCES)), read=one_of(SOURCES)),
    }


def data_method() -> None:
    """Draw the view; what does not depend on the scenario is shown even where the scenario is wrong."""
    data, scenario = state.current()
    st.title("Data & method", anchor=False)
    shown = choose("Section of data and method", SECTIONS, SECTION, label_visibility="collapsed")
    if shown in ABOUT_THE_DATA:
        ABOUT_THE_DATA[shown](data, None if isinstance(scenario, CalcError) else scenario)
    elif isinstance(scenario, CalcError):
        st.error(plain(str(scenario)))
    else:
        ABOUT_THE_SCENARIO[shown](data, scenario)


def _lines(data: Dataset, scenario: Scenario) -> None:
    try:
        result = answers.central(scenario)
    except CalcError as error:
        st.error(plain(str(error)))
        return
    lines_section(result, data)


def _data(data: Dataset, scenario: Scenario | None) -> None:
    data_section(data)


def _own(data: Dataset, scenario: Scenario | None) -> None:
    own_data()


def _models(data: Dataset, scenario: Scenario | None) -> None:
    models_section(scenario.model if scenario else MODEL.value())


def _assumptions(data: Dataset, scenario: Scenario | None) -> None:
    assumptions_section()


def _published(data: Dataset, scenario: Scenario | None) -> None:
    published_section()


ABOUT_THE_DATA: Mapping[str, Callable[[Dataset, Scenario | None], None]] = {
    "limits": limits_section,
    "data": _data,
    "own": _own,
    "models": _models,
    "assumptions": _assumptions,
    "published": _published,
    "cite": cite_section,
}
ABOUT_THE_SCENARIO: Mapping[str, Callable[[Dataset, Scenario], None]] = {
    "lines": _lines,
    "reproduce": reproduce_section,
}

# What a section says depends on these parts of the sidebar; the others stand by themselves.
PARTS_OF: Mapping[str, tuple[Part, ...]] = {
    "limits": ("dataset", "assumptions"),
    "data": ("dataset",),
    "own": ("dataset",),
    "lines": PARTS,
    "reproduce": PARTS,
    "cite": ("dataset", "assumptions"),
}


def sidebar() -> tuple[Part, ...]:
    """The parts that the chosen section uses."""
    return PARTS_OF.get(SECTION.value_or("limits"), ())


VIEW = View(title="Data & method", path="data-method", draw=data_method, controls=controls, sidebar=sidebar)
