"""One step of a trace, the steps that every model has, and the words of their numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calc.words import MINUS, PERCENT, true_minus

TOLERANCE = 1e-9
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace.

    Parameters
    ----------
    name : what is computed
    formula : in the symbols of the papers
    numbers : the formula with its numbers
    value : the outcome with its unit
    holds : whether the result says the same; None where the step only reads a number
    """

    name: str
    formula: str
    numbers: str
    value: str
    holds: bool | None = None


def usd(value: float) -> str:
    """Money in whole US$."""
    return f"{MINUS if value < 0 else ''}${abs(value):,.0f}"


def cents(value: float) -> str:
    """Money as a factor: whole US$ where it is whole, else to the cent."""
    return usd(value) if value == round(value) else f"{MINUS if value < 0 else ''}${abs(value):,.2f}"


def digits_of(base: float) -> int:
    """Digits behind the point of a ratio, with which a line of this value is worked out again to the dollar."""
    return max(6, math.ceil(math.log10(max(abs(base), 1.0))) + 2)


def ratio(value: float, digits: int = 6) -> str:
    """A ratio with at least six digits behind the point, enough to work it out again by hand."""
    return true_minus(_shortened(value, digits, 6))


def pct(value: float, digits: int = 4) -> str:
    """A fraction in percent.

    Parameters
    ----------
    digits : of the fraction, behind the point
    """
    return true_minus(_shortened(value * 100, digits - 2, 2)) + PERCENT


def _shortened(value: float, digits: int, fewest: int) -> str:
    """A number with these digits behind the point, without zeros at the end beyond the fewest."""
    whole, _, rest = f"{value:.{max(digits, fewest)}f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(fewest, '0')}"


def number(value: float) -> str:
    """A number as it is, infinity as its sign."""
    return "∞" if np.isinf(value) else true_minus(f"{value:.12g}")


def same(worked_out: float, stated: float, scale: float = 1.0) -> bool:
    """Whether two numbers agree to nine digits, of themselves or of a larger one that they came from."""
    return bool(abs(worked_out - stated) <= TOLERANCE * max(abs(scale), abs(stated), 1e-300))


def base_steps(row: Row) -> list[Step]:
    """What every trace begins with: base value, base duty, new rate."""
    base, t0, t1 = row["import_value_base"], row["tariff_base"], row["tariff_new"]
    paid, digits = t0 * base, digits_of(base)
    holds = same(paid, row["tariff_revenue_base"], base)
    return [
        Step("Base value", "M₀", "value at customs, before duty, in the data", usd(base)),
        Step("Base rate and duty", "R₀ = t₀ M₀", f"{pct(t0, digits)} × {cents(base)}", usd(paid), holds),
        Step("New rate", "t₁, after every rule", f"{pct(t0, digits)} → {pct(t1, digits)}", pct(t1, digits)),
    ]


def last_steps(row: Row) -> list[Step]:
    """What every trace ends with: new value and new duty."""
    base, creation, diversion = row["import_value_base"], row["trade_creation"], row["trade_diversion"]
    effect, new, t1 = row["price_effect"], row["import_value_new"], row["tariff_new"]
    worked, revenue = base + creation + diversion + effect, t1 * new
    return [
        Step(
            "New value",
            "M₁ = M₀ + TC + TD + PE",
            f"{cents(base)} + ({cents(creation)}) + ({cents(diversion)}) + ({cents(effect)})",
            usd(new),
            same(worked, new, base),
        ),
        Step(
            "New duty",
            "R₁ = t₁ M₁",
            f"{pct(t1, digits_of(new))} × {cents(new)}",
            usd(revenue),
            same(revenue, row["tariff_revenue_new"], base),
        ),
    ]
