"""What a link packs is read back or refused in words, whatever somebody wrote into it."""

import base64
import zlib
from datetime import date

import pytest
from pages import open_page, preset_of

from calc.errors import ScenarioError
from calc.page.held.link import (
    MAX_UNPACKED,
    Control,
    day_or_none_until,
    pack,
    read_packed,
    read_parameters,
    unpack,
    write_parameters,
)
from calc.page.pins import read_pin
from calc.scenario import Scenario
from calc.tariffs.rules import Rule


def packed(text, tail=b""):
    return base64.urlsafe_b64encode(zlib.compress(text.encode()) + tail).decode()


SCHEDULES = {
    "too long for a name": "A" * 300,
    "no table": "truce_lapses.toml",
    "missing": "nowhere.csv",
    "above": "..",
    "folder": "",
    "device": "/dev/zero",
    "zero byte": r"a\u0000b",
}


@pytest.mark.parametrize("name", SCHEDULES.values(), ids=SCHEDULES)
def test_packed_rules_that_name_a_bad_schedule_are_refused_in_words(name):
    text = packed(f'[[rule]]\nschedule = "{name}"\n')
    with pytest.raises(ScenarioError, match="schedule"):
        read_pin(f"1.{text}")
    with pytest.raises(ValueError, match=r"^eJ"):
        read_packed(text)


def test_a_page_opened_with_bad_schedules_in_rules_and_pins_names_and_ignores_them():
    bad = packed(f'[[rule]]\nschedule = "{"A" * 300}"\n')
    page = open_page(rules=bad, pins=["1." + packed('[[rule]]\nschedule = "truce_lapses.toml"\n')])
    assert "rules=" in page.toast[0].value
    assert "schedule" in page.toast[0].value
    assert preset_of(page) == "truce_lapses"


def test_a_tail_after_the_packed_text_is_refused():
    text = 'title = "Whole"'
    assert unpack(packed(text)).title == "Whole"
    with pytest.raises(ScenarioError, match="cut off or too long"):
        unpack(packed(text, tail=b"more"))
    with pytest.raises(ScenarioError, match="cut off or too long"):
        unpack(packed(text)[:-8])


def test_rules_of_exactly_the_size_that_is_packed_are_unpacked_and_of_one_more_are_not():
    filled = 'title = "t"\n' + "#" * (MAX_UNPACKED - len('title = "t"\n'))
    assert unpack(packed(filled)).title == "t"
    with pytest.raises(ScenarioError, match="cut off or too long"):
        unpack(packed(filled + "#"))


def test_a_scenario_goes_into_a_link_and_back():
    rules = (Rule(importer=("USA",), exporters=("CHN",), value_pct=7.5),)
    assert unpack(pack(Scenario(title="Both ways", rules=rules))).rules == rules


def test_a_link_says_its_dates_wherever_it_says_anything_and_one_without_them_is_old():
    today = date(2026, 9, 30)
    controls = {
        "baseline": Control(default=today, read=day_or_none_until(date(2027, 1, 1)), always=True),
        "tariff_pct": Control(default=100.0, read=float),
    }
    opening = {"baseline": today, "tariff_pct": 100.0}
    assert write_parameters(opening, controls) == {}
    assert write_parameters(opening, controls, whole=True) == {"baseline": ["2026-09-30"]}
    assert write_parameters(opening | {"tariff_pct": 5.0}, controls) == {
        "baseline": ["2026-09-30"],
        "tariff_pct": ["5"],
    }
    collected = {"baseline": None, "tariff_pct": 100.0}
    assert write_parameters(collected, controls) == {"baseline": ["data"]}
    for values in (opening, opening | {"tariff_pct": 5.0}, collected):
        assert read_parameters(write_parameters(values, controls), controls) == (values, [])
    assert read_parameters({"tariff_pct": ["100"]}, controls) == (collected, [])
    assert read_parameters({"utm_source": ["mail"]}, controls) == (opening, ["utm_source=mail"])
