"""The assumptions: what each is, the values it takes, the evidence for them, and what it is called in a file."""

from collections.abc import Mapping

import streamlit as st

from calc.assumptions import ROWS, Assumption
from calc.models.known import MODELS
from calc.page import models
from calc.page.text import plain
from calc.words import listing


def assumptions_section() -> None:
    """Every assumption as its row describes it."""
    st.markdown(
        "What the calculation takes as given. The names are those used in scenario files, in links and with "
        "`--set NAME=VALUE`."
    )
    for row in ROWS.values():
        st.markdown(f"**{plain(row.label)}** (`{row.key}`)\n\n" + "\n".join(f"- {plain(line)}" for line in _lines(row)))


def _lines(row: Assumption) -> list[str]:
    found = [row.help, f"Used by: {_users(row)}."]
    if row.choices:
        words = [f"{word} ({choice.words})" for word, choice in row.choices.items()]
        found.append(f"One of: {', '.join(words)}. Default: {row.first}.")
    else:
        unless = row.words(row.default) if row.default is not None else row.unset or "as in the set of elasticities"
        found.append(f"Values: {row.rule}. Default: {unless}.")
    if row.tried:
        around = "" if row.tried_around is None else f", each times the scenario's own value over {row.tried_around:g}"
        found.append(f"Tried on the Sensitivity view: {listing([row.words(value) for value in row.tried])}{around}.")
    return [*found, f"Evidence: {row.source}."]


def _users(row: Assumption) -> str:
    if row.scope == "option":
        return listing([models.label(name) for name, model in MODELS.items() if row.key in model.options])
    users: Mapping[str, str] = {
        "every model": "every model",
        "incomes fixed": "models in which incomes are fixed",
        "US lines": "every model, on imports of the United States by HS code",
    }
    return users[row.scope]
