"""Every bad file gives one readable error; good files in unusual dress are read right."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL_DATASET
from hypothesis import given
from hypothesis import strategies as st

from calc.datasets.dataset import check_dataset, read_dataset
from calc.datasets.lookup import longest_prefix
from calc.errors import DataError
from calc.files.checks import SCHEDULE, Codes, check_duplicates, read_rows, read_schedule
from calc.files.product_codes import lost_zeros
from calc.files.table_files import TableFile

FLOWS = "importer,exporter,product,value_usd\n"
TARIFFS = "importer,exporter,product,tariff_pct\n"
FIVE_ROWS = SMALL_DATASET["flows.csv"]


def flows_frame(**changes):
    return pd.read_csv(io.StringIO(FIVE_ROWS), dtype={"product": str}).assign(**changes)


def parquet_flows(**changes):
    return {"flows.csv": None, "flows.parquet": flows_frame(**changes)}


# changes to the small folder; then file, line, column, words of the rule, words of the remedy
BAD = {
    "ragged, too long": (
        {"flows.csv": FIVE_ROWS + "USA,CHN,870323,1,234\n"},
        ("flows.csv", 7, None, "5 fields where the header has 4", "as many fields as the header"),
    ),
    "ragged, too short": (
        {"flows.csv": FLOWS + "USA,CHN,870323\nUSA,MEX,870323\n"},
        ("flows.csv", 2, None, "3 fields where the header has 4, as in 1 more line", "as many fields"),
    ),
    "empty": ({"flows.csv": "\n \n"}, ("flows.csv", None, None, "the file is empty", "write a header")),
    "header only": (
        {"flows.csv": FLOWS + "\n"},
        ("flows.csv", None, None, "a header but no row", "at least one row"),
    ),
    "header and blank cells only": (
        {"flows.csv": FLOWS + ",,,\n"},
        ("flows.csv", None, None, "a header but no row", "at least one row"),
    ),
    "blank first line": (
        {"flows.csv": "\n" + FIVE_ROWS},
        ("flows.csv", 1, None, "must name the columns", "move the header into line 1"),
    ),
    "duplicated column": (
        {"flows.csv": "importer,exporter,product,value_usd,product\nUSA,CHN,850511,1,850511\n"},
        ("flows.csv", 1, "product", "more than once", "rename or delete"),
    ),
    "missing column": (
        {"flows.csv": FIVE_ROWS.replace("value_usd", "Value")},
        (
            "flows.csv",
            1,
            "value_usd",
            "the column is missing; the file has importer",
            "rename column 'Value'",
        ),
    ),
    "other encoding": (
        {"countries.csv": SMALL_DATASET["countries.csv"].replace("Mexico", "México").encode("latin-1")},
        ("countries.csv", 3, None, "byte 0xE9 at position 57 is not UTF-8", "save the file in UTF-8"),
    ),
    "UTF-16": (
        {"flows.csv": FIVE_ROWS.encode("utf-16")},
        ("flows.csv", 1, None, "byte 0xFF at position 0", "UTF-8"),
    ),
    "UTF-16 without mark": (
        {"flows.csv": FIVE_ROWS.encode("utf-16-le")},
        ("flows.csv", 1, None, "byte 0x00 at position 1", "UTF-8"),
    ),
    "open quotation": (
        {"flows.csv": FIVE_ROWS.replace("USA,CHN,850511", '"USA,CHN,850511')},
        ("flows.csv", 4, None, "opened and never closed", "close it"),
    ),
    "text for a number": (
        {"flows.csv": FIVE_ROWS.replace(",200", ",lots").replace(",80", ",n/a")},
        ("flows.csv", 4, "value_usd", "'lots' is not a number, as in 1 more row", "decimal point"),
    ),
    "separator of thousands": (
        {"flows.csv": FIVE_ROWS.replace(",200", ',"1,200"')},
        ("flows.csv", 4, "value_usd", "'1,200' is not a number", "no separator of thousands"),
    ),
    "empty value": (
        {"flows.csv": FIVE_ROWS.replace(",200", ",")},
        ("flows.csv", 4, "value_usd", "'' is empty", "delete it"),
    ),
    "infinite value": (
        {"flows.csv": FIVE_ROWS.replace(",200", ",inf")},
        ("flows.csv", 4, "value_usd", "finite", "correct the row"),
    ),
    "negative value": (
        {"flows.csv": FIVE_ROWS.replace(",200", ",-5")},
        ("flows.csv", 4, "value_usd", "'-5' is out of range", "correct the row"),
    ),
    "not-a-number in Parquet": (
        parquet_flows(value_usd=[1, 2, np.nan, 4, 5]),
        ("flows.parquet", 3, "value_usd", "is empty", "delete it"),
    ),
    "no trade at all": (
        {"flows.csv": FLOWS + "USA,CHN,850511,0\n"},
        ("flows.csv", None, "value_usd", "no flow has a value above 0", "add rows"),
    ),
    "repeated key": (
        {"flows.csv": FIVE_ROWS + "USA,CHN,010121,1\n"},
        ("flows.csv", 7, "product", "repeats an earlier row with the same importer", "delete the row that is wrong"),
    ),
    "empty key": (
        {"flows.csv": FIVE_ROWS + "USA,,010121,1\n"},
        ("flows.csv", 7, "exporter", "every row needs a code", "fill it in"),
    ),
    "blanks around a code": (
        {"flows.csv": FIVE_ROWS + "USA ,CHN,870323,1\n"},
        ("flows.csv", 7, "importer", "'USA ' has blanks", "delete the blanks"),
    ),
    "unknown economy": (
        {"flows.csv": FIVE_ROWS.replace("USA,MEX,87", "usa,MEX,87")},
        ("flows.csv", 5, "importer", "'usa' is not in the table of countries", "did you mean 'USA'?"),
    ),
    "unknown product": (
        {"flows.csv": FIVE_ROWS.replace("850511", "850512")},
        ("flows.csv", 4, "product", "'850512' is not in the table of products", "did you mean '850511'?"),
    ),
    "lost zero, products known": (
        {"flows.csv": FIVE_ROWS.replace("010121", "10121")},
        ("flows.csv", 2, "product", "'10121' should be '010121'", "--restore-zeros NEWFOLDER"),
    ),
    "lost zero, no products": (
        {"flows.csv": FIVE_ROWS.replace("010121", "10121"), "products.csv": None},
        ("flows.csv", 2, "product", "'10121' should be '010121'", "check FOLDER --restore-zeros NEWFOLDER"),
    ),
    "lost zero in whole numbers": (
        parquet_flows(product=[10121, 10121, 850511, 870323, 870323]),
        ("flows.parquet", 1, "product", "its leading zero was lost, as in 1 more row", "--restore-zeros"),
    ),
    "codes as decimal numbers": (
        parquet_flows(product=[10121.0, 10121, 850511, 870323, 870323]),
        ("flows.parquet", None, "product", "decimal numbers", "store the column as text"),
    ),
    "tariff of -100%": (
        {"tariffs.csv": SMALL_DATASET["tariffs.csv"].replace(",50", ",-100")},
        ("tariffs.csv", 4, "tariff_pct", "'-100' is out of range", "25 for 25%"),
    ),
    "positive demand elasticity": (
        {"elasticities.csv": SMALL_DATASET["elasticities.csv"].replace("-1.2", "1.2")},
        ("elasticities.csv", 2, "import_demand_elasticity", "below 0", "minus sign"),
    ),
    "negative substitution elasticity": (
        {"elasticities.csv": SMALL_DATASET["elasticities.csv"].replace("3.8", "-3.8")},
        ("elasticities.csv", 2, "armington_elasticity", "above 0", "without a sign"),
    ),
    "infinite substitution elasticity": (
        {"elasticities.csv": SMALL_DATASET["elasticities.csv"].replace("3.8", "inf")},
        ("elasticities.csv", 2, "armington_elasticity", "above 0", "without a sign"),
    ),
    "negative supply elasticity": (
        {"elasticities.csv": SMALL_DATASET["elasticities.csv"].replace("inf", "-1")},
        ("elasticities.csv", 2, "export_supply_elasticity", "0 or more, or inf", "leave the cell empty"),
    ),
    "no elasticity at all": (
        {"elasticities.csv": "product,basis\nall,none\n"},
        ("elasticities.csv", None, None, "no column of elasticities", "add import_demand_elasticity"),
    ),
    "exporter with a demand elasticity": (
        {"elasticities.csv": "product,exporter,import_demand_elasticity\nall,,-1\n85,CHN,-2\n"},
        ("elasticities.csv", 3, "import_demand_elasticity", "row for one exporter", "exporter or this cell"),
    ),
    "all twice": (
        {"elasticities.csv": "product,armington_elasticity\nall,2\n,3\n"},
        ("elasticities.csv", 3, "product", "repeats an earlier row", "keep the row that applies"),
    ),
    "coverage above 100%": (
        {"product-lists/steel.csv": "product,coverage_pct\n72,101\n"},
        ("product-lists/steel.csv", 2, "coverage_pct", "between 0 and 100%", "100 for the whole"),
    ),
    "economy listed twice": (
        {"countries.csv": SMALL_DATASET["countries.csv"] + "USA,again,840,\n"},
        ("countries.csv", 5, "economy", "repeats an earlier row", "keep one"),
    ),
    "damaged Parquet": (
        {"flows.csv": None, "flows.parquet": b"PAR1 and then nothing"},
        ("flows.parquet", None, None, "cannot be read as Parquet", "write it again"),
    ),
    "same table twice": (
        {"flows.parquet": flows_frame()},
        ("flows.parquet", None, None, "flows.csv holds the same table", "keep one"),
    ),
    "no flows": ({"flows.csv": None}, ("flows.csv", None, None, "missing", "add flows.csv or flows.parquet")),
    "no dataset.toml": ({"dataset.toml": None}, ("dataset.toml", None, None, "missing", "title, year")),
    "broken toml": (
        {"dataset.toml": 'title = "x"\nyear = = 2024\n'},
        ("dataset.toml", 2, None, "not TOML", "correct the line"),
    ),
    "toml cut off": (
        {"dataset.toml": 'title = "x"\nnotes = ["one",\n'},
        ("dataset.toml", 3, None, "not TOML", "correct the line"),
    ),
    "unknown key": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"] + 'license = "MIT"\n'},
        ("dataset.toml", 8, None, "license is not a key", "the keys are title"),
    ),
    "missing key": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"].replace("year = 2024\n", "")},
        ("dataset.toml", None, None, "year is missing", "add year = 2024"),
    ),
    "year as text": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"].replace("2024", '"2024"')},
        ("dataset.toml", 2, None, "year is not a whole number", "write year"),
    ),
    "unknown valuation": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"].replace("customs", "retail")},
        ("dataset.toml", 3, None, "valuation is 'retail'", "fob, cif, customs"),
    ),
    "estimated as text": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"] + 'estimated = "no"\n'},
        ("dataset.toml", 8, None, "neither true nor false", "estimated = true"),
    ),
    "order in words": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"] + 'order = "first"\n'},
        ("dataset.toml", 8, None, "order is not a whole number", "order = 7"),
    ),
    "rates of an unknown kind": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"] + 'rates = "statutory"\n'},
        ("dataset.toml", 8, None, "rates is 'statutory'", "collected, law, mixed, none"),
    ),
    "rate notes that are no texts": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"] + "rate_notes = [1]\n"},
        ("dataset.toml", 8, None, "rate_notes is not a list of texts", "rate_notes ="),
    ),
    "an unknown service": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"] + 'serves = ["names", "maps"]\n'},
        ("dataset.toml", 8, None, "serves names 'maps'", "averages:USA, fine-lines:USA, names, template"),
    ),
    "a service without its economy": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"] + 'serves = "averages"\n'},
        ("dataset.toml", 8, None, "serves names 'averages'", "averages:USA"),
    ),
    "notes as numbers": (
        {"dataset.toml": SMALL_DATASET["dataset.toml"].replace('["Made up for the tests."]', "[1]")},
        ("dataset.toml", 7, None, "not a list of texts", "notes ="),
    ),
}


@pytest.mark.parametrize(("changes", "expected"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_gives_one_error_with_its_place_rule_and_remedy(make_folder, changes, expected):
    folder = make_folder(changes)
    errors = [problem for problem in check_dataset(folder) if problem.severity == "error"]
    file, line, column, rule, remedy = expected
    assert [(error.file, error.line, error.column) for error in errors] == [(file, line, column)]
    assert rule in errors[0].rule
    assert remedy in errors[0].remedy
    with pytest.raises(DataError, match=re.escape(errors[0].text)):
        read_dataset(folder)


def test_the_first_three_offending_keys_are_named(make_folder):
    folder = make_folder({"flows.csv": FIVE_ROWS.replace("0\n", "x\n")})
    (error,) = check_dataset(folder)
    assert error.keys == ("USA, CHN, 010121", "USA, MEX, 010121", "USA, CHN, 850511")
    assert "as in 4 more rows" in error.rule


def test_a_read_names_the_first_error_and_counts_the_others(make_folder):
    bad = SMALL_DATASET["tariffs.csv"].replace(",50", ",much")
    folder = make_folder({"flows.csv": FIVE_ROWS.replace(",200", ",lots"), "tariffs.csv": bad})
    with pytest.raises(DataError, match=r"^flows\.csv, line 4.* And 1 more: tariff-impact check .*small lists them\.$"):
        read_dataset(folder)


def test_unknown_columns_are_named_in_a_warning(make_folder):
    folder = make_folder({"flows.csv": flows_frame().assign(remark="x").to_csv(index=False)})
    (warning,) = check_dataset(folder)
    assert warning.severity == "warning"
    assert "ignored: remark" in warning.text


@pytest.mark.parametrize(
    ("tariffs", "warned"),
    [
        ([0.25, 0, 0.5], True),
        ([500, 400, 0], True),
        ([25, 0, 2.5], False),
        ([0, 0, 0], False),
        ([0.5, 30, 10], False),
    ],
)
def test_a_tariff_in_the_wrong_unit_is_a_warning(make_folder, tariffs, warned):
    keys = ("USA,CHN,010121", "USA,MEX,010121", "USA,CHN,850511")
    rows = "".join(f"{key},{tariff}\n" for key, tariff in zip(keys, tariffs, strict=True))
    problems = check_dataset(make_folder({"tariffs.csv": TARIFFS + rows}))
    assert [problem.severity for problem in problems] == ["warning"] * warned
    assert all("25 stands for 25%" in problem.remedy for problem in problems)


def test_a_schedule_needs_no_more_than_one_key():
    schedule = read_schedule(io.BytesIO(b"exporter,tariff_pct\nCHN,34\nall,10\n"), "s.csv")
    assert schedule.to_numpy().tolist() == [["", "CHN", "", 34.0], ["", "", "", 10.0]]
    assert list(schedule.columns) == ["importer", "exporter", "product", "tariff_pct"]
    assert schedule.attrs["notes"] == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"tariff_pct\n10\n", "no column importer, exporter or product"),
        (b"exporter,tariff_pct\nCHN,\n", r"line 2, column tariff_pct: '' is empty \(CHN\); write the rate"),
        (b"exporter,tariff_pct\nCHN,1\nCHN,2\n", "line 3, column exporter: 'CHN' repeats"),
        (b"exporter,tariff_pct\nCHN,-100\n", "above −100%"),
        (b"product,tariff_pct\n0101,5\n101,5\n", "'101' should be '0101'"),
        (b"", "the file is empty"),
    ],
)
def test_a_bad_schedule_is_refused(content, message):
    with pytest.raises(DataError, match=message):
        read_schedule(io.BytesIO(content), "s.csv")


def test_the_longest_prefix_wins():
    codes = pd.Index(["850511", "850519", "870323", "c1", "c10"])
    table = ["85", "all", "850511", "c1", "8505", "8505110000"]
    assert longest_prefix(table, codes).tolist() == [2, 4, 1, 3, 1]
    assert longest_prefix(["84", "c"], codes).tolist() == [-1] * 5


digits = st.one_of(st.text("0123456789", min_size=size, max_size=size) for size in (2, 4, 6))


@given(table=st.lists(digits, unique=True, max_size=30), codes=st.lists(digits, unique=True, max_size=30))
def test_the_longest_prefix_agrees_with_a_search_row_by_row(table, codes):
    expected = [
        max(
            (k for k, prefix in enumerate(table) if code.startswith(prefix)),
            key=lambda k: len(table[k]),
            default=-1,
        )
        for code in codes
    ]
    assert longest_prefix(table, pd.Index(codes, dtype=str)).tolist() == expected


@pytest.mark.parametrize(
    ("labels", "known", "lost"),
    [
        (["10121", "850511"], None, [True, False]),
        (["101", "102"], None, [False, False]),  # three-digit codes of another kind
        (["1", "84"], ["010121", "840110"], [True, False]),  # chapters
        (["84011", "840110"], ["010121", "840110"], [False, False]),  # a digit lost at the end
        (["1012100", "84011000"], ["010121", "840110"], [True, False]),  # below a known code
        (["101", "1010"], ["101", "1010"], [False, False]),  # known as it stands
        (["c1", "c10"], None, [False, False]),
    ],
)
def test_only_codes_that_lost_their_zero_are_accused(labels, known, lost):
    known = None if known is None else pd.Index(known)
    assert lost_zeros(pd.Index(labels), known).tolist() == lost


def test_two_hundred_thousand_rows_are_checked_in_a_tenth_of_a_second(benchmark):
    count = 200_000
    frame = pd.DataFrame(
        {
            "exporter": pd.Series([f"E{k % 50:02d}" for k in range(count)], dtype=str),
            "product": pd.Series([f"{k // 50:06d}" for k in range(count)], dtype=str),
            "tariff_pct": 5.0,
        }
    )
    table = TableFile(file="t.parquet", frame=frame, warnings=(), decimal_comma=False, sha256="")
    known = pd.Index(frame["product"].unique())
    economies = pd.Index(frame["exporter"].unique())
    rows = benchmark(read_rows, table, SCHEDULE, products=known, economies=economies)
    assert rows.problems == ()
    assert benchmark.stats["median"] < 0.1


def test_rows_are_told_apart_however_many_labels_their_keys_have():
    # 2^32 labels in each of three columns: without care, the first would be lost beyond 64 bits
    labels = pd.RangeIndex(2**32)
    codes = {
        name: Codes(codes=np.array(rows), labels=labels)
        for name, rows in (("importer", [0, 1, 1]), ("exporter", [5, 5, 5]), ("product", [7, 7, 7]))
    }
    frame = pd.DataFrame({name: column.codes for name, column in codes.items()}).astype(str)
    table = TableFile(file="x.csv", frame=frame, warnings=(), decimal_comma=False, sha256="")
    (problem,) = check_duplicates(table, codes, SCHEDULE)
    assert (problem.line, "more row" in problem.rule) == (4, False)
