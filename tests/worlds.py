"""Small worlds for tests of trade equilibrium: random flows, shocks and their solutions."""

from dataclasses import replace

import numpy as np
import pandas as pd
from builders import elasticities_of, policy_of
from hypothesis import strategies as st

from calc.flows import Accounts, make_flows
from calc.models import base_equilibrium, trade_equilibrium
from calc.models.equations.equilibrium import solve_world

seeds = st.integers(0, 10_000)
DEFICITS = ("fixed", "zero", "share")


def flows_of_world(values, rates=0.0, *, value_added_share=1.0, mix=None, final_demand=None):
    """Flows with accounts from `values` and `rates` [importer, exporter, product].

    b = `value_added_share` [economy, product]; `mix` [economy, input, user] is how a user's inputs are divided, and
    without it there are none.
    """
    values = np.asarray(values, dtype=float)
    rates = np.broadcast_to(np.asarray(rates, dtype=float), values.shape)
    importer, exporter, product = (index.ravel() for index in np.indices(values.shape))
    output = values.sum(axis=0)
    share = np.broadcast_to(np.asarray(value_added_share, dtype=float), output.shape)
    inputs = None if mix is None else mix * ((1 - share) * output)[:, None, :]
    flows = make_flows(
        economies=pd.Index([f"E{k}" for k in range(values.shape[0])]),
        products=pd.Index([f"P{k}" for k in range(values.shape[2])]),
        importer=importer,
        exporter=exporter,
        product=product,
        import_value=values.ravel(),
        tariff_rate=rates.ravel(),
    )
    accounts = Accounts(value_added=share * output, input_output=inputs, final_demand=final_demand)
    return replace(flows, accounts=accounts)


def random_flows(seed, economies=4, products=3, *, inputs=True):
    """A world that is an equilibrium: unbalanced trade, some flows zero, tariffs to 30%, and each input bought less
    than its product is sold; σ from 2 to 7."""
    rng = np.random.default_rng(seed)
    shape = (economies, economies, products)
    values = 1e9 * rng.lognormal(0, 1, shape) * (rng.random(shape) > 0.1)
    own = np.arange(economies)
    values[own, own] = 1e9 * rng.lognormal(2, 0.5, (economies, products))
    rates = rng.uniform(0, 0.3, shape)
    rates[own, own] = 0.0
    expenditure = (values * (1 + rates)).sum(axis=1)
    mix = expenditure[:, :, None] * rng.uniform(0.8, 1.2, (economies, products, products))
    flows = flows_of_world(
        values,
        rates,
        value_added_share=rng.uniform(0.6, 0.9, (economies, products)) if inputs else 1.0,
        mix=mix / mix.sum(axis=1, keepdims=True) if inputs else None,
    )
    sigma = rng.uniform(2, 7, products)[flows.product[flows.market_start]]
    return flows, elasticities_of(flows, sigma=sigma), rng


def shocked(flows, rng, low=-0.1, high=0.5):
    """A policy of random changes of the rates on imports."""
    change = rng.uniform(low, high, len(flows.market))
    return policy_of(flows, tariff=np.where(flows.domestic, 0.0, np.maximum(flows.tariff_rate + change, -0.3)))


def solved(flows, elasticities, policy, deficits="fixed"):
    """The settled base world and the equilibrium under a policy."""
    base = base_equilibrium.base_of(flows, elasticities, deficits=deficits)
    return base.world, solve_world(base.world, trade_equilibrium.new_tariff(base, policy))
