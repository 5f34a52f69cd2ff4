"""The US accounts add up, name only what they have, and say where each table is from."""

import pandas as pd
import pytest

from calc.analysis.households.us_accounts import FOLDER, read_accounts
from calc.datasets.dataset import data_dir
from calc.datasets.inventory import read_sources

ACCOUNTS = read_accounts()


def test_commodities_industries_and_categories_are_the_axes_of_all_tables():
    commodities, industries, categories = ACCOUNTS.commodities, ACCOUNTS.industries, ACCOUNTS.categories
    assert (len(commodities), len(industries), len(categories)) == (402, 402, 212)
    assert ACCOUNTS.domestic_use.shape == ACCOUNTS.imported_use.shape == (402, 402)
    assert ACCOUNTS.make.shape == (402, 402)
    assert ACCOUNTS.purchasers_value.shape == (212, 402)
    assert categories["major_category"].nunique() == 20


def test_what_industries_make_is_their_output():
    made = ACCOUNTS.make.sum(axis=1)
    output = ACCOUNTS.industries["output_musd"].to_numpy(dtype=float)
    assert abs(made - output).max() <= 10  # US$ m; the make table is rounded


def test_the_bridge_gives_the_spending_of_2017_by_category():
    bought = ACCOUNTS.purchasers_value.sum(axis=1)
    spent = ACCOUNTS.categories["pce_2017_musd"].to_numpy(dtype=float)
    assert abs(bought - spent).max() <= 5


def test_an_hs_code_is_split_into_shares_that_sum_to_one():
    sums = ACCOUNTS.concordance.shares.sum(axis=1)
    assert sums == pytest.approx(1.0, abs=1e-9)
    assert set(pd.Index(ACCOUNTS.concordance.codes).str.len()) == {6, 10}


def test_accounts_are_read_once():
    assert read_accounts() is ACCOUNTS


def test_every_table_has_its_source_year_and_terms_and_the_readmes_name_it():
    folder = data_dir() / FOLDER
    sources = read_sources(folder)
    tables = {path.name for path in folder.iterdir() if path.name not in ("README.md", "sources.csv")}
    assert set(sources["file"]) == tables
    assert (sources[["source", "year", "terms", "citation"]] != "").all().all()
    of_folder = (folder / "README.md").read_text(encoding="utf-8")
    assert all(name in of_folder for name in tables)
    of_data = (data_dir() / "README.md").read_text(encoding="utf-8")
    assert all(citation in of_data for citation in sources["citation"])


def test_what_needs_asking_is_marked_so():
    sources = read_sources(data_dir() / FOLDER).set_index("file")["terms"]
    asked = sources[sources.str.contains("ask before redistributing")].index
    assert set(asked) == {"household_deciles.csv", "consumption_categories.csv"}
