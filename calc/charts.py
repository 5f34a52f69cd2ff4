"""Charts of a result: partners on a map and as bars. Colours are blue for more, orange for less, never red and green.

A chart's specification does not depend on the numbers: only its data change, so that a browser redraws little.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from calc.result import Result
from calc.words import money, percent

Topology = dict[str, Any]
Spec = dict[str, Any]

MORE, LESS, UNCHANGED = "#0072B2", "#D55E00", "#E3E7EC"
INK = "#1B2430"
# One fixed scale for every scenario, so that a colour means the same after each move of a slider.
CLASS_LIMITS = (-0.5, -0.2, -0.05, 0.0, 0.05, 0.2, 0.5)
CLASSES = {
    "below −50 %": "#8A3B00",
    "−50 to −20": "#D55E00",
    "−20 to −5": "#F0A060",
    "−5 to 0": "#FBD9BC",
    "0 to 5": "#C5E0F2",
    "5 to 20": "#7DB8DE",
    "20 to 50": "#0072B2",
    "above 50 %": "#003E63",
}
SMALLEST = 1e-9  # a relative change below this is rounding
WORLD = "world"
CHANGES = "changes"
CLICKED = "clicked"
ANTARCTICA = "010"


def partner_changes(result: Result) -> pd.DataFrame:
    """Change of imports by partner, largest first.

    Returns
    -------
    economy, name, imports_base, imports_change in US$, change as a fraction of the base
    """
    sells = result.economies[result.economies["exports_base"] > 0]
    base, change = sells["exports_base"].to_numpy(), sells["exports_change"].to_numpy()
    names = result.inputs.names if result.inputs else {}
    codes = sells["economy"].astype(str)
    table = pd.DataFrame(
        {
            "economy": codes.array,
            "name": [names.get(code, code) for code in codes],
            "imports_base": base,
            "imports_change": change,
            "change": change / base,
        }
    )
    order = np.argsort(-np.abs(change), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def shapes_of_partners(
    changes: pd.DataFrame, countries: pd.DataFrame, world: Topology
) -> tuple[pd.DataFrame, list[str]]:
    """One row a shape to paint, and the names of partners without a shape.

    Parameters
    ----------
    changes : of `partner_changes`
    countries : economy, iso_numeric; several codes of one economy are joined by `;`
    world : shapes with ISO numeric codes
    """
    drawn = {str(shape.get("id")) for shape in world["objects"]["countries"]["geometries"]}
    codes = dict(zip(countries["economy"], countries["iso_numeric"].fillna("").str.split(";"), strict=True))
    named_classes = np.array(list(CLASSES))[np.digitize(changes["change"], CLASS_LIMITS)]
    rows, missing = [], []
    for row, named_class in zip(changes.to_dict("records"), named_classes.tolist(), strict=True):
        found = [code for code in codes.get(row["economy"], []) if code in drawn]
        if not found:
            missing.append(row["name"])
        if abs(row["change"]) > SMALLEST:
            words = {"name": row["name"], "percent": percent(row["change"]), "money": money(row["imports_change"])}
            rows += [{"id": code, "class": named_class, **words} for code in found]
    columns = ["id", "class", "name", "percent", "money"]
    return pd.DataFrame(rows, columns=columns), sorted(missing)


def map_spec(shapes: pd.DataFrame, world: Topology, *, height: int = 290) -> Spec:
    """World map of `shapes_of_partners`; a click selects a country under `clicked`.

    Shapes enter the finished specification: building them into it takes a third of a second.
    """
    frame: Spec = json.loads(_map_frame(height))
    return {**frame, "datasets": {WORLD: world, CHANGES: shapes.to_dict("records")}}


@cache
def _map_frame(height: int) -> str:
    source = alt.NamedData(WORLD, format=alt.TopoDataFormat(feature="countries", type="topojson"))
    land = alt.Chart(source).transform_filter(f"datum.id != '{ANTARCTICA}'")
    grey = land.mark_geoshape(fill=UNCHANGED, stroke="white", strokeWidth=0.4)
    colour = alt.Color(
        "class:N",
        title="Change of imports",
        scale=alt.Scale(domain=list(CLASSES), range=list(CLASSES.values())),
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
                alt.Tooltip("name:N", title="Partner"),
                alt.Tooltip("percent:N", title="Imports"),
                alt.Tooltip("money:N", title="Change"),
            ],
        )
        .add_params(alt.selection_point(name=CLICKED, fields=["id"]))
    )
    chart = alt.layer(grey, painted).project("equalEarth").properties(height=height)
    return json.dumps(_plain(chart))


def bars_spec(changes: pd.DataFrame, *, count: int = 12, height: int = 290) -> Spec:
    """Bars of the partners whose imports change most, in US$."""
    top = changes[changes["change"].abs() > SMALLEST].head(count)
    rows = [
        {"name": name, "change": value, "money": money(value), "percent": percent(share)}
        for name, value, share in zip(top["name"], top["imports_change"], top["change"], strict=True)
    ]
    frame: Spec = json.loads(_bars_frame(height))
    return {**frame, "datasets": {CHANGES: rows}}


@cache
def _bars_frame(height: int) -> str:
    rows = alt.Chart(alt.NamedData(CHANGES))
    name = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False))
    # The numbers stand in two columns of their own, so that bars may use the rest of the width.
    room = alt.Scale(range=[0, alt.expr("width - 130")], nice=False)
    change = alt.X("change:Q", title=None, axis=None, scale=room)
    sign = alt.condition("datum.change < 0", alt.value(LESS), alt.value(MORE))
    bars = rows.mark_bar(height={"band": 0.72}).encode(
        y=name, x=change, color=sign, tooltip=["name:N", "money:N", "percent:N"]
    )
    texts = [
        rows.mark_text(align="right", color=INK, fontSize=12).encode(
            y=name, x=alt.value(alt.expr(place)), text=alt.Text(f"{field}:N")
        )
        for place, field in (("width - 58", "money"), ("width", "percent"))
    ]
    return json.dumps(_plain(alt.layer(bars, *texts).properties(height=height)))


def _plain(chart: alt.LayerChart | alt.FacetChart) -> Spec:
    """The specification of a chart without frame, in dark ink."""
    spec: Spec = (
        chart.configure_view(stroke=None)
        .configure_axis(labelColor=INK, titleColor=INK, labelFontSize=12)
        .configure_legend(labelColor=INK, titleColor=INK, labelFontSize=11, titleFontSize=11, titleFontWeight="normal")
        .to_dict(validate=False)
    )
    return spec


def described(changes: pd.DataFrame, count: int = 5) -> str:
    """The largest changes in one sentence, for those who hear the chart."""
    rows: list[Mapping[str, Any]] = changes[changes["change"].abs() > SMALLEST].head(count).to_dict("records")  # type: ignore[assignment]
    if not rows:
        return "No partner's imports change."
    parts = [f"{row['name']} {money(row['imports_change'])} ({percent(row['change'])})" for row in rows]
    return "Largest changes of imports: " + ", ".join(parts) + "."
