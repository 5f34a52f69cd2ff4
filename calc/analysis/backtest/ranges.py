"""Ranges of the back-test: the same draws as everywhere, and how many seen values lie inside them."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from calc.analysis.backtest.episodes import Episode, elasticities_of, import_ratio, predicted_cells
from calc.analysis.backtest.scores import inside
from calc.analysis.backtest.settings import parts_of
from calc.analysis.draws.evidence import EVIDENCE, drawn_elasticities, product_factors, shifts_at, unit_points
from calc.analysis.workers import answers
from calc.datasets.dataset import Dataset
from calc.flows import Array, Flows
from calc.models.known import MODELS
from calc.question import pass_through_pct
from calc.scenario import Scenario

ENDS = (0.05, 0.95)
DRAWS_OF_SETS = 40
TOTALS_2025 = "partners, May-June 2025"  # one of the rows of `coverage_table`


def drawn_ratios(scenario: Scenario, dataset: Dataset, before: Flows, tariff_new: Array) -> list[Array]:
    """M1/M0 of each draw of the scenario, [line]."""
    if scenario.draws == 0:
        return []
    moved = MODELS[scenario.model].incomes_move
    central = elasticities_of(scenario, dataset)
    share = None if moved else pass_through_pct(scenario, dataset)
    shifts = shifts_at(
        unit_points(scenario.draws, scenario.seed),
        EVIDENCE,
        pass_through=None if share is None else share / 100,
        general_equilibrium=moved,
    )
    found = []
    for draw in range(scenario.draws):
        noise = product_factors(EVIDENCE.product_noise, scenario.seed, draw, 1, len(before.products))
        one = drawn_elasticities(central, before, shifts.part(draw, draw + 1), noise, 0, general_equilibrium=moved)
        found.append(import_ratio(scenario, one, before, tariff_new))
    return found


def with_ends(episode: Episode, cells: pd.DataFrame, drawn: Sequence[Array]) -> pd.DataFrame:
    """Cells with low and high of the predicted change."""
    if not drawn:
        return cells.assign(low=np.nan, high=np.nan)
    changes = np.array([predicted_cells(episode, ratio)["predicted"].to_numpy() for ratio in drawn])
    low, high = np.quantile(changes, ENDS, axis=0)
    return cells.assign(low=low, high=high)


def partner_totals(episode: Episode, drawn: Sequence[Array], cells: pd.DataFrame) -> pd.DataFrame:
    """Partners' totals, seen and predicted with their range, by part.

    Parameters
    ----------
    cells : of `predicted_cells`

    Returns
    -------
    part, partner, base, seen, predicted, low, high
    """
    changes = [predicted_cells(episode, ratio)["predicted"].to_numpy() for ratio in drawn]
    tables = []
    for part, kept in parts_of(cells).items():
        if part not in ("all", "without 84-85"):
            continue
        base = kept["base"]
        total = base.groupby(kept["partner"]).sum()

        def change(of_cells: pd.Series, kept: pd.DataFrame = kept, total: pd.Series = total) -> pd.Series:
            return (of_cells * kept["base"]).groupby(kept["partner"]).sum() / total

        drawn_changes = pd.DataFrame(
            [change(pd.Series(one[kept.index], index=kept.index)) for one in changes], columns=total.index
        )
        ends = drawn_changes.quantile(list(ENDS)) if len(drawn_changes) else None
        tables.append(
            pd.DataFrame(
                {
                    "part": part,
                    "base": total,
                    "seen": change(kept["seen"]),
                    "predicted": change(kept["predicted"]),
                    "low": np.nan if ends is None else ends.loc[ENDS[0]],
                    "high": np.nan if ends is None else ends.loc[ENDS[1]],
                }
            ).reset_index()
        )
    columns = ["part", "partner", "base", "seen", "predicted", "low", "high"]
    return pd.concat(tables, ignore_index=True)[columns]


def coverage_table(
    elasticities: str, episode: Episode, cells: pd.DataFrame, partners: pd.DataFrame, half_year: pd.DataFrame
) -> pd.DataFrame:
    """Share of seen values inside their range.

    Parameters
    ----------
    elasticities : name of the set
    cells : of the episode; partners, half_year : totals; each with seen, low, high and base

    Returns
    -------
    elasticities, what, part, count, inside, inside_weighted (by imports)
    """
    groups = [(f"cells, {episode.name}", part, kept) for part, kept in parts_of(cells).items()]
    groups += [(TOTALS_2025, str(part), kept) for part, kept in partners.groupby("part")]
    groups.append(("partners, second half of 2025", "all", half_year[half_year["partner"] != "WLD"]))
    return pd.DataFrame([_row(elasticities, what, part, kept) for what, part, kept in groups])


def coverage_of_sets(
    scenario: Scenario, dataset: Dataset, episodes: Sequence[Episode], *, executor: Executor | None = None
) -> pd.DataFrame:
    """The same for the cells of both episodes under every set of elasticities, in fewer draws.

    Parameters
    ----------
    executor : shares the sets and episodes
    """
    each = [(name, number) for name in map(dataset.set_name, dataset.elasticities) for number in range(len(episodes))]
    found = answers(partial(_coverage_of_set, scenario, dataset, tuple(episodes)), each, executor=executor)
    return pd.DataFrame([row for rows in found for row in rows])


def _coverage_of_set(
    scenario: Scenario, dataset: Dataset, episodes: tuple[Episode, ...], one: tuple[str, int]
) -> list[dict[str, object]]:
    name, number = one
    episode = episodes[number]
    asked = replace(scenario, elasticities=name, draws=min(scenario.draws, DRAWS_OF_SETS))
    drawn = drawn_ratios(asked, dataset, episode.before, episode.tariff_new)
    cells = with_ends(episode, predicted_cells(episode, np.ones(len(episode.cell))), drawn)
    what = f"cells, {episode.name}, {asked.draws} draws"
    return [_row(name, what, part, kept) for part, kept in parts_of(cells).items()]


def _row(elasticities: str, what: str, part: str, kept: pd.DataFrame) -> dict[str, object]:
    seen, low, high = (kept[name].to_numpy() for name in ("seen", "low", "high"))
    return {
        "elasticities": elasticities,
        "what": what,
        "part": part,
        "count": len(kept),
        "inside": inside(seen, low, high),
        "inside_weighted": inside(seen, low, high, kept["base"].to_numpy()),
    }
