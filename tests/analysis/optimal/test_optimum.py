"""Optimal tariffs: verified optima, what theory says of them, and the scenario that reproduces them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from strategies import dataset_of, mirrored
from worker_tasks import LikeProcesses

from calc.analysis.optimal.instruments import position_of
from calc.analysis.optimal.optimum import game_of, optimal_tariff
from calc.analysis.optimal.player import GRID
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError, ScenarioError
from calc.question import point_answer, question
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

WORLD = Scenario(title="Whole economies", dataset="pairs-2023", model="liberation_day", draws=0)
WITH_INPUTS = replace(WORLD, assumptions=Assumptions(inputs="composite"))
SECTORS = Scenario(title="Sectors", dataset="wiod-2011", model="trade_equilibrium", elasticities="uniform", draws=0)
GOODS = ("kind:goods",)


@pytest.fixture(scope="module")
def pairs():
    return read_dataset("pairs-2023")


@pytest.fixture(scope="module")
def wiod():
    return read_dataset("wiod-2011")


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return mirrored(tmp_path_factory.mktemp("data") / "mirror")


def made_up(model, **assumptions):
    return Scenario(title="Made up", dataset="mirror", model=model, draws=0, assumptions=Assumptions(**assumptions))


def real_income(scenario, dataset, economy="USA"):
    return point_answer(scenario, dataset).economies.set_index("economy").loc[economy, "real_income_change"]


def on_fine_grid(scenario, dataset, around, *, goods=False):
    """The best rate of the United States and its gain, on a grid of steps of 2e-4 and by the parabola through them."""
    asked = question(scenario, dataset)
    game, flows, usa = game_of(asked), asked.dataset.flows, position_of(dataset, "USA")
    lines = (flows.importer == usa) & ~flows.domestic
    if goods:
        lines &= (dataset.products["kind"] == "goods").to_numpy()[flows.product]
    rates, near = around + np.linspace(-2e-3, 2e-3, 21), None
    gains = []
    for rate in rates:
        near = game.payoffs(np.where(lines, rate, asked.policy.tariff_new), near)
        gains.append(near.gain[usa] / game.size[usa])
    top = int(np.argmax(gains))
    assert 0 < top < len(rates) - 1
    bend = np.polyfit(rates - around, np.array(gains) - gains[top], 2)
    return around - bend[1] / (2 * bend[0]), gains[top]


# --- the uniform optimum


def test_the_uniform_optimum_of_one_sector_is_that_of_a_fine_grid(pairs):
    found = optimal_tariff(WORLD, pairs, "USA")
    rate, gain = on_fine_grid(WORLD, pairs, found.mean_rate)
    assert found.mean_rate == pytest.approx(rate, abs=1e-4)
    assert found.value == pytest.approx(gain, abs=1e-7)
    assert found.value >= gain - 1e-10
    assert found.gradient < 1e-8
    assert found.tried <= GRID


@pytest.mark.slow
def test_the_uniform_optimum_of_all_sectors_is_that_of_a_fine_grid(wiod):
    found = optimal_tariff(SECTORS, wiod, "USA", products=GOODS)
    rate, gain = on_fine_grid(SECTORS, wiod, found.mean_rate, goods=True)
    assert found.mean_rate == pytest.approx(rate, abs=1e-4)
    assert found.value == pytest.approx(gain, abs=1e-7)


@pytest.mark.parametrize("supply", [2.0, 5.0])
def test_one_over_the_supply_elasticity_is_best_where_all_suppliers_have_it(supply, tmp_path):
    bought = {("AAA", "BBB", "g1"): 3e9, ("AAA", "CCC", "g1"): 1e9, ("AAA", "CCC", "g2"): 2e9}
    importer = dataset_of(tmp_path / "one", bought, supply=supply)
    found = optimal_tariff(made_up("armington"), importer, "AAA")
    assert found.mean_rate == pytest.approx(1 / supply, abs=1e-8)
    every = optimal_tariff(made_up("armington"), importer, "AAA", instruments="all")
    np.testing.assert_allclose(every.rates["tariff_new"], 1 / supply, atol=1e-6)


def test_nothing_is_gained_where_world_prices_are_given(two):
    found = optimal_tariff(made_up("armington", pass_through_pct=100.0), two, "AAA")
    assert found.mean_rate == pytest.approx(0.0, abs=1e-9)
    assert found.value == pytest.approx(0.0, abs=1e-12)


def test_the_best_rate_falls_to_zero_as_the_trade_elasticity_grows(two):
    rates = [
        optimal_tariff(
            made_up("trade_equilibrium", armington_elasticity=1 + theta), two, "AAA", bounds=(0.0, 0.5)
        ).mean_rate
        for theta in (4.0, 40.0, 400.0)
    ]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(0.0, abs=4e-3)
    # a tenth of the elasticity, ten times the rate, once it is large
    assert rates[1] / rates[2] == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize("model", ["trade_equilibrium", "gsim", "armington"])
def test_two_economies_alike_have_the_same_best_rate_and_gain(model, two):
    asked = made_up(model, **({"pass_through_pct": 80.0} if model == "armington" else {}))
    first, second = (optimal_tariff(asked, two, economy) for economy in ("AAA", "BBB"))
    assert first.mean_rate == pytest.approx(second.mean_rate, abs=1e-9)
    assert first.value == pytest.approx(second.value, abs=1e-12)
    assert first.value > 0


@pytest.mark.slow
def test_the_uniform_optimum_with_inputs_is_that_of_a_fine_grid(pairs):
    found = optimal_tariff(WITH_INPUTS, pairs, "USA")
    rate, gain = on_fine_grid(WITH_INPUTS, pairs, found.mean_rate)
    assert found.mean_rate == pytest.approx(rate, abs=1e-4)
    assert found.value == pytest.approx(gain, abs=1e-7)


# --- many rates


def test_a_rate_for_each_of_193_partners_beats_the_published_search_that_stopped_early(pairs):
    found = optimal_tariff(WORLD, pairs, "USA", instruments="by_partner", starts=1)
    assert len(found.rates) == 193
    assert found.value >= 0.01809528
    assert found.gradient < 1e-8
    assert found.tried >= 15


@pytest.mark.slow
@pytest.mark.parametrize("asked", [WORLD, WITH_INPUTS], ids=["without inputs", "with inputs"])
def test_more_partners_to_tell_apart_never_gain_less(asked, pairs):
    free = optimal_tariff(asked, pairs, "USA", instruments="by_partner", starts=1)
    twenty = optimal_tariff(asked, pairs, "USA", instruments="by_partner", exporters=_largest_partners(pairs, 20))
    one = optimal_tariff(asked, pairs, "USA")
    assert free.gradient < 1e-8
    assert free.tried >= 15
    assert free.value > one.value
    assert free.value > twenty.value


def _largest_partners(dataset, count):
    flows = dataset.flows
    own = flows.importer == list(flows.economies).index("USA")
    sold = np.bincount(flows.exporter[own], weights=flows.import_value[own])
    return tuple(flows.economies[np.argsort(-sold)[:count]])


def test_finer_instruments_gain_more_where_goods_and_partners_differ(tmp_path):
    own = {"AAA": {"g1": 9e9, "g2": 1e9}, "BBB": {"g1": 2e9, "g2": 5e9}, "CCC": {"g1": 30e9, "g2": 1e9}}
    trade = {
        (buyer, seller, good): own[seller][good] * (1 if buyer == seller else 0.2)
        for buyer in own
        for seller in own
        for good in ("g1", "g2")
    }
    three = dataset_of(tmp_path / "three", trade)
    by = {
        kind: optimal_tariff(made_up("gsim"), three, "AAA", instruments=kind).value
        for kind in ("uniform", "by_partner", "by_product", "all")
    }
    assert by["uniform"] < by["by_partner"] < by["all"]
    assert by["uniform"] < by["by_product"] < by["all"]


def test_several_starts_end_at_the_same_gain(two):
    found = optimal_tariff(made_up("trade_equilibrium"), two, "AAA", instruments="by_product", starts=4)
    assert len(found.climbs) == 4
    np.testing.assert_allclose(found.climbs["goal_value"], found.value, atol=1e-10)


def test_searches_in_other_processes_end_at_the_same_rates(two):
    asked = (made_up("trade_equilibrium"), two, "AAA")
    alone, shared = (
        optimal_tariff(*asked, instruments="by_product", starts=3, executor=executor)
        for executor in (None, LikeProcesses())
    )
    pd.testing.assert_frame_equal(shared.rates, alone.rates, check_exact=True)
    pd.testing.assert_frame_equal(shared.gains, alone.gains, check_exact=True)
    pd.testing.assert_frame_equal(shared.climbs, alone.climbs, check_exact=True)


# --- goals and bounds


def test_the_rate_for_revenue_is_above_the_rate_for_welfare(two):
    rates = [
        optimal_tariff(made_up("trade_equilibrium"), two, "AAA", objective=goal).mean_rate
        for goal in ("welfare", {"welfare": 1.0, "revenue": 1.0}, "revenue")
    ]
    assert rates == sorted(rates)
    assert rates[0] < rates[1] < rates[2]


def test_a_bound_that_binds_is_where_the_best_rate_stands(two):
    found = optimal_tariff(made_up("trade_equilibrium"), two, "AAA", bounds=(0.0, 0.1))
    assert found.mean_rate == pytest.approx(0.1, abs=1e-12)
    many = optimal_tariff(made_up("trade_equilibrium"), two, "AAA", instruments="by_product", bounds=(0.0, 0.1))
    np.testing.assert_allclose(many.rates["tariff_new"], 0.1, atol=1e-12)


# --- the scenario that was found


@pytest.mark.parametrize("kind", ["uniform", "by_partner", "by_product", "all"])
@pytest.mark.parametrize("model", ["trade_equilibrium", "gsim"])
def test_the_scenario_found_gives_the_gain_found(kind, model, two):
    found = optimal_tariff(made_up(model), two, "AAA", instruments=kind)
    again = point_answer(found.scenario, two).economies.set_index("economy")["net_welfare_change"]
    np.testing.assert_allclose(again, found.gains["net_welfare_change"], rtol=1e-7, atol=1.0)


def test_rules_of_others_hold_and_own_rules_are_replaced(two):
    rules = (Rule(importer=("BBB",), value_pct=30.0), Rule(importer=("AAA",), value_pct=90.0))
    found = optimal_tariff(replace(made_up("trade_equilibrium"), rules=rules), two, "AAA")
    lines = point_answer(found.scenario, two).lines.set_index("importer")["tariff_new"]
    assert lines.loc["BBB"].tolist() == [0.3, 0.3]
    assert lines.loc["AAA"].tolist() == pytest.approx([found.mean_rate] * 2)
    assert found.value > found.value_before


# --- refusals


def test_a_model_without_slopes_is_refused_with_those_that_have_them(two):
    with pytest.raises(ParameterError, match=r"smart has no optimal tariffs.*armington, gsim"):
        optimal_tariff(made_up("smart"), two, "AAA")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"economy": "ABA"}, "no economy 'ABA'"),
        ({"instruments": "by_partners"}, "by_partner"),
        ({"objective": "wealth"}, "no goal 'wealth'"),
        ({"objective": {"welfare": 0.0}}, "All weights of the goal are 0"),
        ({"objective": {"welfare": float("nan")}}, "must be a number"),
        ({"bounds": (0.5, 0.2)}, "lowest rate"),
        ({"bounds": (-1.0, 0.2)}, "lowest rate"),
        ({"instruments": "all", "starts": 0}, "1 start or more"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_words(changes, words, two):
    with pytest.raises(ParameterError, match=words):
        optimal_tariff(made_up("trade_equilibrium"), two, **{"economy": "AAA", **changes})


def test_imports_that_do_not_exist_are_refused(two):
    with pytest.raises(ScenarioError, match="The choice of AAA"):
        optimal_tariff(made_up("trade_equilibrium"), two, "AAA", products=("g9",))


def test_export_limits_are_refused(two):
    rule = Rule(exporters=("BBB",), instrument="export_volume", value_pct=-50.0)
    with pytest.raises(ParameterError, match="export volume limits"):
        optimal_tariff(replace(made_up("gsim"), rules=(rule,)), two, "AAA")
