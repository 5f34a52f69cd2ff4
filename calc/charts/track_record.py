"""Charts of the back-test: predicted against seen by chapter and partner, and partners beside other forecasts."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from calc.charts.basic import CHANGES, INK, UNCHANGED, Spec, spec_of, whisker, with_ends
from calc.charts.figure import Figure, Origin, short_source
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


def cells_figure(
    cells: pd.DataFrame,
    partners: Mapping[str, str],
    chapters: Mapping[str, str],
    score: pd.Series,
    source: str,
) -> Figure:
    """Predicted against seen, to be taken out of the page; parameters as for `cells_spec`.

    Parameters
    ----------
    score : slope, r2 and rmse of the prediction, no_change of no change
    source : of the trade data
    """
    error, naive = percent(score["rmse"], sign=False), percent(score["no_change"], sign=False)
    kept = ["partner", "chapter", "base", "seen_value", "seen", "predicted"]
    table = cells[kept].rename(columns={"base": "base_usd", "seen_value": "seen_value_usd"})
    return Figure(
        name="predicted_and_seen",
        finding=f"What the method predicted of 2025: slope {score['slope']:.2f}, weighted error {error} against "
        f"{naive} for no change",
        unit="Change of US imports by HS chapter and partner, May–June 2025 on 2024, %",
        origin=Origin(about="One dot a chapter and partner, size: imports of 2024", source=short_source(source)),
        spec=cells_spec(cells, partners, chapters),
        table=table.assign(seen_pct=table.pop("seen") * 100, predicted_pct=table.pop("predicted") * 100),
        note="On the dashed line the prediction is right.",
    )


def forecasts_figure(table: pd.DataFrame, ours: float, no_change: float, source: str) -> Figure:
    """Partners with their forecasts, to be taken out of the page.

    Parameters
    ----------
    table : as for `forecasts_spec`
    ours, no_change : errors over the partners, fractions
    source : of the trade data
    """
    numbers = ["seen", "predicted", "low", "high", "peer", "no_change"]
    known = [name for name in numbers if name in table]
    return Figure(
        name="record_by_partner",
        finding=f"By partner the method was off by {percent(ours, sign=False)}, no change by "
        f"{percent(no_change, sign=False)}",
        unit="Change of US imports, second half of 2025 on that of 2024, %",
        origin=Origin(
            about="Predicted before, beside what happened and another forecast",
            source=short_source(source),
            ranges="Bands hold 90% of the draws.",
        ),
        spec=forecasts_spec(table),
        table=pd.DataFrame(
            {"partner": table["name"], **{f"{name}_pct": table[name].astype(float) * 100 for name in known}}
        ),
    )
