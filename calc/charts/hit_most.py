"""Bars of the products or groups hit most, by what buyers lose or by price."""

import re

import numpy as np
import pandas as pd

from calc.analysis.hit_most import WORTH_COUNTING, By, Level
from calc.charts.basic import Spec, labelled_bars, whisker
from calc.charts.figure import Figure, Origin
from calc.words import listing, money, percent, percent_as_given, small_percent

_LABEL = 190  # pixels of a name on a phone
_ROW = 29  # pixels of a bar and the gap to the next
_CODE = re.compile(r" \(\d+\)$")  # behind a product's name
_COLUMN = {"value": "consumer_surplus_change", "price": "composite_price_change"}


def hit_most_spec(table: pd.DataFrame, by: By, *, height: int = 290) -> Spec:
    """Bars of `hit_most`, with buyers' gain or loss and the change of price beside each."""
    lengths = table[_COLUMN[by]]
    rows = [
        {
            "name": name,
            "change": length,
            "money": "" if np.isnan(gain) else money(gain),  # no model with moving incomes has it by product
            "percent": small_percent(price),
            **whisker(np.nan, np.nan, percent),
        }
        for name, length, gain, price in zip(
            table["name"], lengths, table["consumer_surplus_change"], table["composite_price_change"], strict=True
        )
    ]
    return labelled_bars(rows, height=min(height, _ROW * len(rows) + _ROW), label_limit=_LABEL)


def hit_most_finding(table: pd.DataFrame, by: By) -> str:
    """`Buyers lose most on telephones, computers and toys`."""
    if table.empty:
        return "No product is hit"
    lengths = table[_COLUMN[by]]
    falls = float(lengths.iloc[0]) < 0
    alike = table["name"][((lengths < 0) == falls).to_numpy()]
    plain = list(dict.fromkeys(_CODE.sub("", name) for name in alike))[:3]
    names = [f"{name[0].lower()}{name[1:]}" if name[1:2].islower() else name for name in plain]
    goods = "; ".join(names) if any("," in name for name in names) else listing(names)
    if by == "value":
        return f"Buyers {'lose' if falls else 'gain'} most on {goods}"
    return f"Prices {'fall' if falls else 'rise'} most for {goods}"


def described_hits(table: pd.DataFrame) -> str:
    """The goods and numbers in one sentence, for those who hear the chart."""
    if table.empty:
        return "No product is hit."
    parts = [
        f"{name} {money(gain)}, price {small_percent(price)}"
        for name, gain, price in zip(
            table["name"], table["consumer_surplus_change"], table["composite_price_change"], strict=True
        )
    ]
    return f"Hit most, the hardest first: {'; '.join(parts)}."


def hit_most_figure(table: pd.DataFrame, by: By, level: Level, origin: Origin) -> Figure:
    """The goods hit most, to be taken out of the page.

    Parameters
    ----------
    table : of `hit_most`, with the same `by` and `level`
    """
    goods = "products" if level == "product" else "groups of goods"
    what = "what buyers gain or lose, US$" if by == "value" else "price to buyers, %"
    beside = (
        "US$ a year and change of price" if table["consumer_surplus_change"].notna().any() else "the change of price"
    )
    small = f"Goods below {percent_as_given(100 * WORTH_COUNTING)} of spending are left out."
    return Figure(
        name=f"hit_most_by_{by}_{level}",
        finding=hit_most_finding(table, by),
        unit=f"The {goods} hit most by {what}; beside the bars {beside}",
        origin=origin.where(drawn=False),
        spec=hit_most_spec(table, by),
        table=in_units(table),
        note=small if by == "price" else "",
    )


def in_units(table: pd.DataFrame) -> pd.DataFrame:
    """A table of `hit_most` as files show it, with the unit in the name of each column."""
    return pd.DataFrame(
        {
            "code": table["code"],
            "name": table["name"],
            "expenditure_base_usd": table["expenditure_base"],
            "composite_price_change_pct": table["composite_price_change"] * 100,
            "consumer_surplus_change_usd": table["consumer_surplus_change"],
        }
    )
