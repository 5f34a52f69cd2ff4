"""Markets with one supply elasticity: the formula beside the solver, and blocks of markets."""

from dataclasses import fields

import numpy as np
import pytest
from armington_cases import epsilons, rates, shocks, sigmas, values
from builders import LAWS, elasticities_of, flows_of, policy_of
from hypothesis import given
from hypothesis import strategies as st

from calc.models import armington
from calc.models.equations.common_supply import Changes, fill_by_formula
from calc.models.equations.hit_lines import blocks_of

NAMES = [field.name for field in fields(Changes)]
RELATIVE = ("composite_log", "world_price", "landed_price", "volume")
supplies = st.lists(st.one_of(st.sampled_from([0.0, np.inf]), st.floats(0.1, 60)), min_size=2, max_size=2)


@st.composite
def alike(draw):
    """Two markets of three suppliers each, who have one supply elasticity in a market."""
    base = draw(rates)
    flows = flows_of(draw(values), base.reshape(2, 3))
    policy = policy_of(flows, tariff=(1 + base) * (1 + draw(shocks)) - 1)
    beta = np.repeat(draw(supplies), 3)
    return flows, policy, elasticities_of(flows, epsilon=draw(epsilons), sigma=draw(sigmas), beta=beta)


def room(flows):
    lines = {name: np.full(len(flows.market), np.nan) for name in NAMES if name != "composite_log"}
    return Changes(composite_log=np.zeros(len(flows.market_start)), **lines)


def filled(flows, policy, elasticities, *, lines):
    changes = room(flows)
    blocks = blocks_of(flows, lines)
    with np.errstate(all="ignore"):
        left = fill_by_formula(flows, policy.tariff_new, elasticities, blocks, changes)
    return changes, left


@LAWS
@given(case=alike())
def test_the_formula_gives_what_the_solver_finds(case):
    flows, policy, elasticities = case
    changes, left = filled(*case, lines=3)
    solved = room(flows)
    with np.errstate(all="ignore"):
        for block in blocks_of(flows):
            armington._fill_solved(flows, policy, elasticities, block, solved)
    for block in (block for block in blocks_of(flows, 3) if block not in left):
        largest = flows.import_value[block.lines].max()
        for name in NAMES:
            part = block.markets if name == "composite_log" else block.lines
            unit = 1.0 if name in RELATIVE else largest
            near = pytest.approx(getattr(solved, name)[part], rel=1e-9, abs=1e-11 * unit)
            assert getattr(changes, name)[part] == near, name


def test_only_markets_with_a_formula_are_filled_by_it():
    # σ = 1 has another index, unequal supply none, and a duty of 99,900% leaves 0.4% of spending
    values, tariff = np.ones((4, 2)), np.full((4, 2), 0.2)
    tariff[3] = 999.0
    flows = flows_of(values)
    beta = np.full(8, 2.0)
    beta[2] = 5.0
    elasticities = elasticities_of(flows, sigma=[1.0, 3.0, 3.0, 3.0], beta=beta)
    _, left = filled(flows, policy_of(flows, tariff=tariff), elasticities, lines=1)
    assert [block.markets.start for block in left] == [0, 1, 3]


def test_answers_do_not_depend_on_the_size_of_blocks():
    rng = np.random.default_rng(3)
    flows = flows_of(rng.lognormal(10, 2, (40, 6)), rng.uniform(0, 0.2, (40, 6)))
    policy = policy_of(flows, tariff=rng.uniform(0, 0.5, 240))
    elasticities = elasticities_of(flows, sigma=rng.uniform(1.5, 5, 40), beta=np.repeat(rng.uniform(1, 20, 40), 6))
    (one, _), (other, _) = (filled(flows, policy, elasticities, lines=lines) for lines in (12, 1000))
    for name in NAMES:
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-14, abs=0)
