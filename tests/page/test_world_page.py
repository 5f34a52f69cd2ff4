"""The World view: every economy on maps, bars and cards, in partial and in general equilibrium."""

import io
import zipfile
from dataclasses import replace
from itertools import cycle

import pytest
from pages import choose_preset, headline_of, preset_of, words_of
from world_pages import HIT, RETALIATION, WORLDS, open_view

from calc.analysis.perspective import economy_changes, gdp_of
from calc.cli import main as command_line
from calc.datasets.dataset import read_dataset
from calc.page import answers, export
from calc.page.held.link import pack, unpack
from calc.page.world.details import ECONOMY_DETAILS
from calc.page.world.economies import (
    economy_screen,
    partner_screen_of,
    sector_screen,
    side_by_side,
)
from calc.question import point_answer
from calc.reports.report import TABLES
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tit_for_tat():
    return point_answer(read_scenario(presets()["tit_for_tat"]), read_dataset("world-2023"))


@pytest.fixture(scope="module")
def whole_economies():
    return point_answer(read_scenario(presets()["truce_lapses_world"]), read_dataset("wiod-2011"))


# What a person sees


def test_the_answer_of_single_markets_has_welfare_and_its_parts_and_says_that_data_are_estimated():
    page = open_view(dataset="world-2023", retaliation="True")
    labels = [metric.label for metric in page.metric]
    assert labels == [f"{what}, United States" for what in ("Net welfare", "Producers", "Buyers", "Tariff revenue")]
    assert page.metric[0].value == "−$142 bn"
    words = words_of(page)
    assert "Estimated data" in words
    assert "Solved in 3 steps, residual" in words
    assert "Not drawn: Malta, Rest of the world, Taiwan" in words


@pytest.mark.parametrize("dataset", ["pairs-2023", "wiod-2011"])
def test_the_answer_of_whole_economies_has_real_income(dataset):
    page = open_view(dataset=dataset)
    assert "real income of the United States falls" in headline_of(page)
    labels = [metric.label for metric in page.metric]
    called = ("Real income", "Consumer prices", "Change of exports", "Tariff revenue")
    assert labels == [f"{what}, United States" for what in called]
    # the preset of whole sectors is on the estimated world of 2023
    assert preset_of(page) == ("truce_lapses_pairs" if dataset == "pairs-2023" else "custom")
    assert "Estimated data" not in words_of(page)


FIRST, *OTHERS = WORLDS
OPENED = [(FIRST, detail) for detail in ECONOMY_DETAILS]
OPENED += zip(OTHERS, cycle(ECONOMY_DETAILS))  # one detail each


@pytest.mark.parametrize(("dataset", "detail"), OPENED)
def test_every_detail_opens_and_one_on_every_dataset(dataset, detail):
    page = open_view(dataset=dataset, economy_detail=detail)
    assert not page.error
    if detail == "economies":
        assert len(page.dataframe[0].value) == len(answers.dataset(dataset).countries)


def test_an_economy_is_picked_by_its_link():
    page = open_view(dataset="world-2023", economy_detail="economy", economy="MEX")
    assert page.selectbox(key="economy").value == "MEX"
    assert [metric.label for metric in page.metric][4:] == [
        f"{what}, Mexico" for what in ("Net welfare", "Producers", "Buyers", "Tariff revenue")
    ]
    products, partners = page.dataframe[0].value, page.dataframe[1].value
    assert len(products) == 16
    assert partners["Partner"].iloc[0] == "United States"
    assert page.query_params["economy"] == "MEX"


def test_partial_and_general_equilibrium_stand_side_by_side():
    page = open_view(dataset="wiod-2011", economy_detail="models")
    words = words_of(page)
    assert "**GSIM, exact**, United States" in words
    assert "**General equilibrium, sectors and inputs**, United States" in words
    assert "at given incomes" in words
    assert "tax on a country's own exports" in words
    table = page.dataframe[0].value
    assert list(table.columns[1:3]) == ["Net welfare, % of GDP", "Net welfare, $ m"]
    assert table["Economy"].iloc[0] == "United States"
    page.selectbox(key="model").set_value("armington").run()
    assert "**Armington, exact**, United States" in words_of(page)


def test_without_national_accounts_the_other_kind_of_model_is_one_button_away():
    page = open_view(dataset="world-2023", economy_detail="models")
    assert "cannot be used in general equilibrium: it needs national accounts" in words_of(page)
    page.button(key="open_general").click().run()
    assert "real income of the United States" in headline_of(page)


def test_options_of_general_equilibrium_reach_the_scenario_and_no_other_model():
    page = open_view(dataset="wiod-2011", deficits="zero", economy_detail="models", export_supply_elasticity="3")
    assert page.selectbox(key="deficits").value == "zero"
    assert not page.warning
    assert "**GSIM, exact**, United States" in words_of(page)
    assert headline_of(page) != headline_of(open_view(dataset="wiod-2011"))


def test_a_rule_beyond_a_model_is_one_sentence():
    page = open_view(dataset="wiod-2011", action="set", tariff_pct="-100")
    assert len(page.error) == 1
    page = open_view(dataset="world-2023")
    choose_preset(page, "rare_earth_cut_world")
    page.selectbox(key="model").set_value("gsim_linear").run()
    assert "import tariffs only" in page.error[0].value
    assert not page.metric


def test_no_change_on_the_world_is_an_answer_too():
    for dataset in WORLDS:
        page = open_view(dataset=dataset, tariff_pct="0")
        assert "nothing changes" in headline_of(page)
        assert page.metric[0].value in ("$0", "0.000%")


# Export rules


@pytest.mark.parametrize(("title", "preset"), [("What-if", "rare_earth_cut"), ("World", "rare_earth_cut_world")])
def test_an_export_cut_shows_price_rent_and_who_steps_in(title, preset):
    page = open_view(title)
    choose_preset(page, preset)
    labels = [metric.label for metric in page.metric]
    assert labels == ["Price, goods hit", "Volume of targeted goods", "Sellers of targeted goods", "Other suppliers"]
    words = words_of(page)
    assert "for what China still ships" in words
    assert "a year: scarcity rents less what they lose on goods not sold" in words
    assert "Other suppliers sell $" in words
    volume = {"What-if": "−50.0%", "World": "−0.028%"}[title]
    assert page.metric[1].value == volume
    assert page.metric[2].value in words.replace("gain $", "gain +$")


# The report


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["tit_for_tat", "truce_lapses_world"])
def test_export_writes_the_bytes_of_the_command_line(preset, tmp_path, monkeypatch):
    made = []

    def keep(label, data, *rest, **more):
        if label == "Export report":
            made.append(data)

    monkeypatch.setattr(export.st, "download_button", keep)
    assert command_line(["run", preset, "--set", "draws=0", "--out", str(tmp_path / "out")]) == 0
    page = open_view(draws="0")
    choose_preset(page, preset)
    assert not page.error
    with zipfile.ZipFile(io.BytesIO(made[-1]())) as archive:
        for name in (*(f"{table}.csv" for table in TABLES), "scenario.toml", "README.txt"):
            assert archive.read(name) == (tmp_path / "out" / name).read_bytes(), name
        assert len(archive.read("economies.csv").splitlines()) > 40


# The tables


def test_screens_of_one_economy_and_of_all(tit_for_tat, whole_economies):
    table = economy_screen(tit_for_tat, gdp_of(read_dataset("world-2023")))
    assert table["Net welfare, $ m"].sum() == pytest.approx(tit_for_tat.value("net_welfare_change") / 1e6)
    assert "Real income, %" not in table
    assert "Real income, %" in economy_screen(whole_economies, {})
    sold = partner_screen_of(tit_for_tat, "MEX").set_index("Partner")
    row = tit_for_tat.economies.set_index("economy").loc["MEX"]
    assert sold["Change of exports, $ m"].sum() == pytest.approx(row["exports_change"] / 1e6)
    assert sold["Change of imports, $ m"].sum() == pytest.approx(row["imports_change"] / 1e6)
    assert len(sector_screen(whole_economies, "DEU", {})) == 35
    both = side_by_side(tit_for_tat, tit_for_tat, {})
    assert both["Economy"].iloc[0] == "United States"


def test_a_packed_policy_keeps_its_answer():
    assert unpack(pack(Scenario(title="x", rules=(HIT, RETALIATION)))).rules == (HIT, RETALIATION)


@pytest.mark.parametrize("dataset", ["world-2023", "pairs-2023"])
def test_every_card_of_an_economy_has_its_range_and_says_what_it_leaves_out(dataset):
    page = open_view(dataset=dataset, draws="200")
    assert all(" to " in metric.delta for metric in page.metric)
    assert "90% of 200 draws" in words_of(page)
    assert "They leave out the choice of model" in words_of(page)


def test_no_draws_no_range_and_the_page_says_so():
    page = open_view(dataset="world-2023")
    assert not any(metric.delta for metric in page.metric)
    assert "No ranges: the number of draws is set to none" in words_of(page)


def test_the_ends_of_an_economys_range_are_those_of_the_report():
    scenario = replace(read_scenario(presets()["truce_lapses_pairs"]), draws=200)
    whole = answers.with_range(scenario)
    rows = whole.ranges[(whole.ranges["kind"] == "economy") & (whole.ranges["metric"] == "real_income_change")]
    changes = economy_changes(whole, {}).set_index("economy")
    told = rows.set_index("economy")
    assert changes["low"].to_dict() == pytest.approx(told["low"].to_dict())
    assert (told["low"] <= told["high"]).all()


def test_uncertainty_of_the_world_shows_the_draws_and_every_number():
    page = open_view(dataset="pairs-2023", draws="200", economy_detail="uncertainty")
    assert "90% of them from" in words_of(page)
    assert {"Number", "Median", "5%", "95%", "Error of the ends"} <= set(page.dataframe[0].value.columns)
