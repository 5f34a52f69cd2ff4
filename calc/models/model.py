"""`Model`: what a model says of itself, in one record at the foot of its own file.

Whatever another room needs to know of a model stands here, so that no other file needs to know its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from calc.flows import Flows
from calc.models.game import Game
from calc.models.steps.step import Row, Step
from calc.result import Result, Table

Simulate = Callable[..., Result]
"""`simulate(flows, policy, elasticities, *, options of the model)`."""
MakeGame = Callable[..., Game]
"""`game(flows, policy, elasticities, *, options of the model)`."""
Trace = Callable[[Result, Row, pd.DataFrame], tuple[Step, ...]]
"""Steps of one line of a result, given the line and all lines of its market."""


def suits_all(flows: Flows) -> str:
    """No reason why the model could not answer any data."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What people and other rooms need to know of a model.

    Parameters
    ----------
    name : in scenarios, links and files
    simulate : what answers; its keywords are the options below, those of `draws_options`, and `tables`
    label : short name for people
    includes, leaves_out : one sentence each
    references : papers, the first the model's own
    documents : docstrings that hold its equations, by heading
    limits : what to know before believing it, one sentence each
    unsuited : why it cannot answer some flows, in words that continue "Label: "; empty if it can
    rank : among the models that suit a dataset, the one of highest rank answers unless another is asked for
    instruments : of rules that it can carry out, as in `tariffs.rules.INSTRUMENTS`
    options : fields of `Assumptions` that are keywords of `simulate`
    incomes_move : real income and wages answer; the trade elasticity σ − 1 is its parameter, and σ alone is not
    linear_form_of : name of the exact model of which this one is the straight line; empty if it is exact itself
    diversion_sums_to_zero : trade diversion only moves trade between suppliers, however large the change
    trace : steps of one line from its base value to its new value, recomputed; None if not written out
    draws_options : keywords of `simulate` in the draws behind a range, where the whole answer takes too long
    not_drawn : column of `Result.economies` that is empty in these draws
    chooses_tables : `simulate` has the keyword `tables`, the names of those that it builds
    game : the model for optimal tariffs and tariff wars; None if it has no slopes
    """

    name: str
    simulate: Simulate
    label: str
    includes: str
    leaves_out: str
    references: tuple[str, ...]
    documents: Mapping[str, str | None]
    limits: tuple[str, ...]
    unsuited: Callable[[Flows], str] = suits_all
    rank: int = 0
    instruments: tuple[str, ...] = ("tariff",)
    options: tuple[str, ...] = ()
    incomes_move: bool = False
    linear_form_of: str = ""
    diversion_sums_to_zero: bool = False
    trace: Trace | None = None
    draws_options: Mapping[str, object] = field(default_factory=dict)
    not_drawn: str = ""
    chooses_tables: bool = False
    game: MakeGame | None = None

    def only(self, *tables: Table) -> Mapping[str, object]:
        """Keywords of `simulate` where its headline numbers and these tables are read, and no others."""
        return {**self.draws_options, **({"tables": tables} if self.chooses_tables else {})}
