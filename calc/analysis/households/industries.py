"""Industries that a tariff reaches in three ways, which are never added up nor set off against one another.

After Flaaen & Pierce (2019), Disentangling the Effects of the 2018-2019 Tariffs on a Globally Connected U.S.
Manufacturing Sector, FEDS 2019-086. Exposure, no effect on employment: they found dearer inputs to weigh more than
protection.

    cost_direct[i]  = Σ_c B^M[c,i] τ[c]                         duty on an industry's own imported inputs
    cost_total[i]   = cost_direct + Σ_c B^D[c,i] p^D[c]         and what domestic suppliers pass on in dollars
    protection[i]   = Σ_c V[i,c]/Σ_c V[i,c] · ω[c] τ[c]         rise of rivals' prices x their share of the home market
    export_change[i] = Σ_c W[i,c] Δexports[c]                   of a result in which others answer
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from calc.analysis.households.commodities import COUNTRY, CommodityPrices, product_shares
from calc.analysis.households.price_system import price_system
from calc.analysis.households.us_accounts import UsAccounts
from calc.errors import ParameterError, ScenarioError
from calc.flows import Array
from calc.result import Result

THRESHOLD = 0.01  # of output or of price, from which an industry counts as exposed in the table of states
# Columns of jobs in the table of states, and the exposure of which each is a count.
JOBS: Mapping[str, str] = {
    "jobs_protected": "protection",
    "jobs_with_dearer_inputs": "cost_total",
    "jobs_with_export_loss": "export_change_share",
}
JOBS_YEAR = 2018
_MUSD = 1e6
_SUMS = ("ALL", "MFG")


def exposed_industries(
    commodities: CommodityPrices, accounts: UsAccounts, *, exports: Result | None = None
) -> pd.DataFrame:
    """The three exposures of each industry.

    Parameters
    ----------
    commodities : τ [c]
    exports : a result whose lines have exporter USA and HS codes, such as China's retaliation; without one the columns
        on exports are empty

    Returns
    -------
    industry, description, summary_code, industry_output, compensation (employees' pay, 2017), cost_direct, cost_total,
    protection (fractions), export_change, export_change_share (of output; below 0 is a loss)
    """
    system, industries = price_system(accounts), accounts.industries
    direct = system.imported_inputs.T @ commodities.change
    total = direct + system.domestic_inputs.T @ (system.requirements.T @ direct)
    sold = accounts.make.sum(axis=1)
    mix = accounts.make / np.where(sold == 0, 1.0, sold)[:, None]
    output = _MUSD * industries["output_musd"].to_numpy(dtype=float)
    lost = np.full(len(output), np.nan)
    if exports is not None:
        lost = system.makers @ export_change(exports, accounts)
    return pd.DataFrame(
        {
            "industry": industries["industry"],
            "description": industries["description"],
            "summary_code": industries["summary_code"],
            "industry_output": output,
            "compensation": _MUSD * industries["compensation_musd"].to_numpy(dtype=float),
            "cost_direct": direct,
            "cost_total": total,
            "protection": mix @ (system.import_share * commodities.change),
            "export_change": lost,
            "export_change_share": lost / np.where(output == 0, np.nan, output),
        }
    )


def export_change(result: Result, accounts: UsAccounts) -> Array:
    """Change of US exports by commodity, US$ [c]; codes without a commodity are left out.

    Raises
    ------
    ScenarioError
        The result has no exports of the United States by HS code.
    """
    lines = result.lines
    if not lines.empty:
        lines = lines[((lines["exporter"] == COUNTRY) & (lines["importer"] != COUNTRY)).to_numpy()]
    if lines.empty:
        raise ScenarioError(
            "Lost exports need a result with the United States among its exporters, such as China's retaliation "
            "on its imports."
        )
    products = lines["product"].astype("category").cat
    mapped = product_shares(products.categories, accounts)
    if not mapped.known.any():
        raise ScenarioError("Lost exports need products by HS code; these are not HS codes.")
    change = (lines["import_value_new"] - lines["import_value_base"]).to_numpy(dtype=float)
    codes = products.codes.to_numpy()
    by_commodity: Array = np.bincount(codes, weights=change, minlength=len(products.categories)) @ mapped.shares
    return by_commodity


def state_jobs(industries: pd.DataFrame, accounts: UsAccounts, *, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Jobs of 2018 by state in industries that are exposed; a count of exposure and no forecast.

    Parameters
    ----------
    industries : of `exposed_industries`
    threshold : size of an exposure from which an industry counts, fraction

    Returns
    -------
    state, jobs (all, 2018), jobs_protected, jobs_with_dearer_inputs, jobs_with_export_loss, each also as a `_share` of
    the state's jobs, and withheld: industries whose number of jobs is not published there, which count as 0

    Raises
    ------
    ParameterError
        The threshold is not above 0.
    """
    if not threshold > 0:
        raise ParameterError(f"The threshold is a fraction above 0, such as 0.01; {threshold:g} is not.")
    exposed = _by_summary(industries)
    table = accounts.state_jobs
    lines = table[~table["bea_summary"].isin(_SUMS)]
    jobs = lines["jobs_2018"].astype(float)
    everybody = table[table["bea_summary"] == _SUMS[0]].set_index("state")["jobs_2018"]
    columns: dict[str, pd.Series] = {"jobs": everybody.astype(float)}
    for name, exposure in JOBS.items():
        size = lines["bea_summary"].map(_of_codes(exposed[exposure], lines["bea_summary"].unique()))
        # protection and cost below 0 are relief; an export gain is no loss
        hit = size <= -threshold if exposure == "export_change_share" else size >= threshold
        counted = jobs.where(hit, 0.0).groupby(lines["state"]).sum()
        columns[name] = counted if exposed[exposure].notna().any() else counted * np.nan
        columns[f"{name}_share"] = columns[name] / columns["jobs"]
    missing = lines[jobs.isna()]
    withheld = missing.groupby(missing["state"])["industry"].agg(lambda names: "; ".join(map(str, names)))
    result = pd.DataFrame(columns).assign(withheld=withheld)
    return result.assign(withheld=result["withheld"].fillna("")).rename_axis("state").reset_index()


def _by_summary(industries: pd.DataFrame) -> pd.DataFrame:
    """Exposures by summary code, weighted with output."""
    weight = industries["industry_output"]
    parts = industries[list(JOBS.values())].mul(weight, axis=0)
    totals = parts.groupby(industries["summary_code"]).sum(min_count=1)
    return totals.div(weight.groupby(industries["summary_code"]).sum().replace(0, np.nan), axis=0)


def _of_codes(exposure: pd.Series, keys: Iterable[str]) -> dict[str, float]:
    """Exposure of one summary code, or the mean of several: `HS;ORE`."""
    return {key: float(exposure.reindex(key.split(";")).mean()) for key in keys}
