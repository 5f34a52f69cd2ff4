"""What the Sensitivity view shows, and what a sweep finds, as files: units in the column names, one row a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calc.analysis.goal import ALL_IMPORTS, Found
from calc.analysis.sensitivity import NOT_COVERED
from calc.analysis.sweep import Lever
from calc.datasets.dataset import Dataset
from calc.files.write import csv_bytes
from calc.glossary import ASKED_FIRST, GLOSSARY, Quantity
from calc.reports.parts import CSV_TERMS, readme, with_units
from calc.scenario import Scenario, schedules
from calc.scenario_file import scenario_to_toml
from calc.tariffs.sentences import describe_rule
from calc.words import quantity_text

# A goal may also be set for all imports, which are no headline number.
_GOALS = {
    **GLOSSARY,
    ALL_IMPORTS: Quantity(
        name=ALL_IMPORTS,
        symbol="",
        unit="fraction",
        label="All imports",
        short="All imports",
        definition="Relative change of import value.",
    ),
}
_PEAKS = ("tariff_revenue_change", "real_income_change", "net_welfare_change")
_NO_RANGE = ("What the ranges leave out", f"  {NOT_COVERED}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sensitivity:
    """What the view shows for one outcome of one scenario.

    Parameters
    ----------
    title, model, dataset : of the scenario
    scenario_toml, attachments : the scenario as a file, and the files it names
    metric : the outcome
    headline : the sentence on top
    tornado : of `sensitivity.tornado`
    left_out : settings that cannot be computed: assumption, setting, problem
    lever : rule whose value the curve varies, and its words; None where there is no rule
    curve : tariff_pct, value, low, high of the metric
    two_way : of `sensitivity.two_way_table`
    path, path_metric : months, value of a volume; no rows in a model of the long run
    goals : each goal in words, and where it is reached
    shares : of `uncertainty.sobol_shares`; empty where they are not shown
    """

    title: str
    model: str
    dataset: str
    scenario_toml: str
    attachments: Mapping[str, bytes]
    metric: str
    headline: str
    tornado: pd.DataFrame
    left_out: pd.DataFrame
    lever: Lever | None
    curve: pd.DataFrame
    two_way: pd.DataFrame
    path: pd.DataFrame
    path_metric: str
    goals: Sequence[tuple[str, Found]]
    shares: pd.DataFrame


def sweep_table(title: str, model: str, swept: pd.DataFrame) -> pd.DataFrame:
    """A sweep as a file: one long table, one row a value of the tariff and a headline number.

    Parameters
    ----------
    swept : of `sweep.sweep`
    """
    table = with_units(swept, ("value", "low", "high")).assign(scenario=title, model=model)
    return table[["scenario", "model", "tariff_pct", "metric", "value", "unit", "low", "high"]]


def sweep_text(lever: Lever, swept: pd.DataFrame) -> str:
    """A sweep for a terminal: one line a value, and where revenue and welfare are highest.

    Parameters
    ----------
    lever : whose value was varied
    swept : of `sweep.sweep`
    """
    wide = swept.set_index(["tariff_pct", "metric"])["value"].unstack("metric")  # noqa: PD010 each value stands alone
    shown = [GLOSSARY[name] for name in ASKED_FIRST if name in wide]
    heads = [quantity.short for quantity in shown]
    lines = [lever.words, f"{'':>8}  " + "  ".join(f"{head:>{max(len(head), 12)}}" for head in heads)]
    for value, row in wide.iterrows():
        cells = [quantity_text(row[quantity.name], quantity) for quantity in shown]
        listed = "  ".join(f"{cell:>{max(len(head), 12)}}" for cell, head in zip(cells, heads, strict=True))
        lines.append(f"{value:>8g}  {listed}")
    for name in [name for name in _PEAKS if name in wide]:
        peak, quantity = wide[name].idxmax(), GLOSSARY[name]
        lines.append(f"{quantity.short} is highest at {peak:g}: {quantity_text(wide[name].max(), quantity)}.")
    return "\n".join(lines)


def sweep_files(scenario: Scenario, dataset: Dataset, lever: Lever, swept: pd.DataFrame) -> Mapping[str, bytes]:
    """Every file of a sweep, by name: the long table, the scenario with the files it names, and a README.

    Parameters
    ----------
    lever : whose value was varied
    swept : of `sweep.sweep`
    """
    files = {"sweep.csv": csv_bytes(sweep_table(scenario.title, scenario.model, swept))}
    files["scenario.toml"] = scenario_to_toml(scenario).encode()
    files |= schedules(scenario)
    files["README.txt"] = readme(
        [f"{scenario.title}: headline numbers while one rule varies"],
        [
            f"Model: {scenario.model}",
            f"Data: {dataset.title} ({dataset.year}). {dataset.source}",
            *(["ESTIMATED DATA: this dataset is an estimate, not an observation."] if dataset.estimated else []),
            f"Varied: rule {lever.rule + 1}, {describe_rule(scenario.rules[lever.rule], dataset)}",
            f"tariff_pct in sweep.csv: {lever.words}; the other rules stay as in scenario.toml.",
        ],
        [
            (
                "sweep.csv has one row per value and headline number, in the unit stated beside it; low and high are "
                "the 5th"
            ),
            "and 95th percentiles of the draws, empty where there are none. A value without rows has no equilibrium.",
        ],
        _NO_RANGE,
    )
    return files


def sensitivity_files(shown: Sensitivity) -> Mapping[str, bytes]:
    """Every file of the export, by name; tables in the unit of the metric, percent for fractions."""
    tables = {
        "tornado.csv": tornado_table(shown),
        "curve.csv": _of_metric(shown.curve, shown.metric, ("value", "low", "high")),
        "two_way.csv": _of_metric(shown.two_way, shown.metric, ("value",)),
        "goal.csv": goal_table(shown.goals),
    }
    files = {name: csv_bytes(table) for name, table in tables.items()}
    if len(shown.path):
        files["months.csv"] = csv_bytes(_of_metric(shown.path, shown.path_metric, ("value",)))
    if len(shown.shares):
        files["shares.csv"] = csv_bytes(_shares_table(shown.shares))
    files["scenario.toml"] = shown.scenario_toml.encode()
    files |= shown.attachments
    files["README.txt"] = _readme(shown)
    return files


def _shares_table(shares: pd.DataFrame) -> pd.DataFrame:
    percents = {f"{name}_pct": shares[name].to_numpy() * 100 for name in ("first", "total")}
    metric = [GLOSSARY[str(name)].column for name in shares["metric"]]
    return pd.DataFrame({"metric": metric, "parameter": shares["parameter"].astype(str), **percents})


def tornado_table(shown: Sensitivity) -> pd.DataFrame:
    """The bars as a file; a setting without an answer has its row with the reason."""
    columns = ["low", "high", "central", "width"]
    bars = _of_metric(shown.tornado, shown.metric, columns)
    return pd.concat([bars.assign(problem=""), _left_out(shown.left_out)], ignore_index=True).fillna(
        dict.fromkeys(("label", "low_setting", "high_setting", "source", "metric", "unit", "problem"), "")
    )


def _left_out(table: pd.DataFrame) -> pd.DataFrame:
    return table[["assumption", "setting", "problem"]].rename(columns={"setting": "low_setting"})


def goal_table(goals: Sequence[tuple[str, Found]]) -> pd.DataFrame:
    """Goals as a file: target, value of the rule that reaches it and outcome there; if there is none, why."""
    table = pd.DataFrame(
        {
            "goal": np.array([words for words, _ in goals], dtype=object),
            "metric": np.array([found.metric for _, found in goals], dtype=object),
            "target": np.array([found.target for _, found in goals]),
            "tariff_pct": np.array([found.value_pct for _, found in goals]),
            "outcome": np.array([found.outcome for _, found in goals]),
            "nearest_tariff_pct": np.array([found.nearest_pct for _, found in goals]),
            "unit": "",
            "reason": np.array([found.reason for _, found in goals], dtype=object),
        }
    )
    return with_units(table, ("target", "outcome"), quantities=_GOALS)


def _of_metric(table: pd.DataFrame, metric: str, numbers: Sequence[str]) -> pd.DataFrame:
    """A table about one metric, in its unit."""
    return with_units(table.assign(metric=metric), numbers)


def _readme(shown: Sensitivity) -> bytes:
    quantity = GLOSSARY[shown.metric]
    varied = f"Rule {shown.lever.rule + 1}: {shown.lever.words}" if shown.lever else "none: the scenario has no rule"
    path = "  months.csv     the change of volume some months after the measure"
    shares = "  shares.csv     share of the variance of the outcome that each drawn parameter explains"
    return readme(
        [shown.headline],
        [
            f"Scenario: {shown.title}",
            f"Model: {shown.model}",
            f"Data: {shown.dataset}",
            f"Outcome: {quantity.label} ({quantity.column}). {quantity.definition}",
            f"Value varied in curve.csv and goal.csv: {varied}",
        ],
        [
            "Files",
            "  tornado.csv    one row per assumption: lowest and highest outcome, the settings that give them, and the",
            "                 source of the range; settings that cannot be computed come last, with the reason",
            (
                "  curve.csv      the outcome at each value of the rule; low and high are the 5th and 95th "
                "percentiles of the"
            ),
            "                 draws, empty where there are none",
            "  two_way.csv    the outcome under two assumptions at once",
            "  goal.csv       values of the rule that reach a goal; where none does, the nearest, and why",
            *([path] if len(shown.path) else []),
            *([shares] if len(shown.shares) else []),
            "  scenario.toml  the scenario; tariff-impact run scenario.toml reproduces the current result",
            f"Values are in the units stated beside them. {CSV_TERMS}.",
        ],
        _NO_RANGE,
    )
