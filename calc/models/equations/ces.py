"""The price index of buyers who spread a composite good over origins with constant elasticity of substitution."""

import numpy as np

from calc.flows import Array, IntArray


def ces_price_log(
    price_log: Array, share: Array, armington_elasticity: Array, market: IntArray, market_start: IntArray
) -> tuple[Array, Array]:
    """Log CES price index of each market and the new expenditure shares.

        ln P = ln[Σ s p^(1−σ)]/(1−σ),  ln P = Σ s ln p at σ = 1        w = s p^(1−σ)/Σ s p^(1−σ)

    Precise near σ = 1 and for prices that hardly move: with m = max (1−σ) ln p the sum is m + log1p(Σ s expm1(… − m)).

    Parameters
    ----------
    price_log : ln p [line]
    share : s [line], sums to 1 in each market
    armington_elasticity : σ [market]
    market, market_start : number of a line's market [line], first line of a market [market]
    """
    one_less = 1 - armington_elasticity
    unit = np.abs(one_less) < 1e-12
    power_log = one_less[market] * price_log
    highest = np.maximum.reduceat(power_log, market_start)
    growth = np.expm1(power_log - highest[market])
    excess = np.add.reduceat(share * growth, market_start)
    weight = share * (growth + 1)
    total = np.add.reduceat(weight, market_start)
    near = excess >= -0.5
    sum_log = highest + np.where(near, np.log1p(np.where(near, excess, 0.0)), np.log(total))
    price_index_log = sum_log / np.where(unit, 1.0, one_less)
    if unit.any():
        price_index_log = np.where(unit, np.add.reduceat(share * price_log, market_start), price_index_log)
    return price_index_log, weight / total[market]
