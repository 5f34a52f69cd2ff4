"""What a scenario costs US households, each part kept so that a choice of the view computes only what it changes."""

from dataclasses import dataclass, field, replace
from typing import cast

import pandas as pd

from calc.analysis.households.commodities import Measure, check_products
from calc.analysis.households.consumer_prices import PARITY
from calc.analysis.households.household_cost import HouseholdCost, household_cost
from calc.analysis.households.price_draws import PriceDraws, price_draws
from calc.analysis.households.price_system import Markup
from calc.analysis.households.revenue_path import RevenueAssumptions
from calc.analysis.households.us_accounts import read_accounts
from calc.analysis.who_pays import who_pays
from calc.analysis.workers import Progress
from calc.datasets.catalogue import serving
from calc.errors import ScenarioError
from calc.page import answers
from calc.page.kept import Latest
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml

OF_CHINA = "averages:CHN"  # the service of data on what China buys from the United States
BUYER = "USA"
MOST_DRAWS_KEPT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the view lets a person choose.

    Parameters
    ----------
    measure, markup : of `household_cost`
    parity : whether price changes carry the factor of The Budget Lab's published figures
    answer : preset in which China answers on US exports; empty for none
    revenue : what is assumed about its collection
    """

    measure: str = "landed"
    markup: str = "dollar"
    parity: bool = False
    answer: str = ""
    revenue: RevenueAssumptions = field(default_factory=RevenueAssumptions)


def of_us_lines(name: str) -> bool:
    """Whether a dataset has imports of the United States by HS code."""
    if BUYER not in answers.importers(name):
        return False
    try:
        check_products(answers.dataset(name).flows.products)
    except ScenarioError:
        return False
    return True


def cost_of(scenario: Scenario, setting: Setting) -> HouseholdCost:
    """What a scenario costs US households, without ranges.

    Raises
    ------
    ScenarioError
        The answer is not one of US imports by HS code.
    """
    return _cost(scenario.dataset, scenario_to_toml(scenario), setting, scenario)


def cost_with_range(scenario: Scenario, setting: Setting, *, progress: Progress | None = None) -> HouseholdCost:
    """The same with ranges, where the scenario asks for draws; `progress` as for `draws_of`."""
    if not scenario.draws:
        return cost_of(scenario, setting)
    return _computed(
        scenario, setting, draws_of(scenario, setting.measure, progress=progress), _headline_draws(scenario)
    )


def draws_of(scenario: Scenario, measure: str, *, progress: Progress | None = None) -> PriceDraws:
    """Commodity prices in the draws of a scenario.

    Parameters
    ----------
    progress : called with draws done and all draws before each block of them
    """
    kept = _kept_draws(scenario.dataset)
    key = (scenario_to_toml(scenario), measure)

    def draw() -> PriceDraws:
        return price_draws(
            scenario,
            answers.dataset(scenario.dataset),
            read_accounts(),
            measure=cast(Measure, measure),
            central=answers.central(scenario),
            progress=answers.giving_way(progress),
        )

    # not a cached function, because what shows the progress could not be drawn from inside one
    return answers.kept_or_drawn(kept, key, draw)


# The text is the key; the scenario itself, with its schedules, is passed by.
@answers.kept_by_dataset(max_entries=8)
def _cost(name: str, text: str, setting: Setting, _scenario: Scenario) -> HouseholdCost:
    return _computed(_scenario, setting)


def _computed(
    scenario: Scenario, setting: Setting, draws: PriceDraws | None = None, headline: pd.DataFrame | None = None
) -> HouseholdCost:
    cost = household_cost(
        answers.central(scenario),
        measure=cast(Measure, setting.measure),
        markup=cast(Markup, setting.markup),
        domestic_pricing=PARITY["domestic_pricing"] if setting.parity else 0.0,
        dollar_offset=PARITY["dollar_offset"] if setting.parity else 0.0,
        assumptions=setting.revenue,
        exports=answers.central(answers.preset_scenarios()[setting.answer]) if setting.answer else None,
        draws=draws,
        headline_draws=headline,
    )
    return replace(cost, settings=replace(cost.settings, exports=setting.answer))


@answers.kept_by_dataset()
def _kept_draws(name: str) -> Latest[tuple[str, str], PriceDraws]:
    """The last draws on a dataset, by scenario and measure."""
    return Latest(most=MOST_DRAWS_KEPT)


def parties(scenario: Scenario, *, drawn: bool = False) -> pd.DataFrame:
    """Who pays for US imports, of `who_pays`; with ranges where they are asked for and the scenario has draws."""
    several = answers.importers(scenario.dataset) != [BUYER]
    draws = _headline_draws(scenario) if drawn and scenario.draws else None
    return who_pays(answers.central(scenario), BUYER if several else "", draws)


def _headline_draws(scenario: Scenario) -> pd.DataFrame | None:
    """Headline numbers in every draw; None where they are those of other importers too."""
    if answers.importers(scenario.dataset) != [BUYER]:
        return None
    drawn = answers.ranges(scenario)
    return drawn.values  # noqa: PD011  # a field of its own, not that of a table


def mean_spending() -> float:
    """Spending of the mean household a year, US$ of 2025, by which a price change becomes its cost."""
    table = read_accounts().deciles
    return float((table["income_usd_2025"] * table["spending_to_income"] * table["basket_factor"]).mean())


def export_answers() -> dict[str, str]:
    """Presets in which China answers on US exports: name -> words, none first."""
    found, of_china = answers.preset_scenarios(), serving(OF_CHINA)
    return {"": "none"} | {name: scenario.title for name, scenario in found.items() if scenario.dataset in of_china}
