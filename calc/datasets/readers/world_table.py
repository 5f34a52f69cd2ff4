"""A world input-output table as trade and national accounts that balance, and their tables.

The readers of single formats fill a `WorldTable`; what cannot be is cleaned here, once, and counted.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from calc.flows import Array, BoolArray

MILLION = 1e6
WORLD_NOTES = (
    "Basic prices; the industry stands for the product it makes. Value added is output less inputs, and so includes "
    "taxes less subsidies on products.",
    "The table has no tariffs and no elasticities: add tariffs.csv and elasticities.csv. Inputs and final demand "
    "are without duty; with tariffs the base is solved again at the rates given.",
)


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


def account_tables(table: WorldTable, accounts: WorldAccounts) -> dict[str, pd.DataFrame]:
    """Flows, inputs, value added and final demand as tables of a dataset; cells of 0 are left out."""
    economies, products = table.economies, table.products
    pair, two = ("economy", "product"), (economies, products)
    return {
        "flows": _cells(
            accounts.trade, ("importer", "exporter", "product"), (economies, economies, products), "value_usd"
        ),
        "input_output": _cells(
            accounts.inputs,
            ("economy", "input_product", "using_product"),
            (economies, products, products),
            "value_usd",
        ),
        "value_added": _cells(accounts.value_added, pair, two, "value_added_usd"),
        "final_demand": _cells(accounts.final_demand, pair, two, "value_usd"),
    }


def extent(table: WorldTable, accounts: WorldAccounts) -> str:
    """Size of a table in words."""
    return (
        f"{len(table.economies)} economies x {len(table.products)} industries, {int((accounts.trade > 0).sum()):,} "
        f"flows with domestic sales, output US$ {accounts.trade.sum() / 1e12:,.2f} tn"
    )


def _cells(values: Array, keys: tuple[str, ...], axes: tuple[pd.Index, ...], column: str) -> pd.DataFrame:
    """Cells above 0, one row each, sorted by the order of the axes."""
    at = np.nonzero(values > 0)
    frame = pd.DataFrame({key: labels[codes] for key, labels, codes in zip(keys, axes, at, strict=True)})
    frame[column] = values[at]
    return frame


def _names(table: WorldTable, cells: BoolArray) -> str:
    """The first three economies and industries of the marked cells, in words."""
    found = [f"{table.economies[n]} {table.products[k]}" for n, k in np.argwhere(cells)[:3]]
    return ", ".join(found) + (", …" if cells.sum() > 3 else "")
