"""Charts of household cost: steps that add up, names that people know, states in the class of their share."""

import json

import pandas as pd
import pytest

from calc.analysis.households.us_accounts import read_accounts
from calc.charts.basic import CHANGES
from calc.charts.households import (
    CLASSES,
    SHORT_NAMES,
    categories_spec,
    deciles_spec,
    revenue_spec,
    states_spec,
)
from calc.datasets.dataset import data_dir


@pytest.fixture(scope="module")
def shapes():
    return json.loads((data_dir() / "us-states.json").read_text(encoding="utf-8"))


def test_the_dollars_beside_the_categories_add_up_to_the_cost():
    table = pd.DataFrame(
        {
            "category": ["Housing", "Food services and accommodations"],
            "price_change": [0.01, 0.02],
            "price_change_low": [float("nan")] * 2,
            "price_change_high": [float("nan")] * 2,
            "consumption_share": [0.75, 0.25],
        }
    )
    rows = categories_spec(table, 100_000.0)["datasets"][CHANGES]
    # 0.02 x 0.25 x 100,000 = 500 and 0.01 x 0.75 x 100,000 = 750, dearest first
    assert [(row["name"], row["money"]) for row in rows] == [("Restaurants and hotels", "$500"), ("Housing", "$750")]


def test_short_names_are_those_of_categories_that_exist():
    assert set(SHORT_NAMES) <= set(read_accounts().categories["major_category"])


def test_every_decile_says_that_its_unit_is_the_household():
    table = pd.DataFrame({"decile": [1, 10], "household_cost": [700.0, -5.0], "cost_share_of_income": [0.02, -0.01]})
    first, last = deciles_spec(table, span=(0.5, 1.1))["datasets"][CHANGES]
    assert first["name"] == "Households, decile 1, poorest"
    assert (first["low"], first["high"], first["percent"]) == (350.0, pytest.approx(770.0), "+2.00%")
    assert last["money"] == "−$5"


def test_revenue_is_drawn_in_billions():
    net = {"net_revenue": [-2e9], "net_revenue_low": [-3e9], "net_revenue_high": [1e9]}
    (row,) = revenue_spec(pd.DataFrame({"fiscal_year": [2026], "gross_revenue": [3e9], **net}))["datasets"][CHANGES]
    assert (row["year"], row["gross"], row["net"], row["text"]) == ("FY2026", 3.0, -2.0, "−2")
    assert (row["low"], row["high"]) == (-3.0, 1.0)


def test_a_state_is_painted_in_the_class_of_its_share(shapes):
    table = pd.DataFrame({"state": ["AK", "AL", "AR"], "jobs_exposed": [0.0, 10.0, 30.0], "share": [0.0, 0.02, 0.2]})
    rows = states_spec(table, shapes, title="Jobs")["datasets"][CHANGES]
    assert [row["class"] for row in rows] == [CLASSES[0], "up to 2%", "above 12%"]


def test_every_state_of_the_jobs_has_a_shape_and_every_shape_has_jobs(shapes):
    drawn = {shape["id"] for shape in shapes["objects"]["states"]["geometries"]}
    jobs = set(read_accounts().state_jobs["state"])
    assert jobs - drawn == {"US"}
    assert len(drawn) == 51
    assert not drawn - jobs
