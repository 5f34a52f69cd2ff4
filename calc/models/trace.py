"""One line traced from its base value to its new value: formulas, the numbers in them, and what the result says.

Each step is worked out again from the numbers above it and compared with the result; `holds` says whether they agree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calc.models.smart import INFINITE_SUPPLY
from calc.result import Result
from calc.words import MINUS, PERCENT, true_minus

TOLERANCE = 1e-9
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace.

    Parameters
    ----------
    name : what is worked out
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


def trace(result: Result, line: int) -> tuple[Step, ...]:
    """Steps of one line; none for a model without a trace.

    Parameters
    ----------
    line : row of `result.lines`
    """
    steps = _TRACES.get(result.model)
    if steps is None:
        return ()
    lines = result.lines
    row = lines.iloc[line]
    market = lines[(lines["importer"] == row["importer"]) & (lines["product"] == row["product"])]
    return steps(result, {str(name): value for name, value in row.items()}, market)


def _usd(value: float) -> str:
    return f"{MINUS if value < 0 else ''}${abs(value):,.0f}"


def _ratio(value: float) -> str:
    return f"{value:.6f}"


def _pct(value: float) -> str:
    return true_minus(f"{value * 100:.2f}") + PERCENT


def _number(value: float) -> str:
    return "∞" if np.isinf(value) else true_minus(f"{value:g}")


def _same(worked_out: float, stated: float, scale: float = 1.0) -> bool:
    return bool(abs(worked_out - stated) <= TOLERANCE * max(abs(scale), abs(stated), 1e-300))


def _base_steps(row: Row) -> list[Step]:
    base, t0, t1 = row["import_value_base"], row["tariff_base"], row["tariff_new"]
    paid = t0 * base
    holds = _same(paid, row["tariff_revenue_base"], base)
    return [
        Step("Base value", "M₀", "value at customs, before duty, in the data", _usd(base)),
        Step("Base rate and duty", "R₀ = t₀ M₀", f"{_pct(t0)} × {_usd(base)}", _usd(paid), holds),
        Step("New rate", "t₁, after every rule", f"{_pct(t0)} → {_pct(t1)}", _pct(t1)),
    ]


def _last_steps(row: Row) -> list[Step]:
    base, creation, diversion = row["import_value_base"], row["trade_creation"], row["trade_diversion"]
    effect, new, t1 = row["price_effect"], row["import_value_new"], row["tariff_new"]
    worked, revenue = base + creation + diversion + effect, t1 * new
    return [
        Step(
            "New value",
            "M₁ = M₀ + TC + TD + PE",
            f"{_usd(base)} + ({_usd(creation)}) + ({_usd(diversion)}) + ({_usd(effect)})",
            _usd(new),
            _same(worked, new, base),
        ),
        Step(
            "New duty",
            "R₁ = t₁ M₁",
            f"{_pct(t1)} × {_usd(new)}",
            _usd(revenue),
            _same(revenue, row["tariff_revenue_new"], base),
        ),
    ]


def _armington(result: Result, row: Row, market: pd.DataFrame) -> tuple[Step, ...]:
    base, t0, t1 = row["import_value_base"], row["tariff_base"], row["tariff_new"]
    sigma, epsilon, beta = (
        row["armington_elasticity"],
        row["import_demand_elasticity"],
        row["export_supply_elasticity"],
    )
    wedge, border, landed = (1 + t1) / (1 + t0), 1 + row["world_price_change"], 1 + row["landed_price_change"]
    composite, formula, numbers, holds = _composite(result, row, market, sigma)
    quantity = composite ** (epsilon + sigma) * landed**-sigma
    total = composite**epsilon
    creation, diversion = base * (total - 1), base * (quantity - total)
    effect = base * quantity * (border - 1)
    power = f"{_ratio(composite)}^({_number(epsilon)} + {_number(sigma)}) × {_ratio(landed)}^(−{_number(sigma)})"
    given = (
        "given: export supply is infinite" if np.isinf(beta) else f"from supply with β = {_number(beta)} and the market"
    )
    return (
        *_base_steps(row),
        Step("Wedge", "τ = (1 + t₁)/(1 + t₀)", f"(1 + {_pct(t1)})/(1 + {_pct(t0)})", _ratio(wedge)),
        Step("Price before duty", "p*", given, _ratio(border)),
        Step(
            "Price duty paid",
            "p = τ p*",
            f"{_ratio(wedge)} × {_ratio(border)}",
            _ratio(landed),
            _same(wedge * border, landed),
        ),
        Step("Buyers' price, all suppliers", formula, numbers, _ratio(composite), holds),
        Step("Quantity", "q = P^(ε+σ) p^(−σ)", power, _ratio(quantity), _same(quantity, 1 + row["volume_change"])),
        Step(
            "Trade creation",
            "TC = M₀ (P^ε − 1)",
            f"{_usd(base)} × ({_ratio(composite)}^({_number(epsilon)}) − 1)",
            _usd(creation),
            _same(creation, row["trade_creation"], base),
        ),
        Step(
            "Trade diversion",
            "TD = M₀ (q − P^ε)",
            f"{_usd(base)} × ({_ratio(quantity)} − {_ratio(total)})",
            _usd(diversion),
            _same(diversion, row["trade_diversion"], base),
        ),
        Step(
            "Price effect",
            "PE = M₀ q (p* − 1)",
            f"{_usd(base)} × {_ratio(quantity)} × ({_ratio(border)} − 1)",
            _usd(effect),
            _same(effect, row["price_effect"], base),
        ),
        *_last_steps(row),
    )


def _composite(result: Result, row: Row, market: pd.DataFrame, sigma: float) -> tuple[float, str, str, bool | None]:
    """Composite price as the result has it, and whether the suppliers' prices give it."""
    markets = result.markets
    of_market = markets[(markets["importer"] == row["importer"]) & (markets["product"] == row["product"])].iloc[0]
    composite = 1 + float(of_market["composite_price_change"])
    spending = (market["import_value_base"] * (1 + market["tariff_base"])).to_numpy()
    prices = 1 + market["landed_price_change"].to_numpy()
    if not _same(spending.sum(), of_market["expenditure_base"]):
        return composite, "P, own goods included", "as solved", None
    share = spending / spending.sum()
    if abs(1 - sigma) < TOLERANCE:
        worked, formula = float(np.exp((share * np.log(prices)).sum())), "P = Π p^s"
    else:
        worked, formula = (
            float((share * prices ** (1 - sigma)).sum() ** (1 / (1 - sigma))),
            "P = [Σ s p^(1−σ)]^(1/(1−σ))",
        )
    own = spending[market["exporter"].to_numpy() == row["exporter"]].sum() / spending.sum()
    numbers = f"{len(market)} suppliers, σ = {_number(sigma)}; this one holds {_pct(own)} of the spending"
    return composite, formula, numbers, _same(worked, composite)


def _smart(result: Result, row: Row, market: pd.DataFrame) -> tuple[Step, ...]:
    base, t0, t1 = row["import_value_base"], row["tariff_base"], row["tariff_new"]
    sigma, demand, supply = (
        row["armington_elasticity"],
        row["import_demand_elasticity"],
        row["export_supply_elasticity"],
    )
    infinite = supply >= INFINITE_SUPPLY
    shock = (t1 - t0) / (1 + t0)
    price = 0.0 if infinite else demand * shock / (supply - demand)
    creation = base * demand * shock / (1 if infinite else 1 - demand / supply) if supply else 0.0
    diversion, rule, numbers = _smart_diversion(result.model, row, market, sigma, shock)
    effect = base * price
    wiped_out = base + creation + diversion + effect < 0
    cut = -(base + diversion)
    landed = (1 + price) * (1 + t1) / (1 + t0)
    world = (
        "0: export supply is infinite"
        if infinite
        else f"({_number(demand)}) × {_ratio(shock)}/({_number(supply)} − ({_number(demand)}))"
    )
    steps = [
        *_base_steps(row),
        Step("Shock", "s = (t₁ − t₀)/(1 + t₀)", f"({_pct(t1)} − {_pct(t0)})/(1 + {_pct(t0)})", _ratio(shock)),
        Step("Price before duty", "p̂* = Em s/(Ex − Em)", world, _pct(price), _same(price, row["world_price_change"])),
        Step(
            "Price duty paid",
            "p = (1 + p̂*)(1 + t₁)/(1 + t₀)",
            f"{_ratio(1 + price)} × (1 + {_pct(t1)})/(1 + {_pct(t0)})",
            _ratio(landed),
            _same(landed, 1 + row["landed_price_change"]),
        ),
        Step(
            "Trade creation",
            "TC = M₀ Em s" if infinite else "TC = M₀ Em s/(1 − Em/Ex)",
            f"{_usd(base)} × ({_number(demand)}) × {_ratio(shock)}"
            + ("" if infinite else f"/(1 − ({_number(demand)})/{_number(supply)})"),
            _usd(creation),
            None if wiped_out else _same(creation, row["trade_creation"], base),
        ),
        Step("Trade diversion", rule, numbers, _usd(diversion), _same(diversion, row["trade_diversion"], base)),
        Step(
            "Price effect",
            "PE = M₀ p̂*",
            f"{_usd(base)} × {_pct(price)}",
            _usd(effect),
            None if wiped_out else _same(effect, row["price_effect"], base),
        ),
    ]
    if wiped_out:
        words = f"the straight lines cross zero; no volume, no price effect: −({_usd(base)} + ({_usd(diversion)}))"
        holds = _same(cut, row["trade_creation"], base) and row["price_effect"] == 0
        steps.append(Step("Creation, cut to what is left", "TC = −(M₀ + TD), PE = 0", words, _usd(cut), holds))
    return (*steps, *_last_steps(row))


def _smart_diversion(model: str, row: Row, market: pd.DataFrame, sigma: float, shock: float) -> tuple[float, str, str]:
    """Diversion of one line by SMART's rule, from all suppliers of its market."""
    value = market["import_value_base"].to_numpy()
    t0, t1 = market["tariff_base"].to_numpy(), market["tariff_new"].to_numpy()
    shocks = (t1 - t0) / (1 + t0)
    this = market["exporter"].to_numpy() == row["exporter"]
    base = row["import_value_base"]
    if model == "smart_discrete":
        kept = value * (1 + np.maximum(-1.0, -sigma * shocks))
        scale = value.sum() / kept.sum() if kept.sum() > 0 else 0.0
        diversion = float((kept * scale - value)[this][0]) if scale else 0.0
        pull = max(-1.0, -sigma * shock)
        numbers = f"{_usd(base)} × (1 {'−' if pull < 0 else '+'} {abs(pull):.6f}) × {scale:.6f} − {_usd(base)}"
        return diversion, "TD = M₀ (1+S) ΣM/ΣM(1+S) − M₀, S = max(−1, −Es s)", numbers
    mean = float((value * shocks).sum() / value.sum())
    wanted = -sigma * value * (shocks - mean)
    loss, gain = np.maximum(np.minimum(wanted, 0.0), -value), np.maximum(wanted, 0.0)
    scale = -loss.sum() / gain.sum() if gain.sum() > 0 else 0.0
    diversion = float((loss + gain * scale)[this][0])
    numbers = f"−{_number(sigma)} × {_usd(base)} × ({_ratio(shock)} − {_ratio(mean)})"
    first = float(wanted[this][0])
    if first < 0 and diversion != first:
        numbers += f", held to −{_usd(base)}"
    elif first > 0 and scale != 1:
        numbers += f", times {scale:.6f} so that gains equal losses"
    return diversion, "TD = −Es M₀ (s − s̄)", numbers


_TRACES: Mapping[str, Callable[[Result, Row, pd.DataFrame], tuple[Step, ...]]] = {
    "armington": _armington,
    "smart": _smart,
    "smart_discrete": _smart,
}
