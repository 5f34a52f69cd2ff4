"""The charts of tariffs over time: all years, and the two years of a trade war, with their events and the chosen date.

As in `charts`, a specification does not depend on the numbers; only its data change.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from calc.charts.authorities import PLOT_HEIGHT
from calc.charts.basic import INK, UNCHANGED, Spec, spec_of
from calc.tariffs.history import CHINA_ON_US, US_ON_ALL, US_ON_CHINA, Direction, steps
from calc.words import day_words, rate

STEPS, EVENTS, PUBLISHED, DAY, SHADE = "steps", "events", "published", "day", "shade"
# The selection that a click on an event makes, and its field: not that of the axis, which Vega counts in milliseconds.
PICKED, PICKED_DAY = "picked", "day"
DISC = "#6B7785"  # a grey that shows on light and on dark pages
COLOURS: Mapping[str, str] = {US_ON_CHINA.short: "#0072B2", CHINA_ON_US.short: "#D55E00", US_ON_ALL.short: "#6B7785"}
ALL = "all"
# Years shown -> first day, last day, top of the axis in %.
SPANS: Mapping[str, tuple[str, str, float]] = {
    ALL: ("2018-01-01", "2026-12-31", 150.0),
    "2018-2020": ("2018-01-01", "2020-12-31", 25.0),
    "2025-2026": ("2025-01-01", "2026-12-31", 150.0),
}
LANES = 3
_APART = 0.11  # of the width: labels nearer than this stand on different lanes
_LANE = 16  # pixels between lanes
_NARROW = 700  # pixels of a chart whose labels stand upright, each on its day
_UPRIGHT = 116  # pixels that they take


def labelled(events: pd.DataFrame, span: str) -> pd.DataFrame:
    """Events within the years shown, and for those with a label a lane on which none meets another."""
    first, last = (pd.Timestamp(end) for end in SPANS[span][:2])
    table = events[(events["date"] >= first) & (events["date"] <= last)]
    free = [pd.Timestamp.min] * LANES
    lanes = []
    for day, label in zip(table["date"], table["label"], strict=True):
        lane = next((k for k in range(LANES) if free[k] <= day), int(np.argmin(np.array(free)))) if label else 0
        if label:
            free[lane] = day + (last - first) * _APART
        lanes.append(lane)
    return table.assign(lane=lanes)


def zoom_of(day: date) -> str:
    """The years of a trade war that are shown large beside a day: its own, else the latest."""
    inside = [span for span, (first, last, _) in SPANS.items() if span != ALL and first <= str(day) <= last]
    return inside[0] if inside else list(SPANS)[-1]


def story_spec(
    averages: pd.DataFrame,
    events: pd.DataFrame,
    published: pd.DataFrame,
    *,
    as_of: np.datetime64,
    span: str,
    height: int,
) -> Spec:
    """Step lines of every direction, events above them, labelled in words, and the days after the sources shaded.

    All years are shown without labels, and what is shaded there are the years that stand enlarged in another chart. A
    click selects an event by its day under `picked`.

    Parameters
    ----------
    averages : of `timeline.averages`
    events, published : as read
    as_of : last day that the sources cover
    span : key of `SPANS`
    """
    frame: Spec = json.loads(_story_frame(span, height))
    first, last, _ = SPANS[span]
    shaded = {"date": max(str(as_of), first), "end": last}
    return {
        **frame,
        "datasets": {
            STEPS: _step_rows(averages, first, last),
            EVENTS: _event_rows(labelled(events, span)),
            PUBLISHED: _published_rows(published, first, last),
            DAY: [],
            SHADE: [shaded] if str(as_of) < last and span != ALL else [],
        },
    }


def with_day(spec: Spec, day: date, span: str) -> Spec:
    """A chart of `story_spec` with a rule at a day, if that is within its years; everything else is shared."""
    first, last = (date.fromisoformat(end) for end in SPANS[span][:2])
    left = day > first + (last - first) / 2
    chosen = {"date": str(day), "words": day_words(str(day)), "side": "left" if left else "right"}
    shown = {DAY: [chosen] if first <= day <= last else []}
    if span == ALL:
        start, end, _ = SPANS[zoom_of(day)]
        shown[SHADE] = [{"date": start, "end": end}]
    return {**spec, "datasets": {**spec["datasets"], **shown}}


def _step_rows(averages: pd.DataFrame, first: str, last: str) -> list[dict[str, object]]:
    """Changes within the years shown, begun by the rate in force on their first day."""
    rows: list[dict[str, object]] = []
    for direction in (US_ON_ALL, CHINA_ON_US, US_ON_CHINA):
        table = steps(averages, direction)
        before = table[table["date"] <= pd.Timestamp(first)].tail(1).assign(date=pd.Timestamp(first))
        within = table[(table["date"] > pd.Timestamp(first)) & (table["date"] <= pd.Timestamp(last))]
        kept = pd.concat([before, within])
        end = kept.tail(1).assign(date=pd.Timestamp(last))
        for day, value in zip([*kept["date"], *end["date"]], [*kept["rate"], *end["rate"]], strict=True):
            iso = f"{day:%Y-%m-%d}"
            words = {"when": day_words(iso), "rate": rate(value)}
            rows.append({"date": iso, "percent": 100 * value, "direction": direction.short, **words})
    return rows


def _event_rows(events: pd.DataFrame) -> list[dict[str, object]]:
    """Events as rows, those with a label last: their discs lie above the others."""
    events = events.sort_values("label", key=lambda label: label != "", kind="stable")
    kept = events[["title", "label", "words", "status", "lane"]].to_dict("records")
    return [
        {
            **{str(key): value for key, value in row.items()},
            "date": f"{day:%Y-%m-%d}",
            PICKED_DAY: f"{day:%Y-%m-%d}",
            "when": day_words(f"{day:%Y-%m-%d}"),
        }
        for row, day in zip(kept, events["date"], strict=True)
    ]


def _published_rows(published: pd.DataFrame, first: str, last: str) -> list[dict[str, object]]:
    words = {(d.importer, d.exporter): d.short for d in (US_ON_CHINA, CHINA_ON_US)}
    kept = published[(published["date"] >= pd.Timestamp(first)) & (published["date"] <= pd.Timestamp(last))]
    return [
        {
            "date": f"{row['date']:%Y-%m-%d}",
            "percent": 100 * row["rate"],
            "direction": words[(row["importer"], row["exporter"])],
            "when": day_words(f"{row['date']:%Y-%m-%d}"),
            "rate": rate(row["rate"]),
            "source": f"{row['source']}, on what the exporter sells to the world",
        }
        for row in kept.to_dict("records")
    ]


@cache
def _story_frame(span: str, height: int) -> str:
    first, last, top = SPANS[span]
    large = span != ALL
    narrow = f"width < {_NARROW}"
    above = f"({narrow} ? {_UPRIGHT} : {LANES * _LANE + 14})" if large else "12"  # pixels kept free of lines
    ends = [_day_of(first), _day_of(last)]
    ticks = alt.Axis(format="%b %Y" if large else "%Y", tickCount=9, grid=False)
    x = alt.X("date:T", title=None, scale=alt.Scale(type="utc", domain=ends, nice=False), axis=ticks)
    step = 25 if large and top > 100 else 50 if top > 100 else 5
    axis = alt.Axis(
        gridColor=UNCHANGED,
        values=list(range(0, int(top) + 1, step)),
        title="Average rate, %" if large else None,
        titleAnchor="start",
        domain=False,
    )
    y = alt.Y("percent:Q", scale=alt.Scale(domain=[0, top], range=[alt.expr("height"), alt.expr(above)]), axis=axis)
    colour = alt.Color(
        "direction:N",
        title=None,
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=alt.Legend(orient="bottom", symbolType="stroke", symbolStrokeWidth=3) if large else None,
    )
    thin = alt.condition(f"datum.direction === '{US_ON_ALL.short}'", alt.value(1.3), alt.value(2.2))
    shade = alt.Chart(alt.NamedData(SHADE)).mark_rect(color=INK, opacity=0.07)
    lines = alt.Chart(alt.NamedData(STEPS)).mark_line(interpolate="step-after")
    seen = [
        alt.Tooltip("direction:N", title="Who on whom"),
        alt.Tooltip("when:N", title="From"),
        alt.Tooltip("rate:N", title="Average rate"),
    ]
    touch = alt.Chart(alt.NamedData(STEPS)).mark_point(filled=True, size=26 if large else 8, opacity=0.75)
    dots = (
        alt.Chart(alt.NamedData(PUBLISHED))
        .mark_point(shape="diamond", size=34, filled=False, strokeWidth=1.1)
        .encode(x=x, y=y, color=colour, tooltip=[*seen, alt.Tooltip("source:N", title="Published by")])
    )
    layers = [
        # Vega would take an end of the axis that this layer states for another than that of the others.
        shade.encode(x=alt.X("date:T", scale=alt.Scale(type="utc", nice=False)), x2="end:T"),
        *_event_layers(x, above, narrow, large=large),
        lines.encode(x=x, y=y, color=colour, strokeWidth=thin),
        touch.encode(x=x, y=y, color=colour, tooltip=seen),
        *([dots] if large else []),
        *_day_layers(x, above, narrow, large=large),
    ]
    return json.dumps(spec_of(alt.layer(*layers).properties(height=height, autosize=PLOT_HEIGHT)))


def _day_of(text: str) -> alt.DateTime:
    day = date.fromisoformat(text)
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def _day_layers(x: alt.X, above: str, narrow: str, *, large: bool) -> list[alt.Chart]:
    """A rule at the chosen day, and its date beside it where that covers no line."""
    chosen = alt.Chart(alt.NamedData(DAY))
    left = "datum.side === 'left'"
    name = chosen.mark_text(
        align=alt.expr(f"{left} ? 'right' : 'left'"),
        dx=alt.expr(f"{left} ? -5 : 5"),
        dy=alt.expr(f"{above} + 16"),
        fontSize=12,
        fontWeight="bold",
        color=INK,
        opacity=1 if large else alt.expr(f"{narrow} ? 0 : 1"),
    )
    top = alt.value(alt.expr(above))
    return [
        chosen.mark_rule(color=INK, strokeWidth=1.6).encode(x=x, y=top, y2=alt.value(alt.expr("height"))),
        name.encode(x=x, y=alt.value(0), text="words:N"),
    ]


def _event_layers(x: alt.X, above: str, narrow: str, *, large: bool) -> list[alt.Chart]:
    """A disc for every event above the lines: full in force, hollow if scheduled, dashed for threats.

    Its words come on hover; over those that matter stands a label, and below them a thin rule.
    """
    rows = alt.Chart(alt.NamedData(EVENTS))
    tooltip = [
        alt.Tooltip("when:N", title="Date"),
        alt.Tooltip("title:N", title="Event"),
        alt.Tooltip("words:N", title="Description"),
        alt.Tooltip("status:N", title="Status"),
    ]
    law, threat, label = "datum.status === 'law'", "datum.status === 'threatened'", "datum.label !== ''"
    place = alt.value(alt.expr(f"{above} - 7"))
    discs = (
        rows.mark_point(shape="circle", filled=True, opacity=1, strokeWidth=1.3, stroke=DISC, cursor="pointer")
        .encode(
            x=x,
            y=place,
            tooltip=tooltip,
            size=alt.condition(label, alt.value(90 if large else 30), alt.value(40 if large else 14)),
            fill=alt.condition(law, alt.value(DISC), alt.value("transparent")),
            strokeDash=alt.condition(threat, alt.value([2, 2]), alt.value([1, 0])),
        )
        .add_params(alt.selection_point(name=PICKED, fields=[PICKED_DAY]))
    )
    if not large:
        return [discs]
    rules = rows.mark_rule(color=UNCHANGED, strokeWidth=0.8).encode(
        x=x,
        y=place,
        y2=alt.value(alt.expr("height")),
        opacity=alt.condition(label, alt.value(1), alt.value(0)),
    )
    # On a wide screen labels lie on lanes; on a phone they stand, each over its own disc.
    labels = rows.mark_text(
        fontSize=11.5,
        color=INK,
        angle=alt.expr(f"{narrow} ? -90 : 0"),
        align=alt.expr(f"{narrow} ? 'left' : 'center'"),
        baseline="middle",
        dx=alt.expr(f"{narrow} ? 8 : 0"),
        dy=alt.expr(f"{narrow} ? 0 : -15 - {_LANE} * datum.lane"),
    ).encode(x=x, y=place, text="label:N", tooltip=tooltip)
    return [rules, discs, labels]


def described_story(averages: pd.DataFrame, directions: Sequence[Direction]) -> str:
    """First, highest and last average of each direction, for those who hear the chart."""
    sentences = []
    for direction in directions:
        table = steps(averages, direction)
        rates, top = table["rate"].astype(float), int(table["rate"].argmax())
        start, end = rate(rates.iloc[0]), rate(rates.iloc[-1])
        peak = f"{rate(rates.iloc[top])} on {day_words(table['date'].dt.strftime('%Y-%m-%d').iloc[top])}"
        sentences.append(f"{direction.words}: {start} at the start of 2018, highest {peak}, {end} at the end of 2026.")
    return " ".join(sentences)
