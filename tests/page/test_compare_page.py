"""The Compare view and the pins, through AppTest."""

import base64
import io
import re
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from pages import headline_of, open_view, tables_of

from calc.analysis.comparison import BEFORE, alike, answer, called, cell_texts, comparison
from calc.analysis.perspective import seen_by
from calc.assumptions import Assumptions
from calc.charts.comparison import PLACE_COLOURS
from calc.errors import ScenarioError
from calc.files.write import zip_bytes
from calc.page.compare import view as compare_view
from calc.page.compare.view import Entry, read_economy
from calc.page.held.link import MAX_UNPACKED, Unknown, address
from calc.page.pins import PLACES, Pin, apart, read_pin, read_pin_text, write_pin
from calc.reports.comparison import comparison_files
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, scenario_to_toml
from calc.tariffs.rules import Rule

pytestmark = pytest.mark.slow

open_compare = partial(open_view, "Compare")
FEW = 20  # draws, to be quick
OPENING = "100 points on China, on top of the latest tariffs"


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """The page asks for 200 draws, which general equilibrium takes half a minute for."""
    monkeypatch.setattr(
        compare_view, "alike", lambda scenarios: alike([replace(scenarios[0], draws=FEW), *scenarios[1:]])
    )


def preset(name, **changes):
    return replace(read_scenario(presets()[name]), draws=FEW, **changes)


def pin_of(place, name, **changes):
    return write_pin(Pin(place=place, scenario=preset(name, **changes)))


def rows_of(page):
    (table,) = tables_of(page)
    return {scenario.replace("\\", ""): row for scenario, row in table.set_index("Scenario").T.items()}


def words_of(page):
    return " ".join(text.value for text in [*page.markdown, *page.warning]).replace("\\", "")


# The view


def test_without_pins_what_is_on_screen_stands_alone_and_presets_are_offered():
    page = open_compare()
    assert headline_of(page).endswith("Pin scenarios to compare with it.")
    assert list(rows_of(page)) == [f"On screen now: {OPENING}"]
    page.button(key="pin_first").click().run()
    assert not page.exception
    assert len(rows_of(page)) == 4
    assert [text.split(".")[0] for text in page.query_params["pins"]] == ["1", "2", "3"]


def test_what_is_pinned_stays_when_the_slider_moves():
    page = open_compare()
    before = rows_of(page).popitem()[1]
    page.button(key="pin").click().run()
    assert page.button(key="pin").disabled
    assert "already pinned" in page.button(key="pin").help
    page.slider(key="tariff_slider").set_value(25.0).run()
    rows = rows_of(page)
    now, pinned = rows.items()
    assert now[0].startswith("On screen now: The United States adds 25 points")
    assert pinned[0] == OPENING
    assert list(pinned[1]) == list(before)
    assert not page.button(key="pin").disabled
    assert headline_of(page).startswith(f"Of 2 scenarios, prices paid for all imports move most under {OPENING}")


def test_the_link_brings_the_whole_comparison_back():
    pins = [pin_of(2, "april_2025_peak"), pin_of(4, "geneva_truce", model="smart")]
    page = open_compare(pins=pins, tariff_pct="20", compare_show="levels", compare_economy="USA")
    again = open_compare(**page.query_params)
    assert not page.toast
    assert rows_of(page).keys() == rows_of(again).keys()
    assert tables_of(page)[0].equals(tables_of(again)[0])
    assert again.query_params["pins"] == pins
    assert len(address("http://localhost:8501/", {"pins": pins})) < 8_000


def test_a_pin_is_a_whole_scenario_with_dataset_model_days_and_assumptions():
    scenario = Scenario(
        title="All of it",
        dataset="us-2024",
        model="smart",
        elasticities="uniform",
        seed=7,
        draws=50,
        baseline=date(2025, 10, 30),
        law_day=date(2025, 11, 10),
        rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=5.0, label="A label"),),
        assumptions=Assumptions(pass_through_pct=60.0),
    )
    read = read_pin(write_pin(Pin(place=5, scenario=scenario)))
    assert read.place == 5
    assert scenario_to_toml(read.scenario) == scenario_to_toml(scenario)


def test_a_removed_pin_leaves_the_others_in_their_places_and_colours():
    page = open_view(
        "Compare", pins=[pin_of(1, "april_2025_peak"), pin_of(2, "geneva_truce"), pin_of(3, "universal_10")]
    )
    page.button(key="pin_remove_2").click().run()
    assert [text.split(".")[0] for text in page.query_params["pins"]] == ["1", "3"]
    page.selectbox(key="pin_preset").set_value("no_change").run()
    assert [text.split(".")[0] for text in page.query_params["pins"]] == ["1", "2", "3"]
    assert list(rows_of(page))[2].startswith("No change")
    assert page.selectbox(key="pin_preset").value is None


def test_a_place_has_its_colour_whatever_stands_beside_it():
    entries = [Entry(place=place, name="any", scenario=Scenario()) for place in (0, *PLACES)]
    assert tuple(entry.colour for entry in entries) == PLACE_COLOURS


def test_a_pin_can_be_renamed_and_put_on_screen():
    pin = write_pin(Pin(place=1, scenario=read_scenario(presets()["truce_lapses"])))
    page = open_compare(pins=pin, tariff_pct="20")
    (box,) = [box for box in page.text_input if box.label == "Name of pin 1"]
    box.set_value("  The   truce ").run()
    assert list(rows_of(page))[1] == "The truce"
    assert read_pin(page.query_params["pins"]).scenario.title == "The truce"
    page.button(key="pin_open_1").click().run()
    assert page.number_input(key="tariff_pct").value == 100.0
    assert "tariff_pct" not in page.query_params


def test_a_pin_that_the_controls_cannot_hold_says_so_and_changes_nothing():
    page = open_view(
        "Compare", pins=pin_of(1, "truce_lapses"), tariff_pct="20"
    )  # with a number of draws that is not offered
    page.button(key="pin_open_1").click().run()
    assert "The page cannot show draws = 20" in page.toast[0].value
    assert page.number_input(key="tariff_pct").value == 20.0


def test_change_against_a_pin_is_taken_draw_by_draw():
    peak = preset("april_2025_peak")
    page = open_compare(pins=pin_of(1, "april_2025_peak"), compare_against="1")
    now, pinned = rows_of(page).values()
    assert {cell.replace("\u00a0", " ").replace("\u2060", "").replace("\\", "") for cell in pinned} == {
        "0.0 points",
        "$0",
    }
    assert "points" in now["Price, goods hit"]
    assert f"Each scenario minus “{peak.title}”" in words_of(page)
    page.button(key="pin_remove_1").click().run()
    assert page.selectbox(key="compare_against").value == ""


def test_different_data_and_models_stand_side_by_side_with_a_caution():
    page = open_compare(pins=pin_of(1, "tit_for_tat"))
    assert "different data: us-2024 (2024) and world-2023 (2023, estimated)" in words_of(page)
    assert "different models" in words_of(page)
    rows = rows_of(page)
    assert "world-2023, United States" in rows["Tit for tat: 100 points, with full retaliation"]["Model and data"]
    page.selectbox(key="compare_economy").set_value("CHN").run()
    assert "world-2023, China" in rows_of(page)["Tit for tat: 100 points, with full retaliation"]["Model and data"]
    page.selectbox(key="compare_economy").set_value("all").run()
    assert "China" not in rows_of(page)["Tit for tat: 100 points, with full retaliation"]["Model and data"]


def test_general_equilibrium_has_columns_that_others_leave_empty():
    page = open_compare(pins=pin_of(1, "tit_for_tat", dataset="wiod-2011", model="trade_equilibrium"))
    now, general = rows_of(page).values()
    assert now["Real income"] == ""
    assert general["Real income"].endswith("%)")


def test_what_has_no_answer_is_one_sentence_and_the_pins_stay():
    page = open_compare(pins=pin_of(1, "geneva_truce"), exporters="AGO", products="8703")
    (error,) = page.error
    assert "cannot be computed" in error.value
    assert "matches no trade" in error.value
    assert list(rows_of(page)) == ["Geneva truce: 30 points on China"]


# The link


@pytest.mark.parametrize(
    "text", ["zzz", "1.", "1.zzz", "9.eNpLBAAAQgBC", "1.eNpLBAAAQgBC", ".", "x" * 5000, "1." + "A" * 50_000]
)
def test_a_damaged_pin_is_named_and_left_out(text):
    page = open_compare(pins=[text, pin_of(2, "geneva_truce")])
    assert "pins=" in page.toast[0].value
    assert len(rows_of(page)) == 2


def test_a_pin_on_unknown_data_is_named_with_them():
    unknown = scenario_to_toml(preset("geneva_truce")).replace('model = "armington"', 'model = "magic"')
    packed = base64.urlsafe_b64encode(zlib.compress(unknown.encode())).decode()
    page = open_view("Compare", pins=[pin_of(1, "geneva_truce", dataset="mars-2030"), f"2.{packed}"])
    assert "dataset 'mars-2030' is not on this page" in page.toast[0].value
    assert "there is no model 'ma" in page.toast[0].value
    assert len(rows_of(page)) == 1


def test_a_pin_on_somebodys_own_data_says_that_it_is_not_here():
    page = open_compare(pins=pin_of(1, "geneva_truce", dataset="own:0123456789ab"))
    assert not page.toast
    (error,) = page.error
    assert "not in this session" in error.value
    assert len(rows_of(page)) == 1
    assert "all pins except those on your own data" in words_of(page)


def test_a_pin_too_long_for_a_link_is_refused():
    rules = tuple(Rule(label="x" * 1000, value_pct=float(k)) for k in range(30))
    with pytest.raises(ScenarioError, match="too long for a link"):
        write_pin(Pin(place=1, scenario=Scenario(rules=rules)))
    assert len(scenario_to_toml(Scenario(rules=rules))) > MAX_UNPACKED


def test_more_pins_than_places_are_counted():
    names = ("april_2025_peak", "geneva_truce", "universal_10", "no_change", "free_trade_with_china", "truce_lapses")
    page = open_compare(pins=[pin_of(1, name) for name in names])
    assert "6 pinned scenarios; 5 fit here" in words_of(page)
    assert len(rows_of(page)) == 6
    assert "Five scenarios are already pinned" in page.button(key="pin").help


def test_pins_of_one_place_move_apart():
    pins = [Pin(place=place, scenario=Scenario(title=title)) for place, title in ((2, "a"), (2, "b"), (1, "c"))]
    assert [(pin.place, pin.scenario.title) for pin in apart(pins)] == [(1, "b"), (2, "a"), (3, "c")]


@pytest.mark.parametrize("text", ["all", "USA", "EU27"])
def test_whose_numbers_is_all_or_a_code(text):
    assert read_economy(text) == text


@pytest.mark.parametrize("text", ["", "U S", "<b>", "x" * 13, "É"])
def test_whose_numbers_is_nothing_else(text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        read_economy(text)


def test_an_unread_pin_is_told_in_words():
    with pytest.raises(Unknown, match="cannot be read"):
        read_pin_text("nonsense")


# What is exported is what is shown


@pytest.mark.parametrize("against", [BEFORE, None])
def test_the_table_on_screen_and_the_files_hold_the_same_numbers(us_2024, against):
    pins = [preset("april_2025_peak"), preset("geneva_truce")]
    texts = [write_pin(Pin(place=k, scenario=one)) for k, one in enumerate(pins, 1)]
    page = open_compare(pins=texts, compare_show="levels" if against is None else "change")
    same = alike([preset("truce_lapses"), *pins])
    named = [answer(one, us_2024, name=name) for one, name in zip(same, rows_of(page), strict=True)]
    table = comparison(named, against=against)
    for row in table.to_dict("records"):
        shown = (
            rows_of(page)[row["scenario"]][called(row["metric"], against)]
            .replace("\u00a0", " ")
            .replace("\u2060", "")
            .replace("\\", "")
        )
        value, span = cell_texts(row, against)
        assert shown == (f"{value}\n({span})" if span else value)
    files = comparison_files(named, against=against)
    with zipfile.ZipFile(io.BytesIO(zip_bytes(files))) as archive:
        assert {"comparison.csv", "pairs.csv", "README.txt"} <= set(archive.namelist())
        assert len(archive.read("comparison.csv").splitlines()) == 1 + len(table)


def test_one_economys_view_can_go_to_another_process():
    import pickle

    assert pickle.loads(pickle.dumps(seen_by("USA"))).keywords == {"importer": "USA"}
