"""What the parts of the view have in common: a table."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

LONG = 24  # letters


def shown_table(shown: pd.DataFrame, key: str, words: str, digits: Mapping[str, int], *, other: int) -> None:
    """A table whose numbers have the digits stated for their column, and `other` elsewhere."""
    numbers = [str(name) for name in shown.select_dtypes("number")]
    long = [
        name for name in map(str, shown.columns.drop(numbers)) if shown[name].astype(str).str.len().max() > LONG
    ]  # which would push every number off a phone
    formats = {
        **{name: st.column_config.NumberColumn(format=f"%,.{digits.get(name, other)}f") for name in numbers},
        **{name: st.column_config.TextColumn(width="medium") for name in long},
    }
    st.dataframe(shown, hide_index=True, key=key, column_config=formats, alt=words)
