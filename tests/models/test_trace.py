"""Steps of one line: each worked out again from the numbers above it, and as the result has it."""

import re
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


def worked_out(text):
    """A step's numbers as arithmetic; None where they are words."""
    signs = {"−": "-", "×": "*", "^": "**", "$": "", ",": ""}
    for sign, mark in signs.items():
        text = text.replace(sign, mark)
    text = re.sub(r"(\d+\.?\d*)%", r"(\1/100)", text)
    return eval(text) if re.fullmatch(r"[\d.()+*/ -]+", text) else None  # digits and signs of our own only


@pytest.mark.parametrize("model", ["armington", "smart_discrete"])
def test_the_printed_factors_multiply_to_the_printed_product(model, us_2024):
    scenario = replace(
        read_scenario(presets()["truce_lapses"]), model=model, assumptions=Assumptions(export_supply_elasticity=2)
    )
    result = point_answer(scenario, us_2024)
    largest = np.argsort(-result.lines["import_value_base"].to_numpy())
    china = np.flatnonzero((result.lines["exporter"] == "CHN").to_numpy())
    checked = 0
    for line in [*largest[:12], *china[::900], *largest[::9000]]:
        for step in trace(result, int(line)):
            found = worked_out(step.numbers)
            if found is None:
                continue
            printed = worked_out(step.value)
            shown = re.search(r"\.(\d+)", step.value)
            unit = 10.0 ** -(len(shown[1]) if shown else 0) * (0.01 if step.value.endswith("%") else 1.0)
            assert found == pytest.approx(printed, abs=unit), step
            checked += 1
    assert checked > 200


@pytest.mark.parametrize("model", ["trade_equilibrium", "no such model"])
def test_a_model_that_has_not_written_out_its_steps_has_none(run_preset, model):
    assert trace(replace(run_preset("truce_lapses"), model=model), 0) == ()
