"""Sensitivity: which assumptions an answer rests on, what another tariff would do, and which tariff reaches a goal."""

from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.assumption_ranges import settings
from calc.dataset import Dataset
from calc.errors import CalcError
from calc.glossary import GLOSSARY
from calc.goal import REVENUE, Found, greatest
from calc.page import answers, models, state
from calc.page.heading import badges, headline_first
from calc.page.importers import of_importer
from calc.page.policy import simple_rule
from calc.page.sensitivity_answers import answer_of, importer_seen, light
from calc.page.sensitivity_choices import DETAILS
from calc.page.sensitivity_details import SENSITIVITY_VIEWS, Asked, goals_of, two_way_of
from calc.page.text import plain, unbroken
from calc.report import zip_bytes, zip_name
from calc.result import Result
from calc.scenario import Scenario, scenario_to_toml
from calc.sensitivity import NOT_COVERED, headline, left_out, outcome_text, outcomes, tornado
from calc.sensitivity_charts import curve_spec, described_curve, described_tornado, tornado_spec
from calc.sensitivity_report import Sensitivity, sensitivity_files
from calc.simulation import describe_rule
from calc.sweep import Lever, grid, levers, sweep, without

# What people ask about first; the other headline numbers follow in the order of the answer.
FIRST = (
    "real_income_change",
    "tariff_revenue_change",
    "affected_composite_price_change",
    "targeted_import_value_relative_change",
    "import_value_change",
    "net_welfare_change",
)
VARYING = "Varying the rule …"


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
        importer = importer_seen(scenario, result)
        asked = _asked(scenario, result, importer, data)
        sentence = headline(asked.tornado, asked.metric)
    except CalcError as error:
        st.error(plain(str(error)))
        return
    name = answers.economy_labels(data.name).get(importer, importer)
    headline_first(head, f"{name}: {sentence[0].lower()}{sentence[1:]}" if importer else sentence)
    badges(of_importer(result, importer) if importer else result, scenario, seen_from=name)
    _choices(asked, light(result, importer))
    bars, line = st.columns([10, 11], gap="medium")
    with bars:
        _tornado(asked)
    with line:
        curve = _curve(asked, light(result, importer))
    _details(asked)
    st.markdown(f"**What no range covers.** {NOT_COVERED}")
    with side:
        _export(asked, curve, result, sentence)


def _with_a_rule(scenario: Scenario) -> Scenario:
    """The scenario with the rule of the simple controls where its value of 0 has left it out, so that it can vary."""
    if scenario.rules or st.session_state["rules"]:
        return scenario
    return replace(scenario, rules=(simple_rule(st.session_state),))


def _asked(scenario: Scenario, result: Result, importer: str, data: Dataset) -> Asked:
    """The outcome, the lever and the bars of what the controls hold."""
    metrics = metrics_of(light(result, importer))
    if st.session_state["outcome"] not in metrics:
        st.session_state["outcome"] = metrics[0]
    metric = str(st.session_state["outcome"])
    known = levers(scenario)
    places = [lever.rule for lever in known]
    if st.session_state["varied_rule"] - 1 not in places:
        st.session_state["varied_rule"] = places[0] + 1 if places else 0
    lever = known[places.index(st.session_state["varied_rule"] - 1)] if places else None
    others = {
        models.label(model): models.asked_of(scenario, model)
        for model in models.offered(data)
        if model != scenario.model
    }
    answer = answer_of(importer)
    found = outcomes(scenario, data, settings(scenario, data, others), answer=answer)
    return Asked(
        scenario=scenario,
        data=data,
        metric=metric,
        lever=lever,
        answer=answer,
        tornado=tornado(found, metric),
        left_out=left_out(found, metric),
    )


def metrics_of(result: Result) -> list[str]:
    """Headline numbers that may be chosen as the outcome, what people ask about first; levels before are none."""
    values = zip(result.summary["metric"].astype(str), result.summary["value"], strict=True)
    given = [metric for metric, value in values if value == value and not metric.endswith("_base")]
    return [*(metric for metric in FIRST if metric in given), *(metric for metric in given if metric not in FIRST)]


def _choices(asked: Asked, result: Result) -> None:
    outcome, rule = st.columns(2, vertical_alignment="bottom")
    outcome.selectbox(
        "Outcome",
        metrics_of(result),
        format_func=lambda metric: GLOSSARY[metric].label,
        key="outcome",
        help=plain(GLOSSARY[asked.metric].definition),
    )
    if len(asked.scenario.rules) > 1:
        rules = asked.scenario.rules
        rule.selectbox(
            "Rule whose value is varied",
            [lever.rule + 1 for lever in levers(asked.scenario)],
            format_func=lambda number: f"{number}. {describe_rule(rules[number - 1], asked.data)}",
            key="varied_rule",
            help="The other rules stay as they are; a rule that answers in full follows the rule it answers.",
        )


def _tornado(asked: Asked) -> None:
    label = plain(GLOSSARY[asked.metric].label)
    st.markdown(f"**{label} under other assumptions, one at a time**")
    if asked.tornado.empty:
        st.info("No assumption of this model can be moved.")
        return
    st.vega_lite_chart(
        tornado_spec(asked.tornado, asked.metric),
        key="tornado",
        alt=f"Tornado of {label}. {described_tornado(asked.tornado, asked.metric)}",
    )
    left = f" {len(asked.left_out)} left out, see the sources." if len(asked.left_out) else ""
    stands = plain(outcome_text(float(asked.tornado["central"].iloc[0]), asked.metric))
    st.markdown(f":small[Black line: the answer as it stands, {stands}. Blue: more; orange: less.{left}]")


def _curve(asked: Asked, result: Result) -> pd.DataFrame:
    """The outcome against the value of a rule; what was drawn is returned."""
    lever = asked.lever
    empty = pd.DataFrame(columns=["tariff_pct", "value", "low", "high"])
    if lever is None:
        st.info("The scenario has no rule whose value could vary. Add one in the sidebar.")
        return empty
    st.markdown(f"**{plain(GLOSSARY[asked.metric].label)} at other values of the rule**")
    place = st.empty()
    try:
        peak = greatest(asked.scenario, asked.data, lever, REVENUE, answer=asked.answer)
        base = _value(asked.answer(without(asked.scenario, lever), asked.data), asked.metric)
        curve = _swept(asked, lever, peak, result, place)
    except CalcError as error:
        place.error(plain(str(error)))
        return empty
    marks = _marks(curve, lever, peak)
    with place.container():
        st.vega_lite_chart(
            curve_spec(curve, marks, asked.metric, words=lever.words, base=base),
            key="curve",
            alt=f"Curve. {described_curve(curve, asked.metric, lever.words)}",
        )
    rule = plain(describe_rule(asked.scenario.rules[lever.rule], asked.data))
    st.markdown(f":small[Varied: “{rule}”. Dashed: without this rule. {unbroken(plain(_peak_words(peak, lever)))}]")
    return curve


def _value(result: Result, metric: str) -> float:
    values = dict(zip(result.summary["metric"], result.summary["value"], strict=True))
    return float(values.get(metric, float("nan")))


def _swept(asked: Asked, lever: Lever, peak: Found, result: Result, place: DeltaGenerator) -> pd.DataFrame:
    """The curve through the chosen value, which is the answer as it stands and need not be found again."""
    bar = place.progress(0.0, VARYING)

    def show(done: int, whole: int) -> None:
        bar.progress(done / whole, VARYING)

    def at(near: list[float]) -> pd.DataFrame:
        values = [value for value in grid(lever, near) if value != lever.chosen]
        swept = sweep(asked.scenario, asked.data, lever, values, answer=asked.answer, progress=show)
        return swept.loc[swept["metric"] == asked.metric, ["tariff_pct", "value", "low", "high"]]

    near = [peak.value_pct] if peak.exists else []
    curve = at(near)
    top = float(curve["tariff_pct"].to_numpy()[curve["value"].to_numpy().argmax()])
    if top not in lever.shown:  # an optimum of its own, as of real income, is drawn finer too
        curve = at([*near, top])
    if lever.shown[0] <= lever.chosen <= lever.shown[1]:
        row = {"tariff_pct": lever.chosen, "value": _value(result, asked.metric)}
        curve = pd.concat([curve, pd.DataFrame([row], columns=curve.columns).astype(float)])
    return curve.sort_values("tariff_pct", ignore_index=True)


def _marks(curve: pd.DataFrame, lever: Lever, peak: Found) -> pd.DataFrame:
    """The chosen value and the revenue peak, where the chart reaches them."""
    wanted = {lever.chosen: f"chosen: {lever.chosen:,.4g}"}
    if peak.exists:
        wanted[round(peak.value_pct, 9)] = f"most revenue: {peak.value_pct:,.0f}"
    found = curve[curve["tariff_pct"].isin(wanted)][["tariff_pct", "value"]]
    words = [wanted[value].replace("-", "−") for value in found["tariff_pct"]]
    return found.assign(words=words, top=found["tariff_pct"] != lever.chosen)


def _peak_words(peak: Found, lever: Lever) -> str:
    if peak.exists:
        beyond = "" if peak.value_pct <= lever.shown[1] else ", beyond this chart"
        return f"Tariff revenue is greatest at {lever.value_words(peak.value_pct, 0)}{beyond}."
    return f"Tariff revenue has no peak here: {peak.reason}."


def _details(asked: Asked) -> None:
    shown: str = st.segmented_control(  # type: ignore[assignment]  # required: never empty
        "Details of the sensitivity",
        list(DETAILS),
        format_func=DETAILS.__getitem__,
        key="sensitivity_detail",
        required=True,
    )
    try:
        SENSITIVITY_VIEWS[shown](asked)
    except CalcError as error:
        st.error(plain(str(error)))


def _export(asked: Asked, curve: pd.DataFrame, result: Result, sentence: str) -> None:
    wanted = {key: st.session_state[key] for key in ("goal_scope", "goal_cut", "goal_price")}
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
                    metric=asked.metric,
                    headline=sentence,
                    tornado=asked.tornado,
                    left_out=asked.left_out,
                    lever=asked.lever,
                    curve=curve,
                    two_way=two_way_of(asked),
                    goals=goals_of(asked, wanted),
                )
            )
        )

    st.download_button(
        "Export tables",
        files,
        zip_name(result, {"scenario.toml": toml.encode()}).replace("tariff_", "sensitivity_", 1),
        "application/zip",
        key="export",
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        width="stretch",
        help="Bars, curve, table and goals as CSV, the scenario and a README, in one zip.",
    )
