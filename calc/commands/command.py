"""A command of the command line, and what several of them share."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tqdm import tqdm

from calc.datasets.dataset import Dataset, read_dataset
from calc.datasets.readers.choices import read_choices
from calc.files.streams import say

WHERE = "rows of a dataset folder to take: year=2023; quarter=all adds the rows of a flow up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What one word after `tariff-impact` takes and does; what it is called stands in `calc.cli`.

    Parameters
    ----------
    examples : command lines that do something sensible, without the first word
    options : adds its arguments to a parser
    run : carries it out and returns the exit code
    """

    examples: tuple[str, ...] = ()
    options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


@contextmanager
def progress(words: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error for what takes more than a second; nothing where that is no terminal."""
    with tqdm(desc=words, delay=1, disable=None, leave=False, file=sys.stderr) as bar:

        def done(count: int, total: int) -> None:
            bar.total = total
            bar.update(count - bar.n)

        yield done


def reading_options(command: argparse.ArgumentParser) -> None:
    """Options of commands that read a dataset folder."""
    command.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help=WHERE)
    command.add_argument("--drop-totals", action="store_true", help="leave out rows of totals beside their parts")


def chosen(dataset: str, arguments: argparse.Namespace) -> Dataset:
    """The dataset of a name or folder, with the choices that the command makes."""
    return read_dataset(dataset, where=read_choices(arguments.where), drop_totals=arguments.drop_totals)


def say_line(text: str, *, error: bool = False) -> None:
    """Say a line: an answer to standard output, a message to standard error."""
    say(text, sys.stderr if error else sys.stdout)


def bold(text: str) -> str:
    """The text in bold where standard output is a terminal that shows it; https://no-color.org is heeded."""
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb" or not (sys.stdout and sys.stdout.isatty())
    return text if plain else f"\033[1m{text}\033[0m"
