"""Lines of a result become price changes of the commodities of the US accounts.

    τ[c] = Σ_ℓ s[ℓ,c] M[ℓ] x[ℓ] / Σ_ℓ s[ℓ,c] M[ℓ]        0 where nothing is imported

    measure       x                              M
    landed        landed_price_change            import_value_base (1 + tariff_base)
    composite     composite_price_change         expenditure_base, by market
    statutory     tariff_new − tariff_base       import_value_base
    new_weights   tariff_new − tariff_base       import_value_new

`landed` is the first year at unchanged baskets, `composite` the exact index after buyers have switched origin. The
last two serve to compare with others; `new_weights` counts goods that are no longer bought as free and is no cost of
living.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from calc.analysis.households.us_accounts import UsAccounts
from calc.errors import ScenarioError, did_you_mean
from calc.flows import Array, BoolArray, IntArray
from calc.result import Result

Measure = Literal["landed", "composite", "statutory", "new_weights"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
COUNTRY = "USA"
_SUBHEADING = 6  # digits of an HS6 code


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CommodityPrices:
    """Price changes of imported commodities.

    Parameters
    ----------
    change : τ [c], fraction
    uncovered_value : base imports without a commodity (chapters 98 and 99), US$: no price effect is counted for them
    import_value : all base imports, US$
    """

    change: Array
    uncovered_value: float
    import_value: float


def commodity_prices(result: Result, accounts: UsAccounts, measure: Measure = "landed") -> CommodityPrices:
    """Price changes of imported commodities under a result, by one measure.

    Raises
    ------
    ScenarioError
        An unknown measure, another importer than the United States, products that are not HS codes, or a model
        without lines.
    """
    check_measure(measure)
    lines = us_lines(result)
    base = _numbers(lines, "import_value_base")
    if measure == "composite":
        markets = _of_the_country(result.markets)
        products, covered = _products_of(markets, accounts)
        change, weight = _numbers(markets, "composite_price_change"), _numbers(markets, "expenditure_base")
        of_lines, _ = _products_of(lines, accounts)
    else:
        products, covered = of_lines, _ = _products_of(lines, accounts)
        if measure == "landed":
            change, weight = _numbers(lines, "landed_price_change"), base * (1 + _numbers(lines, "tariff_base"))
        else:
            change = _numbers(lines, "tariff_new") - _numbers(lines, "tariff_base")
            weight = base if measure == "statutory" else _numbers(lines, "import_value_new")
    shares = covered.shares
    total = np.bincount(products, weights=weight, minlength=shares.shape[0]) @ shares
    moved = np.bincount(products, weights=weight * change, minlength=shares.shape[0]) @ shares
    return CommodityPrices(
        change=weighted_mean(moved, total),
        uncovered_value=float(base[~covered.known[of_lines]].sum()),
        import_value=float(base.sum()),
    )


def _numbers(table: pd.DataFrame, column: str) -> Array:
    return table[column].to_numpy(dtype=float)


def _of_the_country(table: pd.DataFrame) -> pd.DataFrame:
    chosen = (table["importer"] == COUNTRY).to_numpy()
    return table if chosen.all() else table[chosen]


def _products_of(table: pd.DataFrame, accounts: UsAccounts) -> tuple[IntArray, "ProductShares"]:
    """Product of each row as a code, and the commodities of each product."""
    products = table["product"].astype("category").cat
    return products.codes.to_numpy().astype(np.intp), product_shares(products.categories, accounts)


def check_measure(measure: str) -> None:
    """One of `MEASURES`.

    Raises
    ------
    ScenarioError
        It is none of them.
    """
    if measure not in MEASURES:
        raise ScenarioError(
            f"There is no measure {measure!r} of price changes{did_you_mean(measure, MEASURES)}. "
            f"Known: {', '.join(MEASURES)}."
        )


def only_of_us(result: Result) -> bool:
    """Whether the United States is the only importer, so that headline numbers are its own."""
    return set(result.lines["importer"].unique()) == {COUNTRY}


def us_lines(result: Result) -> pd.DataFrame:
    """The lines of a result on which the United States imports.

    Raises
    ------
    ScenarioError
        There are none, or their products are not HS codes.
    """
    if result.lines.empty:
        raise ScenarioError(
            f"The model {result.model} gives no lines by product, so consumer prices cannot be computed from it; "
            "choose a model with lines."
        )
    lines = _of_the_country(result.lines)
    if lines.empty:
        others = ", ".join(map(str, result.lines["importer"].unique()[:3]))
        raise ScenarioError(
            f"Consumer prices and households are known for the United States only; this result has imports of {others}."
        )
    _products_checked(_Same(lines["product"].astype("category").cat.categories))
    return lines


def check_products(products: pd.Index) -> None:
    """HS codes of six digits or more.

    Raises
    ------
    ScenarioError
        Some are not: the data are by sector.
    """
    texts = pd.Series(products.astype(str))
    wrong = texts[~texts.str.fullmatch(rf"\d{{{_SUBHEADING},}}")]
    if len(wrong):
        raise ScenarioError(
            f"Consumer prices need products by HS code of at least six digits; {wrong.iloc[0]!r} is not one, as in "
            "world data by sector. Use data with HS lines."
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProductShares:
    """HS codes of some data as shares of commodities.

    Parameters
    ----------
    shares : share of a product that is each commodity [product, c]; a row of zeros where it has none
    known : whether a product has a commodity [product]
    """

    shares: csr_array
    known: BoolArray


class _Same:
    """An index that equals only itself: the products of one dataset, whose shares are kept for the next result."""

    def __init__(self, index: pd.Index) -> None:
        self.index = index

    def __hash__(self) -> int:
        return id(self.index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.index is self.index


def product_shares(products: pd.Index, accounts: UsAccounts) -> ProductShares:
    """HS codes as shares of commodities; kept for the last few datasets.

    A code of ten digits is looked up as such and, where it is unknown, by its first six.
    """
    return _shares_kept(_Same(products), accounts)


@lru_cache(maxsize=8)
def _shares_kept(products: _Same, accounts: UsAccounts) -> ProductShares:
    codes, concordance = accounts.concordance.codes, accounts.concordance.shares
    own, heading = codes.get_indexer(products.index), codes.get_indexer(products.index.str[:_SUBHEADING])
    found = np.where(own >= 0, own, heading)
    known = found >= 0
    # a selector with empty rows leaves those products without a commodity
    places = (np.flatnonzero(known), found[known])
    selector = csr_array((np.ones(len(places[0])), places), shape=(len(found), len(codes)))
    return ProductShares(shares=csr_array(selector @ concordance), known=known)


@lru_cache(maxsize=8)
def _products_checked(products: _Same) -> None:
    check_products(products.index)


def weighted_mean(moved: Array, total: Array) -> Array:
    """Moved / total; 0 where nothing is imported."""
    traded = total > 0
    return np.where(traded, moved, 0.0) / np.where(traded, total, 1.0)
