"""Draws of elasticities and pass-through: as wide as their sources say, and the same whoever asks."""

import numpy as np
import pytest
from builders import elasticities_of, flows_of, shifts
from scipy.stats import kstest, norm, uniform

from calc.analysis.draws.evidence import (
    DIMENSIONS,
    EVIDENCE,
    Distributions,
    Interval,
    LogNormal,
    drawn_elasticities,
    parameter_names,
    product_factors,
    unit_points,
)

MANY = 4096


@pytest.mark.parametrize(
    ("distribution", "ratio"),
    [
        (EVIDENCE.armington_elasticity, 5.1 / 2.5),  # Bajzik et al. 2020
        (EVIDENCE.trade_elasticity, 8 / 4),  # Ignatenko et al. 2025
        (EVIDENCE.import_demand_elasticity, 1.5 / 0.5),  # a convention
    ],
)
def test_nine_draws_in_ten_lie_within_the_published_range(distribution, ratio):
    low, high = distribution.ends
    assert high / low == pytest.approx(ratio)
    factor = np.exp(distribution.sd * norm.ppf(unit_points(MANY, 1)[0]))
    # 3.29 is 2 x 1.645 rounded, and 4,096 points know a share of 90% to 0.5%
    assert np.mean((factor > low) & (factor < high)) == pytest.approx(0.9, abs=0.005)
    assert np.median(factor) == pytest.approx(1, abs=0.01)


def test_common_shifts_are_normal_in_logs_and_pass_through_is_uniform():
    drawn = shifts()
    assert kstest(np.log(drawn.substitution) / EVIDENCE.armington_elasticity.sd, norm.cdf).pvalue > 0.5
    assert kstest(np.log(drawn.demand) / EVIDENCE.import_demand_elasticity.sd, norm.cdf).pvalue > 0.5
    assert kstest(drawn.pass_through, uniform(0.8, 0.2).cdf).pvalue > 0.5


def test_common_shifts_are_independent_of_each_other():
    drawn = shifts()
    correlation = np.corrcoef([np.log(drawn.substitution), np.log(drawn.demand), drawn.pass_through])
    assert np.abs(correlation - np.eye(3)).max() < 0.02


@pytest.mark.parametrize(
    ("centre", "ends"), [(1.0, (0.8, 1.0)), (0.95, (0.8, 1.0)), (0.5, (0.4, 0.6)), (0.0, (0.0, 0.2))]
)
def test_pass_through_stays_between_none_and_all(centre, ends):
    assert EVIDENCE.pass_through.around(centre) == pytest.approx(ends)


def test_where_incomes_move_the_shift_is_one_of_the_trade_elasticity():
    sigma, theta = np.log(shifts().substitution), np.log(shifts(equilibrium=True).substitution)
    np.testing.assert_allclose(theta / sigma, np.log(2) / np.log(5.1 / 2.5))
    flows = flows_of([[1.0, 2.0], [3.0, 4.0]])
    central = elasticities_of(flows, sigma=5.0)
    noise = product_factors(0.25, 1, 0, 4, 2)
    drawn = drawn_elasticities(central, flows, shifts(4, equilibrium=True), noise, 2, general_equilibrium=True)
    expected = 1 + 4 * shifts(4, equilibrium=True).substitution[2] * noise[0][:, 2]
    np.testing.assert_allclose(drawn.armington_elasticity, expected)


def test_more_draws_begin_with_the_same_ones():
    few, many = shifts(200), shifts(1000)
    np.testing.assert_array_equal(few.substitution, many.substitution[:200])
    np.testing.assert_array_equal(few.pass_through, many.pass_through[:200])


def test_the_noise_of_a_draw_does_not_depend_on_the_block_it_comes_in():
    whole = product_factors(0.25, 7, 0, 30, 50)
    parts = [product_factors(0.25, 7, first, 10, 50) for first in (0, 10, 20)]
    for kind in (0, 1):
        np.testing.assert_array_equal(whole[kind], np.concatenate([part[kind] for part in parts], axis=1))


def test_noise_is_between_products_independent_and_as_wide_as_stated():
    substitution, demand = (np.log(factor) for factor in product_factors(0.25, 1, 0, 200, 500))
    # 100,000 numbers know their standard deviation to 0.2%
    assert substitution.std() == pytest.approx(0.25, rel=0.01)
    assert demand.std() == pytest.approx(0.25, rel=0.01)
    assert abs(np.corrcoef(substitution.ravel(), demand.ravel())[0, 1]) < 0.01
    assert abs(np.corrcoef(substitution[0], substitution[1])[0, 1]) < 0.25  # 200 pairs know it to 0.07


def test_a_single_product_has_no_noise_of_its_own():
    assert (product_factors(0.25, 1, 0, 10, 1)[0] == 1).all()
    assert (product_factors(0.0, 1, 0, 10, 5)[0] == 1).all()


def test_nobody_can_change_the_noise_that_everybody_gets():
    with pytest.raises(ValueError, match="read-only"):
        product_factors(0.25, 1, 0, 10, 5)[0][0, 0] = 2.0


def test_other_seeds_give_other_draws():
    assert (shifts(20, seed=1).substitution != shifts(20, seed=2).substitution).all()
    assert (product_factors(0.25, 1, 0, 5, 5)[0] != product_factors(0.25, 2, 0, 5, 5)[0]).all()
    assert (product_factors(0.25, 1, 0, 5, 5)[0] != product_factors(0.25, 1, 0, 5, 5)[1]).all()


def test_a_distribution_without_width_leaves_every_elasticity_as_it_is():
    still = Distributions(
        armington_elasticity=LogNormal(1, 1, "none"),
        trade_elasticity=LogNormal(1, 1, "none"),
        import_demand_elasticity=LogNormal(1, 1, "none"),
        pass_through=Interval(0.0, "none"),
        product_noise=0.0,
    )
    flows = flows_of([[1.0, 2.0], [3.0, 4.0]])
    central = elasticities_of(flows, epsilon=[-1.3, -0.7], sigma=[3.8, 2.9])
    for equilibrium in (False, True):
        drawn = drawn_elasticities(
            central,
            flows,
            shifts(5, equilibrium=equilibrium, distributions=still),
            product_factors(0.0, 1, 0, 5, 2),
            3,
            general_equilibrium=equilibrium,
        )
        for name in ("armington_elasticity", "import_demand_elasticity", "export_supply_elasticity"):
            np.testing.assert_array_equal(getattr(drawn, name), getattr(central, name))


def test_pass_through_sets_the_supply_elasticity_at_the_drawn_substitution():
    flows = flows_of([[1.0, 2.0]])
    drawn = drawn_elasticities(
        elasticities_of(flows), flows, shifts(8), product_factors(0.0, 1, 0, 8, 1), 5, general_equilibrium=False
    )
    rho = shifts(8).pass_through[5]
    np.testing.assert_allclose(drawn.export_supply_elasticity, drawn.armington_elasticity[0] * rho / (1 - rho))


def test_pass_through_is_drawn_where_supply_follows_from_it_and_where_incomes_move_the_trade_elasticity_alone():
    assert parameter_names(general_equilibrium=False, supply_drawn=True) == DIMENSIONS
    assert parameter_names(general_equilibrium=False, supply_drawn=False) == DIMENSIONS[:2]
    assert parameter_names(general_equilibrium=True, supply_drawn=False) == DIMENSIONS[:1]
