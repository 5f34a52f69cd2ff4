"""Benchmarks: a time, the least that it could be, their ratio, and a table anybody can make."""

import time

import pytest

from calc.benchmarks import work as works
from calc.benchmarks.__main__ import busy, machine, main, table, time_text
from calc.benchmarks.measure import Measured, measured_here
from calc.benchmarks.work import WORKS, Work, taken

QUICK = {"parquet", "exact", "answer", "rules", "draws", "equilibrium", "sweep"}


def test_the_shortest_turns_count_and_the_first_only_where_it_is_alone():
    times = iter([9.0, 4.0, 3.0, 5.0])
    toy = Work(key="toy", name="Toy", limit="nothing", prepare=lambda _: (lambda: next(times), lambda: 1.5))
    found = measured_here(toy, rounds=4, long_enough=100)
    assert (found.seconds, found.limit, found.ratio, found.rounds) == (3.0, 1.5, 2.0, 4)
    times = iter([9.0])
    assert measured_here(toy, rounds=1).seconds == 9.0


def test_a_turn_that_takes_long_is_the_last():
    toy = Work(key="toy", name="Toy", limit="nothing", prepare=lambda _: (lambda: 60.0, lambda: 1.0))
    assert measured_here(toy).rounds == 1


def test_what_is_prepared_has_a_folder_that_is_gone_afterwards():
    seen = []

    def prepare(folder):
        seen.append(folder)
        assert folder.is_dir()
        return (lambda: 1.0), (lambda: 1.0)

    measured_here(Work(key="toy", name="Toy", limit="nothing", prepare=prepare), rounds=1)
    assert not seen[0].exists()


def test_a_call_is_timed():
    assert 0.01 <= taken(lambda: time.sleep(0.01)) < 5


def test_the_table_has_a_row_a_work_with_its_ratio():
    found = Measured(seconds=0.0123, limit=0.004, rounds=3, peak_mb=float("nan"))
    rows = table(WORKS[:1], [found]).splitlines()
    assert len(rows) == 3
    assert [cell.strip() for cell in rows[2].split("|")[2:-1]] == ["12.3 ms", WORKS[0].limit, "4 ms", "3.1", ""]
    assert (time_text(2.345), time_text(0.5)) == ("2.35 s", "500 ms")
    assert "processors, Python" in machine()


def test_a_busy_machine_is_said(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 9.4, 0.0), raising=False)
    assert "load 9 on 2 processors" in busy()
    monkeypatch.setattr("os.getloadavg", lambda: (9.0, 1.2, 9.0), raising=False)
    assert busy() == ""


def test_work_that_is_not_there_is_refused_with_what_there_is(capsys):
    with pytest.raises(SystemExit):
        main(["exact", "smrt"])
    assert "smrt" in capsys.readouterr().err


@pytest.mark.slow
def test_every_work_but_the_long_ones_can_be_measured(monkeypatch):
    monkeypatch.setattr(works, "SCENARIOS", 3)
    monkeypatch.setattr(works, "DRAWS", 100)
    monkeypatch.setattr(works, "RULES", 50)
    assert {work.key for work in WORKS} > QUICK
    for work in WORKS:
        if work.key in QUICK:
            found = measured_here(work, rounds=1)
            assert found.seconds > 0, work.key
            assert found.limit > 0, work.key
