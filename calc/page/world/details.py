"""Below the World view: parts of the gain, all economies, one, both kinds of model, best tariffs, and the notes."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from calc.analysis.perspective import economy_changes
from calc.charts.basic import parts_spec
from calc.charts.figure import origin_of
from calc.charts.figures import parts_figure
from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.models.known import MODELS
from calc.page import answers, models
from calc.page.chart_menu import chart_menu
from calc.page.heading import economy_cards, economy_numbers
from calc.page.held import state
from calc.page.tables import column_formats
from calc.page.text import plain
from calc.page.what_if.details import notes_view
from calc.page.world.economies import (
    economy_screen,
    partner_screen_of,
    parts_screen,
    sector_screen,
    side_by_side,
)
from calc.page.world.games import games_view
from calc.result import Result
from calc.scenario import Scenario
from calc.words import money, small_percent, true_minus

GENERAL_PRESETS = ("truce_lapses_world", "truce_lapses_pairs")


def parts_view(result: Result, data: Dataset, scenario: Scenario, economy: str, acting: str) -> None:
    """What the gain of each economy consists of."""
    shown = parts_screen(result)
    if shown.empty:
        if result.incomes_move:
            st.info("This model gives real income as a whole, without a terms-of-trade split.")
        else:
            st.info("No economy gains or loses.")
        return
    if result.incomes_move:
        axis, unit = "Real income, log points × 100", 0.01
        words = (
            "Real income in logs, which makes the parts add up: the terms of trade (prices of exports relative "
            "to imports) along the path from the base to the scenario, and the rest (volume of trade, revenue, "
            "reallocation of resources). The mark is their sum."
        )
    else:
        axis, unit = "US$ bn", 1e9
        words = (
            "Buyers (consumer surplus), producers (producer surplus, own market and exports) and the treasury "
            "(tariff and export-tax revenue). The mark is their sum, net welfare."
        )
    totals = shown.drop_duplicates("name").set_index("name")["total"]
    said = ", ".join(f"{name} {true_minus(f'{total / unit:+.2f}')}" for name, total in totals.items())
    st.vega_lite_chart(
        parts_spec(shown, axis=axis, unit=unit),
        key="parts",
        alt=f"Stacked bars of the parts, {axis}: {said}",
    )
    st.markdown(f":small[{words} The twelve economies that gain or lose most in US$.]")
    chart_menu(
        lambda: parts_figure(shown, origin_of(answers.central(scenario)), axis=axis, unit=unit),
        "gain_parts",
        scenario.title,
    )


def economies_view(result: Result, data: Dataset, scenario: Scenario, economy: str, acting: str) -> None:
    """Every economy in one table."""
    table = economy_screen(result, answers.gdp(data.name))
    st.dataframe(
        table,
        hide_index=True,
        column_config=column_formats(table, _UNITS, digits=3),
        height=430,
        key="economy_table",
        alt="All economies with their gain and its parts, the largest gain first",
    )
    st.markdown("Click a heading to sort. The report has this table at full precision as economies.csv.")


def economy_view(result: Result, data: Dataset, scenario: Scenario, economy: str, acting: str) -> None:
    """One economy: its numbers, its sectors and its partners."""
    name = result.inputs.names.get(economy, economy) if result.inputs else economy
    changes = economy_changes(result, answers.gdp(data.name))
    place = changes.index[changes["economy"] == economy]
    if not len(place):
        st.info(f"{plain(name)} does not trade in these data.")
        return
    row = changes.loc[place[0]]
    what = "real income" if result.incomes_move else "net welfare, share of GDP"
    st.markdown(
        f"**{plain(name)}**: {plain(money(row['gain']))} ({what}: {small_percent(row['share'])}), "
        f"rank {place[0] + 1} of {len(changes)}."
    )
    if economy != acting:
        economy_cards(result, economy, name, key="cards_one")
    sectors, partners = st.columns(2, gap="medium")
    with sectors:
        st.markdown("**Its products**: what buyers pay, and what producers sell abroad")
        table = sector_screen(result, economy, answers.product_words(data.name))
        _table(table, "sector_table", f"Products of {name}, largest change of exports first")
    with partners:
        st.markdown("**Its partners**: what it sells and buys")
        table = partner_screen_of(result, economy)
        _table(table, "partner_table", f"Partners of {name}, largest change of trade first")


def models_view(result: Result, data: Dataset, scenario: Scenario, economy: str, acting: str) -> None:
    """The same scenario in partial and in general equilibrium."""
    other = models.counterpart(scenario.model, data)
    for model in filter(None, (scenario.model, other)):
        words = MODELS[model]
        st.markdown(
            f"**{plain(words.label)}**. Includes: {plain(words.includes)} Leaves out: {plain(words.leaves_out)}"
        )
    if not other:
        _no_counterpart(data)
        return
    try:
        beside = answers.central(models.asked_of(scenario, other))
    except CalcError as error:
        st.warning(f"{plain(models.label(other))} cannot compute this scenario: {plain(str(error))}")
        return
    partial, general = (beside, result) if result.incomes_move else (result, beside)
    left, right = st.columns(2, gap="medium")
    name = result.inputs.names.get(economy, economy) if result.inputs else economy
    for column, answer, why in ((left, partial, _WHY_PARTIAL), (right, general, _WHY_GENERAL)):
        with column:
            st.markdown(f"**{plain(models.label(answer.model))}**, {plain(name)}")
            st.markdown(
                "\n".join(f"- {plain(label)}: **{plain(text)}**" for label, text in economy_numbers(answer, economy))
            )
            st.markdown(why)
    table = side_by_side(partial, general, answers.gdp(data.name))
    _table(table, "beside_table", "Gain of each economy in partial and in general equilibrium, largest first")


_WHY_PARTIAL = (
    "Partial equilibrium adds up surpluses in single markets at given incomes: wages do not respond, so the "
    "effects of a tariff on a country's own exporters and on users of inputs are left out."
)
_WHY_GENERAL = (
    "General equilibrium lets wages and prices of whole economies move until trade and incomes balance: a tariff "
    "also acts as a tax on a country's own exports, and wages rise in the economies that step in."
)


def _no_counterpart(data: Dataset) -> None:
    absent = models.absent(data)
    wanted = max((model for model in absent if MODELS[model].incomes_move), key=models.rank, default="")
    st.markdown(f"{plain(data.name)} cannot be used in general equilibrium: {plain(absent.get(wanted, ''))}.")
    found = [preset for name, preset in answers.preset_scenarios().items() if name in GENERAL_PRESETS]
    if found:
        st.button(
            f"Open “{found[-1].title}” on {found[-1].dataset}",
            on_click=state.hold_preset,
            args=(found[-1],),
            key="open_general",
        )


def _notes(result: Result, data: Dataset, scenario: Scenario, economy: str, acting: str) -> None:
    notes_view(result, data)


def _table(table: pd.DataFrame, key: str, alt: str) -> None:
    st.dataframe(
        table, hide_index=True, column_config=column_formats(table, _UNITS, digits=3), height=380, key=key, alt=alt
    )


# Headings of tables of economies that are no quantity of the glossary, and their units.
_UNITS = {
    "Net welfare, % of GDP": "fraction",
    "Value of the change of real income, $ m": "usd",
    "Real income, %": "fraction",
    "Real income, $ m": "usd",
    "Net welfare, $ m": "usd",
}
ECONOMY_DETAILS = {
    "parts": "Parts of the gain",
    "economies": "All economies",
    "economy": "One economy",
    "models": "Partial and general",
    "games": "Best tariffs",
    "uncertainty": "Uncertainty",
    "notes": "Notes",
}
ECONOMY_VIEWS: Mapping[str, Callable[[Result, Dataset, Scenario, str, str], None]] = {
    "parts": parts_view,
    "economies": economies_view,
    "economy": economy_view,
    "models": models_view,
    "games": games_view,
    "notes": _notes,
}
