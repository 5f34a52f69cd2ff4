"""Which US industries gain from dearer rivals, and lose by dearer inputs or lost exports; below What-if."""

import streamlit as st

from calc.errors import CalcError
from calc.page import household_answers
from calc.page.household_answers import Setting
from calc.page.households.details import ANSWER, industries_view
from calc.page.text import plain
from calc.scenario import Scenario


def us_industries_view(scenario: Scenario) -> None:
    """The exposures of US industries as Households has them, with its controls; of US imports by HS code only."""
    try:
        with st.spinner("Following duties through the US accounts …"):
            cost = household_answers.cost_of(scenario, Setting(answer=ANSWER.value()))
    except CalcError as error:
        st.info(plain(str(error)))
        return
    industries_view(cost, scenario)
