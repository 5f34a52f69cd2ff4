"""Charts of what a result depends on: the tornado, the curve against the tariff, and the table of two assumptions.

Blue is higher and orange lower than the current result. As in `charts`, only the data of a specification change.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from calc.analysis.sensitivity import outcome_text
from calc.charts.basic import INK, LESS, MORE, UNCHANGED, Spec, spec_of, with_ends
from calc.glossary import GLOSSARY

ROWS, CURVE, MARKS = "rows", "curve", "marks"
_BAND = 62  # pixels of one bar with its words
# Pale enough for dark figures on them: the contrast is above 7 to 1.
_PALE_LESS, _PALE_MORE, _DARK = "#F3B98C", "#8CC1E6", "#1B2430"
_MONEY_UNITS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Axis:
    """How a metric is drawn.

    Parameters
    ----------
    title : words and unit
    unit : what one on the axis is worth: 0.01 for percent, 1e9 for US$ bn
    """

    title: str
    unit: float


def axis_of(metric: str, values: Sequence[float]) -> Axis:
    """Title and unit of an axis that holds `values` of a metric."""
    quantity = GLOSSARY[metric]
    if quantity.unit == "fraction":
        return Axis(f"{quantity.short}, %", 0.01)
    size = float(np.nanmax(np.abs(values), initial=0.0))
    unit, name = next(((unit, name) for unit, name in _MONEY_UNITS if size >= unit), (1.0, ""))
    return Axis(f"{quantity.short}, US$ {name}".rstrip(), unit)


def tornado_rows(table: pd.DataFrame, metric: str) -> list[dict[str, object]]:
    """What the tornado draws: ends of the bars as fractions or US$, and the words beside them.

    Parameters
    ----------
    table : of `sensitivity.tornado`
    """
    return [
        {
            "label": row["label"],
            "low": row["low"],
            "high": row["high"],
            "central": row["central"],
            "left": f"{row['low_setting']}: {outcome_text(row['low'], metric)}",
            "right": f"{row['high_setting']}: {outcome_text(row['high'], metric)}",
        }
        for row in table.to_dict("records")
    ]


def tornado_spec(table: pd.DataFrame, metric: str) -> Spec:
    """Bars from the least to the greatest outcome of each assumption, the widest on top.

    Parameters
    ----------
    table : of `sensitivity.tornado`
    """
    frame: Spec = json.loads(_tornado_frame(max(len(table), 1) * _BAND))
    return {**frame, "datasets": {ROWS: tornado_rows(table, metric)}}


@cache
def _tornado_frame(height: int) -> str:
    rows = alt.Chart(alt.NamedData(ROWS))
    name = alt.Y("label:N", sort=None, axis=None)
    value = alt.X("low:Q", axis=None, scale=alt.Scale(zero=False, nice=False, padding=2))
    tooltip = [
        alt.Tooltip("label:N", title="Assumption"),
        alt.Tooltip("left:N", title="Lowest"),
        alt.Tooltip("right:N", title="Highest"),
    ]

    parts = [
        rows.mark_bar(color=colour, height=14).encode(y=name, x=start, x2=end, tooltip=tooltip)
        for start, end, colour in ((value, "central:Q", LESS), (alt.X("central:Q"), "high:Q", MORE))
    ]
    start, end = alt.value(0), alt.value(alt.expr("width"))
    label = rows.mark_text(color=INK, fontSize=12, align="left", dy=-17, fontWeight="bold").encode(
        x=start, text="label:N"
    )
    left = rows.mark_text(color=INK, fontSize=12, align="left", dy=17).encode(x=start, text="left:N")
    right = rows.mark_text(color=INK, fontSize=12, align="right", dy=17).encode(x=end, text="right:N")
    stands = rows.mark_tick(color=INK, thickness=2, size=20).encode(y=name, x="central:Q")
    texts = [text.encode(y=name) for text in (label, left, right)]
    return json.dumps(spec_of(alt.layer(*parts, stands, *texts).properties(height=height)))


def curve_spec(
    curve: pd.DataFrame, marks: pd.DataFrame, metric: str, *, words: str, base: float, height: int = 330
) -> Spec:
    """An outcome against the value of a rule.

    Parameters
    ----------
    curve : tariff_pct, value, low, high; low and high may be missing
    marks : tariff_pct, value, words, top; points with words at the top of the chart or at its foot
    words : title of the axis of values
    base : outcome without the rule
    """
    axis = axis_of(metric, [*curve["value"], *curve["low"].dropna(), *curve["high"].dropna(), base])
    frame: Spec = json.loads(_curve_frame(words, axis.title, height))
    columns = ["value", "low", "high"]
    drawn = curve[["tariff_pct"]].join(curve[columns] / axis.unit).astype(object)
    rows = drawn.where(drawn.notna(), None).to_dict("records")
    middle = (curve["tariff_pct"].min() + curve["tariff_pct"].max()) / 2
    # words stand on the side where there is more room
    side = np.where(marks["tariff_pct"] > middle, "left", "right")
    points = marks.assign(value=marks["value"] / axis.unit, base=base / axis.unit, side=side).to_dict("records")
    return {**frame, "datasets": {CURVE: rows, MARKS: points}}


@cache
def _curve_frame(words: str, title: str, height: int) -> str:
    curve, marks = alt.Chart(alt.NamedData(CURVE)), alt.Chart(alt.NamedData(MARKS))
    along = alt.X("tariff_pct:Q", title=words, axis=alt.Axis(grid=False), scale=alt.Scale(nice=False))
    up = alt.Y("value:Q", title=title, axis=alt.Axis(gridColor=UNCHANGED), scale=alt.Scale(zero=False))
    tooltip = [
        alt.Tooltip("tariff_pct:Q", title=words, format=".1f"),
        *(
            alt.Tooltip(f"{name}:Q", title=what, format=",.2f")
            for name, what in (("value", title), ("low", "5%"), ("high", "95%"))
        ),
    ]
    band = (
        with_ends(curve, "value")
        .mark_area(color=MORE, opacity=0.18)
        .encode(x=along, y=alt.Y("low:Q", title=title), y2="high:Q")
    )
    line = curve.mark_line(color=MORE, strokeWidth=2.5).encode(x=along, y=up, tooltip=tooltip)
    hover = curve.mark_point(size=160, opacity=0).encode(x=along, y=up, tooltip=tooltip)
    base = marks.mark_rule(color=INK, strokeDash=[4, 4]).encode(y=alt.Y("base:Q", title=title))
    drop = marks.mark_rule(color=LESS, strokeWidth=1.5, strokeDash=[2, 3]).encode(x=along)
    point = marks.mark_point(color=LESS, filled=True, size=90, opacity=1).encode(x=along, y=up, tooltip=["words:N"])
    # The words of the peak stand at the top and those of the chosen value at the foot, so that they never meet.
    left = "datum.side === 'left'"
    texts = marks.mark_text(
        color=INK,
        fontSize=12,
        align=alt.expr(f"{left} ? 'right' : 'left'"),
        dx=alt.expr(f"{left} ? -6 : 6"),
        dy=alt.expr(f"datum.top ? 0 : {height - 1}"),
    ).encode(x=along, y=alt.value(-7), text="words:N")
    return json.dumps(spec_of(alt.layer(band, base, drop, line, hover, point, texts).properties(height=height)))


def path_spec(path: pd.DataFrame, metric: str, *, chosen: float | None, height: int = 230) -> Spec:
    """A volume by months since the measure.

    Parameters
    ----------
    path : of `over_time.over_months`: months, value
    chosen : months of the scenario; None: the long run, which the last row has reached
    """
    axis = axis_of(metric, list(path["value"]))
    frame: Spec = json.loads(_path_frame(axis.title, height, pointed=chosen is not None))
    rows = path.assign(value=path["value"] / axis.unit)
    lasting = float(rows["value"].iloc[-1])
    at = np.interp(chosen, rows["months"], rows["value"]) if chosen is not None else None
    words = f"long run: {outcome_text(float(path['value'].iloc[-1]), metric)}"
    marks = [{"lasting": lasting, "words": words, "months": chosen, "value": at}]
    return {**frame, "datasets": {CURVE: rows.to_dict("records"), MARKS: marks}}


@cache
def _path_frame(title: str, height: int, *, pointed: bool) -> str:
    path, marks = alt.Chart(alt.NamedData(CURVE)), alt.Chart(alt.NamedData(MARKS))
    along = alt.X("months:Q", title="Months since the measure", axis=alt.Axis(grid=False), scale=alt.Scale(nice=False))
    up = alt.Y("value:Q", title=title, axis=alt.Axis(gridColor=UNCHANGED), scale=alt.Scale(zero=False))
    tooltip = [
        alt.Tooltip("months:Q", title="Months", format=".0f"),
        alt.Tooltip("value:Q", title=title, format=",.2f"),
    ]
    line = path.mark_line(color=MORE, strokeWidth=2.5, point=True).encode(x=along, y=up, tooltip=tooltip)
    lasting = marks.mark_rule(color=INK, strokeDash=[4, 4]).encode(y=alt.Y("lasting:Q", title=title))
    words = marks.mark_text(color=INK, fontSize=12, align="right", dy=-8).encode(
        x=alt.value(alt.expr("width")), y="lasting:Q", text="words:N"
    )
    point = marks.mark_point(color=LESS, filled=True, size=90, opacity=1).encode(x=along, y=up)
    layers = [lasting, line, *([point] if pointed else []), words]
    return json.dumps(spec_of(alt.layer(*layers).properties(height=height)))


def heat_spec(table: pd.DataFrame, metric: str, *, rows: str, columns: str, standing: tuple[str, str]) -> Spec:
    """Outcomes of two assumptions as a table, coloured by their distance from the current result.

    Parameters
    ----------
    table : of `sensitivity.two_way_table`: row, column, value
    rows, columns : what the two assumptions are
    standing : row and column of the answer as it stands
    """
    own = table[(table["row"] == standing[0]) & (table["column"] == standing[1])]["value"]
    centre = float(own.iloc[0]) if len(own) else float(table["value"].mean())
    reach = float((table["value"] - centre).abs().max()) or 1.0
    data = [
        {
            "row": row,
            "column": column,
            "shade": (value - centre) / reach,
            "text": outcome_text(value, metric),
            "standing": (row, column) == standing,
        }
        for row, column, value in zip(table["row"], table["column"], table["value"], strict=True)
    ]
    frame: Spec = json.loads(_heat_frame(rows, columns, 56 + 44 * table["row"].nunique()))
    return {**frame, "datasets": {ROWS: data}}


@cache
def _heat_frame(rows: str, columns: str, height: int) -> str:
    cells = alt.Chart(alt.NamedData(ROWS)).encode(
        x=alt.X("column:N", sort=None, title=columns, axis=alt.Axis(orient="top", labelAngle=0, ticks=False)),
        y=alt.Y("row:N", sort=None, title=rows, axis=alt.Axis(ticks=False)),
        tooltip=[
            alt.Tooltip("row:N", title=rows),
            alt.Tooltip("column:N", title=columns),
            alt.Tooltip("text:N", title="Outcome"),
        ],
    )
    shade = alt.Color(
        "shade:Q",
        scale=alt.Scale(domain=[-1, 0, 1], range=[_PALE_LESS, "#FFFFFF", _PALE_MORE], interpolate="rgb"),
        legend=None,
    )
    filled = cells.mark_rect(stroke=UNCHANGED).encode(color=shade)
    own = cells.transform_filter("datum.standing").mark_rect(fillOpacity=0, stroke=_DARK, strokeWidth=2)
    text = cells.mark_text(color=_DARK, fontSize=alt.expr("width < 320 ? 11 : 13")).encode(text="text:N")
    return json.dumps(spec_of(alt.layer(filled, own, text).properties(height=height)))


def described_tornado(table: pd.DataFrame, metric: str) -> str:
    """The bars in words, for those who hear the chart."""
    rows = tornado_rows(table, metric)
    parts = [f"{row['label']}: {row['left']} to {row['right']}" for row in rows]
    return "; ".join(parts) + "." if parts else "No assumption can be varied."


def described_curve(curve: pd.DataFrame, metric: str, words: str) -> str:
    """The curve at a few values in words."""
    picked = curve.iloc[np.unique(np.linspace(0, len(curve) - 1, 5).astype(int))]
    parts = [
        f"{value:g}: {outcome_text(outcome, metric)}"
        for value, outcome in zip(picked["tariff_pct"], picked["value"], strict=True)
    ]
    return f"{GLOSSARY[metric].short} by {words[0].lower()}{words[1:]}: {'; '.join(parts)}."


def described_path(path: pd.DataFrame, metric: str) -> str:
    """The path at a few months in words."""
    picked = path.iloc[np.unique(np.linspace(0, len(path) - 1, 5).astype(int))]
    parts = [
        f"{month:g}: {outcome_text(value, metric)}"
        for month, value in zip(picked["months"], picked["value"], strict=True)
    ]
    return f"{GLOSSARY[metric].short} by months since the measure: {'; '.join(parts)}."


def described_table(table: pd.DataFrame, metric: str) -> str:
    """The least and the greatest cell in words."""
    if table.empty:
        return "No cell can be computed."
    ordered = table.sort_values("value")[["value", "row", "column"]].to_numpy().tolist()
    least, most = (
        f"{outcome_text(value, metric)} at {row} and {column}" for value, row, column in (ordered[0], ordered[-1])
    )
    return f"{GLOSSARY[metric].short}, from {least} to {most}."
