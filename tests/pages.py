"""The page and its views through AppTest: opened with what a link would carry, and what they say."""

from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
from streamlit.testing.v1 import AppTest

import app
from calc.page import answers
from calc.page.held import decided, state
from calc.page.sidebar.controls import controls
from calc.page.text import plain

APP = Path(__file__).parent.parent / "app.py"


def open_page(**parameters):
    """The whole page on its first view."""
    return _run(AppTest.from_file(str(APP), default_timeout=300), parameters)


def open_view(title, **parameters):
    """One view with the sidebar after it, as the page draws them; AppTest cannot move between function pages."""

    def view(title):
        from pages import draw

        draw(title)

    return _run(AppTest.from_function(view, args=(title,), default_timeout=300), parameters)


def open_policy(**parameters):
    """The sidebar's box of policy alone, without any answer."""

    def policy():
        import app
        from calc.page.held import decided, state
        from calc.page.sidebar.controls import controls

        state.begin(app.VIEWS)
        state.renew("policy")
        state.current()
        controls(("policy",))
        decided.end()

    return _run(AppTest.from_function(policy, default_timeout=300), parameters)


def draw(title):
    """Draw one view and the sidebar after it; to be called in a script that AppTest runs."""
    view = view_of(title)
    state.begin(app.VIEWS)
    state.renew(title)
    view.draw()
    controls(view.sidebar())
    decided.end()


def view_of(title):
    """The view of this title."""
    return next(view for view in app.VIEWS if view.title == title)


def _run(page, parameters):
    for key, value in parameters.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def tables_of(page):
    """The tables of words on a page."""
    found = [ElementTree.fromstring(html.proto.body) for html in page.get("html") if "words-table" in html.proto.body]
    rows = [[["".join(cell.itertext()) for cell in row] for row in table.iter("tr")] for table in found]
    return [pd.DataFrame(body, columns=head) for head, *body in rows]


def choose_preset(page, name):
    """Choose a preset in the list of its kind."""
    return page.radio(key=f"presets_{answers.preset_scenarios()[name].kind}").set_value(name).run()


def preset_of(page):
    """Name of the preset whose title is on the closed picker; custom where none is."""
    label = next(each.label for each in page.expander if each.label.startswith("Preset: "))
    titles = {f"Preset: **{plain(preset.title)}**": name for name, preset in answers.preset_scenarios().items()}
    return titles.get(label, "custom")


def headline_of(page):
    assert not page.error, [error.value for error in page.error]
    return page.title[0].value.replace("\u00a0", " ").replace("\\", "")


def words_of(page):
    return " ".join(text.value for text in page.markdown).replace("\u00a0", " ").replace("\\", "")
