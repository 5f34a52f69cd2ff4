"""Own data: what strangers upload is read by their word, or refused in one sentence; and it stays in their session."""

import io
import pickle
import re
import stat
import warnings
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import texts
from conftest import SMALL_DATASET
from hypothesis import given
from hypothesis import strategies as st
from streamlit.runtime.caching import cache_resource_api
from streamlit.testing.v1 import AppTest

import app
from calc.cli import main as command_line
from calc.datasets.dataset import check_dataset, data_dir, read_dataset
from calc.datasets.uploads.choices import Choices, Names, clean_files, proposed_about, proposed_headings
from calc.datasets.uploads.files import LIMITS, examine_upload, read_tables, table_of, unpack_upload
from calc.datasets.uploads.templates import template_zip, templates
from calc.errors import DataError
from calc.files.archives import unpack_zip
from calc.files.table_files import TableFile
from calc.files.write import zip_bytes
from calc.page import answers
from calc.page.state import all_controls
from calc.question import point_answer
from calc.reports.report import bundle
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml
from calc.simulation import run
from calc.tariffs.rules import Rule

SMALL = {name: text.encode() for name, text in SMALL_DATASET.items()}
HEADER = "importer,exporter,product,value_usd\n"
ROW = "USA,CHN,850511,200\n"
ABOUT = {"title": "Stranger", "year": 2023, "valuation": "cif", "kind": "imports"}


def changed(**files):
    """The small sound dataset with some files replaced or left out; `_` stands for the dot."""
    named = {name.replace("__", "-").replace("_csv", ".csv").replace("_toml", ".toml"): c for name, c in files.items()}
    named = {name.replace("_parquet", ".parquet"): content for name, content in named.items()}
    content = {name: c.encode() if isinstance(c, str) else c for name, c in named.items()}
    return {name: data for name, data in {**SMALL, **content}.items() if data is not None}


def flows(text):
    return changed(flows_csv=text)


def parquet(table):
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return changed(flows_csv=None, flows_parquet=sink.getvalue())


def zipped(*members, folder="", method=zipfile.ZIP_DEFLATED):
    """A zip of (name, content) or (name, content, mode), names as given."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a name that stands there twice
        for name, content, *mode in members:
            member = zipfile.ZipInfo(folder + name)
            member.compress_type = method
            member.external_attr = (mode[0] if mode else 0) << 16
            archive.writestr(member, content)
    return buffer.getvalue()


def with_bytes(data, mark, offset, value):
    """An archive with bytes behind every `mark` overwritten."""
    patched, start = bytearray(data), 0
    while (found := patched.find(mark, start)) >= 0:
        patched[found + offset : found + offset + len(value)] = value
        start = found + 4
    return bytes(patched)


def small_zip(**kwargs):
    return zipped(*SMALL.items(), **kwargs)


def fate(uploaded, choices=None, known=None):
    """What comes of an upload: the dataset or None, and the first sentence against it."""
    try:
        upload = unpack_upload(uploaded)
        tables = read_tables(upload)
        own, problems = examine_upload(clean_files(upload.files, tables, choices or Choices(), known))
    except DataError as error:
        return None, str(error)
    errors = [problem.text for problem in problems if problem.severity == "error"]
    return own, errors[0] if errors else ""


ENDLESS = pa.DictionaryArray.from_arrays(np.zeros(5_000, dtype=np.int32), ["x" * 100_000])
KEYS = {"importer": ["USA"], "exporter": ["CHN"], "product": ["850511"]}
CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"

HOSTILE = {
    # archives
    "bomb": ({"x.zip": zipped(("flows.csv", bytes(50 * 2**20)))}, "unpacks to far more than a table of trade would"),
    "nested zip": ({"x.zip": zipped(("more.zip", small_zip()))}, "is another archive or a workbook"),
    "workbook in the zip": ({"x.zip": zipped(("flows.xlsx", b"PK"))}, "is another archive or a workbook"),
    "absolute path": ({"x.zip": zipped(("/etc/flows.csv", b"x"))}, "has an absolute path"),
    "drive letter": ({"x.zip": zipped(("C:/flows.csv", b"x"))}, "has an absolute path"),
    "dot-dot": ({"x.zip": zipped(("a/../../flows.csv", b"x"))}, "leads out of the archive"),
    "backslash": ({"x.zip": zipped(("..\\flows.csv", b"x"))}, "has a backslash in its name"),
    "control character in a name": ({"x.zip": zipped(("flo\tws.csv", b"x"))}, "has a name with control characters"),
    "symlink": ({"x.zip": zipped(("flows.csv", b"/etc/passwd", stat.S_IFLNK | 0o777))}, "is a link or a device"),
    "device": ({"x.zip": zipped(("flows.csv", b"", stat.S_IFCHR | 0o666))}, "is a link or a device"),
    "encrypted": ({"x.zip": with_bytes(small_zip(), CENTRAL, 8, b"\x01\x00")}, "is encrypted"),
    "duplicate member": ({"x.zip": zipped(("flows.csv", b"x"), ("Flows.csv", b"y"))}, "stands there twice"),
    "odd method": ({"x.zip": small_zip(method=zipfile.ZIP_BZIP2)}, "is packed by a method that is not read"),
    "truncated zip": ({"x.zip": small_zip()[:-30]}, "is not a zip archive, or it is cut off"),
    "damaged zip": ({"x.zip": with_bytes(small_zip(), LOCAL, 40, b"\xff" * 20)}, "is damaged or cut off"),
    "lying size": ({"x.zip": with_bytes(small_zip(), CENTRAL, 24, b"\x05\x00\x00\x00")}, "is damaged or cut off"),
    "not a zip": ({"x.zip": b"hello"}, "is not a zip archive"),
    "empty zip": ({"x.zip": zipped()}, "dataset.toml: the file is missing"),
    "too many members": ({"x.zip": zipped(*((f"{k}.csv", b"x") for k in range(101)))}, "more than the 100 members"),
    "zip for huge archives": (
        {"x.zip": small_zip().replace(END, b"PK\x06\x07" + bytes(16) + END)},
        "written for huge archives",
    ),
    "same table twice": ({**SMALL, "FLOWS.parquet": b"x"}, "are the same table"),
    "too many files": ({f"{k}.csv": b"x" for k in range(21)}, "more than the 20 that are read at once"),
    "too many bytes": ({"flows.csv": bytes(64 * 2**20 + 1)}, "more than the 67,108,864 that can be uploaded"),
    # not what the ending says
    "Parquet with wrong magic": (changed(flows_csv=None, flows_parquet=b"PAR2" * 9), "cannot be read as Parquet"),
    "truncated Parquet": (changed(flows_csv=None, flows_parquet=b"PAR1" + b"x" * 30 + b"PAR1"), "cannot be read"),
    "pickle as Parquet": (changed(flows_csv=None, flows_parquet=pickle.dumps(KEYS)), "cannot be read as Parquet"),
    "pickle as CSV": (flows(pickle.dumps(KEYS)), "is not UTF-8"),
    "old pickle as CSV": (flows(b"cos\nsystem\n(S'true'\ntR."), "column importer: the column is missing"),
    "workbook as CSV": (flows(b"PK\x03\x04" + bytes(40)), "is an Excel workbook or a zip archive"),
    "old workbook as CSV": (flows(b"\xd0\xcf\x11\xe0" + bytes(40)), "is an old Excel workbook"),
    "error page as CSV": (flows("<!DOCTYPE html><html><body>404</body></html>"), "is a web page"),
    "JSON as CSV": (flows('[{"importer": "USA"}]'), "is JSON"),
    "PDF as CSV": (flows("%PDF-1.7\n"), "is a document"),
    "Parquet as CSV": (flows(b"PAR1" + bytes(8) + b"PAR1"), "is a Parquet file"),
    # Parquet that is more than it seems
    "Parquet of too many rows": (
        parquet(pa.table({"importer": pa.repeat("USA", LIMITS.rows + 1)})),
        "it unpacks to 1,000,001 rows",
    ),
    "Parquet of one endless text": (
        parquet(pa.table(dict.fromkeys(KEYS, ENDLESS) | {"value_usd": np.ones(5_000)})),
        "it unpacks to more than the 314,572,800 bytes",
    ),
    "Parquet of lists": (parquet(pa.table({**KEYS, "value_usd": [[1.0]]})), "column value_usd: the column is missing"),
    "Parquet of bytes": (parquet(pa.table({**KEYS, "value_usd": [b"1"]})), "column value_usd: the column is missing"),
    "Parquet with control characters": (
        parquet(pa.table({**KEYS, "importer": ["US\x07A"], "value_usd": [1.0]})),
        "column importer: it holds control characters",
    ),
    "Parquet of too many columns": (
        parquet(pa.table({f"c{k}": [1] for k in range(501)})),
        "it has 501 columns, more than the 500",
    ),
    "Parquet with decimal codes": (
        parquet(pa.table({**KEYS, "product": [8.5], "value_usd": [1.0]})),
        "decimal numbers",
    ),
    # text
    "NUL bytes": (flows(HEADER + "USA,CHN,85\x000511,1\n"), "line 2: byte 0x00"),
    "control characters in codes": (flows(HEADER + "US\x1bA,CHN,850511,1\n"), "line 2: byte 0x1B"),
    "UTF-16": (flows((HEADER + ROW).encode("utf-16")), "is not UTF-8"),
    "latin-1": (flows((HEADER + "USA,CHN,Möbel,1\n").encode("latin-1")), "line 2: byte 0xF6"),
    "byte-order mark twice": (flows("\ufeff\ufeff" + HEADER + ROW), "begins with two byte-order marks"),
    "empty file": (flows(""), "the file is empty"),
    "header only": (flows(HEADER), "there is a header and no row"),
    "ten thousand columns": (flows(",".join(f"c{k}" for k in range(10_000)) + "\n"), "10,000 columns"),
    "a long heading": (flows("x" * 201 + "\n1\n"), "a heading is longer than 200 characters"),
    "one heading of 5 MB": (flows("x" * 5_000_000 + "\n1\n"), "the header cannot be read"),
    "one line of 5 MB": (flows(HEADER + f"USA,CHN,{'8' * 5_000_000},1\n"), "a line is longer than 1,000,000 bytes"),
    "too many lines": (flows(HEADER + "\n" * (LIMITS.rows + 2)), "more than the 1,000,000 lines"),
    "open quotation mark": (flows(HEADER + '"USA,CHN,850511,1\n'), "is opened and never closed"),
    # columns and separators
    "missing columns": (flows("importer,product,value_usd\nUSA,850511,1\n"), "column exporter: the column is missing"),
    "same heading twice": (flows("importer,importer,product\nUSA,CHN,1\n"), "stands there more than once"),
    "pipes": (flows((HEADER + ROW).replace(",", "|")), "separated by '|'"),
    "separator in doubt": (flows("importer;exporter,product\nUSA;CHN,1\n"), "could be separated by commas or by semi"),
    "mixed separators": (flows(HEADER + "USA;CHN;850511;1\n"), "line 2: there are 1 fields where the header has 4"),
    "decimal comma between commas": (flows(HEADER + 'USA,CHN,850511,"1,5"\n'), "'1,5' is not a number"),
    "comma in doubt": (flows((HEADER + ROW).replace(",", ";").replace("200", "1,200")), "can be read in two ways"),
    "point in doubt": (flows((HEADER + ROW).replace(",", ";").replace("200", "1.200")), "can be read in two ways"),
    # values
    "negative value": (flows(HEADER + "USA,CHN,850511,-1\n"), "a value is finite and not negative"),
    "text in numbers": (flows(HEADER + "USA,CHN,850511,many\n"), "'many' is not a number"),
    "formula in numbers": (flows(HEADER + "USA,CHN,850511,=1+1\n"), "'=1+1' is not a number"),
    "not a number": (flows(HEADER + "USA,CHN,850511,NaN\n"), "'NaN' is not a number"),
    "infinite": (flows(HEADER + "USA,CHN,850511,inf\n"), "a value is finite and not negative"),
    "beyond a float": (flows(HEADER + f"USA,CHN,850511,1{'0' * 400}\n"), "a value is finite and not negative"),
    "more than the world": (flows(HEADER + "USA,CHN,850511,1e16\n"), "1e+16 US$ in one flow are more than the 1e+15"),
    "date": (flows(HEADER + "USA,CHN,850511,2024-01-31\n"), "'2024-01-31' is not a number"),
    "no trade": (flows(HEADER + "USA,CHN,850511,0\n"), "no flow has a value above 0"),
    "duplicate rows": (flows(HEADER + ROW + ROW), "line 3, column product: '850511' repeats an earlier row"),
    "unknown economy": (flows(HEADER + "USA,ATL,850511,1\n"), "'ATL' is not in the table of countries"),
    "unknown product": (flows(HEADER + "USA,CHN,999999,1\n"), "'999999' is not in the table of products"),
    "lost leading zeros": (flows(HEADER + "USA,CHN,10121,1\n"), "should be '010121'"),
    "blanks around a code": (flows(HEADER + "USA ,CHN,850511,1\n"), "has blanks around it"),
    "code of a thousand letters": (
        changed(flows_csv=HEADER + f"USA,CHN,{'8' * 1_000},1\n", tariffs_csv=None, products_csv=None),
        "1,000 characters in a code are more than the 60",
    ),
    "code that means all": (
        changed(flows_csv=HEADER + "USA,All,850511,1\n", countries_csv=None),
        "a code is 'all' or holds ':'",
    ),
    "code that names a list": (
        changed(flows_csv=HEADER + "USA,CHN,list:rare-earths,1\n", products_csv=None),
        "a code is 'all' or holds ':'",
    ),
    "name without end": (
        changed(products_csv=f"product,description\n850511,{'x' * 3_000}\n010121,y\n870323,z\n"),
        "3,000 characters in a name are more than the 2,000",
    ),
    "rate of −100": (
        changed(tariffs_csv="importer,exporter,product,tariff_pct\nUSA,CHN,850511,-100\n"),
        "a tariff is finite and above −100%",
    ),
    "rate beyond reason": (
        changed(tariffs_csv="importer,exporter,product,tariff_pct\nUSA,CHN,850511,1e9\n"),
        "1e+09 per cent in a tariff are more than the 100,000",
    ),
    "substitution of wrong sign": (changed(elasticities_csv="product,armington_elasticity\nall,-3\n"), "is above 0"),
    "demand of wrong sign": (changed(elasticities_csv="product,import_demand_elasticity\nall,3\n"), "is below 0"),
    "elasticity beyond reason": (
        changed(elasticities_csv="product,armington_elasticity\nall,1e9\n"),
        "1e+09 in an elasticity are more than the 1,000",
    ),
    "accounts without value added": (
        changed(final_demand_csv="economy,product,value_usd\nUSA,850511,1\n"),
        "there is no value_added file beside it",
    ),
    # words about the data
    "no dataset.toml": (changed(dataset_toml=None), "dataset.toml: the file is missing"),
    "TOML of wrong types": (changed(dataset_toml='title = 1\nyear = "x"\n'), "valuation is missing"),
    "no TOML": (changed(dataset_toml="title: Small"), "it is not TOML"),
    "unknown kind": (changed(dataset_toml=SMALL["dataset.toml"].replace(b'"world"', b'"galaxy"')), "kind is 'galaxy'"),
    "unknown key": (changed(dataset_toml=SMALL["dataset.toml"] + b'path = "/etc"\n'), "path is not a key of this file"),
    "year out of range": (
        changed(dataset_toml=SMALL["dataset.toml"].replace(b"2024", b"3024")),
        "year is not a whole number between 1900 and 2100",
    ),
    "huge TOML": (changed(dataset_toml=b"#" * (2**20 + 1)), "are more than the 1,048,576 that are read"),
    "large TOML": (
        changed(dataset_toml=SMALL["dataset.toml"] + b"#" * 20_000),
        "bytes are more than the 20,000 that the page holds",
    ),
    "TOML of endless lists": (
        changed(dataset_toml=b"notes = " + b"[" * 100_000),
        "a number or a list that is too long",
    ),
    "TOML of an endless number": (
        changed(dataset_toml=b"year = " + b"9" * 5_000),
        "a number or a list that is too long",
    ),
    "TOML in latin-1": (changed(dataset_toml="title = 'Möbel'".encode("latin-1")), "is not UTF-8"),
}


@pytest.mark.parametrize(("uploaded", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_broken_upload_is_refused_in_one_sentence(uploaded, words):
    own, sentence = fate(uploaded)
    assert own is None
    assert words in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    assert len(sentence) < 600


def test_there_are_more_than_forty_kinds_of_broken_upload():
    assert len(HOSTILE) > 40


def test_the_bytes_that_come_out_are_counted_not_those_that_were_promised():
    content = b"importer,exporter\n" * 100
    with pytest.raises(DataError, match="unpacks to far more"):
        unpack_zip("x.zip", zipped(("flows.csv", content)), lambda name: True, 1_000)
    files, _ = unpack_zip("x.zip", zipped(("flows.csv", content)), lambda name: True, 1_800)
    assert files == {"flows.csv": content}


def test_only_wanted_members_are_unpacked_and_the_others_are_named():
    extra = [("README.md", b"x"), ("sub/flows.csv", b"x"), ("run.py", b"import os"), ("__MACOSX/._flows.csv", b"x")]
    upload = unpack_upload({"x.zip": zipped(*SMALL.items(), *extra)})
    assert dict(upload.files) == SMALL
    assert set(upload.ignored) == {name for name, _ in extra}


def test_a_zip_may_hold_one_common_folder():
    assert dict(unpack_upload({"x.zip": small_zip(folder="my data/")}).files) == SMALL


def test_names_decide_only_which_table_a_file_is():
    assert table_of("C:\\Users\\me\\FLOWS.CSV") == "flows"
    assert table_of("../../tariffs.parquet") == "tariffs"
    assert table_of("elasticities-low.csv") == "elasticities-low"
    assert table_of("passwd") == table_of("trade.csv") == table_of("flows.xlsx") == ""
    upload = unpack_upload({"../Flows.CSV": SMALL["flows.csv"], "trade.csv": b"x"}, {"trade.csv": "tariffs"})
    assert dict(upload.files) == {"flows.csv": SMALL["flows.csv"], "tariffs.csv": b"x"}


@given(data=st.data())
def test_no_damaged_byte_breaks_the_unpacking(data):
    content = bytearray(small_zip())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    own, sentence = fate({"x.zip": bytes(content)})
    assert (own is None) == bool(sentence)


# What a stranger means


SAME = {
    "byte-order mark": ("\ufeff" + HEADER + ROW, Choices()),
    "Windows line ends": ((HEADER + ROW).replace("\n", "\r\n"), Choices()),
    "other order, quotes and more columns": (
        'product,remark,value_usd,exporter,importer\n"850511","a, b",200,CHN,"USA"\n',
        Choices(),
    ),
    "semicolons and decimal comma": (HEADER.replace(",", ";") + "USA;CHN;850511;200,0\n", Choices()),
    "tabs": (HEADER.replace(",", "\t") + "USA\tCHN\t850511\t200\n", Choices()),
    "upper case": (
        HEADER.upper() + ROW,
        Choices(rename={"flows": {name.upper(): name for name in HEADER.strip().split(",")}}),
    ),
    "other headings": (
        "Reporter,Partner,HS6,Trade Value\n" + ROW,
        Choices(
            rename={
                "flows": {
                    "Reporter": "importer",
                    "Partner": "exporter",
                    "HS6": "product",
                    "Trade Value": "value_usd",
                }
            }
        ),
    ),
    "thousands": (HEADER + "USA,CHN,850511,0.2\n", Choices(thousands=True)),
    "thousands with decimal comma": (HEADER.replace(",", ";") + "USA;CHN;850511;0,2\n", Choices(thousands=True)),
    "points of thousands": (
        HEADER.replace(",", ";") + "USA;CHN;850511;200,00\nUSA;MEX;850511;1.200,5\n",
        Choices(decimal_comma=True),
    ),
    "commas of thousands": (HEADER + 'USA,CHN,850511,200.0\nUSA,MEX,850511,"1,200.5"\n', Choices(decimal_comma=False)),
}


@pytest.mark.parametrize(("text", "choices"), SAME.values(), ids=SAME.keys())
def test_the_same_flows_are_read_from_every_dress(text, choices):
    only = {"flows.csv": text.encode(), "dataset.toml": SMALL["dataset.toml"]}
    own, sentence = fate(only, choices)
    assert sentence == ""
    values = dict(zip(own.dataset.flows.exporter, own.dataset.flows.import_value, strict=True))
    china, *mexico = (values[code] for code in sorted(values))
    assert china == 200
    assert mexico in ([], [1200.5])


def test_every_choice_stands_in_the_notes():
    choices = Choices(rename={"flows": {"Value": "value_usd"}}, thousands=True, decimal_comma=True, about=ABOUT)
    text = "importer;exporter;product;Value\nUSA;CHN;850511;1,5\n"
    own, _ = fate({"flows.csv": text.encode()}, choices)
    assert own.dataset.flows.import_value.sum() == 1500
    assert (own.dataset.title, own.dataset.year, own.dataset.valuation) == ("Stranger", 2023, "cif")
    assert texts(own.dataset.notes)[:4] == (
        "Stated on upload: title, year, valuation, kind.",
        "flows.csv: column Value was read as value_usd.",
        "flows.csv: value_usd was read with the decimal comma, as chosen.",
        "flows.csv: value_usd was given in thousands of US$ and multiplied by 1,000.",
    )
    assert "--data FOLDER" in texts(own.dataset.notes)[-1]


def test_choices_leave_what_they_do_not_touch_and_every_row_on_its_line():
    upload = unpack_upload(flows(HEADER.replace("value_usd", "Value") + "\n" + ROW.replace("200", "x")))
    tables = read_tables(upload)
    cleaned = clean_files(upload.files, tables, Choices(rename={"flows": {"Value": "value_usd"}}))
    assert {name for name in SMALL if cleaned[name] != upload.files[name]} == {"flows.csv", "dataset.toml"}
    (error,) = (problem for problem in examine_upload(cleaned)[1] if problem.severity == "error")
    assert (error.line, error.column) == (3, "value_usd")


def test_numbers_that_cannot_be_multiplied_are_left_for_the_check():
    own, sentence = fate(flows(HEADER + "USA,CHN,850511,many\n"), Choices(thousands=True))
    assert own is None
    assert "'many' is not a number" in sentence


def test_a_point_is_refused_where_the_decimal_comma_was_chosen():
    only = {"flows.csv": (HEADER + "USA,CHN,850511,1.5\n").encode(), "dataset.toml": SMALL["dataset.toml"]}
    _, sentence = fate(only, Choices(decimal_comma=True))
    assert "'1.5' has a decimal point, and the decimal comma was chosen" in sentence


def test_one_column_is_not_taken_from_two_headings():
    text = "importer,exporter,product,a,b\nUSA,CHN,850511,1,2\n"
    _, sentence = fate(flows(text), Choices(rename={"flows": {"a": "value_usd", "b": "value_usd"}}))
    assert "two headings are taken for one column" in sentence


def test_headings_are_proposed_and_never_followed_unasked():
    headings = ["Reporter ISO3", "PARTNER", "hs6", "Trade Value 1000USD", "Year"]
    assert proposed_headings(headings, "flows") == {
        "importer": "Reporter ISO3",
        "exporter": "PARTNER",
        "product": "hs6",
        "value_usd": "Trade Value 1000USD",
    }
    assert proposed_headings(["importer", "exporter", "product", "value_usd", "value"], "flows") == {}
    assert "is missing" in fate(flows(",".join(headings) + "\nUSA,CHN,850511,1,2023\n"))[1]


def test_year_and_kind_are_proposed_from_the_flows():
    upload = unpack_upload({"flows.csv": b"Importer,exporter,Year\nUSA,CHN,2021\nCHN,USA,2021\n"})
    about = proposed_about(read_tables(upload), {"Importer": "importer"})
    assert (about["year"], about["kind"]) == (2021, "world")
    assert proposed_about({}, {})["year"] is None


def test_known_codes_get_names_and_lost_zeros_are_still_found(us_2024):
    columns = ["economy", "name", "iso_numeric", "groups"]
    known = Names(
        economies=us_2024.countries[columns], products=us_2024.products[["product", "description"]], source="us-2024"
    )
    only = {"flows.csv": (HEADER + ROW + "XYZ,CHN,850511,1\n").encode(), "dataset.toml": SMALL["dataset.toml"]}
    own, sentence = fate(only, known=known)
    assert sentence == ""
    assert dict(zip(own.dataset.countries["economy"], own.dataset.countries["name"], strict=True)) == {
        "CHN": "China",
        "USA": "United States",
        "XYZ": "XYZ",
    }
    assert "countries.csv was not uploaded; the names in it are those of us-2024." in texts(own.dataset.notes)
    lost = {**only, "flows.csv": (HEADER + ROW + "USA,CHN,10121,1\n").encode()}
    assert "should be '010121'" in fate(lost, known=known)[1]


def test_thousands_in_parquet_are_multiplied_too():
    own, sentence = fate(parquet(pa.table({**KEYS, "value_usd": [0.2]})), Choices(thousands=True))
    assert sentence == ""
    assert own.dataset.flows.import_value == pytest.approx(200)


# What is done with a sound upload


def test_the_templates_are_a_sound_dataset(us_2024, tmp_path):
    files = templates(us_2024)
    with zipfile.ZipFile(io.BytesIO(template_zip(files))) as archive:
        archive.extractall(tmp_path)
    assert check_dataset(tmp_path) == ()
    own, sentence = fate({"template.zip": template_zip(files)})
    assert sentence == ""
    flows, real = own.dataset.flows, us_2024.flows
    assert set(flows.import_value) <= set(real.import_value)
    assert np.allclose(
        flows.tariff_rate, [real.tariff_rate[real.import_value == v][0] for v in flows.import_value], atol=1e-6
    )


def test_equal_files_have_one_name_and_other_files_another():
    first, second = fate(SMALL)[0], fate(dict(reversed(SMALL.items())))[0]
    other = fate(flows(HEADER + ROW))[0]
    assert first.dataset.name == second.dataset.name != other.dataset.name
    assert len(first.dataset.name) == len("own:") + 12


def test_built_in_folders_pass_as_uploads():
    for name in ("us-2024", "pairs-2023", "wiod-2011"):
        files = [(path.name, path.read_bytes()) for path in sorted((data_dir() / name).iterdir())]
        own, sentence = fate({"x.zip": zipped(*files, folder=f"{name}/")})
        assert sentence == ""
        assert np.array_equal(own.dataset.flows.import_value, read_dataset(name).flows.import_value)


SURTAX = Scenario(rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=100.0),))


def test_a_report_on_own_data_is_repeated_from_the_downloaded_folder(tmp_path):
    own, _ = fate(SMALL)
    scenario = replace(SURTAX, dataset=own.dataset.name, model="armington")
    files = bundle(run(scenario, own.dataset))
    assert b"tariff-impact run scenario.toml --data FOLDER --out again" in files["README.txt"]
    with zipfile.ZipFile(io.BytesIO(own.archive)) as archive:
        archive.extractall(tmp_path / "data")
    (tmp_path / "scenario.toml").write_bytes(files["scenario.toml"])
    arguments = ["run", str(tmp_path / "scenario.toml"), "--out", str(tmp_path / "again")]
    assert command_line([*arguments, "--data", str(tmp_path / "data")]) == 0
    for name in ("summary.csv", "lines.csv", "markets.csv", "economies.csv"):
        assert (tmp_path / "again" / name).read_bytes() == files[name]


def test_the_command_line_says_where_own_data_are(tmp_path, capsys):
    (tmp_path / "scenario.toml").write_text(
        scenario_to_toml(replace(SURTAX, dataset="own:0123456789ab")), encoding="utf-8"
    )
    assert command_line(["run", str(tmp_path / "scenario.toml")]) == 2
    assert "was uploaded on the page" in capsys.readouterr().err


def test_formulas_and_paths_in_codes_are_text_that_a_report_guards():
    codes = "=cmd()", "../../etc/passwd", "@SUM(1)"
    text = HEADER + "".join(f"USA,CHN,{code},1\n" for code in codes)
    own, sentence = fate({"flows.csv": text.encode(), "dataset.toml": SMALL["dataset.toml"]})
    assert sentence == ""
    assert set(own.dataset.flows.products) == set(codes)
    result = point_answer(replace(SURTAX, dataset=own.dataset.name), own.dataset)
    lines = pd.read_csv(io.BytesIO(bundle(result)["lines.csv"]))
    assert set(lines["product"]) == {"'=cmd()", "../../etc/passwd", "'@SUM(1)"}


def test_cells_of_any_length_stay_short_in_sentences():
    text = HEADER + f"USA,CHN,850511,{'x' * 10_000}\n"
    assert len(fate(flows(text))[1]) < 300


# On the page


def view(*, answered):
    import app
    from calc.page import state
    from calc.page.controls import controls
    from calc.page.method.own_data import own_data
    from calc.page.what_if.view import what_if

    state.begin(app.VIEWS)
    state.current()
    own_data()
    if answered:
        what_if()
    controls()


def open_page(*, answered=True, draws="0", **parameters):
    page = AppTest.from_function(view, default_timeout=120, kwargs={"answered": answered})
    for key, value in {"draws": draws, **parameters}.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def upload(page, files):
    page.file_uploader(key="own_files").set_value([(name, data, "text/csv") for name, data in files.items()]).run()
    assert not page.exception, page.exception[0].value
    return page


def keys_of(page):
    return {button.key for button in page.button}


def words_of(page):
    return " ".join(str(element.value) for element in [*page.markdown, *page.title, *page.caption])


@pytest.fixture
def sessions(monkeypatch):
    """Every page of AppTest has one session id; here each name gives a session of its own."""

    def enter(name):
        monkeypatch.setattr(cache_resource_api, "get_session_id_or_throw", lambda: name)

    return enter


def test_an_upload_answers_in_every_view_until_it_is_removed():
    page = upload(open_page(), {"small.zip": small_zip()})
    assert [success.value for success in page.success] == ["Sound: every check is passed."]
    page.button(key="own_use").click().run()
    assert not page.exception
    name = page.session_state["dataset"]
    assert name.startswith("own:")
    assert "Small world (your upload)" in page.selectbox(key="dataset").options
    assert "imports from China fall" in words_of(page)
    assert "trade of 2024" in words_of(page)
    page.button(key=f"remove_{name}").click().run()
    assert not page.exception
    assert page.session_state["dataset"] == "us-2024"
    assert "Small world (your upload)" not in page.selectbox(key="dataset").options


def test_a_stranger_s_file_is_read_by_choices_on_the_page():
    text = "Reporter;Partner;HS6;Trade Value 1000USD;Year\nGBR;CHN;850760;1.234,5;2023\nGBR;DEU;850760;2,5;2023\n"
    page = upload(open_page(), {"comtrade.csv": text.encode()})
    assert "own_use" not in keys_of(page)
    page.selectbox(key="own_role_comtrade.csv").set_value("flows").run()
    assert "own_use" not in keys_of(page)
    assert [error.value for error in page.error][-1].startswith("1 error to mend")
    page.selectbox(key="own_decimals").set_value(True).run()
    page.button(key="own_use").click().run()
    assert not page.exception
    dataset = page.session_state["own_data"][page.session_state["dataset"]].dataset
    assert dataset.flows.import_value.sum() == 1_237_000
    assert (dataset.title, dataset.year) == ("comtrade", 2023)
    assert "United Kingdom adds 100 points to its tariff on China" in words_of(page)


def test_own_data_of_a_world_without_gdp_are_drawn_in_every_view():
    def drawn(*, name, own):
        import streamlit as st
        from pages import draw

        st.session_state["own_data"] = own
        draw(name)

    text = HEADER + "USA,USA,850511,5\nCHN,CHN,850511,9\nUSA,CHN,850511,7\nCHN,USA,850511,3\n"
    own, sentence = fate({"flows.csv": text.encode(), "dataset.toml": SMALL["dataset.toml"]})
    assert sentence == ""
    for name in ("What-if", "World"):
        page = AppTest.from_function(drawn, default_timeout=120, kwargs={"name": name, "own": {own.dataset.name: own}})
        page.query_params["dataset"] = own.dataset.name
        page.query_params["draws"] = "0"
        page.run()
        assert not page.exception, name
        assert page.title[0].value.startswith("USA adds 100 points to its tariff on CHN"), name


def test_a_broken_upload_changes_nothing_on_the_page():
    page = open_page(answered=False)
    before = {key: page.session_state[key] for key in all_controls("us-2024", app.VIEWS)}
    for kind in ("bomb", "symlink", "workbook as CSV", "negative value", "lost leading zeros", "no TOML", "pipes"):
        upload(page, HOSTILE[kind][0])
        assert page.error, kind
        assert "own_use" not in keys_of(page), kind
        assert "own_data" not in page.session_state
        assert {key: page.session_state[key] for key in all_controls("us-2024", app.VIEWS)} == before


def test_names_of_an_upload_never_become_markup():
    nasty = "<script>alert(1)</script> ![x](http://evil.example/x.png) [y](http://evil.example) $a_b$"
    about = SMALL["dataset.toml"].decode().replace("Small world", nasty.replace('"', "'"))
    countries = SMALL["countries.csv"].decode().replace("China,156", f'"{nasty}",')  # and so not on the map
    products = SMALL["products.csv"].decode().replace("Magnets of metal", f'"{nasty}"')
    files = changed(dataset_toml=about, countries_csv=countries, products_csv=products)
    page = upload(open_page(), {"small.zip": zipped(*files.items())})
    page.button(key="own_use").click().run()
    assert not page.exception
    shown = [element for element in [*page.markdown, *page.title, *page.caption] if "evil" in str(element.value)]
    assert shown
    for element in shown:
        assert not element.allow_html if hasattr(element, "allow_html") else True
        assert not re.search(r"(?<!\\)<script|(?<!\\)\[[xy](?<!\\)\]", element.value), element.value


def test_a_session_does_not_see_the_data_of_another(sessions):
    sessions("first")
    first = upload(open_page(answered=False), {"small.zip": small_zip()})
    first.button(key="own_use").click().run()
    name = first.session_state["dataset"]
    sessions("second")
    second = open_page(answered=False, dataset=name)
    assert second.session_state["dataset"] == "us-2024"
    assert "Small world (your upload)" not in second.selectbox(key="dataset").options
    assert any("no link carries" in toast.value for toast in second.toast)
    assert any(f"dataset={name}" in toast.value for toast in second.toast)
    sessions("first")
    first.run()
    assert first.session_state["dataset"] == name


def test_what_is_made_of_own_data_is_kept_by_session_and_of_built_in_data_for_all(sessions):
    made = []

    @answers.kept_by_dataset()
    def kept(name: str) -> int:
        made.append(name)
        return len(made)

    for session in ("first", "second", "first"):
        sessions(session)
        kept("own:0123456789ab")
        kept("us-2024")
    assert made == ["own:0123456789ab", "us-2024", "own:0123456789ab"]


def test_a_dataset_of_another_session_is_an_error_in_words():
    with pytest.raises(DataError, match="is not in this session"):
        answers.dataset("own:0123456789ab")


def test_the_files_of_a_zip_have_fixed_dates():
    assert zip_bytes(SMALL) == zip_bytes(SMALL)
    assert isinstance(read_tables(unpack_upload(SMALL))["flows"], TableFile)
