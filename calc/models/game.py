"""`Game`: a model as those see it who choose tariffs: what each economy gains, and how that answers every rate.

A model makes its game of flows, a policy and elasticities, as `simulate` takes them. Tariffs are what is chosen; export
taxes stay as the policy has them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from calc.flows import Array
from calc.result import Solution

Differentiate = Callable[[Array, Array], tuple[float, Array]]
"""Weights of gains and of revenue [economy] → Σ a gain + b revenue, US$, and its slope by ln(1+t) [line]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Payoffs:
    """What one set of tariffs brings, [economy].

    Parameters
    ----------
    unknowns : of the model, from which the next solution starts
    gain : equivalent variation where incomes move, net welfare elsewhere, US$ against the base
    revenue : change of tariff revenue, US$
    differentiate : weighted sums of the two and their slopes
    solution : residual, iterations, seconds
    """

    unknowns: Array
    gain: Array
    revenue: Array
    differentiate: Differentiate
    solution: Solution


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Game:
    """A model of which tariffs are asked.

    Parameters
    ----------
    payoffs : t1 [line], and the payoffs of tariffs nearby or None → the payoffs there
    size : what gains are measured by: income in the base, in partial models spending on imports, US$ [economy]
    first_guess : a rate to start the search from, by the rule of the optimal tariff: 1/θ or 1/β, at most 1 [line]
    """

    payoffs: Callable[[Array, Payoffs | None], Payoffs]
    size: Array
    first_guess: Array
