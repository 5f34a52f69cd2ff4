"""Scrambled Sobol points are those of SciPy, which takes longer to import than they take to make."""

import numpy as np
import pytest

from calc.analysis.draws.sobol import MOST, scrambled_sobol
from calc.errors import ParameterError


@pytest.mark.parametrize(("dimensions", "power", "seed"), [(1, 0, 0), (3, 8, 1), (6, 11, 7), (MOST, 10, 2**63)])
def test_points_are_those_of_scipy_to_the_last_digit(dimensions: int, power: int, seed: int) -> None:
    from scipy.stats import qmc

    theirs = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed)).random_base2(power)
    np.testing.assert_array_equal(scrambled_sobol(dimensions, power, seed), theirs.T)


def test_each_dyadic_interval_holds_one_point_in_every_dimension() -> None:
    cells = np.sort((scrambled_sobol(MOST, 6, 3) * 64).astype(int), axis=1)
    np.testing.assert_array_equal(cells, np.broadcast_to(np.arange(64), cells.shape))


@pytest.mark.parametrize(("dimensions", "power"), [(0, 3), (MOST + 1, 3), (3, 31), (3, -1)])
def test_more_dimensions_or_points_than_there_are_directions_is_refused(dimensions: int, power: int) -> None:
    with pytest.raises(ParameterError):
        scrambled_sobol(dimensions, power, 1)
