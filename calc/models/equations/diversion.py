"""Trade diversion in SMART: what moves between the suppliers of a market as their tariffs change unequally.

Lines that are not hit gain or lose one part of their trade, the same for all of a market.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calc.flows import Array, Flows, sum_by_market
from calc.models.equations.hit_lines import Block, HitLines, all_lines


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarketsHit:
    """What a rule of diversion needs to know of markets with lines that are hit.

    Parameters
    ----------
    value : M [line hit]
    total, rest : Σ M of all lines, and of those that are not hit [market hit]
    """

    value: Array
    total: Array
    rest: Array


Rule = Callable[[HitLines, MarketsHit, Array], tuple[Array, Array]]
"""TD of the lines that are hit, and what part of M it is on the others of their markets, given Es [market hit]."""


def trade_diversion_differential(flows: Flows, tariff_shock: Array, armington_elasticity: Array) -> Array:
    """Trade that moves between suppliers, first-order rule; sums to zero in each market.

        TD = −Es M (s − s̄),  losses held to −M, gains scaled to the sum of the losses

    Parameters
    ----------
    tariff_shock : s [line]
    armington_elasticity : Es [market]
    """
    return _of_all_lines(differential, flows, tariff_shock, armington_elasticity)


def trade_diversion_discrete(flows: Flows, tariff_shock: Array, armington_elasticity: Array) -> Array:
    """Trade that moves between suppliers, Laird & Yeats' rule for finite changes; sums to zero in each market.

        M' = M (1+S) Σ M/Σ M (1+S),  S = max(−1, −Es s),  TD = M' − M;  0 where every S = −1

    Parameters
    ----------
    tariff_shock : s [line]
    armington_elasticity : Es [market]
    """
    return _of_all_lines(discrete, flows, tariff_shock, armington_elasticity)


def _of_all_lines(rule: Rule, flows: Flows, tariff_shock: Array, armington_elasticity: Array) -> Array:
    """TD of all lines, taken as if each were hit."""
    whole = Block(markets=slice(0, len(flows.market_start)), lines=slice(0, len(flows.market)))
    total = sum_by_market(flows, flows.import_value)
    trade = MarketsHit(value=flows.import_value, total=total, rest=np.zeros_like(total))
    hit = all_lines(flows, whole, 1 + flows.tariff_rate, tariff_shock)
    return rule(hit, trade, armington_elasticity)[0]


def differential(hit: HitLines, trade: MarketsHit, armington_elasticity: Array) -> tuple[Array, Array]:
    """TD of the lines that are hit, and what part of M it is on the others: a = Es s̄, while no line loses more than M.

    Parameters
    ----------
    armington_elasticity : Es [market hit]
    """
    value, rest = trade.value, trade.rest
    mean_shock = hit.sums(value * hit.shock) / trade.total
    others = armington_elasticity * mean_shock
    wanted = hit.shock - hit.spread(mean_shock)
    wanted *= value
    wanted *= hit.spread(-armington_elasticity)
    gain = np.maximum(wanted, 0.0)
    wanted -= gain
    loss = np.maximum(wanted, -value, out=wanted)
    others_gain, others_loss = np.maximum(others, 0.0), np.clip(others, -1.0, 0.0)
    gained, lost = hit.sums(gain) + others_gain * rest, -hit.sums(loss) - others_loss * rest
    scale = np.zeros_like(gained)
    np.divide(lost, gained, out=scale, where=gained > 0)
    gain *= hit.spread(scale)
    loss += gain
    return loss, others_gain * scale + others_loss


def discrete(hit: HitLines, trade: MarketsHit, armington_elasticity: Array) -> tuple[Array, Array]:
    """TD of the lines that are hit, and what part of M it is on the others: Σ M/Σ M (1+S) − 1.

    Parameters
    ----------
    armington_elasticity : Es [market hit]
    """
    change = hit.spread(-armington_elasticity) * hit.shock
    np.maximum(change, -1.0, out=change)
    change *= trade.value
    kept = trade.value + change
    kept_total = trade.rest + hit.sums(kept)
    some = kept_total > 0
    growth = np.zeros_like(kept_total)
    np.divide(-hit.sums(change), kept_total, out=growth, where=some)
    growth += 0.0  # no −0 where nothing happens
    kept *= hit.spread(growth)
    kept += change
    if not some.all():
        kept *= hit.spread(some.astype(np.float64))
    return kept, growth
