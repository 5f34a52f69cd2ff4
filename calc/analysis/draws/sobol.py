"""Scrambled Sobol points in a few dimensions, without importing `scipy.stats`, which takes longer than all draws.

The points are those of `scipy.stats.qmc.Sobol(dimensions, rng=np.random.default_rng(seed))`, to the last digit. It
spawns a generator of its own from the one it is given, and so does this.

Sobol', I.M. (1967). The distribution of points in a cube and the approximate evaluation of integrals.
Joe, S., Kuo, F.Y. (2008). Constructing Sobol sequences with better two-dimensional projections. SIAM Journal on
Scientific Computing 30.
Matoušek, J. (1998). On the L2-discrepancy for anchored boxes. Journal of Complexity 14: the scrambling.
"""

import numpy as np

from calc.errors import ParameterError
from calc.flows import Array, IntArray

BITS = 30
# Joe & Kuo's table new-joe-kuo-6.21201, dimensions 2 to 8: degree s, coefficients a of its polynomial, m_1 to m_s
_DIRECTIONS = (
    (1, 0, (1,)),
    (2, 1, (1, 3)),
    (3, 1, (1, 3, 1)),
    (3, 2, (1, 1, 1)),
    (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
)
MOST = len(_DIRECTIONS) + 1


def scrambled_sobol(dimensions: int, power: int, seed: int) -> Array:
    """The first 2^power points of a Sobol sequence, scrambled by a random matrix and a shift [dimension, point].

        x = 2⁻³⁰ (L V g ⊕ s) mod 2,  g the Gray code of the point's number, V its directions, L lower triangular

    Parameters
    ----------
    dimensions : 1 to 8
    power : 0 to 30
    seed : of L and s

    Raises
    ------
    ParameterError
        There are more dimensions or points than directions.
    """
    if not 1 <= dimensions <= MOST:
        raise ParameterError(f"there are directions for 1 to {MOST} dimensions, not {dimensions}.")
    if not 0 <= power <= BITS:
        raise ParameterError(f"2^{power} points are more than the 2^{BITS} of the sequence.")
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
    weights = 2 ** np.arange(BITS, dtype=np.uint32)
    shift = rng.integers(2, size=(dimensions, BITS), dtype=np.uint32) @ weights
    scramble = np.tril(rng.integers(2, size=(dimensions, BITS, BITS), dtype=np.uint32))
    scramble[:, np.arange(BITS), np.arange(BITS)] = 1
    digits = _directions(dimensions)[:, None, :] >> np.arange(BITS)[::-1, None] & 1  # the first digit first
    directions = weights[::-1] @ (scramble @ digits % 2)
    points = shift[:, None]
    for column in range(power):  # the Gray code of the second half is that of the first, backwards, and one more digit
        points = np.concatenate([points, points[:, ::-1] ^ directions[:, column, None]], axis=1)
    return np.asarray(points * 2.0**-BITS, dtype=np.float64)


def _directions(dimensions: int) -> IntArray:
    """Direction numbers V, their first digit worth 2^29, by the recurrence of Joe & Kuo [dimension, number]."""
    found = np.ones((dimensions, BITS), dtype=np.uint32)
    for row, (degree, coefficients, first) in zip(found[1:], _DIRECTIONS, strict=False):
        row[:degree] = first
        for k in range(degree, BITS):
            new = int(row[k - degree]) ^ int(row[k - degree]) << degree
            for j in range(1, degree):
                if coefficients >> (degree - 1 - j) & 1:
                    new ^= int(row[k - j]) << j
            row[k] = new
    return found << np.arange(BITS, dtype=np.uint32)[::-1]
