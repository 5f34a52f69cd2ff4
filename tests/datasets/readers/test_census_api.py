"""The API of the US Census Bureau: JSON and CSV, groups of countries, months, duty collected."""

import json

import pytest
from official import converted, file_of, flows_of, sound, tariffs_of

from calc.errors import DataError

NAMES = ["CTY_CODE", "CTY_NAME", "I_COMMODITY", "I_COMMODITY_SDESC", "CON_VAL_MO", "CAL_DUT_MO", "time", "SUMMARY_LVL"]


def answer(*rows, names=NAMES):
    """As the API answers: a list of rows, the first of which names the columns."""
    return file_of("imports.json", json.dumps([names, *rows]))


def row(code, value, duty, month=12, product="8505110000", level="DET", year=2024):
    return [code, "X", product, "MAGNETS", str(value), str(duty), f"{year}-{month:02d}", level]


def test_months_add_up_and_duty_over_value_is_the_tariff(tmp_path):
    year = [row("5700", 100, 25, month) for month in range(1, 13)] + [row("2010", 600, 0, month=1)]
    whole = converted(answer(*year))
    assert flows_of(whole) == {"USA CHN 8505110000": 1200.0, "USA MEX 8505110000": 600.0}
    assert tariffs_of(whole) == {"USA CHN 8505110000": 25.0, "USA MEX 8505110000": 0.0}
    assert any("months of 2024, added up: 12" in note for note in whole.notes)
    # 300 of duty on 1,800 of imports
    assert any("16.67% of all imports" in note for note in whole.notes)
    assert sound(whole, tmp_path / "census").valuation == "customs"


def test_the_total_and_groups_of_countries_are_left_out_and_counted():
    rows = [row("-", 4000, 0), row("0003", 900, 0), row("4280", 900, 0), row("5700", 3100, 0)]
    whole = converted(answer(*rows))
    assert flows_of(whole) == {"USA DEU 8505110000": 900.0, "USA CHN 8505110000": 3100.0}
    assert any("left out: 2 (-, 0003)" in note for note in whole.notes)
    assert any("the partners left have 100.0% of the totals" in note for note in whole.notes)
    assert any("not a whole year" in note for note in whole.notes)


def test_groups_are_told_by_the_summary_level_too():
    whole = converted(answer(row("0099", 5, 0, level="CGP"), row("5700", 3, 0)))
    assert flows_of(whole) == {"USA CHN 8505110000": 3.0}
    assert any("groups of countries (CGP), left out: 1" in note for note in whole.notes)


def test_values_that_run_from_january_are_taken_from_the_last_month():
    names = [name.replace("_MO", "_YR") for name in NAMES]
    whole = converted(answer(row("5700", 100, 10, month=11), row("5700", 130, 13), names=names))
    assert flows_of(whole) == {"USA CHN 8505110000": 130.0}
    assert tariffs_of(whole) == {"USA CHN 8505110000": 10.0}


def test_csv_with_the_columns_of_a_request_is_the_same_as_json(tmp_path):
    whole = converted(
        file_of(
            "census.csv",
            "CTY_NAME,CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,I_COMMODITY_SDESC,time,COMM_LVL,CTY_CODE",
            'CHINA,17300,1299,0106199120,"DOGS, LIVE",2024-12,HS10,5700',
        )
    )
    assert flows_of(whole) == {"USA CHN 0106199120": 17_300.0}
    assert tariffs_of(whole)["USA CHN 0106199120"] == pytest.approx(100 * 1299 / 17300)
    assert whole.tables["products"]["description"].tolist() == ["DOGS, LIVE"]
    sound(whole, tmp_path / "census")


def test_years_are_refused_until_one_is_chosen():
    two = answer(row("5700", 1, 0, year=2023), row("5700", 2, 0))
    with pytest.raises(DataError, match=r"column time: the rows are of 2023, 2024.*--where year=2024"):
        converted(two)
    assert flows_of(converted(two, year="2023")) == {"USA CHN 8505110000": 1.0}


def test_general_imports_and_imports_for_consumption_are_two_values():
    names = [*NAMES[:4], "GEN_VAL_MO", "CON_VAL_MO", "time", "SUMMARY_LVL"]
    both = answer(row("5700", 8, 7), names=names)
    with pytest.raises(DataError, match=r"several columns of values \(GEN_VAL_MO, CON_VAL_MO\).*value=GEN_VAL_MO"):
        converted(both)
    assert flows_of(converted(both, value="CON_VAL_MO")) == {"USA CHN 8505110000": 7.0}


def test_an_answer_that_is_cut_short_is_no_json():
    with pytest.raises(DataError, match=r"imports.json is not complete JSON; download it again"):
        converted(file_of("imports.json", '[["CTY_CODE","I_COMMODITY","CON_VAL_MO","time"],["5700","85'))
