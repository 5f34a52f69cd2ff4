"""What can be chosen in the Sensitivity view, and how the link keeps it."""

from collections.abc import Mapping

from calc.glossary import GLOSSARY
from calc.page.link import Control, number_between, one_of
from calc.scenario import MAX_RULES

DETAILS = {
    "two_way": "Two assumptions at once",
    "goal": "Reach a goal",
    "shares": "What explains the range",
    "sources": "Sources of the ranges",
}
GOALS = {"revenue": "Most revenue", "imports": "Cut imports", "price": "Limit the price"}
SCOPES = {"targeted": "Imports the rule hits", "all": "All imports"}
WHOLE = ""  # the outcome or the rule that the view begins with


def _yes(text: str) -> bool:
    if text != "True":
        raise ValueError(text)
    return True


def _place(text: str) -> int:
    return int(number_between(0, MAX_RULES)(text))


CONTROLS: Mapping[str, Control] = {
    "outcome": Control(default=WHOLE, read=one_of([name for name in GLOSSARY if GLOSSARY[name].unit != "text"])),
    "varied_rule": Control(default=0, read=_place),
    "curve_range": Control(default=False, read=_yes),
    "sensitivity_detail": Control(default="two_way", read=one_of(list(DETAILS))),
    "goal": Control(default="revenue", read=one_of(list(GOALS))),
    "goal_scope": Control(default="targeted", read=one_of(list(SCOPES))),
    "goal_cut": Control(default=50.0, read=number_between(0.1, 99.9)),
    "goal_price": Control(default=5.0, read=number_between(0.01, 500)),
}
