"""Which rows repeat an earlier one, by a number for the combination of their keys."""

import numpy as np
import pandas as pd

from calc.flows import BoolArray, IntArray

_DENSE = 16  # possible keys a row for which marking them takes a tenth of the time of hashing


def repeated_keys(key: IntArray) -> BoolArray:
    """Rows whose key stands in an earlier row [row].

    Parameters
    ----------
    key : 0 or more [row]
    """
    possible = int(key.max(initial=-1)) + 1
    if possible <= _DENSE * len(key):
        there = np.zeros(possible, dtype=bool)
        there[key] = True
        if np.count_nonzero(there) == len(key):
            return np.zeros(len(key), dtype=bool)
    repeated: BoolArray = pd.Index(key).duplicated()
    return repeated
