"""SMART by hand, its laws, and the parity of its defaults with WITS."""

import numpy as np
import pytest
from builders import LAWS, elasticities_of, flows_of, policy_of, texts
from hypothesis import assume, given
from hypothesis import strategies as st

from calc.datasets.dataset import data_dir, read_dataset
from calc.errors import ParameterError
from calc.flows import sum_by_market
from calc.models import smart
from calc.question import point_answer
from calc.scenario import Scenario
from calc.tariffs.rules import Rule

RULES = {"differential": smart.trade_diversion_differential, "discrete": smart.trade_diversion_discrete}
rules = pytest.mark.parametrize("rule", RULES)

# Two products by three exporters.
values = st.lists(st.floats(1e3, 1e9), min_size=6, max_size=6).map(lambda v: np.reshape(v, (2, 3)))
shocks = st.lists(st.floats(-0.5, 3), min_size=6, max_size=6).map(np.array)
rates = st.lists(st.floats(0, 1), min_size=6, max_size=6).map(np.array)
elasticity = st.floats(0.1, 10)


def line(result, number=0):
    return result.lines.iloc[number]


# Laws of the two rules of diversion


@rules
@LAWS
@given(value=values, shock=shocks, substitution=elasticity)
def test_diversion_sums_to_zero_over_exporters(rule, value, shock, substitution):
    flows = flows_of(value)
    diversion = RULES[rule](flows, shock, np.full(2, substitution))
    # rounding of sums of terms as large as Es M s
    scale = 1e-14 * sum_by_market(flows, flows.import_value * (1 + substitution * np.abs(shock)))
    assert (np.abs(sum_by_market(flows, diversion)) <= scale).all()


@rules
@LAWS
@given(value=values, shock=st.floats(-0.5, 3), substitution=elasticity)
def test_a_shock_alike_for_all_diverts_nothing(rule, value, shock, substitution):
    flows = flows_of(value)
    diversion = RULES[rule](flows, np.full(6, shock), np.full(2, substitution))
    assert (np.abs(diversion) <= 1e-14 * (1 + substitution * abs(shock)) * value.max()).all()


@rules
@LAWS
@given(value=values, shock=shocks, substitution=elasticity)
def test_nobody_loses_more_than_he_sells(rule, value, shock, substitution):
    flows = flows_of(value)
    assert (RULES[rule](flows, shock, np.full(2, substitution)) >= -flows.import_value * (1 + 1e-15)).all()


@LAWS
@given(value=values, shock=shocks, substitution=elasticity)
def test_diversion_at_most_doubles_with_the_elasticity_of_substitution(value, shock, substitution):
    flows = flows_of(value)
    assert_diversion_at_most_doubles("differential", flows, shock, substitution)
    assert_diversion_at_most_doubles("discrete", flows, np.minimum(shock, 0), substitution)


def assert_diversion_at_most_doubles(rule, flows, shock, substitution):
    once = RULES[rule](flows, shock, np.full(2, substitution))
    twice = RULES[rule](flows, shock, np.full(2, 2 * substitution))
    moved_once, moved_twice = (sum_by_market(flows, np.abs(moved)) for moved in (once, twice))
    rounding = 1e-13 * sum_by_market(flows, flows.import_value * (1 + substitution * np.abs(shock)))
    assert (moved_twice <= 2 * moved_once + rounding).all()


def test_under_the_discrete_rule_a_rise_can_divert_more_than_twice_as_much():
    # M = 90, 10 and S = −0.3, −0.6 on the first: 900·0.3/73 = 3.70 and 900·0.6/46 = 11.74
    flows = flows_of([90, 10])
    for substitution, moved in ((3.0, 270 / 73), (6.0, 540 / 46)):
        diversion = smart.trade_diversion_discrete(flows, np.array([0.1, 0.0]), np.array([substitution]))
        assert diversion == pytest.approx([-moved, moved], rel=1e-13)


def test_diversion_doubles_exactly_while_no_one_is_wiped_out():
    flows = flows_of([60, 30, 10])
    shock = np.array([0.0, 0.1, 0.0])
    once = smart.trade_diversion_differential(flows, shock, np.array([1.5]))
    assert smart.trade_diversion_differential(flows, shock, np.array([3.0])) == pytest.approx(2 * once, rel=1e-14)


# One beneficiary c against the rest o: the textbook's closed forms

beneficiary = given(
    chosen=st.floats(1e3, 1e9), rest=st.floats(1e3, 1e9), cut=st.floats(0.001, 0.9), substitution=elasticity
)


@LAWS
@beneficiary
def test_differential_gain_of_one_beneficiary_is_the_closed_form(chosen, rest, cut, substitution):
    flows = flows_of([chosen, rest])
    gain, loss = smart.trade_diversion_differential(flows, np.array([-cut, 0.0]), np.array([substitution]))
    expected = min(chosen * rest * substitution * cut / (chosen + rest), rest)  # the rest can lose no more than all
    assert gain == pytest.approx(expected, rel=1e-12)
    assert loss == pytest.approx(-expected, rel=1e-12)


@LAWS
@beneficiary
def test_discrete_gain_of_one_beneficiary_is_the_closed_form(chosen, rest, cut, substitution):
    flows = flows_of([chosen, rest])
    gain, loss = smart.trade_diversion_discrete(flows, np.array([-cut, 0.0]), np.array([substitution]))
    pull = substitution * cut
    expected = chosen * rest * pull / (chosen + rest + chosen * pull)
    # M' − M loses the digits that M has before TD
    assert gain == pytest.approx(expected, rel=1e-12, abs=1e-14 * (chosen + rest))
    assert loss == pytest.approx(-expected, rel=1e-12, abs=1e-14 * (chosen + rest))


def test_diversion_by_hand():
    # M = 60, 30, 10; the second's landed price +10%; Es = 2.  s̄ = 0.03.
    # differential: −2·60·(−0.03) = 3.6, −2·30·0.07 = −4.2, −2·10·(−0.03) = 0.6
    flows = flows_of([60, 30, 10])
    shock, substitution = np.array([0, 0.1, 0]), np.array([2.0])
    assert smart.trade_diversion_differential(flows, shock, substitution) == pytest.approx([3.6, -4.2, 0.6], rel=1e-13)
    # discrete: kept 60, 24, 10 of 94, blown up to 100: 6000/94 − 60, 2400/94 − 30, 1000/94 − 10
    expected = [6000 / 94 - 60, 2400 / 94 - 30, 1000 / 94 - 10]
    assert smart.trade_diversion_discrete(flows, shock, substitution) == pytest.approx(expected, rel=1e-13)


def test_the_capped_rule_scales_gains_to_the_losses():
    # s = 0, 1, 1 on M = 10, 45, 45, Es = 5: s̄ = 0.9; wanted 45, −22.5, −22.5; no cap
    flows = flows_of([10, 45, 45])
    calm = smart.trade_diversion_differential(flows, np.array([0.0, 1, 1]), np.array([5.0]))
    assert calm == pytest.approx([45, -22.5, -22.5], rel=1e-13)
    # s = 0, 0, 1 on M = 45, 45, 10, Es = 5: wanted 22.5, 22.5, −45; the third has 10: gains 5 and 5
    flows = flows_of([45, 45, 10])
    capped = smart.trade_diversion_differential(flows, np.array([0.0, 0, 1]), np.array([5.0]))
    assert capped == pytest.approx([5, 5, -10], rel=1e-13)


def test_the_discrete_rule_moves_nothing_when_every_line_would_go():
    # S = max(−1, −2·0.6) = −1 for all: no shares are left to divide by
    flows = flows_of([60, 30])
    assert (smart.trade_diversion_discrete(flows, np.array([0.6, 0.7]), np.array([2.0])) == 0).all()


# The whole model


def test_one_line_by_hand_with_infinite_supply():
    # M = 100, t 10% → 37.5%: s = 0.25; Em = −2: TC = −50, PE = TD = 0, M1 = 50
    # revenue 10 → 18.75; ΔCS = −0.275·(100 + 50)/2 = −20.625; net = −11.875 = (0.10 + 0.375)/2·(−50)
    flows = flows_of([100], 0.10)
    result = smart.simulate(flows, policy_of(flows, tariff=0.375), elasticities_of(flows, epsilon=-2))
    row = line(result)
    assert row.trade_creation == pytest.approx(-50, rel=1e-13)
    assert (row.price_effect, row.world_price_change) == (0, 0)
    assert row.import_value_new == pytest.approx(50, rel=1e-13)
    assert row.landed_price_change == pytest.approx(0.25, rel=1e-13)
    assert row.volume_change == pytest.approx(-0.5, rel=1e-13)
    assert row.tariff_revenue_new == pytest.approx(18.75, rel=1e-13)
    assert result.value("consumer_surplus_change") == pytest.approx(-20.625, rel=1e-13)
    assert result.value("net_welfare_change") == pytest.approx(-11.875, rel=1e-12)
    assert result.value("wits_welfare") == pytest.approx(-11.875, rel=1e-13)  # no diversion, so the same here


def test_one_line_by_hand_with_finite_supply():
    # M = 100, t 0 → 25%, Em = −2, Ex = 3: p̂* = −2·0.25/(3 + 2) = −0.1; TC = 100·(−2)(0.25)/(1 + 2/3) = −30
    # PE = −10, M1 = 60, revenue 15; landed 0.9·1.25 = 1.125; Q1 = 70: ΔCS = −0.125·85 = −10.625
    # ΔPS = −10·(1 − 0.15) = −8.5, which is −0.1·(100 + 70)/2
    flows = flows_of([100])
    result = smart.simulate(flows, policy_of(flows, tariff=0.25), elasticities_of(flows, epsilon=-2, beta=3))
    row = line(result)
    assert row.world_price_change == pytest.approx(-0.1, rel=1e-13)
    assert row.landed_price_change == pytest.approx(0.125, rel=1e-13)
    assert row.volume_change == pytest.approx(-0.3, rel=1e-13)
    assert row.trade_creation == pytest.approx(-30, rel=1e-13)
    assert row.price_effect == pytest.approx(-10, rel=1e-13)
    assert row.import_value_new == pytest.approx(60, rel=1e-13)
    assert row.tariff_revenue_new == pytest.approx(15, rel=1e-13)
    assert row.producer_surplus_change == pytest.approx(-8.5, rel=1e-13)
    assert result.value("consumer_surplus_change") == pytest.approx(-10.625, rel=1e-12)
    assert result.value("net_welfare_change") == pytest.approx(-10.625 - 8.5 + 15, rel=1e-12)


@rules
@LAWS
@given(value=values, base=rates, shock=shocks, demand=st.floats(0.1, 0.3), substitution=elasticity)
def test_creation_doubles_with_the_demand_elasticity(rule, value, base, shock, demand, substitution):
    flows = flows_of(value, base.reshape(2, 3))
    # rises so small that few lines cross zero, where creation would be cut
    policy = policy_of(flows, tariff=(1 + base) * (1 + np.minimum(shock, 0.1 / substitution)) - 1)
    once, twice = (
        smart.simulate(
            flows, policy, elasticities_of(flows, epsilon=-factor * demand, sigma=substitution), diversion=rule
        ).lines
        for factor in (1, 2)
    )
    # deep cuts elsewhere in the market can take a whole line by diversion, whatever its own rise
    assume((twice["import_value_new"] > 0).all())
    assert twice["trade_creation"].to_numpy() == pytest.approx(2 * once["trade_creation"].to_numpy(), rel=1e-13)


@rules
@LAWS
@given(value=values, base=rates, shock=shocks, demand=elasticity, substitution=elasticity)
def test_net_welfare_is_the_trapezoid_when_the_world_price_is_given(rule, value, base, shock, demand, substitution):
    flows = flows_of(value, base.reshape(2, 3))
    policy = policy_of(flows, tariff=(1 + base) * (1 + shock) - 1)
    result = smart.simulate(flows, policy, elasticities_of(flows, epsilon=-demand, sigma=substitution), diversion=rule)
    lines = result.lines
    change = lines.import_value_new - lines.import_value_base  # at given world prices, value is volume
    trapezoid = (lines.tariff_base + lines.tariff_new) / 2 * change
    markets = sum_by_market(flows, trapezoid.to_numpy())
    scale = 1e-13 * ((2 + lines.tariff_new) * (lines.import_value_base + lines.import_value_new)).sum()
    assert result.markets["net_welfare_change"].to_numpy() == pytest.approx(markets, abs=scale)
    assert result.value("net_welfare_change") == pytest.approx(trapezoid.sum(), abs=scale)


@rules
@LAWS
@given(
    value=values,
    base=rates,
    shock=shocks,
    demand=elasticity,
    substitution=elasticity,
    supply=st.sampled_from([0.5, 5.0, 98.0, np.inf]),
)
def test_value_changes_by_price_effect_creation_and_diversion(rule, value, base, shock, demand, substitution, supply):
    flows = flows_of(value, base.reshape(2, 3))
    policy = policy_of(flows, tariff=(1 + base) * (1 + shock) - 1)
    lines = smart.simulate(
        flows, policy, elasticities_of(flows, epsilon=-demand, sigma=substitution, beta=supply), diversion=rule
    ).lines
    parts = lines.price_effect + lines.trade_creation + lines.trade_diversion
    assert (lines.import_value_new >= 0).all()
    scale = 1e-14 * (1 + demand + substitution) * (1 + np.abs(shock).max()) * value.sum()
    assert (lines.import_value_new - lines.import_value_base).to_numpy() == pytest.approx(parts.to_numpy(), abs=scale)


def test_creation_by_wits_leaves_diversion_out():
    # lines 60 and 40, t 0 → 10% on the first: Em = −1.2, Es = 1.5: TC = −7.2, mean tariff 5%: −0.36
    flows = flows_of([60, 40])
    result = smart.simulate(
        flows, policy_of(flows, tariff=[0.1, 0]), elasticities_of(flows, epsilon=-1.2, sigma=1.5, beta=99)
    )
    assert result.value("wits_welfare") == pytest.approx(-0.36, rel=1e-13)
    # the whole trapezoid has TD = −1.5·60·(0.1 − 0.06) = −3.6 in it too: 0.05·(−7.2 − 3.6)
    assert result.value("net_welfare_change") == pytest.approx(-0.54, rel=1e-12)


@pytest.mark.parametrize("supply", [99, 1e6, np.inf])
def test_supply_of_99_and_more_is_infinite(supply):
    flows = flows_of([60, 40])
    policy = policy_of(flows, tariff=[0.1, 0])
    lines = smart.simulate(flows, policy, elasticities_of(flows, beta=supply)).lines
    assert (lines.price_effect == 0).all()
    assert lines.trade_creation.iloc[0] == pytest.approx(60 * -1.2 * 0.1, rel=1e-14)


def test_supply_just_below_99_still_moves_the_price():
    flows = flows_of([60, 40])
    lines = smart.simulate(flows, policy_of(flows, tariff=[0.1, 0]), elasticities_of(flows, beta=98.9)).lines
    assert lines.world_price_change.iloc[0] == pytest.approx(-1.2 * 0.1 / (98.9 + 1.2), rel=1e-13)


def test_the_wits_set_has_the_defaults_of_wits_and_no_price_effect(make_folder):
    defaults = (data_dir() / "us-2024" / "elasticities-wits.csv").read_text(encoding="utf-8")
    dataset = read_dataset(make_folder({"elasticities-wits.csv": defaults}))
    chosen = dataset.elasticities["wits"]
    assert set(chosen.armington_elasticity) == {1.5}
    assert set(chosen.export_supply_elasticity) == {99.0}
    scenario = Scenario(
        model="smart", elasticities="wits", rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=10),)
    )
    result = point_answer(scenario, dataset)
    assert result.value("price_effect") == 0
    assert result.value("trade_creation") < 0


@rules
def test_a_line_that_would_cross_zero_is_wiped_out_and_counted(rule):
    # Em = −1.2: a rise of 1/1.2 = 83% of the landed price ends trade; 100% is beyond it
    flows = flows_of([100, 50])
    result = smart.simulate(
        flows, policy_of(flows, tariff=[1.0, 0.0]), elasticities_of(flows, sigma=0.1), diversion=rule
    )
    first = line(result)
    assert first.import_value_new == 0
    assert first.volume_change == pytest.approx(-1, rel=1e-14)
    assert first.tariff_revenue_new == 0
    assert first.trade_creation + first.trade_diversion == pytest.approx(-100, rel=1e-14)
    assert any(note.startswith("On 1 of 2 lines") for note in texts(result.notes))


def test_a_rise_of_one_over_the_demand_elasticity_is_where_a_line_ends():
    flows = flows_of([100])
    for rise, left in ((1 / 1.25 - 1e-6, 1.25e-4), (1 / 1.25, 0), (1.0, 0)):
        result = smart.simulate(flows, policy_of(flows, tariff=rise), elasticities_of(flows, epsilon=-1.25))
        assert line(result).import_value_new == pytest.approx(left, rel=1e-8, abs=1e-12)
    assert any("straight lines reach zero" in note for note in texts(result.notes))


def test_without_a_wiped_out_line_no_note_counts_any():
    flows = flows_of([100, 50])
    result = smart.simulate(flows, policy_of(flows, tariff=[0.1, 0]), elasticities_of(flows))
    assert not any("reach zero" in note for note in texts(result.notes))


@rules
def test_the_rule_is_named_in_model_and_notes(rule):
    flows = flows_of([100, 50])
    result = smart.simulate(flows, policy_of(flows, tariff=[0.1, 0]), elasticities_of(flows), diversion=rule)
    assert result.model == ("smart" if rule == "differential" else "smart_discrete")
    assert any(rule in note for note in texts(result.notes))


@rules
def test_no_change_is_exactly_zero_everywhere(rule):
    flows = flows_of([[100, 50], [3, 7]], [[0.1, 0], [0.3, 2]])
    result = smart.simulate(flows, policy_of(flows), elasticities_of(flows, beta=[1, 5, 99, np.inf]), diversion=rule)
    changes = [
        c for c in result.lines if c.endswith("change") or c in ("price_effect", "trade_creation", "trade_diversion")
    ]
    assert (result.lines[changes] == 0).all(axis=None)
    assert (result.lines["import_value_new"] == result.lines["import_value_base"]).all()
    assert (result.markets.filter(like="change") == 0).all(axis=None)
    assert result.value("net_welfare_change") == 0


def test_export_instruments_are_refused():
    flows = flows_of([100, 50])
    for policy in (policy_of(flows, tax=[0.1, 0]), policy_of(flows, ceiling=[0.5, np.inf])):
        with pytest.raises(ParameterError, match="choose armington"):
            smart.simulate(flows, policy, elasticities_of(flows))


def test_domestic_sales_are_refused():
    flows = flows_of([100, 50], own_first=True)
    with pytest.raises(ParameterError, match="domestic"):
        smart.simulate(flows, policy_of(flows), elasticities_of(flows))


@rules
@LAWS
@given(value=values, shock=shocks, demand=elasticity, substitution=elasticity, supply=st.sampled_from([0.5, 5.0, 98.0]))
def test_a_rise_never_creates_trade_and_no_value_means_no_volume(rule, value, shock, demand, substitution, supply):
    flows = flows_of(value)
    elasticities = elasticities_of(flows, epsilon=-demand, sigma=substitution, beta=supply)
    lines = smart.simulate(flows, policy_of(flows, tariff=shock), elasticities, diversion=rule).lines
    assert (lines.trade_creation[shock >= 0] <= 1e-14 * value.max()).all()
    assert (lines.volume_change >= -1 - 1e-14).all()
    gone = lines.import_value_new == 0
    assert lines.volume_change[gone].to_numpy() == pytest.approx(-1, rel=1e-14)
    # who sells nothing loses the triangle above a straight supply line, which begins at a price of 1 − 1/Ex
    assert (lines.producer_surplus_change >= -lines.import_value_base / (2 * supply) * (1 + 1e-14)).all()


def test_a_wiped_out_line_with_finite_supply_by_hand():
    # M = 100, t 0 → 100%, Em = −2, Ex = 3: p̂* = −0.4, TC = −120 and PE = −40 are more than there is.
    # TC = −100, PE = 0; supply ends at a price of 2/3: ΔPS = −100/6
    flows = flows_of([100])
    result = smart.simulate(flows, policy_of(flows, tariff=1.0), elasticities_of(flows, epsilon=-2, beta=3))
    row = line(result)
    assert (row.import_value_new, row.price_effect, row.tariff_revenue_new) == (0, 0, 0)
    assert row.trade_creation == pytest.approx(-100, rel=1e-14)
    assert row.volume_change == pytest.approx(-1, rel=1e-14)
    assert row.producer_surplus_change == pytest.approx(-100 / 6, rel=1e-13)
