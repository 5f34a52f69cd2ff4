"""A pinned scenario as text of the address: its place, and the whole scenario packed."""

import base64
import zlib
from dataclasses import dataclass

from calc.datasets.dataset import OWN, dataset_names
from calc.errors import ScenarioError, did_you_mean
from calc.models.known import MODELS
from calc.page.link import MAX_UNPACKED, TOO_LONG, Unknown, unpack
from calc.scenario import Scenario, scenario_to_toml

PLACES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A scenario kept for comparison.

    Parameters
    ----------
    place : 1 to 5; its colour, kept when others are removed
    scenario : the whole of it, with dataset, model, days and assumptions
    """

    place: int
    scenario: Scenario


def write_pin(pin: Pin) -> str:
    """A pin as one parameter: `2.eNq…`.

    Raises
    ------
    ScenarioError
        The scenario is too long for a link.
    """
    text = scenario_to_toml(pin.scenario).encode()
    if len(text) > MAX_UNPACKED:
        raise ScenarioError(TOO_LONG)
    return f"{pin.place}.{base64.urlsafe_b64encode(zlib.compress(text, 9)).decode()}"


def read_pin(text: str) -> Pin:
    """A pin from its parameter.

    Raises
    ------
    ScenarioError
        The text is damaged or no scenario, or names a place, dataset or model that this page does not have.
    """
    place, dot, packed = text.partition(".")
    if not dot or place not in map(str, PLACES):
        raise ScenarioError("A pinned scenario in the link cannot be read. Copy the link again.")
    scenario = unpack(packed)
    for what, name, known in (
        ("dataset", scenario.dataset, dataset_names()),
        ("model", scenario.model, tuple(MODELS)),
    ):
        if name not in known and not name.startswith(OWN):
            raise ScenarioError(f"{what} {name!r} is not here{did_you_mean(name, known)}; “{scenario.title}” needs it.")
    return Pin(place=int(place), scenario=scenario)


def read_pin_text(text: str) -> str:
    """Reader of a pin: the text itself, once it is known to be one."""
    try:
        read_pin(text)
    except ScenarioError as error:
        raise Unknown(str(error)) from error
    return text
