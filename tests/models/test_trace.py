"""Steps of one line: each worked out again from the numbers above it, and as the result has it."""

from dataclasses import replace

import numpy as np
import pytest

from calc.assumptions import Assumptions
from calc.models.trace import trace
from calc.question import point_answer
from calc.scenario_file import presets, read_scenario


@pytest.mark.parametrize("model", ["armington", "smart", "smart_discrete"])
@pytest.mark.parametrize(
    "assumptions",
    [
        Assumptions(),
        Assumptions(pass_through_pct=60),
        Assumptions(export_supply_elasticity=2),
        Assumptions(armington_elasticity=1),
    ],
)
def test_every_step_of_a_trace_agrees_with_the_result(model, assumptions, us_2024):
    scenario = replace(read_scenario(presets()["truce_lapses"]), model=model, assumptions=assumptions)
    result = point_answer(scenario, us_2024)
    rng = np.random.default_rng(1)
    china = np.flatnonzero((result.lines["exporter"] == "CHN").to_numpy())
    for line in [*rng.choice(china, 15), *rng.integers(0, len(result.lines), 15)]:
        steps = trace(result, int(line))
        wrong = [step for step in steps if step.holds is False]
        assert not wrong, (result.lines.iloc[line].to_dict(), wrong)


@pytest.mark.parametrize("model", ["trade_equilibrium", "no such model"])
def test_a_model_that_has_not_written_out_its_steps_has_none(run_preset, model):
    assert trace(replace(run_preset("truce_lapses"), model=model), 0) == ()
