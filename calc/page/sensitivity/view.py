"""Sensitivity: which assumptions a result depends on, what another tariff would do, and which tariff reaches a goal."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.analysis.goal import REVENUE, Found, greatest
from calc.analysis.over_time import volume_of
from calc.analysis.perspective import of_importer
from calc.analysis.sensitivity import NOT_COVERED, Answer, headline, left_out, outcome_text, outcomes, tornado
from calc.analysis.sweep import Lever, grid, levers, sweep, without
from calc.charts.sensitivity import curve_spec, described_curve, described_tornado, tornado_spec
from calc.charts.sensitivity_figures import curve_figure, tornado_figure
from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.files.write import zip_bytes
from calc.glossary import GLOSSARY, asked_first
from calc.page import answers
from calc.page.alternatives import answer_of, light, tried_of
from calc.page.chart_menu import chart_menu
from calc.page.heading import badges
from calc.page.held import state
from calc.page.held.link import Control, number_between, one_of, read_yes
from calc.page.held.policy import simple_rule
from calc.page.held.session import RULES, Key
from calc.page.sensitivity.answers import draws_of, ranged_answer
from calc.page.sensitivity.details import (
    CUT,
    DETAILS,
    GOAL,
    GOALS,
    PRICE_LIMIT,
    SCOPE,
    SCOPES,
    SENSITIVITY_VIEWS,
    Asked,
    goals_of,
    origin_of_asked,
    path_of,
    shares_view,
    two_way_of,
    wanted,
)
from calc.page.text import plain
from calc.page.view import View
from calc.page.widgets import choose, download, headline_first
from calc.reports.report import report_zip_name
from calc.reports.sensitivity import Sensitivity, sensitivity_files
from calc.result import Result
from calc.scenario import MAX_RULES, Scenario, schedules
from calc.scenario_file import scenario_to_toml
from calc.tariffs.sentences import describe_rule
from calc.words import listing, true_minus, unbroken

T = TypeVar("T", str, int)

OUTCOME: Key[str] = Key("outcome")
VARIED_RULE: Key[int] = Key("varied_rule")
WITH_RANGE: Key[bool] = Key("curve_range")
DETAIL: Key[str] = Key("sensitivity_detail")

VARYING, DRAWING = "Varying the rule …", "Computing ranges at each value …"
FINE_STEPS = 5
CURVE_COLUMNS = ["tariff_pct", "value", "low", "high"]
WHOLE = ""  # the outcome that the view begins with


def controls(dataset: str) -> dict[str, Control]:
    """What the view holds in the address."""
    return {
        OUTCOME.name: Control(default=WHOLE, read=one_of([name for name in GLOSSARY if GLOSSARY[name].unit != "text"])),
        VARIED_RULE.name: Control(default=0, read=_place),
        WITH_RANGE.name: Control(default=False, read=read_yes),
        DETAIL.name: Control(default="two_way", read=one_of(DETAILS)),
        GOAL.name: Control(default="revenue", read=one_of(GOALS)),
        SCOPE.name: Control(default="targeted", read=one_of(SCOPES)),
        CUT.name: Control(default=50.0, read=number_between(0.1, 99.9)),
        PRICE_LIMIT.name: Control(default=5.0, read=number_between(0.01, 500)),
    }


def _place(text: str) -> int:
    return int(number_between(0, MAX_RULES)(text))


def sensitivity() -> None:
    """Draw the view: the headline first, what takes longer after it."""
    data, scenario = state.current()
    if isinstance(scenario, CalcError):
        st.error(plain(str(scenario)))
        return
    scenario = _with_a_rule(scenario)
    head, side = st.columns([5, 1], vertical_alignment="top")
    try:
        result = answers.central(scenario)
        importer = answers.importer_seen(scenario, result)
        asked = _asked(scenario, result, importer, data)
        sentence = headline(asked.tornado, asked.metric)
    except CalcError as error:
        st.error(plain(str(error)))
        return
    name = answers.economy_labels(data.name).get(importer, importer)
    headline_first(head, f"{name}: {sentence[0].lower()}{sentence[1:]}" if importer else sentence)
    badges(of_importer(result, importer) if importer else result, scenario, seen_from=name)
    _choices(asked, light(result, importer))
    with st.container(key="pair"):
        bars, line = st.columns([10, 11], gap="medium")
    with bars:
        _tornado(asked)
    with line:
        curve = _curve(asked, light(result, importer))
    shares = _details(asked)
    st.markdown(f"**What no range covers.** {NOT_COVERED}")
    with side:
        _export(asked, curve, shares, result, sentence)


def _with_a_rule(scenario: Scenario) -> Scenario:
    """The scenario with the rule of the simple controls where its value of 0 has left it out, so that it can vary."""
    if scenario.rules or RULES.value():
        return scenario
    return replace(scenario, rules=(simple_rule(st.session_state),))


def _asked(scenario: Scenario, result: Result, importer: str, data: Dataset) -> Asked:
    """The outcome, the lever and the bars of what the controls hold."""
    metric = _held(OUTCOME, metrics_of(light(result, importer)), WHOLE)
    known = {lever.rule + 1: lever for lever in levers(scenario)}
    lever = known[_held(VARIED_RULE, list(known), 0)] if known else None
    answer = answer_of(importer)
    found = outcomes(scenario, data, tried_of(scenario, data), answer=answer)
    return Asked(
        scenario=scenario,
        data=data,
        importer=importer,
        metric=metric,
        lever=lever,
        answer=answer,
        tornado=tornado(found, metric),
        left_out=left_out(found, metric),
    )


def _held(key: Key[T], options: Sequence[T], first: T) -> T:
    """What a control holds; the first option, which `first` stands for, where it holds that or what is no option."""
    if (held := key.value()) in options[1:]:
        return held
    key.hold(first)
    return options[0]


def metrics_of(result: Result) -> list[str]:
    """Headline numbers that may be chosen as the outcome, most asked first, base levels excluded."""
    values = zip(result.summary["metric"].astype(str), result.summary["value"], strict=True)
    given = [metric for metric, value in values if value == value and not metric.endswith("_base")]
    return asked_first(given)


def _choices(asked: Asked, result: Result) -> None:
    outcome, rule = st.columns(2, vertical_alignment="bottom")
    metrics = metrics_of(result)
    outcome.selectbox(
        "Outcome",
        [WHOLE, *metrics[1:]],
        format_func=lambda metric: GLOSSARY[metric or metrics[0]].short,
        key=OUTCOME.name,
        persist_state="session",
        help=plain(GLOSSARY[asked.metric].definition),
    )
    if len(asked.scenario.rules) > 1:
        rules = asked.scenario.rules
        numbers = [lever.rule + 1 for lever in levers(asked.scenario)]
        rule.selectbox(
            "Rule whose value is varied",
            [0, *numbers[1:]],
            format_func=lambda n: f"{n or numbers[0]}. {describe_rule(rules[(n or numbers[0]) - 1], asked.data)}",
            key=VARIED_RULE.name,
            persist_state="session",
            help="The other rules stay as they are; full retaliation follows the rule it responds to.",
        )


def _tornado(asked: Asked) -> None:
    label = plain(GLOSSARY[asked.metric].short)
    st.markdown(f"**{label} under other assumptions, one at a time**")
    if asked.tornado.empty:
        st.info("No assumption of this model can be varied.")
        return
    st.vega_lite_chart(
        tornado_spec(asked.tornado, asked.metric),
        key="tornado",
        alt=f"Tornado of {label}. {described_tornado(asked.tornado, asked.metric)}",
    )
    left = f" {len(asked.left_out)} left out (see Sources)." if len(asked.left_out) else ""
    stands = plain(outcome_text(float(asked.tornado["central"].iloc[0]), asked.metric))
    st.markdown(f":small[Line across the bars: the current result, {stands}. Blue: higher; orange: lower.{left}]")
    chart_menu(
        lambda: tornado_figure(asked.tornado, asked.metric, origin_of_asked(asked)), "tornado", asked.scenario.title
    )


def _curve(asked: Asked, result: Result) -> pd.DataFrame:
    """The outcome against the value of a rule; what was drawn is returned."""
    lever = asked.lever
    nothing = pd.DataFrame(columns=CURVE_COLUMNS)
    if lever is None:
        st.info("The scenario has no rule whose value could vary. Add one in the sidebar.")
        return nothing
    st.markdown(f"**{plain(GLOSSARY[asked.metric].short)} at other values of the rule**")
    place = st.empty()
    try:
        peak = greatest(asked.scenario, asked.data, lever, REVENUE, answer=asked.answer)
        base = _value(asked.answer(without(asked.scenario, lever), asked.data), asked.metric)
        curve = _swept(asked, lever, peak, result, place)
        if st.toggle("Range: 5th to 95th percentile of draws", key=WITH_RANGE.name, persist_state="session"):
            curve = _with_band(asked, lever, curve, place)
    except CalcError as error:
        place.error(plain(str(error)))
        return nothing
    marks = _marks(curve, lever, peak)
    with place.container():
        st.vega_lite_chart(
            curve_spec(curve, marks, asked.metric, words=lever.words, base=base),
            key="curve",
            alt=f"Curve. {described_curve(curve, asked.metric, lever.words)}",
        )
    rule = plain(describe_rule(asked.scenario.rules[lever.rule], asked.data))
    words = [
        f"Varied: “{rule}”. Dashed: without this rule.",
        unbroken(plain(_peak_words(peak, lever))),
        f"Band: {draws_of(asked.scenario)} draws per value." if curve["low"].notna().any() else "",
        _missing_words(curve, lever),
    ]
    st.markdown(f":small[{' '.join(filter(None, words))}]")
    chart_menu(
        lambda: curve_figure(curve, marks, asked.metric, origin_of_asked(asked), words=lever.words, base=base),
        "curve",
        asked.scenario.title,
    )
    return curve


def _value(result: Result, metric: str) -> float:
    values = dict(zip(result.summary["metric"], result.summary["value"], strict=True))
    return float(values.get(metric, float("nan")))


def _swept(asked: Asked, lever: Lever, peak: Found, result: Result, place: DeltaGenerator) -> pd.DataFrame:
    """The curve through the chosen value, which is the current result and need not be computed again."""

    def at(near: list[float]) -> pd.DataFrame:
        values = [value for value in grid(lever, near) if value != lever.chosen]
        return _at_values(asked, lever, values, asked.answer, place, VARYING)

    near = [peak.value_pct] if peak.exists else []
    curve = at(near)
    top = float(curve["tariff_pct"].to_numpy()[curve["value"].to_numpy().argmax()])
    if top not in lever.shown:  # an optimum of its own, as of real income, is drawn finer too
        curve = at([*near, top])
    if lever.shown[0] <= lever.chosen <= lever.shown[1]:
        row = {"tariff_pct": lever.chosen, "value": _value(result, asked.metric)}
        curve = pd.concat([curve, pd.DataFrame([row], columns=CURVE_COLUMNS).astype(float)])
    return curve.sort_values("tariff_pct", ignore_index=True)


def _with_band(asked: Asked, lever: Lever, curve: pd.DataFrame, place: DeltaGenerator) -> pd.DataFrame:
    """The curve with low and high at about every second step and at the chosen value."""
    steps = grid(lever)
    # every step at the low end, where curves bend most
    values = sorted({*steps[:FINE_STEPS], *steps[::2], steps[-1], lever.chosen} & set(curve["tariff_pct"]))
    band = _at_values(asked, lever, values, ranged_answer(asked.importer), place, DRAWING)
    ends = band[["tariff_pct", "low", "high"]]
    return curve[["tariff_pct", "value"]].merge(ends, on="tariff_pct", how="left", validate="one_to_one")


def _at_values(
    asked: Asked, lever: Lever, values: Sequence[float], answer: Answer, place: DeltaGenerator, words: str
) -> pd.DataFrame:
    bar = place.progress(0.0, words)

    def show(done: int, whole: int) -> None:
        bar.progress(done / whole, words)

    swept = sweep(asked.scenario, asked.data, lever, values, answer=answer, progress=show)
    return swept.loc[swept["metric"] == asked.metric, CURVE_COLUMNS]


def _missing_words(curve: pd.DataFrame, lever: Lever) -> str:
    """Values of the chart's steps at which the model finds no equilibrium."""
    missing = sorted(set(grid(lever)) - set(curve["tariff_pct"]))
    words = listing([true_minus(f"{value:g}") for value in missing])
    return f"No equilibrium was found at {words}." if missing else ""


def _marks(curve: pd.DataFrame, lever: Lever, peak: Found) -> pd.DataFrame:
    """The chosen value and the revenue peak, where the chart reaches them."""
    wanted = {lever.chosen: f"chosen: {lever.chosen:,.4g}"}
    if peak.exists:
        wanted[round(peak.value_pct, 9)] = f"most revenue: {peak.value_pct:,.0f}"
    found = curve[curve["tariff_pct"].isin(wanted)][["tariff_pct", "value"]]
    words = [true_minus(wanted[value]) for value in found["tariff_pct"]]
    return found.assign(words=words, top=found["tariff_pct"] != lever.chosen)


def _peak_words(peak: Found, lever: Lever) -> str:
    if peak.exists:
        beyond = "" if peak.value_pct <= lever.shown[1] else ", beyond this chart"
        return f"Tariff revenue is greatest at {lever.value_words(peak.value_pct, 0)}{beyond}."
    return f"Tariff revenue has no peak here: {peak.reason}."


def _details(asked: Asked) -> pd.DataFrame:
    """The chosen section; the shares that it shows, if it does."""
    shown = choose("Details of the sensitivity", DETAILS, DETAIL)
    try:
        if shown == "shares":
            return shares_view(asked)
        SENSITIVITY_VIEWS[shown](asked)
    except CalcError as error:
        st.error(plain(str(error)))
    return pd.DataFrame()


def _export(asked: Asked, curve: pd.DataFrame, shares: pd.DataFrame, result: Result, sentence: str) -> None:
    goals = wanted()
    toml = scenario_to_toml(asked.scenario)

    def files() -> bytes:
        """Made on a click, in another thread, from plain values."""
        return zip_bytes(
            sensitivity_files(
                Sensitivity(
                    title=asked.scenario.title,
                    model=asked.scenario.model,
                    dataset=f"{asked.data.title} ({asked.data.year})",
                    scenario_toml=toml,
                    attachments=schedules(asked.scenario),
                    metric=asked.metric,
                    headline=sentence,
                    tornado=asked.tornado,
                    left_out=asked.left_out,
                    lever=asked.lever,
                    curve=curve,
                    two_way=two_way_of(asked),
                    path=path_of(asked),
                    path_metric=volume_of(asked.scenario),
                    goals=goals_of(asked, goals),
                    shares=shares,
                )
            )
        )

    download(
        "Export tables",
        files,
        report_zip_name(result, {"scenario.toml": toml.encode()}, kind="sensitivity"),
        "export",
        "Bars, curve, table, goals and months as CSV, with the scenario and a README, in one zip.",
        kind="primary",
        width="stretch",
    )


VIEW = View(title="Sensitivity", path="sensitivity", draw=sensitivity, controls=controls)
