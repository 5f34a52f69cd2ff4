"""The bar of who pays adds up: in its lengths, and digit by digit in its words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.analysis.who_pays import BUYERS, PART, PRODUCERS, SELLERS, SUM, TOGETHER, TREASURY
from calc.charts.basic import CHANGES
from calc.charts.figure import Origin
from calc.charts.who_pays import described_parties, printed, who_pays_figure, who_pays_finding, who_pays_spec
from calc.words import MINUS

NET = "Aland, net"


def parties(buyers=-3e9, treasury=2e9, sellers=-1e9, low=float("nan"), high=float("nan")):
    gains = [buyers, treasury, buyers + treasury, sellers, buyers + treasury + sellers]
    return pd.DataFrame(
        {
            "party": [BUYERS, TREASURY, NET, SELLERS, TOGETHER],
            "kind": [PART, PART, SUM, PART, SUM],
            "gain": gains,
            "gain_low": low,
            "gain_high": high,
        }
    )


def number(text):
    """What a text such as −$2.4 bn says, in its own unit."""
    return round(float(text.split()[0].replace(MINUS, "-").replace("$", "").replace(",", "")), 2)


def test_each_step_begins_where_the_last_ends_and_the_sums_begin_at_zero():
    rows = who_pays_spec(parties())["datasets"][CHANGES]
    assert [(row["from"], row["to"]) for row in rows] == [(0, -3), (-3, -1), (0, -1), (-1, -2), (0, -2)]
    assert [row["money"] for row in rows] == ["−$3.00 bn", "+$2.00 bn", "−$1.00 bn", "−$1.00 bn", "−$2.00 bn"]
    assert {row["low"] for row in rows} == {None}


def test_the_range_of_a_step_is_drawn_from_where_it_begins():
    low, high = [-4e9, 1e9, -3e9, -2e9, -3e9], [-2e9, 3e9, 0.0, 0.0, -1e9]
    rows = who_pays_spec(parties(low=low, high=high))["datasets"][CHANGES]
    assert [(row["low"], row["high"]) for row in rows] == [(-4, -2), (-2, 0), (-3, 0), (-3, -1), (-3, -1)]
    assert rows[1]["range"] == "+$1.00 bn to +$3.00 bn"


dollars = st.floats(-1e12, 1e12).map(lambda value: round(value, 2))


@given(dollars, dollars, dollars, st.booleans())
def test_what_is_printed_adds_up_to_the_last_digit_and_is_nobody_elses_number(buyers, treasury, sellers, several):
    table = parties(buyers, treasury, sellers)
    if several:
        table = pd.concat([table.iloc[:2], table.iloc[[1]].assign(party=PRODUCERS), table.iloc[2:]], ignore_index=True)
        table.loc[3, "gain"] += treasury
        table.loc[5, "gain"] += treasury
    texts = printed(table)
    units = {" ".join(text.split()[1:]) for text in texts}
    assert len(units) == 1
    *home, net, abroad, together = map(number, texts)
    assert sum(home) == pytest.approx(net, abs=1e-6)
    assert net + abroad == pytest.approx(together, abs=1e-6)
    (unit,) = units
    scale = {"tn": 1e12, "bn": 1e9, "m": 1e6, "k": 1e3, "": 1.0}[unit]
    step = 1.0 if not unit else 0.1 if "." in texts[0] and len(texts[0].split(".")[1].split()[0]) == 1 else 0.01
    assert np.allclose([number(text) for text in texts], table["gain"] / scale, rtol=0, atol=2.51 * step)


def test_the_finding_says_who_loses_and_who_gains():
    assert who_pays_finding(parties()) == "Buyers lose $3.00 bn, foreign sellers $1.00 bn; the treasury gains $2.00 bn"
    assert who_pays_finding(parties(0.0, 0.0, 0.0)) == "Nobody gains or loses"
    assert described_parties(parties()).endswith("foreign sellers −$1.00 bn, all together −$2.00 bn")


def test_the_figure_has_its_numbers_in_dollars():
    table = who_pays_figure(parties(), Origin(about="A tariff", source="a source")).table
    assert list(table.columns) == ["party", "kind", "gain_usd", "gain_low_usd", "gain_high_usd"]
    assert table["gain_usd"].tolist() == [-3e9, 2e9, -1e9, -1e9, -2e9]
