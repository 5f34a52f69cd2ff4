"""Trade and duty before a policy and under it.

What was before is the same for every answer on the same flows: it is found once, and kept with them.
"""

from dataclasses import dataclass

import numpy as np

from calc.files.kept_with import kept_with_first
from calc.flows import Array, Flows, IntArray, sum_by_code, sum_by_market


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaseTrade:
    """M0 and t0 M0, zero on own sales.

    Parameters
    ----------
    trade, duty : M0, t0 M0 [line], US$
    trades, duties : the same added up [market]
    exports, imports : M0 added up [economy]; NaN where an economy sells nothing, buys nothing
    at_home : own sales
    abroad : lines that cross a border; None where all do
    """

    trade: Array
    duty: Array
    trades: Array
    duties: Array
    exports: Array
    imports: Array
    at_home: IntArray
    abroad: IntArray | None

    def traded(self, values: Array) -> Array:
        """Values with own sales at zero [line]."""
        if self.abroad is None:
            return values
        kept = values.copy()
        kept[self.at_home] = 0.0
        return kept

    def own(self, values: Array) -> Array:
        """Values of own sales, zero elsewhere [line]."""
        kept = np.zeros_like(values)
        kept[self.at_home] = values[self.at_home]
        return kept


@kept_with_first(most=1)
def base_trade(flows: Flows) -> BaseTrade:
    """Trade and duty in the data."""
    size, buyer = len(flows.economies), flows.importer[flows.market_start]
    home = flows.domestic.any()
    trade = np.where(flows.domestic, 0.0, flows.import_value) if home else flows.import_value
    duty = flows.tariff_rate * trade
    trades = sum_by_market(flows, trade)
    sells, buys = (np.bincount(code, minlength=size) > 0 for code in (flows.exporter, buyer))
    return BaseTrade(
        trade=trade,
        duty=duty,
        trades=trades,
        duties=sum_by_market(flows, duty),
        exports=np.where(sells, sum_by_code(flows.exporter, trade, size), np.nan),
        imports=np.where(buys, sum_by_code(buyer, trades, size), np.nan),
        at_home=np.flatnonzero(flows.domestic),
        abroad=np.flatnonzero(~flows.domestic) if home else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trade:
    """Trade and duty under a policy beside those before it, zero on own sales, US$.

    Parameters
    ----------
    base : before the policy
    change, duty_new, duty_change : M1 − M0, t1 M1, t1 M1 − t0 M0 [line]
    """

    base: BaseTrade
    change: Array
    duty_new: Array
    duty_change: Array


def trade_under(flows: Flows, tariff_new: Array, import_value_new: Array) -> Trade:
    """Trade and duty under a policy.

    Parameters
    ----------
    tariff_new, import_value_new : t1, M1 [line]
    """
    base = base_trade(flows)
    change, duty_new = import_value_new - flows.import_value, tariff_new * import_value_new
    for values in (change, duty_new):
        values[base.at_home] = 0.0
    return Trade(
        base=base,
        change=change,
        duty_new=duty_new,
        duty_change=duty_new - base.duty,
    )
