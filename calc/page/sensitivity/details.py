"""Below the curve: two assumptions at once, goals, what explains the range, and the sources of the ranges."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from calc.analysis.goal import ALL_IMPORTS, PRICE, REVENUE, TARGETED, Found, greatest, reaching
from calc.analysis.over_time import LONG_RUN_ONLY, over_months, volume_of
from calc.analysis.sensitivity import PARAMETER_WORDS, Answer, outcome_text, outcomes, share_sentence, two_way_table
from calc.analysis.settings import standing_cell, two_way
from calc.analysis.sweep import Lever, at_value
from calc.assumptions import ROWS
from calc.charts.figure import Origin, origin_of, ranges_sentence
from calc.charts.sensitivity import described_path, described_table, heat_spec, path_spec
from calc.charts.sensitivity_figures import path_figure, two_way_figure
from calc.datasets.dataset import Dataset
from calc.glossary import GLOSSARY
from calc.models.known import MODELS
from calc.page import answers
from calc.page.chart_menu import chart_menu
from calc.page.held import state
from calc.page.held.session import Key
from calc.page.sensitivity.answers import draws_of, shares_of
from calc.page.table_html import words_table
from calc.page.text import plain
from calc.page.widgets import choose
from calc.scenario import Scenario
from calc.words import listing, percent, percent_as_given, unbroken

GOAL: Key[str] = Key("goal")
SCOPE: Key[str] = Key("goal_scope")
CUT: Key[float] = Key("goal_cut")
PRICE_LIMIT: Key[float] = Key("goal_price")
GOALS = {"revenue": "Maximum revenue", "imports": "Cut imports", "price": "Limit the price rise"}
SCOPES = {"targeted": "Imports hit by the rule", "all": "All imports"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What the view is about.

    Parameters
    ----------
    scenario, data : the question
    importer : whose headline numbers are shown; empty where the data have one importer
    metric : the outcome
    lever : whose value is varied; None where there is no rule
    answer : what answers a scenario, as the importer shown sees it
    tornado, left_out : the bars, and the settings without an answer
    """

    scenario: Scenario
    data: Dataset
    importer: str
    metric: str
    lever: Lever | None
    answer: Answer
    tornado: pd.DataFrame
    left_out: pd.DataFrame


def origin_of_asked(asked: Asked) -> Origin:
    """What all charts of the view share."""
    return replace(origin_of(answers.central(asked.scenario)), ranges=ranges_sentence(draws_of(asked.scenario)))


def two_way_of(asked: Asked) -> pd.DataFrame:
    """The outcome under two assumptions at once: row, column, value."""
    tried = two_way(asked.scenario, asked.data)
    return two_way_table(outcomes(asked.scenario, asked.data, tried, answer=asked.answer), asked.metric)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The targets of the goals.

    Parameters
    ----------
    scope : targeted | all, the imports to be cut
    cut_pct : by how many percent
    price_pct : by how many percent prices may rise
    """

    scope: str
    cut_pct: float
    price_pct: float


def wanted() -> Wanted:
    """The targets of the goals, as the controls hold them."""
    return Wanted(scope=SCOPE.value(), cut_pct=CUT.value(), price_pct=PRICE_LIMIT.value())


def goals_of(asked: Asked, wanted: Wanted) -> list[tuple[str, Found]]:
    """Every goal in words, and where it is reached."""
    if asked.lever is None:
        return []
    return [goal_of(asked, asked.lever, goal, wanted) for goal in GOALS]


def goal_of(asked: Asked, lever: Lever, goal: str, wanted: Wanted) -> tuple[str, Found]:
    """One goal in words, and where it is reached."""
    ask = (asked.scenario, asked.data, lever)
    if goal == "revenue":
        return "Maximum tariff revenue", greatest(*ask, REVENUE, answer=asked.answer)
    if goal == "imports":
        cut, what = wanted.cut_pct, SCOPES[wanted.scope]
        metric = TARGETED if wanted.scope == "targeted" else ALL_IMPORTS
        return f"{what} cut by {percent_as_given(cut)}", reaching(*ask, metric, -cut / 100, answer=asked.answer)
    limit = wanted.price_pct
    words = f"Prices of the products concerned up by no more than {percent_as_given(limit)}"
    return words, reaching(*ask, PRICE, limit / 100, answer=asked.answer)


def goal_sentence(words: str, found: Found, lever: Lever) -> str:
    """Where a goal is reached, or why nowhere."""
    if found.metric == ALL_IMPORTS:
        outcome = f"all imports {percent(found.outcome)}"
    else:
        label = GLOSSARY[found.metric].short
        outcome = f"{label[0].lower()}{label[1:]} {outcome_text(found.outcome, found.metric)}"
    is_limit = found.metric == PRICE
    if not found.exists:
        nearest = lever.value_words(found.nearest_pct)
        if is_limit and found.outcome < found.target:
            return f"{words}: true at every value tried. Nearest to the limit: {nearest}, with {outcome}."
        return f"{words}: no value reaches it, because {found.reason}. Nearest: {nearest}, with {outcome}."
    more = f" {found.reason[0].upper()}{found.reason[1:]}." if found.reason else ""
    verb = "holds up to" if is_limit else "reached at"
    return f"{words}: {verb} {lever.value_words(found.value_pct)}, with {outcome}.{more}"


def two_way_view(asked: Asked) -> None:
    """A table of the outcome under two assumptions, in colours."""
    table = two_way_of(asked)
    if table.empty:
        st.info("No cell of this table can be computed.")
        return
    general = MODELS[asked.scenario.model].incomes_move
    rows = "Trade elasticity" if general else "Elasticities"
    columns = "Option of the model" if general else "Pass-through to buyers"
    standing = standing_cell(asked.scenario, asked.data)
    st.vega_lite_chart(
        heat_spec(table, asked.metric, rows=rows, columns=columns, standing=standing),
        key="two_way",
        alt=f"Table of {rows.lower()} by {columns.lower()}. {described_table(table, asked.metric)}",
    )
    st.markdown(
        f":small[{plain(GLOSSARY[asked.metric].short)} in every cell; the framed one is the current result. Blue: "
        "higher; orange: lower. × 0.66 multiplies the scenario's elasticities of demand and substitution "
        "together.]"
        if not general
        else f":small[{plain(GLOSSARY[asked.metric].short)} in every cell; the framed one is the current result. "
        "Blue: higher; orange: lower.]"
    )
    chart_menu(
        lambda: two_way_figure(
            table, asked.metric, origin_of_asked(asked), rows=rows, columns=columns, standing=standing
        ),
        "two_way",
        asked.scenario.title,
    )


def goal_view(asked: Asked) -> None:
    """The value of the rule that reaches a goal."""
    lever = asked.lever
    if lever is None:
        st.info("The scenario has no rule to search over. Add one in the sidebar.")
        return
    choice, size, scope = st.columns([3, 2, 2], vertical_alignment="bottom")
    with choice:
        goal = choose("Goal", GOALS, GOAL)
    if goal == "imports":
        size.number_input("Cut them by, %", 0.1, 99.9, step=5.0, format="%.1f", key=CUT.name, persist_state="session")
        scope.selectbox(
            "Which imports", list(SCOPES), format_func=SCOPES.__getitem__, key=SCOPE.name, persist_state="session"
        )
    elif goal == "price":
        size.number_input(
            "Up by no more than, %", 0.01, 500.0, step=0.5, format="%.2f", key=PRICE_LIMIT.name, persist_state="session"
        )
    words, found = goal_of(asked, lever, goal, wanted())
    sentence = unbroken(plain(goal_sentence(words, found, lever)))
    if not found.exists:
        st.info(sentence)
        return
    st.success(sentence, icon=":material/flag:")
    rounded = round(found.value_pct, 2)

    def take() -> None:
        state.hold_policy(_own_words(at_value(asked.scenario, lever, rounded), lever), asked.data)

    if asked.scenario.rules[lever.rule].schedule is None:
        st.button(f"Use {rounded:,.2f}", on_click=take, key="use_goal", help="Puts this value into the policy.")


def _own_words(scenario: Scenario, lever: Lever) -> Scenario:
    """A scenario without the words of the preset it came from, which its new value does not fit any more."""
    rules = list(scenario.rules)
    rules[lever.rule] = replace(rules[lever.rule], label="")
    wordless = replace(scenario, title="Custom policy", kind="", description="", source="", date="")
    return replace(wordless, rules=tuple(rules))


def shares_view(asked: Asked) -> pd.DataFrame:
    """How much of the range each uncertain assumption explains, in words; the shares are returned."""
    if MODELS[asked.scenario.model].incomes_move:
        st.markdown("Only the trade elasticity is drawn in this model, so it explains the whole range.")
        return pd.DataFrame()
    metric = asked.metric
    with st.spinner("Solving the model at many values of the uncertain parameters …"):
        shares = shares_of(asked.scenario, asked.data, metric, asked.importer)
    drawn = listing([PARAMETER_WORDS[name] for name in shares["parameter"]])
    st.markdown(f"**{unbroken(plain(share_sentence(shares, metric)))}**")
    st.markdown(
        f":small[Shares of the variance (Sobol’ indices) when {drawn} are drawn jointly from their published "
        "ranges, without product-level noise. Estimated from few points, they are accurate to several percentage "
        "points. The set of elasticities, the model and the months since the measure are choices and are not drawn.]"
    )
    return shares


def path_of(asked: Asked) -> pd.DataFrame:
    """Volumes at each number of months since the measure; no rows in a model of the long run."""
    return over_months(asked.scenario, asked.data, answer=asked.answer)


def path_view(asked: Asked) -> None:
    """How much of the change of volume is seen after some months."""
    path = path_of(asked)
    if path.empty:
        st.info(LONG_RUN_ONLY)
        return
    metric, chosen = volume_of(asked.scenario), asked.scenario.assumptions.months
    st.markdown(f"**{plain(GLOSSARY[metric].short)} by months since the measure**")
    st.vega_lite_chart(
        path_spec(path, metric, chosen=chosen),
        key="path",
        alt=f"Path. {described_path(path, metric)}",
    )
    st.markdown(f":small[{plain(ROWS['months'].help)} {plain(_with_capital(ROWS['months'].source))}.]")
    chart_menu(lambda: path_figure(path, metric, origin_of_asked(asked), chosen=chosen), "months", asked.scenario.title)


def _with_capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def sources_view(asked: Asked) -> None:
    """The bars as a table, with the source of each range, and what has no answer."""
    table = pd.DataFrame(
        {
            "Assumption": asked.tornado["label"],
            "Lowest": [
                f"{outcome_text(v, asked.metric)} ({s})"
                for v, s in zip(asked.tornado["low"], asked.tornado["low_setting"], strict=True)
            ],
            "Highest": [
                f"{outcome_text(v, asked.metric)} ({s})"
                for v, s in zip(asked.tornado["high"], asked.tornado["high_setting"], strict=True)
            ],
            "Source of the range": asked.tornado["source"],
        }
    )
    words_table(table, "Lowest and highest under each assumption, and the source of its range")
    for row in asked.left_out.to_dict("records"):
        st.markdown(f"- **{plain(str(row['setting']))}** is left out: {plain(str(row['problem']))}")


DETAILS = {
    "two_way": "Two assumptions at once",
    "goal": "Reach a goal",
    "path": "Months since the measure",
    "shares": "What explains the range",
    "sources": "Sources of the ranges",
}
SENSITIVITY_VIEWS: Mapping[str, Callable[[Asked], None]] = {
    "two_way": two_way_view,
    "goal": goal_view,
    "path": path_view,
    "sources": sources_view,
}
