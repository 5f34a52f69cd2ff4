"""What the page holds for one visitor: each value of the session state under a key that knows its name and its type.

Keys of the frame stand here, those of a view in the view's own folder. A misspelt key is an error of the checker, where
a misspelt string would be a silent default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import streamlit as st

from calc.datasets.uploads.files import OwnData
from calc.page.held.decided import decide
from calc.page.held.link import Parameters, Value
from calc.page.view import View

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

    def is_held(self) -> bool:
        """Whether anything is held."""
        return self.name in st.session_state

    def hold(self, value: T) -> None:
        """Hold another value, also where the browser does not know it yet; once drawn, only a callback may."""
        decide(self.name, value)

    def take(self) -> T | None:
        """What is held, which is then held no more; None where nothing is."""
        held: T | None = st.session_state.pop(self.name, None)
        return held


# In the address.
DATASET: Key[str] = Key("dataset")
IMPORTER: Key[str] = Key("importer")
EXPORTERS: Key[list[str]] = Key("exporters")
PRODUCTS: Key[list[str]] = Key("products")
ACTION: Key[str] = Key("action")
AUTHORITY: Key[str] = Key("authority")
BASELINE: Key[date | None] = Key("baseline")
LAW_DAY: Key[date | None] = Key("law_day")
TARIFF: Key[float] = Key("tariff_pct")
SUBSIDY: Key[bool] = Key("allow_subsidy")
RETALIATION: Key[bool] = Key("retaliation")
RULES: Key[str] = Key("rules")  # packed; empty where the simple controls hold the policy
MODEL: Key[str] = Key("model")
ELASTICITIES: Key[str] = Key("elasticities")
DRAWS: Key[int] = Key("draws")
PINS: Key[list[str]] = Key("pins")

# Not in the address.
VIEWS: Key[tuple[View, ...]] = Key("views")
KEPT: Key[dict[str, Value]] = Key("kept")  # what the controls held when they were drawn last
RESTORED_FROM: Key[Parameters | None] = Key("restored_from")  # the address that the controls were last filled from
OWN_DATA: Key[Mapping[str, OwnData]] = Key("own_data")
