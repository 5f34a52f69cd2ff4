"""`tariff-impact nash`: where a tariff war ends."""

import argparse

from calc.analysis.optimal.terms import BY, read_goal
from calc.commands.command import Command, chosen, say_line
from calc.commands.optimal import search_options
from calc.files.write import check_free
from calc.games import nash
from calc.scenario_file import read_scenario, with_settings


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--between", required=True, metavar="CODE,CODE", help="who fights it: USA,CHN")
    parser.add_argument(
        "--against",
        choices=["each_other", "everyone"],
        default="each_other",
        help="on whose goods rates are chosen (each_other)",
    )
    parser.add_argument("--curves", action="store_true", help="of two: best responses and cooperation as well")
    search_options(parser)


def _command(arguments: argparse.Namespace) -> int:
    if arguments.out is not None:
        check_free(arguments.out, force=arguments.force)
    scenario = with_settings(read_scenario(arguments.scenario), arguments.set)
    found = nash(
        scenario,
        [code.strip() for code in arguments.between.split(",") if code.strip()],
        chosen(arguments.data or scenario.dataset, arguments),
        instruments=BY[arguments.by],
        against=arguments.against,
        products=arguments.products,
        bounds=(arguments.lowest / 100, arguments.highest / 100),
        objective=read_goal(arguments.goal),
        starts=arguments.starts,
        with_curves=arguments.curves,
    )
    say_line(str(found))
    if arguments.out is not None:
        say_line(f"Tables and scenarios written to {found.save(arguments.out, force=arguments.force)}", error=True)
    return 0


COMMAND = Command(
    examples=(
        "truce_lapses_pairs --between USA,CHN",
        "truce_lapses_world --between USA,CHN --products kind:goods --curves --out war",
    ),
    options=_options,
    run=_command,
)
