"""A small table of words that wraps, and that the keyboard can scroll where it is wider than the screen."""

from html import escape

import pandas as pd
import streamlit as st

# On a phone the first column stays in sight while the others are scrolled.
TABLE_STYLE = """
.words-table { overflow-x: auto; font-size: 0.875rem; }
.words-table table { border-collapse: collapse; width: 100%; margin: 0; }
.words-table :is(th, td) {
  border: 0; border-bottom: 1px solid rgba(128, 140, 155, 0.3);
  padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; white-space: pre-line;
}
.words-table thead th { vertical-align: bottom; }
.words-table th { font-weight: 600; }
@media (max-width: 640px) {
  .words-table :is(th, td) { min-width: 7rem; padding: 0.35rem 0.5rem; }
  .words-table tr > :first-child { position: sticky; left: 0; background: light-dark(#FFFFFF, #12171E); }
}
"""


def words_table(table: pd.DataFrame, about: str) -> None:
    """Draw a table, the first column as the name of each row.

    Parameters
    ----------
    table : its cells are shown as they are
    about : what it shows, for those who hear it
    """
    st.html(table_html(table, about))


def table_html(table: pd.DataFrame, about: str) -> str:
    """The table of `words_table` as HTML."""
    head = "".join(f'<th scope="col">{_shown(name)}</th>' for name in table.columns)
    rows = [
        f'<tr><th scope="row">{_shown(first)}</th>{"".join(f"<td>{_shown(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in table.itertuples(index=False)
    ]
    return (
        f'<div class="words-table" tabindex="0" role="region" aria-label="{_shown(about)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _shown(cell: object) -> str:
    return escape(str(cell))
