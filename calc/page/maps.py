"""The map of a view, on which a click chooses an economy."""

from collections.abc import Callable, Collection

import pandas as pd
import streamlit as st

from calc.charts.basic import CLICKED, Spec


def clickable_map(
    spec: Spec, key: str, alt: str, *, countries: pd.DataFrame, among: Collection[str], then: Callable[[str], None]
) -> None:
    """Draw a map of the world.

    Parameters
    ----------
    countries : of the dataset, with the shapes of each in `iso_numeric`
    among : codes of the economies that can be chosen
    then : called after a click with the code of the economy, empty where the click chose none
    """
    chosen = countries[countries["economy"].isin(list(among))]
    shapes = chosen["iso_numeric"].fillna("").str.split(";")
    # Of two economies with one shape the first is chosen.
    codes = {
        shape: str(code) for code, its in reversed([*zip(chosen["economy"], shapes, strict=True)]) for shape in its
    }

    def click() -> None:
        clicked = st.session_state[key]["selection"].get(CLICKED, [])
        then(codes.get(str(clicked[0].get("id")), "") if clicked else "")

    st.vega_lite_chart(spec, key=key, on_select=click, selection_mode=CLICKED, alt=alt)
