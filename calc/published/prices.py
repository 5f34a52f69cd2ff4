"""Consumer prices and costs of households that others printed, beside ours."""

from datetime import date

import numpy as np
import pandas as pd

from calc.analysis.households.commodities import CommodityPrices
from calc.analysis.households.consumer_prices import (
    PARITY,
    Prices,
    consumer_prices,
    consumption_shares,
    pass_on_factor,
    prices_of,
)
from calc.analysis.households.cost import cost_of
from calc.analysis.households.price_system import MARKUPS, Markup, price_system
from calc.analysis.households.us_accounts import read_accounts
from calc.assumptions import BY_PARTNER_AND_SECTOR, Assumptions
from calc.datasets.dataset import read_dataset
from calc.flows import Array
from calc.published.cells import beside, read_table
from calc.question import point_answer
from calc.result import Result
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

FOLDER = "consumer_prices"
JANUARY_2025, JULY_2026 = date(2025, 1, 1), date(2026, 7, 24)
_SAME_EQUATIONS = 1e-9  # relative: the columns are the same equations on the same table
_COST_WORDS = "Printed with all digits: the same equations on the same table, so within 1e-9 of each number."
_TOTAL_WORDS = "Printed with all digits; one of four columns gives its total to 1e-9 only."
_CATEGORY_WORDS = (
    "From an increase of tariffs by 23 groups that we found, not one that is printed: 0.0001 points allowed."
)
_BOSTON_WORDS = "Trade is that of 2024, the paper's of 2023; 0.05 points are half its last digit."
_BOSTON_MISSED = (
    "Not reproduced: the upper figure rests on how margins answer, which the paper does not give; ours is 14% lower."
)
_CONTENT_WORDS = "Another method, and accounts of another year: 1.5 points are allowed."
# Of prices they say (methodology of July 2026): the tariffs of one day against those of January 2025, less what is not
# collected of each partner and sector, on imports of 2024, with the two adjustments of PARITY.
_JULY_WORDS = (
    "By their own assumptions: margins in dollars, factor 1.326, duties as collected by partner and sector. The record "
    "of tariffs is ours: 10% of the figure is allowed. Their day is the end of 2026 as foreseen in July, ours 24 July."
)
_ALIKE_WORDS = "Of our 20 categories with theirs; 1 is the same up to scale, and 0.95 is asked for."


def households() -> pd.DataFrame:
    """Cost by decile and in all, from the printed price change."""
    table = read_table(f"{FOLDER}/households")
    deciles = read_accounts().deciles
    basket, spending, income = (
        deciles[name].to_numpy(dtype=float) for name in ("basket_factor", "spending_to_income", "income_usd_2025")
    )
    parts = []
    for _, printed in table.groupby("case", sort=False):
        given = printed["quantity"] == "price_change"
        cost = cost_of(float(printed["value"][given].iloc[0]) / 100, basket, spending, income)
        in_all = [0.01 * cost.mean_cost, cost.share_of_income]  # decile 0
        by_decile = np.vstack([in_all, cost.deciles[["household_cost", "cost_share_of_income"]] * [0.01, 1]])
        cells = printed[~given].rename(columns={"value": "published"})
        column = (cells["quantity"] == "cost_share_of_income").to_numpy(dtype=int)
        ours = 100 * by_decile[cells["decile"].to_numpy(), column]
        parts.append(
            beside(
                cells.assign(
                    table="distribution",
                    economy=cells["decile"].map(lambda decile: f"decile {decile}" if decile else "all households"),
                    digits=12,
                    tolerance=_SAME_EQUATIONS * cells["published"].abs(),
                    remark=_COST_WORDS,
                ),
                ours,
            )
        )
    return pd.concat(parts, ignore_index=True)


def categories() -> pd.DataFrame:
    """Totals from the printed categories, and the categories from an increase of tariffs."""
    table = read_table(f"{FOLDER}/categories").rename(columns={"value_pct": "published"})
    accounts = read_accounts()
    share = accounts.categories.assign(share=consumption_shares(accounts)).groupby("major_category")["share"].sum()
    parts = []
    table = table.assign(quantity="price_change", unit="%", digits=12)
    for (scenario, case), printed in table.groupby(["scenario", "case"], sort=False):
        by_category = printed[printed["category"] != "all"].set_index("category")["published"]
        total = printed[printed["category"] == "all"].assign(
            table=f"{scenario}, {case}", case="total of the categories", tolerance=2e-8, remark=_TOTAL_WORDS
        )
        parts.append(beside(total, [float((share * by_category).sum())]))
        if case == "before substitution":
            rows = printed[printed["category"] != "all"].assign(
                table=f"{scenario}, {case}",
                case="category from tariffs",
                economy=printed["category"],
                tolerance=1e-4,
                remark=_CATEGORY_WORDS,
            )
            found = _from_vector(str(scenario)).by_major_category().set_index("major_category")["price_change"]
            parts.append(beside(rows, (100 * found.loc[rows["category"]]).to_numpy()))
    return pd.concat(parts, ignore_index=True)


def _from_vector(scenario: str) -> Prices:
    accounts = read_accounts()
    vector = read_table(f"{FOLDER}/tariff_vectors")
    rates = vector[vector["scenario"] == scenario].set_index("summary_code")["tariff_change"]
    change = accounts.commodities["summary_code"].map(rates).fillna(0.0).to_numpy(dtype=float)
    return prices_of(
        _of(change), accounts, factor=pass_on_factor(1.0, PARITY["domestic_pricing"], PARITY["dollar_offset"])
    )


def _of(change: Array) -> CommodityPrices:
    return CommodityPrices(change=change, uncovered_value=0.0, import_value=1.0)


_BOSTON: dict[str, tuple[Rule, ...]] = {
    "25% on Canada and Mexico, 10% on China": (
        Rule(importer=("USA",), exporters=("CAN", "MEX"), value_pct=25.0),
        Rule(importer=("USA",), exporters=("CHN",), value_pct=10.0),
    ),
    "60% on China, 10% on others": (
        Rule(importer=("USA",), value_pct=10.0),
        Rule(importer=("USA",), exporters=("CHN",), value_pct=50.0),
    ),
}


def boston_fed() -> pd.DataFrame:
    """Core consumer prices under two threats, with margins in dollars and in per cent."""
    table = read_table(f"{FOLDER}/boston_fed").rename(columns={"value_pct": "published"})
    answers = {case: _answer(Scenario(rules=rules)) for case, rules in _BOSTON.items()}
    accounts = read_accounts()
    markups: dict[str, Markup] = {markup: markup for markup in MARKUPS}
    ours = [
        100 * consumer_prices(answers[case], accounts, measure="statutory", markup=markups[margin]).core
        for case, margin in zip(table["case"].tolist(), table["margin"].tolist(), strict=True)
    ]
    missed = (table["published"] == 2.2).to_numpy()
    return beside(
        table.assign(
            table="core PCE",
            quantity="price_change_core",
            economy=table["margin"].map({"dollar": "lower figure", "producer_percentage": "upper figure"}),
            unit="points",
            remark=np.where(missed, _BOSTON_MISSED, _BOSTON_WORDS),
        ),
        ours,
    )


def import_content() -> pd.DataFrame:
    """Share of imports in consumption, direct and through domestic producers."""
    table = read_table(f"{FOLDER}/import_content").rename(columns={"value_pct": "published"})
    accounts = read_accounts()
    content = consumption_shares(accounts) @ price_system(accounts).response.sum(axis=1)
    return beside(
        table.assign(table="text", case="all consumption", unit="%", tolerance=1.5, remark=_CONTENT_WORDS),
        [100 * float(content)],
    )


def law_of_july_2026() -> pd.DataFrame:
    """Consumer prices under the law of 24 July 2026 against January 2025: the total, and how alike categories are."""
    printed = read_table(f"{FOLDER}/law_of_july_2026").set_index("category")["value_pct"]
    prices = prices_of_july_2026()
    by_category = printed.drop("all")
    ours = prices.by_major_category().set_index("major_category")["price_change"].loc[by_category.index]
    table = pd.DataFrame(
        {
            "table": "24 July 2026",
            "case": "law of the day",
            "quantity": ["price_change", "correlation of 20 categories"],
            "unit": ["%", ""],
            "published": [printed["all"], 1.0],
            "digits": [12, 2],
            "tolerance": [0.1 * printed["all"], 0.05],
            "remark": [_JULY_WORDS, _ALIKE_WORDS],
        }
    )
    return beside(table, [100 * prices.total, float(np.corrcoef(ours, by_category)[0, 1])])


def prices_of_july_2026() -> Prices:
    """Our consumer prices under the law of 24 July 2026, by the assumptions of The Budget Lab."""
    scenario = Scenario(
        baseline=JANUARY_2025, law_day=JULY_2026, assumptions=Assumptions(collection=BY_PARTNER_AND_SECTOR)
    )
    return consumer_prices(
        _answer(scenario),
        read_accounts(),
        measure="statutory",
        domestic_pricing=PARITY["domestic_pricing"],
        dollar_offset=PARITY["dollar_offset"],
    )


def _answer(scenario: Scenario) -> Result:
    return point_answer(scenario, read_dataset(scenario.dataset))


def compare() -> pd.DataFrame:
    """All of The Budget Lab's consumer prices and households."""
    return pd.concat([households(), categories(), law_of_july_2026()], ignore_index=True)
