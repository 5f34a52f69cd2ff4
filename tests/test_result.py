"""`Result`: what an answer says of itself."""

import pandas as pd

from calc.result import Note, Result, notes_of


def result_with(columns):
    empty = pd.DataFrame()
    return Result(model="toy", summary=empty, lines=empty, markets=empty, economies=pd.DataFrame(columns=columns))


def test_incomes_move_where_an_answer_gives_real_income():
    assert result_with(["economy", "net_welfare_change", "real_income_change"]).incomes_move
    assert not result_with(["economy", "net_welfare_change"]).incomes_move


def test_a_note_reads_as_its_sentence_and_is_known_by_its_kind():
    first, second = notes_of("law", ("In force.", "Suspended."))
    assert (str(first), f"{second}") == ("In force.", "Suspended.")
    assert first == Note("law", "In force.") != Note("data", "In force.")
