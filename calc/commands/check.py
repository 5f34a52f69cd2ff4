"""`tariff-impact check`: check a dataset folder."""

import argparse

from calc.commands.command import WHERE, Command, say_line
from calc.datasets.dataset import dataset_folder, read_content
from calc.datasets.profile import profile_of
from calc.datasets.readers.choices import read_choices
from calc.datasets.repair import repaired
from calc.datasets.table_rows import Reading
from calc.datasets.without_totals import write_without_totals
from calc.errors import DataError


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder")
    parser.add_argument(
        "--restore-zeros", metavar="NEWFOLDER", help="write a copy with leading zeros of HS codes restored"
    )
    parser.add_argument(
        "--clean-codes",
        metavar="NEWFOLDER",
        help="write a copy with decimals, dots, marks and words removed from its codes",
    )
    parser.add_argument(
        "--specific-as-zero",
        metavar="NEWFOLDER",
        help="write a copy in which specific duties (an amount per unit) are taken as 0",
    )
    parser.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help=WHERE)
    parser.add_argument(
        "--drop-totals",
        metavar="NEWFOLDER",
        help="write a copy without rows of totals beside their parts, with the rows that --where takes",
    )


def _command(arguments: argparse.Namespace) -> int:
    asked = {arguments.restore_zeros, arguments.clean_codes, arguments.specific_as_zero} - {None}
    if len(asked) > 1:
        raise DataError(
            "--restore-zeros, --clean-codes and --specific-as-zero write one copy; give them the same new folder."
        )
    if asked:
        for change in repaired(
            arguments.folder,
            asked.pop(),
            zeros=bool(arguments.restore_zeros),
            codes=bool(arguments.clean_codes),
            no_specific=bool(arguments.specific_as_zero),
        ):
            say_line(change)
        return 0
    where = read_choices(arguments.where)
    if arguments.drop_totals:
        for change in write_without_totals(arguments.folder, arguments.drop_totals, where=where):
            say_line(change)
        return 0
    content = read_content(dataset_folder(arguments.folder), Reading(where=where))
    problems = content.problems
    if profile := profile_of(content):
        say_line("\n".join(profile.lines()))
    for problem in problems:
        say_line(f"{problem.severity}: {problem.text}")
    errors = sum(problem.severity == "error" for problem in problems)
    say_line(
        f"{arguments.folder}: {errors} errors, {len(problems) - errors} warnings"
        if problems
        else f"{arguments.folder} is valid"
    )
    return 2 if errors else 0


COMMAND = Command(
    examples=(
        "my/folder",
        "my/folder --where year=2023",
        "my/folder --restore-zeros my/repaired",
    ),
    options=_options,
    run=_command,
)
