"""Other assumptions: the same question with one belief, or two, at other values of their published ranges.

Low and high are 5 and 95% points where there is a distribution, conventions where the source says so; choices, such
as the set of elasticities or the model, are taken one after another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from calc.analysis.draws.evidence import EVIDENCE
from calc.analysis.uncertainty import HIGH_MULTIPLIER, LOW_MULTIPLIER
from calc.datasets.dataset import Dataset
from calc.models.known import MODELS
from calc.question import chosen_elasticities
from calc.scenario import Scenario
from calc.words import percent_as_given

# The ranges that draws are taken from; σ at the ends published around its median, θ as wide around that of the data.
SUBSTITUTION_RANGE = (LOW_MULTIPLIER, HIGH_MULTIPLIER)
DEMAND_RANGE = (EVIDENCE.import_demand_elasticity.low, EVIDENCE.import_demand_elasticity.high)
TRADE_ELASTICITY_RANGE = EVIDENCE.trade_elasticity.ends
OWN_SUPPLY = "supply of the data"
HORIZONS = {"first year": 0.76, "7–10 years": 2.0}
ELASTICITY_FACTORS = (SUBSTITUTION_RANGE[0], 0.8, 1.0, 1.2, SUBSTITUTION_RANGE[1])
TRADE_ELASTICITY_FACTORS = (TRADE_ELASTICITY_RANGE[0], 0.85, 1.0, 1.2, TRADE_ELASTICITY_RANGE[1])
PASS_THROUGHS = (60.0, 70.0, 80.0, 90.0, 100.0)

SOURCES = {
    "substitution": "2.5 to 5.1 around a median of 3.8, of 3,524 estimates (Bajzik, Havranek, Irsova & Schwarz 2020)",
    "demand": "a convention: half to one and a half times the value of the set",
    "trade_elasticity": "as wide as 4 to 8 (Ignatenko, Macedoni, Lashkaripour & Simonovska 2025)",
    "pass_through": "0.80 in 2018–19 to 0.94 in 2025 at the border (Gopinath & Neiman; Amiti, Flanagan, Heise & "
    "Weinstein 2026); 1 is full pass-through",
    "elasticities": "other sets of the dataset; the Notes say where each comes from",
    "model": "other models that can answer the dataset",
    "horizon": "trade elasticity 0.76 after one year, 2 after seven to ten (Boehm, Levchenko & Pandalai-Nayar 2023), "
    "demand moved alike",
    "deficits": "a choice of the model, not an estimate",
    "revenue_use": "a choice of the model, not an estimate (Ignatenko et al. 2025 report both)",
}
LABELS = {
    "substitution": "Substitution between origins",
    "demand": "Import demand",
    "trade_elasticity": "Trade elasticity",
    "pass_through": "Pass-through to buyers",
    "elasticities": "Elasticity set",
    "model": "Form of the model",
    "horizon": "Time to adjust",
    "deficits": "Trade deficits",
    "revenue_use": "Use of the duty",
}
OPTION_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "deficits": {"fixed": "as they are", "share": "share in income kept", "zero": "closed"},
    "revenue_use": {"tax_relief": "cuts the tax on work", "lump_sum": "handed out"},
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """An assumption at one of its values.

    Parameters
    ----------
    assumption : key of `LABELS`
    label : the value in words: `× 0.66`
    scenario, dataset : the question with this value, everything else as it is
    """

    assumption: str
    label: str
    scenario: Scenario
    dataset: Dataset


def settings(
    scenario: Scenario,
    dataset: Dataset,
    other_models: Mapping[str, Scenario] | None = None,
    *,
    extended: Dataset | None = None,
) -> tuple[Setting, ...]:
    """Every assumption that the scenario's model uses, at the values it is tried at.

    Parameters
    ----------
    other_models : the question put to other models, by their name for people
    extended : what `with_scaled_sets` makes of the dataset and the scenario's set, if it is at hand
    """
    if MODELS[scenario.model].incomes_move:
        found = _general(scenario, dataset)
    else:
        found = _partial(scenario, dataset, extended or with_scaled_sets(dataset, scenario.elasticities))
    for name in dataset.elasticities:
        if name != scenario.elasticities:
            found.append(_setting("elasticities", name, replace(scenario, elasticities=name), dataset))
    for label, asked in (other_models or {}).items():
        found.append(_setting("model", label, asked, dataset))
    return tuple(found)


def _setting(assumption: str, label: str, scenario: Scenario, dataset: Dataset) -> Setting:
    return Setting(assumption=assumption, label=label, scenario=scenario, dataset=dataset)


def _partial(scenario: Scenario, dataset: Dataset, extended: Dataset) -> list[Setting]:
    mean = mean_substitution(scenario, dataset)
    return [
        *(
            _setting("substitution", _times(factor), scaled(scenario, substitution=factor), extended)
            for factor in SUBSTITUTION_RANGE
        ),
        *(_setting("demand", _times(factor), scaled(scenario, demand=factor), extended) for factor in DEMAND_RANGE),
        *(
            _setting("pass_through", percent_as_given(share), with_pass_through(scenario, share), dataset)
            for share in pass_through_range(scenario)
        ),
        *(
            _setting("horizon", label, with_multiplier(scenario, target / mean), dataset)
            for label, target in HORIZONS.items()
        ),
    ]


def _general(scenario: Scenario, dataset: Dataset) -> list[Setting]:
    multiplier = scenario.assumptions.elasticity_multiplier
    found = [
        _setting("trade_elasticity", _times(factor), with_multiplier(scenario, multiplier * factor), dataset)
        for factor in TRADE_ELASTICITY_RANGE
    ]
    for option in MODELS[scenario.model].options:
        for value, label in OPTION_SETTINGS.get(option, {}).items():
            if value != option_of(scenario, option):
                found.append(_setting(option, label, with_option(scenario, option, value), dataset))
    return found


def _times(factor: float) -> str:
    return f"× {factor:.2f}"


def scaled(scenario: Scenario, *, substitution: float = 1.0, demand: float = 1.0) -> Scenario:
    """The same question with σ or ε times an end of its range.

    A value that the scenario states for all products is scaled where it stands; otherwise the set of `with_scaled_sets`
    with these factors is asked for.
    """
    believed, name = scenario.assumptions, scenario.elasticities
    if believed.armington_elasticity is not None:
        believed = replace(believed, armington_elasticity=believed.armington_elasticity * substitution)
        substitution = 1.0
    if believed.import_demand_elasticity is not None:
        believed = replace(believed, import_demand_elasticity=believed.import_demand_elasticity * demand)
        demand = 1.0
    wanted = name if substitution == demand == 1 else _scaled_name(name, substitution, demand)
    return replace(scenario, elasticities=wanted, assumptions=believed)


def with_scaled_sets(dataset: Dataset, name: str) -> Dataset:
    """The dataset with further sets: one of its own with σ, or ε, at each end of its range.

    One dataset for all of them, because what is worked out of a dataset, as the law of a day, is kept with it.
    """
    chosen = dataset.elasticities.get(name)
    if chosen is None:
        return dataset
    factors = [(factor, 1.0) for factor in SUBSTITUTION_RANGE] + [(1.0, factor) for factor in DEMAND_RANGE]
    sets = {
        _scaled_name(name, substitution, demand): replace(
            chosen,
            armington_elasticity=chosen.armington_elasticity * substitution,
            import_demand_elasticity=chosen.import_demand_elasticity * demand,
        )
        for substitution, demand in factors
    }
    return replace(dataset, elasticities={**dataset.elasticities, **sets})


def _scaled_name(name: str, substitution: float, demand: float) -> str:
    return f"{name}, substitution × {substitution:.4f}, demand × {demand:.4f}"


def with_multiplier(scenario: Scenario, multiplier: float) -> Scenario:
    """The scenario with another factor on all elasticities."""
    return replace(scenario, assumptions=replace(scenario.assumptions, elasticity_multiplier=multiplier))


def with_pass_through(scenario: Scenario, share: float) -> Scenario:
    """The scenario with another pass-through in percent, which takes the place of a supply elasticity."""
    believed = replace(scenario.assumptions, pass_through_pct=share, export_supply_elasticity=None)
    return replace(scenario, assumptions=believed)


def with_option(scenario: Scenario, option: str, value: str) -> Scenario:
    """The scenario with an option of its model at another value."""
    # options of models are texts
    return replace(scenario, assumptions=replace(scenario.assumptions, **{option: value}))  # type: ignore[arg-type]


def option_of(scenario: Scenario, option: str) -> str:
    """The value of an option; the first of them unless the scenario says otherwise."""
    stated: str | None = getattr(scenario.assumptions, option)
    return stated or next(iter(OPTION_SETTINGS[option]))


def pass_through_range(scenario: Scenario) -> tuple[float, float]:
    """The published range of pass-through, as wide, around the scenario's own where it states one, within 0 to 100%.

    Where supply comes from the dataset or the scenario instead, the two ends are what the evidence says of it.
    """
    stated = scenario.assumptions.pass_through_pct
    low, high = EVIDENCE.pass_through.around(1.0 if stated is None else stated / 100)
    return round(100 * low, 9), round(100 * high, 9)


def mean_substitution(scenario: Scenario, dataset: Dataset) -> float:
    """σ̄, the mean of σ before the scenario's multiplier, weighted by imports.

    Raises
    ------
    ScenarioError
        The dataset has no such set of elasticities.
    """
    flows = dataset.flows
    sigma = chosen_elasticities(with_multiplier(scenario, 1.0), dataset).armington_elasticity[flows.market]
    imports = np.where(flows.domestic, 0.0, flows.import_value)
    return float((sigma * imports).sum() / imports.sum())


def two_way(scenario: Scenario, dataset: Dataset) -> tuple[Setting, ...]:
    """Two assumptions at once: elasticities by pass-through, in general equilibrium trade elasticity by option.

    The row stands in a setting's `assumption`, the column in its `label`.
    """
    own = scenario.assumptions.elasticity_multiplier
    if MODELS[scenario.model].incomes_move:
        factors = TRADE_ELASTICITY_FACTORS
        columns = [
            (label, with_option(scenario, option, value))
            for option in MODELS[scenario.model].options
            for value, label in OPTION_SETTINGS.get(option, {}).items()
        ]
    else:
        factors = ELASTICITY_FACTORS
        stated = scenario.assumptions.pass_through_pct
        shares = sorted({*PASS_THROUGHS, *([] if stated is None else [stated])})
        columns = [(percent_as_given(share), with_pass_through(scenario, share)) for share in shares]
        if not _has_pass_through(scenario, dataset):
            columns.insert(0, (OWN_SUPPLY, scenario))
    return tuple(
        _setting(_times(factor), label, with_multiplier(column, own * factor), dataset)
        for factor in factors
        for label, column in columns
    )


def standing_cell(scenario: Scenario, dataset: Dataset) -> tuple[str, str]:
    """Row and column of `two_way` that are the scenario as it stands."""
    if MODELS[scenario.model].incomes_move:
        option = MODELS[scenario.model].options[0]
        return _times(1), OPTION_SETTINGS[option][option_of(scenario, option)]
    if not _has_pass_through(scenario, dataset):
        return _times(1), OWN_SUPPLY
    stated = scenario.assumptions.pass_through_pct
    return _times(1), percent_as_given(100 if stated is None else stated)


def _has_pass_through(scenario: Scenario, dataset: Dataset) -> bool:
    """Whether supply follows from a pass-through, full where supply is infinite, rather than from elasticities."""
    supply = chosen_elasticities(scenario, dataset).export_supply_elasticity
    return scenario.assumptions.pass_through_pct is not None or bool(np.isinf(supply).all())
