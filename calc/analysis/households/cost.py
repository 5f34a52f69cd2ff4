"""What dearer consumption costs a household, by income decile; a household is the unit throughout.

    cost/income[d] = P b[d] s[d]        cost[d] = cost/income[d] · Y[d]        mean = Σ cost/10

Y is income after transfers and taxes (CBO for 2027, in US$ of 2025), s spending/income, b the price of the decile's
basket relative to the mean basket. Baskets stay as they are, wages too, and no revenue is handed back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from calc.analysis.households.consumer_prices import Prices
from calc.analysis.households.us_accounts import UsAccounts
from calc.errors import ParameterError, did_you_mean
from calc.flows import Array

Basket = Literal["published", "computed"]
DOLLARS_OF = 2025
CAVEATS = (
    "Spending per income was fitted to older incomes: by decile it is off by −1.4 to +0.1%.",
    "Baskets stay as they are, wages do not move, and the duty collected is not handed back.",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cost:
    """Cost a year of a household; US$ of 2025, fractions of income after transfers and taxes.

    Parameters
    ----------
    deciles : decile, income, household_cost, cost_share_of_income; from the lowest income to the highest
    quintiles : quintile and the same; dollars are means, the share is weighted with income
    mean_cost : of all households
    share_of_income : all cost / all income
    """

    deciles: pd.DataFrame
    quintiles: pd.DataFrame
    mean_cost: float
    share_of_income: float


def cost_by_decile(prices: Prices, accounts: UsAccounts, *, basket: Basket = "published") -> Cost:
    """What a change of consumer prices costs households of each income decile.

    Parameters
    ----------
    basket : published: relative basket prices of The Budget Lab at Yale | computed: from spending by decile of 2023,
        whose deciles are ranked otherwise than those of the incomes: a test of sensitivity

    Raises
    ------
    ParameterError
        There is no such basket.
    """
    table = accounts.deciles
    income = table["income_usd_2025"].to_numpy(dtype=float)
    if basket == "published":
        relative = table["basket_factor"].to_numpy(dtype=float)
    elif basket == "computed":
        relative = computed_basket_prices(prices, accounts)
    else:
        raise ParameterError(f"A basket is published or computed; {basket!r} is neither.")
    return cost_of(prices.total, relative, table["spending_to_income"].to_numpy(dtype=float), income)


def cost_of(price_change: float, basket_price: Array, spending_to_income: Array, income: Array) -> Cost:
    """Cost of one price change to deciles of equal size.

    Parameters
    ----------
    price_change : P, fraction
    basket_price, spending_to_income : b, s [decile], ratios
    income : Y [decile], US$ a household
    """
    share = price_change * basket_price * spending_to_income
    cost = share * income
    deciles = pd.DataFrame(
        {
            "decile": np.arange(1, len(income) + 1),
            "income": income,
            "household_cost": cost,
            "cost_share_of_income": share,
        }
    )
    pairs_of_cost, pairs_of_income = cost.reshape(-1, 2).mean(axis=1), income.reshape(-1, 2).mean(axis=1)
    quintiles = pd.DataFrame(
        {
            "quintile": np.arange(1, len(pairs_of_cost) + 1),
            "income": pairs_of_income,
            "household_cost": pairs_of_cost,
            "cost_share_of_income": pairs_of_cost / pairs_of_income,
        }
    )
    return Cost(
        deciles=deciles,
        quintiles=quintiles,
        mean_cost=float(cost.mean()),
        share_of_income=float(cost.sum() / income.sum()),
    )


def computed_basket_prices(prices: Prices, accounts: UsAccounts) -> Array:
    """B [decile] from what each decile spends on 16 kinds of consumption; 1 where nothing gets dearer."""
    spent = accounts.spending_by_decile
    categories = prices.categories
    share, change = categories["consumption_share"], categories["price_change"]
    bucket = accounts.categories["distribution_bucket"]
    mean = (share * change).groupby(bucket).sum() / share.groupby(bucket).sum()
    value = spent["pce_2023_bn"] * spent["share_pct"] / 100
    dearer = (value * spent["distribution_bucket"].map(mean)).groupby(spent["decile"]).sum()
    total = value.groupby(spent["decile"]).sum()
    overall = float(dearer.sum() / total.sum())
    if overall == 0:
        return np.ones(len(total))
    relative: Array = (dearer / total).to_numpy(dtype=float) / overall
    return relative


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnCost:
    """What dearer consumption costs one household with its own spending.

    Parameters
    ----------
    table : major_category, spending, price_change, household_cost
    cost : US$ a year
    price_change : of this household's basket, fraction
    """

    table: pd.DataFrame
    cost: float
    price_change: float


def own_cost(prices: Prices, spending: Mapping[str, float]) -> OwnCost:
    """Cost of one household that states its spending by the 20 major categories.

    Parameters
    ----------
    spending : US$ a year by major category; what is not named is 0

    Raises
    ------
    ParameterError
        A category that does not exist, a negative amount, or no spending at all.
    """
    major = prices.by_major_category()
    known = major["major_category"].tolist()
    for name, amount in spending.items():
        if name not in known:
            raise ParameterError(
                f"There is no category {name!r}{did_you_mean(name, known)}. Known: {'; '.join(known)}."
            )
        if not 0 <= amount < np.inf:
            raise ParameterError(f"Spending on {name} is US$ a year, 0 or above; {amount:g} is not.")
    spent = np.array([float(spending.get(name, 0.0)) for name in known])
    if spent.sum() == 0:
        raise ParameterError("State what the household spends a year in at least one category.")
    change = major["price_change"].to_numpy(dtype=float)
    cost = spent * change
    table = major[["major_category"]].assign(spending=spent, price_change=change, household_cost=cost)
    return OwnCost(table=table, cost=float(cost.sum()), price_change=float(cost.sum() / spent.sum()))
