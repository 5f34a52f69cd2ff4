"""A command of the command line, and what several of them share."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from calc.datasets.dataset import Dataset, read_dataset
from calc.datasets.readers.choices import read_choices
from calc.files.streams import say

WHERE = "rows of a dataset folder to take: year=2023; quarter=all adds the rows of a flow up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One word after `tariff-impact`.

    Parameters
    ----------
    name, help : the word, and what it does in a few
    options : adds its arguments to a parser
    run : carries it out and returns the exit code
    """

    name: str
    help: str
    options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


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
