"""The charts of tariffs in force as figures: the steps since 2018, and the parts of a day by legal authority."""

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from calc.charts.authorities import collected_spec
from calc.charts.basic import Spec
from calc.charts.figure import Figure, Origin
from calc.tariffs.history import DIRECTIONS, US_ON_CHINA, Direction, steps
from calc.words import day_words, rate

_BARS = {"section": "sections of goods", "exporter": "partners"}
_SOURCE = "US Federal Register and tariff schedule, notices of China's State Council Tariff Commission"


def _origin(directions: Iterable[Direction]) -> Origin:
    weights = dict.fromkeys(one.weights for one in directions)
    return Origin(about=f"Weights: {'; '.join(weights)}", source=_SOURCE)


def story_figure(spec: Spec, averages: pd.DataFrame, directions: Sequence[Direction]) -> Figure:
    """Steps of the average rates since 2018.

    Parameters
    ----------
    spec : of `story_spec`, with or without a day
    averages : of `history.averages`
    directions : whose steps the table has
    """
    known = steps(averages, US_ON_CHINA)
    rates = known["rate"].astype(float).to_numpy()
    top, days = int(rates.argmax()), known["date"].dt.strftime("%Y-%m-%d").tolist()
    rows = [
        steps(averages, one).assign(who=one.short, tariff_pct=lambda table: table["rate"].astype(float) * 100)
        for one in directions
    ]
    table = pd.concat(rows, ignore_index=True)
    return Figure(
        name="tariffs_since_2018",
        finding=f"The US tariff on China: {rate(rates[0])} at the start of 2018, {rate(rates[top])} on "
        f"{day_words(days[top])}, {rate(rates[-1])} at the end of 2026",
        unit="Average tariff rate in force, %",
        origin=_origin(directions),
        spec=spec,
        table=table.assign(date=table["date"].dt.strftime("%Y-%m-%d"))[["date", "who", "tariff_pct"]],
        note="Diamonds: averages published by PIIE.",
    )


def authorities_figure(spec: Spec, parts: pd.DataFrame, day: date) -> Figure:
    """Average rates of a day by legal authority.

    Parameters
    ----------
    spec, parts : of `authorities_spec` and `authority_rows`
    """
    totals = parts.drop_duplicates("name")
    said = [f"{name}: {rate(total)}" for name, total in zip(totals["name"], totals["total"], strict=True)]
    return Figure(
        name="tariffs_by_authority",
        finding=f"{'; '.join(said)} on {day_words(str(day))}",
        unit="Average tariff rate in force by legal authority, %",
        origin=_origin(DIRECTIONS),
        spec=spec,
        table=pd.DataFrame(
            {
                "date": str(day),
                "who": parts["name"],
                "authority": parts["words"],
                "tariff_pct": parts["rate"] * 100,
                "total_pct": parts["total"] * 100,
            }
        ),
    )


def groups_figure(spec: Spec, parts: pd.DataFrame, day: date, direction: Direction, *, by: str) -> Figure:
    """Average rates of a day by section of goods or by partner.

    Parameters
    ----------
    spec, parts : of `authorities_spec`, where names may be cut, and of `authority_rows`, with at least one row
    by : section | exporter, what a bar is
    """
    totals = parts.drop_duplicates("name")
    top = totals.iloc[int(totals["total"].to_numpy(dtype=float).argmax())]
    name = f"{top['name'][0].lower()}{top['name'][1:]}" if by == "section" else top["name"]
    return Figure(
        name=f"tariffs_by_{by}",
        finding=f"{direction.words}, {day_words(str(day))}: {rate(top['total'])} on {name}, the highest of "
        f"the {len(totals)} largest {_BARS[by]}",
        unit="Average tariff rate in force by legal authority, %, largest imports first",
        origin=_origin([direction]),
        spec=spec,
        table=pd.DataFrame(
            {
                "date": str(day),
                by: parts["name"],
                "authority": parts["words"],
                "tariff_pct": parts["rate"] * 100,
                "total_pct": parts["total"] * 100,
            }
        ),
    )


def collected_figure(
    table: pd.DataFrame, direction: Direction, *, month: date | None = None, height: int = 270
) -> Figure:
    """Rates in force, expected and collected by month.

    Parameters
    ----------
    table, month, height : as for `collected_spec`
    """
    known = table[table["treasury"].notna() | table["census"].notna()] if len(table) else table
    last = known.iloc[-1] if len(known) else None
    shares = {str(name): f"{name}_pct" for name in table.columns if name != "month"}
    if last is None:
        finding = f"{direction.words}: tariffs in force by month"
    else:
        seen = last["treasury"] if last["treasury"] == last["treasury"] else last["census"]
        finding = f"{direction.words}: {rate(float(seen))} collected of {rate(float(last['statutory']))} in force in "
        finding += f"{last['month']:%B %Y}"
    numbers = (table.drop(columns="month").astype(float) * 100).rename(columns=shares)
    numbers.insert(0, "month", table["month"].dt.strftime("%Y-%m"))
    return Figure(
        name="collected",
        finding=finding,
        unit="Average tariff rate by month, %",
        origin=Origin(about=f"Weights: {direction.weights}", source="US Census Bureau; US Treasury"),
        spec=collected_spec(table, month=month, height=height),
        table=numbers.rename(columns=shares)
        .assign(month=table["month"].dt.strftime("%Y-%m"))
        .dropna(axis=1, how="all"),
    )
