"""The sidebar's box of policy: a preset, the data, the dates of the tariffs in force, and one rule or several."""

from collections.abc import Callable

import streamlit as st

from calc.datasets.catalogue import first_of, such_as
from calc.datasets.dataset import Dataset
from calc.datasets.hs_revisions import DIGITS
from calc.errors import CalcError
from calc.page import answers
from calc.page.held import rule_list, session, state
from calc.page.held.decided import heard
from calc.page.held.link import pack, unpack
from calc.page.held.policy import (
    ACTIONS,
    CUSTOM_POLICY,
    SUBSIDY_WORDS,
    TARIFF_HIGH,
    TARIFF_LOW,
    full_retaliation,
    preset_value,
    simple_rule,
    with_retaliation,
    without_retaliation,
)
from calc.page.held.session import Key
from calc.page.sidebar.day_controls import day_controls
from calc.page.sidebar.preset_picker import preset_picker
from calc.page.sidebar.product_picker import product_picker
from calc.page.sidebar.rule_cards import add_button, rule_cards
from calc.page.sidebar.undo import undo_button
from calc.page.sidebar.words_box import words_box
from calc.page.text import plain
from calc.page.widgets import choose
from calc.scenario import Scenario
from calc.tariffs.law import can_be_dated, dataset_on
from calc.tariffs.record import AUTHORITY_WORDS
from calc.tariffs.rules import Rule, effective_tariff_rate, line_coverage
from calc.words import day_words, listing, rate, true_minus, unbroken

FULL_RETALIATION: Key[bool] = Key("full_retaliation")
SLIDER: Key[float] = Key("tariff_slider")
SLIDER_LOW, SLIDER_HIGH = -25.0, 100.0
TARIFF_LABELS = {
    "add": "Points to add to the tariff",
    "set": "Tariff to set, %",
    "multiply": "Multiply the tariff by (%; 100 = no change)",
}


def policy_controls(data: Dataset) -> None:
    """Draw the box."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("**Policy**", width="content")
        undo_button()
    words_box(data)
    preset_picker(data)
    if rule_list.as_list():
        rule_cards(data)
    else:
        _one_rule(data)
    add_button()
    _retaliation(data)
    dataset_box(data)
    if can_be_dated(data):
        day_controls(data)


def dataset_box(data: Dataset) -> None:
    """The choice of data."""
    words, labels = plain(f"{data.title}. {data.coverage}"), answers.dataset_labels()
    st.selectbox(
        "Dataset",
        list(labels),
        format_func=lambda name: labels.get(name, name),
        key=session.DATASET.name,
        persist_state="session",
        help=words,
        on_change=heard(state.switch_dataset, session.DATASET.name),
        args=(data.name,),
    )


def _one_rule(data: Dataset) -> None:
    names, buyers = answers.economy_labels(data.name), answers.importers(data.name)
    if len(buyers) > 1:
        st.selectbox(
            "Importer",
            buyers,
            format_func=lambda code: names.get(code, code),
            key=session.IMPORTER.name,
            persist_state="session",
        )
    st.multiselect(
        "Exporters",
        list(names),
        format_func=lambda code: names.get(code, code),
        key=session.EXPORTERS.name,
        persist_state="session",
        placeholder="All partners",
        select_all=False,
    )
    product_picker("Products", data, session.PRODUCTS)
    choose("Action", ACTIONS, session.ACTION, width="stretch")
    _tariff(data)
    if any(state.days()):
        st.selectbox(
            "Legal authority",
            ["", *AUTHORITY_WORDS],
            format_func=lambda name: AUTHORITY_WORDS.get(name, "All authorities"),
            key=session.AUTHORITY.name,
            persist_state="session",
            help=(
                "Changes only the duties under one authority, or under IEEPA as a whole. Set them to 0 to see "
                "tariffs without it."
            ),
        )


def _retaliation(data: Dataset) -> None:
    """One switch: full retaliation. With a list of rules it is lit by the rules, and adds or removes one."""
    packed = session.RULES.value()
    rules = unpack(packed).rules if packed else (simple_rule(st.session_state),)
    one_importer = len(answers.importers(data.name)) == 1
    without = without_retaliation(rules, data)
    possible = not one_importer and (len(without) < len(rules) or full_retaliation(rules) is not None)
    if one_importer:
        _retaliation_elsewhere(data, rules)
        return
    if possible:
        words = "Economies hit by the tariff raise their own on the importer by as many points, product by product."
    else:
        words = "No tariff is left to retaliate against: a rule already responds to each."

    def switch() -> None:
        scenario = unpack(packed)
        changed = (
            with_retaliation(scenario.rules) if FULL_RETALIATION.value() else without_retaliation(scenario.rules, data)
        )
        session.RULES.hold(pack(Scenario(title=CUSTOM_POLICY, rules=changed)))

    if packed:
        FULL_RETALIATION.hold(len(without) < len(rules))
        _retaliation_switch(switch, words, possible=possible)
    else:
        st.toggle(
            "Full retaliation", key=session.RETALIATION.name, persist_state="session", disabled=not possible, help=words
        )


def _retaliation_elsewhere(data: Dataset, rules: tuple[Rule, ...]) -> None:
    """The same switch on data of one importer: it moves the policy to world data, where others can retaliate."""
    coded = bool((data.flows.products.str.isdigit() & (data.flows.products.str.len() >= DIGITS)).any())
    possible = coded and full_retaliation(rules) is not None
    if coded:
        words = (
            f"{data.name} covers what one economy buys: your rules are carried to the industries of "
            f"{first_of('world')}, where those hit raise their own tariffs by as many points."
        )
    else:
        words = f"{data.name} covers what one economy buys. Choose a world dataset{such_as('world')}."

    def move() -> None:
        _, scenario = state.current()
        if isinstance(scenario, CalcError):
            st.toast(plain(str(scenario)))
        else:
            state.hold_on_world(scenario, retaliation=True)

    FULL_RETALIATION.hold(False)
    _retaliation_switch(move, words, possible=possible)


def _retaliation_switch(then: Callable[[], None], words: str, *, possible: bool) -> None:
    st.toggle(
        "Full retaliation",
        key=FULL_RETALIATION.name,
        persist_state="session",
        disabled=not possible,
        help=words,
        on_change=heard(then, FULL_RETALIATION.name),
    )


def tariff_slider(key: Key[float]) -> None:
    """The tariff of the one rule as a slider, at its nearest end where the tariff is beyond it.

    Parameters
    ----------
    key : what the slider holds, percent or points
    """
    shown = min(max(session.TARIFF.value(), SLIDER_LOW), SLIDER_HIGH)
    # Writing only what differs keeps a slider in motion from jumping back.
    if key.value_or(None) != shown:
        key.hold(shown)

    def slide() -> None:
        session.TARIFF.hold(key.value())

    st.slider(
        TARIFF_LABELS[session.ACTION.value()],
        SLIDER_LOW,
        SLIDER_HIGH,
        step=0.5,
        format="%.1f",
        key=key.name,
        persist_state="session",
        on_change=heard(slide, key.name),
    )


def _tariff(data: Dataset) -> None:
    label = TARIFF_LABELS[session.ACTION.value()]
    value = session.TARIFF.value()
    tariff_slider(SLIDER)
    box, button = st.columns(2, vertical_alignment="bottom")
    box.number_input(
        f"{label}, from −100 to 1000",
        TARIFF_LOW,
        TARIFF_HIGH,
        step=0.5,
        format="%.1f",
        key=session.TARIFF.name,
        persist_state="session",
        label_visibility="collapsed",
    )
    back = preset_value(simple_rule(st.session_state), data, state.days())

    def give_back() -> None:
        if back is not None:
            session.TARIFF.hold(back)

    button.button(
        "Return" if back is None else f"Return to {true_minus(f'{back:g}')}",
        on_click=give_back,
        disabled=back is None or back == value,
        help="Back to the preset's value for these partners and products.",
        width="stretch",
        key="return",
    )
    if value < 0 or session.SUBSIDY.value():
        st.checkbox("Pay a subsidy below 0", key=session.SUBSIDY.name, persist_state="session", help=SUBSIDY_WORDS)
    if words := _rate_in_data(data):
        st.markdown(words)


def _rate_in_data(data: Dataset) -> str:
    """The rate the data hold for the chosen lines, by its year; empty where nothing matches."""
    rule, start = simple_rule(st.session_state), state.start_day()
    try:
        covered = line_coverage(rule, data, "The selection")
        base = dataset_on(start, data) if start else data
    except CalcError:
        return ""
    names = answers.economy_labels(data.name)
    who = listing([names.get(code, code) for code in rule.exporters]) if len(rule.exporters) < 4 else "these partners"
    average = effective_tariff_rate(base.flows.tariff_rate, data.flows.import_value * covered)  # as the badges do
    goods = ", these products" if rule.products else ""
    what = f"Duty collected in {data.year}" if data.rates == "collected" else f"Base rate of {data.year}"
    what = f"In force on {day_words(start)}" if start else what
    return f"{what}: {plain(who or 'all partners')}{goods} **{unbroken(rate(average))}**"
