"""A folder of ours is whole or not there, whatever ends the writing."""

import errno
import os
import subprocess
import sys

import pandas as pd
import pytest
from builders import SMALL_ICIO

from calc.datasets.convert import convert
from calc.datasets.dataset import read_dataset
from calc.datasets.repair import restore_zeros
from calc.errors import CalcError, DataError
from calc.files import write
from calc.files.write import MANIFEST, check_free, check_new, json_bytes, workbook_bytes, write_files
from calc.simulation import compare, run, sweep

OLD = {"lines.csv": b"old", "README.txt": b"old", "scenarios/1/scenario.toml": b"old", "mine.csv": b"old"}
OLD |= {MANIFEST: json_bytes({"outputs_sha256": dict.fromkeys(OLD)})}
NEW = {"lines.csv": b"new", "summary.csv": b"new", "scenarios/2/scenario.toml": b"new", MANIFEST: b"{}"}


def inside(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_made_with_all_that_leads_to_it_and_nothing_beside_it(tmp_path):
    assert write_files(NEW, tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert inside(tmp_path / "a") == {f"b/{name}": content for name, content in NEW.items()}
    (tmp_path / "empty").mkdir()
    write_files(NEW, tmp_path / "empty")
    assert inside(tmp_path / "empty") == NEW
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "empty"]


def test_force_leaves_nothing_of_an_older_report_of_any_kind(tmp_path):
    write_files(OLD, tmp_path / "out")
    (tmp_path / "out" / "economies.csv").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "out")
    write_files(NEW, tmp_path / "link", force=True)
    assert inside(tmp_path / "out") == NEW
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "out"]


def test_force_replaces_no_folder_that_holds_anything_but_a_report(tmp_path):
    write_files(OLD, tmp_path / "out")
    (tmp_path / "out" / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(DataError, match=r"holds thesis\.docx, which is not part of a report"):
        check_free(tmp_path / "out", force=True)
    with pytest.raises(DataError, match=r"thesis\.docx"):
        write_files(NEW, tmp_path / "out", force=True)
    assert inside(tmp_path / "out") == {**OLD, "thesis.docx": b"years of work"}


def test_every_kind_of_report_may_be_replaced_by_any_other(make_folder, tmp_path):
    rates = tmp_path / "rates.csv"
    rates.write_text("importer,exporter,product,tariff_pct\nUSA,MEX,870323,20\n", encoding="utf-8")
    scenario = tmp_path / "asked.toml"
    rules = '[[rule]]\nimporter = "USA"\nvalue_pct = 10\n[[rule]]\nschedule = "rates.csv"\n'
    scenario.write_text(rules, encoding="utf-8")
    data = read_dataset(make_folder())
    run(scenario, data, draws=100).save(tmp_path / "out", excel=True)
    assert {"rates.csv", "uncertainty.csv", "tables.xlsx"} <= inside(tmp_path / "out").keys()
    compare([scenario], data, draws=0).save(tmp_path / "out", force=True)
    assert "lines.csv" not in inside(tmp_path / "out")
    sweep(scenario, [0.0], data, draws=0).save(tmp_path / "out", force=True)
    assert {"rates.csv", "sweep.csv"} <= inside(tmp_path / "out").keys()
    run(scenario, data, draws=0).save(tmp_path / "out", force=True)
    assert not {"sweep.csv", "uncertainty.csv"} & inside(tmp_path / "out").keys()


@pytest.mark.parametrize("swap", ["exchange", "one after the other"])
@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_full_disk_leaves_the_older_report_or_nothing(call, swap, tmp_path, monkeypatch):
    write_files(OLD, tmp_path / "out")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(write, "_exchange", full if swap == "exchange" else lambda *_: False)
    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (write.Path, "rename")), full)
    for folder, force in (("out", True), ("fresh", False)):
        with pytest.raises(DataError, match=r"cannot be written: No space left on device\. Nothing was changed"):
            write_files(NEW, tmp_path / folder, force=force)
    assert inside(tmp_path / "out") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_interrupt_between_two_renames_brings_the_older_report_back(tmp_path, monkeypatch):
    write_files(OLD, tmp_path / "out")
    rename = write.Path.rename
    calls = []

    def second_time(one, other):
        calls.append(one)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rename(one, other)

    monkeypatch.setattr(write, "_exchange", lambda *_: False)
    monkeypatch.setattr(write.Path, "rename", second_time)
    with pytest.raises(KeyboardInterrupt):
        write_files(NEW, tmp_path / "out", force=True)
    assert len(calls) == 3
    assert inside(tmp_path / "out") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_without_exchange_the_new_report_takes_the_place_of_the_older_all_the_same(tmp_path, monkeypatch):
    write_files(OLD, tmp_path / "out")
    monkeypatch.setattr(write, "_exchange", lambda *_: False)
    write_files(NEW, tmp_path / "out", force=True)
    assert inside(tmp_path) == {f"out/{name}": content for name, content in NEW.items()}


@pytest.mark.parametrize("check", [check_free, check_new])
def test_a_place_where_no_folder_can_be_is_refused_in_words(check, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    monkeypatch.chdir(tmp_path)
    for folder, words in (
        (tmp_path / "file", "is a file, not an empty folder"),
        (tmp_path / "file" / "inside", "is a file"),
        (tmp_path / "loop", "cannot be written"),
        (tmp_path / ("a" * 300), "File name too long"),
        (tmp_path, "cannot be replaced as a whole"),
        ("a\0b", "null"),
    ):
        with pytest.raises(DataError, match=words):
            check(folder)


def test_copies_with_zeros_and_conversions_are_written_by_the_same_hand(make_folder, tmp_path, monkeypatch):
    year = tmp_path / "2020_SML.csv"
    year.write_text(SMALL_ICIO, encoding="utf-8")
    folder = make_folder()

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    for make in (lambda: restore_zeros(folder, tmp_path / "new"), lambda: convert(year, tmp_path / "new")):
        with pytest.raises(DataError, match="No space left on device"):
            make()
        assert sorted(path.name for path in tmp_path.iterdir()) == [year.name, folder.name]


# one process that is killed twenty times, forked from one that has the imports behind it
KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from calc.files.write import write_files

out, rng = Path(sys.argv[1]), random.Random(1)
for start in range(0, 20_000, 1_000):
    writer = os.fork()
    if writer == 0:
        for turn in range(start, start + 1_000_000):
            names = [f"{name}.csv" for name in ("lines", "markets", "economies", "summary")[turn % 2:]]
            write_files(dict.fromkeys([*names, "MANIFEST.json"], f"{turn} ".encode() * 1_000), out, force=True)
    while not (out / "lines.csv").exists() and not (out / "markets.csv").exists():
        time.sleep(0.001)
    time.sleep(rng.uniform(0, 0.04))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    (content,) = {path.read_bytes() for path in out.iterdir()}
    turns = set(content.split())
    assert len(turns) == 1 and len(content.split()) == 1_000, turns
    assert len(list(out.iterdir())) == 5 - int(turns.pop()) % 2, start
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere two renames, and for a moment neither has the name")
def test_killed_at_any_moment_the_folder_holds_one_report_whole(tmp_path):
    # from Python 3.12 on a fork beside the threads of the libraries is warned of; the child here does not use them
    quiet = ["-W", "ignore:This process:DeprecationWarning"]
    done = subprocess.run([sys.executable, *quiet, "-c", KILLED, str(tmp_path / "out")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_workbook_with_more_rows_than_a_sheet_takes_is_refused(monkeypatch):
    monkeypatch.setattr(write, "SHEET_ROWS", 3)
    tables = {"lines": pd.DataFrame({"a": range(3)})}
    assert workbook_bytes(tables)
    tables["markets"] = pd.DataFrame({"a": range(4)})
    with pytest.raises(CalcError, match=r"table markets has 4 rows, and a sheet of a workbook takes 3 .* --top N"):
        workbook_bytes(tables)
