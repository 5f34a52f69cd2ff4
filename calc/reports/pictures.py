"""The pictures of a result: who pays, imports by partner, the goods hit most and, in world data, gains by economy."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from calc.analysis.hit_most import By, has_groups, hit_most
from calc.analysis.perspective import acting_importer, economy_changes, gdp_of, of_importer
from calc.analysis.who_pays import who_pays
from calc.charts.basic import SMALLEST, Topology
from calc.charts.figure import Figure, origin_of
from calc.charts.figures import gain_bars, gain_map, partner_bars, partner_map
from calc.charts.hit_most import hit_most_figure, in_units
from calc.charts.publish import png_of, svg_of
from calc.charts.who_pays import who_pays_figure
from calc.datasets.dataset import Dataset, data_dir
from calc.result import Result
from calc.scenario import Scenario
from calc.words import in_sentences

HIT_MOST = "hit_most"
FOLDER = "pictures"
_BYS: tuple[By, ...] = ("value", "price")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """What a report shows beside its tables.

    Parameters
    ----------
    figures : in the order of the page
    hit_most : ranked_by, goods, rank, code, name, spending, price and buyers' gain of the goods hit most
    whose : importer whose imports the pictures show, as a sentence has it; empty where the data have one
    """

    figures: tuple[Figure, ...]
    hit_most: pd.DataFrame
    whose: str = ""


def pictures_of(result: Result, scenario: Scenario, dataset: Dataset, *, draws: pd.DataFrame | None = None) -> Pictures:
    """The pictures of an answer.

    Parameters
    ----------
    result : of `run`
    scenario, dataset : that were asked
    draws : headline numbers, one row a draw, for the ranges of who pays; used where the data have one importer

    Examples
    --------
    >>> import calc
    >>> scenario, dataset = calc.read_scenario("universal_10"), calc.read_dataset("us-2024")
    >>> pictures = calc.pictures_of(calc.run(scenario, dataset, draws=0), scenario, dataset)
    >>> pictures.figures[0].finding
    'Buyers lose $296.9 bn, foreign sellers $9.8 bn; the treasury gains $284.6 bn'
    """
    importer = _importer(result, scenario)
    seen = replace(of_importer(result, importer), ranges=pd.DataFrame()) if importer else result
    origin, world = origin_of(result), _topology()
    figures = []
    parties = who_pays(result, importer, None if importer else draws)
    if len(parties):
        figures.append(who_pays_figure(parties, origin))
    if importer and (economy_changes(result, {})["gain"].abs() > SMALLEST).any():
        gdp = gdp_of(dataset)
        ranked_by = "share" if result.incomes_move else "gain"
        figures += [
            gain_bars(result, origin, gdp, by=ranked_by),
            gain_map(result, origin, gdp, dataset.countries, world),
        ]
    figures += [
        partner_bars(seen, origin, importer=importer),
        partner_map(seen, origin, dataset.countries, world, importer=importer),
    ]
    tables = []
    for by in ("value", "price"):
        for level in ("group", "product") if has_groups(dataset) else ("product",):
            table = hit_most(seen, dataset, by=by, level=level)
            if table.empty:
                continue
            figures.append(hit_most_figure(table, by, level, origin))
            ranked = in_units(table)
            ranked.insert(0, "rank", range(1, len(table) + 1))
            ranked.insert(0, "goods", level)
            ranked.insert(0, "ranked_by", by)
            tables.append(ranked)
    (whose,) = in_sentences(result, [importer]) if importer else ("",)
    return Pictures(figures=tuple(figures), hit_most=pd.concat(tables) if tables else pd.DataFrame(), whose=whose)


def picture_files(figures: Sequence[Figure]) -> Mapping[str, bytes]:
    """Every figure as PNG and SVG, by name.

    Raises
    ------
    CalcError
        The extra `pictures` is not installed.
    """
    files: dict[str, bytes] = {}
    for figure in figures:
        files[f"{FOLDER}/{figure.name}.png"] = png_of(figure)
        files[f"{FOLDER}/{figure.name}.svg"] = svg_of(figure).encode()
    return files


def _importer(result: Result, scenario: Scenario) -> str:
    """The importer that acts; empty where the data have one, whose the whole answer is."""
    buyers = sorted(result.markets["importer"].astype(str).unique())
    return "" if len(buyers) == 1 else acting_importer(scenario, result, buyers)


@cache
def _topology() -> Topology:
    shapes: Topology = json.loads((data_dir() / "countries-110m.json").read_text(encoding="utf-8"))
    return shapes
