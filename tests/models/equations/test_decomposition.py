"""The splits of welfare: along the path, and at base weights."""

import numpy as np
import pytest
from builders import LAWS, policy_of, texts
from hypothesis import given
from hypothesis import strategies as st
from worlds import DEFICITS, random_flows, seeds, shocked, solved

from calc.models import trade_equilibrium
from calc.models.equations.decomposition import (
    first_order_by_partner,
    first_order_decomposition,
    path_decomposition,
    refined_path_decomposition,
)
from calc.models.equations.world import income
from calc.published.caliendo_parro_2015 import nafta

# Splits of welfare


@LAWS
@given(seeds, st.sampled_from(DEFICITS))
def test_terms_of_trade_at_base_weights_are_worth_nothing_to_the_world(seed, deficits):
    flows, elasticities, rng = random_flows(seed)
    world, end = solved(flows, elasticities, shocked(flows, rng), deficits)
    worth = income(world)[:, None] * first_order_by_partner(world, end)[0]
    assert worth == pytest.approx(-worth.T, abs=1e-6 * np.abs(worth).max())
    assert abs(worth.sum()) <= 1e-10 * np.abs(worth).sum()


@pytest.mark.parametrize("deficits", DEFICITS)
def test_the_parts_along_the_path_add_up_to_real_income_and_the_error_falls_with_steps_squared(deficits):
    flows, elasticities, rng = random_flows(7)
    world, end = solved(flows, elasticities, shocked(flows, rng, 0.0, 0.2), deficits)
    gap = [path_decomposition(world, end, steps=steps).gap for steps in (8, 16, 32)]
    assert gap[0] / gap[1] == pytest.approx(4, rel=0.05)
    assert gap[1] / gap[2] == pytest.approx(4, rel=0.05)
    refined = refined_path_decomposition(world, end, accuracy=1e-9)
    assert refined.gap <= 1e-8
    fine, coarse = (path_decomposition(world, end, steps=steps).terms_of_trade for steps in (64, 32))
    assert refined.terms_of_trade == pytest.approx(fine + (fine - coarse) / 3, abs=1e-8)


def test_the_paper_s_shock_in_fifty_steps_closes_to_one_in_a_million():
    flows, policy, elasticities = nafta()
    world, end = solved(flows, elasticities, policy, "zero")
    path = path_decomposition(world, end, steps=50)
    assert path.kind == "along the path"
    assert path.gap <= 1.05e-6
    quick = refined_path_decomposition(world, end)
    assert quick.steps == 4
    assert quick.terms_of_trade == pytest.approx(path.terms_of_trade, abs=1e-6)
    first = first_order_decomposition(world, end)
    assert first.kind == "first order"
    assert first.gap > 0.01  # the paper's welfare of Mexico is 1.3 points off its real income


def test_the_two_splits_agree_for_small_shocks():
    flows, elasticities, rng = random_flows(8)
    change = rng.uniform(0, 1, len(flows.market)) * ~flows.domestic
    gaps = []
    for size in (1e-2, 1e-3):
        world, end = solved(flows, elasticities, policy_of(flows, tariff=flows.tariff_rate + size * change))
        path, first = path_decomposition(world, end, steps=4), first_order_decomposition(world, end)
        gaps.append(
            [
                np.abs(path.terms_of_trade - first.terms_of_trade).max(),
                np.abs(path.volume_of_trade - first.volume_of_trade).max(),
            ]
        )
    assert np.divide(*gaps) == pytest.approx(100, rel=0.1)


def test_the_path_may_be_left_out():
    flows, elasticities, rng = random_flows(9)
    result = trade_equilibrium.simulate(flows, shocked(flows, rng), elasticities, terms_of_trade=False)
    assert result.economies["terms_of_trade_change"].isna().all()
    assert not any("Terms of trade" in note for note in texts(result.notes))


def test_both_splits_of_real_income_are_columns_of_economies():
    flows, elasticities, rng = random_flows(1)
    policy = shocked(flows, rng)
    economies = trade_equilibrium.simulate(flows, policy, elasticities).economies
    world, end = solved(flows, elasticities, policy)
    first = first_order_decomposition(world, end)
    for name, part in (("terms", first.terms_of_trade), ("volume", first.volume_of_trade)):
        np.testing.assert_allclose(economies[f"first_order_{name}_of_trade_change"], part, rtol=1e-9)
    path = path_decomposition(world, end).terms_of_trade
    np.testing.assert_allclose(economies["terms_of_trade_change"], path, atol=1e-4)
