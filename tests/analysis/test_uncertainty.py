"""Ranges: the quantiles they should be, the errors they admit, the same bytes whoever computes them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from builders import texts

from calc.analysis.draws import blocks as draw_answers
from calc.analysis.draws.evidence import EVIDENCE, Distributions, Interval, LogNormal
from calc.analysis.perspective import of_importer
from calc.analysis.uncertainty import Ranges, run_draws, sobol_shares, with_ranges
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.errors import ConvergenceError, ParameterError
from calc.models import armington
from calc.models.known import MODELS
from calc.question import point_answer, question
from calc.scenario import Scenario
from calc.simulation import run
from calc.tariffs.rules import Rule
from calc.words import money

SURTAX = Scenario(rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=100.0),))
STILL = Distributions(
    armington_elasticity=LogNormal(1, 1, "none"),
    trade_elasticity=LogNormal(1, 1, "none"),
    import_demand_elasticity=LogNormal(1, 1, "none"),
    pass_through=Interval(0.0, "none"),
    product_noise=0.0,
)
DEMAND_ONLY = replace(STILL, import_demand_elasticity=EVIDENCE.import_demand_elasticity)


def same_bytes(one: Ranges, other: Ranges) -> bool:
    tables = ("summary", "economies", "values", "parameters")
    return all(getattr(one, name).to_csv() == getattr(other, name).to_csv() for name in tables)


def figures(ranges):
    """One row a draw."""
    return ranges.values  # noqa: PD011 the field of Ranges, not that of a pandas table


def rows(ranges):
    return ranges.summary.set_index("metric")


# what the quantiles should be


def creation_quantile(q):
    """Trade creation of SMART is M ε s, a line in ε, whose logarithm is normal: z is −1.645 at q = 5%.

    10 points on China: 100 US$ at 25% and 200 at 50% give Σ M s = 100 · 0.1/1.25 + 200 · 0.1/1.5 = 21.333.
    """
    z = {0.05: 1.6448536269514722, 0.95: -1.6448536269514722}[q]  # ε < 0 turns the order around
    return -1.2 * np.exp(z * np.log(3) / 3.29) * (10 / 1.25 + 20 / 1.5)


def test_a_line_in_a_parameter_has_the_quantiles_of_that_parameter(small):
    rule = Rule(importer=("USA",), exporters=("CHN",), value_pct=10.0)
    scenario = Scenario(model="smart", rules=(rule,))
    found = rows(run_draws(scenario, small, count=400, distributions=DEMAND_ONLY)).loc["trade_creation"]
    assert found["value"] == pytest.approx(-1.2 * (10 / 1.25 + 20 / 1.5))
    # one standard error of 400 independent draws is 2 to 3% here; the sequence's draws do better
    assert 0.01 < found["low_error"] / -found["low"] < 0.08
    assert abs(found["low"] - creation_quantile(0.05)) < found["low_error"]
    assert abs(found["high"] - creation_quantile(0.95)) < found["high_error"]
    assert found["median"] == pytest.approx(found["value"], rel=0.01)


def test_four_times_the_draws_halve_the_stated_error_and_more_than_halve_the_true_one(small):
    # one supplier at a given world price: creation 200 (τ^ε − 1) with τ = 1.6/1.5, which rises with ε
    rule = Rule(importer=("USA",), exporters=("CHN",), products=("850511",), value_pct=10.0)

    def low_end(count, seed):
        scenario = Scenario(seed=seed, rules=(rule,))
        return rows(run_draws(scenario, small, count=count, distributions=DEMAND_ONLY)).loc["trade_creation"]

    epsilon = -1.2 * np.exp(1.6448536269514722 * np.log(3) / 3.29)
    right = 200 * ((1.6 / 1.5) ** epsilon - 1)
    few, many = ([low_end(count, seed) for seed in range(12)] for count in (64, 256))
    stated = [np.mean([found["low_error"] for found in cases]) for cases in (few, many)]
    true = [np.sqrt(np.mean([(found["low"] - right) ** 2 for found in cases])) for cases in (few, many)]
    assert stated[1] / stated[0] == pytest.approx(0.5, abs=0.06)
    assert true[1] < 0.5 * true[0]
    # independent draws would err by what is stated
    assert true[0] < stated[0]
    assert true[1] < stated[1]


def test_without_width_every_model_gives_its_point_answer_to_the_last_digit(small, us_2024):
    world, pairs, wiod = (read_dataset(name) for name in ("world-2023", "pairs-2023", "wiod-2011"))
    for data, model in (
        (small, "smart"),
        (small, "gsim_linear"),
        (world, "gsim"),
        (pairs, "liberation_day"),
        (wiod, "trade_equilibrium"),
    ):
        scenario = replace(SURTAX, model=model, dataset=data.name)
        found = rows(run_draws(scenario, data, count=20, distributions=STILL))
        # one and the same answer in each draw; where incomes move, sums differ in their last digit from run to run
        rtol = 1e-12 if model in ("liberation_day", "trade_equilibrium") else 0
        for end in ("low", "median", "high"):
            np.testing.assert_allclose(found[end], found["value"], rtol=rtol, atol=0, err_msg=model)
    # here it is another sum of the same terms
    found = rows(run_draws(SURTAX, us_2024, count=20, distributions=STILL))
    np.testing.assert_allclose(found["low"], found["value"], rtol=1e-10, atol=1e-3)
    assert (found["low"] == found["high"]).all()


def test_ends_are_in_order_and_a_scenario_without_change_has_no_width(us_2024):
    ranges = run_draws(SURTAX, us_2024)
    for table in (ranges.summary, ranges.economies):
        assert (table["low"] <= table["median"]).all()
        assert (table["median"] <= table["high"]).all()
    assert (rows(ranges)["low"] < rows(ranges)["high"]).sum() > 15
    still = run(Scenario(), us_2024)
    assert (still.summary["low"] == still.summary["high"]).all()
    assert "None of the parameters drawn affects this result." in texts(still.notes)


def test_the_ranges_agree_with_answers_to_the_draws_themselves(us_2024):
    ranges = run_draws(SURTAX, us_2024, count=40, distributions=replace(EVIDENCE, product_noise=0.0))
    for draw in (0, 17, 39):
        drawn = ranges.parameters.loc[draw]
        sigma = us_2024.elasticities["default"].armington_elasticity * drawn["substitution_factor"]
        asked = question(SURTAX, us_2024)
        elasticities = replace(
            asked.elasticities,
            armington_elasticity=sigma,
            import_demand_elasticity=asked.elasticities.import_demand_elasticity * drawn["demand_factor"],
            export_supply_elasticity=(sigma * drawn["pass_through_pct"] / (100 - drawn["pass_through_pct"]))[
                us_2024.flows.market
            ],
        )
        answer = armington.simulate(us_2024.flows, asked.policy, elasticities)
        np.testing.assert_allclose(figures(ranges).loc[draw], answer.summary["value"], rtol=1e-9, atol=1e-3)


# the same whoever computes it


@pytest.mark.slow
@pytest.mark.parametrize("model", ["armington", "gsim"])
def test_one_worker_two_threads_and_two_processes_give_the_same_bytes(small, model, processes):
    scenario = replace(SURTAX, model=model)
    alone = run_draws(scenario, small, count=110)
    with ThreadPoolExecutor(2) as threads:
        assert same_bytes(run_draws(scenario, small, count=110, executor=threads), alone)
    assert same_bytes(run_draws(scenario, small, count=110, executor=processes), alone)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_range(us_2024):
    one, again = run_draws(SURTAX, us_2024, count=50), run_draws(SURTAX, us_2024, count=50)
    assert same_bytes(one, again)
    other = run_draws(replace(SURTAX, seed=2), us_2024, count=50)
    metric = "targeted_import_value_relative_change"
    assert rows(one).loc[metric, "low"] != rows(other).loc[metric, "low"]


def test_two_scenarios_are_compared_on_the_same_draws(us_2024):
    harsher = replace(SURTAX, rules=(replace(SURTAX.rules[0], value_pct=110.0),))
    one, two = (run_draws(scenario, us_2024, count=50) for scenario in (SURTAX, harsher))
    pd.testing.assert_frame_equal(one.parameters, two.parameters)
    metric = "targeted_import_value_relative_change"
    assert (figures(two)[metric] < figures(one)[metric]).all()


def test_progress_is_told_and_what_it_raises_ends_the_work(small):
    told = []
    run_draws(replace(SURTAX, model="gsim"), small, count=25, progress=lambda *at: told.append(at))
    assert told == [(10, 25), (20, 25), (25, 25)]

    class Enough(Exception):
        """The reader went away."""

    def stop(done, _):
        if done >= 20:
            raise Enough

    with pytest.raises(Enough):
        run_draws(replace(SURTAX, model="gsim"), small, count=1000, progress=stop)


# what is drawn, and what is said about it


def test_own_supply_elasticities_are_held_and_said_to_be(small):
    scenario = replace(SURTAX, assumptions=Assumptions(export_supply_elasticity=1.5))
    ranges = run_draws(scenario, small, count=20)
    assert list(ranges.parameters) == ["substitution_factor", "demand_factor"]
    assert any("the draws hold them fixed" in note for note in ranges.notes)


def test_where_incomes_move_only_the_trade_elasticity_is_drawn():
    pairs = read_dataset("pairs-2023")
    ranges = run_draws(replace(SURTAX, dataset="pairs-2023", model="liberation_day"), pairs, count=20)
    assert list(ranges.parameters) == ["substitution_factor"]
    assert "the trade elasticity times 0.71 to 1.41" in ranges.notes[0]
    assert "separate factor" not in ranges.notes[0]  # one product
    assert "Real income, countries changing tariffs" in ranges.notes[1]


def test_terms_of_trade_have_no_range_and_everything_else_has():
    wiod = read_dataset("wiod-2011")
    ranges = run_draws(replace(SURTAX, dataset="wiod-2011", model="trade_equilibrium"), wiod, count=20)
    assert not ranges.central.economies["terms_of_trade_change"].isna().any()
    assert "terms_of_trade_change" not in set(ranges.economies["metric"])
    assert {"real_income_change", "wage_change", "imports_change"} < set(ranges.economies["metric"])
    assert np.isfinite(ranges.economies[["low", "high"]]).all(axis=None)
    assert any("Terms of trade have no range" in note for note in ranges.notes)


def test_elasticities_set_in_the_scenario_are_uncertain_around_their_value(small):
    scenario = replace(SURTAX, assumptions=Assumptions(armington_elasticity=8.0, import_demand_elasticity=-2.0))
    without = replace(EVIDENCE, pass_through=Interval(0.0, "none"))
    found = rows(run_draws(scenario, small, distributions=without))
    for metric in ("targeted_volume_change", "other_suppliers_gain", "net_welfare_change"):
        assert found.loc[metric, "low"] < found.loc[metric, "value"] < found.loc[metric, "high"]
        assert found.loc[metric, "median"] == pytest.approx(found.loc[metric, "value"], rel=0.1)


def test_a_stated_pass_through_is_drawn_around_its_value(small):
    stated = replace(SURTAX, assumptions=Assumptions(pass_through_pct=50.0))
    drawn = run_draws(stated, small, count=64).parameters["pass_through_pct"]
    assert drawn.min() == pytest.approx(40, abs=0.5)
    assert drawn.max() == pytest.approx(60, abs=0.5)


def test_notes_say_what_the_range_holds_how_well_it_is_known_and_what_it_leaves_out(us_2024):
    result = run(SURTAX, us_2024)
    said = " ".join(texts(result.notes))
    for words in (
        "Low and high are the 5th and 95th percentiles of 200 draws (seed 1)",
        "Bajzik",
        "a pass-through of 80 to 100%",
        "a convention",
        "the choice of model, retaliation that is not in the scenario, stockpiling and the exchange rate",
    ):
        assert words in said
    assert "outside its range" not in said
    full = run(replace(SURTAX, assumptions=Assumptions(pass_through_pct=100.0)), us_2024, draws=20)
    assert "can lie outside its range" in " ".join(texts(full.notes))
    error = rows(run_draws(SURTAX, us_2024)).loc["tariff_revenue_change", ["low_error", "high_error"]]
    assert f"“Change of revenue” have a standard error of ±{money(error.max(), sign=False)}." in said


def test_the_result_carries_its_ranges_and_no_draws_give_none(small):
    result = run(SURTAX, small)
    assert list(result.ranges) == ["kind", "economy", "metric", "value", "low", "median", "high"]
    headline = result.ranges[result.ranges["kind"] == "summary"]
    np.testing.assert_array_equal(headline["low"], result.summary["low"])
    china = result.ranges[(result.ranges["economy"] == "CHN") & (result.ranges["metric"] == "exports_change")]
    assert china["low"].iloc[0] < china["high"].iloc[0] < 0
    assert result.parameters["draws"] == 200
    none = run(replace(SURTAX, draws=0), small)
    assert none.ranges.empty
    assert none.summary["low"].isna().all()
    assert none.notes == point_answer(SURTAX, small).notes
    with pytest.raises(ParameterError, match="at least 20"):
        run(replace(SURTAX, draws=19), small)


def test_a_view_of_each_answer_has_ranges_of_its_own(small):
    world = replace(SURTAX, model="gsim")
    seen = with_ranges(run_draws(world, small, count=20, view=partial(of_importer, importer="CHN")))
    whole = run(world, small, draws=20)
    assert seen.value("import_value_base") == 80
    assert seen.ranges[seen.ranges["kind"] == "summary"]["metric"].tolist() == seen.summary["metric"].tolist()
    assert whole.value("import_value_base") == 730
    at_once, viewed = run_draws(SURTAX, small, count=60), run_draws(SURTAX, small, count=60, view=lambda result: result)
    np.testing.assert_allclose(figures(at_once), figures(viewed), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(at_once.economies["low"], viewed.economies["low"], rtol=1e-9, atol=1e-9)


def test_draws_one_by_one_build_the_table_of_economies_alone_unless_a_view_reads_more(small, monkeypatch):
    asked, built = replace(SURTAX, model="smart"), []

    def simulate(*arguments, **options):
        built.append(options.get("tables"))
        return MODELS["smart"].simulate(*arguments, **options)

    point = point_answer(asked, small)
    monkeypatch.setattr(draw_answers, "MODELS", {"smart": replace(MODELS["smart"], simulate=simulate)})
    alone = run_draws(asked, small, count=20, central=point)
    assert set(built) == {("economies",)}
    built.clear()
    viewed = run_draws(asked, small, count=20, central=point, view=lambda result: result)
    assert set(built) == {None}
    assert same_bytes(alone, viewed)


# draws without an answer


def failing(every):
    """The models, of which GSIM has no answer every so many calls."""
    calls, gsim = iter(range(10_000)), MODELS["gsim"]

    def simulate(*arguments, **options):
        if next(calls) % every == every - 1:
            raise ConvergenceError("The market prices were not found", residual=0.5, iterations=200)
        return gsim.simulate(*arguments, **options)

    return {"gsim": replace(gsim, simulate=simulate)}


def test_a_few_draws_without_an_answer_are_left_out_and_named(small, monkeypatch):
    scenario = replace(SURTAX, model="gsim")
    central = point_answer(scenario, small)
    monkeypatch.setattr(draw_answers, "MODELS", failing(40))
    ranges = run_draws(scenario, small, count=100, central=central)
    assert len(figures(ranges)) == len(ranges.parameters) == 98
    assert 39 not in figures(ranges).index
    assert not figures(ranges).isna().any().any()
    assert any(
        "2 of 100 draws have no solution and are left out of the range (numbers 39 and 79)" in n for n in ranges.notes
    )
    assert any("prices were not found" in note for note in ranges.notes)


def test_many_draws_without_an_answer_give_no_range(small, monkeypatch):
    scenario = replace(SURTAX, model="gsim")
    central = point_answer(scenario, small)
    monkeypatch.setattr(draw_answers, "MODELS", failing(10))
    with pytest.raises(ConvergenceError, match="10 of 100 draws have no solution") as raised:
        run_draws(scenario, small, count=100, central=central)
    assert raised.value.residual == 0.5


def test_a_draw_beyond_a_computers_numbers_leaves_the_others_their_answer(small):
    # trade grows with the power −ε = 60 of a price 12,500 times as low; from −ε = 75 on no computer holds it
    rule = replace(SURTAX.rules[0], action="set", value_pct=-99.99, allow_subsidy=True)
    scenario = replace(SURTAX, rules=(rule,), assumptions=Assumptions(import_demand_elasticity=-60.0))
    steep = replace(STILL, import_demand_elasticity=LogNormal(1, np.exp(0.11 * 3.29), "made up"))
    ranges = run_draws(scenario, small, count=100, distributions=steep)
    lost = np.setdiff1d(np.arange(100), ranges.parameters.index)
    assert 1 <= len(lost) <= 5
    assert ranges.parameters["demand_factor"].max() < 1.3
    assert np.isfinite(figures(ranges).to_numpy()).all()
    assert any("beyond what can be computed" in note for note in ranges.notes)
    with pytest.raises(ParameterError, match="draws have no solution"):
        run_draws(scenario, small, count=100, distributions=DEMAND_ONLY)


# shares of variance


def test_shares_of_variance_add_up_to_one_where_parameters_do_not_interact(small):
    # trade creation of SMART: M ε s, whose only parameter is ε
    rule = Rule(importer=("USA",), exporters=("CHN",), value_pct=10.0)
    given = replace(EVIDENCE, pass_through=Interval(0.0, "none"))
    scenario = Scenario(model="smart", rules=(rule,))
    found = sobol_shares(scenario, small, ["trade_creation"], count=64, distributions=given)
    shares = found.set_index("parameter")
    assert found["metric"].tolist() == ["trade_creation"] * 3
    assert shares.loc["demand_factor", "total"] == pytest.approx(1, abs=0.1)  # what 64 points know
    assert shares.loc["substitution_factor", "total"] == 0
    assert shares["first"].sum() == pytest.approx(1, abs=0.15)


def test_what_does_not_vary_has_no_shares_and_unknown_numbers_are_refused(small):
    found = sobol_shares(SURTAX, small, ["import_value_base", "net_welfare_change"], count=16)
    assert (found.loc[found["metric"] == "import_value_base", ["first", "total"]] == 0).all(axis=None)
    assert found.loc[found["metric"] == "net_welfare_change", "total"].sum() > 0.5
    with pytest.raises(ParameterError, match="did you mean 'net_welfare_change'"):
        sobol_shares(SURTAX, small, ["net_welfare"])
    with pytest.raises(ParameterError, match="power of 2"):
        sobol_shares(SURTAX, small, ["net_welfare_change"], count=100)
