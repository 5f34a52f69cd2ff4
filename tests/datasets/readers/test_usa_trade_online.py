"""USA Trade Online: codes inside descriptions, commas inside numbers, districts beside their total."""

import pytest
from official import converted, file_of, flows_of, sound, tariffs_of

from calc.errors import DataError

HEADER = "Commodity,Country,District,Time,Customs  Value (Cons) ($US)"
HORSES = '"0101210020 Horses, Live, Purebred (no)"'


def test_codes_stand_in_front_of_the_words_and_numbers_have_commas(tmp_path):
    whole = converted(
        file_of(
            "report.csv",
            HEADER,
            f'{HORSES},South Africa,All Districts,2024,"1,716,414",',
            f'{HORSES},"Korea, South",All Districts,2024,"26,320",',
            f'{HORSES},World Total,All Districts,2024,"1,742,734",',
            f'{HORSES},South Africa,"Chicago, IL",2024,"1,716,414",',
        )
    )
    assert flows_of(whole) == {"USA ZAF 0101210020": 1_716_414.0, "USA KOR 0101210020": 26_320.0}
    assert whole.tables["products"]["description"].tolist() == ["Horses, Live, Purebred (no)"]
    notes = " ".join(whole.notes)
    assert "single places beside their total, left out: 1" in notes
    assert "left out: 1 (World Total)" in notes
    sound(whole, tmp_path / "usato")


def test_trade_of_single_places_without_a_total_is_said_to_be_that():
    whole = converted(file_of("report.csv", HEADER, f'{HORSES},China,"Chicago, IL",2024,"2,000",'))
    assert any("there is no total; trade is that of Chicago, IL" in note for note in whole.notes)


def test_calculated_duty_gives_the_rates_collected():
    whole = converted(
        file_of("report.csv", f"{HEADER},Calculated Duty ($US)", f'{HORSES},China,All Districts,2024,"2,000",500,')
    )
    assert tariffs_of(whole) == {"USA CHN 0101210020": 25.0}


def test_lines_of_title_above_the_header_are_passed_over():
    whole = converted(file_of("report.csv", "USA Trade Online", "", HEADER, f"{HORSES},China,All Districts,2024,5,"))
    assert flows_of(whole) == {"USA CHN 0101210020": 5.0}


def test_named_months_are_added_up():
    rows = [f"{HORSES},China,All Districts,{month} 2024,5," for month in ("January", "February")]
    whole = converted(file_of("report.csv", HEADER, *rows))
    assert flows_of(whole) == {"USA CHN 0101210020": 10.0}
    assert whole.about["title"] == "US imports for consumption 2024, months up to 02, Census Bureau"


def test_commodities_without_codes_are_refused():
    with pytest.raises(DataError, match=r"column Commodity: no commodity begins with its code \(Horses\)"):
        converted(file_of("report.csv", HEADER, "Horses,China,All Districts,2024,5,"))


def test_a_country_that_no_table_knows_is_refused():
    with pytest.raises(DataError, match=r"column Country: .*'Atlantis' is not among them"):
        converted(
            file_of(
                "report.csv",
                HEADER,
                f"{HORSES},Atlantis,All Districts,2024,5,",
                f"{HORSES},China,All Districts,2024,5,",
            )
        )
