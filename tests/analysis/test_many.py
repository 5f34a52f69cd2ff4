"""Many scenarios at once: each as `run` answers it, whoever does the work."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pandas as pd
import pytest
from sensitivities import ASKED

import calc
from calc.analysis.many import run_many
from calc.analysis.workers import start_method
from calc.errors import ConvergenceError, DataError, ParameterError, ScenarioError
from calc.simulation import run

ASKED_TWICE = (replace(ASKED, draws=0), replace(ASKED, draws=20, seed=7))
IMPOSSIBLE = replace(ASKED, title="Nowhere", rules=(replace(ASKED.rules[0], importer=("Q99",)),))


def partners(result):
    """Imports by partner, as a user's own function keeps them."""
    return result.economies[["economy", "exports_change"]]


def test_each_scenario_is_answered_as_run_answers_it(small):
    found = run_many(ASKED_TWICE, small)
    for place, scenario in enumerate(ASKED_TWICE):
        rows = found.table[found.table["scenario"] == place].reset_index(drop=True)
        assert set(rows["title"]) == {scenario.title}
        answer = run(scenario, small).summary[["metric", "value", "low", "high"]]
        pd.testing.assert_frame_equal(rows[list(answer)], answer, check_exact=True)
    assert found.problems.empty
    assert repr(found) == "Answers to 2 scenarios"


def test_a_scenario_without_an_answer_says_why_and_takes_nothing_from_the_others(small):
    found = run_many([ASKED, IMPOSSIBLE, ASKED], small, draws=0)
    assert set(found.table["scenario"]) == {0, 2}
    assert found.problems[["scenario", "title"]].to_numpy().tolist() == [[1, "Nowhere"]]
    assert "Q99" in found.problems["problem"].iloc[0]
    assert repr(found) == "Answers to 3 scenarios, 1 of which has none"
    with pytest.raises(ScenarioError, match="Q99"):
        run_many([IMPOSSIBLE], small)


def test_of_an_answer_only_what_is_wanted_is_kept(small):
    found = run_many([ASKED, ASKED], small, draws=0, reduce=partners).table
    assert list(found) == ["scenario", "title", "economy", "exports_change"]
    assert (found.groupby("scenario").size() == len(small.flows.economies)).all()


def test_each_scenario_is_answered_on_the_data_that_it_names(make_folder):
    one, other = make_folder(name="one"), make_folder(name="other")
    found = run_many([replace(ASKED, dataset=str(folder)) for folder in (one, other)], draws=0)
    assert [scenario.dataset for scenario in found.scenarios] == [str(one), str(other)]


def test_threads_give_the_same_table_and_tell_how_far_they_are(small):
    told = []
    with ThreadPoolExecutor(2) as threads:
        shared = run_many(ASKED_TWICE, small, executor=threads, progress=lambda *done: told.append(done))
    pd.testing.assert_frame_equal(shared.table, run_many(ASKED_TWICE, small).table, check_exact=True)
    assert told == [(1, 2), (2, 2)]


@pytest.mark.slow
@pytest.mark.parametrize("method", sorted({"spawn", start_method()}))
def test_two_processes_give_the_same_table(small, processes, monkeypatch, method):
    assert processes is not None  # the fixture gives new processes a main module that they can import
    monkeypatch.setattr("calc.analysis.workers.start_method", lambda: method)
    many = [replace(ASKED, draws=0, seed=seed) for seed in range(5)] + [IMPOSSIBLE]
    alone, shared = run_many(many, small), run_many(many, small, jobs=2)
    pd.testing.assert_frame_equal(shared.table, alone.table, check_exact=True)
    pd.testing.assert_frame_equal(shared.problems, alone.problems)


def test_what_cannot_be_meant_is_refused(small):
    with ThreadPoolExecutor(1) as threads, pytest.raises(ParameterError, match="not both"):
        run_many([ASKED], small, executor=threads, jobs=2)
    with pytest.raises(ParameterError, match="1 or more"):
        run_many([ASKED], small, jobs=0)
    with pytest.raises(ParameterError, match="no scenario"):
        run_many([], small)


@pytest.mark.parametrize(
    "error",
    [
        ConvergenceError("No equilibrium", residual=0.5, iterations=7),
        ScenarioError("wrong", key="model"),
        ParameterError("too small"),
        DataError("line 3"),
    ],
)
def test_an_error_comes_back_whole_from_another_process(error):
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


def test_it_is_public():
    assert calc.run_many is run_many
