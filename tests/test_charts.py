import json
from dataclasses import replace

import numpy as np
import pytest

from calc.charts import (
    CHANGES,
    CLASSES,
    WORLD,
    bars_spec,
    described,
    map_spec,
    partner_changes,
    shapes_of_partners,
)
from calc.dataset import data_dir


@pytest.fixture(scope="module")
def world():
    return json.loads((data_dir() / "countries-110m.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def changes(run_preset):
    return partner_changes(run_preset("truce_lapses"))


def test_the_largest_change_comes_first_and_all_partners_are_there(changes, run_preset):
    result = run_preset("truce_lapses")
    assert changes["economy"].iloc[0] == "CHN"
    assert len(changes) == 50
    assert changes["imports_change"].sum() == pytest.approx(result.value("import_value_change"), rel=1e-12)


def test_the_european_union_is_painted_on_each_of_its_members(changes, us_2024, world):
    shapes, missing = shapes_of_partners(changes, us_2024.countries, world)
    painted = shapes[shapes["name"] == "European Union (27)"]
    assert {"276", "250", "380"} <= set(painted["id"])
    assert painted["class"].nunique() == 1
    assert missing == ["Hong Kong", "Singapore"]


def test_a_partner_without_change_stays_grey(run_preset, us_2024, world):
    shapes, _ = shapes_of_partners(partner_changes(run_preset("no_change")), us_2024.countries, world)
    assert shapes.empty
    assert described(partner_changes(run_preset("no_change"))) == "No partner's imports change."


def test_a_map_class_is_the_one_its_change_lies_in(changes, us_2024, world):
    shapes, _ = shapes_of_partners(changes, us_2024.countries, world)
    assert set(shapes["class"]) <= set(CLASSES)
    assert shapes.loc[shapes["name"] == "China", "class"].iloc[0] == "below −50 %"  # −74.9 %
    assert shapes.loc[shapes["name"] == "Vietnam", "class"].iloc[0] == "20 to 50"  # +31.1 %


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
