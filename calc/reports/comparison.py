"""A comparison as files: one long table, differences between all pairs, and every scenario to rerun.

Command line and page write these bytes. They hold no time: equal comparisons are equal files.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from calc.analysis.comparison import BEFORE, METRICS, Answer, cautions, cell_texts, common_metrics, comparison, pairs
from calc.files.write import csv_bytes, write_files
from calc.glossary import GLOSSARY
from calc.reports.parts import CSV_TERMS, readme, slug, with_units, zip_name
from calc.scenario import schedules
from calc.scenario_file import scenario_to_toml

_MEASURED = ("value", "low", "median", "high", "change", "change_low", "change_median", "change_high")
_LONGEST = 40  # letters of a title in the name of its folder


def comparison_files(
    answers: Sequence[Answer],
    *,
    metrics: Sequence[str] = METRICS,
    against: str | None = BEFORE,
    pictures: bool = False,
) -> Mapping[str, bytes]:
    """Every file of a comparison, by name: `comparison.csv`, `pairs.csv`, `README.txt` and the scenarios.

    Parameters
    ----------
    metrics, against : as for `comparison`
    pictures : add the folder `pictures` and `report.html`

    Raises
    ------
    CalcError
        Pictures are asked for, and the extra `pictures` is not installed.
    """
    scenarios = _scenario_files(answers)
    command = _command(answers, list(scenarios), pictures=pictures)
    drawn: Mapping[str, bytes] = {}
    if pictures:
        from calc.reports.comparison_page import comparison_pictures  # charts take half a second to import

        drawn = comparison_pictures(answers, metrics=metrics, against=against, command=command)
    return {
        "comparison.csv": csv_bytes(_in_units(comparison(answers, metrics=metrics, against=against), against)),
        "pairs.csv": csv_bytes(_in_units(pairs(answers, metrics=metrics))),
        "README.txt": _readme(answers, metrics, against, list(scenarios), pictures=pictures),
        **drawn,
        **scenarios,
    }


def write_comparison(
    answers: Sequence[Answer],
    folder: str | Path,
    *,
    metrics: Sequence[str] = METRICS,
    against: str | None = BEFORE,
    pictures: bool = False,
    force: bool = False,
) -> Path:
    """Write a comparison into a folder, whole or not at all; parameters as for `comparison_files`.

    Raises
    ------
    CalcError
        As `comparison_files` raises it.
    DataError
        The folder holds files already and `force` is not given, or it cannot be written.
    """
    return write_files(
        comparison_files(answers, metrics=metrics, against=against, pictures=pictures), folder, force=force
    )


def comparison_zip_name(files: Mapping[str, bytes]) -> str:
    """`tariff_comparison_1a2b3c4d.zip`: 8 digits of the files' digest."""
    return zip_name(("tariff", "comparison"), files)


def comparison_text(
    answers: Sequence[Answer], *, metrics: Sequence[str] = METRICS, against: str | None = BEFORE
) -> str:
    """The comparison for a terminal: metric by metric, one line a scenario, with its range."""
    table = comparison(answers, metrics=metrics, against=against)
    width = max(len(one.name) for one in answers)
    lines = []
    for metric in common_metrics(answers, metrics):
        lines.append(GLOSSARY[metric].label)
        for row in table[(table["metric"] == metric).to_numpy()].to_dict("records"):
            text, span = cell_texts(row, against)
            lines.append(f"  {row['scenario']:<{width}}{text or 'not available':>16}{f'  ({span})' if span else ''}")
    return "\n".join(lines)


def _in_units(table: pd.DataFrame, against: str | None = None) -> pd.DataFrame:
    """The table as files show it: percent for fractions, the unit in a column behind the metric."""
    columns = with_units(table, [name for name in _MEASURED if name in table])
    units = columns.pop("unit")
    columns.insert(list(columns).index("metric") + 1, "unit", units)
    if "change" in columns and "against" not in columns:
        columns.insert(list(columns).index("change"), "against", str(against))
    return columns


def _scenario_files(answers: Sequence[Answer]) -> dict[str, bytes]:
    """Each scenario in a folder of its own, because two may name different schedules alike."""
    files: dict[str, bytes] = {}
    for number, one in enumerate(answers, 1):
        folder = f"scenarios/{number}_{slug(one.name, _LONGEST)}"
        files[f"{folder}/scenario.toml"] = scenario_to_toml(one.scenario).encode()
        files |= {f"{folder}/{name}": content for name, content in schedules(one.scenario).items()}
    return files


def _command(answers: Sequence[Answer], files: Sequence[str], *, pictures: bool) -> str:
    tomls = [name for name in files if name.endswith("scenario.toml")]
    return f"tariff-impact compare {' '.join(tomls)}{answers[0].reading}{' --pictures' if pictures else ''} --out again"


def _readme(
    answers: Sequence[Answer], metrics: Sequence[str], against: str | None, files: Sequence[str], *, pictures: bool
) -> bytes:
    listed = []
    for number, one in enumerate(answers, 1):
        scenario = one.scenario
        estimated = ", ESTIMATED DATA" if one.estimated else ""
        whose = f"; results for {one.economy}" if one.economy else ""
        listed += [f"{number}. {one.name}", *(f"     {sentence}." for sentence in one.policy or ("No rule",))]
        listed.append(f"     Model {scenario.model}, data {scenario.dataset} ({one.year}{estimated}){whose}")
        if scenario.baseline or scenario.law_day:
            listed.append(
                f"     Base tariffs of {scenario.baseline or 'the data'}; policy starts from tariffs of "
                f"{scenario.law_day or 'the same'}"
            )
    first = answers[0].scenario
    notes = list(dict.fromkeys(note for one in answers for note in one.notes))
    sources = list(dict.fromkeys(f"{one.source} Terms: {one.licence}" for one in answers))
    return readme(
        [f"Comparison of {len(answers)} scenario{'' if len(answers) == 1 else 's'}"],
        listed,
        [
            (
                f"One seed ({first.seed}) and {first.draws} draws for all, so differences are not sampling noise. Low "
                "and high"
            ),
            (
                "are the 5th and 95th percentiles of the draws; those of a difference are taken draw by draw, and "
                "are empty"
            ),
            "where two scenarios do not share their draws (other data, or a model with other parameters).",
        ],
        [
            "Headline numbers" + ("" if against is None else f", changes against {against}"),
            comparison_text(answers, metrics=metrics, against=against),
        ],
        ["Caveats", *(f"  - {sentence}" for sentence in (*cautions(answers), *notes))],
        ["Sources", *(f"  {source}" for source in sources)],
        [
            "Files",
            (
                "  comparison.csv  one row per metric and scenario; change is relative to the scenario in the column "
                "against,"
            ),
            f"                  {BEFORE} being the baseline before any policy; changes of percentages are in points",
            (
                "  pairs.csv       each scenario minus each one before it; above is the share of draws in which it "
                "is higher"
            ),
            "  scenarios/      every scenario, with the seed and draws of the comparison",
            *(["  report.html     one page to read and print; pictures/ has its charts"] if pictures else []),
            f"{CSV_TERMS}; text that a spreadsheet would read as a formula starts with an",
            "apostrophe.",
        ],
        ["Run it again", f"  {_command(answers, files, pictures=pictures)}"],
    )
