"""The world before the shock in a model with fixed costs of exporting, and the tariffs its closed form recommends.

Ignatenko, Macedoni, Lashkaripour & Simonovska (2025, "Making America Great Again? The economic impacts of Liberation
Day tariffs", Journal of International Economics), calibration. A share ν[n] of what n spends on a seller pays labour
in n itself: the fixed cost of serving its market. So purchases, output and GDP differ, and own sales, which nobody
reports, follow from GDP.

Axes are [importer n, exporter i]; there are no tariffs in the base.
"""

from dataclasses import dataclass

import numpy as np

from calc.errors import ConvergenceError, ParameterError
from calc.flows import Array, BoolArray
from calc.models.equations.solve import anderson

# shares of fixed costs in sales, of the world outside and of the United States: the paper's two targets
FIXED_COST_TARGETS = (0.12, 0.26)
# economies whose GDP leaves nothing for own sales may hold this share of the world's GDP
MOST_WITHOUT_OWN_SALES = 0.1
# (1+ϑ)/ϑ is the exponent of firm size; ϑ = ε/0.67, so that scale economies ψ = 0.67/ε
SCALE = 0.67

_CHECK_UNITS = "Check that trade and GDP are in the same unit and of the same year."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaseYear:
    """A world in which every purchase is somebody's income.

        E[n] = Σ_i X[n,i]     e[n] = Σ_k (1−ν[k]) X[k,n]     Y[n] = β e[n] + ν[n] E[n]     T = E − Y − (1−β) e

    Parameters
    ----------
    trade : X [n,i], own sales on the diagonal, US$
    expenditure : E [n], US$, > 0
    output : Y [n], income of labour, US$, > 0
    transfer : T [n], spending beyond income, US$; sums to 0
    fixed_cost_share : ν [n]
    labor_share : β, share of labour in costs; 1 without inputs
    without_own_sales : GDP leaves nothing for own sales, which are set to 0 [n]
    """

    trade: Array
    expenditure: Array
    output: Array
    transfer: Array
    fixed_cost_share: Array
    labor_share: float
    without_own_sales: BoolArray


def fixed_cost_shares(trade: Array, gdp: Array, home: int) -> Array:
    """ν [n], one value for the home economy U and one for all others A, from the fixed costs that each side bears.

        E_A = GDP_A + (1−ν_A)[z + y − z(1−ν_A) − x(1−ν_U)]        r_A = (E_A−y)/(E_A−y+x)
        E_U = GDP_U + (1−ν_U)[x − y(1−ν_A)]                       r_U = (E_U−x)/(E_U−x+y)
        (1−r_A) ν_U + r_A ν_A = 0.12        r_U ν_U + (1−r_U) ν_A = 0.26

    Parameters
    ----------
    trade : X [n,i], US$, own sales 0
    gdp : US$ [n]
    home : U, the economy with its own value

    Raises
    ------
    ParameterError
        No shares between 0 and 1 fit the data.
    """
    x, y = trade[home].sum(), trade[:, home].sum()
    z = trade.sum() - x - y
    gdp_home = gdp[home]
    gdp_abroad = gdp.sum() - gdp_home

    def step(shares: Array) -> tuple[Array, float]:
        abroad, own = shares
        spending_abroad = gdp_abroad + (1 - abroad) * (z + y - z * (1 - abroad) - x * (1 - own))
        spending_home = gdp_home + (1 - own) * (x - y * (1 - abroad))
        r_abroad = (spending_abroad - y) / (spending_abroad - y + x)
        r_home = (spending_home - x) / (spending_home - x + y)
        mixing = np.array([[r_abroad, 1 - r_abroad], [1 - r_home, r_home]])
        solved = np.linalg.solve(mixing, np.array(FIXED_COST_TARGETS))
        return solved, float(np.max(np.abs(solved - shares)))

    try:
        (abroad, own), _ = anderson(step, np.array([0.1, 0.24]), memory=2, tolerance=1e-14)
    except ConvergenceError:
        abroad = own = np.nan
    if not (0 <= abroad < 1 and 0 <= own < 1):
        raise ParameterError(f"No fixed-cost shares between 0 and 1 fit these data. {_CHECK_UNITS}")
    shares = np.full(len(gdp), abroad)
    shares[home] = own
    return shares


def base_year(trade: Array, gdp: Array, fixed_cost_share: Array, labor_share: float = 1.0) -> BaseYear:
    """Own sales from GDP, then all accounts afresh from purchases.

        T = (1−ν)[Σ_i X − Σ_k (1−ν[k]) X[k]]        X[n,n] = max(0, GDP + T − Σ_i X)/β

    The accounts that follow are consistent but do not repeat GDP: without inputs Y = GDP + ν Σ_k (1−ν[k]) X[k], some
    two per cent more, as in the paper.

    Parameters
    ----------
    trade : X [n,i], US$, own sales 0
    gdp : US$ [n], > 0
    fixed_cost_share : ν [n]
    labor_share : β

    Raises
    ------
    ParameterError
        GDP is too small for the trade of economies that make up a tenth of it.
    """
    kept = 1 - fixed_cost_share
    imports = trade.sum(axis=1)
    own = gdp + kept * (imports - kept @ trade) - imports
    none = own <= 0
    if gdp[none].sum() > MOST_WITHOUT_OWN_SALES * gdp.sum():
        raise ParameterError(
            f"In {np.count_nonzero(none):,} of {len(gdp):,} economies trade leaves nothing of GDP for domestic sales. "
            f"{_CHECK_UNITS}"
        )
    with_own = trade + np.diag(np.maximum(own, 0.0) / labor_share)
    return accounts_of(with_own, fixed_cost_share, labor_share, none)


def accounts_of(
    trade: Array, fixed_cost_share: Array, labor_share: float, without_own_sales: BoolArray | None = None
) -> BaseYear:
    """The accounts that purchases imply, own sales included: E, Y and T of `BaseYear`."""
    expenditure = trade.sum(axis=1)
    sales = (1 - fixed_cost_share) @ trade
    output = labor_share * sales + fixed_cost_share * expenditure
    return BaseYear(
        trade=trade,
        expenditure=expenditure,
        output=output,
        transfer=expenditure - output - (1 - labor_share) * sales,
        fixed_cost_share=fixed_cost_share,
        labor_share=labor_share,
        without_own_sales=np.diag(trade) == 0 if without_own_sales is None else without_own_sales,
    )


def tariff_exponent(fixed_cost_share: Array, trade_elasticity: float, pass_through: float = 1.0) -> Array:
    """φ [n], how much harder a tariff is on trade than a cost: it also shrinks the market that pays the fixed cost.

        φ = φ̃ + (1+ϑ)/((1−ν)ϑ) − 1/ϑ − 1        ϑ = ε/0.67

    Parameters
    ----------
    fixed_cost_share : ν [n]
    trade_elasticity : ε
    pass_through : φ̃, share of the tariff in a firm's price
    """
    theta = trade_elasticity / SCALE
    return pass_through + (1 + theta) / ((1 - fixed_cost_share) * theta) - 1 / theta - 1


def closed_form_tariff(export_slope: float, trade_elasticity: float, exponent: float) -> float:
    """Uniform tariff of the paper's closed form: t = 1/((1 + δ̄ε) φ − 1)."""
    return 1 / ((1 + export_slope * trade_elasticity) * exponent - 1)


def export_slope(base: BaseYear, home: int, income: float) -> float:
    """δ̄ of one economy against all others, weighted by how little each depends on it.

        δ̄ = Σ_{n≠U} X[n,U] (1−ν[n])(1 − X[n,U]/E[n]) / [(1−ν[U])(income − X[U,U])]

    Parameters
    ----------
    home : U
    income : the paper takes E[U] in its first table and Y[U] in the second
    """
    kept = 1 - base.fixed_cost_share
    sold = base.trade[:, home]
    weighted = sold * kept * (1 - sold / base.expenditure)
    return float((weighted.sum() - weighted[home]) / (kept[home] * (income - sold[home])))


def export_slope_of_rest(base: BaseYear, home: int) -> float:
    """δ̄ of all others A, taken as one economy, against U.

    δ̄ = x (1−ν_U)(1 − x/E_U) / [(1−ν_A)(Y_A − X_AA)]        x what U buys from A, X_AA all sales within A
    """
    kept = 1 - base.fixed_cost_share
    others = np.arange(len(base.output)) != home
    bought = base.trade[home, others].sum()
    within = base.trade[np.ix_(others, others)].sum()
    return float(
        bought
        * kept[home]
        * (1 - bought / base.expenditure[home])
        / (kept[others][0] * (base.output[others].sum() - within))
    )
