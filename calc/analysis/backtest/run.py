"""The back-test as a whole: one set of beliefs, both episodes, every table, and the targets hit or missed."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from calc.analysis.backtest.by_partner import partner_errors
from calc.analysis.backtest.collection import (
    AI_WORDS,
    REFINED_WORDS,
    FittedLags,
    collected_table,
    duties_table,
    fitted_lags,
    import_path,
    rate_errors,
)
from calc.analysis.backtest.episodes import (
    CHINA,
    TEST_NAME,
    Episode,
    elasticities_of,
    episode_2018,
    episode_2025,
    import_ratio,
    predicted_cells,
)
from calc.analysis.backtest.held import ai_coverage, ai_growth, held_ratio
from calc.analysis.backtest.law_months import LawByMonth, law_by_month
from calc.analysis.backtest.observed import Observed, read_observed
from calc.analysis.backtest.pooling import Pooled, best_share, with_pooled
from calc.analysis.backtest.protocol import TEST_CELLS, TEST_COLLECTED, beliefs_on_trial
from calc.analysis.backtest.ranges import (
    DRAWS_OF_SETS,
    TOTALS_2025,
    coverage_of_sets,
    coverage_table,
    drawn_ratios,
    partner_totals,
    with_ends,
)
from calc.analysis.backtest.refined import (
    BOTH,
    VARIANTS,
    Refined,
    Timing,
    rate_error,
    refined,
    refinements_table,
    timing_of,
)
from calc.analysis.backtest.retaliation import retaliation_cells
from calc.analysis.backtest.settings import (
    LEVELS,
    MEASURES,
    WHOLE,
    Tried,
    scored,
    settings_table,
    settings_tried,
)
from calc.analysis.backtest.surroundings import surroundings
from calc.analysis.workers import answers
from calc.datasets.catalogue import the_one_serving
from calc.datasets.dataset import Dataset, read_dataset
from calc.flows import Array
from calc.scenario import Scenario
from calc.tariffs.history_files import read_averages, read_collected
from calc.tariffs.law import built_in_record

CENTRE = 3.8  # the median of Bajzik, Havranek, Irsova & Schwarz (2020), as in the set `uniform`

NUMBER, SHARE = "number", "fraction"
_CELLS = (
    ("slope", "slope", 0.8, 1.25, NUMBER),
    ("R2", "r2", 0.38, 1.0, NUMBER),
    ("error below no change", "gain", 0.20, 1.0, SHARE),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Findings:
    """What was tested and what came out.

    Parameters
    ----------
    scenario : the beliefs
    dataset : with the set `pooled` besides its own
    episodes : 2018-19, 2025
    tables : by name of their file: scores, scores-ai-held, scores-refined, cells, partner-totals, collected, partners,
        partner-errors, duties, refinements, rate-errors, surroundings, retaliation, coverage, settings, targets
    pooled : the share of the spread of the data that 2018-19 supports
    lags : lags as fitted, beside those used
    timing : lag of trade and share of earlier growth, settled on 2015-20
    """

    scenario: Scenario
    dataset: Dataset
    episodes: tuple[Episode, Episode]
    tables: Mapping[str, pd.DataFrame]
    pooled: Pooled
    lags: FittedLags
    timing: Timing

    @property
    def targets(self) -> pd.DataFrame:
        """Targets: target, value, low and high of what counts as hit, unit of the three, hit."""
        return self.tables["targets"]


def findings(
    scenario: Scenario | None = None,
    dataset: Dataset | None = None,
    *,
    settings: bool = True,
    executor: Executor | None = None,
) -> Findings:
    """The method on 2018-19 and 2025-26.

    Parameters
    ----------
    scenario : elasticities, model, assumptions and draws; its rules and days are not used
    dataset : US imports by HS6 or finer
    settings : also the table of settings, which takes most of the time
    executor : shares the variants of the prediction, and the settings

    Raises
    ------
    ScenarioError
        There is no such set, the model cannot answer the data, or the record has no rates for them.
    """
    asked = scenario or beliefs_on_trial()
    data = dataset or read_dataset(asked.dataset)
    elasticities_of(asked, data)  # what cannot be answered is refused before the long part
    observed = read_observed()
    law = law_by_month(data)
    fit, test = episode_2018(data, law, observed), episode_2025(data, law, observed)
    pooled = best_share(asked, data, fit, CENTRE)
    data = with_pooled(data, fit.before, pooled.share, CENTRE)

    ratio = import_ratio(asked, elasticities_of(asked, data), test.before, test.tariff_new)
    held = held_ratio(data, ai_growth(observed, TEST_CELLS), ai_coverage(data), ratio)
    cells, cells_held = (predicted_cells(test, one) for one in (ratio, held))
    drawn = drawn_ratios(asked, data, test.before, test.tariff_new)
    ranged = with_ends(test, cells, drawn).assign(ai_held=cells_held["predicted"])
    totals = partner_totals(test, drawn, cells)
    timing = timing_of(asked, data, law, observed, fit)
    paths = {lag: import_path(asked, data, law, lag) for lag in (0, int(timing.lag.value))}
    each = [
        (*timing.of(name), draws)
        for name, draws in zip(VARIANTS, (asked.draws, 0, 0, min(asked.draws, DRAWS_OF_SETS)), strict=True)
    ]
    common = partial(_variant, asked, data, law, observed, test, paths)
    tried = dict(zip(VARIANTS, answers(common, each, executor=executor), strict=True))
    alone, both = tried[VARIANTS[0]], tried[BOTH]
    partners = alone.partners.assign(
        refined=both.partners["predicted"],
        refined_low=both.partners["low"],
        refined_high=both.partners["high"],
    )
    ranged = ranged.assign(refined=both.cells["predicted"])
    own = settings_table((Tried(scenario=asked),), data, (fit, test))

    expected = alone.expected.assign(expected_refined=both.expected["expected"])
    receipts = read_collected()
    collected = collected_table(read_averages(), receipts, observed, expected)
    duties = duties_table(receipts, expected)
    late = duties_table(receipts, both.expected)
    late = late[~late["imports"].str.endswith(AI_WORDS)]
    cells_late = pd.DataFrame(scored(test, both.cells))
    of_refined = targets_table(
        cells_late,
        both.partners,
        rate_error(both.expected, collected, TEST_COLLECTED),
        late,
        float("nan"),
    )
    coverage = coverage_table(asked.elasticities, test, ranged, totals, partners)
    abroad = read_dataset(the_one_serving("averages:CHN"))
    tables = {
        "scores": own,
        "scores-ai-held": pd.DataFrame(scored(test, cells_held)),
        "scores-refined": cells_late,
        "cells": ranged,
        "partner-totals": totals,
        "collected": collected,
        "partners": partners,
        "partner-errors": partner_errors(partners),
        "duties": pd.concat([duties, late.assign(imports=late["imports"] + REFINED_WORDS)], ignore_index=True),
        "refinements": refinements_table(tried, timing, receipts, collected),
        "rate-errors": rate_errors(collected, observed),
        "surroundings": surroundings(observed, receipts, built_in_record()),
        "retaliation": retaliation_cells(
            replace(asked, elasticities="default"), abroad, observed, armington_elasticity=CENTRE
        ),
        "coverage": coverage,
        "settings": own,
        "targets": targets_table(
            own, partners, rate_error(expected, collected, TEST_COLLECTED), duties, share_inside(coverage)
        ).assign(refined=of_refined["value"], refined_hit=of_refined["hit"]),
    }
    found = Findings(
        scenario=asked,
        dataset=data,
        episodes=(fit, test),
        tables=tables,
        pooled=pooled,
        lags=fitted_lags(data, law, observed),
        timing=timing,
    )
    return with_settings(found, executor=executor) if settings else found


def _variant(
    scenario: Scenario,
    dataset: Dataset,
    law: LawByMonth,
    observed: Observed,
    test: Episode,
    paths: Mapping[int, Sequence[Array]],
    one: tuple[int, float, int],
) -> Refined:
    lag, share, draws = one
    return refined(scenario, dataset, law, observed, test, paths[lag], lag, share, draws=draws)


def with_settings(found: Findings, *, executor: Executor | None = None) -> Findings:
    """The same with the scores of every setting, and how many seen values the ranges of every set hold.

    Parameters
    ----------
    executor : shares the settings
    """
    asked, data = found.scenario, found.dataset
    of_sets = coverage_of_sets(asked, data, found.episodes, executor=executor)
    tables = {
        **found.tables,
        "settings": settings_table(settings_tried(asked, data), data, found.episodes, executor=executor),
        "coverage": pd.concat([found.tables["coverage"], of_sets], ignore_index=True),
    }
    return replace(found, tables=tables)


def targets_table(
    scores: pd.DataFrame, partners: pd.DataFrame, rate_miss: float, duties: pd.DataFrame, inside: float
) -> pd.DataFrame:
    """Targets: target, value, low and high of what counts as hit, unit of the three (number | fraction), hit.

    The cells are scored by every measure, because which of them is hit depends on the measure.

    Parameters
    ----------
    rate_miss : error of the collected rate
    inside : share of partners' totals without machines inside their range; NaN where none was drawn
    """
    cells = scores[
        (scores["episode"] == TEST_NAME) & (scores["part"] == WHOLE) & (scores["criterion"] == LEVELS)
    ].set_index("measure")
    china = partners[partners["partner"] == CHINA].iloc[0]
    off = float(china["predicted"] - china["seen"])
    errors = partner_errors(partners).set_index("forecast")["rmse"]
    rows = [
        (f"{words}, chapter x partner, {MEASURES[measure]}", float(cells[name].loc[measure]), low, high, unit)
        for measure in MEASURES
        for words, name, low, high, unit in _CELLS
    ]
    rows += [
        ("China, second half of 2025: predicted less observed", off, -0.10, 0.10, SHARE),
        ("the same of China, closer aim", off, -0.06, 0.06, SHARE),
        ("RMSE of partners, second half of 2025", float(errors.loc["predicted"]), 0.0, 0.12, SHARE),
        ("RMSE of the collected rate, June 2025 to March 2026", rate_miss, 0.0, 0.0080, SHARE),
    ]
    counted = duties[duties["imports"].isin(["predicted", "actual"])]
    rows += [
        (f"duties, {year}, {imports} imports: error", float(error), -0.05, 0.05, SHARE)
        for year, imports, error in zip(counted["year"], counted["imports"], counted["error"], strict=True)
    ]
    rows.append(("partners' totals inside their range, without 84-85", inside, 0.80, 1.0, SHARE))
    table = pd.DataFrame(rows, columns=["target", "value", "low", "high", "unit"])
    return table.assign(hit=(table["low"] <= table["value"]) & (table["value"] <= table["high"]))


def share_inside(coverage: pd.DataFrame) -> float:
    """Share of partners' totals of May-June 2025 without machines that lie inside their range."""
    row = coverage[(coverage["what"] == TOTALS_2025) & (coverage["part"] == "without 84-85")]
    return float(row["inside"].iloc[0])
