"""A policy by HS code on world data: what part of each industry it covers, and where What-if says otherwise."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from calc.analysis.carrying import OnWorld, covered_by_sector, disagreements
from calc.errors import CalcError
from calc.models.known import MODELS
from calc.page import answers
from calc.page.export_rules import too_coarse
from calc.page.held import state
from calc.page.tables import column_formats
from calc.page.text import plain
from calc.result import Result
from calc.scenario import Scenario
from calc.words import unbroken

_UNITS = {
    "Imports by HS code, $ m": "usd",
    "Covered, %": "fraction",
    "Change on covered goods, points": "fraction",
    "Change of the industry's tariff, points": "fraction",
}


def in_words_of(result: Result, asked: Scenario) -> Result:
    """The answer under the title of the policy as it was asked, by HS code."""
    if result.inputs is None or not (asked.rules or asked.law_day):
        return result
    return replace(result, scenario=asked.title, inputs=replace(result.inputs, policy=(asked.title,)))


def say_part_of_industry(carried: OnWorld) -> None:
    """Where the restricted goods are a small part of their industries, that What-if has them by product."""
    value, share = carried.coverage["import_value"], carried.coverage["covered_share"]
    if words := too_coarse(float((value * share).sum() / value.sum())):
        st.warning(plain(f"{words} By product: view What-if."), icon=":material/straighten:")


def carried_words(carried: OnWorld, asked: Scenario, result: Result) -> None:
    """How the policy was carried, with the table by industry; where What-if points elsewhere; a way to go on."""
    data, multiplied = answers.dataset(carried.scenario.dataset), asked.assumptions.elasticity_multiplier != 1
    words, button = st.columns([4, 1], vertical_alignment="center")
    words.markdown(unbroken(plain(" ".join((carried.notes[0], *_where_what_if_differs(asked, result))))))
    button.button(
        "Go on with these data",
        on_click=state.hold_on_world,
        args=(asked,),
        key="go_on",
        help=f"Puts the rules by industry and {plain(data.name)} into the controls, where they can be changed.",
        width="stretch",
    )
    with st.expander("Rates by industry, and what is left out"):
        table = _screen(covered_by_sector(carried.coverage), answers.product_words(data.name))
        st.dataframe(
            table,
            hide_index=True,
            column_config=column_formats(table, _UNITS, digits=2),
            key="carried_table",
            alt="Industries with the part of their imports that the policy covers and the change of their tariff",
        )
        model = MODELS[carried.scenario.model].label
        level = ", multiplied as on the left" if multiplied else ""
        kept = (
            f"Computed by: {model}, with the default elasticities of {data.name}{level}. Other assumptions on the left "
        )
        st.markdown(plain(" ".join((*carried.notes[1:], kept + "are those of What-if."))))


def _where_what_if_differs(asked: Scenario, result: Result) -> tuple[str, ...]:
    try:
        single = answers.central(asked)
    except CalcError:
        return ()
    importer, *others = answers.importers(asked.dataset)
    return () if others else disagreements(single, result, importer)


def _screen(table: pd.DataFrame, words_of: dict[str, str]) -> pd.DataFrame:
    columns = (table["import_value"] / 1e6, *(table[name] * 100 for name in _PERCENT))
    return pd.DataFrame(
        {
            "Industry": [words_of.get(code, code) for code in table["product"]],
            **dict(zip(_UNITS, columns, strict=True)),
        }
    )


_PERCENT = ("covered_share", "tariff_change_covered", "tariff_change")
