"""A loud word where the data have no home producers, and one click to suppliers who cannot sell without limit."""

import numpy as np
import streamlit as st

from calc.datasets.dataset import Dataset
from calc.page.held.decided import decide
from calc.page.text import plain
from calc.question import assumptions_of, chosen_elasticities
from calc.result import Result
from calc.scenario import Scenario
from calc.words import capital, in_sentences, possessive

FINITE = 1.5  # supply elasticity of the GSIM example (Francois and Hall 2003)
_NEARLY_FREE = 10.0  # with 10% more sales for 1% more price, suppliers are as good as without limit
_SUPPLY = "export_supply_elasticity"
_LEFT_OUT = (
    "What home producers would sell more, and charge more, is left out: what some foreign sellers lose goes to others "
    "only. Gains of other suppliers are upper bounds."
)
_LIMIT = (
    f"Sets Export supply under Assumptions to {FINITE:g}: suppliers sell {FINITE:g}% more if prices rise 1%, the value "
    "of the GSIM example (Francois and Hall 2003)."
)


def say_missing_producers(result: Result, scenario: Scenario, data: Dataset, importer: str) -> None:
    """A badge and a button, where home producers are not in the data and incomes are given.

    Parameters
    ----------
    importer : whose imports are shown
    """
    if result.incomes_move or data.flows.domestic.any() or not result.lines["targeted"].any():
        return
    (who,) = in_sentences(result, [importer])
    supply = chosen_elasticities(scenario, data).export_supply_elasticity
    free = bool(np.median(supply) >= _NEARLY_FREE)
    takes = any(row.key == _SUPPLY for row in assumptions_of(scenario.model, data))
    limit = "; suppliers expand almost without limit" if free else ""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.badge(
            plain(f"{capital(possessive(who))} own producers are not in these data{limit}"),
            color="orange",
            icon=":material/warning:",
            help=plain(_LEFT_OUT),
        )
        if free and takes:
            st.button(
                f"Try finite supply ({FINITE:g})",
                on_click=_limit,
                type="tertiary",
                icon=":material/tune:",
                key="finite_supply",
                help=plain(_LIMIT),
            )


def _limit() -> None:
    decide(_SUPPLY, FINITE)
