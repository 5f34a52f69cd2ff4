"""Scrambled Sobol' points: those of SciPy, bit for bit."""

import numpy as np
import pytest
from scipy.stats import qmc

from calc.analysis.draws.sobol import MOST_DIMENSIONS, scrambled_sobol


@pytest.mark.parametrize("dimensions", range(1, MOST_DIMENSIONS + 1))
@pytest.mark.parametrize("exponent", [0, 1, 8, 11])
def test_the_points_are_those_of_scipy(dimensions, exponent):
    for seed in (0, 1, 20261127):
        theirs = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed)).random_base2(exponent)
        ours = scrambled_sobol(2**exponent, dimensions, np.random.default_rng(seed))
        np.testing.assert_array_equal(ours, theirs.T)


def test_the_first_points_do_not_depend_on_how_many_are_asked_for():
    many, few = (scrambled_sobol(count, 3, np.random.default_rng(1)) for count in (1000, 37))
    np.testing.assert_array_equal(many[:, :37], few)
