"""Undo: one step back along the trail of the controls."""

from typing import Literal

import streamlit as st

from calc.page.held import rule_list, state, trail


def undo_button(width: Literal["content", "stretch"] = "content") -> None:
    """The step back."""
    st.button(
        "Undo",
        icon=":material/undo:",
        on_click=_undo,
        disabled=not trail.can_step_back(),
        help="Takes back the last change of the policy or the assumptions, up to ten of them.",
        type="tertiary" if width == "content" else "secondary",
        width=width,
        key="undo",
    )


def _undo() -> None:
    if moment := trail.step_back():
        opened = rule_list.OPEN.value_or(None)
        state.hold_values(moment.values)
        rule_list.UNFINISHED.hold(moment.unfinished)
        rule_list.OPEN.hold(opened)
