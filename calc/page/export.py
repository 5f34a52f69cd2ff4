"""The report of what is on screen, as one zip, with pictures on request."""

from collections.abc import Callable
from importlib.util import find_spec

import streamlit as st

from calc.analysis.households.household_cost import HouseholdCost
from calc.files.write import zip_bytes
from calc.page import answers
from calc.page.widgets import download
from calc.reports.pictures import Pictures, pictures_of
from calc.reports.report import bundle, report_zip_name
from calc.result import Result
from calc.scenario import Scenario


def export_button(result: Result, scenario: Scenario, households: Callable[[], HouseholdCost] | None = None) -> None:
    """A button that hands out the report of an answer with its ranges, and whether it holds pictures.

    It is drawn before the headline: the one of a run before would hand out the report of another scenario, or none,
    because Streamlit forgets the files of a run once the next one ends.

    Parameters
    ----------
    result : the answer to the scenario, whole and without ranges
    households : makes what it costs US households, whose tables the report then holds too; called on a click
    """
    toml = result.inputs.scenario_toml.encode() if result.inputs else b""
    _export(scenario, report_zip_name(result, {"scenario.toml": toml}), households)


# A fragment holds its arguments as long as the visit lasts: no answer of 20 MB among them.
@st.fragment
def _export(scenario: Scenario, name: str, households: Callable[[], HouseholdCost] | None) -> None:
    place = st.container()
    wanted = pictures_wanted()

    def report() -> bytes:
        answer = answers.with_range(scenario)
        pictures = _pictures(answer, scenario) if wanted else None
        return zip_bytes(bundle(answer, households=households() if households else None, pictures=pictures))

    with place:
        download(
            "Export report",
            report,
            name,
            "export",
            "CSV tables, the scenario and instructions to rerun it, in one zip.",
            kind="primary",
            width="stretch",
        )


def pictures_wanted() -> bool:
    """A tick for pictures, where they can be drawn."""
    return find_spec("vl_convert") is not None and st.checkbox(
        "With pictures",
        key="export_pictures",
        help="Adds the charts as PNG and SVG, and one page to read and print. Takes a few seconds more.",
    )


def _pictures(answer: Result, scenario: Scenario) -> Pictures:
    draws = answers.ranges(scenario).values if scenario.draws else None  # a field of its own
    return pictures_of(answer, scenario, answers.dataset(scenario.dataset), draws=draws)
