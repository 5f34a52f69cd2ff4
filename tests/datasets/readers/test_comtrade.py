"""UN Comtrade, legacy and new: directions, totals, levels and what flows are split by."""

import json

import pytest
from official import converted, file_of, flows_of, sound

from calc.datasets.readers.source_files import SourceFile
from calc.errors import DataError

LEGACY = (
    "Classification,Year,Period,Aggregate Level,Trade Flow Code,Trade Flow,Reporter Code,Reporter,Reporter ISO,"
    "Partner Code,Partner,Partner ISO,Commodity Code,Commodity,Trade Value (US$),Flag"
)
NEW = (
    "refYear,period,reporterCode,reporterISO,flowCode,flowDesc,partnerCode,partnerISO,partner2Code,classificationCode,"
    "cmdCode,cmdDesc,customsCode,mosCode,motCode,qty,primaryValue"
)


def legacy(flow, partner, code, value, year=2017):
    code_of = {"World": 0, "China": 156, "Mexico": 484}
    return f"H5,{year},{year},6,1,{flow},842,USA,USA,{code_of[partner]},{partner},,{code},Things,{value},0"


def new(flow="M", partner=156, second=0, code="850511", mode=0, value=0, classification="H6", period=2023):
    # the site ends every row with a comma, the header not
    return f"2023,{period},842,USA,{flow},x,{partner},X,{second},{classification},{code},Things,C00,0,{mode},5,{value},"


def test_the_world_and_coarser_levels_are_left_out_and_counted(tmp_path):
    whole = converted(
        file_of(
            "comtrade.csv",
            LEGACY,
            legacy("Import", "World", "TOTAL", 3000),
            legacy("Import", "World", "850511", 3000),
            legacy("Import", "China", "85", 2000),
            legacy("Import", "China", "8505", 2000),
            legacy("Import", "China", "850511", 2000),
            legacy("Import", "Mexico", "850511", 1000),
            legacy("Import", "Mexico", "85", 1000),
            legacy("Import", "Mexico", "8505", 1000),
        )
    )
    assert flows_of(whole) == {"USA CHN 850511": 2000.0, "USA MEX 850511": 1000.0}
    notes = " ".join(whole.notes)
    assert "rows of totals and groups of countries, left out: 2 (0)" in notes
    assert "HS levels of 2, 4 digits repeat it and were left out: 4" in notes
    assert sound(whole, tmp_path / "comtrade").valuation == "cif"


def test_imports_and_exports_in_one_file_are_refused_until_one_is_chosen():
    both = file_of(
        "comtrade.csv", LEGACY, legacy("Import", "China", "850511", 7), legacy("Export", "China", "850511", 3)
    )
    with pytest.raises(DataError, match=r"column Trade Flow: .*\(Import, Export\).*--where flow=Import"):
        converted(both)
    assert flows_of(converted(both, flow="Import")) == {"USA CHN 850511": 7.0}
    # in rows of exports the reporter is the exporter
    assert flows_of(converted(both, flow="Export")) == {"CHN USA 850511": 3.0}


def test_re_imports_alone_are_no_trade_by_origin():
    with pytest.raises(DataError, match="'RM', which are part of imports or exports"):
        converted(file_of("c.csv", NEW, new(flow="RM", value=3)))


def test_a_file_of_the_world_alone_is_refused_with_what_to_download():
    with pytest.raises(DataError, match=r"the partners are 0 only, which are totals; download the trade country by"):
        converted(file_of("c.csv", LEGACY, legacy("Import", "World", "850511", 9)))


def test_the_total_over_second_partners_is_taken_and_its_parts_left_out(tmp_path):
    whole = converted(file_of("c.csv", NEW, new(value=1000), new(second=344, value=400), new(second=156, value=600)))
    assert flows_of(whole) == {"USA CHN 850511": 1000.0}
    assert any("column partner2Code" in note and "left out: 2 rows" in note for note in whole.notes)
    sound(whole, tmp_path / "new")


def test_modes_without_a_total_are_refused_until_one_or_all_are_chosen():
    modes = file_of("c.csv", NEW, new(mode=2100, value=10), new(mode=1000, value=5))
    with pytest.raises(DataError, match=r"column motCode: .*\(2100, 1000\).*--where motCode=all"):
        converted(modes)
    assert flows_of(converted(modes, motCode="all")) == {"USA CHN 850511": 15.0}
    assert flows_of(converted(modes, motCode="1000")) == {"USA CHN 850511": 5.0}


def test_months_are_added_up_only_when_asked():
    months = file_of("c.csv", NEW, new(period=202301, value=10), new(period=202302, value=5))
    with pytest.raises(DataError, match=r"several months \(202301, 202302\).*, or add them up: --where period=all"):
        converted(months)
    assert flows_of(converted(months, period="all")) == {"USA CHN 850511": 15.0}


def test_two_classifications_are_refused_and_one_tells_the_revision():
    mixed = file_of("c.csv", NEW, new(value=1), new(classification="H5", partner=484, value=2))
    with pytest.raises(DataError, match=r"several classifications \(H6, H5\)"):
        converted(mixed)
    assert converted(mixed, classification="H5").revision == 2017


def test_rows_of_the_api_as_json_are_the_same_as_csv():
    names = NEW.split(",")
    lines = (new(partner=156, value=7), new(partner=0, value=9))
    rows = [dict(zip(names, line.rstrip(",").split(","), strict=True)) for line in lines]
    whole = converted(file_of("answer.json", json.dumps({"elapsedTime": "1 s", "data": rows})))
    assert flows_of(whole) == {"USA CHN 850511": 7.0}


def test_names_in_windows_1252_are_read():
    lines = [NEW, new(partner=792, value=7).replace("Things", "Türkiye")]
    whole = converted(SourceFile(name="c.csv", content="\n".join(lines).encode("cp1252")))
    assert flows_of(whole) == {"USA TUR 850511": 7.0}
    assert whole.tables["products"]["description"].tolist() == ["Türkiye"]


def test_a_mark_of_utf_8_before_the_header_is_passed_over():
    whole = converted(SourceFile(name="c.csv", content=b"\xef\xbb\xbf" + f"{NEW}\n{new(value=7)}".encode()))
    assert flows_of(whole) == {"USA CHN 850511": 7.0}
