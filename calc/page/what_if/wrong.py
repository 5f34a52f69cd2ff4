"""Where What-if has no answer: one sentence that says why, and a button that takes away what is in the way."""

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError, ScenarioError
from calc.page.held.decided import decide
from calc.page.held.policy import SIMPLE, simple_rule
from calc.page.held.session import RULES, TARIFF
from calc.page.text import plain
from calc.tariffs.rules import line_coverage


def say_what_is_wrong(error: CalcError, data: Dataset) -> None:
    """One sentence; where a rate or a filter is at fault, which one, and a button to clear it."""
    st.error(plain(str(error)))
    if not isinstance(error, ScenarioError) or RULES.value():
        return
    if error.key == "value_pct":
        st.markdown("The **rate** is too low.")
        st.button("Clear the rate", on_click=TARIFF.hold, args=(0.0,), type="primary", key="clear_rate")
        return
    key = _emptying_filter(data)
    if key is None:
        return

    def clear() -> None:
        decide(key, [])

    st.markdown(f"The choice of **{key}** leaves nothing to compute.")
    st.button(f"Clear {key}", on_click=clear, type="primary", key="clear_filter")


def _emptying_filter(data: Dataset) -> str | None:
    """Name of the filter without which the rule matches trade."""
    for key in ("products", "exporters"):
        if not st.session_state[key]:
            continue
        values = {name: st.session_state[name] for name in SIMPLE} | {key: []}
        try:
            line_coverage(simple_rule(values), data, "The rule")
        except CalcError:
            continue
        return key
    return None
