"""Pinned scenarios: up to five, each in a place of its own, held in the address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from calc.assumptions import stated
from calc.datasets.dataset import OWN, dataset_names
from calc.errors import CalcError, ScenarioError, did_you_mean
from calc.page import answers
from calc.page.held.link import Unknown, pack_whole, unpack
from calc.page.held.session import PINS
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml, with_settings

PLACES = (1, 2, 3, 4, 5)
_DAMAGED = "A pinned scenario in the link cannot be read. Copy the link again."
_SETTINGS, _TITLE = ("model", "elasticities", "seed", "draws"), "title"  # what a pin may say beside its preset


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
    """A pin as one parameter: `2.truce_lapses~draws.0`, a preset and what differs from it, else packed, `2.eN…`.

    Raises
    ------
    ScenarioError
        The scenario is too long for a link.
    """
    return f"{pin.place}.{_by_preset(pin.scenario) or pack_whole(pin.scenario)}"


def _by_preset(scenario: Scenario) -> str:
    """A scenario as the preset with its rules, data and days, and what differs; empty where there is none."""
    same = {key: getattr(scenario, key) for key in (*_SETTINGS, "assumptions", _TITLE)}
    for name, preset in answers.preset_scenarios().items():
        if replace(preset, **same) != scenario:
            continue
        told = [f"{key}.{same[key]}" for key in _SETTINGS if same[key] != getattr(preset, key)]
        before, now = stated(preset.assumptions), stated(scenario.assumptions)
        told += [f"{key}.{value}" for key, value in now.items() if before.get(key) != value]
        told += [f"{_TITLE}.{scenario.title}"] if scenario.title != preset.title else []
        text = "~".join([name, *told])
        return text if _of_preset(text) == scenario else ""
    return ""


def _of_preset(text: str) -> Scenario | None:
    """A scenario from the text of `_by_preset`; None where it does not begin with a preset's name."""
    before_title, says_title, title = text.partition(f"~{_TITLE}.")
    name, *told = before_title.split("~")
    preset = answers.preset_scenarios().get(name)
    if preset is None:
        return None
    try:
        found = with_settings(preset, [item.replace(".", "=", 1) for item in told])
    except ScenarioError as error:
        raise ScenarioError(_DAMAGED) from error
    return replace(found, title=title) if says_title else found


def read_pin(text: str) -> Pin:
    """A pin from its parameter.

    Raises
    ------
    ScenarioError
        The text is damaged or no scenario, or names a place or dataset that this page does not have.
    """
    place, dot, packed = text.partition(".")
    if not dot or place not in map(str, PLACES):
        raise ScenarioError(_DAMAGED)
    scenario = _of_preset(packed) or unpack(packed)
    name, known = scenario.dataset, dataset_names()
    if name not in known and not name.startswith(OWN):
        raise ScenarioError(
            f"dataset {name!r} is not on this page{did_you_mean(name, known)}; “{scenario.title}” needs it."
        )
    return Pin(place=int(place), scenario=scenario)


def read_pin_text(text: str) -> str:
    """Reader of a pin: the text itself, once it is known to be one."""
    try:
        read_pin(text)
    except ScenarioError as error:
        raise Unknown(str(error)) from error
    return text


def pinned() -> tuple[Pin, ...]:
    """The pins in order of their places."""
    return apart([read_pin(text) for text in PINS.value_or([])])


def apart(pins: Sequence[Pin]) -> tuple[Pin, ...]:
    """Pins in places of their own: of two in one place the later moves to a free one, and a sixth is left out."""
    kept: dict[int, Pin] = {}
    for pin in pins:
        free = [place for place in PLACES if place not in kept]
        if free:
            place = pin.place if pin.place in free else free[0]
            kept[place] = replace(pin, place=place)
    return tuple(kept[place] for place in sorted(kept))


def pin(scenario: Scenario) -> None:
    """Pin a scenario in the first free place; where that cannot be, say why."""
    pins = pinned()
    if reason := not_pinned(scenario):
        st.toast(reason)
        return
    place = next(place for place in PLACES if place not in [pin.place for pin in pins])
    _hold((*pins, Pin(place=place, scenario=scenario)))


def not_pinned(scenario: Scenario) -> str:
    """Why a scenario cannot be pinned, in a sentence; empty where it can."""
    pins = pinned()
    text = scenario_to_toml(scenario)
    if any(scenario_to_toml(pin.scenario) == text for pin in pins):
        return "This scenario is already pinned."
    if len(pins) == len(PLACES):
        return "Five scenarios are already pinned. Remove one on the Compare page."
    try:
        write_pin(Pin(place=1, scenario=scenario))
    except CalcError as error:
        return str(error)
    return ""


def unpin(place: int) -> None:
    """Remove the pin of a place; the others keep theirs."""
    _hold([pin for pin in pinned() if pin.place != place])


def rename(place: int, title: str) -> None:
    """Give a pin another title; an empty one changes nothing."""
    if not (words := " ".join(title.split())[:200]):
        return
    _hold(
        [replace(pin, scenario=replace(pin.scenario, title=words)) if pin.place == place else pin for pin in pinned()]
    )


def pin_button(scenario: Scenario, *, short: bool = False) -> None:
    """The button that pins the scenario on screen; where it cannot be pinned, its help says why."""
    reason = not_pinned(scenario)
    st.button(
        "Pin" if short else "Pin this scenario",
        on_click=pin,
        args=(scenario,),
        key="pin",
        disabled=bool(reason),
        icon=":material/push_pin:",
        help=reason or "Keep this scenario for the Compare page, which sets up to five beside the one on screen.",
        width="stretch" if short else "content",
    )


def _hold(pins: Sequence[Pin]) -> None:
    PINS.hold([write_pin(pin) for pin in apart(pins)])
