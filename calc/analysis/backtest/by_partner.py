"""Imports by partner, second half of 2025 on that of 2024: predicted, seen, "no change" and the Budget Lab's GTAP."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from calc.analysis.backtest.episodes import CHINA, REST, UNION, WORLD, elasticities_of, import_ratio, partners_of
from calc.analysis.backtest.held import ai_coverage, ai_growth, held_ratio
from calc.analysis.backtest.observed import Observed
from calc.analysis.backtest.protocol import TEST_HALF_YEAR, year_before
from calc.datasets.dataset import Dataset
from calc.flows import Array, sum_by_code
from calc.scenario import Scenario

ENDS = (0.05, 0.95)
COLUMNS = (
    *("partner", "base", "seen", "predicted", "low", "high"),
    *("ai_held", "ai_held_low", "ai_held_high", "peer", "no_change"),
)
PARTNERS = (CHINA, "CAN", "MEX", UNION, REST)


def half_year_by_partner(
    scenario: Scenario,
    dataset: Dataset,
    law: Array,
    observed: Observed,
    drawn: Sequence[Array] = (),
    *,
    growth: Array | None = None,
) -> pd.DataFrame:
    """Change of imports by partner and in all, as fractions.

    Parameters
    ----------
    law : mean law of the half-year [line]
    drawn : M1/M0 of each draw under it, [line]; no range without
    growth : of imports whatever the tariff, a ratio [line]; none if absent

    Returns
    -------
    partner, base (US$ of the second half of 2024), seen, predicted, low, high, ai_held with its low and high, peer,
    no_change
    """
    partner, labels = pd.factorize(partners_of(dataset, PARTNERS))
    value = dataset.flows.import_value
    ratio = import_ratio(scenario, elasticities_of(scenario, dataset), dataset.flows, law)
    if growth is not None:
        ratio, drawn = ratio * growth, [one * growth for one in drawn]
    covered = ai_coverage(dataset)
    boom = ai_growth(observed, TEST_HALF_YEAR)
    held = held_ratio(dataset, boom, covered, ratio)

    def change(of_lines: Array) -> pd.Series:
        old, new = (sum_by_code(partner, each, len(labels)) for each in (value, value * of_lines))
        changes = pd.Series(new / old - 1, index=labels)
        changes[WORLD] = new.sum() / old.sum() - 1
        return changes

    table = observed.partners
    after, before = (
        table[table["month"].isin(months)].groupby("exporter")["value"].sum()
        for months in (TEST_HALF_YEAR, [year_before(month) for month in TEST_HALF_YEAR])
    )
    rows = [*PARTNERS, WORLD]
    found = pd.DataFrame({"base": before, "seen": after / before - 1}).reindex(rows)
    found = found.assign(predicted=change(ratio), ai_held=change(held), peer=peer_changes(observed), no_change=0.0)
    drawn_held = [held_ratio(dataset, boom, covered, one) for one in drawn]
    for name, ratios in (("", drawn), ("ai_held_", drawn_held)):
        changes = [change(one).reindex(rows).to_numpy() for one in ratios]
        ends = np.quantile(changes, ENDS, axis=0) if changes else np.full((2, len(rows)), np.nan)
        found = found.assign(**{f"{name}low": ends[0], f"{name}high": ends[1]})
    return found.rename_axis("partner").reset_index()[list(COLUMNS)]


def peer_changes(observed: Observed) -> pd.Series:
    """What the Budget Lab's GTAP runs of the same months expected, by partner; its other regions are the rest."""
    table = observed.peer_imports
    own = table[table["month"].isin(TEST_HALF_YEAR)]
    home = own["exporter"].where(own["exporter"].isin(PARTNERS), REST)
    sums = own.groupby(home)[["base", "new"]].sum()
    sums.loc[WORLD] = sums.sum()
    change: pd.Series = sums["new"] / sums["base"] - 1
    return change


def partner_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Root mean squared error over the five partners, plain and weighted by imports: forecast, rmse, weighted."""
    own = table[table["partner"] != WORLD]
    weight = own["base"] / own["base"].sum()
    rows = []
    for name in ("predicted", "refined", "ai_held", "peer", "no_change"):
        if name not in own:
            continue
        square = (own[name] - own["seen"]) ** 2
        rows.append((name, float(np.sqrt(square.mean())), float(np.sqrt((weight * square).sum()))))
    return pd.DataFrame(rows, columns=["forecast", "rmse", "weighted"])
