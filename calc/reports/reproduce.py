"""What a result was made from: its input lines, and code that reproduces it to the last digit."""

from collections.abc import Mapping

import pandas as pd

from calc.reports.report import file_table
from calc.result import Result
from calc.scenario import Scenario, schedules
from calc.scenario_file import scenario_to_toml

SCENARIO_FILE = "scenario.toml"
REPORT_FOLDER = "report"
OWN_FOLDER = "my-data"  # where a reader unpacks data of their own
_INPUT_COLUMNS = (
    "scenario",
    "model",
    "importer",
    "exporter",
    "product",
    "year",
    "import_value_base_usd",
    "tariff_base_pct",
    "tariff_new_pct",
    "import_demand_elasticity",
    "armington_elasticity",
    "export_supply_elasticity",
    "elasticity_basis",
    "value_basis",
    "tariff_basis",
)


def input_lines(result: Result) -> pd.DataFrame:
    """The lines that went into an answer, as files show them: base value, base and new rate, elasticities, basis.

    Own sales are no lines of trade and stand in the dataset's flows alone.
    """
    table = file_table(result, "lines")
    return table[[column for column in _INPUT_COLUMNS if column in table]]


def scenario_files(scenario: Scenario) -> Mapping[str, bytes]:
    """The scenario as a file, and the schedules that it names, to lie side by side."""
    return {SCENARIO_FILE: scenario_to_toml(scenario).encode(), **schedules(scenario)}


def python_code(scenario: Scenario, *, folder: str = "") -> str:
    """A Python program that answers the scenario; without schedules it needs no file.

    Parameters
    ----------
    folder : of the dataset, where it is not built in
    """
    read = f'"{SCENARIO_FILE}"'
    if files := schedules(scenario):
        head = ["import calc", ""]
        beside = f"  # beside it: {', '.join(files)}"
        asked = f"scenario = calc.read_scenario({read}){beside}"
    else:
        text = _literal(scenario_to_toml(scenario))
        head = ["from pathlib import Path", "", "import calc", "", f"SCENARIO = {text}", ""]
        asked = "scenario = calc.scenario_from_toml(SCENARIO, folder=Path())"
    data = f", {folder!r}" if folder else ""
    return "\n".join(
        [
            *head,
            asked,
            f"result = calc.run(scenario{data})",
            "print(result.summary.to_string(index=False))",
            f'result.save("{REPORT_FOLDER}")',
            "",
        ]
    )


def command_line(scenario: Scenario, *, folder: str = "", known: Mapping[str, Scenario] | None = None) -> str:
    """The command that answers the scenario and writes its report.

    Parameters
    ----------
    folder : of the dataset, where it is not built in
    known : built-in scenarios by name, which need no file
    """
    name = next((name for name, other in (known or {}).items() if other == scenario), SCENARIO_FILE)
    data = f" --data {folder}" if folder else ""
    return f"tariff-impact run {name}{data} --out {REPORT_FOLDER}\n"


def _literal(text: str) -> str:
    """A text as Python source, easy to read where it can be."""
    if "'''" in text or not all(c.isprintable() or c == "\n" for c in text):
        return repr(text)
    return f"r'''\n{text}'''"
