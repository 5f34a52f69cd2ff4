"""Below the Timeline: measures, groups, what falls with an authority, collected duty, and notes."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from calc.charts.authorities import (
    authorities_spec,
    authority_rows,
    collected_spec,
    described_authorities,
    described_collected,
)
from calc.charts.law_figures import collected_figure, groups_figure
from calc.datasets.hs_names import SECTIONS
from calc.errors import CalcError
from calc.page import answers
from calc.page.back_test_answers import months_of, record
from calc.page.chart_menu import chart_menu
from calc.page.held.session import MODEL, Key
from calc.page.models import label, offered
from calc.page.tables import column_formats
from calc.page.text import plain
from calc.page.timeline.answers import DIRECTION_OF, are_charged, average_law, falls, groups, law, story, substituted
from calc.page.widgets import choose
from calc.reports.history import measure_rows
from calc.tariffs.averages import EVERYTHING
from calc.tariffs.history import TOTAL, US_ON_ALL, collected_by_group, collected_by_month
from calc.tariffs.lags import LAGS
from calc.tariffs.record import AUTHORITY_WORDS, WORLD
from calc.words import day_words, listing, rate

MOST_GROUPS = 15
GROUPING: Key[str] = Key("law_by")
GROUPINGS = {"section": "Section", "exporter": "Partner"}
IMPORTS: Key[str] = Key("expected_on")
ON_BASE, PREDICTED, AI_HELD = "base", "predicted", "ai_held"
EXPECTED_ON = {
    ON_BASE: "Imports of 2024",
    PREDICTED: "Imports as predicted",
    AI_HELD: "As predicted, AI-related as realised",
}


def measures_view(day: date, direction: str) -> None:
    """Measures of the date for a direction; those not counted come last and say why."""
    chosen = DIRECTION_OF[direction]
    measures = law(str(day), chosen.dataset).measures
    concerned = measures["target"].map(lambda cell: chosen.exporter == WORLD or _names_one(cell, chosen.exporter))
    rows = measure_rows(measures[(measures["imposer"] == chosen.importer) & concerned.astype(bool)])
    names = _economy_names()
    table = pd.DataFrame(
        {
            "Measure": [
                f"{name[0].upper()}{name[1:]}: {what}"
                for name, what in zip(rows["programme"], rows["scope"], strict=True)
            ],
            "On": [listing([names.get(code, code) for code in cell.split(";")]) for cell in rows["target"]],
            "Authority": [AUTHORITY_WORDS.get(name, name) for name in rows["authority"]],
            "Rate": rows["rate"],
            "From": rows["from"],
            "Until": rows["until"],
            "Counts": np.where(rows["counted"] == "yes", "yes", "no: " + rows["status"]),
            "Status": rows["status"],
            "Source": rows["source"],
        }
    )
    table["Counts"] = table["Counts"].str.replace("no: in force", "no: without a rate").to_numpy()
    counted = int((rows["counted"] == "yes").sum())
    left_out = len(rows) - counted
    if table.empty:
        st.markdown(
            plain(f"{chosen.words}: the record has no measure beyond ordinary duties on {day_words(str(day))}.")
        )
        return
    st.dataframe(
        table,
        hide_index=True,
        height=min(430, 38 + 35 * len(table)),
        key="measure_table",
        column_config={
            "Measure": st.column_config.TextColumn(width=300),
            "On": st.column_config.TextColumn(width=110),
            "Authority": st.column_config.TextColumn(width=110),
            "Source": st.column_config.TextColumn(width=300),
        },
        alt=f"Measures on {day_words(str(day))}, {chosen.words}: {counted} counted, {left_out} not counted",
    )
    words = f"{counted} measures make up the rates on this date. "
    if left_out:
        words += (
            f"{left_out} listed below them are not counted: threatened, suspended, or without a rate in the record. "
        )
    st.markdown(plain(f"{words}Open: no end date is known. Where measures overlap, the stacking rules decide."))


def _names_one(cell: str, exporter: str) -> bool:
    codes = cell.split(";")
    return exporter in codes or WORLD in codes


def _economy_names() -> dict[str, str]:
    countries = answers.dataset(US_ON_ALL.dataset).countries
    return {**dict(zip(countries["economy"], countries["name"], strict=True)), WORLD: "All partners", "MAC": "Macao"}


def groups_view(day: date, direction: str) -> None:
    """Rates by section or partner, in force and after trade has reacted."""
    chosen = DIRECTION_OF[direction]
    by = _grouping() if chosen.exporter == WORLD else "section"
    model = _model(direction)
    table = groups(str(day), direction, by)
    names = SECTIONS if by == "section" else _economy_names()
    largest = table.nlargest(MOST_GROUPS, "import_value")
    laws = {names.get(str(row[by]), str(row[by])): _law_of(row) for row in largest.to_dict("records")}
    parts = authority_rows({_short(name): law for name, law in laws.items()})
    st.vega_lite_chart(
        authorities_spec(parts, height=24 * len(largest)),
        key="group_bars",
        alt=f"Rates by {by}, largest imports first. {described_authorities(parts)}",
    )
    if len(parts):
        chart_menu(
            lambda: groups_figure(
                authorities_spec(parts, height=24 * len(largest)), authority_rows(laws), day, chosen, by=by
            ),
            "tariffs_by_group",
            str(day),
        )
    try:
        after = substituted(str(day), direction, by, model).set_index(by)
    except CalcError as error:
        st.error(plain(str(error)))
        return
    screen = pd.DataFrame(
        {
            GROUPINGS[by]: [names.get(str(key), str(key)) for key in table[by]],
            "Imports, $ m": table["import_value"] / 1e6,
            "In force, %": 100 * table[TOTAL],
            "After substitution, %": 100 * after[TOTAL].reindex(table[by]).to_numpy(),
            **{
                f"{AUTHORITY_WORDS.get(name, name)}, %": 100 * table[name]
                for name in table.columns[2:]
                if name != TOTAL and table[name].any()
            },
        }
    ).sort_values("Imports, $ m", ascending=False)
    st.dataframe(
        screen,
        hide_index=True,
        height=min(430, 38 + 35 * len(screen)),
        column_config=_formats(screen, "Imports, $ m"),
        key="group_table",
        alt=f"Rates by {GROUPINGS[by].lower()}: in force, after substitution, and by authority",
    )
    st.markdown(
        plain(
            f"{chosen.words}, weights {chosen.weights}. The bars show the {len(largest)} with the largest "
            f"imports. After substitution: {label(model)} lets that year's imports react to these tariffs; rates "
            "are weighted by the imports that remain."
        )
    )


def _model(direction: str) -> str:
    """The sidebar's model where it can answer a direction's dataset, else that dataset's own."""
    able = offered(answers.dataset(DIRECTION_OF[direction].dataset))
    chosen = MODEL.value()
    return chosen if chosen in able else able[0]


def _grouping() -> str:
    return choose("By", GROUPINGS, GROUPING)


def _law_of(row: Mapping[Any, Any]) -> dict[str, float]:
    return {str(name): float(row[name]) for name in list(row)[2:]}


def _short(words: str) -> str:
    return words if len(words) <= 30 else words[:29] + "…"


def falls_view(day: date, direction: str) -> None:
    """What falls if a court or a law ends one authority."""
    chosen = DIRECTION_OF[direction]
    table = falls(str(day), direction)
    if table.empty:
        st.markdown(plain(f"{chosen.words}: only ordinary duties {are_charged(day)} on {day_words(str(day))}."))
        return
    screen = pd.DataFrame(
        {
            "Authority": [AUTHORITY_WORDS.get(name, name) for name in table["authority"]],
            "Contribution, points": 100 * table["own"],
            "Average now, %": 100 * table["total"],
            "Average without it, %": 100 * table["total_without"],
            "Change, points": 100 * table["total_change"],
        }
    )
    st.dataframe(
        screen,
        hide_index=True,
        column_config=_formats(screen),
        key="fall_table",
        alt=f"The average tariff without each authority, {chosen.words}, {day_words(str(day))}",
    )
    st.markdown(
        plain(
            f"{chosen.words}, each authority removed on its own. The average can fall by less than the "
            "authority's contribution: goods freed from Section 232 pay the duties that it had displaced."
        )
    )


def collected_view(day: date, direction: str) -> None:
    """Duty collected beside the tariffs in force in the same month."""
    chosen, known = DIRECTION_OF[direction], story()
    table = collected_by_month(known.collected, known.averages, chosen)
    if table.empty:
        st.markdown("There are no public monthly figures for the duty China collects on American goods.")
        return
    imports = choose("Expected collection on", EXPECTED_ON, IMPORTS) if chosen.exporter == WORLD else ON_BASE
    if imports != ON_BASE:
        late = months_of(record(), chosen.exporter, imports).set_index("month")["expected_new"]
        table = table.assign(expected_new=table["month"].map(late))
    st.vega_lite_chart(
        collected_spec(table, month=day),
        key="collected_chart",
        alt=f"Statutory and collected rates by month, {chosen.words}. {described_collected(table)}",
    )
    chart_menu(lambda: collected_figure(table, chosen, month=day, height=250), "collected", str(day))
    screen = pd.DataFrame(
        {
            "Month": table["month"].dt.strftime("%Y-%m"),
            "In force, %": 100 * table["statutory"],
            "Expected, %": 100 * table["expected"],
            **({"Expected on these imports, %": 100 * table["expected_new"]} if "expected_new" in table else {}),
            "Collected, Census, %": 100 * table["census"],
            "Census, share of statutory, %": 100 * table["census_ratio"],
            "Collected, Treasury, %": 100 * table["treasury"],
            "Treasury, share of statutory, %": 100 * table["treasury_ratio"],
        }
    ).iloc[::-1]
    screen = screen.dropna(axis="columns", how="all")
    st.dataframe(
        screen,
        hide_index=True,
        height=300,
        column_config=_formats(screen),
        key="collected_table",
        alt=f"Statutory and collected rates by month, {chosen.words}, latest first",
    )
    st.markdown(
        plain(
            f"{described_collected(table)} In force: mean over the days of the month on fixed weights "
            f"({chosen.weights}). Expected: {LAGS.this_month:g} of the month's law and {LAGS.month_before:g} of the "
            "month before, as US duty on Chinese goods was collected from July 2018 to February 2020"
            f"{_ON_IMPORTS[imports]}. Collected: duty as a share of the month's imports, reflecting that month's "
            "basket, goods in transit, unclaimed preferences and late entries; all imports count, including "
            "returned goods. Treasury receipts include anti-dumping duties and lag entries by about a month."
        )
    )
    _back_test(day, direction, table)
    _collected_groups(day, direction)


_ON_IMPORTS = {
    ON_BASE: ", on the same imports",
    PREDICTED: ", on the same imports; once trade has reacted: on those that the back-test's method expects",
    AI_HELD: ", on the same imports; once trade has reacted: on those that the back-test's method expects, with "
    "AI-related imports at their realised value, which no forecast had",
}


def _back_test(day: date, direction: str, table: pd.DataFrame) -> None:
    """What a model predicts from the date's tariffs, beside what was collected in its month."""
    month = table[table["month"].dt.strftime("%Y-%m") == f"{day:%Y-%m}"]
    if month.empty:
        return
    try:
        after = float(substituted(str(day), direction, EVERYTHING, _model(direction))[TOTAL].iloc[0])
    except CalcError as error:
        st.error(plain(str(error)))
        return
    source = "census" if month["census"].notna().item() else "treasury"
    st.markdown(
        plain(
            f"Predicted and collected: with the imports that {label(_model(direction))} expects under the tariffs "
            f"in force on {day_words(str(day))}, {rate(after)} would be due; {rate(month[source].item())} was "
            f"collected in that month ({source.capitalize()}). The model is not fitted to these figures; "
            "compliance, goods in transit and dates of entry are not in it."
        )
    )


def _collected_groups(day: date, direction: str) -> None:
    """Duty collected in the chosen month by section or partner, where figures are that detailed."""
    chosen = DIRECTION_OF[direction]
    collected, month, data = story().collected, f"{day:%Y-%m}", answers.dataset(chosen.dataset)
    table = collected_by_group(collected, month, data, "section", chosen.exporter)
    if table.empty:
        st.markdown(
            "Monthly figures by section and partner run from January 2018 to May 2021 here: choose a date in "
            "that period."
        )
        return
    by = _grouping() if chosen.exporter == WORLD else "section"
    if by == "exporter":
        table = collected_by_group(collected, month, data)
    names = SECTIONS if by == "section" else _economy_names()
    screen = pd.DataFrame(
        {
            GROUPINGS[by]: [names.get(str(key), str(key)) for key in table[by]],
            "Imports of the month, $ m": table["import_value"] / 1e6,
            "In force, %": 100 * table["statutory"],
            "Collected, %": 100 * table["collected"],
            "Share of statutory, %": 100 * table["ratio"],
        }
    ).sort_values("Imports of the month, $ m", ascending=False)
    st.dataframe(
        screen,
        hide_index=True,
        height=300,
        column_config=_formats(screen, "Imports of the month, $ m"),
        key="collected_groups",
        alt=f"Statutory and collected rates of {day:%B %Y} by {GROUPINGS[by].lower()}",
    )
    st.markdown(plain(f"{chosen.words}, {day:%B %Y}, Census figures."))


def notes_view(day: date, direction: str) -> None:
    """What the rates leave out."""
    chosen = DIRECTION_OF[direction]
    law_notes = law(str(day), chosen.dataset).notes
    average = average_law(direction, day)[TOTAL]
    first = f"{chosen.words} on {day_words(str(day))}: {rate(average)}, weights {chosen.weights}."
    st.markdown("\n".join(f"- {plain(note)}" for note in (first, *law_notes)))


def _formats(table: pd.DataFrame, money: str = "") -> dict[str, Any]:
    """Formats of a table of rates, in which one column at most holds million US$."""
    rates = dict.fromkeys(map(str, table.select_dtypes("number")), "fraction")
    return column_formats(table, rates | {money: "usd"})


LAW_DETAILS = {
    "measures": "Measures",
    "groups": "By section or partner",
    "falls": "Without one authority",
    "collected": "Duty collected",
    "notes": "Notes",
}
LAW_VIEWS: Mapping[str, Callable[[date, str], None]] = {
    "measures": measures_view,
    "groups": groups_view,
    "falls": falls_view,
    "collected": collected_view,
    "notes": notes_view,
}
