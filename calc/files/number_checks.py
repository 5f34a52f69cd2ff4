"""Numbers of a table: one rule a column, checked on whole columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from calc.files.table_files import Problem, TableFile, problem_at
from calc.flows import Array, BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRule:
    """What a column of numbers may hold.

    Parameters
    ----------
    holds : true where a number keeps the rule
    words : the rule
    remedy : what to do about a number that breaks it
    blank : whether a cell may be empty
    """

    holds: Callable[[Array], BoolArray]
    words: str
    remedy: str
    blank: bool = True


NUMBER_RULES: Mapping[str, NumberRule] = MappingProxyType(
    {
        "value_usd": NumberRule(
            holds=lambda v: (v >= 0) & np.isfinite(v),
            words="a value is finite and not negative",
            remedy="correct the row, or delete it if nothing is known of it",
            blank=False,
        ),
        "value_added_usd": NumberRule(
            holds=lambda v: (v >= 0) & np.isfinite(v),
            words="value added is finite and not negative",
            remedy="correct the row; where rounding made it negative, lower the inputs of the industry with it",
            blank=False,
        ),
        "tariff_pct": NumberRule(
            holds=lambda v: (v > -100) & np.isfinite(v),
            words="a tariff is finite and above −100%",
            remedy="write percent of the customs value, 25 for 25%",
        ),
        "import_demand_elasticity": NumberRule(
            holds=lambda v: (v < 0) & np.isfinite(v),
            words="an import demand elasticity is below 0",
            remedy="write it with its minus sign, or leave the cell empty",
        ),
        "armington_elasticity": NumberRule(
            holds=lambda v: (v > 0) & np.isfinite(v),
            words="a substitution elasticity is above 0",
            remedy="write it without a sign, or leave the cell empty",
        ),
        "export_supply_elasticity": NumberRule(
            holds=lambda v: v >= 0,
            words="an export supply elasticity is 0 or more, or inf",
            remedy="correct it, or leave the cell empty for inf",
        ),
        "coverage_pct": NumberRule(
            holds=lambda v: (v >= 0) & (v <= 100),
            words="a coverage lies between 0 and 100%",
            remedy="write percent, 100 for the whole product",
        ),
    }
)


_GROUPED = {",": r"[+\-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", ".": r"[+\-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?"}
_SPACES = "[ \u00a0\u202f]"
_SPACED = rf"[+\-]?\d{{1,3}}(?:{_SPACES}\d{{3}})+(?:[.,]\d+)?"


def in_two_ways(cells: pd.Series) -> BoolArray:
    """Cells of a column, separated by semicolons or tabs, that are numbers in two ways: 12.345, 12,345 [row].

    They are so where every mark of the column stands before three digits, and only one of the two marks occurs.
    """
    commas, points = (cells.str.contains(mark, regex=False).to_numpy(dtype=bool) for mark in ",.")
    nothing = np.zeros(len(cells), dtype=bool)
    if (commas & points).any():
        return nothing
    for mark, marked in ((",", commas), (".", points)):
        doubtful: BoolArray = marked & cells.str.fullmatch(_GROUPED[mark]).to_numpy(dtype=bool)
        if doubtful.any() and (doubtful == marked).all():
            return doubtful
    return nothing


def _two_readings(cell: str) -> str:
    mark = "," if "," in cell else "."
    return f"{cell.replace(mark, '.')} or {cell.replace(mark, '')}"


def read_numbers(table: TableFile, column: str) -> tuple[Array, tuple[Problem, ...]]:
    """Numbers of a column, NaN where a cell is empty, and what breaks the column's rule."""
    rule = NUMBER_RULES[column]
    cells = table.frame[column]
    text = not pd.api.types.is_numeric_dtype(cells)
    plain = None if text and table.decimal_comma else _plain_numbers(cells)
    text = text and plain is None
    if text and table.decimal_comma and (doubtful := in_two_ways(cells)).any():
        return np.full(len(cells), np.nan), problem_at(
            table,
            doubtful,
            column,
            f"can be read in two ways, {_two_readings(str(cells.iloc[int(np.argmax(doubtful))]))}",
            "write every number without separators of thousands, separate the fields by commas and use decimal points",
        )
    spaced = cells.str.fullmatch(_SPACED).to_numpy(dtype=bool) if text and _has_spaces(cells) else None
    said: tuple[Problem, ...] = ()
    if spaced is not None and spaced.any():
        said = problem_at(
            table, spaced, column, "is read without its spaces of thousands", "nothing needs doing", "warning"
        )
        cells = cells.where(~spaced, cells.str.replace(_SPACES, "", regex=True))
    if table.decimal_comma:
        points = cells.str.contains(".", regex=False).to_numpy(dtype=bool)
        if points.any() and cells.str.contains(",", regex=False).any():
            return np.full(len(cells), np.nan), problem_at(
                table,
                points,
                column,
                "has a point where others have a decimal comma",
                "leave out separators of thousands",
            )
    values, unread = plain or _to_numbers(cells, decimal_comma=table.decimal_comma)
    blank = np.isnan(values) & ~unread & (not rule.blank)
    broken = ~np.isnan(values) & ~rule.holds(values)
    number = "write digits with a decimal point and no separator of thousands, such as 1234.5"
    return values, (
        said
        + problem_at(table, unread, column, "is not a number", number)
        + problem_at(table, blank, column, "is empty, and every row needs a number", rule.remedy)
        + problem_at(table, broken, column, f"is out of range: {rule.words}", rule.remedy)
    )


def check_tariff_unit(table: TableFile, tariff_pct: Array) -> tuple[Problem, ...]:
    """Tariffs look like percent: the middle of those that are not zero lies between 1 and 300."""
    charged = tariff_pct[np.isfinite(tariff_pct) & (tariff_pct != 0)]
    middle = float(np.median(charged)) if len(charged) else 25.0
    if abs(middle) <= 1:
        rule = f"half of the tariffs other than 0 are {middle:.3g}% or less, which looks like fractions"
    elif middle > 300:
        rule = f"half of the tariffs other than 0 are {middle:.4g}% or more"
    else:
        return ()
    remedy = "make sure that 25 stands for 25%"
    return (Problem(file=table.file, column="tariff_pct", rule=rule, remedy=remedy, severity="warning"),)


def _has_spaces(cells: pd.Series) -> bool:
    found = pc.any(pc.match_substring_regex(pa.array(cells, type=pa.large_string()), _SPACES)).as_py()
    return bool(found)


def _to_numbers(cells: pd.Series, *, decimal_comma: bool) -> tuple[Array, BoolArray]:
    """Numbers [row] and the cells that hold something else [row]."""
    text = pa.array(cells, type=pa.large_string())
    text = pc.replace_substring(text, ",", ".") if decimal_comma else text
    values = _cast(text)
    if values is None:
        values = pd.to_numeric(pd.Series(text.to_pylist()), errors="coerce").to_numpy(dtype=float)
    return values, _unread(text, values)


def _plain_numbers(cells: pd.Series) -> tuple[Array, BoolArray] | None:
    """The same of a column in which every cell is empty or a number as computers write it; None for any other."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.to_numpy(dtype=float), np.zeros(len(cells), dtype=bool)
    text = pa.array(cells, type=pa.large_string())
    values = _cast(text)
    return None if values is None else (values, _unread(text, values))


def _cast(text: pa.ChunkedArray) -> Array | None:
    """Numbers of cells, NaN where a cell is empty; None if some cell holds anything else."""
    try:
        numbers = text.cast(pa.float64())  # ends at the first empty cell
    except pa.ArrowInvalid:
        try:
            numbers = pc.if_else(pc.not_equal(text, ""), text, None).cast(pa.float64())
        except pa.ArrowInvalid:
            return None
    values: Array = numbers.to_numpy(zero_copy_only=False)
    return values


def _unread(text: pa.ChunkedArray, values: Array) -> BoolArray:
    """Cells that are not blank and have no number [row]."""
    missing: BoolArray = np.isnan(values)
    if missing.any():
        missing &= pc.not_equal(pc.utf8_trim_whitespace(text), "").to_numpy(zero_copy_only=False)
    return missing
