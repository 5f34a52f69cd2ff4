"""What the page holds for one visitor: each value of the session state under a key that knows its name and its type.

Keys of the frame stand here, those of a view in the view's own folder. A misspelt key is an error of the checker, where
a misspelt string would be a silent default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from calc.datasets.uploads.files import OwnData

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """A value of the session state.

    Parameters
    ----------
    name : in the session state; that of the widget that shows the value, and of the parameter in the address
    """

    name: str

    def value(self) -> T:
        """What is held; a KeyError where nothing is."""
        held: T = st.session_state[self.name]
        return held

    def value_or(self, default: D) -> T | D:
        """What is held, or `default` where nothing is."""
        held: T | D = st.session_state.get(self.name, default)
        return held

    def hold(self, value: T) -> None:
        """Hold another value; once its widget is drawn, only a callback may."""
        st.session_state[self.name] = value

    def take(self) -> T | None:
        """What is held, which is then held no more; None where nothing is."""
        held: T | None = st.session_state.pop(self.name, None)
        return held


DATASET: Key[str] = Key("dataset")
IMPORTER: Key[str] = Key("importer")
ACTION: Key[str] = Key("action")
MODEL: Key[str] = Key("model")
PINS: Key[list[str]] = Key("pins")
RULES: Key[str] = Key("rules")  # packed; empty where the simple controls hold the policy
OWN_DATA: Key[Mapping[str, OwnData]] = Key("own_data")
