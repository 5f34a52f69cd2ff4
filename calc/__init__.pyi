"""Tariff-impact calculator: what a tariff does to prices, volumes, revenue and welfare, and for whom."""

from .analysis.carrying import OnWorld, to_world
from .analysis.dependence import critical_inputs
from .analysis.households.household_cost import household_cost
from .analysis.many import run_many
from .assumptions import Assumptions
from .datasets.convert import convert
from .datasets.dataset import Dataset, check_dataset, dataset_names, read_dataset
from .errors import CalcError, ConvergenceError, DataError, ParameterError, ScenarioError
from .games import nash, optimal_tariff
from .in_words.reading import scenario_from_words
from .models.known import MODELS
from .published.comparison import published_cells
from .reports.pictures import pictures_of
from .reports.report import write_report
from .result import Result
from .scenario import Scenario
from .scenario_file import presets, read_scenario, scenario_from_toml, scenario_to_toml
from .simulation import backtest, compare, run, sweep
from .tariffs.in_force import effective_rate, rates_on
from .tariffs.rules import Rule

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
    "pictures_of",
    "presets",
    "published_cells",
    "rates_on",
    "read_dataset",
    "read_scenario",
    "run",
    "run_many",
    "scenario_from_toml",
    "scenario_from_words",
    "scenario_to_toml",
    "sweep",
    "to_world",
    "write_report",
]
