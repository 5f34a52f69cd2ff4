"""The goods hit most, on What-if: ten products or groups, by what buyers lose or by price."""

from typing import cast

import streamlit as st

from calc.analysis.hit_most import WORTH_COUNTING, By, Level, has_groups, hit_most
from calc.charts.figure import origin_of
from calc.charts.hit_most import described_hits, hit_most_figure, hit_most_spec
from calc.datasets.dataset import Dataset
from calc.page.chart_menu import chart_menu
from calc.page.held.session import Key
from calc.page.text import plain
from calc.page.widgets import choose
from calc.result import Result
from calc.words import percent_as_given

BY: Key[str] = Key("hit_by")
LEVEL: Key[str] = Key("hit_level")
BYS = {"value": "By value", "price": "By price"}
LEVELS = {"group": "Groups", "product": "Products"}


def hit_most_view(result: Result, data: Dataset) -> None:
    """Bars, and the two choices of what they are."""
    left, right = st.columns(2)
    with left:
        by = cast(By, choose("Hit most", BYS, BY, label_visibility="collapsed"))
    level: Level = "product"
    if has_groups(data):
        with right:
            level = cast(Level, choose("Goods", LEVELS, LEVEL, label_visibility="collapsed"))
    table = hit_most(result, data, by=by, level=level)
    if table.empty:
        moved = "Incomes move in this model, which has no surplus of buyers: choose by price."
        st.info(moved if by == "value" and result.incomes_move else "No tariff and no shipment changes.")
        return
    st.vega_lite_chart(hit_most_spec(table, by), key="hit_most", alt=described_hits(table))
    words = (
        "What buyers gain or lose a year, and beside it the change of price, all origins, duty paid."
        if by == "value"
        else "Change of the price to buyers, all origins, duty paid, beside it what they gain or lose a year. Goods "
        f"below {percent_as_given(100 * WORTH_COUNTING)} of spending are left out."
    )
    st.markdown(f":small[{plain(words)}]")
    origin = origin_of(result)  # the menu stays as long as the visit, and the answer need not
    chart_menu(lambda: hit_most_figure(table, by, level, origin), f"hit_most_by_{by}_{level}", result.scenario)
