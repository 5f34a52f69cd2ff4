import pandas as pd
import pytest
from builders import LAWS
from foreign_tables import check_of, run_on, write_folder
from hypothesis import given
from hypothesis import strategies as st

from calc.datasets.codes import countries_of
from calc.datasets.economy_hints import double_codes, hint_on_economy, mixed_codes, system_in_words

ISO = ["USA", "CHN", "MEX", "DEU", "JPN", "IND", "BRA", "CAN"]
ISO2 = ["US", "CN", "MX", "DE", "JP", "IN", "BR", "CA"]
M49 = ["842", "156", "484", "276", "392", "699", "076", "124"]
HEAD = "importer,exporter,product,value_usd\n"


@pytest.mark.parametrize(
    ("code", "known", "said"),
    [
        ("156", ISO, "China is 'CHN' here"),
        ("699", ISO, "India is 'IND' here"),
        ("USA", M49, "is '842' here"),
        ("CHN", ["usa", "chn"], "China is 'chn' here"),
        ("China", ISO, "China is 'CHN' here"),
        ("5700", ISO, "China is 'CHN' here"),
        ("EU", ["ECU", "EU27"], "European Union is 'EU27' here"),
        ("DEU", ["ECU", "EU27", "DNK"], "Germany is in 'EU27' here"),
        ("WLD", ISO, "all partners"),
        ("World", ISO, "all partners"),
        ("FRA", ISO, "it is France, with which there is no trade here"),
        ("CHX", ISO, "did you mean 'CHN'?"),
    ],
)
def test_a_code_of_another_office_is_translated_and_spelling_counts_last(code, known, said):
    assert said in hint_on_economy(code, known)


@LAWS
@given(place=st.integers(0, 7), other=st.sampled_from([ISO2, M49]), kept=st.sets(st.integers(0, 7), min_size=2))
def test_any_economy_under_two_codes_is_found(place, other, kept):
    labels = pd.Index(sorted({ISO[k] for k in kept | {place}}))
    assert double_codes(labels) is None
    assert mixed_codes(labels) is None
    assert set(double_codes(labels.append(pd.Index([other[place]])))) == {ISO[place], other[place]}


@pytest.mark.parametrize(
    "labels",
    [
        ["USA", "CHN", "ROW"],
        ["USA", "CHN", "EU27"],
        ["USA", "CHN", "EU", "ROW"],
        ["A", "B", "E01"],
        ["Home", "Foreign"],
        ["842", "156", "490"],
        ["ROU", "ROM", "BLX", "BEL"],
        [f"{number}" for number in range(1, 41)],
    ],
)
def test_columns_of_one_system_and_codes_of_ones_own_are_left_alone(labels):
    assert double_codes(pd.Index(labels)) is None
    assert mixed_codes(pd.Index(labels)) is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("USA,CHN,850511,1\nUSA,CN,010121,4\n", ("'CN'", "'CHN'")),
        ("usa,chn,850511,1\nUSA,CHN,010121,4\n", ("'usa'", "'USA'")),
        ("USA,CHN,850511,1\nUSA,MX,010121,4\n", ("'MX'", "'CHN'")),
        ("USA,156,850511,1\nUSA,CHN,010121,4\n", ("'156'", "'CHN'")),
    ],
)
def test_a_table_with_two_systems_of_codes_is_refused_naming_both(tmp_path, capsys, rows, words):
    code, said = check_of(write_folder(tmp_path / "d", HEAD + rows), capsys)
    assert code == 2
    for word in words:
        assert word in said


def test_codes_that_a_countries_file_lists_are_what_it_says(tmp_path, capsys):
    flows = HEAD + "USA,CHN,850511,1\nUSA,NA,850511,4\n"
    assert check_of(write_folder(tmp_path / "d", flows), capsys)[0] == 2
    countries = "economy,name\nUSA,United States\nCHN,China\nNA,North Africa\n"
    assert check_of(write_folder(tmp_path / "e", flows, countries=countries), capsys)[0] == 0


def test_a_rule_in_other_codes_than_the_flows_is_told_which_are_used(tmp_path, capsys):
    flows = HEAD + "842,156,850511,1000\n842,484,850511,300\n"
    code, said, _ = run_on(write_folder(tmp_path / "d", flows), capsys)
    assert code == 2
    assert "is '842' here" in said


def test_the_system_of_a_column_is_said_with_a_code_of_it():
    assert system_in_words(pd.Index(["E1", "842", "156"])) == "numbers of the UN (M49), such as 842"
    assert system_in_words(pd.Index(["E1", "E2", "156"])) == "codes of its own, such as E1"


def test_every_iso_code_translates_into_the_number_of_the_un():
    table = countries_of(pd.Index(ISO))
    for code, number in zip(table["economy"], table["iso_numeric"], strict=True):
        assert f"is {code!r} here" in hint_on_economy(number, ISO)
