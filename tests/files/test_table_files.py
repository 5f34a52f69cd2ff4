"""Files in unusual dress are read right; damaged, huge or strange ones are refused in words."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import texts
from conftest import SMALL_DATASET
from hypothesis import given
from hypothesis import strategies as st

from calc.datasets.dataset import check_dataset, read_dataset
from calc.errors import DataError
from calc.files import table_files
from calc.files.table_files import Problem, TableFile, parse_table, read_table

FLOWS = "importer,exporter,product,value_usd\n"
FIVE_ROWS = SMALL_DATASET["flows.csv"]


def flows_frame():
    return pd.read_csv(io.StringIO(FIVE_ROWS), dtype={"product": str})


def test_a_problem_is_one_sentence_with_everything_in_it():
    problem = Problem(
        file="a.csv",
        line=3,
        column="value_usd",
        rule="'x' is bad",
        remedy="mend it",
        keys=("USA, CHN", "USA, MEX"),
    )
    assert problem.text == "a.csv, line 3, column value_usd: 'x' is bad (USA, CHN; USA, MEX); mend it."


def test_a_problem_in_parquet_counts_rows_from_one():
    assert Problem(file="a.parquet", line=1, rule="bad", remedy="mend").text == "a.parquet, row 1: bad; mend."


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + FIVE_ROWS,
        FIVE_ROWS.replace("importer,exporter,product,value_usd", ' importer , "exporter",product\t,value_usd '),
        FIVE_ROWS.replace("USA,CHN", '"USA","CHN"'),
        FIVE_ROWS.replace("\n", "\r\n"),
        FIVE_ROWS.rstrip("\n"),
        FIVE_ROWS.replace("USA,MEX,870323", "\nUSA,MEX,870323") + ",,,\n\n",
        FIVE_ROWS.replace("200", "2e2").replace("300", " 300 "),
        flows_frame()[["value_usd", "product", "exporter", "importer"]].to_csv(index=False),
        FIVE_ROWS.replace(",", ";").replace("200", "200,0"),
        flows_frame().assign(remark="x").to_csv(index=False),
        flows_frame(),
        flows_frame().astype({"importer": "category", "product": "category"}),
        flows_frame().astype({"value_usd": np.float32}),
    ],
    ids=[
        "byte-order mark",
        "blanks in the header",
        "quoted fields",
        "Windows line ends",
        "no last line end",
        "blank lines",
        "other notations of numbers",
        "other column order",
        "semicolons and decimal comma",
        "another column",
        "Parquet",
        "Parquet with dictionaries",
        "Parquet with single precision",
    ],
)
def test_the_same_flows_are_read_from_every_dress(make_folder, content):
    file = "flows.csv" if isinstance(content, str) else "flows.parquet"
    flows = read_dataset(make_folder({"flows.csv": None, file: content})).flows
    assert list(flows.import_value) == [80, 100, 50, 200, 300]
    assert list(flows.tariff_rate) == [0.15, 0.25, 0, 0.5, 0.025]
    assert list(flows.products) == ["010121", "850511", "870323"]


def test_lines_keep_their_numbers_below_blank_lines(make_folder):
    folder = make_folder({"flows.csv": FLOWS + "\n,,,\nUSA,CHN,850511,x\n"})
    assert [problem.line for problem in check_dataset(folder) if problem.severity == "error"] == [4]


def test_semicolons_are_said_in_the_notes(make_folder):
    folder = make_folder({"flows.csv": FIVE_ROWS.replace(",", ";").replace("200", "200,5")})
    dataset = read_dataset(folder)
    assert dataset.flows.import_value.sum() == 730.5
    assert any("flows.csv: fields are separated by semicolons" in note for note in texts(dataset.notes))


def test_points_of_thousands_beside_decimal_commas_are_refused(make_folder):
    folder = make_folder({"flows.csv": FIVE_ROWS.replace(",", ";").replace("200", "1.200").replace("300", "300,5")})
    (error,) = (problem for problem in check_dataset(folder) if problem.severity == "error")
    assert (error.line, error.column) == (4, "value_usd")


def test_namibia_is_read_as_text(make_folder):
    folder = make_folder(
        {
            "flows.csv": FLOWS + "USA,NA,010121,100\n",
            "tariffs.csv": None,
            "countries.csv": "economy,name\nNA,Namibia\nUSA,United States\n",
        }
    )
    assert list(read_dataset(folder).flows.economies) == ["NA", "USA"]


def test_a_file_that_is_too_big_is_not_opened(make_folder, monkeypatch):
    monkeypatch.setattr(table_files, "MAX_FILE_BYTES", 100)
    (first, *_) = check_dataset(make_folder())
    assert "more than the 100 that are read" in first.text


def test_a_parquet_file_that_unpacks_to_too_many_rows_is_not_unpacked(make_folder, monkeypatch):
    monkeypatch.setattr(table_files, "MAX_PARQUET_ROWS", 4)
    errors = check_dataset(make_folder({"flows.csv": None, "flows.parquet": flows_frame()}))
    assert "it unpacks to 5 rows" in errors[0].text


def test_columns_of_other_kinds_are_left_out_with_a_warning():
    sink = io.BytesIO()
    pq.write_table(pa.table({"product": ["010121"], "nested": [[1, 2]], "yes": [True]}), sink)
    table = parse_table("x.parquet", sink.getvalue())
    assert list(table.frame.columns) == ["product"]
    assert len(table.warnings) == 2


@given(content=st.text('ab,;"\n\r \t0.\x0b\u2028é', max_size=40))
def test_no_text_whatever_breaks_the_reading_of_csv(content):
    assert isinstance(parse_table("x.csv", content.encode()), (TableFile, Problem))


@given(content=st.binary(max_size=40), ending=st.sampled_from([".csv", ".parquet"]))
def test_no_bytes_whatever_break_the_reading(content, ending):
    assert isinstance(parse_table(f"x{ending}", content), (TableFile, Problem))


@given(data=st.data())
def test_no_damaged_byte_breaks_the_reading_of_parquet(data):
    sink = io.BytesIO()
    flows_frame().to_parquet(sink, index=False)
    content = bytearray(sink.getvalue())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(parse_table("x.parquet", bytes(content)), (TableFile, Problem))


def test_one_table_can_be_read_by_itself(tmp_path):
    (tmp_path / "a.csv").write_text("product,tariff_pct\n0101,5\n", encoding="utf-8")
    table = read_table(tmp_path / "a.csv")
    assert table.frame.to_numpy().tolist() == [["0101", "5"]]
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"a\.xlsx: '\.xlsx' is not the ending of a table file.*; save it as"):
        read_table(tmp_path / "a.xlsx")


def test_a_byte_that_is_not_utf8_is_named_behind_a_byte_order_mark_too():
    problem = parse_table("a.csv", b"\xef\xbb\xbfeconomy\nC\xf4te\n")
    assert isinstance(problem, Problem)
    assert (problem.line, problem.rule) == (2, "byte 0xF4 at position 12 is not UTF-8")
