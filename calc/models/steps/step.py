"""One step of a trace, the steps that every model has, and the words of their numbers."""

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


def ratio(value: float) -> str:
    """A ratio with six digits, enough to work it out again by hand."""
    return f"{value:.6f}"


def pct(value: float) -> str:
    """A fraction in percent."""
    return true_minus(f"{value * 100:.2f}") + PERCENT


def number(value: float) -> str:
    """A number as it is, infinity as its sign."""
    return "∞" if np.isinf(value) else true_minus(f"{value:g}")


def same(worked_out: float, stated: float, scale: float = 1.0) -> bool:
    """Whether two numbers agree to nine digits, of themselves or of a larger one that they came from."""
    return bool(abs(worked_out - stated) <= TOLERANCE * max(abs(scale), abs(stated), 1e-300))


def base_steps(row: Row) -> list[Step]:
    """What every trace begins with: base value, base duty, new rate."""
    base, t0, t1 = row["import_value_base"], row["tariff_base"], row["tariff_new"]
    paid = t0 * base
    holds = same(paid, row["tariff_revenue_base"], base)
    return [
        Step("Base value", "M₀", "value at customs, before duty, in the data", usd(base)),
        Step("Base rate and duty", "R₀ = t₀ M₀", f"{pct(t0)} × {usd(base)}", usd(paid), holds),
        Step("New rate", "t₁, after every rule", f"{pct(t0)} → {pct(t1)}", pct(t1)),
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
            f"{usd(base)} + ({usd(creation)}) + ({usd(diversion)}) + ({usd(effect)})",
            usd(new),
            same(worked, new, base),
        ),
        Step(
            "New duty",
            "R₁ = t₁ M₁",
            f"{pct(t1)} × {usd(new)}",
            usd(revenue),
            same(revenue, row["tariff_revenue_new"], base),
        ),
    ]
