"""BACI: thousand dollars, numbers of the UN, one year."""

import pytest
from official import converted, file_of, flows_of, sound

from calc.datasets.readers.layouts import recognised
from calc.errors import DataError

HEADER = "t,i,j,k,v,q"
YEAR = file_of(
    "BACI_HS22_Y2023_V202501.csv",
    HEADER,
    "2023,156,842,850511,   12.500,3.1",
    "2023,156,842,10121,1.000,NA",
    "2023,490,842,850511,4.000,1.0",
    "2023,757,699,850511,2.000,1.0",
)


def test_values_in_thousands_become_dollars_and_numbers_of_the_un_economies(tmp_path):
    whole = converted(YEAR)
    assert flows_of(whole) == {
        "USA CHN 850511": 12_500.0,
        "USA CHN 010121": 1_000.0,
        "USA TWN 850511": 4_000.0,
        "IND CHE 850511": 2_000.0,
    }
    dataset = sound(whole, tmp_path / "baci")
    assert (dataset.year, dataset.valuation) == (2023, "fob")
    assert any("leading zeros restored: 1 codes" in note for note in whole.notes)


def test_products_take_their_words_from_the_list_beside_the_file():
    words = file_of("product_codes_HS22_V202501.csv", "code,description", '010121,"Horses: live, pure-bred"')
    countries = file_of(
        "country_codes_V202501.csv", "country_code,country_name,country_iso2,country_iso3", "156,C,CN,CHN"
    )
    assert set(recognised([YEAR, words, countries])) == {"baci"}
    products = converted(YEAR, words, countries).tables["products"].set_index("product")
    assert products.loc["010121", "description"] == "Horses: live, pure-bred"
    assert products.loc["850511", "description"] == "850511"


def test_several_years_are_refused_until_one_is_chosen():
    more = file_of("BACI_HS22_Y2022_V202501.csv", HEADER, "2022,156,842,850511,9.000,1")
    with pytest.raises(DataError, match=r"column t: the rows cover several years \(2023, 2022\).*--where year=2023"):
        converted(YEAR, more)
    assert flows_of(converted(YEAR, more, year="2022")) == {"USA CHN 850511": 9_000.0}


def test_a_year_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(DataError, match=r"no row has '2021'; there are 2023"):
        converted(YEAR, year="2021")


def test_a_choice_that_nothing_reads_is_refused():
    with pytest.raises(DataError, match="--where mode=air: no file has this column"):
        converted(YEAR, mode="air")


def test_flows_go_to_another_revision_on_request():
    whole = converted(YEAR, hs="2012")
    assert "Products were converted from HS 2022 to HS 2012" in " ".join(whole.notes)
    assert sum(flows_of(whole).values()) == pytest.approx(19_500.0)


def test_a_value_that_is_no_number_is_refused_with_its_line():
    broken = file_of("BACI_HS22_Y2023_V202501.csv", HEADER, "2023,156,842,850511,1.0,1", "2023,156,842,850512,x,1")
    with pytest.raises(DataError, match=r"line 3, column v: 'x' is not a number"):
        converted(broken)


def test_a_file_that_is_cut_short_is_refused_with_its_line():
    cut = file_of("BACI_HS22_Y2023_V202501.csv", HEADER, "2023,156,842,850511,1.0,1", "2023,156,84")
    with pytest.raises(DataError, match=r"line 3: there are 3 fields where the header has 6"):
        converted(cut)


def test_a_file_given_twice_is_refused():
    with pytest.raises(DataError, match=r"repeat an earlier one in every column: 4, first USA CHN 850511"):
        converted(YEAR, YEAR)


def test_a_file_saved_again_with_decimal_commas_is_refused():
    with pytest.raises(DataError, match="semicolons and numbers have commas"):
        converted(file_of("BACI_HS22_Y2023_V1.csv", "t;i;j;k;v;q", "2023;156;842;850511;12,5;1"))
    with pytest.raises(DataError, match=r"line 2, column v: '12,5' is not a number"):
        converted(file_of("BACI_HS22_Y2023_V1.csv", HEADER, '2023,156,842,850511,"12,5",1'))
