"""What people want most, in few clicks: a click, a word typed and Enter count one each.

A visit a group of tasks; each task ends with what the person must see and how many clicks it may have taken.
"""

import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from browsing import CHROMIUM, PHONE, visit

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Hand:
    """A hand on the page, which counts what it does."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def settle(self):
        """Wait as a person does until the page has stopped moving."""
        self.page.wait_for_timeout(400)
        self.page.locator("[data-test-script-state=notRunning]").wait_for(timeout=60_000)

    def click(self, place):
        self.settle()
        place.click()
        self.count += 1

    def type(self, place, text):
        """A word into the box, and Enter; the list of a box with several choices closes behind it."""
        self.settle()
        place.fill(text)
        listed = place.get_attribute("role") == "combobox"
        if listed:
            self.page.get_by_role("option").first.wait_for()
        place.press("Enter")
        self.count += 2
        if listed and place.get_attribute("aria-expanded") == "true":  # a list of several choices stays open
            self.settle()
            self.page.keyboard.press("Escape")

    def go(self, view):
        """Another view, by the navigation."""
        self.click(self.page.get_by_role("link", name=view, exact=True))

    def downloads(self, place):
        """What a click on a button brings: its name and its bytes."""
        with self.page.expect_download(timeout=150_000) as download:
            self.click(place)
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    def sees(self, words, at_most, place="h1"):
        """The words, by default in the headline, once they are there, after so many clicks at most."""
        found = self.page.locator(place).filter(has_text=re.compile(words.replace(" ", r"\s+")))
        sync_api.expect(found.first).to_be_visible(timeout=60_000)
        assert self.count <= at_most
        self.count = 0


def test_a_policy_is_said_changed_and_undone(chromium, address):
    china, vietnam = "its tariff on China", "its tariff on Vietnam"
    with visit(chromium, address, "?draws=0&baseline=2026-09-30") as page:
        hand, box = Hand(page), lambda name: page.get_by_role("combobox", name=name)
        number = page.get_by_role("spinbutton", name="Points to add to the tariff")
        undo = page.get_by_role("button", name="Undo")

        hand.type(page.get_by_role("textbox", name="In words"), "25% on cars from the EU, Japan and Korea")
        hand.sees("adds 25 points to its tariff on cars from", at_most=6)  # task 1
        hand.click(undo)
        hand.sees(f"The United States adds 100 points to {china}", at_most=1)  # task 26

        sync_api.expect(number).to_have_value("100.0")  # drawn again after Undo
        hand.type(number, "60")
        hand.click(page.get_by_role("button", name="Add rule"))
        page.get_by_text("Until then this rule does nothing").wait_for()
        hand.type(box("Exporters"), "Everyone")
        hand.sees(f"adds 60 points to {china}; the United States adds 10 points", at_most=6)  # task 2

        hand.type(box("Exporters"), "Vietnam")
        hand.type(page.get_by_role("spinbutton", name="Points to add"), "25")
        hand.sees(f"60 points to {china}; the United States adds 25 points to {vietnam}", at_most=6)  # task 3

        hand.click(page.get_by_role("button", name="Reset everything"))
        hand.count = 0
        hand.click(page.get_by_text("Chips exempt", exact=True))
        hand.sees(f"adds 100 points to {china}, except chips", at_most=5)  # task 4
        hand.click(undo)
        hand.count = 0
        hand.click(page.get_by_text("Free trade with …", exact=True))
        hand.type(box("Free trade with"), "Vietnam")
        hand.sees(f"sets {vietnam} to 0%", at_most=3)  # task 5


def test_who_is_hit_who_pays_and_how_a_number_came_about(chromium, address):
    with visit(chromium, address, "?draws=0&baseline=2026-09-30") as page:
        hand = Hand(page)
        hand.sees("Who pays", at_most=0, place="[data-testid=stMarkdown]")  # task 18
        sync_api.expect(page.get_by_text("a household a year").first).to_be_visible()

        hand.click(page.get_by_text("Rare earths", exact=True))
        hand.sees("imports of rare earths from China fall", at_most=1)  # task 7, whom it hits
        hand.sees("Goods hit: rare earths, all origins", at_most=1, place="[data-testid=stMarkdown]")
        hand.click(page.get_by_role("radio", name="Products", exact=True))
        page.get_by_role("button", name=re.compile("Show data: Hit most.*magnets", re.IGNORECASE)).wait_for(
            timeout=60_000
        )
        assert hand.count <= 1  # tasks 7 and 16, by product
        hand.count = 0

        hand.click(page.get_by_text("Steps", exact=True))
        hand.sees("agree with the result", at_most=2, place="[data-testid=stMarkdown]")  # task 22

        hand.click(page.get_by_role("button", name="Save or share").nth(2))
        name, picture = hand.downloads(page.get_by_role("button", name="SVG"))
        assert hand.count <= 2  # task 30
        assert name.endswith(".svg")
        assert all(
            words in picture.decode()
            for words in ("US$", "Trade of 2024", "Rare-earth cut", "Source: US Census Bureau")
        )
        page.keyboard.press("Escape")
        hand.count = 0
        _, report = hand.downloads(page.get_by_role("button", name="Export report"))
        with zipfile.ZipFile(io.BytesIO(report)) as files:  # task 15
            lines = pd.read_csv(files.open("lines.csv"), dtype={"product": str})
        assert hand.count <= 1
        assert set(lines["product"].str.len()) == {6}


def test_the_ruling_coffee_industries_and_full_retaliation(chromium, address):
    words = "[data-testid=stMain] [data-testid=stMarkdown]"
    with visit(chromium, address, "?draws=0&baseline=2026-09-30") as page:
        hand, undo = Hand(page), page.get_by_role("button", name="Undo")
        hand.click(page.get_by_text("Court ruling", exact=True))
        hand.sees("Tariffs in force on 20 February 2026", at_most=1)  # task 27
        hand.sees("Supreme Court, 20 February 2026", at_most=1, place="[data-testid=stSidebar] summary")
        hand.click(undo)
        hand.count = 0
        hand.click(page.get_by_text("Coffee from Brazil", exact=True))
        hand.sees("adds 50 points to its tariff on coffee from Brazil", at_most=4)  # task 6
        hand.sees("Goods hit: coffee, all origins", at_most=4, place=words)
        price = page.locator("[data-testid=stMetricValue]").first.inner_text()
        assert f"prices paid for coffee rise {price.lstrip('+')}" in " ".join(page.locator("h1").inner_text().split())
        hand.click(undo)
        hand.count = 0
        hand.click(page.get_by_role("radio", name="Industries", exact=True))
        hand.sees("Three exposures that must not be added up", at_most=1, place=words)  # task 20
        hand.click(page.get_by_text("Full retaliation", exact=True))
        hand.sees("100 points on China.*, with full retaliation", at_most=1)  # task 19


def test_cars_on_a_phone(chromium, address):
    with visit(chromium, address, "?draws=0", viewport=PHONE) as page:
        hand = Hand(page)
        hand.click(page.get_by_test_id("stExpandSidebarButton"))
        hand.type(page.get_by_role("textbox", name="In words"), "25% on cars from the EU, Japan and Korea")
        hand.settle()
        hand.click(page.get_by_test_id("stSidebarCollapseButton"))
        hand.sees("adds 25 points to its tariff on cars from", at_most=8)  # task 24
        card = page.locator("[data-testid=stMetric]").first.bounding_box()
        assert card["y"] + card["height"] <= PHONE["height"]
        assert page.get_by_role("slider").first.is_visible()  # control and answer on one screen


def test_the_same_question_in_every_view(chromium, address):
    with visit(chromium, address, "?tariff_pct=60&draws=0") as page:
        hand, words = Hand(page), "[data-testid=stMain] [data-testid=stMarkdown]"
        hand.go("Households")
        hand.sees("a household a year", at_most=1)  # task 17
        hand.sees("income", at_most=1, place=words)
        hand.go("World")
        hand.sees("real income of the United States falls", at_most=1)  # task 8
        hand.click(page.get_by_text("Partial and general", exact=True))
        hand.sees("at given incomes", at_most=2, place=words)  # task 29
        hand.go("Sensitivity")
        hand.click(page.get_by_text("Reach a goal", exact=True))
        hand.sees("Maximum tariff revenue: reached at", at_most=2, place="[data-testid=stAlert]")  # task 10
        hand.click(page.get_by_text("Cut imports", exact=True))
        hand.sees("50%", at_most=3, place="[data-testid=stAlert]")  # task 11, from the view on
        hand.go("Compare")
        hand.click(page.get_by_role("button", name="Pin this scenario"))
        hand.sees("adds 60 points", at_most=2, place="tbody tr:nth-child(2)")
        box = page.get_by_role("combobox", name="Add a preset")
        hand.type(box, "Universal 10")
        hand.sees("Universal 10", at_most=2, place="table")  # task 9, with the one on screen
        hand.go("Timeline")
        hand.click(page.get_by_role("spinbutton", name="year, Date").first)
        page.keyboard.type("20250412")
        page.keyboard.press("Escape")
        hand.sees("On 12 April 2025 the United States charged China", at_most=3)
        hand.sees("IEEPA", at_most=0, place=words)  # task 21


def test_dates_edges_and_links_that_are_broken(chromium, address):
    with visit(chromium, address, "?draws=0&preset=nowhere&tariff_pct=tall", charts=0) as page:
        hand = Hand(page)
        hand.sees("not recognised", at_most=0, place="[data-testid=stToast]")  # task 28, a broken link
        said = page.get_by_role("textbox", name="In words")
        hand.type(said, "10 points on China, compared with the tariffs of 10 November 2025")
        hand.sees("adds 10 points to its tariff on China, compared with the tariffs in force on 10 November 2025", 3)
        number = page.get_by_role("spinbutton", name="Points to add to the tariff")
        hand.type(number, "1000")
        hand.sees("adds 1000 points", at_most=2)
        hand.sees("Beyond the changes", at_most=2, place="[data-testid=stMarkdown]")
        hand.type(number, "0")
        hand.sees("nothing changes", at_most=2)
        hand.type(number, "-100")
        hand.sees("duty-free", at_most=2, place="[data-testid=stMain] [data-testid=stMarkdown]")


def test_a_table_of_ones_own_gets_a_headline(chromium, address, tmp_path):
    table = tmp_path / "BACI_HS22_Y2023_V202501.csv"
    table.write_text("t,i,j,k,v,q\n2023,156,842,850511,10,1\n2023,484,842,850511,30,1\n", encoding="utf-8")
    with visit(chromium, address) as page:
        hand = Hand(page)
        hand.click(page.get_by_text("Your own table", exact=True))
        page.locator("[data-testid=stMain] input[type=file]").first.set_input_files(table)
        hand.count += 1
        hand.click(page.get_by_role("button", name="Use this data"))
        sync_api.expect(page.get_by_role("combobox", name="Dataset")).to_have_value(re.compile("your upload"))
        hand.go("What-if")
        hand.sees("adds 100 points to its tariff on China: imports from China fall", at_most=5)  # task 13
