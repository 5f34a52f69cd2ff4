"""Tables that do not fit into memory are refused before they are read, with the number of rows that fit."""

import pytest
from made_up_year import made_up_year

from calc.datasets.dataset import check_dataset
from calc.files import free_memory
from calc.files.free_memory import beyond_memory


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A system with 3 GiB free, as it describes itself; and a container without a limit."""
    monkeypatch.setattr(free_memory.sys, "platform", "linux")
    monkeypatch.setattr(free_memory, "_SYSTEM", tmp_path / "meminfo")
    monkeypatch.setattr(free_memory, "_GROUP", tmp_path)
    (tmp_path / "meminfo").write_text(f"MemTotal: 9999999 kB\nMemAvailable: {3 * 2**20} kB\n")
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("5\n")
    return tmp_path


def test_free_memory_is_that_of_the_machine_or_of_the_container_if_less(system):
    assert free_memory.free_memory() == 3 * 2**30
    (system / "memory.max").write_text(f"{2 * 2**30}\n")
    (system / "memory.current").write_text(f"{2**30}\n")
    assert free_memory.free_memory() == 2**30


def test_a_system_that_says_nothing_of_its_memory_refuses_nothing(system, monkeypatch):
    (system / "meminfo").unlink()
    assert free_memory.free_memory() is None
    assert beyond_memory(10**9, ".csv") is None
    monkeypatch.setattr(free_memory.sys, "platform", "darwin")
    assert free_memory.free_memory() is None


def test_rows_that_do_not_fit_are_told_with_those_that_do(system):
    rule, remedy = beyond_memory(20_000_000, ".parquet")
    assert rule == (
        "its 20,000,000 rows take about 3.7 GiB of memory while they are read, and 3.0 GiB are free: about 16,106,000 "
        "rows fit"
    )
    assert remedy == "split off what is not needed"
    assert "save it as Parquet" in beyond_memory(20_000_000, ".csv")[1]
    assert beyond_memory(16_000_000, ".parquet") is None


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_dataset_that_does_not_fit_is_refused_in_its_file(tmp_path, monkeypatch, ending):
    folder = made_up_year(tmp_path / "year", 20_000)
    if ending == "csv":
        for name in ("flows", "tariffs"):
            (folder / f"{name}.parquet").unlink()
        (folder / "flows.csv").write_text("importer,exporter,product,value_usd\n" + "USA,CHN,010121,1\n" * 20_000)
    monkeypatch.setattr(free_memory, "SMALL", 15_000)  # more than the lists that come with every dataset
    monkeypatch.setattr(free_memory, "free_memory", lambda: 300_000)
    said = check_dataset(folder)[0].text
    assert said.startswith(f"flows.{ending}: its 20,00")
    assert "rows fit; " in said
