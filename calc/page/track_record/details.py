"""Below the Track record: the aims, every setting, duties of 2025, what ranges covered, and China's retaliation."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import streamlit as st

from calc.analysis.backtest.collection import AI_WORDS, REFINED_WORDS
from calc.analysis.backtest.episodes import FIT_NAME, TEST_NAME
from calc.analysis.backtest.ranges import TOTALS_2025
from calc.analysis.backtest.run import Findings
from calc.analysis.backtest.settings import LEVELS, LOGS, MEASURES, RELATIVE, WHOLE
from calc.charts.households import rows_of
from calc.datasets.hs_names import CHAPTERS
from calc.page.back_test_answers import settings_record
from calc.page.held.session import Key
from calc.page.tables import shown_table
from calc.page.text import plain
from calc.page.widgets import choose, download
from calc.reports.backtest import table_csv
from calc.reports.backtest_words import target_table
from calc.words import money, percent, rate, true_minus

SCORED_ON: Key[str] = Key("scored_on")
SCORED_BY: Key[str] = Key("scored_by")
# Trial -> words, episode, criterion.
TRIALS: Mapping[str, tuple[str, str, str]] = {
    "2025": ("2025: chapter × partner", TEST_NAME, LEVELS),
    "relative": ("2018–19: China against all others", FIT_NAME, RELATIVE),
    "2018-19": ("2018–19: chapter × partner", FIT_NAME, LEVELS),
}
DUTIES_OF = {"predicted": "", "refined": REFINED_WORDS, "ai_held": AI_WORDS}
_SETTING = ("elasticities", "pass_through_pct", "model", "after")


def csv_button(name: str, table: pd.DataFrame, key: str) -> None:
    """The rows that a chart or a table shows, as a file."""
    download("This table as CSV", lambda: table_csv(name, table), f"{name}.csv", key, kind="tertiary")


def targets_view(found: Findings, part: str, forecast: str) -> None:
    """Every aim, hit or missed."""
    table = target_table(found)
    shown_table(
        pd.DataFrame(
            {
                "Aim": table["target"],
                "Reached": table["value"],
                "Aimed at": table["aim"],
                "Hit": np.where(table["hit"], "yes", "missed"),
                "Refined": table["refined"],
                "Refined hits": np.where(table["refined"] == "–", "–", np.where(table["refined_hit"], "yes", "missed")),
            }
        ),
        "target_table",
        "Aims of the back-test with what was reached",
        {},
        other=1,
    )
    st.markdown(
        plain(
            "The aims are for the setting on trial: one elasticity for all products, pass-through of 90%. Cells "
            "are scored in three measures, because which aim is hit depends on the measure."
        )
    )
    csv_button("targets", found.targets, "targets_csv")


def settings_view(found: Findings, part: str, forecast: str) -> None:
    """Every setting by one episode, criterion and measure."""
    choice, side = st.columns([3, 2], vertical_alignment="bottom")
    with choice:
        trial = choose("Scored on", {key: words for key, (words, _, _) in TRIALS.items()}, SCORED_ON)
    _, episode, criterion = TRIALS[trial]
    relative = criterion == RELATIVE
    with side:
        chosen = LOGS if relative else choose("Changes", MEASURES, SCORED_BY)
    scored = settings_record().tables
    part = WHOLE if relative else part
    table = scored["settings"]
    kept = table[(table["episode"] == episode) & (table["criterion"] == criterion) & (table["part"] == part)]
    kept = kept[kept["measure"] == chosen]
    screen = pd.DataFrame(
        {
            "Elasticities": kept["elasticities"],
            "Pass-through, %": kept["pass_through_pct"],
            "Model": kept["model"],
            "After": kept["after"],
            "Slope": kept["slope"],
            "Slope, 5–95%": _interval(kept, "slope"),
            "R²": kept["r2"],
            "R², 5–95%": _interval(kept, "r2"),
            "Rank correlation": kept["spearman"],
            "Error": kept["rmse"],
            "Error, 5–95%": _interval(kept, "rmse", digits=3),
            "Less than no change, %": 100 * kept["gain"],
            "Inside 5–95%, % of cells": _inside(scored["coverage"], kept, found, episode, part),
        }
    )
    words = f"Scores of every setting, {TRIALS[trial][0]}, {part}"
    shown_table(screen, "settings_table", words, _DIGITS, other=1)
    no_change = float(kept["no_change"].iloc[0])
    words = (
        f"{int(kept['cells'].iloc[0]):,} {'chapters' if relative else 'chapters of partners'}, {_PART_WORDS[part]}, "
        f"{MEASURES[chosen]}, weighted by imports before. “No change” has an error of {no_change:.3f}. Intervals draw "
        "whole chapters 1,000 times. Inside: share of cells whose seen change lies in the range of the prediction, "
        "where ranges were drawn. The first row is the setting on trial. The file has every episode, criterion, part "
        "and measure."
    )
    st.markdown(plain(words))
    csv_button("settings", scored["settings"], "settings_csv")


_DIGITS = {"Pass-through, %": 0, "Slope": 2, "R²": 2, "Rank correlation": 2, "Error": 3}
_PART_WORDS: Mapping[str, str] = {
    "all": "all cells",
    "without 84-85": "without chapters 84–85",
    "without China": "without China",
    "without both": "without chapters 84–85 and China",
}


def _interval(table: pd.DataFrame, name: str, *, digits: int = 2) -> list[str]:
    ends = zip(table[f"{name}_low"], table[f"{name}_high"], strict=True)
    return [true_minus(f"{low:.{digits}f} to {high:.{digits}f}") for low, high in ends]


def _inside(coverage: pd.DataFrame, kept: pd.DataFrame, found: Findings, episode: str, part: str) -> list[float]:
    """Share of cells inside their range, where a setting's ranges were drawn: the beliefs on trial with each set."""
    own = coverage[coverage["what"].str.startswith(f"cells, {episode}") & (coverage["part"] == part)]
    by_set = own.drop_duplicates("elasticities").set_index("elasticities")["inside"]
    asked = found.scenario
    drawn = (
        (kept["pass_through_pct"] == asked.assumptions.pass_through_pct)
        & (kept["model"] == asked.model)
        & (kept["after"] == "long run")
    )
    return [
        100 * float(by_set.get(name, np.nan)) if here else np.nan
        for name, here in zip(kept["elasticities"], drawn, strict=True)
    ]


def refinements_view(found: Findings, part: str, forecast: str) -> None:
    """What lag and growth do, one at a time and together."""
    table = found.tables["refinements"]
    screen = pd.DataFrame(
        {
            "Prediction": table["variant"],
            "Lag, months": table["lag"],
            "Growth that goes on, %": 100 * table["growth_share"],
            "Slope": table["slope"],
            "R²": table["r2"],
            "R², plain changes": table["r2_plain"],
            "Error removed, %": 100 * table["gain"],
            "Without China, %": 100 * table["gain_without_china"],
            "China off, points": 100 * table["china"],
            "Error by partner, %": 100 * table["rmse_partners"],
            "Error of the collected rate, points": 100 * table["rmse_rate"],
            "Duties FY 2025, predicted, %": 100 * table["duties_fiscal_predicted"],
            "CY 2025, predicted, %": 100 * table["duties_calendar_predicted"],
            "FY 2025, actual, %": 100 * table["duties_fiscal_actual"],
            "CY 2025, actual, %": 100 * table["duties_calendar_actual"],
        }
    )
    shown_table(
        screen,
        "refinements_table",
        "The prediction with a lag of trade and earlier growth, one at a time and together",
        {"Lag, months": 0, "Growth that goes on, %": 0, "Slope": 2, "R²": 2, "R², plain changes": 2}
        | {"Error of the collected rate, points": 2},
        other=1,
    )
    st.markdown(
        plain(
            "Lag: months before the present one whose law counts as much. Growth: of the year before, by partner. Both "
            "were settled on 2015–20, each with its interval in the sentence above; that they were tried at all was "
            "decided knowing 2025. All columns are of 2025: cells up to a doubling unless plain, duties as errors."
        )
    )
    csv_button("refinements", table, "refinements_csv")


def duties_view(found: Findings, part: str, forecast: str) -> None:
    """Duties of fiscal and calendar 2025, on predicted and on actual imports."""
    table = found.tables["duties"]
    kept = table[table["imports"].isin([f"{basis}{DUTIES_OF[forecast]}" for basis in ("predicted", "actual")])]
    said = [
        f"{row['year']}, {row['imports'].removesuffix(DUTIES_OF[forecast])} imports: "
        f"{money(row['duties'], sign=False)} expected, {money(row['receipts'], sign=False)} received "
        f"({percent(row['error'])})"
        for row in rows_of(kept)
    ]
    st.markdown(plain(f"{'; '.join(said)}."))
    shown_table(
        pd.DataFrame(
            {
                "Year": kept["year"],
                "Imports": kept["imports"],
                "Expected, $ m": kept["duties"] / 1e6,
                "Received, $ m": kept["receipts"] / 1e6,
                "Error, %": 100 * kept["error"],
            }
        ),
        "duties_table",
        f"Duties of 2025. {'; '.join(said)}",
        {},
        other=1,
    )
    st.markdown(
        plain(
            "Law with its lags, times imports. Predicted: imports of 2024 and what the method expects of them. Actual: "
            "imports as they were, at the rate expected on the basket that the method expects. Received: customs "
            "duties of the Treasury, with anti-dumping duty. The aim was 5% either way. Actual imports held more "
            "machines free of duty than expected, so that the rate of the expected basket is too high for them."
        )
    )
    csv_button("duties", kept, "duties_csv")


def coverage_view(found: Findings, part: str, forecast: str) -> None:
    """How many seen values lay inside their range."""
    table = found.tables["coverage"]
    shown_table(
        pd.DataFrame(
            {
                "What": table["what"],
                "Part": [_PART_WORDS[name] for name in table["part"]],
                "Seen values": table["count"],
                "Inside, %": 100 * table["inside"],
                "Inside, % of imports": 100 * table["inside_weighted"],
            }
        ),
        "coverage_table",
        "Share of seen values inside their ranges of 90%",
        {"Seen values": 0},
        other=1,
    )
    row = table[(table["what"] == TOTALS_2025) & (table["part"] == "without 84-85")].iloc[0]
    st.markdown(
        plain(
            f"A range of 90% should hold 90% of what is seen. Without chapters 84–85 ours hold {rate(row['inside'])} "
            "of partners' totals; the aim was 80%. They hold what is uncertain about elasticities and pass-through, "
            "and leave out demand for single goods, stocks bought ahead, exchange rates and all else that moved trade."
        )
    )
    csv_button("coverage", table, "coverage_csv")


def retaliation_view(found: Findings, part: str, forecast: str) -> None:
    """US exports to China of 2018–19 under China's retaliation, between two ends."""
    table = found.tables["retaliation"]
    base = table["base"].sum()
    seen, alone, rivals = (float((table[name] * table["base"]).sum() / base) for name in ("seen", "alone", "rivals"))
    words = (
        f"US exports to China, second half of 2017 to second half of 2019: seen {percent(seen)}; {percent(alone)} if "
        f"the buyer has no other supplier, {percent(rivals)} if rivals are many."
    )
    st.markdown(plain(words))
    top = table.sort_values("base", ascending=False)
    shown_table(
        pd.DataFrame(
            {
                "Chapter": [f"{code} {CHAPTERS.get(code, '')}".strip() for code in top["chapter"]],
                "Exports 2017H2, $ m": top["base"] / 1e6,
                "Tariff before, %": 100 * top["tariff_before"],
                "Tariff after, %": 100 * top["tariff_after"],
                "Seen, %": 100 * top["seen"],
                "No other supplier, %": 100 * top["alone"],
                "Many rivals, %": 100 * top["rivals"],
            }
        ),
        "retaliation_table",
        words,
        {},
        other=1,
    )
    csv_button("retaliation", top, "retaliation_csv")


RECORD_DETAILS: Mapping[str, str] = {
    "targets": "Aims",
    "refinements": "Refinements",
    "settings": "Every setting",
    "duties": "Duties of 2025",
    "coverage": "Inside the ranges",
    "retaliation": "China's retaliation",
}
DETAIL_VIEWS: Mapping[str, Callable[[Findings, str, str], None]] = {
    "targets": targets_view,
    "refinements": refinements_view,
    "settings": settings_view,
    "duties": duties_view,
    "coverage": coverage_view,
    "retaliation": retaliation_view,
}
