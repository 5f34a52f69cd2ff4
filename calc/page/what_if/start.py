"""Questions to begin with: one click each, in a row above the first answer, until anything is asked."""

from collections.abc import Mapping

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.page import answers
from calc.page.held import session, state
from calc.page.held.decided import heard
from calc.page.held.session import Key
from calc.page.method.view import SECTION
from calc.page.method.view import VIEW as METHOD
from calc.page.sidebar.words_box import hold_words
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

IN_WORDS: Mapping[str, str] = {
    "Cars 25%": "25% on cars",
    "Coffee from Brazil": "50% on coffee from Brazil",
    "Chips exempt": "100% on China, chips exempt",
    "10% on everyone": "10% on everyone",
}
PRESETS: Mapping[str, str] = {
    "Truce ends": "law_2026_truce_ends",
    "Court ruling": "law_2026_ieepa_void",
    "Rare earths": "rare_earth_cut",
}
FREE_TRADE, OWN_TABLE = "Free trade with …", "Your own table"
QUESTIONS = (
    *("Cars 25%", "Coffee from Brazil", "Chips exempt", "Truce ends"),
    *("Court ruling", "Rare earths", "10% on everyone", FREE_TRADE, OWN_TABLE),
)

CHOSEN: Key[str | None] = Key("start_with")
PARTNER: Key[str | None] = Key("free_trade_with")


def start_row(data: Dataset) -> None:
    """Draw the row, while the policy is that of the opening."""
    with st.container(key="start_row"):  # holds its place, so that what follows stays where it is
        if state.is_opening(data):
            _questions(data)


def _questions(data: Dataset) -> None:
    def ask() -> None:
        chosen = CHOSEN.value() or ""
        if chosen in IN_WORDS:
            hold_words(IN_WORDS[chosen], data)
        elif chosen in PRESETS:
            state.hold_preset(answers.preset_scenarios()[PRESETS[chosen]])
        if chosen not in (FREE_TRADE, OWN_TABLE):
            CHOSEN.hold(None)

    chosen = st.pills(
        "Start with a question",
        QUESTIONS,
        key=CHOSEN.name,
        on_change=heard(ask, CHOSEN.name),
        label_visibility="collapsed",
        wrap=True,
    )
    if chosen == OWN_TABLE:
        CHOSEN.take()
        SECTION.hold("own")
        st.switch_page(st.Page(METHOD.draw, title=METHOD.title, url_path=METHOD.path))
    if chosen == FREE_TRADE:
        _free_trade(data)


def _free_trade(data: Dataset) -> None:
    names = answers.economy_labels(data.name)

    def ask() -> None:
        if partner := PARTNER.value():
            baseline, law_day = state.days()
            rule = Rule(importer=(session.IMPORTER.value(),), exporters=(partner,), action="set")
            state.hold_policy(Scenario(baseline=baseline, law_day=law_day, rules=(rule,)), data)
            CHOSEN.hold(None)

    st.selectbox(
        "Free trade with",
        list(names),
        index=None,
        format_func=names.__getitem__,
        key=PARTNER.name,
        placeholder="Choose a partner",
        width=320,
        on_change=heard(ask, PARTNER.name),
    )
