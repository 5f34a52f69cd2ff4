"""GSIM: the published example through the public door, and the laws of a world market."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import LAWS, elasticities_of, flows_of, policy_of, texts
from hypothesis import given
from hypothesis import strategies as st

from calc.cli import main
from calc.errors import ConvergenceError, ParameterError
from calc.flows import make_flows
from calc.models import armington, gsim
from calc.models.equations.solve import newton_systems
from calc.models.equations.world_prices import demand_at, excess_supply, slope_at, solve_world_prices, world_markets
from calc.published.cells import published_dir

EXAMPLE = published_dir() / "francois_hall_2003"


def world_of(values, rates):
    """Flows of a whole world from `values` and `rates` [importer, exporter, product]."""
    values, rates = np.asarray(values, dtype=float), np.asarray(rates, dtype=float)
    importer, exporter, product = (index.ravel() for index in np.indices(values.shape))
    return make_flows(
        economies=pd.Index([f"E{k}" for k in range(values.shape[0])]),
        products=pd.Index([f"P{k}" for k in range(values.shape[2])]),
        importer=importer,
        exporter=exporter,
        product=product,
        import_value=values.ravel(),
        tariff_rate=rates.ravel(),
    )


def random_world(seed, economies=4, products=2, *, spread=1.0):
    """A world with home sales, tariffs up to 40% abroad and none at home, and unequal elasticities."""
    rng = np.random.default_rng(seed)
    shape = (economies, economies, products)
    rates = rng.uniform(0, 0.4, shape)
    rates[np.arange(economies), np.arange(economies)] = 0.0
    flows = world_of(rng.lognormal(3, spread, shape), rates)
    supply = rng.uniform(0.5, 6.0, (products, economies))
    elasticities = elasticities_of(
        flows,
        epsilon=-rng.uniform(0.5, 2.0, len(flows.market_start)),
        sigma=rng.uniform(2.0, 7.0, len(flows.market_start)),
        beta=supply[flows.product, flows.exporter],
    )
    return flows, elasticities, rng


def new_rates(flows, rng, size=1.0):
    """Random changes of the rates on imports; home sales stay free."""
    change = rng.uniform(-0.3, 0.8, len(flows.market)) * size
    return np.where(flows.domestic, flows.tariff_rate, np.maximum(flows.tariff_rate + change, -0.5))


def every_line(flows, effects):
    """Columns of a result by line of the flows; home sales, which results leave out, are NaN."""
    key = ["importer", "exporter", "product"]
    index = pd.MultiIndex.from_arrays(
        [flows.economies[flows.importer], flows.economies[flows.exporter], flows.products[flows.product]], names=key
    )
    table = effects.lines.astype(dict.fromkeys(key, str)).set_index(key)
    return table.reindex(index)


def solved(flows, elasticities, policy):
    """The exact model's inner arrays at its solution."""
    supply = elasticities.export_supply_elasticity
    wedge = np.log1p(policy.tariff_new) - np.log1p(flows.tariff_rate) + np.log1p(policy.export_tax)
    world = world_markets(flows, np.arange(len(flows.market)), elasticities, supply, wedge, policy)
    x, solution, _ = solve_world_prices(world)
    return world, x, demand_at(world, x), solution


def test_the_published_example_comes_out_of_the_command_line_to_its_printed_digits(tmp_path):
    arguments = ["run", str(EXAMPLE / "scenario.toml"), "--data", str(EXAMPLE), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    printed = pd.read_csv(EXAMPLE / "world_prices.csv", comment="#", index_col="exporter")["world_price_change"]
    lines = pd.read_csv(tmp_path / "out" / "lines.csv")
    ours = lines.groupby("exporter")["world_price_change_pct"].agg(["min", "max"]) / 100
    assert (ours["min"] == ours["max"]).all()
    np.testing.assert_allclose(ours.loc[printed.index, "max"], printed, rtol=0, atol=5e-5)


def test_spending_shares_at_world_prices_would_miss_the_published_example():
    values = pd.read_csv(EXAMPLE / "flows.csv")
    wrong = [0.0843, -0.0290, 0.0518, -0.0130]
    order = ["US", "JP", "EU", "RW"]
    position = {name: k for k, name in enumerate(order)}
    shape = (4, 4, 1)
    trade, rates = np.zeros(shape), np.zeros(shape)
    rates_table = pd.read_csv(EXAMPLE / "tariffs.csv")
    for table, column, target in ((values, "value_usd", trade), (rates_table, "tariff_pct", rates)):
        for row in table.itertuples():
            target[position[row.importer], position[row.exporter], 0] = getattr(row, column)
    flows = world_of(trade, rates / 100)
    share = flows.import_value / np.add.reduceat(flows.import_value, flows.market_start)[flows.market]
    flows = replace(flows, expenditure_share=share)
    new = flows.tariff_rate.copy()
    between = (flows.importer + flows.exporter == 2) & (flows.importer != flows.exporter)
    new[between] = 0.0
    result = gsim.simulate_linear(
        flows, policy_of(flows, tariff=new), elasticities_of(flows, epsilon=-1.25, sigma=5.0, beta=1.5)
    )
    price = result.lines.groupby("exporter", observed=True)["world_price_change"].first()
    np.testing.assert_allclose(price, wrong, rtol=0, atol=5e-5)


@LAWS
@given(st.integers(0, 10_000))
def test_without_a_shock_no_world_price_moves(seed):
    flows, elasticities, _ = random_world(seed)
    for model in (gsim.simulate, gsim.simulate_linear):
        result = model(flows, policy_of(flows), elasticities)
        assert (result.lines["world_price_change"] == 0.0).all()
        assert (result.economies["net_welfare_change"] == 0.0).all()


@LAWS
@given(st.integers(0, 10_000))
def test_each_exporters_supply_is_the_sum_of_its_deliveries(seed):
    flows, elasticities, rng = random_world(seed)
    world, x, demand, solution = solved(flows, elasticities, policy_of(flows, tariff=new_rates(flows, rng)))
    assert solution.residual <= 1e-10
    delivered = np.zeros_like(x)
    np.add.at(delivered, (world.system, world.seller), world.sales_share * demand.quantity)
    supply = np.zeros_like(x)
    supply[world.system, world.seller] = elasticities.export_supply_elasticity
    np.testing.assert_allclose(np.exp(supply * x), delivered, rtol=1e-10)


@LAWS
@given(st.integers(0, 10_000))
def test_economies_add_up_to_the_world(seed):
    flows, elasticities, rng = random_world(seed)
    result = gsim.simulate(flows, policy_of(flows, tariff=new_rates(flows, rng)), elasticities)
    economies = result.economies
    parts = ["consumer_surplus_change", "producer_surplus_change", "tariff_revenue_change"]
    scale = economies[parts].abs().to_numpy().sum()
    assert economies["net_welfare_change"].sum() == pytest.approx(economies[parts].to_numpy().sum(), abs=1e-12 * scale)
    assert result.value("net_welfare_change") == pytest.approx(economies["net_welfare_change"].sum(), abs=1e-12 * scale)
    assert economies["exports_change"].sum() == pytest.approx(economies["imports_change"].sum(), abs=1e-9 * scale)


def test_the_linear_form_meets_the_exact_one_at_second_order():
    flows, elasticities, rng = random_world(7)
    direction = new_rates(flows, rng) - flows.tariff_rate

    def distance(size):
        policy = policy_of(flows, tariff=flows.tariff_rate + size * direction)
        exact, linear = (model(flows, policy, elasticities) for model in (gsim.simulate, gsim.simulate_linear))
        return max(
            np.abs(exact.lines[name] - linear.lines[name]).max()
            for name in ("world_price_change", "landed_price_change", "volume_change")
        )

    far, near = distance(1e-3), distance(1e-4)
    # a shock ten times smaller leaves an error a hundred times smaller; third-order terms allow some slack
    assert far / near == pytest.approx(100, rel=0.05)
    assert near < 1e-6


@LAWS
@given(st.integers(0, 10_000))
def test_with_one_importer_and_infinite_supply_it_is_armington(seed):
    rng = np.random.default_rng(seed)
    flows = flows_of(rng.lognormal(3, 1, (3, 5)), rng.uniform(0, 0.5, (3, 5)))
    elasticities = elasticities_of(flows, epsilon=-rng.uniform(0.3, 2, 3), sigma=rng.uniform(0.5, 6, 3))
    policy = policy_of(flows, tariff=rng.uniform(0, 2, 15), tax=rng.uniform(0, 0.5, 15))
    ours, theirs = (model.simulate(flows, policy, elasticities) for model in (gsim, armington))
    for name in ("world_price_change", "landed_price_change", "volume_change", "import_value_new", "trade_diversion"):
        np.testing.assert_allclose(ours.lines[name], theirs.lines[name], rtol=1e-9, atol=1e-9)
    for name in ("consumer_surplus_change", "tariff_revenue_change", "producer_surplus_change"):
        np.testing.assert_allclose(ours.economies[name], theirs.economies[name], rtol=1e-9, atol=1e-9)


@LAWS
@given(st.integers(0, 10_000))
def test_relabelling_economies_permutes_the_answer(seed):
    flows, elasticities, rng = random_world(seed, products=1)
    new = new_rates(flows, rng)
    order = rng.permutation(4)
    place = np.argsort(order)

    def table(values):
        full = np.zeros((4, 4, 1))
        full[flows.importer, flows.exporter, flows.product] = values
        return full[np.ix_(order, order)]

    again = world_of(table(flows.import_value), table(flows.tariff_rate))
    by_importer = order[again.importer[again.market_start]]
    other = elasticities_of(
        again,
        epsilon=elasticities.import_demand_elasticity[by_importer],
        sigma=elasticities.armington_elasticity[by_importer],
        beta=table(elasticities.export_supply_elasticity)[again.importer, again.exporter, again.product],
    )
    permuted = table(new)[again.importer, again.exporter, again.product]
    first = gsim.simulate(flows, policy_of(flows, tariff=new), elasticities).economies["net_welfare_change"]
    second = gsim.simulate(again, policy_of(again, tariff=permuted), other).economies["net_welfare_change"]
    np.testing.assert_allclose(second.to_numpy()[place], first, rtol=1e-8, atol=1e-9)


def test_equal_rates_on_everything_leave_relative_prices_alone():
    rng = np.random.default_rng(3)
    flows = world_of(rng.lognormal(3, 1, (4, 4, 1)), np.zeros((4, 4, 1)))
    elasticities = elasticities_of(flows, epsilon=-1.3, sigma=4.0, beta=2.0)
    world, x, _, _ = solved(flows, elasticities, policy_of(flows, tariff=0.25))
    # every price falls by ε/(Ex − ε) ln τ
    np.testing.assert_allclose(x, -1.3 / (2.0 + 1.3) * np.log(1.25), rtol=1e-12)
    assert world.unknowns == 4


def test_where_substitution_equals_demand_an_exporter_is_unmoved_by_tariffs_on_others():
    rng = np.random.default_rng(4)
    flows = world_of(rng.lognormal(3, 1, (3, 3, 1)), np.zeros((3, 3, 1)))
    elasticities = elasticities_of(flows, epsilon=-2.0, sigma=2.0, beta=1.5)
    new = np.where(flows.exporter == 0, 0.5, 0.0) * ~flows.domestic
    _, x, _, _ = solved(flows, elasticities, policy_of(flows, tariff=new))
    assert x[0, 0] < -0.01
    np.testing.assert_allclose(x[0, 1:], 0.0, atol=1e-15)


@LAWS
@given(st.integers(0, 10_000), st.floats(0.01, 1e6))
def test_money_scales_with_trade_and_rates_do_not(seed, factor):
    flows, elasticities, rng = random_world(seed)
    policy = policy_of(flows, tariff=new_rates(flows, rng))
    scaled = replace(flows, import_value=flows.import_value * factor, expenditure=flows.expenditure * factor)
    first, second = (gsim.simulate(each, policy, elasticities) for each in (flows, scaled))
    np.testing.assert_allclose(second.lines["volume_change"], first.lines["volume_change"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        second.economies["net_welfare_change"], first.economies["net_welfare_change"] * factor, rtol=1e-7, atol=1e-9
    )


@LAWS
@given(st.integers(0, 10_000))
def test_the_jacobian_is_the_derivative_of_the_equations(seed):
    flows, elasticities, rng = random_world(seed, economies=3, products=2)
    rule = np.where(~flows.domestic & (flows.exporter == 0), 1, -1)
    rule = np.where(~flows.domestic & (flows.exporter == 1) & (flows.product == 0), 2, rule)
    policy = replace(
        policy_of(flows, tariff=new_rates(flows, rng), ceiling=np.where(rule > 0, 0.6, np.inf)), ceiling_rule=rule
    )
    supply = elasticities.export_supply_elasticity
    wedge = np.log1p(policy.tariff_new) - np.log1p(flows.tariff_rate)
    world = world_markets(flows, np.arange(len(flows.market)), elasticities, supply, wedge, policy)
    x = rng.normal(0, 0.2, (world.systems, world.unknowns))
    exact = slope_at(world, demand_at(world, x))
    step = 1e-6
    for unknown in range(world.unknowns):
        shift = np.zeros_like(x)
        shift[:, unknown] = step
        slope = (excess_supply(world, x + shift)[0] - excess_supply(world, x - shift)[0]) / (2 * step)
        product = exact.product((shift / step).ravel()[exact.place])
        np.testing.assert_allclose(product, slope.ravel()[exact.place], rtol=1e-5, atol=1e-8)
        # solving undoes the product, and the transposed product is the product's mirror
        np.testing.assert_allclose(exact.solve(slope), shift / step, rtol=1e-5, atol=1e-6)
        weight = rng.normal(size=len(exact.place))
        mirrored = exact.transposed_product(weight) @ (shift / step).ravel()[exact.place]
        np.testing.assert_allclose(mirrored, weight @ product, rtol=1e-12, atol=1e-12)


def ceiling_world(share=0.5, **changes):
    """Exporter 0 may ship only `share` of its base volume to all others together."""
    rng = np.random.default_rng(11)
    flows = world_of(rng.lognormal(3, 0.5, (4, 4, 2)), np.zeros((4, 4, 2)))
    elasticities = elasticities_of(flows, **{"epsilon": -1.25, "sigma": 4.0, "beta": 1.5, **changes})
    covered = ~flows.domestic & (flows.exporter == 0) & (flows.product == 0)
    policy = replace(policy_of(flows, ceiling=np.where(covered, share, np.inf)), ceiling_rule=np.where(covered, 1, -1))
    return flows, elasticities, policy, covered


@pytest.mark.parametrize("share", [0.999, 0.5, 0.05])
def test_a_ceiling_limits_the_sum_of_the_flows_it_covers(share):
    flows, elasticities, policy, covered = ceiling_world(share)
    lines = every_line(flows, gsim.simulate(flows, policy, elasticities))
    volume = (flows.import_value * (1 + lines["volume_change"].to_numpy()))[covered].sum()
    assert volume == pytest.approx(share * flows.import_value[covered].sum(), rel=1e-9)
    # buyers pay more before duty, and each destination the same
    price = lines["world_price_change"].to_numpy()[covered]
    assert price.min() > 0
    np.testing.assert_allclose(price, price[0], rtol=1e-9)
    # the goods held back are sold at home, where the price falls, so that other products stay as they were
    other = flows.product == 1
    np.testing.assert_allclose(lines["world_price_change"].to_numpy()[other & ~flows.domestic], 0.0, atol=1e-12)


def test_the_rent_of_a_ceiling_is_the_exporters_and_is_the_gap_between_its_two_prices():
    flows, elasticities, policy, covered = ceiling_world(0.5)
    world, x, demand, _ = solved(flows, elasticities, policy)
    result = gsim.simulate(flows, policy, elasticities)
    home_price, scarcity = np.exp(x[0, 0]), np.exp(x[0, 4])
    quantity = flows.import_value * demand.quantity
    rent = (quantity * home_price * (scarcity - 1))[covered].sum()
    base = flows.import_value[(flows.exporter == 0) & (flows.product == 0)].sum()
    surplus = base * (home_price**2.5 - 1) / 2.5
    producers = result.economies.set_index("economy")["producer_surplus_change"]
    assert producers["E0"] == pytest.approx(rent + surplus, rel=1e-9)
    assert world.unknowns == 5


def test_under_a_ceiling_and_an_export_tax_buyers_pay_the_sellers_price_the_rent_and_the_tax():
    flows, elasticities, limited, covered = ceiling_world(0.5)
    policy = replace(limited, export_tax=np.where(covered, 0.25, 0.0))
    _, x, demand, _ = solved(flows, elasticities, policy)
    result = gsim.simulate(flows, policy, elasticities)
    home_price = np.exp(x[0, 0])
    sellers = (flows.import_value * demand.quantity * home_price)[covered].sum()
    paid = every_line(flows, result)["import_value_new"].to_numpy()[covered].sum()
    tax = 0.25 / 1.25 * paid
    base = flows.import_value[(flows.exporter == 0) & (flows.product == 0)].sum()
    producers = result.economies.set_index("economy").loc["E0", "producer_surplus_change"]
    rent = producers - base * (home_price**2.5 - 1) / 2.5
    assert rent > 0
    assert sellers + rent + tax == pytest.approx(paid, rel=1e-9)


def test_a_ceiling_is_the_export_tax_that_cuts_as_much_with_the_rent_in_place_of_the_revenue():
    flows, elasticities, policy, covered = ceiling_world(0.5)
    _, x, _, _ = solved(flows, elasticities, policy)
    tax = np.where(covered, np.exp(x[0, 4]) - 1, 0.0)
    limited = gsim.simulate(flows, policy, elasticities)
    taxed = gsim.simulate(flows, policy_of(flows, tax=tax), elasticities)
    for name in ("landed_price_change", "volume_change", "import_value_new"):
        np.testing.assert_allclose(taxed.lines[name], limited.lines[name], rtol=1e-9, atol=1e-10)
    by_tax, by_ceiling = (each.economies.set_index("economy").loc["E0"] for each in (taxed, limited))
    assert by_tax["tariff_revenue_change"] == pytest.approx(
        by_ceiling["producer_surplus_change"] - by_tax["producer_surplus_change"], rel=1e-9
    )
    assert by_ceiling["net_welfare_change"] == pytest.approx(by_tax["net_welfare_change"], rel=1e-9)


def test_a_ceiling_that_buyers_do_not_reach_is_released():
    flows, elasticities, policy, covered = ceiling_world(0.9)
    tariff = np.where(covered, 3.0, 0.0)
    free = gsim.simulate(flows, policy_of(flows, tariff=tariff), elasticities)
    limited = gsim.simulate(flows, replace(policy, tariff_new=tariff), elasticities)
    np.testing.assert_allclose(limited.lines["import_value_new"], free.lines["import_value_new"], rtol=1e-9)
    assert any("do not bind" in note for note in texts(limited.notes))


def test_with_one_importer_a_ceiling_is_armingtons():
    flows = flows_of([[100.0, 50.0, 30.0], [80.0, 20.0, 10.0]], 0.1)
    elasticities = elasticities_of(flows, epsilon=-1.2, sigma=3.0, beta=np.inf)
    policy = policy_of(flows, ceiling=np.where(flows.exporter == 1, 0.5, np.inf))
    ours, theirs = (model.simulate(flows, policy, elasticities) for model in (gsim, armington))
    for name in ("landed_price_change", "volume_change", "producer_surplus_change"):
        np.testing.assert_allclose(ours.lines[name], theirs.lines[name], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("points", [10.0, 100.0])
def test_huge_tariffs_on_everything_converge(points):
    flows, elasticities, _ = random_world(5, economies=6, spread=2.0)
    policy = policy_of(flows, tariff=np.where(flows.domestic, 0.0, points))
    result = gsim.simulate(flows, policy, elasticities)
    assert result.solution.residual <= 1e-10
    assert np.isfinite(result.lines["import_value_new"]).all()
    assert (result.lines["volume_change"] >= -1).all()


def test_products_in_several_blocks_give_the_same_answer(monkeypatch):
    flows, elasticities, rng = random_world(8, products=7)
    covered = ~flows.domestic & (flows.exporter == 2)
    policy = replace(
        policy_of(flows, tariff=new_rates(flows, rng), ceiling=np.where(covered, 0.7, np.inf)),
        ceiling_rule=np.where(covered, 1, -1),
    )
    whole = gsim.simulate(flows, policy, elasticities)
    monkeypatch.setattr(gsim, "BLOCK", 2 * (4**2 + 4))
    parts = gsim.simulate(flows, policy, elasticities)
    np.testing.assert_allclose(parts.lines["import_value_new"], whole.lines["import_value_new"], rtol=1e-12)


def test_an_exporter_absent_from_a_product_keeps_its_price():
    values = np.full((3, 3, 1), 10.0)
    values[:, 1] = 0.0
    flows = world_of(values, np.zeros((3, 3, 1)))
    elasticities = elasticities_of(flows, epsilon=-1.0, sigma=3.0, beta=1.0)
    world, x, _, _ = solved(flows, elasticities, policy_of(flows, tariff=np.where(flows.domestic, 0.0, 0.3)))
    assert x[0, 1] == 0.0
    assert world.empty[0].tolist() == [False, True, False]


def test_supply_that_differs_by_destination_is_refused_in_words():
    flows, elasticities, _ = random_world(1)
    uneven = replace(elasticities, export_supply_elasticity=np.arange(1.0, len(flows.market) + 1))
    with pytest.raises(ParameterError, match="one supply elasticity for a product"):
        gsim.simulate(flows, policy_of(flows), uneven)


def test_the_linear_form_refuses_export_instruments():
    flows, elasticities, policy, _ = ceiling_world()
    with pytest.raises(ParameterError, match="choose gsim"):
        gsim.simulate_linear(flows, policy, elasticities)


def test_newton_gives_up_with_its_residual_when_there_is_no_root():
    def evaluate(x):
        return x**2 + 1.0, x

    def newton_step(x, residual):
        return residual / (2 * x)

    with pytest.raises(ConvergenceError) as error:
        newton_systems(evaluate, newton_step, np.array([[0.7]]), max_iterations=20)
    assert error.value.residual >= 1.0
