"""The command line: `tariff-impact app | run | compare | sweep | backtest | published | datasets | check | convert`.

Also `python -m calc`.

Results go to standard output, messages to standard error. Exit code 0: done; 1: no equilibrium found; 2: bad input;
130: stopped by Ctrl-C.
"""

import argparse
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from calc.analysis.backtest.protocol import beliefs_on_trial
from calc.analysis.households.household_cost import HouseholdCost, household_cost
from calc.analysis.households.price_draws import price_draws
from calc.analysis.households.settings import Settings, settings_of
from calc.analysis.households.us_accounts import read_accounts
from calc.datasets.convert import convert
from calc.datasets.dataset import Dataset, data_dir, dataset_folder, dataset_names, read_content, read_dataset
from calc.datasets.profile import profile_of
from calc.datasets.readers.choices import read_choices
from calc.datasets.readers.layouts import LAYOUTS
from calc.datasets.repair import repaired
from calc.datasets.table_rows import Reading
from calc.datasets.without_totals import write_without_totals
from calc.errors import CalcError, ConvergenceError, DataError, ParameterError, ScenarioError
from calc.files.streams import ended, say
from calc.files.write import check_free
from calc.models.known import MODELS
from calc.published.comparison import as_text, explained, published_cells
from calc.reports.report import summary_text, write_report
from calc.result import OF_THE_DATA, Result
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, with_settings
from calc.simulation import backtest, compare, run, sweep
from calc.words import headline

# Streamlit reads its settings from a folder beside the script; a wheel cannot count on that, so they are flags too.
_PRIVATE = (
    "--browser.gatherUsageStats=false",
    "--server.address=localhost",
    "--server.showEmailPrompt=false",
)
# Nobody edits the page while using it, and watching every module of the process for changes keeps a processor awake.
# It is no setting of config.toml: `streamlit run app.py` is what a developer starts, who wants a saved file to show.
_UNWATCHED = "--server.fileWatcherType=none"
_WHERE = "rows of a dataset folder to take: year=2023; quarter=all adds the rows of a flow up"


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return ended(lambda: _command(argv))


def _command(argv: list[str] | None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.command(arguments)
    except ConvergenceError as error:
        _say(f"No equilibrium: {error}", error=True)
        return 1
    except CalcError as error:
        _say(str(error), error=True)
        return 2
    return code


def _say(text: str, *, error: bool = False) -> None:
    say(text, sys.stderr if error else sys.stdout)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tariff-impact",
        description="What a tariff does to prices, volumes, revenue and welfare, and for whom.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    app = commands.add_parser("app", help="open the page in a browser")
    app.add_argument("--port", type=int, default=8501, help="port on this machine (8501)")
    app.add_argument("--headless", action="store_true", help="serve without opening a browser")
    app.set_defaults(command=_app)

    one = commands.add_parser("run", help="run a scenario, print its headline, write its report")
    one.add_argument("scenario", help="a scenario file, or the name of a preset: " + ", ".join(presets()))
    one.add_argument("--data", metavar="FOLDER", help="a dataset folder or name, instead of the scenario's")
    one.add_argument("--model", choices=list(MODELS), help="a model, instead of the scenario's")
    one.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="assumptions.pass_through_pct=50")
    one.add_argument("--out", metavar="DIR", help="write the report into this folder")
    one.add_argument("--excel", action="store_true", help="add a workbook to the report")
    one.add_argument("--bom", action="store_true", help="start CSV files with the mark by which Excel recognises UTF-8")
    one.add_argument(
        "--households",
        action="store_true",
        help="add its cost to US households and the revenue it raises: four more tables",
    )
    one.add_argument(
        "--household-set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with --households: measure=composite, markup=producer_percentage, exports=PRESET",
    )
    one.add_argument("--force", action="store_true", help="replace a report that is already in --out")
    _reading_options(one)
    one.set_defaults(command=_run)

    both = commands.add_parser("compare", help="compare several scenarios side by side, with the same draws")
    both.add_argument("scenarios", nargs="+", help="scenario files, or names of presets")
    both.add_argument("--out", metavar="DIR", help="write the comparison into this folder")
    both.add_argument("--force", action="store_true", help="replace a comparison that is already in --out")
    both.add_argument("--data", metavar="FOLDER", help="a dataset folder or name, instead of the scenarios'")
    _reading_options(both)
    both.set_defaults(command=_compare)

    swept = commands.add_parser("sweep", help="the headline numbers while the value of one rule runs over a range")
    swept.add_argument("scenario", help="a scenario file, or the name of a preset")
    swept.add_argument("--tariff", required=True, metavar="FIRST:LAST:STEP", help="values of the rule, such as 0:100:5")
    swept.add_argument("--jobs", type=int, default=1, metavar="N", help="number of parallel processes (1)")
    swept.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="draws=0")
    swept.add_argument("--out", required=True, metavar="DIR", help="write the table into this folder")
    swept.add_argument("--force", action="store_true", help="replace a sweep that is already in --out")
    swept.add_argument("--data", metavar="FOLDER", help="a dataset folder or name, instead of the scenario's")
    _reading_options(swept)
    swept.set_defaults(command=_sweep)

    tried = commands.add_parser("backtest", help="the method on 2018-19 and 2025-26, beside what happened")
    tried.add_argument(
        "--elasticities", metavar="SET", help="set of elasticities to test, or pooled; uniform if not given"
    )
    tried.add_argument("--model", choices=list(MODELS), help="model to test")
    tried.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="assumptions.pass_through_pct=80"
    )
    tried.add_argument("--quick", action="store_true", help="leave out the table of all settings")
    tried.add_argument("--out", metavar="DIR", help="write every table into this folder")
    tried.add_argument("--force", action="store_true", help="replace a back-test that is already in --out")
    tried.set_defaults(command=_backtest)

    published = commands.add_parser("published", help="compare our results with published tables")
    published.set_defaults(command=_published)

    datasets = commands.add_parser("datasets", help="list the built-in datasets")
    datasets.set_defaults(command=_datasets)

    check = commands.add_parser("check", help="check a dataset folder")
    check.add_argument("folder")
    check.add_argument(
        "--restore-zeros", metavar="NEWFOLDER", help="write a copy with leading zeros of HS codes restored"
    )
    check.add_argument(
        "--clean-codes",
        metavar="NEWFOLDER",
        help="write a copy with decimals, dots, marks and words removed from its codes",
    )
    check.add_argument(
        "--specific-as-zero",
        metavar="NEWFOLDER",
        help="write a copy in which specific duties (an amount per unit) are taken as 0",
    )
    check.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help=_WHERE)
    check.add_argument(
        "--drop-totals",
        metavar="NEWFOLDER",
        help="write a copy without rows of totals beside their parts, with the rows that --where takes",
    )
    check.set_defaults(command=_check)

    official = commands.add_parser("convert", help="make a dataset folder from official files")
    official.add_argument("paths", nargs="+", metavar="FILE", help="files as published, unpacked; last, a new FOLDER")
    official.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a choice that the files leave open: year=2023",
    )
    official.add_argument(
        "--layout", choices=[layout.name for layout in LAYOUTS], help="found by the files if not given"
    )
    official.set_defaults(command=_convert)
    return parser


def _reading_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help=_WHERE)
    command.add_argument("--drop-totals", action="store_true", help="leave out rows of totals beside their parts")


def _chosen(dataset: str, arguments: argparse.Namespace) -> Dataset:
    """The dataset of a name or folder, with the choices that the command makes."""
    return read_dataset(dataset, where=read_choices(arguments.where), drop_totals=arguments.drop_totals)


def _app(arguments: argparse.Namespace) -> int:
    inside = Path(__file__).parent / "_app.py"
    page = inside if inside.exists() else Path(__file__).parent.parent / "app.py"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(page),
        *_PRIVATE,
        _UNWATCHED,
        f"--server.port={arguments.port}",
    ]
    command += ["--server.headless=true"] if arguments.headless else []
    # Unless told to keep it, glibc hands freed memory back and fetches it again at every move of the slider; and it
    # keeps a heap of its own for each thread of the server, where two are enough.
    keep = {
        "MALLOC_TRIM_THRESHOLD_": "67108864",
        "MALLOC_MMAP_THRESHOLD_": "67108864",
        "MALLOC_ARENA_MAX": "2",
    }
    try:
        return subprocess.run(command, check=False, env={**keep, **os.environ}).returncode
    except KeyboardInterrupt:
        return 0


def _compare(arguments: argparse.Namespace) -> int:
    if arguments.out is not None:
        check_free(arguments.out, force=arguments.force)
    if arguments.data:
        compared = compare(arguments.scenarios, _chosen(arguments.data, arguments))
    else:
        compared = compare(arguments.scenarios, read=lambda name: _chosen(name, arguments))
    _say(str(compared))
    for caution in compared.cautions():
        _say(f"Note: {caution}")
    if arguments.out is not None:
        _say(f"Comparison written to {compared.save(arguments.out, force=arguments.force)}", error=True)
    return 0


def _sweep(arguments: argparse.Namespace) -> int:
    check_free(arguments.out, force=arguments.force)
    if arguments.jobs < 1:
        raise ParameterError(f"--jobs is the number of processes, 1 or more; {arguments.jobs} is not.")
    scenario = with_settings(read_scenario(arguments.scenario), arguments.set)
    with _processes(arguments.jobs) if arguments.jobs > 1 else nullcontext() as executor:
        dataset = _chosen(arguments.data or scenario.dataset, arguments)
        swept = sweep(scenario, arguments.tariff, dataset, executor=executor)
    folder = swept.save(arguments.out, force=arguments.force)
    _say(f"{swept.lever.words}: {len(swept.rule_values):,} values written to {folder}", error=True)
    return 0


def _processes(jobs: int) -> ProcessPoolExecutor:
    """Processes that leave Ctrl-C to the one that started them."""
    return ProcessPoolExecutor(jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))


def _backtest(arguments: argparse.Namespace) -> int:
    if arguments.out:
        check_free(arguments.out, force=arguments.force)
    asked = with_settings(beliefs_on_trial(), arguments.set)
    if arguments.elasticities:
        asked = replace(asked, elasticities=arguments.elasticities)
    if arguments.model:
        asked = replace(asked, model=arguments.model)
    found = backtest(asked, settings=not arguments.quick)
    _say(str(found))
    if arguments.out:
        _say(f"Back-test written to {found.save(arguments.out, force=arguments.force)}", error=True)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    scenario = with_settings(read_scenario(arguments.scenario), arguments.set)
    if arguments.model:
        scenario = replace(scenario, model=arguments.model)
    if arguments.excel and arguments.out is None:
        raise ScenarioError("--excel adds a workbook to a report; say where with --out DIR.")
    if arguments.household_set and not arguments.households:
        raise ParameterError("--household-set says how --households is computed; add --households.")
    settings = settings_of(arguments.household_set)
    if arguments.out is not None:
        check_free(arguments.out, force=arguments.force)
    dataset = _chosen(arguments.data or scenario.dataset, arguments)
    result = run(scenario, dataset)
    households = _households(scenario, dataset, result, settings) if arguments.households else None
    if arguments.out is not None:
        folder = write_report(
            result,
            arguments.out,
            excel=arguments.excel,
            byte_order_mark=arguments.bom,
            households=households,
            force=arguments.force,
        )
        _say(f"Report written to {folder}", error=True)
    _say(headline(result) + "\n")
    _say(summary_text(result))
    if households is not None:
        _say(f"\n{households}")
    if result.inputs and result.inputs.estimated:
        _say("\nESTIMATED DATA: this dataset is an estimate, not an observation.")
    # What the dataset says of itself stands in the report's README; here only what this scenario adds.
    _say("\n" + "\n".join(f"Note: {note}" for note in result.notes if note.kind not in OF_THE_DATA))
    return 0


def _households(scenario: Scenario, dataset: Dataset, result: Result, settings: Settings) -> HouseholdCost:
    """What a result costs US households, with ranges where the scenario asks for draws."""
    draws = None
    if scenario.draws:
        draws = price_draws(scenario, dataset, read_accounts(), measure=settings.measure, central=result)
    cost = household_cost(
        result,
        measure=settings.measure,
        markup=settings.markup,
        passthrough=settings.passthrough,
        domestic_pricing=settings.domestic_pricing,
        dollar_offset=settings.dollar_offset,
        basket=settings.basket,
        exports=run(settings.exports, draws=0) if settings.exports else None,
        draws=draws,
    )
    return replace(cost, settings=settings)


def _published(_: argparse.Namespace) -> int:
    cells = published_cells()
    _say(as_text(cells))
    return 0 if explained(cells) else 1


def _datasets(_: argparse.Namespace) -> int:
    for name in dataset_names():
        dataset = read_dataset(name)
        _say(f"{name}: {dataset.title} ({dataset.year}){', estimated' if dataset.estimated else ''}")
        _say(
            f"    {len(dataset.flows.market):,} flows, {len(dataset.flows.economies)} economies, "
            f"{len(dataset.flows.products):,} products; elasticities: {', '.join(dataset.elasticities)}"
        )
        _say(f"    {dataset.source} {dataset.licence}")
    _say(f"Data folder: {data_dir()}", error=True)
    return 0


def _check(arguments: argparse.Namespace) -> int:
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
            _say(change)
        return 0
    where = read_choices(arguments.where)
    if arguments.drop_totals:
        for change in write_without_totals(arguments.folder, arguments.drop_totals, where=where):
            _say(change)
        return 0
    content = read_content(dataset_folder(arguments.folder), Reading(where=where))
    problems = content.problems
    if profile := profile_of(content):
        _say("\n".join(profile.lines()))
    for problem in problems:
        _say(f"{problem.severity}: {problem.text}")
    errors = sum(problem.severity == "error" for problem in problems)
    _say(
        f"{arguments.folder}: {errors} errors, {len(problems) - errors} warnings"
        if problems
        else f"{arguments.folder} is valid"
    )
    return 2 if errors else 0


def _convert(arguments: argparse.Namespace) -> int:
    *files, folder = arguments.paths
    layout = arguments.layout
    # the older form names the layout first: convert icio 2020_SML.csv FOLDER
    if len(files) > 1 and files[0] in [each.name for each in LAYOUTS] and not Path(files[0]).exists():
        layout = files.pop(0)
    if not files:
        raise DataError("convert needs files and, last, the name of a new folder: tariff-impact convert FILE FOLDER.")
    for note in convert(files, folder, where=read_choices(arguments.where), layout=layout):
        _say(f"Note: {note}")
    _say(f"Dataset written to {folder}", error=True)
    return 0
