"""Settings of household cost as text: written and read again."""

import pytest

from calc.analysis.households.settings import Settings, settings_of
from calc.errors import ParameterError


def test_what_is_written_is_read_again():
    asked = Settings(measure="composite", dollar_offset=0.3 * 0.58, exports="law_2025_april_peak_china")
    assert settings_of(asked.written()) == asked
    assert Settings().written() == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [("mesure=composite", "measure"), ("measure", "NAME=VALUE"), ("passthrough=half", "is not a number")],
)
def test_a_setting_that_cannot_be_read_is_refused_by_its_text(text, words):
    with pytest.raises(ParameterError, match=words) as refusal:
        settings_of([text])
    assert text in str(refusal.value)
