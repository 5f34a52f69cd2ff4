"""`tariff-impact presets`: list the built-in scenarios."""

import argparse

from calc.commands.command import Command, bold, say_line
from calc.scenario import KINDS
from calc.scenario_file import presets, read_scenario


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--long", action="store_true", help="with description and source")


def _command(arguments: argparse.Namespace) -> int:
    known = {name: read_scenario(path) for name, path in presets().items()}
    width = max(len(name) for name in known)
    for kind, words in KINDS.items():
        say_line(bold(words))
        for name, scenario in sorted(known.items(), key=lambda item: (item[1].date, item[0])):
            if scenario.kind != kind:
                continue
            say_line(f"  {name:<{width}}  {scenario.date:<10}  {scenario.title}")
            if arguments.long:
                say_line(f"    {scenario.description} Source: {scenario.source or 'none'}. Data: {scenario.dataset}.")
    return 0


COMMAND = Command(examples=("--long",), options=_options, run=_command)
