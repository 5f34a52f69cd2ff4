"""What an answer rests on: tornado, sweep, two assumptions at once and goals, on small data and on presets."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calc.analysis.goal import ALL_IMPORTS, PRICE, REVENUE, TARGETED, greatest, outcome_of, reaching
from calc.analysis.sensitivity import (
    AS_IT_STANDS,
    BELOW_ZERO,
    headline,
    left_out,
    outcome_text,
    outcomes,
    share_sentence,
    tornado,
    two_way_table,
)
from calc.analysis.settings import (
    OTHERS,
    choice_of,
    label_and_source,
    mean_substitution,
    pass_through_range,
    scaled,
    settings,
    standing_cell,
    two_way,
    with_assumption,
    with_scaled_sets,
)
from calc.analysis.sweep import at_value, grid, lever_of, levers, sweep, values_of, without
from calc.assumptions import ROWS, Assumptions
from calc.charts.sensitivity import axis_of, curve_spec, described_table, heat_spec, tornado_spec
from calc.datasets.dataset import read_dataset
from calc.errors import CalcError, ConvergenceError, ParameterError, ScenarioError
from calc.models.known import MODELS
from calc.question import chosen_elasticities, point_answer
from calc.reports.sensitivity import Sensitivity, goal_table, sensitivity_files, sweep_files, sweep_table, tornado_table
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, scenario_from_toml, scenario_to_toml
from calc.simulation import run
from calc.tariffs.rules import Rule

HIT = Rule(importer=("USA",), exporters=("CHN",), value_pct=20.0)
ASKED = Scenario(title="Twenty points on China", dataset="small", rules=(HIT,))


@pytest.fixture
def small(make_folder):
    return read_dataset(make_folder())


def preset(name):
    return read_scenario(presets()[name])


# Assumptions at other values


def test_every_assumption_has_words_and_a_source():
    for key in (*ROWS, *OTHERS):
        label, source = label_and_source(key)
        assert label
        assert source
    assert {option for model in MODELS.values() for option in model.options} == {
        row.key for row in ROWS.values() if row.scope == "option"
    }


def test_partial_equilibrium_moves_substitution_demand_pass_through_and_horizon(small):
    tried = settings(ASKED, small, {"SMART": replace(ASKED, model="smart")})
    assert [setting.assumption for setting in tried] == [
        *("pass_through_pct",) * 2,
        *("import_demand_elasticity",) * 2,
        *("armington_elasticity",) * 2,
        *("horizon",) * 2,
        "model",
    ]
    assert [setting.label for setting in tried[:6]] == ["80%", "100%", "× 0.50", "× 1.50", "× 0.66", "× 1.34"]


def test_substitution_is_scaled_alone_in_the_set_or_where_the_scenario_states_it(small):
    for scenario in (ASKED, replace(ASKED, assumptions=Assumptions(armington_elasticity=3.0))):
        before = chosen_elasticities(scenario, small)
        after = chosen_elasticities(
            scaled(scenario, "armington_elasticity", 2.5 / 3.8), with_scaled_sets(small, "default")
        )
        np.testing.assert_allclose(after.armington_elasticity, before.armington_elasticity * 2.5 / 3.8, rtol=1e-15)
        np.testing.assert_array_equal(after.import_demand_elasticity, before.import_demand_elasticity)


def test_demand_is_scaled_alone_in_the_set_or_where_the_scenario_states_it(small):
    for scenario in (ASKED, replace(ASKED, assumptions=Assumptions(import_demand_elasticity=-2.0))):
        before = chosen_elasticities(scenario, small)
        after = chosen_elasticities(
            scaled(scenario, "import_demand_elasticity", 1.5), with_scaled_sets(small, "default")
        )
        np.testing.assert_allclose(after.import_demand_elasticity, 1.5 * before.import_demand_elasticity, rtol=1e-15)
        np.testing.assert_array_equal(after.armington_elasticity, before.armington_elasticity)


def test_the_horizon_brings_the_mean_elasticity_to_the_published_one(small):
    # models.md, section 10: 0.76 after a year and 2 after seven to ten, on σ and ε alike
    horizon = [setting for setting in settings(ASKED, small) if setting.assumption == "horizon"]
    for setting, target in zip(horizon, (0.76, 2.0), strict=True):
        chosen = chosen_elasticities(setting.scenario, small)
        weights = small.flows.import_value
        mean = (chosen.armington_elasticity[small.flows.market] * weights).sum() / weights.sum()
        assert mean == pytest.approx(target, rel=1e-12)
    assert mean_substitution(ASKED, small) == pytest.approx(3.8, rel=1e-12)  # all of the small data have 3.8


def test_the_range_of_pass_through_stays_as_wide_and_within_0_to_100():
    assert pass_through_range(ASKED) == (80.0, 100.0)
    ends = {50.0: (40.0, 60.0), 100.0: (80.0, 100.0), 95.0: (80.0, 100.0), 4.0: (0.0, 20.0)}
    for stated, expected in ends.items():
        assert pass_through_range(with_assumption(ASKED, "pass_through_pct", stated)) == expected


def test_a_pass_through_takes_the_place_of_a_supply_elasticity():
    stated = replace(ASKED, assumptions=Assumptions(export_supply_elasticity=2.0))
    moved = with_assumption(stated, "pass_through_pct", 80.0).assumptions
    assert (moved.pass_through_pct, moved.export_supply_elasticity) == (80.0, None)


@pytest.mark.parametrize("name", ["truce_lapses_pairs", "truce_lapses_world"])
def test_general_equilibrium_moves_the_trade_elasticity_and_the_other_options(name):
    scenario = preset(name)
    data = read_dataset(scenario.dataset)
    tried = settings(scenario, data)
    thetas = [setting for setting in tried if setting.assumption == "trade_elasticity"]
    base = chosen_elasticities(scenario, data).armington_elasticity - 1
    for setting, factor in zip(thetas, (0.5**0.5, 2**0.5), strict=True):
        moved = chosen_elasticities(setting.scenario, data).armington_elasticity - 1
        np.testing.assert_allclose(moved, factor * base, rtol=1e-12)
    (option,) = MODELS[scenario.model].options
    values = {getattr(s.scenario.assumptions, option) for s in tried if s.assumption == option}
    assert values == set(ROWS[option].choices) - {choice_of(scenario, ROWS[option])}


def test_every_value_of_an_option_is_one_that_a_scenario_file_takes(tmp_path):
    for option, row in ROWS.items():
        for value in row.choices:
            asked = with_assumption(ASKED, option, value)
            assert scenario_from_toml(scenario_to_toml(asked), folder=tmp_path) == asked


# The tornado


def test_a_bar_goes_from_the_least_to_the_greatest_outcome_and_the_widest_is_first(small):
    found = outcomes(ASKED, small, settings(ASKED, small))
    table = tornado(found, REVENUE)
    assert table["width"].is_monotonic_decreasing
    row = table.set_index("assumption").loc["armington_elasticity"]
    answers = {s.label: point_answer(s.scenario, s.dataset).value(REVENUE) for s in settings(ASKED, small)}
    assert row["low"] == min(answers["× 0.66"], answers["× 1.34"], row["central"])
    assert row["high"] == max(answers["× 0.66"], answers["× 1.34"], row["central"])
    assert (row["low_setting"], row["high_setting"]) == ("× 1.34", "× 0.66")
    assert (table["central"] == point_answer(ASKED, small).value(REVENUE)).all()
    assert (table["low"] <= table["central"]).all()
    assert (table["central"] <= table["high"]).all()


def test_a_bar_whose_settings_lie_on_one_side_ends_at_the_answer_as_it_stands(small):
    row = tornado(outcomes(ASKED, small, settings(ASKED, small)), REVENUE).set_index("assumption").loc["horizon"]
    assert (row["low_setting"], row["low"]) == (AS_IT_STANDS, row["central"])
    assert row["high_setting"] == "first year"


def test_an_outcome_that_nothing_changes_has_bars_of_no_width(small):
    idle = replace(ASKED, rules=())
    table = tornado(outcomes(idle, small, settings(idle, small)), REVENUE)
    assert (table["width"] == 0).all()
    assert table.set_index("assumption").loc["import_demand_elasticity", ["low_setting", "high_setting"]].tolist() == [
        "× 0.50",
        "× 1.50",
    ]
    assert "the same under every assumption" in headline(table, REVENUE)


def test_the_headline_names_the_widest_bar_and_its_ends(small):
    table = tornado(outcomes(ASKED, small, settings(ASKED, small)), REVENUE)
    words = headline(table, REVENUE)
    assert words.startswith("Tariff revenue rests most on the time to adjust: ")
    for end in ("low", "high"):
        assert outcome_text(table[end].iloc[0], REVENUE) in words


def test_a_linear_model_whose_imports_fall_below_zero_has_no_bar(make_folder):
    world = preset("tit_for_tat")
    data = read_dataset(world.dataset)
    found = outcomes(world, data, settings(world, data, {"linear": replace(world, model="gsim_linear")}))
    assert point_answer(replace(world, model="gsim_linear"), data).value(TARGETED) < -1
    assert "model" not in set(tornado(found, REVENUE)["assumption"])
    assert left_out(found, REVENUE)[["setting", "problem"]].to_numpy().tolist() == [["linear", BELOW_ZERO]]


def test_a_model_that_is_silent_on_the_outcome_is_named(small):
    found = outcomes(ASKED, small, settings(ASKED, small, {"linear": replace(ASKED, model="smart")}))
    smart_only = outcomes(replace(ASKED, model="smart"), small, settings(ASKED, small)[:2])
    assert left_out(found, REVENUE).empty
    silent = left_out(smart_only, "wits_welfare")
    assert set(silent["setting"]) == {"80%", "100%"}
    assert silent["problem"].str.startswith("This model does not give welfare as WITS prints it").all()


def test_a_setting_that_cannot_be_answered_says_why_and_the_others_stay(small):
    broken = replace(ASKED, elasticities="nowhere")
    found = outcomes(ASKED, small, settings(ASKED, small, {"broken": broken}))
    assert "no elasticities" in left_out(found, REVENUE)["problem"].iloc[0]
    assert len(tornado(found, REVENUE)) == 4


def test_a_scenario_that_cannot_be_answered_raises_its_own_error(small):
    with pytest.raises(ScenarioError, match="no elasticities"):
        outcomes(replace(ASKED, elasticities="nowhere"), small, ())


def test_an_outcome_that_the_answer_does_not_have_is_refused_in_words(small):
    found = outcomes(ASKED, small, settings(ASKED, small))
    with pytest.raises(CalcError, match="no outcome real_income_change"):
        tornado(found, "real_income_change")


def test_outcomes_are_the_same_in_threads_and_in_processes(small, processes):
    tried = settings(ASKED, small)
    alone = outcomes(ASKED, small, tried)
    with ThreadPoolExecutor(2) as threads:
        for executor in (threads, processes):
            pd.testing.assert_frame_equal(outcomes(ASKED, small, tried, executor=executor), alone)


def test_progress_counts_settings_and_may_stop_the_work(small):
    seen = []
    outcomes(ASKED, small, settings(ASKED, small), progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(k, 8) for k in range(1, 9)]

    def stop(done, whole):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcomes(ASKED, small, settings(ASKED, small), progress=stop)


def test_a_view_is_applied_before_numbers_are_read(small):
    def doubled(result):
        return replace(result, summary=result.summary.assign(value=2 * result.summary["value"]))

    plain, seen = (outcomes(ASKED, small, (), view=view) for view in (None, doubled))
    np.testing.assert_array_equal(seen["value"], 2 * plain["value"])


# Two assumptions at once


def test_every_cell_of_the_table_is_an_answer_of_its_own(small):
    table = two_way_table(outcomes(ASKED, small, two_way(ASKED, small)), REVENUE)
    assert (table["row"].nunique(), table["column"].nunique()) == (5, 5)
    cell = table[(table["row"] == "× 0.66") & (table["column"] == "80%")]["value"].iloc[0]
    believed = Assumptions(elasticity_multiplier=2.5 / 3.8, pass_through_pct=80.0)
    assert cell == point_answer(replace(ASKED, assumptions=believed), small).value(REVENUE)


def test_the_standing_cell_is_the_answer_as_it_stands(small):
    own_supply = replace(ASKED, assumptions=Assumptions(export_supply_elasticity=1.5))
    stated = replace(ASKED, assumptions=Assumptions(elasticity_multiplier=1.3, pass_through_pct=55.0))
    pairs = preset("truce_lapses_pairs")
    for scenario, data in ((ASKED, small), (own_supply, small), (stated, small), (pairs, read_dataset(pairs.dataset))):
        table = two_way_table(outcomes(scenario, data, two_way(scenario, data)), REVENUE).set_index(["row", "column"])
        standing = table["value"].loc[standing_cell(scenario, data)]
        assert standing == pytest.approx(point_answer(scenario, data).value(REVENUE), rel=1e-12)


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


def test_a_sweep_is_the_same_in_threads_and_in_processes(small, processes):
    values = tuple(np.arange(0.0, 50.0, 5.0))
    alone = sweep(ASKED, small, lever_of(ASKED), values)
    with ThreadPoolExecutor(2) as threads:
        for executor in (threads, processes):
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


# Goals


@pytest.mark.parametrize("name", ["truce_lapses", "tit_for_tat", "truce_lapses_pairs"])
def test_revenue_at_its_peak_is_at_least_that_of_the_neighbours(name, us_2024):
    scenario = preset(name)
    data = us_2024 if scenario.dataset == "us-2024" else read_dataset(scenario.dataset)
    lever = lever_of(scenario)
    found = greatest(scenario, data, lever)
    assert found.exists
    for step in (-10.0, -1.0, -0.1, 0.1, 1.0, 10.0):
        assert point_answer(at_value(scenario, lever, found.value_pct + step), data).value(REVENUE) <= found.outcome
    assert point_answer(at_value(scenario, lever, found.value_pct), data).value(REVENUE) == found.outcome


def test_the_peak_of_one_supplier_with_given_world_prices_is_the_textbook_one(make_folder):
    # One exporter, β infinite, no other origin and ε = −1.2: imports are 100 (1+t)^ε, so that revenue is
    # 100 t (1+t)^ε. Its derivative is 0 where 1 + t + ε t = 0: t = 1/0.2 = 500%.
    flows = "importer,exporter,product,value_usd\nUSA,CHN,010121,100\nCHN,USA,870323,80\n"
    data = read_dataset(make_folder({"flows.csv": flows, "tariffs.csv": None}))
    found = greatest(ASKED, data, lever_of(ASKED))
    assert found.value_pct == pytest.approx(500.0, abs=0.1)
    assert found.outcome == pytest.approx(100 * 5 * 6**-1.2, rel=1e-9)


@pytest.mark.parametrize(
    ("metric", "target"), [(TARGETED, -0.5), (TARGETED, -0.05), (ALL_IMPORTS, -0.03), (PRICE, 0.02), (REVENUE, 2e10)]
)
def test_at_the_goal_the_outcome_equals_the_target(metric, target, us_2024):
    scenario = preset("truce_lapses")
    lever = lever_of(scenario)
    found = reaching(scenario, us_2024, lever, metric, target)
    assert found.exists
    result = point_answer(at_value(scenario, lever, found.value_pct), us_2024)
    assert outcome_of(result, metric) == pytest.approx(target, rel=1e-6)


def test_of_two_rates_with_the_same_revenue_the_lower_is_found_and_the_other_mentioned(us_2024):
    scenario = preset("truce_lapses")
    lever = lever_of(scenario)
    peak = greatest(scenario, us_2024, lever)
    found = reaching(scenario, us_2024, lever, REVENUE, 0.9 * peak.outcome)
    assert found.value_pct < peak.value_pct
    assert "reach it again" in found.reason


def test_a_goal_beyond_every_value_says_so_and_what_comes_nearest(us_2024):
    scenario = preset("truce_lapses")
    found = reaching(scenario, us_2024, lever_of(scenario), REVENUE, 1e15)
    assert not found.exists
    assert math.isnan(found.value_pct)
    assert "stays below the goal from 0 to 1,000 points" in found.reason
    peak = greatest(scenario, us_2024, lever_of(scenario))
    assert found.outcome <= peak.outcome
    assert found.outcome > 0.9 * peak.outcome
    above = reaching(scenario, us_2024, lever_of(scenario), PRICE, -0.01)
    assert "stays above the goal" in above.reason


def test_revenue_that_only_rises_has_no_peak_and_says_so(make_folder):
    # Demand so stiff that revenue t (1+t)^ε rises for ever: ε = −0.5
    flows = "importer,exporter,product,value_usd\nUSA,CHN,010121,100\nCHN,USA,870323,80\n"
    elastic = "product,import_demand_elasticity,armington_elasticity\nall,-0.5,3.8\n"
    data = read_dataset(make_folder({"flows.csv": flows, "tariffs.csv": None, "elasticities.csv": elastic}))
    found = greatest(ASKED, data, lever_of(ASKED))
    assert not found.exists
    assert "still rises at 1,000 points" in found.reason


def test_an_outcome_that_is_the_same_everywhere_has_no_peak(small):
    found = greatest(ASKED, small, lever_of(ASKED), "import_value_base")
    assert "the same at every value" in found.reason


def test_a_goal_that_a_floor_jumps_over_is_not_said_to_be_reached(small):
    # A floor takes hold of the horses' 25% only above 25 points and of the magnets' 50% above 50: the targeted
    # imports begin with those of Mexico alone, and China's join at once.
    rule = Rule(importer=("USA",), action="floor", value_pct=30.0)
    scenario = replace(ASKED, rules=(rule,))
    lever = lever_of(scenario)
    below, above = (
        point_answer(at_value(scenario, lever, value), small).value("targeted_import_value_base")
        for value in (24.999, 25.001)
    )
    found = reaching(scenario, small, lever, "targeted_import_value_base", (below + above) / 2)
    assert not found.exists
    assert "jumps past the goal" in found.reason


def test_a_search_ends_where_the_model_has_no_equilibrium(small):
    def fails_beyond(scenario, data):
        if scenario.rules[0].value_pct > 60:
            raise ConvergenceError("No equilibrium", residual=1.0, iterations=1)
        return point_answer(scenario, data)

    found = reaching(ASKED, small, lever_of(ASKED), TARGETED, -0.999, answer=fails_beyond)
    assert not found.exists
    assert "beyond 50 points added to the tariff the model finds no equilibrium" in found.reason


def test_an_outcome_that_the_model_does_not_give_is_refused(small):
    with pytest.raises(CalcError, match="does not give real_income_change"):
        greatest(ASKED, small, lever_of(ASKED), "real_income_change")


def test_a_cut_of_shipments_can_be_searched_too(us_2024):
    scenario = preset("rare_earth_cut")
    lever = lever_of(scenario)
    found = reaching(scenario, us_2024, lever, PRICE, 0.10)
    assert -99 < found.value_pct < 0
    assert point_answer(at_value(scenario, lever, found.value_pct), us_2024).value(PRICE) == pytest.approx(
        0.10, rel=1e-6
    )


# Words, charts and files


def test_shares_in_words_name_the_largest_first_and_the_interplay():
    shares = pd.DataFrame(
        {
            "metric": REVENUE,
            "parameter": ["demand_factor", "substitution_factor", "pass_through_pct"],
            "first": [0.2, 0.6, 0.0],
            "total": [0.35, 0.8, 0.0],
        }
    )
    assert share_sentence(shares, REVENUE) == (
        "Substitution between origins explains 60% of the spread of tariff revenue, import demand 20%; "
        "15% is their interplay."
    )
    assert share_sentence(shares.assign(first=0.0), REVENUE) == "Nothing that is drawn changes tariff revenue."


def test_axes_are_in_percent_or_in_the_unit_of_the_largest_value():
    assert (axis_of(PRICE, [0.1]).title, axis_of(PRICE, [0.1]).unit) == ("Price, duty paid, %", 0.01)
    assert axis_of(REVENUE, [3e9, -4e10]).title == "Tariff revenue, US$ bn"
    assert axis_of(REVENUE, [20.0]).title == "Tariff revenue, US$"


def test_charts_draw_the_numbers_of_their_tables(small):
    found = outcomes(ASKED, small, settings(ASKED, small))
    table = tornado(found, REVENUE)
    drawn = tornado_spec(table, REVENUE)["datasets"]["rows"]
    assert [row["high"] for row in drawn] == table["high"].tolist()
    assert drawn[0]["right"] == f"first year: {outcome_text(table['high'].iloc[0], REVENUE)}"
    curve = pd.DataFrame({"tariff_pct": [0.0, 100.0], "value": [0.0, 5e9], "low": [0.0, np.nan], "high": [1e9, np.nan]})
    marks = pd.DataFrame({"tariff_pct": [100.0], "value": [5e9], "words": ["chosen: 100"], "top": [False]})
    spec = curve_spec(curve, marks, REVENUE, words="Points", base=0.0)
    assert [row["value"] for row in spec["datasets"]["curve"]] == [0.0, 5.0]
    assert spec["datasets"]["curve"][1]["low"] is None
    assert spec["datasets"]["marks"][0]["side"] == "left"
    cells = two_way_table(outcomes(ASKED, small, two_way(ASKED, small)), REVENUE)
    data = heat_spec(cells, REVENUE, rows="r", columns="c", standing=standing_cell(ASKED, small))["datasets"]["rows"]
    assert [cell["text"] for cell in data] == [outcome_text(value, REVENUE) for value in cells["value"]]
    assert [cell["shade"] for cell in data if cell["standing"]] == [0.0]
    assert max(abs(cell["shade"]) for cell in data) == 1
    assert outcome_text(cells["value"].max(), REVENUE) in described_table(cells, REVENUE)


def test_a_sweep_is_one_long_table_in_the_units_of_files(small):
    swept = sweep(ASKED, small, lever_of(ASKED), (0.0, 50.0))
    table = sweep_table(ASKED.title, ASKED.model, swept)
    assert list(table) == ["scenario", "model", "tariff_pct", "metric", "value", "unit", "low", "high"]
    row = table[(table["tariff_pct"] == 50) & (table["metric"] == f"{TARGETED}_pct")].iloc[0]
    result = point_answer(at_value(ASKED, lever_of(ASKED), 50.0), small)
    assert row["value"] == result.value(TARGETED) * 100
    assert row["unit"] == "percent"
    files = sweep_files(ASKED, small, lever_of(ASKED), swept)
    assert set(files) == {"sweep.csv", "scenario.toml", "README.txt"}
    assert b"Points added to the tariff" in files["README.txt"]
    assert files == sweep_files(ASKED, small, lever_of(ASKED), swept)


def test_the_export_has_every_table_and_a_reason_where_there_is_none(small):
    found = outcomes(ASKED, small, settings(ASKED, small, {"broken": replace(ASKED, elasticities="nowhere")}))
    lever = lever_of(ASKED)
    swept = sweep(ASKED, small, lever, (0.0, 20.0))
    goals = [
        ("half", reaching(ASKED, small, lever, TARGETED, -0.5)),
        ("never", reaching(ASKED, small, lever, REVENUE, 1e15)),
    ]
    shown = Sensitivity(
        title=ASKED.title,
        model=ASKED.model,
        dataset="Small world (2024)",
        scenario_toml=scenario_to_toml(ASKED),
        attachments={"rates.csv": b"tariff_pct"},
        metric=REVENUE,
        headline="One sentence.",
        tornado=tornado(found, REVENUE),
        left_out=left_out(found, REVENUE),
        lever=lever,
        curve=swept.loc[swept["metric"] == REVENUE, ["tariff_pct", "value", "low", "high"]],
        two_way=two_way_table(outcomes(ASKED, small, two_way(ASKED, small)), REVENUE),
        goals=goals,
        shares=pd.DataFrame(),
    )
    files = sensitivity_files(shown)
    assert set(files) == {
        *("tornado.csv", "curve.csv", "two_way.csv", "goal.csv"),
        *("scenario.toml", "rates.csv", "README.txt"),
    }
    table = tornado_table(shown)
    assert "no elasticities 'nowhere'" in table["problem"].iloc[-1]
    assert table["high"].iloc[:-1].tolist() == shown.tornado["high"].tolist()
    written = goal_table(goals)
    assert written["outcome"].iloc[0] == pytest.approx(-50.0, rel=1e-6)
    assert np.isnan(written["tariff_pct"].iloc[1])
    assert "stays below" in written["reason"].iloc[1]
    assert b"exchange rates" in files["README.txt"]
