"""Charts of the back-test: predicted against seen by chapter and partner, and partners beside other forecasts."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from calc.charts.basic import CHANGES, INK, UNCHANGED, Spec, spec_of, whisker, with_ends
from calc.charts.households import rows_of
from calc.words import money, percent

LINE = "line"
MOST_SHOWN = 1.0  # a change above a doubling is drawn at its edge
# Okabe–Ito; partners that are few in number have a colour of their own.
GROUPS: Mapping[str, tuple[str, str]] = {
    "CHN": ("China", "#D55E00"),
    "EU27": ("European Union", "#0072B2"),
    "CAN": ("Canada and Mexico", "#009E73"),
    "MEX": ("Canada and Mexico", "#009E73"),
}
OTHERS = ("Other partners", "#8A939E")
# What stands on the line of a partner: column -> words, colour, shape.
FORECASTS: Mapping[str, tuple[str, str, str]] = {
    "seen": ("Seen", "#D55E00", "diamond"),
    "predicted": ("Predicted, with 90% range", "#0072B2", "circle"),
    "peer": ("Budget Lab, GTAP", "#009E73", "square"),
    "no_change": ("No change", "#6B7785", "cross"),
}


def cells_spec(
    cells: pd.DataFrame, partners: Mapping[str, str], chapters: Mapping[str, str], *, height: int = 380
) -> Spec:
    """Predicted change of each chapter of each partner, across, against the change that was seen; a 45° line.

    Parameters
    ----------
    cells : partner, chapter, base (US$ a month), predicted and seen change as fractions
    partners, chapters : names of the codes
    """
    rows = [
        {
            "partner": partners.get(code, code),
            "group": GROUPS.get(code, OTHERS)[0],
            "chapter": f"{chapter} {chapters.get(chapter, '')}".strip(),
            "base": base / 1e6,
            "x": 100 * min(predicted, MOST_SHOWN),
            "y": 100 * min(seen, MOST_SHOWN),
            "predicted": percent(predicted),
            "seen": percent(seen),
            "money": money(base, sign=False),
        }
        for code, chapter, base, predicted, seen in cells.sort_values("base", ascending=False)[
            ["partner", "chapter", "base", "predicted", "seen"]
        ].itertuples(index=False, name=None)
    ]
    frame: Spec = json.loads(_cells_frame(height))
    ends = [{"x": -100.0, "y": -100.0}, {"x": 100.0, "y": 100.0}]
    return {**frame, "datasets": {CHANGES: rows, LINE: ends}}


@cache
def _cells_frame(height: int) -> str:
    scale = alt.Scale(domain=[-100, 100], nice=False)
    axis = alt.Axis(gridColor=UNCHANGED, domain=False, tickCount=5)
    x = alt.X("x:Q", title="Predicted change of imports, %", scale=scale, axis=axis)
    y = alt.Y("y:Q", title="Seen, %", titleAnchor="start", scale=scale, axis=axis)
    groups = dict([*GROUPS.values(), OTHERS])
    colour = alt.Color(
        "group:N",
        title=None,
        scale=alt.Scale(domain=list(groups), range=list(groups.values())),
        legend=alt.Legend(orient="bottom", columns=2, symbolOpacity=1, symbolStrokeWidth=0),
    )
    points = (
        alt.Chart(alt.NamedData(CHANGES))
        .mark_circle(opacity=0.62, stroke="white", strokeWidth=0.4)
        .encode(
            x=x,
            y=y,
            color=colour,
            size=alt.Size("base:Q", scale=alt.Scale(type="sqrt", range=[4, 900]), legend=None),
            tooltip=[
                alt.Tooltip("partner:N", title="Partner"),
                alt.Tooltip("chapter:N", title="Chapter"),
                alt.Tooltip("money:N", title="Imports a month, 2024"),
                alt.Tooltip("predicted:N", title="Predicted"),
                alt.Tooltip("seen:N", title="Seen"),
            ],
        )
    )
    line = (
        alt.Chart(alt.NamedData(LINE))
        .mark_line(color=INK, strokeWidth=1.2, strokeDash=[5, 4])
        .encode(x=x, y=y, color=alt.value(INK))
    )
    return json.dumps(spec_of(alt.layer(points, line).properties(height=height)))


def forecasts_spec(partners: pd.DataFrame, *, height: int = 380) -> Spec:
    """Change of imports by partner: seen, predicted with its range, and other forecasts.

    Parameters
    ----------
    partners : name, seen, predicted, low, high, peer, no_change, fractions
    """
    rows: list[dict[str, Any]] = []
    for row in rows_of(partners):
        rows += [
            {
                "name": row["name"],
                "kind": FORECASTS[column][0],
                "percent": 100 * row[column],
                "words": percent(row[column]),
                **(_range(row) if column == "predicted" else _NO_RANGE),
            }
            for column in tuple(FORECASTS)[::-1]  # the last is drawn above the others: what was seen
            if not np.isnan(row[column])
        ]
    frame: Spec = json.loads(_forecasts_frame(height))
    return {**frame, "datasets": {CHANGES: rows}}


_NO_RANGE = whisker(np.nan, np.nan, percent)


def _range(row: Mapping[str, Any]) -> dict[str, object]:
    return whisker(100 * row["low"], 100 * row["high"], lambda value: percent(value / 100))


@cache
def _forecasts_frame(height: int) -> str:
    rows = alt.Chart(alt.NamedData(CHANGES))
    name = alt.Y(
        "name:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=120, ticks=False, domain=False, grid=True, gridColor=UNCHANGED),
    )
    x = alt.X("percent:Q", title="Change of imports, %", axis=alt.Axis(gridColor=UNCHANGED, tickCount=6))
    words, colours, shapes = (list(parts) for parts in zip(*FORECASTS.values(), strict=True))
    legend = alt.Legend(orient="bottom", columns=2, labelLimit=190)
    tips = [
        alt.Tooltip("name:N", title="Partner"),
        alt.Tooltip("kind:N", title="What"),
        alt.Tooltip("words:N", title="Change"),
        alt.Tooltip("range:N", title="90% range"),
    ]
    ranges = (
        with_ends(rows, "percent")
        .mark_rule(color=FORECASTS["predicted"][1], strokeWidth=5, opacity=0.35)
        .encode(y=name, x=alt.X("low:Q"), x2="high:Q", tooltip=tips)
    )
    points = rows.mark_point(filled=True, size=110, opacity=1).encode(
        y=name,
        x=x,
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=words, range=colours), legend=legend),
        shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=words, range=shapes), legend=legend),
        tooltip=tips,
    )
    return json.dumps(spec_of(alt.layer(ranges, points).properties(height=height)))


def described_forecasts(partners: pd.DataFrame) -> str:
    """Seen and predicted change of each partner in words."""
    said = [
        f"{row['name']} seen {percent(row['seen'])}, predicted {percent(row['predicted'])}" for row in rows_of(partners)
    ]
    return "; ".join(said) + "."
