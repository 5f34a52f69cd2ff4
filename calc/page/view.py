"""A view as one record: its folder makes it, and a line of `app.py` shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from calc.page.link import Control

Part = Literal["policy", "assumptions"]
PARTS: tuple[Part, ...] = ("policy", "assumptions")


def no_controls(dataset: str) -> Mapping[str, Control]:
    """For a view that holds nothing in the address."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page needs to know of one of its views.

    Parameters
    ----------
    title : of the view in the navigation
    path : of the view in the address, such as what-if
    draw : draws it, the headline first
    controls : name of a dataset -> what its controls hold there, by their names in the address
    sidebar : the parts of the sidebar that it uses; the link and the files of scenarios are always there
    """

    title: str
    path: str
    draw: Callable[[], None]
    controls: Callable[[str], Mapping[str, Control]] = no_controls
    sidebar: tuple[Part, ...] = PARTS
