"""The dated record is sound, and broken records are refused with file, line, column, rule and remedy."""

import shutil

import pytest

from calc.datasets.dataset import data_dir
from calc.errors import DataError
from calc.tariffs.record import COLUMNS, FOLDER, OPEN, check_record, read_record


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(data_dir() / FOLDER, tmp_path / FOLDER)


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def cell(folder, measure, column, value):
    """Write one cell of measures.csv."""
    import pandas as pd

    path = folder / "measures.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    row = table.index[measure(table)][0]
    table.loc[row, column] = value
    table.to_csv(path, index=False)
    return int(row) + 2


def of(programme, start):
    return lambda table: (table["programme"] == programme) & (table["effective_date"] == start)


def test_the_built_in_record_is_sound():
    assert check_record() == ()
    record = read_record()
    assert len(record.measures) > 150
    assert set(record.measures["imposer"]) == {"USA", "CHN"}
    assert (record.measures["source"] != "").all()
    assert (record.measures["end_date"] == OPEN).sum() > 30
    assert len(record.notes) >= 5
    assert all(len((data_dir() / FOLDER / file).read_bytes()) < 2_500_000 for file in COLUMNS)


BROKEN = [
    (of("list 3", "2018-09-24"), "end_date", "2019-06-01", "effective_date", "overlaps another measure"),
    (of("list 3", "2018-09-24"), "end_date", "2019-05-01", "effective_date", "leaves a gap"),
    (of("list 3", "2018-09-24"), "end_date", "2018-09-24", "end_date", "is not after the effective date"),
    (of("list 3", "2018-09-24"), "effective_date", "24.9.2018", "effective_date", "is not a date"),
    (of("list 3", "2018-09-24"), "end_date", "", "status", "contradicts the empty end date"),
    (of("exclusions 69", "2024-06-15"), "status", "ended", "status", "is said of an end after 2026-09-30"),
    (of("list 3", "2019-05-10"), "target", "CHM", "target", "names an economy that is not known"),
    (of("list 3", "2019-05-10"), "imposer", "US", "imposer", "not known"),
    (of("list 3", "2019-05-10"), "products", "s301-list-33", "products", "did you mean 's301-list-3'"),
    (of("list 3", "2019-05-10"), "status", "in power", "status", "is not one of"),
    (of("list 3", "2019-05-10"), "rate_pct", "", "rate_pct", "has no rate"),
    (of("list 3", "2019-05-10"), "rate_pct", "-5", "rate_pct", "is outside 0 to"),
    (of("list 3", "2019-05-10"), "rate_pct", "a quarter", "rate_pct", "is not a number"),
    (of("list 3", "2019-05-10"), "source", " ", "source", "name where the measure is published"),
]


@pytest.mark.parametrize(("measure", "column", "value", "place", "words"), BROKEN)
def test_a_broken_measure_is_refused_with_its_place_and_remedy(folder, measure, column, value, place, words):
    line = cell(folder, measure, column, value)
    problems = check_record(folder)
    found = [problem for problem in problems if words in problem.text]
    assert found, [problem.text for problem in problems]
    assert found[0].file == "measures.csv"
    assert found[0].column == place
    assert abs(found[0].line - line) <= 1  # an overlap stands at the later of the two
    assert found[0].remedy
    with pytest.raises(DataError, match=r"measures\.csv, line"):
        read_record(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("products.csv", "s301-list-1,28452000,", "s301-list-1,2845200,", "not an HS code"),
        ("products.csv", "s301-list-1,28452000,", "s301-list-1,00452000,", "under no heading"),
        (
            "products.csv",
            "s301-list-1,28452000,,",
            "s301-list-1,28452000,,\ns301-list-1,28452000,,",
            "twice on the same",
        ),
        ("mfn.csv", "product,mfn_pct", "product,mfn", "the column is missing"),
        ("usmca-shares.csv", ",CAN,", ",CAN,1", "is outside 0 to 100%"),
    ],
)
def test_a_broken_list_or_share_is_refused(folder, file, old, new, words):
    change(folder, file, old, new)
    problems = check_record(folder)
    assert any(words in problem.text and problem.file == file for problem in problems), [p.text for p in problems]


def test_a_missing_file_is_refused(folder):
    (folder / "mfn.csv").unlink()
    with pytest.raises(DataError, match=r"mfn\.csv"):
        read_record(folder)
