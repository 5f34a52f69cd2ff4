"""Revenue by fiscal year: by hand, with dates, with its assumptions, and with a path of GDP."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.analysis.households.revenue_path import (
    IEEPA_REFUND_BN,
    RevenueAssumptions,
    dynamic_effect,
    level_of_gdp,
    net_revenue_of_draws,
    once_collected,
    path_of,
    revenue_path,
    share_of_year,
)
from calc.analysis.households.us_accounts import read_accounts
from calc.assumptions import Assumptions
from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError
from calc.question import point_answer
from calc.scenario import Scenario
from calc.scenario_file import read_scenario
from calc.tariffs.rules import Rule

ACCOUNTS = read_accounts()
BARE = RevenueAssumptions(noncompliance=0.0, offset=0.0)


def net(path):
    return path.years.set_index("fiscal_year")["net_revenue"] / 1e9


def test_the_third_year_by_hand():
    # FY2028: imports 4,634 bn and duties 89 bn; imports −10%, ten points more
    path = path_of(-0.1, 0.1, ACCOUNTS, assumptions=BARE)
    assert net(path)[2028] == pytest.approx(4634 * 0.9 * (89 / 4634 + 0.1) - 89, rel=1e-12)
    # FY2026 has 0.66 of the fall of imports
    assert net(path)[2026] == pytest.approx(4283 * (1 - 0.066) * (84 / 4283 + 0.1) - 84, rel=1e-12)
    assert path.net_revenue == pytest.approx(1e9 * net(path).sum())


def test_nothing_is_raised_where_nothing_changes():
    path = path_of(0.0, 0.0, ACCOUNTS)
    assert abs(net(path)).max() < 1e-12


def test_a_result_gives_its_change_of_imports_and_of_the_effective_tariff():
    scenario = read_scenario("universal_10")
    result = point_answer(scenario, read_dataset(scenario.dataset))
    path = revenue_path(result, ACCOUNTS)
    assert path.import_change == pytest.approx(result.value("import_value_change") / result.value("import_value_base"))
    increase = result.value("effective_tariff_new") - result.value("effective_tariff_base")
    assert path.tariff_increase == pytest.approx(increase)
    still = point_answer(Scenario(), read_dataset(scenario.dataset))
    assert abs(revenue_path(still, ACCOUNTS).net_revenue) < 1


def test_what_is_not_collected_is_taken_off_once_flat_or_in_the_rates():
    dataset = read_dataset("us-2024")
    rule = Rule(importer=("USA",), exporters=("CHN",), value_pct=10.0)
    flat = point_answer(Scenario(rules=(rule,)), dataset)
    by_partner = Assumptions(collection="by_partner_and_sector")
    collected = point_answer(Scenario(rules=(rule,), assumptions=by_partner), dataset)
    assert once_collected(flat).uncollected == 0.10
    assert revenue_path(collected, ACCOUNTS).assumptions.uncollected == 0
    assert revenue_path(collected, ACCOUNTS, assumptions=BARE).net_revenue > 0
    with pytest.raises(ParameterError, match=r"counted twice.*Leave one of the two out"):
        revenue_path(collected, ACCOUNTS, assumptions=RevenueAssumptions(noncompliance=0.05))


@given(noncompliance=st.floats(0, 0.5), offset=st.floats(0, 0.5))
def test_what_is_not_collected_and_what_other_taxes_lose_are_shares_of_gross_revenue(noncompliance, offset):
    gross = net(path_of(-0.1, 0.1, ACCOUNTS, assumptions=BARE))
    assumed = RevenueAssumptions(noncompliance=noncompliance, offset=offset)
    left = net(path_of(-0.1, 0.1, ACCOUNTS, assumptions=assumed))
    np.testing.assert_allclose(left, gross * (1 - noncompliance - offset), atol=1e-9)


def test_refunds_are_taken_off_the_years_in_which_they_are_paid():
    plain = net(path_of(-0.1, 0.1, ACCOUNTS))
    refunded = net(path_of(-0.1, 0.1, ACCOUNTS, assumptions=RevenueAssumptions(refund_bn=IEEPA_REFUND_BN)))
    assert (plain - refunded)[[2026, 2027, 2028]].tolist() == pytest.approx([124.5, 41.5, 0])


def test_before_the_first_day_nothing_is_collected_and_its_year_counts_by_days():
    assert share_of_year(2027, date(2027, 4, 1)) == pytest.approx(183 / 365)
    assert share_of_year(2027, date(2026, 10, 1)) == share_of_year(2028, date(2026, 10, 1)) == 1
    assumed = RevenueAssumptions(noncompliance=0.0, offset=0.0, first_day=date(2027, 4, 1))
    path = net(path_of(0.0, 0.1, ACCOUNTS, assumptions=assumed))
    assert path[2026] == 0
    assert path[2027] == pytest.approx(4468 * 0.1 * 183 / 365)
    assert path[2028] == pytest.approx(463.4)


def test_what_is_really_collected_fades_to_what_is_modelled():
    assumed = RevenueAssumptions(noncompliance=0.0, offset=0.0, realised_ratio=1.1)
    more, plain = (
        net(path_of(0.0, 0.1, ACCOUNTS, assumptions=assumed)),
        net(path_of(0.0, 0.1, ACCOUNTS, assumptions=BARE)),
    )
    ratio = more / plain
    assert ratio[2026] == pytest.approx(1.1)
    assert ratio[2028] == pytest.approx(1.06)
    assert ratio[2031] == ratio[2035] == pytest.approx(1)


@pytest.mark.parametrize(
    "assumption", [{"noncompliance": 1.1}, {"offset": -0.1}, {"realised_ratio": -1.0}, {"fade_years": 0}]
)
def test_an_assumption_out_of_its_range_is_refused_by_its_name(assumption):
    with pytest.raises(ParameterError, match=next(iter(assumption))):
        RevenueAssumptions(**assumption)


def test_a_path_of_gdp_that_stays_adds_nothing_and_a_lower_one_costs():
    assert not dynamic_effect([0.0], ACCOUNTS)["revenue_effect"].any()
    lower = dynamic_effect([-0.5], ACCOUNTS)
    assert lower["fiscal_year"].tolist() == list(range(2026, 2036))
    assert (lower["revenue_effect"] < 0).all()
    with pytest.raises(ParameterError, match="one number or more"):
        dynamic_effect([], ACCOUNTS)


def test_a_level_of_gdp_that_is_1_per_cent_lower_from_the_first_year_on():
    # growth of the first year is 1 point lower, and that of the second the same
    level = level_of_gdp(np.full(8, -1.0), np.array([2.0, 2.0]))
    assert level == pytest.approx([1.01 / 1.02 - 1, 1.01 / 1.02 - 1])


def test_revenue_of_draws_is_that_of_each_path():
    change, increase = np.array([-0.1, 0.0, 0.02]), np.array([0.05, 0.0, -0.01])
    drawn = net_revenue_of_draws(change, increase, ACCOUNTS)
    paths = [path_of(q, delta, ACCOUNTS) for q, delta in zip(change, increase, strict=True)]
    assert drawn.sum(axis=0) == pytest.approx([path.net_revenue for path in paths], rel=1e-9, abs=1.0)
    assert drawn[3] == pytest.approx([path.years["net_revenue"].iloc[3] for path in paths], rel=1e-9, abs=1.0)


def test_ranges_of_revenue_are_points_of_the_draws():
    result = point_answer(read_scenario("universal_10"), read_dataset("us-2024"))
    base = {"import_value_base": 1.0, "effective_tariff_base": 0.02}
    rng = np.random.default_rng(0)
    drawn = {"import_value_new": rng.uniform(0.9, 1.0, 50), "effective_tariff_new": rng.uniform(0.05, 0.12, 50)}
    path = revenue_path(result, ACCOUNTS, draws=pd.DataFrame({**base, **drawn}))
    totals = [
        path_of(imports - 1, rate - 0.02, ACCOUNTS).net_revenue for imports, rate in zip(*drawn.values(), strict=True)
    ]
    assert path.net_range == pytest.approx(np.quantile(totals, [0.05, 0.95]))
    assert (path.years["net_revenue_low"] < path.years["net_revenue_high"]).all()
    bare = revenue_path(result, ACCOUNTS)
    assert bare.net_range is None
    assert bare.years["net_revenue_low"].isna().all()
    assert bare.net_revenue == path.net_revenue
