"""Links short enough for mail: a preset by its name, a pin as a preset and what differs, and links made before."""

import base64
import zlib
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from pages import open_page, open_view, preset_of

from calc.assumptions import Assumptions
from calc.errors import ScenarioError
from calc.page import answers
from calc.page.held import preset_link
from calc.page.held.known_controls import frame_controls
from calc.page.held.link import pack, pack_whole, words_and_rules, write_parameters
from calc.page.pins import Pin, read_pin, write_pin
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml
from calc.tariffs.rules import Rule

PRESETS = answers.preset_scenarios()
LONGEST_PRESET, LONGEST_COMPARISON = 120, 400  # characters of a query


def query_of(page):
    return urlencode(dict(page.query_params), doseq=True)


def packed_before(scenario):
    """A scenario as links packed it that were made before packing knew the words of scenarios."""
    return base64.urlsafe_b64encode(zlib.compress(scenario_to_toml(scenario).encode(), 9)).decode()


@pytest.mark.parametrize("name", PRESETS)
def test_the_address_of_a_preset_is_short_and_says_what_the_preset_says(name):
    preset, said = PRESETS[name], preset_link.whole({"preset": [name]})
    days = (preset.baseline, preset.law_day)
    assert len(urlencode(preset_link.short(said, days), doseq=True)) <= LONGEST_PRESET
    assert preset_link.whole(preset_link.short(said, days)) == said


def test_a_preset_in_the_address_opens_its_rules_data_and_days_and_stays_short():
    page = open_page(preset="truce_2025", model="gsim_linear", draws="0")
    assert preset_of(page) == "truce_2025"
    assert page.selectbox(key="dataset").value == "world-2023"
    assert dict(page.query_params) == {"preset": "truce_2025", "model": "gsim_linear", "draws": "0"}


def test_a_link_with_the_whole_rules_of_a_preset_opens_as_before():
    page = open_page(dataset="world-2023", rules=packed_before(words_and_rules(PRESETS["truce_2025"])), draws="0")
    assert preset_of(page) == "truce_2025"
    assert query_of(page) == "preset=truce_2025&draws=0"


def test_rules_of_a_preset_under_another_title_are_not_called_the_preset():
    own = pack(replace(PRESETS["truce_2025"], title="Mine"))
    said = write_parameters({"rules": own}, frame_controls("world-2023"))
    assert preset_link.short(said, (None, None)) == said


@pytest.mark.slow
def test_an_unknown_preset_is_named_as_ignored():
    assert "preset=nowhere" in open_page(preset="nowhere", draws="0").toast[0].value


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"model": "smart", "draws": 0, "seed": 7},
        {"title": "Mine ~title. and 1.5 ~ more"},
        {"assumptions": Assumptions(months=3.0, elasticity_multiplier=0.5)},
        {"assumptions": Assumptions(collection="by_partner_and_sector")},
        {"rules": (Rule(importer=("USA",), exporters=("CHN",), value_pct=60.0),)},
        {"description": "Other words"},
    ],
    ids=str,
)
def test_a_pin_is_read_back_whole(changes):
    pin = Pin(place=3, scenario=replace(PRESETS["truce_lapses"], **changes))
    text = write_pin(pin)
    assert read_pin(text) == pin
    assert len(urlencode({"pins": text})) <= 120 or "description" in changes or "rules" in changes
    assert read_pin(f"3.{packed_before(pin.scenario)}") == pin


@pytest.mark.parametrize("text", ["1.truce_lapses~modle.smart", "1.truce_lapses~draws.many", "1.nowhere~draws.0"])
def test_a_damaged_pin_is_refused_in_words(text):
    with pytest.raises(ScenarioError, match="Copy the link again"):
        read_pin(text)


@pytest.mark.slow
def test_a_comparison_of_five_presets_fits_a_mail_and_opens():
    longest = sorted(PRESETS, key=len)[-5:]
    pins = [write_pin(Pin(place=place, scenario=PRESETS[name])) for place, name in enumerate(longest, 1)]
    page = open_view("Compare", pins=pins, preset="truce_2025", draws="0")
    assert not page.error
    assert len(query_of(page)) <= LONGEST_COMPARISON
    assert page.query_params["pins"] == pins


def test_one_rule_of_ones_own_is_packed_in_few_characters():
    rules = (Rule(importer=("USA",), exporters=("CHN",), value_pct=60.0),)
    title = "United States adds 60 points to its tariff on China"
    assert len(pack_whole(Scenario(title=title, rules=rules))) < 70
