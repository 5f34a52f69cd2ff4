"""What can be chosen in Data & method, and how the address holds it."""

from collections.abc import Mapping

from calc.models.known import MODELS
from calc.page.link import Control, one_of
from calc.published.comparison import SOURCES

SECTIONS: Mapping[str, str] = {
    "limits": "Limitations",
    "data": "Data",
    "own": "Your own data",
    "lines": "Input lines",
    "models": "Models",
    "published": "Published against ours",
    "reproduce": "Reproduce",
    "cite": "Cite",
}
ON_SCREEN = ""  # the model on screen, instead of a chosen one
CONTROLS: Mapping[str, Control] = {
    "method": Control(default="limits", read=one_of(list(SECTIONS))),
    "method_model": Control(default=ON_SCREEN, read=one_of(MODELS)),
    "method_source": Control(default=next(iter(SOURCES)), read=one_of(list(SOURCES))),
}
