"""Revenue by fiscal year that The Budget Lab at Yale printed, beside ours."""

import pandas as pd

from calc.analysis.households.revenue_path import RevenueAssumptions, dynamic_effect, path_of
from calc.analysis.households.us_accounts import read_accounts
from calc.published.cells import beside, read_table

FOLDER = "consumer_prices"
_BN = 1e9
_CONVENTIONAL_WORDS = (
    "From a few numbers that we recovered from the series, printed with all digits: US$ 1,000 allowed."
)
_DYNAMIC_WORDS = "Printed to US$ 1 m, from a path of GDP that is printed rounded: 1.1 of its last digit is allowed."


def conventional() -> pd.DataFrame:
    """Net revenue of three scenarios in ten fiscal years."""
    cells = read_table(f"{FOLDER}/revenue").rename(columns={"value_bn": "published"})
    inputs = read_table(f"{FOLDER}/revenue_inputs")
    accounts = read_accounts()
    ours: list[float] = []
    for _, table in inputs.groupby("case", sort=False):
        years = table["fiscal_year"].tolist()
        of_all = table[["import_change", "noncompliance", "realised_ratio"]].iloc[0].tolist()
        path = path_of(
            of_all[0],
            dict(zip(years, table["tariff_increase"].tolist(), strict=True)),
            accounts,
            assumptions=RevenueAssumptions(
                noncompliance=of_all[1],
                realised_ratio=of_all[2],
                refund_bn=dict(zip(years, table["refund_bn"].tolist(), strict=True)),
            ),
        )
        ours += (path.years["net_revenue"] / _BN).tolist()  # both files have cases and years in one order
    labelled = cells.assign(
        table="revenue by year",
        economy=cells["fiscal_year"].map(lambda year: f"FY{year}"),
        quantity="net_revenue",
        unit="US$ bn",
        digits=12,
        tolerance=1e-6,
        remark=_CONVENTIONAL_WORDS,
    )
    return beside(labelled, ours)


def dynamic() -> pd.DataFrame:
    """What a path of GDP adds to revenue."""
    cells = read_table(f"{FOLDER}/dynamic_revenue").rename(columns={"value_bn": "published"})
    path = read_table(f"{FOLDER}/gdp_path")["deviation_pct"].tolist()
    effect = dynamic_effect(path, read_accounts()).set_index("fiscal_year")["revenue_effect"] / _BN
    labelled = cells.assign(
        table="revenue by year",
        case="16 July 2026, effect of GDP",
        economy=cells["fiscal_year"].map(lambda year: f"FY{year}"),
        quantity="effect_of_gdp",
        unit="US$ bn",
        digits=3,
        tolerance=0.0011,
        remark=_DYNAMIC_WORDS,
    )
    return beside(labelled, effect.loc[cells["fiscal_year"]].to_numpy())


def compare() -> pd.DataFrame:
    """All of the printed revenue."""
    return pd.concat([conventional(), dynamic()], ignore_index=True)
