"""Trade and duty before a policy: own sales stand at zero, and all is kept with the flows while these live."""

import gc
from weakref import ref

import numpy as np
import pytest
from builders import flows_of

from calc.models.base_trade import base_trade, trade_under


def test_own_sales_are_neither_trade_nor_duty():
    # ACE sells 60 to itself and buys 30 and 10, at 20% and 50%: 6 + 5 of duty
    flows = flows_of([60, 30, 10], [[0.0, 0.2, 0.5]], own_first=True)
    base = base_trade(flows)
    assert base.trade.tolist() == [0, 30, 10]
    assert base.duty.tolist() == pytest.approx([0, 6, 5])
    assert (base.trades.tolist(), base.duties.tolist()) == ([40], pytest.approx([11]))
    assert base.exports.tolist() == [0, 30, 10]
    np.testing.assert_array_equal(base.imports, [40, np.nan, np.nan])
    assert base.own(np.array([1.0, 2.0, 3.0])).tolist() == [1, 0, 0]
    # 20% becomes 40% and 30 becomes 20: 8 of duty, 2 more than before; own sales of 70 are no change of trade
    under = trade_under(flows, np.array([0.0, 0.4, 0.5]), np.array([70.0, 20.0, 10.0]))
    assert under.change.tolist() == [0, -10, 0]
    assert under.duty_new.tolist() == pytest.approx([0, 8, 5])
    assert under.duty_change.tolist() == pytest.approx([0, 2, 0])


def test_what_was_before_a_policy_is_found_once_and_let_go_with_its_flows():
    flows = flows_of([60, 30])
    base = base_trade(flows)
    assert base_trade(flows) is base
    assert base.trade is flows.import_value
    held = ref(flows)
    del flows
    gc.collect()
    assert held() is None
