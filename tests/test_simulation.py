"""`run`, `compare` and `sweep`: names, files and objects in, and an answer that names what it stands on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calc.errors import DataError, ParameterError, ScenarioError
from calc.question import point_answer
from calc.reports.report import bundle
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, scenario_from_toml, scenario_to_toml
from calc.simulation import compare, run, sweep
from calc.tariffs.rules import Rule

SURTAX = Scenario(title="Surtax", rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=10.0),), draws=20)


def same_tables(one, other):
    return all(bundle(one)[name] == content for name, content in bundle(other).items() if name.endswith(".csv"))


@pytest.mark.slow
def test_a_preset_a_path_and_a_scenario_are_answered_alike(us_2024):
    path = presets()["universal_10"]
    by_name, by_path, by_scenario = (
        run(asked, us_2024, draws=0) for asked in ("universal_10", path, read_scenario(path))
    )
    assert same_tables(by_name, by_path)
    assert same_tables(by_name, by_scenario)


def test_a_file_comes_before_a_preset_of_the_same_name(tmp_path, monkeypatch):
    (tmp_path / "truce_lapses").write_text('title = "Mine"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_scenario("truce_lapses").title == "Mine"


def test_a_preset_that_is_not_there_is_refused_with_a_hint():
    with pytest.raises(ScenarioError, match="did you mean 'truce_lapses'"):
        run("truce_lapse")


def test_the_scenarios_own_dataset_is_used_unless_another_is_given(small, make_folder):
    asked = replace(SURTAX, dataset=small.name, draws=0)
    named = run(asked)
    for given in (small, small.name, make_folder()):
        assert same_tables(run(SURTAX, given, draws=0), named)


def test_the_report_names_the_dataset_that_was_used(small):
    result = run(SURTAX, small)
    assert SURTAX.dataset != small.name
    assert result.inputs.dataset == small.name
    assert f'dataset = "{small.name}"' in result.inputs.scenario_toml
    assert small.title in bundle(result)["README.txt"].decode()


def test_a_report_run_again_repeats_the_draws_that_were_asked_for(small, tmp_path):
    result = run(SURTAX, small, draws=25)
    again = scenario_from_toml(result.inputs.scenario_toml, folder=tmp_path)
    assert again.draws == result.parameters["draws"] == 25
    assert same_tables(run(again), result)


def test_without_draws_the_answer_is_the_point_answer(small):
    asked = replace(SURTAX, dataset=small.name, draws=0)
    assert same_tables(run(SURTAX, small, draws=0), point_answer(asked, small))
    assert run(SURTAX, small, draws=0).ranges.empty


def test_ranges_do_not_depend_on_who_computes_them_and_progress_is_told(small):
    told = []
    with ThreadPoolExecutor(2) as threads:
        shared = run(
            SURTAX, small, draws=60, executor=threads, progress=lambda done, of_all: told.append((done, of_all))
        )
    assert same_tables(shared, run(SURTAX, small, draws=60))
    assert told[-1] == (60, 60)


def test_too_few_draws_and_unknown_data_are_refused(small):
    with pytest.raises(ParameterError, match="at least 20"):
        run(SURTAX, small, draws=5)
    with pytest.raises(DataError, match="did you mean 'us-2024'"):
        run(SURTAX, "us-2042")


def test_a_result_saves_itself_as_the_command_line_does(small, tmp_path):
    result = run(SURTAX, small)
    folder = result.save(tmp_path / "out", excel=True)
    wanted = bundle(result, excel=True)
    assert {path.name for path in folder.iterdir()} == set(wanted)
    assert all((folder / name).read_bytes() == content for name, content in wanted.items() if name != "MANIFEST.json")
    with pytest.raises(DataError, match="not empty"):
        result.save(folder)
    result.save(folder, force=True)


def test_a_result_and_a_dataset_are_told_in_one_line_of_words(small):
    words = repr(run(SURTAX, small, draws=0))
    assert words.startswith(
        f"Result of armington on {small.name}. The United States adds 10 points to its tariff on China"
    )
    assert "\n" not in words
    assert repr(small) == f"Dataset {small.name}: Small world (2024), 5 flows, 3 economies, 3 products"


def test_a_comparison_takes_seed_and_draws_of_the_first_and_one_dataset_for_all(small):
    twice = replace(SURTAX, title="Twice", rules=(replace(SURTAX.rules[0], value_pct=20.0),), seed=7, draws=0)
    both = compare([SURTAX, twice], small)
    assert [(one.scenario.dataset, one.scenario.seed, one.scenario.draws) for one in both.answers] == [
        (small.name, 1, 20)
    ] * 2
    table = both.table(against="Surtax").set_index(["metric", "scenario"])
    assert table.loc[("tariff_revenue_new", "Surtax"), "change"] == 0
    assert both.pairs()["above"].notna().all()
    assert repr(both) == "Comparison of Surtax and Twice"
    assert "Twice" in str(both)


def test_a_comparison_without_draws_has_no_ranges(small):
    table = compare([SURTAX, replace(SURTAX, title="Again")], small, draws=0).table()
    assert table["low"].isna().all()


@pytest.mark.parametrize("draws", [0, SURTAX.draws])
def test_a_sweep_answers_each_value_as_run_does(small, draws):
    swept = sweep(SURTAX, "0:20:10", small, draws=draws)
    assert swept.rule_values == (0.0, 10.0, 20.0)
    at_ten = swept.table[swept.table["tariff_pct"] == 10].set_index("metric")
    summary = run(SURTAX, small, draws=draws).summary.set_index("metric")
    pd.testing.assert_frame_equal(at_ten[["value", "low", "high"]], summary[["value", "low", "high"]])
    assert repr(swept) == "Sweep of Surtax: Points added to the tariff, 3 values from 0 to 20"


def test_a_sweep_moves_the_rule_with_the_number_asked_for(small):
    two = replace(SURTAX, rules=(*SURTAX.rules, Rule(importer=("USA",), exporters=("MEX",), value_pct=5.0)), draws=0)
    second = sweep(two, [0.0, 5.0], small, rule=2)
    assert second.lever.rule == 1
    here = second.table[(second.table["tariff_pct"] == 5) & (second.table["metric"] == "tariff_revenue_new")]
    assert here["value"].item() == run(two, small).value("tariff_revenue_new")
    for number in (0, 3):
        with pytest.raises(ScenarioError, match=f"no rule {number}.*1 to 2"):
            sweep(two, [0.0], small, rule=number)


def test_a_sweep_says_so_where_nothing_could_vary(small):
    with pytest.raises(ScenarioError, match="no rule"):
        sweep(Scenario(), "0:10:5", small)


def test_a_sweep_saves_its_table_and_the_scenario_it_was_asked(small, tmp_path):
    folder = sweep(SURTAX, [0.0, 10.0], small, draws=0).save(tmp_path / "out")
    table = pd.read_csv(folder / "sweep.csv")
    np.testing.assert_array_equal(table["tariff_pct"].unique(), [0, 10])
    asked = (folder / "scenario.toml").read_text(encoding="utf-8")
    assert asked == scenario_to_toml(replace(SURTAX, dataset=small.name, draws=0))
