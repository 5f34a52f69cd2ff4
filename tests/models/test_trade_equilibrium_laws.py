"""Laws of trade equilibrium: budgets, units, names, limits."""

from dataclasses import replace

import numpy as np
import pytest
from builders import LAWS, elasticities_of, policy_of
from hypothesis import given
from hypothesis import strategies as st
from worlds import DEFICITS, flows_of_world, random_flows, seeds, shocked, solved

from calc.flows import Accounts
from calc.models import base_equilibrium, trade_equilibrium
from calc.models.equations.decomposition import (
    real_income_log,
)
from calc.models.equations.equilibrium import WALRAS, coefficients, solve_world, step, unshocked
from calc.models.equations.solve import TOLERANCE
from calc.models.equations.world import deficit_at, income


def every_partner(flows, points):
    """`points` on top of every rate, own sales left out."""
    return policy_of(flows, tariff=np.where(flows.domestic, flows.tariff_rate, flows.tariff_rate + points))


# Laws


@LAWS
@given(seeds, st.booleans(), st.sampled_from(["fixed", "share"]))
def test_the_base_is_a_fixed_point(seed, inputs, deficits):
    flows, elasticities, _ = random_flows(seed, inputs=inputs)
    base = base_equilibrium.base_of(flows, elasticities, deficits=deficits)
    after, residual = step(coefficients(base.world, base.world.tariff_rate), unshocked(base.world))
    assert np.abs(after).max() <= 1e-13
    assert residual <= 1e-13
    assert base.flows is flows


@pytest.mark.parametrize("deficits", DEFICITS)
@pytest.mark.parametrize("inputs", [True, False])
def test_without_a_shock_nothing_changes_at_all(deficits, inputs):
    flows, elasticities, _ = random_flows(1, inputs=inputs)
    result = trade_equilibrium.simulate(flows, policy_of(flows), elasticities, deficits=deficits)
    for table in (result.lines, result.markets, result.economies):
        for column in table.columns[table.columns.str.endswith("_change")]:
            assert (table[column].fillna(0.0) == 0.0).all(), column
    assert (result.lines["import_value_new"] == result.lines["import_value_base"]).all()
    assert result.solution.iterations == 0


@LAWS
@given(seeds, st.sampled_from(DEFICITS))
def test_trade_balances_meet_deficits_and_incomes_are_spent(seed, deficits):
    flows, elasticities, rng = random_flows(seed)
    world, end = solved(flows, elasticities, shocked(flows, rng), deficits)
    imports, exports = end.import_value.sum(axis=(0, 2)), end.import_value.sum(axis=(0, 1))
    own = np.einsum("jnn->n", end.import_value)
    assert np.abs(imports - exports - end.deficit).max() <= 1e-8 * (imports - own).min()
    assert abs(end.deficit.sum()) <= 1e-9 * imports.sum()
    value_added = np.exp(end.wage_log) * world.value_added
    assert value_added.sum() == pytest.approx(world.value_added.sum(), rel=1e-10)
    earned = (world.value_added_share * end.import_value.sum(axis=1)).sum(axis=0)
    assert earned == pytest.approx(value_added, rel=1e-8)
    spending = (end.import_value * (1 + end.tariff_rate)).sum(axis=2)
    used = np.einsum("njk,kn->jn", world.input_share, end.import_value.sum(axis=1))
    assert spending == pytest.approx(used + world.final_share * end.income, rel=1e-8)
    expected = {"fixed": world.deficit, "zero": 0.0, "share": deficit_at(world, value_added)}[deficits]
    assert end.deficit == pytest.approx(expected, abs=1e-9 * imports.sum())


@pytest.mark.parametrize("deficits", DEFICITS)
def test_the_change_of_a_trade_balance_is_that_of_exports_less_imports(deficits):
    flows, elasticities, rng = random_flows(3)
    result = trade_equilibrium.simulate(flows, shocked(flows, rng), elasticities, deficits=deficits)
    lines, economies = result.lines, result.economies.set_index("economy")
    change = lines["import_value_new"] - lines["import_value_base"]
    sold, bought = (change.groupby(lines[side], observed=True).sum() for side in ("exporter", "importer"))
    scale = lines["import_value_base"].sum()
    found = economies["trade_balance_change"]
    np.testing.assert_allclose(found, (sold - bought)[found.index], rtol=1e-6, atol=1e-9 * scale)
    assert (np.abs(found).max() > 1e-5 * scale) == (deficits == "share")


def test_a_residual_counts_a_trade_balance_that_only_imports_are_small_enough_to_show():
    values = np.array([[1e6, 1.0], [1.0, 1e6]])[:, :, None]
    flows = flows_of_world(values)
    world = base_equilibrium.base_of(flows, elasticities_of(flows, sigma=3.0)).world
    x = unshocked(world)
    # wage, prices and spending of the first a millionth above the second's: with θ = 2 its imports rise by 2.5 and its
    # exports fall by 2.5 millionths, of a trade that is itself a millionth of its sales
    x[::2], x[1::2] = 0.5e-6, -0.5e-6
    for apart in (False, True):
        new, residual = step(coefficients(world, world.tariff_rate, apart=apart), x)
        assert np.abs(new - x)[2:].max() < 1e-11
        assert residual == pytest.approx(5e-6 * TOLERANCE / WALRAS, rel=0.01)


@LAWS
@given(seeds)
def test_doubling_all_values_doubles_money_and_leaves_rates(seed):
    flows, elasticities, rng = random_flows(seed)
    policy = shocked(flows, rng)
    twice = replace(
        flows,
        import_value=2 * flows.import_value,
        expenditure=2 * flows.expenditure,
        accounts=Accounts(value_added=2 * flows.accounts.value_added, input_output=2 * flows.accounts.input_output),
    )
    one, two = (trade_equilibrium.simulate(f, policy, elasticities) for f in (flows, twice))
    for rate in ("real_income_change", "wage_change", "consumer_price_change", "terms_of_trade_change"):
        assert two.economies[rate].to_numpy() == pytest.approx(one.economies[rate].to_numpy(), abs=1e-9)
    money = one.lines["import_value_new"].to_numpy()
    assert two.lines["import_value_new"].to_numpy() == pytest.approx(2 * money, rel=1e-8)


@LAWS
@given(seeds, st.floats(-2, 2))
def test_wages_have_no_scale_of_their_own(seed, shift):
    # from any common level of wages, prices and spending the same equilibrium is found
    flows, elasticities, rng = random_flows(seed)
    base = base_equilibrium.base_of(flows, elasticities, deficits="zero")
    tariff = trade_equilibrium.new_tariff(base, shocked(flows, rng))
    end = solve_world(base.world, tariff)
    moved = solve_world(base.world, tariff, start=end.unknowns + shift)
    assert np.abs(moved.unknowns - end.unknowns).max() <= 1e-8


@LAWS
@given(seeds)
def test_renaming_economies_and_sectors_permutes_the_answer(seed):
    rng = np.random.default_rng(seed)
    shape = (4, 4, 3)
    values, rates = rng.lognormal(0, 1, shape) * 1e6, rng.uniform(0, 0.3, shape)
    values[np.arange(4), np.arange(4)] *= 10
    share, mix = rng.uniform(0.6, 0.9, (4, 3)), rng.dirichlet(np.ones(3), (4, 3)).transpose(0, 2, 1)
    new, sigma = rates + rng.uniform(0, 0.5, shape), rng.uniform(2, 7, 3)
    people, goods = rng.permutation(4), rng.permutation(3)

    def answer(economy, product):
        flows = flows_of_world(
            values[np.ix_(economy, economy, product)],
            rates[np.ix_(economy, economy, product)],
            value_added_share=share[np.ix_(economy, product)],
            mix=mix[np.ix_(economy, product, product)],
        )
        tariff = new[np.ix_(economy, economy, product)][flows.importer, flows.exporter, flows.product]
        policy = policy_of(flows, tariff=tariff)
        return solved(flows, elasticities_of(flows, sigma=sigma[product][flows.product[flows.market_start]]), policy)

    (_, one), (_, two) = answer(np.arange(4), np.arange(3)), answer(people, goods)
    assert two.wage_log == pytest.approx(one.wage_log[people], abs=1e-8)
    assert two.price_log == pytest.approx(one.price_log[np.ix_(goods, people)], abs=1e-8)
    assert two.import_value == pytest.approx(one.import_value[np.ix_(goods, people, people)], rel=1e-7)


def test_high_tariffs_lead_to_autarky_and_its_real_income():
    # without tariffs, deficits and inputs real income in autarky is Π_j π_nn^(α/θ)
    flows, elasticities, _ = random_flows(3, inputs=False)
    flows = replace(flows, tariff_rate=np.zeros_like(flows.tariff_rate))
    own_share, gap = [], []
    for points in (1.0, 5.0, 20.0):
        world, end = solved(flows, elasticities, every_partner(flows, points), "zero")
        spending = (end.import_value * (1 + end.tariff_rate)).sum(axis=2)
        own_share.append((np.einsum("jnn->jn", end.import_value) / spending).min())
        autarky = (
            world.final_share / world.trade_elasticity[:, None] * np.log(np.einsum("jnn->jn", world.trade_share))
        ).sum(axis=0)
        gap.append(np.abs(real_income_log(world, end) - autarky).max())
    assert own_share == sorted(own_share)
    assert gap == sorted(gap, reverse=True)
    assert own_share[-1] > 0.98
    assert gap[-1] < 0.02


def test_a_result_adds_up_and_leaves_its_inputs_alone():
    flows, elasticities, rng = random_flows(5)
    policy = shocked(flows, rng)
    before = [array.copy() for array in (flows.import_value, flows.tariff_rate, flows.accounts.input_output)]
    result = trade_equilibrium.simulate(flows, policy, elasticities)
    for old, now in zip(before, (flows.import_value, flows.tariff_rate, flows.accounts.input_output), strict=True):
        np.testing.assert_array_equal(old, now)
    lines, economies = result.lines, result.economies
    parts = lines["price_effect"] + lines["trade_creation"] + lines["trade_diversion"]
    change = lines["import_value_new"] - lines["import_value_base"]
    np.testing.assert_allclose(parts, change, rtol=0, atol=1e-6 * lines["import_value_base"].max())
    landed = (1 + lines["world_price_change"]) * (1 + lines["tariff_new"]) / (1 + lines["tariff_base"]) - 1
    np.testing.assert_allclose(lines["landed_price_change"], landed, rtol=0, atol=1e-12)
    world, end = solved(flows, elasticities, policy)
    np.testing.assert_allclose(economies["net_welfare_change"], income(world) * economies["real_income_change"])
    np.testing.assert_allclose(economies["trade_balance_change"], 0.0, atol=0.0)
    revenue = lines["tariff_revenue_new"] - lines["tariff_revenue_base"]
    np.testing.assert_allclose(
        economies["tariff_revenue_change"], revenue.groupby(lines["importer"], observed=True).sum(), rtol=1e-9
    )
    assert result.value("tariff_revenue_change") == pytest.approx(revenue.sum(), rel=1e-9)
    assert result.value("net_welfare_change") == pytest.approx(economies["net_welfare_change"].sum(), rel=1e-12)
    assert lines["producer_surplus_change"].isna().all()
    assert economies["employment_change"].isna().all()
    assert economies["terms_of_trade_change"].notna().all()
    assert result.solution.residual <= 1e-10
    assert end.solution.iterations == result.solution.iterations


def test_buyers_spend_what_shares_and_prices_say():
    # w = s p^(1−σ)/P^(1−σ): the model's flows are the CES demand of the partial model at its own prices
    flows, elasticities, rng = random_flows(6)
    result = trade_equilibrium.simulate(flows, shocked(flows, rng), elasticities, terms_of_trade=False)
    lines = result.lines.merge(
        result.markets[["importer", "product", "composite_price_change", "composite_volume_change"]],
        on=["importer", "product"],
        validate="many_to_one",
    )
    sigma = lines["armington_elasticity"]
    demand = (1 + lines["composite_volume_change"]) * (
        (1 + lines["landed_price_change"]) / (1 + lines["composite_price_change"])
    ) ** -sigma
    np.testing.assert_allclose(1 + lines["volume_change"], demand, rtol=1e-7)
