"""On a phone the sidebar covers the answer: a bar with the tariff stays in reach below the header, the answer below it.

It is drawn on every screen, and the style sheet shows it where the screen is narrow.
"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.page.held import rule_list, session
from calc.page.held.decided import heard
from calc.page.held.policy import TARIFF_HIGH, TARIFF_LOW
from calc.page.held.session import Key
from calc.page.sidebar.policy_controls import tariff_slider

SLIDER: Key[float] = Key("phone_tariff")
STEP = 5.0  # points


def place() -> DeltaGenerator:
    """Where the bar goes, before the view, whose answer is drawn before the bar is filled."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="phone_bar")


def fill(bar: DeltaGenerator) -> None:
    """Fill the bar with the tariff of the one rule; several rules are in the sidebar only."""
    if rule_list.as_list():
        return

    def step(by: float) -> None:
        session.TARIFF.hold(min(max(session.TARIFF.value() + by, TARIFF_LOW), TARIFF_HIGH))

    with bar:
        st.button("−5", on_click=heard(step, "phone_less"), args=(-STEP,), key="phone_less")
        tariff_slider(SLIDER)
        st.button("+5", on_click=heard(step, "phone_more"), args=(STEP,), key="phone_more")
