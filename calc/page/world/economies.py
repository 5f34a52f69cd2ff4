"""Tables of economies for the World view: who acts, who wins and loses, of which parts, with whom and in what."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calc.charts.basic import ends_of
from calc.datasets.dataset import Dataset
from calc.flows import Array
from calc.glossary import GLOSSARY
from calc.page.tables import heading
from calc.result import Result

PARTS = {
    "consumer_surplus_change": "Buyers",
    "producer_surplus_change": "Producers",
    "tariff_revenue_change": "Revenue",
}
INCOME_PARTS = {"terms_of_trade": "Terms of trade", "rest": "Volume of trade and the rest"}
_COLUMNS = (
    "real_income_change",
    "net_welfare_change",
    "consumer_surplus_change",
    "producer_surplus_change",
    "tariff_revenue_change",
    "terms_of_trade_change",
    "wage_change",
    "consumer_price_change",
    "employment_change",
    "exports_base",
    "exports_change",
    "imports_base",
    "imports_change",
    "trade_balance_change",
)


def gdp_of(data: Dataset) -> dict[str, float]:
    """GDP by economy, US$: of the countries file, or value added of the accounts; empty where neither is known."""
    if "gdp_usd" in data.countries:
        values = pd.to_numeric(data.countries["gdp_usd"], errors="coerce").to_numpy()
    elif data.flows.accounts is not None:
        values = data.flows.accounts.value_added.sum(axis=1)
    else:
        return {}
    return {str(code): float(value) for code, value in zip(data.countries["economy"], values, strict=True) if value > 0}


def acting_economies(result: Result) -> list[str]:
    """Economies whose rates the scenario changes, largest targeted imports first; exporters where only they act."""
    lines = result.lines
    taxed = lines["targeted"].to_numpy() & (lines["tariff_new"] != lines["tariff_base"]).to_numpy()
    side, rows = ("importer", taxed) if taxed.any() else ("exporter", lines["targeted"].to_numpy())
    if not rows.any():
        return []
    categories = lines[side].cat.categories
    value = np.bincount(
        lines[side].cat.codes.to_numpy()[rows], lines["import_value_base"].to_numpy()[rows], minlength=len(categories)
    )
    return [str(categories[k]) for k in np.argsort(-value, kind="stable") if value[k] > 0]


def economy_changes(result: Result, gdp: Mapping[str, float]) -> pd.DataFrame:
    """Gain of each economy, the largest first.

    Returns
    -------
    economy, name, gain in US$, share : of GDP, or the change of real income (fraction; NaN where unknown);
    low, high : of what the economies are ranked by, NaN where there is no range
    """
    economies = result.economies
    codes = economies["economy"].astype(str)
    gain = economies["net_welfare_change"].to_numpy()
    share = (
        economies["real_income_change"].to_numpy()
        if result.incomes_move
        else gain / np.array([gdp.get(code, np.nan) for code in codes])
    )
    table = pd.DataFrame({"economy": codes.array, "name": _names(result, codes), "gain": gain, "share": share})
    ends = ends_of(result, "real_income_change" if result.incomes_move else "net_welfare_change", codes)
    table = table.assign(**ends)
    rank = share if result.incomes_move else gain
    return table.iloc[np.argsort(-rank, kind="stable")].reset_index(drop=True)


def parts(result: Result, *, count: int = 12) -> pd.DataFrame:
    """Parts of the gain of the economies that gain or lose most, long: name, part, value.

    Values are US$, and in general equilibrium changes of real income in logs; empty where the model has no split.
    """
    economies = result.economies
    if result.incomes_move:
        terms = economies["terms_of_trade_change"]
        total = np.log1p(economies["real_income_change"])
        wide = pd.DataFrame({"terms_of_trade": terms, "rest": total - terms})
        labels = INCOME_PARTS
    else:
        wide, labels = economies[list(PARTS)].fillna(0.0), PARTS
    if wide.isna().all(axis=None):
        return pd.DataFrame(columns=["name", "part", "value", "total"])
    size = economies["net_welfare_change"].abs().to_numpy()
    top = np.argsort(-size, kind="stable")[:count]
    top = top[size[top] > 0]
    top = top[np.argsort(-wide.sum(axis=1).to_numpy()[top], kind="stable")]
    names = _names(result, economies["economy"].astype(str))
    rows = [
        {"name": names[k], "part": labels[part], "value": wide[part].iloc[k], "total": wide.iloc[k].sum()}
        for k in top
        for part in labels
    ]
    return pd.DataFrame(rows, columns=["name", "part", "value", "total"])


def economy_screen(result: Result, gdp: Mapping[str, float]) -> pd.DataFrame:
    """All economies with headings and units of the screen, the largest gain first; empty columns left out."""
    changes = economy_changes(result, gdp).set_index("economy")
    table = result.economies.assign(economy=result.economies["economy"].astype(str)).set_index("economy")
    table = table.loc[changes.index]
    columns: dict[str, object] = {"Economy": changes["name"].array}
    if not result.incomes_move and changes["share"].notna().any():
        columns["Net welfare, % of GDP"] = changes["share"].to_numpy() * 100
    for name in _COLUMNS:
        if name in table and table[name].notna().any():
            columns[_heading(name, result)] = _on_screen(name, table[name].to_numpy())
    return pd.DataFrame(columns)


def sector_screen(result: Result, economy: str, words_of: Mapping[str, str]) -> pd.DataFrame:
    """One economy by product: what its buyers pay and get, and what its producers sell abroad."""
    lines, markets = result.lines, result.markets
    bought = markets[markets["importer"] == economy].set_index("product")
    sold = lines[lines["exporter"] == economy].groupby("product", observed=True)
    exports = sold[["import_value_base", "import_value_new", "producer_surplus_change"]].sum(min_count=1)
    table = pd.DataFrame(
        {
            "composite_price_change": bought["composite_price_change"],
            "composite_volume_change": bought["composite_volume_change"],
            "expenditure_base": bought["expenditure_base"],
            "consumer_surplus_change": bought["consumer_surplus_change"],
            "tariff_revenue_change": bought["tariff_revenue_change"],
            "exports_base": exports["import_value_base"],
            "exports_change": exports["import_value_new"] - exports["import_value_base"],
        }
    )
    table = table.loc[(-table["exports_change"].abs()).sort_values(kind="stable").index]
    codes = [str(code) for code in table.index]
    columns: dict[str, object] = {"Product": codes, "Description": [words_of.get(code, "") for code in codes]}
    return pd.DataFrame(columns | _screen_columns(table))


def partner_screen_of(result: Result, economy: str) -> pd.DataFrame:
    """One economy by partner: what it buys from and sells to each, before and after."""
    lines = result.lines
    values = ["import_value_base", "import_value_new"]
    bought = lines[lines["importer"] == economy].groupby("exporter", observed=True)[values].sum()
    sold = lines[lines["exporter"] == economy].groupby("importer", observed=True)[values].sum()
    bought.index, sold.index = bought.index.astype(str), sold.index.astype(str)
    table = pd.DataFrame(
        {
            "exports_base": sold["import_value_base"],
            "exports_change": sold["import_value_new"] - sold["import_value_base"],
            "imports_base": bought["import_value_base"],
            "imports_change": bought["import_value_new"] - bought["import_value_base"],
        }
    )
    moved = table["exports_change"].abs().fillna(0) + table["imports_change"].abs().fillna(0)
    table = table.loc[(-moved).sort_values(kind="stable").index]
    codes = pd.Series([str(code) for code in table.index])
    return pd.DataFrame({"Partner": _names(result, codes), **_screen_columns(table)})


def side_by_side(one: Result, other: Result, gdp: Mapping[str, float]) -> pd.DataFrame:
    """Gain of each economy in two models, the largest in the first model first."""
    first = economy_changes(one, gdp).set_index("economy")
    second = economy_changes(other, gdp).set_index("economy").reindex(first.index)
    order = (-first["gain"].abs()).sort_values(kind="stable").index
    columns: dict[str, object] = {"Economy": first["name"].loc[order].array}
    for table, result in ((first, one), (second, other)):
        name = "Real income" if result.incomes_move else "Net welfare"
        of_gdp = "" if result.incomes_move else " of GDP"
        columns[f"{name}, %{of_gdp}"] = table["share"].loc[order].to_numpy() * 100
        columns[f"{name}, $ m"] = table["gain"].loc[order].to_numpy() / 1e6
    return pd.DataFrame(columns)


def _screen_columns(table: pd.DataFrame) -> dict[str, object]:
    return {
        heading(str(name)): _on_screen(str(name), table[name].to_numpy()) for name in table if table[name].notna().any()
    }


def _heading(name: str, result: Result) -> str:
    if name == "net_welfare_change" and result.incomes_move:
        return "Worth of the change of real income, $ m"
    return heading(name)


def _on_screen(name: str, values: Array) -> Array:
    scaled: Array = values * (100.0 if GLOSSARY[name].unit == "fraction" else 1e-6)
    return scaled


def _names(result: Result, codes: "pd.Series[str]") -> list[str]:
    names = result.inputs.names if result.inputs else {}
    return [names.get(code, code) for code in codes]
