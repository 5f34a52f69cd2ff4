"""China's retaliation of 2018-19: US exports to China, second half of 2017 to second half of 2019, by chapter.

China's purchases are known from the United States alone. A buyer who has no other supplier answers by demand only; one
for whom American goods are a small part of the market moves by σ. Were tariffs all that moved it, trade would lie
between the two ends; in 2018-19 it fell by less than either.

    alone    the model's own answer on these data
    rivals   M1/M0 = τ^(−σρ) τ^(ρ−1)        τ = (1+t1)/(1+t0)

The cuts of China's ordinary rates, which its other suppliers enjoyed too, are left out of `rivals`.
"""

import numpy as np
import pandas as pd

from calc.analysis.backtest.episodes import NOT_PRODUCTS, elasticities_of, flows_at, import_ratio
from calc.analysis.backtest.law_months import law_by_month
from calc.analysis.backtest.observed import Observed
from calc.analysis.backtest.protocol import FIT_AFTER, FIT_BEFORE, FIT_LAW_AFTER, FIT_LAW_BEFORE
from calc.datasets.dataset import Dataset
from calc.flows import Array
from calc.question import pass_through_pct
from calc.scenario import Scenario

# A line without exports then; the flows of a model are above 0.
_HARDLY = 1e-6


def retaliation_cells(
    scenario: Scenario, dataset: Dataset, observed: Observed, *, armington_elasticity: float
) -> pd.DataFrame:
    """Exports by chapter, seen and at the two ends.

    Parameters
    ----------
    scenario : demand, pass-through and model
    dataset : China's imports from the United States
    armington_elasticity : σ where rivals are many

    Returns
    -------
    chapter, base and seen_value (US$ in half a year), tariff_before, tariff_after, seen, alone, rivals, weight
    """
    law, flows = law_by_month(dataset, last=FIT_LAW_AFTER[-1]), dataset.flows
    before, after = law.mean(FIT_LAW_BEFORE), law.mean(FIT_LAW_AFTER)
    codes = flows.products[flows.product]
    value = np.maximum(_exports(observed, FIT_BEFORE).reindex(codes).fillna(0.0).to_numpy(), _HARDLY)
    start = flows_at(flows, value, before)
    alone = import_ratio(scenario, elasticities_of(scenario, dataset), start, after)
    share = pass_through_pct(scenario, dataset)
    rivals = rivals_ratio(before, after, armington_elasticity, 1.0 if share is None else share / 100)
    columns = {"base": 1.0, "tariff_before": before, "tariff_after": after, "alone": alone, "rivals": rivals}
    chapter = np.array(codes.str[:2], dtype=object)
    sums = pd.DataFrame({name: column * value for name, column in columns.items()}).groupby(chapter).sum()
    seen = _exports(observed, FIT_AFTER).groupby(lambda code: code[:2]).sum()
    counted = (sums["base"] >= 1.0) & ~sums.index.isin(NOT_PRODUCTS)
    base = sums.loc[counted, "base"]
    means = sums[counted].drop(columns="base").div(base, axis=0)
    return pd.DataFrame(
        {
            "chapter": base.index,
            "base": base.array,
            "seen_value": seen.reindex(base.index).fillna(0.0).array,
            "tariff_before": means["tariff_before"].array,
            "tariff_after": means["tariff_after"].array,
            "seen": (seen.reindex(base.index).fillna(0.0) / base - 1).array,
            "alone": means["alone"].array - 1,
            "rivals": means["rivals"].array - 1,
            "weight": base.array,
        }
    )


def rivals_ratio(before: Array, after: Array, armington_elasticity: float, pass_through: float) -> Array:
    """M1/M0 of a small supplier: τ^(−σρ) τ^(ρ−1) [line].

    Parameters
    ----------
    before, after : t0, t1 [line]
    armington_elasticity, pass_through : σ, ρ
    """
    power = (1 + after) / (1 + before)
    ratio: Array = power ** (-armington_elasticity * pass_through + pass_through - 1)
    return ratio


def _exports(observed: Observed, window: str) -> pd.Series:
    table = observed.exports_to_china
    return table[table["window"] == window].set_index("product")["value"]
