"""What reports have in common: the units of files, the name of a zip, the sections of a README, fields of a table."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import numpy as np
import pandas as pd

from calc.flows import Array
from calc.glossary import GLOSSARY, Quantity

CSV_TERMS = "CSV files are UTF-8 with a decimal point"
_BY_COLUMN: Mapping[str, Quantity] = {quantity.column: quantity for quantity in GLOSSARY.values()}
_FIELDS: Mapping[str, str] = {
    "value": "Value of the metric.",
    "unit": "Unit of value, low and high.",
    "low": "5th percentile of the draws; empty where there are none.",
    "median": "Median of the draws.",
    "high": "95th percentile of the draws; empty where there are none.",
    "kind": "summary: a headline number; economy: a number of one economy.",
    "ranked_by": "value: what buyers gain or lose; price: the change of the price they pay.",
    "goods": "product: as in the data; group: headings of the Harmonized System, or groups of sectors.",
    "rank": "1 is hit most.",
    "code": "Product or group, by its code.",
    "name": "The same in plain words.",
}


def in_file_unit(values: pd.Series, scale: float | Array) -> Array:
    """Numbers of Python in the unit of files: percent for fractions, no negative zero."""
    scaled: Array = values.to_numpy(dtype=float) * scale
    return scaled + 0.0  # turns −0.0 into 0


def with_units(
    table: pd.DataFrame, numbers: Sequence[str], *, quantities: Mapping[str, Quantity] = GLOSSARY
) -> pd.DataFrame:
    """A table of metrics as files show it: each row in the unit of its metric, which the last column, `unit`, names.

    Parameters
    ----------
    table : with a column `metric`, names inside Python
    numbers : columns that are in the unit of the metric
    quantities : of each metric
    """
    of_row = [quantities[name] for name in table["metric"]]
    scale = np.array([quantity.scale for quantity in of_row], dtype=float)
    return table.assign(
        **{name: in_file_unit(table[name], scale) for name in numbers},
        metric=np.array([quantity.column for quantity in of_row], dtype=object),
        unit=np.array([quantity.unit_in_files for quantity in of_row], dtype=object),
    )


def slug(title: str, longest: int = 48) -> str:
    """A title as part of a file's name: `truce-lapses-100-surtax`; `scenario` where no letter is left."""
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in title.lower())
    return "-".join(filter(None, letters.split("-")))[:longest].strip("-") or "scenario"


def zip_name(words: Sequence[str], files: Mapping[str, bytes]) -> str:
    """`tariff_USA_truce-lapses-100-surtax_1a2b3c4d.zip`: words, and 8 digits of the digest of what lies inside.

    The manifest does not count, because it knows the time.
    """
    digest = sha256()
    for name, content in files.items():
        if name != "MANIFEST.json":
            digest.update(content)
    return f"{'_'.join(words)}_{digest.hexdigest()[:8]}.zip"


def readme(*sections: Iterable[str]) -> bytes:
    """A README.txt: sections of lines with an empty line between them; an empty section is left out."""
    texts = ["\n".join(section) for section in sections]
    return ("\n\n".join(filter(None, texts)) + "\n").encode()


def table_fields(table: pd.DataFrame) -> list[dict[str, str]]:
    """The columns of a table in files, as `datapackage.json` describes them."""
    return [_field(str(name), table[name]) for name in table.columns]


def _field(column: str, values: pd.Series) -> dict[str, str]:
    kind = "number" if pd.api.types.is_float_dtype(values.dtype) else "string"
    if pd.api.types.is_integer_dtype(values.dtype):
        kind = "integer"
    if column not in _BY_COLUMN:
        return {"name": column, "type": kind, "description": _FIELDS[column]}
    quantity = _BY_COLUMN[column]
    described = {"name": column, "type": kind, "title": quantity.label, "description": quantity.definition}
    return described | ({"unit": quantity.unit_in_files} if quantity.unit_in_files else {})
