"""Charts of what a tariff costs households: who pays, what gets dearer, revenue by year, jobs by state."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from calc.charts.basic import (
    CHANGES,
    INK,
    LESS,
    MORE,
    UNCHANGED,
    Spec,
    Topology,
    labelled_bars,
    spec_of,
    whisker,
    with_ends,
)
from calc.words import money, percent, small_percent, true_minus, whole_dollars

STATES = "states"
_BN = 1e9
LIMITS = (0.0, 0.02, 0.05, 0.08, 0.12)
CLASSES = ("none", "up to 2%", "2 to 5%", "5 to 8%", "8 to 12%", "above 12%")
_COLOURS = ("#D9DEE4", "#C5E0F2", "#7DB8DE", "#3B92CB", "#0067A3", "#003E63")
# Words that people know, where those of the accounts are long.
SHORT_NAMES: Mapping[str, str] = {
    "Furnishings and durable household equipment": "Furnishings and appliances",
    "Recreational goods and vehicles": "Recreational goods",
    "Food and beverages purchased for off-premises consumption": "Food and drink at home",
    "Gasoline and other energy goods": "Gasoline, energy goods",
    "Food services and accommodations": "Restaurants and hotels",
    "Financial services and insurance": "Finance and insurance",
    "Final consumption expenditures of NPISH": "Nonprofit institutions",
}
_LABEL, _LONGEST = 150, 44  # pixels on a phone, and letters, of a name beside its bar


def categories_spec(categories: pd.DataFrame, spending: float, *, height: int = 440) -> Spec:
    """Bars of the 20 categories by price change, most first, with US$ a household beside them.

    Parameters
    ----------
    categories : category, price_change and its low and high, consumption_share
    spending : of the average household, US$ a year, so that the dollars add up to its cost
    """
    ranked = categories.sort_values("price_change", ascending=False, kind="stable")
    rows = [
        {
            "name": SHORT_NAMES.get(row["category"], row["category"]),
            "change": row["price_change"],
            "money": whole_dollars(row["price_change"] * row["consumption_share"] * spending),
            "percent": small_percent(row["price_change"]),
            **whisker(row["price_change_low"], row["price_change_high"], small_percent),
        }
        for row in rows_of(ranked)
    ]
    return labelled_bars(rows, height=height, label_limit=_LABEL)


def deciles_spec(deciles: pd.DataFrame, *, span: tuple[float, float] | None, height: int = 290) -> Spec:
    """Bars of the cost to a household of each income decile, US$ a year, with the share of income beside them.

    Parameters
    ----------
    deciles : decile, household_cost, cost_share_of_income; from the lowest income
    span : low and high over the answer itself, which every decile shares; None where nothing was drawn
    """
    ends = (np.nan, np.nan) if span is None else span
    rows = [
        {
            "name": f"Households, decile {row['decile']}{_END.get(int(row['decile']), '')}",
            "change": row["household_cost"],
            "money": whole_dollars(row["household_cost"]),
            "percent": small_percent(row["cost_share_of_income"]),
            **whisker(row["household_cost"] * ends[0], row["household_cost"] * ends[1], whole_dollars),
        }
        for row in rows_of(deciles)
    ]
    return labelled_bars(rows, height=height, label_limit=_LABEL)


_END = {1: ", poorest", 10: ", richest"}


def industries_spec(ranked: pd.DataFrame, exposure: str, *, height: int = 330) -> Spec:
    """Bars of one exposure of the industries hit most, with their output of the accounts beside it.

    Parameters
    ----------
    ranked : description, industry_output, and the exposure as a fraction; first the largest
    """
    rows = [
        {
            "name": _short(str(row["description"]).removesuffix(" manufacturing")),
            "change": row[exposure],
            "money": money(float(row["industry_output"]), sign=False),
            "percent": percent(float(row[exposure])),
            **whisker(np.nan, np.nan, percent),
        }
        for row in rows_of(ranked)
    ]
    return labelled_bars(rows, height=height, label_limit=_LABEL)


def revenue_spec(years: pd.DataFrame, *, height: int = 290) -> Spec:
    """Bars of net revenue by fiscal year, with gross revenue as a mark.

    Parameters
    ----------
    years : fiscal_year, gross_revenue, net_revenue and its low and high in US$
    """
    frame: Spec = json.loads(_revenue_frame(height))
    rows = [
        {
            "year": f"FY{row['fiscal_year']}",
            "net": row["net_revenue"] / _BN,
            "gross": row["gross_revenue"] / _BN,
            "text": true_minus(f"{row['net_revenue'] / _BN:,.0f}"),
            **whisker(row["net_revenue_low"] / _BN, row["net_revenue_high"] / _BN, "{:,.1f}".format),
        }
        for row in rows_of(years)
    ]
    return {**frame, "datasets": {CHANGES: rows}}


@cache
def _revenue_frame(height: int) -> str:
    rows = alt.Chart(alt.NamedData(CHANGES))
    year = alt.X("year:N", sort=None, title=None, axis=alt.Axis(labelAngle=-45, ticks=False))
    axis = alt.Axis(gridColor=UNCHANGED, tickCount=5)
    tips = ["year:N", alt.Tooltip("net:Q", format=",.1f", title="Net, US$ bn")]
    tips.append(alt.Tooltip("gross:Q", format=",.1f", title="Gross, US$ bn"))
    bars = rows.mark_bar(width={"band": 0.72}).encode(
        x=year,
        y=alt.Y("net:Q", title="US$ bn", axis=axis),
        color=alt.condition("datum.net < 0", alt.value(LESS), alt.value(MORE)),
        tooltip=tips,
    )
    gross = rows.mark_tick(color=INK, thickness=2, width={"band": 0.8}).encode(x=year, y="gross:Q", tooltip=tips)
    whiskers = with_ends(rows, "net").mark_rule(color=INK, strokeWidth=1.5).encode(x=year, y="low:Q", y2="high:Q")
    # beside its whisker, on the bar's own colour
    texts = rows.mark_text(dy=-6, dx=-4, align="right", color=INK, fontSize=11).encode(x=year, y="net:Q", text="text:N")
    return json.dumps(spec_of(alt.layer(bars, gross, whiskers, texts).properties(height=height)))


def states_spec(states: pd.DataFrame, shapes: Topology, *, title: str, height: int = 360) -> Spec:
    """Map of the states by the share of their jobs in exposed industries, in classes that no scenario changes.

    Parameters
    ----------
    states : state, jobs_exposed, share (fraction)
    shapes : states by their postal code, already projected
    """
    rows = [
        {
            "id": row["state"],
            "class": CLASSES[int(np.digitize(row["share"], LIMITS, right=True))],
            "percent": percent(row["share"], sign=False),
            "jobs": f"{row['jobs_exposed']:,.0f}",
        }
        for row in rows_of(states)
    ]
    frame: Spec = json.loads(_states_frame(title, height))
    return {**frame, "datasets": {STATES: shapes, CHANGES: rows}}


@cache
def _states_frame(title: str, height: int) -> str:
    source = alt.NamedData(STATES, format=alt.TopoDataFormat(feature="states", type="topojson"))
    chart = (
        alt.Chart(source)
        .mark_geoshape(stroke="white", strokeWidth=0.6)
        .transform_lookup(lookup="id", from_=alt.LookupData(alt.NamedData(CHANGES), "id", ["class", "percent", "jobs"]))
        .encode(
            color=alt.Color(
                "class:N",
                title=title,
                scale=alt.Scale(domain=list(CLASSES), range=list(_COLOURS)),
                legend=alt.Legend(orient="bottom", columns=3, symbolType="square", symbolStrokeWidth=0),
            ),
            tooltip=[
                alt.Tooltip("properties.name:N", title="State"),
                alt.Tooltip("percent:N", title="Of its jobs of 2018"),
                alt.Tooltip("jobs:N", title="Jobs of 2018"),
            ],
        )
        .project(type="identity")
        .properties(height=height)
    )
    return json.dumps(spec_of(alt.layer(chart)))


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table by the names of its columns."""
    names = [str(name) for name in table]
    return [dict(zip(names, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"
