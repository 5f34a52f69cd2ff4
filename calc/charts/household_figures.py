"""The charts of what a tariff costs households as figures: prices, income, revenue, industries, states."""

from collections.abc import Mapping

import pandas as pd

from calc.analysis.households.cost import DOLLARS_OF
from calc.analysis.households.household_cost import HouseholdCost
from calc.analysis.households.industries import JOBS_YEAR
from calc.analysis.households.us_accounts import YEAR
from calc.charts.basic import Topology
from calc.charts.figure import Figure, Origin
from calc.charts.households import (
    SHORT_NAMES,
    categories_spec,
    deciles_spec,
    industries_spec,
    revenue_spec,
    states_spec,
)
from calc.words import listing, money, percent, small_percent, whole_dollars

_ON_A_CARD = 12  # bars that can still be read
_ACCOUNTS = f"US accounts of {YEAR} (BEA), incomes of 2027 in US$ of {DOLLARS_OF}."


def categories_figure(categories: pd.DataFrame, spending: float, origin: Origin, table: pd.DataFrame) -> Figure:
    """Price change of the 20 categories of consumption.

    Parameters
    ----------
    categories, spending : as for `categories_spec`
    table : the same in the units of files
    """
    top = categories.sort_values("price_change", ascending=False, kind="stable").head(3)
    names = [SHORT_NAMES.get(name, name) for name in top["category"]]
    rising = bool(top["price_change"].iloc[0] > 0)
    goods = "; ".join([names[0], *(name[0].lower() + name[1:] for name in names[1:])])
    return Figure(
        name="consumer_prices",
        finding=f"{goods} get dearest" if rising else "No category gets dearer",
        unit="Change of consumer prices, %, and US$ a household a year",
        origin=origin.where(drawn=bool(categories["price_change_low"].notna().any())),
        spec=categories_spec(categories, spending),
        card=categories_spec(categories.nlargest(_ON_A_CARD, "price_change"), spending, height=290),
        table=table,
        note=_ACCOUNTS,
    )


def deciles_figure(cost: HouseholdCost, origin: Origin, table: pd.DataFrame) -> Figure:
    """Cost to a household of each income decile.

    Parameters
    ----------
    table : the same in the units of files
    """
    rows, mean = cost.cost.deciles, cost.cost.mean_cost
    span = (cost.cost_range[0] / mean, cost.cost_range[1] / mean) if cost.cost_range and mean else None
    ends = [
        f"{whole_dollars(row['household_cost'])}, {small_percent(row['cost_share_of_income']).lstrip('+')} of income"
        for row in (rows.iloc[0], rows.iloc[-1])
    ]
    return Figure(
        name="cost_by_income",
        finding=f"The poorest tenth of households pays {ends[0]}; the richest {ends[1]}",
        unit="Cost to a household, US$ a year and % of its income",
        origin=origin.where(drawn=span is not None),
        spec=deciles_spec(rows, span=span),
        table=table,
        note=_ACCOUNTS,
    )


def industries_figure(ranked: pd.DataFrame, exposure: str, words: str, origin: Origin, table: pd.DataFrame) -> Figure:
    """The industries that one exposure reaches most.

    Parameters
    ----------
    ranked, exposure : as for `industries_spec`
    words : what the exposure is
    table : the industries in the units of files
    """
    first, second = (str(name).removesuffix(" manufacturing") for name in ranked["description"].head(2))
    names = f"{first} and {second[0].lower()}{second[1:]}"
    return Figure(
        name=f"industries_{exposure}",
        finding=f"{names} are reached most",
        unit=f"{words}, %, and output of {YEAR}",
        origin=origin.where(drawn=False),
        spec=industries_spec(ranked, exposure),
        table=table,
        note=f"US accounts of {YEAR} (BEA). An exposure, not an effect on jobs.",
    )


def states_figure(
    states: pd.DataFrame, names: Mapping[str, str], shapes: Topology, words: str, origin: Origin, table: pd.DataFrame
) -> Figure:
    """Jobs in exposed industries by state.

    Parameters
    ----------
    states, shapes : as for `states_spec`
    names : of the states, by postal code
    words : what makes an industry exposed
    table : the states in the units of files
    """
    top = states.sort_values("share", ascending=False, kind="stable").head(3)
    largest = [
        f"{names[code]} ({percent(share, sign=False)})" for code, share in zip(top["state"], top["share"], strict=True)
    ]
    title = f"Share of jobs, {JOBS_YEAR}"
    return Figure(
        name="states",
        finding=f"{listing(largest)} have the largest shares of jobs in exposed industries",
        unit=f"Share of jobs of {JOBS_YEAR} in industries whose {words[0].lower()}{words[1:]}, %",
        origin=origin.where(drawn=False),
        spec=states_spec(states, shapes, title=title),
        table=table,
        note=f"Jobs: BEA, {JOBS_YEAR}. Exposure, not an effect on jobs.",
    )


def revenue_figure(cost: HouseholdCost, origin: Origin, table: pd.DataFrame) -> Figure:
    """Revenue by fiscal year.

    Parameters
    ----------
    table : the same in the units of files
    """
    path = cost.revenue
    verb = "raises" if path.net_revenue >= 0 else "loses"
    return Figure(
        name="revenue",
        finding=f"The Treasury {verb} {money(abs(path.net_revenue), sign=False)} over ten fiscal years",
        unit="Net revenue by fiscal year, US$ bn; marks: gross",
        origin=origin.where(drawn=path.net_range is not None),
        spec=revenue_spec(path.years),
        table=table,
        note="Baseline of imports and duties: Congressional Budget Office, January 2025.",
    )
