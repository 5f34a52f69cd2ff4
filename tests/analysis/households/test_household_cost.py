"""`household_cost`: one answer that says what it stands on."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

import calc
from calc.analysis.households.household_cost import headline_of, passed_through
from calc.analysis.households.price_draws import price_draws
from calc.analysis.households.us_accounts import read_accounts
from calc.assumptions import Assumptions
from calc.errors import ParameterError
from calc.scenario_file import read_scenario

SCENARIO = read_scenario("universal_10")
DATASET = calc.read_dataset(SCENARIO.dataset)
RESULT = calc.run(SCENARIO, DATASET, draws=0)


def test_ten_points_on_everyone_in_one_sentence():
    cost = calc.household_cost(RESULT)
    words = str(cost)
    total, paid = 100 * cost.prices.total, cost.cost.mean_cost
    assert words.startswith(f"Consumer prices rise {total:.2f}%: ${paid:,.0f}")
    assert 0.5 < total < 1.0
    assert "a household a year (dollars of 2025)" in words
    assert "the ten fiscal years 2026 to 2035" in words


@pytest.mark.parametrize("revenue", [500.0, -500.0])
def test_an_end_of_the_range_on_the_other_side_of_zero_keeps_its_sign_in_the_sentence(revenue):
    cost = calc.household_cost(RESULT)
    low, high = sorted((-0.02 * revenue, 2 * revenue))
    path = SimpleNamespace(net_revenue=revenue * 1e9, net_range=(low * 1e9, high * 1e9))
    said = headline_of(SimpleNamespace(cost=cost.cost, prices=cost.prices, price_range=None, revenue=path))
    assert f"{'raises' if revenue > 0 else 'loses'} $500 bn (−$10.0 bn to $1.00 tn) over" in said


def test_a_range_comes_with_draws_and_moves_cost_in_proportion():
    draws = price_draws(SCENARIO, DATASET, read_accounts(), count=20, central=RESULT)
    cost = calc.household_cost(RESULT, draws=draws)
    low, high = cost.price_range
    assert 0 < low < high
    assert cost.cost_range[0] / low == pytest.approx(cost.cost.mean_cost / cost.prices.total)
    table = cost.price_table
    assert table["level"].value_counts().to_dict() == {
        "category": 212,
        "major category": 20,
        "total": 1,
        "core": 1,
        "core goods": 1,
    }
    assert (table["price_change_low"] <= table["price_change_high"]).all()
    firsts = table["price_change"].head(3).tolist()
    assert firsts == pytest.approx([cost.prices.total, cost.prices.core, cost.prices.core_goods])
    assert f"({100 * low:.2f} to {100 * high:.2f}%)" in str(cost)
    half = calc.household_cost(RESULT, draws=draws, passthrough=0.5)
    assert half.price_range == pytest.approx((low / 2, high / 2))


def test_draws_of_another_measure_are_refused():
    draws = price_draws(SCENARIO, DATASET, read_accounts(), count=20, central=RESULT)
    with pytest.raises(ParameterError, match="draws of composite ones"):
        calc.household_cost(RESULT, measure="composite", draws=draws)


def test_the_notes_name_the_year_the_high_end_and_what_has_no_commodity():
    cost = calc.household_cost(RESULT, passthrough=0.5)
    notes = " ".join(cost.notes)
    assert "accounts of 2017" in notes
    assert "margins in per cent instead of dollars" in notes
    assert "chapters 98 and 99" in notes
    assert "shops pass on 0.5 times that" in notes


def test_no_change_costs_nothing():
    still = calc.household_cost(calc.run("no_change", DATASET, draws=0))
    assert still.prices.total == still.cost.mean_cost == 0
    assert abs(still.revenue.net_revenue) < 1


def test_a_cost_says_what_it_is_compared_with_and_how_much_is_passed_on():
    full = replace(SCENARIO, assumptions=Assumptions(pass_through_pct=100.0))
    cost = calc.household_cost(calc.run(full, DATASET, draws=0), passthrough=0.5)
    assert cost.basis == (
        "Compared with the duties collected in 2024, 100% of the change of duty is in prices at the border; shops pass "
        "on 0.5 times that."
    )
    assert cost.notes[0] == cost.basis
    # a duty on one supplier; on all of them together buyers have nowhere to go, and more is passed on
    part = calc.run(replace(SCENARIO, assumptions=Assumptions(pass_through_pct=80.0)), DATASET, draws=0)
    assert 0.8 < passed_through(part) < 1
    assert calc.household_cost(calc.run("no_change", DATASET, draws=0)).basis.endswith("no tariff changes.")
