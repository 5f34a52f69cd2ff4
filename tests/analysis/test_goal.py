"""Goals: the value of a rule at which an outcome is reached, or why there is none."""

import math
from dataclasses import replace

import pytest
from sensitivities import ASKED, preset

from calc.analysis.goal import ALL_IMPORTS, PRICE, REVENUE, TARGETED, greatest, outcome_of, reaching
from calc.analysis.sweep import at_value, lever_of
from calc.datasets.dataset import read_dataset
from calc.errors import CalcError, ConvergenceError
from calc.question import point_answer
from calc.tariffs.rules import Rule

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
    ("metric", "target"), [(TARGETED, -0.5), (TARGETED, -0.05), (ALL_IMPORTS, -0.02), (PRICE, 0.02), (REVENUE, 2e10)]
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


@pytest.mark.slow
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
    with pytest.raises(CalcError, match="does not compute real_income_change"):
        greatest(ASKED, small, lever_of(ASKED), "real_income_change")


def test_a_cut_of_shipments_can_be_searched_too(us_2024):
    scenario = preset("rare_earth_cut")
    lever = lever_of(scenario)
    found = reaching(scenario, us_2024, lever, PRICE, 0.10)
    assert -99 < found.value_pct < 0
    assert point_answer(at_value(scenario, lever, found.value_pct), us_2024).value(PRICE) == pytest.approx(
        0.10, rel=1e-6
    )
