"""The experiments of Ignatenko, Macedoni, Lashkaripour & Simonovska (2025), against ours.

194 economies, one sector; the authors' inputs are the dataset and the schedule of the scenario `liberation_day`.
Averages are weighted by calibrated base spending, with inputs by GDP. The paper's list of the EU has 25 members
(Czechia and Slovakia are missing) and is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from calc.datasets.dataset import read_dataset
from calc.flows import Array
from calc.models.equations.fixed_export_costs import (
    BaseYear,
    accounts_of,
    base_year,
    closed_form_tariff,
    export_slope,
    export_slope_of_rest,
    fixed_cost_shares,
    tariff_exponent,
)
from calc.models.equations.one_sector import World, solve_by_anderson, world_of
from calc.models.equations.one_sector_outcome import Outcome, outcome_of
from calc.models.liberation_day import HOME, LABOR_SHARE_WITH_INPUTS
from calc.published.cells import beside, read_cells
from calc.scenario_file import presets, read_scenario

NAME = "ignatenko_2025"
TABLES = (1, 2, 3, 4, 9)
TRADE_ELASTICITY = 4.0
FEDERAL_BUDGET = 0.23  # of GDP, in the paper's third table
EU25_MEMBERS = """
AUT BEL BGR CYP DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVN SWE
"""
_SECOND_HAND = "As a translation of the authors' package prints it; the original table was not at hand."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replication:
    """What the paper's experiments start from.

    Parameters
    ----------
    economies : codes [n]
    trade : X [n,i], US$, own sales 0
    gdp : US$ [n]
    announced : rate of the United States on each, at least 0.1 [n]
    fixed_cost_share : ν [n]
    exponent : φ [n]
    base, base_with_inputs, base_without_fixed_costs : calibrated base years
    rate_by_expenditure, rate_by_output, rate_of_rest : closed-form rates, of the United States with E and with Y in the
        denominator, and of all others as one
    """

    economies: tuple[str, ...]
    trade: Array
    gdp: Array
    announced: Array
    fixed_cost_share: Array
    exponent: Array
    base: BaseYear
    base_with_inputs: BaseYear
    base_without_fixed_costs: BaseYear
    rate_by_expenditure: float
    rate_by_output: float
    rate_of_rest: float

    def position(self, economy: str) -> int:
        """Place of an economy on the axes."""
        return self.economies.index(economy)


@cache
def replication() -> Replication:
    """The inputs of the paper and its calibration, made once."""
    scenario = read_scenario(presets()["liberation_day"])
    flows, (rule,) = read_dataset(scenario.dataset).flows, scenario.rules
    assert flows.accounts is not None, "its dataset has GDP"
    assert rule.schedule is not None, "its one rule is a schedule"
    economies = tuple(str(code) for code in flows.economies)
    count, home = len(economies), economies.index(HOME)
    trade = np.zeros((count, count))
    trade[flows.importer, flows.exporter] = flows.import_value
    gdp = flows.accounts.value_added[:, 0]
    schedule = rule.schedule.table.set_index("exporter")
    # the United States are not on their own schedule; `tariffs` leaves their own sales free
    announced = schedule["tariff_pct"].reindex(economies, fill_value=0).to_numpy() / 100
    share = fixed_cost_shares(trade, gdp, home)
    base = base_year(trade, gdp, share)
    exponent = tariff_exponent(share, TRADE_ELASTICITY)
    other = 0 if home else 1  # all others have one exponent

    def rate(slope: float, of: int) -> float:
        return closed_form_tariff(slope, TRADE_ELASTICITY, float(exponent[of]))

    return Replication(
        economies=economies,
        trade=trade,
        gdp=gdp,
        announced=announced,
        fixed_cost_share=share,
        exponent=exponent,
        base=base,
        base_with_inputs=base_year(trade, gdp, share, LABOR_SHARE_WITH_INPUTS),
        base_without_fixed_costs=accounts_of(base.trade, np.zeros(count), 1.0),
        rate_by_expenditure=rate(export_slope(base, home, float(base.expenditure[home])), home),
        rate_by_output=rate(export_slope(base, home, float(base.output[home])), home),
        rate_of_rest=rate(export_slope_of_rest(base, home), other),
    )


def tariffs(*, by_usa: Array | float = 0.0, on_usa: Array | float = 0.0) -> Array:
    """Rates [n,i] of the United States on each partner, and of each partner on the United States."""
    known = replication()
    home = known.position(HOME)
    rate = np.zeros((len(known.economies),) * 2)
    rate[home] = by_usa
    rate[:, home] = on_usa
    rate[home, home] = 0
    return rate


def world(
    tariff: Array,
    base: BaseYear | None = None,
    *,
    relief: bool = True,
    epsilon: float = TRADE_ELASTICITY,
    exponent: Array | None = None,
    kappa: float = 0.5,
    psi: float = 0.67 / TRADE_ELASTICITY,
) -> World:
    """The paper's world under a tariff; its own calibration where nothing is said.

    Parameters
    ----------
    tariff : t [n,i]
    relief : whether the revenue cuts the income tax
    epsilon, exponent, kappa, psi : ε, φ [n], κ, ψ
    """
    known = replication()
    return world_of(
        base or known.base,
        tariff,
        trade_elasticity=epsilon,
        labor_supply_elasticity=kappa,
        scale_elasticity=psi,
        tariff_exponent=known.exponent if exponent is None else exponent,
        tax_relief=relief,
    )


def _without_fixed_costs(tariff: Array) -> World:
    known = replication()
    return world(tariff, known.base_without_fixed_costs, exponent=np.ones(len(known.economies)))


def _incomplete_pass_through() -> World:
    known = replication()
    exponent = tariff_exponent(known.fixed_cost_share, TRADE_ELASTICITY, pass_through=0.25)
    return world(tariffs(by_usa=known.announced), exponent=exponent)


def _announced(*, by_usa: Array | float | None = None, on_usa: Array | float = 0.0) -> Array:
    return tariffs(by_usa=replication().announced if by_usa is None else by_usa, on_usa=on_usa)


EXPERIMENTS: Mapping[str, Callable[[], World]] = {
    "ustr": lambda: world(_announced()),
    "ustr_lump_sum": lambda: world(_announced(), relief=False),
    "closed_form": lambda: world(tariffs(by_usa=replication().rate_by_expenditure)),
    "ustr_reciprocal": lambda: world(_announced(on_usa=replication().announced)),
    "ustr_closed_form_retaliation": lambda: world(_announced(on_usa=replication().rate_of_rest)),
    "closed_form_both": lambda: world(tariffs(by_usa=replication().rate_by_output, on_usa=replication().rate_of_rest)),
    "baseline": lambda: world(_announced()),
    "incomplete_pass_through": _incomplete_pass_through,
    # scale and exponent stay where ε = 4 puts them
    "elasticity_8": lambda: world(_announced(), epsilon=8.0),
    "eaton_kortum_krugman": lambda: _without_fixed_costs(_announced()),
    "eaton_kortum_krugman_retaliation": lambda: _without_fixed_costs(_announced(on_usa=0.25)),
    "inputs_ustr": lambda: world(_announced(), replication().base_with_inputs),
    "inputs_reciprocal": lambda: world(_announced(on_usa=replication().announced), replication().base_with_inputs),
}
WORDS: Mapping[str, str] = {
    "ustr": "announced rates; revenue cuts the labour tax",
    "ustr_lump_sum": "announced rates; revenue paid to households",
    "closed_form": "one rate by the closed form",
    "ustr_reciprocal": "announced rates, matched by partners",
    "ustr_closed_form_retaliation": "announced rates, retaliation at one closed-form rate",
    "closed_form_both": "closed-form rates of both sides",
    "baseline": "announced rates",
    "incomplete_pass_through": "pass-through 0.25",
    "elasticity_8": "trade elasticity 8",
    "eaton_kortum_krugman": "no fixed costs",
    "eaton_kortum_krugman_retaliation": "no fixed costs, 25% on the United States",
    "inputs_ustr": "with inputs, announced rates",
    "inputs_reciprocal": "with inputs, matched by partners",
}


@cache
def outcome(case: str) -> tuple[World, Outcome]:
    """World and measures of one experiment, solved once."""
    shocked = EXPERIMENTS[case]()
    return shocked, outcome_of(shocked, solve_by_anderson(shocked)[0])


def number(case: str, economy: str, quantity: str) -> float:
    """A number of the paper's tables, in percent.

    Parameters
    ----------
    economy : a code, EU25, non_US, world; `_unweighted` makes the average plain
    """
    known = replication()
    shocked, found = outcome(case)
    if economy == "world":
        change = found.world_employment_change if quantity == "employment_pct" else found.world_trade_to_gdp_change
        return 100 * change
    values: Array
    if quantity == "deficit_pct":
        values = (found.deficit - found.deficit_base) / np.abs(found.deficit_base)
    elif quantity.startswith("tariff_revenue"):
        budget = FEDERAL_BUDGET if quantity.endswith("budget") else 1
        values = found.revenue / known.base.expenditure / budget
    else:
        name = "price" if quantity == "prices_pct" else quantity.removesuffix("_pct")
        values = getattr(found, f"{name}_change")
    if economy in known.economies:
        return 100 * float(values[known.position(economy)])
    codes = np.array(known.economies)
    members = np.isin(codes, EU25_MEMBERS.split()) if economy == "EU25" else codes != HOME
    weights = known.gdp if shocked.base.labor_share < 1 else known.base.expenditure
    if economy.endswith("unweighted"):
        weights = np.ones(len(codes))
    return 100 * float(np.average(values[members], weights=weights[members]))


def _beside(cells: pd.DataFrame) -> pd.DataFrame:
    keys = zip(cells["case"], cells["economy"], cells["quantity"], strict=True)
    ours = [number(*key) for key in keys]
    return beside(cells.assign(unit="%", case=cells["case"].map(WORDS)), ours)


def compare() -> pd.DataFrame:
    """Tables 1, 2, 3, 4 and 9, in the columns of `cells`."""
    parts = [read_cells(f"{NAME}/table_{table}") for table in TABLES]
    return _beside(pd.concat(parts, ignore_index=True))


def compare_second_hand() -> pd.DataFrame:
    """Panels of the appendix's Tables 10 and 11, in the columns of `cells`."""
    return _beside(read_cells(f"{NAME}/second_hand").assign(remark=_SECOND_HAND))
