"""Which rows repeat an earlier one, by a number for the combination of their keys."""

import numpy as np
import pandas as pd

from calc.flows import BoolArray, IntArray

MANY = 2**20  # rows
DENSE = 16  # possible keys a row for which marking them takes a tenth of the time of hashing


def repeated_keys(key: IntArray) -> BoolArray:
    """Rows whose key stands in an earlier row [row].

    Parameters
    ----------
    key : 0 or more [row]
    """
    if not len(key):
        return np.zeros(0, dtype=bool)
    possible = int(key.max()) + 1
    if possible <= DENSE * len(key):
        there = np.zeros(possible, dtype=bool)
        there[key] = True
        if np.count_nonzero(there) == len(key):
            return np.zeros(len(key), dtype=bool)
    elif len(key) > MANY:  # sorting numbers takes a tenth of the time of hashing so many
        ordered = np.sort(key.astype(np.uint32) if possible < 2**32 else key)
        if (ordered[1:] != ordered[:-1]).all():
            return np.zeros(len(key), dtype=bool)
    repeated: BoolArray = pd.Index(key).duplicated()
    return repeated
