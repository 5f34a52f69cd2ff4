"""The draws of one number as a histogram, with the answer, the median and the ends of the range marked."""

import json
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from calc.charts.basic import CHANGES, INK, MORE, UNCHANGED, Spec, spec_of
from calc.charts.figure import Figure, Origin
from calc.flows import Array
from calc.glossary import Quantity
from calc.words import quantity_text

MARKS = "marks"
BINS = 32


def histogram_spec(values: Array, row: pd.Series, quantity: Quantity, *, height: int = 240) -> Spec:
    """Histogram of the draws of a number.

    Parameters
    ----------
    values : [draw]
    row : value, low, median, high of the number
    quantity : the number, for its unit
    """
    percent = quantity.unit == "fraction"
    unit = 0.01 if percent else 1e9
    counts, edges = np.histogram(values / unit, bins=BINS)
    bars = [
        {"from": low, "to": high, "count": int(count)}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    names = {"value": "answer", "low": "5%", "median": "median", "high": "95%"}
    marks = [
        {
            "at": row[name] / unit,
            "text": f"{label}: {quantity_text(row[name], quantity, fine=True)}",
            "kind": label,
        }
        for name, label in names.items()
    ]
    frame: Spec = json.loads(_histogram_frame("%" if percent else "US$ bn", height))
    return {**frame, "datasets": {CHANGES: bars, MARKS: marks}}


def histogram_figure(values: Array, row: pd.Series, quantity: Quantity, origin: Origin) -> Figure:
    """The draws of a number, to be taken out of the page; parameters as for `histogram_spec`."""
    value, low, high = (quantity_text(row[name], quantity, fine=True) for name in ("value", "low", "high"))
    return Figure(
        name=f"draws_{row['metric']}",
        finding=f"{quantity.short}: {value}; 90% of the draws from {low} to {high}",
        unit=f"{quantity.label}: number of draws by value",
        origin=origin.where(drawn=False),
        spec=histogram_spec(values, row, quantity),
        table=pd.DataFrame(
            {
                "draw": np.arange(1, len(values) + 1),
                "metric": quantity.column,
                "value": values * quantity.scale,
                "unit": quantity.unit_in_files,
            }
        ),
    )


@cache
def _histogram_frame(unit: str, height: int) -> str:
    x = alt.X("from:Q", title=f"{unit}; draws in each bin", axis=alt.Axis(grid=False), scale=alt.Scale(zero=False))
    bars = (
        alt.Chart(alt.NamedData(CHANGES))
        .mark_bar(color=MORE, opacity=0.75, stroke=None)
        .encode(
            x=x,
            x2="to:Q",
            y=alt.Y("count:Q", title=None, axis=alt.Axis(gridColor=UNCHANGED, tickCount=4)),
            y2=alt.datum(0),  # or a bar with two ends along x is a dash at its height
            tooltip=["count:Q"],
        )
    )
    marks = alt.Chart(alt.NamedData(MARKS)).encode(
        x=alt.X("at:Q", title=f"{unit}; draws in each bin"), tooltip="text:N"
    )
    dash = alt.StrokeDash(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=["answer", "median", "5%", "95%"], range=[[1, 0], [8, 4], [2, 3], [2, 3]]),
        legend=alt.Legend(orient="top", symbolType="stroke", symbolStrokeColor=INK),
    )
    rules = marks.mark_rule(color=INK, strokeWidth=2).encode(strokeDash=dash)
    return json.dumps(spec_of(alt.layer(bars, rules).properties(height=height)))
