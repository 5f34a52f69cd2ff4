"""Optimal tariffs and tariff wars as files and as text: rates, gains, searches, and scenarios to run again."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

import pandas as pd

from calc.analysis.optimal.curves import Curves
from calc.analysis.optimal.optimum import Optimum
from calc.analysis.optimal.terms import Terms
from calc.analysis.optimal.war import War
from calc.datasets.dataset import OWN, Dataset
from calc.datasets.in_sentences import in_sentence
from calc.files.write import csv_bytes, json_bytes
from calc.glossary import GLOSSARY
from calc.models.known import MODELS
from calc.reports.citation import made_with
from calc.reports.parts import CSV_TERMS, in_file_unit, readme
from calc.scenario import Scenario, schedules
from calc.scenario_file import scenario_to_toml
from calc.tariffs.sentences import describe_rule
from calc.words import listing, money, rate, small_percent

ASKED = "scenarios/asked"
"""Folder of the scenario as it was asked."""
MOST_ROWS = 12  # of a table in a terminal


def optimum_files(found: Optimum, dataset: Dataset) -> Mapping[str, bytes]:
    """Every file of an optimum, by name."""
    tables = {
        "rates.csv": found.rates,
        "gains.csv": _both(found.before, found.gains),
        "searches.csv": found.climbs,
    }
    command = f"tariff-impact optimal {ASKED}/scenario.toml --for {found.economy}{found.terms.options()}"
    about = [
        "  rates.csv      the best rates, beside those of the base and of the scenario as asked",
        "  gains.csv      what each economy gains against the base, as asked and under the best rates",
        "  searches.csv   where each search started and ended, in the units of the goal",
    ]
    return _files(
        found.scenario, found.asked, dataset, tables, text=optimum_text(found, dataset), command=command, about=about
    )


def war_files(found: War, dataset: Dataset, curves: Curves | None = None) -> Mapping[str, bytes]:
    """Every file of a tariff war, by name."""
    tables = {
        "rates.csv": found.rates,
        "gains.csv": _both(found.before, found.gains),
        "corners.csv": _first(found.corners, "acting"),
        "rounds.csv": found.rounds,
        **({} if curves is None else {"responses.csv": curves.responses}),
    }
    options = found.terms.options() + (" --against everyone" if found.against == "everyone" else "")
    options += "" if curves is None else " --curves"
    about = [
        "  rates.csv      the rates at which nobody gains by a change, beside those of the base and of the scenario",
        "  gains.csv      what each economy gains against the base, as asked and at the end of the war",
        "  corners.csv    what each gains if nobody, one alone, ..., or all choose the rates of the end",
        "  rounds.csv     each response of each economy, from every start; change is in ln(1 + rate)",
        *([] if curves is None else ["  responses.csv  the best rate of each at rates of the other"]),
    ]
    command = f"tariff-impact nash {ASKED}/scenario.toml --between {','.join(found.economies)}{options}"
    return _files(
        found.scenario,
        found.asked,
        dataset,
        tables,
        text=war_text(found, dataset, curves),
        command=command,
        about=about,
    )


def optimum_text(found: Optimum, dataset: Dataset) -> str:
    """The best rates, what they bring, and how far they are verified, for a terminal."""
    names = _names(dataset)
    return "\n".join(
        [
            f"Best tariffs of {in_sentence(found.economy, names[found.economy])}, all others unchanged: "
            f"{rate(found.mean_rate)} on imports",
            *_gain_lines(found.asked, [found.economy], found.before, found.gains, names),
            *_rate_lines(found.rates, found.terms, names),
            f"  Verified: slope {found.gradient:.0e} of income; none of {found.tried} other choices of rates gains",
        ]
    )


def war_text(found: War, dataset: Dataset, curves: Curves | None = None) -> str:
    """Where a war ends, round by round, and what it costs whom, for a terminal."""
    names = _names(dataset)
    first = found.rounds[found.rounds["start"] == found.rounds["start"].iloc[0]]
    fighting = listing([in_sentence(code, names[code]) for code in found.economies])
    lines = [f"Tariff war of {fighting}: nobody gains by a further change at"]
    lines += [f"  {rate(found.mean_rate(code)):>8} of {names[code]}" for code in found.economies]
    lines += _gain_lines(found.asked, found.economies, found.before, found.gains, names)
    lines += _rate_lines(found.rates, found.terms, names)
    lines.append("  Round by round, mean rates:")
    for number, table in first.groupby("round"):
        means = zip(table["economy"], table["tariff_new"], strict=True)
        lines.append(f"    {number}  " + "  ".join(f"{code} {rate(mean)}" for code, mean in means))
    unique = "every start ends there" if found.unique else "other starts end elsewhere, see rounds.csv"
    lines.append(f"  Verified: slopes {found.gradient:.0e} of income; none of {found.tried} deviations gains; {unique}")
    if curves is not None:
        pairs = zip(curves.economies, curves.cooperation, curves.gains, strict=True)
        lines.append("  Greatest joint gain, by cooperation:")
        lines += [f"    {names[code]}: {rate(value)}, {money(gain)}" for code, value, gain in pairs]
    return "\n".join(lines)


def _gain_lines(
    asked: Scenario, economies: Iterable[str], before: pd.DataFrame, gains: pd.DataFrame, names: Mapping[str, str]
) -> list[str]:
    """What those who choose gain, then the two others who lose and gain most."""
    old, new = before.set_index("economy"), gains.set_index("economy")
    words = GLOSSARY["real_income_change" if MODELS[asked.model].incomes_move else "net_welfare_change"].label
    chosen = list(economies)
    lines = [f"  {words} against the base (in the scenario as asked):"]

    def line(code: str) -> str:
        texts = []
        for table in (new, old):
            shares = [small_percent(float(table["real_income_change"][code]))] if "real_income_change" in table else []
            texts.append(", ".join([*shares, money(float(table["net_welfare_change"][code]))]))
        return f"    {names[code]}: {texts[0]} ({texts[1]})"

    others = (new["net_welfare_change"] - old["net_welfare_change"]).drop(chosen).sort_values()
    far = [code for code in (*others.index[:2], *others.index[-1:]) if abs(others[code]) > 0]
    return [*lines, *(line(code) for code in (*chosen, *dict.fromkeys(far)))]


def _rate_lines(rates: pd.DataFrame, terms: Terms, names: Mapping[str, str]) -> list[str]:
    """The rates on the largest imports, where there are several."""
    if terms.kind == "uniform":
        return []
    shown = rates.nlargest(MOST_ROWS, "import_value_base")
    lines = [f"  Rates on the largest imports of {len(rates):,} (in the scenario as asked):"]
    for row in shown.to_dict("records"):
        on = " ".join(filter(None, [names.get(row["exporter"], row["exporter"]), row["product"]]))
        lines.append(f"    {row['importer']} on {on}: {rate(row['tariff_new'])} ({rate(row['tariff_scenario'])})")
    return lines


def _names(dataset: Dataset) -> Mapping[str, str]:
    return dict(zip(dataset.countries["economy"], dataset.countries["name"], strict=True))


def _both(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Gains as asked and as chosen, one under the other."""
    table = pd.concat([before.assign(tariffs="scenario"), after.assign(tariffs="chosen")], ignore_index=True)
    return _first(table, "tariffs")


def _first(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table[[column, *table.columns.drop(column)]]


def _in_units(table: pd.DataFrame) -> pd.DataFrame:
    """A table as files show it: the unit in the name of each column of the glossary."""
    columns: dict[str, object] = {}
    for name in table:
        quantity = GLOSSARY.get(str(name))
        if quantity is None or quantity.unit == "text":
            columns[str(name)] = table[name].array
        else:
            columns[quantity.column] = in_file_unit(table[name], quantity.scale)
    return pd.DataFrame(columns)


def _files(
    scenario: Scenario,
    asked: Scenario,
    dataset: Dataset,
    tables: Mapping[str, pd.DataFrame],
    *,
    text: str,
    command: str,
    about: list[str],
) -> dict[str, bytes]:
    """Tables, the scenario found and the one asked, README and manifest."""
    files = {name: csv_bytes(_in_units(table)) for name, table in tables.items()}
    files["scenario.toml"] = scenario_to_toml(scenario).encode()
    files |= schedules(scenario)
    files[f"{ASKED}/scenario.toml"] = scenario_to_toml(asked).encode()
    files |= {f"{ASKED}/{name}": content for name, content in schedules(asked).items()}
    data = (" --data FOLDER" if dataset.name.startswith(OWN) else "") + dataset.reading.options()
    files["README.txt"] = readme(
        text.splitlines(),
        ["ESTIMATED DATA: this dataset is an estimate, not an observation."] if dataset.estimated else [],
        [
            f"Scenario: {asked.title}",
            "Rules as asked, in order; those on imports for which rates were chosen are replaced:",
            *([f"  {k}. {describe_rule(rule, dataset)}." for k, rule in enumerate(asked.rules, 1)] or ["  none"]),
            f"Model: {asked.model}",
            f"Data: {dataset.title} ({dataset.year}). {dataset.source}",
            f"Terms: {dataset.licence}",
        ],
        [
            "Caveats",
            "  - Whoever does not choose keeps the tariffs of the scenario, whatever is done to it.",
            "  - Gains are flat near the best rates: compare gains, not rates. Goods that are not traded have no rate.",
            *(f"  - {limit}" for limit in MODELS[asked.model].limits),
        ],
        [
            "Files",
            *about,
            "  scenario.toml  the scenario with the chosen rates; scenarios/asked/ has the scenario as asked",
            "  MANIFEST.json  versions and digests",
            f"{CSV_TERMS}; rates are in percent, money in US$.",
        ],
        [
            "How to reproduce it",
            f"  tariff-impact run scenario.toml{data} --out again      what the chosen rates do, in full",
            f"  {command}{data} --out again",
        ],
    )
    files["MANIFEST.json"] = json_bytes(
        {
            **made_with(),
            "scenario": asked.title,
            "model": asked.model,
            "dataset": dataset.name,
            "command": f"{command}{data}",
            "inputs_sha256": dict(dataset.sha256),
            "outputs_sha256": {name: sha256(content).hexdigest() for name, content in files.items()},
        }
    )
    return files
