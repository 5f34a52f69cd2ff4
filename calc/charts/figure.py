"""A chart with the words that let it stand alone: what it finds, unit, year, scenario, ranges and source."""

import re
from dataclasses import dataclass, replace

import pandas as pd

from calc.charts.basic import Spec
from calc.result import Result

_READ_THROUGH = re.compile(r" \(read through [^)]*\)|, read through [^;]*")
_LONGEST_SOURCE = 190  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What all charts of one answer share.

    Parameters
    ----------
    about : scenario and year of the data
    source : of the data
    ranges : what thin lines or bands are, a sentence; empty where nothing was drawn
    """

    about: str
    source: str
    ranges: str = ""

    def where(self, *, drawn: bool) -> "Origin":
        """The same, with ranges only where a chart has them."""
        return self if drawn else replace(self, ranges="")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure:
    """A chart that can be taken out of the page.

    Parameters
    ----------
    name : stem of its files, such as `imports_by_partner`
    finding : its title, one sentence that the numbers support
    unit : what is drawn, in which unit
    origin : scenario, year, source, ranges
    note : what else a reader must know, such as what grey means; may be empty
    spec : the specification on screen
    table : what is drawn, one row an observation; units are endings of its columns
    card : what a card has room for, where the chart itself is too high to be read on one
    """

    name: str
    finding: str
    unit: str
    origin: Origin
    spec: Spec
    table: pd.DataFrame
    note: str = ""
    card: Spec | None = None

    @property
    def subtitle(self) -> str:
        """Unit, scenario and year, below the title."""
        return ". ".join(filter(None, [self.unit.rstrip("."), self.origin.about.rstrip(".")])) + "."


def origin_of(result: Result) -> Origin:
    """Scenario, year, source and ranges of an answer."""
    inputs = result.inputs
    if inputs is None:
        return Origin(about=result.scenario, source="")
    estimated = ". Estimated data" if inputs.estimated else ""
    against = f", compared with {inputs.compared_with}" if inputs.policy and inputs.compared_with else ""
    draws = result.parameters.get("draws")
    return Origin(
        about=f"{result.scenario.rstrip('.')}{against}. Trade of {inputs.year}{estimated}",
        source=short_source(inputs.source),
        ranges=ranges_sentence(draws) if isinstance(draws, int) else "",
    )


def ranges_sentence(draws: int) -> str:
    """What a range covers: `Ranges cover 90% of 200 draws.`."""
    return f"Ranges cover 90% of {draws:,} draws." if draws else ""


def short_source(source: str) -> str:
    """A dataset's source as the foot of a chart has room for it: who published it, not who passed it on."""
    text = _READ_THROUGH.sub("", source).strip()
    if len(text) <= _LONGEST_SOURCE:
        return text
    short = text[:_LONGEST_SOURCE]
    return f"{short.rpartition(';')[0]} and others" if ";" in short else f"{short.rpartition(' ')[0].rstrip(',:')} …"
