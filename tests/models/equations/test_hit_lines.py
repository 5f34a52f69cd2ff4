"""Lines that are hit, blocks of markets, and the models' answers on hit lines beside those on all lines."""

from dataclasses import fields

import numpy as np
import pytest
from builders import elasticities_of, flows_of, policy_of

from calc.flows import lines_of_markets, sum_by_market
from calc.models import armington, smart
from calc.models.equations import hit_lines as module
from calc.models.equations.hit_lines import Block, blocks_of, fill_lines, hit_lines

MARKETS, EXPORTERS = 60, 7


def partly_hit(seed, *, most=EXPORTERS):
    """Markets of which none to `most` lines are hit, some so hard that they end, and supply of every kind."""
    rng = np.random.default_rng(seed)
    shape = (MARKETS, EXPORTERS)
    flows = flows_of(rng.lognormal(10, 2, shape), rng.uniform(0, 0.3, shape))
    number = rng.integers(0, most + 1, (MARKETS, 1))
    hit = rng.permuted(np.arange(EXPORTERS) < number, axis=1).ravel()
    tariff = np.where(hit, flows.tariff_rate + rng.uniform(-0.3, 1.5, len(hit)), flows.tariff_rate)
    beta = rng.choice([0.5, 5.0, 98.0, 99.0, np.inf], MARKETS)
    elasticities = elasticities_of(
        flows,
        epsilon=-rng.uniform(0.3, 3, MARKETS),
        sigma=rng.uniform(0.5, 8, MARKETS),
        beta=np.repeat(beta, EXPORTERS),
    )
    return flows, policy_of(flows, tariff=tariff), elasticities


@pytest.mark.parametrize("lines", [1, 2, 5, 7, 100])
def test_blocks_hold_every_market_once_and_whole(lines):
    flows = flows_of(np.ones((9, 3)))
    blocks = blocks_of(flows, lines)
    assert [k for block in blocks for k in range(27)[block.lines]] == list(range(27))
    assert [k for block in blocks for k in range(9)[block.markets]] == list(range(9))
    assert all(flows.market_start[block.markets.start] == block.lines.start for block in blocks)


@pytest.mark.parametrize("most", [1, 2, EXPORTERS])
@pytest.mark.parametrize("most_hit", [0.0, 1.0])
def test_sums_and_what_holds_in_a_market_meet_the_lines_that_are_hit(monkeypatch, most, most_hit):
    monkeypatch.setattr(module, "MOST_HIT", most_hit)
    flows, policy, elasticities = partly_hit(5, most=most)
    changed = policy.tariff_new != flows.tariff_rate
    for block in blocks_of(flows, 100):
        hit = hit_lines(flows, policy.tariff_new, block)
        assert hit.all_of_block == (most_hit == 0.0)
        found = np.zeros(MARKETS)
        found[hit.market] = hit.sums(hit.own(flows.import_value[block.lines]) * (hit.shock != 0))
        expected = sum_by_market(flows, flows.import_value * changed)[block.markets]
        assert found[block.markets] == pytest.approx(expected, rel=1e-14)
        sigma = elasticities.armington_elasticity
        of_lines = np.repeat(sigma, lines_of_markets(flows))[block.lines]
        assert (hit.of_lines(sigma) == hit.own(of_lines)).all()
        assert (hit.spread(sigma[hit.market]) == hit.own(of_lines)).all()
        room = np.empty(len(of_lines))
        fill_lines(flows, block, sigma, room)
        assert (room == of_lines).all()


def test_where_nothing_changes_no_line_is_hit():
    flows, _, _ = partly_hit(1)
    whole = Block(markets=slice(0, MARKETS), lines=slice(0, MARKETS * EXPORTERS))
    hit = hit_lines(flows, flows.tariff_rate, whole)
    assert len(hit.shock) == len(hit.sums(hit.shock)) == len(hit.spread(hit.shock)) == 0


@pytest.mark.parametrize("most", [1, 3, EXPORTERS])
@pytest.mark.parametrize(
    "effects_of",
    [armington.effects_of, smart.effects_of, lambda *asked: smart.effects_of(*asked, diversion="discrete")],
    ids=["armington", "smart", "smart_discrete"],
)
def test_answers_on_hit_lines_are_those_on_all_lines(monkeypatch, effects_of, most):
    for seed in range(5):
        asked = partly_hit(seed, most=most)
        monkeypatch.setattr(module, "MOST_HIT", 0.0)
        whole = effects_of(*asked)[:2]
        monkeypatch.setattr(module, "MOST_HIT", 1.0)
        alone = effects_of(*asked)[:2]
        for one, other in zip(whole, alone, strict=True):
            for name in (field.name for field in fields(one)):
                expected = getattr(one, name)
                near = pytest.approx(expected, rel=1e-12, abs=1e-12 * np.abs(expected).max())
                assert getattr(other, name) == near, name


def by_the_formula(flows, policy, elasticities, rule):
    """SMART as its paper writes it, on every line: new trade, its parts and the change of consumer surplus."""
    spread = lines_of_markets(flows)
    demand = np.repeat(elasticities.import_demand_elasticity, spread)
    supply = elasticities.export_supply_elasticity
    value = flows.import_value
    shock = (policy.tariff_new - flows.tariff_rate) / (1 + flows.tariff_rate)
    infinite = supply >= 99
    finite = np.where(infinite, 1.0, supply)
    price = np.where(infinite, 0.0, demand * shock / (finite - demand))
    creation = value * np.where(infinite, demand * shock, demand * shock / (1 - demand / finite))
    effect, diversion = value * price, rule(flows, shock, elasticities.armington_elasticity)
    gone = value + creation + diversion + effect < 0
    creation[gone], effect[gone] = -(value + diversion)[gone], 0.0
    volume = np.where(gone, -1.0, (creation + diversion) / value)
    landed = (1 + price) * (1 + policy.tariff_new) - (1 + flows.tariff_rate)
    return {
        "world_price_change": price,
        "landed_price_change": landed / (1 + flows.tariff_rate),
        "volume_change": volume,
        "import_value_new": np.where(gone, 0.0, value + creation + diversion + effect),
        "price_effect": effect,
        "trade_creation": creation,
        "trade_diversion": diversion,
    }, {
        "composite_price_change": sum_by_market(flows, flows.expenditure_share * landed / (1 + flows.tariff_rate)),
        "composite_volume_change": sum_by_market(flows, flows.expenditure_share * volume),
        "consumer_surplus_change": -sum_by_market(flows, landed * value * (2 + volume)) / 2,
    }


@pytest.mark.parametrize("most", [1, 3, EXPORTERS])
@pytest.mark.parametrize(
    ("diversion", "rule"),
    [("differential", smart.trade_diversion_differential), ("discrete", smart.trade_diversion_discrete)],
)
def test_smart_on_hit_lines_is_the_formula_of_its_paper_on_every_line(diversion, rule, most):
    for seed in range(5):
        asked = partly_hit(seed, most=most)
        for found, expected in zip(
            smart.effects_of(*asked, diversion=diversion), by_the_formula(*asked, rule), strict=True
        ):
            for name, values in expected.items():
                near = pytest.approx(values, rel=1e-12, abs=1e-12 * np.abs(values).max())
                assert getattr(found, name) == near, name
