"""Trade equilibrium: printed tables, cases by hand, agreement with partial equilibrium, and refusals."""

import gc
from dataclasses import replace
from weakref import ref

import numpy as np
import pandas as pd
import pytest
from builders import LAWS, elasticities_of, policy_of, texts
from hypothesis import given
from worlds import flows_of_world, random_flows, seeds, shocked, solved

from calc.errors import ParameterError
from calc.models import base_equilibrium, gsim, trade_equilibrium
from calc.models.equations.decomposition import (
    consumer_price_log,
    first_order_by_partner,
    first_order_decomposition,
)
from calc.models.equations.equilibrium import settled
from calc.models.equations.world import income, tariff_revenue
from calc.published.caliendo_parro_2015 import compare, nafta
from calc.result import TABLES


def numbers(table):
    return table.select_dtypes("number").to_numpy(dtype=float)


# Published


def test_each_printed_cell_is_ours_to_its_digits():
    table = compare()
    assert dict(table.groupby("table").size()) == {"2": 12, "3": 12, "5": 6, "abstract": 3}
    wrong = table[(table["ours"] - table["published"]).abs() > 0.5 * 10.0 ** -table["digits"].astype(float)]
    assert wrong.empty, wrong.to_string()


def test_the_first_order_welfare_of_the_paper_is_not_the_change_of_real_income():
    flows, policy, elasticities = nafta()
    result = trade_equilibrium.simulate(flows, policy, elasticities, deficits="zero", terms_of_trade=False)
    real_income = result.economies.set_index("economy")["real_income_change"]
    # computed from the paper's data; the paper prints +1.31% and −0.06% as first-order welfare
    assert real_income["MEX"] == pytest.approx(0.0001, abs=0.0001)
    assert real_income["CAN"] == pytest.approx(-0.0011, abs=0.0001)


# By hand and in closed form


def test_two_equal_economies_that_tax_each_other():
    # Each buys 60 at home and 40 abroad, no tariffs, θ = 4. Both add 50%: wages stay equal, and
    #   S = 0.6 + 0.4·1.5⁻⁴ = 0.6790123, P̂ = S^(−1/4), share abroad 0.0790123/S, revenue r X with r = share/3
    #   I' = X' = 100 + R' = 100/(1 − r), M' = share X'/1.5
    flows = flows_of_world([[[60.0], [40.0]], [[40.0], [60.0]]])
    policy = policy_of(flows, tariff=np.where(flows.domestic, 0.0, 0.5))
    result = trade_equilibrium.simulate(flows, policy, elasticities_of(flows, sigma=5.0))
    foreign = 0.4 * 1.5**-4
    spent = 0.6 + foreign
    price, share = spent**-0.25, foreign / spent
    total = 100 / (1 - share / 3)
    economies = result.economies
    assert economies["wage_change"].to_numpy() == pytest.approx(0.0, abs=1e-10)
    assert economies["consumer_price_change"].to_numpy() == pytest.approx(price - 1, abs=1e-9)
    assert economies["tariff_revenue_change"].to_numpy() == pytest.approx(total - 100, abs=1e-7)
    assert economies["real_income_change"].to_numpy() == pytest.approx(total / 100 / price - 1, abs=1e-9)
    assert economies["terms_of_trade_change"].to_numpy() == pytest.approx(0.0, abs=1e-10)
    assert result.lines["import_value_new"].to_numpy() == pytest.approx(share * total / 1.5, abs=1e-7)
    assert result.lines["landed_price_change"].to_numpy() == pytest.approx(0.5, abs=1e-9)


def test_inputs_raise_the_price_of_a_tariff_by_one_over_the_share_of_value_added():
    # As above with b = 0.5 and the composite as the only input: ln c = ½ ln P, so ln P = ln S^(−1/4)/0.5
    flows = flows_of_world([[[60.0], [40.0]], [[40.0], [60.0]]], value_added_share=0.5, mix=np.ones((2, 1, 1)))
    policy = policy_of(flows, tariff=np.where(flows.domestic, 0.0, 0.5))
    _, end = solved(flows, elasticities_of(flows, sigma=5.0), policy)
    spent = 0.6 + 0.4 * 1.5**-4
    assert end.price_log.ravel() == pytest.approx(-0.25 * np.log(spent) / 0.5, abs=1e-9)


@LAWS
@given(seeds)
def test_one_sector_without_inputs_is_armington_in_general_equilibrium(seed):
    # written afresh with plain loops: Eaton & Kortum's equations at our wages leave no excess supply
    flows, elasticities, rng = random_flows(seed, products=1, inputs=False)
    policy = shocked(flows, rng)
    world, end = solved(flows, elasticities, policy)
    n, theta = len(flows.economies), world.trade_elasticity[0]
    wage, sold = np.exp(end.wage_log), np.zeros(len(flows.economies))
    for buyer in range(n):
        weight = [
            world.trade_share[0, buyer, seller]
            * (wage[seller] * (1 + end.tariff_rate[0, buyer, seller]) / (1 + world.tariff_rate[0, buyer, seller]))
            ** -theta
            for seller in range(n)
        ]
        share = [w / sum(weight) for w in weight]
        net = [share[seller] / (1 + end.tariff_rate[0, buyer, seller]) for seller in range(n)]
        spending = (wage[buyer] * world.value_added[buyer] + world.deficit[buyer]) / sum(net)
        for seller in range(n):
            sold[seller] += net[seller] * spending
        assert np.exp(end.price_log[0, buyer]) == pytest.approx(sum(weight) ** (-1 / theta), rel=1e-8)
    assert sold == pytest.approx(wage * world.value_added, rel=1e-8)


@LAWS
@given(seeds)
def test_real_wages_follow_own_shares_without_inputs(seed):
    # Arkolakis, Costinot & Rodríguez-Clare: ln(ŵ/P̂) = −Σ_j α_j/θ_j ln π̂_nn,j
    flows, elasticities, rng = random_flows(seed, inputs=False)
    world, end = solved(flows, elasticities, shocked(flows, rng))
    spending = (end.import_value * (1 + end.tariff_rate)).sum(axis=2)
    own = np.einsum("jnn->jn", end.import_value) / spending / np.einsum("jnn->jn", world.trade_share)
    expected = -(world.final_share / world.trade_elasticity[:, None] * np.log(own)).sum(axis=0)
    assert end.wage_log - consumer_price_log(world, end) == pytest.approx(expected, abs=1e-8)


def test_free_trade_between_unlike_economies_is_their_frictionless_equilibrium():
    # two economies, each maker of one good that both spend half of their income on: balanced trade without tariffs
    # must have income_A = ½ (income_A + income_B), equal incomes, whatever the tariffs of the base were
    base = flows_of_world([[[50.0], [30.0]], [[40.0], [80.0]]], [[[0.0], [0.4]], [[0.1], [0.0]]])
    world, end = solved(base, elasticities_of(base, sigma=3.0), policy_of(base, tariff=0.0), "zero")
    trade = end.import_value[0]
    assert tariff_revenue(replace(world, tariff_rate=end.tariff_rate, import_value=end.import_value)).max() == 0.0
    assert trade[0, 1] == pytest.approx(trade[1, 0], rel=1e-8)
    # shares at t = 0 are those of π (1+t0)^θ at the new wages
    weight = world.trade_share[0] * (1 + world.tariff_rate[0]) ** 2 * np.exp(-2 * end.wage_log)
    assert trade / trade.sum(axis=1, keepdims=True) == pytest.approx(
        weight / weight.sum(axis=1, keepdims=True), rel=1e-9
    )


# Agreement with partial equilibrium


def test_a_small_sector_behaves_as_in_gsim_with_given_world_prices_and_unit_demand():
    # a sector of a ten-thousandth of spending moves no wage: supply is infinitely elastic, spending constant (ε = −1)
    rng = np.random.default_rng(10)
    values = 1e10 * rng.lognormal(0, 0.5, (4, 4, 2))
    values[np.arange(4), np.arange(4)] *= 3
    values[:, :, 1] *= 1e-4
    flows = flows_of_world(values, 0.05 * (1 - np.eye(4))[:, :, None])
    taxed = (flows.product == 1) & ~flows.domestic
    policy = policy_of(flows, tariff=flows.tariff_rate + np.where(taxed, rng.uniform(0, 0.5, len(taxed)), 0.0))
    elasticities = elasticities_of(flows, epsilon=-1.0, sigma=4.0, beta=np.inf)
    general = trade_equilibrium.simulate(flows, policy, elasticities, terms_of_trade=False).lines
    partial = gsim.simulate(flows, policy, elasticities).lines
    small = (general["product"] == "P1").to_numpy()
    assert np.abs(general.loc[small, "volume_change"]).max() > 0.3
    for column in ("volume_change", "landed_price_change"):
        np.testing.assert_allclose(general.loc[small, column], partial.loc[small, column], rtol=0, atol=1e-3)


def test_directions_agree_with_gsim_where_supply_is_finite_there_and_wages_move_here():
    values = np.array([[[80.0], [15.0], [5.0]], [[10.0], [80.0], [10.0]], [[5.0], [15.0], [80.0]]]) * 1e9
    flows = flows_of_world(values)
    tariff = np.where((flows.importer == 0) & (flows.exporter == 1), 0.1, 0.0)
    arguments = flows, policy_of(flows, tariff=tariff), elasticities_of(flows, epsilon=-1.0, sigma=5.0, beta=1.5)
    general, partial = trade_equilibrium.simulate(*arguments).lines, gsim.simulate(*arguments).lines
    pair = (general["importer"] == "E0") & (general["exporter"] == "E1")
    rival = (general["importer"] == "E0") & (general["exporter"] == "E2")
    for lines in (general, partial):
        price = lines.groupby("exporter", observed=True)["world_price_change"].first()
        assert lines.loc[pair, "volume_change"].item() < 0 < lines.loc[rival, "volume_change"].item()
        assert price["E1"] < price[["E0", "E2"]].min()


# Bases that are no equilibrium


def test_balancing_trade_moves_the_base_and_all_changes_are_measured_from_there():
    flows, elasticities, rng = random_flows(11)
    policy = shocked(flows, rng)
    base = base_equilibrium.base_of(flows, elasticities, deficits="zero")
    assert any("not an equilibrium" in note for note in base.notes)
    traded = np.where(base.flows.domestic, 0.0, base.flows.import_value)
    imports, exports = np.bincount(base.flows.importer, traded), np.bincount(base.flows.exporter, traded)
    assert imports == pytest.approx(exports, rel=1e-8)
    again, found = settled(base.world)
    assert found is None
    assert again is base.world
    result = trade_equilibrium.simulate(flows, policy, elasticities, deficits="zero")
    new = result.lines["import_value_new"] - result.lines["import_value_base"]
    assert result.value("import_value_base") == pytest.approx(traded.sum(), rel=1e-12)
    assert result.value("import_value_change") == pytest.approx(new.sum(), rel=1e-9)


def test_the_base_is_solved_once_for_flows_and_elasticities_and_let_go_with_the_flows():
    flows, elasticities, rng = random_flows(11)
    base = base_equilibrium.base_of(flows, elasticities, deficits="zero")
    first = trade_equilibrium.simulate(flows, shocked(flows, rng), elasticities, deficits="zero")
    again = base_equilibrium.base_of(flows, elasticities, deficits="zero")
    assert again.world is base.world
    others = elasticities_of(flows, sigma=3.0)
    assert (base_equilibrium.base_of(flows, others).world.trade_elasticity == 2.0).all()
    assert (base_equilibrium.base_of(flows, elasticities).world.trade_elasticity == base.world.trade_elasticity).all()
    held = ref(base.world.trade_share)
    del flows, base, again, first
    gc.collect()
    assert held() is None


def test_headline_numbers_and_each_table_are_the_same_whichever_tables_are_built():
    flows, elasticities, rng = random_flows(13)
    policy = shocked(flows, rng)
    model = trade_equilibrium.MODEL
    whole = trade_equilibrium.simulate(flows, policy, elasticities)
    for chosen in ((), ("economies",), ("lines", "markets")):
        some = trade_equilibrium.simulate(flows, policy, elasticities, **model.only(*chosen))
        pd.testing.assert_frame_equal(some.summary, whole.summary, check_exact=True)
        for name in TABLES:
            built, full = (
                getattr(result, name).drop(columns=model.not_drawn, errors="ignore") for result in (some, whole)
            )
            pd.testing.assert_frame_equal(built, full if name in chosen else pd.DataFrame(), check_exact=True)


def test_first_order_parts_are_those_by_partner_added_up():
    flows, elasticities, rng = random_flows(14)
    world, end = solved(flows, elasticities, shocked(flows, rng))
    parts = first_order_decomposition(world, end)
    terms_of_trade, volume_of_trade = first_order_by_partner(world, end)
    assert parts.terms_of_trade == pytest.approx(terms_of_trade.sum(axis=1), rel=1e-10, abs=1e-15)
    assert parts.volume_of_trade == pytest.approx(volume_of_trade.sum(axis=1), rel=1e-10, abs=1e-15)


def test_final_demand_of_the_accounts_is_used_and_its_misfit_told():
    flows, elasticities, _ = random_flows(12)
    base = base_equilibrium.base_of(flows, elasticities)
    wanted = base.world.final_share * income(base.world)
    exact = replace(flows, accounts=replace(flows.accounts, final_demand=wanted.T))
    assert base_equilibrium.base_of(exact, elasticities).flows is exact
    skewed = wanted.T * np.array([1.3, 1.0, 0.8])
    skewed[0, 0] = -1.0
    other = base_equilibrium.base_of(
        replace(flows, accounts=replace(flows.accounts, final_demand=skewed)), elasticities
    )
    assert any("1 negative final demands" in note for note in other.notes)
    assert any("% of all sales are elsewhere" in note for note in other.notes)
    assert other.world.final_share[:, 1] == pytest.approx(skewed[1] / skewed[1].sum())


def test_what_is_cleaned_is_counted():
    flows, policy, elasticities = nafta()
    notes = base_equilibrium.base_of(flows, elasticities, deficits="zero").notes
    for words in ("1 negative purchases", "32 sectors that buy no inputs", "185 negative final demands"):
        assert any(note.startswith(words) for note in notes), words
    assert not policy.export_tax.any()


def test_sectors_that_nobody_makes_or_buys_stay_out():
    values = np.array([[[50.0, 0.0], [20.0, 0.0]], [[30.0, 5.0], [90.0, 40.0]]])
    flows = flows_of_world(values, value_added_share=0.6, mix=np.full((2, 2, 2), 0.5))
    policy = policy_of(flows, tariff=np.where(flows.domestic, 0.0, 0.3))
    result = trade_equilibrium.simulate(flows, policy, elasticities_of(flows, sigma=4.0))
    assert np.isfinite(
        numbers(result.economies.drop(columns=result.economies.columns[result.economies.isna().any()]))
    ).all()
    assert any("because no flow delivers them" in note for note in texts(result.notes))


# Refusals


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"accounts": None}, "national accounts"),
        ({"sigma": 1.0}, "above 1"),
        ({"sigma": [2.0, 2.0, 3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]}, "same for all importers; P2"),
        ({"tax": 0.1}, "Export taxes are not in"),
        ({"ceiling": 0.5}, "Export volume limits are not in"),
        ({"deficits": "none"}, "Unknown deficits rule 'none'. Use one of fixed, zero, share"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_the_model_cannot_do_is_refused_in_words(change, words):
    flows, elasticities, _ = random_flows(13)
    if "accounts" in change:
        flows = replace(flows, accounts=None)
    if "sigma" in change:
        elasticities = elasticities_of(flows, sigma=change["sigma"])
    policy = policy_of(flows, tax=change.get("tax", 0.0), ceiling=change.get("ceiling", np.inf))
    with pytest.raises(ParameterError, match=words):
        trade_equilibrium.simulate(flows, policy, elasticities, deficits=change.get("deficits", "fixed"))


def test_missing_own_sales_are_refused_with_the_first_economy_named():
    flows = flows_of_world([[[50.0], [30.0]], [[40.0], [0.0]]])
    with pytest.raises(ParameterError, match=r"1 of 2 economies have none \(first: E1\)"):
        trade_equilibrium.simulate(flows, policy_of(flows), elasticities_of(flows))


def test_an_economy_without_value_added_is_named():
    flows, elasticities, _ = random_flows(14)
    accounts = replace(flows.accounts, value_added=flows.accounts.value_added * np.array([[1.0], [0.0], [1.0], [1.0]]))
    with pytest.raises(ParameterError, match="E1 has no value added"):
        trade_equilibrium.simulate(replace(flows, accounts=accounts), policy_of(flows), elasticities)
