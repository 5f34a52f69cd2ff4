"""A small memory that forgets what was used longest ago."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

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
