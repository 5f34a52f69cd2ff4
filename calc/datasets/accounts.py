"""From the tables of national accounts to `Accounts`, aligned with the flows; general equilibrium needs them.

value_added.* holds economy, product, value_added_usd, by the industry that makes the product; input_output.* holds
economy, input_product, using_product, value_usd and final_demand.* economy, product, value_usd, both duty paid and
from all origins together.
"""

from collections.abc import Mapping
from math import prod
from types import MappingProxyType

import numpy as np

from calc.files.checks import Rows, Schema
from calc.files.table_files import Problem
from calc.flows import Accounts, Array, Flows, sum_by_code

ACCOUNTS: Mapping[str, Schema] = MappingProxyType(
    {
        "value_added": Schema(keys=("economy", "product"), numbers=("value_added_usd",), texts=("basis",)),
        "input_output": Schema(
            keys=("economy", "input_product", "using_product"), numbers=("value_usd",), texts=("basis",)
        ),
        "final_demand": Schema(keys=("economy", "product"), numbers=("value_usd",), texts=("basis",)),
    }
)
MAX_INPUT_CELLS = 2**25  # 256 MiB as numbers: 200 economies with 400 products, or 80 with 640
TOLERANCE = 1e-6  # accounts that balance closer than this are not spoken of


def check_accounts(rows: Mapping[str, Rows]) -> tuple[Problem, ...]:
    """Value added is there and somewhere above 0, and the input-output table is of a size that can be held."""
    problems: tuple[Problem, ...] = ()
    if "value_added" in rows:
        table = rows["value_added"].table
        if not (rows["value_added"].numbers["value_added_usd"] > 0).any():
            rule, remedy = "no value added is above 0", "fill it in, or delete the file"
            problems += (Problem(file=table.file, column="value_added_usd", rule=rule, remedy=remedy),)
    if "input_output" in rows and "flows" in rows:
        codes = rows["flows"].codes
        economies = len(codes["importer"].labels.union(codes["exporter"].labels))
        products = len(codes["product"].labels)
        if economies * products**2 > MAX_INPUT_CELLS:
            rule = (
                f"{economies:,} economies x {products:,} x {products:,} products are more than the "
                f"{MAX_INPUT_CELLS:,} cells that are held"
            )
            remedy = "add products up to sectors"
            problems += (Problem(file=rows["input_output"].table.file, rule=rule, remedy=remedy),)
    return problems


def align_accounts(rows: Mapping[str, Rows], flows: Flows) -> tuple[Accounts | None, tuple[str, ...]]:
    """Accounts on the axes of `flows`, and notes on what was filled, left out, or does not balance."""
    if "value_added" not in rows:
        return None, ()
    arrays: dict[str, Array] = {}
    notes: tuple[str, ...] = ()
    for stem, schema in ACCOUNTS.items():
        if stem in rows:
            arrays[stem], more = _spread(rows[stem], schema, flows)
            notes += more
    accounts = Accounts(
        value_added=arrays["value_added"],
        input_output=arrays.get("input_output"),
        final_demand=arrays.get("final_demand"),
    )
    return accounts, (*notes, *_gaps(accounts, rows["value_added"].table.file, flows), *_imbalances(accounts, flows))


def _spread(rows: Rows, schema: Schema, flows: Flows) -> tuple[Array, tuple[str, ...]]:
    """Values of a table as an array whose axes are its keys; cells without a row are 0."""
    file, (column,) = rows.table.file, schema.numbers
    value = rows.numbers[column]
    axes = [flows.economies if key == "economy" else flows.products for key in schema.keys]
    at = [
        labels.get_indexer(rows.codes[key].labels)[rows.codes[key].codes]
        for key, labels in zip(schema.keys, axes, strict=True)
    ]
    known = np.logical_and.reduce([position >= 0 for position in at])
    array = np.zeros([len(labels) for labels in axes])
    array[tuple(position[known] for position in at)] = value[known]
    notes: tuple[str, ...] = ()
    if idle := int((~known).sum()):
        worth = value[~known].sum()
        notes += (f"{file}: rows of an economy or product without trade, not used: {idle:,} (US$ {worth:,.0f}).",)
    cells = prod(array.shape)
    if empty := cells - int(known.sum()):
        notes += (f"{file}: cells without a row, taken as 0: {empty:,} of {cells:,}.",)
    return array, notes


def _gaps(accounts: Accounts, file: str, flows: Flows) -> tuple[str, ...]:
    """Economies and industries that trade and whose value added is 0."""
    notes: tuple[str, ...] = ()
    without = accounts.value_added.sum(axis=1) == 0
    if without.any():
        names = ", ".join(flows.economies[without][:3]) + (", …" if without.sum() > 3 else "")
        notes += (
            f"{file}: economies that trade and have no value added: {without.sum():,} ({names}); "
            "a model of whole economies needs it.",
        )
    idle = (accounts.value_added == 0) & (_sales(flows) > 0) & ~without[:, np.newaxis]
    if idle.any() and accounts.input_output is not None:
        worth = _sales(flows)[idle].sum()
        notes += (f"{file}: industries with sales and without value added: {idle.sum():,} (US$ {worth:,.0f}).",)
    return notes


def _imbalances(accounts: Accounts, flows: Flows) -> tuple[str, ...]:
    """How far costs are from sales and uses from purchases, where own sales are known and make that a question."""
    if not flows.domestic.any():
        return ()
    notes: tuple[str, ...] = ()
    sales = _sales(flows)
    inputs = accounts.input_output
    if inputs is None:
        excess = accounts.value_added > sales * (1 + TOLERANCE)
        if excess.any():
            notes += (f"Industries with more value added than sales: {excess.sum():,} of {excess.size:,}.",)
        return notes
    gap = np.abs(accounts.value_added + inputs.sum(axis=1) - sales).sum()
    if gap > TOLERANCE * sales.sum():
        notes += (f"Costs (inputs and value added) differ from sales by {gap / sales.sum():.3%} of them.",)
    if accounts.final_demand is not None:
        bought = _purchases(flows)
        gap = np.abs(accounts.final_demand + inputs.sum(axis=2) - bought).sum()
        if gap > TOLERANCE * bought.sum():
            notes += (
                f"Uses (inputs and final demand) differ from duty-paid purchases by {gap / bought.sum():.3%} of them.",
            )
    return notes


def _sales(flows: Flows) -> Array:
    """Y = Σ_n M, before duty [economy, product]."""
    shape = len(flows.economies), len(flows.products)
    cell = flows.exporter * shape[1] + flows.product
    return sum_by_code(cell, flows.import_value, prod(shape)).reshape(shape)


def _purchases(flows: Flows) -> Array:
    """X = Σ_i M (1+t0), duty paid [economy, product]."""
    shape = len(flows.economies), len(flows.products)
    cell = (flows.importer * shape[1] + flows.product)[flows.market_start]
    return sum_by_code(cell, flows.expenditure, prod(shape)).reshape(shape)
