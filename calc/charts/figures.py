"""The charts of one answer as figures: imports by partner as bars and on the map, gains by economy, and their parts."""

from collections.abc import Mapping

import pandas as pd

from calc.analysis.perspective import economy_changes, partner_changes
from calc.charts.basic import (
    IMPORTS,
    REAL_INCOME,
    WELFARE,
    Topology,
    bars_spec,
    map_spec,
    parts_spec,
    ranking_spec,
    shapes_of_economies,
    shapes_of_partners,
)
from calc.charts.figure import Figure, Origin
from calc.charts.findings import gains_finding, imports_finding
from calc.result import Result
from calc.words import in_sentences, true_minus

GREY = "Grey: no change, or no data."


def partner_bars(result: Result, origin: Origin, *, importer: str = "") -> Figure:
    """The twelve largest changes of imports by partner.

    Parameters
    ----------
    result : as one importer sees it
    importer : its code, where the data have several
    """
    changes = partner_changes(result)
    return Figure(
        name="imports_by_partner",
        finding=_imports_finding(result, changes, importer),
        unit="Change of imports before duty, US$ and %, the twelve largest",
        origin=origin.where(drawn=bool(changes["low"].notna().any())),
        spec=bars_spec(changes),
        table=partner_table(changes),
    )


def partner_map(
    result: Result, origin: Origin, countries: pd.DataFrame, world: Topology, *, importer: str = ""
) -> Figure:
    """Change of imports by partner on the map; parameters as for `partner_bars` and `shapes_of_partners`."""
    changes = partner_changes(result)
    shapes, _ = shapes_of_partners(changes, countries, world)
    return Figure(
        name="imports_map",
        finding=_imports_finding(result, changes, importer),
        unit="Change of imports before duty by partner, %",
        origin=origin.where(drawn=False),
        spec=map_spec(shapes, world, measure=IMPORTS),
        table=partner_table(changes),
        note=GREY,
    )


def _imports_finding(result: Result, changes: pd.DataFrame, importer: str) -> str:
    whose = in_sentences(result, [importer])[0] if importer else ""
    return imports_finding(_said(result, changes), whose=whose)


def _said(result: Result, changes: pd.DataFrame) -> pd.DataFrame:
    """The same table with the names of economies as a sentence has them: the United States."""
    return changes.assign(name=in_sentences(result, changes["economy"]))


def partner_table(changes: pd.DataFrame) -> pd.DataFrame:
    """Changes of `perspective.partner_changes` with the unit in the name of each column."""
    return pd.DataFrame(
        {
            "economy": changes["economy"],
            "name": changes["name"],
            "imports_base_usd": changes["imports_base"],
            "imports_change_usd": changes["imports_change"],
            "imports_change_pct": changes["change"] * 100,
            "imports_change_low_usd": changes["low"],
            "imports_change_high_usd": changes["high"],
        }
    )


def gain_bars(result: Result, origin: Origin, gdp: Mapping[str, float], *, by: str) -> Figure:
    """Economies that gain and lose most.

    Parameters
    ----------
    by : gain (US$) | share (%), what the bars are
    gdp : of each economy, US$
    """
    changes = economy_changes(result, gdp)
    return Figure(
        name="gains",
        finding=gains_finding(_said(result, changes), by=by),
        unit=f"{_gain_words(result)}, {'US$' if by == 'gain' else '%'}, the largest gains and losses",
        origin=origin.where(drawn=bool(changes["low"].notna().any())),
        spec=ranking_spec(changes, by=by),
        table=gain_table(result, changes),
    )


def gain_map(
    result: Result, origin: Origin, gdp: Mapping[str, float], countries: pd.DataFrame, world: Topology
) -> Figure:
    """Gain of every economy on the map, in per cent; parameters as for `gain_bars` and `shapes_of_economies`."""
    changes = economy_changes(result, gdp)
    measure = REAL_INCOME if result.incomes_move else WELFARE
    shapes, _ = shapes_of_economies(changes, countries, world, measure)
    return Figure(
        name="gains_map",
        finding=gains_finding(_said(result, changes), by="share"),
        unit=f"{_gain_words(result)}, {'%' if result.incomes_move else '% of GDP'}",
        origin=origin.where(drawn=False),
        spec=map_spec(shapes, world, measure=measure),
        table=gain_table(result, changes),
        note=GREY,
    )


def gain_table(result: Result, changes: pd.DataFrame) -> pd.DataFrame:
    """Changes of `perspective.economy_changes` with the unit in the name of each column."""
    share = "real_income_change_pct" if result.incomes_move else "net_welfare_change_pct_of_gdp"
    ends, scale = ("real_income_change", 100.0) if result.incomes_move else ("net_welfare_change", 1.0)
    unit = "pct" if result.incomes_move else "usd"
    return pd.DataFrame(
        {
            "economy": changes["economy"],
            "name": changes["name"],
            "net_welfare_change_usd": changes["gain"],
            share: changes["share"] * 100,
            **{f"{ends}_{end}_{unit}": changes[end] * scale for end in ("low", "high")},
        }
    )


def parts_figure(parts: pd.DataFrame, origin: Origin, *, axis: str, unit: float) -> Figure:
    """What the gain of each economy consists of; parameters as for `parts_spec`, the parts with at least one row."""
    first = parts[(parts["name"] == parts["name"].iloc[parts["total"].abs().to_numpy().argmax()]).to_numpy()]
    said = [_part(words, value / unit) for words, value in zip(first["part"], first["value"], strict=True)]
    total = _part("together", first["total"].iloc[0] / unit)
    ending = "log_points_x100" if unit < 1 else "usd"
    scale = 1 / unit if unit < 1 else 1.0
    return Figure(
        name="gain_parts",
        finding=f"{first['name'].iloc[0]}: {', '.join([*said, total])}",
        unit=f"Parts of the gain of each economy, {axis[0].lower() if unit < 1 else axis[0]}{axis[1:]}, the largest "
        "gains and losses",
        origin=origin.where(drawn=False),
        spec=parts_spec(parts, axis=axis, unit=unit),
        table=pd.DataFrame(
            {
                "name": parts["name"],
                "part": parts["part"],
                f"value_{ending}": parts["value"] * scale,
                f"total_{ending}": parts["total"] * scale,
            }
        ),
        note="Mark: the parts together.",
    )


def _part(words: str, value: float) -> str:
    return f"{words[0].lower()}{words[1:]} {true_minus(f'{value:+.2f}')}"


def _gain_words(result: Result) -> str:
    return "Change of real income" if result.incomes_move else "Change of net welfare"
