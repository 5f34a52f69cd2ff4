"""Tariff wars: where they end, what nobody can gain there, and what theory says of economies alike and unlike."""

import numpy as np
import pytest
from strategies import dataset_of, mirrored, uneven

from calc.analysis.optimal.curves import response_curves
from calc.analysis.optimal.optimum import game_of, optimal_tariff
from calc.analysis.optimal.war import SETTLED, nash
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError, ScenarioError
from calc.question import point_answer, question
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

BOTH = ("AAA", "BBB")


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return mirrored(tmp_path_factory.mktemp("data") / "mirror")


@pytest.fixture(scope="module")
def large_and_small(tmp_path_factory):
    return uneven(tmp_path_factory.mktemp("data") / "uneven")


def made_up(model="trade_equilibrium", rules=(), **assumptions):
    return Scenario(
        title="Made up", dataset="mirror", model=model, draws=0, rules=rules, assumptions=Assumptions(**assumptions)
    )


def gains_of(table, column="net_welfare_change"):
    return table.set_index("economy")[column]


# --- economies that are alike


@pytest.mark.parametrize("model", ["trade_equilibrium", "gsim"])
def test_economies_alike_end_at_the_same_rate_and_both_lose(model, two):
    war = nash(made_up(model), two, BOTH)
    assert war.mean_rate("AAA") == pytest.approx(war.mean_rate("BBB"), abs=1e-8)
    gains = gains_of(war.gains)
    assert gains["AAA"] == pytest.approx(gains["BBB"], rel=1e-8)
    assert (gains < 0).all()
    assert war.unique


def test_each_would_gain_alone_and_loses_when_the_other_acts_too(two):
    corners = nash(made_up(), two, BOTH).corners.set_index(["acting", "economy"])["net_welfare_change"]
    assert corners["", "AAA"] == corners["", "BBB"] == pytest.approx(0.0, abs=1.0)
    assert corners["AAA", "AAA"] > 0 > corners["AAA,BBB", "AAA"] > corners["BBB", "AAA"]
    assert corners["AAA", "BBB"] == pytest.approx(corners["BBB", "AAA"], rel=1e-8)


def test_the_larger_of_two_may_gain_by_a_war_that_the_smaller_loses(large_and_small):
    war = nash(made_up("gsim", armington_elasticity=2.0), large_and_small, ("BIG", "TNY"))
    gains = gains_of(war.gains)
    assert gains["BIG"] > 0 > gains["TNY"]
    assert war.mean_rate("BIG") > war.mean_rate("TNY")


# --- the end of a war


def test_no_rate_of_a_grid_gains_at_the_end(two):
    war = nash(made_up(), two, BOTH)
    asked = question(war.scenario, two)
    game, flows, tariff = game_of(asked), two.flows, asked.policy.tariff_new
    settled = game.payoffs(tariff, None).gain
    for k in range(2):
        lines = (flows.importer == k) & ~flows.domestic
        for rate in np.linspace(0, 1, 21):
            assert game.payoffs(np.where(lines, rate, tariff), None).gain[k] <= settled[k] + 1e-9 * game.size[k]


def test_the_end_is_a_best_response_of_each(two):
    war = nash(made_up(), two, BOTH)
    for economy, other in (BOTH, BOTH[::-1]):
        rules = (Rule(importer=(other,), action="set", value_pct=100 * war.mean_rate(other)),)
        best = optimal_tariff(made_up(rules=rules), two, economy)
        assert best.mean_rate == pytest.approx(war.mean_rate(economy), abs=1e-7)


def test_the_last_round_of_every_start_moves_nothing_and_all_starts_agree(two):
    war = nash(made_up(), two, BOTH, instruments="by_product", starts=3)
    last = war.rounds[war.rounds["round"] == war.rounds.groupby("start")["round"].transform("max")]
    assert (last["change"] < SETTLED).all()
    assert len(last) == 6
    assert war.unique
    assert war.gradient < 1e-8


@pytest.mark.parametrize("kind", ["uniform", "by_product"])
def test_the_scenario_found_gives_the_gains_of_the_war(kind, two):
    war = nash(made_up("gsim"), two, BOTH, instruments=kind)
    again = gains_of(point_answer(war.scenario, two).economies)
    np.testing.assert_allclose(again, gains_of(war.gains), rtol=1e-7, atol=1.0)


def test_a_rule_of_the_scenario_is_where_the_war_begins(two):
    war = nash(made_up(rules=(Rule(value_pct=10.0),)), two, BOTH)
    assert war.rates["tariff_scenario"].tolist() == [0.1, 0.1]
    assert (gains_of(war.before) < 0).all()


@pytest.mark.slow
def test_usa_and_china_by_partner_leave_nothing_to_gain():
    asked = Scenario(dataset="wiod-2011", model="trade_equilibrium", elasticities="uniform", draws=0)
    war = nash(
        asked,
        read_dataset("wiod-2011"),
        ("USA", "CHN"),
        instruments="by_partner",
        against="everyone",
        products=("kind:goods",),
        starts=1,
    )
    assert len(war.rates) == 80
    assert war.gradient < 1e-8
    assert war.tried == 40


# --- curves and cooperation


def test_the_curves_cross_where_the_war_ends(two):
    war = nash(made_up(), two, BOTH)
    end = war.mean_rate("BBB")
    curves = response_curves(made_up(), two, BOTH, rates=(0.0, end, 0.5))
    own = curves.responses.set_index(["economy", "tariff_other"])["tariff_new"]
    assert own["AAA", end] == pytest.approx(war.mean_rate("AAA"), abs=1e-7)
    assert own["BBB", end] == pytest.approx(end, abs=1e-7)


def test_two_alone_cooperate_by_free_trade(two):
    curves = response_curves(made_up(), two, BOTH, rates=(0.1,))
    assert curves.cooperation == pytest.approx((0.0, 0.0), abs=1e-6)
    assert curves.gains == pytest.approx((0.0, 0.0), abs=1e3)


# --- refusals


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"economies": ("AAA",)}, "two or more different economies"),
        ({"economies": ("AAA", "AAA")}, "two or more different economies"),
        ({"against": "all"}, "each_other or from everyone"),
        ({"starts": 0}, "1 start or more"),
    ],
)
def test_a_war_that_cannot_be_fought_is_refused_in_words(changes, words, two):
    with pytest.raises(ParameterError, match=words):
        nash(made_up(), two, **{"economies": BOTH, **changes})


def test_curves_with_an_economy_that_is_not_there_are_refused(two):
    with pytest.raises(ParameterError, match="no economy 'CCC'"):
        response_curves(made_up(), two, ("AAA", "CCC"))


def test_a_war_on_the_imports_of_one_is_refused_with_what_it_needs(tmp_path):
    one = dataset_of(tmp_path / "one", {("AAA", "BBB", "g1"): 1e9})
    with pytest.raises(ScenarioError, match=r"The choice of BBB matches no trade.*needs data that hold the imports"):
        nash(made_up("armington"), one, BOTH)


def test_a_war_under_an_export_limit_is_refused(two):
    rule = Rule(exporters=("BBB",), instrument="export_volume", value_pct=-10.0)
    with pytest.raises(ParameterError, match="export volume"):
        nash(made_up("gsim", rules=(rule,)), two, BOTH)
