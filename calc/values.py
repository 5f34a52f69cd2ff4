"""Checks of single values of a scenario: whoever states them, in a file or in Python, reads the same words.

Each raises `ScenarioError` with the key at fault, by which the reader of a file finds the line.
"""

from collections.abc import Iterable

from calc.errors import ScenarioError, did_you_mean


def check_text(key: str, value: object) -> None:
    """A text."""
    if not isinstance(value, str):
        raise ScenarioError(f"{key} must be text: put it in quotes.", key=key)


def check_texts(key: str, value: object) -> None:
    """A tuple of texts, which a file writes as a list."""
    if not isinstance(value, tuple) or not all(isinstance(text, str) for text in value):
        raise ScenarioError(
            f'{key} must be a list of texts, such as ["CHN"]; quotes keep the leading zeros of codes.', key=key
        )


def check_number(key: str, value: object) -> float:
    """A number, neither a switch nor missing; returned as one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ScenarioError(f"{key} must be a number, without quotes or %.", key=key)
    return float(value)


def check_count(key: str, value: object, most: int | None = None) -> None:
    """A whole number from 0 to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ScenarioError(f"{key} must be a whole number, 0 or above.", key=key)
    if most is not None and value > most:
        raise ScenarioError(f"{key} must be at most {most:,}; it is {value:,}.", key=key)


def check_choice(key: str, value: object, known: Iterable[str]) -> None:
    """One of several words."""
    options = list(known)
    if value not in options:
        raise ScenarioError(
            f"unknown {key} {value!r}{did_you_mean(str(value), options)}. Known: {', '.join(options)}.", key=key
        )
