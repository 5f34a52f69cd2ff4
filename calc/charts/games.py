"""Charts of tariffs that are chosen: two best-response curves with points, and best rates by partner as bars."""

import json
from collections.abc import Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from calc.analysis.optimal.curves import Curves
from calc.analysis.optimal.optimum import Optimum
from calc.analysis.optimal.war import War
from calc.charts.basic import INK, LESS, MORE, UNCHANGED, Spec, spec_of
from calc.charts.figure import Figure, Origin
from calc.words import capital, possessive, rate

CURVES, POINTS, ROWS = "curves", "points", "rows"


def response_rows(curves: Curves, names: Sequence[str]) -> list[dict[str, object]]:
    """Points of both curves, in percent: whose response, and the rates of the first and of the second.

    Parameters
    ----------
    names : of the two economies, as a sentence has them
    """
    rows: list[dict[str, object]] = []
    for place, (economy, name) in enumerate(zip(curves.economies, names, strict=True)):
        own = curves.responses[curves.responses["economy"] == economy]
        for other, best in zip(own["tariff_other"] * 100, own["tariff_new"] * 100, strict=True):
            first, second = (best, other) if place == 0 else (other, best)
            rows.append({"curve": f"Best response of {name}", "first": first, "second": second, "order": other})
    return rows


def responses_spec(curves: Curves, points: pd.DataFrame, names: Sequence[str], *, height: int = 330) -> Spec:
    """Best responses of two economies, with points.

    Parameters
    ----------
    points : words, first, second; rates of the two, fractions
    names : of the two economies, as a sentence has them: the United States
    """
    frame: Spec = json.loads(_responses_frame(f"Tariff of {names[0]}, %", f"Tariff of {names[1]}, %", height))
    marks = points.assign(first=points["first"] * 100, second=points["second"] * 100).to_dict("records")
    return {**frame, "datasets": {CURVES: response_rows(curves, names), POINTS: marks}}


@cache
def _responses_frame(along: str, up: str, height: int) -> str:
    curves, points = alt.Chart(alt.NamedData(CURVES)), alt.Chart(alt.NamedData(POINTS))
    x = alt.X("first:Q", title=along, axis=alt.Axis(grid=False), scale=alt.Scale(nice=True))
    y = alt.Y("second:Q", title=up, axis=alt.Axis(gridColor=UNCHANGED))
    tooltip = [alt.Tooltip("first:Q", title=along, format=".1f"), alt.Tooltip("second:Q", title=up, format=".1f")]
    line = curves.mark_line(strokeWidth=2.5, point=True).encode(
        x=x,
        y=y,
        order="order:Q",
        color=alt.Color("curve:N", title=None, sort=None, scale=alt.Scale(range=[MORE, LESS])).legend(orient="top"),
        tooltip=[alt.Tooltip("curve:N", title="Curve"), *tooltip],
    )
    point = points.mark_point(filled=True, size=120, opacity=1, color=INK).encode(
        x=x, y=y, tooltip=[alt.Tooltip("words:N", title="Point"), *tooltip]
    )
    text = points.mark_text(align="left", dx=9, dy=-9, fontSize=12, color=INK).encode(x=x, y=y, text="words:N")
    return json.dumps(spec_of(alt.layer(line, point, text).properties(height=height)))


def best_rates_spec(rows: pd.DataFrame) -> Spec:
    """Bars of the best rate on each partner, the present one as a mark.

    Parameters
    ----------
    rows : name, best, present; fractions, in order from the top; no mark where `present` is missing
    """
    frame: Spec = json.loads(_rates_frame(34 + 24 * len(rows)))
    shown = [
        {"name": name, "best": best * 100, "present": None if np.isnan(present) else present * 100}
        for name, best, present in zip(rows["name"], rows["best"], rows["present"], strict=True)
    ]
    return {**frame, "datasets": {ROWS: shown}}


@cache
def _rates_frame(height: int) -> str:
    rows = alt.Chart(alt.NamedData(ROWS))
    name = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False))
    value = alt.X("best:Q", title="Tariff, %", axis=alt.Axis(gridColor=UNCHANGED))
    tooltip = [
        alt.Tooltip("name:N", title="Partner"),
        alt.Tooltip("best:Q", title="Best, %", format=".1f"),
        alt.Tooltip("present:Q", title="In the scenario, %", format=".1f"),
    ]
    bars = rows.mark_bar(color=MORE, height={"band": 0.7}).encode(y=name, x=value, tooltip=tooltip)
    present = (
        rows.transform_filter("isValid(datum.present)")
        .mark_tick(color=LESS, thickness=4, height={"band": 0.9})
        .encode(y=name, x="present:Q")
    )
    return json.dumps(spec_of(alt.layer(bars, present).properties(height=height)))


def responses_figure(war: War, curves: Curves, points: pd.DataFrame, names: Sequence[str], origin: Origin) -> Figure:
    """Best responses of two economies, to be taken out of the page.

    Parameters
    ----------
    curves, points, names : as for `responses_spec`
    """
    first, second = (war.mean_rate(code) for code in war.economies)
    rows = pd.DataFrame(response_rows(curves, names))
    drawn = pd.concat(
        [
            pd.DataFrame({"drawn": rows["curve"], "first": rows["first"], "second": rows["second"]}),
            pd.DataFrame({"drawn": points["words"], "first": points["first"] * 100, "second": points["second"] * 100}),
        ],
        ignore_index=True,
    )
    codes = dict(zip(("first", "second"), (f"tariff_of_{code}_pct" for code in war.economies), strict=True))
    return Figure(
        name=f"war_{'_'.join(war.economies)}",
        finding=f"A tariff war of {names[0]} and {names[1]} would end at {rate(first)} and {rate(second)}",
        unit="Tariff of each on the goods of the other that is best for itself, %",
        origin=origin.where(drawn=False),
        spec=responses_spec(curves, points, names),
        table=drawn.rename(columns=codes),
    )


def best_rates_figure(best: Optimum, rows: pd.DataFrame, said: str, origin: Origin) -> Figure:
    """Best rates by partner, to be taken out of the page.

    Parameters
    ----------
    rows : as for `best_rates_spec`
    said : name of the economy as a sentence has it: the United States
    """
    return Figure(
        name=f"best_tariffs_{best.economy}",
        finding=f"{capital(possessive(said))} best tariffs, if all others keep theirs: {rate(best.mean_rate)} on "
        "average",
        unit=f"Tariff on each of the {len(rows)} largest partners of {len(best.rates)}, %",
        origin=origin.where(drawn=False),
        spec=best_rates_spec(rows),
        table=pd.DataFrame(
            {
                "name": rows["name"],
                "tariff_best_pct": rows["best"] * 100,
                "tariff_scenario_pct": rows["present"] * 100,
            }
        ),
        note="Mark: the tariff in the scenario, where it is near enough to be drawn.",
    )
