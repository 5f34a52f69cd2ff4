"""The path of an answer: how much of a measure's effect on trade is seen some months after it."""

from collections.abc import Sequence

import pandas as pd

from calc.analysis.sensitivity import Answer
from calc.analysis.settings import with_assumption
from calc.datasets.dataset import Dataset
from calc.models.known import MODELS
from calc.question import headline_answer
from calc.scenario import Scenario

MONTHS = (1, 2, 3, 4, 6, 9, 12, 15, 18, 24, 36, 48, 60)
TARGETED_VOLUME, ALL_VOLUME = "targeted_volume_change", "import_volume_change"
LONG_RUN_ONLY = "In general equilibrium incomes and wages have settled: it answers for the long run only."


def has_path(model: str) -> bool:
    """Whether a model answers for the months after a measure: those in which incomes are fixed do."""
    return not MODELS[model].incomes_move


def volume_of(scenario: Scenario) -> str:
    """The volume whose path is drawn: of the imports that rules name, of all where there are no rules."""
    return TARGETED_VOLUME if scenario.rules else ALL_VOLUME


def over_months(
    scenario: Scenario, dataset: Dataset, *, months: Sequence[int] = MONTHS, answer: Answer = headline_answer
) -> pd.DataFrame:
    """The change of volume some months after the measure, by the response of `models.equations.adjustment`.

    Parameters
    ----------
    months : since the measure
    answer : what answers a scenario

    Returns
    -------
    months, value (fraction); no rows for a model of the long run

    Raises
    ------
    CalcError
        The scenario cannot be answered.
    """
    asked = months if has_path(scenario.model) else ()
    metric = volume_of(scenario)
    values = [answer(with_assumption(scenario, "months", float(month)), dataset).value(metric) for month in asked]
    return pd.DataFrame({"months": list(asked), "value": values}, columns=["months", "value"]).astype(float)
