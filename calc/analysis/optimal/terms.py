"""What is asked of a search for tariffs, as Python has it and as the command line writes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from calc.analysis.optimal.instruments import Kind
from calc.analysis.optimal.player import BOUNDS, REVENUE, WELFARE, Bounds, Goal
from calc.errors import ParameterError, did_you_mean

BY: Mapping[str, Kind] = {"one": "uniform", "partner": "by_partner", "product": "by_product", "line": "all"}
"""What the command line calls the instruments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is chosen, within which bounds, and what for.

    Parameters
    ----------
    kind : of the instruments
    exporters, products : imports on which rates are chosen; empty = all
    bounds : lowest and highest rate, fractions
    objective : the goal
    starts : of the search
    """

    kind: Kind = "uniform"
    exporters: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    bounds: Bounds = BOUNDS
    objective: Goal = WELFARE
    starts: int = 2

    def options(self) -> str:
        """Options of the command line that ask for the same, what stands at its default left out."""
        default, by = Terms(), {kind: word for word, kind in BY.items()}
        low, high = (f"{100 * bound:.17g}" for bound in self.bounds)
        parts = [
            f"--by {by[self.kind]}" if self.kind != default.kind else "",
            *(f"--exporters {code}" for code in self.exporters),
            *(f"--products {code}" for code in self.products),
            f"--lowest {low}" if self.bounds[0] != default.bounds[0] else "",
            f"--highest {high}" if self.bounds[1] != default.bounds[1] else "",
            f"--goal {written_goal(self.objective)}" if self.objective != default.objective else "",
            f"--starts {self.starts}" if self.starts != default.starts else "",
        ]
        return "".join(f" {part}" for part in parts if part)


def written_goal(goal: Goal) -> str:
    """A goal as the command line has it: `welfare`, `welfare=1,revenue=0.5`."""
    if isinstance(goal, str):
        return goal
    return ",".join(f"{name}={weight:g}" for name, weight in goal.items())


def read_goal(text: str) -> Goal:
    """A goal from the command line.

    Raises
    ------
    ParameterError
        No goal, or a weight that is no number.
    """
    if "=" not in text:
        return text
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        try:
            weights[name.strip()] = float(number)
        except ValueError as error:
            known = (WELFARE, REVENUE)
            raise ParameterError(
                f"--goal {text}: write a weight for each goal{did_you_mean(name.strip(), known)}, such as "
                f"{WELFARE}=1,{REVENUE}=0.5."
            ) from error
    return weights
