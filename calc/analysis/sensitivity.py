"""What a result depends on: the same question under other assumptions, one at a time, and the tornado they make."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from calc.analysis.settings import CONTRADICTED, Setting, label_and_source
from calc.analysis.workers import Progress, answers
from calc.assumptions import ROWS
from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.glossary import GLOSSARY
from calc.question import answer_read_by
from calc.result import Result
from calc.scenario import Scenario
from calc.words import quantity_text, whole_percent

View = Callable[[Result], Result]
Answer = Callable[[Scenario, Dataset], Result]

AS_IT_STANDS = "as it stands"
SMALLEST_SHARE = 0.05  # of the variance; below it, estimates from so few points say nothing
TARGETED, ROUNDING = "targeted_import_value_relative_change", 1e-9
BELOW_ZERO = "This linear model takes imports below zero at this change, so it is left out of the bars."
NOT_COVERED = (
    "The ranges leave out model error beyond the differences between the models tried, retaliation that is not "
    "in the scenario, exchange rates and stockpiling."
)


def outcomes(
    scenario: Scenario,
    dataset: Dataset,
    tried: Sequence[Setting],
    *,
    answer: Answer | None = None,
    view: View | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every headline number under every setting.

    Parameters
    ----------
    tried : of `settings`
    answer : what answers a scenario
    view : applied to each answer before its headline numbers are read
    executor : answers the settings in parallel, with the same numbers
    progress : called with settings done and all settings; may raise to stop

    Returns
    -------
    assumption, setting, metric, value, problem; the first rows, with an empty assumption, are the answer as it stands;
    a setting without an answer (and another model whose imports fall below zero) has one row and says why

    Raises
    ------
    CalcError
        The scenario itself cannot be answered.
    """
    central = Setting(assumption="", label="", scenario=scenario, dataset=dataset)
    answer = answer or answer_read_by(view)
    ask = partial(_outcome, answer, view)
    found = ask(central)
    if problem := found[0].problem:
        answer(scenario, dataset)  # raises what the setting wrote down
        raise CalcError(problem)
    numbers = range(len(tried))  # settings share a dataset, which goes to each worker once
    for rows in answers(partial(_outcome_of, ask, tuple(tried)), numbers, executor=executor, progress=progress):
        found += rows
    return pd.DataFrame(found, columns=_Row._fields)


class _Row(NamedTuple):
    """One headline number under one setting, or why there is none."""

    assumption: str
    setting: str
    metric: str
    value: float
    problem: str


def _outcome_of(ask: Callable[[Setting], list[_Row]], tried: tuple[Setting, ...], number: int) -> list[_Row]:
    return ask(tried[number])


def _outcome(answer: Answer, view: View | None, setting: Setting) -> list[_Row]:
    def without_answer(problem: str) -> list[_Row]:
        return [_Row(setting.assumption, setting.label, "", np.nan, problem)]

    try:
        result = answer(setting.scenario, setting.dataset)
    except CalcError as error:
        return without_answer(str(error))
    summary = (view(result) if view else result).summary
    values = dict(zip(summary["metric"].tolist(), summary["value"].tolist(), strict=True))
    if setting.assumption == "model" and values.get(TARGETED, 0.0) < -1 - ROUNDING:
        return without_answer(BELOW_ZERO)
    return [_Row(setting.assumption, setting.label, str(metric), value, "") for metric, value in values.items()]


def tornado(found: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One row an assumption, the widest first: its least and its greatest outcome, and the settings that give them.

    What the record contradicts comes last, however wide.

    An end of a bar is the answer as it stands where every setting lies on one side of it. A setting whose answer is
    silent on the metric has no part in it; an assumption of which all are silent has no row.

    Parameters
    ----------
    found : of `outcomes`

    Returns
    -------
    assumption, label, low, low_setting, high, high_setting, central, width, source
    """
    known = found[(found["metric"] == metric) & found["value"].notna()]
    standing = known.loc[known["assumption"] == "", "value"]
    if standing.empty:
        raise CalcError(f"The result has no outcome {metric}. Choose one of its headline numbers.")
    central = float(standing.iloc[0])
    rows = []
    for assumption, group in known[known["assumption"] != ""].groupby("assumption", sort=False):
        ends = list(zip(group["value"], group["setting"], strict=True))
        # of equal outcomes a setting goes before the answer as it stands, the first below and the last above
        low, low_setting = min([*ends, (central, AS_IT_STANDS)], key=_value)
        high, high_setting = max([*reversed(ends), (central, AS_IT_STANDS)], key=_value)
        label, source = label_and_source(str(assumption))
        rows.append(
            {
                "assumption": assumption,
                "label": label,
                "low": low,
                "low_setting": low_setting,
                "high": high,
                "high_setting": high_setting,
                "central": central,
                "width": high - low,
                "source": source,
            }
        )
    columns = ["assumption", "label", "low", "low_setting", "high", "high_setting", "central", "width", "source"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.sort_values("width", ascending=False, kind="stable")
    apart = table["assumption"] == CONTRADICTED
    return pd.concat([table[~apart], table[apart]], ignore_index=True)


def left_out(found: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Settings that have no part in a tornado, and why: assumption, setting, problem."""
    keys = ["assumption", "setting"]
    spoken = found.loc[(found["metric"] == metric) & found["value"].notna(), keys].drop_duplicates()
    every = found.groupby(keys, sort=False, as_index=False)["problem"].first()
    silent = every.merge(spoken.assign(spoken=True), on=keys, how="left", validate="one_to_one")
    silent = silent[silent["spoken"].isna() & (silent["assumption"] != "")].drop(columns="spoken")
    reason = f"This model does not give {GLOSSARY[metric].short[0].lower()}{GLOSSARY[metric].short[1:]}."
    table: pd.DataFrame = silent.assign(problem=silent["problem"].where(silent["problem"] != "", reason))
    return table.reset_index(drop=True)


def headline(table: pd.DataFrame, metric: str) -> str:
    """One sentence: on which assumption an outcome depends most, and by how much.

    Parameters
    ----------
    table : of `tornado`
    """
    label = GLOSSARY[metric].short
    if table.empty:
        return f"{label}: no assumption of this model can be varied."
    low, central, high, width = (float(table[name].iloc[0]) for name in ("low", "central", "high", "width"))
    what, low_setting, high_setting = (str(table[name].iloc[0]) for name in ("label", "low_setting", "high_setting"))
    as_it_stands = outcome_text(central, metric)
    if not width:
        return f"“{label}” is the same under every assumption tried: {as_it_stands}."
    ends = ((low, low_setting), (high, high_setting))
    span = " to ".join(f"{outcome_text(value, metric)} ({setting})" for value, setting in ends)
    stands = "" if AS_IT_STANDS in (low_setting, high_setting) else f"; {as_it_stands} as it stands"
    return f"“{label}” depends most on the {what[0].lower()}{what[1:]}: {span}{stands}."


# What is drawn -> the row of what it moves.
_ROW_OF = {
    "substitution_factor": "armington_elasticity",
    "demand_factor": "import_demand_elasticity",
    "pass_through_pct": "pass_through_pct",
}
PARAMETER_WORDS = {drawn: ROWS[key].label[0].lower() + ROWS[key].label[1:] for drawn, key in _ROW_OF.items()}


def share_sentence(shares: pd.DataFrame, metric: str) -> str:
    """How much of an outcome's spread each uncertain assumption explains, in one sentence.

    Parameters
    ----------
    shares : of `uncertainty.sobol_shares`: parameter, first, total
    """
    label = GLOSSARY[metric].short
    what = f"{label[0].lower()}{label[1:]}"
    ordered = shares.sort_values("first", ascending=False)
    ordered = ordered[ordered["first"] > 0]
    if ordered.empty:
        return f"None of the parameters drawn affects {what}."
    (leader, largest), *rest = zip(ordered["parameter"], ordered["first"], strict=True)
    words = PARAMETER_WORDS[leader]
    others = "".join(f", {PARAMETER_WORDS[parameter]} {whole_percent(share)}" for parameter, share in rest)
    # by themselves they explain less than all, and with their interplay, which counts for each of them, more
    interplay = min(1 - float(shares["first"].sum()), float(shares["total"].sum()) - 1)
    left = f"; {whole_percent(interplay)} comes from their interaction" if interplay >= SMALLEST_SHARE else ""
    return f"{words[0].upper()}{words[1:]} explains {whole_percent(largest)} of the spread of {what}{others}{left}."


def outcome_text(value: float, metric: str) -> str:
    """A headline number in its own unit, small effects with the digits they need."""
    return quantity_text(value, GLOSSARY[metric], fine=True)


def _value(end: tuple[float, str]) -> float:
    return end[0]


def two_way_table(found: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Outcomes of `two_way`: row, column, value; a cell without equilibrium is missing.

    Parameters
    ----------
    found : of `outcomes`
    """
    cells = found[(found["assumption"] != "") & (found["metric"] == metric)]
    return cells[["assumption", "setting", "value"]].set_axis(["row", "column", "value"], axis=1).reset_index(drop=True)
