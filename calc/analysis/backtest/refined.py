"""The same prediction with what 2015-20 says of timing, tried on 2025, to which nothing is fitted.

tariffs alone      the lasting response to the law of the months that are seen
with growth        and the share λ of each partner's growth of the year before
with lags          the response to the mean law of those months and of the K before each
with both          both, which is what `refined` means elsewhere
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from calc.analysis.backtest.by_partner import PARTNERS, half_year_by_partner, partner_errors
from calc.analysis.backtest.collection import TREASURY, duties_table, expected_months
from calc.analysis.backtest.episodes import (
    CHINA,
    WORLD,
    Episode,
    capped,
    elasticities_of,
    import_ratio,
    partners_of,
    predicted_cells,
)
from calc.analysis.backtest.law_months import LawByMonth
from calc.analysis.backtest.observed import Observed
from calc.analysis.backtest.protocol import FIT_LAW_AFTER, TEST_CELLS, TEST_COLLECTED, TEST_HALF_YEAR
from calc.analysis.backtest.ranges import drawn_ratios
from calc.analysis.backtest.scores import scores
from calc.analysis.backtest.settings import parts_of
from calc.analysis.backtest.timing import (
    Settled,
    growth_before_2017,
    growth_before_2025,
    growth_share,
    law_lags,
    recent_law,
)
from calc.datasets.dataset import Dataset
from calc.flows import Array
from calc.scenario import Scenario

VARIANTS = ("tariffs alone", "with growth", "with lags", "with both")
BOTH = VARIANTS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What 2015-20 says of timing.

    Parameters
    ----------
    lag : K, months
    lag_elsewhere : K by other spans of months, which are not used
    growth : λ, without and with the lag
    """

    lag: Settled
    lag_elsewhere: tuple[Settled, ...]
    growth: tuple[Settled, Settled]

    def of(self, variant: str) -> tuple[int, float]:
        """Months of lag and share of growth of a variant."""
        lagged, grown = variant in VARIANTS[2:], variant in VARIANTS[1::2]
        return int(self.lag.value) if lagged else 0, self.growth[int(lagged)].value if grown else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refined:
    """One variant of the prediction of 2025.

    Parameters
    ----------
    cells : of `predicted_cells`
    partners : of `half_year_by_partner`
    expected : of `expected_months`
    """

    cells: pd.DataFrame
    partners: pd.DataFrame
    expected: pd.DataFrame


def timing_of(scenario: Scenario, dataset: Dataset, law: LawByMonth, observed: Observed, fit: Episode) -> Timing:
    """Lag and growth, settled on 2015-20."""
    lag, *others = law_lags(dataset, law, observed)
    elasticities = elasticities_of(scenario, dataset)
    shares = []
    for months in (0, int(lag.value)):
        ratio = import_ratio(scenario, elasticities, fit.before, recent_law(law, FIT_LAW_AFTER, months))
        cells = predicted_cells(fit, ratio)
        shares.append(growth_share(cells, growth_before_2017(observed, cells)))
    return Timing(lag=lag, lag_elsewhere=tuple(others), growth=(shares[0], shares[1]))


def refined(
    scenario: Scenario,
    dataset: Dataset,
    law: LawByMonth,
    observed: Observed,
    test: Episode,
    path: Sequence[Array],
    lag: int,
    share: float,
    *,
    draws: int = 0,
) -> Refined:
    """The prediction of 2025 with a lag and a share of earlier growth.

    Parameters
    ----------
    path : of `import_path` at this lag
    lag, share : K and λ; 0 and 0: tariffs alone
    draws : behind low and high of partners; 0 for none
    """
    past = growth_before_2025(observed)
    elasticities = elasticities_of(scenario, dataset)
    cells = predicted_cells(test, import_ratio(scenario, elasticities, test.before, recent_law(law, TEST_CELLS, lag)))
    grown = cells["partner"].map(past).to_numpy(dtype=float) ** share
    autumn = recent_law(law, TEST_HALF_YEAR, lag)
    drawn = drawn_ratios(replace(scenario, draws=draws), dataset, dataset.flows, autumn)
    of_line = np.array([past[str(code)] for code in partners_of(dataset, PARTNERS)]) ** share
    partners = half_year_by_partner(scenario, dataset, autumn, observed, drawn, growth=of_line)
    return Refined(
        cells=cells.assign(predicted=(1 + cells["predicted"]) * grown - 1),
        partners=partners,
        expected=expected_months(path, dataset, law, observed, growth=of_line),
    )


def refinements_table(
    variants: Mapping[str, Refined], timing: Timing, receipts: pd.DataFrame, collected: pd.DataFrame
) -> pd.DataFrame:
    """How each variant did on 2025.

    Parameters
    ----------
    receipts : of `read_collected`
    collected : of `collected_table`

    Returns
    -------
    variant, lag (months), growth_share, slope, r2, gain (of cells, up to a doubling), r2_plain, gain_plain,
    gain_without_china, china (predicted less seen), rmse_partners, rmse_rate, and the errors of duties: fiscal and
    calendar 2025 on predicted and on actual imports
    """
    return pd.DataFrame([_row(name, one, timing, receipts, collected) for name, one in variants.items()])


def _row(name: str, one: Refined, timing: Timing, receipts: pd.DataFrame, collected: pd.DataFrame) -> dict[str, object]:
    lag, share = timing.of(name)
    whole, plain = scores(capped(one.cells)), scores(one.cells)
    others = scores(capped(parts_of(one.cells)["without China"]))
    china = one.partners[one.partners["partner"] == CHINA].iloc[0]
    duties = duties_table(receipts, one.expected)
    return {
        "variant": name,
        "lag": lag,
        "growth_share": share,
        **{key: whole[key] for key in ("slope", "r2", "gain")},
        **{f"{key}_plain": plain[key] for key in ("r2", "gain")},
        "gain_without_china": others["gain"],
        "china": float(china["predicted"] - china["seen"]),
        "rmse_partners": float(partner_errors(one.partners).set_index("forecast")["rmse"]["predicted"]),
        "rmse_rate": rate_error(one.expected, collected, TEST_COLLECTED),
        **{
            f"duties_{year.split()[0]}_{imports}": error
            for year, imports, error in zip(duties["year"], duties["imports"], duties["error"], strict=True)
            if imports in ("predicted", "actual")
        },
    }


def rate_error(expected: pd.DataFrame, collected: pd.DataFrame, months: Sequence[str]) -> float:
    """Root mean squared error of the expected rate against Treasury receipts over imports, all partners."""
    own = collected[collected["exporter"] == WORLD].set_index("month").loc[list(months), TREASURY]
    ours = expected.set_index("month").loc[list(months), "expected"]
    return float(np.sqrt(((ours - own) ** 2).mean()))
