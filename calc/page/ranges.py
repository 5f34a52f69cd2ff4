"""Ranges on the page: drawn last, said in one sentence, and shown in full under Uncertainty."""

import time

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.analysis.draws.blocks import View
from calc.analysis.uncertainty import LEFT_OUT, Ranges
from calc.charts.figure import origin_of
from calc.charts.ranges import histogram_figure, histogram_spec
from calc.errors import CalcError
from calc.glossary import GLOSSARY, asked_first
from calc.page import answers
from calc.page.chart_menu import chart_menu
from calc.page.text import plain
from calc.result import Result
from calc.scenario import Scenario
from calc.words import quantity_text

_SLOW = 0.5  # seconds after which people want to know how far the draws are


def drawn_last(
    place: DeltaGenerator, scenario: Scenario, importer: str = "", *, view: View | None = None
) -> Result | None:
    """The answer with its range, once everything else is on screen; None where the draws have no answer.

    A move of a control ends the draws, because Streamlit stops a run where it writes.

    Parameters
    ----------
    place : where the progress, and what is wrong, is written
    """
    start = time.monotonic()

    def progress(done: int, of_all: int) -> None:
        if time.monotonic() - start > _SLOW and done < of_all:
            place.markdown(f":small[Range: {done:,} of {of_all:,} draws …]")

    try:
        return answers.with_range(scenario, importer, view=view, progress=progress)
    except CalcError as error:
        place.markdown(f":small[No range: {plain(str(error))}]")
        return None


def range_words(result: Result, scenario: Scenario) -> str:
    """What the ranges cover, in one or two sentences."""
    if not scenario.draws:
        return "No ranges: the number of draws is set to none. Without draws there is no indication of uncertainty."
    if not len(result.ranges):
        return f"Ranges to follow: {scenario.draws:,} draws of elasticities and pass-through."
    edge = " Full pass-through is at one end of the evidence, so a number can lie outside its range."
    return plain(
        f"Ranges cover 90% of {scenario.draws:,} draws of the uncertain parameters (see "
        f"Uncertainty).{edge if _at_the_edge(result) else ''} {LEFT_OUT}"
    )


def _at_the_edge(result: Result) -> bool:
    """Whether some number lies outside its range."""
    table = result.summary
    return bool(((table["value"] < table["low"]) | (table["value"] > table["high"])).any())


def uncertainty_view(scenario: Scenario, importer: str = "", *, whose: str = "") -> None:
    """The draws of one number, the range of every number, and how well the ranges are known.

    Parameters
    ----------
    whose : name of the economies whose numbers these are, where the data have several
    """
    if not scenario.draws:
        st.info("No draws: choose a number under Assumptions.")
        return
    try:
        with st.spinner(f"{scenario.draws:,} draws …"):
            drawn = answers.ranges(scenario, importer)
    except CalcError as error:
        st.error(plain(str(error)))
        return
    numbers = drawn.values  # noqa: PD011  # a field of its own, not that of a table
    varied = asked_first([metric for metric in drawn.summary["metric"] if np.ptp(numbers[metric]) > 0])
    if not varied:
        st.info("None of the parameters drawn affects this result.")
        return
    metric = st.selectbox("Number", varied, format_func=lambda name: GLOSSARY[name].short, key="drawn_number")
    if whose:
        st.markdown(f":small[Numbers of {plain(whose)}.]")
    quantity = GLOSSARY[metric]
    row = drawn.summary[drawn.summary["metric"] == metric].iloc[0]
    value, median, low, high = (
        quantity_text(row[name], quantity, fine=True) for name in ("value", "median", "low", "high")
    )
    words = f"{quantity.short}: {value}; median of the draws {median}, 90% of them from {low} to {high}."
    st.vega_lite_chart(
        histogram_spec(numbers[metric].to_numpy(), row, quantity), key="histogram", alt=f"Histogram. {words}"
    )
    st.markdown(plain(words))
    chart_menu(
        lambda: histogram_figure(numbers[metric].to_numpy(), row, quantity, origin_of(answers.central(scenario))),
        "draws",
        scenario.title,
    )
    st.dataframe(
        ranges_table(drawn),
        hide_index=True,
        key="ranges_table",
        alt="Every headline number with its median, range and the standard errors of the ends",
    )
    st.markdown("\n".join(f"- {plain(note)}" for note in drawn.notes))


def ranges_table(drawn: Ranges) -> pd.DataFrame:
    """Numbers with their ranges in words; an end is known to its error."""
    rows = []
    for row in drawn.summary.to_dict("records"):
        quantity = GLOSSARY[str(row["metric"])]
        error = max(row["low_error"], row["high_error"])
        known = f"± {error * 100:.2g} points" if quantity.unit == "fraction" else quantity_text(error, quantity)
        rows.append(
            {
                "Number": quantity.short,
                **{
                    heading: quantity_text(row[name], quantity, fine=True)
                    for heading, name in (("Answer", "value"), ("Median", "median"), ("5%", "low"), ("95%", "high"))
                },
                "Error of the ends": "" if np.isclose(error, 0) else known.lstrip("+"),
            }
        )
    return pd.DataFrame(rows)
