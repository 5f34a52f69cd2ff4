"""Households: what a tariff costs a US household, what it raises, and which industries and states it reaches."""

import math
from collections.abc import Callable

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.analysis.households.cost import DOLLARS_OF
from calc.analysis.households.household_cost import HouseholdCost, headline_of
from calc.analysis.households.revenue_path import FIRST_YEAR, LAST_YEAR
from calc.analysis.households.us_accounts import YEAR
from calc.analysis.perspective import of_importer
from calc.charts.figure import Figure, origin_of
from calc.charts.household_figures import categories_figure
from calc.charts.households import categories_spec, rows_of
from calc.charts.who_pays import described_parties, who_pays_figure, who_pays_spec
from calc.errors import CalcError, ScenarioError
from calc.page import answers, household_answers
from calc.page.chart_menu import chart_menu
from calc.page.export import export_button
from calc.page.heading import PENDING, SAME, badges, card
from calc.page.held import state
from calc.page.held.link import Control, one_of
from calc.page.held.session import Key
from calc.page.household_answers import Setting
from calc.page.households import details
from calc.page.households.details import ANSWER, DETAIL_VIEWS, DETAILS
from calc.page.households.revenue import revenue_assumptions
from calc.page.pins import pin_button
from calc.page.text import plain
from calc.page.view import View
from calc.page.widgets import choose, headline_first
from calc.reports.households import household_tables
from calc.result import Result
from calc.scenario import Scenario
from calc.words import money, small_percent, unbroken, whole_dollars

OPENING = "truce_lapses"
MEASURE: Key[str] = Key("price_measure")
MARKUP: Key[str] = Key("markup")
SHOPS: Key[str] = Key("price_setting")
DETAIL: Key[str] = Key("household_detail")

MEASURES = {"landed": "First year", "composite": "After buyers switch"}
MARKUPS = {"dollar": "In dollars", "producer_percentage": "Producers' in per cent"}
SETTINGS = {"own": "In full", "parity": "Budget Lab parity, × 1.326"}


@answers.kept_by_dataset()
def controls(name: str) -> dict[str, Control]:
    """What the view holds in the address."""
    return {
        MEASURE.name: Control(default="landed", read=one_of(MEASURES)),
        MARKUP.name: Control(default="dollar", read=one_of(MARKUPS)),
        SHOPS.name: Control(default="own", read=one_of(SETTINGS)),
        DETAIL.name: Control(default="income", read=one_of(DETAILS)),
        **details.controls(),
    }


def households() -> None:
    """Draw the view: the headline first, the range last."""
    data, scenario = state.current()
    if isinstance(scenario, CalcError):
        st.error(plain(str(scenario)))
        return
    setting = Setting(
        measure=MEASURE.value(),
        markup=MARKUP.value(),
        parity=SHOPS.value() == "parity",
        answer=ANSWER.value(),
        revenue=revenue_assumptions(scenario),
    )
    head, side = st.columns([5, 1], vertical_alignment="top")
    try:
        result = answers.central(scenario)
        with st.spinner("Following duties through the US accounts …"):
            cost = household_answers.cost_of(scenario, setting)
    except ScenarioError as error:
        _refused(head, error)
        return
    except CalcError as error:
        st.error(plain(str(error)))
        return
    with side:
        export_button(result, scenario, lambda: household_answers.cost_with_range(scenario, setting))
    title = head.empty()  # not before: the headline of the run before stays, paler, until this one is there
    headline_first(title, headline_of(cost))
    with side:
        pin_button(scenario, short=True)
    seen = of_importer(result, household_answers.BUYER) if len(answers.importers(data.name)) > 1 else result
    st.markdown(f"**{plain(_what(result))}**")
    badges(seen, scenario)
    cards_place, words_place = st.empty(), st.empty()
    _choices()
    left, right = st.columns([10, 11], gap="medium")
    with left:
        st.markdown("**Who pays**")
        payers = st.empty()
        chart_menu(
            lambda: who_pays_figure(
                household_answers.parties(scenario, drawn=True), origin_of(answers.with_range(scenario))
            ),
            "who_pays",
            scenario.title,
        )
    with right:
        bars = _categories()
        chart_menu(lambda: _prices_figure(scenario, setting), "consumer_prices", scenario.title)

    def show(answer: HouseholdCost, *, pending: bool) -> None:
        with cards_place.container():
            _cards(answer, scenario, pending=pending)
        _bars(bars, answer)
        with payers.container():
            _who_pays(household_answers.parties(scenario, drawn=not pending), answer)
        words_place.markdown(f":small[{plain(_basis(result, scenario, answer))}]")

    show(cost, pending=scenario.draws > 0)
    detail = choose("Details of households", DETAILS, DETAIL)
    below = st.container()
    st.markdown("**What to keep in mind**\n\n" + "\n".join(f"- {plain(note)}" for note in cost.notes))
    if scenario.draws:
        try:
            drawn = household_answers.cost_with_range(scenario, setting)
        except CalcError as error:
            words_place.markdown(f":small[No range: {plain(str(error))}]")
        else:
            cost = drawn
            title.title(unbroken(plain(headline_of(cost))), anchor=False)
            show(cost, pending=False)
    with below:  # its widgets are drawn once, with the ranges
        DETAIL_VIEWS[detail](cost, scenario)


def _refused(place: DeltaGenerator, error: ScenarioError) -> None:
    """Why there is nothing to show, and the way to a scenario that has it."""
    place.title("What it costs a household", anchor=False)
    st.markdown(plain(str(error)))
    preset = answers.preset_scenarios().get(OPENING)
    if preset is not None:
        st.button(
            f"Open “{preset.title}” on {preset.dataset}",
            on_click=state.hold_preset,
            args=(preset,),
            type="primary",
            key="open_households",
        )


def _what(result: Result) -> str:
    policy = result.inputs.policy if result.inputs else ()
    return policy[0] if len(policy) == 1 else result.scenario


def _choices() -> None:
    with st.container(horizontal=True, gap="medium"):
        choose("Prices", MEASURES, MEASURE)
        choose("Margins", MARKUPS, MARKUP)
        choose("Passed on", SETTINGS, SHOPS)


def _cards(cost: HouseholdCost, scenario: Scenario, *, pending: bool) -> None:
    waiting = PENDING if pending else (SAME if scenario.draws else None)
    years = f"FY{FIRST_YEAR}–{str(LAST_YEAR)[2:]}"
    prices = cost.prices
    with st.container(horizontal=True, gap="small", key="cards_pending" if pending else "cards"):
        card(
            "Consumer prices",
            small_percent(prices.total),
            "all personal consumption, baskets of 2017.",
            _range(cost.price_range, small_percent).replace("% to", " to") or waiting,
        )
        card(
            "Cost to a household, a year",
            whole_dollars(cost.cost.mean_cost),
            f"mean of all households, US$ of {DOLLARS_OF}. {cost.basis}",
            _range(cost.cost_range, whole_dollars) or waiting,
        )
        card(
            f"Net revenue, {years}",
            money(cost.revenue.net_revenue),
            "ten fiscal years, after what is not collected and what other taxes lose; conventional.",
            _range(cost.revenue.net_range, money) or (waiting if pending or cost.revenue.net_range else None),
        )
        card(
            "Prices, margins in per cent",
            small_percent(prices.high_end),
            "the high end: if producers keep their margins in per cent instead of dollars.",
            f"core {small_percent(prices.core)}, core goods {small_percent(prices.core_goods)}",
        )


def _range(ends: tuple[float, float] | None, words: Callable[[float], str]) -> str:
    if ends is None or math.isclose(*ends, abs_tol=1e-12):
        return ""
    return f"{words(ends[0])} to {words(ends[1])}"


def _basis(result: Result, scenario: Scenario, cost: HouseholdCost) -> str:
    """Year, base, pass-through and draws behind the numbers."""
    year = result.inputs.year if result.inputs else ""
    drawn = (
        f" Ranges cover 90% of {scenario.draws:,} draws."
        if scenario.draws
        else " No range: the scenario asks for no draws."
    )
    if cost.price_range and not cost.price_range[0] <= cost.prices.total <= cost.price_range[1]:
        drawn += " Full pass-through is one end of the evidence, so a number can lie outside its range."
    return (
        f"{cost.basis} Trade of {year}, accounts of {YEAR}, incomes of 2027 in US$ of {DOLLARS_OF}.{drawn} Core and "
        "core goods leave out food at home and energy."
    )


def _who_pays(parties: pd.DataFrame, cost: HouseholdCost) -> None:
    """Buyers and the treasury, the net of the United States, foreign sellers, and the sum."""
    words = described_parties(parties)
    st.vega_lite_chart(who_pays_spec(parties), alt=f"Bars that add up: {words}.")
    words = (
        f"Per year, at the border, once trade has reacted: {words}. "
        f"Buyers are households, firms and government: of what they pay, {whole_dollars(cost.cost.mean_cost)} a year "
        "reaches the mean household's own shopping."
    )
    st.markdown(f":small[{unbroken(plain(words))}]")


def _categories() -> DeltaGenerator:
    st.markdown("**What gets dearer**")
    place = st.empty()
    words = (
        "US$ a household a year, and the price change. The dollars add up to the mean household's cost; thin lines are "
        "ranges."
    )
    st.markdown(f":small[{plain(words)}]")
    return place


def _bars(place: DeltaGenerator, cost: HouseholdCost) -> None:
    table = _major(cost)
    top = table.sort_values("price_change", ascending=False).head(5)
    words = ", ".join(f"{row['category']} {small_percent(row['price_change'])}" for row in rows_of(top))
    chart = categories_spec(table, household_answers.mean_spending())
    place.vega_lite_chart(chart, alt=f"Bars of 20 categories by price change: {words}.")


def _major(cost: HouseholdCost) -> pd.DataFrame:
    return cost.price_table[cost.price_table["level"] == "major category"]


def _prices_figure(scenario: Scenario, setting: Setting) -> Figure:
    cost = household_answers.cost_with_range(scenario, setting)
    table = household_tables(cost)["consumer_prices"]
    origin = origin_of(answers.with_range(scenario))
    return categories_figure(_major(cost), household_answers.mean_spending(), origin, table)


VIEW = View(title="Households", path="households", draw=households, controls=controls)
