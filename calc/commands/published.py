"""`tariff-impact published`: compare our results with published tables."""

import argparse

from calc.commands.command import Command, say_line
from calc.published.comparison import as_text, explained, published_cells


def _options(_: argparse.ArgumentParser) -> None:
    """There are none."""


def _command(_: argparse.Namespace) -> int:
    cells = published_cells()
    say_line(as_text(cells))
    return 0 if explained(cells) else 1


COMMAND = Command(options=_options, run=_command)
