"""The small menu below a chart: the chart as picture, card or table, and a link to what is on screen."""

from collections.abc import Callable
from importlib.util import find_spec

import streamlit as st

from calc.charts.figure import Figure
from calc.charts.publish import MISSING, png_of, svg_of
from calc.files.write import csv_bytes
from calc.page import answers
from calc.page.held import session, state
from calc.page.held.link import address
from calc.page.text import plain
from calc.page.widgets import download
from calc.reports.parts import slug


@st.fragment
def chart_menu(make: Callable[[], Figure], name: str, title: str, *, label: str = "Save or share") -> None:
    """A closed menu; nothing in it is made before it is opened, and no picture before it is asked for.

    Parameters
    ----------
    make : the figure; called on a click, in another thread
    name : of the chart, with which the names of its files begin
    title : of the scenario, with which they end
    label : on the closed menu
    """
    menu = st.popover(label, type="tertiary", icon=":material/ios_share:", key=f"menu_{name}", on_change="rerun")
    if not menu.open:
        return
    stem = f"{name.replace('_', '-')}_{slug(title)}"
    drawn = find_spec("vl_convert") is not None
    with menu:
        with st.container(horizontal=True, gap="small"):
            if drawn:
                download("PNG", lambda: png_of(make()), f"{stem}.png", f"png_{name}")
                download("SVG", lambda: svg_of(make()).encode(), f"{stem}.svg", f"svg_{name}")
            download("CSV", lambda: csv_bytes(make().table), f"{stem}.csv", f"csv_{name}", "The numbers drawn")
            if drawn:
                words = "A picture of 1200 × 675 pixels"
                download("Card", lambda: png_of(make(), card=True), f"{stem}_card.png", f"card_{name}", words)
        if not drawn:
            st.markdown(f":small[{plain(MISSING)}]")
        st.markdown(":small[Link to this result:]")
        data = answers.dataset(session.DATASET.value())
        link = address(st.context.url or "http://localhost:8501/", state.parameters(data, whole=True))
        st.code(link, language=None, wrap_lines=True)
