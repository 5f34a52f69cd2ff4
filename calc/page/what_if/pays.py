"""Who pays, on What-if: a bar from buyers to the net that adds up, and what a household pays beside it."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.analysis.draws.blocks import drawn_at_once
from calc.analysis.households.cost import DOLLARS_OF
from calc.analysis.households.household_cost import HouseholdCost
from calc.analysis.who_pays import who_pays
from calc.charts.figure import Figure, origin_of
from calc.charts.who_pays import described_parties, who_pays_figure, who_pays_spec
from calc.errors import CalcError
from calc.page import answers, household_answers
from calc.page.chart_menu import chart_menu
from calc.page.household_answers import Setting
from calc.page.text import plain
from calc.result import Result
from calc.scenario import Scenario
from calc.words import small_percent, whole_dollars


def payers(result: Result, scenario: Scenario, importer: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Draw the bar without its ranges; the places of the bar and of what a household pays.

    Parameters
    ----------
    importer : whose imports are shown; empty where the data have one
    """
    if result.incomes_move:
        st.markdown(f":small[{_of_incomes(result, importer)}]")
        return st.empty(), st.empty()
    if household_answers.of_us_lines(scenario.dataset):
        left, right = st.columns([3, 2], gap="medium")
    else:
        left, right = st.container(), st.container()
    with left:
        st.markdown("**Who pays**, US$ a year")
        place = st.empty()
        whose = "; producers are those of the economy, at home and abroad" if importer else ""
        st.markdown(
            f":small[Buyers are households, firms and government{whose}. Grey bars are sums, thin lines ranges.]"
        )
        chart_menu(lambda: _figure(scenario, importer), "who_pays", scenario.title)
    payers_bar(place, result, scenario, importer)
    return place, right.empty()


def payers_bar(
    place: DeltaGenerator, result: Result, scenario: Scenario, importer: str, *, drawn: bool = False
) -> None:
    """The bar, with ranges where the draws are made."""
    if result.incomes_move:
        return
    parties = _parties(result, scenario, importer, drawn=drawn)
    place.vega_lite_chart(who_pays_spec(parties), alt=f"Bars that add up: {described_parties(parties)}.")


def _parties(result: Result, scenario: Scenario, importer: str, *, drawn: bool) -> pd.DataFrame:
    draws = answers.ranges(scenario, importer).values if drawn else None  # noqa: PD011  # a field of its own
    return who_pays(result, importer, draws)


def _figure(scenario: Scenario, importer: str) -> Figure:
    result = answers.central(scenario)
    drawn = scenario.draws > 0
    answer = answers.with_range(scenario, importer) if drawn else result
    return who_pays_figure(_parties(result, scenario, importer, drawn=drawn), origin_of(answer))


def _of_incomes(result: Result, importer: str) -> str:
    """What stands in place of the bar where incomes move: the parts of real income."""
    words = "Incomes move in this model, so no surplus of buyers and sellers adds up to a net."
    row = result.economies[(result.economies["economy"] == importer).to_numpy()]
    if len(row) and (terms := float(row["terms_of_trade_change"].iloc[0])) == terms:
        income = float(row["real_income_change"].iloc[0])
        words += (
            f" Real income {small_percent(income)}, of which terms of trade {small_percent(terms)}; the rest is what "
            "trade and production lose or gain."
        )
    return plain(words)


def per_household(place: DeltaGenerator, scenario: Scenario) -> None:
    """What a US household pays a year; drawn after everything else, because the accounts are read on first need."""
    setting = Setting()

    def show(cost: HouseholdCost, span: str) -> None:
        if not cost.prices.total:
            card.markdown("No tariff changes, and the cost to a household counts tariffs only.")
            return
        words = (
            f"**{plain(whole_dollars(cost.cost.mean_cost))} a household a year**{span}: what its own shopping costs "
            f"more in the first year, consumer prices {plain(small_percent(cost.prices.total))} (dollars of "
            f"{DOLLARS_OF}). The bar counts firms and government too. {plain(cost.basis)} More: view Households."
        )
        card.markdown(words)

    try:
        cost = household_answers.cost_of(scenario, setting)
        card = place.container(border=True).empty()
        show(cost, "")
        # other models draw one by one, which takes too long here; the view Households waits for them
        if scenario.draws and drawn_at_once(scenario.model):
            drawn = household_answers.cost_with_range(scenario, setting, progress=lambda *_: show(cost, ""))
            if drawn.cost_range:
                show(drawn, f" ({plain(' to '.join(map(whole_dollars, drawn.cost_range)))})")
    except CalcError as error:
        place.markdown(f":small[No cost to a household: {plain(str(error))}]")
