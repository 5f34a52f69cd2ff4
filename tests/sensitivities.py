"""Scenarios for tests of sensitivities, sweeps and goals."""

from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario
from calc.tariffs.rules import Rule

HIT = Rule(importer=("USA",), exporters=("CHN",), value_pct=20.0)
ASKED = Scenario(title="Twenty points on China", dataset="small", rules=(HIT,))


def preset(name):
    return read_scenario(presets()[name])
