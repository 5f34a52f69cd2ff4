"""Below the answer of What-if: the lines, the competitors, one line step by step, and the notes."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from calc.datasets.dataset import Dataset
from calc.flows import IntArray
from calc.models.known import MODELS
from calc.models.trace import trace
from calc.page import answers
from calc.page.session import Key
from calc.page.tables import (
    TOTAL,
    chosen_lines,
    column_formats,
    largest_changes,
    line_table,
    partner_screen,
    partner_table,
)
from calc.page.text import plain
from calc.result import Result
from calc.words import money, true_minus

PARTNER: Key[str] = Key("partner")
SEARCH: Key[str] = Key("search")
ALL_PARTNERS = ""


def lines_view(result: Result, data: Dataset) -> None:
    """Product lines, the total first."""
    rows = _searched_lines(result, data)
    if not len(rows):
        _nothing_found()
        return
    shown = largest_changes(result, rows)
    table = line_table(result, answers.product_words(data.name), rows, shown)
    st.dataframe(
        table,
        hide_index=True,
        column_config=column_formats(table),
        height=430,
        key="line_table",
        alt="Product lines with the largest change of imports, total first",
    )
    st.markdown(
        f"The first row is the total of {len(rows):,} lines; below it the {len(shown):,} whose imports change "
        "most. The report has every line. Supply elasticities are the exporters'; where supply is infinite the "
        "price before duty is fixed."
    )


def competitors_view(result: Result, data: Dataset) -> None:
    """Who gains the sales that targeted exporters lose."""
    table = partner_table(result)
    moved = table.loc[table.index != TOTAL, "trade_diversion"].clip(lower=0).sum()
    total = float(table["trade_diversion"].loc[TOTAL])
    if MODELS[result.model].diversion_sums_to_zero:
        words = (
            f"Diversion only shifts trade between suppliers and sums to zero ({money(total)}). "
            f"{money(moved, sign=False)} changes hands."
        )
    else:
        words = (
            f"Diversion shifts trade between suppliers: {money(moved, sign=False)} is gained. It sums to "
            f"{money(total)} over all of them; with exact substitution the sum is zero to first order only, for "
            "small changes."
        )
    st.markdown(plain(words))
    shown = partner_screen(table)
    st.dataframe(
        shown,
        hide_index=True,
        column_config=column_formats(shown),
        height=430,
        key="competitor_table",
        alt="Change of imports by partner and its parts, total first, largest gain next",
    )


def steps_view(result: Result, data: Dataset) -> None:
    """One line traced from base value to new revenue."""
    rows = _searched_lines(result, data)
    if not len(rows):
        _nothing_found()
        return
    lines, names = result.lines, result.inputs.names if result.inputs else {}
    words = answers.product_words(data.name)

    def title(row: int) -> str:
        line = lines.iloc[row]
        seller, code = str(line["exporter"]), str(line["product"])
        value = money(line["import_value_base"], sign=False)
        return f"{names.get(seller, seller)} · {code} {words.get(code, '')} · {value}"

    row = st.selectbox("Line", [int(k) for k in largest_changes(result, rows)], format_func=title, key="traced")
    steps = trace(result, row)
    if not steps:
        st.info("This model's steps are not shown line by line.")
        return
    line = lines.iloc[row]
    demand = true_minus(f"{line['import_demand_elasticity']:g}")
    st.markdown(
        plain(
            f"Substitution σ = {line['armington_elasticity']:g}, demand ε = {demand} "
            f"({line['elasticity_basis']}). Values in US$ of the data's year; ratios are new over old."
        )
    )
    marks = {True: "✓ as in the result", False: "✗ differs", None: ""}
    table = pd.DataFrame(
        [(k, step.name, step.formula, step.numbers, step.value, marks[step.holds]) for k, step in enumerate(steps, 1)],
        columns=["Step", "What", "Formula", "With numbers", "Outcome", "Recomputed"],
    ).set_index("Step")
    st.table(table)
    checked = [step.holds for step in steps if step.holds is not None]
    if all(checked):
        st.markdown(f"All {len(checked)} steps that can be recomputed agree with the result to nine digits.")
    else:
        st.warning(
            f"{checked.count(False)} of {len(checked)} steps do not agree with the result. Please report this line."
        )


def notes_view(result: Result, data: Dataset) -> None:
    """What the result depends on."""
    inputs = result.inputs
    if inputs is None:
        return
    rules = (
        "\n".join(f"{k}. {plain(rule)}" for k, rule in enumerate(inputs.policy, 1))
        or "None: the rates in the data apply."
    )
    st.markdown(f"**{plain(result.scenario)}**\n\nRules, in order:\n\n{rules}")
    st.markdown("**Caveats**\n\n" + "\n".join(f"- {plain(note.text)}" for note in result.notes))
    st.markdown(
        f"**Data**\n\n- {plain(inputs.dataset_title)} ({inputs.year})\n- Source: {plain(inputs.source)}\n"
        f"- Terms: {plain(inputs.licence)}\n- Covered: {plain(data.coverage)}\n- Cite: {plain(inputs.citation)}"
    )


def _searched_lines(result: Result, data: Dataset) -> IntArray:
    words = st.text_input("Search lines", key=SEARCH.name, placeholder="Words or an HS code, such as battery or 8507")
    return chosen_lines(result, answers.product_words(data.name), partner=PARTNER.value(), words=words)


def _nothing_found() -> None:
    """Which filter left no line, and the way out."""

    def clear() -> None:
        SEARCH.hold("")
        PARTNER.hold(ALL_PARTNERS)

    st.info("No line matches this search and partner.")
    st.button("Clear search and partner", on_click=clear, key="clear_search")


DETAILS = {
    "lines": "Product lines",
    "competitors": "Competitors",
    "uncertainty": "Uncertainty",
    "steps": "Steps",
    "notes": "Notes",
}
DETAIL_VIEWS: Mapping[str, Callable[[Result, Dataset], None]] = {
    "lines": lines_view,
    "competitors": competitors_view,
    "steps": steps_view,
    "notes": notes_view,
}
