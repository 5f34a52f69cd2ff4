"""Numbers and sentences as people read them."""

import math
import re
from pathlib import Path

import pytest

from calc.glossary import GLOSSARY
from calc.words import (
    POINTS,
    headline,
    listing,
    money,
    percent,
    percent_as_given,
    quantity_text,
    range_text,
    small_percent,
    whole_percent,
)

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.41, "+41.0%"),
        (-0.4149, "−41.5%"),
        (0.0, "0.0%"),
        (-0.0002, "0.0%"),
        (12.5, "+1,250.0%"),
        (math.nan, "–"),
    ],
)
def test_percent_has_one_decimal_and_a_true_minus(value, text):
    assert percent(value) == text


def test_a_number_in_percent_keeps_the_digits_it_was_given():
    assert [percent_as_given(value) for value in (25.0, 7.5, -50.0)] == ["25%", "7.5%", "−50%"]
    assert percent_as_given(10.0, sign=True) == "+10%"
    assert whole_percent(0.604) == "60%"


def test_a_difference_of_rates_counts_points():
    assert percent(-0.021, unit=POINTS) == "−2.1 points"
    assert small_percent(0.00042, unit=POINTS) == "+0.042 points"


def test_no_text_of_ours_puts_a_space_before_the_percent_sign():
    sources = [ROOT / "app.py", ROOT / "README.md"]
    for folder, endings in (("calc", ("*.py", "*.md")), ("data", ("*.toml", "*.md"))):
        sources += [path for ending in endings for path in sorted((ROOT / folder).rglob(ending))]
    assert len(sources) > 150
    spaced = re.compile(r"[0-9}] %(?!%)")
    for path in sources:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not spaced.search(line), f"{path.relative_to(ROOT)}, line {number}: write 100%, without a space"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (244e6, "+$244 m"),
        (-1.244e9, "−$1.24 bn"),
        (999.6e6, "+$1.00 bn"),
        (99.96e9, "+$100.0 bn"),
        (3.2088e12, "+$3.21 tn"),
        (12_345.0, "+$12.3 k"),
        (7.0, "+$7.00"),
        (0.0, "$0"),
        (0.001, "$0.00"),
        (math.nan, "–"),
    ],
)
def test_money_has_three_significant_digits(value, text):
    assert money(value) == text


def test_levels_carry_no_plus_and_changes_do():
    assert quantity_text(0.1087, GLOSSARY["effective_tariff_base"]) == "10.9%"
    assert quantity_text(0.1087, GLOSSARY["import_volume_change"]) == "+10.9%"
    assert quantity_text(2e9, GLOSSARY["tariff_revenue_new"]) == "$2.00 bn"


def test_a_range_names_both_ends_or_nothing():
    change = GLOSSARY["import_volume_change"]
    assert range_text(-0.45, -0.22, change) == "−45.0 to −22.0%"
    assert range_text(-2e9, 1e9, GLOSSARY["net_welfare_change"]) == "−$2.00 bn to +$1.00 bn"
    assert range_text(math.nan, math.nan, change) == ""
    assert range_text(0.0, 0.0, change) == ""


def test_a_listing_reads_as_a_sentence():
    assert listing([]) == ""
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing(list("abcdefg")) == "a, b, c, d and 3 more"


def test_the_headline_says_what_is_done_and_what_follows(us_2024, run_preset):
    text = headline(run_preset("truce_lapses"))
    assert text.startswith(
        "The United States adds 100 points to its tariff on China, compared with the duties collected in 2024: imports "
        "from China fall "
    )
    assert "prices paid for all imports rise" in text
    assert "gain $" in text
    assert "2024" in text


def test_a_headline_without_change_says_so(run_preset):
    assert "nothing changes" in headline(run_preset("no_change"))


def test_a_headline_on_everyone_names_all_partners(run_preset):
    text = headline(run_preset("universal_10"))
    assert ": all imports fall" in text
    assert "gain" not in text
