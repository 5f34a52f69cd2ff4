"""Ten fiscal years of revenue, and what is assumed about its collection."""

from datetime import date

import pandas as pd
import streamlit as st

from calc.analysis.households.household_cost import HouseholdCost
from calc.analysis.households.revenue_path import IEEPA_REFUND_BN, OFFSET, RevenueAssumptions
from calc.analysis.households.revenue_path import NONCOMPLIANCE as NOT_COLLECTED
from calc.assumptions import by_partner_and_sector
from calc.charts.figure import origin_of
from calc.charts.household_figures import revenue_figure
from calc.charts.households import revenue_spec
from calc.page import answers
from calc.page.chart_menu import chart_menu
from calc.page.held.link import Control, day_or_none_until, number_between, read_yes
from calc.page.held.session import Key
from calc.page.tables import shown_table
from calc.page.text import plain
from calc.reports.households import household_tables
from calc.scenario import Scenario
from calc.tariffs.days import FIRST_DAY, SERIES_END
from calc.words import money, small_percent, unbroken

NONCOMPLIANCE: Key[float] = Key("noncompliance_pct")
OFFSET_PCT: Key[float] = Key("offset_pct")
REFUND: Key[bool] = Key("refund")
COUNTED_FROM: Key[date | None] = Key("revenue_from")


def controls() -> dict[str, Control]:
    """What the part holds in the address."""
    return {
        NONCOMPLIANCE.name: Control(default=100 * NOT_COLLECTED, read=number_between(0.0, 100.0)),
        OFFSET_PCT.name: Control(default=100 * OFFSET, read=number_between(0.0, 100.0)),
        REFUND.name: Control(default=False, read=read_yes),
        COUNTED_FROM.name: Control(default=None, read=day_or_none_until(SERIES_END)),
    }


def revenue_assumptions(scenario: Scenario) -> RevenueAssumptions:
    """What the view assumes about revenue; a flat share is not taken off rates that leave it out already."""
    flat = NONCOMPLIANCE.value() / 100
    stated = None if by_partner_and_sector(scenario.assumptions) or flat == NOT_COLLECTED else flat
    return RevenueAssumptions(
        noncompliance=stated,
        offset=OFFSET_PCT.value() / 100,
        refund_bn=IEEPA_REFUND_BN if REFUND.value() else {},
        first_day=COUNTED_FROM.value(),
    )


def revenue_view(cost: HouseholdCost, scenario: Scenario) -> None:
    """Ten fiscal years of revenue."""
    path = cost.revenue
    _revenue_boxes(scenario)
    span = f" ({' to '.join(map(money, path.net_range))})" if path.net_range else ""
    words = (
        f"Net revenue over ten fiscal years: {money(path.net_revenue)}{span}. Imports "
        f"{small_percent(path.import_change)} after full adjustment, effective tariff "
        f"{small_percent(path.tariff_increase, unit=' points')}."
    )
    st.markdown(unbroken(plain(words)))
    st.vega_lite_chart(revenue_spec(path.years), alt=f"Bars of net revenue by fiscal year. {words}")
    st.markdown(
        plain(
            f"Bars and numbers: net, US$ bn; marks: gross; thin lines: ranges. {path.words()} Imports and duties of "
            "the Congressional Budget Office's baseline of January 2025. The same change of tariffs stands in every "
            "year it is in force; GDP, prices and wages are held fixed."
        )
    )
    chart_menu(
        lambda: revenue_figure(cost, origin_of(answers.with_range(scenario)), household_tables(cost)["revenue"]),
        "revenue",
        scenario.title,
    )
    years = path.years
    shown_table(
        pd.DataFrame(
            {
                "Fiscal year": years["fiscal_year"].astype(str),
                "Imports expected, $ bn": years["imports_expected"] / 1e9,
                "Tariff, % of imports": 100 * years["tariff_rate"],
                "Gross revenue, $ bn": years["gross_revenue"] / 1e9,
                "Net revenue, $ bn": years["net_revenue"] / 1e9,
                "Low, $ bn": years["net_revenue_low"] / 1e9,
                "High, $ bn": years["net_revenue_high"] / 1e9,
            }
        ),
        "revenue_table",
        "Revenue by fiscal year",
        {"Imports expected, $ bn": 0, "Tariff, % of imports": 2},
        other=1,
    )


def _revenue_boxes(scenario: Scenario) -> None:
    """What is assumed about the revenue, each a choice of its own."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if by_partner_and_sector(scenario.assumptions):
            st.markdown("Not collected: in the rates already, by partner and sector", width=220)
        else:
            st.number_input(
                "Not collected, %",
                0.0,
                100.0,
                step=1.0,
                format="%.0f",
                key=NONCOMPLIANCE.name,
                persist_state="session",
                width=150,
            )
        st.number_input(
            "Lost in other taxes, %",
            0.0,
            100.0,
            step=1.0,
            format="%.0f",
            key=OFFSET_PCT.name,
            persist_state="session",
            width=170,
            help="Income and payroll taxes: 21 to 25% by the Congressional Budget Office (publication 58549).",
        )
        st.date_input(
            "Counted from",
            min_value=FIRST_DAY,
            max_value=SERIES_END,
            format="YYYY-MM-DD",
            key=COUNTED_FROM.name,
            persist_state="session",
            width=150,
            help="First day of the change; before it nothing is collected. Empty: the whole time.",
        )
        st.checkbox(
            "Refund of IEEPA duties",
            key=REFUND.name,
            persist_state="session",
            help="US$ 166 bn that were found void in 2026, three quarters in fiscal year 2026 and the rest in 2027.",
        )
