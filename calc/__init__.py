"""Tariff-impact calculator: what a tariff does to prices, volumes, revenue and welfare, and for whom."""

from calc.analysis.uncertainty import run_with_range
from calc.datasets.dataset import Dataset, check_dataset, dataset_names, read_dataset
from calc.errors import CalcError, ConvergenceError, DataError, ParameterError, ScenarioError
from calc.question import MODELS
from calc.question import point_answer as run
from calc.reports.report import write_report
from calc.result import Result
from calc.scenario import Assumptions, Scenario, presets, read_scenario, scenario_from_toml, scenario_to_toml
from calc.tariffs.rules import Rule

__all__ = [
    "MODELS",
    "Assumptions",
    "CalcError",
    "ConvergenceError",
    "DataError",
    "Dataset",
    "ParameterError",
    "Result",
    "Rule",
    "Scenario",
    "ScenarioError",
    "check_dataset",
    "dataset_names",
    "presets",
    "read_dataset",
    "read_scenario",
    "run",
    "run_with_range",
    "scenario_from_toml",
    "scenario_to_toml",
    "write_report",
]
