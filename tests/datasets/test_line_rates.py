import numpy as np
import pandas as pd
import pytest
from builders import LAWS
from hypothesis import given
from hypothesis import strategies as st

import calc
from calc.datasets.flow_tables import NO_ROW
from calc.datasets.line_rates import line_rates, named
from calc.datasets.lookup import LineKeys
from calc.files.checks import encode
from calc.tariffs.law import dataset_on

ECONOMIES, PRODUCTS = ["CHN", "MEX", "USA"], ["010121", "010129", "850511"]


def lines_of(keys):
    """Lines from (importer, exporter, product)."""
    importer, exporter, product = zip(*keys, strict=True)
    return LineKeys(
        economies=pd.Index(ECONOMIES),
        products=pd.Index(PRODUCTS),
        importer=np.array([ECONOMIES.index(code) for code in importer]),
        exporter=np.array([ECONOMIES.index(code) for code in exporter]),
        product=np.array([PRODUCTS.index(code) for code in product]),
    )


def found_for(rows, lines):
    importer, exporter, product, percent = zip(*rows, strict=True)
    codes = [encode(pd.Series(column, dtype=str), everything=True) for column in (importer, exporter, product)]
    return line_rates(
        lines, importer=codes[0], exporter=codes[1], product=codes[2], percent=np.array(percent, dtype=float)
    )


CHINA = lines_of([("USA", "CHN", code) for code in PRODUCTS])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("USA", "", "", 4)], [4, 4, 4]),  # all partners, all products
        ([("USA", "", "", 4), ("USA", "CHN", "", 0)], [0, 0, 0]),  # a preference
        ([("USA", "", "01", 4), ("USA", "CHN", "", 0)], [4, 4, 0]),  # the longer code first
        ([("USA", "", "0101", 4), ("USA", "", "010121", 6), ("USA", "", "85", 2)], [6, 4, 2]),
        ([("", "CHN", "0101", 1), ("USA", "", "0101", 2)], [2, 2, np.nan]),  # then the importer
        ([("USA", "CHN", "01012100", 2), ("USA", "CHN", "01012190", 4)], [3, np.nan, np.nan]),  # mean of HS8
        ([("USA", "CHN", "01012100", 2), ("USA", "CHN", "010121", 9)], [9, np.nan, np.nan]),  # its own row first
        ([("USA", "CHN", "01012100", 2), ("USA", "", "010121", 9)], [2, np.nan, np.nan]),  # both whole: the partner
        ([("USA", "CHN", "01012100", np.nan), ("USA", "CHN", "01012190", 4)], [4, np.nan, np.nan]),
    ],
)
def test_the_most_specific_row_sets_the_rate(rows, expected):
    assert np.array_equal(found_for(rows, CHINA).percent, np.array(expected, dtype=float), equal_nan=True)


def test_it_is_said_how_each_line_found_its_rate():
    rows = [("USA", "", "85", 2), ("USA", "CHN", "01012100", 2), ("USA", "CHN", "010129", 3), ("USA", "MEX", "85", 1)]
    found = found_for(rows, CHINA)
    assert found.coarser.tolist() == [False, False, True]
    assert found.averaged.tolist() == [True, False, False]
    assert found.partners.tolist() == [False, False, True]
    assert found.idle.tolist() == [False, False, False, True]
    assert found.finer.tolist() == ["01012100"]


def test_numbers_of_sectors_are_no_prefixes_of_one_another():
    lines = LineKeys(
        economies=pd.Index(ECONOMIES),
        products=pd.Index([str(number) for number in range(1, 41)]),
        importer=np.full(40, 2),
        exporter=np.zeros(40, dtype=int),
        product=np.arange(40),
    )
    found = found_for([("USA", "CHN", "1", 5), ("USA", "CHN", "4", 6)], lines)
    assert np.flatnonzero(found.matched).tolist() == [0, 3]


prefixes = st.sampled_from(["", "01", "0101", "010121", "85", "850511"])
rates = st.dictionaries(
    st.tuples(st.sampled_from(["", "USA", "MEX"]), st.sampled_from(["", "CHN", "MEX"]), prefixes),
    st.integers(0, 50),
    min_size=1,
    max_size=12,
)


@LAWS
@given(rates)
def test_the_rate_agrees_with_a_search_row_by_row(table):
    keys = [(n, i, j) for n in ("USA", "MEX") for i in ("CHN", "MEX", "USA") if n != i for j in PRODUCTS]

    def searched(importer, exporter, product):
        speaking = [
            (len(code), buyer != "", seller != "", rate)
            for (buyer, seller, code), rate in table.items()
            if buyer in ("", importer) and seller in ("", exporter) and product.startswith(code)
        ]
        return max(speaking)[-1] if speaking else np.nan

    found = found_for([(*key, rate) for key, rate in table.items()], lines_of(keys))
    assert np.array_equal(found.percent, np.array([searched(*key) for key in keys], dtype=float), equal_nan=True)


def test_long_lists_of_codes_are_cut_short_in_words():
    assert named(pd.Index(["a", "b"])) == "a, b"
    assert named(pd.Index(list("abcde"))) == "a, b, c and 2 more"


def test_the_basis_of_a_rate_reaches_its_line_and_a_rate_without_a_row_is_said_to_be_assumed(make_folder):
    tariffs = "importer,exporter,product,tariff_pct,basis\nUSA,CHN,01,3,collected\nUSA,,850511,2,estimated: a mean\n"
    folder = make_folder(
        {
            "flows.csv": "importer,exporter,product,value_usd\nUSA,MEX,010121,9\nUSA,CHN,850511,5\nUSA,CHN,010121,7\n",
            "tariffs.csv": tariffs,
            "elasticities.csv": None,
            "products.csv": None,
            "countries.csv": None,
        }
    )
    scenario = calc.scenario_from_toml('title = "S"\nmodel = "armington"\ndraws = 0\n', folder=folder)
    lines = calc.run(scenario, calc.read_dataset(folder)).lines
    basis = dict(zip(lines["product"].astype(str) + lines["exporter"].astype(str), lines["tariff_basis"], strict=True))
    assert basis == {"850511CHN": "estimated: a mean", "010121CHN": "collected", "010121MEX": NO_ROW}


def test_duties_of_us_2024_are_collected_or_estimated_and_the_tariffs_of_a_date_are_neither(us_2024):
    basis = us_2024.flows.tariff_basis
    assert basis is not None
    assert {label.partition(":")[0] for label in basis.categories} == {"collected", "estimated"}
    assert dataset_on("2025-06-01", us_2024).flows.tariff_basis is None
