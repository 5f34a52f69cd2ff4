"""The table of settings: every belief on trial scored on both episodes by the same rules.

2018-19   levels: each partner's chapters        relative: China against all others by chapter
2025      levels: chapter x partner, with and without chapters 84-85 and China
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from calc.analysis.backtest.episodes import (
    CHINA,
    FIT_NAME,
    Episode,
    capped,
    elasticities_of,
    import_ratio,
    in_logs,
    predicted_cells,
    relative_cells,
)
from calc.analysis.backtest.protocol import PASS_THROUGH_PCT
from calc.analysis.backtest.scores import scores
from calc.analysis.workers import answers
from calc.assumptions import with_value
from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.models.known import MODELS
from calc.scenario import Scenario

MACHINES = ("84", "85")
PASS_THROUGHS = (100.0, PASS_THROUGH_PCT, 80.0)
MONTHS = (3, 12)
WHOLE, LEVELS, RELATIVE = "all", "levels", "relative"
CAPPED, PLAIN, LOGS = "capped", "change", "logs"
MEASURES = {CAPPED: "up to a doubling", PLAIN: "plain changes", LOGS: "logarithms"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One setting of the table.

    Parameters
    ----------
    scenario : elasticities, pass-through and model
    months : since the measure; None: the lasting response
    """

    scenario: Scenario
    months: int | None = None

    @property
    def words(self) -> dict[str, object]:
        """The setting as columns of the table."""
        return {
            "elasticities": self.scenario.elasticities,
            "pass_through_pct": self.scenario.assumptions.pass_through_pct,
            "model": self.scenario.model,
            "after": "long run" if self.months is None else f"{self.months} months",
        }

    @property
    def asked(self) -> Scenario:
        """The scenario with the response of its months."""
        if self.months is None:
            return self.scenario
        return replace(self.scenario, assumptions=with_value(self.scenario.assumptions, "months", float(self.months)))


def settings_tried(scenario: Scenario, dataset: Dataset) -> tuple[Tried, ...]:
    """Every set by every pass-through, then models and months around the scenario, which comes first."""
    found = [Tried(scenario=scenario)]
    for key in dataset.elasticities:
        for share in PASS_THROUGHS:
            assumptions = with_value(scenario.assumptions, "pass_through_pct", share)
            asked = replace(scenario, elasticities=dataset.set_name(key), assumptions=assumptions)
            found.append(Tried(scenario=asked))
    for name, model in MODELS.items():
        if not model.unsuited(dataset.flows):
            found.append(Tried(scenario=replace(scenario, model=name)))
    found += [Tried(scenario=scenario, months=months) for months in MONTHS]
    return tuple(dict.fromkeys(found))


def settings_table(
    tried: tuple[Tried, ...], dataset: Dataset, episodes: tuple[Episode, ...], *, executor: Executor | None = None
) -> pd.DataFrame:
    """Scores of each setting on each episode, criterion and part; a setting without an answer is left out.

    Parameters
    ----------
    executor : shares the settings

    Returns
    -------
    elasticities, pass_through_pct, model, after, episode, criterion, part, measure, and the columns of `scores`
    """
    found = answers(partial(_rows_of, dataset, episodes), tried, executor=executor)
    return pd.DataFrame([row for rows in found for row in rows])


def _rows_of(dataset: Dataset, episodes: tuple[Episode, ...], one: Tried) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    try:
        elasticities = elasticities_of(one.asked, dataset)
        for episode in episodes:
            ratio = import_ratio(one.asked, elasticities, episode.before, episode.tariff_new)
            rows += [one.words | row for row in scored(episode, predicted_cells(episode, ratio))]
    except CalcError:
        pass  # what it says of the episodes before stays
    return rows


def scored(episode: Episode, cells: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Scores of one prediction by criterion, part and measure."""
    if episode.name == FIT_NAME:
        relative = relative_cells(cells)
        yield {
            "episode": episode.name,
            "criterion": RELATIVE,
            "part": WHOLE,
            "measure": LOGS,
            **scores(relative),
        }
    for part, kept in parts_of(cells).items():
        for measure, changed in ((CAPPED, capped(kept)), (PLAIN, kept), (LOGS, in_logs(kept))):
            yield {
                "episode": episode.name,
                "criterion": LEVELS,
                "part": part,
                "measure": measure,
                **scores(changed),
            }


def parts_of(cells: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """All cells, and those without machines, without China, and without both."""
    machines, china = cells["chapter"].isin(MACHINES), cells["partner"] == CHINA
    return {
        WHOLE: cells,
        "without 84-85": cells[~machines],
        "without China": cells[~china],
        "without both": cells[~machines & ~china],
    }
