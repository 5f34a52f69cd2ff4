"""`run`, `compare`, `sweep`, `backtest`: a question by name, file or object in, its answer out; every door calls them.

Whatever an answer stands on is named in it: the dataset that was used, and the draws that were made.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from calc.analysis.comparison import BEFORE, Answer, answers_to, cautions, comparison, pairs
from calc.analysis.sweep import Lever, lever_of, levers, values_of
from calc.analysis.sweep import sweep as headlines_at
from calc.analysis.uncertainty import Ranges, run_draws, with_ranges
from calc.analysis.workers import Progress
from calc.datasets.dataset import Dataset, read_dataset
from calc.errors import ParameterError, ScenarioError, did_you_mean
from calc.files.write import write_files
from calc.question import asked_on, dataset_of, headline_answer, point_answer, scenario_of
from calc.reports.comparison import comparison_text, write_comparison
from calc.reports.sensitivity import sweep_files, sweep_text
from calc.result import Result
from calc.scenario import Scenario

if TYPE_CHECKING:  # twenty files, which only the back-test needs
    from calc.analysis.backtest.run import Findings


def run(
    scenario: str | Path | Scenario,
    dataset: str | Path | Dataset | None = None,
    *,
    draws: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Result:
    """What a scenario does, with its ranges: the answer of `tariff-impact run`.

    Parameters
    ----------
    scenario : name of a preset, path of a scenario file, or a `Scenario`
    dataset : name, folder or `Dataset`, instead of the one that the scenario names
    draws : behind the ranges, instead of the scenario's number; 0 gives the point answer alone
    executor : any `concurrent.futures.Executor`, which shares the draws; the numbers do not depend on it
    progress : called with draws done and all draws; what it raises ends the work

    Raises
    ------
    ScenarioError
        Unknown preset, model or elasticity set, or a rule that cannot be carried out.
    DataError
        There is no such dataset, or it breaks a rule.
    ParameterError
        Fewer than 20 draws, or a value that the model refuses.
    ConvergenceError
        The model finds no equilibrium, or more than 5% of the draws have none.

    Examples
    --------
    >>> import calc
    >>> result = calc.run("truce_lapses", draws=0)
    >>> round(result.value("statutory_tariff_new"), 3)
    0.156
    """
    result, _ = run_keeping_draws(scenario, dataset, draws=draws, executor=executor, progress=progress)
    return result


def run_keeping_draws(
    scenario: str | Path | Scenario,
    dataset: str | Path | Dataset | None = None,
    *,
    draws: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[Result, Ranges | None]:
    """As `run`, with the draws behind the ranges; None where there are none."""
    asked, data = asked_on(scenario, dataset, draws)
    if asked.draws == 0:
        return point_answer(asked, data), None
    ranges = run_draws(asked, data, executor=executor, progress=progress)
    return with_ranges(ranges), ranges


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Scenarios answered in the same draws.

    Parameters
    ----------
    answers : one a scenario, in the order given
    """

    answers: tuple[Answer, ...]

    def table(self, *, against: str | None = BEFORE) -> pd.DataFrame:
        """Headline numbers, one row a metric and scenario, and their change against the data or another scenario.

        Parameters
        ----------
        against : "before": the data before anything is done; the name of a scenario; None: no change

        Raises
        ------
        ScenarioError
            No scenario has the name `against`.
        """
        return comparison(self.answers, against=against)

    def pairs(self) -> pd.DataFrame:
        """Every scenario less every one before it, with the share of draws in which it lies above the other."""
        return pairs(self.answers)

    def cautions(self) -> tuple[str, ...]:
        """What keeps the numbers from being compared one to one, a sentence each."""
        return cautions(self.answers)

    def save(self, folder: str | Path, *, pictures: bool = False, force: bool = False) -> Path:
        """Write tables, scenarios and README into a folder, as `tariff-impact compare --out` does.

        Parameters
        ----------
        pictures : add a picture of each number, and `report.html`
        force : replace a comparison that is already there

        Raises
        ------
        CalcError
            Pictures are asked for, and the extra `pictures` is not installed.
        DataError
            The folder holds files already and `force` is not given, or it cannot be written.
        """
        return write_comparison(self.answers, folder, pictures=pictures, force=force)

    def __str__(self) -> str:
        """The table for a terminal."""
        return comparison_text(self.answers)

    def __repr__(self) -> str:
        """One line: `Comparison of Universal 10% and No change`."""
        return f"Comparison of {' and '.join(one.name for one in self.answers)}"


def compare(
    scenarios: Sequence[str | Path | Scenario],
    dataset: str | Path | Dataset | None = None,
    *,
    draws: int | None = None,
    executor: Executor | None = None,
    read: Callable[[str], Dataset] = read_dataset,
) -> Comparison:
    """Several scenarios side by side in the same draws: the answer of `tariff-impact compare`.

    Seed and number of draws of the first hold for all, so that differences are no noise.

    Parameters
    ----------
    scenarios : names of presets, paths or `Scenario`s, 1 to 6
    dataset, draws, executor : as for `run`, for all of them
    read : reads the dataset that a scenario names, where none is given

    Raises
    ------
    CalcError
        As `run`; also where there is nothing to compare, or too much.

    Examples
    --------
    >>> import calc
    >>> both = calc.compare(["universal_10", "no_change"], draws=0)
    >>> table = both.table().set_index(["metric", "scenario"])
    >>> bool(table.loc["tariff_revenue_new", "change"].iloc[0] > 0)
    True
    """
    asked = [scenario_of(one, draws) for one in scenarios]
    if dataset is None:
        return Comparison(answers=answers_to(asked, read, executor=executor))
    data = dataset_of(dataset)
    on_it = [replace(one, dataset=data.name) for one in asked]
    return Comparison(answers=answers_to(on_it, lambda _: data, executor=executor))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sweep:
    """Headline numbers at each value of one rule.

    Parameters
    ----------
    scenario, dataset : what was asked, and on what
    lever : the rule whose value runs, in words too
    rule_values : as asked
    table : tariff_pct, metric, value, low, high; rates as fractions, money in US$; a value at which the model finds no
        equilibrium has no rows
    """

    scenario: Scenario
    dataset: Dataset
    lever: Lever
    rule_values: tuple[float, ...]
    table: pd.DataFrame

    def save(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write the table, the scenario and a README into a folder, as `tariff-impact sweep` does.

        Raises
        ------
        DataError
            The folder holds files already and `force` is not given, or it cannot be written.
        """
        return write_files(sweep_files(self.scenario, self.dataset, self.lever, self.table), folder, force=force)

    def __str__(self) -> str:
        """A line for each value, and where revenue and welfare are highest."""
        return sweep_text(self.lever, self.table)

    def __repr__(self) -> str:
        """One line: `Sweep of Truce lapses: Points added to the tariff, 21 values from 0 to 100`."""
        span = f"{len(self.rule_values):,} values from {min(self.rule_values):g} to {max(self.rule_values):g}"
        return f"Sweep of {self.scenario.title}: {self.lever.words}, {span}"


def sweep(
    scenario: str | Path | Scenario,
    values: str | Sequence[float],
    dataset: str | Path | Dataset | None = None,
    *,
    rule: int | None = None,
    draws: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """The headline numbers while the value of one rule runs over a range: the answer of `tariff-impact sweep`.

    Parameters
    ----------
    values : percent or points, in any order; or `first:last:step` as text, such as "0:100:5"
    rule : number of the rule in the scenario, from 1; the first tariff rule with one value if absent
    scenario, dataset, draws : as for `run`
    executor : shares the values, with the same numbers
    progress : called with values done and all values; what it raises ends the work

    Raises
    ------
    ScenarioError
        The scenario has no rule, or none with that number.
    ParameterError
        The range cannot be read, or has too many values.
    CalcError
        As `run`, where no value can be answered.

    Examples
    --------
    >>> import calc
    >>> swept = calc.sweep("truce_lapses", "0:100:50", draws=0)
    >>> sorted(set(swept.table["tariff_pct"]))
    [0.0, 50.0, 100.0]
    """
    asked, data = asked_on(scenario, dataset, draws)
    lever = _lever_of_rule(asked, rule)
    chosen = values_of(values) if isinstance(values, str) else tuple(float(value) for value in values)
    answer = run if asked.draws else headline_answer
    table = headlines_at(asked, data, lever, chosen, answer=answer, executor=executor, progress=progress)
    return Sweep(scenario=asked, dataset=data, lever=lever, rule_values=chosen, table=table)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BackTest:
    """What the method would have said of 2018-19 and of 2025-26, beside what happened.

    Parameters
    ----------
    findings : tables, the share of the data's spread that 2018-19 supports, and the lags of collection
    """

    findings: "Findings"

    @property
    def targets(self) -> pd.DataFrame:
        """Targets: target, value, low and high of what counts as hit, unit of the three, hit."""
        return self.findings.targets

    def table(self, name: str) -> pd.DataFrame:
        """One table by the name of its file, such as "partners"; rates as fractions, money in US$.

        Raises
        ------
        ParameterError
            There is no such table.
        """
        tables = self.findings.tables
        if name not in tables:
            raise ParameterError(f"there is no table {name!r}{did_you_mean(name, tables)}. Known: {', '.join(tables)}.")
        return tables[name]

    def save(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write every table, the beliefs and a README into a folder, as `tariff-impact backtest --out` does.

        Raises
        ------
        DataError
            The folder holds files already and `force` is not given, or it cannot be written.
        """
        from calc.reports.backtest import backtest_files

        return write_files(backtest_files(self.findings), folder, force=force)

    def __str__(self) -> str:
        """Targets, partners and lags for a terminal."""
        from calc.reports.backtest import backtest_text

        return backtest_text(self.findings)

    def __repr__(self) -> str:
        """One line: `BackTest: 7 of 10 targets hit`."""
        hit = self.targets["hit"]
        return f"BackTest: {int(hit.sum())} of {len(hit)} targets hit"


def backtest(
    scenario: Scenario | None = None,
    dataset: str | Path | Dataset | None = None,
    *,
    settings: bool = True,
    executor: Executor | None = None,
) -> BackTest:
    """The track record: the method on 2018-19 and on 2025-26, never refitted: the answer of `tariff-impact backtest`.

    Parameters
    ----------
    scenario : whose elasticities, model, assumptions, seed and draws are on trial; its rules and days are not used.
        One elasticity for all products and a pass-through of 90% if absent
    dataset : US imports by HS6 or finer, instead of the one the scenario names
    settings : also the table of all settings, which takes most of the time
    executor : shares the settings, with the same numbers

    Raises
    ------
    ScenarioError
        There is no such set, the model cannot answer the data, or the record has no rates for them.

    Examples
    --------
    >>> import calc
    >>> record = calc.backtest(calc.Scenario(draws=0), settings=False)
    >>> china = record.table("partners").set_index("partner").loc["CHN"]
    >>> bool(abs(china["predicted"] - china["seen"]) < 0.10)
    True
    """
    from calc.analysis.backtest.protocol import beliefs_on_trial
    from calc.analysis.backtest.run import findings

    asked, data = asked_on(scenario or beliefs_on_trial(), dataset, None)
    return BackTest(findings=findings(asked, data, settings=settings, executor=executor))


def _lever_of_rule(scenario: Scenario, rule: int | None) -> Lever:
    first = lever_of(scenario)
    if rule is None:
        return first
    found = [lever for lever in levers(scenario) if lever.rule == rule - 1]
    if not found:
        raise ScenarioError(f"There is no rule {rule}: the scenario's rules are numbered 1 to {len(scenario.rules)}.")
    return found[0]
