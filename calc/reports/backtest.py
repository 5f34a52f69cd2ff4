"""The back-test as files and as text: every table in the units of files, the protocol, what was missed, and why.

Command line and page write these bytes. They hold no time: equal back-tests are equal files.
"""

from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pandas as pd

from calc.analysis.backtest.protocol import LAGS
from calc.analysis.backtest.run import Findings
from calc.files.write import MANIFEST, csv_bytes, json_bytes
from calc.reports.parts import CSV_TERMS, readme
from calc.scenario_file import scenario_to_toml
from calc.words import listing

PROTOCOL = (
    "Fitted: trade, second half of 2017 to second half of 2019 (weights of 2017 by chapter and partner); collected "
    "rate on Chinese goods, July 2018 to February 2020.",
    "Tested: January 2025 to March 2026. Nothing was fitted to these months.",
    f"Collected in a month: {LAGS.this_month:g} of the month's law and {LAGS.month_before:g} of the law of the month "
    "before; USMCA and exclusions as the record has them.",
    "Trade before is that of 2024, at the rates collected then; trade after is what the model expects under the mean "
    "law of the months that are seen.",
    "Seen changes count up to a doubling (capped), because imports cannot fall by more than 100%; scores of the plain "
    "changes and of logarithms stand beside.",
    "Intervals draw whole chapters with replacement, 1,000 times, and hold 90% of the draws.",
)
CAVEATS = (
    "The one elasticity is from estimates before 2020; the pass-through of 90% rests in part on papers about 2025, but "
    "80 or 100% would score alike: see settings.csv.",
    "The first quarter of 2025 was bought ahead of the tariffs, which lowers what was bought in the months tested.",
    'AI-related imports rose whatever the tariff. Columns with "AI held" put them at their realised value: that is '
    "hindsight, and tells the two causes apart.",
    "Gold, medicines and parcels of low value moved for reasons of their own.",
    "China's total comes right partly by offset: other goods than machines fell less than predicted, machines more.",
    "Without China's cells no setting ranks products: their rank correlations stand in scores.csv.",
    "Receipts of the Treasury contain anti-dumping and countervailing duties; exclusions claimed are an average.",
    "Ranges hold what is uncertain about elasticities and pass-through, not what else moves trade: most seen changes "
    "of single partners lie outside them; coverage.csv has the shares.",
    "Use of USMCA by Canada and Mexico rose during 2025; the record holds its mean of the second half of the year.",
    "China's purchases are known from the United States alone, so that its retaliation is given between two ends.",
)
_RATES = (
    *("seen", "predicted", "low", "high", "law", "expected_base", "expected", "expected_ai_held", "census", "treasury"),
    *("ai_held", "peer", "no_change", "error", "tariff_before", "tariff_after", "alone", "rivals"),
    *("inside", "inside_weighted", "rmse_census", "rmse_treasury"),
)
_MONEY = ("base", "seen_value", "duties", "receipts")
_BARE = ("scores", "settings", "targets")
_BARE_NUMBERS = f"Numbers of {listing([f'{name}.csv' for name in _BARE])} are bare: 0.1 is 10%."


def backtest_files(found: Findings) -> Mapping[str, bytes]:
    """Every file of a back-test, by name: a CSV a table, the beliefs as a scenario, README and manifest."""
    files = {f"{name}.csv": csv_bytes(_in_units(name, table)) for name, table in found.tables.items()}
    files["scenario.toml"] = scenario_to_toml(found.scenario).encode()
    files["README.txt"] = readme(
        ["Back-test", "  " + _beliefs(found)],
        ["Protocol", *(f"  {line}" for line in PROTOCOL)],
        ["Targets", *(f"  {line}" for line in _targets(found))],
        ["What 2018-19 says of the spread of elasticities", f"  {_pooled(found)}"],
        ["What 2018-20 says of the lags", f"  {_lags(found)}"],
        ["What to know", *(f"  {line}" for line in CAVEATS)],
        [f"{CSV_TERMS}. Columns in _pct are per cent, in _usd US dollars.", _BARE_NUMBERS],
    )
    digests = {name: sha256(content).hexdigest() for name, content in files.items()}
    return {**files, MANIFEST: json_bytes({"files": digests})}


def backtest_text(found: Findings) -> str:
    """Targets, partners and duties for a terminal."""
    partners = found.tables["partners"]
    rows = [
        f"  {row.partner:<5}{row.predicted:>+10.1%}{row.seen:>+9.1%}{row.ai_held:>+9.1%}{row.peer:>+9.1%}"
        for row in partners.itertuples()
    ]
    head = f"  {'':<5}{'predicted':>10}{'seen':>9}{'AI held':>9}{'GTAP':>9}"
    sections = (
        [_beliefs(found)],
        ["Targets", *(f"  {line}" for line in _targets(found))],
        ["Imports, second half of 2025 on that of 2024", head, *rows],
        [_pooled(found), _lags(found)],
    )
    return "\n\n".join("\n".join(section) for section in sections)


def _beliefs(found: Findings) -> str:
    asked = found.scenario
    share = asked.assumptions.pass_through_pct
    passed = "pass-through of the set" if share is None else f"pass-through {share:g}%"
    return f"Elasticities {asked.elasticities}, {passed}, model {asked.model}."


def _targets(found: Findings) -> list[str]:
    table = found.targets
    width = max(len(words) for words in table["target"])
    return [
        f"{'hit   ' if row.hit else 'missed'} {row.target:<{width}} {row.value:>8.4f}   ({row.low:g} to {row.high:g})"
        for row in table.itertuples()
    ]


def _pooled(found: Findings) -> str:
    one = found.pooled
    verdict = "supported" if one.supported else "not supported: one elasticity for all products does as well"
    return (
        f"Share of the spread of the data's elasticities: {one.share:.2f} ({one.low:.2f} to {one.high:.2f}), {verdict}."
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
