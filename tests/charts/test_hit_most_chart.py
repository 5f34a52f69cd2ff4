"""Bars of the goods hit most, and the sentence above them."""

import pandas as pd

from calc.charts.basic import CHANGES
from calc.charts.figure import Origin
from calc.charts.hit_most import described_hits, hit_most_figure, hit_most_finding, hit_most_spec

TABLE = pd.DataFrame(
    {
        "code": ["8517", "2709", "9801"],
        "name": ["Telephones (851713)", "Telephones (851762)", "USB sticks"],
        "expenditure_base": [5e10, 4e10, 1e10],
        "composite_price_change": [0.4, 0.05, -0.01],
        "consumer_surplus_change": [-2e10, -3e9, 1e8],
    }
)


def test_the_length_of_a_bar_is_what_is_asked_and_both_numbers_stand_beside_it():
    rows = hit_most_spec(TABLE, "value")["datasets"][CHANGES]
    assert [row["change"] for row in rows] == [-2e10, -3e9, 1e8]
    assert (rows[0]["money"], rows[0]["percent"]) == ("−$20.0 bn", "+40.0%")
    assert [row["change"] for row in hit_most_spec(TABLE, "price")["datasets"][CHANGES]] == [0.4, 0.05, -0.01]


def test_the_finding_names_goods_once_without_codes_and_only_those_that_move_alike():
    assert hit_most_finding(TABLE, "value") == "Buyers lose most on telephones"
    assert hit_most_finding(TABLE.iloc[2:], "value") == "Buyers gain most on USB sticks"
    assert hit_most_finding(TABLE.iloc[2:], "price") == "Prices fall most for USB sticks"
    assert hit_most_finding(TABLE.iloc[:0], "price") == "No product is hit"
    assert "Telephones (851713) −$20.0 bn, price +40.0%" in described_hits(TABLE)


def test_the_table_of_the_figure_says_its_units():
    figure = hit_most_figure(TABLE, "price", "product", Origin(about="A tariff", source="", ranges="Ranges cover …"))
    assert figure.table["composite_price_change_pct"].tolist() == [40.0, 5.0, -1.0]
    assert "0.01%" in figure.note
    assert not figure.origin.ranges
