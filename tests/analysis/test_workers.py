"""Work shared by threads, processes and a Dask cluster: the same answers in the same order, and nothing lost."""

import os
import pickle
import subprocess
import sys
from concurrent.futures import BrokenExecutor, CancelledError, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from sensitivities import ASKED
from worker_tasks import AtOnce, LikeProcesses, dies_once, imported, times

from calc.analysis.many import run_many
from calc.analysis.sweep import lever_of, sweep
from calc.analysis.uncertainty import run_draws
from calc.analysis.workers import MOST_LOSSES, Processes, answers, cluster, packed, start_method
from calc.cli import main
from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError
from calc.scenario_file import read_scenario

MOST_BYTES = 200_000  # of a task, as it is sent


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor(2), AtOnce(), LikeProcesses()])
def test_answers_come_in_the_order_of_the_tasks_and_are_told(executor):
    told = []
    found = answers(partial(times, 10), range(5), executor=executor, progress=lambda *done: told.append(done))
    assert list(found) == [0, 10, 20, 30, 40]
    assert told == [(done, 5) for done in range(1, 6)]


@pytest.mark.parametrize("loss", [BrokenExecutor, CancelledError])
def test_what_a_lost_worker_had_not_finished_is_given_out_again_and_the_rest_is_kept(loss):
    executor = AtOnce(loss())
    assert list(answers(partial(times, 10), range(4), executor=executor)) == [0, 10, 20, 30]
    assert len(executor.sent) == 5


def test_a_task_that_no_worker_survives_ends_the_work():
    wrong = [loss() for loss in (BrokenExecutor, CancelledError) for _ in range(4 * MOST_LOSSES)]
    with pytest.raises(BrokenExecutor, match="one after another"):
        list(answers(partial(times, 10), range(4), executor=AtOnce(*wrong)))


def test_an_error_of_a_task_is_no_lost_worker():
    with pytest.raises(ZeroDivisionError):
        list(answers(partial(times, 10), range(4), executor=AtOnce(ZeroDivisionError())))


def test_work_that_is_stopped_is_not_begun():
    with ThreadPoolExecutor(1) as threads:
        found = answers(partial(times, 10), range(100), executor=threads)
        next(found)
        found.close()
        assert threads._work_queue.qsize() < 100


@pytest.mark.parametrize("chosen", [{}, {"where": {}, "drop_totals": True}])
def test_a_dataset_can_be_sent_to_another_process_however_it_was_read(make_folder, chosen):
    dataset = read_dataset(make_folder(), **chosen)
    sent = pickle.loads(packed(dataset))
    assert sent.sha256 == dataset.sha256
    assert sent.reading == dataset.reading


def test_what_cannot_be_sent_to_another_process_is_refused_with_the_remedy():
    with pytest.raises(ParameterError, match="top of a module"):
        list(answers(lambda task: task, range(3), executor=AtOnce()))


def test_a_task_carries_its_question_and_not_the_dataset(us_2024):
    executor = LikeProcesses()
    scenario = read_scenario("april_2_2025_schedule")
    sweep(scenario, us_2024, lever_of(scenario), (50.0,), executor=executor)
    run_draws(scenario, us_2024, count=20, executor=executor)
    assert len(executor.sent) == 2
    assert max(map(len, executor.sent)) < MOST_BYTES


def test_fewer_than_one_process_is_refused():
    with pytest.raises(ParameterError, match="1 or more"):
        Processes(0)


def test_processes_are_copies_of_this_one_on_linux_while_it_has_one_thread(monkeypatch):
    monkeypatch.setattr("threading.active_count", lambda: 1)
    for platform, method in {"linux": "fork", "darwin": "spawn", "win32": "spawn"}.items():
        monkeypatch.setattr("sys.platform", platform)
        assert start_method() == method
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert start_method() == "spawn"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems copy no process")
def test_a_copied_process_has_what_is_imported_here(monkeypatch):
    monkeypatch.setattr("calc.analysis.workers.start_method", lambda: "fork")
    monkeypatch.setitem(sys.modules, "made_up_here", ModuleType("made_up_here"))
    with Processes(2) as executor:
        assert executor.submit(imported, "made_up_here").result()


@pytest.mark.slow
@pytest.mark.parametrize("method", sorted({"spawn", start_method()}))
def test_a_process_that_is_killed_loses_nothing(processes, tmp_path, monkeypatch, method):
    assert processes is not None  # the fixture gives new processes a main module that they can import
    monkeypatch.setattr("calc.analysis.workers.start_method", lambda: method)
    with Processes(2) as executor:
        found = answers(partial(dies_once, str(tmp_path / "flag"), os.getpid()), range(8), executor=executor)
        assert list(found) == [10 * task for task in range(8)]
    assert (tmp_path / "flag").exists()


@pytest.mark.slow
@pytest.mark.parametrize("method", sorted({"spawn", start_method()}))
def test_a_program_that_is_killed_leaves_no_process_behind(tmp_path, method):
    (tmp_path / "program.py").write_text(LEAVES_TWO_TO_WORK)
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, tmp_path / "program.py", method],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"at work\n"
        process.kill()
        process.communicate(timeout=10)  # until nobody has its output open


LEAVES_TWO_TO_WORK = """
import sys, time
from calc.analysis import workers
if __name__ == "__main__":
    workers.start_method = lambda: sys.argv[1]
    executor = workers.Processes(3)
    for done in [executor.submit(time.sleep, 0.1) for _ in range(4)]:
        done.result()
    print("at work", flush=True)
    time.sleep(60)
"""


# A Dask cluster of this machine


@pytest.fixture(scope="module")
def local_cluster():
    dask = pytest.importorskip("distributed", reason="the extra cluster is not installed")
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        with dask.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as local:
            yield local
    finally:
        sys.modules["__main__"] = main


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_with_one_worker_and_with_two_and_loses_nothing(small, local_cluster, tmp_path):
    values = tuple(range(0, 30, 5))
    alone = sweep(ASKED, small, lever_of(ASKED), values)
    ranges = run_draws(ASKED, small, count=110)
    each = run_many([ASKED, ASKED], small, draws=20)
    for workers in (1, 2):
        local_cluster.scale(workers)
        with cluster(local_cluster.scheduler_address) as executor:
            pd.testing.assert_frame_equal(
                sweep(ASKED, small, lever_of(ASKED), values, executor=executor), alone, check_exact=True
            )
            shared = run_draws(ASKED, small, count=110, executor=executor)
            pd.testing.assert_frame_equal(shared.summary, ranges.summary, check_exact=True)
            many = run_many([ASKED, ASKED], small, draws=20, executor=executor)
            pd.testing.assert_frame_equal(many.table, each.table, check_exact=True)
            words = ["--tariff", "0:10:5", "--set", "draws=0", "--data", small.name]
            assert main(["sweep", "universal_10", *words, "--cluster", local_cluster.scheduler_address]) == 0
            if workers == 1:  # and with it all that was sent to it
                found = answers(partial(dies_once, str(tmp_path / "flag"), os.getpid()), range(8), executor=executor)
                assert list(found) == [10 * task for task in range(8)]
    assert (tmp_path / "flag").exists()


def test_without_dask_a_cluster_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError, match=r"tariff-impact\[cluster\]"), cluster("tcp://127.0.0.1:9"):
        pass


@pytest.mark.slow
def test_a_cluster_that_does_not_answer_is_refused_with_the_remedy(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("calc.analysis.workers.PATIENCE", 0.2)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with pytest.raises(ParameterError, match="dask scheduler"), cluster(address):
            pass
