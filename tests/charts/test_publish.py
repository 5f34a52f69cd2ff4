"""A figure taken out of the page says by itself what it shows, and needs nothing else."""

import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pandas as pd
import pytest

from calc.charts.basic import labelled_bars
from calc.charts.figure import Figure, Origin, short_source
from calc.charts.publish import CARD, balanced, drawing_library, png_of, svg_of, wrapped
from calc.errors import CalcError

ROWS = [
    {"name": "China", "change": -351e9, "money": "−$351 bn", "percent": "−81.8%", "low": -4e11, "high": -3e11},
    {
        "name": "<b>Viet & Nam</b>\x01",
        "change": 54e9,
        "money": "+$54 bn",
        "percent": "+38.4%",
        "low": None,
        "high": None,
    },
]
FIGURE = Figure(
    name="imports_by_partner",
    finding="Imports from China fall 81.8%",
    unit="Change of imports, US$",
    origin=Origin(about="A surtax. Trade of 2024", source="US Census Bureau", ranges="Ranges cover 90% of 200 draws."),
    spec=labelled_bars(ROWS),
    table=pd.DataFrame(),
)


def texts_of(svg):
    """Every text that a reader of the picture sees."""
    return " ".join(
        "".join(text.itertext()) for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    )


def size_of(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def links_of(svg):
    """Addresses outside the file, names of namespaces left out."""
    return [link for link in re.findall(r'(?:https?:)?//[^"\s<]+', svg) if not link.startswith("http://www.w3.org/")]


def test_a_picture_has_finding_unit_scenario_ranges_source_and_tool_and_no_link():
    svg = svg_of(FIGURE)
    words = texts_of(svg)
    for part in (FIGURE.finding, FIGURE.unit, "A surtax", "2024", "90% of 200 draws", "US Census Bureau", "calculator"):
        assert part in words
    assert "<b>Viet & Nam</b>" in words
    assert not links_of(svg)
    assert svg == svg_of(FIGURE)
    assert all(f'id="{FIGURE.name}-' in part for part in re.findall(r'id="[^"]*', svg))


@pytest.mark.parametrize("name", ["\x01\x0b\ufffe\ud800", "\u202eabc😀مرحبا", "]]>&amp;{top}", "x" * 5_000, "\n\t "])
def test_a_name_from_a_strangers_table_cannot_break_a_picture(name):
    odd = replace(FIGURE, finding=f"{name} falls", spec=labelled_bars([{**ROWS[0], "name": name, "low": float("nan")}]))
    assert "falls" in texts_of(svg_of(odd))


def test_a_card_has_the_size_of_a_card_whatever_stands_in_it():
    assert size_of(png_of(FIGURE, card=True)) == CARD
    long = replace(FIGURE, finding="A finding that runs on " * 9, spec=labelled_bars(ROWS, height=700))
    assert size_of(png_of(long, card=True)) == CARD


def test_without_the_library_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(CalcError, match=r'pip install "tariff-impact\[pictures\]"'):
        drawing_library()


def test_lines_break_where_they_are_full_and_lose_no_word():
    text = "Imports from China fall most; Vietnam and Mexico gain most of all the partners"
    lines = wrapped(text, 17, 300)
    assert len(lines) > 1
    assert " ".join(lines) == text


def test_the_last_line_of_a_title_is_no_single_word_and_money_stays_with_its_unit():
    text = "Buyers lose $187.4 bn, foreign sellers $2.3 bn; the treasury gains $44.4 bn"
    greedy, lines = wrapped(text, 18, 600), balanced(text, 18, 600)
    assert greedy[-1] == "$44.4 bn"
    assert len(lines) == len(greedy)
    assert " ".join(lines) == text
    assert min(map(len, lines)) > 0.7 * max(map(len, lines))
    assert all(line.split()[-1] not in ("$44.4", "$2.3", "$187.4") for line in wrapped(text, 17, 90))


def test_a_source_keeps_its_publisher_and_loses_who_passed_it_on():
    assert (
        short_source("BACI 2023 (CEPII), read through the repository a/b; WIOD (read through c)")
        == "BACI 2023 (CEPII); WIOD"
    )
    assert short_source("word " * 99).endswith(" …")


def test_a_chart_too_high_for_a_card_has_a_shorter_one_there():
    short = replace(FIGURE, card=labelled_bars(ROWS[:1]))
    assert "Viet" in texts_of(svg_of(short))
    assert "Viet" not in texts_of(svg_of(short, card=True))
