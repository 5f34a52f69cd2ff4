"""Settings of household cost as text: written and read again."""

from datetime import date

import pytest

from calc.analysis.households.revenue_path import IEEPA_REFUND_BN, RevenueAssumptions
from calc.analysis.households.settings import Settings, refund_text, settings_of
from calc.errors import ParameterError


def test_what_is_written_is_read_again():
    asked = Settings(
        measure="composite",
        dollar_offset=0.3 * 0.58,
        exports="law_2025_april_peak_china",
        noncompliance=0.0,
        refund="ieepa",
        first_day="2026-07-24",
    )
    assert settings_of(asked.written()) == asked
    assert Settings().written() == ()


def test_settings_of_revenue_are_its_assumptions_and_a_cost_holds_them_again():
    texts = ("noncompliance=0.05", "offset=0.25", "refund=2026:10;2030:2.5", "first_day=2026-07-24")
    assumed = settings_of(texts).revenue()
    assert assumed == RevenueAssumptions(
        noncompliance=0.05, offset=0.25, refund_bn={2026: 10.0, 2030: 2.5}, first_day=date(2026, 7, 24)
    )
    assert Settings().revenue() == RevenueAssumptions()
    assert Settings(refund="ieepa").revenue().refund_bn == IEEPA_REFUND_BN
    assert refund_text(assumed.refund_bn) == "2026:10.0;2030:2.5"
    assert refund_text(IEEPA_REFUND_BN) == "ieepa"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("refund=2026", "is not a fiscal year and US"),
        ("refund=2040:3", "fiscal years run from 2026"),
        ("first_day=July", "write it as 2026-07-24"),
        ("offset=1.5", "offset is a fraction"),
    ],
)
def test_a_choice_about_revenue_that_means_nothing_is_refused(text, words):
    with pytest.raises(ParameterError, match=words):
        settings_of([text]).revenue()


@pytest.mark.parametrize(
    ("text", "words"),
    [("mesure=composite", "measure"), ("measure", "NAME=VALUE"), ("passthrough=half", "is not a number")],
)
def test_a_setting_that_cannot_be_read_is_refused_by_its_text(text, words):
    with pytest.raises(ParameterError, match=words) as refusal:
        settings_of([text])
    assert text in str(refusal.value)
