"""Whose turn it is when many visitors ask at once.

Headlines come first; what follows them on their pages waits a moment for headlines of others; draws and other models,
which take longest, are computed one at a time, and dropped as soon as nobody waits for them any more. A visitor who is
alone never waits.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, get_ident

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calc.page.held.session import VIEWS

_LOOK = 0.01  # seconds between two looks at whether it is one's turn
_FOR_OTHERS = 0.4  # seconds that the rest of a page, or a part of its draws, lets headlines of others go first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turns:
    """The threads whose headline is still to come, and the one that computes what takes long."""

    _without_headline: set[int] = field(default_factory=set, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)
    _long: Lock = field(default_factory=Lock, init=False)

    @contextmanager
    def until_headline(self) -> Iterator[None]:
        """Go first, until `headline_is_out` or the end of the run."""
        with self._lock:
            self._without_headline.add(get_ident())
        try:
            yield
        finally:
            self.headline_is_out()

    def headline_is_out(self) -> None:
        """From now on others go first."""
        with self._lock:
            self._without_headline.discard(get_ident())

    def give_way(self) -> None:
        """Let headlines of others go first for a moment; the run ends here where its visitor has moved on."""
        until = time.monotonic() + _FOR_OTHERS
        end_if_moved_on()
        while self._others_wait() and time.monotonic() < until:
            time.sleep(_LOOK)
            end_if_moved_on()

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Compute what takes long, while nobody else does."""
        self.give_way()
        while not self._long.acquire(timeout=5 * _LOOK):
            end_if_moved_on()
        try:
            yield
        finally:
            self._long.release()

    def _others_wait(self) -> bool:
        with self._lock:
            return bool(self._without_headline - {get_ident()})


@st.cache_resource
def turns() -> Turns:
    """The turns of all visitors of this server."""
    return Turns()


def end_if_moved_on() -> None:
    """End this run of the page where its visitor has moved a control since, or left; Streamlit raises what ends it."""
    if get_script_run_ctx(suppress_warning=True) is not None:
        VIEWS.is_held()  # Streamlit looks for a newer run wherever the session state is read
