"""Our results against every published number, computed on this machine by the models behind the page."""

import time
from functools import partial

import pandas as pd
import streamlit as st

from calc.files.write import csv_bytes
from calc.page.held.session import Key
from calc.page.text import plain
from calc.page.widgets import download
from calc.published.comparison import SMART_WORDS, SOURCES, published_cells, verdict
from calc.words import true_minus

CHOSEN_SOURCE: Key[str] = Key("method_source")
_QUANTITIES = {
    "tot": "terms of trade",
    "vot": "volume of trade",
    "tot_nafta": "terms of trade, NAFTA partners",
    "tot_row": "terms of trade, rest of the world",
    "vot_nafta": "volume of trade, NAFTA partners",
    "vot_row": "volume of trade, rest of the world",
    "welfare": "welfare, first order",
    "exports_to_gdp_pct": "exports to GDP",
    "imports_to_gdp_pct": "imports to GDP",
    "trade_to_gdp_pct": "trade to GDP",
}
_ECONOMIES = {
    "non_US": "all except the United States",
    "non_US_unweighted": "all except the United States, unweighted",
    "EU25": "EU, 25 members",
    "world": "the world",
}


@st.cache_resource(show_spinner="Recomputing every published table …")
def printed_and_ours() -> tuple[pd.DataFrame, float]:
    """All published cells with ours, and the seconds it took; nobody may change the table."""
    started = time.perf_counter()
    return published_cells(), time.perf_counter() - started


def published_section() -> None:
    """All sources in one table, then one of them cell by cell."""
    cells, seconds = printed_and_ours()
    st.markdown(
        f"**{plain(verdict(cells))}** Recomputed on this machine in {seconds:.1f} s with the equations behind the "
        "page. A cell is met if our number is within half a unit of its last printed digit; the column Why "
        "explains any other tolerance and every miss."
    )
    sums = cells.groupby(["source", "about"], sort=False)["within"].agg(["size", "sum"]).reset_index()
    sums["missed"] = sums["size"] - sums["sum"]
    sums.columns = pd.Index(["Source", "Model or equation", "Cells", "Met", "Missed"])
    st.dataframe(
        sums, hide_index=True, height="content", key="published_sums", alt="Published cells, met and missed, by source"
    )
    download(
        f"All {len(cells):,} cells as CSV", partial(csv_bytes, cells), "published_against_ours.csv", "published_csv"
    )
    st.markdown(plain(SMART_WORDS))
    chosen: str = st.selectbox(
        "Source", list(SOURCES), format_func=lambda name: SOURCES[name].title, key=CHOSEN_SOURCE.name
    )
    source = SOURCES[chosen]
    st.markdown(f"{plain(source.citation)}" + (f"\n\n{plain(source.left_out)}" if source.left_out else ""))
    st.dataframe(
        _screen(cells[cells["source"] == source.title]),
        hide_index=True,
        height=430,
        key="published_table",
        alt=f"Published numbers of {source.title} and ours, cell by cell",
    )


def _screen(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells with printed digits as printed, ours with two more."""
    digits = cells["digits"].astype(int)
    table = pd.DataFrame(
        {
            "Table": cells["table"],
            "Economy": cells["economy"].replace(_ECONOMIES),
            "Partner": cells["partner"],
            "Quantity": [_words(name) for name in cells["quantity"]],
            "Published": [_number(value, d) for value, d in zip(cells["published"], digits, strict=True)],
            "Ours": [_number(value, d + 2) for value, d in zip(cells["ours"], digits, strict=True)],
            "Unit": cells["unit"],
            "Within": ["yes" if within else "no" for within in cells["within"]],
            "Why": cells["remark"],
            "Case": cells["case"],
        }
    )
    return table[[name for name in table if (table[name] != "").any()]]


def _words(quantity: str) -> str:
    return _QUANTITIES.get(quantity, quantity.removesuffix("_pct").replace("_pct_of_", ", % of ").replace("_", " "))


def _number(value: float, digits: int) -> str:
    return true_minus(f"{value:,.{digits}f}")
