"""From the law to what is collected: lags, the rate by month, and duties of a year.

    expected[i, m] = a law[i, m] + b law[i, m−1]
    rate[m] = Σ M̂[i, m] expected[i, m] / Σ M̂[i, m]        M̂ imports that the model expects under the law of the month

Duties on products only; goods returned and the estimate of low-value parcels are in the imports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calc.analysis.backtest.episodes import CHINA, NOT_PRODUCTS, chapters_of, elasticities_of, import_ratio
from calc.analysis.backtest.held import ai_coverage, ai_growth, held_ratio
from calc.analysis.backtest.law_months import LawByMonth
from calc.analysis.backtest.observed import Observed
from calc.analysis.backtest.protocol import (
    CALENDAR_2025,
    COLLECTED_FIT,
    EXPECTED_MONTHS,
    FISCAL_2025,
    month_before,
    year_before,
)
from calc.analysis.backtest.timing import recent_law
from calc.datasets.dataset import Dataset
from calc.flows import Array
from calc.scenario import Scenario
from calc.tariffs.history import DIRECTIONS, US_ON_ALL, US_ON_CHINA, Direction, expected_by_month
from calc.tariffs.lags import LAGS, Lags, expected_rate

CENSUS, TREASURY = "census", "treasury"
# Ends of the words of `imports` in the table of duties.
AI_WORDS, REFINED_WORDS = ", AI held", ", with lags and growth"


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedLags:
    """The lags as the months of the fit have them, beside those that are used.

    Parameters
    ----------
    fitted : by least squares without constant
    this_month_error, month_before_error : standard errors
    rmse, rmse_used : of the collected rate, fraction, with the fitted lags and with those used
    months : how many
    """

    fitted: Lags
    this_month_error: float
    month_before_error: float
    rmse: float
    rmse_used: float
    months: int


def fitted_lags(
    dataset: Dataset, law: LawByMonth, observed: Observed, months: Sequence[str] = COLLECTED_FIT
) -> FittedLags:
    """The lags of collected duty on Chinese goods, on the chapters bought in each month."""
    flows = dataset.flows
    chinese = flows.exporter == flows.economies.get_indexer(pd.Index([CHINA]))[0]
    chapter, value = chapters_of(dataset)[chinese], flows.import_value[chinese]

    def by_chapter(month: str) -> pd.Series:
        table = pd.DataFrame({"chapter": chapter, "duty": law.mean((month,))[chinese] * value, "value": value})
        sums = table.groupby("chapter")[["duty", "value"]].sum()
        return sums["duty"] / sums["value"]

    rates = {month: by_chapter(month) for month in (month_before(months[0]), *months)}
    rows, seen = [], []
    for month in months:
        own = observed.china_duty[observed.china_duty["month"] == month].set_index("hs2")
        share = own["value"] / own["value"].sum()
        bought = share.drop([code for code in NOT_PRODUCTS if code in share.index])
        rows.append([float((rates[at].reindex(bought.index).fillna(0.0) * bought).sum()) for at in _pair(month)])
        seen.append(float(own["duty"].sum() / own["value"].sum()))
    return least_squares_lags(np.array(rows), np.array(seen))


def least_squares_lags(law: Array, collected: Array) -> FittedLags:
    """Lags by least squares.

    Parameters
    ----------
    law : of the month and of the month before [month, 2]
    collected : [month]
    """
    found = np.linalg.lstsq(law, collected, rcond=None)[0]
    left = collected - law @ found
    error = np.sqrt(np.diag(np.linalg.inv(law.T @ law)) * (left @ left) / max(len(collected) - 2, 1))
    used = collected - law @ np.array([LAGS.this_month, LAGS.month_before])
    return FittedLags(
        fitted=Lags(this_month=float(found[0]), month_before=float(found[1])),
        this_month_error=float(error[0]),
        month_before_error=float(error[1]),
        rmse=float(np.sqrt((left**2).mean())),
        rmse_used=float(np.sqrt((used**2).mean())),
        months=len(collected),
    )


def _pair(month: str) -> tuple[str, str]:
    return month, month_before(month)


def import_path(scenario: Scenario, dataset: Dataset, law: LawByMonth, law_lag: int = 0) -> tuple[Array, ...]:
    """M1/M0 that the tested model expects in each month from October 2024, [line].

    Parameters
    ----------
    law_lag : months before the present one whose law imports answer to as well
    """
    elasticities = elasticities_of(scenario, dataset)
    return tuple(
        import_ratio(scenario, elasticities, dataset.flows, recent_law(law, (month,), law_lag))
        for month in EXPECTED_MONTHS
    )


def expected_months(
    path: Sequence[Array],
    dataset: Dataset,
    law: LawByMonth,
    observed: Observed,
    lags: Lags = LAGS,
    *,
    growth: Array | None = None,
) -> pd.DataFrame:
    """What was to be collected in each month from October 2024, by the law and the tested model.

    Parameters
    ----------
    path : of `import_path`
    lags : between law and collection
    growth : of imports between 2024 and 2025 whatever the tariff, a ratio [line]; none if absent

    Returns
    -------
    month; expected_base : on imports as in 2024; expected, imports : on those that the model expects, and their value
    over that of 2024; expected_ai_held, imports_ai_held : with AI-related imports at their realised value
    """
    flows = dataset.flows
    taxed = ~np.isin(chapters_of(dataset), NOT_PRODUCTS)
    value, covered = flows.import_value, ai_coverage(dataset)
    rows = []
    for month, ratio in zip(EXPECTED_MONTHS, path, strict=True):
        now, then = (law.mean((at,)) for at in _pair(month))
        duty_rate = np.where(taxed, expected_rate(now, then, lags), 0.0)
        bought = ratio if growth is None or month < CALENDAR_2025[0] else ratio * growth
        held = held_ratio(dataset, ai_growth(observed, (month,)), covered, bought)
        rows.append(
            {
                "month": month,
                "expected_base": float(np.average(duty_rate, weights=value)),
                "expected": float(np.average(duty_rate, weights=value * bought)),
                "imports": float(np.average(bought, weights=value)),
                "expected_ai_held": float(np.average(duty_rate, weights=value * held)),
                "imports_ai_held": float(np.average(held, weights=value)),
            }
        )
    return pd.DataFrame(rows)


def collected_table(
    averages: pd.DataFrame, collected: pd.DataFrame, observed: Observed, expected: pd.DataFrame, lags: Lags = LAGS
) -> pd.DataFrame:
    """Law, expected and collected rate by month, of China and of all partners.

    Parameters
    ----------
    averages, collected : of the record, long
    expected : of `expected_months`, with expected_refined besides

    Returns
    -------
    month, exporter, law, expected_base (law with lags, imports of the base year), expected (on the imports that the
    model expects; all partners, from October 2024), expected_ai_held, expected_refined, census,
    treasury; missing where nothing is known
    """
    parts = [_of_direction(averages, collected, direction, lags) for direction in DIRECTIONS if direction in _SHOWN]
    table = pd.concat(parts, ignore_index=True)
    late = observed.months.set_index("month")["rate"]
    of_all = table["exporter"] == US_ON_ALL.exporter
    table.loc[of_all, CENSUS] = table.loc[of_all, CENSUS].fillna(table.loc[of_all, "month"].map(late))
    for name in ("expected", "expected_ai_held", "expected_refined"):
        table.loc[of_all, name] = table.loc[of_all, "month"].map(expected.set_index("month")[name])
    return table


_SHOWN = (US_ON_CHINA, US_ON_ALL)


def _of_direction(averages: pd.DataFrame, collected: pd.DataFrame, direction: Direction, lags: Lags) -> pd.DataFrame:
    law = expected_by_month(averages, direction, lags)
    months = law["month"].dt.strftime("%Y-%m")
    table = pd.DataFrame(
        {
            "month": months,
            "exporter": direction.exporter,
            "law": law["rate"].to_numpy(dtype=float),
            "expected_base": law["expected"].to_numpy(dtype=float),
        }
    )
    own = collected[(collected["exporter"] == direction.exporter) & (collected["section"] == "all")]
    for source in (CENSUS, TREASURY):
        part = own[own["source"] == source]
        month = part["month"].dt.strftime("%Y-%m")
        table[source] = table["month"].map(pd.Series((part["duty"] / part["import_value"]).to_numpy(), index=month))
    return table[table["month"] <= EXPECTED_MONTHS[-1]]


def rate_errors(collected: pd.DataFrame, observed: Observed) -> pd.DataFrame:
    """Errors of the expected rate and of those of others against what was collected, in the months that others have.

    Parameters
    ----------
    collected : of `collected_table`

    Returns
    -------
    series (ours: law, expected_base, expected, expected_ai_held, expected_refined; of The Budget Lab: m_…),
    rmse_census, rmse_treasury
    """
    peers = observed.peer_rates
    others = peers[peers["series"].str.startswith("m_")].pivot_table(index="month", columns="series", values="rate")
    own = collected[collected["exporter"] == US_ON_ALL.exporter].set_index("month").reindex(others.index)
    ours = own[["law", "expected_base", "expected", "expected_ai_held", "expected_refined"]]
    both = pd.concat([ours, others], axis="columns")
    errors = {f"rmse_{name}": np.sqrt(both.sub(own[name], axis="index").pow(2).mean()) for name in (CENSUS, TREASURY)}
    return pd.DataFrame(errors).rename_axis("series").reset_index()


def duties_table(collected: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Duties of fiscal and calendar 2025, US$: expected on predicted and on actual imports, beside Treasury receipts.

    Predicted imports are those of the same month a year earlier times what the model expects of imports in all.

    Returns
    -------
    year, imports (predicted | actual, and the same with AI held), duties, receipts (of the Treasury), error (fraction)
    """
    own = collected[(collected["source"] == TREASURY) & (collected["exporter"] == US_ON_ALL.exporter)]
    own = own.assign(month=own["month"].dt.strftime("%Y-%m")).set_index("month")
    rates = expected.set_index("month")
    rows = []
    for year, months in (("fiscal 2025", FISCAL_2025), ("calendar 2025", CALENDAR_2025)):
        at = rates.loc[list(months)]
        actual = own.loc[list(months), "import_value"].to_numpy()
        earlier = own.loc[[_base_month(month) for month in months], "import_value"].to_numpy()
        receipts = float(own.loc[list(months), "duty"].sum())
        imports: Mapping[str, Array] = {
            "predicted": earlier * at["imports"].to_numpy() * at["expected"].to_numpy(),
            "actual": actual * at["expected"].to_numpy(),
            f"predicted{AI_WORDS}": earlier * at["imports_ai_held"].to_numpy() * at["expected_ai_held"].to_numpy(),
            f"actual{AI_WORDS}": actual * at["expected_ai_held"].to_numpy(),
        }
        for words, duties in imports.items():
            total = float(duties.sum())
            rows.append((year, words, total, receipts, total / receipts - 1))
    return pd.DataFrame(rows, columns=["year", "imports", "duties", "receipts", "error"])


def _base_month(month: str) -> str:
    """The month of 2024 that a month is predicted from; those of 2024 are their own."""
    return month if month.startswith("2024") else year_before(month)
