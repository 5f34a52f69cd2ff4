"""What a scenario costs US households, each part kept so that a choice of the view computes only what it changes."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from calc.analysis.households.commodities import Measure
from calc.analysis.households.consumer_prices import PARITY
from calc.analysis.households.household_cost import HouseholdCost, household_cost
from calc.analysis.households.price_draws import PriceDraws, price_draws
from calc.analysis.households.price_system import Markup
from calc.analysis.households.revenue_path import net_revenue_of_draws
from calc.analysis.households.us_accounts import read_accounts
from calc.analysis.uncertainty import HIGH, LOW
from calc.page import answers
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml

EXPORTS_DATASET = "china-2017"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the view lets a person choose.

    Parameters
    ----------
    measure, markup : of `household_cost`
    parity : whether price changes carry the factor of The Budget Lab's published figures
    answer : preset in which China answers on US exports; empty for none
    """

    measure: str = "landed"
    markup: str = "dollar"
    parity: bool = False
    answer: str = ""


def cost_of(scenario: Scenario, setting: Setting) -> HouseholdCost:
    """What a scenario costs US households, without ranges.

    Raises
    ------
    ScenarioError
        The answer is not one of US imports by HS code.
    """
    return _cost(scenario.dataset, scenario_to_toml(scenario), setting, False, scenario)


def cost_with_range(scenario: Scenario, setting: Setting) -> HouseholdCost:
    """The same with ranges, where the scenario asks for draws."""
    return _cost(scenario.dataset, scenario_to_toml(scenario), setting, scenario.draws > 0, scenario)


def draws_of(scenario: Scenario, measure: str) -> PriceDraws:
    """Commodity prices in the draws of a scenario."""
    return _draws(scenario.dataset, scenario_to_toml(scenario), measure, scenario)


# The text is the key; the scenario itself, with its schedules, is passed by.
@answers.kept_by_dataset(max_entries=8, show_spinner=False)
def _cost(name: str, text: str, setting: Setting, ranged: bool, _scenario: Scenario) -> HouseholdCost:
    return household_cost(
        answers.central(_scenario),
        measure=cast(Measure, setting.measure),
        markup=cast(Markup, setting.markup),
        exports=answers.central(answers.preset_scenarios()[setting.answer]) if setting.answer else None,
        draws=draws_of(_scenario, setting.measure) if ranged else None,
        domestic_pricing=PARITY["domestic_pricing"] if setting.parity else 0.0,
        dollar_offset=PARITY["dollar_offset"] if setting.parity else 0.0,
    )


@answers.kept_by_dataset(max_entries=4, show_spinner=False)
def _draws(name: str, text: str, measure: str, _scenario: Scenario) -> PriceDraws:
    return price_draws(
        _scenario,
        answers.dataset(name),
        read_accounts(),
        measure=cast(Measure, measure),
        central=answers.central(_scenario),
    )


def revenue_range(scenario: Scenario) -> tuple[float, float]:
    """5 and 95% points of net revenue over all years, US$, in the draws of the scenario."""
    numbers = answers.ranges(scenario).values  # a field of its own, not that of a table
    change = numbers["import_value_new"] / numbers["import_value_base"] - 1
    increase = numbers["effective_tariff_new"] - numbers["effective_tariff_base"]
    drawn = net_revenue_of_draws(change.to_numpy(dtype=float), increase.to_numpy(dtype=float), read_accounts())
    low, high = np.quantile(drawn, [LOW, HIGH])
    return float(low), float(high)


def mean_spending() -> float:
    """Spending of the mean household a year, US$ of 2025, by which a price change becomes its cost."""
    table = read_accounts().deciles
    return float((table["income_usd_2025"] * table["spending_to_income"] * table["basket_factor"]).mean())


def export_answers() -> dict[str, str]:
    """Presets in which China answers on US exports: name -> words, none first."""
    found = answers.preset_scenarios()
    return {"": "none"} | {
        name: scenario.title for name, scenario in found.items() if scenario.dataset == EXPORTS_DATASET
    }
