"""Tariffs that were found, as rules of a scenario that anybody can run, and as tables."""

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from calc.analysis.optimal.instruments import Instruments
from calc.datasets.dataset import Dataset
from calc.datasets.published_rates import read_published_rates
from calc.files.checks import read_schedule
from calc.files.write import csv_bytes
from calc.flows import Array, sum_by_code
from calc.models.game import Game, Payoffs
from calc.scenario import Scenario, schedules
from calc.tariffs.rules import Rule, Schedule

ECONOMY_COLUMNS = ("economy", "net_welfare_change", "real_income_change", "tariff_revenue_change")


def with_rates(
    scenario: Scenario, dataset: Dataset, chosen: Sequence[tuple[Instruments, Array]], *, title: str, description: str
) -> Scenario:
    """A scenario whose last rules set the rates of each economy, without ranges.

    One rate is a value; several are a schedule beside the scenario.

    Parameters
    ----------
    chosen : instruments and their rates v [rate]
    """
    rules, names = list(scenario.rules), set(schedules(scenario))
    for instruments, rates in chosen:
        rule = Rule(
            importer=(instruments.economy,),
            exporters=instruments.exporters,
            products=instruments.products,
            action="set",
            allow_subsidy=bool((rates < 0).any()),
            label=f"Tariff chosen by {instruments.economy}",
        )
        if instruments.kind == "uniform":
            rules.append(replace(rule, value_pct=float(100 * rates[0])))
            continue
        schedule = _schedule(instruments, rates, dataset, names)
        names.add(schedule.name)
        rules.append(replace(rule, schedule=schedule))
    return replace(
        scenario,
        title=title,
        kind="idea",
        description=f"{description} Its other rules are those of “{scenario.title}”.",
        source="",
        date="",
        rules=tuple(rules),
        draws=0,
        file="",
    )


def _schedule(instruments: Instruments, rates: Array, dataset: Dataset, taken: set[str]) -> Schedule:
    labels = _labels(instruments, dataset)
    content = csv_bytes(pd.DataFrame({"importer": instruments.economy, **labels, "tariff_pct": 100 * rates}))
    stem = f"chosen_by_{instruments.economy}"
    name = next(name for name in (f"{stem}.csv", *(f"{stem}_{k}.csv" for k in range(2, 1000))) if name not in taken)
    table = read_schedule(io.BytesIO(content), name, read_published_rates)
    return Schedule(name=name, content=content, table=table)


def _labels(instruments: Instruments, dataset: Dataset) -> dict[str, np.ndarray]:
    """Exporter and product of each rate, empty for all."""
    flows = dataset.flows
    return {
        "exporter": np.where(
            instruments.exporter < 0, "", flows.economies.to_numpy(dtype=object)[instruments.exporter]
        ),
        "product": np.where(instruments.product < 0, "", flows.products.to_numpy(dtype=object)[instruments.product]),
    }


def rates_table(instruments: Instruments, rates: Array, tariff: Array, dataset: Dataset) -> pd.DataFrame:
    """The chosen rates, one row each, beside the means of the base and of the scenario on the same imports.

    Parameters
    ----------
    rates : v [rate]
    tariff : t1 of the scenario without them [line]
    """
    flows = dataset.flows
    covered = flows.import_value[instruments.line] * instruments.coverage
    value = sum_by_code(instruments.rate, covered, len(rates))
    return pd.DataFrame(
        {
            "importer": instruments.economy,
            **_labels(instruments, dataset),
            "import_value_base": value,
            "tariff_base": instruments.mean(flows.tariff_rate, flows.import_value),
            "tariff_scenario": instruments.mean(tariff, flows.import_value),
            "tariff_new": rates,
        }
    )


def gains_table(game: Game, payoffs: Payoffs, dataset: Dataset, *, incomes_move: bool) -> pd.DataFrame:
    """What each economy gains, one row each; a share of income only where incomes move."""
    table = pd.DataFrame(
        {
            "economy": dataset.flows.economies.to_numpy(dtype=object),
            "net_welfare_change": payoffs.gain,
            "real_income_change": payoffs.gain / np.where(game.size > 0, game.size, 1.0),
            "tariff_revenue_change": payoffs.revenue,
        }
    )
    return table if incomes_move else table.drop(columns="real_income_change")
