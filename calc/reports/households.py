"""Consumer prices, households, revenue and industries as files that a report can hold beside its own."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calc.analysis.households.household_cost import HouseholdCost
from calc.analysis.households.industries import JOBS, JOBS_YEAR
from calc.glossary import GLOSSARY
from calc.reports.parts import in_file_unit

ABOUT: Mapping[str, str] = {
    "consumer_prices": "what consumers pay, from all consumption to 212 categories",
    "households": "cost by income; a household is the unit",
    "revenue": "tariff revenue by fiscal year, conventional",
    "industries": "dearer inputs, dearer rivals, lost exports: exposure, never to be added up",
}


def household_tables(cost: HouseholdCost) -> Mapping[str, pd.DataFrame]:
    """The four tables as files show them: units in the column names, percent for fractions."""
    tables = {
        "consumer_prices": cost.price_table,
        "households": _households(cost),
        "revenue": cost.revenue.years,
        "industries": cost.industries,
    }
    return {name: _in_files(table) for name, table in tables.items()}


def states_table(states: pd.DataFrame) -> pd.DataFrame:
    """Jobs in exposed industries, of `state_jobs`, as a file shows it; the year is in the names."""
    shares = {str(name): f"{name}_pct" for name in states if str(name).endswith("_share")}
    percent = states.assign(**{name: 100 * states[name] for name in shares})
    counted = {name: f"{name}_{JOBS_YEAR}" for name in ("jobs", *JOBS)}
    return percent.rename(columns=shares | counted)


def _households(cost: HouseholdCost) -> pd.DataFrame:
    """All households, quintiles and deciles, from the lowest income; ranges follow that of the total price change."""
    parts = cost.cost
    income = parts.deciles["income"].mean()
    everybody = pd.DataFrame(
        {
            "households": ["all"],
            "income": [income],
            "household_cost": [parts.mean_cost],
            "cost_share_of_income": [parts.share_of_income],
        }
    )
    groups = [everybody]
    for name, table in (("quintile", parts.quintiles), ("decile", parts.deciles)):
        label = [f"{name} {number}" for number in table[name].tolist()]
        groups.append(table.drop(columns=name).assign(households=label))
    table = pd.concat(groups, ignore_index=True)
    low, high = (np.nan, np.nan) if cost.cost_range is None else cost.cost_range
    # cost is proportional to the total price change, so that every group has the range of the mean
    per_mean = table["household_cost"] / parts.mean_cost if parts.mean_cost else 0.0
    return table[["households", "income", "household_cost"]].assign(
        household_cost_low=low * per_mean,
        household_cost_high=high * per_mean,
        cost_share_of_income=table["cost_share_of_income"],
    )


def _in_files(table: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for name in table.columns:
        quantity = GLOSSARY[name]
        plain = quantity.unit in ("text", "year")
        columns[quantity.column] = table[name].array if plain else in_file_unit(table[name], quantity.scale)
    return pd.DataFrame(columns, copy=False)
