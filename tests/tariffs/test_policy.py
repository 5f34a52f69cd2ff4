"""Policy: every instrument that a rule may name has its step."""

from calc.tariffs.policy import STEPS
from calc.tariffs.rules import INSTRUMENTS


def test_every_instrument_of_a_rule_has_a_step_and_no_step_stands_without_one():
    assert tuple(STEPS) == INSTRUMENTS
