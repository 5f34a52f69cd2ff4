"""Scenarios: a policy question as a frozen object, checked when it is made."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from calc.assumptions import Assumptions
from calc.datasets.catalogue import default_dataset
from calc.errors import ScenarioError, did_you_mean
from calc.models.known import DEFAULT_MODEL, MODELS
from calc.tariffs.days import EXAMPLE, check_day
from calc.tariffs.rules import Rule
from calc.values import check_choice, check_count, check_text

TEXT_KEYS = ("title", "dataset", "model", "elasticities", "kind", "description", "source", "date")
DAY_KEYS = ("baseline", "law_day")
COUNT_KEYS = ("seed", "draws")
# What a scenario stands on, in the order in which presets are listed.
KINDS: Mapping[str, str] = {"law": "In force or enacted", "threat": "Threatened", "idea": "Ideas"}
MAX_RULES = 10_000
MAX_DRAWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A question to a model.

    Parameters
    ----------
    title : one line for people
    dataset : built-in name or folder; the first of the built-in ones where nothing is said
    model : name in `models.known.MODELS`
    elasticities : elasticity set of the dataset
    baseline : date whose tariffs in force are the base; None: the rates of the dataset
    law_day : date from whose tariffs in force the rules start; None: from the baseline
    seed, draws : of the random draws behind the ranges, and how many; 0 draws give no range
    kind : `law`, `threat` or `idea`, a key of `KINDS`; empty where nothing is said
    description, source, date : what was in force, threatened or assumed; where from; when
    rules : in order
    assumptions : parameters of the model
    file : name of the file it was read from, with which messages about it begin

    Raises
    ------
    ScenarioError
        A value of the wrong kind or out of its range; the words are those for a file.

    Examples
    --------
    >>> import calc
    >>> cars = calc.Rule(importer=("USA",), exporters=("MEX",), products=("8703",), value_pct=25.0)
    >>> calc.Scenario(title="25 points on Mexican cars", rules=(cars,)).draws
    200
    """

    title: str = "No change"
    dataset: str = field(default_factory=default_dataset)
    model: str = DEFAULT_MODEL
    elasticities: str = "default"
    baseline: datetime.date | None = None
    law_day: datetime.date | None = None
    seed: int = 1
    draws: int = 200
    kind: str = ""
    description: str = ""
    source: str = ""
    date: str = ""
    rules: tuple[Rule, ...] = ()
    assumptions: Assumptions = field(default_factory=Assumptions)
    file: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Check every value."""
        for key in TEXT_KEYS:
            check_text(key, getattr(self, key))
        for key in DAY_KEYS:
            _check_day(key, getattr(self, key))
        if self.kind:
            check_choice("kind", self.kind, KINDS)
        if self.model not in MODELS:
            raise ScenarioError(
                f"there is no model {self.model!r}{did_you_mean(self.model, MODELS)}. Known: {', '.join(MODELS)}.",
                key="model",
            )
        check_count("seed", self.seed)
        check_count("draws", self.draws, MAX_DRAWS)
        if not isinstance(self.rules, tuple) or not all(isinstance(rule, Rule) for rule in self.rules):
            raise ScenarioError("rules must be a tuple of Rule.", key="rules")
        if len(self.rules) > MAX_RULES:
            raise ScenarioError(
                f"there are {len(self.rules):,} rules; the most is {MAX_RULES:,}. Use a schedule instead.", key="rules"
            )
        if not isinstance(self.assumptions, Assumptions):
            raise ScenarioError("assumptions must be an Assumptions object.", key="assumptions")


def _check_day(key: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise ScenarioError(f"{key} must be a date, such as {EXAMPLE}.", key=key)
    try:
        check_day(value)
    except ScenarioError as error:
        raise ScenarioError(f"{key}: {error}", key=key) from error


def schedules(scenario: Scenario) -> Mapping[str, bytes]:
    """The schedule files of a scenario, by name."""
    return {rule.schedule.name: rule.schedule.content for rule in scenario.rules if rule.schedule}
