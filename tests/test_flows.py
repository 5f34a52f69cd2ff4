"""Lines come in one order, by whatever way they get there."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.flows import all_are, among, make_flows, the_same


def flows_of(keys, values, products):
    importer, product, exporter = np.array(keys, dtype=np.intp).reshape(-1, 3).T
    return make_flows(
        economies=pd.Index([f"E{k}" for k in range(4)]),
        products=pd.RangeIndex(products),
        importer=importer,
        exporter=exporter,
        product=product,
        import_value=np.array(values, dtype=float),
        tariff_rate=np.linspace(0, 1, len(values)),
    )


# with 4 products each line has a place, with 10,000 lines are sorted, and with 2**60 no number for each place fits
@pytest.mark.parametrize("products", [4, 10_000, 2**60])
@given(
    st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=60),
    st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=60, max_size=60),
    st.booleans(),
)
def test_lines_with_trade_stand_by_importer_product_and_exporter_and_equal_ones_as_they_came(
    products, keys, values, ordered
):
    keys = sorted(keys) if ordered else keys
    values = values[: len(keys)]
    rates = np.linspace(0, 1, len(values))
    expected = [row for row in sorted(zip(keys, values, rates, strict=True), key=lambda row: row[0]) if row[1] > 0]
    found = flows_of(keys, values, products)
    assert list(zip(found.importer, found.product, found.exporter, strict=True)) == [key for key, *_ in expected]
    assert found.import_value.tolist() == [value for _, value, _ in expected]
    assert found.tariff_rate.tolist() == [rate for *_, rate in expected]


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=30, unique=True), st.sets(st.integers(0, 3)))
def test_buyers_are_the_importers_with_trade_each_once_in_order(keys, without_trade):
    flows = flows_of(keys, [float(importer not in without_trade) for importer, *_ in keys], products=4)
    assert flows.buyers.tolist() == sorted({importer for importer, *_ in keys} - without_trade)


def test_labels_are_found_among_others_as_pandas_finds_them():
    labels, others = pd.Index(["01", "0101", "", "84"], dtype=str), pd.Index(["84", "0101", "84", "85"], dtype=str)
    np.testing.assert_array_equal(among(labels, others), labels.isin(others))
    assert not among(labels, others[:0]).any()


def test_one_number_for_all_lines_is_seen_in_one_and_any_other_number_in_all():
    same = the_same(0.0, 1000)
    assert len(same) == 1000
    assert not same.flags.writeable
    assert all_are(same, 0.0)
    assert not all_are(the_same(np.inf, 3), 0.0)
    for other in (1e-300, -1e-300, np.nan, np.inf):
        values = np.zeros(5)
        assert all_are(values, 0.0)
        values[3] = other
        assert not all_are(values, 0.0)
    assert all_are(np.empty(0), 0.0)
