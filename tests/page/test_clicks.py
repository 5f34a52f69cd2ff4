"""What people want most, in few clicks: a click, a word typed and Enter count one each."""

import re

import pytest
from browsing import CHROMIUM, visit

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

    def click(self, place):
        place.click()
        self.count += 1

    def type(self, place, text):
        """A word into the box, and Enter; the list of a box with several choices closes behind it."""
        place.fill(text)
        place.press("Enter")
        self.count += 2
        if place.get_attribute("role") == "combobox":
            self.page.keyboard.press("Escape")

    def sees(self, headline, at_most):
        """The headline, once it is there, after so many clicks at most; then Undo brings the opening back."""
        title = self.page.locator("h1")
        sync_api.expect(title).to_contain_text(re.compile(headline.replace(" ", r"\s+")), timeout=30_000)
        assert 0 < self.count <= at_most
        self.count = 0


def test_tasks_take_no_more_clicks_than_the_table_says(chromium, address):
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

        page.get_by_role("button", name="Reset everything").click()
        hand.click(page.get_by_text("Chips exempt", exact=True))
        hand.sees(f"adds 100 points to {china}, except chips", at_most=5)  # task 4
        undo.click()
        hand.click(page.get_by_text("Free trade with …", exact=True))
        hand.type(box("Free trade with"), "Vietnam")
        hand.sees(f"sets {vietnam} to 0%", at_most=3)  # task 5
