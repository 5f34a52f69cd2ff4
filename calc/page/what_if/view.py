"""What-if: one change of tariffs, and who pays, who loses and who steps in."""

from dataclasses import dataclass, field, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.analysis.perspective import goods_hit, of_importer, partner_changes
from calc.charts.basic import bars_spec, described, map_spec, shapes_of_partners
from calc.charts.figure import Origin, origin_of
from calc.charts.figures import partner_bars, partner_map
from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers, household_answers
from calc.page.chart_menu import chart_menu
from calc.page.export import export_button
from calc.page.export_rules import export_cards, export_words, say_too_coarse
from calc.page.heading import Card, Places, badges, card_words, cards, say_spread
from calc.page.held import state
from calc.page.held.link import Control, one_of
from calc.page.held.session import Key
from calc.page.maps import clickable_map
from calc.page.pins import pin_button
from calc.page.ranges import drawn_last, range_words, uncertainty_view
from calc.page.text import plain, some_of
from calc.page.view import View
from calc.page.what_if import industries
from calc.page.what_if.details import ALL_PARTNERS, DETAIL_VIEWS, DETAILS, INDUSTRIES, PARTNER
from calc.page.what_if.hit_most import BY, BYS, LEVEL, LEVELS
from calc.page.what_if.pays import payers, payers_bar, per_household
from calc.page.what_if.producers import say_missing_producers
from calc.page.what_if.scope import CONTROL, GOODS, SCOPE, SCOPES, scope_choice, scope_of, scoped_cards
from calc.page.what_if.start import start_row
from calc.page.what_if.wrong import say_what_is_wrong
from calc.page.widgets import choose, draw_bars, headline_first
from calc.result import Result
from calc.scenario import Scenario
from calc.words import headline, in_sentences

DETAIL: Key[str] = Key("detail")


@answers.kept_by_dataset()
def controls(name: str) -> dict[str, Control]:
    """What the view holds in the address."""
    trading = set(answers.dataset(name).flows.economies)
    sellers = [code for code in answers.economy_labels(name) if code in trading]
    return {
        DETAIL.name: Control(default="hit", read=one_of(DETAILS)),
        BY.name: Control(default="value", read=one_of(BYS)),
        LEVEL.name: Control(default="group", read=one_of(LEVELS)),
        SCOPE.name: CONTROL,
        PARTNER.name: Control(default=ALL_PARTNERS, read=one_of(sellers)),
    }


def what_if() -> None:
    """Draw the view: the headline first, what takes longer after it, the range last."""
    data, scenario = state.current()
    if isinstance(scenario, CalcError):
        st.error(plain(str(scenario)))
        return
    start_row(data)
    head, side = st.columns([5, 1], vertical_alignment="top")
    try:
        look = _look(scenario, data)
    except CalcError as error:
        say_what_is_wrong(error, data)
        return
    with side:
        export_button(look.result, scenario)
    words = look.headline()
    del look
    # Headlines of others may come first from here on, and draws of others later: no answer of 20 MB waits meanwhile.
    headline_first(head, words)
    with side:
        pin_button(scenario, short=True)
    page = _page(scenario, data)
    places = page.places
    if scenario.draws and (drawn := drawn_last(page.words, scenario, page.importer)):
        places = page.show(drawn, scenario, pending=False)
        payers_bar(page.payers, answers.central(scenario), scenario, page.importer, drawn=True)
        del drawn
    say_spread(places, scenario, data, page.importer)
    if household_answers.of_us_lines(data.name):
        per_household(page.household, scenario)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """An answer as the view shows it.

    Parameters
    ----------
    result : the whole answer
    importer : whose imports are shown; empty where the data have one, and the whole answer is its own
    seen : the part of the answer that is the importer's
    name, said : of the importer, by itself and in a sentence; empty where the data have one
    scope : of which goods numbers are shown
    """

    result: Result
    importer: str
    seen: Result
    name: str
    said: str
    scope: str

    def headline(self) -> str:
        return headline(self.seen, whose=self.said, goods_hit=self.scope == GOODS)


def _look(scenario: Scenario, data: Dataset) -> _Look:
    result = answers.central(scenario)
    importer = _seen_from(result, scenario, data)
    seen = of_importer(result, importer) if importer else result
    several = len(answers.importers(data.name)) > 1
    name = result.inputs.names[importer] if several and result.inputs else ""
    return _Look(
        result=result,
        importer=importer,
        seen=seen,
        name=name,
        said=in_sentences(seen, [importer])[0] if name else "",
        scope=scope_of(seen),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What is on screen once the answer is, and the places of what takes longer.

    Parameters
    ----------
    importer, name, scope : as in `_Look`
    chosen : the numbers on the cards
    cards, bars, words, payers, household : places of the cards, the bars by partner, the words on ranges, who pays, and
        what a household pays
    places : below each card
    """

    importer: str
    name: str
    scope: str
    chosen: tuple[Card, ...]
    cards: DeltaGenerator
    bars: DeltaGenerator
    words: DeltaGenerator
    payers: DeltaGenerator
    household: DeltaGenerator
    places: Places = field(default_factory=dict)

    def show(self, answer: Result, scenario: Scenario, *, pending: bool) -> Places:
        """Draw what has ranges; the places below the cards."""
        with self.cards.container():
            places = cards(answer, self.chosen, **card_words(pending=pending, draws=scenario.draws))
        self.words.markdown(f":small[{range_words(answer, scenario)}]")
        _bars(self.bars, _in_scope(answer, self.scope), self.name)
        return places


def _page(scenario: Scenario, data: Dataset) -> _Page:
    """Draw what the answer says without its ranges."""
    look = _look(scenario, data)
    result, seen, importer, scope = look.result, look.seen, look.importer, look.scope
    badges(seen, scenario, seen_from=look.said, goods_hit=scope == GOODS)
    say_missing_producers(seen, scenario, data, importer or answers.importers(data.name)[0])
    if sentence := export_words(seen, whose=look.said):
        st.markdown(plain(sentence))
        say_too_coarse(scenario, data)
    scope_choice(seen)
    cards_place = st.empty()
    payers_place, household_place = payers(result, scenario, importer)
    page = _Page(
        importer=importer,
        name=look.name,
        scope=scope,
        chosen=scoped_cards(seen, scope),
        cards=cards_place,
        bars=_map_and_bars(_in_scope(seen, scope), data, scenario, importer, look.name, scope),
        words=st.empty(),
        payers=payers_place,
        household=household_place,
    )
    places = page.show(seen, scenario, pending=scenario.draws > 0)
    _details(_in_scope(seen, scope), data, scenario, importer, look.name)
    return replace(page, places=places)


def _seen_from(result: Result, scenario: Scenario, data: Dataset) -> str:
    """The importer whose imports are shown; empty where the data have one, and the whole answer is its own."""
    of_exporters = answers.importers(data.name)[0] if export_cards(result) else ""
    return answers.importer_seen(scenario, result) or of_exporters


def _in_scope(result: Result, scope: str) -> Result:
    return goods_hit(result) if scope == GOODS else result


def _shown(scenario: Scenario, importer: str, scope: str) -> Result:
    """What is on screen, made again where a menu asks for it, which would hold it as long as the visit lasts."""
    result = answers.central(scenario)
    return _in_scope(of_importer(result, importer) if importer else result, scope)


def _map_and_bars(
    result: Result, data: Dataset, scenario: Scenario, code: str, importer: str, scope: str
) -> DeltaGenerator:
    """The map, and beside it the place of the bars, which is returned."""
    changes = partner_changes(result)
    shapes, missing = shapes_of_partners(changes, data.countries, answers.topology())
    world, bars = st.columns([11, 10], gap="medium")
    with world:
        clickable_map(
            map_spec(shapes, answers.topology()),
            "map",
            f"World map of the change of imports by partner. {described(changes)}",
            countries=data.countries,
            among=set(changes["economy"]),
            then=_show_lines_of,
        )
        drawn = f"Not drawn: {plain(some_of(missing))}. " if missing else ""
        st.markdown(f":small[Grey: unaffected, or not a partner in the data. {drawn}Click a country for its lines.]")
        chart_menu(
            lambda: partner_map(
                shown := _shown(scenario, code, scope),
                _origin(shown, scope),
                data.countries,
                answers.topology(),
                importer=code,
            ),
            "imports_map",
            scenario.title,
        )
    with bars:
        place = st.empty()
        whose = f" of {plain(in_sentences(result, [code])[0])}" if importer else ""
        st.markdown(
            f":small[Change of imports{whose}, {SCOPES[scope].lower()}, before duty by partner, the twelve largest; "
            "the thin lines are ranges.]"
        )
        chart_menu(
            lambda: partner_bars(
                drawn := _in_scope(answers.with_range(scenario, code), scope),
                _origin(drawn, scope),
                importer=code,
            ),
            "imports_by_partner",
            scenario.title,
        )
    return place


def _origin(result: Result, scope: str) -> Origin:
    """Where a chart comes from, its scope said first."""
    origin = origin_of(result)
    return replace(origin, about=f"{SCOPES[scope]}. {origin.about}")


def _show_lines_of(partner: str) -> None:
    PARTNER.hold(partner)
    DETAIL.hold("lines")


def _bars(place: DeltaGenerator, result: Result, importer: str) -> None:
    changes = partner_changes(result)
    draw_bars(place, bars_spec(changes), "Bars of the twelve largest changes.", described(changes, 12))


def _details(result: Result, data: Dataset, scenario: Scenario, importer: str, name: str) -> None:
    names = answers.economy_labels(data.name)
    selling = set(result.lines["exporter"].cat.categories)
    sellers = [code for code in names if code in selling]
    choice, partner = st.columns([7, 2], vertical_alignment="bottom")
    offered = [key for key in DETAILS if key != INDUSTRIES or household_answers.of_us_lines(data.name)]
    if DETAIL.value() not in offered:
        DETAIL.hold(offered[0])
    with choice:
        shown = choose("Details", {key: DETAILS[key] for key in offered}, DETAIL)
    partner.selectbox(
        "Partner",
        [ALL_PARTNERS, *sellers],
        format_func=lambda code: names.get(code, "All partners"),
        key=PARTNER.name,
        persist_state="session",
    )
    if shown == "uncertainty":
        uncertainty_view(scenario, importer, whose=name)
    elif shown == INDUSTRIES:
        industries.us_industries_view(scenario)
    else:
        DETAIL_VIEWS[shown](result, data)


VIEW = View(title="What-if", path="what-if", draw=what_if, controls=controls)
