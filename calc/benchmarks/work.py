"""What is measured: a piece of work, and beside it the least that it could take.

The limit is no model: it touches the same numbers once, or does the part without which there is no answer. A ratio to
it says more than a time, which belongs to one machine.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow.csv
import pyarrow.parquet

from calc.analysis.many import run_many
from calc.analysis.uncertainty import run_draws
from calc.datasets.catalogue import default_dataset, the_one_serving
from calc.datasets.dataset import Dataset, data_dir, read_dataset
from calc.flows import Elasticities, Flows
from calc.models import armington, smart
from calc.question import Question, point_answer, question
from calc.scenario import Scenario
from calc.scenario_file import read_scenario
from calc.tariffs.policy import Policy, apply_rules
from calc.tariffs.rules import Rule, line_coverage

FINE_LINES = "fine-lines:USA"
DRAWS, DRAWS_AT_ONCE = 1_000, 50
RULES, SCENARIOS = 1_000, 400

Seconds = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of work.

    Parameters
    ----------
    key : by which it is asked for
    name : what is done
    limit : what it is measured against, in words
    prepare : makes ready for both in an empty folder, and gives what does each once and says how many seconds it took
    """

    key: str
    name: str
    limit: str
    prepare: Callable[[Path], tuple[Seconds, Seconds]]


def taken(function: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    begun = perf_counter()
    function()
    return perf_counter() - begun


def _asked(name: str, dataset: str) -> tuple[Scenario, Dataset, Question]:
    scenario, data = replace(read_scenario(name), dataset=dataset, draws=0), read_dataset(dataset)
    return scenario, data, question(scenario, data)


def _reading(folder: Path) -> tuple[Seconds, Seconds]:
    def parse() -> None:
        for file in folder.iterdir():
            if file.suffix == ".parquet":
                pyarrow.parquet.read_table(file)
            elif file.suffix == ".csv":
                pyarrow.csv.read_csv(file)

    return partial(taken, partial(read_dataset, folder)), partial(taken, parse)


def _reading_parquet(_: Path) -> tuple[Seconds, Seconds]:
    return _reading(data_dir() / default_dataset())


def _reading_csv(folder: Path) -> tuple[Seconds, Seconds]:
    for file in (data_dir() / default_dataset()).iterdir():
        if file.suffix == ".parquet":
            pyarrow.csv.write_csv(pyarrow.parquet.read_table(file), folder / f"{file.stem}.csv")
        else:
            shutil.copy(file, folder)
    return _reading(folder)


def one_pass(flows: Flows, policy: Policy, elasticities: Elasticities, columns: int) -> Callable[[], None]:
    """Read once what a model needs of each line, and write once what it finds there."""
    of_flows = (flows.import_value, flows.tariff_rate, flows.expenditure_share)
    read = (*of_flows, policy.tariff_new, elasticities.export_supply_elasticity)
    written = np.empty((columns, len(flows.market)))

    def touch() -> None:
        for number, column in enumerate(written):
            np.multiply(read[number % len(read)], 2.0, out=column)

    return touch


def _of_lines(effects_of: Callable[..., tuple[Any, ...]], _: Path) -> tuple[Seconds, Seconds]:
    asked = _asked("truce_lapses", the_one_serving(FINE_LINES))[2]
    arguments = (asked.dataset.flows, asked.policy, asked.elasticities)
    columns = len(fields(effects_of(*arguments)[0]))
    return partial(taken, partial(effects_of, *arguments)), partial(taken, one_pass(*arguments, columns))


def _answer(_: Path) -> tuple[Seconds, Seconds]:
    scenario, data, asked = _asked("truce_lapses", default_dataset())
    moves = iter(range(1, 1_000_000))

    def move() -> float:
        first, *others = scenario.rules
        moved = replace(scenario, rules=(replace(first, value_pct=next(moves) / 1_000), *others))
        return taken(partial(point_answer, moved, data))

    kernel = partial(armington.effects_of, asked.dataset.flows, asked.policy, asked.elasticities)
    return move, partial(taken, kernel)


def _rules(_: Path) -> tuple[Seconds, Seconds]:
    data = read_dataset(default_dataset())
    flows, rng = data.flows, np.random.default_rng(1)
    lines = rng.choice(len(flows.market), RULES, replace=False)
    rules = tuple(
        Rule(
            exporters=(str(flows.economies[flows.exporter[line]]),),
            products=(str(flows.products[flows.product[line]])[: rng.choice([2, 4, 6])],),
            value_pct=1.0,
        )
        for line in lines
    )
    found = [np.flatnonzero(line_coverage(rule, data, "A rule")) for rule in rules]
    tariff = flows.tariff_rate.copy()

    def write() -> None:
        for lines in found:
            tariff[lines] += 0.01

    return partial(taken, partial(apply_rules, rules, data)), partial(taken, write)


def _draws(_: Path) -> tuple[Seconds, Seconds]:
    scenario, data, asked = _asked("truce_lapses", default_dataset())
    flows, central = asked.dataset.flows, point_answer(scenario, data)
    moved = np.zeros(len(flows.market_start), dtype=bool)
    moved[flows.market[asked.policy.tariff_new != flows.tariff_rate]] = True
    prices = np.zeros((int(moved[flows.market].sum()), DRAWS_AT_ONCE))
    out = np.empty_like(prices)

    def touch() -> None:
        for _ in range(DRAWS // DRAWS_AT_ONCE):
            np.exp(prices, out=out)

    return partial(taken, partial(run_draws, scenario, data, count=DRAWS, central=central)), partial(taken, touch)


def _equilibrium(_: Path) -> tuple[Seconds, Seconds]:
    scenario = replace(read_scenario("truce_lapses_world"), draws=0)
    data = read_dataset(scenario.dataset)

    def solver() -> float:
        solution = point_answer(scenario, data).solution
        assert solution is not None
        return solution.seconds

    return partial(taken, partial(point_answer, scenario, data)), solver


def _many() -> tuple[list[Scenario], Dataset]:
    scenario, data, _ = _asked("truce_lapses", default_dataset())
    first, *others = scenario.rules
    return [
        replace(scenario, rules=(replace(first, value_pct=step / 4), *others)) for step in range(1, SCENARIOS + 1)
    ], data


def _sweep(_: Path) -> tuple[Seconds, Seconds]:
    many, data = _many()
    asked = question(many[0], data)
    kernel = partial(armington.effects_of, asked.dataset.flows, asked.policy, asked.elasticities)
    return partial(taken, partial(run_many, many, data)), lambda: SCENARIOS * taken(kernel)


def _shared_sweep(_: Path) -> tuple[Seconds, Seconds]:
    many, data = _many()
    return partial(taken, partial(run_many, many, data, jobs=2)), lambda: taken(partial(run_many, many, data)) / 2


def _command(folder: Path) -> tuple[Seconds, Seconds]:
    def program(*words: str) -> float:
        return taken(partial(subprocess.run, [sys.executable, *words], check=True, capture_output=True))

    report = partial(program, "-m", "calc", "run", "truce_lapses", "--out", str(folder / "report"), "--force")
    return report, partial(program, "-c", "import pandas, pyarrow, scipy.special")


WORKS = (
    Work(
        key="parquet",
        name="Read US imports by HS6 (Parquet)",
        limit="Arrow parses the same files",
        prepare=_reading_parquet,
    ),
    Work(
        key="csv",
        name="Read US imports by HS6 as CSV",
        limit="Arrow parses the same files",
        prepare=_reading_csv,
    ),
    Work(
        key="exact",
        name="Armington on US imports by HS10",
        limit="NumPy reads and writes the same columns once",
        prepare=partial(_of_lines, armington.effects_of),
    ),
    Work(
        key="linear",
        name="SMART on US imports by HS10",
        limit="NumPy reads and writes the same columns once",
        prepare=partial(_of_lines, smart.effects_of),
    ),
    Work(
        key="answer",
        name="A move of the slider: rules, Armington, tables and headline numbers of US imports by HS6",
        limit="Armington alone",
        prepare=_answer,
    ),
    Work(
        key="rules",
        name="1,000 rules on US imports by HS6",
        limit="each rule's lines written once",
        prepare=_rules,
    ),
    Work(
        key="draws",
        name="1,000 draws behind the ranges of US imports by HS6",
        limit="one exponential a draw and line that moves",
        prepare=_draws,
    ),
    Work(
        key="equilibrium",
        name="General equilibrium, 41 economies by 35 industries with inputs, with its tables",
        limit="its solver",
        prepare=_equilibrium,
    ),
    Work(
        key="sweep",
        name="400 scenarios on US imports by HS6",
        limit="400 times Armington alone",
        prepare=_sweep,
    ),
    Work(
        key="shared",
        name="The same in two processes, started for it",
        limit="half of the time in one",
        prepare=_shared_sweep,
    ),
    Work(
        key="command",
        name="The command from cold: 200 draws and the report",
        limit="pandas, Arrow and SciPy imported",
        prepare=_command,
    ),
)
