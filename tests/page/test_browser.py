"""A person's walk through the page in headless Chromium: `pytest -m browser`."""

import io
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from browsing import CHARTS, CHROMIUM, PHONE, WIDE, visit

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


def headline(page):
    return " ".join(page.locator("h1").inner_text().split())


def wait_for_headline(page, start):
    page.wait_for_function(
        "start => (document.querySelector('h1')?.innerText ?? '').replace(/\\s+/g, ' ').startsWith(start)",
        arg=start,
        timeout=30_000,
    )


def test_a_first_visit_shows_the_answer_above_the_fold(chromium, address):
    with visit(chromium, address) as page:
        assert headline(page).startswith(
            "The United States adds 100 points to its tariff on China, compared with the tariffs"
        )
        page.get_by_text("Other models and elasticities").first.wait_for(timeout=30_000)
        for place in [*page.locator("h1, .st-key-cards, .st-key-export").all(), page.locator(CHARTS).first]:
            box = place.bounding_box()
            assert box["y"] + box["height"] <= WIDE["height"]


def test_preset_slider_by_keyboard_number_box_and_back(chromium, address):
    with visit(chromium, address) as page:
        page.get_by_text("Preset:").click()
        page.get_by_role("combobox", name="Search presets").fill("Universal 10")
        page.keyboard.press("Enter")
        wait_for_headline(page, "The United States adds 10 points to its tariff on all partners")
        slider = page.get_by_role("slider", name="Points to add to the tariff").first
        sync_api.expect(slider).to_have_value("10", timeout=30_000)
        slider.focus()
        page.keyboard.press("ArrowRight")
        wait_for_headline(page, "The United States adds 10.5 points")
        box = page.get_by_role("spinbutton", name="Points to add to the tariff")
        sync_api.expect(box).to_have_value("10.5", timeout=30_000)
        box.fill("145")
        box.press("Enter")
        wait_for_headline(page, "The United States adds 145 points")
        page.wait_for_url("**tariff_pct=145**")
        page.go_back()
        wait_for_headline(page, "The United States adds 10.5 points")


def test_export_downloads_a_whole_report(chromium, address):
    with visit(chromium, address, "?tariff_pct=20") as page:
        with page.expect_download(timeout=150_000) as download:
            page.get_by_role("button", name="Export report").click()
        assert download.value.suggested_filename.startswith("tariff_USA_")
        with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as report:
            names = set(report.namelist())
            assert {"summary.csv", "lines.csv", "markets.csv", "economies.csv", "scenario.toml"} <= names
            assert {"README.txt", "datapackage.json", "MANIFEST.json"} <= names
            assert b"value_pct = 20" in report.read("scenario.toml")


def test_what_a_run_has_not_drawn_again_is_dimmed_after_a_while_and_no_control_is(chromium, address):
    opacities = """() => {
        const names = ['.stHeading', '.stMetric', '.stVegaLiteChart', '[data-testid=stSlider]'];
        const shown = names.map(name => document.querySelector(`[data-testid=stElementContainer] ${name}`));
        if (shown.includes(null)) return '';
        return shown.map(each => {
            const element = each.closest('[data-stale]');
            element.dataset.stale = 'true';
            return getComputedStyle(each).opacity * getComputedStyle(element).opacity;
        }).join();
    }"""
    with visit(chromium, address, "?draws=0") as page:
        page.wait_for_function(f"({opacities})() === '1,1,1,1'", timeout=10_000)
        page.wait_for_function(f"({opacities})() === '0.4,0.4,0.4,1'", timeout=10_000)


@pytest.mark.parametrize("view", ["", "world", "households"])
def test_whoever_exports_as_soon_as_the_headline_is_there_gets_its_scenario(chromium, address, view):
    click = """before => {
        const look = () => {
            const now = document.querySelector('h1')?.innerText;
            if (!now) window.withoutHeadline = true;
            if (!now || now === before) return requestAnimationFrame(look);
            [...document.querySelectorAll('button')].find(each => each.innerText.includes('Export report')).click();
        };
        look();
    }"""
    question = "?draws=0&dataset=world-2023&tariff_pct=20" if view == "world" else "?draws=0&tariff_pct=20"
    with visit(chromium, address, view + question) as page:
        box = page.get_by_role("spinbutton", name="Points to add to the tariff")
        for points in ("12", "34"):
            page.evaluate(click, page.locator("h1").inner_text())
            with page.expect_download(timeout=60_000) as download:
                box.fill(points)
                box.press("Enter")
            assert f"adds-{points}-points" in download.value.suggested_filename
        assert not page.evaluate("window.withoutHeadline")  # the one before stays until the next is there


def test_a_copied_link_opens_the_same_answer_elsewhere(chromium, address):
    with visit(chromium, address, "?exporters=VNM&exporters=MEX&tariff_pct=12.5&model=smart") as page:
        words = headline(page)
        page.get_by_text("Copy link", exact=True).click()
        code = page.locator("[data-testid=stCode] code").first
        code.wait_for()
        link = code.inner_text().strip()
    before, question, parameters = link.partition("?")
    assert before.rstrip("/") == address.rstrip("/")
    with visit(chromium, address, question + parameters) as page:
        assert headline(page) == words


def test_a_rule_is_added_and_survives_a_reload(chromium, address):
    with visit(chromium, address) as page:
        page.get_by_role("button", name="Add rule").click()
        page.get_by_text("Until then this rule does nothing").wait_for()
        page.wait_for_url("**rules=**")
        before = page.url
        page.get_by_role("combobox", name="Exporters").fill("Everyone")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: url != before)
        wait_for_headline(
            page, "The United States adds 100 points to its tariff on China; the United States adds 10 points"
        )
        words = headline(page)
        page.reload()
        wait_for_headline(page, words)


def test_a_click_on_a_country_filters_the_lines(chromium, address):
    with visit(chromium, address) as page:
        world = page.locator(".st-key-map")
        world.scroll_into_view_if_needed()
        box = world.bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.355, box["y"] + box["height"] * 0.459)  # Brazil
        page.wait_for_url("**partner=BRA**")
        assert "detail=lines" in page.url
        page.get_by_role("combobox", name="Partner").wait_for()


def test_on_a_phone_the_tariff_stays_in_reach_above_the_answer(chromium, address):
    with visit(chromium, address, "?draws=0", viewport=PHONE) as page:
        boxes_of_cards(page)
        bar, answer = page.locator(".st-key-phone_bar"), page.locator("h1").bounding_box()
        under = bar.bounding_box()["y"] + bar.bounding_box()["height"]
        assert under <= answer["y"] < answer["y"] + answer["height"] < PHONE["height"] / 2
        bar.get_by_role("button", name="−5").wait_for()
        stops = stops_before_the_cards(page)
        assert all(left >= 0 for left, _ in stops)  # none in the folded sidebar
        assert all(after > before - 40 for (_, before), (_, after) in pairwise(stops))  # as seen, row by row
        bar.get_by_role("button", name="−5").click()
        wait_for_headline(page, "The United States adds 95 points to its tariff on China")
        page.mouse.move(200, 600)
        page.mouse.wheel(0, 900)
        slider = bar.get_by_role("slider", name="Points to add to the tariff")
        sync_api.expect(slider).to_have_value("95", timeout=30_000)
        slider.focus()
        page.keyboard.press("ArrowLeft")
        wait_for_headline(page, "The United States adds 94.5 points")
        assert 0 < slider.bounding_box()["y"] < 200


def stops_before_the_cards(page):
    """Left and top of what the keyboard reaches, one stop after the other, down to the first card."""
    stops = []
    while len(stops) < 25 and not page.locator(".st-key-cards :focus").count():
        page.keyboard.press("Tab")
        stops.append(page.evaluate("(box => [box.left, box.top])(document.activeElement.getBoundingClientRect())"))
    assert 6 < len(stops) < 25
    return stops


def boxes_of_cards(page):
    """Where the four cards stand on a phone: two by two, within its width."""
    cards = page.locator(".st-key-cards [data-testid=stMetric]")  # with their ranges
    cards.nth(3).wait_for(timeout=60_000)
    boxes = [card.bounding_box() for card in cards.all()]
    assert [boxes[0]["y"], boxes[2]["y"]] == [boxes[1]["y"], boxes[3]["y"]]
    assert boxes[2]["y"] > boxes[0]["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    return boxes


def test_the_keyboard_reaches_the_answer_in_two_stops_and_the_header_covers_no_button(chromium, address):
    with visit(chromium, address, "?draws=0") as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # skip to the main content
        page.keyboard.press("Tab")
        button = page.locator(":focus")
        assert "Export report" in button.inner_text()
        header = page.locator("[data-testid=stHeader]").bounding_box()
        assert button.bounding_box()["y"] >= header["y"] + header["height"]


def test_the_world_is_walked_from_what_if_to_a_link_that_opens_elsewhere(chromium, address):
    with visit(chromium, address) as page:
        page.get_by_role("link", name="World").click()
        page.locator(".st-key-world_map").wait_for(timeout=60_000)
        page.get_by_text("Preset:").click()
        page.get_by_text("Tit for tat: 100 points, with full retaliation", exact=True).click()
        wait_for_headline(page, "Tit for tat: 100 points, with full retaliation")
        page.wait_for_url("**retaliation=True**")  # the sidebar is drawn, and what was there before is gone
        page.get_by_role("button", name="Go on with these data").wait_for(state="detached", timeout=30_000)
        page.locator(CHARTS).nth(2).wait_for(timeout=30_000)
        for place in page.locator("h1, .st-key-cards, .st-key-export, .st-key-world_map, .st-key-ranking").all():
            box = place.bounding_box()
            assert box["y"] + box["height"] <= WIDE["height"]
        page.get_by_text("Full retaliation", exact=True).click()
        wait_for_headline(page, "The United States adds 100 points to its tariff on China: the United States")
        page.get_by_text("Full retaliation", exact=True).click()
        wait_for_headline(page, "Tit for tat")
        page.wait_for_url("**retaliation=True**")
        with page.expect_download(timeout=150_000) as download:
            page.get_by_role("button", name="Export report").click()
        with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as report:
            assert len(report.read("economies.csv").splitlines()) == 42
        box = page.locator(".st-key-world_map").bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.355, box["y"] + box["height"] * 0.459)  # Brazil
        page.wait_for_url("**economy=BRA**")
        page.get_by_text("Its partners").wait_for()
        words = headline(page)
        page.get_by_text("Copy link", exact=True).click()
        code = page.locator("[data-testid=stCode] code").first
        code.wait_for()
        link = code.inner_text().strip()
    assert link.startswith(f"{address}world?")
    with visit(chromium, address, link.removeprefix(address)) as page:
        assert headline(page) == words
        page.get_by_text("Its partners").wait_for()
        sync_api.expect(page.get_by_role("combobox", name="Economy")).to_be_visible()


def test_general_equilibrium_answers_the_slider_and_stands_beside_partial(chromium, address):
    with visit(chromium, address, "world?dataset=wiod-2011") as page:
        page.get_by_role("slider", name="Points to add to the tariff").first.focus()
        page.keyboard.press("ArrowLeft")
        wait_for_headline(page, "The United States adds 99.5 points to its tariff on goods from China")
        page.get_by_text("Partial and general").click()
        page.get_by_text("at given incomes").wait_for()


def test_the_world_fits_a_phone(chromium, address):
    with visit(chromium, address, "world?dataset=world-2023&retaliation=True", viewport=PHONE) as page:
        boxes_of_cards(page)


def test_a_click_on_an_event_of_the_chart_moves_the_day_and_the_list(chromium, address):
    with visit(chromium, address, "timeline") as page:
        label = page.locator(".st-key-story_2025-2026 svg text", has_text="125% on China").bounding_box()
        middle, below = label["x"] + label["width"] / 2, label["y"] + label["height"] / 2 + 31  # two lanes
        page.mouse.click(middle, below)
        wait_for_headline(page, "On 10 April 2025 the United States charged China 117.5%")
        sync_api.expect(page.get_by_role("radio", name="10 April 2025")).to_be_checked(timeout=30_000)


# What a person does in each view: the path, the click, and what is on the page once it is done.
WALKS = {
    "Timeline": ("button", "Previous change", "Last event"),
    "Compare": ("button", "Pin this scenario", "Pinned"),
    "Sensitivity": ("radio", "Reach a goal", "most revenue"),
    "Data & method": ("radio", "Models", "Includes"),
}


@pytest.mark.parametrize("title", WALKS)
def test_a_view_is_reached_used_and_opened_again_from_its_link(chromium, address, title):
    role, name, words = WALKS[title]
    with visit(chromium, address, "?tariff_pct=35&exporters=VNM") as page:
        page.get_by_role("link", name=title, exact=True).click()
        path = title.lower().replace(" & ", "-")
        page.wait_for_url(f"**/{path}**")
        page.get_by_role(role, name=name).first.click()
        page.get_by_text(words).first.wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        heading = headline(page)
        page.get_by_text("Copy link", exact=True).click()
        # the link of the view before stands there until the sidebar is drawn
        code = page.locator("[data-testid=stSidebar] [data-testid=stCode] code", has_text=f"/{path}").first
        code.wait_for()
        link = code.inner_text().strip()
    assert link.startswith(address)
    assert "tariff_pct=35" in link
    with visit(chromium, address, link.removeprefix(address), charts=0) as page:
        page.get_by_text(words).first.wait_for(timeout=60_000)
        wait_for_headline(page, heading)
        if title in ("Compare", "Sensitivity"):  # the others have no policy in their sidebar
            box = page.get_by_role("spinbutton", name="Points to add to the tariff")
            sync_api.expect(box).to_have_value("35.0", timeout=30_000)
