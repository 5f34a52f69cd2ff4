import json

import pytest
from foreign_tables import FLOWS, check_of, write_folder

CENSUS = "CTY_NAME,CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,time,COMM_LVL,CTY_CODE\nCHINA,1,0,0106199120,2024-12,HS10,5700\n"
HTS = "HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty\n"
WITS = "Reporter,Reporter Name,Product,Partner,Partner Name,Tariff Year,DutyType,Weighted Average\n"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"flows": CENSUS}, ("flows.csv", "CTY_CODE", "tariff-impact convert flows.csv NEWFOLDER")),
        ({"tariffs": HTS + "8471.30.01.00,2,Portable,No.,Free,,35%\n"}, ("tariffs.csv", "General Rate of Duty")),
        ({"tariffs": WITS + "840,United States,Textiles,156,China,2023,AHS,11.9\n"}, ("Weighted Average",)),
    ],
)
def test_an_official_file_under_the_name_of_a_table_is_recognised(tmp_path, capsys, tables, words):
    code, said = check_of(write_folder(tmp_path / "d", **{"flows": FLOWS, **tables}), capsys)
    assert code == 2
    for word in words:
        assert word in said
    assert "rename column" not in said


@pytest.mark.parametrize("lines", [1, 3, 9])
def test_a_title_above_the_header_is_named_with_the_line_of_the_header(tmp_path, capsys, lines):
    title = "Customs Value by HTS Number and Country\n" + "\n" * (lines - 1)
    code, said = check_of(write_folder(tmp_path / "d", title + FLOWS), capsys)
    assert code == 2
    assert f"the header is in line {lines + 1}; delete the lines above the header" in said
    assert "text with a separator" not in said


@pytest.mark.parametrize("file", ["flows.xlsx", "flows.xls", "flows.ods", "flows.tsv", "flows.json"])
def test_flows_in_a_form_that_is_not_read_are_named(tmp_path, capsys, file):
    folder = write_folder(tmp_path / "d")
    (folder / "flows.csv").unlink()
    (folder / file).write_bytes(b"PK\x03\x04 no workbook at all")
    code, said = check_of(folder, capsys)
    assert code == 2
    assert f"{file}: it is a" in said
    assert "save its table as flows.csv" in said
    assert "the file is missing" not in said


def test_tariffs_in_a_workbook_are_an_error_and_no_tariff_of_zero(tmp_path, capsys):
    folder = write_folder(tmp_path / "d")
    (folder / "tariffs.xlsx").write_bytes(b"PK\x03\x04")
    code, said = check_of(folder, capsys)
    assert code == 2
    assert "tariffs.xlsx" in said


def test_a_workbook_beside_the_table_made_from_it_is_no_fault(tmp_path, capsys):
    folder = write_folder(tmp_path / "d")
    (folder / "flows.xlsx").write_bytes(b"PK\x03\x04")
    assert check_of(folder, capsys)[0] == 0


def test_an_official_file_under_its_own_name_is_found_where_there_are_no_flows(tmp_path, capsys):
    folder = write_folder(tmp_path / "d")
    (folder / "flows.csv").unlink()
    header = ["CTY_CODE", "CTY_NAME", "I_COMMODITY", "CON_VAL_YR", "time", "COMM_LVL"]
    rows = [header, ["5700", "CHINA", "010121", "1", "2024-12", "HS6"]]
    (folder / "download.json").write_text(json.dumps(rows), encoding="utf-8")
    code, said = check_of(folder, capsys)
    assert code == 2
    assert "convert download.json NEWFOLDER" in said
