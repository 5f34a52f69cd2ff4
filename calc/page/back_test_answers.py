"""The back-test as the page holds it: worked out once a server, when a visitor first asks for it.

Nothing that comes out of here may be changed: every visitor gets the same objects.
"""

import pandas as pd
import streamlit as st

from calc.analysis.backtest.run import Findings, findings, with_settings
from calc.charts.authorities import MONTHLY

EXPECTED_OF = {"predicted": "expected", "refined": "expected_refined", "ai_held": "expected_ai_held"}


@st.cache_resource(show_spinner=False)
def _record() -> Findings:
    return findings(settings=False)


@st.cache_resource(show_spinner=False)
def scored_record() -> Findings:
    """The same with the scores of every setting; says nothing while it works, as the thread of a download must."""
    return with_settings(_record())


def record() -> Findings:
    """Both episodes answered as if they lay ahead."""
    with st.spinner("Answering 2018–19 and 2025–26 as if they lay ahead; the first time takes up to half a minute …"):
        return _record()


def settings_record() -> Findings:
    """Both episodes, and the scores of every setting."""
    with st.spinner("Scoring every setting on both episodes; the first time takes up to half a minute …"):
        return scored_record()


def months_of(found: Findings, exporter: str, forecast: str) -> pd.DataFrame:
    """Rates by month of China or of all partners, with the columns of the chart."""
    table = found.tables["collected"]
    own = table[table["exporter"] == exporter]
    names = {
        "law": "statutory",
        "expected_base": "expected",
        EXPECTED_OF[forecast]: "expected_new",
    }
    kept = own[["month", *names, "census", "treasury"]].rename(columns=names)
    return kept.assign(month=pd.to_datetime(kept["month"]))[["month", *MONTHLY]]
