"""Average tariffs after substitution: the rates of a day, weighted by imports that a model lets react to them.

substituted  Σ t(d) M₁ / Σ M₁                   M₁ of a model under the law of day d
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from calc.datasets.dataset import Dataset
from calc.errors import ScenarioError
from calc.flows import Array
from calc.models.known import DEFAULT_MODEL
from calc.question import point_answer
from calc.result import Result
from calc.scenario import Scenario
from calc.tariffs.averages import difference, effective_rates
from calc.tariffs.days import Day, read_day
from calc.tariffs.law import DatedRates, rates_on


def substituted_rates(
    result: Result, rates: DatedRates, dataset: Dataset, by: str = "exporter", *, exporters: Sequence[str] = ()
) -> pd.DataFrame:
    """Rates after substitution, Σ t M₁ / Σ M₁ by group and authority, with M₁ as a model predicts on the date.

    Parameters
    ----------
    result : of a scenario whose new rates are this law
    rates, dataset, by, exporters : as for `effective_rates`

    Raises
    ------
    ScenarioError
        The result is about other lines or other rates.
    """
    foreign = ~dataset.flows.domestic
    lines = result.lines
    law = rates.as_traded().total[foreign]
    if len(lines) != len(law) or not np.allclose(lines["tariff_new"], law, rtol=0, atol=1e-12):
        raise ScenarioError(
            f"The result's new rates are not the tariffs in force on {rates.day} on {dataset.name}. "
            f'Run a scenario without rules and with law_day = "{rates.day}" on that dataset.'
        )
    after: Array = np.zeros(len(foreign))
    after[foreign] = lines["import_value_new"]
    return effective_rates(rates, dataset, by, exporters=exporters, import_value=after)


def substituted_on(
    day: Day,
    dataset: Dataset,
    by: str = "exporter",
    *,
    model: str = DEFAULT_MODEL,
    exporters: Sequence[str] = (),
    answer: Callable[[Scenario, Dataset], Result] = point_answer,
) -> pd.DataFrame:
    """Rates after substitution on a date, by any model: imports of the dataset's year react to the tariffs in force.

    Raises
    ------
    CalcError
        As `answer` and `rates_on`.
    """
    when = read_day(str(day))
    scenario = Scenario(title=f"Tariffs in force on {when}", dataset=dataset.name, model=model, law_day=when)
    return substituted_rates(answer(scenario, dataset), rates_on(when, dataset), dataset, by, exporters=exporters)


def substituted_between(
    first: Day,
    second: Day,
    dataset: Dataset,
    by: str = "exporter",
    *,
    model: str = DEFAULT_MODEL,
    answer: Callable[[Scenario, Dataset], Result] = point_answer,
) -> pd.DataFrame:
    """Change of the rates after substitution from one day to another, by group and authority."""
    before, after = (substituted_on(day, dataset, by, model=model, answer=answer) for day in (first, second))
    return difference(before, after)
