import pytest
from builders import LAWS
from foreign_tables import check_of, write_folder
from hypothesis import given
from hypothesis import strategies as st

from calc.datasets.dataset import read_dataset
from calc.datasets.uploads.choices import Choices, clean_files
from calc.datasets.uploads.files import read_tables, unpack_upload
from calc.errors import DataError

HEAD = "importer;exporter;product;value_usd\n"


def flows(*cells):
    codes = ("010121", "850511", "870323")
    return HEAD + "".join(f"USA;CHN;{code};{cell}\n" for code, cell in zip(codes, cells, strict=False))


@pytest.mark.parametrize(
    "cells", [("12.345", "1.500", "900.250"), ("12,345", "7"), ("1.234.567", "8"), ("+1.500", "2")]
)
def test_a_number_in_two_ways_is_refused_with_both_and_the_page_asks(tmp_path, capsys, cells):
    text = flows(*cells)
    code, said = check_of(write_folder(tmp_path / "d", text), capsys)
    assert code == 2
    assert f"'{cells[0]}' can be read in two ways" in said
    upload = unpack_upload({"flows.csv": text.encode()})
    with pytest.raises(DataError, match="can be read in two ways"):
        clean_files(upload.files, read_tables(upload), Choices())


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("12 345,5", "1 500,0"), {12345.5, 1500.0}),
        (("12\u00a0345,5", "1\u202f500"), {12345.5, 1500.0}),
        (("12,5", "1234,25"), {12.5, 1234.25}),
        (("12.5", "7.25"), {12.5, 7.25}),
        (("0,125", "3,5"), {0.125, 3.5}),
    ],
)
def test_a_number_in_one_way_is_read(tmp_path, cells, values):
    assert set(read_dataset(write_folder(tmp_path / "d", flows(*cells))).flows.import_value) == values


@LAWS
@given(st.integers(1000, 10**9), st.integers(0, 9), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_spaces_of_thousands_never_change_a_number(tmp_path_factory, whole, tenth, space):
    text = flows(f"{whole:,}".replace(",", space) + f",{tenth}")
    folder = write_folder(tmp_path_factory.mktemp("any"), text)
    assert read_dataset(folder).flows.import_value.tolist() == [whole + tenth / 10]
