"""One line of the linear model of imports, recomputed from its rates and elasticities."""

import numpy as np
import pandas as pd

from calc.models.steps.step import Row, Step, base_steps, cents, digits_of, last_steps, number, pct, ratio, same, usd
from calc.result import Result


def smart_steps(
    result: Result, row: Row, market: pd.DataFrame, *, discrete: bool, infinite_supply: float
) -> tuple[Step, ...]:
    """Steps of one line.

    Parameters
    ----------
    result : whose line it is; all that is needed stands in the line and its market
    row, market : the line, and all lines of its market
    discrete : diversion by the rule for finite changes, not the first-order one
    infinite_supply : supply elasticity from which supply counts as infinite
    """
    base, t0, t1 = row["import_value_base"], row["tariff_base"], row["tariff_new"]
    sigma, demand, supply = (
        row["armington_elasticity"],
        row["import_demand_elasticity"],
        row["export_supply_elasticity"],
    )
    infinite, digits = supply >= infinite_supply, digits_of(base) + 1
    shock = (t1 - t0) / (1 + t0)
    price = 0.0 if infinite else demand * shock / (supply - demand)
    creation = base * demand * shock / (1 if infinite else 1 - demand / supply) if supply else 0.0
    diversion, rule, numbers = _diversion(discrete, row, market, sigma, shock)
    effect = base * price
    wiped_out = base + creation + diversion + effect < 0
    cut = -(base + diversion)
    landed = (1 + price) * (1 + t1) / (1 + t0)
    world = (
        "0: export supply is infinite"
        if infinite
        else f"({number(demand)}) × {ratio(shock, digits)}/({number(supply)} − ({number(demand)}))"
    )
    steps = [
        *base_steps(row),
        Step(
            "Shock",
            "s = (t₁ − t₀)/(1 + t₀)",
            f"({pct(t1, digits)} − {pct(t0, digits)})/(1 + {pct(t0, digits)})",
            ratio(shock),
        ),
        Step("Price before duty", "p̂* = Em s/(Ex − Em)", world, pct(price), same(price, row["world_price_change"])),
        Step(
            "Price duty paid",
            "p = (1 + p̂*)(1 + t₁)/(1 + t₀)",
            f"{ratio(1 + price, digits)} × (1 + {pct(t1, digits)})/(1 + {pct(t0, digits)})",
            ratio(landed),
            same(landed, 1 + row["landed_price_change"]),
        ),
        Step(
            "Trade creation",
            "TC = M₀ Em s" if infinite else "TC = M₀ Em s/(1 − Em/Ex)",
            f"{cents(base)} × ({number(demand)}) × {ratio(shock, digits)}"
            + ("" if infinite else f"/(1 − ({number(demand)})/{number(supply)})"),
            usd(creation),
            None if wiped_out else same(creation, row["trade_creation"], base),
        ),
        Step("Trade diversion", rule, numbers, usd(diversion), same(diversion, row["trade_diversion"], base)),
        Step(
            "Price effect",
            "PE = M₀ p̂*",
            f"{cents(base)} × {pct(price, digits)}",
            usd(effect),
            None if wiped_out else same(effect, row["price_effect"], base),
        ),
    ]
    if wiped_out:
        words = f"the straight lines cross zero; no volume, no price effect: −({usd(base)} + ({usd(diversion)}))"
        holds = same(cut, row["trade_creation"], base) and row["price_effect"] == 0
        steps.append(Step("Creation, cut to what is left", "TC = −(M₀ + TD), PE = 0", words, usd(cut), holds))
    return (*steps, *last_steps(row))


def _diversion(discrete: bool, row: Row, market: pd.DataFrame, sigma: float, shock: float) -> tuple[float, str, str]:
    """Diversion of one line by SMART's rule, from all suppliers of its market."""
    value = market["import_value_base"].to_numpy()
    t0, t1 = market["tariff_base"].to_numpy(), market["tariff_new"].to_numpy()
    shocks = (t1 - t0) / (1 + t0)
    this = market["exporter"].to_numpy() == row["exporter"]
    base = row["import_value_base"]
    digits = digits_of(base) + 2
    if discrete:
        kept = value * (1 + np.maximum(-1.0, -sigma * shocks))
        scale = value.sum() / kept.sum() if kept.sum() > 0 else 0.0
        diversion = float((kept * scale - value)[this][0]) if scale else 0.0
        pull = max(-1.0, -sigma * shock)
        numbers = (
            f"{cents(base)} × (1 {'−' if pull < 0 else '+'} {ratio(abs(pull), digits)}) × {ratio(scale, digits)} − "
            f"{cents(base)}"
        )
        return diversion, "TD = M₀ (1+S) ΣM/ΣM(1+S) − M₀, S = max(−1, −Es s)", numbers
    mean = float((value * shocks).sum() / value.sum())
    wanted = -sigma * value * (shocks - mean)
    loss, gain = np.maximum(np.minimum(wanted, 0.0), -value), np.maximum(wanted, 0.0)
    scale = -loss.sum() / gain.sum() if gain.sum() > 0 else 0.0
    diversion = float((loss + gain * scale)[this][0])
    numbers = f"−{number(sigma)} × {cents(base)} × ({ratio(shock, digits)} − {ratio(mean, digits)})"
    first = float(wanted[this][0])
    if first < 0 and diversion != first:
        numbers += f", held to −{usd(base)}"
    elif first > 0 and scale != 1:
        numbers += f", times {scale:.6f} so that gains equal losses"
    return diversion, "TD = −Es M₀ (s − s̄)", numbers
