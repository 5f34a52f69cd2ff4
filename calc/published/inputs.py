"""Policies and elasticities of printed examples, as the models take them."""

import numpy as np
import pandas as pd

from calc.flows import Array, Elasticities, Flows
from calc.tariffs.policy import Policy


def tariff_policy(flows: Flows, tariff_new: Array) -> Policy:
    """New rates [line] and nothing else."""
    lines = len(flows.market)
    return Policy(
        targeted=tariff_new != flows.tariff_rate,
        tariff_new=tariff_new,
        export_tax=np.zeros(lines),
        export_ceiling=np.full(lines, np.inf),
        trade_cost=np.zeros(lines),
        ceiling_rule=np.full(lines, -1),
    )


def stated_elasticities(
    flows: Flows, demand: float, substitution: Array | float, supply: Array | float = np.inf
) -> Elasticities:
    """ε, σ by market and β by line, as an example states them."""
    markets, lines = len(flows.market_start), len(flows.market)
    words: pd.Index = pd.Index(["printed example"])
    return Elasticities(
        import_demand_elasticity=np.full(markets, float(demand)),
        armington_elasticity=np.broadcast_to(np.asarray(substitution, dtype=float), (markets,)).copy(),
        export_supply_elasticity=np.broadcast_to(np.asarray(supply, dtype=float), (lines,)).copy(),
        basis=pd.Categorical.from_codes(np.zeros(markets, dtype=np.int8), categories=words),
    )
