"""Revisions of the Harmonized System: which one codes are of, and values and rates carried from one to another.

The UN's conversion tables give every subheading of a newer revision (2022, 2017) the one of the older revision
(2017, 2012) that it came from. Going back is therefore a sum. Going forward a subheading may come apart:

    V[new] = Σ_old share[old, new] V[old],    Σ_new share[old, new] = 1

Shares are equal unless trade in the newer revision is given; then they are its shares. Two steps multiply.
Source: UN Statistics Division, conversion tables HS 2022 to 2017 and HS 2017 to 2012.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from calc.datasets.data_folder import data_dir
from calc.errors import DataError

REVISIONS = (2012, 2017, 2022)
CONCORDANCES = "concordances"
DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carried:
    """A table in another revision.

    Parameters
    ----------
    table : the columns given, with `product` in the new revision
    unmatched_share : fraction of the value under codes that no correspondence knows; they stay as they are
    split_share : fraction of the value under codes that were divided
    notes : the rule and both shares in words
    """

    table: pd.DataFrame
    unmatched_share: float
    split_share: float
    notes: tuple[str, ...]


def known_shares(codes: pd.Index) -> pd.Series:
    """Fraction of the six-digit codes that each revision knows, by its year."""
    stems = pd.Index(codes.astype(str)).str[:DIGITS].unique()
    stems = stems[np.asarray(stems.str.fullmatch(rf"\d{{{DIGITS}}}"), dtype=bool)]
    shares = [float(stems.isin(_codes(year)).mean()) if len(stems) else 0.0 for year in REVISIONS]
    return pd.Series(shares, index=list(REVISIONS))


def revision_of(codes: pd.Index) -> int | None:
    """Year of the revision that knows most of the codes; None where two know as many.

    Examples
    --------
    >>> revision_of(pd.Index(["854231", "852413"]))
    2022
    """
    shares = known_shares(codes)
    best = shares.max()
    found = [int(year) for year in shares.index[shares == best]]
    return found[0] if best > 0 and len(found) == 1 else None


def correspondence(source: int, target: int) -> pd.DataFrame:
    """Product, its product in the target revision, and the share of its value that goes there.

    Raises
    ------
    DataError
        One of the years is not a revision that the conversion tables exist for.
    """
    for year in (source, target):
        if year not in REVISIONS:
            raise DataError(
                f"HS {year}: conversion tables exist for {', '.join(map(str, REVISIONS))}; give data in one of these."
            )
    step = 1 if target > source else -1
    years = [year for year in REVISIONS[::step] if min(source, target) <= year <= max(source, target)]
    table = pd.DataFrame({"product": _codes(source), "target": _codes(source), "share": 1.0})
    for first, second in pairwise(years):
        pairs = _pairs(max(first, second)).rename(
            columns={"newer": "target" if first > second else "next", "older": "next" if first > second else "target"}
        )
        pairs["part"] = 1 / pairs.groupby("target")["next"].transform("size")
        table = table.merge(pairs, on="target", validate="many_to_many")
        table["share"] *= table["part"]
        table = table.groupby(["product", "next"], as_index=False, sort=True).agg({"share": "sum"})
        table = table.rename(columns={"next": "target"})
        # a subheading between the two may have no successor; its share goes to the others
        table["share"] /= table.groupby("product")["share"].transform("sum")
    return table


def to_revision(
    table: pd.DataFrame, source: int, target: int, *, value: str = "value_usd", weights: pd.Series | None = None
) -> Carried:
    """Values of six-digit products in another revision.

    Parameters
    ----------
    table : `product`, `value` and any further keys; rows that end with the same keys are added up
    weights : trade in the target revision by product, US$; None for equal shares

    Raises
    ------
    DataError
        A year is not a revision that the conversion tables exist for.
    """
    pairs = correspondence(source, target)
    if weights is not None:
        weight = pairs["target"].map(weights).fillna(0.0)
        whole = weight.groupby(pairs["product"]).transform("sum")
        pairs["share"] = np.where(whole > 0, weight / whole.where(whole > 0, 1.0), pairs["share"])
        pairs = pairs[pairs["share"] > 0]
    keys = [name for name in table.columns if name != value]
    moved = table.merge(pairs, on="product", how="left", validate="many_to_many")
    unmatched = moved["target"].isna()
    parts = pairs.groupby("product")["target"].size()
    split = table["product"].isin(parts.index[parts > 1])
    moved["product"] = moved["target"].fillna(moved["product"])
    moved[value] = moved[value] * moved["share"].fillna(1.0)
    total = float(table[value].sum()) or 1.0
    unmatched_share, split_share = (
        float(moved[value][unmatched].sum()) / total,
        float(table[value][split].sum()) / total,
    )
    rule = "equal shares" if weights is None else "the shares of the trade given"
    return Carried(
        table=moved.groupby(keys, as_index=False, sort=True).agg({value: "sum"})[list(table.columns)],
        unmatched_share=unmatched_share,
        split_share=split_share,
        notes=(
            f"Products were converted from HS {source} to HS {target} with the UN's conversion tables. "
            f"{split_share:.1%} of the value is in subheadings that were divided, and was split by {rule}; "
            f"{unmatched_share:.1%} is under "
            "codes that are not in the tables, and was left there.",
        ),
    )


def rates_to_revision(rates: pd.DataFrame, source: int, target: int, *, rate: str = "tariff_pct") -> pd.DataFrame:
    """Rates of six-digit products in another revision: the simple average over the products that go there.

    Raises
    ------
    DataError
        A year is not a revision that the conversion tables exist for.
    """
    pairs = correspondence(source, target)
    keys = [name for name in rates.columns if name != rate]
    moved = rates.merge(pairs, on="product", how="left", validate="many_to_many")
    moved["product"] = moved["target"].fillna(moved["product"])
    return moved.groupby(keys, as_index=False, sort=True).agg({rate: "mean"})[list(rates.columns)]


@lru_cache(maxsize=len(REVISIONS))
def _table(newer: int) -> pd.DataFrame:
    older = REVISIONS[REVISIONS.index(newer) - 1]
    return pd.read_csv(data_dir() / CONCORDANCES / f"hs-{newer}-{older}.csv", dtype=str, keep_default_na=False)


def _pairs(newer: int) -> pd.DataFrame:
    """Codes of a revision and of the one before it; older codes that no newer one came from are left out."""
    table = _table(newer)
    return table[table["newer"] != ""].copy()


def _codes(year: int) -> pd.Index:
    """All six-digit codes of a revision."""
    if year == REVISIONS[0]:
        return pd.Index(pd.unique(_table(REVISIONS[1])["older"]), dtype=str)
    return pd.Index(pd.unique(_pairs(year)["newer"]), dtype=str)
