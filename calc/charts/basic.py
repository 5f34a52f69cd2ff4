"""Charts of a result: partners or economies on a map and as bars, and the parts of a gain.

Colours are blue for more, orange for less, never red and green; parts have colours of their own.

A chart's specification does not depend on the numbers: only its data change, so that a browser redraws little.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from calc.words import money, percent, small_percent

Topology = dict[str, Any]
Spec = dict[str, Any]

MORE, LESS = "#0072B2", "#D55E00"
# The text colour of the page around a chart, and a grey that shows on light and on dark pages.
INK, UNCHANGED = "currentColor", "rgba(128, 140, 155, 0.3)"
_COLOURS = ("#8A3B00", "#D55E00", "#F0A060", "#FBD9BC", "#C5E0F2", "#7DB8DE", "#0072B2", "#003E63")


@dataclass(frozen=True, slots=True)
class Measure:
    """What a map shows, in eight classes, four on each side of zero.

    One fixed scale for every scenario, so that a colour means the same after each move of a slider.

    Parameters
    ----------
    title : of the legend
    who, what, how_much : words of the tooltip for name, percent and money
    limits : seven limits between the classes, fractions
    classes : names of the eight classes, lowest first
    """

    title: str
    who: str
    what: str
    how_much: str
    limits: tuple[float, ...]
    classes: tuple[str, ...]


IMPORTS = Measure(
    "Change of imports, %",
    "Partner",
    "Imports",
    "Change",
    (-0.5, -0.2, -0.05, 0.0, 0.05, 0.2, 0.5),
    ("below −50%", "−50 to −20", "−20 to −5", "−5 to 0", "0 to 5", "5 to 20", "20 to 50", "above 50%"),
)
_GAIN_LIMITS = (-0.01, -0.003, -0.001, 0.0, 0.001, 0.003, 0.01)
_GAIN_CLASSES = (
    "below −1%",
    "−1 to −0.3",
    "−0.3 to −0.1",
    "−0.1 to 0",
    "0 to 0.1",
    "0.1 to 0.3",
    "0.3 to 1",
    "above 1%",
)
WELFARE = Measure("Net welfare, % of GDP", "Economy", "Of GDP", "Net welfare", _GAIN_LIMITS, _GAIN_CLASSES)
REAL_INCOME = Measure("Real income, %", "Economy", "Real income", "Value", _GAIN_LIMITS, _GAIN_CLASSES)
CLASSES = dict(zip(IMPORTS.classes, _COLOURS, strict=True))
# Okabe–Ito, in the order of the parts.
PART_COLOURS = ("#0072B2", "#E69F00", "#009E73")
SMALLEST = 1e-9  # a relative change below this is rounding
WORLD = "world"
CHANGES = "changes"
CLICKED = "clicked"
ANTARCTICA = "010"
_PHONE, _ROOMY = 641, 250  # pixels of a window, and of a name beside a bar where the window is no phone's


def shapes_of_partners(
    changes: pd.DataFrame, countries: pd.DataFrame, world: Topology
) -> tuple[pd.DataFrame, list[str]]:
    """One row a shape to paint, and the names of partners without a shape.

    Parameters
    ----------
    changes : of `perspective.partner_changes`
    countries : economy, iso_numeric; several codes of one economy are joined by `;`
    world : shapes with ISO numeric codes
    """
    rows = changes.assign(amount=changes["imports_change"])
    return _shapes(rows, countries, world, IMPORTS, percent)


def shapes_of_economies(
    changes: pd.DataFrame, countries: pd.DataFrame, world: Topology, measure: Measure
) -> tuple[pd.DataFrame, list[str]]:
    """One row a shape to paint, and the names of economies without a shape or without a known share.

    Parameters
    ----------
    changes : economy, name, gain in US$, share as a fraction
    countries, world : as for `shapes_of_partners`
    measure : what the share is
    """
    known = changes["share"].notna()
    rows = changes.assign(amount=changes["gain"], change=changes["share"])[known]
    shapes, missing = _shapes(rows, countries, world, measure, small_percent)
    return shapes, sorted([*missing, *changes.loc[~known, "name"]])


def _shapes(
    rows: pd.DataFrame, countries: pd.DataFrame, world: Topology, measure: Measure, words: Callable[[float], str]
) -> tuple[pd.DataFrame, list[str]]:
    drawn = {str(shape.get("id")) for shape in world["objects"]["countries"]["geometries"]}
    codes = dict(zip(countries["economy"], countries["iso_numeric"].fillna("").str.split(";"), strict=True))
    named_classes = np.array(measure.classes)[np.digitize(rows["change"], measure.limits)]
    painted, missing = [], []
    for row, named_class in zip(rows.to_dict("records"), named_classes.tolist(), strict=True):
        found = [code for code in codes.get(row["economy"], []) if code in drawn]
        if not found:
            missing.append(row["name"])
        if abs(row["change"]) > SMALLEST:
            texts = {"name": row["name"], "percent": words(row["change"]), "money": money(row["amount"])}
            painted += [{"id": code, "class": named_class, **texts} for code in found]
    columns = ["id", "class", "name", "percent", "money"]
    return pd.DataFrame(painted, columns=columns), sorted(missing)


def map_spec(shapes: pd.DataFrame, world: Topology, *, measure: Measure = IMPORTS, height: int = 290) -> Spec:
    """World map of `shapes_of_partners` or `shapes_of_economies`; a click selects a country under `clicked`.

    Shapes enter the finished specification: building them into it takes a third of a second.
    """
    frame: Spec = json.loads(_map_frame(height, measure))
    return {**frame, "datasets": {WORLD: world, CHANGES: shapes.to_dict("records")}}


@cache
def _map_frame(height: int, measure: Measure) -> str:
    source = alt.NamedData(WORLD, format=alt.TopoDataFormat(feature="countries", type="topojson"))
    land = alt.Chart(source).transform_filter(f"datum.id != '{ANTARCTICA}'")
    grey = land.mark_geoshape(fill=UNCHANGED, stroke="white", strokeWidth=0.4)
    colour = alt.Color(
        "class:N",
        title=measure.title,
        scale=alt.Scale(domain=list(measure.classes), range=list(_COLOURS)),
        legend=alt.Legend(orient="bottom", columns=4, symbolType="square", symbolStrokeWidth=0, rowPadding=1, offset=0),
    )
    fields = ["class", "name", "percent", "money"]
    painted = (
        land.mark_geoshape(stroke="white", strokeWidth=0.4)
        .transform_lookup(lookup="id", from_=alt.LookupData(alt.NamedData(CHANGES), "id", fields))
        .transform_filter("isValid(datum['class'])")
        .encode(
            color=colour,
            tooltip=[
                alt.Tooltip("name:N", title=measure.who),
                alt.Tooltip("percent:N", title=measure.what),
                alt.Tooltip("money:N", title=measure.how_much),
            ],
        )
        .add_params(alt.selection_point(name=CLICKED, fields=["id"]))
    )
    chart = alt.layer(grey, painted).project("equalEarth").properties(height=height)
    return json.dumps(spec_of(chart))


def bars_spec(changes: pd.DataFrame, *, count: int = 12, height: int = 290) -> Spec:
    """Bars of the partners whose imports change most, in US$, with the range of each as a line through its end."""
    top = changes[changes["change"].abs() > SMALLEST].head(count)
    rows = [
        {"name": name, "change": value, "money": money(value), "percent": percent(share), **whisker(*ends, money)}
        for name, value, share, ends in zip(
            top["name"], top["imports_change"], top["change"], zip(top["low"], top["high"], strict=True), strict=True
        )
    ]
    return labelled_bars(rows, height=height)


def ranking_spec(changes: pd.DataFrame, *, by: str = "gain", count: int = 12, height: int = 290) -> Spec:
    """Bars of the economies that gain most and of those that lose most, best first.

    Parameters
    ----------
    changes : name, gain in US$, share as a fraction
    by : gain | share, what the bars are
    """
    top = best_and_worst(changes, by=by, count=count)
    words = money if by == "gain" else small_percent
    rows = [
        {"name": name, "change": value, "money": money(gain), "percent": small_percent(share), **whisker(*ends, words)}
        for name, value, gain, share, ends in zip(
            top["name"], top[by], top["gain"], top["share"], zip(top["low"], top["high"], strict=True), strict=True
        )
    ]
    return labelled_bars(rows, height=height)


def labelled_bars(rows: Sequence[Mapping[str, object]], *, height: int = 290, label_limit: int = 150) -> Spec:
    """Bars with two columns of numbers beside them, top first.

    Parameters
    ----------
    rows : name, change (length of the bar), money and percent (the columns, as text), and the ends of a range as
        `whisker` makes them
    label_limit : pixels for the names on a phone, where longer ones are cut; elsewhere there is room for more
    """
    frame: Spec = json.loads(_bars_frame(height, label_limit))
    return {**frame, "datasets": {CHANGES: list(rows)}}


def whisker(low: float, high: float, words: Callable[[float], str]) -> dict[str, object]:
    """Ends of a range as a chart's row has them; empty where there is none."""
    if np.isnan(low):
        return {"low": None, "high": None, "range": ""}
    return {"low": low, "high": high, "range": f"{words(low)} to {words(high)}"}


def with_ends(rows: alt.Chart, value: str) -> alt.Chart:
    """Rows of which each has a `low` and a `high`: its own value where it has no range.

    A rule between them is then of no length, and is not drawn. Were such rows left out, none might be left, and Vega
    would warn of an axis without a number.
    """
    return rows.transform_calculate(
        low=f"isValid(datum.low) ? datum.low : datum.{value}", high=f"isValid(datum.high) ? datum.high : datum.{value}"
    )


def best_and_worst(changes: pd.DataFrame, *, by: str = "gain", count: int = 12) -> pd.DataFrame:
    """Half of `count` economies from each end of the ranking, best first; more of one end where the other is short."""
    ranked = changes[changes[by].abs() > SMALLEST].sort_values(by, ascending=False, kind="stable")
    up, down = int((ranked[by] > 0).sum()), int((ranked[by] < 0).sum())
    losers = min(down, max(count // 2, count - up))
    return pd.concat([ranked.head(min(up, count - losers)), ranked.tail(losers)])


@cache
def _bars_frame(height: int, label_limit: int) -> str:
    rows = alt.Chart(alt.NamedData(CHANGES))
    limit = alt.expr(f"windowSize()[0] < {_PHONE} ? {label_limit} : {max(label_limit, _ROOMY)}")
    name = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=limit, ticks=False, domain=False))
    # The numbers stand in two columns of their own, so that bars may use the rest of the width.
    room = alt.Scale(range=[0, alt.expr("width - 130")], nice=False)
    change = alt.X("change:Q", title=None, axis=None, scale=room)
    sign = alt.condition("datum.change < 0", alt.value(LESS), alt.value(MORE))
    bars = rows.mark_bar(height={"band": 0.72}).encode(
        y=name, x=change, color=sign, tooltip=["name:N", "money:N", "percent:N", "range:N"]
    )
    whiskers = (
        with_ends(rows, "change")
        .mark_rule(color=INK, strokeWidth=1.5)
        .encode(y=name, x=alt.X("low:Q", title=None, axis=None, scale=room), x2="high:Q")
    )
    texts = [
        rows.mark_text(align="right", color=INK, fontSize=12).encode(
            y=name, x=alt.value(alt.expr(place)), text=alt.Text(f"{field}:N")
        )
        for place, field in (("width - 58", "money"), ("width", "percent"))
    ]
    return json.dumps(spec_of(alt.layer(bars, whiskers, *texts).properties(height=height)))


def parts_spec(parts: pd.DataFrame, *, axis: str, unit: float, height: int = 330) -> Spec:
    """Stacked bars of the parts of each economy's gain, and a mark where they add up to.

    Parameters
    ----------
    parts : name, part, value, total
    axis : words and unit of the axis
    unit : what one of them is worth; 1e9 for US$ bn, 0.01 for %
    """
    names = tuple(dict.fromkeys(parts["part"]))
    frame: Spec = json.loads(_parts_frame(names, axis, height))
    rows = parts.assign(value=parts["value"] / unit, total=parts["total"] / unit).to_dict("records")
    return {**frame, "datasets": {CHANGES: rows}}


@cache
def _parts_frame(parts: tuple[str, ...], axis: str, height: int) -> str:
    rows = alt.Chart(alt.NamedData(CHANGES))
    name = alt.Y(
        "name:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=150, labelOverlap=False, ticks=False, domain=False),
    )
    colour = alt.Color(
        "part:N",
        title=None,
        sort=list(parts),
        scale=alt.Scale(domain=list(parts), range=list(PART_COLOURS[: len(parts)])),
        legend=alt.Legend(orient="top", symbolType="square"),
    )
    value = alt.X("value:Q", title=axis, axis=alt.Axis(grid=True, gridColor=UNCHANGED))
    texts = [alt.Tooltip("value:Q", format=",.3f", title=axis), alt.Tooltip("total:Q", format=",.3f", title="Together")]
    bars = rows.mark_bar(height={"band": 0.7}).encode(
        y=name, x=value, color=colour, tooltip=["name:N", "part:N", *texts]
    )
    total = rows.mark_tick(color=INK, thickness=3, height={"band": 0.85}).encode(y=name, x="total:Q")
    return json.dumps(spec_of(alt.layer(bars, total).properties(height=height)))


def spec_of(chart: alt.LayerChart | alt.FacetChart) -> Spec:
    """The specification of a finished chart, without a frame around it and in dark ink.

    Labels stand at their tick, the first and the last too, which the page's own theme would push into the plot; and
    clear of the bars, which Vega's would touch.
    """
    spec: Spec = (
        chart.configure_view(stroke=None)
        .configure_axis(labelColor=INK, titleColor=INK, labelFontSize=12, labelFlush=False, labelPadding=8)
        .configure_legend(labelColor=INK, titleColor=INK, labelFontSize=11, titleFontSize=11, titleFontWeight="normal")
        # The page's `alt` tells the chart in words; Vega's own labels would call each layer a nameless graphic.
        .configure_mark(aria=False)
        .to_dict(validate=False)
    )
    return spec


def described(changes: pd.DataFrame, count: int = 5) -> str:
    """The largest changes in one sentence, for those who hear the chart."""
    shown = changes[changes["change"].abs() > SMALLEST].head(count)
    rows = [dict(zip(shown, row, strict=True)) for row in shown.itertuples(index=False)]
    if not rows:
        return "No partner's imports change."
    parts = [f"{row['name']} {money(row['imports_change'])} ({percent(row['change'])})" for row in rows]
    return "Largest changes of imports: " + ", ".join(parts) + "."


def described_gains(changes: pd.DataFrame, *, by: str = "gain", count: int = 6) -> str:
    """Who gains and who loses most, in one sentence."""
    shown = best_and_worst(changes, by=by, count=count)
    rows = [dict(zip(shown, row, strict=True)) for row in shown.itertuples(index=False)]
    if not rows:
        return "No economy gains or loses."
    parts = [f"{row['name']} {money(row['gain'])} ({small_percent(row['share'])})" for row in rows]
    return "From the largest gain to the largest loss: " + ", ".join(parts) + "."
