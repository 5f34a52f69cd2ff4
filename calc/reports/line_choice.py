"""Which lines a report holds, and in what form: all, those that change most, or sums over some of their keys."""

import io
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from calc.errors import ParameterError, did_you_mean
from calc.files.write import csv_bytes
from calc.flows import label, to_frame
from calc.glossary import GLOSSARY
from calc.result import Result

Form = Literal["csv", "parquet"]
KEYS = ("importer", "exporter", "product")
# fractions of a sum of lines: means, by the value of imports before
_MEANS = ("tariff_base", "tariff_new", "world_price_change", "landed_price_change", "volume_change")
_LEVEL = 1  # of zstd: half the time of the usual one, a few per cent more bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChoice:
    """Lines of a report.

    Parameters
    ----------
    top : only so many, those whose imports change most in US$, the largest first; None: all
    by : keys that stay, in order; the others are summed over. Empty: all three
    form : csv | parquet

    Raises
    ------
    ParameterError
        Fewer than one line, no such key or form, or a key twice.
    """

    top: int | None = None
    by: tuple[str, ...] = ()
    form: Form = "csv"

    def __post_init__(self) -> None:
        """Check every value."""
        if self.top is not None and self.top < 1:
            raise ParameterError(f"--top {self.top} leaves no line; name 1 or more.")
        for key in self.by:
            if key not in KEYS:
                known = ", ".join(KEYS)
                raise ParameterError(f"--by knows no {key!r}{did_you_mean(key, KEYS)}. Known: {known}.")
        if len(set(self.by)) < len(self.by):
            raise ParameterError(f"--by {','.join(self.by)} names a key twice; name each once.")
        if self.form not in get_args(Form):
            raise ParameterError(f"--lines {self.form}: lines are written as {' or '.join(get_args(Form))}.")

    @property
    def file(self) -> str:
        """Name of the file of lines."""
        return f"lines.{self.form}"

    def options(self) -> str:
        """Options of the command line that choose the same, each behind a blank; empty for all lines as CSV."""
        return (
            (f" --lines {self.form}" if self.form != "csv" else "")
            + (f" --top {self.top}" if self.top is not None else "")
            + (f" --by {','.join(self.by)}" if self.by else "")
        )

    def about(self) -> str:
        """What the file holds, for the README of a report."""
        keys = [key for key in KEYS if not self.by or key in self.by]
        words = f"one row per {', '.join(keys[:-1])} and {keys[-1]}" if keys[1:] else f"one row per {keys[0]}"
        if len(keys) < len(KEYS):
            words += ": US$ are sums; rates and changes of price and volume are means by import value before"
        return words + (f"; the {self.top:,} whose imports change most" if self.top is not None else "")

    def of(self, result: Result) -> Result:
        """The result with these lines only."""
        lines = result.lines
        if self.by and len(self.by) < len(KEYS):
            lines = _summed(lines, self.by)
        if self.top is not None and self.top < len(lines):
            change = np.abs(lines["import_value_new"].to_numpy() - lines["import_value_base"].to_numpy())
            most = np.argpartition(-change, self.top)[: self.top]
            most = np.sort(most)[np.argsort(-change[np.sort(most)], kind="stable")]
            lines = lines.iloc[most].reset_index(drop=True)
        return result if lines is result.lines else replace(result, lines=lines)

    def content(self, table: pd.DataFrame, *, byte_order_mark: bool) -> bytes:
        """The table of lines as its file."""
        if self.form == "csv":
            return csv_bytes(table, byte_order_mark=byte_order_mark)
        buffer = io.BytesIO()
        rows = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
        texts = [field.name for field in rows.schema if not pa.types.is_floating(field.type)]
        pq.write_table(rows, buffer, compression="zstd", compression_level=_LEVEL, use_dictionary=texts)
        return buffer.getvalue()


ALL_LINES = LineChoice()


def _summed(lines: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """One row for each combination of keys: Σ of US$, and means of fractions by M0, in the order of the keys."""
    kept = [lines[key].cat for key in by]
    key = np.zeros(len(lines), dtype=np.int64)
    for column in kept:
        key = key * len(column.categories) + column.codes.to_numpy()
    size = int(np.prod([len(column.categories) for column in kept]))
    there = np.flatnonzero(np.bincount(key, minlength=size))
    codes = np.unravel_index(there, [len(column.categories) for column in kept])

    def total(weights: np.ndarray) -> np.ndarray:
        return np.bincount(key, weights=weights, minlength=size)[there]

    base = lines["import_value_base"].to_numpy()
    value = total(base)
    columns: dict[str, object] = {
        name: label(code, column.categories) for name, code, column in zip(by, codes, kept, strict=True)
    }
    for name in lines.columns:
        if name in GLOSSARY and GLOSSARY[name].unit == "usd":
            columns[name] = total(lines[name].to_numpy())
        elif name in _MEANS:
            columns[name] = total(lines[name].to_numpy() * base) / value
    return to_frame(columns)
