"""Names of models, those that a dataset cannot be answered by and why, and the counterpart of another kind."""

from calc.analysis.other_models import asked_of as asked_of  # the page's models are used under one name
from calc.analysis.other_models import offered as offered
from calc.datasets.dataset import Dataset
from calc.models.known import MODELS


def label(model: str) -> str:
    """Short name of a model."""
    return MODELS[model].label if model in MODELS else model


def rank(model: str) -> int:
    """Place of a model among those that can answer, the highest first."""
    return MODELS[model].rank


def absent(data: Dataset) -> dict[str, str]:
    """Models that cannot, and why."""
    return {name: why for name, model in MODELS.items() if (why := model.unsuited(data.flows))}


def counterpart(model: str, data: Dataset) -> str:
    """The model of the other kind to set beside one: general for partial equilibrium, and back; empty if none."""
    others = [other for other in offered(data) if MODELS[other].incomes_move != MODELS[model].incomes_move]
    return max(others, key=rank, default="")
