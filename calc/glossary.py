"""The words of the project: every quantity's name, symbol, unit, label and definition, read from `glossary.csv`.

Inside Python a rate or change is a fraction and money is US$; in files and on the page the unit stands in the
column's name (`tariff_new` becomes `tariff_new_pct`). Table columns, report schemas and labels on the page are
all looked up here: a quantity has one name and one meaning everywhere.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Unit = Literal["fraction", "usd", "elasticity", "ratio", "year", "text"]

_SUFFIX: Mapping[str, str] = {"fraction": "_pct", "usd": "_usd"}
_SCALE: Mapping[str, float] = {"fraction": 100.0}
_UNIT_IN_FILES: Mapping[str, str] = {
    "fraction": "percent",
    "usd": "US$",
    "elasticity": "elasticity",
    "ratio": "ratio",
    "year": "year",
    "text": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A named quantity.

    Parameters
    ----------
    name : name inside Python
    symbol : the papers' symbol
    unit : unit inside Python
    label : what it is called in a report, where it stands by itself
    short : what it is called on the page, beside its neighbours
    definition : one sentence, with the sign convention
    """

    name: str
    symbol: str
    unit: Unit
    label: str
    short: str
    definition: str

    @property
    def column(self) -> str:
        """Name in files, with its unit as suffix."""
        return self.name + _SUFFIX.get(self.unit, "")

    @property
    def is_level(self) -> bool:
        """A level, such as a value before, rather than a change."""
        return self.name.endswith(("_base", "_new", "_share", "pass_through"))

    @property
    def scale(self) -> float:
        """Factor from the value inside Python to the value in files."""
        return _SCALE.get(self.unit, 1.0)

    @property
    def unit_in_files(self) -> str:
        """Unit in words, as files state it."""
        return _UNIT_IN_FILES[self.unit]


def _read(path: Path) -> Mapping[str, Quantity]:
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    return MappingProxyType({row["name"]: Quantity(**row) for row in rows})


GLOSSARY = _read(Path(__file__).with_suffix(".csv"))

# Headline numbers in the order in which people ask for them; the others follow in the order of the answer.
ASKED_FIRST = (
    "real_income_change",
    "acting_real_income_change",
    "tariff_revenue_change",
    "affected_composite_price_change",
    "targeted_import_value_relative_change",
    "import_value_change",
    "net_welfare_change",
)


def asked_first(metrics: Sequence[str]) -> list[str]:
    """Headline numbers with those that people ask for first in front; the order of the others stays."""
    known = [metric for metric in ASKED_FIRST if metric in metrics]
    return [*known, *(metric for metric in metrics if metric not in known)]
