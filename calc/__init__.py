"""Tariff-impact calculator: what a tariff does to prices, volumes, revenue and welfare, and for whom."""

from calc.analysis.carrying import OnWorld, to_world
from calc.analysis.dependence import critical_inputs
from calc.analysis.households.household_cost import household_cost
from calc.assumptions import Assumptions
from calc.datasets.convert import convert
from calc.datasets.dataset import Dataset, check_dataset, dataset_names, read_dataset
from calc.errors import CalcError, ConvergenceError, DataError, ParameterError, ScenarioError
from calc.games import nash, optimal_tariff
from calc.in_force import effective_rate, rates_on
from calc.in_words.reading import scenario_from_words
from calc.models.known import MODELS
from calc.published.comparison import published_cells
from calc.reports.report import write_report
from calc.result import Result
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, scenario_from_toml, scenario_to_toml
from calc.simulation import backtest, compare, run, sweep
from calc.tariffs.rules import Rule

__all__ = [
    "MODELS",
    "Assumptions",
    "CalcError",
    "ConvergenceError",
    "DataError",
    "Dataset",
    "OnWorld",
    "ParameterError",
    "Result",
    "Rule",
    "Scenario",
    "ScenarioError",
    "backtest",
    "check_dataset",
    "compare",
    "convert",
    "critical_inputs",
    "dataset_names",
    "effective_rate",
    "household_cost",
    "nash",
    "optimal_tariff",
    "presets",
    "published_cells",
    "rates_on",
    "read_dataset",
    "read_scenario",
    "run",
    "scenario_from_toml",
    "scenario_from_words",
    "scenario_to_toml",
    "sweep",
    "to_world",
    "write_report",
]
