"""From the law of a month to what is collected in it: goods in transit, late entries, and what is never paid.

    collected[m] = a law[m] + b law[m−1]        a + b = share of a lasting law that is collected

The two shares are those of US duty on Chinese goods, July 2018 to February 2020, by least squares without a constant.
They were settled then and stay, whatever came after.
"""

from dataclasses import dataclass

from calc.flows import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Lags:
    """How the law of a month is collected.

        collected[m] = this_month · law[m] + month_before · law[m−1]

    Parameters
    ----------
    this_month, month_before : shares of the law of the month, and of the month before it, that are paid in a month
    """

    this_month: float
    month_before: float

    @property
    def compliance(self) -> float:
        """Share of a lasting law that is collected: the sum of both."""
        return self.this_month + self.month_before


LAGS_OF = "USA"  # whose customs these are
LAGS = Lags(this_month=0.525, month_before=0.424)


def expected_rate(law: Array, law_before: Array, lags: Lags = LAGS) -> Array:
    """Rate that is collected in a month: a law[m] + b law[m−1]; the law itself at a = 1, b = 0."""
    rate: Array = lags.this_month * law + lags.month_before * law_before
    return rate
