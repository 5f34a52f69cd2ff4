"""The command line, `tariff-impact` or `python -m calc`: `calc.commands` holds its commands, one file each.

Results go to standard output, messages to standard error. Exit code 0: done; 1: no equilibrium found; 2: bad input;
130: stopped by Ctrl-C.
"""

import argparse
from collections.abc import Sequence
from importlib.metadata import version

from calc.commands import (
    app,
    backtest,
    check,
    compare,
    convert,
    datasets,
    nash,
    optimal,
    presets,
    published,
    run,
    sweep,
)
from calc.commands.command import say_line
from calc.errors import CalcError, ConvergenceError
from calc.files.streams import ended

# in the order of `tariff-impact --help`
_FILES = (app, run, compare, sweep, optimal, nash, presets, datasets, check, convert, backtest, published)
_COMMANDS = tuple(each.COMMAND for each in _FILES)


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return ended(lambda: _command(argv))


def _command(argv: list[str] | None) -> int:
    parser = _parser()
    arguments = parser.parse_args(argv)
    if "command" not in arguments:
        say_line(parser.format_help())
        return 0
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
        epilog=_examples([f"{each.name} {each.examples[0]}" for each in _COMMANDS if each.examples]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('tariff-impact')}")
    commands = parser.add_subparsers(metavar="COMMAND")
    for each in _COMMANDS:
        words = f"{each.help[0].upper()}{each.help[1:]}."
        one = commands.add_parser(
            each.name,
            help=each.help,
            description=words,
            epilog=_examples([f"{each.name} {example}".rstrip() for example in each.examples]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        each.options(one)
        one.set_defaults(command=each.run)
    return parser


def _examples(lines: Sequence[str]) -> str:
    return "\n".join(["examples:", *(f"  tariff-impact {line}" for line in lines)]) if lines else ""
