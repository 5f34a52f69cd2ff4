"""Tariffs in force on a day, asked by name."""

from datetime import date

import numpy as np
import pytest

from calc.datasets.dataset import read_dataset
from calc.errors import DataError, ScenarioError
from calc.tariffs import averages, law
from calc.tariffs.in_force import effective_rate, rates_on

DAY = "2025-11-10"


def test_the_table_has_the_rates_of_the_law_line_by_line(us_2024):
    table, rates = rates_on(DAY, us_2024), law.rates_on(DAY, us_2024)
    assert len(table) == rates.known.sum()
    np.testing.assert_array_equal(table["total"], rates.total[rates.known])
    np.testing.assert_array_equal(table["s301"], rates.authorities["s301"][rates.known])
    np.testing.assert_allclose(table[list(rates.authorities)].sum(axis=1), table["total"], rtol=0, atol=1e-15)
    first = table.iloc[0]
    assert (first["importer"], first["exporter"]) == ("USA", us_2024.flows.economies[us_2024.flows.exporter[0]])


def test_without_an_authority_its_column_is_gone_and_a_short_word_stands_for_several(us_2024):
    whole, fallen = rates_on(DAY, us_2024), rates_on(DAY, us_2024, without="ieepa")
    gone = {"ieepa_fentanyl", "ieepa_other", "ieepa_reciprocal"}
    assert set(whole.columns) - set(fallen.columns) == gone
    assert fallen["total"].sum() < whole["total"].sum()
    assert set(rates_on(DAY, us_2024, without=["s301"]).columns) == set(whole.columns) - {"s301"}


def test_the_average_is_duty_over_imports(us_2024):
    table = rates_on(date(2025, 11, 10), us_2024)
    china = table[(table["exporter"] == "CHN") & ~table["product"].astype(str).str.startswith(averages.NOT_PRODUCTS)]
    charged = china["total"] - china["excluded"]
    wanted = (charged * china["import_value"]).sum() / china["import_value"].sum()
    assert effective_rate(DAY, us_2024, exporter="CHN") == pytest.approx(wanted, rel=1e-12)
    assert effective_rate(DAY, us_2024, importer="USA", exporter=["CHN"]) == pytest.approx(wanted, rel=1e-12)
    assert effective_rate(DAY, us_2024, exporter="CHN", without="ieepa") < wanted
    assert effective_rate(DAY, us_2024) < wanted


def test_exclusions_lower_the_average_and_not_the_rate_of_a_line():
    table = rates_on("2026-09-18", "us-2024-hs10")
    line = table[(table["product"] == "7326908688") & (table["exporter"] == "CHN")]
    # a customs entry of that line paid 77.9 %; 35 % of such imports claim an exclusion from the 25 % of section 301
    assert line["total"].item() == pytest.approx(0.779, abs=0.0005)
    assert line["excluded"].item() == pytest.approx(0.35 * 0.25)


def test_a_dataset_is_taken_by_name_and_the_default_is_a_scenarios(us_2024):
    assert effective_rate(DAY) == effective_rate(DAY, us_2024)
    assert effective_rate(DAY, "china-2017", importer="CHN") == effective_rate(DAY, read_dataset("china-2017"))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"importer": "CHN"}, "no imports of 'CHN'.*USA"),
        ({"exporter": "CHX"}, "no partner 'CHX'"),
        ({"without": "ieep"}, "no authority 'ieep'.*did you mean"),
    ],
)
def test_what_the_record_does_not_know_is_refused(us_2024, asked, words):
    with pytest.raises(ScenarioError, match=words):
        effective_rate(DAY, us_2024, **asked)


def test_unknown_data_are_refused():
    with pytest.raises(DataError, match="did you mean 'us-2024'"):
        rates_on(DAY, "us-2042")
