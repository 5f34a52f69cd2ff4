"""Scenarios beside one another: the same headline numbers, with ranges from the same draws.

All scenarios are answered in the same drawn worlds: one seed, one number of draws. The difference of two is therefore
taken draw by draw, and what a world does to both falls away:

    Δ[k] = m_a[k] − m_b[k],    k a draw; its range is the 5 and 95% points of Δ

Laid side by side, the ranges of two scenarios hide this: they may overlap where one is above the other in every draw.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from calc.analysis.uncertainty import run_draws
from calc.datasets.dataset import Dataset, read_dataset
from calc.errors import ScenarioError
from calc.flows import Array
from calc.glossary import GLOSSARY, Quantity
from calc.question import point_answer
from calc.result import Note, Result, notes_of
from calc.scenario import Scenario
from calc.words import PERCENT, POINTS, listing, money, percent, quantity_text, range_text, small_percent

BEFORE = "before"  # the reference of a change that is no other scenario: the data, before anything is done
MOST = 6
# What is compared unless told otherwise, as far as a model gives it.
METRICS = (
    "statutory_tariff_new",
    "affected_composite_price_change",
    "import_price_change",
    "import_volume_change",
    "import_value_new",
    "tariff_revenue_new",
    "net_welfare_change",
    "real_income_change",
    "acting_real_income_change",
    "consumer_price_change",
    "acting_consumer_price_change",
    "exports_change",
)
_QUANTILES = (0.05, 0.5, 0.95)
_ENDS = ("low", "median", "high")
_TINY_POINTS = 0.01  # a difference of two effects is shown with more digits below this
_BASE_OF = {"statutory_tariff_new": "effective_tariff_base"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What a comparison needs of one scenario's answer; a few hundred numbers, where a `Result` has millions.

    Parameters
    ----------
    name : what the scenario is called in the comparison, different for each
    scenario : what was asked, with the seed and the draws it was answered by
    economy : name of the economy whose numbers these are; empty: the whole answer
    year, estimated, source, licence, policy : of the inputs, as in `Result.inputs`
    summary : metric, value, low, median, high
    drawn : one row a draw, one column a metric; no row where the scenario asks for no draws
    parameters : one row a draw, the parameters as drawn
    notes : what the reader should know, by kind
    reading : options by which the dataset's rows were chosen, as in `Result.inputs`
    """

    name: str
    scenario: Scenario
    economy: str
    year: int
    estimated: bool
    source: str
    licence: str
    policy: tuple[str, ...]
    summary: pd.DataFrame
    drawn: pd.DataFrame
    parameters: pd.DataFrame
    notes: tuple[Note, ...]
    reading: str = ""

    def row(self, metric: str) -> tuple[float, float, float, float]:
        """Value, low, median and high of a metric; not a number where the model does not give it."""
        found = self.summary[(self.summary["metric"] == metric).to_numpy()]
        if found.empty:
            return np.nan, np.nan, np.nan, np.nan
        value, low, median, high = found[["value", *_ENDS]].iloc[0].astype(float).tolist()
        return value, low, median, high


def answer(
    scenario: Scenario,
    dataset: Dataset,
    *,
    name: str = "",
    economy: str = "",
    view: Callable[[Result], Result] | None = None,
    central: Result | None = None,
    executor: Executor | None = None,
) -> Answer:
    """One scenario's part of a comparison.

    Parameters
    ----------
    name : what to call it; its title if empty
    economy, view : name of the economy whose numbers are wanted, and what takes them out of an answer
    central : the answer of `point_answer`, if it is at hand
    executor : shares the draws

    Raises
    ------
    CalcError
        As `run_draws` raises it.
    """
    if scenario.draws:
        ranges = run_draws(scenario, dataset, view=view, central=central, executor=executor)
        point, summary, parameters, notes = ranges.central, ranges.summary, ranges.parameters, ranges.notes
        drawn = pd.DataFrame(ranges.values)
    else:
        whole = point_answer(scenario, dataset) if central is None else central
        point = view(whole) if view else whole
        summary, drawn, parameters = point.summary.assign(median=np.nan), pd.DataFrame(), pd.DataFrame()
        notes = ()
    return Answer(
        name=name or scenario.title,
        scenario=scenario,
        economy=economy,
        year=dataset.year,
        estimated=dataset.estimated,
        source=dataset.source,
        licence=dataset.licence,
        policy=point.inputs.policy if point.inputs else (),
        summary=summary,
        drawn=drawn,
        parameters=parameters,
        notes=(*point.notes, *notes_of("range", notes)),
        reading=dataset.reading.options(),
    )


def answers_to(
    scenarios: Sequence[Scenario],
    read: Callable[[str], Dataset] = read_dataset,
    *,
    economy: str = "",
    view: Callable[[Result], Result] | None = None,
    executor: Executor | None = None,
) -> tuple[Answer, ...]:
    """The answers to several scenarios, alike in seed and draws and each with a name of its own.

    Parameters
    ----------
    read : dataset of a name
    economy, view, executor : as for `answer`

    Raises
    ------
    CalcError
        As `alike`, `read` and `run_draws` raise it.
    """
    same = alike(scenarios)
    data = {name: read(name) for name in dict.fromkeys(scenario.dataset for scenario in same)}
    names = named_apart([scenario.title for scenario in same])
    return tuple(
        answer(scenario, data[scenario.dataset], name=name, economy=economy, view=view, executor=executor)
        for scenario, name in zip(same, names, strict=True)
    )


def alike(scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios with the seed and the number of draws of the first, so their differences are not sampling noise.

    Raises
    ------
    ScenarioError
        There is nothing to compare, or too much.
    """
    if not 1 <= len(scenarios) <= MOST:
        raise ScenarioError(f"A comparison takes 1 to {MOST} scenarios; {len(scenarios)} were given.")
    first = scenarios[0]
    return tuple(replace(scenario, seed=first.seed, draws=first.draws) for scenario in scenarios)


def named_apart(titles: Sequence[str]) -> tuple[str, ...]:
    """Titles with a number behind those that stand there already: `Surtax`, `Surtax (2)`."""
    names: list[str] = []
    for title in titles:
        name, number = title, 1
        while name in names:
            number += 1
            name = f"{title} ({number})"
        names.append(name)
    return tuple(names)


def short_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names up to their colon where these are still distinct, for sentences and the axis of a chart."""
    short = tuple(name.split(":")[0] for name in names)
    return short if len(set(short)) == len(short) else tuple(names)


def common_metrics(answers: Sequence[Answer], metrics: Sequence[str] = METRICS) -> tuple[str, ...]:
    """Those metrics that at least one answer has."""
    known = {metric for one in answers for metric in one.summary["metric"]}
    return tuple(metric for metric in metrics if metric in known)


def comparison(
    answers: Sequence[Answer], *, metrics: Sequence[str] = METRICS, against: str | None = None
) -> pd.DataFrame:
    """One long table of what several scenarios do.

    Parameters
    ----------
    metrics : in the order wanted; those that no answer has are left out
    against : None for each answer by itself; `BEFORE` or the name of an answer for the change against it, too

    Returns
    -------
    scenario, model, dataset, year, economy, metric, value, low, median, high; with `against` also change, change_low,
    change_median, change_high: fractions and US$, empty where a model does not give the metric, and no range of a
    change where the two answers do not share their draws

    Raises
    ------
    ScenarioError
        No answer has the name `against`.
    """
    reference = None if against in (None, BEFORE) else _named(answers, against)
    rows = []
    for metric in common_metrics(answers, metrics):
        for one in answers:
            row: dict[str, object] = {
                "scenario": one.name,
                "model": one.scenario.model,
                "dataset": one.scenario.dataset,
                "year": one.year,
                "economy": one.economy,
                "metric": metric,
                **dict(zip(("value", *_ENDS), one.row(metric), strict=True)),
            }
            if against is not None:
                moved = _since_before(one, metric) if reference is None else difference(one, reference, metric)
                row |= dict(zip(("change", *(f"change_{end}" for end in _ENDS)), moved, strict=True))
            rows.append(row)
    return pd.DataFrame(rows)


def pairs(answers: Sequence[Answer], *, metrics: Sequence[str] = METRICS) -> pd.DataFrame:
    """Every scenario minus every one before it.

    Returns
    -------
    scenario, against, metric, change, low, median, high, above: fractions and US$; `above` is the share of draws in
    which the scenario lies above the other; low to above are empty where the two do not share their draws
    """
    rows = []
    for number, one in enumerate(answers):
        for other in answers[:number]:
            for metric in common_metrics((one, other), metrics):
                change, *ends = difference(one, other, metric)
                drawn = drawn_difference(one, other, metric)
                above = np.nan if drawn is None else float((drawn > 0).mean())
                named = {"scenario": one.name, "against": other.name, "metric": metric, "change": change}
                rows.append({**named, **dict(zip(_ENDS, ends, strict=True)), "above": above})
    columns = ["scenario", "against", "metric", "change", *_ENDS, "above"]
    return pd.DataFrame(rows, columns=columns)


def difference(one: Answer, other: Answer, metric: str) -> tuple[float, float, float, float]:
    """A metric of one answer less that of another: of the values, and the 5, 50 and 95% points over the draws."""
    drawn = drawn_difference(one, other, metric)
    low, median, high = np.quantile(drawn, _QUANTILES).tolist() if drawn is not None else (np.nan,) * 3
    return one.row(metric)[0] - other.row(metric)[0], low, median, high


def drawn_difference(one: Answer, other: Answer, metric: str) -> Array | None:
    """A metric of one answer less that of another, draw by draw; None where they do not share their draws.

    A draw that either model could not solve is left out of both.
    """
    if not share_draws(one, other) or metric not in one.drawn or metric not in other.drawn:
        return None
    both = one.drawn.index.intersection(other.drawn.index)
    drawn: Array = (one.drawn.loc[both, metric] - other.drawn.loc[both, metric]).to_numpy(dtype=float)
    return drawn if len(drawn) else None


def share_draws(one: Answer, other: Answer) -> bool:
    """Whether the k-th draw of two answers is the same world: same data, seed, number and kinds of parameters."""
    ours, theirs = one.scenario, other.scenario
    return (
        (ours.dataset, ours.seed, ours.draws) == (theirs.dataset, theirs.seed, theirs.draws)
        and ours.draws > 0
        and list(one.parameters.columns) == list(other.parameters.columns)
    )


def _since_before(one: Answer, metric: str) -> tuple[float, float, float, float]:
    """A metric less what it was before: of a level its base in the data, of a change nothing."""
    if metric.endswith("_new"):
        base = one.row(_BASE_OF.get(metric, metric.removesuffix("_new") + "_base"))[0]
    else:
        base = one.row(metric)[0] if metric.endswith("_base") else 0.0
    value, low, median, high = one.row(metric)
    return value - base, low - base, median - base, high - base


def _named(answers: Sequence[Answer], name: str | None) -> Answer:
    for one in answers:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in answers)
    raise ScenarioError(f"No scenario of the comparison is called {name!r}. There are: {known}.")


def cautions(answers: Sequence[Answer]) -> tuple[str, ...]:
    """Why the numbers of these results cannot be compared one to one, a sentence each."""
    found = []
    data = list(dict.fromkeys((a.scenario.dataset, a.year, a.estimated) for a in answers))
    if len(data) > 1:
        words = [f"{name} ({year}{', estimated' if estimated else ''})" for name, year, estimated in data]
        found.append(
            f"The scenarios use different data: {listing(words)}. Coverage and year differ, so compare "
            "percentages with caution and US$ amounts not at all."
        )
    models = list(dict.fromkeys(a.scenario.model for a in answers))
    if len(models) > 1:
        found.append(
            f"The scenarios use different models: {listing(models)}. Differences reflect method as well as policy."
        )
    economies = list(dict.fromkeys(a.economy or "all importers" for a in answers))
    if len(economies) > 1:
        found.append(f"The results are for different economies: {listing(economies)}.")
    days = list(dict.fromkeys(str(a.scenario.baseline or "the rates in the data") for a in answers))
    if len(days) > 1:
        found.append(
            f"The scenarios start from different tariffs: {listing(days)}. Changes from before are relative to "
            "each scenario's own baseline."
        )
    if len({(a.scenario.elasticities, a.scenario.assumptions) for a in answers}) > 1:
        found.append("The scenarios differ in assumptions (elasticities, pass-through), not only in policy.")
    return tuple(found)


def called(metric: str, against: str | None) -> str:
    """What a column of a comparison is called: a level whose change is shown has the name of its change."""
    change = f"{metric.removesuffix('_new')}_change"
    return GLOSSARY[change if against is not None and change in GLOSSARY else metric].short


def cell_texts(row: Mapping[Any, Any], against: str | None) -> tuple[str, str]:
    """A row of `comparison` in words: the value, or the change where there is one, and its range; empty if unknown.

    `+$12.0 bn`, `+9.1%`; between rates, and between the effects of two scenarios, in points.
    """
    quantity = GLOSSARY[row["metric"]]
    if np.isnan(row["value"]):
        return "", ""
    if against is None:
        span = range_text(row["low"], row["high"], quantity, fine=True)
        return quantity_text(row["value"], quantity, fine=True), span
    points = quantity.unit == "fraction" and (quantity.is_level or against != BEFORE)
    if np.isnan(row["change"]):
        return "", ""
    low, high = row["change_low"], row["change_high"]
    unit, tiny = (POINTS, _TINY_POINTS) if points else (PERCENT, np.inf)
    text = _change_text(row["change"], quantity, unit, tiny)
    if np.isnan(low) or low == high:
        return text, ""
    return text, f"{_change_text(low, quantity, '', tiny)} to {_change_text(high, quantity, unit, tiny)}"


def _change_text(change: float, quantity: Quantity, unit: str, tiny: float) -> str:
    if quantity.unit == "usd":
        return money(change)
    return small_percent(change, unit=unit) if 0 < abs(change) < tiny else percent(change, unit=unit)


def comparison_headline(answers: Sequence[Answer]) -> str:
    """One sentence: under which scenario buyers pay most and least, and the treasury collects most."""
    if len(answers) < 2:
        return f"{answers[0].name}. Pin scenarios to compare with it."
    metrics, names = common_metrics(answers), short_names([one.name for one in answers])
    clauses = []
    for metric, verb in (
        ("import_price_change", "prices paid for all imports move most"),
        ("consumer_price_change", "consumer prices move most"),
        ("tariff_revenue_new", "the treasury collects most"),
        ("real_income_change", "real income is best"),
        ("net_welfare_change", "net welfare is best"),
    ):
        if metric not in metrics:
            continue
        values = [(one.row(metric)[0], name) for one, name in zip(answers, names, strict=True)]
        known = [(value, name) for value, name in values if not np.isnan(value)]
        value, name = max(known, key=lambda pair: abs(pair[0]) if "price" in metric else pair[0])
        clauses.append(f"{verb} under {name} ({quantity_text(value, GLOSSARY[metric])})")
    return f"Of {len(answers)} scenarios, {listing(clauses[:3])}."
