"""Answers of the Sensitivity view that take draws: ranges along the curve, and shares of the variance."""

from functools import partial

import pandas as pd

from calc.analysis.draws.blocks import drawn_at_once
from calc.analysis.perspective import seen_by
from calc.analysis.sensitivity import Answer
from calc.analysis.uncertainty import FEWEST_DRAWS, run_draws, sobol_shares, with_ranges
from calc.datasets.dataset import Dataset
from calc.page import answers
from calc.page.alternatives import without_words
from calc.question import headlines_of
from calc.result import Result
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml

MOST_DRAWS, FEW_DRAWS = 200, 40
MANY_POINTS, FEW_POINTS = 64, 32  # a share of the variance takes two to five answers a point


def ranged_answer(importer: str) -> Answer:
    """What answers a scenario with low and high of draws, and remembers; fewer draws where one takes longer."""
    return partial(_ranged_once, importer)


def draws_of(scenario: Scenario) -> int:
    """Draws behind a range of the curve: those of the scenario where they are drawn together, else few."""
    most = scenario.draws or MOST_DRAWS
    return max(FEWEST_DRAWS, min(most, MOST_DRAWS if drawn_at_once(scenario.model) else FEW_DRAWS))


def _ranged_once(importer: str, scenario: Scenario, data: Dataset) -> Result:
    asked = without_words(scenario)
    return _ranged(data.name, scenario_to_toml(asked), importer, asked, data)


@answers.kept_by_dataset(max_entries=200)
def _ranged(name: str, text: str, importer: str, _scenario: Scenario, _data: Dataset) -> Result:
    view = seen_by(importer)
    return headlines_of(with_ranges(run_draws(_scenario, _data, count=draws_of(_scenario), view=view)))


@answers.kept_by_dataset(max_entries=20)
def _shares(
    name: str, text: str, metric: str, importer: str, count: int, _scenario: Scenario, _data: Dataset
) -> pd.DataFrame:
    view = seen_by(importer)
    return sobol_shares(_scenario, _data, [metric], count=count, view=view)


def shares_of(scenario: Scenario, data: Dataset, metric: str, importer: str = "") -> pd.DataFrame:
    """Share of the variance of a headline number, as one importer sees it, that each drawn parameter explains."""
    asked = without_words(scenario)
    points = MANY_POINTS if drawn_at_once(scenario.model) and not importer else FEW_POINTS
    return _shares(data.name, scenario_to_toml(asked), metric, importer, points, asked, data)
