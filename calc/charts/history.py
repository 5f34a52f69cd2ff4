"""The chart of tariffs over time: steps of both directions, with their events, and the chosen date.

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

STEPS, EVENTS, PUBLISHED, DAY, FUTURE = "steps", "events", "published", "day", "future"
DISC = "#4A5563"  # a grey on which white digits read, on light and on dark pages
COLOURS: Mapping[str, str] = {US_ON_CHINA.short: "#0072B2", CHINA_ON_US.short: "#D55E00", US_ON_ALL.short: "#6B7785"}
# Years shown -> first day, last day, top of the axis in %: a quarter of the height is kept free for the numbers.
SPANS: Mapping[str, tuple[str, str, float]] = {
    "all": ("2018-01-01", "2026-12-31", 190.0),
    "2018-2020": ("2018-01-01", "2020-12-31", 28.5),
    "2025-2026": ("2025-01-01", "2026-12-31", 190.0),
}
LANES = 5
_APART = 0.022  # of the width: events nearer than this stand on different lanes
_LANE, _NUMBER = 16, 7.5  # pixels between lanes, radius of a number's circle


def numbered(events: pd.DataFrame, span: str) -> pd.DataFrame:
    """Events within the years shown, with their number in the whole list and a lane on which none meets another."""
    first, last, _ = SPANS[span]
    table = events.assign(number=np.arange(1, len(events) + 1))
    table = table[(table["date"] >= pd.Timestamp(first)) & (table["date"] <= pd.Timestamp(last))]
    apart = (pd.Timestamp(last) - pd.Timestamp(first)) * _APART
    free: list[pd.Timestamp] = [pd.Timestamp.min] * LANES
    lanes = []
    for day in table["date"]:
        lane = next((k for k in range(LANES) if free[k] <= day), int(np.argmin(np.array(free))))
        free[lane] = day + apart
        lanes.append(lane)
    return table.assign(lane=lanes)


def story_spec(
    averages: pd.DataFrame,
    events: pd.DataFrame,
    published: pd.DataFrame,
    *,
    as_of: np.datetime64,
    span: str = "all",
    height: int = 350,
) -> Spec:
    """Step lines of every direction, numbered events above them, and the days after the sources shaded.

    Parameters
    ----------
    averages : of `timeline.averages`
    events, published : as read
    as_of : last day that the sources cover
    span : key of `SPANS`
    """
    frame: Spec = json.loads(_story_frame(span, height))
    first, last, top = SPANS[span]
    shaded = {"date": max(str(as_of), first), "end": last}
    return {
        **frame,
        "datasets": {
            STEPS: _step_rows(averages, first, last),
            EVENTS: _event_rows(numbered(events, span), top, height),
            PUBLISHED: _published_rows(published, first, last),
            DAY: [],
            FUTURE: [shaded] if str(as_of) < last else [],
        },
    }


def with_day(spec: Spec, day: date, span: str = "all") -> Spec:
    """A chart of `story_spec` with a rule at a day, if that is within its years; everything else is shared."""
    first, last = (date.fromisoformat(end) for end in SPANS[span][:2])
    left = day > first + (last - first) / 2
    chosen = {"date": str(day), "words": day_words(str(day)), "side": "left" if left else "right"}
    return {**spec, "datasets": {**spec["datasets"], DAY: [chosen] if first <= day <= last else []}}


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


def _event_rows(events: pd.DataFrame, top: float, height: int) -> list[dict[str, object]]:
    """Events with the height of their lane on the axis."""
    place = top * (1 - (events["lane"] * _LANE + _NUMBER + 1) / height)
    kept = events[["number", "title", "words", "status"]].assign(percent=place).to_dict("records")
    return [
        {
            **{str(key): value for key, value in row.items()},
            "date": f"{day:%Y-%m-%d}",
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
    _, _, top = SPANS[span]
    ticks = alt.Axis(format="%Y" if span == "all" else "%b %Y", labelFlush=True, tickCount=9, grid=False)
    # The lines reach from the first day to the last, so the axis needs no ends of its own.
    scale = alt.Scale(type="utc", nice=False)
    x = alt.X("date:T", title=None, scale=scale, axis=ticks)
    values = [value for value in range(0, 160, 25 if top > 100 else 5) if value <= 0.78 * top]
    axis = alt.Axis(gridColor=UNCHANGED, values=values, title="Average rate, %", titleAnchor="start", domain=False)
    y = alt.Y("percent:Q", scale=alt.Scale(domain=[0, top]), axis=axis)
    colour = alt.Color(
        "direction:N",
        title=None,
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=alt.Legend(orient="bottom", symbolType="stroke", symbolStrokeWidth=3),
    )
    thin = alt.condition(f"datum.direction === '{US_ON_ALL.short}'", alt.value(1.3), alt.value(2.2))
    shade = alt.Chart(alt.NamedData(FUTURE)).mark_rect(color=INK, opacity=0.07).encode(x=x, x2="end:T")
    note = (
        alt.Chart(alt.NamedData(FUTURE))
        .mark_text(align="right", dx=-4, fontSize=11, fontStyle="italic", color=INK)
        .encode(x=alt.X("end:T", scale=scale), y=alt.value(height * 0.42), text=alt.value("as scheduled then"))
    )
    lines = alt.Chart(alt.NamedData(STEPS)).mark_line(interpolate="step-after")
    seen = [
        alt.Tooltip("direction:N", title="Who on whom"),
        alt.Tooltip("when:N", title="From"),
        alt.Tooltip("rate:N", title="Average rate"),
    ]
    touch = alt.Chart(alt.NamedData(STEPS)).mark_point(filled=True, size=26, opacity=0.75)
    dots = (
        alt.Chart(alt.NamedData(PUBLISHED))
        .mark_point(shape="diamond", size=34, filled=False, strokeWidth=1.1)
        .encode(x=x, y=y, color=colour, tooltip=[*seen, alt.Tooltip("source:N", title="Published by")])
    )
    chosen = alt.Chart(alt.NamedData(DAY))
    left = "datum.side === 'left'"
    name = chosen.mark_text(
        align=alt.expr(f"{left} ? 'right' : 'left'"),
        dx=alt.expr(f"{left} ? -5 : 5"),
        fontSize=12,
        fontWeight="bold",
        color=INK,
    )
    rules, circles, numbers = _event_layers(x, y)
    layers = [
        shade,
        note,
        rules,
        lines.encode(x=x, y=y, color=colour, strokeWidth=thin),
        touch.encode(x=x, y=y, color=colour, tooltip=seen),
        dots,
        chosen.mark_rule(color=INK, strokeWidth=1.6).encode(x=x),
        name.encode(x=x, y=alt.value(LANES * _LANE + 12), text="words:N"),
        circles,
        numbers,
    ]
    return json.dumps(spec_of(alt.layer(*layers).properties(height=height, autosize=PLOT_HEIGHT)))


def _event_layers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Numbers on lanes above the lines, each on a thin rule: full in force, hollow if scheduled, dashed for threats."""
    rows = alt.Chart(alt.NamedData(EVENTS))
    tooltip = [
        alt.Tooltip("when:N", title="Date"),
        alt.Tooltip("title:N", title="Event"),
        alt.Tooltip("words:N", title="Description"),
        alt.Tooltip("status:N", title="Status"),
    ]
    law, threat = "datum.status === 'law'", "datum.status === 'threatened'"
    size = (2 * _NUMBER) ** 2 * 0.85
    rules = rows.mark_rule(color="#B8C0C9", strokeWidth=0.8).encode(
        x=x, y=y, y2=alt.datum(0), strokeDash=alt.condition(law, alt.value([1, 0]), alt.value([4, 3]))
    )
    circles = rows.mark_point(shape="circle", size=size, filled=True, opacity=1, strokeWidth=1.3, stroke=INK).encode(
        x=x,
        y=y,
        tooltip=tooltip,
        fill=alt.condition(law, alt.value(DISC), alt.value("transparent")),
        strokeDash=alt.condition(threat, alt.value([2, 2]), alt.value([1, 0])),
    )
    numbers = rows.mark_text(fontSize=9, fontWeight="bold").encode(
        x=x, y=y, text="number:N", tooltip=tooltip, color=alt.condition(law, alt.value("white"), alt.value(INK))
    )
    return [rules, circles, numbers]


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
