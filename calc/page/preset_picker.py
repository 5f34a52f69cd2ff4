"""The picker of presets: closed, the name of the one that is lit; open, a search and all of them by kind."""

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers, state
from calc.page.policy import lit_preset
from calc.page.session import Key
from calc.page.text import plain
from calc.scenario import Scenario
from calc.tariffs.days import read_day
from calc.words import day_words

KINDS: Mapping[str, str] = {"law": "Law", "threat": "Threats", "idea": "Ideas"}
CUSTOM = "Custom"
_LINE = 90  # letters
_HEIGHT = 420  # pixels

PICKER: Key[bool] = Key("presets")  # whether it is open
SEARCHED: Key[str | None] = Key("preset_search")
_TAKEN: Key[bool] = Key("preset_taken")


@st.fragment
def preset_picker(data: Dataset) -> None:
    """Draw it; what it lists is made and sent when it is opened."""
    presets = answers.preset_scenarios()
    lit = lit_preset(state.policy(data).rules, data, state.days())
    label = f"Preset: **{plain(presets[lit].title) if lit else CUSTOM}**"
    picker = st.expander(label, key=PICKER.name, on_change="rerun")
    if picker.open:
        with picker:
            _choices(data, lit)
    context = get_script_run_ctx()
    if _TAKEN.take() and context and context.fragment_ids_this_run:
        st.rerun()  # the whole page, not the picker alone


def _choices(data: Dataset, lit: str | None) -> None:
    presets = answers.preset_scenarios()
    of_kind = {kind: preset_names(kind, data.name) for kind in KINDS}

    def found() -> None:
        if name := SEARCHED.value():
            _take(name)

    st.selectbox(
        "Search presets",
        [name for names in of_kind.values() for name in names],
        index=None,
        format_func=lambda name: presets[name].title,
        key=SEARCHED.name,
        placeholder="Type: truce, court, rare",
        on_change=found,
    )
    with st.container(height=_HEIGHT, border=False, key="preset_choices", gap="xsmall"):
        for kind, names in of_kind.items():
            st.markdown(f"**{KINDS[kind]}**")
            for name in names:
                st.button(
                    _label(presets[name], data.name),
                    key=f"preset_{name}",
                    type="tertiary",
                    on_click=_take,
                    args=(name,),
                    width="stretch",
                    wrap=True,
                )
    if lit:
        about = f"{presets[lit].description} Source: {presets[lit].source}."
        st.markdown(f":small[**On screen:** {plain(about)}]")


def preset_names(kind: str, dataset: str) -> list[str]:
    """Presets of a kind in the order of dates, those of a dataset first."""
    presets = answers.preset_scenarios()
    names = [name for name, preset in presets.items() if preset.kind == kind]
    return sorted(names, key=lambda name: presets[name].dataset != dataset)


def line_of(preset: Scenario) -> str:
    """The first sentence of what a preset is, cut to one line."""
    first = preset.description.split(". ")[0].rstrip(".")
    return first if len(first) <= _LINE else f"{first[:_LINE].rsplit(' ', 1)[0].rstrip(',:;(')} …"


def _label(preset: Scenario, dataset: str) -> str:
    """`**Geneva truce: 30 points on China** 14 May 2025 · In force from 14 May 2025: …`."""
    elsewhere = [] if preset.dataset == dataset else [f"data: {preset.dataset}"]
    line = line_of(preset)
    date = [words for words in _date(preset) if words not in f"{preset.title} {line}"]
    return f"**{plain(preset.title)}** :gray[{plain(' · '.join([*date, *elsewhere, line]))}]"


def _date(preset: Scenario) -> list[str]:
    try:
        return [day_words(read_day(preset.date))]
    except CalcError:
        return []  # an idea of no date


def _take(name: str) -> None:
    state.hold_preset(answers.preset_scenarios()[name])
    PICKER.hold(False)
    SEARCHED.hold(None)
    _TAKEN.hold(True)
