"""Broken and hostile uploads: each is refused in one sentence, and nothing is unpacked beyond its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uploading import HOSTILE, SMALL, fate, small_zip, zipped

from calc.datasets.uploads.files import table_of, unpack_upload
from calc.errors import DataError
from calc.files.archives import unpack_zip


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


def test_the_bytes_of_all_members_together_are_counted():
    two = zipped(("flows.csv", b"a" * 600), ("tariffs.csv", b"b" * 600))
    with pytest.raises(DataError, match=r"'tariffs\.csv' unpacks to far more"):
        unpack_zip("x.zip", two, lambda name: True, 1_000)
    assert len(unpack_zip("x.zip", two, lambda name: True, 1_200)[0]) == 2


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
