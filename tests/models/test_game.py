"""Games: the slope of every weighted sum of gains and revenue, by every rate, against central differences."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import elasticities_of, policy_of
from worlds import random_flows

from calc.flows import Accounts, make_flows
from calc.models.known import MODELS

STEP = 1e-5  # of ln(1+t)


def one_sector():
    """Five economies with GDP, trade that hardly balances, one of them the United States."""
    rng = np.random.default_rng(3)
    importer, exporter = (index.ravel() for index in np.indices((5, 5)))
    abroad = importer != exporter
    flows = make_flows(
        economies=pd.Index(["A", "B", "USA", "C", "D"]),
        products=pd.Index(["goods"]),
        importer=importer[abroad],
        exporter=exporter[abroad],
        product=np.zeros(20, dtype=np.intp),
        import_value=1e9 * rng.lognormal(0, 0.5, 20),
        tariff_rate=rng.uniform(0, 0.1, 20),
    )
    gdp = 1e9 * np.array([[20.0], [30.0], [60.0], [25.0], [40.0]])
    return replace(flows, accounts=Accounts(value_added=gdp))


def several_sectors():
    return random_flows(4)[0]


# model, world, elasticities, options
CASES = {
    "armington": ("armington", several_sectors, {"beta": 6.0}, {}),
    "armington at given prices": ("armington", several_sectors, {"beta": np.inf}, {}),
    "gsim": ("gsim", several_sectors, {"beta": 1.5}, {}),
    "gsim at given prices": ("gsim", several_sectors, {"beta": np.inf}, {}),
    "fixed deficits": ("trade_equilibrium", several_sectors, {"sigma": 4.0}, {"deficits": "fixed"}),
    "deficits as shares": ("trade_equilibrium", several_sectors, {"sigma": 4.0}, {"deficits": "share"}),
    "tax relief": ("liberation_day", one_sector, {"sigma": 5.0}, {"revenue_use": "tax_relief"}),
    "lump sum": ("liberation_day", one_sector, {"sigma": 5.0}, {"revenue_use": "lump_sum"}),
    "no fixed costs": ("liberation_day", one_sector, {"sigma": 5.0}, {"fixed_costs": "none"}),
    "inputs": ("liberation_day", one_sector, {"sigma": 5.0}, {"inputs": "composite"}),
}


def asked_of(case):
    """Flows, policy and elasticities of a case: random tariffs on trade, with trade costs, and export taxes if any."""
    model, world, parameters, _ = CASES[case]
    flows = world()
    rng = np.random.default_rng(8)
    tariff = np.where(flows.domestic, 0.0, rng.uniform(0, 0.3, len(flows.market)))
    cost = np.where(flows.domestic, 0.0, rng.uniform(0, 0.1, len(flows.market)))
    tax = np.where(flows.domestic | MODELS[model].incomes_move, 0.0, 0.05)
    return flows, policy_of(flows, tariff=tariff, tax=tax, trade_cost=cost), elasticities_of(flows, **parameters)


def made(case):
    """The game of a case, its flows and its tariffs."""
    flows, policy, elasticities = asked_of(case)
    model, _, _, options = CASES[case]
    game = MODELS[model].game(flows, policy, elasticities, **options)
    return game, flows, policy.tariff_new, np.random.default_rng(9)


@pytest.mark.parametrize("case", CASES)
def test_the_slope_by_every_rate_is_that_of_central_differences(case):
    game, flows, tariff, rng = made(case)
    economies = len(flows.economies)
    gain_weight, revenue_weight = rng.uniform(-1, 1, (2, economies))

    def value(rates):
        return game.payoffs(rates, None).differentiate(gain_weight, revenue_weight)[0]

    _, slope = game.payoffs(tariff, None).differentiate(gain_weight, revenue_weight)
    lines = rng.choice(np.flatnonzero(~flows.domestic), 12, replace=False)
    for line in lines:
        ends = []
        for sign in (1, -1):
            moved = tariff.copy()
            moved[line] = (1 + tariff[line]) * np.exp(sign * STEP) - 1
            ends.append(value(moved))
        assert slope[line] == pytest.approx((ends[0] - ends[1]) / (2 * STEP), rel=1e-6, abs=1e-6 * abs(slope).max())


@pytest.mark.parametrize("case", CASES)
def test_the_value_of_the_goal_is_the_weighted_sum_of_gains_and_revenue(case):
    game, flows, tariff, rng = made(case)
    gain_weight, revenue_weight = rng.uniform(-1, 1, (2, len(flows.economies)))
    payoffs = game.payoffs(tariff, None)
    wanted = gain_weight @ payoffs.gain + revenue_weight @ payoffs.revenue
    assert payoffs.differentiate(gain_weight, revenue_weight)[0] == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_a_game_pays_what_a_run_reports(case):
    model, _, _, options = CASES[case]
    flows, policy, elasticities = asked_of(case)
    game = MODELS[model].game(flows, policy, elasticities, **options)
    economies = MODELS[model].simulate(flows, policy, elasticities, **options).economies
    payoffs = game.payoffs(policy.tariff_new, None)
    np.testing.assert_allclose(payoffs.gain, economies["net_welfare_change"], rtol=1e-7, atol=1.0)
    np.testing.assert_allclose(payoffs.revenue, economies["tariff_revenue_change"], rtol=1e-7, atol=1.0)


def test_a_solution_from_another_nearby_is_the_same():
    game, _, tariff, _ = made("fixed deficits")
    first = game.payoffs(tariff, None)
    again = game.payoffs(tariff * 1.1, first)
    np.testing.assert_allclose(again.gain, game.payoffs(tariff * 1.1, None).gain, rtol=1e-7)


def test_models_without_slopes_have_no_game():
    assert {name for name, model in MODELS.items() if model.game is None} == {"smart", "smart_discrete", "gsim_linear"}
