"""Charts of a comparison: a dot and a range for each scenario, one small chart a metric.

The specification depends on the unit and the number of scenarios only; names, colours and numbers are its data.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache

import altair as alt
import pandas as pd

from calc.analysis.comparison import BEFORE, Answer, cell_texts, short_names
from calc.charts.basic import CHANGES, INK, UNCHANGED, Spec, spec_of, with_ends
from calc.charts.figure import Figure, Origin, ranges_sentence, short_source
from calc.glossary import GLOSSARY
from calc.words import PERCENT, POINTS, listing

# Okabe–Ito, in the order of the places; the first is what is on screen.
PLACE_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
_ROW, _FRAME = 30, 34  # pixels
_LABEL_ALONE = 250  # pixels of a name in a picture, which no pointer can ask for more
_FRACTION = "format(datum.value * 100, ',~r') + '{unit}'"
_DOLLARS = (
    "(datum.value < 0 ? '−' : '') + '$' + replace(replace(replace(replace("
    "format(abs(datum.value), '~s'), 'T', ' tn'), 'G', ' bn'), 'M', ' m'), 'k', ' k')"
)
_DRAWN = ("value", "low", "high")


def dot_rows(table: pd.DataFrame, metric: str, colours: Mapping[str, str], against: str | None) -> pd.DataFrame:
    """What the chart of one metric draws: name, colour, value, low, high in fractions or US$, and text.

    Parameters
    ----------
    table : of `comparison`, with the same `against`
    colours : of each scenario, by name
    """
    rows = table[(table["metric"] == metric).to_numpy()]
    drawn = ("value", "low", "high") if against is None else ("change", "change_low", "change_high")
    texts = [cell_texts(row, against)[0] or "not available" for row in rows.to_dict("records")]
    return pd.DataFrame(
        {
            "name": list(short_names(list(rows["scenario"]))),
            "colour": [colours[name] for name in rows["scenario"]],
            **{name: rows[column].to_numpy(dtype=float) for name, column in zip(_DRAWN, drawn, strict=True)},
            "text": texts,
        }
    )


def dots_unit(metric: str, against: str | None) -> str:
    """What the axis of a metric counts: $, % or points."""
    quantity = GLOSSARY[metric]
    if quantity.unit == "usd":
        return "$"
    return POINTS if against is not None and (quantity.is_level or against != BEFORE) else PERCENT


def dots_spec(rows: pd.DataFrame, *, unit: str, from_zero: bool = True, label_limit: int = 170) -> Spec:
    """Dots and ranges of one metric, a row a scenario in the order given.

    Parameters
    ----------
    rows : of `dot_rows`
    unit : of `dots_unit`
    from_zero : whether the axis reaches to zero, as it must for changes
    label_limit : pixels for the names; longer ones are cut
    """
    frame: Spec = json.loads(_dots_frame(len(rows), unit, from_zero, label_limit))
    records = [
        {key: None if value != value else value for key, value in row.items()} for row in rows.to_dict("records")
    ]
    return {**frame, "datasets": {CHANGES: records}}


@cache
def _dots_frame(count: int, unit: str, from_zero: bool, label_limit: int) -> str:
    rows = alt.Chart(alt.NamedData(CHANGES))
    name = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=label_limit, ticks=False, domain=False))
    room = alt.Scale(zero=from_zero, nice=True, range=[0, alt.expr("width - 84")])
    axis = alt.Axis(
        grid=True, gridColor=UNCHANGED, tickCount=4, labelExpr=_DOLLARS if unit == "$" else _FRACTION.format(unit=unit)
    )
    value = alt.X("value:Q", title=None, scale=room, axis=axis)
    colour = alt.Color("colour:N", scale=None)
    tooltip = [alt.Tooltip("name:N", title="Scenario"), alt.Tooltip("text:N", title="Value")]
    layers = [
        with_ends(rows, "value")
        .mark_rule(strokeWidth=3, opacity=0.75)
        .encode(y=name, x=alt.X("low:Q"), x2="high:Q", color=colour),
        rows.mark_point(filled=True, size=110, opacity=1, stroke="white", strokeWidth=1).encode(
            y=name, x=value, color=colour, tooltip=tooltip
        ),
        rows.mark_text(align="right", color=INK, fontSize=12).encode(
            y=name, x=alt.value(alt.expr("width")), text="text:N"
        ),
    ]
    if from_zero:
        layers.insert(0, rows.mark_rule(color=INK, strokeWidth=1).encode(x=alt.datum(0)))
    return json.dumps(spec_of(alt.layer(*layers).properties(height=count * _ROW + _FRAME)))


def origin_of_answers(answers: Sequence[Answer]) -> Origin:
    """Scenarios, years, sources and draws of a comparison."""
    years = listing([str(year) for year in sorted({one.year for one in answers})])
    estimated = ". Estimated data" if any(one.estimated for one in answers) else ""
    return Origin(
        about=f"{len(answers)} scenario{'' if len(answers) == 1 else 's'}. Trade of {years}{estimated}",
        source=short_source("; ".join(dict.fromkeys(one.source for one in answers))),
        ranges=ranges_sentence(answers[0].scenario.draws),
    )


def dots_figure(
    table: pd.DataFrame, metric: str, colours: Mapping[str, str], against: str | None, origin: Origin, *, called: str
) -> Figure:
    """One number of several scenarios, to be taken out of the page.

    Parameters
    ----------
    table, metric, colours, against : as for `dot_rows`
    called : what the number is called beside the others
    """
    rows = dot_rows(table, metric, colours, against)
    quantity = GLOSSARY[metric]
    known = rows[rows["value"].notna()]
    top = known.iloc[int(known["value"].abs().to_numpy().argmax())] if len(known) else None
    named = "" if top is None or len(rows) == 1 else f" with “{top['name']}”"
    return Figure(
        name=f"compared_{metric}",
        finding=called if top is None else f"{called}: {top['text']}{named}",
        unit=f"{quantity.label}{_against(against)}, one row a scenario",
        origin=origin.where(drawn=bool(rows["low"].notna().any())),
        spec=dots_spec(
            rows,
            unit=dots_unit(metric, against),
            from_zero=against is not None or not quantity.is_level,
            label_limit=_LABEL_ALONE,
        ),
        table=pd.DataFrame(
            {
                "scenario": rows["name"],
                "metric": quantity.column,
                **{name: rows[name] * quantity.scale for name in _DRAWN},
                "unit": quantity.unit_in_files,
            }
        ),
    )


def _against(against: str | None) -> str:
    if against is None:
        return ""
    return ", change from the baseline" if against == BEFORE else f", change against “{against}”"
