"""Columns that say what a row is: constant and right is fine, wrong or several is refused, a choice decides."""

import json
import shlex

import numpy as np
import pandas as pd
import pytest
from builders import LAWS
from hypothesis import given
from hypothesis import strategies as st

import calc
from calc.cli import main
from calc.datasets.layout import schema_of
from calc.datasets.row_meaning import choose_rows, open_columns
from calc.files.table_files import TableFile

ABOUT = 'title = "Bought"\nyear = 2023\nvaluation = "cif"\nkind = "imports"\n'
ALONE = {"tariffs.csv": None, "elasticities.csv": None, "products.csv": None, "countries.csv": None}
KEYS = "importer,exporter,product,value_usd"
TWO = ("USA,CHN,850511,500", "USA,MEX,850511,600")
SAME = ("USA,CHN,850511,500", "USA,CHN,850511,600")
TARIFFS = "importer,exporter,product,tariff_pct"

# column, what the rows say, words of the error
WRONG = {
    "exports by code": ("flowCode", "X", "X", "exports"),
    "exports in words": ("Trade Flow", "Export", "Export", "swap the columns"),
    "exports by number": ("rgCode", "2", "2", "exports"),
    "re-imports": ("rgDesc", "Re-import", "Re-import", "re-imports"),
    "euro": ("currency", "EUR", "EUR", "another currency"),
    "thousands": ("unit", "US$ thousand", "US$ thousand", "multiply"),
    "thousands in short": ("units", "kUSD", "kUSD", "multiply"),
    "thousands as the power of SDMX": ("UNIT_MULT", "3", "3", "multiply"),
    "euro as an indicator of Eurostat": ("INDICATORS", "VALUE_IN_EUROS", "VALUE_IN_EUROS", "another currency"),
    "quantities": ("Measure", "Quantity in kg", "Quantity in kg", "quantities, not values"),
    "values and quantities": ("indicator", "Value", "Quantity", "--where indicator=Value"),
    "preference programs": ("rate_provision", "61", "69", "--where rate_provision=all"),
    "general imports beside imports for consumption": ("import_type", "General", "Consumption", "import_type=General"),
    "two valuations": ("valuation", "CIF", "FOB", "--where valuation=CIF"),
    "two measures of value": ("Data Type", "Customs Value", "CIF Import Value", "--where Data Type=Customs Value"),
    "two directions": ("flowCode", "M", "RM", "--where flowCode=M"),
    "two years": ("year", "2022", "2023", "--where year=2023"),
    "years in months": ("period", "202212", "202301", "--where period=202301"),
    "quarters": ("quarter", "2023Q1", "2023Q2", "--where quarter=all"),
    "months": ("Month", "1", "2", "--where Month=all"),
    "months beside the year": ("refMonth", "52", "2", "take the total"),
    "second partner in total and part": ("partner2Code", "0", "344", "--where partner2Code=0"),
    "second partners": ("2nd Partner Code", "156", "344", "--where 2nd Partner Code=all"),
    "modes of transport": ("motCode", "1000", "2100", "--where motCode=all"),
    "customs procedures": ("customsCode", "C00", "C05", "--where customsCode=C00"),
    "currencies": ("currency", "USD", "EUR", "--where currency=USD"),
    "units": ("valueUnit", "US$", "US$ million", "units of value"),
    "editions of the HS": ("classificationCode", "H5", "H6", "--where classificationCode=H6"),
}
RIGHT = {
    "imports by code": ("flowCode", "M", "M"),
    "imports in words": ("Trade Flow", "Import", "Import"),
    "imports for consumption": ("flow", "Imports for Consumption", "Imports for Consumption"),
    "the year of the dataset": ("refYear", "2023", "2023"),
    "the year as period": ("period", "2023", "2023"),
    "the whole year of UN Comtrade": ("refMonth", "52", "52"),
    "second partner in total": ("partner2Code", "0", "0"),
    "all procedures": ("customsCode", "C00", "C00"),
    "dollars": ("currency", "USD", "US$"),
    "the power 0 of SDMX": ("UNIT_MULT", "0", "0"),
    "one measure": ("Data Type", "Customs Value", "Customs Value"),
    "units of quantity": ("unit", "kg", "m2"),
    "one edition": ("classificationCode", "H6", "H6"),
    "empty cells": ("flowCode", "", ""),
}


def table(column, first, second, rows=TWO):
    return f"{KEYS},{column}\n{rows[0]},{first}\n{rows[1]},{second}\n"


@pytest.fixture
def folder_of(make_folder):
    return lambda flows, **more: make_folder({**ALONE, "dataset.toml": ABOUT, "flows.csv": flows, **more})


def errors_of(folder, **choices):
    return [problem for problem in calc.check_dataset(folder, **choices) if problem.severity == "error"]


@pytest.mark.parametrize("rows", [TWO, SAME], ids=["other keys", "same keys"])
@pytest.mark.parametrize(("column", "first", "second", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_column_that_says_something_wrong_or_several_things_is_refused(folder_of, column, first, second, words, rows):
    if first == second:
        rows = TWO
    (error,) = errors_of(folder_of(table(column, first, second, rows)))
    assert error.column == column
    assert words in f"{error.rule}; {error.remedy}"
    assert "keep one of them" not in error.remedy


@pytest.mark.parametrize(("column", "first", "second"), RIGHT.values(), ids=RIGHT.keys())
def test_a_column_that_says_what_a_dataset_holds_is_fine(folder_of, column, first, second):
    folder = folder_of(table(column, first, second))
    assert [problem.rule for problem in calc.check_dataset(folder) if "nothing reads" not in problem.rule] == []
    assert calc.read_dataset(folder).flows.import_value.sum() == 1100


@pytest.mark.parametrize(
    ("column", "label", "words"),
    [
        ("year", "2021", "dataset.toml says year = 2023"),
        ("quarter", "2023Q3", "part of a year"),
        ("motCode", "2100", "only part of"),
    ],
)
def test_what_limits_the_answers_is_a_note_of_them(folder_of, column, label, words):
    notes = calc.read_dataset(folder_of(table(column, label, label))).notes
    assert any(words in note.text for note in notes if note.kind == "reading")


@pytest.mark.parametrize(
    ("column", "where", "value"),
    [
        ("year", {"year": "2023"}, 600),
        ("refYear", {"year": "2023"}, 600),
        ("Ref Year", {"refyear": "2022,2023"}, 1100),
        ("period", {"year": "2022"}, 500),
        ("year", {"flows.year": "2022"}, 500),
        ("made_up", {"made_up": "2022"}, 500),
    ],
)
def test_a_choice_takes_the_rows_of_a_value_and_says_so(folder_of, column, where, value):
    folder = folder_of(table(column, "2022", "2023"))
    if value == 1100:  # both years are named, so that the choice is the person's
        assert errors_of(folder, where=where) == []
    dataset = calc.read_dataset(folder, where=where)
    assert dataset.flows.import_value.sum() == value
    assert any("rows chosen by" in note.text for note in dataset.notes if note.kind == "reading")


@pytest.mark.parametrize("column", ["quarter", "Month", "partner2Code", "motCode", "made_up"])
def test_rows_of_a_flow_are_added_up_when_asked(folder_of, column):
    folder = folder_of(table(column, "1", "2", SAME))
    dataset = calc.read_dataset(folder, where={column: "all"})
    assert dataset.flows.import_value.tolist() == [1100]
    assert any("added up, as chosen: 2 to 1" in note.text for note in dataset.notes)


@pytest.mark.parametrize(
    ("column", "first", "where", "words"),
    [
        ("year", "2022", {"year": "all"}, "years (2022, 2023) cannot be added up"),
        ("quarter", "total", {"quarter": "all"}, "cannot be added up"),
        ("period", "202212", {"period": "all"}, "cannot be added up"),
        ("year", "2022", {"year": "2019"}, "no row has '2019'; there are 2022, 2023"),
        ("quarter", "2022", {"quartr": "1"}, "no table has a column 'quartr' (did you mean 'quarter'?)"),
        ("currency", "EUR", {"currency": "EUR"}, "another currency"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(folder_of, column, first, where, words):
    assert any(words in error.rule for error in errors_of(folder_of(table(column, first, "2023", SAME)), where=where))


def test_exports_are_read_where_the_person_says_that_the_importer_is_the_buyer(folder_of):
    folder = folder_of(table("flowCode", "X", "X"))
    assert calc.read_dataset(folder, where={"flowCode": "X"}).flows.import_value.sum() == 1100


def test_duplicates_that_differ_in_a_column_are_told_apart_by_it(folder_of):
    (error,) = errors_of(folder_of(table("end_use", "food", "feed", SAME)))
    assert "they differ in end_use ('food' and 'feed')" in error.rule
    assert "--where end_use=all" in error.remedy
    (error,) = errors_of(folder_of(f"{KEYS}\n{SAME[0]}\n{SAME[1]}\n"))
    assert "add them up" in error.remedy
    (error,) = errors_of(folder_of(f"{KEYS}\n{SAME[0]}\n{SAME[0]}\n"))
    assert error.remedy == "keep one of them"


RATES = {
    "bound beside applied": ("DutyType", "AHS", "BND", "USA,CHN,850511", "USA,MEX,850511", "kinds of tariff"),
    "applied and most favoured twice": ("DutyType", "MFN", "AHS", "USA,CHN,850511", "USA,CHN,850511", "DutyType=AHS"),
    "bound only": ("DutyType", "BND", "BND", "USA,CHN,850511", "USA,MEX,850511", "ceiling"),
    "years of one rate": ("Year", "2022", "2023", "USA,CHN,850511", "USA,CHN,850511", "--where Year=2023"),
}


@pytest.mark.parametrize(("column", "one", "two", "first", "second", "words"), RATES.values(), ids=RATES.keys())
def test_rates_of_several_kinds_are_refused(folder_of, column, one, two, first, second, words):
    tariffs = f"{TARIFFS},{column}\n{first},5,{one}\n{second},7,{two}\n"
    (error,) = errors_of(folder_of(f"{KEYS}\n{TWO[0]}\n{TWO[1]}\n", **{"tariffs.csv": tariffs}))
    assert (error.file, error.column) == ("tariffs.csv", column)
    assert words in f"{error.rule}; {error.remedy}"


@pytest.mark.parametrize(("column", "one", "two"), [("type", "MFN", "PREF"), ("year", "2022", "2023")])
def test_rates_of_several_kinds_stand_together_where_no_flow_has_two(folder_of, column, one, two):
    tariffs = f"{TARIFFS},{column}\nUSA,CHN,850511,5,{one}\nUSA,MEX,850511,7,{two}\n"
    folder = folder_of(f"{KEYS}\n{TWO[0]}\n{TWO[1]}\n", **{"tariffs.csv": tariffs})
    assert errors_of(folder) == []
    assert sorted(calc.read_dataset(folder).flows.tariff_rate) == [0.05, 0.07]


def test_every_command_takes_the_same_choice(folder_of, tmp_path, capsys):
    folder = folder_of(table("year", "2022", "2023", SAME))
    scenario = tmp_path / "s.toml"
    scenario.write_text(
        f'dataset = "{folder.as_posix()}"\ndraws = 0\n[[rule]]\nexporters = ["CHN"]\nvalue_pct = 10\n', encoding="utf-8"
    )
    where = ["--where", "year=2023"]
    assert main(["check", str(folder)]) == 2
    assert main(["run", str(scenario)]) == 2
    assert "--where year=2023" in capsys.readouterr().err
    assert main(["check", str(folder), *where]) == 0
    assert main(["run", str(scenario), *where]) == 0
    assert "Note: flows.csv, column year: rows chosen by year = 2023: 1 of 2" in capsys.readouterr().out
    assert main(["compare", str(scenario), *where]) == 0
    sweep = ["sweep", str(scenario), "--tariff", "0:10:10", "--out", str(tmp_path / "out"), *where]
    assert main(sweep) == 0
    assert main(["run", str(scenario), "--where", "year"]) == 2
    assert "--where year: write" in capsys.readouterr().err


@LAWS
@given(st.sampled_from([one[:3] for one in WRONG.values() if one[1] != one[2]]), st.integers(2, 30), st.randoms())
def test_several_kinds_of_rows_are_an_open_choice_in_any_order_and_each_choice_closes_it(kind, count, random):
    column, first, second = kind
    said = [first, second, *(random.choice([first, second]) for _ in range(count))]
    random.shuffle(said)
    frame = pd.DataFrame({"importer": "USA", "exporter": "CHN", "product": "1", "value_usd": "1", column: said})
    file = TableFile(file="flows.csv", frame=frame, warnings=(), decimal_comma=False, sha256="")
    schema = schema_of("flows")
    assert [problem.severity for problem in choose_rows("flows", file, schema, {}).problems] == ["error"]
    assert set(open_columns("flows", file, schema)[column]) >= {first, second}
    for label in (first, second):
        chosen = choose_rows("flows", file, schema, {column: label})
        assert len(chosen.table.frame) == np.sum(np.array(said) == label)
        assert all(values == (label,) for values in open_columns("flows", chosen.table, schema).values())


def test_the_command_of_a_report_repeats_the_choices_and_gives_the_same_bytes(folder_of, tmp_path, monkeypatch):
    rows = "USA,CHN,850511,500,2023Q1\nUSA,CHN,850511,600,2023Q2\nUSA,MEX,850511,70,2023Q1\nUSA,WLD,850511,1170,2023Q1"
    folder = folder_of(f"{KEYS},the quarter\n{rows}\n")
    scenario = 'title = "S"\nmodel = "armington"\ndraws = 0\n[[rule]]\nexporters = ["CHN"]\nvalue_pct = 10\n'
    (tmp_path / "scenario.toml").write_text(scenario)
    monkeypatch.chdir(tmp_path)
    choices = ["--where", "the quarter=2023Q1", "--drop-totals"]
    assert main(["run", "scenario.toml", "--data", str(folder), *choices, "--out", "first"]) == 0
    command = json.loads((tmp_path / "first" / "MANIFEST.json").read_text())["command"]
    assert command in (tmp_path / "first" / "README.txt").read_text()
    monkeypatch.chdir(tmp_path / "first")
    program, *arguments = shlex.split(command)
    assert program == "tariff-impact"
    assert arguments[2:5] == ["--where", "the quarter=2023Q1", "--drop-totals"]
    assert main(arguments) == 0
    for path in (tmp_path / "first").glob("*.csv"):
        assert path.read_bytes() == (tmp_path / "first" / "again" / path.name).read_bytes()


def test_a_changed_copy_says_by_which_command_it_was_made(folder_of, tmp_path):
    folder = folder_of(f"{KEYS},quarter\nUSA,CHN,8505.11,500,2023Q1\nUSA,WLD,8505.11,500,2023Q1\n")
    new, last = tmp_path / "clean codes", tmp_path / "last"
    assert main(["check", str(folder), "--clean-codes", str(new)]) == 0
    assert main(["check", str(new), "--where", "quarter=2023Q1", "--drop-totals", str(last)]) == 0
    notes = [note.text for note in calc.read_dataset(last).notes]
    assert f"A changed copy of {folder}"[:60] in notes[0]
    assert notes[0].endswith(f"made by: tariff-impact check {folder} --clean-codes '{new}'")
    assert notes[1].endswith(f"check '{new}' --where quarter=2023Q1 --drop-totals {last}")
