"""The words of the project: every quantity's name, symbol, unit, label and definition.

Inside Python a rate or change is a fraction and money is US$; in files and on the page the unit stands in the
column's name (`tariff_new` becomes `tariff_new_pct`). Table columns, report schemas and labels on the page are
all looked up here, so that a quantity has one name and one meaning everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Unit = Literal["fraction", "usd", "elasticity", "ratio", "year", "text"]

_SUFFIX: Mapping[str, str] = {"fraction": "_pct", "usd": "_usd"}
_SCALE: Mapping[str, float] = {"fraction": 100.0}
_UNIT_IN_FILES: Mapping[str, str] = {
    "fraction": "percent",
    "usd": "US$",
    "elasticity": "elasticity",
    "ratio": "ratio",
    "year": "year",
    "text": "",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named quantity.

    Parameters
    ----------
    name : name inside Python
    symbol : the papers' symbol
    unit : unit inside Python
    label : words for a heading on the page
    definition : one sentence, with the sign convention
    """

    name: str
    symbol: str
    unit: Unit
    label: str
    definition: str

    @property
    def column(self) -> str:
        """Name in files, with its unit as suffix."""
        return self.name + _SUFFIX.get(self.unit, "")

    @property
    def is_level(self) -> bool:
        """A level, such as a value before, rather than a change."""
        return self.name.endswith(("_base", "_new"))

    @property
    def scale(self) -> float:
        """Factor from the value inside Python to the value in files."""
        return _SCALE.get(self.unit, 1.0)

    @property
    def unit_in_files(self) -> str:
        """Unit in words, as files state it."""
        return _UNIT_IN_FILES[self.unit]


def _quantities(*rows: tuple[str, str, Unit, str, str]) -> Mapping[str, Quantity]:
    return MappingProxyType({row[0]: Quantity(*row) for row in rows})


GLOSSARY = _quantities(
    # keys
    ("scenario", "", "text", "Scenario", "Title of the scenario."),
    ("model", "", "text", "Model", "Name of the model that was solved."),
    ("importer", "n", "text", "Importer", "Economy that buys, by its code."),
    ("exporter", "i", "text", "Exporter", "Economy that sells, by its code."),
    ("economy", "", "text", "Economy", "Economy, by its code."),
    ("product", "j", "text", "Product", "Product code: an HS code as text, or a sector code."),
    ("year", "", "year", "Year", "Year of the trade data."),
    ("metric", "", "text", "Metric", "Name of a headline number."),
    # one line: importer x exporter x product
    ("import_value_base", "M0", "usd", "Imports before", "Value at customs before duty, in the data's year."),
    ("import_value_new", "M1", "usd", "Imports after", "Value at customs before duty, under the scenario."),
    (
        "import_value_change",
        "M1 − M0",
        "usd",
        "Change of imports",
        "Value at customs before duty, new less base.",
    ),
    ("tariff_base", "t0", "fraction", "Tariff before", "Duty over customs value in the base data."),
    ("tariff_new", "t1", "fraction", "Tariff after", "Ad valorem tariff under the scenario."),
    (
        "world_price_change",
        "p* − 1",
        "fraction",
        "Price before duty",
        "Change of the price at customs, before duty, export tax and rent included.",
    ),
    ("landed_price_change", "p − 1", "fraction", "Price duty paid", "Change of the price with duty paid."),
    ("volume_change", "q − 1", "fraction", "Volume", "Change of the quantity imported."),
    (
        "price_effect",
        "M0 q (p* − 1)",
        "usd",
        "Price effect",
        "Part of the change of import value due to the price before duty.",
    ),
    (
        "trade_creation",
        "TC",
        "usd",
        "Trade creation",
        "Part of the change of import value due to the size of the market; a loss is negative.",
    ),
    (
        "trade_diversion",
        "TD",
        "usd",
        "Trade diversion",
        "Part of the change of import value due to a switch between suppliers.",
    ),
    ("tariff_revenue_base", "t0 M0", "usd", "Duty before", "Import duty in the base data."),
    ("tariff_revenue_new", "t1 M1", "usd", "Duty after", "Import duty under the scenario."),
    (
        "tariff_revenue_change",
        "ΔR",
        "usd",
        "Change of revenue",
        "Import duty, by economy with export tax, new less base; gain > 0.",
    ),
    (
        "export_tax_revenue_change",
        "",
        "usd",
        "Export tax",
        "Revenue of the exporters' treasuries from export taxes, new less base.",
    ),
    ("producer_surplus_change", "ΔPS", "usd", "Producers", "Change of the exporters' surplus; gain > 0."),
    (
        "import_demand_elasticity",
        "ε",
        "elasticity",
        "Import demand elasticity",
        "Of total imports of a product; < 0.",
    ),
    (
        "armington_elasticity",
        "σ",
        "elasticity",
        "Substitution elasticity",
        "Between origins of a product; > 0.",
    ),
    (
        "export_supply_elasticity",
        "β",
        "elasticity",
        "Export supply elasticity",
        "Of one exporter to one market; > 0, inf where the price before duty is given.",
    ),
    (
        "elasticity_basis",
        "",
        "text",
        "Basis of elasticities",
        "Where the elasticities of the line come from.",
    ),
    ("value_basis", "", "text", "Basis of the value", "Observed, or how the value before was estimated."),
    # one market: importer x product
    (
        "expenditure_base",
        "V0",
        "usd",
        "Spending before",
        "Value of imports with duty paid, in the data's year.",
    ),
    (
        "composite_price_change",
        "P − 1",
        "fraction",
        "Price to buyers",
        "Change of the buyers' price index, duty paid.",
    ),
    (
        "composite_volume_change",
        "Q − 1",
        "fraction",
        "Volume to buyers",
        "Change of the buyers' quantity index.",
    ),
    ("consumer_surplus_change", "ΔCS", "usd", "Buyers", "Change of the buyers' surplus; gain > 0."),
    (
        "net_welfare_change",
        "ΔCS + ΔPS + ΔR",
        "usd",
        "Net welfare",
        "Buyers, producers and treasury of an economy together; gain > 0.",
    ),
    # one economy
    ("exports_base", "", "usd", "Exports before", "Exports covered by the data, before duty."),
    ("exports_change", "", "usd", "Change of exports", "Exports covered by the data, new less base."),
    ("imports_base", "", "usd", "Imports before", "Imports covered by the data, before duty."),
    ("imports_change", "", "usd", "Change of imports", "Imports covered by the data, new less base."),
    ("real_income_change", "Ŵ − 1", "fraction", "Real income", "Change of real income."),
    ("wage_change", "ŵ − 1", "fraction", "Wage", "Change of the wage."),
    ("consumer_price_change", "P̂ − 1", "fraction", "Consumer prices", "Change of the consumer price index."),
    (
        "terms_of_trade_change",
        "ToT",
        "fraction",
        "Terms of trade",
        "Terms-of-trade part of real income, path split.",
    ),
    ("trade_balance_change", "", "usd", "Trade balance", "Exports less imports, new less base."),
    ("employment_change", "L̂ − 1", "fraction", "Employment", "Change of employment."),
    # what is drawn for a range
    (
        "substitution_factor",
        "",
        "ratio",
        "Substitution between origins",
        "Factor of a draw on all substitution elasticities, on σ − 1 where incomes move.",
    ),
    ("demand_factor", "", "ratio", "Import demand", "Factor of a draw on all import demand elasticities."),
    (
        "pass_through",
        "ρ",
        "fraction",
        "Pass-through",
        "Share of a duty that reaches the landed price at a given composite price.",
    ),
    # headline numbers
    (
        "import_volume_change",
        "",
        "fraction",
        "Import volume",
        "Change of imports at base prices before duty.",
    ),
    (
        "targeted_import_value_base",
        "",
        "usd",
        "Targeted imports before",
        "Imports on lines whose rate the scenario changes.",
    ),
    (
        "targeted_import_value_change",
        "",
        "usd",
        "Change of targeted imports",
        "Lines whose rate the scenario changes.",
    ),
    (
        "targeted_import_value_relative_change",
        "",
        "fraction",
        "Targeted imports",
        "Relative change of import value before duty on lines whose rate the scenario changes.",
    ),
    (
        "targeted_tariff_base",
        "",
        "fraction",
        "Tariff on targeted goods before",
        "Base rates on lines whose rate the scenario changes, weighted by base imports.",
    ),
    (
        "targeted_tariff_new",
        "",
        "fraction",
        "Tariff on targeted goods after",
        "New rates on lines whose rate the scenario changes, weighted by base imports.",
    ),
    (
        "targeted_landed_price_change",
        "",
        "fraction",
        "Price of targeted goods",
        "Duty-paid price of lines whose rate the scenario changes, weighted by base spending.",
    ),
    (
        "targeted_volume_change",
        "",
        "fraction",
        "Volume of targeted goods",
        "Quantity on lines whose rate the scenario changes, at base prices.",
    ),
    (
        "other_suppliers_gain",
        "",
        "usd",
        "Gain of other suppliers",
        "Change of import value before duty on lines whose rate stays, in markets the scenario touches.",
    ),
    (
        "affected_composite_price_change",
        "",
        "fraction",
        "Price to buyers, affected products",
        "Buyers' price of the products the scenario touches, all origins, weighted by base spending.",
    ),
    (
        "effective_tariff_base",
        "",
        "fraction",
        "Average tariff before",
        "Duty over import value, base rates and base imports.",
    ),
    (
        "statutory_tariff_new",
        "",
        "fraction",
        "Average tariff after, base imports",
        "New rates weighted by base imports: the exposure before trade reacts.",
    ),
    (
        "effective_tariff_new",
        "",
        "fraction",
        "Average tariff after",
        "Duty over import value, new rates and new imports: what is collected.",
    ),
    (
        "acting_real_income_change",
        "",
        "fraction",
        "Real income of those who act",
        "Real income of the economies whose rates the scenario changes, weighted by income.",
    ),
    (
        "acting_consumer_price_change",
        "",
        "fraction",
        "Consumer prices of those who act",
        "Consumer prices of the economies whose rates the scenario changes, weighted by income.",
    ),
    (
        "acting_wage_change",
        "",
        "fraction",
        "Wages of those who act",
        "Wage of the economies whose rates the scenario changes, weighted by income.",
    ),
    (
        "world_real_income_change",
        "",
        "fraction",
        "Real income of the world",
        "Equivalent variation of all economies over their income.",
    ),
    (
        "acting_tariff_revenue_share",
        "",
        "fraction",
        "Revenue of those who act, of spending",
        "Tariff revenue of the economies whose rates the scenario changes, over their spending before.",
    ),
    (
        "world_trade_to_gdp_change",
        "",
        "fraction",
        "World trade over world output",
        "Change of trade between economies, duty paid, over the income of all economies.",
    ),
    (
        "world_employment_change",
        "",
        "fraction",
        "Employment of the world",
        "Employment of all economies, weighted by income before.",
    ),
    (
        "wits_welfare",
        "Σ (t0+t1)/2·TC",
        "usd",
        "Welfare as WITS prints it",
        "Mean tariff times trade creation; leaves diversion and the price effect out.",
    ),
)
