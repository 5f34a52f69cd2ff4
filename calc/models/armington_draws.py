"""`armington` at many elasticities at once: the same answers, summed to headline numbers and economies.

Only markets that change are computed, in groups of like lines (`calc.market_groups`). Where β is common to a market the
composite price is a formula. With ρ = β/(β+σ), which is 1 at β = inf:

    x = ln P = ln[Σ s (τω)^((1−σ)ρ)]/(1−σ) · σ/(σρ − ε(1−ρ))        b = (σ+ε)(1−ρ)/σ        p = (τω)^ρ e^(bx)
    M1/M0 = (τω)^((1−σ)ρ) e^([ε+σ+(1−σ)b]x)/τ        q = M1/M0 · τ/p        ΔPS = M0 (M1/(M0 ω) − 1)/(1+β)

Markets with a ceiling or with unequal β are solved as in `armington`, all draws at once, and so are those in which the
formula has no digits left (σ at 1, or shares beyond what a computer can hold). Arrays are [group, draw] and [market,
draw].
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import exprel

from calc.draws import Shifts
from calc.market_groups import ActiveMarkets, Piece
from calc.models.armington import effects_of
from calc.tables import Array, Elasticities
from calc.totals import Totals

NEAR_ONE = 1e-7  # |1 − σ| below which the formula loses digits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Changes:
    """Changes of one piece, fractions: value, volume, landed price, ΔPS/M0 [group, draw]; P, Q, ΔCS/V0 [market, draw].

    `price_effect` is value less volume, M1/M0 − q; exactly 0 where the price before duty stays.
    """

    value: Array
    volume: Array
    price_effect: Array
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
        As `armington.simulate` raises them, for the first draw that has no answer.
    """
    flows, draws, size = active.flows, len(shifts.substitution), len(active.flows.economies)
    value = np.zeros((4 * size + 2, draws))
    volume, price, composite = np.zeros((2, draws)), np.zeros((2, draws)), np.zeros((2, draws))
    producers, buyers = np.zeros((size, draws)), np.zeros((size, draws))
    for piece in active.pieces:
        changes = _changes(active, piece, shifts, noise)
        value += piece.of_value @ changes.value
        volume += piece.of_volume @ changes.volume
        price[0] += (piece.of_price @ changes.landed_price)[0]
        price[1] += (piece.of_volume[[0]] @ changes.price_effect)[0]
        if changes.producers is not None:
            producers += piece.of_producers @ changes.producers
        buyers += piece.of_buyers @ changes.consumers
        composite[0] += (piece.of_composite[[0]] @ changes.composite_price)[0]
        composite[1] += (piece.of_composite[[1]] @ changes.composite_volume)[0]
    exports, imports, duty, tax = value[: 4 * size].reshape(4, size, draws)
    duty += active.duty_at_base_trade[:, None]
    tax += active.export_tax_at_base_trade[:, None]
    own = flows.domestic
    targeted = active.policy.targeted & ~own
    touched = np.logical_or.reduceat(targeted, flows.market_start)
    base = np.where(own, 0.0, flows.import_value)
    hit = np.where(targeted, flows.import_value, 0.0)
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
        touched_change=value[-1],
        touched_spending=(flows.expenditure * touched).sum(),
        touched_price_change=composite[0],
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


def _changes(active: ActiveMarkets, piece: Piece, shifts: Shifts, noise: tuple[Array, Array]) -> _Changes:
    central, market = active.elasticities, piece.market
    product = active.flows.product[active.flows.market_start[market]]
    sigma = central.armington_elasticity[market, None] * (shifts.substitution * noise[0][product])
    epsilon = central.import_demand_elasticity[market, None] * (shifts.demand * noise[1][product])
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        if shifts.pass_through is not None:
            rho = shifts.pass_through
            supply_share = (1 - rho) / (1 - rho + sigma * rho)
            beta = np.where(rho < 1, sigma * rho / np.where(rho < 1, 1 - rho, 1.0), np.inf)[piece.of]
        else:
            beta = central.export_supply_elasticity[piece.line, None]
            of_market = beta[piece.start]
            rho = 1 - sigma / (of_market + sigma)
            supply_share = 1 / (1 + of_market)
        changes = _closed_changes(piece, sigma, epsilon, rho, supply_share) if piece.closed else None
    return changes or _solved_changes(
        active, piece, sigma, epsilon, np.broadcast_to(beta, (len(piece.of), sigma.shape[1]))
    )


def _closed_changes(piece: Piece, sigma: Array, epsilon: Array, rho: Array, supply_share: Array) -> _Changes | None:
    """Changes by the formula; None where it loses digits.

    Parameters
    ----------
    sigma, epsilon : σ, ε [market, draw]
    rho : ρ [draw] or [market, draw]
    supply_share : 1/(1+β), likewise
    """
    shocked, wedge_log = piece.shocked, piece.wedge_log[:, None]
    of = piece.of[shocked]
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
    growth[shocked] *= spending / piece.tariff_power[:, None]
    if given:
        landed = np.ones_like(growth)
        landed[shocked] = np.exp(wedge_log)
        volume = growth.copy()
        volume[shocked] *= piece.tariff_power[:, None] / landed[shocked]
    else:
        drift = np.exp(slope * price_log)
        lifted = np.exp((rho if rho.ndim == 1 else rho[of]) * wedge_log)
        landed = drift[piece.of]
        landed[shocked] *= lifted
        volume = (bystander / drift)[piece.of]
        volume[shocked] *= spending / lifted
    producers = None
    if supply_share.any():
        producers = (growth / piece.tax_power[:, None] - 1) * (
            supply_share if supply_share.ndim == 1 else supply_share[piece.of]
        )
    elasticity = 1 + epsilon
    spent = price * quantity - 1  # P^(1+ε) − 1
    small = np.abs(elasticity) < 0.01
    consumers = -spent / np.where(small, 1.0, elasticity)
    consumers[small] = (-price_log * exprel(elasticity * price_log))[small]
    return _Changes(
        value=growth - 1,
        volume=volume - 1,
        price_effect=growth - volume,
        landed_price=landed - 1,
        producers=producers,
        composite_price=price - 1,
        composite_volume=quantity - 1,
        consumers=consumers,
    )


def _solved_changes(active: ActiveMarkets, piece: Piece, sigma: Array, epsilon: Array, beta: Array) -> _Changes:
    """Changes as `armington.effects_of` finds them, with a market of US$ 1 for each market and draw.

    Parameters
    ----------
    sigma, epsilon : σ, ε [market, draw]
    beta : β [group, draw]
    """
    markets, draws = sigma.shape
    groups = len(piece.of)

    def tiled(values: Array) -> Array:
        """Values of groups once for each draw [draw x group]."""
        return np.tile(values, draws)

    flows, policy = active.flows, active.policy
    block = replace(  # codes of economies and products stay behind: nothing reads them here
        flows,
        market=(np.arange(draws)[:, None] * markets + piece.of).ravel(),
        market_start=(np.arange(draws)[:, None] * groups + piece.start).ravel(),
        import_value=np.ones(draws * groups),
        tariff_rate=tiled(flows.tariff_rate[piece.line]),
        expenditure=np.ones(draws * markets),
        expenditure_share=tiled(piece.share),
    )
    rules = replace(
        policy,
        targeted=np.zeros(draws * groups, dtype=bool),
        tariff_new=tiled(policy.tariff_new[piece.line]),
        export_tax=tiled(policy.export_tax[piece.line]),
        export_ceiling=tiled(policy.export_ceiling[piece.line]),
    )
    drawn = Elasticities(
        import_demand_elasticity=epsilon.T.ravel(),
        armington_elasticity=sigma.T.ravel(),
        export_supply_elasticity=beta.T.ravel(),
        basis=active.elasticities.basis,
    )
    line, market, _ = effects_of(block, rules, drawn)

    def by_draw(values: Array) -> Array:
        """Back to [group or market, draw]."""
        return np.ascontiguousarray(values.reshape(draws, -1).T)

    return _Changes(
        value=by_draw(line.import_value_new - 1),
        volume=by_draw(line.volume_change),
        price_effect=by_draw(line.price_effect),
        landed_price=by_draw(line.landed_price_change),
        producers=by_draw(line.producer_surplus_change),
        composite_price=by_draw(market.composite_price_change),
        composite_volume=by_draw(market.composite_volume_change),
        consumers=by_draw(market.consumer_surplus_change),
    )
