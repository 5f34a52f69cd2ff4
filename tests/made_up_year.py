"""A made-up year in the shape of BACI: 226 economies, 5,000 products of six digits, 7.6 million flows, never stored.

    python tests/made_up_year.py FOLDER [ROWS]

The same seed gives the same folder. Large economies sell and buy more products; values are lognormal; one flow in five
has a tariff above 0. A short year has fewer economies and products.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 7_600_000
ABOUT = """\
title = "A made-up year in the shape of BACI"
year = 2023
valuation = "fob"
kind = "world"
home_sales = false
estimated = true
notes = ["Every number is made up."]
"""


def made_up_year(folder: Path, rows: int = ROWS, *, seed: int = 1) -> Path:
    """Write flows and tariffs as Parquet, in the order of BACI's files, and dataset.toml."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    economies, products = (226, 5_000) if rows > 1_000_000 else (60, 500)
    exporter, importer, product = _keys(rng, rows, economies, products)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = pa.array([f"Q{letters[k // 26]}{letters[k % 26]}" for k in range(economies)])
    codes = pa.array([f"{10_100 + 980_000 // products * k:06d}" for k in range(products)])
    keys = {
        name: pa.DictionaryArray.from_arrays(pa.array(of_row.astype(np.int16)), labels)
        for name, of_row, labels in (
            ("exporter", exporter, names),
            ("importer", importer, names),
            ("product", product, codes),
        )
    }
    value = (rng.lognormal(10, 2.5, len(product)) + 1).round(0)
    pq.write_table(pa.table({**keys, "value_usd": value}), folder / "flows.parquet", compression="zstd")
    rate = np.where(rng.random(len(product)) < 0.2, rng.integers(1, 30, len(product)), 0).astype(float)
    pq.write_table(pa.table({**keys, "tariff_pct": rate}), folder / "tariffs.parquet", compression="zstd")
    (folder / "dataset.toml").write_text(ABOUT)
    return folder


def _keys(
    rng: np.random.Generator, rows: int, economies: int, products: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Exporter, importer and product of each flow, each combination once, ascending."""
    size = np.sort(rng.pareto(1.1, economies) + 0.05)[::-1]
    weight = np.sqrt(np.minimum(size / size.sum() * 40, 1.0))
    spread = rng.beta(1.0, 1.6, products)
    pair = weight[:, None] * weight
    np.fill_diagonal(pair, 0.0)
    scale = 1.2 * rows / (pair.sum() * spread.sum())
    for _ in range(40):  # until what no flow can exceed is made up for by the others
        expected = sum(np.minimum(scale * pair[k][:, None] * spread, 1.0).sum() for k in range(0, economies, 8)) * 8
        if expected > 1.02 * rows:
            break
        scale *= 1.2
    found = [
        np.flatnonzero(rng.random((economies, products)) < scale * pair[k][:, None] * spread) + k * economies * products
        for k in range(economies)
    ]
    chosen = np.concatenate(found)
    kept = np.sort(rng.permutation(len(chosen))[:rows])
    return np.unravel_index(chosen[kept], (economies, economies, products))


if __name__ == "__main__":
    made_up_year(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)
