"""Draws of commodity prices: the model's own answers, the same draws as the headline's, ranges by one product."""

import numpy as np
import pytest

from calc.analysis.draws.evidence import EVIDENCE, Distributions, Interval, LogNormal
from calc.analysis.households import price_draws as module
from calc.analysis.households.commodities import commodity_prices
from calc.analysis.households.consumer_prices import consumption_shares
from calc.analysis.households.price_draws import PriceDraws, price_draws
from calc.analysis.households.price_system import price_system
from calc.analysis.households.us_accounts import read_accounts
from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError, ScenarioError
from calc.question import point_answer
from calc.scenario_file import read_scenario

ACCOUNTS = read_accounts()
SCENARIO = read_scenario("geneva_truce")
DATASET = read_dataset(SCENARIO.dataset)
POINT = point_answer(SCENARIO, DATASET)


@pytest.mark.parametrize("measure", ["landed", "composite"])
def test_draws_made_together_are_those_of_the_model_one_by_one(measure, monkeypatch):
    together = price_draws(SCENARIO, DATASET, ACCOUNTS, measure=measure, count=20)
    monkeypatch.setattr(module, "drawn_at_once", lambda _: False)
    one_by_one = price_draws(SCENARIO, DATASET, ACCOUNTS, measure=measure, count=20)
    np.testing.assert_allclose(together.change, one_by_one.change, rtol=0, atol=1e-11)


STILL = Distributions(
    armington_elasticity=LogNormal(1, 1, "none"),
    trade_elasticity=LogNormal(1, 1, "none"),
    import_demand_elasticity=LogNormal(1, 1, "none"),
    pass_through=Interval(0.0, "none"),
    product_noise=0.0,
)


def test_what_is_not_drawn_is_the_point_answer():
    still = price_draws(SCENARIO, DATASET, ACCOUNTS, count=20, distributions=STILL)
    point = commodity_prices(POINT, ACCOUNTS).change
    np.testing.assert_allclose(still.change, np.tile(point[:, None], 20), rtol=0, atol=1e-14)


def test_the_first_draws_of_many_are_those_of_few():
    few, many = (price_draws(SCENARIO, DATASET, ACCOUNTS, count=count, central=POINT) for count in (20, 60))
    np.testing.assert_allclose(many.change[:, :20], few.change, rtol=0, atol=1e-12)


def test_ranges_are_points_of_the_draws():
    draws = PriceDraws(change=np.linspace(0, 1, 101)[None, :] * np.ones((402, 1)), measure="landed", seed=1)
    response = consumption_shares(ACCOUNTS) @ price_system(ACCOUNTS).response
    low, high = draws.quantiles(response)
    assert low == pytest.approx(0.05 * response.sum())
    assert high == pytest.approx(0.95 * response.sum())


def test_a_handful_of_draws_and_data_by_sector_are_refused():
    with pytest.raises(ParameterError, match="at least 20"):
        price_draws(SCENARIO, DATASET, ACCOUNTS, count=5, distributions=EVIDENCE)
    world = read_scenario("truce_lapses_world")
    with pytest.raises(ScenarioError, match="HS code"):
        price_draws(world, read_dataset(world.dataset), ACCOUNTS)
