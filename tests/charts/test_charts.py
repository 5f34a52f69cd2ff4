import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calc.analysis.perspective import partner_changes
from calc.charts.basic import (
    CHANGES,
    CLASSES,
    PART_COLOURS,
    REAL_INCOME,
    WELFARE,
    WORLD,
    bars_spec,
    best_and_worst,
    described,
    described_gains,
    map_spec,
    parts_spec,
    ranking_spec,
    shapes_of_economies,
    shapes_of_partners,
)
from calc.charts.ranges import MARKS, histogram_spec
from calc.datasets.dataset import data_dir
from calc.glossary import GLOSSARY
from calc.question import point_answer
from calc.scenario_file import presets, read_scenario


@pytest.fixture(scope="module")
def world():
    return json.loads((data_dir() / "countries-110m.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def changes(run_preset):
    return partner_changes(run_preset("truce_lapses"))


def test_the_largest_change_comes_first_and_all_partners_are_there(changes, run_preset):
    result = run_preset("truce_lapses")
    assert changes["economy"].iloc[0] == "CHN"
    assert len(changes) == 230
    assert changes["imports_change"].sum() == pytest.approx(result.value("import_value_change"), rel=1e-12)


def test_the_european_union_is_painted_on_each_of_its_members_where_it_is_one_partner(changes, us_2024, world):
    union = changes[changes["economy"] == "DEU"].assign(economy="EU27", name="European Union (27)")
    countries = pd.read_csv(data_dir() / "us-2024-hs10" / "countries.csv", dtype=str, keep_default_na=False)
    shapes, missing = shapes_of_partners(union, countries, world)
    assert {"276", "250", "380"} <= set(shapes["id"])
    assert len(set(shapes["class"])) == 1
    assert missing == []


def test_members_of_the_european_union_are_painted_by_their_own_change(changes, us_2024, world):
    shapes, missing = shapes_of_partners(changes, us_2024.countries, world)
    members = shapes[shapes["name"].isin(["Germany", "France", "Italy"])]
    assert sorted(members["id"]) == ["250", "276", "380"]
    assert members["percent"].nunique() == 3
    assert {"Hong Kong", "Singapore", "Malta"} <= set(missing)


def test_a_partner_without_change_stays_grey(run_preset, us_2024, world):
    shapes, _ = shapes_of_partners(partner_changes(run_preset("no_change")), us_2024.countries, world)
    assert shapes.empty
    assert described(partner_changes(run_preset("no_change"))) == "No partner's imports change."


def test_a_map_class_is_the_one_its_change_lies_in(changes, us_2024, world):
    shapes, _ = shapes_of_partners(changes, us_2024.countries, world)
    assert set(shapes["class"]) <= set(CLASSES)
    assert shapes.loc[shapes["name"] == "China", "class"].iloc[0] == "below −50%"  # −74.9%
    assert shapes.loc[shapes["name"] == "Vietnam", "class"].iloc[0] == "20 to 50"  # +31.1%


def test_only_the_data_of_a_chart_depend_on_the_result(changes, run_preset, us_2024, world):
    other = partner_changes(run_preset("universal_10"))
    for spec in (
        lambda table: map_spec(shapes_of_partners(table, us_2024.countries, world)[0], world),
        bars_spec,
    ):
        one, two = spec(changes), spec(other)
        assert one["datasets"][CHANGES] != two["datasets"][CHANGES]
        assert {**one, "datasets": None} == {**two, "datasets": None}


def test_charts_name_no_outside_address(changes, us_2024, world):
    spec = map_spec(shapes_of_partners(changes, us_2024.countries, world)[0], world)
    assert spec["datasets"][WORLD] is world
    text = (
        json.dumps([spec, bars_spec(changes)]).replace(spec["$schema"], "").replace(bars_spec(changes)["$schema"], "")
    )
    assert "http" not in text


def test_bars_are_twelve_and_labelled_as_words_print_them(changes):
    rows = bars_spec(changes)["datasets"][CHANGES]
    assert len(rows) == 12
    assert rows[0]["name"] == "China"
    assert rows[0]["money"].startswith("−$")
    assert np.all(np.diff([abs(row["change"]) for row in rows]) <= 0)


def test_a_result_without_names_shows_codes(run_preset):
    bare = partner_changes(replace(run_preset("truce_lapses"), inputs=None))
    assert bare["name"].iloc[0] == "CHN"


# Economies of the world

GAINS = pd.DataFrame(
    {
        "economy": ["MEX", "TWN", "AUS", "CHN", "USA"],
        "name": ["Mexico", "Taiwan", "Australia", "China", "United States"],
        "gain": [4.3e9, 1.9e9, 0.0, -7e10, -1.4e11],
        "low": [4.0e9, 1.8e9, 0.0, -8e10, np.nan],
        "high": [4.9e9, 2.2e9, 0.0, -6e10, np.nan],
        "share": [0.0024, np.nan, 0.0, -0.004, -0.0115],
    }
)


def test_an_economy_is_painted_by_its_share_and_named_where_that_is_unknown(us_2024, world):
    shapes, missing = shapes_of_economies(GAINS, us_2024.countries, world, WELFARE)
    by_name = shapes.set_index("name")["class"]
    assert by_name["Mexico"] == "0.1 to 0.3"
    assert by_name["China"] == "−1 to −0.3"
    assert "Australia" not in by_name
    assert "Taiwan" in missing
    assert shapes.set_index("name").loc["Mexico", ["percent", "money"]].tolist() == ["+0.24%", "+$4.30 bn"]


def test_maps_of_gains_differ_by_their_words_and_not_by_their_colours(us_2024, world):
    shapes, _ = shapes_of_economies(GAINS, us_2024.countries, world, WELFARE)
    one, two = (json.dumps(map_spec(shapes, world, measure=measure)) for measure in (WELFARE, REAL_INCOME))
    assert one != two
    assert all(colour in one for colour in CLASSES.values())


def test_a_ranking_has_both_ends_and_leaves_out_the_unmoved():
    many = pd.DataFrame({"name": [f"e{k}" for k in range(40)], "gain": np.arange(-10, 30) * 1e9, "share": 0.01})
    top = best_and_worst(many)
    assert len(top) == 12
    assert (top["gain"] > 0).sum() == 6
    assert top["gain"].is_monotonic_decreasing
    rows = ranking_spec(GAINS)["datasets"][CHANGES]
    assert [row["name"] for row in rows] == ["Mexico", "Taiwan", "China", "United States"]
    assert rows[1]["percent"] == "–"
    assert (rows[2]["low"], rows[2]["high"], rows[2]["range"]) == (-8e10, -6e10, "−$80.0 bn to −$60.0 bn")
    assert (rows[3]["low"], rows[3]["range"]) == (None, "")
    assert len(best_and_worst(many[many["gain"] > 0])) == 12
    assert described_gains(GAINS.head(0)) == "No economy gains or loses."
    assert "United States −$140 bn" in described_gains(GAINS)


def test_parts_are_stacked_in_colours_of_their_own():
    parts = pd.DataFrame(
        {"name": ["A", "A"], "part": ["Buyers", "Producers"], "value": [-2e9, 1e9], "total": [-1e9, -1e9]}
    )
    spec = parts_spec(parts, axis="US$ bn", unit=1e9)
    assert [row["value"] for row in spec["datasets"][CHANGES]] == [-2.0, 1.0]
    text = json.dumps(spec)
    assert all(colour in text for colour in PART_COLOURS[:2])
    assert "http" not in text.replace(spec["$schema"], "")


def test_bars_carry_the_range_of_each_partner_and_none_without_draws(run_preset, us_2024):
    ranged = partner_changes(run_preset("truce_lapses"))
    bars = bars_spec(ranged)["datasets"][CHANGES]
    assert all(row["low"] <= row["high"] and " to " in row["range"] for row in bars)
    plain = partner_changes(point_answer(read_scenario(presets()["truce_lapses"]), us_2024))
    assert plain["low"].isna().all()
    assert all(row["low"] is None for row in bars_spec(plain)["datasets"][CHANGES])


def test_a_histogram_holds_every_draw_and_marks_answer_median_and_ends():
    values = np.linspace(-2e9, 6e9, 400)
    row = pd.Series({"value": 1e9, "low": -1.6e9, "median": 2e9, "high": 5.6e9})
    spec = histogram_spec(values, row, GLOSSARY["import_value_change"])
    assert sum(bar["count"] for bar in spec["datasets"][CHANGES]) == 400
    assert spec["datasets"][CHANGES][0]["from"] == pytest.approx(-2)
    assert spec["layer"][0]["encoding"]["y2"] == {"datum": 0}  # bars stand on the axis
    marks = {mark["kind"]: mark["at"] for mark in spec["datasets"][MARKS]}
    assert marks == pytest.approx({"answer": 1, "5%": -1.6, "median": 2, "95%": 5.6})
