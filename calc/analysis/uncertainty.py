"""Ranges: how a result varies over draws of its elasticities and of pass-through.

Low and high are the 5 and 95% points of the draws of `draws.evidence`. They hold what the sources say about
parameters; other errors, of the model's form above all, are not in them. How well a finite number of draws knows the
two points is computed with them and said in the notes.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from calc.analysis.draws.blocks import View, Work, answered, work_of
from calc.analysis.draws.evidence import DIMENSIONS, EVIDENCE, Distributions, unit_points
from calc.analysis.workers import Progress
from calc.datasets.dataset import Dataset
from calc.errors import ConvergenceError, ParameterError, did_you_mean
from calc.flows import Array, to_frame
from calc.glossary import GLOSSARY, asked_first
from calc.models.known import MODELS
from calc.question import point_answer
from calc.result import Result, notes_of
from calc.scenario import Scenario
from calc.words import POINTS, listing, money, whole_percent

LOW, MEDIAN, HIGH = 0.05, 0.50, 0.95
FEWEST_DRAWS = 20  # with fewer, no draw lies beyond the 5% point
MOST_FAILURES = 0.05
LEFT_OUT = (
    "They leave out the choice of model, retaliation that is not in the scenario, stockpiling and the exchange rate."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranges:
    """An answer with the draws around it.

    Parameters
    ----------
    central : the point answer, at the scenario's own elasticities and pass-through
    summary : metric, value, low, median, high, low_error, high_error; the errors are one standard error
    economies : economy, metric, value, low, median, high; one row a number of `central.economies`
    values : one row a draw, one column a metric of the summary
    parameters : one row a draw, one column a parameter, as drawn
    distributions : what each parameter was drawn from, as plain values
    notes : what the range holds, how well it is known, and what it leaves out
    """

    central: Result
    summary: pd.DataFrame
    economies: pd.DataFrame
    values: pd.DataFrame
    parameters: pd.DataFrame
    distributions: dict[str, object]
    notes: tuple[str, ...]


def run_draws(
    scenario: Scenario,
    dataset: Dataset,
    *,
    count: int | None = None,
    distributions: Distributions = EVIDENCE,
    executor: Executor | None = None,
    progress: Progress | None = None,
    view: View | None = None,
    central: Result | None = None,
) -> Ranges:
    """An answer under many draws of its parameters.

    The bytes of the ranges do not depend on the executor: draws come in blocks of fixed size.

    Parameters
    ----------
    count : number of draws; the scenario's if absent
    distributions : of each parameter
    executor : any `concurrent.futures.Executor`; this process if absent
    progress : called with draws done and all draws after each block; what it raises ends the work
    view : applied to each draw's result before its figures are read
    central : the answer of `point_answer`, if it is at hand

    Raises
    ------
    ParameterError
        Fewer than 20 draws.
    ConvergenceError, ParameterError
        More than 5% of the draws have no answer.
    """
    count = scenario.draws if count is None else count
    if count < FEWEST_DRAWS:
        raise ParameterError(f"{count} draws are too few for a range; ask for at least {FEWEST_DRAWS}, or for 0.")
    point = point_answer(scenario, dataset) if central is None else central
    point = view(point) if view else point
    work = work_of(scenario, dataset, distributions, view, point)
    shifts = work.shifts(unit_points(count, scenario.seed))
    found = list(answered(work, shifts, executor, progress))
    kept = np.setdiff1d(np.arange(count), [number for block in found for number in block.failed])
    failures = {number: error for block in found for number, error in block.failed.items()}
    check_failures(failures, count)
    values = _settled(np.concatenate([block.summary for block in found])[kept], work.summary["value"].to_numpy())
    economies = np.concatenate([block.economies for block in found])[kept]
    drawn = {"substitution_factor": shifts.substitution, "demand_factor": shifts.demand}
    if shifts.pass_through is not None:
        drawn["pass_through_pct"] = 100 * shifts.pass_through
    parameters = pd.DataFrame({name: drawn[name][kept] for name in work.names}, index=pd.Index(kept, name="draw"))
    summary = _summary(work, values)
    return Ranges(
        central=point,
        summary=summary,
        economies=_economies(work, economies),
        values=pd.DataFrame(values, columns=list(work.metrics), index=parameters.index),
        parameters=parameters,
        distributions=distributions.described(work.names, general_equilibrium=work.general_equilibrium),
        notes=_notes(work, scenario.seed, count, failures, summary),
    )


def _settled(values: Array, central: Array) -> Array:
    """Draws [draw, number] in which a number that none of them moves is the central one to its last digit.

    Blocks of draws add up in another order than the point answer, so such a number could lie outside its own range.
    """
    still = np.isclose(values, central, rtol=1e-12, atol=0.0).all(axis=0)
    return np.where(still, central, values)


def with_ranges(ranges: Ranges) -> Result:
    """The point answer with low and high in its summary, the table `ranges` and the notes."""
    point = ranges.central
    columns = ["metric", "value", "low", "median", "high"]
    table = pd.concat(
        [
            ranges.summary[columns].assign(kind="summary", economy=""),
            ranges.economies[["economy", *columns]].assign(kind="economy"),
        ],
        ignore_index=True,
    )
    return replace(
        point,
        summary=point.summary.assign(low=ranges.summary["low"].to_numpy(), high=ranges.summary["high"].to_numpy()),
        ranges=table[["kind", "economy", *columns]],
        parameters={**point.parameters, "draws": len(ranges.values), "distributions": ranges.distributions},
        notes=(*point.notes, *notes_of("range", ranges.notes)),
    )


def sobol_shares(
    scenario: Scenario,
    dataset: Dataset,
    metrics: Sequence[str],
    *,
    count: int = 64,
    distributions: Distributions = EVIDENCE,
    executor: Executor | None = None,
    progress: Progress | None = None,
    view: View | None = None,
) -> pd.DataFrame:
    """How much of the variance of some headline numbers each common parameter explains, by itself and in all.

    Sobol' indices as `scipy.stats.sobol_indices` estimates them (Saltelli et al. 2010), from count x (parameters + 2)
    answers. Each product's own noise is off: it is spread over thousands of products and moves sums little. Estimates
    that fall outside 0 to 1 by sampling error stand at the nearer end; a number that does not vary has shares of 0.

    Parameters
    ----------
    metrics : headline numbers
    count : points of the two base samples, a power of 2
    view : applied to each answer before its numbers are read

    Returns
    -------
    metric, parameter, first, total

    Raises
    ------
    ParameterError
        A metric that the answer does not have, or a count that is no power of 2.
    ConvergenceError
        A draw has no answer.
    """
    if count < 2 or count & (count - 1):
        raise ParameterError(
            f"The number of points for shares of variance must be a power of 2, such as 64; it is {count}."
        )
    quiet = replace(distributions, product_noise=0.0)
    point = point_answer(scenario, dataset)
    work = work_of(scenario, dataset, quiet, view, view(point) if view else point)
    for name in metrics:
        if name not in work.metrics:
            raise ParameterError(f"The answer has no headline number {name!r}{did_you_mean(name, work.metrics)}.")
    columns = [work.metrics.index(name) for name in metrics]
    size = len(work.names)
    sample = unit_points(count, scenario.seed, dimensions=2 * size)
    a, b = sample[:size], sample[size:]
    mixed = np.repeat(a[None], size, axis=0)  # a, with one parameter from b
    mixed[np.arange(size), np.arange(size)] = b
    points = np.full((len(DIMENSIONS), count * (size + 2)), 0.5)
    points[:size] = np.concatenate([a, b, *mixed], axis=1)
    found = list(answered(work, work.shifts(points), executor, progress))
    for error in (error for block in found for error in block.failed.values()):
        raise error
    values = np.concatenate([block.summary for block in found])[:, columns].T.reshape(len(columns), size + 2, count)
    from scipy.stats import sobol_indices  # half a second to import, and needed here only

    with np.errstate(divide="ignore", invalid="ignore"):  # a number that does not vary has no shares
        indices = sobol_indices(
            func={"f_A": values[:, 0], "f_B": values[:, 1], "f_AB": values[:, 2:].transpose(1, 0, 2)}, n=count
        )
    first, whole = (
        np.clip(np.nan_to_num(part, nan=0.0, posinf=0.0, neginf=0.0), 0, 1).ravel()
        for part in (indices.first_order, indices.total_order)
    )
    return to_frame(
        {
            "metric": np.repeat(list(metrics), size),
            "parameter": np.tile(list(work.names), len(metrics)),
            "first": first,
            "total": whole,
        }
    )


def check_failures(failures: dict[int, ConvergenceError | ParameterError], count: int) -> None:
    """Hardly any draw is without an answer.

    Raises
    ------
    ConvergenceError, ParameterError
        More than 5% are.
    """
    if len(failures) <= MOST_FAILURES * count:
        return
    missed = [error for error in failures.values() if isinstance(error, ConvergenceError)]
    said = (
        f"{len(failures):,} of {count:,} draws have no solution, too many for an honest range; ask for 0 draws to "
        f"see the central result alone. The first says: {next(iter(failures.values()))}"
    )
    if not missed:
        raise ParameterError(said)
    raise ConvergenceError(
        said, residual=max(error.residual for error in missed), iterations=max(error.iterations for error in missed)
    )


def _summary(work: Work, values: Array) -> pd.DataFrame:
    """Quantiles of the headline numbers and the standard errors of the two ends, from order statistics.

    A quantile q of n draws is the draw of rank n q, give or take √(n q (1−q)): half the distance between the draws at
    these two ranks is its standard error. It is that of independent draws; the points of the sequence are spread more
    evenly, so that the true error is seldom larger.
    """
    share = np.sqrt(LOW * (1 - LOW) / len(values))
    points = [LOW, MEDIAN, HIGH, max(LOW - share, 0), LOW + share, HIGH - share, min(HIGH + share, 1)]
    low, median, high, *around = np.quantile(values, points, axis=0)
    return to_frame(
        {
            "metric": list(work.metrics),
            "value": work.summary["value"].to_numpy(),
            "low": low,
            "median": median,
            "high": high,
            "low_error": (around[1] - around[0]) / 2,
            "high_error": (around[3] - around[2]) / 2,
        }
    )


def _economies(work: Work, values: Array) -> pd.DataFrame:
    """Quantiles of the numbers of each economy that the answer fills."""
    table = work.economies
    low, median, high = np.quantile(values, [LOW, MEDIAN, HIGH], axis=0)
    row, column = np.divmod(work.known, len(work.columns))
    return to_frame(
        {
            "economy": table["economy"].astype(str).to_numpy()[row],
            "metric": np.array(work.columns)[column],
            "value": table[list(work.columns)].to_numpy(dtype=float).ravel()[work.known],
            "low": low,
            "median": median,
            "high": high,
        }
    )


def _notes(
    work: Work,
    seed: int,
    count: int,
    failures: dict[int, ConvergenceError | ParameterError],
    summary: pd.DataFrame,
) -> tuple[str, ...]:
    notes = [_what_is_drawn(work, seed, count), _how_well_known(work, count - len(failures), summary)]
    if failures:
        numbers = listing([str(number) for number in failures])
        notes.append(
            f"{len(failures):,} of {count:,} draws have no solution and are left out of the range (numbers "
            f"{numbers}). The first says: {next(iter(failures.values()))}"
        )
    if column := MODELS[work.model].not_drawn:
        label = GLOSSARY[column].label
        notes.append(f"{label} have no range: it would need the whole path in every draw.")
    if work.names == DIMENSIONS[:2]:
        notes.append("Export supply elasticities are set separately here, so the draws hold them fixed.")
    if work.pass_through == 1 and work.distributions.pass_through.width > 0:
        notes.append(
            "The central result has full pass-through, one end of the evidence (80 to 100%), so it can lie "
            "outside its range."
        )
    return tuple(notes)


def _what_is_drawn(work: Work, seed: int, count: int) -> str:
    sources = work.distributions
    theta, sigma, epsilon = sources.trade_elasticity, sources.armington_elasticity, sources.import_demand_elasticity
    words = []
    for name, factor, what in (
        ("substitution_factor", theta, "the trade elasticity")
        if work.general_equilibrium
        else ("substitution_factor", sigma, "substitution between origins"),
        ("demand_factor", epsilon, "demand elasticities"),
    ):
        if name in work.names:
            low, high = factor.ends
            words.append(f"{what} times {low:.2f} to {high:.2f} ({factor.source})")
    if work.pass_through is not None:
        low, high = sources.pass_through.around(work.pass_through)
        words.append(f"a pass-through of {100 * low:.0f} to {whole_percent(high)} ({sources.pass_through.source})")
    if sources.product_noise > 0 and len(work.flows.products) > 1:
        words.append(
            f"a separate factor for each product (standard deviation of the logarithm {sources.product_noise:g}, "
            "a convention)"
        )
    return (
        f"Low and high are the 5th and 95th percentiles of {count:,} draws (seed {seed}) of {listing(words)}. "
        f"{LEFT_OUT}"
    )


def _how_well_known(work: Work, count: int, summary: pd.DataFrame) -> str:
    errors = summary.set_index("metric")[["low_error", "high_error"]].max(axis=1)
    varied = asked_first([metric for metric in work.metrics if errors.loc[metric] > 0])
    if not varied:
        return "None of the parameters drawn affects this result."
    quantity, error = GLOSSARY[varied[0]], float(errors.loc[varied[0]])
    fraction = quantity.unit == "fraction"
    known = f"±{error * quantity.scale:.2g}{POINTS}" if fraction else f"±{money(error, sign=False)}"
    return f"With {count:,} draws the ends of the range of “{quantity.label}” have a standard error of {known}."
