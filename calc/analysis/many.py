"""Many scenarios, each answered as `run` answers it, and of each answer what is wanted: a thousand in one table."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from calc.analysis.uncertainty import run_draws, with_ranges
from calc.analysis.workers import Processes, Progress, answers
from calc.datasets.dataset import Dataset
from calc.errors import CalcError, ParameterError
from calc.question import dataset_of, headline_answer, point_answer, scenario_of
from calc.result import Result
from calc.scenario import Scenario

Reduce = Callable[[Result], pd.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Many:
    """What is kept of the answers to many scenarios.

    Parameters
    ----------
    scenarios : in the order given, as they were answered
    table : scenario (place in the order, from 0), title, and the columns that are kept of each answer
    problems : scenario, title, problem: why a scenario has no answer; no row where all have one
    """

    scenarios: tuple[Scenario, ...]
    table: pd.DataFrame
    problems: pd.DataFrame

    def __repr__(self) -> str:
        """One line: `Answers to 400 scenarios, 2 of which have none`."""
        missing = len(self.problems)
        without = f", {missing:,} of which {'has' if missing == 1 else 'have'} none" if missing else ""
        return f"Answers to {len(self.scenarios):,} scenarios{without}"


def headline_numbers(result: Result) -> pd.DataFrame:
    """The headline numbers of an answer: metric, value, low, high; rates as fractions, money in US$."""
    return result.summary[["metric", "value", "low", "high"]]


def run_many(
    scenarios: Sequence[str | Path | Scenario],
    dataset: str | Path | Dataset | None = None,
    *,
    draws: int | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    reduce: Reduce = headline_numbers,
) -> Many:
    """Many scenarios at once, each answered as by `run`, in this process or shared by workers.

    The numbers do not depend on who does the work. A dataset goes to each worker once, a scenario to one of them, and
    of its answer only what `reduce` keeps comes back. A worker that is lost loses nothing.

    Parameters
    ----------
    scenarios : names of presets, paths or `Scenario`s
    dataset, draws : as for `run`, for all of them
    executor : any `concurrent.futures.Executor`, a Dask cluster's too, which shares the scenarios
    jobs : processes of this machine that do so instead; a program that asks for them begins its own work under
        `if __name__ == "__main__":`, since they import it
    progress : called with scenarios done and all scenarios; what it raises ends the work
    reduce : what is kept of an answer, as a table; a function of a module, where other processes have to find it

    Raises
    ------
    CalcError
        A scenario or a dataset cannot be read, or no scenario has an answer; the first says why.
    ParameterError
        No scenario is given, or both `executor` and `jobs`, or fewer than one process is asked for.

    Examples
    --------
    >>> import calc
    >>> found = calc.run_many(["truce_lapses", "universal_10"], draws=0)
    >>> found
    Answers to 2 scenarios
    >>> revenue = found.table[found.table["metric"] == "tariff_revenue_change"].set_index("scenario")["value"]
    >>> bool(revenue[1] > revenue[0] > 0)
    True
    """
    if executor is not None and jobs is not None:
        raise ParameterError("Give executor or jobs, not both: each says who shares the work.")
    if not scenarios:
        raise ParameterError("There is no scenario to answer. Give one or more.")
    asked = [scenario_of(one, draws) for one in scenarios]
    with nullcontext(executor) if jobs in (None, 1) else Processes(jobs) as workers:
        if dataset is None:
            data = {name: dataset_of(name) for name in dict.fromkeys(one.dataset for one in asked)}
        else:
            given = dataset_of(dataset)
            data = {given.name: given}
            asked = [replace(one, dataset=given.name) for one in asked]
        found = list(answers(partial(_kept, data, reduce), asked, executor=workers, progress=progress))
    wrong = [one for one in found if isinstance(one, CalcError)]
    if wrong and len(wrong) == len(found):
        raise wrong[0]
    names = np.array([one.title for one in asked], dtype=object)
    tables = {place: one for place, one in enumerate(found) if not isinstance(one, CalcError)}
    places = np.repeat(list(tables), [len(one) for one in tables.values()])
    kept = pd.concat(tables.values(), ignore_index=True).drop(columns=["scenario", "title"], errors="ignore")
    kept.insert(0, "scenario", places)
    kept.insert(1, "title", names[places])
    return Many(
        scenarios=tuple(asked),
        table=kept,
        problems=pd.DataFrame(
            [(place, names[place], str(one)) for place, one in enumerate(found) if isinstance(one, CalcError)],
            columns=["scenario", "title", "problem"],
        ),
    )


def _kept(data: Mapping[str, Dataset], reduce: Reduce, scenario: Scenario) -> pd.DataFrame | CalcError:
    dataset = data[scenario.dataset]
    try:
        if scenario.draws:
            return reduce(with_ranges(run_draws(scenario, dataset)))
        answer = headline_answer if reduce is headline_numbers else point_answer
        return reduce(answer(scenario, dataset))
    except CalcError as error:
        return error
