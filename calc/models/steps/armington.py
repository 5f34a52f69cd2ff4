"""One line of the exact model of single markets, recomputed from its rates, elasticities and prices."""

import numpy as np
import pandas as pd

from calc.models.steps.step import (
    TOLERANCE,
    Row,
    Step,
    base_steps,
    cents,
    digits_of,
    last_steps,
    number,
    pct,
    ratio,
    same,
    usd,
)
from calc.result import Result


def armington_steps(result: Result, row: Row, market: pd.DataFrame) -> tuple[Step, ...]:
    """Steps of one line.

    Parameters
    ----------
    result : whose line it is; its markets hold the composite price
    row, market : the line, and all lines of its market
    """
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
    digits = digits_of(base)
    finer = digits + 3  # what is raised to a power of ten or more loses a digit or two
    power = (
        f"{ratio(composite, finer)}^({number(epsilon)} + {number(sigma)}) × {ratio(landed, finer)}^(−{number(sigma)})"
    )
    given = (
        "fixed: export supply is infinite" if np.isinf(beta) else f"from supply with β = {number(beta)} and the market"
    )
    return (
        *base_steps(row),
        Step("Wedge", "τ = (1 + t₁)/(1 + t₀)", f"(1 + {pct(t1, finer)})/(1 + {pct(t0, finer)})", ratio(wedge, digits)),
        Step("Price before duty", "p*", given, ratio(border, digits)),
        Step(
            "Price duty paid",
            "p = τ p*",
            f"{ratio(wedge, finer)} × {ratio(border, finer)}",
            ratio(landed, digits),
            same(wedge * border, landed),
        ),
        Step("Buyers' price, all suppliers", formula, numbers, ratio(composite, digits), holds),
        Step(
            "Quantity", "q = P^(ε+σ) p^(−σ)", power, ratio(quantity, digits), same(quantity, 1 + row["volume_change"])
        ),
        Step(
            "Trade creation",
            "TC = M₀ (P^ε − 1)",
            f"{cents(base)} × ({ratio(composite, finer)}^({number(epsilon)}) − 1)",
            usd(creation),
            same(creation, row["trade_creation"], base),
        ),
        Step(
            "Trade diversion",
            "TD = M₀ (q − P^ε)",
            f"{cents(base)} × ({ratio(quantity, digits)} − {ratio(total, digits)})",
            usd(diversion),
            same(diversion, row["trade_diversion"], base),
        ),
        Step(
            "Price effect",
            "PE = M₀ q (p* − 1)",
            f"{cents(base)} × {ratio(quantity, digits)} × ({ratio(border, digits)} − 1)",
            usd(effect),
            same(effect, row["price_effect"], base),
        ),
        *last_steps(row),
    )


def _composite(result: Result, row: Row, market: pd.DataFrame, sigma: float) -> tuple[float, str, str, bool | None]:
    """Composite price as the result has it, and whether the suppliers' prices give it."""
    markets = result.markets
    of_market = markets[(markets["importer"] == row["importer"]) & (markets["product"] == row["product"])].iloc[0]
    composite = 1 + float(of_market["composite_price_change"])
    spending = (market["import_value_base"] * (1 + market["tariff_base"])).to_numpy()
    prices = 1 + market["landed_price_change"].to_numpy()
    if not same(spending.sum(), of_market["expenditure_base"]):
        return composite, "P, domestic goods included", "as solved", None
    share = spending / spending.sum()
    if abs(1 - sigma) < TOLERANCE:
        worked, formula = float(np.exp((share * np.log(prices)).sum())), "P = Π p^s"
    else:
        worked, formula = (
            float((share * prices ** (1 - sigma)).sum() ** (1 / (1 - sigma))),
            "P = [Σ s p^(1−σ)]^(1/(1−σ))",
        )
    own = spending[market["exporter"].to_numpy() == row["exporter"]].sum() / spending.sum()
    numbers = f"{len(market)} suppliers, σ = {number(sigma)}; this one holds {pct(own)} of the spending"
    return composite, formula, numbers, same(worked, composite)
