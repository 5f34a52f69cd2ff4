"""Rows that repeat an earlier one are found among few and among many possible keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.files.repeated_keys import repeated_keys


# times 1, keys are few and are marked; times 10^15 they are far apart and are hashed
@pytest.mark.parametrize("apart", [1, 10**15])
@given(st.lists(st.integers(0, 40), max_size=40))
def test_a_row_repeats_where_its_key_stands_in_an_earlier_row(apart, keys):
    key = np.array(keys, dtype=np.intp) * apart
    assert repeated_keys(key).tolist() == [one in keys[:row] for row, one in enumerate(keys)]
