"""The command line, `tariff-impact` or `python -m calc`: `calc.commands` holds its commands, one file each.

Results go to standard output, messages to standard error. Exit code 0: done; 1: no equilibrium found; 2: bad input;
130: stopped by Ctrl-C.
"""

import argparse

from calc.commands import app, backtest, check, compare, convert, datasets, published, run, sweep
from calc.commands.command import say_line
from calc.errors import CalcError, ConvergenceError
from calc.files.streams import ended

# in the order of `tariff-impact --help`
_COMMANDS = tuple(each.COMMAND for each in (app, run, compare, sweep, backtest, published, datasets, check, convert))


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return ended(lambda: _command(argv))


def _command(argv: list[str] | None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.command(arguments)
    except ConvergenceError as error:
        say_line(f"No equilibrium: {error}", error=True)
        return 1
    except CalcError as error:
        say_line(str(error), error=True)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tariff-impact",
        description="What a tariff does to prices, volumes, revenue and welfare, and for whom.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for each in _COMMANDS:
        words = f"{each.help[0].upper()}{each.help[1:]}."
        one = commands.add_parser(each.name, help=each.help, description=words)
        each.options(one)
        one.set_defaults(command=each.run)
    return parser
