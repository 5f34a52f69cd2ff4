"""`tariff-impact run`: run a scenario, print its headline, write its report.

What only an option needs is imported where the option is carried out: a run without it starts sooner.
"""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from calc.analysis.uncertainty import Ranges
from calc.commands.command import Command, bold, chosen, progress, reading_options, say_line
from calc.commands.workers import worker_options, workers
from calc.datasets.catalogue import default_dataset
from calc.datasets.dataset import Dataset
from calc.errors import ParameterError, ScenarioError
from calc.files.write import check_free, check_sheet
from calc.models.known import MODELS
from calc.reports.line_choice import ALL_LINES, LineChoice
from calc.reports.report import summary_text, write_report
from calc.result import OF_THE_DATA, Result
from calc.scenario import Scenario
from calc.scenario_file import read_scenario, with_settings
from calc.simulation import run, run_keeping_draws
from calc.words import headline

if TYPE_CHECKING:
    from calc.analysis.households.household_cost import HouseholdCost
    from calc.analysis.households.settings import Settings
    from calc.reports.pictures import Pictures


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scenario", nargs="?", help="a scenario file, or the name of a preset (`tariff-impact presets` lists them)"
    )
    parser.add_argument(
        "--say", metavar="WORDS", help='the scenario in words: "25%% on cars from the EU; 10%% on everyone else"'
    )
    parser.add_argument("--data", metavar="FOLDER", help="a dataset folder or name, instead of the scenario's")
    parser.add_argument("--model", choices=list(MODELS), help="a model, instead of the scenario's")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="assumptions.pass_through_pct=50"
    )
    parser.add_argument("--out", metavar="DIR", help="write the report into this folder")
    parser.add_argument("--excel", action="store_true", help="add a workbook to the report")
    parser.add_argument(
        "--pictures",
        action="store_true",
        help="add charts as PNG and SVG, and report.html, one page to read and print (extra `pictures`)",
    )
    parser.add_argument(
        "--bom", action="store_true", help="start CSV files with the mark by which Excel recognises UTF-8"
    )
    parser.add_argument(
        "--world",
        action="store_true",
        help="carry a scenario by HS code to the industries of the default world data, and run it there",
    )
    parser.add_argument(
        "--households",
        action="store_true",
        help="add its cost to US households and the revenue it raises: four more tables",
    )
    parser.add_argument(
        "--household-set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with --households: measure=composite, markup=producer_percentage, exports=PRESET, noncompliance=0.05, "
        "offset=0.25, refund=ieepa, first_day=2026-07-24",
    )
    parser.add_argument(
        "--other-models",
        action="store_true",
        help="say below each headline number what other models, elasticities and spans of time give",
    )
    parser.add_argument("--lines", choices=("csv", "parquet"), default="csv", help="form of the lines in the report")
    parser.add_argument("--top", type=int, metavar="N", help="report the N lines whose imports change most")
    parser.add_argument(
        "--by", default="", metavar="KEYS", help="report sums of lines by importer, exporter, product or two of them"
    )
    parser.add_argument("--force", action="store_true", help="replace a report that is already in --out")
    worker_options(parser)
    reading_options(parser)


def _command(arguments: argparse.Namespace) -> int:
    scenario = with_settings(_asked(arguments), arguments.set)
    if arguments.model:
        scenario = replace(scenario, model=arguments.model)
    if arguments.excel and arguments.out is None:
        raise ScenarioError("--excel adds a workbook to a report; say where with --out DIR.")
    if arguments.pictures:
        if arguments.out is None:
            raise ScenarioError("--pictures adds pictures to a report; say where with --out DIR.")
        from calc.charts.publish import drawing_library

        drawing_library()
    if arguments.household_set and not arguments.households:
        raise ParameterError("--household-set says how --households is computed; add --households.")
    settings = _settings(arguments.household_set) if arguments.households else None
    keys = tuple(key.strip() for key in arguments.by.split(",") if key.strip())
    lines = LineChoice(top=arguments.top, by=keys, form=arguments.lines)
    if lines != ALL_LINES and arguments.out is None:
        raise ScenarioError(f"{lines.options().split()[0]} chooses lines of a report; say where with --out DIR.")
    if arguments.out is not None:
        check_free(arguments.out, force=arguments.force)
    dataset = chosen(arguments.data or scenario.dataset, arguments)
    carried: tuple[str, ...] = ()
    if arguments.world:
        from calc.analysis.carrying import to_world

        on_world = to_world(scenario, dataset)
        scenario, carried = on_world.scenario, on_world.notes
        dataset = chosen(scenario.dataset, arguments)
    if arguments.excel and arguments.top is None and not keys:
        check_sheet("lines", int((~dataset.flows.domestic).sum()))
    with workers(arguments) as executor, progress("Draws behind the ranges") as done:
        result, ranges = run_keeping_draws(scenario, dataset, executor=executor, progress=done)
    households = None if settings is None else _households(scenario, dataset, result, ranges, settings)
    if arguments.out is not None:
        folder = write_report(
            result,
            arguments.out,
            excel=arguments.excel,
            byte_order_mark=arguments.bom,
            households=households,
            lines=lines,
            pictures=_pictures(result, scenario, dataset, ranges) if arguments.pictures else None,
            force=arguments.force,
        )
        say_line(f"Report written to {folder}", error=True)
    say_line(bold(headline(result)) + "\n")
    say_line(summary_text(result, beside=_others(scenario, dataset) if arguments.other_models else {}))
    if households is not None:
        say_line(f"\n{households} {households.basis}")
    if result.inputs and result.inputs.estimated:
        say_line("\nESTIMATED DATA: this dataset is an estimate, not an observation.")
    # What the dataset says of itself stands in the report's README; here only what this scenario adds.
    notes = (*carried, *(str(note) for note in result.notes if note.kind not in OF_THE_DATA))
    say_line("\n" + "\n".join(f"Note: {note}" for note in notes))
    return 0


def _pictures(result: Result, scenario: Scenario, dataset: Dataset, ranges: Ranges | None) -> "Pictures":
    from calc.reports.pictures import pictures_of

    return pictures_of(result, scenario, dataset, draws=None if ranges is None else ranges.values)


def _asked(arguments: argparse.Namespace) -> Scenario:
    """The scenario of a file, of a preset, or of the words that are said; what was understood is said back."""
    if bool(arguments.scenario) == bool(arguments.say):
        raise ScenarioError("Name a scenario, or say one: tariff-impact run --say '25% on cars from Japan'.")
    if not arguments.say:
        return read_scenario(arguments.scenario)
    from calc.in_words.reading import scenario_from_words
    from calc.tariffs.sentences import describe_rule

    dataset = chosen(arguments.data or default_dataset(), arguments)
    scenario = scenario_from_words(arguments.say, dataset)
    for number, rule in enumerate(scenario.rules, 1):
        say_line(f"Rule {number}: {describe_rule(rule, dataset)}", error=True)
    return scenario


def _others(scenario: Scenario, dataset: Dataset) -> dict[str, str]:
    """What other models, elasticities and spans of time say of each headline number on which they differ, by metric."""
    from calc.analysis.spread import spread, spread_words

    found = spread(replace(scenario, dataset=dataset.name), dataset)
    differ = found.groupby("metric")["value"].nunique() > 1
    return {str(metric): spread_words(found, str(metric)) for metric in differ.index[differ] if metric}


def _settings(texts: list[str]) -> "Settings":
    from calc.analysis.households.settings import settings_of

    return settings_of(texts)


def _households(
    scenario: Scenario, dataset: Dataset, result: Result, ranges: Ranges | None, settings: "Settings"
) -> "HouseholdCost":
    """What a result costs US households, with ranges where the scenario asks for draws."""
    from calc.analysis.households.commodities import only_of_us
    from calc.analysis.households.household_cost import household_cost
    from calc.analysis.households.price_draws import price_draws
    from calc.analysis.households.us_accounts import read_accounts

    draws = None
    if ranges is not None:
        draws = price_draws(scenario, dataset, read_accounts(), measure=settings.measure, central=result)
    cost = household_cost(
        result,
        measure=settings.measure,
        markup=settings.markup,
        passthrough=settings.passthrough,
        domestic_pricing=settings.domestic_pricing,
        dollar_offset=settings.dollar_offset,
        basket=settings.basket,
        assumptions=settings.revenue(),
        exports=run(settings.exports, draws=0) if settings.exports else None,
        draws=draws,
        headline_draws=ranges.values if ranges is not None and only_of_us(result) else None,  # a field
    )
    return replace(cost, settings=settings)


COMMAND = Command(
    examples=(
        "truce_lapses",
        "truce_lapses --set assumptions.pass_through_pct=80 --out report",
        "my_scenario.toml --data my/folder",
        "truce_lapses --out report --pictures",
        "universal_10 --households",
        "--say '25% on cars from the EU, Japan and Korea; 10% on everyone else; chips exempt'",
        "truce_lapses --other-models",
    ),
    options=_options,
    run=_command,
)
