"""`tariff-impact sweep`: the headline numbers while the value of one rule runs over a range."""

import argparse

from calc.commands.command import Command, chosen, progress, reading_options, say_line
from calc.commands.workers import worker_options, workers
from calc.files.write import check_free
from calc.scenario_file import read_scenario, with_settings
from calc.simulation import sweep


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", help="a scenario file, or the name of a preset")
    parser.add_argument(
        "--tariff", required=True, metavar="FIRST:LAST:STEP", help="values of the rule, such as 0:100:5"
    )
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="draws=0")
    parser.add_argument("--out", metavar="DIR", help="write the table into this folder")
    parser.add_argument("--force", action="store_true", help="replace a sweep that is already in --out")
    parser.add_argument("--data", metavar="FOLDER", help="a dataset folder or name, instead of the scenario's")
    worker_options(parser)
    reading_options(parser)


def _command(arguments: argparse.Namespace) -> int:
    if arguments.out is not None:
        check_free(arguments.out, force=arguments.force)
    scenario = with_settings(read_scenario(arguments.scenario), arguments.set)
    with workers(arguments) as executor:
        dataset = chosen(arguments.data or scenario.dataset, arguments)
        with progress("Values of the rule") as done:
            swept = sweep(scenario, arguments.tariff, dataset, executor=executor, progress=done)
    say_line(str(swept))
    if arguments.out is not None:
        folder = swept.save(arguments.out, force=arguments.force)
        say_line(f"{len(swept.rule_values):,} values written to {folder}", error=True)
    return 0


COMMAND = Command(
    examples=(
        "truce_lapses --tariff 0:200:10",
        "truce_lapses --tariff 0:200:10 --out swept --jobs 2",
    ),
    options=_options,
    run=_command,
)
