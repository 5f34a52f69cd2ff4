"""What a stranger's file means: headings, units, decimal signs and codes, by the user's word."""

import pyarrow as pa
import pytest
from builders import texts
from uploading import HEADER, KEYS, ROW, SMALL, fate, flows, parquet

from calc.datasets.uploads.choices import Choices, Names, clean_files, codes_to_clean, proposed_about, proposed_headings
from calc.datasets.uploads.files import examine_upload, read_tables, unpack_upload

ABOUT = {"title": "Stranger", "year": 2023, "valuation": "cif", "kind": "imports"}
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
    assert "two headings are taken for the same column" in sentence


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


def test_mangled_product_codes_are_cleaned_on_upload_only_when_chosen():
    flows = b"importer,exporter,product,value_usd\nUSA,CHN,850511.0,5\nUSA,CHN,10121.0,7\n"
    upload = unpack_upload({"flows.csv": flows})
    tables = read_tables(upload)
    assert "'850511.0' was read as '850511'" in codes_to_clean(tables, {})
    assert clean_files(upload.files, tables, Choices())["flows.csv"] == flows
    cleaned = clean_files(upload.files, tables, Choices(clean_codes=True))["flows.csv"].decode()
    assert [line.split(",")[2] for line in cleaned.split()[1:]] == ["850511", "010121"]
