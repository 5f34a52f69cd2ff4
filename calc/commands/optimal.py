"""`tariff-impact optimal`: the tariffs that are best for one economy while all others keep theirs."""

import argparse

from calc.analysis.optimal.player import BOUNDS, WELFARE
from calc.analysis.optimal.terms import BY, read_goal
from calc.commands.command import Command, chosen, reading_options, say_line
from calc.commands.workers import worker_options, workers
from calc.files.write import check_free
from calc.games import optimal_tariff
from calc.scenario_file import read_scenario, with_settings


def search_options(parser: argparse.ArgumentParser) -> None:
    """Options of commands that search for tariffs."""
    low, high = (100 * bound for bound in BOUNDS)
    parser.add_argument("scenario", help="a scenario file, or the name of a preset, whose other rules hold")
    parser.add_argument("--by", choices=list(BY), default="one", help="one rate, or one a partner, product or line")
    parser.add_argument(
        "--products", action="append", default=[], metavar="CODE", help="choose on these imports only: kind:goods"
    )
    parser.add_argument("--goal", default=WELFARE, help="welfare, revenue, or weights: welfare=1,revenue=0.5")
    parser.add_argument("--lowest", type=float, default=low, metavar="PCT", help=f"lowest rate, percent ({low:g})")
    parser.add_argument("--highest", type=float, default=high, metavar="PCT", help=f"highest rate, percent ({high:g})")
    parser.add_argument("--starts", type=int, default=2, metavar="N", help="searches from different rates (2)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="assumptions.elasticity_multiplier=2",
    )
    parser.add_argument("--data", metavar="FOLDER", help="a dataset folder or name, instead of the scenario's")
    parser.add_argument("--out", metavar="DIR", help="write tables and scenarios into this folder")
    parser.add_argument("--force", action="store_true", help="replace what is already in --out")
    reading_options(parser)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--for", dest="economy", required=True, metavar="CODE", help="the importer that chooses: USA")
    parser.add_argument(
        "--exporters", action="append", default=[], metavar="CODE", help="choose on imports from these only"
    )
    search_options(parser)
    worker_options(parser)


def _command(arguments: argparse.Namespace) -> int:
    if arguments.out is not None:
        check_free(arguments.out, force=arguments.force)
    scenario = with_settings(read_scenario(arguments.scenario), arguments.set)
    with workers(arguments) as executor:
        found = optimal_tariff(
            scenario,
            arguments.economy,
            chosen(arguments.data or scenario.dataset, arguments),
            instruments=BY[arguments.by],
            exporters=arguments.exporters,
            products=arguments.products,
            bounds=(arguments.lowest / 100, arguments.highest / 100),
            objective=read_goal(arguments.goal),
            starts=arguments.starts,
            executor=executor,
        )
    say_line(str(found))
    if arguments.out is not None:
        say_line(f"Tables and scenarios written to {found.save(arguments.out, force=arguments.force)}", error=True)
    return 0


COMMAND = Command(
    examples=("truce_lapses_pairs --for USA", "truce_lapses_pairs --for USA --by partner --out best"),
    options=_options,
    run=_command,
)
