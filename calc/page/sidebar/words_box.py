"""One line in which a policy is said in words, and becomes the rules of the controls beneath it."""

from dataclasses import replace

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.in_words.reading import stated_in
from calc.page import answers
from calc.page.held import session, state
from calc.page.held.decided import heard
from calc.page.held.policy import essence
from calc.page.held.session import Key
from calc.page.text import plain
from calc.scenario import Scenario

WORDS: Key[str] = Key("in_words")


def words_box(data: Dataset) -> None:
    """Draw the line; what it does not understand stands beneath it in one sentence, and the rules stay as they are."""
    problem = ""
    if text := WORDS.value_or(""):
        said = _said(text, data)
        if isinstance(said, CalcError):
            problem = str(said)
        elif not _is_on_screen(said, data):
            WORDS.hold("")  # the rules went on without it

    st.text_input(
        "In words",
        key=WORDS.name,
        placeholder="60% on China; chips exempt",
        help=(
            "Say who, what and how much: 60% on China and 10% on everyone else; chips exempt; set the tariff on Mexico "
            "to 25%; remove the tariff on Vietnam; compared with the tariffs of 10 November 2025. N% on something adds "
            "N points. What is not understood is named, and nothing is guessed."
        ),
        on_change=heard(_take, WORDS.name),
        args=(data,),
    )
    if problem:
        st.warning(plain(problem))


def hold_words(text: str, data: Dataset) -> None:
    """Say a policy, as if it were typed into the line."""
    WORDS.hold(text)
    _take(data)


def _take(data: Dataset) -> None:
    said = _said(WORDS.value(), data)
    if isinstance(said, Scenario):
        baseline, law_day = (said.baseline, said.law_day) if said.baseline else state.days()
        state.hold_policy(replace(said, baseline=baseline, law_day=law_day), data)


def _said(text: str, data: Dataset) -> Scenario | CalcError | None:
    """The scenario that a text states on this data; None where nothing is said."""
    if not text.strip():
        return None
    importer = str(session.IMPORTER.value_or("")) if len(answers.importers(data.name)) > 1 else ""
    try:
        return stated_in(text, data, importer=importer)
    except CalcError as error:
        return error


def _is_on_screen(said: Scenario | None, data: Dataset) -> bool:
    shown = state.policy(data).rules
    return said is not None and [essence(rule, data) for rule in said.rules] == [essence(rule, data) for rule in shown]
