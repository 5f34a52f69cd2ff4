"""The picker of presets: closed, the name of the one that is lit; open, a search and all of them by kind."""

from collections.abc import Mapping

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers
from calc.page.held import state
from calc.page.held.decided import heard
from calc.page.held.policy import lit_preset
from calc.page.held.session import Key
from calc.page.text import plain
from calc.scenario import Scenario
from calc.tariffs.days import read_day
from calc.words import day_words

CUSTOM = "Custom"
_LINE = 90  # letters
_HEIGHT = 420  # pixels

SEARCHED: Key[str | None] = Key("preset_search")
# A list for each kind, in which the preset that is lit is marked.
KINDS: Mapping[str, str] = {"law": "Law", "threat": "Threats", "idea": "Ideas"}
LISTED: Mapping[str, Key[str | None]] = {kind: Key(f"presets_{kind}") for kind in KINDS}


def preset_picker(data: Dataset) -> None:
    """Draw it. All of it is always there, so that it opens at once while an answer is still computed."""
    presets = answers.preset_scenarios()
    lit = lit_preset(state.policy(data).rules, data, state.days())
    label = f"Preset: **{plain(presets[lit].title) if lit else CUSTOM}**"
    # under a key of its own for each preset, so that a choice closes it
    with st.expander(label, key=f"preset_{lit or CUSTOM}"):
        _search(data)
        with st.container(height=_HEIGHT, border=False):
            for kind, words in KINDS.items():
                _list(kind, words, data, lit)
        if lit:
            about = f"{presets[lit].description} Source: {presets[lit].source}."
            st.markdown(f":small[**On screen:** {plain(about)}]")


def _search(data: Dataset) -> None:
    presets = answers.preset_scenarios()
    st.selectbox(
        "Search presets",
        [name for kind in KINDS for name in preset_names(kind, data.name)],
        index=None,
        format_func=lambda name: presets[name].title,
        key=SEARCHED.name,
        placeholder="Type: truce, court, rare",
        on_change=heard(_take, SEARCHED.name),
        args=(SEARCHED,),
    )


def _list(kind: str, words: str, data: Dataset, lit: str | None) -> None:
    presets, names, key = answers.preset_scenarios(), preset_names(kind, data.name), LISTED[kind]
    marked = lit if lit in names else None
    if key.value_or(None) != marked:
        key.hold(marked)
    st.radio(
        f"**{words}**",
        names,
        index=None,
        format_func=lambda name: plain(presets[name].title),
        captions=[plain(caption(presets[name], data.name)) for name in names],
        key=key.name,
        on_change=heard(_take, key.name),
        args=(key,),
    )


def preset_names(kind: str, dataset: str) -> list[str]:
    """Presets of a kind in the order of dates, those of a dataset first."""
    presets = answers.preset_scenarios()
    names = [name for name, preset in presets.items() if preset.kind == kind]
    return sorted(names, key=lambda name: presets[name].dataset != dataset)


def caption(preset: Scenario, dataset: str) -> str:
    """What stands below a title: `10 April 2025 · data: world-2023 · In force from …`; neither date nor data twice."""
    line = _line_of(preset)
    date = [words for words in _date(preset) if words not in f"{preset.title} {line}"]
    elsewhere = [] if preset.dataset == dataset else [f"data: {preset.dataset}"]
    return " · ".join([*date, *elsewhere, line])


def _line_of(preset: Scenario) -> str:
    """The first sentence of what a preset is, cut to one line."""
    first = preset.description.split(". ")[0].rstrip(".")
    return first if len(first) <= _LINE else f"{first[:_LINE].rsplit(' ', 1)[0].rstrip(',:;(')} …"


def _date(preset: Scenario) -> list[str]:
    try:
        return [day_words(read_day(preset.date))]
    except CalcError:
        return []  # an idea of no date


def _take(key: Key[str | None]) -> None:
    if name := key.value():
        state.hold_preset(answers.preset_scenarios()[name])
    SEARCHED.hold(None)
