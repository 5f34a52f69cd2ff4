"""Assumptions at other values, by the ranges of their sources."""

from dataclasses import replace

import numpy as np
import pytest
from sensitivities import ASKED, preset

from calc.analysis.settings import (
    OTHERS,
    choice_of,
    label_and_source,
    mean_substitution,
    pass_through_range,
    scaled,
    settings,
    with_assumption,
    with_scaled_sets,
)
from calc.assumptions import ROWS, Assumptions
from calc.datasets.dataset import read_dataset
from calc.models.known import MODELS
from calc.question import chosen_elasticities
from calc.scenario_file import scenario_from_toml, scenario_to_toml

# Assumptions at other values


def test_every_assumption_has_words_and_a_source():
    for key in (*ROWS, *OTHERS):
        label, source = label_and_source(key)
        assert label
        assert source
    assert {option for model in MODELS.values() for option in model.options} == {
        row.key for row in ROWS.values() if row.scope == "option"
    }


def test_partial_equilibrium_moves_pass_through_months_demand_and_substitution(small):
    tried = settings(ASKED, small, {"SMART": replace(ASKED, model="smart")})
    assert [setting.assumption for setting in tried] == [
        *("pass_through_pct",) * 2,
        *("months",) * 2,
        *("import_demand_elasticity",) * 2,
        *("armington_elasticity",) * 2,
        "collection",
        *("panel",) * 2,
        "model",
    ]
    labels = ["80%", "100%", "3 months", "1 year", "× 0.50", "× 1.50", "× 0.66", "× 1.34"]
    assert [setting.label for setting in tried[:8]] == labels


def test_a_scenario_of_some_months_is_tried_in_the_long_run_and_not_at_its_own_months(small):
    asked = replace(ASKED, assumptions=Assumptions(months=3.0))
    tried = [setting for setting in settings(asked, small) if setting.assumption == "months"]
    assert [(setting.label, setting.scenario.assumptions.months) for setting in tried] == [
        ("1 year", 12.0),
        ("long run", None),
    ]


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


def test_panel_data_bring_the_mean_elasticity_to_the_published_one(small):
    # Boehm et al. 2023: 0.76 after a year and 2 after seven to ten, on σ and ε alike
    panel = [setting for setting in settings(ASKED, small) if setting.assumption == "panel"]
    for setting, target in zip(panel, (0.76, 2.0), strict=True):
        chosen = chosen_elasticities(setting.scenario, small)
        weights = small.flows.import_value
        mean = (chosen.armington_elasticity[small.flows.market] * weights).sum() / weights.sum()
        assert mean == pytest.approx(target, rel=1e-12)
    assert mean_substitution(ASKED, small) == pytest.approx(3.8, rel=1e-12)  # all of the small data have 3.8


def test_the_range_of_pass_through_stays_as_wide_and_within_0_to_100(small):
    assert pass_through_range(ASKED, small) == (80.0, 100.0)
    ends = {50.0: (40.0, 60.0), 100.0: (80.0, 100.0), 95.0: (80.0, 100.0), 4.0: (0.0, 20.0)}
    for stated, expected in ends.items():
        assert pass_through_range(with_assumption(ASKED, "pass_through_pct", stated), small) == expected
    assert pass_through_range(ASKED, replace(small, pass_through_pct=60.0)) == (50.0, 70.0)


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
    options = [option for option in MODELS[scenario.model].options if ROWS[option].choices]
    assert options
    for option in options:
        values = {getattr(s.scenario.assumptions, option) for s in tried if s.assumption == option}
        assert values == set(ROWS[option].choices) - {choice_of(scenario, ROWS[option])}


def test_every_value_of_an_option_is_one_that_a_scenario_file_takes(tmp_path):
    for option, row in ROWS.items():
        for value in row.choices:
            asked = with_assumption(ASKED, option, value)
            assert scenario_from_toml(scenario_to_toml(asked), folder=tmp_path) == asked
