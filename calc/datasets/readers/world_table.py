"""A world input-output table as trade and national accounts that balance, and their files.

The readers of single formats fill a `WorldTable`; what cannot be is cleaned here, once, and counted.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from calc.flows import Array, BoolArray

MILLION = 1e6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorldTable:
    """An inter-country input-output table.

    Parameters
    ----------
    economies, products : labels; every economy has every industry, which makes the product of its name
    intermediate : Z [exporter, product, user, using industry], US$ before duty
    final : F [exporter, product, user], US$ before duty
    """

    economies: pd.Index
    products: pd.Index
    intermediate: Array
    final: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorldAccounts:
    """Trade and accounts that balance to the last digit.

        Y_nk = Σ_n' trade_n'nk = value_added_nk + Σ_j inputs_njk
        Σ_i trade_nij (1+t_nij) = Σ_k inputs_njk + final_demand_nj

    Parameters
    ----------
    trade : M [importer n, exporter i, product j], US$ before duty, own sales on the diagonal
    value_added : [economy, product], US$
    inputs : [economy, input product, using product], US$ duty paid
    final_demand : [economy, product], US$ duty paid
    notes : what was changed, with counts
    """

    trade: Array
    value_added: Array
    inputs: Array
    final_demand: Array
    notes: tuple[str, ...]


def world_accounts(table: WorldTable, tariff_rate: Array | None = None) -> WorldAccounts:
    """Trade and accounts of a world table; what cannot be is cleaned and counted.

    Negative cells become 0 and output is the sum of the row after that. Value added is output less inputs, duty paid,
    so that it holds taxes on products and transport margins. An industry that is left without value added has its
    inputs lowered to the world's cost share of its kind; the goods go to final demand of the same economy instead.

    Parameters
    ----------
    tariff_rate : t0 [importer, exporter, product], 0 on the diagonal; None for no duty
    """
    notes: list[str] = []
    cells = {"inputs": table.intermediate, "final demand": table.final}
    for words, cell in cells.items():
        if (negative := cell < 0).any():
            worth = -cell[negative].sum() / MILLION
            notes.append(f"Negative cells of {words}, set to 0: {negative.sum():,} (US$ {worth:,.1f} mn).")
            cells[words] = np.maximum(cell, 0)
    intermediate, final = cells.values()
    trade = np.moveaxis(intermediate.sum(axis=3) + final, 2, 0)
    output = trade.sum(axis=0)
    power = np.ones(final.shape) if tariff_rate is None else 1 + np.moveaxis(tariff_rate, 0, 2)
    inputs = np.einsum("ijn,ijnk->njk", power, intermediate)
    final_demand = np.einsum("ijn,ijn->nj", power, final)
    cost = inputs.sum(axis=1)
    short = (cost > 0) & (output - cost <= 0)
    if short.any():
        sound = (output > 0) & ~short
        world = (cost * sound).sum(axis=0) / np.maximum((output * sound).sum(axis=0), np.finfo(float).tiny)
        kept = np.where(short, output * world / np.where(short, cost, 1), 1.0)[:, np.newaxis, :]
        final_demand = final_demand + (inputs * (1 - kept)).sum(axis=2)
        inputs = inputs * kept
        moved = (cost - inputs.sum(axis=1)).sum() / MILLION
        names = _names(table, short)
        notes.append(
            f"Industries whose inputs were as large as their output: {short.sum():,} ({names}). Their inputs were "
            f"lowered to the world's cost share of the industry; goods worth US$ {moved:,.1f} mn go to final demand."
        )
    empty = output == 0
    if empty.any():
        notes.append(
            f"Industries without output, which have no value added: {empty.sum():,} of {empty.size:,} "
            f"({_names(table, empty)})."
        )
    value_added = np.maximum(output - inputs.sum(axis=1), 0)
    return WorldAccounts(
        trade=trade, value_added=value_added, inputs=inputs, final_demand=final_demand, notes=tuple(notes)
    )


def write_accounts(target: Path, table: WorldTable, accounts: WorldAccounts) -> None:
    """Flows, inputs, value added and final demand as files of a dataset folder; cells of 0 are left out."""
    economies, products = table.economies, table.products
    exports = ("importer", "exporter", "product")
    axes = (economies, economies, products)
    _write(target / "flows.parquet", accounts.trade, exports, axes, "value_usd")
    _write(
        target / "input_output.parquet",
        accounts.inputs,
        ("economy", "input_product", "using_product"),
        (economies, products, products),
        "value_usd",
    )
    pair, two = ("economy", "product"), (economies, products)
    _write(target / "value_added.csv", accounts.value_added, pair, two, "value_added_usd")
    _write(target / "final_demand.csv", accounts.final_demand, pair, two, "value_usd")


def _write(path: Path, values: Array, keys: tuple[str, ...], axes: tuple[pd.Index, ...], column: str) -> None:
    """Cells above 0, one row each, sorted by the order of the axes."""
    at = np.nonzero(values > 0)
    frame = pd.DataFrame({key: labels[codes] for key, labels, codes in zip(keys, axes, at, strict=True)})
    frame[column] = values[at]
    if path.suffix == ".csv":
        frame.to_csv(path, index=False, lineterminator="\n")
    else:
        rows = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(rows, path, compression="zstd")


def _names(table: WorldTable, cells: BoolArray) -> str:
    """The first three economies and industries of the marked cells, in words."""
    found = [f"{table.economies[n]} {table.products[k]}" for n, k in np.argwhere(cells)[:3]]
    return ", ".join(found) + (", …" if cells.sum() > 3 else "")
