"""The address is the state: controls to parameters and back, several rules packed into one.

Codes stand in the address, names on the page. Streamlit's own binding would write the names, drop what a hidden
control holds, and ignore unknown values in silence; here each one that is ignored is named.
"""

import base64
import binascii
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from calc.datasets.dataset import data_dir
from calc.errors import DataError, ScenarioError
from calc.scenario import Scenario
from calc.scenario_file import scenario_from_toml, scenario_to_toml
from calc.tariffs.days import read_day

MAX_UNPACKED = 20_000
# Text that scenarios share, which the packing knows beforehand, the commonest last. Links made with it are read with
# it: it must never change.
KNOWN_TEXT = b"""\
instrument = "export_volume"
instrument = "export_tax"
except_exporters = [
except_products = [
    "list:rare-earths",
    "kind:goods",
    "section:XVI",
authority = [
schedule = "
label = "Full retaliation"
source = "
description = "In force: Threatened: Assumption: date = "2025-
kind = "idea"
kind = "threat"
kind = "law"
dataset = "wiod-2011"
dataset = "china-2017"
dataset = "world-io-2023"
dataset = "pairs-2023"
model = "liberation_day"
model = "trade_equilibrium"
model = "gsim_linear"
model = "smart"
dataset = "world-2023"
model = "gsim"
[assumptions]
months = 12.0
pass_through_pct = 50.0
elasticity_multiplier = 0.5
elasticities = "uniform"
draws = 0
law_day = "2026-11-10"
baseline = "2025-
importer = "CHN"
exporters = [
    "USA",
action = "reciprocal"
value_pct = 100.0
action = "multiply"
    "EU27",
    "JPN",
    "KOR",
    "VNM",
    "MEX",
    "CAN",
products = [
    "8703",
    "8541",
    "8542",
action = "set"
value_pct = 25.0
title = "Custom policy"
title = "United States sets its tariff on all partners at 0%, with full retaliation
title = "Tariffs of 10 November 2026 plus your change, compared with the tariffs of 2025
title = "United States adds 10 points to its tariff on China, products of list
dataset = "us-2024"
model = "armington"
baseline = "2026-09-30"
seed = 1

[[rule]]
importer = "USA"
exporters = [
    "CHN",
]
action = "add"
value_pct = 100.0
"""
NONE = "data"  # for a date: none, so that the rates in the data stand
# Names that a parameter had in links made before.
FORMER_NAMES: Mapping[str, str] = {
    "policy": "law_day",
    "multiplier": "elasticity_multiplier",
    "substitution": "armington_elasticity",
    "demand": "import_demand_elasticity",
    "supply": "export_supply_elasticity",
}
# Parameters of links made before, of controls that are no more: the page now finds out by itself.
FORMER = ("span",)
TOO_LONG = "This policy is too long for a link. Save the scenario as a file and run it from the command line."

Value = object
Parameters = Mapping[str, Sequence[str]]


class Unknown(ValueError):
    """A value of the address that means nothing here, and the words to name it by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control as the address knows it.

    Parameters
    ----------
    default : value that the address leaves out
    read : text of the address -> value; ValueError where it means nothing
    many : the value is a list, and the parameter repeats
    always : an address that says anything says this too, because links from before the control had this default do
        not: in them it is None, written `NONE`
    """

    default: Value
    read: Callable[[str], Value]
    many: bool = False
    always: bool = False


def one_of(choices: Collection[str]) -> Callable[[str], str]:
    """Reader of a text that must be among `choices`."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return read


def number_between(low: float, high: float) -> Callable[[str], float]:
    """Reader of a number from `low` to `high`."""

    def read(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def day_until(last: date) -> Callable[[str], date]:
    """Reader of a day of the tariff record, not after `last`."""
    read = day_or_none_until(last)

    def read_one(text: str) -> date:
        if (day := read(text)) is None:
            raise ValueError(text)
        return day

    return read_one


def day_or_none_until(last: date) -> Callable[[str], date | None]:
    """Reader of a day of the tariff record, not after `last`, or of none."""

    def read(text: str) -> date | None:
        if text == NONE:
            return None
        try:
            day = read_day(text)
        except ScenarioError as error:
            raise ValueError(text) from error
        if day > last:
            raise ValueError(text)
        return day

    return read


def read_yes(text: str) -> bool:
    """Reader of a switch that is on; one that is off is left out of the address."""
    if text != "True":
        raise ValueError(text)
    return True


def read_parameters(parameters: Parameters, controls: Mapping[str, Control]) -> tuple[dict[str, Value], list[str]]:
    """Value of every control, and the parameters that were ignored, as `name=value`."""
    parameters = {FORMER_NAMES.get(key, key): texts for key, texts in parameters.items()} | {
        key: texts for key, texts in parameters.items() if key not in FORMER_NAMES
    }
    known = any(key in controls for key in parameters)
    values = {key: None if known and control.always else control.default for key, control in controls.items()}
    unknown = [key for key in parameters if key not in controls and key not in FORMER]
    ignored = [f"{key}={text}" for key in unknown for text in parameters[key]]
    for key, control in controls.items():
        if key not in parameters:
            continue
        texts = [text for text in parameters[key] if text]
        read = []
        for text in texts if control.many else texts[-1:]:
            try:
                read.append(control.read(text))
            except ValueError as error:
                ignored.append(f"{key}={error if isinstance(error, Unknown) else text}")
        if control.many and (read or not texts):
            values[key] = list(dict.fromkeys(read))
        elif read:
            values[key] = read[0]
    return values, ignored


def write_parameters(
    values: Mapping[str, Value], controls: Mapping[str, Control], *, whole: bool = False
) -> dict[str, list[str]]:
    """The parameters that bring `values` back; what stands at its default is left out.

    Parameters
    ----------
    whole : say also what an address says only beside others
    """
    parameters: dict[str, list[str]] = {}
    for key, control in controls.items():
        value = values.get(key, control.default)
        if value == control.default or (value is None and not (control.many or control.always)):
            continue
        if control.many:
            parameters[key] = [str(item) for item in value] or [""]  # type: ignore[attr-defined]  # many: always a list
        else:
            parameters[key] = [text_of(value)]
    if whole or parameters:
        always = {key: [text_of(values.get(key, one.default))] for key, one in controls.items() if one.always}
        parameters = {**always, **parameters}
    return parameters


def text_of(value: Value) -> str:
    """A value as the address has it."""
    if value is None:
        return NONE
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def address(base: str, parameters: Parameters) -> str:
    """A whole address to copy."""
    query = urlencode(parameters, doseq=True)
    return f"{base.split('?')[0]}?{query}" if query else base.split("?")[0]


def pack(scenario: Scenario) -> str:
    """A scenario's words and rules as one parameter.

    Raises
    ------
    ScenarioError
        The rules are too long for a link.
    """
    return pack_whole(words_and_rules(scenario))


def words_and_rules(scenario: Scenario) -> Scenario:
    """The part of a scenario that is packed as its rules; the rest has parameters of its own."""
    return Scenario(
        title=scenario.title,
        kind=scenario.kind,
        description=scenario.description,
        source=scenario.source,
        date=scenario.date,
        rules=scenario.rules,
    )


def pack_whole(scenario: Scenario) -> str:
    """A scenario with dataset, model, days and assumptions as one parameter.

    Raises
    ------
    ScenarioError
        The scenario is too long for a link.
    """
    text = scenario_to_toml(scenario).encode()
    if len(text) > MAX_UNPACKED:
        raise ScenarioError(TOO_LONG)
    packing = zlib.compressobj(9, zdict=KNOWN_TEXT)
    return base64.urlsafe_b64encode(packing.compress(text) + packing.flush()).decode()


@lru_cache(maxsize=64)
def unpack(packed: str) -> Scenario:
    """A scenario from its parameter; schedules come from the built-in scenarios only.

    Raises
    ------
    ScenarioError
        The text is damaged, too long once unpacked, or no scenario.
    """
    try:
        raw = base64.b64decode(packed, altchars=b"-_", validate=True)
        stream = zlib.decompressobj(zdict=KNOWN_TEXT)  # links from before it was known say that they need none
        text = stream.decompress(raw, MAX_UNPACKED + 1)
        if not stream.eof or stream.unused_data or len(text) > MAX_UNPACKED:
            raise ScenarioError("The rules in the link are cut off or too long.")
        return scenario_from_toml(text.decode(), folder=data_dir() / "scenarios", name="The rules in the link")
    except DataError as error:  # what they name is a file, and no table of rates
        raise ScenarioError(f"The rules in the link name a schedule that cannot be read: {error}") from error
    except (binascii.Error, zlib.error, UnicodeError, ValueError) as error:
        raise ScenarioError("The rules in the link cannot be read. Copy the link again.") from error


def read_packed(text: str) -> str:
    """Reader of packed rules: the text itself, once it is known to unpack."""
    try:
        unpack(text)
    except ScenarioError as error:
        raise ValueError(text) from error
    return text
