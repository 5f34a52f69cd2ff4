"""A result as files: CSV tables, their schema, the scenario, a manifest and a README; and as a workbook.

`bundle` makes every file as bytes; command line and page both write these bytes. Only MANIFEST.json knows the time.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from calc.datasets.dataset import OWN
from calc.errors import CalcError
from calc.files.write import check_free, json_bytes, workbook_bytes, write_files
from calc.glossary import GLOSSARY, Quantity
from calc.reports.citation import made_with
from calc.reports.line_choice import ALL_LINES, LineChoice
from calc.reports.parts import CSV_TERMS, in_file_unit, readme, slug, table_fields, with_units, zip_name
from calc.result import Inputs, Result
from calc.words import headline, quantity_text, range_text

if TYPE_CHECKING:  # charts take half a second to import, and most reports have none
    from calc.analysis.households.household_cost import HouseholdCost
    from calc.reports.pictures import Pictures

TABLES = ("summary", "lines", "markets", "economies")
_NOT_IN_FILES = ("targeted",)
_OF_METRICS: Mapping[str, tuple[str, ...]] = {
    "summary": ("metric", "value", "unit", "low", "high"),
    "uncertainty": ("kind", "economy", "metric", "value", "low", "median", "high", "unit"),
}
_ABOUT_PICTURES = (
    "  report.html    this report as one page to read and print; pictures/ has its charts as PNG and SVG",
    "  hit_most.csv   the products and groups of goods hit most, by what buyers lose and by price",
)
_NUMBERS = ("value", "low", "median", "high")


def file_table(result: Result, name: str) -> pd.DataFrame:
    """One table of a result as files show it: units in the column names, percent for fractions.

    Parameters
    ----------
    name : summary | lines | markets | economies | uncertainty
    """
    table: pd.DataFrame = result.ranges if name == "uncertainty" else getattr(result, name)
    if name in _OF_METRICS:
        shown = _OF_METRICS[name]
        return with_units(table, [number for number in _NUMBERS if number in shown])[list(shown)]
    columns: dict[str, object] = {
        "scenario": _constant(result.scenario, len(table)),
        "model": _constant(result.model, len(table)),
    }
    keys = [key for key in ("importer", "exporter", "economy", "product") if key in table]
    columns |= {key: table[key].array for key in keys}
    if result.inputs is not None:
        columns["year"] = np.full(len(table), result.inputs.year)
    for column in table.columns.drop([*keys, *_NOT_IN_FILES], errors="ignore"):
        columns[GLOSSARY[column].column] = _column(table[column], GLOSSARY[column])
    return pd.DataFrame(columns, copy=False)


def bundle(
    result: Result,
    *,
    excel: bool = False,
    byte_order_mark: bool = False,
    households: "HouseholdCost | None" = None,
    pictures: "Pictures | None" = None,
    lines: LineChoice = ALL_LINES,
) -> Mapping[str, bytes]:
    """Every file of a report, by name.

    Parameters
    ----------
    excel : add `tables.xlsx`
    byte_order_mark : start CSV files with the mark by which Excel knows UTF-8
    households : of `household_cost` on this result; adds its four tables
    pictures : of `pictures_of` on this result; adds the folder `pictures`, `hit_most.csv` and `report.html`
    lines : which lines, and in what form

    Raises
    ------
    CalcError
        The result was not made by `run` and so cannot be cited, what writes workbooks or pictures is not installed,
        or a table has more rows than a sheet of a workbook takes.
    """
    if result.inputs is None:
        raise CalcError("Only a result of calc.run can be reported: it carries the scenario and the data's source.")
    names = (*TABLES, "uncertainty") if len(result.ranges) else TABLES
    chosen = lines.of(result)
    tables = {name: file_table(chosen, name) for name in names}
    if households is not None:
        from calc.reports.households import household_tables

        tables |= household_tables(households)
    if pictures is not None and len(pictures.hit_most):
        from calc.reports.pictures import HIT_MOST

        tables[HIT_MOST] = pictures.hit_most
    files = {
        lines.file if name == "lines" else f"{name}.csv": (lines if name == "lines" else ALL_LINES).content(
            table, byte_order_mark=byte_order_mark
        )
        for name, table in tables.items()
    }
    files["scenario.toml"] = result.inputs.scenario_toml.encode()
    files |= result.inputs.attachments
    files["datapackage.json"] = json_bytes(_datapackage(result, result.inputs, tables, lines))
    files["README.txt"] = _readme(result, result.inputs, households, pictures, lines)
    if excel:
        files["tables.xlsx"] = workbook_bytes(tables)
    if pictures is not None:
        from calc.reports import html_page
        from calc.reports.pictures import picture_files

        files |= picture_files(pictures.figures)
        command = _command(result.inputs, households, pictures, lines)
        files[html_page.NAME] = html_page.result_page(result, pictures, command=command, households=households)
    files["MANIFEST.json"] = json_bytes(_manifest(result, result.inputs, files, households, pictures, lines))
    return files


def write_report(
    result: Result,
    folder: str | Path,
    *,
    excel: bool = False,
    byte_order_mark: bool = False,
    households: "HouseholdCost | None" = None,
    pictures: "Pictures | None" = None,
    lines: LineChoice = ALL_LINES,
    force: bool = False,
) -> Path:
    """Write a report into a folder, whole or not at all.

    Parameters
    ----------
    excel, byte_order_mark, households, pictures, lines : as for `bundle`
    force : replace a report that is already there

    Raises
    ------
    CalcError
        As `bundle` raises it.
    DataError
        The folder holds files already and `force` is not given, or it cannot be written.

    Examples
    --------
    >>> import calc
    >>> folder = calc.write_report(calc.run("universal_10", draws=0), "written")
    >>> sorted(path.name for path in folder.glob("*.csv"))
    ['economies.csv', 'lines.csv', 'markets.csv', 'summary.csv']
    """
    check_free(folder, force=force)
    files = bundle(
        result, excel=excel, byte_order_mark=byte_order_mark, households=households, pictures=pictures, lines=lines
    )
    return write_files(files, folder, force=force)


def report_zip_name(result: Result, files: Mapping[str, bytes], *, kind: str = "tariff") -> str:
    """`tariff_USA_truce-lapses-100-surtax_1a2b3c4d.zip`: importers, title and 8 digits of the files' digest.

    Parameters
    ----------
    kind : first word, what the files are about
    """
    importers = "-".join(sorted(result.markets["importer"].unique())[:3])
    return zip_name((kind, importers, slug(result.scenario)), files)


def summary_text(result: Result, *, beside: Mapping[str, str] | None = None) -> str:
    """The headline numbers as a short table for a terminal.

    Parameters
    ----------
    beside : further words on a number, by metric, on a line of their own below it
    """
    rows = []
    columns = (result.summary[name].tolist() for name in ("metric", "value", "low", "high"))
    for metric, value, low, high in zip(*columns, strict=True):
        quantity = GLOSSARY[metric]
        span = range_text(low, high, quantity)
        rows.append(f"  {quantity.label:<42}{quantity_text(value, quantity):>12}{f'  ({span})' if span else ''}")
        if words := (beside or {}).get(metric):
            rows.append(f"      {words}")
    return "\n".join(rows)


def _constant(text: str, count: int) -> "pd.Categorical[str]":
    return pd.Categorical.from_codes(np.zeros(count, dtype=np.int8), categories=pd.Index([text]))


def _column(column: pd.Series, quantity: Quantity) -> object:
    return column.array if quantity.unit == "text" else in_file_unit(column, quantity.scale)


def _datapackage(
    result: Result, inputs: Inputs, tables: Mapping[str, pd.DataFrame], lines: LineChoice
) -> dict[str, object]:
    return {
        "profile": "tabular-data-package",
        "name": "tariff-impact-report",
        "title": result.scenario,
        "description": headline(result),
        "sources": [{"title": inputs.source}],
        "licenses": [{"title": inputs.licence}],
        "resources": [
            {
                "name": name,
                "path": lines.file if name == "lines" else f"{name}.csv",
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "schema": {"fields": table_fields(table)},
            }
            for name, table in tables.items()
        ],
    }


def _manifest(
    result: Result,
    inputs: Inputs,
    files: Mapping[str, bytes],
    households: "HouseholdCost | None",
    pictures: "Pictures | None",
    lines: LineChoice,
) -> dict[str, object]:
    return {
        **made_with(),
        "scenario": result.scenario,
        "model": result.model,
        "dataset": inputs.dataset,
        "command": _command(inputs, households, pictures, lines),
        "parameters": dict(result.parameters),
        "solution": {"residual": result.solution.residual, "iterations": result.solution.iterations},
        "inputs_sha256": {**inputs.sha256, **_household_inputs(households)},
        "outputs_sha256": {name: sha256(content).hexdigest() for name, content in files.items()},
    }


def _household_inputs(households: "HouseholdCost | None") -> Mapping[str, str]:
    """Digests of what household cost stands on beside the dataset."""
    if households is None:
        return {}
    from calc.analysis.households.us_accounts import read_accounts

    return read_accounts().sha256


def _household_files(households: "HouseholdCost | None") -> list[str]:
    """What the tables of household cost hold, for the README."""
    if households is None:
        return []
    from calc.reports.households import ABOUT

    return [f"  {name}.csv  {about}" for name, about in ABOUT.items()]


def _household_options(households: "HouseholdCost | None") -> str:
    """What the command needs to compute the same household cost again."""
    if households is None:
        return ""
    return "".join([" --households", *(f" --household-set {text}" for text in households.settings.written())])


def _command(inputs: Inputs, households: "HouseholdCost | None", pictures: "Pictures | None", lines: LineChoice) -> str:
    """The command that makes the report again, in its folder."""
    data = " --data FOLDER" if inputs.dataset.startswith(OWN) else ""  # uploaded data are in no place that it knows
    options = f"{_household_options(households)}{'' if pictures is None else ' --pictures'}{lines.options()}"
    return f"tariff-impact run scenario.toml{data}{inputs.reading}{options} --out again"


def _readme(
    result: Result,
    inputs: Inputs,
    households: "HouseholdCost | None",
    pictures: "Pictures | None",
    lines: LineChoice,
) -> bytes:
    return readme(
        [headline(result)],
        ["ESTIMATED DATA: this dataset is an estimate, not an observation."] if inputs.estimated else [],
        [
            f"Scenario: {result.scenario}",
            "Rules, in order:",
            *([f"  {number}. {sentence}." for number, sentence in enumerate(inputs.policy, 1)] or ["  none"]),
            *([f"Compared with {inputs.compared_with}"] if inputs.compared_with else []),
            f"Model: {result.model}",
            f"Data: {inputs.dataset_title} ({inputs.year}). {inputs.source}",
            f"Terms: {inputs.licence}",
        ],
        ["Headline numbers", summary_text(result)],
        [] if households is None else ["Households", f"  {households}", *(f"  - {note}" for note in households.notes)],
        ["Caveats", *(f"  - {note}" for note in result.notes)],
        [
            "How to reproduce it, to the last digit",
            f"  {_command(inputs, households, pictures, lines)}",
        ],
        [
            "Files",
            "  summary.csv    headline numbers; low and high are the 5th and 95th percentiles of the draws",
            f"  {lines.file:<14} {lines.about()}",
            "  markets.csv    one row per importer and product",
            "  economies.csv  one row per economy",
            *(["  uncertainty.csv  5th, 50th and 95th percentiles of the draws"] if len(result.ranges) else []),
            *_household_files(households),
            *(_ABOUT_PICTURES if pictures else []),
            "  scenario.toml  the scenario; datapackage.json describes each column; MANIFEST.json has versions",
            "                 and digests",
            f"{CSV_TERMS}. Excel strips leading zeros from HS codes whatever",
            "the file says: import them as text, or use the workbook (tariff-impact run --excel). Text that would be",
            "read as a formula starts with an apostrophe.",
        ],
        [
            "How to cite",
            f"  {inputs.citation}",
            "  tariff-impact calculator, with the scenario and the versions in MANIFEST.json.",
        ],
    )
