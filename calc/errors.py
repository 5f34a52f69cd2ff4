"""Errors, each meant to be read by the person who caused it.

    CalcError
    ├── DataError          a dataset, table or file that breaks a rule
    ├── ScenarioError      a scenario or rule that cannot be carried out
    ├── ParameterError     a number outside the range a model is defined on
    └── ConvergenceError   an equilibrium that was not found

A message names the place (file, line, column), the first offending keys, the rule and the remedy.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import partial


class CalcError(Exception):
    """Any error of this package that a user can act on."""


class DataError(CalcError):
    """A dataset, table or file breaks a rule of its format."""


class ScenarioError(CalcError):
    """A scenario names something that does not exist or asks for something impossible.

    Parameters
    ----------
    key : of the scenario file at fault, by which its reader finds the line; empty where there is none or it is unknown
    """

    def __init__(self, message: str = "", *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class ParameterError(CalcError):
    """A model parameter lies outside the range on which the model is defined."""


class ConvergenceError(CalcError):
    """An equilibrium was not found; the numbers reached so far are withheld.

    Parameters
    ----------
    message : why, also kept as `reason`
    residual : largest relative residual at the last iterate
    iterations : iterations spent
    """

    def __init__(self, message: str, *, residual: float, iterations: int) -> None:
        self.reason = message
        super().__init__(f"{message} (residual {residual:.1e} after {iterations} iterations)")
        self.residual = residual
        self.iterations = iterations

    def __reduce__(self) -> tuple[Callable[[str], "ConvergenceError"], tuple[str]]:
        """Errors of other processes come back whole, with what stands behind the message."""
        return partial(type(self), residual=self.residual, iterations=self.iterations), (self.reason,)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint to append to a word in a message, empty if nothing known is near: ` (did you mean 'CHN'?)`."""
    near = closest(word, known)
    return f" (did you mean {near!r}?)" if near else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word most like the given one, whatever its case; empty if none is."""
    by_fold = {str(other).casefold(): str(other) for other in known}
    near = get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.5)
    return by_fold[near[0]] if near else ""
