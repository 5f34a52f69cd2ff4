"""The command line, `tariff-impact` or `python -m calc`: `calc.commands` holds its commands, one file each.

Results go to standard output, messages to standard error. Exit code 0: done; 1: no equilibrium found; 2: bad input;
130: stopped by Ctrl-C.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

from calc.errors import CalcError, ConvergenceError
from calc.files.streams import ended, say

if TYPE_CHECKING:
    from calc.commands.command import Command

# Each is a file in `calc.commands`, imported when it is asked for: the list of them waits for none of the libraries.
_COMMANDS = {
    "app": "open the page in a browser",
    "run": "run a scenario, print its headline, write its report",
    "compare": "compare several scenarios side by side, with the same draws",
    "sweep": "the headline numbers while the value of one rule runs over a range",
    "optimal": "the tariffs that are best for one economy while all others keep theirs",
    "nash": "where a tariff war ends: rates at which nobody gains by a change",
    "presets": "list the built-in scenarios",
    "datasets": "list the built-in datasets",
    "check": "check a dataset folder",
    "convert": "make a dataset folder from official files",
    "backtest": "the method on 2018-19 and 2025-26, beside what happened",
    "published": "compare our results with published tables",
}
_EXAMPLES = (
    "app",
    "run truce_lapses --out report",
    'run --say "25% on cars from the EU; 10% on everyone else"',
    "compare truce_lapses universal_10",
    "sweep truce_lapses --tariff 0:200:10",
    "presets",
    "check my/folder",
)


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return ended(lambda: _command(argv))


def _command(argv: list[str] | None) -> int:
    words = sys.argv[1:] if argv is None else argv
    parser = _parser(next((word for word in words if word in _COMMANDS), ""))
    arguments = parser.parse_args(words)
    if "command" not in arguments:
        say(parser.format_help(), sys.stdout)
        return 0
    try:
        code: int = arguments.command(arguments)
    except ConvergenceError as error:
        say(f"No equilibrium: {error}", sys.stderr)
        return 1
    except CalcError as error:
        say(str(error), sys.stderr)
        return 2
    return code


def _parser(asked: str) -> argparse.ArgumentParser:
    """All commands by name, and the options of the one that is asked for."""
    parser = argparse.ArgumentParser(
        prog="tariff-impact",
        description="What a tariff does to prices, volumes, revenue and welfare, and for whom.",
        epilog=_examples(_EXAMPLES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('tariff-impact')}")
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, about in _COMMANDS.items():
        words = f"{about[0].upper()}{about[1:]}."
        one = commands.add_parser(
            name, help=about, description=words, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if name == asked:
            command = _imported(f"calc.commands.{name}")
            one.epilog = _examples([f"{name} {example}" for example in command.examples])
            command.options(one)
            one.set_defaults(command=command.run)
    return parser


def _imported(module: str) -> "Command":
    """A command, from its file.

    What is imported stays until the end. It is not looked through for what can be dropped, neither while it comes in
    nor later: that would take a tenth of a short run.
    """
    looking = module not in sys.modules and gc.isenabled()
    if looking:
        gc.disable()
    try:
        command: Command = import_module(module).COMMAND
    finally:
        if looking:
            gc.freeze()
            gc.enable()
    return command


def _examples(lines: Sequence[str]) -> str:
    return "\n".join(["examples:", *(f"  tariff-impact {line}" for line in lines)]) if lines else ""
