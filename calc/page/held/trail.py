"""The last moments of the frame's controls, each a step that can be taken back."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.page.held import rule_list, session
from calc.page.held.known_controls import frame_controls
from calc.page.held.link import Value
from calc.page.held.rule_list import Card
from calc.page.held.session import Key

MOST_STEPS = 10
_ONE_MOVE = 2.0  # seconds: what a slider passes on its way is one change


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the frame's controls held, which of them had changed, and when, s."""

    values: Mapping[str, Value]
    unfinished: Mapping[int, Card]
    changed: frozenset[str] = frozenset()
    at: float = 0.0


TRAIL: Key[tuple[Moment, ...]] = Key("trail")  # the present moment last


def note(data: Dataset) -> None:
    """Keep the present moment, if it differs from the last; early in a run, which the next click may cut short."""
    now = Moment(
        values={key: st.session_state[key] for key in frame_controls(data.name) if key != session.PINS.name},
        unfinished=rule_list.UNFINISHED.value_or({}),
        at=time.monotonic(),
    )
    trail = TRAIL.value_or(())
    if trail and (now.values, now.unfinished) == (trail[-1].values, trail[-1].unfinished):
        return
    TRAIL.hold(with_moment(trail, now))


def with_moment(trail: tuple[Moment, ...], now: Moment) -> tuple[Moment, ...]:
    """The trail with one more moment, which replaces the last where one number is still on its way."""
    if not trail:
        return (now,)
    last = trail[-1]
    changed = frozenset(key for key, value in now.values.items() if value != last.values.get(key))
    on_its_way = changed == last.changed == {session.TARIFF.name} and now.at - last.at < _ONE_MOVE
    before = trail[:-1] if on_its_way else trail
    return (*before, replace(now, changed=changed))[-MOST_STEPS - 1 :]


def step_back() -> Moment | None:
    """The moment before the present one, which becomes the last; None at the start."""
    trail = TRAIL.value_or(())[:-1]
    if not trail:
        return None
    TRAIL.hold(trail)
    return trail[-1]


def can_step_back() -> bool:
    """Whether there is a moment before the present one."""
    return len(TRAIL.value_or(())) > 1
