"""What the server decided about the controls, kept until the browser shows that it knows.

A browser sends every control with every action. One that acts again before it has drawn what the first action decided
sends the values from before, which would undo the decision. Each decision is therefore kept with the values that it
replaced, and put in their place again, until the number that is drawn after all controls comes back from the browser.

A browser also drops what a view does not draw, and may do so after its next message has left: the server would take the
controls for drawn, and the browser would draw them anew at their first option or lowest value. Where the screen has
another shape than before, or the browser has not said that it knows, all that the controls hold is sent again.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ParamSpec

import streamlit as st

P = ParamSpec("P")

_DECISIONS = "decisions"
_DRAWN = "drawn"  # number of the last drawing that showed a decision
_PLAIN = (str, int, float, list, date, type(None))  # what a control can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a control was made to hold.

    Parameters
    ----------
    replaced : values that the browser may still send
    drawing : number of the drawing of the page that first shows it
    """

    value: object
    replaced: tuple[object, ...]
    drawing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Those that the browser may not know, by the name of the control.

    Parameters
    ----------
    drawing : number of the drawing that is under way, or comes next
    late : controls of which the present message brought a value from before a decision
    drawn, before : controls with a callback, of this drawing so far and of the last whole one; a late message may still
        bring others, which are gone
    ever : all controls with a callback so far
    shape : of the screen: what decides which controls are drawn
    turned : number of the first drawing of this shape
    """

    of: Mapping[str, Decision] = field(default_factory=dict)
    drawing: int = 1
    late: frozenset[str] = frozenset()
    drawn: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()
    shape: str = ""
    turned: int = 0


def decide(name: str, value: object) -> None:
    """Hold a value under a name of the session state, which the browser may not know yet."""
    held = _decisions()
    earlier = held.of.get(name)
    before = st.session_state.get(name, value)
    st.session_state[name] = value
    if not (isinstance(value, _PLAIN) and isinstance(before, _PLAIN)) or (earlier is None and before == value):
        return
    browser_has = (*earlier.replaced, earlier.value, before) if earlier else (before,)
    replaced = tuple(each for each in browser_has if each != value)
    of = {key: decision for key, decision in held.of.items() if key != name}
    if replaced:
        of[name] = Decision(value=value, replaced=replaced, drawing=held.drawing)
    st.session_state[_DECISIONS] = replace(held, of=of)


def settle() -> None:
    """Put decisions in the place of what they replaced, where this message still brings that.

    What the visitor touched since is left alone. To be called before a callback reads controls.
    """
    held = _decisions()
    if not held.of:
        return
    known = _known()
    unknown, late = {}, set(held.late)
    for name, decision in held.of.items():
        present = st.session_state.get(name, decision.value)
        if decision.drawing <= known or present not in (decision.value, *decision.replaced):
            continue
        unknown[name] = decision
        if present != decision.value:
            late.add(name)
            st.session_state[name] = decision.value
    st.session_state[_DECISIONS] = replace(held, of=unknown, late=frozenset(late))


def begin() -> None:
    """Settle what this message brought; to be called before anything is drawn, which is after the callbacks."""
    settle()
    if held := st.session_state.get(_DECISIONS):
        st.session_state[_DECISIONS] = replace(held, late=frozenset())


def renew(shape: str, controls: Collection[str]) -> None:
    """Send again what the controls hold, where the browser may draw them anew; to be called before they are drawn.

    Parameters
    ----------
    shape : what decides which controls are drawn
    controls : their names; those with a callback are known
    """
    held = _decisions()
    if shape == held.shape and _known() >= held.turned:
        return
    for name in {*controls, *held.ever}:
        value = st.session_state.get(name)
        # a button is no control, and holds a truth value too
        if isinstance(value, _PLAIN) and value is not None and (name in controls or not isinstance(value, bool)):
            st.session_state[name] = value
    st.session_state[_DECISIONS] = replace(held, shape=shape, turned=held.drawing)


def end() -> None:
    """Draw the number by which the browser tells that it has drawn all controls; to be called after them.

    The style sheet hides it.
    """
    held = _decisions()
    if held.of or held.turned == held.drawing:
        st.session_state[_DRAWN] = str(held.drawing)
        held = replace(held, drawing=held.drawing + 1)
    st.session_state[_DECISIONS] = replace(held, drawn=frozenset(), before=held.drawn)
    with st.sidebar.container(key="drawing_number"):
        st.text_input("Drawing", key=_DRAWN, persist_state="session")


def heard(callback: Callable[P, None], name: str) -> Callable[P, None]:
    """A callback that finds the decisions in place, and is not called by a control from before one.

    Parameters
    ----------
    name : of the control that calls it, which is about to be drawn
    """
    held = _decisions()
    st.session_state[_DECISIONS] = replace(held, drawn=held.drawn | {name}, ever=held.ever | {name})

    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        settle()
        held = _decisions()
        if name in held.drawn | held.before and name not in held.late:
            callback(*args, **kwargs)

    return call


def _known() -> int:
    """Number of the last drawing that the browser says to know."""
    text = str(st.session_state.get(_DRAWN) or "")
    return int(text) if text.isdecimal() else 0


def _decisions() -> Decisions:
    held: Decisions = st.session_state.get(_DECISIONS) or Decisions()
    return held
