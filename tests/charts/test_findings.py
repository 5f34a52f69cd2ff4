"""Titles of figures say what the numbers say."""

import pandas as pd

from calc.charts.findings import gains_finding, imports_finding


def changes_of(**rows):
    """Changes of imports, US$, on a base of 100 for everybody."""
    change = sorted(rows.items(), key=lambda row: -abs(row[1]))
    return pd.DataFrame(
        {
            "name": [name for name, _ in change],
            "imports_change": [float(value) for _, value in change],
            "change": [value / 100 for _, value in change],
        }
    )


def test_one_partner_that_loses_most_is_named_with_its_fall():
    assert (
        imports_finding(changes_of(China=-40, Vietnam=20, Mexico=10, India=5))
        == "Imports from China fall 40.0%; Vietnam and Mexico gain most"
    )


def test_losses_spread_over_partners_name_the_first_three():
    found = imports_finding(changes_of(China=-10, Mexico=-10, Canada=-10, Japan=-9), whose="India")
    assert found == "Imports of India fall most from China, Mexico and Canada"


def test_a_cut_says_who_gains_first():
    assert imports_finding(changes_of(Vietnam=50, China=-3)) == "Imports from Vietnam rise 50.0%; China loses most"


def test_nothing_moved_is_said():
    assert imports_finding(changes_of(China=0)) == "Imports do not change"
    assert gains_finding(pd.DataFrame({"name": ["China"], "gain": [0.0]})) == "No economy gains or loses"


def test_the_greatest_loss_and_the_greatest_gain_are_named():
    table = pd.DataFrame({"name": ["A", "B", "C"], "gain": [5e9, -1e9, 1e9], "share": [0.01, float("nan"), -0.02]})
    assert gains_finding(table) == "B loses most, −$1.00 bn; A gains most, +$5.00 bn"
    assert gains_finding(table, by="share") == "C loses most, −2.00%; A gains most, +1.00%"
