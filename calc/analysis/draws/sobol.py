"""Sobol' sequences in a few dimensions, scrambled as by Matousek (1998): the points of `scipy.stats.qmc.Sobol`.

Importing `scipy.stats` takes longer than all draws of a scenario, and nothing else of it is needed for them.
"""

import numpy as np
import numpy.typing as npt

from calc.flows import Array

BITS = 30
# Primitive polynomials and first direction numbers of each dimension (Joe & Kuo 2008); the first has all ones.
_POLYNOMIALS = (1, 3, 7, 11, 13, 19)
_FIRST = ((1,), (1,), (1, 3), (1, 3, 1), (1, 1, 1), (1, 1, 3, 3))
MOST_DIMENSIONS = len(_POLYNOMIALS)

Bits = npt.NDArray[np.uint32]


def scrambled_sobol(count: int, dimensions: int, rng: np.random.Generator) -> Array:
    """The first points of a scrambled Sobol' sequence, [dimension, point], in [0, 1).

        x[k] = s ⊕ v[b1] ⊕ v[b2] ⊕ …,    b1, b2, … the bits of the Gray code of k; s the shift, v the directions

    Parameters
    ----------
    count : of points
    dimensions : at most 6
    rng : its first child draws the shift, then the matrices that scramble the directions
    """
    rng = rng.spawn(1)[0]
    places = np.left_shift(np.uint32(1), np.arange(BITS, dtype=np.uint32))
    shift = rng.integers(2, size=(dimensions, BITS), dtype=np.uint32) @ places
    matrices = np.tril(rng.integers(2, size=(dimensions, BITS, BITS), dtype=np.uint32))
    matrices[:, range(BITS), range(BITS)] = 1
    directions = _scrambled(_directions(dimensions), matrices, places)
    number = np.arange(count, dtype=np.uint32)
    gray = number ^ (number >> np.uint32(1))
    points: Bits = np.repeat(shift[:, None], count, axis=1)
    for bit in range(int(count).bit_length()):
        points[:, (gray >> np.uint32(bit)) & np.uint32(1) == 1] ^= directions[:, bit, None]
    return points / 2.0**BITS


def _directions(dimensions: int) -> Bits:
    """Direction numbers [dimension, bit], the largest bit first."""
    rows = []
    for polynomial, first in zip(_POLYNOMIALS[:dimensions], _FIRST, strict=False):
        degree, row = polynomial.bit_length() - 1, list(first)
        while len(row) < BITS:
            new = row[-degree] if degree else 1
            for k in range(degree):
                if polynomial >> (degree - 1 - k) & 1:
                    new ^= row[-1 - k] << (k + 1)
            row.append(new)
        rows.append([value << (BITS - 1 - place) for place, value in enumerate(row)])
    return np.array(rows, dtype=np.uint32)


def _scrambled(directions: Bits, matrices: Bits, places: Bits) -> Bits:
    """Each direction times its matrix, modulo 2; bits from the largest [dimension, direction]."""
    bits = (directions[:, :, None] >> np.arange(BITS - 1, -1, -1, dtype=np.uint32)) & np.uint32(1)
    product = np.einsum("dpi,dji->djp", matrices, bits) & np.uint32(1)
    found: Bits = product[:, :, ::-1] @ places
    return found
