"""The charts of what a result depends on as figures: the tornado, and the curve against the tariff."""

import numpy as np
import pandas as pd

from calc.analysis.sensitivity import outcome_text
from calc.charts.figure import Figure, Origin
from calc.charts.sensitivity import curve_spec, tornado_spec
from calc.glossary import GLOSSARY
from calc.words import PERCENT, true_minus

_ON_A_CARD = 5  # bars that can still be read


def tornado_figure(table: pd.DataFrame, metric: str, origin: Origin) -> Figure:
    """What one number becomes under other assumptions, one at a time.

    Parameters
    ----------
    table : of `sensitivity.tornado`, with at least one row
    """
    quantity, first = GLOSSARY[metric], table.iloc[0]
    label = f"{first['label'][0].lower()}{first['label'][1:]}"
    ends = [outcome_text(float(first[end]), metric) for end in ("low", "high")]
    scale = quantity.scale
    return Figure(
        name=f"tornado_{metric}",
        finding=f"{quantity.short} depends most on {label}: {ends[0]} to {ends[1]}",
        unit=f"{quantity.label} under other assumptions, one at a time; the line is the result, "
        f"{outcome_text(float(first['central']), metric)}",
        origin=origin.where(drawn=False),
        spec=tornado_spec(table, metric),
        card=tornado_spec(table.head(_ON_A_CARD), metric),
        table=pd.DataFrame(
            {
                "assumption": table["label"],
                "metric": quantity.column,
                "lowest": table["low"] * scale,
                "lowest_at": table["low_setting"],
                "result": table["central"] * scale,
                "highest": table["high"] * scale,
                "highest_at": table["high_setting"],
            }
        ),
        note="Blue is higher than the result, orange lower.",
    )


def curve_figure(
    curve: pd.DataFrame, marks: pd.DataFrame, metric: str, origin: Origin, *, words: str, base: float
) -> Figure:
    """One number at every value of a rule; parameters as for `curve_spec`, the curve with at least one row."""
    quantity = GLOSSARY[metric]
    values = curve["value"].to_numpy(dtype=float)
    top, at = int(np.nanargmax(values)), curve["tariff_pct"].to_numpy(dtype=float)
    value = f"{at[top]:.3g}"
    place = f"{value} {words[0].lower()}{words[1:]}" if words.startswith("Points") else f"{true_minus(value)}{PERCENT}"
    drawn = bool(curve["low"].notna().any()) if "low" in curve else False
    ends = {end: curve[end] * quantity.scale for end in ("low", "high") if end in curve}
    return Figure(
        name=f"curve_{metric}",
        finding=f"{quantity.short} is highest, {outcome_text(float(values[top]), metric)}, at {place}",
        unit=f"{quantity.label} by {words[0].lower()}{words[1:]}; dashed: without this rule",
        origin=origin.where(drawn=drawn),
        spec=curve_spec(curve, marks, metric, words=words, base=base),
        table=pd.DataFrame(
            {
                "tariff_pct": at,
                "metric": quantity.column,
                "value": values * quantity.scale,
                "unit": quantity.unit_in_files,
                **ends,
            }
        ),
    )
