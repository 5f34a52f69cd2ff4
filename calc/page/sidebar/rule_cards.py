"""The rules of a policy as cards in the sidebar: each in words, and one of them open to be changed."""

from collections.abc import Callable

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page.held import rule_list
from calc.page.held.decided import heard
from calc.page.held.rule_list import OPEN, Card
from calc.page.sidebar.rule_editor import rule_editor
from calc.page.text import plain
from calc.tariffs.sentences import describe_rule


def rule_cards(data: Dataset) -> None:
    """Draw the cards in the order in which the rules are applied."""
    listed = rule_list.cards()
    for place, card in enumerate(listed):
        with st.container(border=True, gap="small"):
            _card(place, card, len(listed), data)


def add_button() -> None:
    """The way to one more rule."""
    st.button("Add rule", icon=":material/add:", on_click=_add, width="stretch", key="add_rule")


def _add() -> None:
    _try(rule_list.add)


def _try(change: Callable[[], None]) -> None:
    """Make a change, or say in one sentence why the link has no room for it."""
    try:
        change()
    except CalcError as error:
        st.toast(plain(str(error)), duration="long")


def _card(place: int, card: Card, count: int, data: Dataset) -> None:
    opened = OPEN.value_or(None) == place
    st.markdown(f":small[**{place + 1}.** {_words(card, data)}]")
    with st.container(horizontal=True, gap="small"):
        _button("Close" if opened else "Edit", "edit", place, lambda: OPEN.hold(None if opened else place))
        _button("↑", "up", place, lambda: _move(place, -1), disabled=place == 0, help="Move up")
        _button("↓", "down", place, lambda: _move(place, 1), disabled=place == count - 1, help="Move down")
        _button("Copy", "copy", place, lambda: _copy(place))
        _button("Delete", "delete", place, lambda: rule_list.delete(place, data))
    if opened:
        rule_editor(place, card, data)


def _words(card: Card, data: Dataset) -> str:
    if "exporters" in card.missing:
        return ":orange[**Choose partners or Everyone.** Until then this rule does nothing.]"
    if "importer" in card.missing:
        return ":orange[**Choose who charges it.** Until then this rule does nothing.]"
    label = f" ({plain(card.rule.label)})" if card.rule.label else ""
    return f"{plain(describe_rule(card.rule, data))}{label}"


def _button(
    label: str, name: str, place: int, then: Callable[[], None], *, disabled: bool = False, help: str | None = None
) -> None:
    key = f"rule_{name}_{place}"
    st.button(label, key=key, type="tertiary", on_click=heard(then, key), disabled=disabled, help=help)


def _move(place: int, by: int) -> None:
    rule_list.hold(rule_list.moved(rule_list.cards(), place, by))
    if OPEN.value_or(None) == place:
        OPEN.hold(place + by)
    elif OPEN.value_or(None) == place + by:
        OPEN.hold(place)


def _copy(place: int) -> None:
    def copy() -> None:
        rule_list.hold(rule_list.copied(rule_list.cards(), place))
        OPEN.hold(place + 1)

    _try(copy)
