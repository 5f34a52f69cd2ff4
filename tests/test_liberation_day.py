"""The one-sector model with labour supply: the paper's tables cell by cell, laws, limits, and one method against another."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import elasticities_of, policy_of

from calc.errors import ConvergenceError, ParameterError
from calc.fixed_export_costs import (
    accounts_of,
    base_year,
    closed_form_tariff,
    export_slope,
    export_slope_of_rest,
    fixed_cost_shares,
    tariff_exponent,
)
from calc.models import liberation_day
from calc.one_sector import (
    equilibrium_at,
    jacobian,
    outcome_of,
    own_blocks,
    solve_by_anderson,
    solve_by_newton,
    world_of,
)
from calc.solve import TOLERANCE
from calc.tables import Accounts, make_flows

PUBLISHED = Path(__file__).parent / "published" / "ignatenko_2025"
DATA = np.load(PUBLISHED / "world_2023.npz", allow_pickle=False)
ECONOMIES = list(DATA["economy"])
N = len(ECONOMIES)
USA, CHN = ECONOMIES.index("USA"), ECONOMIES.index("CHN")
NON_USA = np.arange(N) != USA
# the paper's list, without Czechia and Slovakia
EU25 = np.isin(
    ECONOMIES,
    "AUT BEL BGR CYP DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVN SWE".split(),
)
FEDERAL_BUDGET = 0.23  # of GDP, in the paper's third table
SOLVERS = (solve_by_anderson, solve_by_newton)


def data_trade():
    trade = np.zeros((N, N))
    trade[DATA["importer"], DATA["exporter"]] = DATA["value_thousand_usd"] * 1000
    return trade


TRADE, GDP = data_trade(), DATA["gdp_usd"]
SHARE = fixed_cost_shares(TRADE, GDP, USA)
BASE = base_year(TRADE, GDP, SHARE)
BASE_WITH_INPUTS = base_year(TRADE, GDP, SHARE, 0.49)


# The paper's experiments


def tariffs(*, by_usa=None, on_usa=None):
    """Rates of the United States on each partner, and of each partner on the United States."""
    rate = np.zeros((N, N))
    if by_usa is not None:
        rate[USA] = by_usa
    if on_usa is not None:
        rate[:, USA] = on_usa
    rate[USA, USA] = 0
    return rate


ANNOUNCED = np.maximum(0.1, DATA["announced_rate"])
EXPONENT = tariff_exponent(SHARE, 4.0)
# three closed-form rates: of the United States with E and with Y in the denominator, and of all others as one
RATE_E = closed_form_tariff(export_slope(BASE, USA, BASE.expenditure[USA]), 4.0, EXPONENT[USA])
RATE_Y = closed_form_tariff(export_slope(BASE, USA, BASE.output[USA]), 4.0, EXPONENT[USA])
RATE_REST = closed_form_tariff(export_slope_of_rest(BASE, USA), 4.0, EXPONENT[CHN])

NO_FIXED_COSTS = accounts_of(BASE.trade, np.zeros(N), 1.0)


def world(tariff, base=BASE, *, relief=True, epsilon=4.0, exponent=EXPONENT, kappa=0.5, psi=0.67 / 4):
    return world_of(
        base,
        tariff,
        trade_elasticity=epsilon,
        labor_supply_elasticity=kappa,
        scale_elasticity=psi,
        tariff_exponent=exponent,
        tax_relief=relief,
    )


EXPERIMENTS = {
    "ustr": lambda: world(tariffs(by_usa=ANNOUNCED)),
    "ustr_lump_sum": lambda: world(tariffs(by_usa=ANNOUNCED), relief=False),
    "closed_form": lambda: world(tariffs(by_usa=RATE_E)),
    "ustr_reciprocal": lambda: world(tariffs(by_usa=ANNOUNCED, on_usa=ANNOUNCED)),
    "ustr_closed_form_retaliation": lambda: world(tariffs(by_usa=ANNOUNCED, on_usa=RATE_REST)),
    "closed_form_both": lambda: world(tariffs(by_usa=RATE_Y, on_usa=RATE_REST)),
    "baseline": lambda: world(tariffs(by_usa=ANNOUNCED)),
    "incomplete_pass_through": lambda: world(
        tariffs(by_usa=ANNOUNCED), exponent=tariff_exponent(SHARE, 4.0, pass_through=0.25)
    ),
    # scale and exponent stay where ε = 4 puts them
    "elasticity_8": lambda: world(tariffs(by_usa=ANNOUNCED), epsilon=8.0),
    "eaton_kortum_krugman": lambda: world(tariffs(by_usa=ANNOUNCED), NO_FIXED_COSTS, exponent=np.ones(N)),
    "eaton_kortum_krugman_retaliation": lambda: world(
        tariffs(by_usa=ANNOUNCED, on_usa=0.25), NO_FIXED_COSTS, exponent=np.ones(N)
    ),
    "inputs_ustr": lambda: world(tariffs(by_usa=ANNOUNCED), BASE_WITH_INPUTS),
    "inputs_reciprocal": lambda: world(tariffs(by_usa=ANNOUNCED, on_usa=ANNOUNCED), BASE_WITH_INPUTS),
}


@cache
def outcome(case):
    shocked = EXPERIMENTS[case]()
    return shocked, outcome_of(shocked, solve_by_anderson(shocked)[0])


def cell(case, economy, quantity):
    """A number of the paper's tables, in per cent."""
    shocked, found = outcome(case)
    if economy == "world":
        return 100 * (
            found.world_employment_change if quantity == "employment_pct" else found.world_trade_to_gdp_change
        )
    if quantity == "deficit_pct":
        values = (found.deficit - found.deficit_base) / np.abs(found.deficit_base)
    elif quantity.startswith("tariff_revenue"):
        values = found.revenue / BASE.expenditure / (FEDERAL_BUDGET if quantity.endswith("budget") else 1)
    else:
        name = "price" if quantity == "prices_pct" else quantity.removesuffix("_pct")
        values = getattr(found, f"{name}_change")
    if economy in ECONOMIES:
        return 100 * values[ECONOMIES.index(economy)]
    members = EU25 if economy == "EU25" else NON_USA
    weights = GDP if shocked.base.labor_share < 1 else BASE.expenditure
    if economy.endswith("unweighted"):
        weights = np.ones(N)
    return 100 * np.average(values[members], weights=weights[members])


def beside_ours(cells):
    """Published cells beside ours: value becomes published, and ours, tolerance and within are added."""
    ours = [cell(row.case, row.economy, row.quantity) for row in cells.itertuples()]
    tolerance = 0.5 * 10.0 ** -cells["digits"]
    table = cells.rename(columns={"value": "published"}).assign(ours=ours, tolerance=tolerance)
    return table.assign(within=(table["ours"] - table["published"]).abs() <= tolerance)


def compare():
    """Every printed cell beside ours: table, case, economy, quantity, published, digits, ours, tolerance, within."""
    tables = {number: pd.read_csv(PUBLISHED / f"table_{number}.csv", comment="#") for number in (1, 2, 3, 4, 9)}
    return beside_ours(pd.concat(tables, names=["table"]).reset_index("table").reset_index(drop=True))


def test_every_cell_of_the_papers_tables_to_its_printed_digits():
    cells = compare()
    assert dict(cells.groupby("table").size()) == {1: 36, 2: 48, 3: 8, 4: 24, 9: 48}
    wrong = cells[~cells["within"]]
    assert wrong.empty, wrong.to_string()


def test_appendix_tables_at_second_hand():
    cells = beside_ours(pd.read_csv(PUBLISHED / "second_hand.csv", comment="#"))
    assert len(cells) == 28
    assert cells["within"].all(), cells[~cells["within"]].to_string()


def test_fixed_cost_shares_and_closed_form_rates_of_the_package():
    assert pytest.approx([0.1143352, 0.2704710], abs=5e-8) == [SHARE[CHN], SHARE[USA]]
    assert EXPONENT[USA] == pytest.approx(1.43285, abs=5e-6)
    assert pytest.approx([0.217988215, 0.185432068, 0.227421946], abs=5e-10) == [RATE_E, RATE_Y, RATE_REST]
    assert BASE.without_own_sales.sum() == 2
