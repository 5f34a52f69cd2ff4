"""The exact Armington model: its definitions, its surpluses, what it refuses, and how its tables add up."""

import numpy as np
import pandas as pd
import pytest
from armington_cases import cases, composite, prices, values
from builders import LAWS, elasticities_of, flows_of, policy_of, texts
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import simpson

from calc.errors import ConvergenceError, ParameterError
from calc.flows import sum_by_market
from calc.models.armington import simulate

# Definitions


@LAWS
@given(case=cases())
def test_value_changes_by_price_effect_creation_and_diversion(case):
    lines = simulate(*case).lines
    parts = lines[["price_effect", "trade_creation", "trade_diversion"]]
    change = (lines.import_value_new - lines.import_value_base).to_numpy()
    scale = 1e-14 * (lines.import_value_base + lines.import_value_new + parts.abs().sum(axis=1)).to_numpy()
    assert (np.abs(change - parts.sum(axis=1).to_numpy()) <= scale).all()


@LAWS
@given(case=cases())
def test_the_composite_price_is_the_ces_index_of_landed_prices(case):
    flows, policy, elasticities = case
    result = simulate(*case)
    landed, *_ = prices(result, policy)
    sigma = elasticities.armington_elasticity[flows.market]
    spent = flows.import_value * (1 + flows.tariff_rate)
    share = spent / sum_by_market(flows, spent)[flows.market]
    one = elasticities.armington_elasticity == 1
    power = np.where(one[flows.market], np.log(landed), landed ** (1 - sigma))
    mean = sum_by_market(flows, share * power)
    index = np.where(
        one,
        np.exp(np.where(one, mean, 0)),
        np.where(one, 1, mean) ** (1 / np.where(one, 1, 1 - sigma[flows.market_start])),
    )
    # the solver stops at 1e-10 or better; the power 1/(1−σ) costs digits where σ is near 1
    near_one = np.minimum(1, np.where(one, 1, np.abs(1 - sigma[flows.market_start])))
    assert (np.abs(composite(result) / index - 1) <= 1e-10 + 1e-14 / near_one).all()
    assert result.solution.residual <= 1e-10


@LAWS
@given(case=cases())
def test_buyers_are_on_their_demand_curve(case):
    flows, policy, elasticities = case
    result = simulate(*case)
    landed, _, _, volume = prices(result, policy)
    sigma, epsilon = (
        e[flows.market] for e in (elasticities.armington_elasticity, elasticities.import_demand_elasticity)
    )
    index = composite(result)
    assert volume == pytest.approx(index[flows.market] ** (epsilon + sigma) * landed**-sigma, rel=1e-11)
    demand = index**elasticities.import_demand_elasticity
    assert 1 + result.markets.composite_volume_change.to_numpy() == pytest.approx(demand, rel=1e-12)


@LAWS
@given(case=cases())
def test_sellers_are_on_their_supply_curve_or_at_their_ceiling(case):
    _, policy, elasticities = case
    _, _, producer, volume = prices(simulate(*case), policy)
    beta, ceiling = elasticities.export_supply_elasticity, policy.export_ceiling
    assert (volume <= ceiling * (1 + 1e-10)).all()
    at_ceiling = volume >= ceiling * (1 - 1e-10)
    for line in range(len(volume)):
        # the price at which the volume would be supplied: any for β = 0, the base price for β = inf
        if beta[line] == 0:
            supply_price = 0.0
            assert at_ceiling[line] or volume[line] == pytest.approx(1, rel=1e-10)
        else:
            supply_price = volume[line] ** (1 / beta[line])
        if at_ceiling[line]:
            assert producer[line] >= supply_price * (1 - 1e-9)
        elif beta[line] > 0:
            assert producer[line] == pytest.approx(supply_price, rel=1e-9)


@LAWS
@given(case=cases())
def test_the_wedges_part_landed_customs_and_producer_price(case):
    flows, policy, _ = case
    landed, world, _, _ = prices(simulate(*case), policy)
    assert landed == pytest.approx(world * (1 + policy.tariff_new) / (1 + flows.tariff_rate), rel=1e-13)


@LAWS
@given(case=cases())
def test_duty_paid_expenditure_is_composite_expenditure(case):
    flows, policy, elasticities = case
    result = simulate(*case)
    landed, _, _, volume = prices(result, policy)
    spent = sum_by_market(flows, flows.import_value * (1 + flows.tariff_rate) * volume * landed)
    composite_spent = flows.expenditure * composite(result) ** (1 + elasticities.import_demand_elasticity)
    assert spent == pytest.approx(composite_spent, rel=1e-9)  # 1e-10 in the log of P, times |1−σ| ≤ 11
    lines = result.lines
    paid = sum_by_market(flows, (lines.import_value_new * (1 + lines.tariff_new)).to_numpy())
    assert paid == pytest.approx(composite_spent, rel=1e-9)


@LAWS
@given(case=cases())
def test_duty_paid_diversion_is_never_negative(case):
    # more units for the same composite, by concavity; zero to first order only
    flows, *_ = case
    diversion = simulate(*case).lines.trade_diversion.to_numpy()
    duty_paid = diversion * (1 + flows.tariff_rate)
    assert (
        sum_by_market(flows, duty_paid) >= -1e-10 * sum_by_market(flows, np.abs(duty_paid) + flows.import_value)
    ).all()


# Surpluses


@LAWS
@given(case=cases())
def test_producers_gain_what_their_revenue_rises_less_what_their_cost_rises(case):
    # marginal cost of the volume q is q^(1/β): cost β/(1+β) q^(1+1/β); 0 at β = 0 and q at β = inf. At a ceiling
    # the rent is in the price, so that one formula holds there as well.
    flows, policy, elasticities = case
    result = simulate(*case)
    _, _, producer, volume = prices(result, policy)
    beta = elasticities.export_supply_elasticity
    cost_rise = np.zeros(6)
    some = (beta > 0) & np.isfinite(beta)
    b = beta[some]
    cost_rise[some] = b / (1 + b) * (volume[some] ** (1 + 1 / b) - 1)
    cost_rise[np.isinf(beta)] = volume[np.isinf(beta)] - 1
    gain = flows.import_value * (volume * producer - 1 - cost_rise)
    # at β = inf the producer price itself is good to 1e-10 only under a ceiling
    scale = 1e-9 * flows.import_value * (1 + volume * producer)
    assert (np.abs(result.lines.producer_surplus_change.to_numpy() - gain) <= scale).all()


PATHS = {
    "common supply": {"beta": 4.0},
    "unequal supply": {"beta": [1.0, 10.0, 0.3]},
    "no and infinite supply": {"beta": [0.0, np.inf, 2.0]},
    "demand of elasticity -1": {"beta": [1.0, 10.0, 0.3], "epsilon": -1.0},
    "Cobb-Douglas": {"beta": [1.0, 10.0, 0.3], "sigma": 1.0},
}


@pytest.mark.parametrize("elasticities", PATHS.values(), ids=PATHS)
def test_surpluses_are_integrals_along_the_way_from_base_to_new(elasticities):
    # one product a step of the way; Simpson's rule over 400 steps is good to 1e-9
    share = np.linspace(0, 1, 401)[:, None]
    base, new = np.array([0.1, 0.0, 0.25]), np.array([0.1, 0.6, 0.0])
    flows = flows_of(np.tile([60e6, 30e6, 10e6], (401, 1)), base)
    beta = np.tile(np.broadcast_to(elasticities["beta"], 3), 401)
    tariff = (1 + base) * ((1 + new) / (1 + base)) ** share - 1
    policy = policy_of(flows, tariff=tariff)
    result = simulate(flows, policy, elasticities_of(flows, **{**elasticities, "beta": beta}))
    markets = result.markets
    bought = 1 + markets.composite_volume_change.to_numpy()
    area = flows.expenditure[0] * simpson(bought, x=composite(result))
    assert markets.consumer_surplus_change.iloc[-1] == pytest.approx(-area, rel=1e-7)
    _, _, producer, volume = prices(result, policy)
    producer, volume = producer.reshape(401, 3), volume.reshape(401, 3)
    surplus = result.lines.producer_surplus_change.to_numpy().reshape(401, 3)[-1]
    for line, value in enumerate([60e6, 30e6, 10e6]):
        if np.isinf(np.broadcast_to(elasticities["beta"], 3)[line]):
            assert surplus[line] == 0
        else:
            area = value * simpson(volume[:, line], x=producer[:, line])
            assert surplus[line] == pytest.approx(area, rel=1e-7)


# Notes and refusals


def test_complements_lose_together_and_a_note_says_so():
    flows = flows_of([[60, 40], [60, 40]])
    elasticities = elasticities_of(flows, sigma=[0.5, 3.0], epsilon=-1.2)
    result = simulate(flows, policy_of(flows, tariff=[0.3, 0, 0.3, 0]), elasticities)
    other_complement, other_substitute = result.lines.volume_change.iloc[[1, 3]]
    assert other_complement < 0 < other_substitute
    assert any(note.startswith("In 1 of 2 markets") for note in texts(result.notes))
    substitutes = simulate(flows, policy_of(flows, tariff=[0.3, 0, 0.3, 0]), elasticities_of(flows))
    assert not any("σ < |ε|" in note for note in texts(substitutes.notes))


def test_equal_elasticities_leave_other_suppliers_alone():
    flows = flows_of([60, 40])
    result = simulate(flows, policy_of(flows, tariff=[0.3, 0]), elasticities_of(flows, sigma=2, epsilon=-2, beta=5))
    assert result.lines.volume_change.iloc[1] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"epsilon": 0.5}, r"import_demand_elasticity must be below 0; 1 values are not, the first is 0\.5"),
        ({"epsilon": 0.0}, "import_demand_elasticity must be below 0"),
        ({"epsilon": np.nan}, "import_demand_elasticity must be below 0"),
        ({"sigma": 0.0}, "armington_elasticity must be above 0"),
        ({"beta": [1.0, -1.0]}, r"export_supply_elasticity must be 0 or above; 1 values are not, the first is -1\.0"),
    ],
)
def test_an_elasticity_of_the_wrong_sign_is_refused(wrong, words):
    flows = flows_of([60, 40])
    with pytest.raises(ParameterError, match=words):
        simulate(flows, policy_of(flows), elasticities_of(flows, **wrong))


@LAWS
@given(
    value=values,
    tariff=st.lists(st.sampled_from([-0.999, 0.0, 0.1, 1.0, 100.0, 1e4]), min_size=6, max_size=6),
    tax=st.lists(st.sampled_from([-0.9, 0.0, 1.0, 100.0]), min_size=6, max_size=6),
    ceiling=st.lists(st.sampled_from([1e-9, 0.5, 0.999999, np.inf, np.inf]), min_size=6, max_size=6),
    epsilon=st.sampled_from([-1e-9, -1e-3, -1.0, -1.2, -30.0, -1000.0]),
    sigma=st.sampled_from([1e-9, 0.1, 1.0, 1 + 1e-9, 3.8, 25.0, 1000.0]),
    beta=st.lists(st.sampled_from([0.0, 1e-9, 1.0, 98.9, 1e9, np.inf]), min_size=6, max_size=6),
)
def test_a_huge_shock_gives_finite_numbers_or_an_error_in_words(value, tariff, tax, ceiling, epsilon, sigma, beta):
    flows = flows_of(value)
    policy = policy_of(flows, tariff=tariff, tax=tax, ceiling=ceiling)
    try:
        result = simulate(flows, policy, elasticities_of(flows, epsilon=epsilon, sigma=sigma, beta=beta))
    except (ParameterError, ConvergenceError):
        return
    for table in (result.lines, result.markets):
        assert np.isfinite(table.select_dtypes("float").drop(columns="export_supply_elasticity", errors="ignore")).all(
            axis=None
        )
    assert np.isfinite(result.summary["value"]).all()


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.5, 3.8, 25.0])
@pytest.mark.parametrize("beta", [np.inf, 5.0, [0.0, 1.0, np.inf]], ids=["given price", "common", "unequal"])
def test_ten_thousand_points_are_solved_in_ten_steps(sigma, beta):
    flows = flows_of([60, 30, 10])
    result = simulate(flows, policy_of(flows, tariff=[100.0, 0, 0.1]), elasticities_of(flows, sigma=sigma, beta=beta))
    assert result.solution.residual <= 1e-10
    assert result.solution.iterations <= 10
    assert np.isfinite(result.lines.import_value_new).all()


def test_numbers_beyond_the_computer_are_refused():
    # 99.9% off every price at ε = −1000: a volume of 1000^1000
    flows = flows_of([60, 40])
    with pytest.raises(ParameterError, match="too large for these elasticities"):
        simulate(flows, policy_of(flows, tariff=-0.999), elasticities_of(flows, epsilon=-1000))


# Domestic sales


DOMESTIC = {"epsilon": -0.8, "beta": [0.5, 3.0, 10.0]}


def test_own_sales_are_left_out_of_trade_and_count_in_surplus():
    values, rates = [500, 60, 40], [0, 0.1, 0]
    own, foreign = flows_of(values, rates, own_first=True), flows_of(values, rates)
    tariff = [0, 0.6, 0]
    with_own = simulate(own, policy_of(own, tariff=tariff), elasticities_of(own, **DOMESTIC))
    as_foreign = simulate(foreign, policy_of(foreign, tariff=tariff), elasticities_of(foreign, **DOMESTIC))
    # the market is the same, whoever the sellers are
    assert composite(with_own) == pytest.approx(composite(as_foreign), rel=1e-14)
    assert list(with_own.lines.exporter) == ["E00", "E01"]
    first = as_foreign.lines.iloc[0]
    traded = as_foreign.lines.iloc[1:].reset_index(drop=True)
    columns = [c for c in traded if pd.api.types.is_float_dtype(traded[c])]
    np.testing.assert_allclose(with_own.lines[columns], traded[columns], rtol=1e-12)
    assert with_own.value("import_value_base") == 100
    for metric, column in (
        ("import_value_new", "import_value_new"),
        ("trade_creation", "trade_creation"),
        ("trade_diversion", "trade_diversion"),
        ("price_effect", "price_effect"),
        ("tariff_revenue_new", "tariff_revenue_new"),
    ):
        assert with_own.value(metric) == pytest.approx(traded[column].sum(), rel=1e-12)
    # home producers gain from protection, and their gain is the importer's
    assert first.producer_surplus_change > 0
    home = with_own.economies.set_index("economy").loc["ACE"]
    assert home.producer_surplus_change == pytest.approx(first.producer_surplus_change, rel=1e-12)
    assert home.exports_base == 0
    assert home.imports_base == 100
    market = with_own.markets.iloc[0]
    net = market.consumer_surplus_change + market.tariff_revenue_change + first.producer_surplus_change
    assert market.net_welfare_change == pytest.approx(net, rel=1e-12)
    assert home.net_welfare_change == pytest.approx(net, rel=1e-12)
    assert with_own.value("net_welfare_change") == pytest.approx(as_foreign.value("net_welfare_change"), rel=1e-12)


# Tables add up


@LAWS
@given(case=cases())
def test_lines_add_up_to_markets_economies_and_summary(case):
    flows, policy, _ = case
    result = simulate(*case)
    lines, markets, economies = result.lines, result.markets, result.economies.set_index("economy")
    dollars = lines.select_dtypes("float").drop(columns="export_supply_elasticity").abs().sum(axis=None)
    close = {"abs": 1e-12 * (dollars + markets.consumer_surplus_change.abs().sum())}
    revenue = lines.tariff_revenue_new - lines.tariff_revenue_base
    tax_revenue = policy.export_tax / (1 + policy.export_tax) * lines.import_value_new

    assert markets.expenditure_base.to_numpy() == pytest.approx(
        sum_by_market(flows, (lines.import_value_base * (1 + lines.tariff_base)).to_numpy()), rel=1e-14
    )
    assert markets.tariff_revenue_change.to_numpy() == pytest.approx(sum_by_market(flows, revenue.to_numpy()), **close)
    net = markets.consumer_surplus_change + markets.tariff_revenue_change
    assert markets.net_welfare_change.to_numpy() == pytest.approx(net.to_numpy(), **close)

    buyer = economies.loc["ACE"]
    assert buyer.consumer_surplus_change == pytest.approx(markets.consumer_surplus_change.sum(), **close)
    assert buyer.tariff_revenue_change == pytest.approx(revenue.sum(), **close)
    assert buyer.net_welfare_change == pytest.approx(markets.net_welfare_change.sum(), **close)
    assert buyer.imports_change == pytest.approx((lines.import_value_new - lines.import_value_base).sum(), **close)
    for name, sold in lines.groupby("exporter", observed=True):
        seller = economies.loc[name]
        assert seller.exports_base == pytest.approx(sold.import_value_base.sum(), **close)
        assert seller.exports_change == pytest.approx((sold.import_value_new - sold.import_value_base).sum(), **close)
        assert seller.producer_surplus_change == pytest.approx(sold.producer_surplus_change.sum(), **close)
        assert seller.tariff_revenue_change == pytest.approx(tax_revenue[sold.index].sum(), **close)
        gain = seller.producer_surplus_change + seller.tariff_revenue_change
        assert seller.net_welfare_change == pytest.approx(gain, **close)

    for metric in ("price_effect", "trade_creation", "trade_diversion", "import_value_new", "tariff_revenue_new"):
        assert result.value(metric) == pytest.approx(lines[metric].sum(), **close)
    for metric in ("consumer_surplus_change", "producer_surplus_change", "net_welfare_change"):
        assert result.value(metric) == pytest.approx(economies[metric].sum(), **close)
    assert result.value("tariff_revenue_change") == pytest.approx(revenue.sum(), **close)
    assert result.value("export_tax_revenue_change") == pytest.approx(tax_revenue.sum(), **close)
    untouched = ~lines.targeted & lines["product"].isin(lines["product"][lines.targeted])
    gain = (lines.import_value_new - lines.import_value_base)[untouched].sum()
    assert result.value("other_suppliers_gain") == pytest.approx(gain, **close)


def test_headline_rates_by_hand():
    # base 10% on 60 and 0 on 40: 6%; new 25% on the first: statutory 15%; collected: 0.25·M1a/(M1a + M1b)
    flows = flows_of([60, 40], [0.1, 0])
    result = simulate(flows, policy_of(flows, tariff=[0.25, 0]), elasticities_of(flows))
    first, second = result.lines.import_value_new
    assert result.value("effective_tariff_base") == pytest.approx(0.06, rel=1e-14)
    assert result.value("statutory_tariff_new") == pytest.approx(0.15, rel=1e-14)
    assert result.value("effective_tariff_new") == pytest.approx(0.25 * first / (first + second), rel=1e-14)
    assert result.value("targeted_tariff_base") == pytest.approx(0.1, rel=1e-14)
    assert result.value("targeted_tariff_new") == pytest.approx(0.25, rel=1e-14)
    assert result.value("targeted_import_value_relative_change") == pytest.approx(first / 60 - 1, rel=1e-13)
    assert result.value("other_suppliers_gain") == pytest.approx(second - 40, rel=1e-12)
    spent = (66 * (1 + composite(result)[0])) / 66 - 1
    assert result.value("affected_composite_price_change") == pytest.approx(spent - 1, rel=1e-12)
