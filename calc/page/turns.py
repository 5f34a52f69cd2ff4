"""Whose turn it is when many visitors ask at once.

One interpreter answers all of them, and twenty threads that share it come to nothing before their visitors move on. So
one computes at a time, part after part, and the others wait in this order: headlines, whoever asked first; draws that
were begun; what follows a headline on its page; draws; other models. Of those behind their headline the newest goes
first, which has most time until its visitor moves a control again; but pages of visitors who have rested for some
seconds go on between the headlines of others, the oldest first. What nobody waits for any more is dropped, and a
visitor who is alone never waits.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from threading import Event, Lock, get_ident

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calc.page.held.session import VIEWS

_LOOK = 0.1  # seconds between two looks at whether a visitor who waits has moved on
_RESTED = 3.0  # seconds after a headline from which its visitor is not expected to move at once
_SHARE = 0.3  # seconds of headlines between two parts of pages whose visitors rest
_LONGEST = 0.5  # seconds after which a part that still computes no longer keeps others waiting


class Part(IntEnum):
    """What a run of the page computes next; the lowest goes first."""

    HEADLINE = 0
    BEGUN_DRAWS = 1
    PAGE = 2
    DRAWS = 3
    OTHER_MODELS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waiting:
    """A thread that waits for its turn.

    Parameters
    ----------
    part : what it computes next
    since : when it asked for its headline, or got it, where it computes what follows; seconds of the clock
    called : set once it is its turn
    """

    part: Part
    since: float
    called: Event = field(default_factory=Event)

    def place(self, now: float) -> tuple[Part, float]:
        """Where it stands in the queue; the lowest goes first."""
        if self.rested(now):
            return Part.BEGUN_DRAWS, self.since
        return self.part, self.since if self.part == Part.HEADLINE else -self.since

    def rested(self, now: float) -> bool:
        """Whether its visitor has looked at an unfinished page for some seconds."""
        return self.part != Part.HEADLINE and now - self.since > _RESTED


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turns:
    """The threads that compute and those that wait.

    Parameters
    ----------
    clock : seconds, which only grow
    """

    clock: Callable[[], float] = time.monotonic
    _runs: dict[int, float] = field(default_factory=dict, init=False)  # when the headline of each run came
    _computing: dict[int, float] = field(default_factory=dict, init=False)  # since when
    _waiting: dict[int, Waiting] = field(default_factory=dict, init=False)
    _drawing: set[int] = field(default_factory=set, init=False)
    # when a rested visitor's page last went on
    _between: list[float] = field(default_factory=lambda: [0.0], init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    @contextmanager
    def until_headline(self) -> Iterator[None]:
        """A run of the page, which goes first until `headline_is_out`."""
        self._runs[get_ident()] = self.clock()
        try:
            self._wait_for_turn(Part.HEADLINE)
            yield
        finally:
            self._runs.pop(get_ident(), None)
            self._leave()

    def headline_is_out(self) -> None:
        """Let others compute, until the next `give_way`."""
        if get_ident() in self._runs:
            self._runs[get_ident()] = self.clock()
        self._leave()

    def give_way(self, part: Part = Part.PAGE) -> None:
        """Let those go first who have more haste; the run ends here where its visitor has moved on.

        Parameters
        ----------
        part : what comes next
        """
        end_if_moved_on()
        self._wait_for_turn(part)
        if get_ident() not in self._runs:  # a thread of a download, which no end of a run would let leave
            self._leave()

    @contextmanager
    def draws(self) -> Iterator[None]:
        """Draw, while nobody else does; between two blocks only headlines go first."""
        self.give_way(Part.DRAWS)
        try:
            yield
        finally:
            with self._lock:
                self._drawing.discard(get_ident())
                self._call_next()

    def _wait_for_turn(self, part: Part) -> None:
        """Wait as long as the visitor does."""
        me, now = get_ident(), self.clock()
        mine = Waiting(part=part, since=self._runs.get(me, now))
        with self._lock:
            self._computing.pop(me, None)
            self._waiting[me] = mine
            self._call_next()
        try:
            while not mine.called.wait(_LOOK):
                end_if_moved_on()
                with self._lock:
                    self._call_next()  # somebody may have computed for long
        except BaseException:
            with self._lock:
                self._drawing.discard(me)  # called in the moment before it ended
            self._leave()
            raise

    def _leave(self) -> None:
        with self._lock:
            self._waiting.pop(get_ident(), None)
            self._computing.pop(get_ident(), None)
            self._call_next()

    def _call_next(self) -> None:
        """Let the first in the queue compute, where nobody does; called under the lock."""
        now = self.clock()
        if not self._waiting or any(now - since < _LONGEST for since in self._computing.values()):
            return
        able = [thread for thread, each in self._waiting.items() if each.part != Part.DRAWS or not self._drawing]
        if not able:
            return
        first = min(able, key=lambda thread: self._waiting[thread].place(now))
        rested = [thread for thread in able if self._waiting[thread].rested(now)]
        if rested and now - self._between[0] > _SHARE:
            first = min(rested, key=lambda thread: self._waiting[thread].since)
        if first in rested:
            self._between[0] = now
        self._computing[first] = now
        if self._waiting[first].part == Part.DRAWS:
            self._drawing.add(first)
        self._waiting.pop(first).called.set()


@st.cache_resource
def turns() -> Turns:
    """The turns of all visitors of this server."""
    return Turns()


def end_if_moved_on() -> None:
    """End this run of the page where its visitor has moved a control since, or left; Streamlit raises what ends it."""
    if get_script_run_ctx(suppress_warning=True) is not None:
        VIEWS.is_held()  # Streamlit looks for a newer run wherever the session state is read
