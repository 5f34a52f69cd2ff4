"""A stranger's TOML: its shape is looked at first, because the parser's time grows with the square of a key's parts."""

import re
import tomllib
from typing import Any

MAX_PARTS = 20
# Ten thousand rules of a dozen lines, and as many values in lists as a product has codes, stay below these.
_MOST = (
    ("=[{", 160_000, "keys, tables and lists"),
    (",", 100_000, "values in lists"),
    (".", 80_000, "points"),
    ("\n", 160_000, "lines"),
)

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_PARTS}}}")


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text of bounded shape.

    Raises
    ------
    TOMLDecodeError
        It is no TOML; a key has more than 20 parts, there are more keys, values or lines than any file of ours has, a
        number has thousands of digits, or lists are nested without end. The words end in the place, as those of the
        standard library do.
    """
    if found := _LONG_KEY.search(text):
        raise _refused(f"a key of more than {MAX_PARTS} parts", text, found.start())
    for marks, most, what in _MOST:
        if sum(text.count(mark) for mark in marks) > most:
            raise _refused(f"more than {most:,} {what}", text, 0)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError as error:
        raise _refused("lists or tables nested too deep", text, _deepest(text)) from error
    except ValueError as error:  # whole numbers of more than 4,300 digits
        number = re.search(r"[0-9_]{4300}", text)
        raise _refused("a number too long to be read", text, number.start() if number else 0) from error


def _deepest(text: str) -> int:
    """Where brackets stand closest together: near enough to the nest that was too deep."""
    nest = re.search(r"(?:[\[{][^\[\]{}\n]{0,40}\n?){50}", text)
    return nest.start() if nest else 0


def _refused(words: str, text: str, position: int) -> tomllib.TOMLDecodeError:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return tomllib.TOMLDecodeError(f"{words} (at line {line}, column {column})")
