"""Levers and sweeps: the answer at every value of a rule."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sensitivities import ASKED, HIT, preset
from worker_tasks import LikeProcesses

from calc.analysis.goal import REVENUE
from calc.analysis.sweep import at_value, grid, lever_of, levers, sweep, values_of, without
from calc.errors import ConvergenceError, ParameterError, ScenarioError
from calc.question import point_answer
from calc.simulation import run
from calc.tariffs.rules import Rule

# Sweeps


def test_a_lever_is_the_first_tariff_rule_with_one_value():
    cut = Rule(importer=("USA",), exporters=("CHN",), instrument="export_volume", value_pct=-50.0)
    found = levers(replace(ASKED, rules=(cut, HIT)))
    assert [lever.rule for lever in found] == [1, 0]
    assert (found[0].chosen, found[0].shown, found[0].searched) == (20.0, (0.0, 200.0), (0.0, 1000.0))
    assert (found[1].chosen, found[1].shown, found[1].searched) == (-50.0, (-90.0, 0.0), (-99.0, 0.0))
    assert found[1].value_words(-12.34) == "shipments −12.3%"


def test_a_scenario_without_rules_has_no_lever(small):
    assert levers(replace(ASKED, rules=())) == ()
    with pytest.raises(ScenarioError, match="no rule"):
        lever_of(replace(ASKED, rules=()))


def test_the_lever_of_a_schedule_multiplies_all_of_its_rates():
    scenario = preset("april_2_2025_schedule")
    place = next(k for k, rule in enumerate(scenario.rules) if rule.schedule)
    lever = next(lever for lever in levers(scenario) if lever.rule == place)
    half = at_value(scenario, lever, 50.0).rules[place].schedule
    before = scenario.rules[place].schedule.table["tariff_pct"]
    np.testing.assert_allclose(half.table["tariff_pct"], before / 2, rtol=1e-15)
    assert at_value(scenario, lever, 100.0) == scenario
    assert half.content != scenario.rules[place].schedule.content


def test_a_sweep_is_the_answer_at_each_value(small):
    lever = lever_of(ASKED)
    swept = sweep(ASKED, small, lever, (0.0, 20.0, 55.0))
    assert swept["tariff_pct"].unique().tolist() == [0.0, 20.0, 55.0]
    for value in (20.0, 55.0):
        rows = swept[swept["tariff_pct"] == value]
        result = point_answer(at_value(ASKED, lever, value), small)
        np.testing.assert_array_equal(rows["value"], result.summary["value"])
    assert swept.loc[(swept["tariff_pct"] == 0) & (swept["metric"] == REVENUE), "value"].iloc[0] == 0


def test_a_sweep_is_the_same_in_threads_and_from_other_processes(small):
    values = (0.0, 5.0, 20.0, 45.0)
    alone = sweep(ASKED, small, lever_of(ASKED), values)
    with ThreadPoolExecutor(2) as threads:
        for executor in (threads, LikeProcesses()):
            pd.testing.assert_frame_equal(sweep(ASKED, small, lever_of(ASKED), values, executor=executor), alone)


def test_a_sweep_with_draws_has_low_and_high_at_every_value(small):
    def ranged(scenario, data):
        return run(scenario, data, draws=20)

    swept = sweep(ASKED, small, lever_of(ASKED), (10.0, 60.0), answer=ranged)
    imports = swept[swept["metric"] == "import_value_change"]
    assert (imports["low"] < imports["high"]).all()


def test_a_value_without_equilibrium_has_no_rows(small):
    def fails_at_thirty(scenario, data):
        if scenario.rules[0].value_pct == 30:
            raise ConvergenceError("No equilibrium", residual=1.0, iterations=1)
        return point_answer(scenario, data)

    swept = sweep(ASKED, small, lever_of(ASKED), (20.0, 30.0, 40.0), answer=fails_at_thirty)
    assert swept["tariff_pct"].unique().tolist() == [20.0, 40.0]
    with pytest.raises(ConvergenceError):
        sweep(ASKED, small, lever_of(ASKED), (30.0,), answer=fails_at_thirty)


def test_without_a_rule_nothing_is_left_to_answer():
    answer = Rule(importer=("CHN",), exporters=("USA",), action="reciprocal", value_pct=100.0)
    both = replace(ASKED, rules=(HIT, answer))
    assert without(both, levers(both)[0]).rules == ()
    other = replace(HIT, exporters=("MEX",))
    assert without(replace(ASKED, rules=(HIT, other)), lever_of(ASKED)).rules == (other,)


def test_the_grid_has_every_ten_points_the_chosen_value_and_finer_steps_near_a_peak():
    lever = lever_of(replace(ASKED, rules=(replace(HIT, value_pct=37.5),)))
    assert grid(lever)[:3] == (0.0, 10.0, 20.0)
    assert (37.5 in grid(lever), grid(lever)[-1], len(grid(lever))) == (True, 200.0, 22)
    assert {81.0, 83.5, 86.0, 88.5, 91.0} <= set(grid(lever, [86.0]))
    assert min(grid(lever, [1.0])) == 0.0
    beyond = lever_of(replace(ASKED, rules=(replace(HIT, value_pct=500.0),)))
    assert max(grid(beyond)) == 200.0


def test_a_range_of_values_is_read_from_its_text():
    assert values_of("0:100:5") == tuple(5.0 * k for k in range(21))
    assert values_of("0:1:0.1")[-1] == 1.0
    assert values_of("0:9:4") == (0.0, 4.0, 8.0)
    for text in ("0:100", "a:b:c", "0:100:0", "10:0:5", "0:inf:1", "nan:1:1", "0:100000:1"):
        with pytest.raises(ParameterError):
            values_of(text)
