"""The US accounts of 2017: who uses what, what consumers buy, households by income, the fiscal baseline.

Built-in tables of `data/us-accounts-2017`, read when first asked for. `data/README.md` cites each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from calc.datasets.data_folder import data_dir
from calc.errors import DataError
from calc.flows import Array, IntArray

FOLDER = "us-accounts-2017"
YEAR = 2017
_TEXTS = ("bea_code", "industry", "summary_code", "description", "nipa_line", "hs6", "hs10", "state", "bea_summary")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Concordance:
    """HS codes as shares of commodities.

    Parameters
    ----------
    codes : HS codes of six and of ten digits, each once
    shares : share of a code's imports that is each commodity [code, commodity]; each row sums to 1
    """

    codes: pd.Index
    shares: csr_array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UsAccounts:
    """Input-output accounts of 402 commodities c and 402 industries i, and what is read beside them.

    Parameters
    ----------
    commodities : bea_code, description, summary_code, imports, domestic use and exports (US$ m), adjustment; row c
    industries : industry, description, summary_code, output, intermediate inputs, compensation (US$ m); row i
    domestic_use, imported_use : U^D, U^M, US$ m [c, i]
    make : V, US$ m [i, c]
    categories : nipa_line, pce_category, major_category, group, distribution_bucket, core, PCE 2017 and 2024 (US$ m)
    producers_value, purchasers_value : of each consumption category, US$ m [category, c]
    deciles : decile, income (US$ of 2025), spending/income, price of the decile's basket relative to the mean
    spending_by_decile : distribution_bucket, pce_2023_bn, decile, share_pct
    fiscal_baseline : one row a fiscal year, US$ bn
    state_jobs : state, line_code, bea_summary, industry, jobs_2017, jobs_2018; a withheld cell is empty
    concordance : from HS codes to commodities
    sha256 : hex digest of every file read, by its folder and name
    """

    commodities: pd.DataFrame
    industries: pd.DataFrame
    domestic_use: Array
    imported_use: Array
    make: Array
    categories: pd.DataFrame
    producers_value: Array
    purchasers_value: Array
    deciles: pd.DataFrame
    spending_by_decile: pd.DataFrame
    fiscal_baseline: pd.DataFrame
    state_jobs: pd.DataFrame
    concordance: Concordance
    sha256: Mapping[str, str]


@cache
def read_accounts() -> UsAccounts:
    """The built-in accounts, read once, when they are first needed.

    Raises
    ------
    DataError
        A file is missing, or names a commodity or an industry that the accounts do not have.
    """
    folder = data_dir() / FOLDER
    if not folder.is_dir():
        raise DataError(f"The US accounts are not among the built-in data in {data_dir()}. Install again.")
    commodities, industries = _table(folder, "commodities.csv"), _table(folder, "industries.csv")
    categories = _table(folder, "consumption_categories.csv")
    goods, makers = pd.Index(commodities["bea_code"]), pd.Index(industries["industry"])
    lines = pd.Index(categories["nipa_line"])
    use, make = _table(folder, "use.parquet"), _table(folder, "make.parquet")
    bridge = _table(folder, "consumption_bridge.parquet")

    def matrix(table: pd.DataFrame, rows: pd.Index, columns: pd.Index, keys: tuple[str, str], value: str) -> Array:
        return _matrix(table, (rows, columns), keys, value)

    used, made, bought = ("bea_code", "industry"), ("industry", "bea_code"), ("nipa_line", "bea_code")
    return UsAccounts(
        commodities=commodities,
        industries=industries,
        domestic_use=matrix(use, goods, makers, used, "domestic_musd"),
        imported_use=matrix(use, goods, makers, used, "imported_musd"),
        make=matrix(make, makers, goods, made, "value_musd"),
        categories=categories,
        producers_value=matrix(bridge, lines, goods, bought, "producers_value_musd"),
        purchasers_value=matrix(bridge, lines, goods, bought, "purchasers_value_musd"),
        deciles=_table(folder, "household_deciles.csv"),
        spending_by_decile=_table(folder, "spending_by_decile_2023.csv"),
        fiscal_baseline=_table(folder, "fiscal_baseline.csv"),
        state_jobs=_table(folder, "state_jobs.parquet"),
        concordance=_concordance(
            pd.concat(
                [
                    _table(folder, "hs6_to_bea.parquet").rename(columns={"hs6": "hs"}),
                    _table(folder, "hs10_to_bea.parquet").rename(columns={"hs10": "hs"}),
                ],
                ignore_index=True,
            ),
            goods,
        ),
        sha256={f"{FOLDER}/{path.name}": sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.*"))},
    )


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = folder / name
    if not path.is_file():
        raise DataError(f"{FOLDER}/{name} is not among the built-in data in {folder}. Install again.")
    if path.suffix == ".csv":
        table = pd.read_csv(path, dtype=dict.fromkeys(_TEXTS, str))
        return table.fillna({"summary_code": ""})  # some government enterprises have none
    table = pd.read_parquet(path)
    return table.assign(**{name: table[name].astype(str) for name in _TEXTS if name in table})


def _places(table: pd.DataFrame, column: str, labels: pd.Index) -> IntArray:
    places = labels.get_indexer(pd.Index(table[column]))
    if (places < 0).any():
        unknown = sorted(set(table[column][places < 0]))
        raise DataError(
            f"{FOLDER}: {column} {', '.join(unknown[:3])} is not in the accounts of {YEAR}; a code that is missing "
            "there would count as untouched by tariffs. Install the data again."
        )
    return places


def _matrix(table: pd.DataFrame, labels: tuple[pd.Index, pd.Index], keys: tuple[str, str], value: str) -> Array:
    cells = np.zeros((len(labels[0]), len(labels[1])))
    places = tuple(_places(table, key, label) for key, label in zip(keys, labels, strict=True))
    np.add.at(cells, places, table[value].to_numpy(dtype=float))
    return cells


def _concordance(table: pd.DataFrame, goods: pd.Index) -> Concordance:
    codes = pd.Index(table["hs"].unique())
    rows, columns = codes.get_indexer(pd.Index(table["hs"])), _places(table, "bea_code", goods)
    shares = csr_array((table["share"].to_numpy(dtype=float), (rows, columns)), shape=(len(codes), len(goods)))
    return Concordance(codes=codes, shares=shares)
