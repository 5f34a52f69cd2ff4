"""Track record: how the method would have done on 2018–19 and 2025–26, beside what happened, and where it failed."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from calc.analysis.backtest.episodes import REST, UNION, WORLD
from calc.analysis.backtest.run import Findings
from calc.analysis.backtest.settings import MEASURES, parts_of
from calc.charts.authorities import collected_spec
from calc.charts.households import rows_of
from calc.charts.law_figures import collected_figure
from calc.charts.track_record import cells_figure, cells_spec, described_forecasts, forecasts_figure, forecasts_spec
from calc.datasets.hs_names import CHAPTERS
from calc.files.write import zip_bytes
from calc.page.back_test_answers import EXPECTED_OF, months_of, record, scored_record
from calc.page.chart_menu import chart_menu
from calc.page.heading import card
from calc.page.held import state
from calc.page.held.link import Control, one_of, read_yes
from calc.page.held.session import Key
from calc.page.text import plain
from calc.page.track_record.details import DETAIL_VIEWS, RECORD_DETAILS, SCORED_BY, SCORED_ON, TRIALS
from calc.page.view import View, no_part
from calc.page.widgets import choose, download, headline_first
from calc.reports.backtest import backtest_files
from calc.reports.backtest_words import PROTOCOL, caveats, headline_of, missed, refined_words, score_of
from calc.tariffs.history import US_ON_ALL, US_ON_CHINA, Direction
from calc.tariffs.lags import LAGS
from calc.words import percent, rate, small_percent, true_minus

NO_MACHINES: Key[bool] = Key("no_machines")
NO_CHINA: Key[bool] = Key("no_china")
FORECAST: Key[str] = Key("forecast")
FORECASTS = {
    "predicted": "Tariffs alone",
    "refined": "With lags and earlier growth",
    "ai_held": "What happened anyway: AI-related imports as realised",
}
DIRECTION: Key[str] = Key("record_of")
YEARS: Key[str] = Key("record_years")
DETAIL: Key[str] = Key("record_detail")
LAW_OF_PEER, PEER = "m_stat_gtap", "m_eta_gtap"  # the Budget Lab's series on imports that it predicted
FIRST_YEARS = {"2018": "2018–2026", "2025": "2025–2026"}
DIRECTIONS = {"all": US_ON_ALL, "china": US_ON_CHINA}
_BASIS = {
    "predicted": "",
    "refined": ", with lags and earlier growth",
    "ai_held": ", AI-related imports as realised",
}
_PARTS = {
    (False, False): "all",
    (True, False): "without 84-85",
    (False, True): "without China",
    (True, True): "without both",
}


def controls(dataset: str) -> dict[str, Control]:
    """What the view holds in the address."""
    return {
        **{key.name: Control(default=False, read=read_yes) for key in (NO_MACHINES, NO_CHINA)},
        FORECAST.name: Control(default="predicted", read=one_of(FORECASTS)),
        DIRECTION.name: Control(default="all", read=one_of(DIRECTIONS)),
        YEARS.name: Control(default="2018", read=one_of(FIRST_YEARS)),
        DETAIL.name: Control(default="targets", read=one_of(RECORD_DETAILS)),
        SCORED_ON.name: Control(default="2025", read=one_of(TRIALS)),
        SCORED_BY.name: Control(default="capped", read=one_of(MEASURES)),
    }


def track_record() -> None:
    """Draw the view: what came out first, then the pictures, then protocol and caveats."""
    state.current()  # fills the controls from the address
    head, side = st.columns([5, 1], vertical_alignment="top")
    title = head.empty()
    title.title("Would the method have been right?", anchor=False)
    found = record()
    headline_first(title, headline_of(found))
    with side:
        download(
            "Export record",
            lambda: zip_bytes(backtest_files(scored_record())),
            "track_record.zip",
            "export",
            "Every table as CSV, protocol, aims and caveats in one zip: the files of `tariff-impact backtest`.",
            kind="primary",
            width="stretch",
        )
    cards_place = st.empty()
    st.markdown(_missed(found))
    st.markdown(plain(refined_words(found)))
    _switches()
    part, forecast = _PARTS[(NO_MACHINES.value(), NO_CHINA.value())], FORECAST.value()
    with cards_place.container():
        _cards(found, part, forecast)
    left, right = st.columns(2, gap="medium")
    with left:
        _cells(found, part, forecast)
    with right:
        _partners(found, forecast)
    _months(found, forecast)
    shown = choose("Details of the record", RECORD_DETAILS, DETAIL)
    DETAIL_VIEWS[shown](found, part, forecast)
    st.markdown("**Protocol**\n\n" + _list(PROTOCOL))
    st.markdown("**What to keep in mind**\n\n" + _list(caveats(found)))


def _list(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {plain(line)}" for line in lines)


def _missed(found: Findings) -> str:
    """What was aimed at and missed, so that nobody has to look for it."""
    lines, table = missed(found), found.targets
    words = f"**{len(table) - len(lines)} of {len(table)} aims hit.**"
    return f"{words} Missed: {plain('; '.join(lines))}." if lines else words


def _switches() -> None:
    with st.container(horizontal=True, gap="medium", key="record_switches"):
        st.toggle("Without chapters 84–85", key=NO_MACHINES.name, persist_state="session")
        st.toggle("Without China", key=NO_CHINA.name, persist_state="session")
    choose(
        "Prediction",
        FORECASTS,
        FORECAST,
        help="AI-related imports rose whatever the tariff. Held at their realised value they no longer count for or "
        "against the method; that is hindsight, which no forecast had. Lags and earlier growth are settled on 2015–20.",
    )


def _cards(found: Findings, part: str, forecast: str) -> None:
    score = score_of(found, part, forecast=forecast)
    errors = found.tables["partner-errors"].set_index("forecast")["rmse"]
    china = found.tables["partners"].iloc[0]
    with st.container(horizontal=True, gap="small", key="cards"):
        card(
            "Error removed, product × partner",
            rate(score["gain"]),
            "share of the weighted error of “no change” that the prediction removes, May–June 2025 on 2024.",
            f"{rate(score['gain_low']).removesuffix('%')} to {rate(score['gain_high'])} by chapter drawn",
        )
        card(
            "Slope, seen on predicted",
            f"{score['slope']:.2f}",
            "1 if changes are as large as predicted; above 1, trade moved by more than predicted.",
            true_minus(f"{score['slope_low']:.2f} to {score['slope_high']:.2f}, R² {score['r2']:.2f}"),
        )
        card(
            "China, second half of 2025",
            percent(china[forecast]),
            "predicted change of US imports from China on the second half of 2024.",
            f"seen {percent(china['seen'])}",
        )
        card(
            "Error by partner",
            rate(errors[forecast]),
            "root mean squared error of the change of imports over five partners, second half of 2025, unweighted.",
            f"GTAP {rate(errors['peer'])}, no change {rate(errors['no_change'])}",
        )


def _chosen(table: pd.DataFrame, forecast: str) -> pd.DataFrame:
    """A table whose prediction is the one that is shown."""
    if forecast == "predicted":
        return table
    ends = {end: table[f"{forecast}_{end}"] for end in ("low", "high") if f"{forecast}_{end}" in table}
    return table.assign(predicted=table[forecast], **ends)


def _cells(found: Findings, part: str, forecast: str) -> None:
    table = parts_of(_chosen(found.tables["cells"], forecast))[part]
    score = score_of(found, part, forecast=forecast)
    st.markdown("**Imports by product and partner, May–June 2025 on 2024: predicted and seen**")
    words = (
        f"{len(table):,} chapters of partners: slope {score['slope']:.2f}, R² {score['r2']:.2f}, weighted error "
        f"{rate(score['rmse'])} against {rate(score['no_change'])} for “no change”, rank correlation "
        f"{score['spearman']:.2f}."
    )
    st.vega_lite_chart(cells_spec(table, _names(found), CHAPTERS), key="record_cells", alt=f"Scatter. {plain(words)}")
    st.markdown(
        f":small[{plain(true_minus(words))} Size: imports of 2024. On the dashed line the prediction is right. Changes "
        "above a doubling stand at the edge, and count as a doubling.]"
    )
    chart_menu(
        lambda: cells_figure(table, _names(found), CHAPTERS, score, found.dataset.source),
        "predicted_and_seen",
        "track record",
    )


def _partners(found: Findings, forecast: str) -> None:
    table = _chosen(found.tables["partners"], forecast)
    errors = found.tables["partner-errors"].set_index("forecast")["rmse"]
    shown = table.assign(name=[_names(found)[code] for code in table["partner"]])
    st.markdown("**Imports by partner, second half of 2025 on that of 2024**")
    st.vega_lite_chart(forecasts_spec(shown), key="record_partners", alt=plain(described_forecasts(shown)))
    ours = errors[forecast]
    words = (
        f"Error over the five partners, unweighted: {rate(ours)}{_BASIS[forecast]}; the "
        f"Budget Lab's GTAP {rate(errors['peer'])}; no change {rate(errors['no_change'])}. Bands hold 90% of the draws."
    )
    st.markdown(f":small[{plain(words)}]")
    chart_menu(
        lambda: forecasts_figure(shown, ours, errors["no_change"], found.dataset.source),
        "record_by_partner",
        "track record",
    )


def _months(found: Findings, forecast: str) -> None:
    st.markdown("**Law, expected and collected by month, 2018–2026**")
    with st.container(horizontal=True, gap="medium"):
        key = choose("Partners", {"all": "All partners", "china": "China"}, DIRECTION, label_visibility="collapsed")
        first = choose("Years", FIRST_YEARS, YEARS, label_visibility="collapsed")
    direction = DIRECTIONS[key]
    table = months_of(found, direction.exporter, forecast)
    table = table[table["month"] >= first]
    st.vega_lite_chart(
        collected_spec(table, month=None, height=270),
        key="record_months",
        alt=f"Lines of the law, the rate expected and the rates collected by month, {direction.words}.",
    )
    st.markdown(f":small[{plain(_month_words(found, direction, forecast))}]")
    chart_menu(lambda: collected_figure(table, direction), "collected", "track record")


def _month_words(found: Findings, direction: Direction, forecast: str) -> str:
    words = (
        f"{direction.words}, weights {direction.weights}. Expected: {LAGS.this_month:g} of the month's law and "
        f"{LAGS.month_before:g} of the law of the month before."
    )
    if direction is not US_ON_ALL:
        return words
    errors = {row["series"]: row for row in rows_of(found.tables["rate-errors"])}

    def off(series: str) -> str:
        row = errors[series]
        return f"{_points(row['rmse_treasury'])} (Treasury) and {_points(row['rmse_census'])} (Census)"

    return (
        f"{words} Once trade has reacted: the same on the imports that the method expects, from October 2024"
        f"{_BASIS[forecast]}. From June 2025 to January 2026 it is off by "
        f"{off(EXPECTED_OF[forecast])}; the Budget Lab's law on the imports of its GTAP runs by "
        f"{off(LAW_OF_PEER)}, with its compliance by {off(PEER)}."
    )


def _points(fraction: float) -> str:
    return small_percent(fraction, unit=" points").lstrip("+")


def _names(found: Findings) -> Mapping[str, str]:
    countries = found.dataset.countries
    names = dict(zip(countries["economy"].astype(str), countries["name"].astype(str), strict=True))
    return {**names, UNION: "European Union", REST: "All others", WORLD: "All partners"}


VIEW = View(title="Track record", path="track-record", draw=track_record, controls=controls, sidebar=no_part)
