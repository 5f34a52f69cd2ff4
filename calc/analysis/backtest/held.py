"""What happened anyway: AI-related imports at their realised value, so that tariffs and boom can be told apart.

The public total does not say which goods or partners it is; here it is the list of electronics exempted in April 2025
that moves with it. China's part stays as the model expects it, and all others share the rest as in the base.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from calc.analysis.backtest.episodes import CHINA
from calc.analysis.backtest.observed import Observed
from calc.analysis.backtest.protocol import AI_LIST
from calc.datasets.dataset import Dataset
from calc.flows import Array
from calc.tariffs.rules import Rule, line_coverage


def ai_coverage(dataset: Dataset) -> Array:
    """Share of each line that is on the list of exempted electronics [line]."""
    return line_coverage(Rule(importer=("USA",), products=(AI_LIST,), value_pct=0.0), dataset, "the back-test")


def ai_growth(observed: Observed, months: Sequence[str]) -> float:
    """Realised AI-related imports of some months over those of the same months of 2024."""
    value = observed.months.set_index("month")["ai_value"]
    earlier = [f"2024{month[4:]}" if month > "2024-12" else month for month in months]
    return float(value.loc[list(months)].sum() / value.loc[earlier].sum())


def held_ratio(dataset: Dataset, growth: float, coverage: Array, ratio: Array) -> Array:
    """M1/M0 of each line where the listed goods come to their realised total.

    Parameters
    ----------
    growth : of `ai_growth`
    coverage : of `ai_coverage` [line]
    ratio : M1/M0 of the model [line]
    """
    flows = dataset.flows
    chinese = flows.exporter == flows.economies.get_indexer(pd.Index([CHINA]))[0]
    listed = flows.import_value * coverage
    wanted = listed.sum() * growth - (listed * ratio)[chinese].sum()
    others = listed[~chinese].sum()
    of_list = np.where(chinese, ratio, max(wanted, 0.0) / others)
    held: Array = ratio * (1 - coverage) + of_list * coverage
    return held
