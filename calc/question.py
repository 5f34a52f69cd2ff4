"""A scenario becomes a question to a model, and the model its point answer: what analysis asks many times."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from calc.assumptions import Assumption, Assumptions, by_partner_and_sector, rows_used, stated
from calc.datasets.dataset import Dataset, kept_with_dataset, read_dataset
from calc.datasets.in_sentences import in_sentence
from calc.errors import ParameterError, ScenarioError, did_you_mean
from calc.flows import Elasticities
from calc.models.equations.adjustment import response_after
from calc.models.known import MODELS, foreign_options, knowing
from calc.result import Inputs, Result, notes_of
from calc.scenario import Scenario, schedules
from calc.scenario_file import read_scenario, scenario_to_toml
from calc.tariffs.collection import as_collected, built_in_uncollected, has_us_lines
from calc.tariffs.lags import LAGS, LAGS_OF
from calc.tariffs.law import Law, built_in_record, dataset_on, rates_on
from calc.tariffs.policy import Policy, apply_rules
from calc.tariffs.record import FOLDER, TariffRecord
from calc.tariffs.rules import pass_through_supply_elasticity
from calc.tariffs.sentences import describe_rule, goods_concerned, partners_concerned
from calc.words import day_words, listing, money, months_words, percent, whole_percent

LINEAR_RANGE = 0.10  # landed prices off by more than this leave the range of straight lines


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """A scenario ready for its model, which answers with `simulate(dataset.flows, policy, elasticities, **options)`.

    Parameters
    ----------
    model : name in `MODELS`
    dataset : with the law of the baseline day as its rates, where the scenario names one
    policy, elasticities : on the lines and markets of `dataset.flows`
    options : keywords that only this model knows
    """

    model: str
    dataset: Dataset
    policy: Policy
    elasticities: Elasticities
    options: Mapping[str, str]


def asked_on(
    scenario: str | Path | Scenario, dataset: str | Path | Dataset | None, draws: int | None = None
) -> tuple[Scenario, Dataset]:
    """The scenario that is answered, which names what it is answered with, and its dataset."""
    asked = scenario_of(scenario, draws)
    data = dataset_of(asked.dataset if dataset is None else dataset)
    return replace(asked, dataset=data.name), data


def scenario_of(scenario: str | Path | Scenario, draws: int | None = None) -> Scenario:
    """The scenario of a preset's name or a path, with another number of draws where one is given."""
    asked = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    return asked if draws is None else replace(asked, draws=draws)


def dataset_of(dataset: str | Path | Dataset) -> Dataset:
    """The dataset of a name or a folder."""
    return dataset if isinstance(dataset, Dataset) else read_dataset(dataset)


def question(scenario: Scenario, dataset: Dataset, *, record: TariffRecord | None = None) -> Question:
    """What a scenario asks of its model on a dataset.

    Parameters
    ----------
    record : the tariff record in which the days of the scenario are looked up; the built-in one if absent

    Raises
    ------
    ScenarioError
        Unknown elasticity set, a day without a record, an assumption of another model, or a rule that cannot be
        carried out; the message begins with the scenario's file, if it has one.
    """
    with _beginning_with(scenario.file):
        options = _options(scenario)
        dated = dataset_on(scenario.baseline, dataset, record=record) if scenario.baseline else dataset
        policy = apply_rules(scenario.rules, dated, law=law_of(scenario, dataset, record=record))
        if by_partner_and_sector(scenario.assumptions):
            policy = as_collected(policy, dated)
        return Question(
            model=scenario.model,
            dataset=dated,
            policy=policy,
            elasticities=chosen_elasticities(scenario, dated),
            options=options,
        )


@contextmanager
def _beginning_with(file: str) -> Iterator[None]:
    """Errors inside name the scenario's file first, where there is one."""
    try:
        yield
    except (ScenarioError, ParameterError) as error:
        if not file:
            raise
        if isinstance(error, ScenarioError):
            raise ScenarioError(f"{file}: {error}", key=error.key) from error
        raise ParameterError(f"{file}: {error}") from error


def law_of(scenario: Scenario, dataset: Dataset, *, record: TariffRecord | None = None) -> Law | None:
    """The tariffs from which a scenario's rules start, on a dataset as read; None where it names no date."""
    day = scenario.law_day or scenario.baseline
    return Law(day=day, dataset=dataset, record=record or built_in_record()) if day else None


def point_answer(scenario: Scenario, dataset: Dataset, *, record: TariffRecord | None = None) -> Result:
    """The point answer: what a scenario does by its model on a dataset, without ranges.

    Parameters
    ----------
    record : as for `question`

    Raises
    ------
    ScenarioError
        Unknown model or elasticity set, or a rule that cannot be carried out.
    ParameterError, ConvergenceError
        As the model raises them.
    """
    asked = question(scenario, dataset, record=record)
    with _beginning_with(scenario.file):
        result = _simulated(asked)
    notes = (
        *asked.dataset.notes,
        *notes_of("law", _on_days(scenario, dataset, record)),
        *notes_of("law", _expected_revenue(scenario, dataset, result)),
        *notes_of("rules", asked.policy.notes),
        *notes_of("floor", asked.policy.floors),
        *notes_of("model", _over_time(scenario)),
        *result.notes,
    )
    if MODELS[asked.model].linear_form_of:
        notes += notes_of("linear", _distance_from_exact(result, asked))
    files = schedules(scenario)
    names, said = _names(dataset)
    return replace(
        result,
        scenario=scenario.title,
        parameters=_parameters(scenario, dataset),
        notes=tuple(dict.fromkeys(notes)),  # both days may leave out the same
        inputs=Inputs(
            scenario_toml=scenario_to_toml(scenario),
            attachments=files,
            policy=(*day_sentence(scenario), *(describe_rule(rule, dataset) for rule in scenario.rules)),
            partners=partners_concerned(scenario.rules, dataset),
            goods=goods_concerned(scenario.rules, dataset),
            compared_with=compared_with(scenario, dataset),
            instruments=tuple(dict.fromkeys(rule.instrument for rule in scenario.rules)),
            dataset=scenario.dataset,
            dataset_title=dataset.title,
            year=dataset.year,
            source=dataset.source,
            licence=dataset.licence,
            citation=dataset.citation,
            estimated=dataset.estimated,
            reading=dataset.reading.options(),
            names=names,
            in_sentences=said,
            sha256={
                **dataset.sha256,
                **{name: sha256(content).hexdigest() for name, content in files.items()},
                **(_record_sha256(record or built_in_record()) if scenario.baseline or scenario.law_day else {}),
                **(built_in_uncollected().sha256 if by_partner_and_sector(scenario.assumptions) else {}),
            },
        ),
    )


@kept_with_dataset(most=1)
def _names(dataset: Dataset) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Names of economies by code: by themselves, and as a sentence says them."""
    names = dict(zip(dataset.countries["economy"], dataset.countries["name"], strict=True))
    return names, {code: in_sentence(code, name) for code, name in names.items()}


def headline_answer(scenario: Scenario, dataset: Dataset, *, record: TariffRecord | None = None) -> Result:
    """The headline numbers of `point_answer` alone, in about half the time: its tables, notes and inputs are empty.

    Parameters
    ----------
    record : as for `question`

    Raises
    ------
    ScenarioError, ParameterError, ConvergenceError
        As `point_answer` raises them.
    """
    asked = question(scenario, dataset, record=record)
    with _beginning_with(scenario.file):
        result = _simulated(asked, headlines=True)
    return headlines_of(replace(result, scenario=scenario.title))


def headlines_of(result: Result) -> Result:
    """The headline numbers of an answer without its tables, notes and inputs, which take the room."""
    empty = pd.DataFrame()
    return replace(result, lines=empty, markets=empty, economies=empty, ranges=empty, notes=(), inputs=None)


def answer_read_by(view: Callable[[Result], Result] | None) -> Callable[[Scenario, Dataset], Result]:
    """What answers where headline numbers are read, by a view of the whole answer or without one."""
    return headline_answer if view is None else point_answer


def _simulated(asked: Question, *, headlines: bool = False) -> Result:
    model = MODELS[asked.model]
    options = {**asked.options, **(model.only() if headlines else {})}
    return model.simulate(asked.dataset.flows, asked.policy, asked.elasticities, **options)


def _over_time(scenario: Scenario) -> tuple[str, ...]:
    """How far buyers have adjusted, where the answer is for some months after the measure."""
    months = scenario.assumptions.months
    if months is None:
        return ()
    return (
        f"{months_words(months)} after the measure substitution and demand stand at "
        f"{whole_percent(response_after(months))} of their lasting values: an import elasticity of 1.4 at first and of "
        "3.7 from the 15th month on (Tamberi 2025, on the US tariffs of 2018).",
    )


def _parameters(scenario: Scenario, dataset: Dataset) -> dict[str, object]:
    """Set of elasticities by name and the assumptions in use, with the pass-through that the dataset says."""
    share = None if MODELS[scenario.model].incomes_move else pass_through_pct(scenario, dataset)
    return {
        "elasticities": dataset.set_name(scenario.elasticities),
        **({} if share is None else {"pass_through_pct": share}),
        **stated(scenario.assumptions),
    }


def _on_days(scenario: Scenario, dataset: Dataset, record: TariffRecord | None) -> tuple[str, ...]:
    """What the law of `law_day` leaves out, and what it is compared with."""
    if not scenario.law_day:
        return ()
    law = rates_on(scenario.law_day, dataset, record=record)
    start = f"New rates start from the tariffs in force on {law.day}, compared with"
    if scenario.baseline:
        return (f"{start} the tariffs in force on {scenario.baseline}.", *law.notes)
    return (
        f"{start} the rates in the dataset ({dataset.year}), {_RATES[dataset.rates]}: the scenario gives law_day and "
        f"no baseline, so the answer is the whole change since {dataset.year}. For the effect of the rules alone, "
        f"write baseline = {scenario.law_day} instead of law_day.",
        *law.notes,
    )


def _expected_revenue(scenario: Scenario, dataset: Dataset, result: Result) -> tuple[str, ...]:
    """What of the revenue under the law of a date can be expected to be collected.

    Said beside the headline numbers and not taken off them, which stay those of the law; nothing where what is not
    collected is taken off the rates already. Revenue on the dataset's own rates counts as collected.
    """
    flows = dataset.flows
    of_us = set(flows.economies[flows.buyers]) == {LAGS_OF}
    if not (scenario.baseline or scenario.law_day) or not of_us or by_partner_and_sector(scenario.assumptions):
        return ()
    share = LAGS.compliance
    due, base = result.value("tariff_revenue_new"), result.value("tariff_revenue_base")
    change = share * due - (share * base if scenario.baseline else base)
    return (
        f"Tariff revenue is what the law makes due, {money(due, sign=False)} a year. Of a lasting US duty "
        f"{percent(share, sign=False)} was collected (Chinese goods, July 2018 to February 2020): expect "
        f"{money(share * due, sign=False)}, a change of {money(change)}.",
    )


_RATES: Mapping[str, str] = {
    "collected": "which are duties collected, not statutory rates",
    "law": "which are statutory",
    "mixed": "which come from several sources",
    "none": "which are 0",
    "": "which may be duties collected rather than statutory rates",
}


def day_sentence(scenario: Scenario) -> tuple[str, ...]:
    """The tariffs from which the rules start, in words, where they are of another date than those before."""
    if not scenario.law_day or scenario.law_day == scenario.baseline:
        return ()
    return (f"Tariffs in force on {day_words(scenario.law_day)}",)


def compared_with(scenario: Scenario, dataset: Dataset) -> str:
    """The tariffs that a scenario is compared with: `the tariffs in force on 30 October 2025`.

    Empty where they are the rates in the data, these are no duties collected, and no date is named.
    """
    if scenario.baseline:
        return f"the tariffs in force on {day_words(scenario.baseline)}"
    if dataset.rates == "collected":
        return f"the duties collected in {dataset.year}"
    return f"the rates in the data of {dataset.year}" if scenario.law_day else ""


def _record_sha256(record: TariffRecord) -> dict[str, str]:
    return {f"{FOLDER}/{name}": digest for name, digest in record.sha256.items()}


def _options(scenario: Scenario) -> dict[str, str]:
    """Assumptions that only some models know, as keywords of `simulate`."""
    for name in foreign_options(scenario.model):
        if getattr(scenario.assumptions, name) is not None:
            owners = listing(list(knowing(name)))
            raise ScenarioError(f"{scenario.model} has no assumption {name}, which belongs to {owners}. Leave it out.")
    if MODELS[scenario.model].incomes_move and scenario.assumptions.months is not None:
        raise ScenarioError(
            f"{scenario.model} answers for the long run only: incomes and wages have settled. Leave months out, or "
            "choose a model in which incomes are fixed."
        )
    stated = {name: getattr(scenario.assumptions, name) for name in MODELS[scenario.model].options}
    return {name: value for name, value in stated.items() if value is not None}


def assumptions_of(model: str, dataset: Dataset) -> tuple[Assumption, ...]:
    """The rows of the assumptions that a model uses on a dataset."""
    known = MODELS[model]
    return rows_used(known.options, incomes_move=known.incomes_move, us_lines=has_us_lines(dataset))


def chosen_set(scenario: Scenario, dataset: Dataset) -> Elasticities:
    """The elasticity set of a scenario as the dataset has it.

    Raises
    ------
    ScenarioError
        The dataset has no such set.
    """
    name = dataset.set_key(scenario.elasticities)
    if name not in dataset.elasticities:
        known = [dataset.set_name(key) for key in dataset.elasticities]
        raise ScenarioError(
            f"{dataset.name} has no elasticities {name!r}{did_you_mean(name, known)}. Known: {', '.join(known)}."
        )
    return dataset.elasticities[name]


def pass_through_pct(scenario: Scenario, dataset: Dataset) -> float | None:
    """Per cent of a duty on one supplier that reaches buyers; None where supply elasticities decide.

    What the scenario states; else, where the supply of its set is infinite, the default of the dataset.

    Raises
    ------
    ScenarioError
        The dataset has no such set.
    """
    assumptions = scenario.assumptions
    if assumptions.pass_through_pct is not None:
        return assumptions.pass_through_pct
    if assumptions.export_supply_elasticity is not None:
        return 100.0 if np.isinf(assumptions.export_supply_elasticity) else None
    infinite = bool(np.isinf(chosen_set(scenario, dataset).export_supply_elasticity).all())
    return dataset.pass_through_pct if infinite else None


def chosen_elasticities(scenario: Scenario, dataset: Dataset) -> Elasticities:
    """The elasticity set of a scenario after its assumptions.

        ε, σ × multiplier × r(months), in general equilibrium θ = σ − 1 × multiplier
        β from pass-through ρ (β = σρ/(1−ρ)), from the scenario, or from the dataset

    Raises
    ------
    ScenarioError
        The dataset has no such set.
    """
    assumptions = scenario.assumptions
    chosen, share = chosen_set(scenario, dataset), pass_through_pct(scenario, dataset)
    if assumptions == Assumptions() and share in (None, 100.0):
        return chosen
    epsilon, sigma = chosen.import_demand_elasticity, chosen.armington_elasticity
    supply, basis = chosen.export_supply_elasticity, chosen.basis
    if assumptions.import_demand_elasticity is not None:
        epsilon = np.full_like(epsilon, assumptions.import_demand_elasticity)
    if assumptions.armington_elasticity is not None:
        sigma = np.full_like(sigma, assumptions.armington_elasticity)
        basis = basis.rename_categories(lambda words: f"set in the scenario (data: {words})")
    factor = assumptions.elasticity_multiplier * response_after(assumptions.months)
    epsilon = epsilon * factor
    sigma = 1 + (sigma - 1) * factor if MODELS[scenario.model].incomes_move else sigma * factor
    if share is not None:
        supply = pass_through_supply_elasticity(share / 100, sigma[dataset.flows.market])
    elif assumptions.export_supply_elasticity is not None:
        supply = np.full_like(supply, assumptions.export_supply_elasticity)
    return Elasticities(
        import_demand_elasticity=epsilon,
        armington_elasticity=sigma,
        export_supply_elasticity=supply,
        basis=basis,
    )


def _distance_from_exact(linear: Result, asked: Question) -> tuple[str, ...]:
    """A note on how far straight lines are off, where the shock is beyond their range."""
    flows, policy = asked.dataset.flows, asked.policy
    shock = (policy.tariff_new - flows.tariff_rate) / (1 + flows.tariff_rate)
    if np.abs(shock).max(initial=0.0) <= LINEAR_RANGE:
        return ()
    name = MODELS[linear.model].linear_form_of
    exact = _simulated(replace(asked, model=name, options={}), headlines=True)
    metric = "targeted_import_value_relative_change"
    return (
        f"This shock is too large for a linear model (more than {LINEAR_RANGE:.0%} of the landed price): targeted "
        f"imports change by {percent(linear.value(metric))} here and by {percent(exact.value(metric))} in the "
        f"exact model ({name}); net welfare by {money(linear.value('net_welfare_change'))} here and "
        f"{money(exact.value('net_welfare_change'))} there.",
    )
