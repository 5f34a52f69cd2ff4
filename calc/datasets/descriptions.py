"""Products, economies and product lists in words, aligned to the codes of the flows."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calc.files.checks import Rows


def described(
    rows: Rows | None, stem: str, labels: pd.Index, defaults: Mapping[str, str | None]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row a label; a column that is not given takes its default, None being the label itself."""
    key = "product" if stem == "products" else "economy"
    if rows is None:
        frame = pd.DataFrame({key: labels})
        notes: tuple[str, ...] = (
            f"There is no {stem} file: codes are shown instead of names, and no code was checked.",
        )
    else:
        position = rows.codes[key].labels.get_indexer(labels)
        frame = rows.table.frame.iloc[position].reset_index(drop=True)
        counted = [name for name in frame if pd.api.types.is_integer_dtype(frame[name])]
        frame = frame.astype(dict.fromkeys(counted, str)).assign(**{key: labels})
        missing = [name for name in defaults if name not in frame]
        notes = (f"{rows.table.file}: {', '.join(missing)} not given.",) if missing else ()
    filled = {name: labels if text is None else text for name, text in defaults.items() if name not in frame}
    frame = frame.assign(**filled)
    first = [key, *defaults]
    return frame[first + [name for name in frame if name not in first]], notes


def product_list(rows: Rows) -> pd.DataFrame:
    """Products and the fraction of each that the list covers; all of it where the file does not say."""
    percent = rows.numbers.get("coverage_pct", np.full(len(rows.table.frame), 100.0))
    codes = rows.codes["product"]
    coverage = np.where(np.isnan(percent), 100.0, percent) / 100
    return pd.DataFrame({"product": codes.labels[codes.codes], "coverage": coverage})
