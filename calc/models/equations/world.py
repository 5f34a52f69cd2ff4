"""The base of general equilibrium: economies and sectors in shares, from flows, rates and national accounts.

Arrays stand sector first, so that each sector's matrix is in one piece: [sector j, importer n, exporter i]; cells are
[sector, economy]. Base prices are 1, as in all exact hat algebra.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from calc.errors import ParameterError
from calc.flows import Accounts, Array, IntArray

Deficits = Literal["fixed", "zero", "share"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """A base in shares; [sector] j, [economy] n, [importer] n, [exporter] i.

    Parameters
    ----------
    import_value : M, before duty, US$ [sector, importer, exporter]; own sales on the diagonal
    tariff_rate : t0, fraction [sector, importer, exporter]
    trade_share : π = M (1+t0)/X, sums to 1 over exporters [sector, importer, exporter]
    expenditure, output : X duty paid, Y = Σ_n M, US$ [sector, economy]
    value_added_share : b = value added/output, 0 to 1 [sector, economy]
    input_share : γ = value of an input/output, duty paid [economy, input, user]; None without input-output links
    final_share : α, share in final demand, sums to 1 over sectors [sector, economy]
    trade_elasticity : θ, > 0 [sector]
    value_added : VA = Σ_j b Y, US$ [economy]
    deficit : D as far as it is fixed in units of world value added, US$, imports − exports [economy]
    deficit_share : D as far as it moves with value added, over value added [economy]
    trade_cost_log : ln κ̂ of a scenario to be solved on this base [sector, importer, exporter]; None: no change
    """

    import_value: Array
    tariff_rate: Array
    trade_share: Array
    expenditure: Array
    output: Array
    value_added_share: Array
    input_share: Array | None
    final_share: Array
    trade_elasticity: Array
    value_added: Array
    deficit: Array
    deficit_share: Array
    trade_cost_log: Array | None = None


def base_world(
    import_value: Array,
    tariff_rate: Array,
    accounts: Accounts,
    trade_elasticity: Array,
    *,
    economies: Sequence[str],
    deficits: Deficits = "fixed",
) -> tuple[World, tuple[str, ...]]:
    """The base in shares, and what had to be cleaned.

        b = value added/Y,  1 where Y = 0 or no input is known        γ_njk = (1 − b_nk) z_njk/Σ_j z_njk
        α = share in final demand; where it is not known ∝ max(0, X − γ Y)

    Parameters
    ----------
    import_value, tariff_rate : M, t0 [sector, importer, exporter]
    accounts : value added, input-output, final demand
    trade_elasticity : θ [sector], > 0
    economies : codes, for messages
    deficits : `fixed` in units of world value added, `zero`, or a `share` of value added

    Raises
    ------
    ParameterError
        An economy without output, value added or final demand.
    """
    notes: list[str] = []
    duty_paid = import_value * (1 + tariff_rate)
    expenditure, output = duty_paid.sum(axis=2), import_value.sum(axis=1)
    share, inputs = _technology(accounts, expenditure, output, notes)
    value_added = (share * output).sum(axis=0)
    _check_positive(value_added, economies, "has no value added in what it sells")
    intermediate = np.zeros_like(output) if inputs is None else by_input(inputs, output)
    final, expenditure = _final_demand(accounts, expenditure, intermediate, notes)
    _check_positive(final.sum(axis=0), economies, "has no final demand")
    imbalance = import_value.sum(axis=(0, 2)) - output.sum(axis=0)
    nothing = np.zeros_like(imbalance)
    trade_share = duty_paid / np.where(expenditure > 0, expenditure, 1.0)[:, :, None]
    sector, economy = np.nonzero(expenditure == 0)
    trade_share[sector, economy] = 0.0
    trade_share[sector, economy, economy] = 1.0
    return World(
        import_value=import_value,
        tariff_rate=tariff_rate,
        trade_share=trade_share,
        expenditure=expenditure,
        output=output,
        value_added_share=share,
        input_share=inputs,
        final_share=final / final.sum(axis=0),
        trade_elasticity=trade_elasticity,
        value_added=value_added,
        deficit=imbalance if deficits == "fixed" else nothing,
        deficit_share=imbalance / value_added if deficits == "share" else nothing,
    ), tuple(notes)


def tariff_revenue(world: World) -> Array:
    """R = Σ t0 M of the base, US$ [economy]."""
    revenue: Array = np.einsum("jni,jni->n", world.tariff_rate, world.import_value)
    return revenue


def income(world: World) -> Array:
    """I = VA + R + D of the base, US$ [economy]."""
    return world.value_added + tariff_revenue(world) + deficit_at(world, world.value_added)


def deficit_at(world: World, value_added: Array) -> Array:
    """D at given value added; what shares leave over in the world is spread by value added [economy]."""
    if not world.deficit_share.any():
        return world.deficit
    moving = world.deficit_share * value_added
    total: Array = world.deficit + moving - value_added * (moving.sum() / value_added.sum())
    return total


def moved_cells(world: World, tariff_rate: Array) -> IntArray:
    """Where a tariff or trade cost changes, counted along [sector, importer, exporter]: few cells in most scenarios."""
    moved = tariff_rate != world.tariff_rate
    if world.trade_cost_log is not None:
        moved |= world.trade_cost_log != 0
    return np.flatnonzero(moved)


def with_costs(world: World, share: float) -> World:
    """The base with a part of the change of trade costs, κ̂^s."""
    log = world.trade_cost_log
    return world if log is None else replace(world, trade_cost_log=share * log if share else None)


def part_of_tariff(world: World, tariff_rate: Array, share: float) -> Array:
    """Rates on the way from t0 to t1: (1+t0)^(1−s) (1+t1)^s − 1, the ends themselves at s = 0 and 1."""
    if share in (0.0, 1.0):
        return tariff_rate if share else world.tariff_rate
    moved = tariff_rate != world.tariff_rate
    base_log = np.log1p(world.tariff_rate[moved])
    rate = world.tariff_rate.copy()
    rate[moved] = np.expm1(base_log + share * (np.log1p(tariff_rate[moved]) - base_log))
    return rate


def by_input(shares: Array, cells: Array) -> Array:
    """Σ_k γ[n, j, k] cells[k, n] → [sector j, economy]."""
    product: Array = np.matmul(shares, cells.T[:, :, None])[:, :, 0].T
    return product


def _technology(accounts: Accounts, expenditure: Array, output: Array, notes: list[str]) -> tuple[Array, Array | None]:
    """Value-added shares b [sector, economy] and input shares γ [economy, input, user]."""
    share = np.ones_like(output)
    if accounts.input_output is None:
        return share, None
    purchases = accounts.input_output
    negative, unbought = purchases < 0, (purchases > 0) & (expenditure.T == 0)[:, :, None]
    purchases = np.where(negative | unbought, 0.0, purchases)
    total = purchases.sum(axis=1)
    makes = (output > 0) & (total.T > 0)
    reported = accounts.value_added.T
    share[makes] = np.clip(reported[makes] / output[makes], 0.0, 1.0)
    inputs = purchases * ((1 - share.T) / np.where(total > 0, total, 1.0))[:, None, :]
    for count, what in (
        (negative.sum(), "negative purchases of inputs were set to zero"),
        (unbought.sum(), "purchases of inputs were left out because no flow delivers them"),
        ((makes & (reported < 0)).sum(), "sectors with negative value added were given none"),
        ((makes & (reported > output)).sum(), "sectors with value added above their sales were given no inputs"),
        (((output > 0) & ~makes).sum(), "sectors that buy no inputs are all value added"),
    ):
        if count:
            notes.append(f"{count:,} {what}.")
    return share, inputs


def _final_demand(accounts: Accounts, expenditure: Array, intermediate: Array, notes: list[str]) -> tuple[Array, Array]:
    """Final demand, and expenditure without the cells that nobody demands [sector, economy]."""
    residual = accounts.final_demand is None
    wanted = expenditure - intermediate if accounts.final_demand is None else accounts.final_demand.T
    unbought = (wanted > 0) & (expenditure == 0)
    final = np.where(expenditure > 0, np.maximum(wanted, 0.0), 0.0)
    # a difference of two equal sums is not a demand
    if residual:
        final[final < 1e-12 * expenditure] = 0.0
    idle = (expenditure > 0) & (final + intermediate <= 0)
    for count, what in (
        ((wanted < 0).sum(), "negative final demands were set to zero and the others scaled"),
        (unbought.sum(), "final demands were left out because no flow delivers them"),
        (idle.sum(), "purchases were left out because nobody uses them"),
    ):
        if count:
            notes.append(f"{count:,} {what}.")
    return final, np.where(idle, 0.0, expenditure)


def _check_positive(values: Array, economies: Sequence[str], problem: str) -> None:
    wrong = np.flatnonzero(~(values > 0))
    if len(wrong):
        more = f", as {len(wrong) - 1:,} others" if len(wrong) > 1 else ""
        raise ParameterError(f"{economies[wrong[0]]} {problem}{more}; complete its accounts or leave it out.")
