"""Model spread: what other models, elasticities and spans of time say of a headline number, in one line.

The settings are among those that Sensitivity tries, answered by the same `outcomes`, so that a card and the tornado
cannot tell two stories.
"""

from collections.abc import Sequence

import pandas as pd

from calc.analysis.other_models import other_models
from calc.analysis.sensitivity import Answer, outcome_text, outcomes
from calc.analysis.settings import Setting, settings
from calc.datasets.dataset import Dataset
from calc.glossary import GLOSSARY
from calc.question import headline_answer
from calc.scenario import Scenario
from calc.words import range_text

OF_MODELS = {"model": "models", "elasticities": "elasticities"}
OVER_TIME = ("months", "panel")  # the first of them that is tried speaks of time


def alternatives(tried: Sequence[Setting]) -> tuple[Setting, ...]:
    """The settings of another model, set of elasticities or span of time, among all that are tried.

    Parameters
    ----------
    tried : of `settings`
    """
    return tuple(setting for setting in tried if setting.assumption in (*OF_MODELS, *OVER_TIME))


def spread(
    scenario: Scenario, dataset: Dataset, *, tried: Sequence[Setting] | None = None, answer: Answer = headline_answer
) -> pd.DataFrame:
    """Headline numbers of a scenario by other models, elasticities and spans of time, as `outcomes` gives them.

    Parameters
    ----------
    tried : every setting that is tried of the scenario, where they are at hand
    answer : what answers a scenario

    Raises
    ------
    CalcError
        The scenario itself cannot be answered.
    """
    if tried is None:
        tried = settings(scenario, dataset, other_models(scenario, dataset), extended=dataset)
    return outcomes(scenario, dataset, alternatives(tried), answer=answer)


def spread_words(found: pd.DataFrame, metric: str) -> str:
    """One line: `other models and elasticities −$65.8 bn to +$153 bn; 3 months +$350 bn`; empty where none answers.

    Of spans of time the first that is tried is named, the shortest.

    Parameters
    ----------
    found : of `outcomes`
    metric : a headline number
    """
    rows = _spoken(found, metric)
    parts = []
    others = rows[rows["assumption"].isin(OF_MODELS)]
    if len(others):
        kinds = [words for kind, words in OF_MODELS.items() if (others["assumption"] == kind).any()]
        low, high = float(others["value"].min()), float(others["value"].max())
        one = outcome_text(low, metric)
        span = one if one == outcome_text(high, metric) else range_text(low, high, GLOSSARY[metric], fine=True)
        parts.append(f"other {' and '.join(kinds)} {span}")
    for kind in OVER_TIME:
        of_kind = rows[rows["assumption"] == kind]
        if len(of_kind):
            setting, value = _pairs(of_kind)[0]
            parts.append(f"{setting} {outcome_text(value, metric)}")
            break
    return "; ".join(parts)


def spread_list(found: pd.DataFrame, metric: str) -> list[str]:
    """Each alternative that answers and what it says: `SMART: −$65.8 bn`."""
    return [f"{setting}: {outcome_text(value, metric)}" for setting, value in _pairs(_spoken(found, metric))]


def _spoken(found: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Rows of the alternatives that give the metric."""
    of_metric = (found["metric"] == metric) & found["value"].notna()
    rows: pd.DataFrame = found[of_metric & found["assumption"].isin((*OF_MODELS, *OVER_TIME))]
    return rows


def _pairs(rows: pd.DataFrame) -> list[tuple[str, float]]:
    return [(str(setting), float(value)) for setting, value in zip(rows["setting"], rows["value"], strict=True)]
