"""The card that is open: who charges whom on which goods, and how much. Each change counts at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers
from calc.page.held import rule_list, state
from calc.page.held.decided import heard
from calc.page.held.policy import SUBSIDY_WORDS, TARIFF_HIGH, TARIFF_LOW
from calc.page.held.rule_list import NEW_POINTS, Card
from calc.page.held.session import Key
from calc.page.sidebar.product_picker import product_picker
from calc.page.text import plain
from calc.tariffs.record import AUTHORITY_WORDS
from calc.tariffs.rules import ACTIONS, INSTRUMENTS, RECIPROCAL, Rule

T = TypeVar("T")
EVERYONE = "everyone"
ACTION_WORDS: Mapping[str, str] = {
    "add": "Add",
    "set": "Set",
    "multiply": "Multiply",
    "floor": "At least",
    "cap": "At most",
    RECIPROCAL: "Retaliate",
}
INSTRUMENT_WORDS: Mapping[str, str] = {
    "tariff": "Import tariff",
    "export_tax": "Export tax",
    "export_volume": "Export volume",
    "trade_cost": "Cost of bringing goods",
}
_VALUE_LABELS: Mapping[str, str] = {
    "add": "Points to add",
    "set": "Tariff, %",
    "multiply": "Multiply by, %",
    "floor": "At least, %",
    "cap": "At most, %",
    RECIPROCAL: "Share of the tariff change, %",
}
_SHARES = ("multiply", RECIPROCAL)
_INSTRUMENT_LABELS: Mapping[str, str] = {
    "export_tax": "Export tax, points",
    "export_volume": "Change of volume, %",
    "trade_cost": "Change of cost, % of the price",
}

IMPORTER: Key[list[str]] = Key("card_importer")
EXPORTERS: Key[list[str]] = Key("card_exporters")
EXCEPT_EXPORTERS: Key[list[str]] = Key("card_except_exporters")
PRODUCTS: Key[list[str]] = Key("card_products")
EXCEPT_PRODUCTS: Key[list[str]] = Key("card_except_products")
ACTION: Key[str] = Key("card_action")
VALUE: Key[float] = Key("card_value")
INSTRUMENT: Key[str] = Key("card_instrument")
AUTHORITY: Key[list[str]] = Key("card_authority")
SUBSIDY: Key[bool] = Key("card_subsidy")


def rule_editor(place: int, card: Card, data: Dataset) -> None:
    """Draw the fields of a card.

    Parameters
    ----------
    place : of the card in the list, from 0
    """
    rule = card.rule
    names, buyers = answers.economy_labels(data.name), answers.importers(data.name)

    def then(change: Callable[[Card], Card]) -> Callable[[], None]:
        return lambda: _hold(place, change)

    if len(buyers) > 1:
        held = [] if "importer" in card.missing else list(rule.importer) or [EVERYONE]
        _economies("Importer", IMPORTER, held, buyers, names, then(_importer), "Choose who charges it", "Everyone")
    held = [] if "exporters" in card.missing else list(rule.exporters) or [EVERYONE]
    _economies(
        "Exporters", EXPORTERS, held, list(names), names, then(_exporters), "Choose partners or Everyone", "Everyone"
    )
    _show(PRODUCTS, list(rule.products))
    product_picker("Products", data, PRODUCTS, then=then(_products))
    if rule.schedule:
        st.markdown(f"Rates by line: {plain(rule.schedule.name)}")
    else:
        _rate(rule, then)
    excepts = bool(rule.except_exporters or rule.except_products)
    with st.expander("Except partners or goods", expanded=excepts):
        held = list(rule.except_exporters)
        _economies("Except partners", EXCEPT_EXPORTERS, held, list(names), names, then(_except_exporters), "No one")
        _show(EXCEPT_PRODUCTS, list(rule.except_products))
        product_picker(
            "Except products",
            data,
            EXCEPT_PRODUCTS,
            placeholder="None: type a word or HS code",
            then=then(_except_products),
        )
    unusual = rule.instrument != "tariff" or bool(rule.authority)
    with st.expander("Instrument and legal authority", expanded=unusual):
        _instrument(rule, then)


Then = Callable[[Callable[[Card], Card]], Callable[[], None]]


def _rate(rule: Rule, then: Then) -> None:
    tariff = rule.instrument == "tariff"
    kind, number = st.columns(2, vertical_alignment="bottom")
    _show(ACTION, rule.action)
    kind.selectbox(
        "Action",
        [*ACTIONS, RECIPROCAL] if tariff else ["add", "set"],
        format_func=ACTION_WORDS.__getitem__,
        key=ACTION.name,
        persist_state="session",
        on_change=heard(then(_action), ACTION.name),
    )
    _show(VALUE, min(max(rule.value_pct, TARIFF_LOW), TARIFF_HIGH))
    label = _VALUE_LABELS[rule.action] if tariff else _INSTRUMENT_LABELS[rule.instrument]
    number.number_input(
        label,
        TARIFF_LOW,
        TARIFF_HIGH,
        step=0.5,
        format="%.1f",
        key=VALUE.name,
        persist_state="session",
        on_change=heard(then(_value), VALUE.name),
    )
    if tariff and (rule.value_pct < 0 or rule.allow_subsidy):
        _show(SUBSIDY, rule.allow_subsidy)
        st.checkbox(
            "Pay a subsidy below 0",
            key=SUBSIDY.name,
            persist_state="session",
            help=SUBSIDY_WORDS,
            on_change=heard(then(_subsidy), SUBSIDY.name),
        )


def _instrument(rule: Rule, then: Then) -> None:
    _show(INSTRUMENT, rule.instrument)
    st.selectbox(
        "Instrument",
        INSTRUMENTS,
        format_func=INSTRUMENT_WORDS.__getitem__,
        key=INSTRUMENT.name,
        persist_state="session",
        on_change=heard(then(_instrument_chosen), INSTRUMENT.name),
        disabled=rule.schedule is not None,
    )
    if any(state.days()) and rule.instrument == "tariff" and rule.action != RECIPROCAL:
        _show(AUTHORITY, list(rule.authority))
        st.multiselect(
            "Legal authority",
            list(AUTHORITY_WORDS),
            format_func=AUTHORITY_WORDS.__getitem__,
            key=AUTHORITY.name,
            persist_state="session",
            placeholder="All authorities",
            select_all=False,
            on_change=heard(then(_authority), AUTHORITY.name),
        )


def _economies(
    label: str,
    key: Key[list[str]],
    held: list[str],
    codes: Sequence[str],
    names: Mapping[str, str],
    then: Callable[[], None],
    placeholder: str,
    everyone: str = "",
) -> None:
    """A list of partners; `everyone` is a choice of its own where it has a name."""
    _show(key, held)
    st.multiselect(
        label,
        [*([EVERYONE] if everyone else []), *codes],
        format_func=lambda code: everyone if code == EVERYONE else names.get(code, code),
        key=key.name,
        persist_state="session",
        placeholder=placeholder,
        select_all=False,
        on_change=heard(then, key.name),
    )


def _show(key: Key[T], value: T) -> None:
    # Writing only what differs keeps a widget steady while it is used.
    if key.value_or(None) != value:
        key.hold(value)


def _hold(place: int, change: Callable[[Card], Card]) -> None:
    """Put a changed card in its place; what the rules cannot say is one sentence, and the card stays as it was."""
    listed = rule_list.cards()
    try:
        card = change(listed[place])
        rule_list.hold(rule_list.changed(listed, place, replace(card, rule=replace(card.rule, label="", line=None))))
    except CalcError as error:
        st.toast(plain(str(error)), duration="long")


# What a field says, as a change of the card


def _chosen(card: Card, field: str, codes: Sequence[str]) -> Card:
    """The card with these economies; Everyone gives way to a partner chosen after it, and the other way round."""
    missing: tuple[str, ...] = () if codes else (field,)
    if EVERYONE in codes:
        codes = [] if codes[-1] == EVERYONE else [code for code in codes if code != EVERYONE]
    kept = tuple(each for each in card.missing if each != field)
    rule = (
        replace(card.rule, importer=tuple(codes)) if field == "importer" else replace(card.rule, exporters=tuple(codes))
    )
    return Card(rule=rule, missing=(*kept, *missing))


def _importer(card: Card) -> Card:
    return _chosen(card, "importer", IMPORTER.value())


def _exporters(card: Card) -> Card:
    return _chosen(card, "exporters", EXPORTERS.value())


def _except_exporters(card: Card) -> Card:
    return replace(card, rule=replace(card.rule, except_exporters=tuple(EXCEPT_EXPORTERS.value())))


def _products(card: Card) -> Card:
    return replace(card, rule=replace(card.rule, products=tuple(PRODUCTS.value())))


def _except_products(card: Card) -> Card:
    return replace(card, rule=replace(card.rule, except_products=tuple(EXCEPT_PRODUCTS.value())))


def _action(card: Card) -> Card:
    action = ACTION.value()
    authority = () if action == RECIPROCAL else card.rule.authority
    value = card.rule.value_pct
    if (action in _SHARES) != (card.rule.action in _SHARES):  # points are no shares
        value = 100.0 if action in _SHARES else NEW_POINTS
    return replace(card, rule=replace(card.rule, action=action, value_pct=value, authority=authority))


def _value(card: Card) -> Card:
    return replace(card, rule=replace(card.rule, value_pct=VALUE.value()))


def _instrument_chosen(card: Card) -> Card:
    instrument = INSTRUMENT.value()
    if instrument == "tariff":
        return replace(card, rule=replace(card.rule, instrument=instrument))
    action = card.rule.action if card.rule.action in ("add", "set") else "add"
    value = NEW_POINTS if card.rule.action in _SHARES else card.rule.value_pct
    rule = replace(card.rule, instrument=instrument, action=action, value_pct=value, authority=(), allow_subsidy=False)
    return replace(card, rule=rule)


def _subsidy(card: Card) -> Card:
    return replace(card, rule=replace(card.rule, allow_subsidy=SUBSIDY.value()))


def _authority(card: Card) -> Card:
    return replace(card, rule=replace(card.rule, authority=tuple(AUTHORITY.value())))
