"""Of what What-if speaks: the goods hit or all imports, chosen once for everything on the screen."""

from collections.abc import Mapping

import streamlit as st

from calc.page.export_rules import export_cards
from calc.page.heading import INCOME_CARDS, Card
from calc.page.held.decided import heard
from calc.page.held.link import Control
from calc.page.held.session import Key
from calc.page.text import plain
from calc.result import Result
from calc.words import capital, money, small_percent

GOODS, ALL, BY_SHARE = "goods", "all", ""
SCOPES: Mapping[str, str] = {GOODS: "Goods hit", ALL: "All imports"}
SCOPE: Key[str] = Key("scope")
_CARDS: Mapping[str, tuple[Card, ...]] = {
    GOODS: (
        ("affected_composite_price_change", "goods hit, all origins"),
        ("affected_volume_change", "goods hit, all origins"),
        ("affected_import_value_change", "goods hit, all origins, before duty"),
        ("tariff_revenue_change", "a year"),
    ),
    ALL: (
        ("import_price_change", "all imports, a fixed basket"),
        ("import_volume_change", "all imports"),
        ("import_value_change", "all imports, before duty"),
        ("tariff_revenue_change", "a year"),
    ),
}


def _read(text: str) -> str:
    if text not in SCOPES:
        raise ValueError(text)
    return text


CONTROL = Control(default=BY_SHARE, read=_read)


def scope_of(result: Result) -> str:
    """What is spoken of: as chosen, else the goods hit where they are less than half of the imports.

    Where incomes move, or nothing is hit, there is all alone.
    """
    if result.incomes_move or not result.value("affected_import_value_base"):
        return ALL
    return SCOPE.value_or(BY_SHARE) or _opening(result)


def _opening(result: Result) -> str:
    return GOODS if result.goods_hit_alone else ALL


def scope_choice(result: Result) -> None:
    """The choice, and beside it what the goods hit are and what part of imports; nothing where there is no choice."""
    if result.incomes_move or not result.value("affected_import_value_base"):
        return
    opening, present = _opening(result), scope_of(result)
    # A widget of its own for each opening: a browser that moved on before the choice was drawn anew still sends the
    # one of the answer before, which would be taken for a choice.
    choice: Key[str] = Key(f"scope_choice_{opening}")
    if choice.value_or(None) != present:
        choice.hold(present)

    def choose() -> None:
        SCOPE.hold(BY_SHARE if choice.value() == opening else choice.value())

    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="scope"):
        st.segmented_control(
            "Numbers of",
            list(SCOPES),
            format_func=SCOPES.__getitem__,
            key=choice.name,
            persist_state="session",
            required=True,
            label_visibility="collapsed",
            on_change=heard(choose, choice.name),
            help="Of which goods prices, volumes and tariffs are shown. Other goods stay as they are.",
        )
        st.markdown(f":small[{plain(_words(result, present))}]")


def _words(result: Result, present: str) -> str:
    """The goods hit, their share of imports, and the price in the scope that is not shown."""
    named = result.inputs.goods if result.inputs else ""
    goods = f"Goods hit: {named}, all origins" if named else "Goods hit: products whose tariff or supply changes"
    share = small_percent(result.value("affected_import_value_share")).lstrip("+")
    value = money(result.value("affected_import_value_base"), sign=False)
    other = "import_price_change" if present == GOODS else "affected_composite_price_change"
    of_other = "all imports, a fixed basket" if present == GOODS else "the goods hit"
    return capital(
        f"{goods}, {value} or {share} of imports. Price of {of_other}: {small_percent(result.value(other))}."
    )


def scoped_cards(result: Result, scope: str) -> tuple[Card, ...]:
    """The cards of a scope; of export restrictions alone, those of the goods restricted."""
    if result.incomes_move:
        return INCOME_CARDS
    return (export_cards(result) if scope == GOODS else ()) or _CARDS[scope]
