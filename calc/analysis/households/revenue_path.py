"""Tariff revenue over ten fiscal years: conventional, with GDP, prices and wages held.

    M[y] = M⁰[y] (1 + phase[y] q)                  r[y] = D⁰[y]/M⁰[y] + Δ[y] (1 + φ[y] (R − 1))
    gross = M r − D⁰                               net = gross (1 − noncompliance − offset) − refund

M⁰ and D⁰ are imports and duties of the Congressional Budget Office's baseline of January 2025; q is the change of
imports, Δ that of the effective tariff. The offset is the income and payroll tax that is lost (CBO publication 58549).
R is the rate that is really collected over the modelled one, and φ fades from 1 to 0. No interest.

    dynamic = net + κ ΔGDP        only where the user gives a path of GDP; see `dynamic_effect`
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from calc.analysis.households.commodities import us_lines
from calc.analysis.households.us_accounts import UsAccounts
from calc.analysis.uncertainty import HIGH, LOW
from calc.assumptions import BY_PARTNER_AND_SECTOR
from calc.errors import ParameterError
from calc.flows import Array
from calc.result import Result

FIRST_YEAR, LAST_YEAR = 2026, 2035
PHASE: Mapping[int, float] = {2025: 0.33, 2026: 0.66}  # of the fall of imports; all of it later
NONCOMPLIANCE = 0.10  # as The Budget Lab at Yale had it until July 2026
OFFSET = 0.23  # CBO 0.21 to 0.25, Tax Foundation 0.24
IEEPA_REFUND_BN: Mapping[int, float] = {2026: 0.75 * 166, 2027: 0.25 * 166}
_QUARTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueAssumptions:
    """What is assumed about collection.

    Parameters
    ----------
    noncompliance : fraction of gross revenue that is not collected; 0.10 if absent, and 0 where the scenario already
        leaves out of the rates what is not collected by partner and sector
    offset : fraction of gross revenue lost in income and payroll taxes
    realised_ratio : R, collected over modelled rate
    anchor_year, fade_years : φ is 1 in the anchor year and 0 so many years later
    refund_bn : US$ bn paid back by fiscal year; `IEEPA_REFUND_BN` is the option for the duties found void
    first_day : of the change; before it nothing is collected. The whole time where absent
    """

    noncompliance: float | None = None
    offset: float = OFFSET
    realised_ratio: float = 1.0
    anchor_year: int = FIRST_YEAR
    fade_years: int = 5
    refund_bn: Mapping[int, float] = field(default_factory=dict)
    first_day: date | None = None

    def __post_init__(self) -> None:
        """Refuse what is no fraction."""
        for name in ("noncompliance", "offset"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise ParameterError(f"{name} is a fraction from 0 to 1, such as 0.1; {value:g} is not.")
        if self.realised_ratio < 0:
            raise ParameterError(f"realised_ratio is 0 or above; {self.realised_ratio:g} is not.")
        if self.fade_years < 1:
            raise ParameterError(f"fade_years is 1 or more; {self.fade_years} is not.")

    @property
    def uncollected(self) -> float:
        """The flat non-compliance in use."""
        return NONCOMPLIANCE if self.noncompliance is None else self.noncompliance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RevenuePath:
    """Revenue by fiscal year; US$.

    Parameters
    ----------
    years : fiscal_year, imports_expected, tariff_rate (effective, fraction), gross_revenue, net_revenue, and its low
        and high, empty where nothing was drawn
    net_revenue : of all years
    net_range : 5 and 95% points of it; None where nothing was drawn
    import_change, tariff_increase : q and the last Δ, fractions
    assumptions : as used
    """

    years: pd.DataFrame
    net_revenue: float
    net_range: tuple[float, float] | None = None
    import_change: float
    tariff_increase: float
    assumptions: RevenueAssumptions

    def words(self) -> str:
        """What is taken off gross revenue, and since when, in a sentence or two."""
        assumed = self.assumptions
        lost = f"{_share(assumed.offset)} is lost in income and payroll taxes"
        if assumed.uncollected:
            lost = f"{_share(assumed.uncollected)} is not collected and {lost}"
        since = f" The change counts from {assumed.first_day} on." if assumed.first_day else ""
        refund = sum(assumed.refund_bn.values())
        back = f" US$ {refund:,.0f} bn is paid back." if refund else ""
        return f"Of gross revenue, {lost}.{since}{back}"


def revenue_path(
    result: Result,
    accounts: UsAccounts,
    *,
    assumptions: RevenueAssumptions | None = None,
    draws: pd.DataFrame | None = None,
) -> RevenuePath:
    """Revenue of a result over fiscal years 2026 to 2035, from its change of imports and of the effective tariff.

    Parameters
    ----------
    draws : headline numbers of the result, one row a draw, for the ranges; the United States its only importer

    Raises
    ------
    ScenarioError
        The result is not one of US imports by HS code.
    ParameterError
        A flat non-compliance on rates that leave out what is not collected already.
    """
    lines = us_lines(result)
    base, new = (lines[name].to_numpy(dtype=float) for name in ("import_value_base", "import_value_new"))
    rates = [lines[name].to_numpy(dtype=float) for name in ("tariff_base", "tariff_new")]
    after = float(new.sum())
    increase = (float(new @ rates[1]) / after if after else 0.0) - float(base @ rates[0]) / float(base.sum())
    assumed = once_collected(result, assumptions)
    path = path_of(after / float(base.sum()) - 1, increase, accounts, assumptions=assumed)
    return path if draws is None else _with_ranges(path, draws, accounts)


def _with_ranges(path: RevenuePath, draws: pd.DataFrame, accounts: UsAccounts) -> RevenuePath:
    drawn = net_revenue_of_draws(
        (draws["import_value_new"] / draws["import_value_base"] - 1).to_numpy(dtype=float),
        (draws["effective_tariff_new"] - draws["effective_tariff_base"]).to_numpy(dtype=float),
        accounts,
        assumptions=path.assumptions,
    )
    ends = np.quantile(drawn, [LOW, HIGH], axis=-1)
    low, high = np.quantile(drawn.sum(axis=0), [LOW, HIGH])
    years = path.years.assign(net_revenue_low=ends[0], net_revenue_high=ends[1])
    return replace(path, years=years, net_range=(float(low), float(high)))


def once_collected(result: Result, assumptions: RevenueAssumptions | None = None) -> RevenueAssumptions:
    """The assumptions with the flat non-compliance that a result leaves to be taken: never on top of its rates'.

    Raises
    ------
    ParameterError
        Both are asked for.
    """
    assumed = assumptions or RevenueAssumptions()
    if result.parameters.get("collection") != BY_PARTNER_AND_SECTOR:
        return assumed
    if assumed.noncompliance:
        raise ParameterError(
            "Non-compliance would be counted twice: the scenario's rates already leave out what is not collected "
            f"(collection = {BY_PARTNER_AND_SECTOR!r}), and noncompliance takes {assumed.noncompliance:g} of what is "
            "left. Leave one of the two out."
        )
    return replace(assumed, noncompliance=0.0)


def path_of(
    import_change: float,
    tariff_increase: float | Mapping[int, float],
    accounts: UsAccounts,
    *,
    assumptions: RevenueAssumptions | None = None,
) -> RevenuePath:
    """Revenue over fiscal years from two numbers.

    Parameters
    ----------
    import_change : q after full adjustment, fraction
    tariff_increase : Δ of the effective tariff, points as a fraction; one for all years, or by fiscal year
    """
    assumed = assumptions or RevenueAssumptions()
    table = accounts.fiscal_baseline
    table = table[table["fiscal_year"].between(FIRST_YEAR, LAST_YEAR)]
    years = table["fiscal_year"].to_numpy()
    imports, duties = table["imports_bn_usd"].to_numpy(dtype=float), table["duties_bn_usd"].to_numpy(dtype=float)
    by_year = tariff_increase if isinstance(tariff_increase, Mapping) else dict.fromkeys(years, tariff_increase)
    in_force = np.array([share_of_year(year, assumed.first_day) for year in years])
    increase = np.array([by_year[year] for year in years]) * in_force
    phase = np.array([PHASE.get(year, 1.0) for year in years]) * (in_force > 0)
    fade = np.clip(1 - (years - assumed.anchor_year) / assumed.fade_years, 0, 1)
    imports_new = imports * (1 + phase * import_change)
    rate = duties / imports + increase * (1 + fade * (assumed.realised_ratio - 1))
    # before its first day a measure moves nothing, so that the baseline's own duties come out, not a rounding of them
    gross = np.where(in_force > 0, imports_new * rate - duties, 0.0)
    refund = np.array([assumed.refund_bn.get(int(year), 0.0) for year in years])
    net = gross * (1 - assumed.uncollected - assumed.offset) - refund
    shown = pd.DataFrame(
        {
            "fiscal_year": years,
            "imports_expected": 1e9 * imports_new,
            "tariff_rate": rate,
            "gross_revenue": 1e9 * gross,
            "net_revenue": 1e9 * net,
            "net_revenue_low": np.nan,
            "net_revenue_high": np.nan,
        }
    )
    return RevenuePath(
        years=shown,
        net_revenue=float(shown["net_revenue"].sum()),
        import_change=import_change,
        tariff_increase=float(increase[-1]),
        assumptions=assumed,
    )


def net_revenue_of_draws(
    import_change: Array,
    tariff_increase: Array,
    accounts: UsAccounts,
    *,
    assumptions: RevenueAssumptions | None = None,
) -> Array:
    """Net revenue in every draw, US$ [fiscal year, draw]; parameters as for `path_of`, one number a draw.

    Revenue is bilinear in q and Δ, so that four paths tell it for all draws.
    """

    def by_year(imports: float, increase: float) -> Array:
        path = path_of(imports, increase, accounts, assumptions=assumptions)
        return path.years["net_revenue"].to_numpy(dtype=float)[:, None]

    none, imports, increase, both = by_year(0, 0), by_year(1, 0), by_year(0, 1), by_year(1, 1)
    return (
        none
        + (imports - none) * import_change
        + (increase - none) * tariff_increase
        + (both - imports - increase + none) * import_change * tariff_increase
    )


def share_of_year(fiscal_year: int, first_day: date | None) -> float:
    """Part of a fiscal year, October to September, from a first day on."""
    if first_day is None:
        return 1.0
    begin, end = date(fiscal_year - 1, 10, 1), date(fiscal_year, 10, 1)
    return max((end - max(first_day, begin)).days, 0) / (end - begin).days


def dynamic_effect(gdp_path_pct: Sequence[float], accounts: UsAccounts) -> pd.DataFrame:
    """What a path of real GDP adds to revenue, by CBO's rules of thumb (publication 61183).

        γ[y] = ḡ[y] − ḡ[y−1]        level[y] = Π(1 + a + γ)/Π(1 + a) − 1        z[y] = Σ_s h[s] level[y−s+1]
        ΔGDP[y] = ¾ N[y] + ¼ N[y−1],  N = GDP · z        effect[y] = κ[y] ΔGDP[y]

    ḡ is the mean over the quarters of a fiscal year, October to September, and a the growth of productivity. The path
    is the user's: real income of our general equilibrium is no GDP and must not be given here.

    Parameters
    ----------
    gdp_path_pct : g, deviation of real GDP in per cent by quarter, from January to March 2025 on; 0 before, and the
        last one holds on

    Returns
    -------
    fiscal_year, revenue_effect (US$) : FY2026 to FY2035

    Raises
    ------
    ParameterError
        The path is empty or holds something else than numbers.
    """
    path = np.asarray(gdp_path_pct, dtype=float)
    if not path.size or not np.isfinite(path).all():
        raise ParameterError("A path of GDP is one number or more, in per cent by quarter from January 2025 on.")
    table = accounts.fiscal_baseline
    years = table["fiscal_year"].to_numpy()
    needed = _QUARTERS * len(years)
    path = np.concatenate([[0.0], path])  # October to December 2024 begins fiscal year 2025
    path = np.concatenate([path, np.full(needed, path[-1])])[:needed]
    level = level_of_gdp(path, table["productivity_growth_pct"].to_numpy(dtype=float))
    response = table["gdp_response_at_lag"].to_numpy(dtype=float)
    moved = np.convolve(response, level)[: len(years)] * table["nominal_gdp_bn"].to_numpy(dtype=float)
    change = 0.75 * moved + 0.25 * np.concatenate([[0.0], moved[:-1]])
    rule = table["rule_gdp_scenario_bn"] - table["rule_gdp_baseline_bn"]
    kappa = (table["rule_revenue_change_bn"] / rule).to_numpy(dtype=float)
    effect = pd.DataFrame({"fiscal_year": years, "revenue_effect": 1e9 * kappa * change})
    return effect[effect["fiscal_year"] >= FIRST_YEAR].reset_index(drop=True)


def level_of_gdp(quarters: Array, productivity_growth_pct: Array) -> Array:
    """Level of GDP against its baseline by year, as a fraction.

    Parameters
    ----------
    quarters : g, per cent [4 quarters of each year]
    productivity_growth_pct : a [year]
    """
    mean = quarters.reshape(-1, _QUARTERS).mean(axis=1)
    step = np.diff(mean, prepend=0.0)
    level: Array = np.cumprod(1 + (productivity_growth_pct + step) / 100) / np.cumprod(
        1 + productivity_growth_pct / 100
    )
    return level - 1


def _share(value: float) -> str:
    return f"{100 * value:.3g}%"
