"""Households in a report: units in the columns, every column described, digests of what was read."""

import json

import pytest

import calc
from calc.reports.households import ABOUT, household_tables
from calc.reports.report import bundle


@pytest.fixture(scope="module")
def result():
    return calc.run("universal_10", draws=0)


@pytest.fixture(scope="module")
def cost(result):
    return calc.household_cost(result)


def test_files_are_in_percent_and_dollars(cost):
    tables = household_tables(cost)
    assert set(tables) == set(ABOUT)
    prices = tables["consumer_prices"].set_index("level")
    assert prices.loc["total", "price_change_pct"] == pytest.approx(100 * cost.prices.total)
    assert prices.loc["category", "consumption_share_pct"].sum() == pytest.approx(100)
    households = tables["households"].set_index("households")
    assert households.loc["all", "household_cost_usd"] == pytest.approx(cost.cost.mean_cost)
    assert households.loc["decile 10", "income_usd"] == 500_702
    assert tables["revenue"]["net_revenue_usd"].sum() == pytest.approx(cost.revenue.net_revenue)
    assert tables["industries"]["export_change_usd"].isna().all()


def test_direct_and_supply_chain_add_up_in_the_file_at_every_level(cost):
    table = household_tables(cost)["consumer_prices"]
    parts = table["direct_change_pct"] + table["supply_chain_change_pct"]
    assert table["price_change_pct"].to_numpy() == pytest.approx(parts.to_numpy(), abs=1e-12)


def test_a_bundle_describes_the_four_tables_and_has_the_digests_of_the_accounts(result, cost):
    files = bundle(result, households=cost)
    package = json.loads(files["datapackage.json"])
    described = {resource["path"]: resource["schema"]["fields"] for resource in package["resources"]}
    for name in ABOUT:
        header = files[f"{name}.csv"].decode().partition("\n")[0].strip().replace(chr(34), "")
        assert [field["name"] for field in described[f"{name}.csv"]] == header.split(",")
    manifest = json.loads(files["MANIFEST.json"])
    assert "us-accounts-2017/use.parquet" in manifest["inputs_sha256"]
    assert set(manifest["outputs_sha256"]) >= {f"{name}.csv" for name in ABOUT}
    readme = files["README.txt"].decode()
    assert str(cost) in readme
    assert "scenario.toml --households --out again" in readme


def test_a_bundle_without_households_has_none_of_it(result):
    files = bundle(result)
    assert not {f"{name}.csv" for name in ABOUT} & set(files)
    assert b"--households" not in files["README.txt"]
