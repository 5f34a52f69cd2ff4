"""What can be chosen about household cost, as the command reads it and a report's README writes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import cast

from calc.analysis.households.commodities import Measure
from calc.analysis.households.cost import Basket
from calc.analysis.households.price_system import Markup
from calc.analysis.households.revenue_path import (
    FIRST_YEAR,
    IEEPA_REFUND_BN,
    LAST_YEAR,
    OFFSET,
    RevenueAssumptions,
)
from calc.errors import ParameterError, did_you_mean

IEEPA = "ieepa"
_NUMBERS = ("passthrough", "domestic_pricing", "dollar_offset", "noncompliance", "offset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The choices of `household_cost`, by the same names.

    Parameters
    ----------
    exports : preset or file of a scenario in which others answer on US exports; empty for none
    noncompliance, offset : as for `RevenueAssumptions`
    refund : what is paid back: `ieepa`, or US$ bn by fiscal year such as `2026:10;2027:5`; empty for nothing
    first_day : of the change, as 2026-07-24; empty where it is in force the whole time
    """

    measure: Measure = "landed"
    markup: Markup = "dollar"
    passthrough: float = 1.0
    domestic_pricing: float = 0.0
    dollar_offset: float = 0.0
    basket: Basket = "published"
    exports: str = ""
    noncompliance: float | None = None
    offset: float = OFFSET
    refund: str = ""
    first_day: str = ""

    def written(self) -> tuple[str, ...]:
        """`NAME=VALUE` of everything that is not at its default."""
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return tuple(f"{name}={value}" for name, (value, default) in values.items() if value != default)

    def revenue(self) -> RevenueAssumptions:
        """The choices about revenue.

        Raises
        ------
        ParameterError
            A share out of its range, or a refund or a day that cannot be read.
        """
        return RevenueAssumptions(
            noncompliance=self.noncompliance,
            offset=self.offset,
            refund_bn=_refund_of(self.refund),
            first_day=_day_of(self.first_day),
        )


def settings_of(texts: Iterable[str]) -> Settings:
    """Settings from `NAME=VALUE`, the inverse of `Settings.written`.

    Raises
    ------
    ParameterError
        A text has no `=`, an unknown name, or something else than a number where one is needed.
    """
    names = [field.name for field in fields(Settings)]
    values: dict[str, object] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or name not in names:
            raise ParameterError(
                f"--household-set {text}: there is no such setting{did_you_mean(name, names)}. "
                f"Known: {', '.join(names)}; write NAME=VALUE."
            )
        try:
            values[name] = float(value) if name in _NUMBERS else value
        except ValueError as error:
            raise ParameterError(f"--household-set {text}: {value!r} is not a number.") from error
    return Settings(**cast(dict[str, str], values))  # type: ignore[arg-type]  # checked by household_cost


def refund_text(refund_bn: Mapping[int, float]) -> str:
    """A refund by fiscal year as a setting holds it: `ieepa`, or `2026:10;2027:5`."""
    if refund_bn == IEEPA_REFUND_BN:
        return IEEPA
    return ";".join(f"{year}:{value!r}" for year, value in refund_bn.items())


def _refund_of(text: str) -> Mapping[int, float]:
    if text == IEEPA:
        return IEEPA_REFUND_BN
    refund: dict[int, float] = {}
    for part in filter(None, text.split(";")):
        year, _, value = part.partition(":")
        try:
            refund[int(year)] = float(value)
        except ValueError as error:
            raise ParameterError(
                f"refund={text}: {part!r} is not a fiscal year and US$ bn. Write {IEEPA}, or 2026:10;2027:5."
            ) from error
        if not FIRST_YEAR <= int(year) <= LAST_YEAR:
            raise ParameterError(f"refund={text}: fiscal years run from {FIRST_YEAR} to {LAST_YEAR}; {year} does not.")
    return refund


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ParameterError(f"first_day={text} is not a date; write it as 2026-07-24.") from error
