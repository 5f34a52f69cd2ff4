"""Tables of economies for the screen: headings, percent and million US$, the parts of a gain in words."""

from collections.abc import Mapping

import pandas as pd

from calc.analysis.perspective import SURPLUSES, economy_changes, names_of, of_partners, of_products, parts
from calc.flows import Array
from calc.glossary import GLOSSARY
from calc.page.tables import heading
from calc.result import Result

PART_WORDS = {
    **{name: GLOSSARY[name].short for name in SURPLUSES},
    "terms_of_trade": GLOSSARY["terms_of_trade_change"].short,
    "rest": "Volume of trade and the rest",
}
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


def parts_screen(result: Result) -> pd.DataFrame:
    """Parts of the gain of each economy, in words: name, part, value, total."""
    shown = parts(result)
    return shown.assign(part=shown["part"].map(PART_WORDS))


def economy_screen(result: Result, gdp: Mapping[str, float]) -> pd.DataFrame:
    """All economies with headings and units of the screen, the largest gain first; empty columns left out."""
    changes = economy_changes(result, gdp).set_index("economy")
    table = result.economies.assign(economy=result.economies["economy"].astype(str)).set_index("economy")
    table = table.loc[changes.index]
    columns: dict[str, object] = {"Economy": changes["name"].array}
    if not result.incomes_move and changes["share"].notna().any():
        columns[f"{GLOSSARY['net_welfare_change'].short}, % of GDP"] = changes["share"].to_numpy() * 100
    for name in _COLUMNS:
        if name in table and table[name].notna().any():
            columns[_heading(name, result)] = _on_screen(name, table[name].to_numpy())
    return pd.DataFrame(columns)


def sector_screen(result: Result, economy: str, words_of: Mapping[str, str]) -> pd.DataFrame:
    """One economy by product: what its buyers pay and get, and what its producers sell abroad."""
    table = of_products(result, economy)
    codes = [str(code) for code in table.index]
    columns: dict[str, object] = {"Product": codes, "Description": [words_of.get(code, "") for code in codes]}
    return pd.DataFrame(columns | _screen_columns(table))


def partner_screen_of(result: Result, economy: str) -> pd.DataFrame:
    """One economy by partner: what it buys from and sells to each, before and after."""
    table = of_partners(result, economy)
    codes = pd.Series([str(code) for code in table.index])
    return pd.DataFrame({"Partner": names_of(result, codes), **_screen_columns(table)})


def side_by_side(one: Result, other: Result, gdp: Mapping[str, float]) -> pd.DataFrame:
    """Gain of each economy in two models, the largest in the first model first."""
    first = economy_changes(one, gdp).set_index("economy")
    second = economy_changes(other, gdp).set_index("economy").reindex(first.index)
    order = (-first["gain"].abs()).sort_values(kind="stable").index
    columns: dict[str, object] = {"Economy": first["name"].loc[order].array}
    for table, result in ((first, one), (second, other)):
        name = GLOSSARY["real_income_change" if result.incomes_move else "net_welfare_change"].short
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
        return "Value of the change of real income, $ m"
    return heading(name)


def _on_screen(name: str, values: Array) -> Array:
    scaled: Array = values * (100.0 if GLOSSARY[name].unit == "fraction" else 1e-6)
    return scaled
