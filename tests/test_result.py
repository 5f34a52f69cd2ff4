"""`Result`: what an answer says of itself."""

import pandas as pd

from calc.result import Result


def result_with(columns):
    empty = pd.DataFrame()
    return Result(model="toy", summary=empty, lines=empty, markets=empty, economies=pd.DataFrame(columns=columns))


def test_incomes_move_where_an_answer_gives_real_income():
    assert result_with(["economy", "net_welfare_change", "real_income_change"]).incomes_move
    assert not result_with(["economy", "net_welfare_change"]).incomes_move
