"""In a browser: charts are handed out on a click, and a report opens from its folder without network."""

import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pandas as pd
import pytest
from browsing import PHONE, WIDE, visit

from calc.cli import main

pytestmark = pytest.mark.browser


def test_a_chart_is_handed_out_as_picture_card_and_numbers(chromium, address):
    with visit(chromium, address, "?draws=0") as page:
        page.locator(".st-key-menu_imports_by_partner button").click()
        handed = {}
        for name in ("PNG", "SVG", "CSV", "Card"):
            button = page.get_by_role("button", name=name, exact=True)
            button.wait_for(timeout=60_000)
            with page.expect_download(timeout=60_000) as download:
                button.click()
            handed[name] = Path(download.value.path()).read_bytes()
            assert download.value.suggested_filename.startswith("imports-by-partner_")
        card = handed["Card"]
        assert (int.from_bytes(card[16:20]), int.from_bytes(card[20:24])) == (1200, 675)
        assert handed["PNG"][:4] == b"\x89PNG"
        words = " ".join(ElementTree.fromstring(handed["SVG"].decode()).itertext())
        assert "Imports from China fall" in words
        table = pd.read_csv(io.BytesIO(handed["CSV"]))
        assert table["economy"].iloc[0] == "CHN"


@pytest.mark.parametrize(
    "command", ["run truce_lapses_pairs --set draws=0", "compare universal_10 truce_lapses no_change"]
)
def test_a_report_opens_from_its_folder_without_network_and_fits_every_screen(chromium, tmp_path, command):
    out = tmp_path / "out"
    assert main([*command.split(), "--out", str(out), "--pictures"]) == 0
    context = chromium.new_context(viewport=WIDE, offline=True)
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((out / "report.html").as_uri())
    assert page.locator("figure svg").count() >= 3
    assert page.locator("h1").inner_text()
    for screen in (WIDE, PHONE):
        page.set_viewport_size(screen)
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
        names = [cell.bounding_box()["width"] for cell in page.locator("table tr > :first-child").all()]
        assert min(names) > 60  # of a number or an assumption, not letter below letter
    assert asked == [(out / "report.html").as_uri()]
    assert not said
    context.close()
