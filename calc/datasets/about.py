"""What a dataset says of itself in its dataset.toml: title, year, valuation, source, its rates, its place in lists.

    title, year, valuation, kind       needed;  valuation: fob | cif | customs,  kind: imports | world
    estimated                          true where the flows are an estimate
    source, licence, citation, url, coverage
    notes, rate_notes                  what the reader should know; of the second kind is what the law of a day replaces
    home_sales                         true where rows of an economy with itself are domestic sales, false where
                                       they are goods returned; without it they are domestic sales if kind is world
    parts                              labels of flows that are no totals, whatever they look like
    rates                              collected | law | mixed | none: what the base tariffs are
    order                              place in lists of the built-in datasets; those without come last
    serves                             what else a built-in dataset is used for, see `SERVICES`
    [defaults]                         what a scenario that says nothing gets:
      elasticities                     set of elasticities, a NAME of elasticities-NAME.*; without it elasticities.*
      pass_through_pct                 share of a duty that reaches buyers, where supply is infinite; 100 without it

A folder needs none of the keys below `kind`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

import tomli_w

from calc.files.table_files import Problem, decode_text
from calc.files.toml_text import parse_toml

VALUATIONS = ("fob", "cif", "customs")
KINDS = ("imports", "world")
RATES = ("collected", "law", "mixed", "none")
# What else a built-in dataset is used for. The first two name an economy, as in "averages:USA".
SERVICES: Mapping[str, str] = {
    "averages": "its imports are the weights of that economy's average tariffs over time",
    "fine-lines": "that economy's duties are calculated on its lines, whatever the dataset",
    "names": "names, numbers and groups of economies for data that have none",
    "template": "a few of its rows are the files to begin from, its descriptions the names of HS codes",
}
_OF_AN_ECONOMY = ("averages", "fine-lines")
_REQUIRED = ("title", "year", "valuation", "kind")
_TEXTS = ("title", "valuation", "kind", "source", "licence", "citation", "url", "coverage", "rates")
_LISTS = ("notes", "rate_notes", "serves", "parts")
_MOST_PROBLEMS = 50  # enough to see what kind of file it is
_DEFAULTS = ("elasticities", "pass_through_pct")
_KEYS = (*_TEXTS, "year", "estimated", "home_sales", "order", *_LISTS, "defaults")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a scenario gets that does not say otherwise.

    Parameters
    ----------
    elasticities : name of a set; empty: that of elasticities.*
    pass_through_pct : per cent of a duty on one supplier that reaches buyers, for sets whose supply is infinite
    """

    elasticities: str = ""
    pass_through_pct: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a dataset says of itself; the parameters are the keys of dataset.toml, empty or None where it is silent."""

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
    rates: str = ""
    order: int | None = None
    notes: tuple[str, ...] = ()
    rate_notes: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    home_sales: bool | None = None
    defaults: Defaults = field(default_factory=Defaults)

    @property
    def own_rows_are_sales(self) -> bool:
        """Whether rows of an economy with itself are its domestic sales, and not goods returned."""
        return self.kind == "world" if self.home_sales is None else self.home_sales


def parse_about(file: str, data: bytes) -> About | tuple[Problem, ...]:
    """Read the content of a dataset.toml, or say everything that is wrong with it."""
    text = decode_text(file, data)
    if isinstance(text, Problem):
        return (text,)
    try:
        table = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        words, _, place = str(error).partition(" (at ")
        number = re.match(r"line (\d+)", place)
        line = int(number[1]) if number else text.count("\n") + 1
        remedy = "correct the line; put texts in quotation marks"
        return (Problem(file=file, line=line, rule=f"it is not TOML: {words}", remedy=remedy),)
    problems = [
        Problem(file=file, rule=f"{key} is missing", remedy=f"add {key} = {_EXAMPLES[key]}")
        for key in _REQUIRED
        if key not in table
    ]
    for key, value in table.items():
        rule = _broken_rule(key, value) if len(problems) < _MOST_PROBLEMS else None
        if rule:
            problems.append(Problem(file=file, line=_line(text, key), rule=rule[0], remedy=rule[1]))
    if problems:
        return tuple(problems)
    lists = {key: _texts(table[key]) for key in _LISTS if key in table}
    return About(**{**table, **lists, "defaults": Defaults(**table.get("defaults", {}))})


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def with_note(about: bytes, note: str, *, key: str = "notes") -> bytes:
    """A dataset.toml that says one thing more; one that cannot be read stays as it is, and reading it says why.

    Parameters
    ----------
    key : notes | rate_notes
    """
    try:
        words = tomllib.loads(about.decode("utf-8-sig"))
    except ValueError:
        return about
    before = words.get(key, [])
    words[key] = [*([before] if isinstance(before, str) else before), note]
    return tomli_w.dumps(words).encode()


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
    for name, choices in (("valuation", VALUATIONS), ("kind", KINDS), ("rates", RATES)):
        if key == name and value not in choices:
            return f"{key} is '{value}'", f"write one of {', '.join(choices)}"
    if key == "year" and (isinstance(value, bool) or not isinstance(value, int) or not 1900 <= value <= 2100):
        return "year is not a whole number between 1900 and 2100", "write year = 2024"
    if key in ("estimated", "home_sales") and not isinstance(value, bool):
        return f"{key} is neither true nor false", f"write {key} = true or {key} = false"
    if key == "order" and (isinstance(value, bool) or not isinstance(value, int)):
        return "order is not a whole number", "write order = 7, or leave it out"
    if key in _LISTS:
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            return f"{key} is not a list of texts", f'write {key} = ["one", "two"]'
        if key == "serves":
            return _unknown_service(texts)
    return _broken_default(value) if key == "defaults" else None


def _broken_default(value: object) -> tuple[str, str] | None:
    remedy = "write [defaults] and below it elasticities and pass_through_pct, or leave them out"
    if not isinstance(value, dict):
        return "defaults is not a table", remedy
    for key, given in value.items():
        if key not in _DEFAULTS:
            return f"{key} is not a key of [defaults]", remedy
        if key == "elasticities" and not (isinstance(given, str) and given.strip()):
            return "the default elasticities are not a name", 'write elasticities = "NAME" for elasticities-NAME.csv'
        if key == "pass_through_pct" and (
            isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 100
        ):
            return "the default pass_through_pct is not a percentage from 0 to 100", "write pass_through_pct = 90"
    return None


def _unknown_service(words: list[str]) -> tuple[str, str] | None:
    for word in words:
        name, _, economy = word.partition(":")
        if name not in SERVICES or bool(economy) != (name in _OF_AN_ECONOMY):
            known = ", ".join(f"{name}:USA" if name in _OF_AN_ECONOMY else name for name in SERVICES)
            return f"serves names '{word}'", f"choose from {known}, or leave the key out"
    return None


def _line(text: str, key: str) -> int | None:
    """Line on which a key or the table of that name stands."""
    found = re.search(rf"^\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]", text, flags=re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else None
