"""Published numbers and ours: one row per published cell, and how far ours may be from it.

The columns of a comparison:

    table       as the source numbers it          case, economy, partner, quantity      which cell
    unit        of published and ours             published, digits                     the printed number, its decimals
    ours        computed here                     tolerance                             half a unit of the last digit
    within      |ours − published| ≤ tolerance    remark    why the tolerance is another, or why the cell is missed
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calc.datasets.dataset import data_dir
from calc.errors import DataError
from calc.flows import Array

COLUMNS = (
    "table",
    "case",
    "economy",
    "partner",
    "quantity",
    "unit",
    "published",
    "digits",
    "ours",
    "tolerance",
    "within",
    "remark",
)
_TEXTS = ("table", "case", "economy", "partner", "quantity", "unit", "remark")
_ROUNDING = 1e-9  # of a comparison at the very edge of the tolerance, such as 0.345 with 0.34


def published_dir() -> Path:
    """Folder of the printed numbers, among the built-in data."""
    return data_dir() / "published"


def read_table(name: str) -> pd.DataFrame:
    """A table of `published_dir()` by its path there without ending; lines of comment start with `#`.

    Raises
    ------
    DataError
        There is no such file.
    """
    return pd.read_csv(_file(f"{name}.csv"), comment="#")


def read_cells(name: str) -> pd.DataFrame:
    """Printed cells of a file, ready for `beside`: numbers in `value`, the table's number in the name or in `table`."""
    table = read_table(name).rename(columns={"importer": "economy", "exporter": "partner", "value": "published"})
    return table if "table" in table else table.assign(table=Path(name).name.removeprefix("table_"))


def read_example(name: str) -> Mapping[str, Any]:
    """A worked example of `published_dir()`; its numbers are Decimal, so that printed digits survive."""
    text = _file(f"{name}.json").read_text(encoding="utf-8")
    example: Mapping[str, Any] = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return example


def floats(numbers: Sequence[Decimal]) -> list[float]:
    """Numbers of an example as the equations take them."""
    return [float(number) for number in numbers]


def citation_of(name: str) -> str:
    """Where a table or an example is from: its first line of comment, or its `citation`."""
    if not name.endswith(".csv"):
        return str(read_example(name.removesuffix(".json"))["citation"])
    first, _, _ = _file(name).read_text(encoding="utf-8").partition("\n")
    return first.removeprefix("# ")


def _file(name: str) -> Path:
    path = published_dir() / name
    if not path.is_file():
        raise DataError(f"The printed numbers {name} are not among the built-in data in {data_dir()}. Install again.")
    return path


def cells_of(numbers: Mapping[str, Decimal], **labels: object) -> pd.DataFrame:
    """Printed cells of a worked example: one row a quantity, its digits as printed."""
    exponents = (number.as_tuple().exponent for number in numbers.values())
    return pd.DataFrame(
        {
            "quantity": list(numbers),
            "published": floats(list(numbers.values())),
            # the exponent is text for infinity and NaN alone, which JSON does not have
            "digits": [max(0, -int(exponent)) for exponent in exponents],
            **labels,
        }
    )


def beside(cells: pd.DataFrame, ours: Sequence[float] | Array) -> pd.DataFrame:
    """Printed cells with ours beside them, in the columns of this module.

    Parameters
    ----------
    cells : published, digits and labels; a column `tolerance` replaces half a unit of the last digit
    ours : in the order of the cells and in their unit
    """
    table = cells.reset_index(drop=True)
    table["ours"] = np.asarray(ours, dtype=float)
    if "tolerance" not in table:
        table["tolerance"] = 0.5 * 10.0 ** -table["digits"].astype(float)
    table["within"] = (table["ours"] - table["published"]).abs() <= table["tolerance"] * (1 + _ROUNDING)
    for name in _TEXTS:
        table[name] = table[name].fillna("").astype(str) if name in table else ""
    return table[list(COLUMNS)]
