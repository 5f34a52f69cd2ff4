"""A back-test of two partners and two chapters, made by hand: quick, and wrong in ways that are known."""

import numpy as np
import pandas as pd

from calc.analysis.backtest.by_partner import partner_errors
from calc.analysis.backtest.collection import AI_WORDS, REFINED_WORDS, FittedLags
from calc.analysis.backtest.episodes import TEST_NAME, Episode
from calc.analysis.backtest.pooling import Pooled
from calc.analysis.backtest.protocol import beliefs_on_trial
from calc.analysis.backtest.ranges import coverage_table
from calc.analysis.backtest.refined import VARIANTS, Timing
from calc.analysis.backtest.run import Findings, share_inside, targets_table
from calc.analysis.backtest.settings import Tried, scored
from calc.analysis.backtest.timing import Settled
from calc.tariffs.lags import LAGS

FISCAL = "fiscal 2025"
LAG, GROWTH = Settled(value=4, low=1, high=5), Settled(value=0.8, low=0.5, high=1.1)
REFINEMENTS = (
    *("lag", "growth_share", "slope", "r2", "gain", "r2_plain", "gain_plain", "gain_without_china", "china"),
    *("rmse_partners", "rmse_rate", "duties_fiscal_predicted", "duties_fiscal_actual"),
    *("duties_calendar_predicted", "duties_calendar_actual"),
)
FIGURES = (
    *("eu_first_quarter", "all_first_quarter", "ai_2024", "ai_2026", "gold", "medicines", "parcels", "exclusions"),
    *("receipts", "usmca_can_january", "usmca_can_half", "usmca_mex_january", "usmca_mex_half"),
)


def track_record(dataset):
    """Predictions half as large as what was seen; machines as seen once AI-related imports are held."""
    asked = beliefs_on_trial()
    episode = Episode(
        name=TEST_NAME, before=dataset.flows, tariff_new=np.zeros(0), cell=np.zeros(0, dtype=int), seen=pd.DataFrame()
    )
    cells = pd.DataFrame(
        {
            "partner": ["CHN", "CHN", "MEX", "MEX"],
            "chapter": ["61", "85", "61", "85"],
            "base": [1e9, 2e9, 1e9, 2e9],
            "seen_value": [0.4e9, 1.2e9, 1.1e9, 5e9],
            "seen": [-0.6, -0.4, 0.1, 1.5],
            "predicted": [-0.3, -0.2, 0.05, 0.02],
            "low": [-0.7, -0.3, 0.0, 0.0],
            "high": [-0.2, -0.1, 0.1, 0.05],
            "ai_held": [-0.3, -0.4, 0.05, 1.5],
            "refined": [-0.6, -0.4, 0.1, 1.0],
        }
    )
    cells = cells.assign(weight=cells["base"])
    partners = pd.DataFrame(
        {
            "partner": ["CHN", "MEX", "WLD"],
            "base": [3e9, 3e9, 6e9],
            "seen": [-0.5, 0.2, -0.15],
            "predicted": [-0.25, 0.1, -0.1],
            **{"low": [-0.3, 0.0, -0.2], "high": [-0.2, 0.3, 0.0]},
            "ai_held": [-0.25, 0.2, -0.05],
            **{"ai_held_low": [-0.3, 0.1, -0.1], "ai_held_high": [-0.2, 0.3, 0.0]},
            **{"refined": [-0.5, 0.1, -0.2], "refined_low": [-0.6, 0.0, -0.3], "refined_high": [-0.4, 0.2, -0.1]},
            "peer": [-0.6, 0.0, -0.2],
            "no_change": [0.0] * 3,
        }
    )
    rates = {
        **{"expected_base": 0.19, "expected": 0.1, "expected_ai_held": 0.09, "expected_refined": 0.11},
        **{"census": 0.1, "treasury": 0.11},
    }
    months = [(who, month) for who in ("WLD", "CHN") for month in ("2025-06", "2025-07")]
    collected = pd.DataFrame([{"month": month, "exporter": who, "law": 0.2, **rates} for who, month in months])
    duties = pd.DataFrame(
        [
            (FISCAL, "predicted", 100.0, 101.0),
            (FISCAL, "actual", 120.0, 101.0),
            (FISCAL, f"predicted{AI_WORDS}", 101.0, 101.0),
            (FISCAL, f"actual{AI_WORDS}", 104.0, 101.0),
            (FISCAL, f"predicted{REFINED_WORDS}", 111.1, 101.0),
            (FISCAL, f"actual{REFINED_WORDS}", 121.2, 101.0),
        ],
        columns=["year", "imports", "duties", "receipts"],
    )
    duties = duties.assign(error=duties["duties"] / duties["receipts"] - 1)
    scores = pd.DataFrame([Tried(scenario=asked).words | row for row in scored(episode, cells)])
    totals = cells.groupby("partner", as_index=False)[["base", "seen", "low", "high"]].mean()
    by_part = pd.concat([totals.assign(part=part) for part in ("all", "without 84-85")])
    coverage = coverage_table("uniform", episode, cells, by_part, partners)
    targets = targets_table(scores, partners, 0.005, duties, share_inside(coverage))
    tables = {
        "scores": scores,
        **{
            f"scores-{name}": pd.DataFrame(scored(episode, cells.assign(predicted=cells[column])))
            for name, column in (("ai-held", "ai_held"), ("refined", "refined"))
        },
        "cells": cells,
        "collected": collected,
        "partners": partners,
        "partner-errors": partner_errors(partners),
        "duties": duties,
        "rate-errors": pd.DataFrame(
            {
                "series": ["expected", "expected_ai_held", "expected_refined", "m_stat_gtap", "m_eta_gtap"],
                "rmse_census": [0.01, 0.006, 0.009, 0.009, 0.006],
                "rmse_treasury": [0.006, 0.007, 0.005, 0.005, 0.011],
            }
        ),
        "surroundings": pd.DataFrame({"figure": FIGURES, "words": FIGURES, "value": 0.25}),
        "coverage": coverage,
        "settings": scores,
        "refinements": pd.DataFrame([{"variant": name, **dict.fromkeys(REFINEMENTS, 0.1)} for name in VARIANTS]),
        "targets": targets.assign(refined=targets["value"] / 2, refined_hit=True),
    }
    return Findings(
        scenario=asked,
        dataset=dataset,
        episodes=(episode, episode),
        tables=tables,
        pooled=Pooled(share=0.1, low=-0.2, high=0.6, elasticity=3.8),
        timing=Timing(lag=LAG, lag_elsewhere=(LAG,), growth=(GROWTH, GROWTH)),
        lags=FittedLags(
            fitted=LAGS, this_month_error=0.1, month_before_error=0.1, rmse=0.005, rmse_used=0.005, months=20
        ),
    )
