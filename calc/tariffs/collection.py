"""Duties that are not collected, by partner and sector, taken off a change of tariffs before a model sees it.

    t1'[l] = t0[l] + (1 − η[g,s]) (t1[l] − t0[l])        line l, of partner group g and sector s

η is one less the duty collected over the duty that the tariffs in force imply, which The Budget Lab at Yale estimated
on June 2025 to February 2026 for eight groups of partners and the goods of GTAP. It holds evasion and exemptions that
the record does not know, and is below 0 where more was collected. Without an estimate all of the change is collected.

    uncollected-shares.csv  partner_group, gtap_sector, uncollected_share (fraction)
    gtap-sectors.csv        product (HS6), gtap_sector

Both lie in the folder of the tariff record.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from calc.datasets.codes import members_of
from calc.datasets.dataset import Dataset, data_dir, kept_with_dataset
from calc.datasets.lookup import longest_prefix
from calc.errors import DataError, ScenarioError
from calc.files.checks import raise_first
from calc.files.table_files import Problem, TableFile, parse_table, problem_at, read_bytes
from calc.flows import Array
from calc.tariffs.policy import Policy
from calc.tariffs.record import FOLDER
from calc.words import percent

IMPORTER = "USA"
SHARES, SECTORS = "uncollected-shares.csv", "gtap-sectors.csv"
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    SHARES: ("partner_group", "gtap_sector", "uncollected_share"),
    SECTORS: ("product", "gtap_sector"),
}
_REST = "row"
_GROUPS: Mapping[str, str] = {
    "CHN": "china",
    "CAN": "canada",
    "MEX": "mexico",
    "GBR": "uk",
    "JPN": "japan",
    "KOR": "korea",
    "EU27": "eu",
}
_SUBHEADING = 6  # digits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uncollected:
    """Shares of a change of duty that are not collected.

    Parameters
    ----------
    share : η [group, sector]; 0 where there is no estimate
    products : HS6 codes
    sector : of each of them, a column of `share`
    sha256 : hex digest of the files read
    """

    share: pd.DataFrame
    products: pd.Index
    sector: pd.Index
    sha256: Mapping[str, str]


def read_uncollected(folder: str | Path | None = None) -> Uncollected:
    """The built-in shares, or those in a folder of the same files.

    Raises
    ------
    DataError
        A file is missing or breaks a rule; the message names file, line, column and remedy.
    """
    place = Path(folder) if folder is not None else data_dir() / FOLDER
    shares, sectors = _table(SHARES, place), _table(SECTORS, place)
    value = pd.to_numeric(shares.frame["uncollected_share"], errors="coerce").to_numpy(dtype=float)
    group, cell = shares.frame["partner_group"], shares.frame[["partner_group", "gtap_sector"]]
    known = (*_GROUPS.values(), _REST)
    product = sectors.frame["product"]
    raise_first(
        problem_at(
            shares,
            ~np.asarray(group.isin(known), dtype=bool),
            "partner_group",
            f"is not one of {', '.join(known)}",
            "choose one of them",
        )
        + problem_at(shares, ~(value <= 1), "uncollected_share", "is not a share of 1 or less", "write a fraction")
        + problem_at(
            shares, np.asarray(cell.duplicated(), dtype=bool), "gtap_sector", "is there twice", "delete one of the rows"
        )
        + problem_at(
            sectors,
            ~np.asarray(product.str.fullmatch(rf"\d{{{_SUBHEADING}}}"), dtype=bool),
            "product",
            "is not an HS code of six digits",
            "write it with its leading zeros",
        )
        + problem_at(
            sectors, np.asarray(product.duplicated(), dtype=bool), "product", "is there twice", "delete one of the rows"
        )
    )
    table = cell.assign(value=value).pivot_table(index="partner_group", columns="gtap_sector", values="value")
    names = sorted({*table.columns, *sectors.frame["gtap_sector"]})
    return Uncollected(
        share=table.reindex(index=list(known), columns=names).fillna(0.0),
        products=pd.Index(product),
        sector=pd.Index(sectors.frame["gtap_sector"]),
        sha256={f"{FOLDER}/{name}": hashlib.sha256((place / name).read_bytes()).hexdigest() for name in _COLUMNS},
    )


@cache
def built_in_uncollected() -> Uncollected:
    """The built-in shares, read once."""
    return read_uncollected()


@kept_with_dataset(most=1)
def has_us_lines(dataset: Dataset) -> bool:
    """Whether a dataset has imports of the United States by HS code of six digits or more."""
    flows = dataset.flows
    codes = flows.products.astype(str)
    of_hs = codes.str.isdigit() & (codes.str.len() >= _SUBHEADING)
    if IMPORTER not in flows.economies or not np.asarray(of_hs, dtype=bool).all():
        return False
    return bool((flows.importer == flows.economies.get_loc(IMPORTER)).any())


@kept_with_dataset(most=1)
def uncollected_shares(dataset: Dataset) -> Array:
    """η [line]; 0 where the United States is not the importer, and without an estimate."""
    known, flows = built_in_uncollected(), dataset.flows
    found = longest_prefix(known.products, flows.products)
    column = np.where(found >= 0, known.share.columns.get_indexer(known.sector)[found], -1)
    rows = {group: number for number, group in enumerate(known.share.index)}
    european = members_of("EU27")
    row = np.array(
        [rows["eu" if code in european else _GROUPS.get(str(code), _REST)] for code in flows.economies], dtype=np.intp
    )
    table = np.column_stack([known.share.to_numpy(), np.zeros(len(rows))])  # the last column is that of no sector
    share = table[row[flows.exporter], column[flows.product]]
    return np.where(flows.importer == flows.economies.get_loc(IMPORTER), share, 0.0)


def as_collected(policy: Policy, dataset: Dataset) -> Policy:
    """A policy with the rates that are collected in place of those of the law.

    Parameters
    ----------
    dataset : its rates are the base

    Raises
    ------
    ScenarioError
        The dataset has no imports of the United States by HS code.
    """
    if not has_us_lines(dataset):
        raise ScenarioError(
            "collection: what is not collected is known for imports of the United States by HS code only, and "
            f"{dataset.name} has none. Leave it out.",
            key="collection",
        )
    base = dataset.flows.tariff_rate
    collected = base + (1 - uncollected_shares(dataset)) * (policy.tariff_new - base)
    return replace(policy, tariff_new=collected, notes=(*policy.notes, *_note(policy, collected, dataset)))


def _note(policy: Policy, collected: Array, dataset: Dataset) -> tuple[str, ...]:
    flows = dataset.flows
    of_law = float((flows.import_value * (policy.tariff_new - flows.tariff_rate)).sum())
    if of_law == 0:
        return ()
    left = 1 - float((flows.import_value * (collected - flows.tariff_rate)).sum()) / of_law
    return (
        f"{percent(left, sign=False)} of the change of duty is not collected, on the imports of {dataset.year}: "
        "shares by partner and sector that The Budget Lab at Yale estimated on June 2025 to February 2026. Exemptions "
        "that the record of tariffs does not know are among them.",
    )


def _table(file: str, place: Path) -> TableFile:
    data = read_bytes(place / file, file, place)
    table = data if isinstance(data, Problem) else parse_table(file, data)
    if isinstance(table, Problem):
        raise DataError(table.text)
    missing = [name for name in _COLUMNS[file] if name not in table.frame]
    if missing:
        rule = f"the column is missing; the file has {', '.join(table.frame.columns)}"
        raise DataError(Problem(file=file, line=1, column=missing[0], rule=rule, remedy="add it").text)
    return table
