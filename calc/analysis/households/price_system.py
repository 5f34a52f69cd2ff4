"""From duties on imports to consumer prices: the Leontief price model on domestic requirements.

Barbiero & Stein (2025), The Impact of Tariffs on Inflation, Federal Reserve Bank of Boston, Current Policy
Perspectives 25-2. The Budget Lab at Yale follows the same accounts.

Commodities c, k; industries i; consumption categories j. In US$ of 2017: domestic and imported use U^D, U^M [c,i], make
V [i,c], output x[i], commodity output q[c] = Σ_i V[i,c].

    W[i,c] = V[i,c]/q[c]                    B = U/n
    n = output (dollar)   or intermediate inputs and compensation (percentage)
    L = W (I − B^D W)^−1                    p^D = Lᵀ (B^M)ᵀ τ
    ω[c] = m/(m + h)                        m imports, h domestic supply used at home, without exports
    p[c] = ω τ + (1 − ω) p^D                direct, and through the supply chain
    p[j] = Σ_c K[j,c] p[c]                  K = value of c in j / purchasers' value of j

Imports are spread over users in proportion, as the accounts do. A statistical commodity (scrap, used goods,
noncomparable imports) has no import share of its own.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np

from calc.analysis.households.us_accounts import UsAccounts
from calc.errors import ScenarioError, did_you_mean
from calc.flows import Array

Markup = Literal["dollar", "producer_percentage", "percentage"]
MARKUPS: tuple[Markup, ...] = get_args(Markup)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriceSystem:
    """What a change of import prices does to consumer prices; R = direct + supply_chain, prepared once.

    Parameters
    ----------
    markup : dollar: producers and shops keep their margins in dollars | producer_percentage: producers keep theirs in
        per cent | percentage: shops too, an upper bound
    import_share : ω [c], fraction
    makers : W [i, c]
    domestic_inputs, imported_inputs : B^D, B^M, inputs per unit of output or cost [c, i]
    requirements : L [i, c]
    direct, supply_chain : K diag ω, K diag(1 − ω) Lᵀ (B^M)ᵀ [j, c]
    """

    markup: Markup
    import_share: Array
    makers: Array
    domestic_inputs: Array
    imported_inputs: Array
    requirements: Array
    direct: Array
    supply_chain: Array

    @property
    def response(self) -> Array:
        """R [j, c]."""
        return self.direct + self.supply_chain


def shares_of_makers(make: Array) -> Array:
    """W[i,c] = V[i,c]/Σ_i V[i,c]: who makes each commodity; 0 where nobody does."""
    return _divided(make, make.sum(axis=0))


def input_coefficients(use: Array, base: Array) -> Array:
    """B[c,i] = U[c,i]/n[i]; 0 where an industry has no base."""
    return _divided(use, base)


def domestic_requirements(makers: Array, domestic_inputs: Array) -> Array:
    """L = W (I − B^D W)^−1 [i, c]: output of i that a US$ of domestic commodity c takes.

    Parameters
    ----------
    makers : W [i, c]
    domestic_inputs : B^D [c, i]
    """
    size = makers.shape[1]
    solved = np.linalg.solve((np.eye(size) - domestic_inputs @ makers).T, makers.T)
    return np.asarray(solved.T, dtype=np.float64)


def import_shares(imports: Array, domestic_use: Array, adjustment: Array) -> Array:
    """ω = m/(m + h), not below 0; 0 for statistical commodities and where nothing is used."""
    absorption = imports + domestic_use
    usable = (absorption > 0) & (adjustment == 0)
    share: Array = np.clip(np.where(usable, imports, 0.0) / np.where(usable, absorption, 1.0), 0, None)
    return share


def check_markup(markup: str) -> None:
    """One of `MARKUPS`.

    Raises
    ------
    ScenarioError
        It is none of them.
    """
    if markup not in MARKUPS:
        raise ScenarioError(
            f"There is no mark-up {markup!r}{did_you_mean(markup, MARKUPS)}. Known: {', '.join(MARKUPS)}."
        )


@cache
def price_system(accounts: UsAccounts, markup: Markup = "dollar") -> PriceSystem:
    """The price system of the accounts under one rule for margins; prepared once."""
    check_markup(markup)
    goods, industries = accounts.commodities, accounts.industries
    if markup == "dollar":
        base = industries["output_musd"].to_numpy(dtype=float)
    else:
        base = industries[["intermediate_inputs_musd", "compensation_musd"]].sum(axis=1).to_numpy(dtype=float)
    makers = shares_of_makers(accounts.make)
    domestic = input_coefficients(accounts.domestic_use, base)
    requirements = domestic_requirements(makers, domestic)
    imported = input_coefficients(accounts.imported_use, base)
    share = import_shares(
        goods["imports_musd"].to_numpy(dtype=float),
        goods["domestic_use_musd"].to_numpy(dtype=float),
        goods["adjustment"].to_numpy(dtype=float),
    )
    value = accounts.purchasers_value if markup == "percentage" else accounts.producers_value
    weight = value / accounts.purchasers_value.sum(axis=1, keepdims=True)
    return PriceSystem(
        markup=markup,
        import_share=share,
        makers=makers,
        domestic_inputs=domestic,
        imported_inputs=imported,
        requirements=requirements,
        direct=weight * share,
        supply_chain=(weight * (1 - share)) @ (imported @ requirements).T,
    )


def _divided(values: Array, base: Array) -> Array:
    """Columns over their base; 0 where the base is 0."""
    return np.where(base != 0, values, 0.0) / np.where(base != 0, base, 1.0)
