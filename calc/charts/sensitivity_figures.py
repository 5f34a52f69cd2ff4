"""The charts of what a result depends on as figures: the tornado, the curve, two assumptions at once, the months."""

import numpy as np
import pandas as pd

from calc.analysis.sensitivity import outcome_text
from calc.charts.figure import Figure, Origin
from calc.charts.sensitivity import curve_spec, heat_spec, path_spec, tornado_spec
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


def two_way_figure(
    table: pd.DataFrame, metric: str, origin: Origin, *, rows: str, columns: str, standing: tuple[str, str]
) -> Figure:
    """One number under two assumptions at once; parameters as for `heat_spec`, the table with at least one row."""
    quantity = GLOSSARY[metric]
    values = table["value"].to_numpy(dtype=float)
    low, high = (outcome_text(float(end), metric) for end in (values.min(), values.max()))
    return Figure(
        name=f"two_way_{metric}",
        finding=f"{quantity.short}: {low} to {high}, by {_small(rows)} and {_small(columns)}",
        unit=f"{quantity.label} under two assumptions at once",
        origin=origin.where(drawn=False),
        spec=heat_spec(table, metric, rows=rows, columns=columns, standing=standing),
        table=pd.DataFrame(
            {
                "row": table["row"],
                "column": table["column"],
                "metric": quantity.column,
                "value": values * quantity.scale,
                "unit": quantity.unit_in_files,
            }
        ),
        note="Framed: the result. Blue is higher, orange lower.",
    )


def path_figure(path: pd.DataFrame, metric: str, origin: Origin, *, chosen: float | None) -> Figure:
    """A volume by months since the measure; parameters as for `path_spec`, the path with at least one row."""
    quantity = GLOSSARY[metric]
    first, last = path.iloc[0], path.iloc[-1]
    month = f"{first['months']:g} month{'' if first['months'] == 1 else 's'}"
    start, end = (outcome_text(float(row["value"]), metric) for row in (first, last))
    return Figure(
        name="months",
        finding=f"{quantity.short}: {start} after {month}, {end} in the long run",
        unit=f"{quantity.label} by months since the measure",
        origin=origin.where(drawn=False),
        spec=path_spec(path, metric, chosen=chosen),
        table=pd.DataFrame(
            {
                "months": path["months"],
                "metric": quantity.column,
                "value": path["value"] * quantity.scale,
                "unit": quantity.unit_in_files,
            }
        ),
        note="" if chosen is None else "Orange: the result.",
    )


def _small(words: str) -> str:
    return f"{words[0].lower()}{words[1:]}"
