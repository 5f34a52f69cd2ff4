"""The parts of the view below its headline: income, revenue, industries, states, own spending, all categories."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from calc.analysis.households.cost import OwnCost, own_cost
from calc.analysis.households.household_cost import HouseholdCost, own_cost_range
from calc.analysis.households.industries import JOBS, JOBS_YEAR, THRESHOLD, state_jobs
from calc.analysis.households.us_accounts import YEAR, read_accounts
from calc.charts.figure import Origin, origin_of
from calc.charts.household_figures import deciles_figure, industries_figure, states_figure
from calc.charts.households import SHORT_NAMES, deciles_spec, industries_spec, rows_of, states_spec
from calc.glossary import GLOSSARY
from calc.page import answers, household_answers
from calc.page.chart_menu import chart_menu
from calc.page.held.decided import decide
from calc.page.held.link import Control, number_between, one_of
from calc.page.held.session import Key
from calc.page.households import revenue
from calc.page.tables import shown_table
from calc.page.text import plain
from calc.page.widgets import choose
from calc.reports.households import household_tables, states_table
from calc.scenario import Scenario
from calc.words import percent, small_percent, whole_dollars, whole_percent

EXPOSURE: Key[str] = Key("exposure")
STATE_JOBS: Key[str] = Key("state_jobs")
ANSWER: Key[str] = Key("export_answer")
SPENDING = tuple(f"spending_{number}" for number in range(1, 21))  # one box a major category, in the accounts' order
MOST_SPENT = 10_000_000.0  # US$ a year in one category
SHOWN = 12  # industries with a bar
ROWS = 200
ACROSS = 4  # boxes side by side

EXPOSURES: Mapping[str, str] = {
    "cost_total": "Dearer inputs",
    "protection": "Dearer rivals",
    "export_change_share": "Lost exports",
}
STATE_COLUMNS: Mapping[str, str] = {
    "jobs_with_dearer_inputs": "Inputs cost more",
    "jobs_protected": "Rivals cost more",
    "jobs_with_export_loss": "Exports are lost",
}
_EXPOSURE_WORDS: Mapping[str, str] = {
    "cost_total": "Duty on imported inputs and what domestic suppliers pass on, over output",
    "protection": "Rise of imported rivals' prices times their share of the home market",
    "export_change_share": "Change of exports over output, where China retaliates",
}


def controls() -> dict[str, Control]:
    """What the parts hold in the address."""
    return {
        EXPOSURE.name: Control(default="cost_total", read=one_of(EXPOSURES)),
        STATE_JOBS.name: Control(default="jobs_with_dearer_inputs", read=one_of(STATE_COLUMNS)),
        ANSWER.name: Control(default="", read=one_of(household_answers.export_answers())),
        **revenue.controls(),
        **{key: Control(default=0.0, read=number_between(0.0, MOST_SPENT)) for key in SPENDING},
    }


@st.cache_resource
def mean_basket() -> dict[str, float]:
    """What the mean household spends by category, US$ a year in hundreds; a category below 0 counts as nothing."""
    table = read_accounts().categories
    spent = table.groupby("major_category", sort=False)["pce_2017_musd"].sum()
    mean = household_answers.mean_spending() * spent / spent.sum()
    return {str(name): max(round(float(value), -2), 0.0) for name, value in mean.items()}


def income_view(cost: HouseholdCost, scenario: Scenario) -> None:
    """Cost by income, in US$ and over income."""
    mean = cost.cost.mean_cost
    span = (cost.cost_range[0] / mean, cost.cost_range[1] / mean) if cost.cost_range and mean else None
    table = cost.cost.deciles
    first, last = table.iloc[0], table.iloc[-1]
    words = (
        f"A household of the lowest income decile pays {whole_dollars(first['household_cost'])} a year, "
        f"{small_percent(first['cost_share_of_income']).lstrip('+')} of its income; one of the highest "
        f"{whole_dollars(last['household_cost'])}, {small_percent(last['cost_share_of_income']).lstrip('+')}."
    )
    st.markdown(plain(words))
    st.vega_lite_chart(deciles_spec(table, span=span), alt=f"Bars of the cost to a household by income. {words}")
    chart_menu(
        lambda: deciles_figure(cost, _origin(scenario), household_tables(cost)["households"]),
        "cost_by_income",
        scenario.title,
    )
    st.markdown(
        plain(
            "US$ a household a year (dollars of 2025), and as a share of its income after transfers and taxes of 2027."
        )
    )
    shown = pd.concat(
        [
            parts.rename(columns={name: "number"}).assign(group=name)
            for name, parts in (("Quintile", _named(cost.cost.quintiles)), ("Decile", _named(table)))
        ]
    )
    shown_table(
        pd.DataFrame(
            {
                "Households": shown["group"] + " " + shown["number"].astype(str),
                "Income of a household, $": shown["income"],
                "Cost to a household, $ a year": shown["household_cost"],
                "Cost, % of income": 100 * shown["cost_share_of_income"],
            }
        ),
        "income_table",
        "Cost to a household by quintile and decile of income",
        {"Income of a household, $": 0, "Cost to a household, $ a year": 0},
        other=2,
    )


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns={table.columns[0]: str(table.columns[0]).capitalize()})


def industries_view(cost: HouseholdCost, scenario: Scenario) -> None:
    """Three exposures side by side, ranked by one of them."""
    by = choose("Rank industries by", EXPOSURES, EXPOSURE)
    _answer_box()
    st.markdown(
        plain(
            f"{_EXPOSURE_WORDS[by]}. Three exposures that must not be added up or netted against one another; they "
            "are not effects on jobs: Flaaen and Pierce (2019) found that dearer inputs outweighed protection."
        )
    )
    table = cost.industries
    if table[by].isna().all():
        st.info("Lost exports need retaliation by China: choose a scenario above, under China's retaliation.")
        return
    ranked = table.sort_values(by, ascending=by == "export_change_share", kind="stable")
    top = ranked.head(SHOWN)
    listed = ", ".join(f"{row['description']} {percent(row[by])}" for row in rows_of(top.head(5)))
    st.vega_lite_chart(industries_spec(top, by), alt=f"Bars of the industries reached most: {listed}")
    st.markdown(plain(f"Beside the bars: output of {YEAR}, and the exposure in %."))
    chart_menu(
        lambda: industries_figure(
            top, by, _EXPOSURE_WORDS[by], _origin(scenario), household_tables(cost)["industries"]
        ),
        "industries",
        scenario.title,
    )
    columns = {EXPOSURES[name] + ", %": 100 * ranked[name] for name in EXPOSURES if ranked[name].notna().any()}
    shown = pd.DataFrame(
        {
            "Industry": ranked["description"],
            **columns,
            f"Output {YEAR}, $ bn": ranked["industry_output"] / 1e9,
            f"Pay of employees {YEAR}, $ bn": ranked["compensation"] / 1e9,
        }
    )
    shown_table(
        shown.head(ROWS),
        "industry_table",
        "Industries with their three exposures",
        dict.fromkeys(columns, 2),
        other=1,
    )


def _origin(scenario: Scenario) -> Origin:
    return origin_of(answers.with_range(scenario))


def _answer_box() -> None:
    words = household_answers.export_answers()
    st.selectbox(
        "China's retaliation on US exports",
        list(words),
        format_func=words.__getitem__,
        key=ANSWER.name,
        persist_state="session",
        help="A scenario of China's tariffs on its imports from the United States, trade of 2017.",
        width=340,
    )


def states_view(cost: HouseholdCost, scenario: Scenario) -> None:
    """Jobs of 2018 in exposed industries, by state: a map and a table."""
    by = choose("Jobs in industries whose", STATE_COLUMNS, STATE_JOBS)
    _answer_box()
    table = state_jobs(cost.industries, read_accounts())
    st.markdown(
        plain(
            f"Jobs of {JOBS_YEAR}, full-time and part-time, in industries whose exposure is {whole_percent(THRESHOLD)} "
            f"or more ({GLOSSARY[JOBS[by]].short.lower()}), as a share of all jobs of the state. Exposure, not "
            "an effect on jobs. A job can be in more than one column: do not add columns up."
        )
    )
    if table[by].isna().all():
        st.info("Lost exports need retaliation by China: choose a scenario above, under China's retaliation.")
        return
    names = {str(shape["id"]): str(shape["properties"]["name"]) for shape in _shapes()}
    states = table[table["state"].isin(names)]
    painted = pd.DataFrame({"state": states["state"], "jobs_exposed": states[by], "share": states[f"{by}_share"]})
    ranked = painted.sort_values("share", ascending=False, kind="stable")
    first = rows_of(ranked.head(5))
    largest = ", ".join(f"{names[row['state']]} {percent(row['share'], sign=False)}" for row in first)
    words = f"Largest shares of jobs: {largest}."
    st.vega_lite_chart(
        states_spec(painted, answers.us_states(), title=f"Share of jobs, {JOBS_YEAR}"),
        alt=f"Map of the United States by state. {words}",
    )
    st.markdown(plain(words))
    chart_menu(
        lambda: states_figure(
            painted, names, answers.us_states(), STATE_COLUMNS[by], _origin(scenario), states_table(states)
        ),
        "states",
        scenario.title,
    )
    ordered = states.loc[ranked.index]
    known = {name: words for name, words in STATE_COLUMNS.items() if ordered[name].notna().any()}
    shown = pd.DataFrame(
        {
            "State": ordered["state"].map(names),
            f"All jobs {JOBS_YEAR}": ordered["jobs"],
            **{f"{words}, jobs": ordered[name] for name, words in known.items()},
            **{f"{words}, %": 100 * ordered[f"{name}_share"] for name, words in known.items()},
            "Withheld, counted as 0": ordered["withheld"],
        }
    )
    shown_table(
        shown,
        "state_table",
        f"Jobs of {JOBS_YEAR} in exposed industries by state",
        {f"{words}, %": 1 for words in STATE_COLUMNS.values()},
        other=0,
    )


def _shapes() -> list[dict[str, dict[str, str]]]:
    shapes: list[dict[str, dict[str, str]]] = answers.us_states()["objects"]["states"]["geometries"]
    return shapes


def own_view(cost: HouseholdCost, scenario: Scenario) -> None:
    """One's own spending, and what it costs."""
    basket = dict(zip(SPENDING, mean_basket().items(), strict=True))

    def fill() -> None:
        for key, (_, mean) in basket.items():
            decide(key, mean)

    place = st.empty()
    st.button("Fill in the mean household", on_click=fill, key="fill_spending")
    boxes = list(basket.items())
    for first in range(0, len(boxes), ACROSS):  # row by row, so that they keep their order where columns stack
        for column, (key, (name, _)) in zip(st.columns(ACROSS), boxes[first : first + ACROSS], strict=False):
            column.number_input(
                f"{SHORT_NAMES.get(name, name)}, $",
                min_value=0.0,
                max_value=MOST_SPENT,
                step=100.0,
                format="%.0f",
                key=key,
            )
    spending = {name: float(st.session_state[key]) for key, (name, _) in basket.items()}
    if not any(spending.values()):
        place.info("Type what your household spends in US$ a year, in one category or more.")
        return
    own = own_cost(cost.prices, spending)
    span = ""
    if scenario.draws:
        draws = household_answers.draws_of(scenario, cost.prices.measure)
        low, high = own_cost_range(cost.prices, read_accounts(), draws, spending)
        span = f" ({whole_dollars(low)} to {whole_dollars(high)})"
    place.markdown(f"**{plain(own_words(own, span))}**")
    ranked = own.table.sort_values("household_cost", ascending=False, kind="stable")
    shown_table(
        pd.DataFrame(
            {
                "Category": ranked["major_category"],
                "Spending, $ a year": ranked["spending"],
                "Price, %": 100 * ranked["price_change"],
                "Cost to the household, $ a year": ranked["household_cost"],
            }
        ),
        "own_table",
        "Cost of the household's own spending by category",
        {"Spending, $ a year": 0, "Price, %": 2},
        other=0,
    )


def own_words(own: OwnCost, span: str = "") -> str:
    """What one household pays more a year, in a sentence; `span` is the range of the dollars in brackets."""
    verb = "more" if own.cost >= 0 else "less"
    return (
        f"This household pays ${abs(own.cost):,.0f} {verb} a year{span}: "
        f"{small_percent(abs(own.price_change)).lstrip('+')} of its spending of ${own.table['spending'].sum():,.0f}."
    )


def categories_view(cost: HouseholdCost, scenario: Scenario) -> None:
    """Every level of consumer prices."""
    table = cost.price_table
    shown_table(
        pd.DataFrame(
            {
                "Level": table["level"],
                "Category": table["category"],
                "Price, %": 100 * table["price_change"],
                "Low, %": 100 * table["price_change_low"],
                "High, %": 100 * table["price_change_high"],
                "Direct, %": 100 * table["direct_change"],
                "Through suppliers, %": 100 * table["supply_chain_change"],
                f"Share of consumption {YEAR}, %": 100 * table["consumption_share"],
            }
        ),
        "price_table",
        "Price changes of all levels and categories of consumption",
        {},
        other=2,
    )


DETAILS: Mapping[str, str] = {
    "income": "By income",
    "revenue": "Revenue",
    "industries": "Industries",
    "states": "States",
    "own": "Your spending",
    "categories": "All prices",
}
DETAIL_VIEWS: Mapping[str, Callable[[HouseholdCost, Scenario], None]] = {
    "income": income_view,
    "revenue": revenue.revenue_view,
    "industries": industries_view,
    "states": states_view,
    "own": own_view,
    "categories": categories_view,
}
