"""Compare: up to five pinned scenarios beside the one on screen, in the same draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import streamlit as st

from calc.analysis.comparison import (
    BEFORE,
    Answer,
    alike,
    answer,
    called,
    cautions,
    cell_texts,
    comparison,
    comparison_headline,
    named_apart,
)
from calc.analysis.perspective import seen_by
from calc.charts.comparison import PLACE_COLOURS, dot_rows, dots_figure, dots_spec, dots_unit, origin_of_answers
from calc.datasets.dataset import OWN
from calc.errors import CalcError
from calc.files.write import zip_bytes
from calc.glossary import GLOSSARY
from calc.page import answers, models
from calc.page.chart_menu import chart_menu
from calc.page.export import pictures_wanted
from calc.page.held import state
from calc.page.held.decided import heard
from calc.page.held.link import Control, one_of
from calc.page.held.session import PINS, Key
from calc.page.pins import PLACES, pin, pin_button, pinned, rename, unpin
from calc.page.table_html import words_table
from calc.page.text import plain
from calc.page.view import View
from calc.page.widgets import choose, download, headline_first
from calc.reports.comparison import comparison_files, comparison_zip_name
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml
from calc.words import unbroken

SHOWN: Key[str] = Key("compare_show")
AGAINST: Key[str] = Key("compare_against")
ECONOMY: Key[str] = Key("compare_economy")
PRESET: Key[str | None] = Key("pin_preset")
ON_SCREEN = 0
NOW = "On screen now"
EVERYBODY = "all"  # the numbers of all importers together
COMPARED = {"change": "Change", "levels": "Levels"}
WHO_ACTS = ""
FIRST_PINS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A scenario in the comparison: what is on screen has place 0, pins have 1 to 5."""

    place: int
    name: str
    scenario: Scenario

    @property
    def colour(self) -> str:
        """The colour of the place, kept when other scenarios come and go."""
        return PLACE_COLOURS[self.place]


def read_economy(text: str) -> str:
    """Reader of whose numbers are compared: `all`, or a code, which some pin's data may know and others not."""
    if text != EVERYBODY and not (text.isascii() and text.isalnum() and len(text) <= 12):
        raise ValueError(text)
    return text


def controls(dataset: str) -> dict[str, Control]:
    """What the view holds in the address, besides the pins, which every view can make."""
    return {
        SHOWN.name: Control(default="change", read=one_of(COMPARED)),
        AGAINST.name: Control(default="", read=one_of([str(ON_SCREEN), *map(str, PLACES)])),
        ECONOMY.name: Control(default=WHO_ACTS, read=read_economy),
    }


def compare() -> None:
    """Draw the view: the sentence first, then the table, the charts and the list of pins."""
    _, scenario = state.current()
    if isinstance(scenario, CalcError):
        st.error(plain(str(scenario)))
        return
    head, side = st.columns([5, 1], vertical_alignment="top")
    entries = _entries(scenario)
    quick = _answered([replace(entry, scenario=replace(entry.scenario, draws=0)) for entry in entries])
    if not quick:
        return
    headline_first(head, comparison_headline(list(quick.values())))
    against = _choices(scenario, entries, quick)
    for sentence in cautions(list(quick.values())):
        st.warning(plain(sentence), icon=":material/balance:")
    place = st.empty()
    with place.container():
        _table(list(quick.values()), against)
    # Draws of general equilibrium take a while, and the values need not wait for their ranges.
    drawn = _answered([entry for entry in entries if entry.place in quick])
    with place.container():
        _table(list(drawn.values()), against)
    _charts(list(drawn.values()), {entry.name: entry.colour for entry in entries}, against)
    with side:
        _export(list(drawn.values()), against)
    _pins(entries)


def _entries(scenario: Scenario) -> list[Entry]:
    """What is on screen, then the pins, all with one seed and one number of draws."""
    pins = pinned()
    if len(PINS.value()) > len(pins):
        st.warning(f"The link has {len(PINS.value())} pinned scenarios; {len(pins)} fit here.")
    same = alike([scenario, *(pin.scenario for pin in pins)])
    names = named_apart([f"{NOW}: {scenario.title}", *(pin.scenario.title for pin in pins)])
    places = [ON_SCREEN, *(pin.place for pin in pins)]
    return [Entry(place=place, name=name, scenario=one) for place, name, one in zip(places, names, same, strict=True)]


def _answered(entries: Sequence[Entry]) -> dict[int, Answer]:
    """The answer of every entry that has one, by place; of the others one sentence."""
    found: dict[int, Answer] = {}
    for number, entry in enumerate(entries, 1):
        try:
            what = f"{entry.scenario.draws} draws of scenario" if entry.scenario.draws else "Scenario"
            with st.spinner(f"{what} {number} of {len(entries)} …"):
                found[entry.place] = _answer(entry)
        except CalcError as error:
            st.error(plain(f"“{entry.scenario.title}” cannot be computed. {error}"))
    return found


def _answer(entry: Entry) -> Answer:
    scenario = entry.scenario
    buyers = answers.importers(scenario.dataset)
    chosen = ECONOMY.value()
    importer = ""
    if len(buyers) > 1 and chosen != EVERYBODY:
        importer = chosen if chosen in buyers else answers.importer_seen(scenario, answers.central(scenario))
    drawn = _drawn(scenario.dataset, scenario_to_toml(replace(scenario, title="")), importer, scenario)
    return replace(drawn, name=entry.name, scenario=scenario)


# The text is the key; the scenario itself, with its schedules, is passed by. An answer takes a few 100 kB.
@answers.kept_by_dataset(max_entries=36)
def _drawn(name: str, text: str, importer: str, _scenario: Scenario) -> Answer:
    economy = answers.economy_labels(name).get(importer, importer)
    view = seen_by(importer)
    return answer(_scenario, answers.dataset(name), economy=economy, view=view, central=answers.central(_scenario))


def _choices(scenario: Scenario, entries: Sequence[Entry], found: dict[int, Answer]) -> str | None:
    """The row of choices; returns what changes are against, None for levels."""
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with bar:
        against = None
        if choose("Show", COMPARED, SHOWN) == "change":
            names = {"": "each scenario's own baseline"} | {str(place): one.name for place, one in found.items()}
            if AGAINST.value() not in names:
                AGAINST.hold("")
            st.selectbox(
                "Against",
                list(names),
                format_func=names.__getitem__,
                key=AGAINST.name,
                persist_state="session",
                width=260,
            )
            place = AGAINST.value()
            against = names[place] if place else BEFORE
        _economy(entries)
        _add(scenario)
    return against


def _economy(entries: Sequence[Entry]) -> None:
    """Whose numbers, where some data have several importers."""
    datasets = dict.fromkeys(entry.scenario.dataset for entry in entries)
    several = [name for name in datasets if name in answers.datasets() and len(answers.importers(name)) > 1]
    if not several:
        return
    names = {WHO_ACTS: "The economy changing tariffs", EVERYBODY: "All importers together"}
    for name in several:
        labels = answers.economy_labels(name)
        names |= {code: labels.get(code, code) for code in answers.importers(name)}
    if ECONOMY.value() not in names:
        st.toast(f"{ECONOMY.value()} is in none of these datasets.")
        ECONOMY.hold(WHO_ACTS)
    st.selectbox(
        "Results for", list(names), format_func=names.__getitem__, key=ECONOMY.name, persist_state="session", width=220
    )


def _add(scenario: Scenario) -> None:
    """Pin the scenario on screen, or a preset."""
    presets = answers.preset_scenarios()

    def add() -> None:
        if name := PRESET.value():
            pin(presets[name])
        PRESET.hold(None)

    st.selectbox(
        "Add a preset",
        list(presets),
        index=None,
        format_func=lambda name: f"{presets[name].title} · {presets[name].dataset}",
        placeholder="Choose one to pin it",
        key=PRESET.name,
        on_change=heard(add, PRESET.name),
        width=260,
    )
    pin_button(scenario)


@st.fragment
def _export(shown: Sequence[Answer], against: str | None) -> None:
    place = st.container()
    pictures = pictures_wanted()

    def files() -> bytes:
        return zip_bytes(comparison_files(shown, against=against, pictures=pictures))

    with place:
        download(
            "Export comparison",
            files,
            comparison_zip_name({one.name: scenario_to_toml(one.scenario).encode() for one in shown}),
            "export_comparison",
            "One long table, differences between all pairs, and every scenario ready to rerun, in one zip.",
            kind="primary",
            width="stretch",
        )


def _table(shown: Sequence[Answer], against: str | None) -> None:
    """A row a scenario, a column a metric; where a model cannot say, nothing."""
    table = comparison(shown, against=against)
    cells: dict[str, list[str]] = {"Scenario": [one.name for one in shown]}
    if len({(one.scenario.model, one.scenario.dataset, one.economy) for one in shown}) > 1:
        cells["Model and data"] = [
            ", ".join(filter(None, [models.label(one.scenario.model), one.scenario.dataset, one.economy]))
            for one in shown
        ]
    for metric in dict.fromkeys(table["metric"]):
        rows = table[(table["metric"] == metric).to_numpy()].to_dict("records")
        cells[called(metric, against)] = [
            unbroken(f"{text}\n({span})" if span else text) for text, span in (cell_texts(r, against) for r in rows)
        ]
    words_table(pd.DataFrame(cells), "Scenarios and their numbers, with ranges")
    st.markdown(f":small[{plain(_words(shown, against))}]")


def _words(shown: Sequence[Answer], against: str | None) -> str:
    draws = shown[0].scenario.draws
    if against is None:
        what = (
            "Rates, imports and revenue are levels after the change; prices, volumes and welfare have no level "
            "and are shown as changes."
        )
    elif against == BEFORE:
        what = "Changes from the baseline: the data, or the tariffs in force on the baseline date."
    else:
        what = f"Each scenario minus “{against}”."
    if not draws:
        return f"{what} No ranges: they are not drawn yet, or the scenario on screen asks for none."
    return (
        f"{what} In brackets, the range that covers 90% of {draws} draws, the same for all scenarios. A "
        "difference between two scenarios is taken draw by draw; it has no range where they do not share draws."
    )


def _charts(shown: Sequence[Answer], colours: Mapping[str, str], against: str | None) -> None:
    """One small chart a metric, two beside each other."""
    table = comparison(shown, against=against)
    metrics = list(dict.fromkeys(table["metric"]))
    for start in range(0, len(metrics), 2):
        for metric, place in zip(metrics[start : start + 2], st.columns(2, gap="medium"), strict=False):
            quantity = GLOSSARY[metric]
            rows = dot_rows(table, metric, colours, against)
            spoken = "; ".join(f"{name} {text}" for name, text in zip(rows["name"], rows["text"], strict=True))
            name = called(metric, against)
            with place:
                st.markdown(f"**{name}**")
                st.vega_lite_chart(
                    dots_spec(
                        rows,
                        unit=dots_unit(metric, against),
                        from_zero=against is not None or not quantity.is_level,
                    ),
                    key=f"dots_{metric}",
                    alt=f"{name}, a dot and a range for each scenario: {spoken}",
                )
                chart_menu(
                    partial(dots_figure, table, metric, colours, against, origin_of_answers(shown), called=name),
                    f"compared_{metric}",
                    " and ".join(one.name for one in shown),
                )


def _pins(entries: Sequence[Entry]) -> None:
    """The pins: rename, put on screen, remove; or a way to start."""
    pins = [entry for entry in entries if entry.place != ON_SCREEN]
    if not pins:
        _start(entries[0].scenario)
        return
    st.markdown(f"**Pinned scenarios, {len(pins)} of {len(PLACES)}**")
    for entry in pins:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            title = entry.scenario.title
            # The title is in the key, so that a box never shows the title of an earlier pin of its place.
            key = f"pin_name_{entry.place}_{title}"
            st.text_input(
                f"Name of pin {entry.place}", title, key=key, max_chars=200, on_change=_rename, args=(entry, key)
            )
            st.button("Put on screen", on_click=_open, args=(entry,), key=f"pin_open_{entry.place}")
            st.button("Remove", on_click=unpin, args=(entry.place,), key=f"pin_remove_{entry.place}")
    own = [plain(f"“{entry.scenario.title}”") for entry in pins if entry.scenario.dataset.startswith(OWN)]
    if own:
        st.markdown(f"The link carries all pins except those on your own data: {', '.join(own)}.")
    else:
        st.markdown("The link carries every pin as a full scenario.")


def _rename(entry: Entry, key: str) -> None:
    rename(entry.place, str(st.session_state[key]))


def _open(entry: Entry) -> None:
    pinned_whole = next(pin.scenario for pin in pinned() if pin.place == entry.place)
    try:
        state.hold_scenario(pinned_whole)
    except CalcError as error:
        st.toast(plain(str(error)))


def _start(scenario: Scenario) -> None:
    """Without pins: what to do, and one button that does it."""
    presets = [preset for preset in answers.preset_scenarios().values() if preset.dataset == scenario.dataset]
    others = [preset for preset in presets if preset.rules and preset.title != scenario.title][:FIRST_PINS]

    def start() -> None:
        for preset in others:
            pin(preset)

    st.markdown("Pin the current scenario, move the slider and see both side by side here; or start with presets.")
    if others:
        titles = "; ".join(plain(preset.title) for preset in others)
        st.button(f"Pin {len(others)} presets", on_click=start, key="pin_first", help=titles)


VIEW = View(title="Compare", path="compare", draw=compare, controls=controls)
