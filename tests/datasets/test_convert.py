"""From official files to a dataset folder, by the command line."""

import pytest

import calc
from calc.cli import main
from calc.datasets.readers.layouts import LAYOUTS, advice_on
from calc.datasets.readers.source_files import SourceFile

BACI = "t,i,j,k,v,q\n2022,156,842,850511,9.0,1\n2023,156,842,850511,10.0,1\n2023,484,842,850511,30.0,1\n"
HTS = "HTS Number,Indent,Description,General Rate of Duty,Column 2 Rate of Duty\n8505.11.00,2,Magnets,2.1%,45%\n"


@pytest.fixture
def files(tmp_path):
    trade, rates = tmp_path / "BACI_HS22_V202501.csv", tmp_path / "htsdata.csv"
    trade.write_text(BACI, encoding="utf-8")
    rates.write_text(HTS, encoding="utf-8")
    return trade, rates


def test_files_of_two_offices_become_one_dataset_and_the_choices_are_told(files, tmp_path, capsys):
    folder = tmp_path / "mine"
    assert main(["convert", *map(str, files), str(folder), "--where", "year=2023"]) == 0
    said = capsys.readouterr()
    assert "Note: BACI_HS22_V202501.csv: rows chosen by t = 2023: 2 of 3." in said.out
    assert "100.0% of the imports have a rate" in said.out
    assert calc.check_dataset(folder) == ()
    flows = calc.read_dataset(folder).flows
    assert flows.import_value.tolist() == [10_000.0, 30_000.0]
    assert flows.tariff_rate.tolist() == [0.021, 0.021]


def test_an_open_choice_ends_with_the_flag_that_makes_it_and_writes_nothing(files, tmp_path, capsys):
    assert main(["convert", str(files[0]), str(tmp_path / "mine")]) == 2
    assert (
        "several years (2022, 2023), and a dataset holds one; choose it: --where year=2022" in capsys.readouterr().err
    )
    assert not (tmp_path / "mine").exists()


def test_a_file_in_no_layout_is_refused_with_those_that_are_read(tmp_path, capsys):
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["convert", str(tmp_path / "mine.csv"), str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert all(layout.name in said for layout in LAYOUTS)


def test_a_choice_without_a_value_and_a_call_without_a_folder_are_refused(files, tmp_path, capsys):
    assert main(["convert", str(files[0]), str(tmp_path / "new"), "--where", "year"]) == 2
    assert "--where year: write a key and a value" in capsys.readouterr().err
    assert main(["convert", str(files[0])]) == 2
    assert "last, the name of a new folder" in capsys.readouterr().err


def test_every_layout_says_where_it_is_documented():
    names = [layout.name for layout in LAYOUTS]
    assert len(names) == len(set(names)) == 9
    assert all(layout.source.startswith("http") for layout in LAYOUTS)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("CTY_NAME,CON_VAL_YR,CAL_DUT_YR,I_COMMODITY,time,CTY_CODE", "CTY_CODE"),
        ("HTS Number,Indent,Description,General Rate of Duty", "General Rate of Duty"),
        (
            "Reporter,Reporter Name,Product,Partner,Partner Name,Tariff Year,DutyType,Weighted Average",
            "Weighted Average",
        ),
        ("t,i,j,k,v,q", "layout of BACI"),
    ],
)
def test_an_official_file_in_the_place_of_a_table_is_known_by_its_columns(header, named):
    said = advice_on(SourceFile(name="flows.csv", content=f"{header}\n".encode()))
    assert named in said
    assert said.endswith("tariff-impact convert flows.csv NEWFOLDER")


def test_no_advice_is_given_on_a_table_of_ones_own_or_a_broken_file():
    assert advice_on(SourceFile(name="flows.csv", content=b"importer,exporter,product,value_usd\n")) == ""
    assert advice_on(SourceFile(name="flows.xlsx", content=b"PKfield")) == ""
