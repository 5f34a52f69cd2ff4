"""`tariff-impact backtest`: the method on 2018-19 and 2025-26, beside what happened."""

import argparse
from dataclasses import replace

from calc.analysis.backtest.protocol import beliefs_on_trial
from calc.commands.command import Command, say_line
from calc.commands.workers import worker_options, workers
from calc.files.write import check_free
from calc.models.known import MODELS
from calc.scenario_file import with_settings
from calc.simulation import backtest


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--elasticities", metavar="SET", help="set of elasticities to test, or pooled; uniform if not given"
    )
    parser.add_argument("--model", choices=list(MODELS), help="model to test")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="assumptions.pass_through_pct=80"
    )
    parser.add_argument("--quick", action="store_true", help="leave out the table of all settings")
    parser.add_argument("--out", metavar="DIR", help="write every table into this folder")
    parser.add_argument("--force", action="store_true", help="replace a back-test that is already in --out")
    worker_options(parser)


def _command(arguments: argparse.Namespace) -> int:
    if arguments.out:
        check_free(arguments.out, force=arguments.force)
    asked = with_settings(beliefs_on_trial(), arguments.set)
    if arguments.elasticities:
        asked = replace(asked, elasticities=arguments.elasticities)
    if arguments.model:
        asked = replace(asked, model=arguments.model)
    with workers(arguments) as executor:
        found = backtest(asked, settings=not arguments.quick, executor=executor)
    say_line(str(found))
    if arguments.out:
        say_line(f"Back-test written to {found.save(arguments.out, force=arguments.force)}", error=True)
    return 0


COMMAND = Command(
    examples=(
        "--out track_record",
        "--quick --elasticities pooled",
    ),
    options=_options,
    run=_command,
)
