"""The page's frame: navigation, sidebar and views. `streamlit run app.py` or `tariff-impact app` opens it."""

from collections.abc import Callable, Mapping

import streamlit as st

from calc.page import state
from calc.page.compare.view import compare
from calc.page.controls import controls
from calc.page.method.view import data_method
from calc.page.sensitivity.view import sensitivity
from calc.page.timeline.view import timeline
from calc.page.what_if.view import what_if
from calc.page.world.view import world

__all__ = ["VIEWS", "controls", "main"]

# Streamlit has no setting for these: less air above the headline, cards of one width that stand two by two on a phone.
STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 3.6rem 2.5rem 2rem; }
[data-testid="stSidebarUserContent"] { padding-bottom: 1rem; }
[class*="st-key-cards"] > div { flex: 1 1 9rem; min-width: 9rem; }
[class*="st-key-cards"] :is([data-testid="stMetricLabel"], [data-testid="stMetricDelta"]) * { white-space: normal; }
button[kind="primary"] *, [data-tag] * { color: light-dark(#FFFFFF, #12171E); }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 3.6rem 1rem 1rem; }
  [class*="st-key-cards"] [data-testid="stMetricDelta"] * { font-size: 0.72rem; }
  [data-testid="stMarkdownBadge"], .stMarkdownBadge { white-space: normal !important; }
}
</style>"""

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="230" height="32" viewBox="0 0 230 32">
<rect x="0" y="17" width="6" height="11" fill="#56B4E9"/><rect x="9" y="11" width="6" height="17" fill="#0072B2"/>
<rect x="18" y="4" width="6" height="24" fill="#D55E00"/>
<style>text { fill: #1B2430 } @media (prefers-color-scheme: dark) { text { fill: #E8ECF1 } }</style>
<text x="33" y="23" font-family="Source Sans, Source Sans Pro, sans-serif" font-size="20"
font-weight="600">Tariff impact</text></svg>"""

VIEWS: Mapping[str, Callable[[], None]] = {
    "What-if": what_if,
    "World": world,
    "Timeline": timeline,
    "Compare": compare,
    "Sensitivity": sensitivity,
    "Data & method": data_method,
}


def main() -> None:
    """Draw the frame and the chosen view."""
    st.set_page_config(page_title="Tariff-impact calculator", page_icon="⚖️", layout="wide", initial_sidebar_state=340)
    state.begin()
    st.html(STYLE)
    st.logo(LOGO, size="large")
    pages = [
        st.Page(view, title=title, url_path=title.lower().replace(" & ", "-").replace(" ", "-"), default=not number)
        for number, (title, view) in enumerate(VIEWS.items())
    ]
    # The view starts with its headline, so that it comes before the sidebar: the answer is on screen first.
    st.navigation(pages, position="top").run()
    controls()


if __name__ == "__main__":
    main()
