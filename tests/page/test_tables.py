"""Tables for the screen: how a column is written follows from the unit of its quantity."""

import pandas as pd

from calc.page.tables import column_formats, heading, written


def format_of(formats, name):
    return formats[name]["type_config"]["format"]


def test_a_column_is_written_by_the_unit_of_its_quantity_and_not_by_its_words():
    money, share, number = heading("import_value_base"), heading("tariff_new"), heading("armington_elasticity")
    table = pd.DataFrame({money: [1.0], share: [2.0], number: [3.8], "A share, % $ m": [1.0], "Partner": ["China"]})
    formats = column_formats(table)
    assert format_of(formats, money) == "%,.1f"
    assert format_of(formats, share) == "%.1f"
    assert format_of(formats, number) == "%.2f"
    assert "A share, % $ m" not in formats
    assert formats["Partner"]["width"] == 150


def test_negative_numbers_have_a_true_minus_and_no_cell_says_none():
    money = heading("import_value_change")
    styled, widths = written(pd.DataFrame({money: [-1234.56, float("nan")], "Partner": ["China", "Total"]}))
    assert "−1,234.6" in styled.to_html()
    assert "nan" not in styled.to_html()
    assert list(widths) == ["Partner"]


def test_a_heading_of_its_own_is_given_its_unit():
    table = pd.DataFrame({"Law, %": [1.0], "Until": ["open"]})
    formats = column_formats(table, {"Law, %": "fraction", "Until": "fraction"}, digits=3)
    assert format_of(formats, "Law, %") == "%.3f"
    assert "Until" not in formats
