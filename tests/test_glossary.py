"""The glossary: one name, one meaning, one pair of words, and a unit that files can state."""

import csv
from pathlib import Path

import pytest

import calc
from calc.glossary import ASKED_FIRST, GLOSSARY, asked_first

# The same thing by line and by economy, which no place shows beside one another.
TWINS = {("import_value_base", "imports_base"), ("import_value_change", "imports_change")}


def test_the_file_names_every_quantity_once_and_fills_every_cell_but_the_symbol():
    path = Path(calc.__file__).with_name("glossary.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["name"] for row in rows] == list(GLOSSARY)
    for row in rows:
        assert set(row) == {"name", "symbol", "unit", "label", "short", "definition"}
        assert all(row[column] for column in ("name", "unit", "label", "short", "definition")), row
        assert row["definition"].endswith("."), row


@pytest.mark.parametrize("column", ["label", "short"])
def test_no_two_quantities_are_called_alike(column):
    names = {}
    for name, quantity in GLOSSARY.items():
        other = names.setdefault(getattr(quantity, column), name)
        assert other == name or (other, name) in TWINS, f"{name} and {other} share their {column}"


def test_a_unit_is_one_that_files_can_state():
    for name, quantity in GLOSSARY.items():
        assert quantity.unit_in_files or quantity.unit == "text", name


def test_shares_and_rates_are_levels_and_changes_are_none():
    levels = {name for name, quantity in GLOSSARY.items() if quantity.is_level and quantity.unit in ("fraction", "usd")}
    assert {"effective_tariff_new", "import_value_base", "acting_tariff_revenue_share", "pass_through"} <= levels
    assert not [name for name in levels if name.endswith(("_change", "_gain"))]


def test_what_people_ask_first_comes_first_and_nothing_is_lost():
    assert set(ASKED_FIRST) <= set(GLOSSARY)
    found = asked_first(["import_value_base", "net_welfare_change", "tariff_revenue_change", "price_effect"])
    assert found == ["tariff_revenue_change", "net_welfare_change", "import_value_base", "price_effect"]
