"""World: what two economies would do to each other's goods, what a truce is worth, and the best tariffs by partner."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from calc.analysis.optimal.curves import Curves, response_curves
from calc.analysis.optimal.instruments import instruments_of, position_of
from calc.analysis.optimal.optimum import Optimum, optimal_tariff
from calc.analysis.optimal.war import War, nash
from calc.charts.figure import Origin, origin_of
from calc.charts.games import best_rates_figure, best_rates_spec, responses_figure, responses_spec
from calc.datasets.dataset import Dataset
from calc.datasets.in_sentences import in_sentence
from calc.errors import CalcError
from calc.files.write import zip_bytes
from calc.models.known import MODELS
from calc.page import answers, models
from calc.page.chart_menu import chart_menu
from calc.page.held import state
from calc.page.held.session import Key
from calc.page.tables import column_formats
from calc.page.text import plain
from calc.page.widgets import choose, download
from calc.reports.games import optimum_files, war_files
from calc.reports.parts import zip_name
from calc.result import Result
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml
from calc.tariffs.rules import Rule
from calc.words import capital, listing, money, possessive, rate, small_percent

OTHER: Key[str] = Key("other_economy")
GAME: Key[str] = Key("game")
GAMES: Mapping[str, str] = {"war": "War or truce", "partners": "Best tariffs by partner"}
LARGEST = ""  # the one whose goods are hit most, or the largest partner, instead of a chosen one
GOODS = "kind:goods"
CURVE_POINTS = 6
MOST_BARS = 15
FAR = 2  # times the highest best tariff
MOST_RULES = 60  # that a link can carry


def games_view(result: Result, data: Dataset, scenario: Scenario, economy: str, acting: str) -> None:
    """Two economies that choose, or one that chooses by partner."""
    if MODELS[scenario.model].game is None:
        able = [models.label(name) for name in models.offered(data) if MODELS[name].game is not None]
        st.info(f"{plain(models.label(scenario.model))} has no best tariffs. Models that have: {listing(able)}.")
        return
    names: dict[str, str] = dict(zip(data.countries["economy"], data.countries["name"], strict=True))
    options: list[str] = [LARGEST, *sorted((code for code in names if code != acting), key=names.__getitem__)]
    first_choice = _partner(result, data, acting)
    choice, other_place = st.columns([3, 1], vertical_alignment="bottom")
    with choice:
        shown = choose("Who chooses", GAMES, GAME)
    try:
        if shown == "partners":
            with st.spinner(f"Searching the best tariffs of {in_sentence(acting, names[acting])} …"):
                best = _best(scenario.dataset, scenario_to_toml(scenario), scenario, acting)
            _partners(best, data, names)
            return
        with other_place:
            chosen = st.selectbox(
                "Other economy",
                options,
                format_func=lambda code: names.get(code, names[first_choice]),
                key=OTHER.name,
                persist_state="session",
            )
        other = chosen or first_choice
        with st.spinner(
            f"Letting {in_sentence(acting, names[acting])} and {in_sentence(other, names[other])} respond …"
        ):
            war, curves = _war(scenario.dataset, scenario_to_toml(scenario), scenario, acting, other)
        _war_or_truce(war, curves, data, scenario, names)
    except CalcError as error:
        st.warning(plain(str(error)))


@answers.kept_by_dataset(max_entries=8)
def _war(name: str, text: str, _scenario: Scenario, first: str, second: str) -> tuple[War, Curves]:
    """The war that starts without new tariffs, and the curves around its end."""
    data = answers.dataset(name)
    free = replace(_scenario, rules=(), title=f"{_scenario.title}: without its tariffs")
    war = nash(free, data, (first, second), products=_goods(data), starts=1)
    reach = max(2 * war.mean_rate(first), 2 * war.mean_rate(second), 0.1)
    rates = np.linspace(0, reach, CURVE_POINTS).tolist()
    return war, response_curves(free, data, (first, second), rates=rates, products=_goods(data))


@answers.kept_by_dataset(max_entries=8)
def _best(name: str, text: str, _scenario: Scenario, economy: str) -> Optimum:
    data = answers.dataset(name)
    return optimal_tariff(_scenario, data, economy, instruments="by_partner", products=_goods(data), starts=1)


def _goods(data: Dataset) -> tuple[str, ...]:
    """Goods alone, where the data have services as well."""
    return (GOODS,) if "kind" in data.products and (data.products["kind"] == GOODS.split(":")[1]).any() else ()


def _partner(result: Result, data: Dataset, economy: str) -> str:
    """The one whose goods the scenario hits most, or the largest partner."""
    lines = result.lines
    hit = lines[lines["targeted"] & (lines["importer"] == economy)]
    if len(hit):
        return str(hit.groupby("exporter", observed=True)["import_value_base"].sum().idxmax())
    flows = data.flows
    place, size = position_of(data, economy), len(flows.economies)
    abroad = flows.importer != flows.exporter
    bought, sold = abroad & (flows.importer == place), abroad & (flows.exporter == place)
    trade = np.bincount(flows.exporter[bought], weights=flows.import_value[bought], minlength=size)
    trade += np.bincount(flows.importer[sold], weights=flows.import_value[sold], minlength=size)
    return str(flows.economies[int(np.argmax(trade))])


def _war_or_truce(war: War, curves: Curves, data: Dataset, scenario: Scenario, names: Mapping[str, str]) -> None:
    first, second = war.economies
    ends, truce = (table.set_index("economy")["net_welfare_change"] for table in (war.gains, war.before))
    worth = [money(float(truce[code] - ends[code])) for code in war.economies]
    said = [in_sentence(code, names[code]) for code in war.economies]
    st.markdown(
        plain(
            f"If {said[0]} and {said[1]} each chose the tariff on the other's goods that is best for "
            f"itself, they would end at {rate(war.mean_rate(first))} and {rate(war.mean_rate(second))}: from there "
            f"neither gains by a change. To stay at the base instead is worth {worth[0]} a year to {said[0]} and "
            f"{worth[1]} to {said[1]}; all others keep their base tariffs."
        )
    )
    points = _points(war, curves, data, scenario)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**What each gains**, against the base")
        table = _corners_table(war, curves, names)
        st.dataframe(
            table,
            hide_index=True,
            column_config=column_formats(table, dict.fromkeys(table.columns[1:], "usd"), digits=3),
            key="corners_table",
            alt="Gains of both if nobody, one alone, the other alone, or both choose; and under cooperation",
        )
        _carry_buttons(war, curves, data, names)
    with right:
        triples = zip(points["words"], points["first"], points["second"], strict=True)
        marked = ", ".join(f"{words} {rate(one)} and {rate(two)}" for words, one, two in triples)
        st.vega_lite_chart(
            responses_spec(curves, points, said),
            key="responses",
            alt=f"Best tariff of {said[0]} and of {said[1]} at each rate of the other. {marked}",
        )
        chart_menu(
            lambda: responses_figure(war, curves, points, said, _origin(war.asked)),
            "war",
            scenario.title,
        )
        files = war_files(war, data, curves)
        download("Export", zip_bytes(files), zip_name(("war", first, second), files), "export_war", help=_EXPORT)


def _origin(asked: Scenario) -> Origin:
    return origin_of(answers.central(asked))


def _points(war: War, curves: Curves, data: Dataset, scenario: Scenario) -> pd.DataFrame:
    """The end of the war, cooperation, and the scenario's own rates where they are near enough to be drawn."""
    first, second = war.economies
    base = war.rates["tariff_scenario"].to_numpy()
    rows = [
        ("War", war.mean_rate(first), war.mean_rate(second)),
        ("Cooperation", *curves.cooperation),
        ("Base", float(base[0]), float(base[1])),
    ]
    lines = answers.central(scenario).lines
    rates: list[float] = []
    for economy, other in ((first, second), (second, first)):
        chosen = instruments_of(data, economy, exporters=(other,), products=_goods(data))
        own = lines[(lines["importer"] == economy) & (lines["exporter"] == other)]
        goods = own["product"].isin(data.flows.products[np.unique(data.flows.product[chosen.line])])
        rates.append(float(np.average(own["tariff_new"][goods], weights=own["import_value_base"][goods])))
    reach = float(curves.responses["tariff_other"].max())
    if max(rates) <= 1.5 * reach and not np.allclose(rates, base, atol=1e-6):
        rows.append(("This scenario", rates[0], rates[1]))
    return pd.DataFrame(rows, columns=["words", "first", "second"])


def _corners_table(war: War, curves: Curves, names: Mapping[str, str]) -> pd.DataFrame:
    first, second = war.economies
    words = {
        "": "Nobody chooses (base)",
        first: f"{names[first]} alone",
        second: f"{names[second]} alone",
        f"{first},{second}": "Both (war)",
    }
    gains = war.corners.set_index(["acting", "economy"])["net_welfare_change"]
    table = {"Who chooses": [*words.values(), "Cooperation"]}
    columns = {
        f"{names[code]}, $ m": [*(float(gains[acting, code]) / 1e6 for acting in words), curves.gains[place] / 1e6]
        for place, code in enumerate((first, second))
    }
    return pd.DataFrame(table | columns)


def _carry_buttons(war: War, curves: Curves, data: Dataset, names: Mapping[str, str]) -> None:
    """Buttons that put a point into the page's controls, and so into every view."""
    first, second = (war.mean_rate(code) for code in war.economies)
    points: dict[str, tuple[float | None, float | None]] = {
        "War": (first, second),
        f"{names[war.economies[0]]} alone": (first, None),
        f"{names[war.economies[1]]} alone": (None, second),
        "Cooperation": curves.cooperation,
    }
    st.markdown(":small[Put these tariffs into the page, for every view:]")
    places = st.columns(2)
    for number, (words, point) in enumerate(points.items()):
        places[number % 2].button(
            words,
            key=f"carry_{number}",
            on_click=state.hold_scenario,
            args=(_at_point(war, data, point, words),),
            width="stretch",
        )


def _at_point(war: War, data: Dataset, point: tuple[float | None, float | None], words: str) -> Scenario:
    """A scenario with one rate of each on the other's goods; None leaves the base."""
    rules = tuple(
        Rule(
            importer=(economy,),
            exporters=(other,),
            products=_goods(data),
            action="set",
            value_pct=round(100 * value, 4),
            label=f"Tariff chosen by {economy}",
        )
        for (economy, other), value in zip((war.economies, war.economies[::-1]), point, strict=True)
        if value is not None
    )
    return replace(
        war.asked,
        title=f"{listing(list(war.economies))}: {words}",
        kind="idea",
        description="Tariffs that economies would choose for their own gain, rounded to 0.0001 points.",
        source="",
        date="",
        rules=rules,
    )


def _partners(best: Optimum, data: Dataset, names: Mapping[str, str]) -> None:
    name = capital(in_sentence(best.economy, names[best.economy]))
    value, before = (small_percent(number) for number in (best.value, best.value_before))
    of = "income" if MODELS[best.asked.model].incomes_move else "spending"
    st.markdown(
        plain(
            f"{possessive(name)} best tariffs by partner, if all others keep theirs: {rate(best.mean_rate)} on "
            f"average, which gains {value} of {of} against the base; this scenario {before}."
        )
    )
    rows = best.rates.nlargest(MOST_BARS, "import_value_base")
    shown = pd.DataFrame(
        {
            "name": [names.get(code, code) for code in rows["exporter"]],
            "best": rows["tariff_new"],
            "present": rows["tariff_scenario"],
        }
    )
    # a mark far beyond the bars would leave them no room
    far = shown["present"] > FAR * shown["best"].max()
    beyond = [f"{name} {rate(value)}" for name, value in zip(shown["name"][far], shown["present"][far], strict=True)]
    shown["present"] = shown["present"].where(~far)
    said = ", ".join(f"{name} {rate(value)}" for name, value in zip(shown["name"], shown["best"], strict=True))
    st.vega_lite_chart(
        best_rates_spec(shown), key="best_rates", alt=f"Best tariff on each of the largest partners: {said}"
    )
    marks = f"Mark: the tariff in this scenario{f'; beyond the chart: {listing(beyond)}' if beyond else ''}."
    st.markdown(
        f":small[The {len(shown)} largest partners of {len(best.rates)}. {plain(marks)} Near the best tariffs gains "
        "are flat: compare gains rather than rates.]"
    )
    chart_menu(
        lambda: best_rates_figure(best, shown, in_sentence(best.economy, names[best.economy]), _origin(best.asked)),
        "best_tariffs",
        best.asked.title,
    )
    carry, export = st.columns(2)
    if len(best.rates) <= MOST_RULES:
        carry.button(
            "Put these tariffs into the page",
            key="carry_best",
            on_click=state.hold_scenario,
            args=(_by_rules(best, data),),
        )
    files = optimum_files(best, data)
    with export:
        download("Export", zip_bytes(files), zip_name(("best", best.economy), files), "export_best", help=_EXPORT)


def _by_rules(best: Optimum, data: Dataset) -> Scenario:
    """The best tariffs as one rule a partner, which a link can carry where a schedule cannot."""
    rules = [
        Rule(
            importer=(best.economy,),
            exporters=(str(exporter),),
            products=_goods(data),
            action="set",
            value_pct=round(100 * float(value), 3),
        )
        for exporter, value in zip(best.rates["exporter"], best.rates["tariff_new"], strict=True)
    ]
    return replace(best.scenario, rules=(*best.asked.rules, *rules), draws=best.asked.draws)


_EXPORT = "Tables as CSV, the scenario with these tariffs, the one asked, and a README, in one zip."
