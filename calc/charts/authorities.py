"""Charts of the tariffs of a date and of those collected: averages by authority, statutory beside collected rates."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from calc.charts.basic import INK, UNCHANGED, Spec, spec_of
from calc.tariffs.history import TOTAL
from calc.tariffs.record import AUTHORITY_WORDS
from calc.words import percent, rate

# The height of a chart is that of its plot; axes and legend come on top, so that places in pixels hold.
PLOT_HEIGHT = alt.AutoSizeParams(type="fit-x", contains="padding")
DAY, BARS, MONTHS = "day", "bars", "months"
# Okabe–Ito and two greys; retaliation has the colour of what it responds to.
AUTHORITY_COLOURS: Mapping[str, str] = {
    "base": "#C3CAD2",
    "s301": "#0072B2",
    "s301_labour": "#56B4E9",
    "s232": "#E69F00",
    "ieepa_reciprocal": "#D55E00",
    "ieepa_fentanyl": "#CC79A7",
    "ieepa_other": "#7A3B5E",
    "s122": "#009E73",
    "s201": "#F0E442",
    "s338": "#6B7785",
}
_PROVOKED_BY: Mapping[str, str] = {
    "retaliation_s232": "s232",
    "retaliation_s301": "s301",
    "retaliation_fentanyl": "ieepa_fentanyl",
    "retaliation_reciprocal": "ieepa_reciprocal",
}


def in_order(authorities: Sequence[str]) -> list[str]:
    """Authorities in the order of their colours, retaliation beside what it responds to."""
    known = list(AUTHORITY_COLOURS)
    return sorted(
        authorities, key=lambda name: known.index(provoked_by(name)) if provoked_by(name) in known else len(known)
    )


def provoked_by(authority: str) -> str:
    """The authority whose colour one has: its own, or for retaliation that of what it responds to."""
    return _PROVOKED_BY.get(authority, authority)


def authority_rows(laws: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Parts of the average rates, one row a bar and authority: name, authority, words, rate, total.

    Parameters
    ----------
    laws : bar -> authority -> rate, with `total`
    """
    rows = [
        {
            "name": name,
            "authority": part,
            "words": AUTHORITY_WORDS.get(part, part),
            "rate": law[part],
            "total": law[TOTAL],
        }
        for name, law in laws.items()
        for part in in_order([part for part in law if part != TOTAL])
        if law[part] > 0
    ]
    return pd.DataFrame(rows, columns=["name", "authority", "words", "rate", "total"])


def authorities_spec(parts: pd.DataFrame, *, height: int = 0) -> Spec:
    """Stacked bars of `authority_rows`, each with its total behind it."""
    families = tuple(in_order(list(dict.fromkeys(provoked_by(name) for name in parts["authority"]))))
    bars = parts["name"].nunique()
    frame: Spec = json.loads(_authorities_frame(families, height or 34 * bars))
    rows = [
        {
            "name": row["name"],
            "family": AUTHORITY_WORDS.get(provoked_by(row["authority"]), row["authority"]),
            "order": families.index(provoked_by(row["authority"])),
            "words": row["words"],
            "percent": 100 * row["rate"],
            "rate": rate(row["rate"]),
            "total": 100 * row["total"],
            "sum": rate(row["total"]),
            "first": first,
        }
        for row, first in zip(parts.to_dict("records"), ~parts["name"].duplicated(), strict=True)
    ]
    return {**frame, "datasets": {BARS: rows}}


@cache
def _authorities_frame(families: tuple[str, ...], height: int) -> str:
    rows = alt.Chart(alt.NamedData(BARS))
    name = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    room = alt.Scale(range=[0, alt.expr("width - 52")], nice=False, zero=True)
    words = [AUTHORITY_WORDS.get(family, family) for family in families]
    colour = alt.Color(
        "family:N",
        title=None,
        scale=alt.Scale(domain=words, range=[AUTHORITY_COLOURS.get(family, INK) for family in families]),
        legend=alt.Legend(orient="bottom", columns=2, symbolType="square", labelLimit=130),
    )
    bars = rows.mark_bar(height={"band": 0.7}).encode(
        y=name,
        x=alt.X("percent:Q", stack="zero", scale=room, axis=None),
        color=colour,
        order="order:Q",
        tooltip=[
            alt.Tooltip("name:N", title="Who on whom"),
            alt.Tooltip("words:N", title="Authority"),
            alt.Tooltip("rate:N", title="Contribution to the average"),
            alt.Tooltip("sum:N", title="Together"),
        ],
    )
    first = rows.transform_filter("datum.first")
    totals = first.mark_text(align="left", dx=5, color=INK, fontSize=12).encode(
        y=name, x=alt.X("total:Q", scale=room, axis=None), text="sum:N"
    )
    return json.dumps(spec_of(alt.layer(bars, totals).properties(height=height, autosize=PLOT_HEIGHT)))


def described_authorities(parts: pd.DataFrame) -> str:
    """The parts of each bar in words."""
    sentences = []
    for name, rows in parts.groupby("name", sort=False):
        listed = ", ".join(f"{words} {rate(value)}" for words, value in zip(rows["words"], rows["rate"], strict=True))
        sentences.append(f"{name} {rate(float(rows['total'].iloc[0]))}: {listed}.")
    return " ".join(sentences)


# Rates by month: column -> words, colour, dashes. Law and collection are full lines, what is expected dashed ones.
MONTHLY: Mapping[str, tuple[str, str, tuple[int, int]]] = {
    "statutory": ("Law, mean of the month", "#0072B2", (1, 0)),
    "expected": ("Expected collection", "#56B4E9", (6, 3)),
    "expected_new": ("Expected, once trade has reacted", "#CC79A7", (6, 3)),
    "census": ("Collected, Census", "#E69F00", (1, 0)),
    "treasury": ("Collected, Treasury", "#009E73", (1, 0)),
}


FEW_MONTHS = 36  # up to so many, the axis names months


def collected_spec(table: pd.DataFrame, *, month: date | None, height: int = 250) -> Spec:
    """The law, what it is expected to bring in and what was collected, by month.

    Parameters
    ----------
    table : month and the columns of `MONTHLY` that are known, such as `history.collected_by_month` makes
    month : with a rule at it; None for none
    """
    known = tuple(name for name in MONTHLY if name in table and table[name].notna().any())
    rows = [
        {
            "date": f"{day:%Y-%m-%d}",
            "kind": MONTHLY[kind][0],
            "percent": 100 * value,
            "rate": rate(value),
            "when": f"{day:%B %Y}",
        }
        for kind in known
        for day, value in zip(table["month"], table[kind], strict=True)
        if not np.isnan(value)
    ]
    ticks = "%Y" if len(table) > FEW_MONTHS else "%b %Y"
    frame: Spec = json.loads(_collected_frame(known, height, ticks, ruled=month is not None))
    return {**frame, "datasets": {MONTHS: rows, **({DAY: [{"date": f"{month:%Y-%m}-01"}]} if month else {})}}


@cache
def _collected_frame(known: tuple[str, ...], height: int, days: str, *, ruled: bool) -> str:
    ticks = alt.Axis(format=days, grid=False, tickCount="year" if days == "%Y" else 6)
    x = alt.X("date:T", title=None, scale=alt.Scale(type="utc"), axis=ticks)
    y = alt.Y("percent:Q", title="Rate, %", axis=alt.Axis(gridColor=UNCHANGED, domain=False))
    words, colours, dashes = (list(parts) for parts in zip(*(MONTHLY[name] for name in known), strict=True))
    legend = alt.Legend(orient="bottom", columns=2, symbolType="stroke", symbolStrokeWidth=3, labelLimit=220)
    colour = alt.Color("kind:N", title=None, scale=alt.Scale(domain=words, range=colours), legend=legend)
    dash = alt.StrokeDash("kind:N", title=None, scale=alt.Scale(domain=words, range=dashes), legend=legend)
    seen = [
        alt.Tooltip("kind:N", title="Rate"),
        alt.Tooltip("when:N", title="Month"),
        alt.Tooltip("rate:N", title="Is"),
    ]
    rows = alt.Chart(alt.NamedData(MONTHS))
    lines = rows.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash)
    touch = rows.mark_point(filled=True, size=14).encode(x=x, y=y, color=colour, tooltip=seen)
    rules = [alt.Chart(alt.NamedData(DAY)).mark_rule(color=INK, strokeWidth=1.2).encode(x=x)] if ruled else []
    return json.dumps(spec_of(alt.layer(lines, touch, *rules).properties(height=height, autosize=PLOT_HEIGHT)))


def described_collected(table: pd.DataFrame) -> str:
    """The last month of the table in words."""
    last = table.iloc[-1]
    found = [
        f"{name} {rate(float(last[kind]))}, {percent(float(last[f'{kind}_ratio']), sign=False)} of it"
        for kind, name in (("census", "collected by Census figures"), ("treasury", "by Treasury figures"))
        if not np.isnan(float(last[kind]))
    ]
    law, expected = (rate(float(last[name])) for name in ("statutory", "expected"))
    return f"{last['month']:%B %Y}: law {law}, expected to be collected {expected}, {', '.join(found)}."
