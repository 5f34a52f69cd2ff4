"""Several rules: in words in the sidebar, as a table in a dialog; nothing changes before Apply."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers, state
from calc.page.link import pack, unpack
from calc.page.policy import selectors
from calc.page.session import RULES
from calc.page.text import plain
from calc.scenario import Scenario
from calc.tariffs.record import AUTHORITY_WORDS
from calc.tariffs.rules import ACTIONS, INSTRUMENTS, Rule
from calc.tariffs.sentences import describe_rule

_LISTS = ("importer", "exporters", "except_exporters", "products", "except_products")
_COLUMNS = (*_LISTS, "action", "value_pct", "instrument", "authority", "schedule", "label")


def rules_box(data: Dataset) -> None:
    """The rules in words, in order, and the way to their table."""
    scenario = state.policy(data)
    lines = [f"{number}. {plain(describe_rule(rule, data))}" for number, rule in enumerate(scenario.rules, 1)]
    st.markdown("\n".join(lines) or "No rule: nothing changes.")
    if st.button("Edit the rules", icon=":material/edit:", width="stretch", key="edit_rules"):
        _edit(data, scenario)


@st.dialog("Rules, applied in order", width="large")
def _edit(data: Dataset, scenario: Scenario) -> None:
    title = st.text_input("Title", scenario.title, max_chars=120)
    edited = st.data_editor(
        rules_table(scenario.rules),
        num_rows="dynamic",
        hide_index=True,
        column_config=_column_config(data, scenario.rules, dated=any(state.days())),
        key="rules_table",
        alt="Rules of the scenario, one per row, applied from top to bottom",
    )
    st.markdown(
        "Empty cells mean all. Products are HS prefixes, `list:NAME` or `section:XVI`. Value: points to add or "
        "set, percentage to multiply by (100 = no change)."
    )
    if st.button("Apply", type="primary", key="apply_rules"):
        try:
            buyers = answers.importers(data.name)
            rules = rules_of_table(edited, scenario.rules, tuple(buyers) if len(buyers) == 1 else ())
            same_words = rules == scenario.rules and title == scenario.title
            packed = pack(scenario if same_words else Scenario(title=title or "Custom policy", rules=rules))
            unpack(packed)
        except CalcError as error:
            st.error(plain(str(error)))
        else:
            RULES.hold(packed)
            st.rerun()


def rules_table(rules: tuple[Rule, ...]) -> pd.DataFrame:
    """Rules as a table to edit."""
    rows = [
        [
            *(list(getattr(rule, key)) for key in _LISTS),
            rule.action,
            None if rule.schedule else rule.value_pct,
            rule.instrument,
            list(rule.authority),
            rule.schedule.name if rule.schedule else "",
            rule.label,
        ]
        for rule in rules
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def rules_of_table(table: pd.DataFrame, before: tuple[Rule, ...], importer: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Rules from the edited table; a schedule keeps the file it had.

    Parameters
    ----------
    importer : of rows that name none
    """
    schedules = {rule.schedule.name: rule.schedule for rule in before if rule.schedule}

    def texts(cell: object) -> tuple[str, ...]:
        return tuple(str(item) for item in cell) if isinstance(cell, list | tuple | np.ndarray) else ()

    def text(cell: object, default: str) -> str:
        return cell if isinstance(cell, str) and cell else default

    return tuple(
        Rule(
            importer=texts(row["importer"]) or importer,
            exporters=texts(row["exporters"]),
            except_exporters=texts(row["except_exporters"]),
            products=selectors(list(texts(row["products"]))),
            except_products=selectors(list(texts(row["except_products"]))),
            action=text(row["action"], "add"),
            value_pct=0.0 if pd.isna(row["value_pct"]) else float(row["value_pct"]),
            instrument=text(row["instrument"], "tariff"),
            authority=texts(row["authority"]),
            schedule=schedules.get(text(row["schedule"], "")),
            label=text(row["label"], ""),
        )
        for row in table.to_dict("records")
    )


def _column_config(data: Dataset, rules: tuple[Rule, ...], *, dated: bool) -> dict[str, Any]:
    names = answers.economy_labels(data.name)
    labels = answers.product_labels(data.name)
    # A browser need not carry every HS code in each cell's menu; others can be typed.
    wide = [selector for selector in labels if not selector.isdigit() or len(selector) == 2]
    column = st.column_config

    def products(label: str) -> object:
        return column.MultiselectColumn(
            label,
            options=wide,
            accept_new_options=True,
            format_func=lambda code: labels.get(code, code),
            width="medium",
        )

    buyers = answers.importers(data.name)
    config: dict[str, Any] = {
        "importer": None
        if len(buyers) == 1
        else column.MultiselectColumn("Importers", options=buyers, format_func=lambda code: names.get(code, code)),
        "exporters": column.MultiselectColumn(
            "Exporters", options=list(names), format_func=lambda code: names.get(code, code), width="medium"
        ),
        "except_exporters": column.MultiselectColumn(
            "Except partners", options=list(names), format_func=lambda code: names.get(code, code), width="medium"
        ),
        "products": products("Products"),
        "except_products": products("Except products"),
        "action": column.SelectboxColumn("Action", options=[*ACTIONS, "reciprocal"], default="add", required=True),
        "value_pct": column.NumberColumn("Value", min_value=-100.0, max_value=1000.0, step=0.5, default=0.0),
        "instrument": column.SelectboxColumn("Instrument", options=list(INSTRUMENTS), default="tariff", required=True),
        "authority": column.MultiselectColumn(
            "Legal authority", options=list(AUTHORITY_WORDS), format_func=lambda name: AUTHORITY_WORDS[name]
        )
        if dated
        else None,
        "schedule": column.TextColumn("Schedule", disabled=True) if any(rule.schedule for rule in rules) else None,
        "label": column.TextColumn("Label", max_chars=120, width="medium"),
    }
    return config
