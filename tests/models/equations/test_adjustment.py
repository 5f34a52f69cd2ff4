"""The response of trade in the months after a measure."""

import numpy as np
import pytest

from calc.models.equations.adjustment import FIRST_RESPONSE, LAST_RESPONSE, MONTHS_TO_LAST, response_after


def test_the_response_rises_from_first_to_last_and_stays():
    path = [response_after(months) for months in range(61)]
    assert path[0] == pytest.approx(FIRST_RESPONSE / LAST_RESPONSE)
    assert np.all(np.diff(path[: MONTHS_TO_LAST + 1]) > 0)
    assert set(path[MONTHS_TO_LAST:]) == {1.0}
    assert response_after(None) == 1.0


def test_five_of_fifteen_months_by_hand():
    # 1.4 + 2.3/3 = 2.1667, over 3.7
    assert response_after(5) == pytest.approx((1.4 + 2.3 / 3) / 3.7, rel=1e-15)
