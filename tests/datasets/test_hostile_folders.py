"""Paths that lead nowhere, in circles, into pipes and devices: one sentence each, and nothing waits for them."""

import os
import sys

import pytest

from calc.datasets.convert import convert
from calc.datasets.dataset import check_dataset, read_dataset
from calc.errors import CalcError, DataError
from calc.files.table_files import read_table
from calc.scenario_file import read_scenario, scenario_from_toml

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, devices and links of POSIX")

DOORS = {
    "dataset": read_dataset,
    "check": check_dataset,
    "scenario": read_scenario,
    "table": read_table,
    "convert": lambda path: convert(path, "never"),
    "schedule": lambda path: scenario_from_toml(f'[[rule]]\nschedule = "{path.name}"\n', folder=path.parent),
}


@pytest.fixture
def wrong(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.csv")
    return {
        "long": tmp_path / ("a" * 300 + ".csv"),
        "loop": tmp_path / "loop.csv",
        "pipe": tmp_path / "pipe.csv",
        "device": tmp_path / "device.csv",
        "inside a file": tmp_path / "file" / "x.csv",
        "missing": tmp_path / "missing.csv",
    }


@pytest.mark.parametrize("kind", ["long", "loop", "pipe", "device", "inside a file", "missing"])
@pytest.mark.parametrize("door", DOORS)
def test_a_path_with_no_ordinary_file_is_one_sentence_at_every_door(door, kind, wrong):
    with pytest.raises(CalcError) as refused:
        DOORS[door](wrong[kind])
    assert len(str(refused.value)) < 450
    assert not (wrong[kind].parent / "never").exists()


def test_a_folder_in_the_place_of_a_file_is_refused(make_folder):
    folder = make_folder()
    for door in ("scenario", "table", "convert", "schedule"):
        with pytest.raises(CalcError):
            DOORS[door](folder)


def test_tables_that_are_links_in_circles_pipes_devices_and_folders_are_problems_of_their_own(make_folder):
    folder = make_folder({"flows.csv": None, "tariffs.csv": None, "products.csv": None, "countries.csv": None})
    (folder / "flows.csv").symlink_to("flows.csv")
    os.mkfifo(folder / "tariffs.csv")
    (folder / "products.csv").mkdir()
    (folder / "countries.csv").symlink_to("/dev/zero")
    assert {problem.file for problem in check_dataset(folder)} >= {
        "flows.csv",
        "tariffs.csv",
        "products.csv",
        "countries.csv",
    }


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="the root user may read everything")
def test_a_folder_that_may_not_be_read_is_one_sentence(make_folder):
    folder = make_folder()
    folder.chmod(0)
    try:
        with pytest.raises(DataError, match="Permission denied"):
            check_dataset(folder)
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize("door", ["check", "scenario", "convert"])
def test_a_refusal_of_the_system_is_passed_on_in_words(door, make_folder, monkeypatch):
    folder = make_folder({"s.toml": "seed = 1"})
    path = folder / {"check": "", "scenario": "s.toml", "convert": "flows.csv"}[door]

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    for call in ("iterdir", "open", "read_text"):
        monkeypatch.setattr(type(folder), call, refuse)
    with pytest.raises(CalcError, match="Permission denied"):
        DOORS[door](path)
