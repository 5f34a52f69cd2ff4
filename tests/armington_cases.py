"""Cases of the Armington model for its tests: random markets, and prices of a result."""

import numpy as np
from builders import elasticities_of, flows_of, policy_of
from hypothesis import strategies as st

# Two products by three exporters, with every kind of elasticity that has a formula of its own.
values = st.lists(st.floats(1e3, 1e9), min_size=6, max_size=6).map(lambda v: np.reshape(v, (2, 3)))
# Rates have six decimals: no tariff is smaller than that, and a number near 1e-320 has no digits left to test.
rates = st.lists(st.one_of(st.just(0.0), st.floats(-0.1, 1)), min_size=6, max_size=6).map(lambda t: np.round(t, 6))
shocks = st.lists(st.one_of(st.just(0.0), st.floats(-0.4, 3)), min_size=6, max_size=6).map(lambda t: np.round(t, 6))
sigmas = st.lists(st.one_of(st.just(1.0), st.floats(0.4, 12)), min_size=2, max_size=2)
epsilons = st.lists(st.one_of(st.just(-1.0), st.floats(-4, -0.2)), min_size=2, max_size=2)
betas = st.lists(st.one_of(st.sampled_from([0.0, np.inf]), st.floats(0.1, 60)), min_size=6, max_size=6)
taxes = st.lists(st.one_of(st.just(0.0), st.floats(-0.2, 0.5)), min_size=6, max_size=6).map(lambda t: np.round(t, 6))
ceilings = st.lists(st.one_of(st.just(np.inf), st.floats(0.3, 0.99)), min_size=6, max_size=6)


@st.composite
def cases(draw, *, export_rules=True):
    """Flows, policy and elasticities."""
    base = draw(rates)
    flows = flows_of(draw(values), base.reshape(2, 3))
    tax, ceiling = (draw(taxes), draw(ceilings)) if export_rules else (0.0, np.inf)
    policy = policy_of(flows, tariff=(1 + base) * (1 + draw(shocks)) - 1, tax=tax, ceiling=ceiling)
    return flows, policy, elasticities_of(flows, epsilon=draw(epsilons), sigma=draw(sigmas), beta=draw(betas))


def prices(result, policy):
    """Landed, customs and producer price, and volume, relative to the base [line]."""
    lines = result.lines
    landed, world = 1 + lines.landed_price_change.to_numpy(), 1 + lines.world_price_change.to_numpy()
    return landed, world, world / (1 + policy.export_tax), 1 + lines.volume_change.to_numpy()


def composite(result):
    return 1 + result.markets.composite_price_change.to_numpy()
