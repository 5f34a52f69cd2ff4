"""The printable page of a report speaks in one scope: that of its headline."""

import re

import pytest

import calc
from calc.reports.html_page import result_page
from calc.reports.pictures import Pictures
from calc.words import small_percent


@pytest.mark.parametrize(
    ("preset", "metric", "scope"),
    [
        ("truce_lapses", "import_price_change", "all imports"),
        ("rare_earth_cut", "affected_composite_price_change", "goods hit"),
    ],
)
def test_headline_badge_and_cards_are_of_the_same_goods(preset, metric, scope):
    pytest.importorskip("vl_convert")
    result = calc.run(preset, draws=0)
    page = result_page(result, Pictures(figures=(), hit_most=result.summary.iloc[:0]), command="").decode()
    headline, badges, cards = (re.search(f"<{tag}.*?</{tag}>", page, re.DOTALL)[0] for tag in ("h1", "ul", "dl"))
    price = result.value(metric)
    assert small_percent(price).lstrip("+") in headline
    assert f"Average tariff, {scope}" in badges
    assert small_percent(price) in cards
    assert {words for words in ("all imports", "goods hit") if words in cards} == {scope}
