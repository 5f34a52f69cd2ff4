"""The words about a dataset: title, year, valuation, source, read from its dataset.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from calc.files.table_files import Problem, decode_text

VALUATIONS = ("fob", "cif", "customs")
KINDS = ("imports", "world")
_REQUIRED = ("title", "year", "valuation", "kind")
_TEXTS = ("title", "valuation", "kind", "source", "licence", "citation", "url", "coverage")
_KEYS = (*_TEXTS, "year", "estimated", "notes")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a dataset says of itself; the parameters are the keys of dataset.toml."""

    title: str
    year: int
    valuation: str
    kind: str
    estimated: bool = False
    source: str = ""
    licence: str = ""
    citation: str = ""
    url: str = ""
    coverage: str = ""
    notes: tuple[str, ...] = ()


def parse_about(file: str, data: bytes) -> About | tuple[Problem, ...]:
    """Read the content of a dataset.toml, or say everything that is wrong with it."""
    text = decode_text(file, data)
    if isinstance(text, Problem):
        return (text,)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words, _, place = str(error).partition(" (at ")
        number = re.match(r"line (\d+)", place)
        line = int(number[1]) if number else text.count("\n") + 1
        remedy = "correct the line; texts stand in quotation marks"
        return (Problem(file=file, line=line, rule=f"it is not TOML: {words}", remedy=remedy),)
    problems = [
        Problem(file=file, rule=f"{key} is missing", remedy=f"add {key} = {_EXAMPLES[key]}")
        for key in _REQUIRED
        if key not in table
    ]
    for key, value in table.items():
        rule = _broken_rule(key, value)
        if rule:
            problems.append(Problem(file=file, line=_line(text, key), rule=rule[0], remedy=rule[1]))
    if problems:
        return tuple(problems)
    notes = table.get("notes", ())
    return About(**{**table, "notes": (notes,) if isinstance(notes, str) else tuple(notes)})


_EXAMPLES: Mapping[str, str] = {
    "title": '"US imports 2024"',
    "year": "2024",
    "valuation": '"customs"',
    "kind": '"imports"',
}


def _broken_rule(key: str, value: object) -> tuple[str, str] | None:
    """Rule that an entry breaks and its remedy."""
    if key not in _KEYS:
        return f"{key} is not a key of this file", f"the keys are {', '.join(_KEYS)}"
    if key in _TEXTS and not isinstance(value, str):
        return f"{key} is not text", "put it in quotation marks"
    if key == "title" and not str(value).strip():
        return "title is empty", "say in a few words what the data are"
    for name, choices in (("valuation", VALUATIONS), ("kind", KINDS)):
        if key == name and value not in choices:
            return f"{key} is '{value}'", f"write one of {', '.join(choices)}"
    if key == "year" and (isinstance(value, bool) or not isinstance(value, int) or not 1900 <= value <= 2100):
        return "year is not a whole number between 1900 and 2100", "write year = 2024"
    if key == "estimated" and not isinstance(value, bool):
        return "estimated is neither true nor false", "write estimated = true or estimated = false"
    if key == "notes":
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            return "notes is not a list of texts", 'write notes = ["one", "two"]'
    return None


def _line(text: str, key: str) -> int | None:
    """Line on which a key or the table of that name stands."""
    found = re.search(rf"^\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]", text, flags=re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else None
