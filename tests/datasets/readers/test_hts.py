"""The US tariff schedule: general rates on flows of any depth, column 2, and rates with a specific part."""

import pytest
from official import converted, file_of, sound, tariffs_of

from calc.errors import DataError

HEADER = (
    "HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty"
)


def line(number, general, column_2="35%"):
    return f'{number},2,Things,"[""No.""]",{general},"Free (AU,BH)",{column_2}'


def schedule(*lines):
    return file_of("htsdata.csv", HEADER, *lines)


def imports(*rows):
    """A year of US imports as BACI has it: partner number, product, thousand US$."""
    lines = [f"2023,{partner},842,{product},{value},1" for partner, product, value in rows]
    return file_of("BACI_HS22_Y2023_V202501.csv", "t,i,j,k,v,q", *lines)


def test_a_flow_of_six_digits_takes_the_average_of_the_lines_under_it(tmp_path):
    whole = converted(
        imports((156, "850511", 1), (643, "850511", 1)),
        schedule(line("8505.11.00", "2%"), line("8505.11.10", "4%"), line("8505.11.10.10", "")),
    )
    # Russia pays the rate of column 2
    assert tariffs_of(whole) == {"USA CHN 850511": 3.0, "USA RUS 850511": 35.0}
    assert any("takes the simple average of the rates under its code" in note for note in whole.notes)
    sound(whole, tmp_path / "hts")


def test_a_flow_of_ten_digits_takes_the_rate_of_its_line():
    census = file_of(
        "census.csv",
        "CTY_CODE,I_COMMODITY,CON_VAL_YR,time",
        "5700,8471300100,100,2024-12",
        "2010,8471410110,50,2024-12",
    )
    whole = converted(census, schedule(line("8471.30.01", "Free"), line("8471.41.01", "5%"), line("8471.41.01.10", "")))
    assert tariffs_of(whole) == {"USA CHN 8471300100": 0.0, "USA MEX 8471410110": 5.0}


def test_rates_with_a_specific_part_are_refused_until_a_choice_is_made():
    files = (
        imports((156, "010121", 1), (156, "850511", 3)),
        schedule(line("0101.21.00", "1¢/kg + 2%"), line("8505.11.00", "2.1%")),
    )
    with pytest.raises(
        DataError,
        match=r"line 2, column General Rate of Duty: '1¢/kg \+ 2%' has a specific part .*ad valorem equivalent",
    ):
        converted(*files)
    whole = converted(*files, specific="ad_valorem_part")
    assert tariffs_of(whole) == {"USA CHN 010121": 2.0, "USA CHN 850511": 2.1}
    assert tariffs_of(converted(*files, specific="leave_out")) == {"USA CHN 850511": 2.1}


def test_rates_in_words_and_additional_duties_are_left_out_and_counted():
    whole = converted(
        imports((156, "850511", 1), (156, "010121", 1)),
        schedule(line("8505.11.00", "2%"), line("0101.21.00", "See heading 9902"), line("9903.88.01", "25%")),
    )
    assert tariffs_of(whole) == {"USA CHN 850511": 2.0}
    assert any("rates in words, left out: 1 (See heading 9902)" in note for note in whole.notes)


def test_rates_of_another_revision_are_carried_to_the_flows():
    older = file_of("BACI_HS17_Y2023_V202501.csv", "t,i,j,k,v,q", "2023,156,842,851712,1,1")
    # 851713 (smartphones) and 851714 are of HS 2022, and both come from 851712 of HS 2017
    whole = converted(older, schedule(line("8517.13.00", "2%"), line("8517.14.00", "4%"), line("8524.11.00", "9%")))
    # the display module 852411 comes from it too: (2 + 4 + 9) / 3
    assert tariffs_of(whole) == {"USA CHN 851712": 5.0}
    assert any("Rates were converted from HS 2022 to HS 2017" in note for note in whole.notes)
