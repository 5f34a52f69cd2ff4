"""Small memories that forget what was used longest ago."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Latest(Generic[K, V]):
    """The values used last, by key; two tabs of one visitor may ask at once.

    Parameters
    ----------
    most : how many are held; above it the one used longest ago is let go
    """

    most: int
    _held: OrderedDict[K, V] = field(default_factory=OrderedDict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def find(self, key: K) -> V | None:
        """The value of a key, which is then the one used last; None if it is not held."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def hold(self, key: K, value: V) -> None:
        """Hold a value as the one used last."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self.most:
                self._held.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawer:
    """What is made of one dataset, by the function that makes it and its arguments; let go with the dataset."""

    _kept: dict[Hashable, Latest[Any, Any]] = field(default_factory=dict, init=False)
    _making: dict[Hashable, Lock] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def find_or_make(self, maker: Hashable, key: Hashable, make: Callable[[], V], *, most: int) -> V:
        """What a function made of these arguments, made once for all who ask at the same time.

        Parameters
        ----------
        most : how many values of this function are held
        """
        with self._lock:
            kept: Latest[Any, V] = self._kept.setdefault(maker, Latest(most=most))
        if (found := kept.find(key)) is not None:
            return found
        with self._lock:
            making = self._making.setdefault((maker, key), Lock())
        try:
            with making:
                found = kept.find(key)
                if found is None:
                    found = make()
                    kept.hold(key, found)
                return found
        finally:
            with self._lock:
                self._making.pop((maker, key), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LastUse:
    """When each of some names was used last.

    Parameters
    ----------
    clock : seconds, which only grow
    """

    clock: Callable[[], float] = time.monotonic
    _at: dict[str, float] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def note(self, name: str) -> None:
        """A name is used now."""
        with self._lock:
            self._at[name] = self.clock()

    def is_quiet(self, seconds: float) -> bool:
        """Whether none has been used for so long."""
        with self._lock:
            return all(at <= self.clock() - seconds for at in self._at.values())

    def take_idle(self, seconds: float, *, but: str) -> list[str]:
        """The names not used for so long, which are then no longer known; never the name `but`."""
        with self._lock:
            until = self.clock() - seconds
            idle = [name for name, at in self._at.items() if at <= until and name != but]
            for name in idle:
                del self._at[name]
            return idle
