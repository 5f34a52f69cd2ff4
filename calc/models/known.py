"""The models there are: a new one is its own file and one line here."""

from collections.abc import Mapping

from calc.models import armington, gsim, liberation_day, smart, trade_equilibrium
from calc.models.model import Model

MODELS: Mapping[str, Model] = {
    model.name: model
    for model in (
        armington.MODEL,
        smart.MODEL,
        smart.DISCRETE_MODEL,
        gsim.MODEL,
        gsim.LINEAR_MODEL,
        liberation_day.MODEL,
        trade_equilibrium.MODEL,
    )
}
DEFAULT_MODEL = next(iter(MODELS))


def knowing(option: str) -> tuple[str, ...]:
    """Names of the models that have an option."""
    return tuple(name for name, model in MODELS.items() if option in model.options)


def foreign_options(model: str) -> tuple[str, ...]:
    """Options that only other models have."""
    every = dict.fromkeys(option for known in MODELS.values() for option in known.options)
    own = MODELS[model].options if model in MODELS else ()
    return tuple(option for option in every if option not in own)
