"""The questions to begin with, above the first answer."""

import pytest
from pages import preset_of
from streamlit.testing.v1 import AppTest

from calc.page.what_if.start import QUESTIONS


def open_start(**parameters):
    """The row and the sidebar, without any answer."""

    def row():
        import app
        from calc.page.held import state
        from calc.page.sidebar.controls import controls
        from calc.page.what_if.start import start_row

        state.begin(app.VIEWS)
        start_row(state.current()[0])
        controls()

    page = AppTest.from_function(row, default_timeout=300)
    for key, value in parameters.items():
        page.query_params[key] = value
    return page.run()


def start_with(page, question):
    return page.button_group(key="start_with").set_value(question).run()


def row_of(page):
    return [group for group in page.button_group if group.key == "start_with"]


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("Cars 25%", {"exporters": [], "products": ["8703"], "tariff_pct": 25.0, "in_words": "25% on cars"}),
        ("Coffee from Brazil", {"exporters": ["BRA"], "products": ["0901"], "tariff_pct": 50.0}),
        ("10% on everyone", {"exporters": [], "products": [], "tariff_pct": 10.0}),
    ],
)
def test_a_question_is_one_click_and_the_row_is_then_gone(question, held):
    page = start_with(open_start(), question)
    assert not page.exception
    assert {key: page.session_state[key] for key in held} == held
    assert not row_of(page)
    page = page.button(key="undo").click().run()
    assert row_of(page)


def test_questions_that_are_presets_light_them():
    assert preset_of(start_with(open_start(), "Truce ends")) == "law_2026_truce_ends"
    assert preset_of(start_with(open_start(), "Rare earths")) == "rare_earth_cut"
    assert preset_of(start_with(open_start(), "Court ruling")) == "law_2026_ieepa_void"


def test_free_trade_asks_for_the_partner():
    page = start_with(open_start(), "Free trade with …")
    page = page.selectbox(key="free_trade_with").set_value("VNM").run()
    assert (page.session_state["exporters"], page.session_state["action"]) == (["VNM"], "set")
    assert page.session_state["tariff_pct"] == 0
    assert not row_of(page)


def test_an_address_with_a_policy_has_no_questions():
    assert len(QUESTIONS) == 9
    assert not row_of(open_start(tariff_pct="30"))
    assert not row_of(open_start(preset="truce_lapses"))
    assert not row_of(open_start(dataset="world-2023"))
