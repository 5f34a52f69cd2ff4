"""Scenario files: TOML in and out, presets, and single keys changed by `--set`.

`read_scenario` and `scenario_to_toml` are inverses: a scenario written and read again is the same scenario. What is
wrong with a value is said by the object it belongs to; here the place is put before it: `wrong.toml: Rule 1 (line 4)`.
"""

import io
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Any, TypeVar

import tomli_w

from calc.assumptions import ROWS, Assumptions, stated, with_value
from calc.datasets.dataset import data_dir
from calc.datasets.published_rates import read_published_rates
from calc.errors import ScenarioError, did_you_mean
from calc.files.checks import read_schedule
from calc.files.table_files import MAX_SHOWN, Problem, read_bytes, reason, shown
from calc.files.toml_text import parse_toml
from calc.scenario import COUNT_KEYS, DAY_KEYS, MAX_RULES, TEXT_KEYS, Scenario
from calc.tariffs.days import read_day
from calc.tariffs.law import latest_day
from calc.tariffs.rules import Rule, Schedule
from calc.values import check_text

MAX_BYTES = 4_000_000
FORMER_KEYS: Mapping[str, str] = {"policy": "law_day"}  # still read in older files; new files have the new names
Made = TypeVar("Made")

_SETTABLE = (*TEXT_KEYS, *DAY_KEYS, *COUNT_KEYS)
_TOP_KEYS = (*_SETTABLE, "rule", "assumptions")
_LIST_KEYS = ("importer", "exporters", "except_exporters", "products", "except_products", "authority")
_RULE_KEYS = (*_LIST_KEYS, "action", "value_pct", "instrument", "schedule", "allow_subsidy", "label")


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario text and its name."""

    name: str
    text: str

    def line(self, section: str, number: int, key: str = "") -> int | None:
        """Line of a key in a section (the `number`-th of its kind), of the section if the key is not found."""
        lines, headers, places = _lines(self.text)
        header = "" if section == "" else f"[[{section}]]" if section == "rule" else f"[{section}]"
        sections = places.get(header, ())
        if number >= len(sections):
            return None
        place = sections[number]
        first = headers[place][0]
        last = headers[place + 1][0] - 1 if place + 1 < len(headers) else len(lines)
        if key:
            for row in range(first + 1, last + 1):
                if lines[row - 1].split("=", 1)[0].strip().strip('"') == key:
                    return row
        return first or None

    def at(self, section: str = "", number: int = 0, key: str = "") -> str:
        """Place in words: `scenario.toml: line 7`, `scenario.toml: Rule 1 (line 4)`."""
        row = self.line(section, number, key)
        line = f"line {row}" if row else ""
        if section == "rule":
            return f"{self.name}: Rule {number + 1}" + (f" ({line})" if line else "")
        return f"{self.name}: {line}" if line else self.name

    def check_keys(self, table: Mapping[str, object], known: Iterable[str], section: str = "", number: int = 0) -> None:
        """Refuse a key that the section does not have."""
        names = tuple(known)
        for key in table:
            if key not in names:
                raise ScenarioError(
                    f"{self.at(section, number, key)}: unknown key {key!r}{did_you_mean(key, names)}. "
                    f"Known keys here: {', '.join(names)}."
                )


@lru_cache(maxsize=1)
def _lines(text: str) -> tuple[tuple[str, ...], tuple[tuple[int, str], ...], Mapping[str, Sequence[int]]]:
    """Lines without comments, number and words of each header, and the places among them of each header by its words.

    The top of the file is line 0 without words.
    """
    lines = tuple(raw.split("#", 1)[0].strip() for raw in text.splitlines())
    found = ((row, line.replace(" ", "")) for row, line in enumerate(lines, 1) if line.startswith("["))
    headers = ((0, ""), *found)
    places: dict[str, list[int]] = {}
    for place, (_, words) in enumerate(headers):
        places.setdefault(words, []).append(place)
    return lines, headers, places


def read_scenario(name_or_path: str | Path) -> Scenario:
    """A scenario from a TOML file, with the schedules it names from the same folder; or a preset by its name.

    Where a file has the name of a preset, the file is read.

    Raises
    ------
    ScenarioError
        The file is missing, too large, not TOML, or breaks a rule; the message names the line.

    Examples
    --------
    >>> import calc
    >>> calc.read_scenario("universal_10").rules[0].value_pct
    10.0
    """
    file, known, asked = Path(name_or_path), presets(), shown(name_or_path)
    remedy = "Give the path of a scenario file, or the name of a preset."
    try:
        if not file.exists():
            file = known.get(str(name_or_path), file)
        state = file.stat()
        if not S_ISREG(state.st_mode):  # a pipe may never end, a device neither
            raise ScenarioError(f"{asked} is a folder, a pipe or a device, not an ordinary file. {remedy}")
        if state.st_size > MAX_BYTES:
            raise ScenarioError(f"{file.name} is larger than {MAX_BYTES:,} bytes, too large for a scenario.")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{file.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    except (OSError, ValueError) as error:  # the latter: a zero byte in the name
        raise ScenarioError(
            f"{asked} cannot be read: {reason(error)}{did_you_mean(str(name_or_path)[:MAX_SHOWN], known)}. {remedy}"
        ) from error
    return replace(scenario_from_toml(text, folder=file.parent, name=file.name), file=file.name)


def scenario_from_toml(text: str, *, folder: Path, name: str = "scenario") -> Scenario:
    """A scenario from TOML text; schedules are looked for in `folder` only.

    Raises
    ------
    ScenarioError
        The text is not TOML or breaks a rule; the message names `name` and the line.

    Examples
    --------
    >>> from pathlib import Path
    >>> import calc
    >>> text = 'rule = [{exporters = ["VNM"], value_pct = 10}]'
    >>> calc.scenario_from_toml(text, folder=Path()).rules[0].exporters
    ('VNM',)
    """
    try:
        document = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{name} is not valid TOML: {error}. Fix that line.") from error
    source = Source(name=name, text=text)
    for former, key in FORMER_KEYS.items():
        if former in document and key in document:
            raise ScenarioError(f"{source.at(key=former)}: {former} is the former name of {key}. Keep only {key}.")
    document = {FORMER_KEYS.get(key, key): value for key, value in document.items()}
    source.check_keys(document, _TOP_KEYS)
    tables = document.pop("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ScenarioError(f"{name}: write rules as [[rule]], with two brackets on each side.")
    if len(tables) > MAX_RULES:
        raise ScenarioError(
            f"{name}: there are {len(tables):,} rules; the most is {MAX_RULES:,}. Use a schedule instead."
        )
    table = document.pop("assumptions", {})
    if not isinstance(table, dict):
        raise ScenarioError(f"{name}: write assumptions as a table, [assumptions].")
    source.check_keys(table, tuple(ROWS), "assumptions")
    rules = tuple(_rule(table, number, source, folder) for number, table in enumerate(tables))
    assumptions = _placed(source, "assumptions", lambda: Assumptions(**_floats(table)))
    return _placed(source, "", lambda: Scenario(**_with_days(document), rules=rules, assumptions=assumptions))


def _placed(source: Source, section: str, make: Callable[[], Made], number: int = 0) -> Made:
    """What `make` makes; what it refuses, with its place in the file before the words."""
    try:
        return make()
    except ScenarioError as error:
        key = next((old for old, new in FORMER_KEYS.items() if new == error.key and source.line("", 0, old)), error.key)
        raise ScenarioError(f"{source.at(section, number, key)}: {error}", key=error.key) from error


LATEST = "latest"  # for a day: the last one that the sources of the tariff record cover


def _with_days(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a file with their days read; an empty text is not a date."""
    return {key: _day(key, value) if key in DAY_KEYS else value for key, value in values.items()}


def _day(key: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if value == LATEST:
        return latest_day()
    try:
        return read_day(value) if value else None
    except ScenarioError as error:
        raise ScenarioError(f"{key}: {error}", key=key) from error


def scenario_to_toml(scenario: Scenario) -> str:
    """The scenario as TOML text; what stands at its default is left out, except model, dataset and seed.

    Examples
    --------
    >>> import calc
    >>> print(calc.scenario_to_toml(calc.Scenario(title="Nothing", seed=7)).splitlines()[-1])
    seed = 7
    """
    default = _default()
    document: dict[str, object] = {
        "title": scenario.title,
        "dataset": scenario.dataset,
        "model": scenario.model,
    }
    for key in ("elasticities", "kind", "description", "source", "date", *DAY_KEYS):
        if getattr(scenario, key) != getattr(default, key):
            document[key] = str(getattr(scenario, key))
    document["seed"] = scenario.seed
    if scenario.draws != default.draws:
        document["draws"] = scenario.draws
    assumptions = {key: value for key, value in stated(scenario.assumptions).items() if value != ROWS[key].default}
    if assumptions:
        document["assumptions"] = assumptions
    if scenario.rules:
        document["rule"] = [_rule_to_table(rule) for rule in scenario.rules]
    return tomli_w.dumps(document)


@cache
def _default() -> Scenario:
    return Scenario()


def presets() -> Mapping[str, Path]:
    """The built-in scenario files, by name without ending.

    Examples
    --------
    >>> import calc
    >>> calc.presets()["truce_lapses"].name
    'truce_lapses.toml'
    """
    return {path.stem: path for path in sorted((data_dir() / "scenarios").glob("*.toml"))}


def with_settings(scenario: Scenario, settings: Iterable[str]) -> Scenario:
    """The scenario with single keys changed, each written `seed=2` or `assumptions.pass_through_pct=50`.

    The section of an assumption may be left out: `months=3`.

    Raises
    ------
    ScenarioError
        A setting has no `=`, an unknown key or a value of the wrong kind.
    """
    for setting in settings:
        try:
            scenario = _with_setting(scenario, setting)
        except ScenarioError as error:
            raise ScenarioError(f"--set {setting}: {error}", key=error.key) from error
    return scenario


def _with_setting(scenario: Scenario, setting: str) -> Scenario:
    key, equals, text = setting.partition("=")
    section, _, name = key.strip().rpartition(".")
    if equals and section in ("assumptions", "") and name in ROWS:
        return replace(scenario, assumptions=with_value(scenario.assumptions, name, ROWS[name].read(text)))
    name = FORMER_KEYS.get(name, name)
    if not equals or section or name not in _SETTABLE:
        names = [*_SETTABLE, *(f"assumptions.{key}" for key in ROWS)]
        raise ScenarioError(f"there is no such key{did_you_mean(key.strip(), names)}. Known: {', '.join(names)}.")
    values: dict[str, Any] = {name: _count(name, text) if name in COUNT_KEYS else text.strip()}
    return replace(scenario, **_with_days(values))


def _count(key: str, text: str) -> int | float:
    try:
        number = float(text)
    except ValueError as error:
        raise ScenarioError(f"{text!r} is not a number.", key=key) from error
    return int(number) if number.is_integer() else number


def _rule(table: Mapping[str, Any], number: int, source: Source, folder: Path) -> Rule:
    source.check_keys(table, _RULE_KEYS, "rule", number)
    values: dict[str, Any] = {
        key: _texts(value) if key in _LIST_KEYS else value for key, value in _floats(table).items()
    }

    def make() -> Rule:
        if "schedule" in values:
            if "value_pct" in values:
                raise ScenarioError("a rule has a schedule or a value_pct, not both. Split it into two rules.")
            values["schedule"] = _schedule(values["schedule"], folder)
            values.setdefault("action", "set")
        elif "value_pct" not in values:
            raise ScenarioError("a rule needs value_pct, in points, or a schedule. Add one.")
        return Rule(**values, line=source.line("rule", number))

    return _placed(source, "rule", make, number)


def _floats(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table with its whole numbers as the others: 80 and 80.0 are the same scenario."""
    return {key: float(value) if type(value) is int else value for key, value in table.items()}


def _texts(value: object) -> object:
    """One text or a list of texts as a tuple; anything else as it is, to be refused."""
    values = [value] if isinstance(value, str) else value
    return tuple(text for text in values if text != "") if isinstance(values, list) else value


def _schedule(name: object, folder: Path) -> Schedule:
    """A schedule file beside the scenario; a name that leads elsewhere is refused."""
    check_text("schedule", name)
    if not isinstance(name, str) or Path(name).name != name or not name:
        raise ScenarioError(
            f"schedule must be the name of a file beside the scenario, not a path: {name!r}.", key="schedule"
        )
    content = read_bytes(folder / name, shown(name), folder)
    if isinstance(content, Problem):
        raise ScenarioError(
            f"schedule {shown(name)!r} is not beside the scenario, or {content.rule}. Put it there.", key="schedule"
        )
    return Schedule(name=name, content=content, table=read_schedule(io.BytesIO(content), name, read_published_rates))


_DEFAULT_RULE = Rule()


def _rule_to_table(rule: Rule) -> dict[str, object]:
    table: dict[str, object] = {}
    if rule.importer:
        table["importer"] = rule.importer[0] if len(rule.importer) == 1 else list(rule.importer)
    for key in ("exporters", "except_exporters", "products", "except_products"):
        if getattr(rule, key):
            table[key] = list(getattr(rule, key))
    table["action"] = rule.action
    if rule.schedule:
        table["schedule"] = rule.schedule.name
    else:
        table["value_pct"] = rule.value_pct
    if rule.authority:
        table["authority"] = rule.authority[0] if len(rule.authority) == 1 else list(rule.authority)
    for key in ("instrument", "allow_subsidy", "label"):
        if getattr(rule, key) != getattr(_DEFAULT_RULE, key):
            table[key] = getattr(rule, key)
    return table
