"""`tariff-impact compare`: compare several scenarios side by side, with the same draws."""

import argparse

from calc.charts.publish import drawing_library
from calc.commands.command import Command, chosen, reading_options, say_line
from calc.commands.workers import worker_options, workers
from calc.errors import ScenarioError
from calc.files.write import check_free
from calc.simulation import compare


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenarios", nargs="+", help="scenario files, or names of presets")
    parser.add_argument("--out", metavar="DIR", help="write the comparison into this folder")
    parser.add_argument(
        "--pictures",
        action="store_true",
        help="add charts as PNG and SVG, and report.html, one page to read and print (extra `pictures`)",
    )
    parser.add_argument("--force", action="store_true", help="replace a comparison that is already in --out")
    parser.add_argument("--data", metavar="FOLDER", help="a dataset folder or name, instead of the scenarios'")
    worker_options(parser)
    reading_options(parser)


def _command(arguments: argparse.Namespace) -> int:
    if arguments.pictures:
        if arguments.out is None:
            raise ScenarioError("--pictures adds pictures to a comparison; say where with --out DIR.")
        drawing_library()
    if arguments.out is not None:
        check_free(arguments.out, force=arguments.force)
    with workers(arguments) as executor:
        if arguments.data:
            compared = compare(arguments.scenarios, chosen(arguments.data, arguments), executor=executor)
        else:
            compared = compare(arguments.scenarios, read=lambda name: chosen(name, arguments), executor=executor)
    say_line(str(compared))
    for caution in compared.cautions():
        say_line(f"Note: {caution}")
    if arguments.out is not None:
        say_line(
            f"Comparison written to {compared.save(arguments.out, pictures=arguments.pictures, force=arguments.force)}",
            error=True,
        )
    return 0


COMMAND = Command(
    examples=("truce_lapses universal_10 --out compared", "truce_lapses universal_10 --out compared --pictures"),
    options=_options,
    run=_command,
)
