"""Which models a dataset can be answered by, and the same question put to another model."""

from dataclasses import replace

from calc.assumptions import with_value
from calc.datasets.dataset import Dataset
from calc.models.known import MODELS, foreign_options
from calc.scenario import Scenario


def label(model: str) -> str:
    """Short name of a model."""
    return MODELS[model].label if model in MODELS else model


def rank(model: str) -> int:
    """Place of a model among those that can answer, the highest first."""
    return MODELS[model].rank


def offered(data: Dataset) -> list[str]:
    """Models that can answer a dataset, the default first."""
    found = [name for name, model in MODELS.items() if not model.unsuited(data.flows)]
    first = max(found, key=rank)
    return [first, *(model for model in found if model != first)]


def absent(data: Dataset) -> dict[str, str]:
    """Models that cannot, and why."""
    return {name: why for name, model in MODELS.items() if (why := model.unsuited(data.flows))}


def counterpart(model: str, data: Dataset) -> str:
    """The model of the other kind to set beside one: general for partial equilibrium, and back; empty if none."""
    others = [other for other in offered(data) if MODELS[other].incomes_move != MODELS[model].incomes_move]
    return max(others, key=rank, default="")


def asked_of(scenario: Scenario, model: str) -> Scenario:
    """A scenario put to another model: the options that it does not have are left out."""
    assumptions = scenario.assumptions
    for option in foreign_options(model):
        assumptions = with_value(assumptions, option, None)
    return replace(scenario, model=model, assumptions=assumptions)
