"""What can be chosen about household cost, as the command reads it and a report's README writes it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import cast

from calc.analysis.households.commodities import Measure
from calc.analysis.households.cost import Basket
from calc.analysis.households.price_system import Markup
from calc.errors import ParameterError, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The choices of `household_cost`, by the same names.

    Parameters
    ----------
    exports : preset or file of a scenario in which others answer on US exports; empty for none
    """

    measure: Measure = "landed"
    markup: Markup = "dollar"
    passthrough: float = 1.0
    domestic_pricing: float = 0.0
    dollar_offset: float = 0.0
    basket: Basket = "published"
    exports: str = ""

    def written(self) -> tuple[str, ...]:
        """`NAME=VALUE` of everything that is not at its default."""
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return tuple(f"{name}={value}" for name, (value, default) in values.items() if value != default)


def settings_of(texts: Iterable[str]) -> Settings:
    """Settings from `NAME=VALUE`, the inverse of `Settings.written`.

    Raises
    ------
    ParameterError
        A text has no `=`, an unknown name, or something else than a number where one is needed.
    """
    defaults = {field.name: field.default for field in fields(Settings)}
    values: dict[str, object] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or name not in defaults:
            raise ParameterError(
                f"--household-set {text}: there is no such setting{did_you_mean(name, defaults)}. "
                f"Known: {', '.join(defaults)}; write NAME=VALUE."
            )
        try:
            values[name] = float(value) if isinstance(defaults[name], float) else value
        except ValueError as error:
            raise ParameterError(f"--household-set {text}: {value!r} is not a number.") from error
    return Settings(**cast(dict[str, str], values))  # type: ignore[arg-type]  # checked by household_cost
