"""Tables for the screen: rows picked, sorted and summed, percent and million US$ instead of fractions and US$."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from calc.flows import Array, BoolArray, IntArray
from calc.glossary import GLOSSARY
from calc.result import Result
from calc.words import true_minus

MOST_ROWS = 200
_LONG = 24  # letters of a cell
_FEW_ROWS = 20  # of a table that stands on the page whole, without a scroll bar of its own
TOTAL = "Total"
_LINE_COLUMNS = (
    "import_value_base",
    "import_value_new",
    "import_value_change",
    "tariff_base",
    "tariff_new",
    "landed_price_change",
    "volume_change",
    "trade_creation",
    "trade_diversion",
    "price_effect",
    "tariff_revenue_change",
    "armington_elasticity",
    "import_demand_elasticity",
    "export_supply_elasticity",
    "elasticity_basis",
)
_ELASTICITIES = ("armington_elasticity", "import_demand_elasticity")
_STATED = ("tariff_basis", "value_basis")  # by the dataset, where it says where its numbers come from
_PARTNER_COLUMNS = ("import_value_base", "import_value_new", "trade_creation", "trade_diversion", "price_effect")
_FORMATS = {"fraction": "%.{digits}f", "usd": "%,.1f", "elasticity": "%.2f"}
_WIDTHS = {"Economy": 150, "Partner": 150, "Description": 200}  # pixels
_UNIT = {"fraction": (100.0, ", %"), "usd": (1e-6, ", $ m"), "elasticity": (1.0, ""), "text": (1.0, "")}


def heading(name: str) -> str:
    """What a quantity is called on the page, with the unit of the screen."""
    quantity = GLOSSARY[name]
    return quantity.short + _UNIT[quantity.unit][1]


def column_formats(table: pd.DataFrame, units: Mapping[str, str] | None = None, *, digits: int = 1) -> dict[str, Any]:
    """How Streamlit writes the columns of a table, by the unit of each: percent, million US$ or a plain number.

    Parameters
    ----------
    units : fraction, usd or elasticity, of columns that are headed otherwise than by a quantity of the glossary
    digits : of percentages, behind the point
    """
    known: dict[str, str] = {
        heading(name): quantity.unit for name, quantity in GLOSSARY.items() if quantity.unit in _UNIT
    }
    known |= units or {}
    formats: dict[str, Any] = {
        name: st.column_config.NumberColumn(format=_FORMATS[known[name]].format(digits=digits))
        for name in map(str, table.select_dtypes("number"))
        if known.get(name) in _FORMATS
    }
    widths = {name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items() if name in table}
    return widths | formats


def shown_table(shown: pd.DataFrame, key: str, words: str, digits: Mapping[str, int], *, other: int) -> None:
    """Draw a table whose numbers have the digits stated for their column, and `other` elsewhere."""
    numbers = [str(name) for name in shown.select_dtypes("number")]
    long = [
        name for name in map(str, shown.columns.drop(numbers)) if shown[name].astype(str).str.len().max() > _LONG
    ]  # which would push every number off a phone
    formats = {
        **{name: st.column_config.NumberColumn(format=f"%,.{digits.get(name, other)}f") for name in numbers},
        **{name: st.column_config.TextColumn(width="medium") for name in long},
    }
    height: Literal["content", "auto"] = "content" if len(shown) <= _FEW_ROWS else "auto"
    st.dataframe(shown, hide_index=True, height=height, key=key, column_config=formats, alt=words)


def written(table: pd.DataFrame) -> tuple[Styler, dict[str, Any]]:
    """A table whose negative numbers have a true minus, with the widths of its columns, for `st.dataframe`."""
    formats = column_formats(table)
    places = {name: int(form["type_config"]["format"][-2]) for name, form in formats.items() if "format" in str(form)}

    cells = {name: partial(_with_minus, digits) for name, digits in places.items()}
    widths = {name: form for name, form in formats.items() if name not in places}
    return table.style.format(dict(cells)), widths


def _with_minus(digits: int, value: object) -> str:
    number = float(str(value))
    return "" if np.isnan(number) else true_minus(f"{number:,.{digits}f}")


def chosen_lines(result: Result, words_of: Mapping[str, str], *, partner: str, words: str) -> IntArray:
    """Rows of `result.lines` of one partner (empty = all) whose product has these words or this code.

    Parameters
    ----------
    words_of : description of each product
    """
    lines = result.lines
    keep: BoolArray = np.ones(len(lines), dtype=bool)
    if partner:
        keep &= lines["exporter"].cat.codes.to_numpy() == lines["exporter"].cat.categories.get_loc(partner)
    if wanted := words.lower().split():
        products = lines["product"].cat
        text = [f"{code} {words_of.get(code, '')}".lower() for code in products.categories]
        found = [all(line.startswith(word) or word in line[7:] for word in wanted) for line in text]
        keep &= np.array(found)[products.codes.to_numpy()]
    return np.flatnonzero(keep)


def largest_changes(result: Result, rows: IntArray) -> IntArray:
    """The rows whose imports change most, largest first; where nothing changes, the largest imports."""
    base = result.lines["import_value_base"].to_numpy()[rows]
    change = np.abs(result.lines["import_value_new"].to_numpy()[rows] - base)
    rank = change if change.any() else base
    if len(rows) > MOST_ROWS:
        top = np.argpartition(-rank, MOST_ROWS)[:MOST_ROWS]
        rows, rank = rows[top], rank[top]
    order: IntArray = rows[np.argsort(-rank, kind="stable")]
    return order


def line_table(result: Result, words_of: Mapping[str, str], rows: IntArray, shown: IntArray) -> pd.DataFrame:
    """The total of `rows`, then those `shown`, with words and units for the screen."""
    lines = result.lines
    top = lines.iloc[shown]
    names = result.inputs.names if result.inputs else {}
    table = _with_changes(top)
    columns: dict[str, object] = {
        "Product": [TOTAL, *top["product"].astype(str)],
        "Description": [f"{len(rows):,} lines", *(words_of.get(code, "") for code in top["product"].astype(str))],
        "Partner": ["", *(names.get(code, code) for code in top["exporter"].astype(str))],
    }
    if len(lines["importer"].cat.categories[np.unique(lines["importer"].cat.codes)]) > 1:
        columns["Importer"] = ["", *(names.get(code, code) for code in top["importer"].astype(str))]
    total = _total(lines, rows)
    for name in (*_LINE_COLUMNS, *(basis for basis in _STATED if basis in table)):
        if name == "elasticity_basis" or name in _STATED:
            columns[heading(name)] = ["", *table[name].astype(str)]
        elif name == "export_supply_elasticity":
            columns[heading(name)] = ["", *("infinite" if np.isinf(v) else f"{v:.4g}" for v in table[name])]
        else:
            scale = _UNIT[GLOSSARY[name].unit][0]
            columns[heading(name)] = np.array([total.get(name, np.nan), *table[name]]) * scale
    return pd.DataFrame(columns)


def _with_changes(lines: pd.DataFrame) -> pd.DataFrame:
    return lines.assign(
        import_value_change=lines["import_value_new"] - lines["import_value_base"],
        tariff_revenue_change=lines["tariff_revenue_new"] - lines["tariff_revenue_base"],
    )


def _total(lines: pd.DataFrame, rows: IntArray) -> dict[str, float]:
    """Sums of US$; means of rates, volumes and elasticities by imports before, of prices by spending before."""
    value, rate = (lines[name].to_numpy()[rows] for name in ("import_value_base", "tariff_base"))

    def total(name: str) -> float:
        return float(lines[name].to_numpy()[rows].sum())

    def mean(name: str, weight: Array) -> float:
        whole = float(weight.sum())
        return float((lines[name].to_numpy()[rows] * weight).sum()) / whole if whole else np.nan

    base, new = total("import_value_base"), total("import_value_new")
    duty_base, duty_new = total("tariff_revenue_base"), total("tariff_revenue_new")
    return {
        "import_value_base": base,
        "import_value_new": new,
        "import_value_change": new - base,
        "landed_price_change": mean("landed_price_change", value * (1 + rate)),
        # the tariff after is the one charged, as the badge has it, and not what is collected
        **{name: mean(name, value) for name in ("tariff_base", "tariff_new", "volume_change", *_ELASTICITIES)},
        **{name: total(name) for name in ("trade_creation", "trade_diversion", "price_effect")},
        "tariff_revenue_change": duty_new - duty_base,
    }


def partner_table(result: Result) -> pd.DataFrame:
    """What each partner sells before and after, and of which effects the change consists; US$, total first."""
    sums = result.lines.groupby("exporter", observed=True)[list(_PARTNER_COLUMNS)].sum()
    sums["import_value_change"] = sums["import_value_new"] - sums["import_value_base"]
    names = result.inputs.names if result.inputs else {}
    sums.index = pd.Index([names.get(str(code), str(code)) for code in sums.index])
    sums = sums.loc[(-sums["import_value_change"].abs()).sort_values(kind="stable").index]
    return pd.concat([sums.sum().to_frame(TOTAL).T, sums])


def partner_screen(table: pd.DataFrame) -> pd.DataFrame:
    """`partner_table` with the headings and units of the screen."""
    order = [
        "import_value_base",
        "import_value_new",
        "import_value_change",
        "trade_creation",
        "trade_diversion",
        "price_effect",
    ]
    shown = table[order] * _UNIT["usd"][0]
    shown.columns = pd.Index([heading(name) for name in order])
    return shown.reset_index(names="Partner")
