"""World: what a policy does to every economy, on a map, ranked, in parts, and beside the other kind of model."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.analysis.perspective import economy_changes, of_importer, with_targeted_producers
from calc.charts.basic import (
    REAL_INCOME,
    WELFARE,
    described_gains,
    map_spec,
    ranking_spec,
    shapes_of_economies,
)
from calc.charts.figure import origin_of
from calc.charts.figures import gain_bars, gain_map
from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers
from calc.page.chart_menu import chart_menu
from calc.page.export import export_button
from calc.page.export_rules import export_cards, export_words, say_too_coarse
from calc.page.heading import Places, badges, card_words, cards, economy_cards, say_spread
from calc.page.held import state
from calc.page.held.link import Control, one_of
from calc.page.held.session import Key
from calc.page.maps import clickable_map
from calc.page.pins import pin_button
from calc.page.ranges import drawn_last, range_words, uncertainty_view
from calc.page.text import plain, some_of
from calc.page.view import View
from calc.page.widgets import choose, draw_bars, headline_first
from calc.page.world.carried import carried_words, in_words_of, say_part_of_industry
from calc.page.world.details import ECONOMY_DETAILS, ECONOMY_VIEWS
from calc.page.world.games import GAME, GAMES, LARGEST, OTHER
from calc.result import Result, Solution
from calc.scenario import Scenario
from calc.words import headline, in_sentences, money

OPENING = "tit_for_tat"
DETAIL: Key[str] = Key("economy_detail")
ECONOMY: Key[str] = Key("economy")
ACTING = ""  # the economy that acts, instead of a chosen one


@answers.kept_by_dataset()
def controls(name: str) -> dict[str, Control]:
    """What the view holds in the address."""
    economies = list(answers.dataset(name).flows.economies)
    return {
        DETAIL.name: Control(default="parts", read=one_of(ECONOMY_DETAILS)),
        ECONOMY.name: Control(default=ACTING, read=one_of(economies)),
        GAME.name: Control(default="war", read=one_of(GAMES)),
        OTHER.name: Control(default=LARGEST, read=one_of(economies)),
    }


def world() -> None:
    """Draw the view: the headline first, what takes longer after it."""
    data, scenario = state.current()
    if isinstance(scenario, CalcError):
        st.error(plain(str(scenario)))
        return
    asked, carried = scenario, None
    if data.kind != "world":
        try:
            carried = answers.on_world(asked)
        except CalcError as error:
            _needs_a_world(data, error)
            return
        scenario, data = carried.scenario, answers.dataset(carried.scenario.dataset)
    head, side = st.columns([5, 1], vertical_alignment="top")
    try:
        result = answers.central(scenario)
    except CalcError as error:
        st.error(plain(str(error)))
        return
    acting = _acting(scenario, result)
    exports_only = bool(export_cards(result))
    said = in_words_of(result, asked) if carried else result
    with side:
        export_button(result, scenario)
    headline_first(
        head,
        headline(said)
        if exports_only
        else headline(of_importer(said, acting), whose=in_sentences(result, [acting])[0]),
    )
    with side:
        pin_button(scenario, short=True)
    if exports_only:
        badges(result, scenario, seen_from="all importers")
    else:
        badges(of_importer(result, acting), scenario, seen_from=in_sentences(result, [acting])[0])
    view = with_targeted_producers if exports_only else None
    if exports_only:
        st.markdown(plain(export_words(result)))
        if carried:
            say_part_of_industry(carried)
        else:
            say_too_coarse(scenario, data)
    if carried:
        carried_words(carried, asked, result)
    cards_place = st.empty()
    bars_place = _map_and_bars(result, data, scenario)
    words_place = st.empty()

    def show(answer: Result, *, pending: bool) -> Places:
        words = card_words(pending=pending, draws=scenario.draws)
        with cards_place.container():
            if found := export_cards(result):
                places = cards(answer, found, **words, others="")
            else:
                places = economy_cards(answer, acting, _name(answer, acting), **words)
        solved = plain(f"{_balance(result)} {_solved(result.solution)}")
        words_place.markdown(f":small[{range_words(answer, scenario)} {solved}]")
        _bars(bars_place, answer, data)
        return places

    places = show(view(result) if view else result, pending=scenario.draws > 0)
    _details(result, data, scenario, acting)
    if scenario.draws and (drawn := drawn_last(words_place, scenario, view=view)):
        places = show(drawn, pending=False)
    if not exports_only:  # the cards are those of all buyers, Sensitivity's those of one
        say_spread(places, scenario, data, acting)


def _needs_a_world(data: Dataset, why: CalcError) -> None:
    presets = answers.preset_scenarios()
    st.title("Who wins and who loses, in every economy", anchor=False)
    st.markdown(
        f"This view needs trade between all economies. {plain(data.name)} covers the imports of one, and its rules "
        f"cannot be carried to the world: {plain(str(why))}"
    )
    if OPENING in presets:
        st.button(
            f"Open “{presets[OPENING].title}” on {presets[OPENING].dataset}",
            on_click=state.hold_preset,
            args=(presets[OPENING],),
            type="primary",
            key="open_world",
        )


def _acting(scenario: Scenario, result: Result) -> str:
    """The economy whose numbers are on top: the one changing tariffs, or hit most by restrictions of exports."""
    first, *_ = answers.importers(scenario.dataset)
    return answers.importer_seen(scenario, result) or first


def _name(result: Result, code: str) -> str:
    return result.inputs.names.get(code, code) if result.inputs else code


def _balance(result: Result) -> str:
    """Gains, losses and their sum over all economies."""
    gains = result.economies["net_welfare_change"].to_numpy()
    what = "real income, in US$ of the base year" if result.incomes_move else "net welfare"
    return (
        f"All economies together, {what}: {money(float(gains.sum()))} (gains {money(float(gains[gains > 0].sum()))}, "
        f"losses {money(float(gains[gains < 0].sum()))})."
    )


def _solved(solution: Solution) -> str:
    if solution.iterations == 0 and solution.residual == 0:
        return f"Solved by formula in {solution.seconds * 1e3:,.0f} ms." if solution.seconds else "Solved by formula."
    steps = f"{solution.iterations:,} step{'' if solution.iterations == 1 else 's'}"
    return f"Solved in {steps}, residual {solution.residual:.0e}, {max(solution.seconds * 1e3, 1):,.0f} ms."


def _map_and_bars(result: Result, data: Dataset, scenario: Scenario) -> DeltaGenerator:
    """The map, and beside it the place of the bars, which is returned."""
    general = result.incomes_move
    changes = economy_changes(result, answers.gdp(data.name))
    measure, by = (REAL_INCOME, "share") if general else (WELFARE, "gain")
    shapes, missing = shapes_of_economies(changes, data.countries, answers.topology(), measure)
    globe, bars = st.columns([11, 10], gap="medium")

    def show(economy: str) -> None:
        ECONOMY.hold(economy)
        if economy:
            DETAIL.hold("economy")

    what = "real income" if general else "net welfare as a share of GDP"
    words = described_gains(changes, by=by)
    with globe:
        clickable_map(
            map_spec(shapes, answers.topology(), measure=measure),
            "world_map",
            f"World map of the change of {what} by economy. {words}",
            countries=data.countries,
            among=set(changes["economy"]),
            then=show,
        )
        drawn = f"Not drawn: {plain(some_of(missing))}. " if missing else ""
        st.markdown(
            f":small[Grey: unaffected, or not in the data. {drawn}Click a country for its sectors and partners.]"
        )
        chart_menu(
            lambda: gain_map(
                shown := answers.central(scenario),
                origin_of(shown),
                answers.gdp(data.name),
                data.countries,
                answers.topology(),
            ),
            "gains_map",
            scenario.title,
        )
    with bars, st.container(key="ranking"):
        place = st.empty()
        order = "real income" if general else "net welfare in US$"
        beside = "value in US$, and the change" if general else "US$, and share of GDP"
        words = (
            f"Ranked by {order}: the largest gains and losses. Beside the bars: {beside}. The thin lines are ranges."
        )
        st.markdown(f":small[{plain(words)}]")
        chart_menu(
            lambda: gain_bars(drawn := answers.with_range(scenario), origin_of(drawn), answers.gdp(data.name), by=by),
            "gains",
            scenario.title,
        )
    return place


def _bars(place: DeltaGenerator, result: Result, data: Dataset) -> None:
    by = "share" if result.incomes_move else "gain"
    changes = economy_changes(result, answers.gdp(data.name))
    words = described_gains(changes, by=by)
    draw_bars(place, ranking_spec(changes, by=by), "Bars of the ranking.", words)


def _details(result: Result, data: Dataset, scenario: Scenario, acting: str) -> None:
    names = dict(zip(data.countries["economy"], data.countries["name"], strict=True))
    choice, economy = st.columns([4, 1], vertical_alignment="bottom")
    with choice:
        shown = choose("Details of the world", ECONOMY_DETAILS, DETAIL)
    if shown == "economy":
        economy.selectbox(
            "Economy",
            [ACTING, *sorted(names, key=names.__getitem__)],
            format_func=lambda code: names.get(code, f"{names.get(acting, acting)} (changes tariffs)"),
            key=ECONOMY.name,
            persist_state="session",
        )
    if shown == "uncertainty":
        uncertainty_view(scenario, whose="all economies together")
        return
    ECONOMY_VIEWS[shown](result, data, scenario, ECONOMY.value() or acting, acting)


VIEW = View(title="World", path="world", draw=world, controls=controls)
