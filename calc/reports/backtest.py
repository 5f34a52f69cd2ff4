"""The back-test as files and as text: every table in the units of files, the protocol, what was missed, and why.

Command line and page write these bytes. They hold no time: equal back-tests are equal files.
"""

from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pandas as pd

from calc.analysis.backtest.run import Findings
from calc.files.write import MANIFEST, csv_bytes, json_bytes
from calc.reports.backtest_words import PROTOCOL, caveats, headline_of, target_table
from calc.reports.parts import CSV_TERMS, readme
from calc.scenario_file import scenario_to_toml
from calc.tariffs.lags import LAGS

_RATES = (
    *("seen", "predicted", "low", "high", "law", "census", "treasury", "peer", "no_change"),
    *("expected_base", "expected", "expected_ai_held", "expected_refined"),
    *("ai_held", "ai_held_low", "ai_held_high", "refined", "refined_low", "refined_high"),
    *("error", "tariff_before", "tariff_after", "alone", "rivals"),
    *("inside", "inside_weighted", "rmse_census", "rmse_treasury"),
)
_MONEY = ("base", "seen_value", "duties", "receipts")
_BARE = ("scores", "scores-ai-held", "scores-refined", "settings", "refinements", "surroundings", "targets")
_BARE_NUMBERS = f"Numbers of {', '.join(f'{name}.csv' for name in _BARE)} are bare: 0.1 is 10%."


def backtest_files(found: Findings) -> Mapping[str, bytes]:
    """Every file of a back-test, by name: a CSV a table, the beliefs as a scenario, README and manifest."""
    files = {f"{name}.csv": table_csv(name, table) for name, table in found.tables.items()}
    files["scenario.toml"] = scenario_to_toml(found.scenario).encode()
    files["README.txt"] = readme(
        ["Back-test", f"  {headline_of(found)}.", "  " + _beliefs(found)],
        ["Protocol", *(f"  {line}" for line in PROTOCOL)],
        ["Targets", *(f"  {line}" for line in _targets(found))],
        ["What 2018-19 says of the spread of elasticities", f"  {_pooled(found)}"],
        ["What 2018-20 says of the lags of collection", f"  {_lags(found)}"],
        ["What 2015-20 says of the timing of trade", f"  {_timing(found)}"],
        ["What to know", *(f"  {line}" for line in caveats(found))],
        [f"{CSV_TERMS}. Columns in _pct are per cent, in _usd US dollars.", _BARE_NUMBERS],
    )
    digests = {name: sha256(content).hexdigest() for name, content in files.items()}
    return {**files, MANIFEST: json_bytes({"files": digests})}


def table_csv(name: str, table: pd.DataFrame) -> bytes:
    """A table of the back-test, or some of its rows, as a CSV file.

    Parameters
    ----------
    name : of the table, which says in what units its numbers are
    """
    return csv_bytes(_in_units(name, table))


def backtest_text(found: Findings) -> str:
    """Targets, partners and duties for a terminal."""
    partners = found.tables["partners"]
    rows = [
        f"  {row.partner:<5}{row.predicted:>+10.1%}"
        f"{row.refined:>+9.1%}{row.seen:>+9.1%}{row.ai_held:>+9.1%}{row.peer:>+9.1%}"
        for row in partners.itertuples()
    ]
    head = f"  {'':<5}{'predicted':>10}{'refined':>9}{'seen':>9}{'AI held':>9}{'GTAP':>9}"
    sections = (
        [f"{headline_of(found)}.", _beliefs(found)],
        ["Targets", *(f"  {line}" for line in _targets(found))],
        ["Imports, second half of 2025 on that of 2024", head, *rows],
        [_timing(found), _pooled(found), _lags(found)],
    )
    return "\n\n".join("\n".join(section) for section in sections)


def _beliefs(found: Findings) -> str:
    asked = found.scenario
    share = asked.assumptions.pass_through_pct
    passed = "pass-through of the set" if share is None else f"pass-through {share:g}%"
    return f"Elasticities {asked.elasticities}, {passed}, model {asked.model}."


def _targets(found: Findings) -> list[str]:
    table = target_table(found)
    width = max(len(words) for words in table["target"])
    return [
        f"{'hit   ' if row.hit else 'missed'} {row.target:<{width}} {row.value:>7}   ({row.aim})"
        for row in table.itertuples()
    ]


def _pooled(found: Findings) -> str:
    one = found.pooled
    verdict = "supported" if one.supported else "not supported: one elasticity for all products does as well"
    return (
        f"Share of the spread of the data's elasticities: {one.share:.2f} ({one.low:.2f} to {one.high:.2f}), {verdict}."
    )


def _timing(found: Findings) -> str:
    lag, growth = found.timing.lag, found.timing.growth[1]
    return (
        f"Refined: trade answers to the mean law of the month and the {lag.value:.0f} before ({lag.low:.0f} to "
        f"{lag.high:.0f}), and {growth.value:.2f} ({growth.low:.2f} to {growth.high:.2f}) of each partner's earlier "
        "growth goes on. Settled on 2015-20; refinements.csv has each alone."
    )


def _lags(found: Findings) -> str:
    lags = found.lags
    return (
        f"Lags fitted here: {lags.fitted.this_month:.3f} ({lags.this_month_error:.3f}) and "
        f"{lags.fitted.month_before:.3f} ({lags.month_before_error:.3f}), sum {lags.fitted.compliance:.3f}, error "
        f"{100 * lags.rmse:.2f} points; those used {LAGS.this_month:g} and {LAGS.month_before:g}, sum "
        f"{LAGS.compliance:.3f}, error {100 * lags.rmse_used:.2f} points."
    )


def _in_units(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Columns of a table in the units of files, which end their names."""
    columns = {}
    for column in table.columns:
        label, values = str(column), table[column]
        if values.dtype == bool:
            columns[label] = pd.Series(np.where(values, "yes", "no"))
        elif label in _MONEY:
            columns[f"{label}_usd"] = values.astype(float)
        elif label in _RATES and name not in _BARE:
            columns[f"{label}_pct"] = 100 * values.astype(float) + 0.0
        elif label != "weight":
            columns[label] = values
    return pd.DataFrame(columns)
