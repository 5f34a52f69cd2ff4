"""The page's frame: navigation, sidebar and views. `streamlit run app.py` or `tariff-impact app` opens it."""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.starlette import App

from calc.page import answers, phone_bar
from calc.page.compare.view import VIEW as COMPARE
from calc.page.held import decided, state
from calc.page.households.view import VIEW as HOUSEHOLDS
from calc.page.method.view import VIEW as METHOD
from calc.page.sensitivity.view import VIEW as SENSITIVITY
from calc.page.serving.deep_links import ServerInTheFolderOfThePage
from calc.page.serving.first_visit import open_for_visitors
from calc.page.sidebar.controls import controls
from calc.page.style import STYLE
from calc.page.timeline.view import VIEW as TIMELINE
from calc.page.track_record.view import VIEW as TRACK_RECORD
from calc.page.turns import turns
from calc.page.view import View
from calc.page.what_if.view import VIEW as WHAT_IF
from calc.page.world.view import VIEW as WORLD

__all__ = ["VIEWS", "main"]

# In the order of the navigation; the first opens where the address names none.
VIEWS: tuple[View, ...] = (WHAT_IF, HOUSEHOLDS, WORLD, TIMELINE, COMPARE, SENSITIVITY, TRACK_RECORD, METHOD)

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="172" height="32" viewBox="0 0 172 32">
<rect x="0" y="17" width="6" height="11" fill="#56B4E9"/><rect x="9" y="11" width="6" height="17" fill="#0072B2"/>
<rect x="18" y="4" width="6" height="24" fill="#D55E00"/>
<style>text { fill: #1B2430 } @media (prefers-color-scheme: dark) { text { fill: #E8ECF1 } }</style>
<text x="33" y="23" font-family="Source Sans, Source Sans Pro, sans-serif" font-size="20"
font-weight="600">Tariff impact</text></svg>"""


def main() -> None:
    """Draw the frame and the chosen view."""
    st.set_page_config(page_title="Tariff-impact calculator", page_icon="⚖️", layout="wide", initial_sidebar_state=340)
    state.begin(VIEWS)
    st.html(STYLE)
    st.logo(LOGO, size="large")
    answers.memory_rounds()
    with turns().until_headline():
        _view_and_sidebar()


def _view_and_sidebar() -> None:
    pages = [st.Page(view.draw, title=view.title, url_path=view.path, default=view is VIEWS[0]) for view in VIEWS]
    chosen = st.navigation(pages, position="top")
    state.renew(chosen.title)
    bar = phone_bar.place()
    # The view comes before the sidebar: its headline is on screen first.
    chosen.run()
    parts = next(view.sidebar() for view in VIEWS if view.title == chosen.title)
    controls(parts)
    if "policy" in parts:
        phone_bar.fill(bar)
    decided.end()


if __name__ == "__main__":  # a visitor's run
    main()
else:  # the server's start; Streamlit looks for this very line
    app = App(
        __file__,
        lifespan=open_for_visitors,
        middleware=[Middleware(ServerInTheFolderOfThePage)],
    )
