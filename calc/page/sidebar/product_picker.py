"""The one widget for products: choose from a short list, or type a word or a code."""

from collections.abc import Callable

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page.held.decided import heard
from calc.page.held.session import Key
from calc.page.sidebar.product_search import everyday_words, label_of, offered, search, understood
from calc.page.text import plain


def product_picker(
    label: str,
    data: Dataset,
    key: Key[list[str]],
    *,
    placeholder: str = "All: type a word or HS code",
    then: Callable[[], None] | None = None,
) -> None:
    """Draw it; what is chosen or typed is held as the selectors of a rule.

    Parameters
    ----------
    then : called after each change
    """
    typed: Key[str] = Key(f"{key.name}_not_found")
    chosen = key.value_or([])

    def take() -> None:
        typed.hold("")
        held: list[str] = []
        for text in key.value():
            try:
                held += _selectors(text, data)
            except CalcError:
                typed.hold(text)
        key.hold(list(dict.fromkeys(held)))
        if then:
            then()

    short = offered(data.name)
    options = [*(code for code in chosen if code not in short), *short]
    st.multiselect(
        label,
        options,
        format_func=lambda code: short.get(code) or label_of(code, data),
        key=key.name,
        persist_state="session",
        placeholder=placeholder,
        accept_new_options=True,
        select_all=False,
        on_change=heard(take, key.name),
        help=(
            "Type a word, such as cars or coffee, an HS code of 2 to 10 digits, a list or a section. Words of a single "
            "product, such as decaffeinated, are searched when you press Enter."
        ),
    )
    if text := typed.value_or(""):
        _not_found(text, data, key, typed, then)


def _selectors(text: str, data: Dataset) -> tuple[str, ...]:
    words = {each[0]: codes for each, codes in everyday_words(data.name).items()}
    return words.get(text) or understood(text, data)


def _not_found(text: str, data: Dataset, key: Key[list[str]], typed: Key[str], then: Callable[[], None] | None) -> None:
    """What a typed text may have meant: products with these words, to be added by a click; else the nearest words."""
    found = search(text, data)
    if not found:
        try:
            understood(text, data)
        except CalcError as error:
            st.warning(plain(str(error)))
        return

    def add(code: str) -> None:
        key.hold([*key.value(), code])
        typed.hold("")
        if then:
            then()

    st.markdown(f":small[With “{plain(text)}”, click to add:]")
    for code, words in found.items():
        st.button(
            plain(words),
            key=f"{key.name}_add_{code}",
            type="tertiary",
            icon=":material/add:",
            on_click=add,
            args=(code,),
            wrap=True,
        )
