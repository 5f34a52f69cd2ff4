"""The one-sector model after Ignatenko et al. (2025): printed tables, and the door of a model."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import elasticities_of, policy_of, texts
from ignatenko import ANNOUNCED, BASE, CHN, ECONOMIES, EXPONENT, GDP, PAPER, SHARE, TRADE, USA, N

from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError, ScenarioError
from calc.flows import Accounts, make_flows
from calc.models import liberation_day
from calc.models.equations.solve import TOLERANCE
from calc.published.ignatenko_2025 import (
    compare,
    compare_second_hand,
    outcome,
)
from calc.question import point_answer, question
from calc.scenario_file import scenario_from_toml, scenario_to_toml


def test_every_cell_of_the_papers_tables_to_its_printed_digits():
    cells = compare()
    assert dict(cells.groupby("table").size()) == {"1": 36, "2": 48, "3": 8, "4": 24, "9": 48}
    wrong = cells[(cells["ours"] - cells["published"]).abs() > 0.5 * 10.0 ** -cells["digits"].astype(float)]
    assert wrong.empty, wrong.to_string()


def test_appendix_tables_at_second_hand():
    cells = compare_second_hand()
    assert len(cells) == 28
    wrong = cells[(cells["ours"] - cells["published"]).abs() > 0.5 * 10.0 ** -cells["digits"].astype(float)]
    assert wrong.empty, wrong.to_string()


def test_fixed_cost_shares_and_closed_form_rates_of_the_package():
    assert pytest.approx([0.1143352, 0.2704710], abs=5e-8) == [SHARE[CHN], SHARE[USA]]
    assert EXPONENT[USA] == pytest.approx(1.43285, abs=5e-6)
    rates = [PAPER.rate_by_expenditure, PAPER.rate_by_output, PAPER.rate_of_rest]
    assert pytest.approx([0.217988215, 0.185432068, 0.227421946], abs=5e-10) == rates
    assert BASE.without_own_sales.sum() == 2


# Through the door of a model


def flows_and_set(trade=TRADE, gdp=GDP, *, rates=0.0, sigma=5.0, economies=ECONOMIES, products=("goods",)):
    importer, exporter = np.nonzero(trade)
    flows = make_flows(
        economies=pd.Index(economies, dtype=str),
        products=pd.Index(products, dtype=str),
        importer=importer,
        exporter=exporter,
        product=np.zeros(len(importer), dtype=np.intp),
        import_value=trade[importer, exporter],
        tariff_rate=np.broadcast_to(np.asarray(rates, dtype=float), importer.shape).copy(),
    )
    accounts = None if gdp is None else Accounts(value_added=gdp[:, None])
    return replace(flows, accounts=accounts), elasticities_of(flows, sigma=sigma)


def announced_policy(flows):
    new = np.where(flows.importer == USA, (1 + flows.tariff_rate) * (1 + ANNOUNCED[flows.exporter]) - 1, np.nan)
    return policy_of(flows, tariff=np.where(np.isnan(new), flows.tariff_rate, new))


FLOWS, SET = flows_and_set()


@pytest.mark.parametrize(
    ("case", "options"),
    [
        ("ustr", {}),
        ("ustr_lump_sum", {"revenue_use": "lump_sum"}),
        ("inputs_ustr", {"inputs": "composite"}),
        ("incomplete_pass_through", {"tariff_pass_through": 0.25}),
        ("eaton_kortum_krugman", {"fixed_costs": "none"}),
    ],
)
def test_simulate_gives_the_papers_numbers(case, options):
    result = liberation_day.simulate(FLOWS, announced_policy(FLOWS), SET, **options)
    shocked, found = outcome(case)
    table = result.economies
    assert list(table["economy"]) == ECONOMIES
    np.testing.assert_allclose(table["real_income_change"], found.welfare_change, atol=1e-12)
    np.testing.assert_allclose(table["consumer_price_change"], found.price_change, atol=1e-12)
    np.testing.assert_allclose(table["employment_change"], found.employment_change, atol=1e-12)
    np.testing.assert_allclose(table["trade_balance_change"], found.deficit_base - found.deficit, rtol=1e-9, atol=1)
    np.testing.assert_allclose(table["tariff_revenue_change"], found.revenue, rtol=1e-9, atol=1)
    change = table["exports_change"].fillna(0) - table["imports_change"].fillna(0)
    np.testing.assert_allclose(change, table["trade_balance_change"], rtol=1e-9, atol=1e-3 * GDP.min())
    assert result.solution.residual <= TOLERANCE
    assert result.value("acting_real_income_change") == pytest.approx(found.welfare_change[USA])
    share = found.revenue[USA] / shocked.base.expenditure[USA]
    assert result.value("acting_tariff_revenue_share") == pytest.approx(share)
    assert table["terms_of_trade_change"].isna().all()
    assert result.markets["consumer_surplus_change"].isna().all()


def test_a_higher_trade_elasticity_keeps_scale_where_it_is_told_to():
    flows, elasticities = flows_and_set(sigma=9.0)
    result = liberation_day.simulate(flows, announced_policy(flows), elasticities, scale_at=4.0)
    _, found = outcome("elasticity_8")
    np.testing.assert_allclose(result.economies["real_income_change"], found.welfare_change, atol=1e-12)


def test_parts_of_a_line_add_up_and_prices_are_before_and_after_duty():
    lines = liberation_day.simulate(FLOWS, announced_policy(FLOWS), SET, tariff_pass_through=0.5).lines
    change = lines["import_value_new"] - lines["import_value_base"]
    parts = lines["price_effect"] + lines["trade_creation"] + lines["trade_diversion"]
    np.testing.assert_allclose(parts, change, atol=1e-9 * lines["import_value_base"].max())
    np.testing.assert_allclose(
        (1 + lines["world_price_change"]) * (1 + lines["tariff_new"]), 1 + lines["landed_price_change"], rtol=1e-12
    )
    new = lines["import_value_base"] * (1 + lines["volume_change"]) * (1 + lines["world_price_change"])
    np.testing.assert_allclose(new, lines["import_value_new"], rtol=1e-12)


def test_only_the_change_of_a_tariff_is_a_tariff():
    flows, elasticities = flows_and_set(rates=0.05)
    result = liberation_day.simulate(flows, announced_policy(flows), elasticities)
    _, found = outcome("ustr")
    np.testing.assert_allclose(result.economies["real_income_change"], found.welfare_change, atol=1e-12)
    assert any("Base tariffs count as trade costs" in note for note in texts(result.notes))


def test_doubling_the_world_doubles_money_and_leaves_rates():
    flows, elasticities = flows_and_set(2 * TRADE, 2 * GDP)
    twice = liberation_day.simulate(flows, announced_policy(flows), elasticities).economies
    once = liberation_day.simulate(FLOWS, announced_policy(FLOWS), SET).economies
    np.testing.assert_allclose(twice["real_income_change"], once["real_income_change"], atol=1e-10)
    np.testing.assert_allclose(twice["net_welfare_change"], 2 * once["net_welfare_change"], rtol=1e-8, atol=1)


def test_notes_name_the_economies_without_own_sales():
    notes = " ".join(texts(liberation_day.simulate(FLOWS, announced_policy(FLOWS), SET).notes))
    for economy in np.array(ECONOMIES)[BASE.without_own_sales]:
        assert economy in notes


def test_what_the_model_cannot_do_is_refused_in_words():
    policy = policy_of(FLOWS)
    own = TRADE + np.diag(GDP)
    two = replace(FLOWS, products=pd.Index(["a", "b"]))
    no_gdp = np.where(np.arange(N) == CHN, np.nan, GDP)
    elsewhere = [code if code != "USA" else "XYZ" for code in ECONOMIES]
    cases = [
        (two, policy, SET, {}, "one sector"),
        (flows_and_set(own)[0], policy_of(flows_and_set(own)[0]), flows_and_set(own)[1], {}, "domestic sales"),
        (FLOWS, policy_of(FLOWS, tax=0.1), SET, {}, "tariffs and trade costs"),
        (FLOWS, policy_of(FLOWS, ceiling=0.5), SET, {}, "tariffs and trade costs"),
        (FLOWS, policy, elasticities_of(FLOWS, sigma=1.0), {}, "above 1"),
        (FLOWS, policy, elasticities_of(FLOWS, sigma=np.linspace(2, 5, len(FLOWS.market_start))), {}, "one"),
        (FLOWS, policy, SET, {"labor_supply_elasticity": -0.5}, "0 or above"),
        (flows_and_set(gdp=None)[0], policy, SET, {}, "no value_added"),
        (flows_and_set(gdp=no_gdp)[0], policy, SET, {}, "first is CHN"),
        (flows_and_set(economies=elsewhere)[0], policy, SET, {}, "no USA"),
        (flows_and_set(gdp=GDP * 1e-3)[0], policy, SET, {}, "194 of 194 economies.*same unit"),
        (flows_and_set(gdp=GDP * 0.1)[0], policy, SET, {}, "No fixed-cost shares.*same unit"),
    ]
    for flows, rules, elasticities, options, words in cases:
        with pytest.raises(ParameterError, match=words):
            liberation_day.simulate(flows, rules, elasticities, **options)


@pytest.mark.benchmark
def test_speed_of_the_model_with_its_tables(benchmark):
    benchmark(liberation_day.simulate, FLOWS, announced_policy(FLOWS), SET)


def test_inputs_and_fixed_costs_are_keys_of_a_scenario(tmp_path):
    text = (
        'dataset = "pairs-2023"\nmodel = "liberation_day"\n'
        '[[rule]]\nimporter = "USA"\nvalue_pct = 10\n'
        '[assumptions]\ninputs = "composite"\nfixed_costs = "none"\n'
    )
    scenario, data = scenario_from_toml(text, folder=tmp_path), read_dataset("pairs-2023")
    asked = question(scenario, data)
    assert asked.options == {"inputs": "composite", "fixed_costs": "none"}
    answer = point_answer(scenario, data)
    direct = liberation_day.simulate(data.flows, asked.policy, asked.elasticities, **asked.options)
    assert answer.economies.equals(direct.economies)
    words = " ".join(texts(answer.notes))
    assert "Labour is 49% of costs" in words
    assert "no fixed costs" in words
    assert 'inputs = "composite"' in scenario_to_toml(scenario)
    with pytest.raises(ScenarioError, match="inputs"):
        scenario_from_toml(text.replace("composite", "compost"), folder=tmp_path)
