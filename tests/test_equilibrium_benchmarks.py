"""Speed of general equilibrium and of games in it, run by hand: `pytest -m benchmark --benchmark-only`.

Targets stand in the names; a slow day fails nothing.
"""

import numpy as np
import pytest
from builders import policy_of
from worlds import random_flows

from calc.analysis.optimal.optimum import game_of, optimal_tariff
from calc.analysis.optimal.player import BOUNDS
from calc.analysis.optimal.war import corners, nash, players_of
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.models import base_equilibrium, trade_equilibrium
from calc.models.equations.equilibrium import solve_world
from calc.question import question
from calc.scenario import Scenario

pytestmark = pytest.mark.benchmark
WORLDS = [(194, 20), (140, 65), (194, 65)]


def goods_of(name):
    scenario = Scenario(dataset=name, model="trade_equilibrium", draws=0)
    return scenario, read_dataset(name), {"products": ("kind:goods",)}


def test_193_tariffs_with_inputs_within_1_5_s(benchmark):
    inputs = Assumptions(inputs="composite")
    scenario = Scenario(dataset="pairs-2023", model="liberation_day", draws=0, assumptions=inputs)
    asked = (scenario, read_dataset("pairs-2023"), "USA")
    best = benchmark.pedantic(optimal_tariff, asked, {"instruments": "by_partner", "starts": 1}, rounds=3)
    benchmark.extra_info["gain"] = best.value


def test_40_partner_tariffs_of_one_economy_in_41_by_35_within_3_s(benchmark):
    scenario, dataset, goods = goods_of("world-io-2023")
    benchmark.pedantic(optimal_tariff, (scenario, dataset, "USA"), {"instruments": "by_partner", **goods}, rounds=3)


def test_a_war_of_two_in_41_by_35_within_5_s(benchmark):
    scenario, dataset, goods = goods_of("world-io-2023")
    benchmark.pedantic(nash, (scenario, dataset, ("USA", "CHN")), goods, rounds=3)


def test_four_corners_in_41_by_35_within_300_ms(benchmark):
    scenario, dataset, goods = goods_of("world-io-2023")
    asked = question(scenario, dataset)

    def four():
        game = game_of(asked)
        players = players_of(
            game,
            dataset,
            ("USA", "CHN"),
            kind="uniform",
            against="each_other",
            bounds=BOUNDS,
            objective="welfare",
            **goods,
        )
        acting = asked.policy.tariff_new
        for player in players:
            acting = player.instruments.applied(np.array([0.15]), acting)
        return corners(game, players, asked.policy.tariff_new, acting)

    assert len(benchmark.pedantic(four, rounds=3)) == 4


def world_with_new_us_tariffs(economies, industries):
    """A made-up world in which its first economy charges ten points more on everything."""
    flows, elasticities, _ = random_flows(1, economies, industries)
    dearer = ~flows.domestic & (flows.importer == 0)
    return flows, policy_of(flows, tariff=flows.tariff_rate + 0.1 * dearer), elasticities


@pytest.mark.parametrize(("economies", "industries"), WORLDS)
def test_general_equilibrium_solved_at_size_65_industries_of_140_economies_within_120_ms(
    benchmark, economies, industries
):
    flows, policy, elasticities = world_with_new_us_tariffs(economies, industries)
    base = base_equilibrium.base_of(flows, elasticities)
    benchmark(solve_world, base.world, trade_equilibrium.new_tariff(base, policy))


@pytest.mark.parametrize("headlines", [True, False], ids=["headlines", "tables"])
@pytest.mark.parametrize(("economies", "industries"), WORLDS)
def test_general_equilibrium_with_all_tables_65_industries_of_194_economies_within_700_ms(
    benchmark, economies, industries, headlines
):
    flows, policy, elasticities = world_with_new_us_tariffs(economies, industries)
    options = trade_equilibrium.MODEL.only() if headlines else {}
    benchmark(trade_equilibrium.simulate, flows, policy, elasticities, **options)
