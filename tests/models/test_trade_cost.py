"""Trade costs: what they do to prices, shipments and incomes in four models, by laws and by another script."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import elasticities_of, policy_of
from scipy.optimize import fsolve
from worlds import flows_of_world, random_flows

from calc.analysis.uncertainty import run_draws
from calc.datasets.dataset import read_dataset
from calc.errors import ParameterError, ScenarioError
from calc.flows import make_flows
from calc.models import armington, base_equilibrium, gsim, liberation_day, smart, trade_equilibrium
from calc.models.equations.decomposition import path_decomposition, real_income_log
from calc.models.equations.equilibrium import solve_world
from calc.question import point_answer, question
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

COSTLIER = Rule(importer=("USA",), exporters=("CHN",), instrument="trade_cost", value_pct=10.0)


def one_market(rates=0.0):
    """One importer, three suppliers, one product."""
    suppliers = np.arange(3)
    return make_flows(
        economies=pd.Index(["A", "B", "C", "N"]),
        products=pd.Index(["p"]),
        importer=np.full(3, 3),
        exporter=suppliers,
        product=np.zeros(3, dtype=int),
        import_value=np.array([4e9, 3e9, 1e9]),
        tariff_rate=np.full(3, rates),
    )


def column(result, name):
    return result.lines[name].to_numpy()


# Armington


def test_a_trade_cost_raises_prices_as_a_tariff_does_and_brings_no_revenue():
    flows = one_market()
    elasticities = elasticities_of(flows, sigma=3.0, epsilon=-1.2)
    cost = armington.simulate(flows, policy_of(flows, trade_cost=[0.2, 0, 0]), elasticities)
    duty = armington.simulate(flows, policy_of(flows, tariff=[0.2, 0, 0]), elasticities)
    for name in ("landed_price_change", "volume_change"):
        np.testing.assert_allclose(column(cost, name), column(duty, name), rtol=1e-12)
    assert cost.value("consumer_surplus_change") == pytest.approx(duty.value("consumer_surplus_change"), rel=1e-12)
    assert cost.value("tariff_revenue_change") == 0
    # the goods cost 20% more at the border: what is paid there is what the duty-paid value was
    ratio = column(cost, "import_value_new")[0] / column(duty, "import_value_new")[0]
    assert ratio == pytest.approx(1.2, rel=1e-12)


@pytest.mark.parametrize("sigma", [0.7, 1.0, 3.8])
@pytest.mark.parametrize("cost", [-0.3, 0.25, 4.0])
def test_suppliers_ship_what_is_lost_on_the_way_too(sigma, cost):
    flows = one_market(rates=0.1)
    beta = np.array([0.5, 2.0, 30.0])
    result = armington.simulate(
        flows, policy_of(flows, trade_cost=[cost, 0, 0]), elasticities_of(flows, sigma=sigma, epsilon=-1.2, beta=beta)
    )
    kappa = np.array([1 + cost, 1, 1])
    producer = (1 + column(result, "world_price_change")) / kappa
    shipped = kappa * (1 + column(result, "volume_change"))
    np.testing.assert_allclose(shipped, producer**beta, rtol=1e-9)
    spent = (
        flows.import_value * 1.1 * (1 + column(result, "volume_change")) * (1 + column(result, "landed_price_change"))
    ).sum()
    composite = 1 + result.markets["composite_price_change"].item()
    assert spent == pytest.approx(flows.import_value.sum() * 1.1 * composite ** (1 - 1.2), rel=1e-9)


def test_a_ceiling_limits_what_is_shipped():
    flows = one_market()
    result = armington.simulate(
        flows,
        policy_of(flows, trade_cost=[0.5, 0, 0], ceiling=[0.4, np.inf, np.inf]),
        elasticities_of(flows, sigma=3.0, epsilon=-1.2),
    )
    assert (1 + column(result, "volume_change")[0]) * 1.5 == pytest.approx(0.4, rel=1e-9)


# GSIM


def test_gsim_clears_what_is_shipped():
    values = np.random.default_rng(3).lognormal(20, 1, (4, 4, 2))
    flows = flows_of_world(values)
    cost = np.where(flows.domestic, 0.0, np.where(flows.exporter == 1, 0.3, 0.0))
    result = gsim.simulate(
        flows, policy_of(flows, trade_cost=cost), elasticities_of(flows, sigma=4.0, epsilon=-1.1, beta=1.5)
    )
    # own sales are not in the lines: take the parts of the change from the effects themselves
    supply = np.full(len(flows.market), 1.5)
    blocks = gsim._solve(
        flows, policy_of(flows, trade_cost=cost), elasticities_of(flows, sigma=4.0, epsilon=-1.1, beta=1.5), supply
    )
    solved = gsim._joined(flows, blocks)
    key = flows.product * 4 + flows.exporter
    sales = np.bincount(key, flows.import_value * (1 + cost) * np.exp(solved.quantity_log)) / np.bincount(
        key, flows.import_value
    )
    price = np.exp(solved.price_log)
    np.testing.assert_allclose(sales[key], price**1.5, rtol=1e-9)
    assert result.value("tariff_revenue_change") == 0


def test_with_one_importer_and_given_world_prices_gsim_is_armington():
    flows = one_market()
    elasticities = elasticities_of(flows, sigma=3.0, epsilon=-1.2)
    policy = policy_of(flows, trade_cost=[0.2, 0.05, 0])
    one, other = armington.simulate(flows, policy, elasticities), gsim.simulate(flows, policy, elasticities)
    for name in ("landed_price_change", "volume_change", "import_value_new"):
        np.testing.assert_allclose(column(one, name), column(other, name), rtol=1e-9)


# General equilibrium: structural gravity


def gravity(trade, kappa, sigma):
    """Output changes and trade after a change of trade costs, with endogenous multilateral resistance.

    Anderson & van Wincoop (2003), "Gravity with Gravitas": each economy sells one good of its own,

        x_ij = (Y_i E_j/Y) (t_ij/(Π_i P_j))^(1−σ),  Π_i^(1−σ) = Σ_j (t_ij/P_j)^(1−σ) E_j/Y,
        P_j^(1−σ) = Σ_i (t_ij/Π_i)^(1−σ) Y_i/Y

    Quantities of the goods are fixed, so Y_i moves with its price; the budget keeps E − Y. Written with levels of
    costs and resistances, from exporter i to importer j, and not with changes.
    """
    trade = trade.T  # [exporter, importer]
    output, spending = trade.sum(axis=1), trade.sum(axis=0)
    deficit, size = spending - output, len(output)
    # base costs that give back the base trade with all resistances 1
    cost = trade / np.outer(output, spending) * output.sum()
    new_cost = cost * kappa.T ** (1 - sigma)
    world = output.sum()

    def gaps(logs):
        outward, inward, price = (np.exp(part) for part in np.split(logs, 3))
        made = output * price
        made *= world / made.sum()
        bought = made + deficit
        # Π^(1−σ) and P^(1−σ) are the unknowns themselves
        first = outward - (new_cost / inward) @ (bought / world)
        second = inward - (new_cost / outward[:, None]).T @ (made / world)
        # the price of the good at the factory gate: p_i^(1−σ) ∝ Y_i/Π_i^(1−σ), relative to the base
        third = price ** (1 - sigma) - (made / output) / outward
        return np.concatenate([first, second, third])

    found, _, _, words = fsolve(gaps, np.zeros(3 * size), xtol=1e-13, full_output=True)
    assert np.abs(gaps(found)).max() < 1e-10, words
    outward, inward, price = (np.exp(part) for part in np.split(found, 3))
    made = output * price * world / (output * price).sum()
    flows = np.outer(made, made + deficit) / world * new_cost / np.outer(outward, inward)
    return made / output, flows.T


def test_the_one_sector_model_is_structural_gravity():
    trade = np.array([[900.0, 60, 40], [80, 500, 30], [50, 20, 300]]) * 1e9  # [importer, exporter]
    kappa = np.array([[1.0, 1.2, 0.9], [1.2, 1.0, 1.0], [0.9, 1.1, 1.0]])
    sigma = 5.0
    flows = flows_of_world(trade[:, :, None])
    line = (flows.importer, flows.exporter)
    result = trade_equilibrium.simulate(
        flows, policy_of(flows, trade_cost=kappa[line] - 1), elasticities_of(flows, sigma=sigma)
    )
    income, expected = gravity(trade, kappa, sigma)
    wages = 1 + result.economies["wage_change"].to_numpy()
    np.testing.assert_allclose(wages, income, rtol=1e-8)
    found = np.zeros_like(trade)
    places = [result.lines[side].cat.codes.to_numpy() for side in ("importer", "exporter")]
    found[tuple(places)] = result.lines["import_value_new"]
    abroad = ~np.eye(3, dtype=bool)
    np.testing.assert_allclose(found[abroad], expected[abroad], rtol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_of_real_income_add_up_with_trade_costs(seed):
    flows, elasticities, rng = random_flows(seed)
    cost = np.where(flows.domestic, 0.0, rng.uniform(-0.05, 0.15, len(flows.market)))
    tariff = np.where(flows.domestic, 0.0, flows.tariff_rate + rng.uniform(-0.05, 0.1, len(flows.market)))
    policy = policy_of(flows, tariff=np.maximum(tariff, 0), trade_cost=cost)
    base = trade_equilibrium.with_trade_costs(base_equilibrium.base_of(flows, elasticities), policy)
    end = solve_world(base.world, trade_equilibrium.new_tariff(base, policy))
    split = path_decomposition(base.world, end)
    assert split.gap < 1e-5
    assert np.abs(split.trade_cost).max() > 1e-3
    total = split.terms_of_trade + split.volume_of_trade + split.trade_cost
    np.testing.assert_allclose(total, real_income_log(base.world, end), atol=1e-5)


def test_a_trade_cost_brings_no_duty_where_there_are_no_tariffs_and_hurts_both_sides():
    trade = np.array([[900.0, 60, 40], [80, 500, 30], [50, 20, 300]]) * 1e9
    flows = flows_of_world(trade[:, :, None])
    cost = np.where((flows.importer == 0) & (flows.exporter == 1), 0.5, 0.0)
    table = trade_equilibrium.simulate(
        flows, policy_of(flows, trade_cost=cost), elasticities_of(flows, sigma=5.0)
    ).economies
    assert np.abs(table["tariff_revenue_change"]).max() < 1e-3
    assert (table["real_income_change"].to_numpy()[:2] < 0).all()


# One sector with labour supply


@pytest.fixture(scope="module")
def pairs():
    return read_dataset("pairs-2023")


def test_labour_supply_and_fixed_costs_feel_a_trade_cost(pairs):
    asked = Scenario(dataset="pairs-2023", model="liberation_day", rules=(COSTLIER,), draws=0)
    economies = point_answer(asked, pairs).economies.set_index("economy")
    assert economies.loc[["USA", "CHN"], "real_income_change"].max() < 0
    assert economies.loc["USA", "tariff_revenue_change"] == 0
    back = replace(asked, rules=(COSTLIER, replace(COSTLIER, action="set", value_pct=0.0)))
    assert point_answer(back, pairs).economies.set_index("economy")["real_income_change"].abs().max() < 1e-9


@pytest.mark.parametrize("fixed_costs", ["paid", "none"])
def test_spending_on_two_suppliers_follows_their_landed_prices(pairs, fixed_costs):
    flows, elasticities = pairs.flows, pairs.elasticities["default"]
    american = flows.importer == flows.economies.get_loc("USA")
    china, mexico = (american & (flows.exporter == flows.economies.get_loc(code)) for code in ("CHN", "MEX"))
    policy = policy_of(flows, trade_cost=np.where(china, 0.3, 0.0))
    lines = liberation_day.simulate(flows, policy, elasticities, fixed_costs=fixed_costs).lines
    spent_log = np.log((lines["import_value_new"] / lines["import_value_base"]).to_numpy())
    landed_log = np.log1p(lines["landed_price_change"].to_numpy())
    (gap,), (dearer,) = (log[china] - log[mexico] for log in (spent_log, landed_log))
    assert dearer > 0.2
    assert gap == pytest.approx(-4 * dearer, rel=1e-9)  # ε = σ − 1 = 4


# Rules, refusals, draws


def test_rules_on_trade_costs_add_up_and_say_what_they_do():
    data = read_dataset("world-2023")
    twice = question(Scenario(dataset=data.name, rules=(COSTLIER, COSTLIER)), data).policy
    assert set(np.unique(twice.trade_cost)) == {0.0, 0.2}
    assert (twice.targeted == (twice.trade_cost > 0)).all()
    result = point_answer(Scenario(dataset=data.name, rules=(COSTLIER,), draws=0), data)
    (words,) = result.inputs.policy
    assert words == "Bringing goods from China to the United States costs 10% more of their price"
    assert result.value("tariff_revenue_change") < 0  # duty on less trade


@pytest.mark.parametrize(
    ("value", "words"), [(2_000.0, 'prohibitive.*instrument = "export_volume"'), (-100.0, "above −100")]
)
def test_prohibitive_and_impossible_costs_are_refused_with_the_remedy(value, words):
    with pytest.raises(ScenarioError, match=words):
        question(Scenario(rules=(replace(COSTLIER, value_pct=value),)), read_dataset("world-2023"))


def test_linear_models_refuse_trade_costs():
    flows = one_market()
    policy, elasticities = policy_of(flows, trade_cost=0.1), elasticities_of(flows, sigma=3.0, epsilon=-1.2, beta=1.5)
    for simulate in (smart.simulate, gsim.simulate_linear):
        with pytest.raises(ParameterError, match="trade costs"):
            simulate(flows, policy, elasticities)


def unchanged(result):
    """A view that makes draws go one by one."""
    return result


@pytest.mark.slow
def test_draws_of_all_markets_at_once_are_those_of_one_after_another():
    data = read_dataset("china-2017")
    asked = Scenario(
        dataset="china-2017",
        draws=20,
        rules=(replace(COSTLIER, importer=(), exporters=(), products=("84",)),),
    )
    at_once, one_by_one = run_draws(asked, data), run_draws(asked, data, view=unchanged)
    columns = ["consumer_surplus_change", "import_value_change", "producer_surplus_change"]
    one, other = (ranges.summary.set_index("metric").loc[columns, ["low", "high"]] for ranges in (at_once, one_by_one))
    np.testing.assert_allclose(one, other, rtol=1e-9)
