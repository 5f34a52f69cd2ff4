"""Pictures in a report: files that stand alone, and one page that needs no script and no network."""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from calc.analysis.comparison import comparison_headline
from calc.analysis.who_pays import who_pays
from calc.charts.publish import CARD, png_of, svg_of
from calc.charts.who_pays import printed
from calc.cli import main
from calc.datasets.dataset import read_dataset
from calc.glossary import GLOSSARY
from calc.reports.comparison import comparison_files
from calc.reports.html_page import result_page
from calc.reports.pictures import pictures_of
from calc.reports.report import bundle, file_table
from calc.scenario_file import presets, read_scenario
from calc.simulation import compare, run, run_keeping_draws
from calc.words import headline, quantity_text

_MEASURES = ("href", "src", "srcset", "data", "action", "poster", "background")


class Seen(HTMLParser):
    """Tags, what they point at, and the text of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.targets, self.words, self.open = set(), [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.targets += [value for name, value in attrs if name.split(":")[-1] in _MEASURES]
        self.targets += re.findall(r"url\(([^)]*)\)", " ".join(value or "" for _, value in attrs))
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def small_files(tmp_path_factory):
    """The report of a tariff on made-up data whose names come from a stranger."""
    from conftest import SMALL_DATASET

    folder = tmp_path_factory.mktemp("stranger")
    for name, content in SMALL_DATASET.items():
        content = content.replace("China", '"<script>alert(1)</script>&"').replace("Horses, pure-bred", "<img src=x>")
        (folder / name).write_text(content, encoding="utf-8")
    data = read_dataset(folder)
    scenario = read_scenario(presets()["universal_10"])
    result, ranges = run_keeping_draws(scenario, data, draws=20)
    pictures = pictures_of(result, scenario, data, draws=ranges.values)
    return result, bundle(result, pictures=replace(pictures, figures=pictures.figures[:2]))


def checked(files):
    """The page of a report, once it is known to need nothing but itself."""
    page = files["report.html"].decode()
    seen = Seen(page)
    assert not {"script", "link", "iframe", "object", "embed", "img", "form", "base"} & seen.tags
    assert all(target.startswith(("#", "data:")) for target in seen.targets), seen.targets
    assert "default-src 'none'" in page
    return page, " ".join(" ".join(seen.words).split())


def check_taken_out(figure):
    """A figure is a card of its size, and an SVG that says what it shows and points nowhere."""
    card, svg = png_of(figure, card=True), svg_of(figure)
    assert card[:4] == b"\x89PNG"
    assert (int.from_bytes(card[16:20]), int.from_bytes(card[20:24])) == CARD
    words = " ".join(" ".join(ElementTree.fromstring(svg).itertext()).split())
    for part in (figure.finding, figure.unit, "Trade of 20", "Source:", "Tariff-impact calculator"):
        assert all(word in words for word in part.split()), part
    assert not [link for link in re.findall(r"https?://[^\"\s<]+", svg) if "www.w3.org" not in link]


def test_names_from_strangers_are_text_and_the_page_needs_nothing_outside_it(small_files):
    result, files = small_files
    page, words = checked(files)
    assert "<script>alert(1)</script>" in words
    assert "<script" not in page
    for name, content in files.items():
        if name.endswith(".svg"):
            text = content.decode()
            ElementTree.fromstring(text)
            assert not re.findall(r'(?:href|src)="(?!#|data:)', text)
            assert not [link for link in re.findall(r"https?://[^\"\s<]+", text) if "www.w3.org" not in link]
    assert "--pictures" in words
    assert set(json.loads(files["MANIFEST.json"])["outputs_sha256"]) == set(files) - {"MANIFEST.json"}
    assert result.inputs.citation in words


@pytest.mark.slow
def test_the_page_says_what_the_tables_say(us_2024):
    scenario = read_scenario(presets()["truce_lapses"])
    result, ranges = run_keeping_draws(scenario, us_2024, draws=20)
    pictures = pictures_of(result, scenario, us_2024, draws=ranges.values)
    page = result_page(result, pictures, command="tariff-impact run scenario.toml --pictures --out again")
    _, words = checked({"report.html": page})
    assert page == result_page(result, pictures, command="tariff-impact run scenario.toml --pictures --out again")
    assert headline(result) in words
    summary = file_table(result, "summary").set_index("metric")["value"]
    for metric in ("affected_composite_price_change", "tariff_revenue_change", "net_welfare_change"):
        quantity = GLOSSARY[metric]
        assert quantity_text(summary[quantity.column] / quantity.scale, quantity, fine=True) in words
    net = printed(who_pays(result))[-1]
    assert net in words
    assert float(net.strip("−$ bn")) == pytest.approx(-summary["net_welfare_change_usd"] / 1e9, abs=0.051)
    assert len(pictures.figures) == 7
    for figure in pictures.figures:
        check_taken_out(figure)
    hits = pictures.hit_most
    assert set(hits["ranked_by"]) == {"value", "price"}
    assert hits["rank"].max() == 10


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tit_for_tat", "truce_lapses_world"])
def test_world_data_show_every_economy_and_the_imports_of_the_one_that_acts(name):
    scenario = read_scenario(presets()[name])
    data = read_dataset(scenario.dataset)
    result = run(scenario, data, draws=0)
    pictures = pictures_of(result, scenario, data)
    names = [figure.name for figure in pictures.figures]
    assert {"gains", "gains_map", "imports_by_partner", "imports_map"} <= set(names)
    assert ("who_pays" in names) != result.incomes_move
    assert pictures.whose == "the United States"
    assert all("Estimated data" in figure.subtitle for figure in pictures.figures)
    for figure in pictures.figures[:2]:
        check_taken_out(figure)


def test_a_comparison_has_a_picture_of_each_number_and_one_page(small):
    compared = compare(["universal_10", "no_change"], small, draws=0)
    files = comparison_files(compared.answers, metrics=["tariff_revenue_new"], pictures=True)
    _, words = checked(files)
    assert {"pictures/compared_tariff_revenue_new.png", "pictures/compared_tariff_revenue_new.svg"} <= set(files)
    assert comparison_headline(compared.answers) in words
    assert "--pictures" in words
    assert b"--pictures" in files["README.txt"]
    assert "report.html" not in comparison_files(compared.answers)


@pytest.mark.parametrize("command", [["run", "universal_10"], ["compare", "universal_10", "no_change"]])
def test_pictures_need_a_folder_and_the_library(command, capsys, monkeypatch, tmp_path):
    assert main([*command, "--pictures"]) == 2
    assert "--out DIR" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert main([*command, "--pictures", "--out", str(tmp_path / "out")]) == 2
    assert 'pip install "tariff-impact[pictures]"' in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
