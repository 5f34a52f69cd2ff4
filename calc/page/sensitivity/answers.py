"""Answers of the Sensitivity view: headline numbers only, kept by the question and not by its title.

A whole answer takes about 20 MB and its headline numbers a few kB, so that hundreds of them can be kept: a move of the
slider leaves the curve against the tariff, the revenue peak and the goals as they are.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pandas as pd

from calc.analysis.draws.blocks import drawn_at_once
from calc.analysis.perspective import of_importer, seen_by
from calc.analysis.settings import with_scaled_sets
from calc.analysis.uncertainty import FEWEST_DRAWS, run_draws, sobol_shares, with_ranges
from calc.datasets.dataset import Dataset
from calc.page import answers
from calc.question import point_answer
from calc.result import Result
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml

Answer = Callable[[Scenario, Dataset], Result]
_NOTHING = pd.DataFrame()
MOST_DRAWS, FEW_DRAWS = 200, 40
MANY_POINTS, FEW_POINTS = 64, 32  # a share of the variance takes two to five answers a point


def answer_of(importer: str) -> Answer:
    """What answers a scenario with headline numbers only, as one importer sees them, and remembers."""
    return partial(_remembered, importer)


def ranged_answer(importer: str) -> Answer:
    """What answers a scenario with low and high of draws, and remembers; fewer draws where one takes longer."""
    return partial(_ranged_once, importer)


def draws_of(scenario: Scenario) -> int:
    """Draws behind a range of the curve: those of the scenario where they are drawn together, else few."""
    most = scenario.draws or MOST_DRAWS
    return max(FEWEST_DRAWS, min(most, MOST_DRAWS if drawn_at_once(scenario.model) else FEW_DRAWS))


def light(result: Result, importer: str) -> Result:
    """The headline numbers of an answer alone, as one importer sees them; empty: as the data's only one does."""
    return _headlines(of_importer(result, importer) if importer else result)


def _headlines(result: Result) -> Result:
    return replace(result, lines=_NOTHING, markets=_NOTHING, economies=_NOTHING, ranges=_NOTHING, inputs=None)


def _remembered(importer: str, scenario: Scenario, data: Dataset) -> Result:
    asked = _without_words(scenario)
    return _light(data.name, scenario_to_toml(asked), importer, asked, data)


def _ranged_once(importer: str, scenario: Scenario, data: Dataset) -> Result:
    asked = _without_words(scenario)
    return _ranged(data.name, scenario_to_toml(asked), importer, asked, data)


def _without_words(scenario: Scenario) -> Scenario:
    return replace(scenario, title="", description="", source="", date="")


@answers.kept_by_dataset(max_entries=4, show_spinner=False)
def scaled_sets(name: str, elasticities: str, _data: Dataset) -> Dataset:
    """A dataset with its set of elasticities at the ends of their ranges too."""
    return with_scaled_sets(_data, elasticities)


# The text is the key, as in `answers`; scenario and data are passed by. Scaled sets have names of their own in it.
@answers.kept_by_dataset(max_entries=600, show_spinner=False)
def _light(name: str, text: str, importer: str, _scenario: Scenario, _data: Dataset) -> Result:
    return light(point_answer(_scenario, _data), importer)


@answers.kept_by_dataset(max_entries=200, show_spinner=False)
def _ranged(name: str, text: str, importer: str, _scenario: Scenario, _data: Dataset) -> Result:
    view = seen_by(importer)
    return _headlines(with_ranges(run_draws(_scenario, _data, count=draws_of(_scenario), view=view)))


@answers.kept_by_dataset(max_entries=20, show_spinner=False)
def _shares(
    name: str, text: str, metric: str, importer: str, count: int, _scenario: Scenario, _data: Dataset
) -> pd.DataFrame:
    view = seen_by(importer)
    return sobol_shares(_scenario, _data, [metric], count=count, view=view)


def shares_of(scenario: Scenario, data: Dataset, metric: str, importer: str = "") -> pd.DataFrame:
    """Share of the variance of a headline number, as one importer sees it, that each drawn parameter explains."""
    asked = _without_words(scenario)
    points = MANY_POINTS if drawn_at_once(scenario.model) and not importer else FEW_POINTS
    return _shares(data.name, scenario_to_toml(asked), metric, importer, points, asked, data)
