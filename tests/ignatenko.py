"""The paper's world for tests of the one-sector model."""

from calc.published.ignatenko_2025 import (
    replication,
)

PAPER = replication()
ECONOMIES = list(PAPER.economies)
N = len(ECONOMIES)
USA, CHN = PAPER.position("USA"), PAPER.position("CHN")
TRADE, GDP, SHARE, ANNOUNCED = PAPER.trade, PAPER.gdp, PAPER.fixed_cost_share, PAPER.announced
BASE, BASE_WITH_INPUTS, NO_FIXED_COSTS = PAPER.base, PAPER.base_with_inputs, PAPER.base_without_fixed_costs
EXPONENT = PAPER.exponent
