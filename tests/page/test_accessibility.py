"""Every view through axe-core in headless Chromium, light and dark, wide and on a phone: `pytest -m browser`.

axe names what keeps people with a screen reader, a keyboard or weak eyes from using a page. No finding of serious or
critical impact is let through. On every screen a visit also fails on any message in the browser's console.
"""

from urllib.parse import urlsplit

import pytest
from browsing import CHROMIUM, PHONE, WIDE, visit

import app
from calc.page.households.details import DETAILS

axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
SERIOUS = ("serious", "critical")
LOOKS = (("light", WIDE), ("dark", WIDE), ("dark", PHONE), ("light", PHONE))
# World: a policy by HS code, carried to industries, without the ranges that take longest.
PARAMETERS = {
    "World": "?draws=0&exporters=CHN&products=8541&baseline=data",
    "Compare": "?draws=0&pins=1.truce_lapses&pins=2.universal_10",  # a table that is wider than a phone
}
WITHOUT_CHARTS = ("Data & method",)


@pytest.fixture(scope="module")
def paths(chromium, address):
    """The path of every view, as the navigation links to it."""
    with visit(chromium, address) as page:
        links = page.locator("[data-testid=stTopNavLink]").all()
        found = {link.inner_text().strip(): urlsplit(link.get_attribute("href")).path.lstrip("/") for link in links}
    assert list(found) == [view.title for view in app.VIEWS]
    return found


def findings(page):
    """Serious and critical findings, one line each."""
    return [
        f"{violation['id']} ({violation['impact']}) at {' '.join(map(str, node['target']))}: {node['html'][:200]}"
        for violation in axe.run(page).response["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("title", [view.title for view in app.VIEWS])
def test_a_view_keeps_nobody_out(chromium, address, paths, title):
    parameters = paths[title] + PARAMETERS.get(title, "")
    charts = 0 if title in WITHOUT_CHARTS else 1
    with visit(chromium, address, parameters, charts=charts) as page:
        for scheme, screen in LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(screen)
            page.wait_for_timeout(1500)  # charts and tables have drawn
            assert findings(page) == [], (scheme, screen["width"])
            assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


@pytest.mark.parametrize("detail", [name for name in DETAILS if name != "income"])  # the one that opens first
def test_a_part_of_households_keeps_nobody_out(chromium, address, paths, detail):
    parameters = f"{paths['Households']}?draws=0&household_detail={detail}"
    with visit(chromium, address, parameters, viewport=PHONE) as page:
        page.wait_for_timeout(1500)
        assert findings(page) == []
