"""Consumer prices under a tariff, by the 212 categories of personal consumption expenditure (PCE).

    p[j] = f Σ_c R[j,c] τ[c]        f = ρ (1 + δ − φ)        P = Σ_j w[j] p[j]

R is `price_system.PriceSystem.response`, τ the price changes of `commodities`. ρ is what shops pass on, δ how far
domestic makers follow the price of their foreign rivals, φ how far a dearer dollar offsets the duty; 1, 0 and 0 unless
something else is asked for. Shares w are those of 2017, or an estimate for 2024.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from calc.analysis.households.commodities import CommodityPrices, Measure, commodity_prices
from calc.analysis.households.price_system import Markup, check_markup, price_system
from calc.analysis.households.us_accounts import UsAccounts
from calc.errors import ParameterError
from calc.flows import Array, BoolArray
from calc.result import Result

Weights = Literal["2017", "2024"]
GOODS = ("Durable goods", "Nondurable goods")
HIGH_END: Markup = "producer_percentage"
# The Budget Lab at Yale's published figures carry this factor of 1.326. Its own review leaves both numbers open.
PARITY: Mapping[str, float] = MappingProxyType({"domestic_pricing": 0.5, "dollar_offset": 0.3 * 0.58})
_WEIGHTS: Mapping[Weights, str] = {"2017": "pce_2017_musd", "2024": "pce_2024_musd_estimated"}
_MOVED = ("price_change", "direct_change", "supply_chain_change")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """Changes of consumer prices; fractions.

    Parameters
    ----------
    categories : nipa_line, pce_category, major_category, group, price_change = direct_change + supply_chain_change,
        consumption_share (sums to 1)
    total, core, core_goods : all consumption; without food at home and energy; goods of the core alone
    high_end : the total if producers keep their margins in per cent rather than in dollars
    commodities : τ and what of the imports has no commodity
    factor : f
    measure, markup : as asked
    """

    categories: pd.DataFrame
    total: float
    core: float
    core_goods: float
    high_end: float
    commodities: CommodityPrices
    factor: float
    measure: Measure
    markup: Markup

    def by_major_category(self) -> pd.DataFrame:
        """The 20 major categories: major_category, the three changes and consumption_share, in the accounts' order."""
        return grouped(self.categories, "major_category")

    def __repr__(self) -> str:
        """One line: `Prices: consumer prices +0.77% (landed, dollar)`."""
        return f"Prices: consumer prices {100 * self.total:+.2f}% ({self.measure}, {self.markup})"


def consumer_prices(
    result: Result,
    accounts: UsAccounts,
    *,
    measure: Measure = "landed",
    markup: Markup = "dollar",
    passthrough: float = 1.0,
    domestic_pricing: float = 0.0,
    dollar_offset: float = 0.0,
    weights: Weights = "2017",
) -> Prices:
    """What a result does to US consumer prices.

    Parameters
    ----------
    measure : landed | composite | statutory | new_weights: which price changes are followed
    markup : dollar | producer_percentage | percentage: how producers and shops set their margins
    passthrough : ρ, fraction that shops pass on
    domestic_pricing : δ, fraction by which domestic makers follow
    dollar_offset : φ, fraction of the duty that a dearer dollar takes back
    weights : year of the consumption shares; 2024 is an estimate

    Raises
    ------
    ScenarioError
        As `commodity_prices` raises it, or an unknown mark-up.
    ParameterError
        A fraction below 0, an offset above 1, or unknown weights.
    """
    check_markup(markup)
    return prices_of(
        commodity_prices(result, accounts, measure),
        accounts,
        measure=measure,
        markup=markup,
        factor=pass_on_factor(passthrough, domestic_pricing, dollar_offset),
        weights=weights,
    )


def prices_of(
    commodities: CommodityPrices,
    accounts: UsAccounts,
    *,
    measure: Measure = "landed",
    markup: Markup = "dollar",
    factor: float = 1.0,
    weights: Weights = "2017",
) -> Prices:
    """Consumer prices from the price changes of commodities; parameters as for `consumer_prices`."""
    system, share = price_system(accounts, markup), consumption_shares(accounts, weights)
    direct = factor * (system.direct @ commodities.change)
    chain = factor * (system.supply_chain @ commodities.change)
    change = direct + chain
    named = accounts.categories[["nipa_line", "pce_category", "major_category", "group"]]
    levels = levels_of(accounts)
    at_high_end = price_system(accounts, HIGH_END)
    high = at_high_end.direct @ commodities.change + at_high_end.supply_chain @ commodities.change
    return Prices(
        categories=named.assign(
            price_change=change, direct_change=direct, supply_chain_change=chain, consumption_share=share
        ),
        total=float(share @ change),
        core=_mean(change, share, levels["core"]),
        core_goods=_mean(change, share, levels["core goods"]),
        high_end=float(factor * (share @ high)),
        commodities=commodities,
        factor=factor,
        measure=measure,
        markup=markup,
    )


def pass_on_factor(passthrough: float, domestic_pricing: float, dollar_offset: float) -> float:
    """F = ρ (1 + δ − φ).

    Raises
    ------
    ParameterError
        A fraction below 0, or an offset above 1.
    """
    for name, value in (("passthrough", passthrough), ("domestic_pricing", domestic_pricing)):
        if not 0 <= value < np.inf:
            raise ParameterError(f"{name} is a fraction, 0 or above, such as 0.5; {value:g} is not.")
    if not 0 <= dollar_offset <= 1:
        raise ParameterError(f"dollar_offset is a fraction from 0 to 1; {dollar_offset:g} is not.")
    return passthrough * (1 + domestic_pricing - dollar_offset)


def consumption_shares(accounts: UsAccounts, weights: Weights = "2017") -> Array:
    """W [category], sums to 1; net foreign travel is negative.

    Raises
    ------
    ParameterError
        There are no weights of that year.
    """
    if weights not in _WEIGHTS:
        raise ParameterError(f"Consumption shares are those of {' or '.join(_WEIGHTS)}; {weights!r} is neither.")
    spending = accounts.categories[_WEIGHTS[weights]].to_numpy(dtype=float)
    share: Array = spending / spending.sum()
    return share


@cache
def levels_of(accounts: UsAccounts) -> Mapping[str, BoolArray]:
    """The categories of each level of consumer prices: total, core, core goods; prepared once."""
    core = accounts.categories["core"].to_numpy(dtype=bool)
    goods = accounts.categories["group"].isin(GOODS).to_numpy()
    return MappingProxyType({"total": np.ones(len(core), dtype=bool), "core": core, "core goods": core & goods})


def grouped(categories: pd.DataFrame, by: str) -> pd.DataFrame:
    """Price changes by a coarser column of the categories, weighted with their shares, in order of first appearance."""
    share = categories["consumption_share"]
    parts = categories[[*_MOVED]].mul(share, axis=0).assign(consumption_share=share)
    table = parts.groupby(categories[by], sort=False).sum()
    table[[*_MOVED]] = table[[*_MOVED]].div(table["consumption_share"], axis=0)
    return table.reset_index()


def _mean(change: Array, share: Array, chosen: BoolArray) -> float:
    return float((share[chosen] @ change[chosen]) / share[chosen].sum())
