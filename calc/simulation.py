"""`run`: a scenario and a dataset in, a `Result` out; the one door of page, command line and Python."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from hashlib import sha256

import numpy as np

from calc.dataset import Dataset
from calc.errors import ScenarioError, did_you_mean
from calc.models import armington, gsim, liberation_day, smart, trade_equilibrium
from calc.result import Inputs, Result
from calc.scenario import Assumptions, Scenario, scenario_to_toml, schedules
from calc.tables import Elasticities, Flows
from calc.tariffs import Policy, Rule, apply_rules, pass_through_supply_elasticity
from calc.words import listing, money, percent

Model = Callable[..., Result]  # simulate(flows, policy, elasticities, *, options of the model)

MODELS: Mapping[str, Model] = {
    "armington": armington.simulate,
    "smart": smart.simulate,
    "smart_discrete": partial(smart.simulate, diversion="discrete"),
    "gsim": gsim.simulate,
    "gsim_linear": gsim.simulate_linear,
    "liberation_day": liberation_day.simulate,
    "trade_equilibrium": trade_equilibrium.simulate,
}
OPTIONS: Mapping[str, tuple[str, ...]] = {"trade_equilibrium": ("deficits",), "liberation_day": ("revenue_use",)}
GENERAL_EQUILIBRIUM = ("liberation_day", "trade_equilibrium")
EXACT_MODEL_OF = {"smart": "armington", "smart_discrete": "armington", "gsim_linear": "gsim"}
LINEAR_RANGE = 0.10  # landed prices off by more than this leave the range of straight lines


def run(scenario: Scenario, dataset: Dataset) -> Result:
    """What a scenario does, by its model, on a dataset.

    Raises
    ------
    ScenarioError
        Unknown model or elasticity set, or a rule that cannot be carried out.
    ParameterError, ConvergenceError
        As the model raises them.
    """
    if scenario.model not in MODELS:
        raise ScenarioError(
            f"There is no model {scenario.model!r}{did_you_mean(scenario.model, MODELS)}. Known: {', '.join(MODELS)}."
        )
    options = _options(scenario)
    policy = apply_rules(scenario.rules, dataset)
    elasticities = chosen_elasticities(scenario, dataset)
    result = MODELS[scenario.model](dataset.flows, policy, elasticities, **options)
    notes = (*dataset.notes, *policy.notes, *result.notes)
    if scenario.model in EXACT_MODEL_OF:
        notes += _distance_from_exact(result, dataset.flows, policy, elasticities)
    files = schedules(scenario)
    return replace(
        result,
        scenario=scenario.title,
        parameters={
            "elasticities": scenario.elasticities,
            **{name: value for name, value in asdict(scenario.assumptions).items() if value is not None},
        },
        notes=notes,
        inputs=Inputs(
            scenario_toml=scenario_to_toml(scenario),
            attachments=files,
            policy=tuple(describe_rule(rule, dataset) for rule in scenario.rules),
            dataset=scenario.dataset,
            dataset_title=dataset.title,
            year=dataset.year,
            source=dataset.source,
            licence=dataset.licence,
            citation=dataset.citation,
            estimated=dataset.estimated,
            names=dict(zip(dataset.countries["economy"], dataset.countries["name"], strict=True)),
            sha256={
                **dataset.sha256,
                **{name: sha256(content).hexdigest() for name, content in files.items()},
            },
        ),
    )


def _options(scenario: Scenario) -> dict[str, str]:
    """Assumptions that only some models know, as keywords of `simulate`."""
    known = OPTIONS.get(scenario.model, ())
    options = {}
    for name in dict.fromkeys(name for names in OPTIONS.values() for name in names):
        value = getattr(scenario.assumptions, name)
        if value is None:
            continue
        if name not in known:
            models = listing([model for model, names in OPTIONS.items() if name in names])
            raise ScenarioError(f"{scenario.model} has no assumption {name}; it belongs to {models}. Leave it out.")
        options[name] = value
    return options


def chosen_elasticities(scenario: Scenario, dataset: Dataset) -> Elasticities:
    """The elasticity set of a scenario after its assumptions.

        ε, σ × multiplier, in general equilibrium θ = σ − 1 × multiplier
        β from pass-through ρ (β = σρ/(1−ρ)), from the scenario, or from the dataset

    Raises
    ------
    ScenarioError
        The dataset has no such set.
    """
    name, assumptions = scenario.elasticities, scenario.assumptions
    if name not in dataset.elasticities:
        raise ScenarioError(
            f"{dataset.name} has no elasticities {name!r}{did_you_mean(name, dataset.elasticities)}. "
            f"Known: {', '.join(dataset.elasticities)}."
        )
    chosen = dataset.elasticities[name]
    if assumptions == Assumptions():
        return chosen
    epsilon, sigma = chosen.import_demand_elasticity, chosen.armington_elasticity
    supply, basis = chosen.export_supply_elasticity, chosen.basis
    if assumptions.import_demand_elasticity is not None:
        epsilon = np.full_like(epsilon, assumptions.import_demand_elasticity)
    if assumptions.armington_elasticity is not None:
        sigma = np.full_like(sigma, assumptions.armington_elasticity)
        basis = basis.rename_categories(lambda words: f"set in the scenario (data: {words})")
    epsilon = epsilon * assumptions.elasticity_multiplier
    if scenario.model in GENERAL_EQUILIBRIUM:
        sigma = 1 + (sigma - 1) * assumptions.elasticity_multiplier
    else:
        sigma = sigma * assumptions.elasticity_multiplier
    if assumptions.pass_through_pct is not None:
        supply = pass_through_supply_elasticity(assumptions.pass_through_pct / 100, sigma[dataset.flows.market])
    elif assumptions.export_supply_elasticity is not None:
        supply = np.full_like(supply, assumptions.export_supply_elasticity)
    return Elasticities(
        import_demand_elasticity=epsilon,
        armington_elasticity=sigma,
        export_supply_elasticity=supply,
        basis=basis,
    )


def _distance_from_exact(linear: Result, flows: Flows, policy: Policy, elasticities: Elasticities) -> tuple[str, ...]:
    """A note on how far straight lines are off, where the shock is beyond their range."""
    shock = (policy.tariff_new - flows.tariff_rate) / (1 + flows.tariff_rate)
    if np.abs(shock).max(initial=0.0) <= LINEAR_RANGE:
        return ()
    name = EXACT_MODEL_OF[linear.model]
    exact = MODELS[name](flows, policy, elasticities)
    metric = "targeted_import_value_relative_change"
    return (
        f"This shock is outside the range of a linear model ({LINEAR_RANGE:.0%} of the landed price): targeted "
        f"imports change by {percent(linear.value(metric))} here and by {percent(exact.value(metric))} in the exact "
        f"model ({name}); net welfare by {money(linear.value('net_welfare_change'))} here and "
        f"{money(exact.value('net_welfare_change'))} there.",
    )


def describe_rule(rule: Rule, dataset: Dataset) -> str:
    """A rule in words: `United States adds 100 points to its tariff on China`."""
    names = dict(zip(dataset.countries["economy"], dataset.countries["name"], strict=True))
    who = listing([names.get(code, code) for code in rule.importer]) or "every importer"
    whom = listing([names.get(code, code) for code in rule.exporters]) or "all partners"
    value = f"{rule.value_pct:g}"
    if rule.instrument == "export_volume":
        sentence = f"{whom} cuts shipments to {who} to {100 + rule.value_pct:g} % of their base volume"
    elif rule.instrument == "export_tax":
        sentence = (
            f"{whom} {'adds' if rule.action == 'add' else 'sets'} an export tax of {value} points on sales to {who}"
        )
    elif rule.schedule:
        verb = {"add": "adds the rates of", "set": "applies the rates of"}.get(rule.action, f"{rule.action}s by")
        sentence = f"{who} {verb} {rule.schedule.name} to its tariff on {whom}"
    else:
        sentence = {
            "add": f"{who} {'adds' if rule.value_pct >= 0 else 'takes'} {value.lstrip('-')} points "
            f"{'to' if rule.value_pct >= 0 else 'off'} its tariff on {whom}",
            "set": f"{who} sets its tariff on {whom} to {value} %",
            "multiply": f"{who} multiplies its tariff on {whom} by {rule.value_pct / 100:g}",
            "floor": f"{who} raises its tariff on {whom} to at least {value} %",
            "cap": f"{who} lowers its tariff on {whom} to at most {value} %",
            "reciprocal": f"{who} answers {value} % of what {whom} imposed on it",
        }[rule.action]
    if rule.products:
        sentence += f", on {listing([_selector_words(selector) for selector in rule.products])}"
    if rule.except_products:
        sentence += f", except {listing([_selector_words(selector) for selector in rule.except_products])}"
    return sentence[0].upper() + sentence[1:]


def _selector_words(selector: str) -> str:
    """A choice of products in words: `products 8505`, `the list rare-earths`, `section XVII`, `goods`."""
    column, colon, value = selector.partition(":")
    if not colon:
        return f"products {selector}"
    if column == "list":
        return f"the list {value}"
    # a word of its own, such as goods or consumption, needs no column beside it
    return value if value.isalpha() and value.islower() else f"{column} {value}"
