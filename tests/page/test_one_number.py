"""The screen never says two things for one number: each metric that two places show has one text and one label.

The places are the cards of What-if and World, the table of Compare, the outcome of Sensitivity, and the files and
sentences of the command line.
"""

import re
from functools import cache

import pytest
from pages import choose_preset, headline_of, open_view, tables_of, words_of

from calc.analysis.comparison import cell_texts
from calc.analysis.perspective import acting_importer, of_importer, with_targeted_producers
from calc.analysis.sensitivity import outcome_text
from calc.analysis.uncertainty import run_draws
from calc.datasets.dataset import read_dataset
from calc.glossary import GLOSSARY
from calc.page.ranges import ranges_table
from calc.question import point_answer
from calc.reports.report import bundle, file_table, summary_text
from calc.scenario_file import presets, read_scenario
from calc.words import quantity_text, range_text, small_percent

pytestmark = [pytest.mark.slow, pytest.mark.other_models]

ONE_IMPORTER = ("truce_lapses", "universal_10", "rare_earth_cut", "free_trade_with_china")
WORLD = ("tit_for_tat", "rare_earth_cut_world", "truce_lapses_pairs", "truce_lapses_world")
TARIFFS = tuple(name for name in (*ONE_IMPORTER, *WORLD) if "rare_earth" not in name)
SIGNED = re.compile(r"(?<![\w±])\+")


def text_of(shown):
    return re.sub(r"\\|\u2060", "", shown).replace("\u00a0", " ")


@cache
def page_of(title, preset, **parameters):
    scenario = read_scenario(presets()[preset])
    page = open_view(title, **{"draws": "0", "dataset": scenario.dataset, "model": scenario.model, **parameters})
    choose_preset(page, preset)
    assert not page.exception
    assert not page.error
    return page


def cards_of(title, preset):
    """Label of each card, without the name of the economy, and its text."""
    return {
        re.sub(", (United States|China)$", "", card.label): text_of(card.value)
        for card in page_of(title, preset).metric
    }


def row_of(preset, show):
    """What Compare says of the scenario on screen, by heading."""
    (table,) = tables_of(page_of("Compare", preset, compare_show=show))
    own = table[table["Scenario"].str.startswith("On screen now")].iloc[0]
    own = own.drop(["Scenario", "Model and data"], errors="ignore")
    return {str(label): text_of(cell) for label, cell in own.items()}


@cache
def answer_of(preset):
    """The answer of the command line, and the importer that the page shows; none where the data have one."""
    scenario = read_scenario(presets()[preset])
    result = point_answer(scenario, read_dataset(scenario.dataset))
    buyers = list(result.lines["importer"].astype(str).unique())
    return result, acting_importer(scenario, result, buyers) if len(buyers) > 1 else ""


def seen(preset):
    result, importer = answer_of(preset)
    return of_importer(result, importer) if importer else with_targeted_producers(result)


# The same metric


@pytest.mark.parametrize("preset", WORLD)
def test_what_if_and_world_say_the_same_of_one_economy(preset):
    what_if, world = cards_of("What-if", preset), cards_of("World", preset)
    both = set(what_if) & set(world)
    assert both
    if "rare_earth" not in preset:  # there the world's cards are those of all buyers, and say so
        assert {label: what_if[label] for label in both} == {label: world[label] for label in both}


@pytest.mark.parametrize(
    ("preset", "show"), [*((preset, "change") for preset in TARIFFS), *((preset, "levels") for preset in TARIFFS[:2])]
)
def test_compare_says_what_the_cards_say(preset, show):
    row = row_of(preset, show)
    for title in ("What-if", "World") if preset in WORLD else ("What-if",):
        cards = cards_of(title, preset)
        both = set(cards) & set(row)
        assert both, (list(cards), list(row))
        assert {label: row[label] for label in both} == {label: cards[label] for label in both}


@pytest.mark.parametrize("preset", ["tit_for_tat", "truce_lapses_world"])
def test_the_numbers_of_one_economy_are_those_of_its_row_in_the_files(preset):
    result, importer = answer_of(preset)
    row = file_table(result, "economies").set_index("economy").loc[importer]
    shared = [q for q in GLOSSARY.values() if q.column in row.index and q.name in set(seen(preset).summary["metric"])]
    assert len(shared) >= 4
    for quantity in shared:
        assert seen(preset).value(quantity.name) * quantity.scale == pytest.approx(row[quantity.column], rel=1e-12)


@pytest.mark.parametrize("metric", ["producer_surplus_change", "tariff_revenue_change"])
def test_sensitivity_starts_from_the_number_of_the_cards(metric):
    page = page_of("Sensitivity", "tit_for_tat", outcome=metric)
    assert f"**{GLOSSARY[metric].short} under other assumptions" in words_of(page)
    stands = re.search(r"the current result, (.*?)\. Blue", text_of(words_of(page))).group(1)
    assert stands == cards_of("World", "tit_for_tat")[GLOSSARY[metric].short]


@pytest.mark.parametrize("preset", ["truce_lapses", "tit_for_tat"])
def test_a_card_says_of_other_models_and_elasticities_what_sensitivity_shows(preset):
    metric, amount = "tariff_revenue_change", re.compile(r"[+−]\$[\d.,]+ (?:k|m|bn|tn)")
    title = "World" if preset in WORLD else "What-if"
    below = [line for line in page_of(title, preset).markdown if line.value.startswith(":small[Other models")]
    card = below[[label.split(",")[0] for label in cards_of(title, preset)].index(GLOSSARY[metric].short)]
    said = {*amount.findall(text_of(card.proto.help)), cards_of(title, preset)[GLOSSARY[metric].short]}
    assert set(amount.findall(text_of(card.value))) <= said
    charts = page_of("Sensitivity", preset, outcome=metric).get("vega_lite_chart")
    bars = next(found.proto.alt for found in charts if found.proto.alt.startswith("Tornado of"))
    shown = [part for part in text_of(bars).split("; ") if "Choice of model" in part or "Elasticity set" in part]
    assert len(shown) == 2
    ends = {end for part in shown for end in amount.findall(part)}
    assert ends
    assert ends <= said


# The same importer


@pytest.mark.parametrize("preset", WORLD)
def test_the_headline_of_a_screen_speaks_of_the_importer_of_its_cards(preset):
    sentence, cards = headline_of(page_of("What-if", preset)), cards_of("What-if", preset)
    one = seen(preset)
    name = "affected_composite_price_change" if one.goods_hit_alone else "import_price_change"
    price = one.value(name)
    if "Real income" in cards:
        assert cards["Real income"].lstrip("+−") in sentence
        assert cards["Consumer prices"].lstrip("+−") in sentence
    elif preset in TARIFFS:
        assert small_percent(abs(price)).lstrip("+") in sentence
        assert cards[GLOSSARY[name].short] == small_percent(price)
    if preset in TARIFFS:
        assert headline_of(page_of("World", preset)) == sentence


# Levels carry no plus, wherever they are said


@pytest.fixture(scope="module")
def drawn():
    scenario = read_scenario(presets()["truce_lapses"])
    return run_draws(scenario, read_dataset("us-2024"), count=20)


def levels_of(summary):
    return [metric for metric in summary["metric"] if GLOSSARY[metric].is_level]


def test_levels_carry_no_plus_at_any_door(drawn):
    result = drawn.central
    levels = [GLOSSARY[metric] for metric in levels_of(result.summary)]
    names = {name for quantity in levels for name in (quantity.label, quantity.short)}
    assert len(names) > 8
    readme = bundle(result)["README.txt"].decode()
    for text in (summary_text(result), readme):
        rows = [line for line in text.splitlines() if any(line.strip().startswith(f"{name}  ") for name in names)]
        assert len(rows) >= 8
        assert not [row for row in rows if SIGNED.search(row)]
    table = ranges_table(drawn)
    cells = table[table["Number"].isin(names)].drop(columns="Error of the ends")
    assert len(cells) >= 2
    assert not [cell for cell in cells.to_numpy().ravel() if SIGNED.search(cell)]


LEVELS = [name for name, quantity in GLOSSARY.items() if quantity.is_level and quantity.unit in ("fraction", "usd")]


@pytest.mark.parametrize("metric", LEVELS)
def test_a_level_carries_no_plus_in_any_sentence(metric):
    quantity = GLOSSARY[metric]
    row = {"metric": metric, "value": 0.25, "low": 0.0004, "high": 0.5}
    texts = [
        outcome_text(0.25, metric),
        outcome_text(0.0004, metric),
        *cell_texts(row, None),
        range_text(0.1, 0.2, quantity, fine=True),
        quantity_text(0.25, quantity, fine=True),
    ]
    assert not [text for text in texts if "+" in text]
