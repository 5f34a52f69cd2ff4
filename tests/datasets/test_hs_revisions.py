"""Revisions of the Harmonized System, on subheadings whose fate is printed in the UN's tables."""

import numpy as np
import pandas as pd
import pytest

from calc.datasets.hs_revisions import (
    REVISIONS,
    correspondence,
    known_shares,
    rates_to_revision,
    revision_of,
    to_revision,
)
from calc.errors import DataError


def trade(**values):
    return pd.DataFrame(
        {"importer": "USA", "exporter": "CHN", "product": list(values), "value_usd": list(values.values())}
    ).assign(product=lambda table: table["product"].str[1:])


@pytest.mark.parametrize(("source", "target"), [(a, b) for a in REVISIONS for b in REVISIONS if a != b])
def test_shares_of_a_product_sum_to_1_in_every_direction(source, target):
    pairs = correspondence(source, target)
    np.testing.assert_allclose(pairs.groupby("product")["share"].sum(), 1.0, rtol=1e-12)
    assert (pairs.groupby("product")["target"].size() == 1).all() or target > source


def test_going_back_adds_up_and_loses_nothing():
    # Flat panel display modules 852411 … 852499 are new in 2022; the UN's conversion takes them back to 851712.
    new = trade(p852411=60.0, p852491=40.0, p010121=7.0)
    back = to_revision(new, 2022, 2017)
    assert back.table["value_usd"].sum() == pytest.approx(107.0)
    assert back.table.set_index("product")["value_usd"].to_dict() == {"010121": 7.0, "851712": 100.0}
    assert back.unmatched_share == 0.0


def test_going_forward_splits_equally_and_says_how_much():
    parts = correspondence(2017, 2022).query("product == '851712'")
    assert len(parts) > 1
    there = to_revision(trade(p851712=80.0, p010121=20.0), 2017, 2022)
    split = there.table[there.table["product"].isin(parts["target"])]
    np.testing.assert_allclose(split["value_usd"], 80.0 / len(parts), rtol=1e-12)
    assert there.split_share == pytest.approx(0.8)
    assert "80.0% of the value is in subheadings that were divided, and was split by equal shares" in there.notes[0]


def test_trade_in_the_newer_revision_decides_the_split_where_there_is_some():
    weights = pd.Series({"852411": 3.0, "852491": 1.0})
    there = to_revision(trade(p851712=80.0), 2017, 2022, weights=weights)
    assert there.table.set_index("product")["value_usd"].to_dict() == {"852411": 60.0, "852491": 20.0}


def test_codes_that_no_table_knows_stay_and_their_share_is_told():
    there = to_revision(trade(p9999AA=25.0, p010121=75.0), 2022, 2012)
    assert there.unmatched_share == pytest.approx(0.25)
    assert "9999AA" in set(there.table["product"])


def test_a_rate_in_another_revision_is_the_average_of_what_goes_there():
    rates = trade(p852411=2.0, p852491=4.0).rename(columns={"value_usd": "tariff_pct"})
    back = rates_to_revision(rates, 2022, 2017)
    assert back[["product", "tariff_pct"]].to_numpy().tolist() == [["851712", 3.0]]


def test_the_revision_is_told_by_codes_that_only_one_of_them_has():
    assert revision_of(pd.Index(["010121", "852411"])) == 2022
    assert revision_of(pd.Index(["010121"])) is None
    assert known_shares(pd.Index(["010121", "852411"])).loc[2012] == 0.5


def test_a_year_between_revisions_is_refused():
    with pytest.raises(DataError, match=r"HS 2020: conversion tables exist for 2012, 2017, 2022"):
        correspondence(2020, 2022)
