"""Codes of economies: every office's own, told apart and brought to one."""

import pandas as pd
import pytest

from calc.datasets.codes import SYSTEMS, countries_of, economies_of, meaning_of, members_of
from calc.errors import DataError


@pytest.mark.parametrize(
    ("labels", "system"),
    [
        (["USA", "CHN", "W00"], "iso3"),
        (["US", "CN", "NA"], "iso2"),
        (["842", "156", "036", "36.0"], "m49"),
        (["5700", "4280", "0003", "-"], "census"),
        (["China", "Korea, South", "Türkiye", "World Total"], "name"),
    ],
)
def test_the_system_of_a_column_is_the_one_that_knows_every_label(labels, system):
    assert economies_of(pd.Index(labels)).system == system
    assert system in SYSTEMS


def test_the_uns_own_numbers_mean_the_same_economies_as_iso():
    labels = pd.Index(["842", "699", "757", "251", "381", "579", "490", "840", "356"])
    expected = ["USA", "IND", "CHE", "FRA", "ITA", "NOR", "TWN", "USA", "IND"]
    assert economies_of(labels, "m49").economy.tolist() == expected


def test_totals_and_groups_are_no_economies():
    found = economies_of(pd.Index(["-", "0003", "4XXX", "5700"]))
    assert found.kind.tolist() == ["total", "group", "group", "economy"]
    assert found.economy.tolist() == ["WLD", "EU27", "", "CHN"]


def test_a_column_of_two_systems_is_refused_and_the_odd_code_translated():
    with pytest.raises(DataError, match=r"flows.csv, column exporter: .* 'CN' are not; write CHN for 'CN'"):
        economies_of(pd.Index(["CHN", "CN", "MEX"]), place="flows.csv, column exporter")


def test_an_unknown_name_is_refused_with_the_nearest_known():
    with pytest.raises(DataError, match=r"'Germny' is not among them \(did you mean 'germany'\?\)"):
        economies_of(pd.Index(["China", "Mexico", "Germny"]), "name")


def test_codes_of_no_office_are_refused_with_the_systems_there_are():
    with pytest.raises(DataError, match=r"no known system of codes .*Schedule C.* has 'E1', 'E2'; .*such as CHN"):
        economies_of(pd.Index(["E1", "E2"]))


def test_a_single_label_is_understood_in_any_system():
    assert [meaning_of(label) for label in ("156", "cn", "chn", "5700", "China", "EU")] == ["CHN"] * 5 + ["EU27"]


def test_wits_writes_a_group_of_one_name_twice():
    found = economies_of(pd.Index(["EuropeanUnion --- EuropeanUnion  ", "RestOfTheWorld --- RestOfTheWorld  "]))
    assert found.economy.tolist() == ["EU27", "ROW"]


def test_countries_have_names_numbers_and_groups():
    table = countries_of(pd.Index(["DEU", "EU27", "Z9"]), {"Z9": "Zone nine"}).set_index("economy")
    assert table["name"].tolist() == ["Germany", "European Union", "Zone nine"]
    assert table.loc["DEU", "iso_numeric"] == "276"
    assert "EU27" in table.loc["DEU", "groups"].split(";")
    assert len(members_of("EU27")) == 27
