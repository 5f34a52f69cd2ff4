"""The back-test as a whole: one set of beliefs, both episodes, every table, and the targets hit or missed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from calc.analysis.backtest.by_partner import half_year_by_partner, partner_errors
from calc.analysis.backtest.collection import (
    TREASURY,
    FittedLags,
    collected_table,
    duties_table,
    expected_months,
    fitted_lags,
    rate_errors,
)
from calc.analysis.backtest.episodes import (
    CHINA,
    TEST_NAME,
    WORLD,
    elasticities_of,
    episode_2018,
    episode_2025,
    import_ratio,
    predicted_cells,
)
from calc.analysis.backtest.law_months import law_by_month
from calc.analysis.backtest.observed import read_observed
from calc.analysis.backtest.pooling import Pooled, best_share, with_pooled
from calc.analysis.backtest.protocol import TEST_COLLECTED, TEST_HALF_YEAR, beliefs_on_trial
from calc.analysis.backtest.ranges import coverage_of_sets, coverage_table, drawn_ratios, partner_totals, with_ends
from calc.analysis.backtest.retaliation import retaliation_cells
from calc.analysis.backtest.settings import LEVELS, MEASURES, WHOLE, Tried, settings_table, settings_tried
from calc.datasets.catalogue import the_one_serving
from calc.datasets.dataset import Dataset, read_dataset
from calc.flows import Array
from calc.scenario import Scenario
from calc.tariffs.history_files import read_averages, read_collected

CENTRE = 3.8  # the median of Bajzik, Havranek, Irsova & Schwarz (2020), as in the set `uniform`

_CELLS = (("slope", "slope", 0.8, 1.25), ("R2", "r2", 0.38, 1.0), ("error below no change", "gain", 0.20, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Findings:
    """What was tested and what came out.

    Parameters
    ----------
    scenario : the beliefs
    tables : by name of their file: cells, partner-totals, scores, settings, collected, rate-errors, partners,
        partner-errors, duties, retaliation, coverage, targets
    pooled : the share of the spread of the data that 2018-19 supports
    lags : lags as fitted, beside those used
    """

    scenario: Scenario
    tables: Mapping[str, pd.DataFrame]
    pooled: Pooled
    lags: FittedLags

    @property
    def targets(self) -> pd.DataFrame:
        """Targets: target, value, low and high of what counts as hit, hit."""
        return self.tables["targets"]


def findings(scenario: Scenario | None = None, dataset: Dataset | None = None, *, settings: bool = True) -> Findings:
    """The method on 2018-19 and 2025-26.

    Parameters
    ----------
    scenario : elasticities, model, assumptions and draws; its rules and days are not used
    dataset : US imports by HS6 or finer
    settings : also the table of settings, which takes most of the time

    Raises
    ------
    ScenarioError
        There is no such set, the model cannot answer the data, or the record has no rates for them.
    """
    asked = scenario or beliefs_on_trial()
    data = dataset or read_dataset(asked.dataset)
    observed = read_observed()
    law = law_by_month(data)
    fit, test = episode_2018(data, law, observed), episode_2025(data, law, observed)
    pooled = best_share(asked, data, fit, CENTRE)
    data = with_pooled(data, fit.before, pooled.share, CENTRE)
    elasticities = elasticities_of(asked, data)

    cells = predicted_cells(test, import_ratio(asked, elasticities, test.before, test.tariff_new))
    drawn = drawn_ratios(asked, data, test.before, test.tariff_new)
    ranged = with_ends(test, cells, drawn)
    totals = partner_totals(test, drawn, cells)
    autumn = law.mean(TEST_HALF_YEAR)
    partners = half_year_by_partner(asked, data, autumn, observed, drawn_ratios(asked, data, data.flows, autumn))
    tried = settings_tried(asked, data) if settings else (Tried(scenario=asked),)
    scored = settings_table(tried, data, (fit, test))
    own = scored[_is(scored, tried[0])].reset_index(drop=True)

    expected = expected_months(asked, data, law, observed)
    receipts = read_collected()
    collected = collected_table(read_averages(), receipts, observed, expected)
    duties = duties_table(receipts, expected)
    abroad = read_dataset(the_one_serving("averages:CHN"))
    coverage = coverage_table(asked.elasticities, test, ranged, totals, partners)
    if settings:
        coverage = pd.concat([coverage, coverage_of_sets(asked, data, (fit, test))], ignore_index=True)
    tables = {
        "scores": own,
        "cells": ranged,
        "partner-totals": totals,
        "collected": collected,
        "partners": partners,
        "partner-errors": partner_errors(partners),
        "duties": duties,
        "rate-errors": rate_errors(collected, observed),
        "retaliation": retaliation_cells(
            replace(asked, elasticities="default"), abroad, observed, armington_elasticity=CENTRE
        ),
        "coverage": coverage,
        "settings": scored,
    }
    return Findings(
        scenario=asked,
        tables={**tables, "targets": targets_table(own, partners, collected, duties)},
        pooled=pooled,
        lags=fitted_lags(data, law, observed),
    )


def _is(table: pd.DataFrame, tried: Tried) -> Array:
    """Rows of a setting."""
    same = np.ones(len(table), dtype=bool)
    for name, value in tried.words.items():
        same &= (table[name].isna() if value is None else table[name] == value).to_numpy()
    return same


def targets_table(
    scored: pd.DataFrame, partners: pd.DataFrame, collected: pd.DataFrame, duties: pd.DataFrame
) -> pd.DataFrame:
    """Targets: what, value, low and high of what counts as hit, hit.

    The cells are scored by every measure, because which of them is hit depends on the measure.
    """
    cells = scored[
        (scored["episode"] == TEST_NAME) & (scored["part"] == WHOLE) & (scored["criterion"] == LEVELS)
    ].set_index("measure")
    china = partners[partners["partner"] == CHINA].iloc[0]
    errors = partner_errors(partners).set_index("forecast")["rmse"]
    late = collected[(collected["exporter"] == WORLD) & collected["month"].isin(TEST_COLLECTED)]
    miss = float(np.sqrt(((late["expected"] - late[TREASURY]) ** 2).mean()))
    rows = [
        (f"{words}, chapter x partner, {MEASURES[measure]}", float(cells[name].loc[measure]), low, high)
        for measure in MEASURES
        for words, name, low, high in _CELLS
    ]
    rows += [
        ("China, second half of 2025: predicted less observed", float(china["predicted"] - china["seen"]), -0.10, 0.10),
        ("RMSE of partners, second half of 2025", float(errors.loc["predicted"]), 0.0, 0.12),
        ("RMSE of the collected rate, June 2025 to March 2026", miss, 0.0, 0.0080),
    ]
    counted = duties[duties["imports"].isin(["predicted", "actual"])]
    rows += [
        (f"duties, {year}, {imports} imports: error", float(error), -0.05, 0.05)
        for year, imports, error in zip(counted["year"], counted["imports"], counted["error"], strict=True)
    ]
    table = pd.DataFrame(rows, columns=["target", "value", "low", "high"])
    return table.assign(hit=(table["low"] <= table["value"]) & (table["value"] <= table["high"]))
