"""`armington` at many elasticities at once: the same answers, summed to headline numbers and economies.

Only markets that change are computed, in groups of like lines (`draws.market_groups`). Where β is common to a market
the composite price is a formula. With ρ = β/(β+σ), which is 1 at β = inf:

    x = ln P = ln[Σ s (τω)^((1−σ)ρ)]/(1−σ) · σ/(σρ − ε(1−ρ))        b = (σ+ε)(1−ρ)/σ        p = (τω)^ρ e^(bx)
    M1/M0 = (τω)^((1−σ)ρ) e^([ε+σ+(1−σ)b]x)/τ        q = M1/M0 · τ/p        ΔPS = M0 (M1/(M0 ω) − 1)/(1+β)

Markets with a ceiling or with unequal β are solved as in `armington`, all draws at once, and so are those in which the
formula has no digits left (σ at 1, or shares beyond what a computer can hold). Arrays are [group, draw] and [market,
draw].
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import exprel

from calc.analysis.draws.evidence import Shifts
from calc.analysis.draws.market_groups import ActiveMarkets, Piece
from calc.errors import ParameterError
from calc.flows import Array, Elasticities
from calc.models.armington import effects_of
from calc.models.totals import Totals

TOO_LARGE = (
    "A price or volume is beyond what can be computed: the shock is too large for these elasticities. Use a smaller "
    "change or smaller elasticities."
)
NEAR_ONE = 1e-7  # |1 − σ| below which the formula loses digits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Changes:
    """Changes of one piece, fractions.

    Value, volume, ΔPS/M0 [group, draw]; landed price of targeted groups [priced, draw]; P, Q, ΔCS/V0 [market, draw].
    """

    value: Array
    volume: Array
    landed_price: Array
    producers: Array | None
    composite_price: Array
    composite_volume: Array
    consumers: Array


def totals_of_draws(
    active: ActiveMarkets, shifts: Shifts, noise: tuple[Array, Array]
) -> tuple[Totals, dict[str, Array]]:
    """Sums over lines and markets in each draw, and the changes of each economy.

    Parameters
    ----------
    active : of `active_markets`
    shifts, noise : common factors and ρ [draw], each product's own factors [product, draw]

    Returns
    -------
    Totals [draw], and the columns of `Result.economies` that a policy changes, [economy, draw]

    Raises
    ------
    ParameterError, ConvergenceError
        As `armington.simulate` raises them, where a draw has no answer.
    """
    flows, draws, size = active.flows, len(shifts.substitution), len(active.flows.economies)
    value = np.zeros((4 * size + 2, draws))
    volume, price, composite = np.zeros((2, draws)), np.zeros((2, draws)), np.zeros((2, draws))
    producers, buyers = np.zeros((size, draws)), np.zeros((size, draws))
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):  # told below
        for piece in active.pieces:
            changes = _changes(active, piece, shifts, noise)
            value += piece.of_value @ changes.value
            volumes = piece.of_volume @ changes.volume
            volume += volumes
            price[0] += piece.of_price @ changes.landed_price
            # summed alike, so that the difference is 0 to the last digit where the price before duty stays
            price[1] += (piece.of_volume @ changes.value)[0] - volumes[0]
            if changes.producers is not None:
                producers += piece.of_producers @ changes.producers
            buyers += piece.of_buyers @ changes.consumers
            composite[0] += piece.touched_spending @ changes.composite_price
            composite[1] += piece.imports @ changes.composite_volume
    if not (np.isfinite(value).all() and np.isfinite(buyers).all()):
        raise ParameterError(TOO_LARGE)
    exports, imports, duty, tax = value[: 4 * size].reshape(4, size, draws)
    duty += active.duty_at_base_trade[:, None]
    tax += active.export_tax_at_base_trade[:, None]
    own = flows.domestic
    targeted = active.policy.targeted & ~own
    touched = np.logical_or.reduceat(targeted, flows.market_start)
    base = np.where(own, 0.0, flows.import_value)
    hit = np.where(targeted, flows.import_value, 0.0)
    touched_base = np.where(touched[flows.market], base, 0.0)
    totals = Totals(
        import_value_base=base.sum(),
        import_value_change=imports.sum(axis=0),
        volume_change=volume[0],
        price_effect=price[1],
        trade_creation=composite[1],
        trade_diversion=volume[0] - composite[1],
        tariff_revenue_base=(base * flows.tariff_rate).sum(),
        tariff_revenue_change=duty.sum(axis=0),
        duty_at_base_trade=(base * active.policy.tariff_new).sum(),
        targeted_base=hit.sum(),
        targeted_spending=(hit * (1 + flows.tariff_rate)).sum(),
        targeted_duty_base=(hit * flows.tariff_rate).sum(),
        targeted_duty_at_base_trade=(hit * active.policy.tariff_new).sum(),
        targeted_change=value[-2],
        targeted_volume_change=volume[1],
        targeted_price_change=price[0],
        others_change=value[-1],
        touched_base=touched_base.sum(),
        touched_duty_base=(touched_base * flows.tariff_rate).sum(),
        touched_duty_at_base_trade=(touched_base * active.policy.tariff_new).sum(),
        touched_volume_change=volume[0],  # other markets stay as they are
        touched_spending=(flows.expenditure * touched).sum(),
        touched_price_change=composite[0],
        spending=flows.expenditure.sum(),
        price_change=composite[0],
        export_tax_revenue_change=tax.sum(axis=0),
        consumer_surplus_change=buyers.sum(axis=0),
        producer_surplus_change=producers.sum(axis=0),
    )
    return totals, {
        "exports_change": exports,
        "imports_change": imports,
        "consumer_surplus_change": buyers,
        "producer_surplus_change": producers,
        "tariff_revenue_change": duty + tax,
        "net_welfare_change": buyers + producers + duty + tax,
    }


def price_changes_of_draws(
    active: ActiveMarkets, shifts: Shifts, noise: tuple[Array, Array]
) -> Iterator[tuple[Piece, Array, Array]]:
    """Price changes of the markets that move, piece by piece.

    Yields
    ------
    the piece, landed price of its priced groups [priced, draw], composite price [market, draw]; fractions
    """
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        for piece in active.pieces:
            changes = _changes(active, piece, shifts, noise)
            if not (np.isfinite(changes.landed_price).all() and np.isfinite(changes.composite_price).all()):
                raise ParameterError(TOO_LARGE)
            yield piece, changes.landed_price, changes.composite_price


def _changes(active: ActiveMarkets, piece: Piece, shifts: Shifts, noise: tuple[Array, Array]) -> _Changes:
    central, market = active.elasticities, piece.market
    product = active.flows.product[active.flows.market_start[market]]
    sigma = central.armington_elasticity[market, None] * (shifts.substitution * noise[0][product])
    epsilon = central.import_demand_elasticity[market, None] * (shifts.demand * noise[1][product])
    if shifts.pass_through is not None:
        rho = shifts.pass_through
        supply_share = (1 - rho) / (1 - rho + sigma * rho)
    else:
        beta = _of_markets(piece, central.export_supply_elasticity[piece.line])[:, None]
        rho, supply_share = 1 - sigma / (beta + sigma), 1 / (1 + beta)
    changes = _closed_changes(piece, sigma, epsilon, rho, supply_share) if piece.closed else None
    return changes or _solved_changes(active, piece, sigma, epsilon, shifts.pass_through)


def _of_markets(piece: Piece, of_groups: Array) -> Array:
    """What the groups of each market have in common [market]."""
    common = np.empty(len(piece.market))
    common[piece.of] = of_groups
    return common


def _closed_changes(piece: Piece, sigma: Array, epsilon: Array, rho: Array, supply_share: Array) -> _Changes | None:
    """Changes by the formula; None where it loses digits.

    Parameters
    ----------
    sigma, epsilon : σ, ε [market, draw]
    rho : ρ [draw] or [market, draw]
    supply_share : 1/(1+β), likewise
    """
    calm, wedge_log = piece.calm, piece.wedge_log[:, None]
    of = piece.of[calm:]
    one_less = 1 - sigma
    spending = np.exp((one_less * rho)[of] * wedge_log)
    excess = piece.shares @ (spending - 1)
    sum_log = np.log1p(excess)
    if (gone := excess < -0.5).any():  # what is left is added up instead of what went, which keeps its digits
        sum_log[gone] = np.log(piece.shares @ spending + piece.rest[:, None])[gone]
    if np.abs(one_less).min() < NEAR_ONE or not np.isfinite(sum_log).all():
        return None
    price_log = sum_log / one_less
    value_power = epsilon + sigma
    given = bool(np.all(rho == 1))  # world prices are given
    if not given:
        price_log *= sigma / (sigma * rho - epsilon * (1 - rho))
        slope = value_power * (1 - rho) / sigma
        value_power += one_less * slope
    price, quantity = np.exp(price_log), np.exp(epsilon * price_log)
    bystander = np.exp(value_power * price_log)
    growth = bystander[piece.of]
    growth[calm:] *= spending / piece.tariff_power[:, None]
    value = growth - 1
    if given:
        volume = value if piece.untaxed else growth.copy()
        landed = np.broadcast_to(np.exp(piece.priced_wedge_log)[:, None], (len(piece.priced), sigma.shape[1]))
        if not piece.untaxed:
            volume[calm:] /= piece.tax_power[calm:, None]
            volume -= 1
    else:
        drift = np.exp(slope * price_log)
        volume = (bystander / drift)[piece.of]
        lifted = np.exp((rho if rho.ndim == 1 else rho[of]) * wedge_log)  # (τω)^ρ
        volume[calm:] *= spending / lifted
        volume -= 1
        landed = drift[piece.of[piece.priced]]
        wedged = int(np.searchsorted(piece.priced, calm))  # from here on the priced groups have a wedge
        landed[wedged:] *= lifted[piece.priced[wedged:] - calm]
    producers = None
    if supply_share.any():
        per_unit = value if piece.untaxed else growth / piece.tax_power[:, None] - 1
        producers = per_unit * (supply_share if supply_share.ndim == 1 else supply_share[piece.of])
    elasticity = 1 + epsilon
    spent = price * quantity - 1  # P^(1+ε) − 1
    small = np.abs(elasticity) < 0.01
    consumers = -spent / np.where(small, 1.0, elasticity)
    consumers[small] = (-price_log * exprel(elasticity * price_log))[small]
    return _Changes(
        value=value,
        volume=volume,
        landed_price=landed - 1,
        producers=producers,
        composite_price=price - 1,
        composite_volume=quantity - 1,
        consumers=consumers,
    )


def _solved_changes(
    active: ActiveMarkets, piece: Piece, sigma: Array, epsilon: Array, pass_through: Array | None
) -> _Changes:
    """Changes as `armington.effects_of` finds them, with a market of US$ 1 for each market and draw.

    Parameters
    ----------
    sigma, epsilon : σ, ε [market, draw]
    pass_through : ρ [draw]; None where β is the central one
    """
    markets, draws = sigma.shape
    order = np.argsort(piece.of, kind="stable")  # groups of a market side by side, as the model has lines
    of, line = piece.of[order], piece.line[order]
    groups, back = len(of), np.argsort(order)
    beta = np.repeat(active.elasticities.export_supply_elasticity[line, None], draws, axis=1)
    if pass_through is not None:
        full = pass_through == 1
        beta = np.where(full, np.inf, sigma * pass_through / np.where(full, 1.0, 1 - pass_through))[of]

    def tiled(values: Array) -> Array:
        """Values of groups once for each draw [draw x group]."""
        return np.tile(values, draws)

    flows, policy = active.flows, active.policy
    block = replace(  # codes of economies and products stay behind: nothing reads them here
        flows,
        market=(np.arange(draws)[:, None] * markets + of).ravel(),
        market_start=(np.arange(draws)[:, None] * groups + np.searchsorted(of, np.arange(markets))).ravel(),
        import_value=np.ones(draws * groups),
        tariff_rate=tiled(flows.tariff_rate[line]),
        expenditure=np.ones(draws * markets),
        expenditure_share=tiled(piece.share[order]),
    )
    rules = replace(
        policy,
        targeted=np.zeros(draws * groups, dtype=bool),
        tariff_new=tiled(policy.tariff_new[line]),
        export_tax=tiled(policy.export_tax[line]),
        export_ceiling=tiled(policy.export_ceiling[line]),
        trade_cost=tiled(policy.trade_cost[line]),
    )
    drawn = Elasticities(
        import_demand_elasticity=epsilon.T.ravel(),
        armington_elasticity=sigma.T.ravel(),
        export_supply_elasticity=beta.T.ravel(),
        basis=active.elasticities.basis,
    )
    line_effects, market_effects, _ = effects_of(block, rules, drawn)

    def of_lines(values: Array) -> Array:
        """Back to [group, draw], in the order of the piece."""
        return values.reshape(draws, groups).T[back]

    def of_markets(values: Array) -> Array:
        """Back to [market, draw]."""
        return np.ascontiguousarray(values.reshape(draws, markets).T)

    return _Changes(
        value=of_lines(line_effects.import_value_new - 1),
        volume=of_lines(line_effects.volume_change),
        landed_price=of_lines(line_effects.landed_price_change)[piece.priced],
        producers=of_lines(line_effects.producer_surplus_change),
        composite_price=of_markets(market_effects.composite_price_change),
        composite_volume=of_markets(market_effects.composite_volume_change),
        consumers=of_markets(market_effects.consumer_surplus_change),
    )
