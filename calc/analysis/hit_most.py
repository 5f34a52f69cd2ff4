"""The goods on which a policy weighs most: products, or groups of them, by what buyers lose or by the price they pay.

    loss = ΔCS of the markets        price = Σ V0 (P − 1) / Σ V0 over the markets of a group

Only markets in which a rule changes a line count, as in the price of affected products among the headline numbers.
"""

from typing import Literal

import numpy as np
import pandas as pd

from calc.datasets.dataset import Dataset, kept_with_dataset
from calc.datasets.goods_names import goods_in_words, heading_names
from calc.result import Result

By = Literal["value", "price"]
Level = Literal["product", "group"]
WORTH_COUNTING = 1e-4  # of all spending: by price, goods below it are left out
_HEADING = 4  # digits of a heading of the Harmonized System
_GROUP_COLUMN = "sector_group"


def hit_most(
    result: Result, dataset: Dataset, *, by: By = "value", level: Level = "product", count: int = 10
) -> pd.DataFrame:
    """The products or groups hit most, the hardest first.

    Parameters
    ----------
    result : as one importer sees it, or on data of one importer
    dataset : the one that was asked, for the words
    by : value: the change of buyers' surplus | price: the change of the price to buyers, of goods that are
        `WORTH_COUNTING` of all spending at least
    level : product: as in the data | group: headings of the Harmonized System, or groups of sectors
    count : how many at most

    Returns
    -------
    code, name, expenditure_base (US$), composite_price_change, consumer_surplus_change (US$; NaN where incomes move).
    No rows where nothing changes, or where `by` is not in the model.
    """
    markets = result.markets
    touched = result.lines.loc[result.lines["targeted"].to_numpy(), "product"].unique()
    rows = markets[markets["product"].isin(touched).to_numpy()]
    codes = rows["product"].astype(str)
    keys = codes if level == "product" else codes.map(_groups(dataset))
    table = pd.DataFrame(
        {
            "code": keys.to_numpy(),
            "expenditure_base": rows["expenditure_base"].to_numpy(),
            "composite_price_change": (rows["composite_price_change"] * rows["expenditure_base"]).to_numpy(),
            "consumer_surplus_change": rows["consumer_surplus_change"].to_numpy(dtype=float),
        }
    )
    summed = table.groupby("code", sort=True).sum(min_count=1)
    summed["composite_price_change"] /= summed["expenditure_base"]
    ranked = _ranked(summed, by, float(markets["expenditure_base"].sum())).head(count)
    named = {str(code): _name(str(code), dataset, level) for code in ranked.index}
    return ranked.reset_index().assign(name=list(named.values()))[["code", "name", *summed.columns]]


def _ranked(table: pd.DataFrame, by: By, spending: float) -> pd.DataFrame:
    name = "consumer_surplus_change" if by == "value" else "composite_price_change"
    kept = table[(table[name].abs() > 1e-12).to_numpy()]
    if by == "price":
        large = kept[(kept["expenditure_base"] >= WORTH_COUNTING * spending).to_numpy()]
        kept = large if len(large) else kept
    # equal up to rounding: the larger market first
    order = np.lexsort((-kept["expenditure_base"].to_numpy(), -kept[name].abs().round(6).to_numpy()))
    return kept.iloc[order]


def has_groups(dataset: Dataset) -> bool:
    """Whether the products of a dataset fall into groups."""
    return _of_customs(dataset) or _GROUP_COLUMN in dataset.products


@kept_with_dataset(most=1)
def _of_customs(dataset: Dataset) -> bool:
    products = dataset.products["product"]
    return bool((products.str.isdigit() & (products.str.len() > _HEADING)).any())


@kept_with_dataset(most=1)
def _groups(dataset: Dataset) -> dict[str, str]:
    """Group of each product."""
    products = dataset.products["product"]
    if _of_customs(dataset):
        return dict(zip(products, products.str[:_HEADING], strict=True))
    groups = dataset.products.get(_GROUP_COLUMN, products)
    return dict(zip(products, groups, strict=True))


def _name(code: str, dataset: Dataset, level: Level) -> str:
    """A plain name: everyday words of a customs code, or its heading's; else the words of the data, or the code."""
    table = dataset.products
    if _of_customs(dataset):
        (words,) = goods_in_words([code], table)
        if code not in words and not words.startswith("products "):
            return f"{words[0].upper()}{words[1:]}"
        if heading := heading_names().get(code[:_HEADING]):
            return heading if code[_HEADING:] == "" else f"{heading} ({code})"
    elif level == "group":
        return code.replace("_", " ").capitalize()
    own = table["short_name" if "short_name" in table else "description"]
    found = own[table["product"].str.startswith(code).to_numpy()]
    return str(found.iloc[0]) if len(found) else code
