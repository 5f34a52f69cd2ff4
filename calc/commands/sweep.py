"""`tariff-impact sweep`: the headline numbers while the value of one rule runs over a range."""

import argparse
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext

from calc.commands.command import Command, chosen, progress, reading_options, say_line
from calc.errors import ParameterError
from calc.files.write import check_free
from calc.scenario_file import read_scenario, with_settings
from calc.simulation import sweep


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", help="a scenario file, or the name of a preset")
    parser.add_argument(
        "--tariff", required=True, metavar="FIRST:LAST:STEP", help="values of the rule, such as 0:100:5"
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="number of parallel processes (1)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="draws=0")
    parser.add_argument("--out", metavar="DIR", help="write the table into this folder")
    parser.add_argument("--force", action="store_true", help="replace a sweep that is already in --out")
    parser.add_argument("--data", metavar="FOLDER", help="a dataset folder or name, instead of the scenario's")
    reading_options(parser)


def _command(arguments: argparse.Namespace) -> int:
    if arguments.out is not None:
        check_free(arguments.out, force=arguments.force)
    if arguments.jobs < 1:
        raise ParameterError(f"--jobs is the number of processes, 1 or more; {arguments.jobs} is not.")
    scenario = with_settings(read_scenario(arguments.scenario), arguments.set)
    with _processes(arguments.jobs) if arguments.jobs > 1 else nullcontext() as executor:
        dataset = chosen(arguments.data or scenario.dataset, arguments)
        with progress("Values of the rule") as done:
            swept = sweep(scenario, arguments.tariff, dataset, executor=executor, progress=done)
    say_line(str(swept))
    if arguments.out is not None:
        folder = swept.save(arguments.out, force=arguments.force)
        say_line(f"{len(swept.rule_values):,} values written to {folder}", error=True)
    return 0


def _processes(jobs: int) -> ProcessPoolExecutor:
    """Processes that leave Ctrl-C to the one that started them."""
    return ProcessPoolExecutor(jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))


COMMAND = Command(
    examples=(
        "truce_lapses --tariff 0:200:10",
        "truce_lapses --tariff 0:200:10 --out swept --jobs 2",
    ),
    options=_options,
    run=_command,
)
