"""The protocol: which months are fitted to, which are only looked at, and the beliefs that are tested.

The lags (`calc.tariffs.lags`) were settled on 2018-20, and the elasticity on estimates before 2020. Nothing here
may be moved by what came after.
"""

import numpy as np

from calc.assumptions import Assumptions
from calc.scenario import Scenario

ELASTICITIES, PASS_THROUGH_PCT = "uniform", 90.0
AI_LIST = "list:electronics-2025-04-11"
# The lowest share of imports that a change can leave is 0, so a rise counts up to as much: +100%.
MOST = 1.0


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Months from the first to the last, both included: `2025-05`."""
    return tuple(
        str(month) for month in np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + np.timedelta64(1, "M"))
    )


def month_before(month: str) -> str:
    """The month before a month."""
    return str(np.datetime64(month, "M") - np.timedelta64(1, "M"))


def year_before(month: str) -> str:
    """The same month one year earlier."""
    return str(np.datetime64(month, "M") - np.timedelta64(12, "M"))


FIT_BEFORE, FIT_AFTER = "2017H2", "2019H2"
FIT_LAW_BEFORE = ("2018-01",)  # the record begins there; nothing had changed since 2017
FIT_LAW_AFTER = months_between("2019-07", "2019-12")
COLLECTED_FIT = months_between("2018-07", "2020-02")
BASE_YEAR = months_between("2024-01", "2024-12")
TEST_CELLS = months_between("2025-05", "2025-06")
TEST_HALF_YEAR = months_between("2025-07", "2025-12")
TEST_COLLECTED = months_between("2025-06", "2026-03")
EXPECTED_MONTHS = months_between("2024-10", "2026-03")
FISCAL_2025 = months_between("2024-10", "2025-09")
CALENDAR_2025 = months_between("2025-01", "2025-12")


def beliefs_on_trial() -> Scenario:
    """The beliefs that are tested unless told otherwise: one elasticity for all products, pass-through of 90%."""
    return Scenario(
        title="Back-test",
        elasticities=ELASTICITIES,
        draws=100,
        assumptions=Assumptions(pass_through_pct=PASS_THROUGH_PCT),
    )
