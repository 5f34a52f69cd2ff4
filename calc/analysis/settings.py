"""Other assumptions: the same question with one assumption, or two, at other values of their published ranges.

What is tried of an assumption, and the evidence for it, stands in its row; here is how it is tried. Low and high are
5 and 95% points where there is a distribution, conventions where the source says so; choices, such as the set of
elasticities or the model, are taken one after another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from calc.analysis.draws.evidence import EVIDENCE
from calc.assumptions import ROWS, Assumption, Value, with_value
from calc.datasets.dataset import Dataset
from calc.models.known import MODELS
from calc.question import assumptions_of, chosen_elasticities, pass_through_pct
from calc.scenario import Scenario
from calc.words import percent_as_given

MULTIPLIER, SUBSTITUTION, PASS_THROUGH = "elasticity_multiplier", "armington_elasticity", "pass_through_pct"
# θ as wide around that of the data as published
TRADE_ELASTICITY_RANGE = EVIDENCE.trade_elasticity.ends
OWN_SUPPLY = "supply of the data"
CONTRADICTED = "panel"  # tried, but what followed the tariffs of 2018-19 and 2025 speaks against it
PANEL = {"0.76, one year after": 0.76, "2, seven to ten years after": 2.0}
_LEAST, _MOST = ROWS[SUBSTITUTION].factors
ELASTICITY_FACTORS = (_LEAST, 0.8, 1.0, 1.2, _MOST)
TRADE_ELASTICITY_FACTORS = (TRADE_ELASTICITY_RANGE[0], 0.85, 1.0, 1.2, TRADE_ELASTICITY_RANGE[1])
PASS_THROUGHS = (60.0, 70.0, 80.0, 90.0, 100.0)
# What is tried besides the rows: label and source.
OTHERS: Mapping[str, tuple[str, str]] = {
    "trade_elasticity": (
        "Trade elasticity",
        "as wide as 4 to 8 (Ignatenko, Macedoni, Lashkaripour & Simonovska 2025)",
    ),
    CONTRADICTED: (
        "Trade elasticity of panel data, low beside 2018–19 and 2025",
        "0.76 one year after a change of most-favoured-nation tariffs, 2 after seven to ten (Boehm, Levchenko & "
        "Pandalai-Nayar 2023), demand moved in proportion; a third to a seventh of what followed the tariffs of "
        "2018–19 and 2025, so that no headline rests on it",
    ),
    "elasticities": ("Elasticity set", "other sets of the dataset; Notes gives the source of each"),
    "model": ("Choice of model", "other models that can use the dataset"),
}


def label_and_source(assumption: str) -> tuple[str, str]:
    """What a setting moves, for people, and the evidence for its range."""
    if assumption in OTHERS:
        return OTHERS[assumption]
    return ROWS[assumption].label, ROWS[assumption].source


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """An assumption at one of its values.

    Parameters
    ----------
    assumption : key of `ROWS` or of `OTHERS`
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
    moved = MODELS[scenario.model].incomes_move
    extended = dataset if moved else extended or with_scaled_sets(dataset, scenario.elasticities)
    found = []
    for row in assumptions_of(scenario.model, dataset):
        # where incomes move, σ is tried by the trade elasticity
        if not (moved and row.own_elasticity):
            found += _tried(row, scenario, dataset, extended)
    found += _trade_elasticity(scenario, dataset) if moved else _panel(scenario, dataset)
    for key in dataset.elasticities:
        if key != dataset.set_key(scenario.elasticities):
            asked = replace(scenario, elasticities=key)
            found.append(_setting("elasticities", dataset.set_name(key), asked, dataset))
    for label, asked in (other_models or {}).items():
        found.append(_setting("model", label, asked, dataset))
    return tuple(found)


def _setting(assumption: str, label: str, scenario: Scenario, dataset: Dataset) -> Setting:
    return Setting(assumption=assumption, label=label, scenario=scenario, dataset=dataset)


def _tried(row: Assumption, scenario: Scenario, dataset: Dataset, extended: Dataset) -> list[Setting]:
    """One assumption at the other values of its row."""
    if row.factors:
        return [
            _setting(row.key, _times(factor), scaled(scenario, row.key, factor), extended) for factor in row.factors
        ]
    values: tuple[Value, ...] = row.tried
    if row.choices:
        values = tuple(choice for choice in row.choices if choice != choice_of(scenario, row))
    elif row.key == PASS_THROUGH:
        values = pass_through_range(scenario, dataset)
    own = getattr(scenario.assumptions, row.key)
    found = [
        _setting(row.key, row.words(value), with_assumption(scenario, row.key, value), dataset)
        for value in values
        if not row.unset or value != own
    ]
    if row.unset and own is not None:
        found.append(_setting(row.key, row.unset, with_assumption(scenario, row.key, None), dataset))
    return found


def _trade_elasticity(scenario: Scenario, dataset: Dataset) -> list[Setting]:
    own = scenario.assumptions.elasticity_multiplier
    return [
        _setting("trade_elasticity", _times(factor), with_assumption(scenario, MULTIPLIER, own * factor), dataset)
        for factor in TRADE_ELASTICITY_RANGE
    ]


def _panel(scenario: Scenario, dataset: Dataset) -> list[Setting]:
    mean = mean_substitution(scenario, dataset)
    return [
        _setting(CONTRADICTED, label, with_assumption(scenario, MULTIPLIER, target / mean), dataset)
        for label, target in PANEL.items()
    ]


def _times(factor: float) -> str:
    return f"× {factor:.2f}"


def scaled(scenario: Scenario, key: str, factor: float) -> Scenario:
    """The same question with an elasticity of the set times a factor of its row.

    A value that the scenario states for all products is scaled where it stands; otherwise the set of `with_scaled_sets`
    with this factor is asked for.
    """
    stated: float | None = getattr(scenario.assumptions, key)
    if stated is not None:
        return with_assumption(scenario, key, stated * factor)
    return replace(scenario, elasticities=_scaled_name(scenario.elasticities, key, factor))


def with_scaled_sets(dataset: Dataset, name: str) -> Dataset:
    """The dataset with further sets: one of its own with one elasticity times a factor of its row, for each.

    One dataset for all of them, because what is worked out of a dataset, as the law of a day, is kept with it.
    """
    chosen = dataset.elasticities.get(dataset.set_key(name))
    if chosen is None:
        return dataset
    sets = {
        _scaled_name(name, row.key, factor): replace(chosen, **{row.key: getattr(chosen, row.key) * factor})
        for row in ROWS.values()
        for factor in row.factors
    }
    return replace(dataset, elasticities={**dataset.elasticities, **sets})


def _scaled_name(name: str, key: str, factor: float) -> str:
    return f"{name}, {key} × {factor:.4f}"


def with_assumption(scenario: Scenario, key: str, value: Value | None) -> Scenario:
    """The scenario with one assumption at another value; a pass-through takes the place of a supply elasticity."""
    return replace(scenario, assumptions=with_value(scenario.assumptions, key, value))


def choice_of(scenario: Scenario, row: Assumption) -> str:
    """The choice of a scenario; the first of them unless it says otherwise."""
    stated: str | None = getattr(scenario.assumptions, row.key)
    return stated or row.first


def pass_through_range(scenario: Scenario, dataset: Dataset) -> tuple[float, float]:
    """The published range of pass-through, as wide, around the one in use, within 0 to 100%.

    Where supply elasticities decide instead, the two ends are what the evidence says of it.
    """
    share = pass_through_pct(scenario, dataset)
    low, high = EVIDENCE.pass_through.around(1.0 if share is None else share / 100)
    return round(100 * low, 9), round(100 * high, 9)


def mean_substitution(scenario: Scenario, dataset: Dataset) -> float:
    """σ̄, the mean of σ before the scenario's multiplier, weighted by imports.

    Raises
    ------
    ScenarioError
        The dataset has no such set of elasticities.
    """
    flows = dataset.flows
    sigma = chosen_elasticities(with_assumption(scenario, MULTIPLIER, 1.0), dataset).armington_elasticity[flows.market]
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
            (row.words(value), with_assumption(scenario, row.key, value))
            for row in _options(scenario)
            for value in row.choices
        ]
    else:
        factors = ELASTICITY_FACTORS
        own_share = pass_through_pct(scenario, dataset)
        shares = sorted({*PASS_THROUGHS, *([] if own_share is None else [own_share])})
        columns = [(percent_as_given(share), with_assumption(scenario, PASS_THROUGH, share)) for share in shares]
        if own_share is None:
            columns.insert(0, (OWN_SUPPLY, scenario))
    return tuple(
        _setting(_times(factor), label, with_assumption(column, MULTIPLIER, own * factor), dataset)
        for factor in factors
        for label, column in columns
    )


def _options(scenario: Scenario) -> tuple[Assumption, ...]:
    return tuple(ROWS[key] for key in MODELS[scenario.model].options if ROWS[key].choices)


def standing_cell(scenario: Scenario, dataset: Dataset) -> tuple[str, str]:
    """Row and column of `two_way` that are the scenario as it stands."""
    if MODELS[scenario.model].incomes_move:
        option = _options(scenario)[0]
        return _times(1), option.words(choice_of(scenario, option))
    share = pass_through_pct(scenario, dataset)
    return _times(1), OWN_SUPPLY if share is None else percent_as_given(share)
