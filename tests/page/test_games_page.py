"""World, best tariffs: a war of two, what a truce is worth, the best tariffs by partner, and points carried further."""

import pytest
from pages import words_of
from world_pages import open_view

import calc
from calc.page.world.games import GAMES
from calc.words import rate

pytestmark = pytest.mark.slow

WORLD = "world-2023"


@pytest.fixture(scope="module")
def war():
    """What the page shows of the preset on this dataset: a war without new tariffs before it."""
    scenario = calc.Scenario(dataset=WORLD, model="gsim", draws=0)
    return calc.nash(scenario, ["USA", "CHN"], starts=1, with_curves=True)


def test_the_end_of_the_war_and_the_worth_of_a_truce_are_said(war):
    page = open_view(dataset=WORLD, economy_detail="games")
    words = words_of(page)
    first, second = (rate(war.found.mean_rate(code)) for code in ("USA", "CHN"))
    assert f"they would end at {first} and {second}" in words
    assert "To stay at the base instead is worth" in words
    table = page.dataframe[0].value
    assert table["Who chooses"].tolist()[0] == "Nobody chooses (base)"
    assert table["Who chooses"].tolist()[-2:] == ["Both (war)", "Cooperation"]
    gains = war.gains.set_index("economy")["net_welfare_change"]
    assert table["United States, $ m"].iloc[3] == pytest.approx(gains["USA"] / 1e6, rel=1e-6)


@pytest.mark.parametrize("place", range(4))
def test_a_point_is_carried_into_the_page_and_answered_there(place, war):
    page = open_view(dataset=WORLD, economy_detail="games")
    page.button(key=f"carry_{place}").click().run()
    assert not page.exception
    assert not page.error
    if place == 0:
        net = page.metric[0].value
        expected = calc.run(war.scenario).economies.set_index("economy")["net_welfare_change"]["USA"]
        assert net == calc.words.money(expected)


def test_another_opponent_is_chosen_by_the_link():
    page = open_view(dataset=WORLD, economy_detail="games", other_economy="MEX")
    assert "If the United States and Mexico each chose" in words_of(page)


def test_the_best_tariffs_by_partner_are_those_of_the_command_and_can_be_carried():
    page = open_view(dataset=WORLD, economy_detail="games", game="partners")
    words = words_of(page)
    scenario = calc.Scenario(
        dataset=WORLD,
        model="gsim",
        draws=0,
        rules=(calc.Rule(importer=("USA",), exporters=("CHN",), value_pct=100.0),),
    )
    best = calc.optimal_tariff(scenario, "USA", instruments="by_partner", starts=1)
    assert f"{rate(best.found.mean_rate)} on average" in words
    assert "partners of" in words
    page.button(key="carry_best").click().run()
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("game", GAMES)
def test_whole_economies_have_them_too(game):
    page = open_view(dataset="pairs-2023", economy_detail="games", game=game)
    assert not page.warning
    assert "tariff" in words_of(page)


def test_a_model_without_slopes_says_which_models_have_them():
    page = open_view(dataset=WORLD, economy_detail="games", model="gsim_linear")
    assert any("has no best tariffs" in info.value for info in page.info)
