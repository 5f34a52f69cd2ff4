"""Scenarios: what is asked, as a frozen object and as a small TOML file.

`read_scenario` and `scenario_to_toml` are inverses: a scenario written and read again is the same scenario. Every
problem in a file names the file, the line, the key and the remedy.
"""

import datetime
import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import tomli_w

from calc.datasets.catalogue import default_dataset
from calc.datasets.dataset import data_dir
from calc.errors import ScenarioError, did_you_mean
from calc.files.checks import read_schedule
from calc.models.known import DEFAULT_MODEL
from calc.scenario_text import Source
from calc.tariffs.rules import ACTIONS, INSTRUMENTS, Rule, Schedule

MAX_BYTES = 1_000_000
MAX_RULES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What is believed rather than decided; None leaves the dataset's value.

    Parameters
    ----------
    elasticity_multiplier : factor on ε and σ together, > 0; β stays
    pass_through_pct : share ρ of a duty that reaches the landed price at a given composite price, which sets β
    import_demand_elasticity : ε for every product, < 0
    armington_elasticity : σ for every product, > 0
    export_supply_elasticity : β for every exporter, ≥ 0 or inf
    deficits : fixed | zero | share, what becomes of trade deficits, where incomes move and sectors are many
    revenue_use : tax_relief | lump_sum, what becomes of the duty, where there is a tax on work
    """

    elasticity_multiplier: float = 1.0
    pass_through_pct: float | None = None
    import_demand_elasticity: float | None = None
    armington_elasticity: float | None = None
    export_supply_elasticity: float | None = None
    deficits: str | None = None
    revenue_use: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A question to a model.

    Parameters
    ----------
    title : one line for people
    dataset : built-in name or folder; the first of the built-in ones where nothing is said
    model : name in `models.known.MODELS`
    elasticities : elasticity set of the dataset
    baseline : day whose law gives the base tariffs; None: the rates of the dataset
    law_day : day from whose law the rules start; None: from the baseline
    seed, draws : of the random draws behind the ranges, and how many; 0 draws give no range
    description, source, date : what is law, threat or assumption; where from; when
    rules : in order
    assumptions : parameters of the model
    """

    title: str = "No change"
    dataset: str = field(default_factory=default_dataset)
    model: str = DEFAULT_MODEL
    elasticities: str = "default"
    baseline: datetime.date | None = None
    law_day: datetime.date | None = None
    seed: int = 1
    draws: int = 200
    description: str = ""
    source: str = ""
    date: str = ""
    rules: tuple[Rule, ...] = ()
    assumptions: Assumptions = field(default_factory=Assumptions)


_TEXT_KEYS = ("title", "dataset", "model", "elasticities", "description", "source", "date")
_DAY_KEYS = ("baseline", "law_day")
_COUNT_KEYS = ("seed", "draws")
FORMER_KEYS: Mapping[str, str] = {"policy": "law_day"}  # read in files made before; what is written has the new ones
_TOP_KEYS = (*_TEXT_KEYS, *_DAY_KEYS, *_COUNT_KEYS, "rule", "assumptions")
_RULE_KEYS = (
    "importer",
    "exporters",
    "products",
    "except_products",
    "action",
    "value_pct",
    "instrument",
    "authority",
    "schedule",
    "label",
)
_ASSUMPTION_KEYS = tuple(f.name for f in fields(Assumptions))
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "deficits": ("fixed", "zero", "share"),
    "revenue_use": ("tax_relief", "lump_sum"),
}
_RANGES: Mapping[str, tuple[float, float, str]] = {
    "elasticity_multiplier": (1e-6, 100.0, "a factor above 0, at most 100"),
    "pass_through_pct": (0.0, 100.0, "a percentage from 0 to 100"),
    "import_demand_elasticity": (-1000.0, -1e-9, "below 0"),
    "armington_elasticity": (1e-9, 1000.0, "above 0"),
    "export_supply_elasticity": (0.0, float("inf"), "0 or above, inf for a given world price"),
}


def read_scenario(name_or_path: str | Path) -> Scenario:
    """A scenario from a TOML file, with the schedules it names from the same folder; or a preset by its name.

    Where a file has the name of a preset, the file is read.

    Raises
    ------
    ScenarioError
        The file is missing, too large, no TOML, or breaks a rule; the message names the line.
    """
    file, known = Path(name_or_path), presets()
    if not file.exists():
        file = known.get(str(name_or_path), file)
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ScenarioError(f"{file.name} is larger than {MAX_BYTES:,} bytes, too large for a scenario.")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ScenarioError(
            f"{name_or_path} cannot be read: {error.strerror}{did_you_mean(str(name_or_path), known)}. "
            "Give the path of a scenario file, or the name of a preset."
        ) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{file.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    return scenario_from_toml(text, folder=file.parent, name=file.name)


def scenario_from_toml(text: str, *, folder: Path, name: str = "scenario") -> Scenario:
    """A scenario from TOML text; schedules are looked for in `folder` only.

    Raises
    ------
    ScenarioError
        The text is no TOML or breaks a rule; the message names `name` and the line.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{name} is not valid TOML: {error}. Mend that line.") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists within lists without end
        raise ScenarioError(
            f"{name} has a number or a nested list beyond what can be read. Write it shorter."
        ) from error
    source = Source(name=name, text=text)
    for former, key in FORMER_KEYS.items():
        if former in document and key in document:
            raise ScenarioError(f"{source.at('', 0, former)}: {former} is the former name of {key}. Keep {key} alone.")
    source.check_keys(document, (*_TOP_KEYS, *FORMER_KEYS), "", 0)
    tables = document.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ScenarioError(f"{name}: rules are written as [[rule]], with two brackets on each side.")
    if len(tables) > MAX_RULES:
        raise ScenarioError(f"{name} has {len(tables):,} rules; the most is {MAX_RULES:,}. Use a schedule instead.")
    assumptions = document.get("assumptions", {})
    if not isinstance(assumptions, dict):
        raise ScenarioError(f"{name}: assumptions are written as a table, [assumptions].")
    texts = {key: source.text_of(document, key, "", 0) for key in _TEXT_KEYS if key in document}
    days = {
        FORMER_KEYS.get(key, key): source.day_of(document, key) for key in (*_DAY_KEYS, *FORMER_KEYS) if key in document
    }
    counts = {key: source.count_of(document, key) for key in _COUNT_KEYS if key in document}
    return Scenario(
        # texts and days are text and counts are numbers, as the keys say
        **texts,  # type: ignore[arg-type]
        **days,  # type: ignore[arg-type]
        **counts,  # type: ignore[arg-type]
        rules=tuple(_rule(table, number, source, folder) for number, table in enumerate(tables)),
        assumptions=_assumptions(assumptions, source),
    )


def scenario_to_toml(scenario: Scenario) -> str:
    """The scenario as TOML text; what stands at its default is left out, except model, dataset and seed."""
    default = Scenario()
    document: dict[str, object] = {
        "title": scenario.title,
        "dataset": scenario.dataset,
        "model": scenario.model,
    }
    for key in ("elasticities", "description", "source", "date", *_DAY_KEYS):
        if getattr(scenario, key) != getattr(default, key):
            document[key] = str(getattr(scenario, key))
    document["seed"] = scenario.seed
    if scenario.draws != default.draws:
        document["draws"] = scenario.draws
    assumptions = {
        key: value
        for key in _ASSUMPTION_KEYS
        if (value := getattr(scenario.assumptions, key)) != getattr(default.assumptions, key)
    }
    if assumptions:
        document["assumptions"] = assumptions
    if scenario.rules:
        document["rule"] = [_rule_to_table(rule) for rule in scenario.rules]
    return tomli_w.dumps(document)


def schedules(scenario: Scenario) -> Mapping[str, bytes]:
    """The schedule files of a scenario, by name."""
    return {rule.schedule.name: rule.schedule.content for rule in scenario.rules if rule.schedule}


def presets() -> Mapping[str, Path]:
    """The built-in scenario files, by name without ending."""
    return {path.stem: path for path in sorted((data_dir() / "scenarios").glob("*.toml"))}


def with_settings(scenario: Scenario, settings: Iterable[str]) -> Scenario:
    """The scenario with single keys changed, each written `seed=2` or `assumptions.pass_through_pct=50`.

    Raises
    ------
    ScenarioError
        A setting has no `=`, an unknown key or a value of the wrong kind.
    """
    for setting in settings:
        key, equals, value = setting.partition("=")
        section, _, name = key.strip().rpartition(".")
        name = name if section else FORMER_KEYS.get(name, name)
        top = (*_TEXT_KEYS, *_DAY_KEYS, *_COUNT_KEYS)
        known = _ASSUMPTION_KEYS if section == "assumptions" else top
        if not equals or section not in ("", "assumptions") or name not in known:
            names = [*top, *(f"assumptions.{key}" for key in _ASSUMPTION_KEYS)]
            raise ScenarioError(
                f"--set {setting}: there is no such key{did_you_mean(key.strip(), names)}. Known: {', '.join(names)}."
            )
        source = Source(name=f"--set {setting}", text="")
        if name in _TEXT_KEYS:
            # the key was looked up among the text fields, which the checker cannot follow
            scenario = replace(scenario, **{name: value.strip()})  # type: ignore[arg-type]
            continue
        if name in _DAY_KEYS:
            # as above
            scenario = replace(scenario, **{name: source.day_of({name: value.strip()}, name)})  # type: ignore[arg-type]
            continue
        stated = {f: getattr(scenario.assumptions, f) for f in _ASSUMPTION_KEYS}
        if name in _CHOICES:
            changed = {k: v for k, v in {**stated, name: value.strip()}.items() if v is not None}
            scenario = replace(scenario, assumptions=_assumptions(changed, source))
            continue
        try:
            number = float(value)
        except ValueError as error:
            raise ScenarioError(f"--set {setting}: {value!r} is not a number.") from error
        if name in _COUNT_KEYS:
            whole = int(number) if number.is_integer() else number
            # as above
            scenario = replace(scenario, **{name: source.count_of({name: whole}, name)})  # type: ignore[arg-type]
        else:
            changed = {k: v for k, v in {**stated, name: number}.items() if v is not None}
            scenario = replace(scenario, assumptions=_assumptions(changed, source))
    return scenario


def _rule(table: Mapping[str, object], number: int, source: Source, folder: Path) -> Rule:
    source.check_keys(table, _RULE_KEYS, "rule", number)
    schedule = None
    instrument = source.choice_of(table, "instrument", number, INSTRUMENTS, "tariff")
    action = source.choice_of(
        table, "action", number, (*ACTIONS, "reciprocal"), "set" if "schedule" in table else "add"
    )
    value = source.number_of(table, "value_pct", "rule", number) if "value_pct" in table else 0.0
    where = source.at("rule", number)
    if "schedule" in table:
        if "value_pct" in table:
            raise ScenarioError(f"{where}: a rule has a schedule or a value_pct, not both. Split it into two rules.")
        if instrument != "tariff" or action == "reciprocal":
            raise ScenarioError(f"{where}: a schedule states tariffs; leave out instrument and reciprocal.")
        schedule = _schedule(source.text_of(table, "schedule", "rule", number), folder, where)
    elif "value_pct" not in table:
        raise ScenarioError(f"{where}: a rule needs value_pct, in points, or a schedule. Add one.")
    if abs(value) > 1e6:
        raise ScenarioError(f"{source.at('rule', number, 'value_pct')}: {value:g} is beyond 1,000,000 points.")
    if instrument != "tariff" and action not in ("add", "set"):
        raise ScenarioError(f"{where}: an {instrument} rule takes action add or set.")
    authority = source.texts_of(table, "authority", number)
    if authority and (instrument != "tariff" or action == "reciprocal"):
        raise ScenarioError(f"{where}: an authority is a part of a tariff; leave out instrument and reciprocal.")
    return Rule(
        importer=source.texts_of(table, "importer", number),
        exporters=source.texts_of(table, "exporters", number),
        products=source.texts_of(table, "products", number),
        except_products=source.texts_of(table, "except_products", number),
        action=action,
        value_pct=value,
        instrument=instrument,
        authority=authority,
        schedule=schedule,
        label=source.text_of(table, "label", "rule", number),
        line=source.line("rule", number),
    )


def _schedule(name: str, folder: Path, where: str) -> Schedule:
    """A schedule file beside the scenario; a name that leads elsewhere is refused."""
    if Path(name).name != name or not name:
        raise ScenarioError(f"{where}: schedule is the name of a file beside the scenario, not a path: {name!r}.")
    path = folder / name
    if not path.is_file():
        raise ScenarioError(f"{where}: schedule {name!r} is not beside the scenario. Put it there.")
    content = path.read_bytes()
    return Schedule(name=name, content=content, table=read_schedule(io.BytesIO(content), name))


def _assumptions(table: Mapping[str, object], source: Source) -> Assumptions:
    source.check_keys(table, _ASSUMPTION_KEYS, "assumptions", 0)
    values: dict[str, float] = {}
    choices: dict[str, str] = {}
    for key in table:
        if key in _CHOICES:
            choices[key] = source.choice_of(table, key, 0, _CHOICES[key], "", section="assumptions")
            continue
        value = source.number_of(table, key, "assumptions", 0)
        low, high, rule = _RANGES[key]
        if not low <= value <= high:
            raise ScenarioError(f"{source.at('assumptions', 0, key)}: {key} is {rule}; {value:g} is not.")
        values[key] = value
    if "pass_through_pct" in values and "export_supply_elasticity" in values:
        raise ScenarioError(
            f"{source.at('assumptions', 0, 'pass_through_pct')}: pass_through_pct sets the export supply elasticity; "
            "give one of the two."
        )
    # numbers and choices have been told apart by key above
    return Assumptions(**values, **choices)  # type: ignore[arg-type]


def _rule_to_table(rule: Rule) -> dict[str, object]:
    default = Rule()
    table: dict[str, object] = {}
    if rule.importer:
        table["importer"] = rule.importer[0] if len(rule.importer) == 1 else list(rule.importer)
    for key in ("exporters", "products", "except_products"):
        if getattr(rule, key):
            table[key] = list(getattr(rule, key))
    table["action"] = rule.action
    if rule.schedule:
        table["schedule"] = rule.schedule.name
    else:
        table["value_pct"] = rule.value_pct
    if rule.authority:
        table["authority"] = rule.authority[0] if len(rule.authority) == 1 else list(rule.authority)
    for key in ("instrument", "label"):
        if getattr(rule, key) != getattr(default, key):
            table[key] = getattr(rule, key)
    return table
