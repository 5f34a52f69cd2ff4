"""Ranges: what an answer becomes when the elasticities are lower or higher than the central ones.

The range published for substitution between origins is 2.5 to 5.1 around a median of 3.8 (Bajzik, Havranek, Irsova &
Schwarz 2020, 3,524 estimates). Both ends are run, with demand elasticities scaled alike; low and high are the least
and the largest of the three answers. Other errors, of the model's form above all, are not in it.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from calc.dataset import Dataset
from calc.result import Result
from calc.scenario import Scenario
from calc.simulation import run

LOW_MULTIPLIER, HIGH_MULTIPLIER = 2.5 / 3.8, 5.1 / 3.8


def run_with_range(scenario: Scenario, dataset: Dataset, run: Callable[[Scenario, Dataset], Result] = run) -> Result:
    """A result whose summary has low and high: the answers at low and high elasticities.

    Parameters
    ----------
    run : what answers a scenario
    """
    central = run(scenario, dataset)
    values = [central.summary["value"].to_numpy()]
    for multiplier in (LOW_MULTIPLIER, HIGH_MULTIPLIER):
        assumptions = scenario.assumptions
        shifted = replace(assumptions, elasticity_multiplier=assumptions.elasticity_multiplier * multiplier)
        values.append(run(replace(scenario, assumptions=shifted), dataset).summary["value"].to_numpy())
    summary = central.summary.assign(low=np.min(values, axis=0), high=np.max(values, axis=0))
    note = (
        f"Low and high are the answers with elasticities times {LOW_MULTIPLIER:.2f} and {HIGH_MULTIPLIER:.2f} "
        "(substitution 2.5 and 5.1 around 3.8, Bajzik et al. 2020). They leave out the model's form, retaliation that "
        "the scenario does not have, stock-building and the exchange rate."
    )
    return replace(central, summary=summary, notes=(*central.notes, note))
