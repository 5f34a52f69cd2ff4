"""Below the answer of What-if: the lines, the competitors, one line step by step, and the notes."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from calc.analysis.dependence import critical_inputs, users_of
from calc.analysis.households.us_accounts import YEAR
from calc.datasets.dataset import Dataset
from calc.flows import IntArray
from calc.models.known import MODELS
from calc.models.trace import trace
from calc.page import answers
from calc.page.held.session import Key
from calc.page.table_html import words_table
from calc.page.tables import (
    MOST_ROWS,
    TOTAL,
    chosen_lines,
    column_formats,
    largest_changes,
    line_table,
    partner_screen,
    partner_table,
    written,
)
from calc.page.text import plain
from calc.page.what_if.hit_most import hit_most_view
from calc.result import Result
from calc.words import money, true_minus

PARTNER: Key[str] = Key("partner")
SEARCH: Key[str] = Key("search")
ALL_PARTNERS = ""
INDUSTRIES = "industries"  # of the United States, where the data are its imports


def lines_view(result: Result, data: Dataset) -> None:
    """Product lines, the total first."""
    rows = _searched_lines(result, data)
    if not len(rows):
        _nothing_found()
        return
    shown = largest_changes(result, rows)
    table = line_table(result, answers.product_words(data.name), rows, shown)
    styled, widths = written(table)
    st.dataframe(
        styled,
        hide_index=True,
        column_config=widths,
        height=430,
        key="line_table",
        alt="Product lines with the largest change of imports, total first",
    )
    st.markdown(
        f"The first row is the total of {len(rows):,} lines; below it the {len(shown):,} whose imports change "
        "most. The first row's rates, volume and elasticities are means by imports before, its price by spending. The "
        "report has every line. Supply elasticities are the exporters'; where supply is infinite the "
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
    styled, widths = written(partner_screen(table))
    st.dataframe(
        styled,
        hide_index=True,
        column_config=widths,
        height=430,
        key="competitor_table",
        alt="Change of imports by partner and its parts, total first, largest change next",
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
    sources = {"value": "value_basis", "tariff": "tariff_basis"}
    stated = "".join(f" The {what} before is {line[name]}." for what, name in sources.items() if name in lines)
    demand = true_minus(f"{line['import_demand_elasticity']:g}")
    st.markdown(
        plain(
            f"Substitution σ = {line['armington_elasticity']:g}, demand ε = {demand} "
            f"({line['elasticity_basis']}). Values in US$ of the data's year; ratios are new over old.{stated}"
        )
    )
    marks = {True: "✓ as in the result", False: "✗ differs", None: ""}
    table = pd.DataFrame(
        [(k, step.name, step.formula, step.numbers, step.value, marks[step.holds]) for k, step in enumerate(steps, 1)],
        columns=["Step", "What", "Formula", "With numbers", "Outcome", "Recomputed"],
    )
    words_table(table, "Steps from the rule to the outcome of the line")
    checked = [step.holds for step in steps if step.holds is not None]
    if all(checked):
        st.markdown(f"All {len(checked)} steps that can be recomputed agree with the result to nine digits.")
    else:
        st.warning(
            f"{checked.count(False)} of {len(checked)} steps do not agree with the result. Please report this line."
        )


def inputs_view(result: Result, data: Dataset) -> None:
    """How far the importer depends on one supplier, and which industries use the goods concerned."""
    if not result.lines["targeted"].any():
        st.info("No tariff and no shipment changes.")
        return
    table = critical_inputs(result)
    names, words = result.inputs.names if result.inputs else {}, answers.product_words(data.name)
    st.markdown("**Dependence on one supplier**, by product: the largest imports from the suppliers concerned first.")
    _plain_table(
        _input_screen(table.head(MOST_ROWS), names, words), "input_table", "Products by their largest supplier"
    )
    if table["users_output"].isna().all():
        st.markdown("Which industries use them is known for US imports by HS code only.")
        return
    users = users_of(result)
    st.markdown(
        "**US industries that use them**: what they buy of these goods, and their own output, which depends on them "
        "to a degree that no accounts show."
    )
    _plain_table(
        _user_screen(users.head(MOST_ROWS)), "user_table", "Industries by what they buy of the goods concerned"
    )
    st.markdown(
        f":small[US accounts of {YEAR}, which put a product into one of 402 commodities and spread imports over "
        "users in proportion: read a rank, not a digit. Users of a product buy 1% of it or more.]"
    )


def _input_screen(table: pd.DataFrame, names: Mapping[str, str], words: Mapping[str, str]) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {
        "Product": table["product"],
        "Description": pd.Series([words.get(code, "") for code in table["product"]]),
        "Imports, $ m": table["import_value"] / 1e6,
        "Largest supplier": pd.Series([names.get(code, code) for code in table["supplier"]]),
        "Its share, %": table["supplier_share"] * 100,
        "Suppliers concerned, %": table["targeted_share"] * 100,
        "Bought by industries, %": table["input_share"] * 100,
        "Industries that use it": table["users"],
        "Their output, $ m": table["users_output"] / 1e6,
    }
    return pd.DataFrame({name: values for name, values in columns.items() if values.notna().any()})


def _user_screen(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Industry": table["description"],
            "Goods concerned in its inputs, $ m": table["input_value"] / 1e6,
            "Its output, $ m": table["industry_output"] / 1e6,
            "Content, % of output": table["content_direct"] * 100,
            "With its suppliers', %": table["content_total"] * 100,
        }
    )


_INPUT_UNITS = {
    "Imports, $ m": "usd",
    "Its share, %": "fraction",
    "Suppliers concerned, %": "fraction",
    "Bought by industries, %": "fraction",
    "Their output, $ m": "usd",
    "Goods concerned in its inputs, $ m": "usd",
    "Its output, $ m": "usd",
    "Content, % of output": "fraction",
    "With its suppliers', %": "fraction",
}


def _plain_table(table: pd.DataFrame, key: str, alt: str) -> None:
    formats = column_formats(table, _INPUT_UNITS, digits=2)
    st.dataframe(table, hide_index=True, column_config=formats, height=330, key=key, alt=alt)


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
    "hit": "Hit most",
    "lines": "Product lines",
    "competitors": "Competitors",
    INDUSTRIES: "Industries",
    "uncertainty": "Uncertainty",
    "steps": "Steps",
    "inputs": "Critical inputs",
    "notes": "Notes",
}
DETAIL_VIEWS: Mapping[str, Callable[[Result, Dataset], None]] = {
    "hit": hit_most_view,
    "lines": lines_view,
    "competitors": competitors_view,
    "steps": steps_view,
    "inputs": inputs_view,
    "notes": notes_view,
}
