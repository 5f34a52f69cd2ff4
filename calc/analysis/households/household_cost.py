"""`household_cost`: what a result costs households, raises for the Treasury and does to industries, in one answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from calc.analysis.households.commodities import Measure, us_lines
from calc.analysis.households.consumer_prices import Prices, consumer_prices, levels_of
from calc.analysis.households.cost import CAVEATS, DOLLARS_OF, Basket, Cost, cost_by_decile
from calc.analysis.households.industries import exposed_industries
from calc.analysis.households.price_draws import PriceDraws
from calc.analysis.households.price_system import Markup, price_system
from calc.analysis.households.revenue_path import FIRST_YEAR, LAST_YEAR, RevenueAssumptions, RevenuePath, revenue_path
from calc.analysis.households.settings import Settings, refund_text
from calc.analysis.households.us_accounts import YEAR, UsAccounts, read_accounts
from calc.errors import ParameterError
from calc.result import Result
from calc.words import money, moves, percent, small_percent, whole_percent

_LEVELS: Mapping[str, str] = {
    "total": "all consumption",
    "core": "without food at home and energy",
    "core goods": "goods without food at home and energy",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HouseholdCost:
    """What a result costs US households, with the revenue and the industries behind it.

    Parameters
    ----------
    prices : consumer prices
    cost : US$ a household a year, by decile and in all
    price_range : 5 and 95% points of the total price change; None where nothing was drawn
    cost_range : the same of the mean cost, US$
    price_table : level (total, core, core goods, major category, category), nipa_line, category, price_change and its
        low and high (empty where nothing was drawn), direct_change, supply_chain_change, consumption_share
    revenue : ten fiscal years
    industries : of `exposed_industries`
    basis : what they are compared with, and how much of the duty is passed on, in a sentence
    notes : what the numbers stand on, one sentence each; the basis first
    settings : as asked; `exports` is named by who asked, who knows where that result comes from
    """

    prices: Prices
    cost: Cost
    price_range: tuple[float, float] | None
    cost_range: tuple[float, float] | None
    price_table: pd.DataFrame
    revenue: RevenuePath
    industries: pd.DataFrame
    basis: str
    notes: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)

    def __str__(self) -> str:
        """The line that the command prints."""
        return headline_of(self)

    def __repr__(self) -> str:
        """As `str`."""
        return str(self)


def household_cost(
    result: Result,
    *,
    measure: Measure = "landed",
    markup: Markup = "dollar",
    passthrough: float = 1.0,
    domestic_pricing: float = 0.0,
    dollar_offset: float = 0.0,
    basket: Basket = "published",
    assumptions: RevenueAssumptions | None = None,
    exports: Result | None = None,
    draws: PriceDraws | None = None,
    headline_draws: pd.DataFrame | None = None,
) -> HouseholdCost:
    """What a result costs US households a year, raises over ten fiscal years, and does to industries.

    Parameters
    ----------
    result : of any model with lines, whose importer is the United States and whose products are HS codes
    measure : landed: the first year, at unchanged baskets | composite: after buyers have switched origin |
        statutory, new_weights: to compare with others
    markup : dollar: producers and shops keep their margins in dollars | producer_percentage: producers keep theirs in
        per cent | percentage: shops too
    passthrough, domestic_pricing, dollar_offset : fractions, as for `consumer_prices`
    basket : published | computed, as for `cost_by_decile`
    assumptions : about the revenue
    exports : a result with exports of the United States, for the industries that lose them
    draws : of `price_draws`, for the ranges of prices and cost
    headline_draws : headline numbers of the result, one row a draw, for the range of the revenue; the United States its
        only importer

    Raises
    ------
    ScenarioError
        Another importer than the United States, products that are not HS codes, a model without lines, or an unknown
        measure or mark-up.
    ParameterError
        A fraction out of its range, or draws of another measure.

    Examples
    --------
    >>> import calc
    >>> cost = calc.household_cost(calc.run("universal_10", draws=0))
    >>> cost.prices.total > 0.005
    True
    """
    accounts = read_accounts()
    prices = consumer_prices(
        result,
        accounts,
        measure=measure,
        markup=markup,
        passthrough=passthrough,
        domestic_pricing=domestic_pricing,
        dollar_offset=dollar_offset,
    )
    assumed = assumptions or RevenueAssumptions()
    revenue = revenue_path(result, accounts, assumptions=assumed, draws=headline_draws)
    cost = cost_by_decile(prices, accounts, basket=basket)
    table = price_table(prices, accounts, draws)
    ends = table[["price_change_low", "price_change_high"]].iloc[0].tolist()
    price_range = None if draws is None else (float(ends[0]), float(ends[1]))
    per_price = cost.mean_cost / prices.total if prices.total else 0.0
    basis = basis_of(result, prices)
    return HouseholdCost(
        prices=prices,
        cost=cost,
        price_range=price_range,
        cost_range=None if price_range is None else (price_range[0] * per_price, price_range[1] * per_price),
        price_table=table,
        revenue=revenue,
        industries=exposed_industries(prices.commodities, accounts, exports=exports),
        basis=basis,
        notes=(basis, *_notes(prices, revenue)),
        settings=Settings(
            measure=measure,
            markup=markup,
            passthrough=passthrough,
            domestic_pricing=domestic_pricing,
            dollar_offset=dollar_offset,
            basket=basket,
            noncompliance=assumed.noncompliance,
            offset=assumed.offset,
            refund=refund_text(assumed.refund_bn),
            first_day="" if assumed.first_day is None else assumed.first_day.isoformat(),
        ),
    )


def headline_of(cost: HouseholdCost) -> str:
    """`Consumer prices rise 0.77% (0.70 to 0.77%): $1,047 a household a year …; the treasury raises …`."""
    mean, revenue = cost.cost.mean_cost, cost.revenue.net_revenue
    dollars = f"${abs(mean):,.0f}{' less' if mean < 0 else ''} a household a year (dollars of {DOLLARS_OF})"
    raised = f"{'loses' if revenue < 0 else 'raises'} {money(abs(revenue), sign=False)}"
    if ends := cost.revenue.net_range:
        sign = -1 if revenue < 0 else 1
        low, high = (money(sign * end, sign=sign * end < 0) for end in ends[::sign])
        raised += f" ({low} to {high})"
    rise = f"{moves(cost.prices.total, small_percent)}{span_of(cost.price_range)}"
    years = f"the ten fiscal years {FIRST_YEAR} to {LAST_YEAR}"
    return f"Consumer prices {rise}: {dollars}; the treasury {raised} over {years}."


def basis_of(result: Result, prices: Prices) -> str:
    """What a cost is compared with, and how much of the duty is passed on: a sentence."""
    against = result.inputs.compared_with if result.inputs else ""
    start = f"Compared with {against}" if against else "Against the data"
    passed = passed_through(result)
    if passed is None:
        return f"{start}, no tariff changes."
    shops = "all of it" if prices.factor == 1 else f"{prices.factor:.3g} times that"
    return f"{start}, {whole_percent(passed)} of the change of duty is in prices at the border; shops pass on {shops}."


def passed_through(result: Result) -> float | None:
    """How much of the change of duty is in the price duty paid, weighted with base imports; None without a change.

    Σ m (1 + t0) p̂ / Σ m (t1 − t0)        over US lines whose rate changes
    """
    lines = us_lines(result)
    lines = lines[(lines["tariff_new"] != lines["tariff_base"]).to_numpy()]
    rise = float((lines["import_value_base"] * (lines["tariff_new"] - lines["tariff_base"])).sum())
    if not rise:
        return None
    dearer = lines["import_value_base"] * (1 + lines["tariff_base"]) * lines["landed_price_change"]
    return float(dearer.sum()) / rise


def span_of(ends: tuple[float, float] | None) -> str:
    """A range of a price change in brackets, with signs only where an end is below 0; empty where there is none."""
    if ends is None:
        return ""
    low, high = small_percent(ends[0], unit=""), small_percent(ends[1])
    return f" ({low} to {high})" if min(ends) < 0 else f" ({low} to {high})".replace("+", "")


def price_table(prices: Prices, accounts: UsAccounts, draws: PriceDraws | None = None) -> pd.DataFrame:
    """Price changes at every level, from all consumption down to the 212 categories, with their ranges.

    Raises
    ------
    ParameterError
        The draws are of another measure than the prices.
    """
    if draws is not None:
        _check_same_measure(prices, draws)
    lines = prices.categories
    share = lines["consumption_share"].to_numpy(dtype=float)
    major = lines["major_category"].to_numpy(dtype=object)
    groups = [
        *((level, _LEVELS[level], chosen) for level, chosen in levels_of(accounts).items()),
        *(("major category", name, major == name) for name in pd.unique(major)),
    ]
    mean = np.stack([share * chosen / share[chosen].sum() for _, _, chosen in groups])
    rows = np.vstack([mean, np.eye(len(lines))])
    low = high = np.full(len(rows), np.nan)
    if draws is not None:
        low, high = draws.quantiles(rows @ (prices.factor * price_system(accounts, prices.markup).response))
    return pd.DataFrame(
        {
            "level": [*(level for level, _, _ in groups), *["category"] * len(lines)],
            "nipa_line": ["" for _ in groups] + lines["nipa_line"].tolist(),
            "category": [name for _, name, _ in groups] + lines["pce_category"].tolist(),
            "price_change": rows @ lines["price_change"].to_numpy(dtype=float),
            "price_change_low": low,
            "price_change_high": high,
            "direct_change": rows @ lines["direct_change"].to_numpy(dtype=float),
            "supply_chain_change": rows @ lines["supply_chain_change"].to_numpy(dtype=float),
            "consumption_share": np.concatenate([[share[chosen].sum() for _, _, chosen in groups], share]),
        }
    )


def own_cost_range(
    prices: Prices, accounts: UsAccounts, draws: PriceDraws, spending: Mapping[str, float]
) -> tuple[float, float]:
    """5 and 95% points of what one household pays more, US$ a year; parameters as for `own_cost`.

    Raises
    ------
    ParameterError
        The draws are of another measure than the prices.
    """
    _check_same_measure(prices, draws)
    lines = prices.categories
    share, major = lines["consumption_share"].to_numpy(dtype=float), lines["major_category"]
    spent = major.map(spending).fillna(0.0).to_numpy(dtype=float)
    within = share / pd.Series(share).groupby(major.to_numpy()).transform("sum").to_numpy(dtype=float)
    response = prices.factor * ((spent * within) @ price_system(accounts, prices.markup).response)
    low, high = draws.quantiles(response)
    return float(low), float(high)


def _check_same_measure(prices: Prices, draws: PriceDraws) -> None:
    if draws.measure != prices.measure:
        raise ParameterError(f"The draws are of {draws.measure} prices; ask for draws of {prices.measure} ones.")


def _notes(prices: Prices, revenue: RevenuePath) -> tuple[str, ...]:
    commodities = prices.commodities
    notes = [
        f"Duties are traced to consumer prices through the US accounts of {YEAR}: the input-output structure and "
        "the baskets of that year.",
        f"If producers keep their margins in per cent instead of dollars, consumer prices change by "
        f"{small_percent(prices.high_end)}.",
        *CAVEATS,
        "Revenue is conventional: GDP, prices and wages are held fixed, and no interest is counted.",
        revenue.words(),
    ]
    if commodities.uncovered_value > 0:
        notes.append(
            f"Imports of {money(commodities.uncovered_value, sign=False)} "
            f"({percent(commodities.uncovered_value / commodities.import_value, sign=False)}), in chapters 98 and 99 "
            "above all, are not commodities of the accounts; no price effect is counted for them."
        )
    if prices.measure == "new_weights":
        notes.append(
            "With weights after the change, goods that are no longer bought count as free: this "
            "is not a change in the cost of living."
        )
    return tuple(notes)
