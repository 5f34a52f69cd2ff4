"""A scenario under other assumptions: what is tried, and headline numbers alone, kept by question and not by title.

A whole answer takes about 20 MB and its headline numbers a few kB, so that hundreds of them can be kept: what the cards
say of other models, Sensitivity finds again, and a move of the slider leaves its curve and goals as they are.
"""

from dataclasses import replace
from functools import partial

import pandas as pd

from calc.analysis.other_models import other_models
from calc.analysis.perspective import of_importer
from calc.analysis.sensitivity import Answer
from calc.analysis.settings import Setting, settings, with_scaled_sets
from calc.analysis.spread import spread
from calc.datasets.dataset import Dataset
from calc.page import answers
from calc.page.kept import Latest
from calc.page.turns import Part, turns
from calc.question import headline_answer, headlines_of, point_answer
from calc.result import Result
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml


def tried_of(scenario: Scenario, data: Dataset) -> tuple[Setting, ...]:
    """Every setting that is tried of a scenario, the other models that can answer its dataset among them."""
    return settings(
        scenario, data, other_models(scenario, data), extended=scaled_sets(data.name, scenario.elasticities, data)
    )


def spread_of(scenario: Scenario, data: Dataset, importer: str) -> pd.DataFrame:
    """Headline numbers by other models, elasticities and spans of time, as `outcomes` gives them.

    Parameters
    ----------
    importer : whose numbers they are; empty where the data have one
    """
    return spread(scenario, data, tried=tried_of(scenario, data), answer=answer_of(importer))


def answer_of(importer: str) -> Answer:
    """What answers a scenario with headline numbers only, as one importer sees them, and remembers."""
    return partial(_remembered, importer)


def light(result: Result, importer: str) -> Result:
    """The headline numbers of an answer alone, as one importer sees them; empty: as the data's only one does."""
    return headlines_of(of_importer(result, importer) if importer else result)


def without_words(scenario: Scenario) -> Scenario:
    """The question alone, as the key by which its answer is kept."""
    return replace(scenario, title="", kind="", description="", source="", date="")


def _remembered(importer: str, scenario: Scenario, data: Dataset) -> Result:
    asked = without_words(scenario)
    kept, key = _kept_headlines(data.name), (scenario_to_toml(asked), importer)
    if (found := kept.find(key)) is None:
        # in no cached function: whoever waits for their turn inside one would keep others from theirs
        turns().give_way(Part.OTHER_MODELS)
        found = light(point_answer(asked, data), importer) if importer else headline_answer(asked, data)
        kept.hold(key, found)
    return found


@answers.kept_by_dataset(max_entries=4)
def scaled_sets(name: str, elasticities: str, _data: Dataset) -> Dataset:
    """A dataset with its set of elasticities at the ends of their ranges too."""
    return with_scaled_sets(_data, elasticities)


@answers.kept_by_dataset()
def _kept_headlines(name: str) -> Latest[tuple[str, str], Result]:
    """The last headline numbers of a dataset, by scenario and importer; scaled sets have names of their own in it."""
    return Latest(most=600)
