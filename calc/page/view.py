"""A view as one record: its folder makes it, and a line of `app.py` shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from calc.page.held.link import Control

Part = Literal["policy", "dataset", "assumptions"]
PARTS: tuple[Part, ...] = ("policy", "assumptions")  # the policy has the dataset in it


def no_controls(dataset: str) -> Mapping[str, Control]:
    """For a view that holds nothing in the address."""
    return {}


def every_part() -> tuple[Part, ...]:
    """For a view that uses the whole scenario."""
    return PARTS


def no_part() -> tuple[Part, ...]:
    """For a view that uses none of it."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page needs to know of one of its views.

    Parameters
    ----------
    title : of the view in the navigation
    path : of the view in the address, such as what-if
    draw : draws it, the headline first
    controls : name of a dataset -> what its controls hold there, by their names in the address
    sidebar : the parts of the sidebar that it uses as it stands, so that no control is there that does nothing; the
        link and the files of scenarios always are
    """

    title: str
    path: str
    draw: Callable[[], None]
    controls: Callable[[str], Mapping[str, Control]] = no_controls
    sidebar: Callable[[], tuple[Part, ...]] = every_part
