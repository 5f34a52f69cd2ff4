"""Rates of duty as they are printed in schedules."""

import numpy as np
import pandas as pd
import pytest

from calc.datasets.rates import REMEDIES, RateKind, ad_valorem_equivalent, is_plain, parse_rates


@pytest.mark.parametrize(
    ("text", "kind", "ad_valorem", "specific", "unit"),
    [
        ("Free", "free", 0.0, 0.0, ""),
        ("6.8%", "ad valorem", 6.8, 0.0, ""),
        ("2.1% 1/", "ad valorem", 2.1, 0.0, ""),
        ("25% ad val.", "ad valorem", 25.0, 0.0, ""),
        ("2.5", "ad valorem", 2.5, 0.0, ""),
        ("68¢/head", "specific", 0.0, 0.68, "head"),
        ("$1.035/kg", "specific", 0.0, 1.035, "kg"),
        ("1.5 cents/kg", "specific", 0.0, 0.015, "kg"),
        ("$1,646/t", "specific", 0.0, 1646.0, "t"),
        ("1¢/kg + 2%", "compound", 2.0, 0.01, "kg"),
        ("2% + 1¢/kg", "compound", 2.0, 0.01, "kg"),
        ("17.6¢/pr. + 17.6%", "compound", 17.6, 0.176, "pr."),
        ("(D)", "withheld", np.nan, 0.0, ""),
        ("9999.99", "see text", np.nan, 0.0, ""),
        ("See 9903.88.01", "see text", np.nan, 0.0, ""),
        ("The rate applicable to the article", "see text", np.nan, 0.0, ""),
        ("The duty provided in the applicable subheading + 25%", "see text", np.nan, 0.0, ""),
        ("3.66¢/kg less 0.02¢/kg for each degree under 100 degrees", "see text", np.nan, 0.0, ""),
        ("51¢ each + 6.25% on the case + 5.3% on the battery", "unreadable", np.nan, 0.0, ""),
        ("", "empty", np.nan, 0.0, ""),
        ("high", "unreadable", np.nan, 0.0, ""),
    ],
)
def test_a_printed_rate_has_a_kind_a_percentage_and_a_specific_part(text, kind, ad_valorem, specific, unit):
    row = parse_rates(pd.Series([text])).iloc[0]
    assert row["kind"] == kind
    np.testing.assert_equal(float(row["ad_valorem_pct"]), ad_valorem)
    assert row["specific_usd"] == pytest.approx(specific)
    assert row["unit"] == unit


def test_the_ad_valorem_equivalent_adds_the_specific_duty_over_the_unit_value():
    # 1 ¢/kg on goods worth US$ 0.50 a kilogram is 2 %, and 2 % come on top.
    parsed = parse_rates(pd.Series(["1¢/kg + 2%", "1¢/kg + 2%", "6.8%", "1¢/kg"]))
    found = ad_valorem_equivalent(parsed, np.array([0.5, 0.1, np.nan, np.nan]))
    np.testing.assert_allclose(found, [4.0, 12.0, 6.8, np.nan])
    assert is_plain(parsed).tolist() == [False, False, True, False]


def test_rows_keep_their_place_however_often_a_text_stands_there():
    texts = pd.Series(["Free", "5%"] * 3, index=[9, 8, 7, 6, 5, 4])
    parsed = parse_rates(texts)
    assert parsed.index.tolist() == texts.index.tolist()
    assert parsed["ad_valorem_pct"].tolist() == [0.0, 5.0] * 3


def test_every_kind_that_is_no_percentage_has_its_remedy():
    assert set(REMEDIES) == set(RateKind) - {RateKind.FREE, RateKind.AD_VALOREM}
