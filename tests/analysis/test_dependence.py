"""Critical inputs: shares of suppliers by hand, industries that use them, and what data do not know."""

import numpy as np
import pytest

from calc.analysis.dependence import critical_inputs, users_of
from calc.analysis.households.us_accounts import read_accounts
from calc.datasets.dataset import read_dataset
from calc.question import point_answer
from calc.scenario_file import read_scenario


@pytest.fixture(scope="module")
def cut():
    return point_answer(read_scenario("rare_earth_cut"), read_dataset("us-2024"))


def test_the_share_of_the_largest_supplier_is_its_imports_over_all(cut):
    table = critical_inputs(cut).set_index("product")
    assert set(table.index) == {"280530", "284610", "284690", "850511"}
    lines = cut.lines[(cut.lines["product"] == "850511").to_numpy()]
    values = lines.groupby("exporter", observed=True)["import_value_base"].sum()
    magnets = table.loc["850511"]
    assert magnets["supplier"] == values.idxmax() == "CHN"
    assert magnets["import_value"] == pytest.approx(values.sum(), rel=1e-12)
    assert magnets["supplier_share"] == pytest.approx(values.max() / values.sum(), rel=1e-12)
    assert magnets["targeted_share"] == pytest.approx(values["CHN"] / values.sum(), rel=1e-12)
    assert table.loc["284610", "supplier"] == "JPN"


def test_products_bought_most_from_the_suppliers_concerned_come_first(cut):
    table = critical_inputs(cut)
    assert (np.diff(table["import_value"] * table["targeted_share"]) <= 0).all()


def test_users_are_the_industries_that_buy_a_hundredth_or_more(cut):
    accounts = read_accounts()
    goods = list(accounts.commodities["bea_code"])
    chemical = goods.index("325180")  # rare-earth compounds are other basic inorganic chemicals
    part = accounts.imported_use[chemical] / accounts.commodities["imports_musd"].iloc[chemical]
    row = critical_inputs(cut).set_index("product").loc["284690"]
    assert row["users"] == (part >= 0.01).sum()
    assert row["users_output"] == pytest.approx(1e6 * accounts.industries["output_musd"].to_numpy()[part >= 0.01].sum())
    assert row["input_share"] == pytest.approx(part.sum())


def test_industries_buy_no_more_of_the_goods_than_is_imported(cut):
    users = users_of(cut)
    imported = cut.lines["import_value_base"].to_numpy()[cut.lines["targeted"].to_numpy()].sum()
    assert 0 < users["input_value"].sum() < imported
    assert (users["content_total"] >= users["content_direct"]).all()


def test_users_are_unknown_where_products_are_industries():
    result = point_answer(read_scenario("rare_earth_cut_world"), read_dataset("world-2023"))
    table = critical_inputs(result, "DEU")
    assert set(table["product"]) == {"c9", "c14"}
    assert table["users_output"].isna().all()
    assert table["supplier_share"].between(0, 1).all()
