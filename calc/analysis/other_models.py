"""The same question put to the other models that can answer its dataset."""

from collections.abc import Mapping
from dataclasses import replace

from calc.assumptions import with_value
from calc.datasets.dataset import Dataset
from calc.models.known import MODELS, foreign_options
from calc.scenario import Scenario


def offered(data: Dataset) -> list[str]:
    """Models that can answer a dataset, the default first."""
    found = [name for name, model in MODELS.items() if not model.unsuited(data.flows)]
    first = max(found, key=lambda name: MODELS[name].rank)
    return [first, *(model for model in found if model != first)]


def asked_of(scenario: Scenario, model: str) -> Scenario:
    """A scenario put to another model: options it does not have are left out, and months where incomes move."""
    assumptions = scenario.assumptions
    for option in (*foreign_options(model), *(["months"] if MODELS[model].incomes_move else [])):
        assumptions = with_value(assumptions, option, None)
    return replace(scenario, model=model, assumptions=assumptions)


def other_models(scenario: Scenario, data: Dataset) -> Mapping[str, Scenario]:
    """The question put to each other model that can answer the dataset, by its name for people."""
    others = [model for model in offered(data) if model != scenario.model]
    return {MODELS[model].label: asked_of(scenario, model) for model in others}
