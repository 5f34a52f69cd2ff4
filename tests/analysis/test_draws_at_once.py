"""Draws of Armington markets all at once: the same as one by one."""

import numpy as np
import pandas as pd
import pytest
from builders import LAWS, elasticities_of, flows_of, policy_of, shifts
from hypothesis import given
from hypothesis import strategies as st

from calc.analysis.draws.armington import totals_of_draws
from calc.analysis.draws.evidence import drawn_elasticities, product_factors
from calc.analysis.draws.market_groups import active_markets
from calc.models import armington
from calc.models.totals import headline_numbers
from calc.question import question
from calc.scenario_file import presets, read_scenario


def compared(flows, policy, central, *, rho, count=6):
    """Headline numbers and economies of some draws, computed both ways."""
    drawn = shifts(count, rho=rho)
    noise = product_factors(0.25, 1, 0, count, len(flows.products))
    active = active_markets(flows, policy, central, draws=count, supply_drawn=rho is not None)
    totals, economies = totals_of_draws(active, drawn, noise)
    numbers = headline_numbers(totals)
    scale = float((flows.import_value * (1 + flows.tariff_rate)).sum())
    for draw in range(count):
        elasticities = drawn_elasticities(central, flows, drawn, noise, draw, general_equilibrium=False)
        answer = armington.simulate(flows, policy, elasticities)
        for metric, value in zip(answer.summary["metric"], answer.summary["value"], strict=True):
            found = np.broadcast_to(numbers[metric], count)[draw]
            assert found == pytest.approx(value, rel=1e-9, abs=1e-12 * scale), metric
        place = flows.economies.get_indexer(pd.Index(answer.economies["economy"].astype(str)))
        for column, values in economies.items():
            expected = answer.economies[column].to_numpy()
            found = np.where(np.isnan(expected), np.nan, values[place, draw])
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * scale, err_msg=column)


cells = st.floats(0.1, 1e3)
rates = st.sampled_from([-0.2, 0.0, 0.05, 0.3, 1.0])


@LAWS
@given(
    values=st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=4),
    base=st.lists(st.tuples(st.floats(0, 0.2), st.floats(0, 0.2)), min_size=4, max_size=4),
    new=st.lists(st.tuples(rates, rates), min_size=4, max_size=4),
    tax=st.lists(st.sampled_from([0.0, 0.0, 0.1]), min_size=12, max_size=12),
    ceiling=st.sampled_from([np.inf, np.inf, 0.5]),
    beta=st.sampled_from([np.inf, 1.5, 0.0, "unequal"]),
    rho=st.sampled_from([None, 1.0, 0.5]),
    sigma=st.sampled_from([0.8, 1.0, 3.8, 60.0]),
)
def test_draws_all_at_once_equal_draws_one_by_one(values, base, new, tax, ceiling, beta, rho, sigma):
    products = len(values)
    own = np.zeros((products, 1))
    t0 = np.hstack([own, np.array(base[:products])])
    flows = flows_of(values, t0, own_first=True)
    size = flows.import_value.size
    supply = np.where(np.arange(size) % 2, 2.0, np.inf) if beta == "unequal" else beta
    limits = np.full(size, np.inf)
    limits[1] = ceiling
    policy = policy_of(
        flows, tariff=t0 + np.hstack([own, np.array(new[:products])]), tax=np.array(tax[:size]), ceiling=limits
    )
    compared(flows, policy, elasticities_of(flows, sigma=sigma, beta=supply), rho=rho)


@pytest.mark.parametrize("name", ["truce_lapses", "rare_earth_cut"])
def test_a_preset_is_the_same_all_at_once_and_one_by_one(us_2024, name):
    asked = question(read_scenario(presets()[name]), us_2024)
    compared(us_2024.flows, asked.policy, asked.elasticities, rho=1.0, count=3)


def test_a_share_that_vanishes_under_a_prohibitive_rate_keeps_its_digits():
    flows = flows_of([[100.0], [50.0]])
    policy = policy_of(flows, tariff=100.0)
    compared(flows, policy, elasticities_of(flows, sigma=30.0), rho=None)
    compared(flows, policy, elasticities_of(flows, sigma=200.0), rho=None)  # beyond the formula's numbers
