"""An action that a browser sends before it has drawn what the last one decided.

A control of a page from before a run holds what the browser still shows: changing it and running sends that.
"""

import ast
from pathlib import Path

import pytest
from pages import choose_preset, open_policy, preset_of
from streamlit.testing.v1 import AppTest

from calc.page.held import decided
from calc.page.held.link import unpack

PAGE = Path(decided.__file__).parent.parent


def two_controls():
    """A button that decides both numbers, a box that the other follows, and a box that counts the calls."""
    import streamlit as st

    from calc.page.held import decided

    def both():
        decided.decide("first", 7.0)
        decided.decide("second", 8.0)

    decided.begin()
    st.number_input(
        "First", key="first", value=1.0, on_change=decided.heard(lambda: decided.decide("third", 3), "first")
    )
    st.number_input("Second", key="second", value=2.0)
    st.button("Both", key="both", on_click=decided.heard(both, "both"))
    st.button("Other", key="other")
    decided.end()


@pytest.fixture
def shown():
    return AppTest.from_function(two_controls).run()


def values(page):
    return page.session_state["first"], page.session_state["second"]


def frozen(page):
    """A page whose controls stay as they are now, as in a browser that has not drawn anything since."""
    kinds = (
        "button_group",
        "checkbox",
        "date_input",
        "multiselect",
        "number_input",
        "radio",
        "selectbox",
        "slider",
        "text_input",
        "toggle",
    )
    for kind in kinds:
        for control in getattr(page, kind):
            control._value = control.value  # as set_value does, which refuses a disabled control
    return page


def click(page, key):
    """Click a button; a later action on the same drawing does not send the click again."""
    button = page.button(key=key)
    button.click().run()
    button.set_value(False)


def test_what_a_button_decided_stays_until_the_browser_has_drawn_it(shown):
    late = frozen(shown).button(key="other")
    click(shown, "both")
    late.click().run()
    late.click().run()
    assert values(shown) == (7.0, 8.0)
    assert "third" not in shown.session_state, "a value from before was taken for a change"


def test_what_the_visitor_touched_since_is_the_visitors(shown):
    late = frozen(shown).number_input(key="second")
    click(shown, "both")
    late.set_value(5.0).run()
    assert values(shown) == (7.0, 5.0)


def test_a_browser_that_has_drawn_the_decision_may_go_back_at_once(shown):
    click(shown, "both")
    shown.number_input(key="second").set_value(2.0).run()
    assert values(shown) == (7.0, 2.0)


def late_slider(page, act):
    """The slider moved to 35 by a browser that has not drawn yet what came of an action."""
    slider = frozen(page).slider(key="tariff_slider")
    act(page)
    slider.set_value(35.0).run()
    assert not page.exception
    return page.session_state


@pytest.mark.parametrize(
    ("act", "exporters", "products"),
    [
        (lambda page: page.text_input(key="in_words").set_value("50% on tea from India").run(), ["IND"], ["0902"]),
        (lambda page: choose_preset(page, "universal_10"), [], []),
        (lambda page: click(page, "undo"), ["DEU"], ["0901"]),
        (lambda page: click(page, "reset"), ["CHN"], []),
    ],
    ids=["words", "preset", "undo", "reset"],
)
def test_a_slider_moved_at_once_keeps_what_was_decided(act, exporters, products):
    page = open_policy(exporters="DEU", products="0901")
    page.multiselect(key="exporters").set_value(["FRA"]).run()
    held = late_slider(page, act)
    assert (held["exporters"], held["products"], held["tariff_pct"]) == (exporters, products, 35.0)


def test_an_action_at_once_does_not_bring_the_data_of_before_back():
    page = open_policy()
    held = late_slider(page, lambda page: choose_preset(page, "escalation_2025"))
    assert held["dataset"] == "world-2023"
    assert preset_of(page) == "escalation_2025"


def test_a_switch_that_was_drawn_before_an_undo_does_not_bring_retaliation_back():
    page = open_policy(dataset="world-2023")
    page.text_input(key="in_words").set_value("10% on China; 20% on Mexico").run()
    page.toggle(key="full_retaliation").set_value(True).run()
    assert actions_of(page) == ["add", "add", "reciprocal"]
    late = frozen(page).button(key="rule_copy_2")
    click(page, "undo")
    late.click().run()
    assert not page.exception, "a click on a card that is gone"
    assert actions_of(page) == ["add", "add"]


def actions_of(page):
    return [rule.action for rule in unpack(page.session_state["rules"]).rules]


def two_views():
    """A view with a slider, and one without any control but a button."""
    import streamlit as st

    from calc.page.held import decided

    view = st.session_state.setdefault("view", "with")
    decided.begin()
    decided.renew(view, {"number"})
    st.session_state.setdefault("number", 35.0)
    if view == "with":
        st.slider("Number", -100.0, 100.0, key="number", persist_state="session")
    st.button("Other", key="other")
    decided.end()


def go(page, view):
    page.session_state["view"] = view
    page.run()


def is_sent_its_value(page):
    """Whether the browser is told what the slider holds; it keeps what it has, or else draws the lowest value."""
    return page.slider[0].proto.set_value


def test_a_browser_that_drops_a_control_after_its_message_has_left_is_sent_its_value():
    page = AppTest.from_function(two_views).run()
    late = frozen(page).button(key="other")
    go(page, "without")
    page.session_state["view"] = "with"
    late.click().run()  # the browser draws the view without, and drops the slider, after this has left
    assert is_sent_its_value(page)
    assert page.slider[0].value == 35.0


def test_a_browser_that_never_got_a_drawing_is_sent_the_value_with_the_next():
    page = AppTest.from_function(two_views).run()
    go(page, "without")
    late = frozen(page).button(key="other")
    go(page, "with")  # thrown away, because the next message is there
    late.click().run()
    assert is_sent_its_value(page)
    assert page.slider[0].value == 35.0


def test_a_slider_in_motion_is_not_sent_where_it_has_been():
    page = AppTest.from_function(two_views).run()
    page.slider(key="number").set_value(40.0).run()
    assert not is_sent_its_value(page)
    assert page.slider[0].value == 40.0


def test_every_control_is_kept_by_the_server_while_the_browser_has_none():
    emptied = {"PRESET", "SEARCHED", "WORDS", "SEARCH", "CHOSEN", "PARTNER"}  # boxes that empty themselves
    others = {"CHOSEN_MODEL", "CHOSEN_SOURCE", "EVENT"}  # chosen from lists that change
    bare = set()
    for file in PAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = {word.arg: ast.unparse(word.value) for word in getattr(call, "keywords", ())}
            key, widget = named.get("key", ""), getattr(getattr(call, "func", None), "attr", "")
            if key.endswith(".name") and widget not in ("button", "file_uploader", "") and "persist_state" not in named:
                bare.add(key.removesuffix(".name"))
    assert bare <= emptied | others | {"key"}  # key: the lists of presets, marked anew each time
