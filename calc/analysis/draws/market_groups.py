"""The markets that a policy changes, as few groups of like lines and matrices that sum over them.

Two things make many draws of one scenario quick, and change nothing: a market in which no wedge and no ceiling is set
stays as it is, so it is left out; and lines of a market with the same wedges, β and ceiling respond alike, so they are
one group with their summed shares. The groups come in pieces that fit a processor's cache.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from calc.flows import Array, BoolArray, Elasticities, Flows, IntArray, sum_by_code
from calc.tariffs.policy import Policy

PIECE = 50_000  # cells of one array, groups x draws


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Some markets that change, with their groups: first those without a wedge, then the others.

    Parameters
    ----------
    market : number of each market in the flows [market]
    of : a group's place among these markets [group]
    line : a line that stands for the group [group]
    share : s of the group [group]
    calm : the number of groups without a wedge
    wedge_log, tariff_power : ln τω, τ of the others [shocked]
    tax_power, untaxed : ω [group]; ω is 1 everywhere
    shares : s of these as a matrix [market, shocked]
    rest : s of the others [market]
    closed : β is common to each market and nothing has a ceiling, so that the formula holds
    of_value : what a change of value adds up to: exports by exporter, imports and duty by importer, export tax by
        exporter, targeted imports, and other imports of markets with a targeted line [4 economies + 2, group]
    of_volume : M0 of imports and of targeted imports [2, group]
    priced, priced_wedge_log : groups with targeted imports and their ln τω [priced]
    of_price : M0 (1+t0) of targeted imports [priced]
    of_producers : M0 by exporter, own sales included [economy, group]
    of_buyers : V0 by importer [economy, market]
    touched_spending : V0 of markets with a targeted line, 0 elsewhere [market]
    imports : M0 of imports [market]
    """

    market: IntArray
    of: IntArray
    line: IntArray
    share: Array
    calm: int
    wedge_log: Array
    tariff_power: Array
    tax_power: Array
    untaxed: bool
    shares: csr_array
    rest: Array
    closed: bool
    of_value: csr_array
    of_volume: csr_array
    priced: IntArray
    priced_wedge_log: Array
    of_price: Array
    of_producers: csr_array
    of_buyers: csr_array
    touched_spending: Array
    imports: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActiveMarkets:
    """The markets that a policy changes, ready for draws.

    Parameters
    ----------
    flows, policy, elasticities : as for `armington.simulate`
    pieces : the markets
    duty_at_base_trade : Σ (t1 − t0) M0 by importer [economy]
    export_tax_at_base_trade : Σ x/(1+x) M0 by exporter [economy]
    """

    flows: Flows
    policy: Policy
    elasticities: Elasticities
    pieces: tuple[Piece, ...]
    duty_at_base_trade: Array
    export_tax_at_base_trade: Array


def active_markets(
    flows: Flows, policy: Policy, elasticities: Elasticities, *, draws: int, supply_drawn: bool
) -> ActiveMarkets:
    """Groups of like lines in the markets that a policy changes, and the matrices that sum over them.

    Parameters
    ----------
    flows, policy, elasticities : as for `armington.simulate`
    draws : how many draws are worked on at a time
    supply_drawn : β follows from a drawn pass-through, and is so common to each market
    """
    tariff_log = np.log1p(policy.tariff_new) - np.log1p(flows.tariff_rate)
    tax_log = np.log1p(policy.export_tax)
    limited, costlier = np.isfinite(policy.export_ceiling), policy.trade_cost != 0
    beta = np.zeros_like(tariff_log) if supply_drawn else elasticities.export_supply_elasticity
    start = flows.market_start
    moves = np.logical_or.reduceat((tariff_log != 0) | (tax_log != 0) | limited | costlier, start)
    solved = np.logical_or.reduceat(limited | costlier, start) | (
        np.maximum.reduceat(beta, start) != np.minimum.reduceat(beta, start)
    )
    lines = np.flatnonzero(moves[flows.market])
    marks = (tax_log, policy.export_ceiling, policy.trade_cost, beta, tariff_log, flows.market, solved[flows.market])
    keys = [key for key in (mark[lines] for mark in marks) if (key != key[:1]).any()]  # what differs anywhere
    keys = keys or [flows.market[lines]]
    order = np.lexsort(keys)
    starts_group = np.ones(len(lines), dtype=bool)
    starts_group[1:] = np.logical_or.reduce([key[order][1:] != key[order][:-1] for key in keys])
    lines = lines[order]
    group = np.cumsum(starts_group) - 1
    first = lines[starts_group]  # the line that stands for each group
    own, size = flows.domestic, len(flows.economies)
    sums = _sums(flows, policy, lines, group, first)
    share = sum_by_code(group, flows.expenditure_share[lines], len(first))
    pieces = tuple(
        _piece(
            flows,
            first[a:b],
            share[a:b],
            tariff_log[first[a:b]],
            tax_log[first[a:b]],
            sums.part(np.arange(a, b)),
            closed=not solved[flows.market[first[a]]],
        )
        for a, b in _cuts(flows.market[first], solved[flows.market[first]], max(PIECE // draws, 1))
    )
    duty = np.where(own, 0.0, (policy.tariff_new - flows.tariff_rate) * flows.import_value)
    tax = policy.export_tax / (1 + policy.export_tax) * flows.import_value
    return ActiveMarkets(
        flows=flows,
        policy=policy,
        elasticities=elasticities,
        pieces=pieces,
        duty_at_base_trade=sum_by_code(flows.importer, duty, size),
        export_tax_at_base_trade=sum_by_code(flows.exporter, tax, size),
    )


def _cuts(market: IntArray, solved: BoolArray, most: int) -> list[tuple[int, int]]:
    """Where groups, sorted by `solved` and market, are cut into pieces of whole markets, about `most` long."""
    if not len(market):
        return []
    starts = np.flatnonzero(np.diff(market, prepend=-1))
    kinds = solved[starts].tolist()
    cuts: list[tuple[int, int]] = []
    begin = 0
    for following, kind, kind_after in zip([*starts[1:].tolist(), len(market)], kinds, [*kinds[1:], None], strict=True):
        if kind_after != kind or following - begin >= most:
            cuts.append((begin, following))
            begin = following
    return cuts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sums:
    """Sums over lines: matrices on groups, as `Piece` names them, and sums of each group [group].

    Parameters
    ----------
    of_value, of_producers : [sum, group]
    abroad, targeted, targeted_spending : M0 of imports, M0 and M0 (1+t0) of targeted imports
    """

    of_value: csc_array
    of_producers: csc_array
    abroad: Array
    targeted: Array
    targeted_spending: Array

    def part(self, at: IntArray) -> "_Sums":
        return _Sums(
            of_value=csc_array(self.of_value[:, at]),
            of_producers=csc_array(self.of_producers[:, at]),
            abroad=self.abroad[at],
            targeted=self.targeted[at],
            targeted_spending=self.targeted_spending[at],
        )


def _sums(flows: Flows, policy: Policy, lines: IntArray, group: IntArray, first: IntArray) -> _Sums:
    size, count = len(flows.economies), len(first)
    own = flows.domestic
    hit = policy.targeted & ~own
    touched = np.logical_or.reduceat(hit, flows.market_start)[flows.market[first]]
    base, exporter = flows.import_value[lines], flows.exporter[lines]
    imports = np.where(own[lines], 0.0, base)
    tax = base * (policy.export_tax / (1 + policy.export_tax))[lines]
    targeted = np.where(hit[lines], base, 0.0)
    others = np.where(hit[lines], 0.0, imports)

    def of_groups(values: Array) -> Array:
        return sum_by_code(group, values, count)

    abroad = of_groups(imports)
    buyer, each, one = flows.importer[first], np.arange(count), np.zeros(count, dtype=np.intp)
    of_value = (
        (exporter, group, imports),
        (buyer, each, abroad),
        (buyer, each, of_groups(imports * policy.tariff_new[lines])),
        (exporter, group, tax),
        (one, each, of_groups(targeted)),
        (one, each, of_groups(others) * touched),
    )
    return _Sums(
        of_value=_stacked(of_value, (size, size, size, size, 1, 1), count),
        of_producers=_stacked(((exporter, group, base),), (size,), count),
        abroad=abroad,
        targeted=of_groups(targeted),
        targeted_spending=of_groups(targeted * (1 + flows.tariff_rate[lines])),
    )


def _stacked(blocks: Sequence[tuple[IntArray, IntArray, Array]], heights: Sequence[int], width: int) -> csc_array:
    """A matrix of blocks one below the other, each given by row, column and value of its cells; zeros left out."""
    below = np.cumsum([0, *heights])
    kept = [np.flatnonzero(values) for _, _, values in blocks]
    rows = [row[k] + down for (row, _, _), k, down in zip(blocks, kept, below[:-1], strict=True)]
    columns = [column[k] for (_, column, _), k in zip(blocks, kept, strict=True)]
    values = [values[k] for (_, _, values), k in zip(blocks, kept, strict=True)]
    cells = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return csc_array(cells, shape=(int(below[-1]), width))


def _piece(
    flows: Flows, line: IntArray, share: Array, tariff_log: Array, tax_log: Array, sums: _Sums, *, closed: bool
) -> Piece:
    starts = np.diff(flows.market[line], prepend=-1) != 0
    start, of = np.flatnonzero(starts), np.cumsum(starts) - 1
    numbers = flows.market[line[start]]
    touched = np.add.reduceat(sums.targeted, start) > 0
    imports = np.add.reduceat(sums.abroad, start)
    order = np.argsort((tariff_log != 0) | (tax_log != 0), kind="stable")
    of, line, share, sums = of[order], line[order], share[order], sums.part(order)
    tariff_log, tax_log = tariff_log[order], tax_log[order]
    wedge_log = tariff_log + tax_log
    calm = int(np.count_nonzero((tariff_log == 0) & (tax_log == 0)))
    priced = np.flatnonzero(sums.targeted_spending)
    size, count = len(flows.economies), len(numbers)
    spending, buyer = flows.expenditure[numbers], flows.importer[flows.market_start[numbers]]
    return Piece(
        market=numbers,
        of=of,
        line=line,
        share=share,
        calm=calm,
        wedge_log=wedge_log[calm:],
        tariff_power=np.exp(tariff_log[calm:]),
        tax_power=np.exp(tax_log),
        untaxed=not tax_log.any(),
        shares=csr_array((share[calm:], (of[calm:], np.arange(len(of) - calm))), shape=(count, len(of) - calm)),
        rest=sum_by_code(of[:calm], share[:calm], count),
        closed=closed,
        of_value=csr_array(sums.of_value),
        of_volume=csr_array(np.stack([sums.abroad, sums.targeted])),
        priced=priced,
        priced_wedge_log=wedge_log[priced],
        of_price=sums.targeted_spending[priced],
        of_producers=csr_array(sums.of_producers),
        of_buyers=csr_array((spending, (buyer, np.arange(count))), shape=(size, count)),
        touched_spending=spending * touched,
        imports=imports,
    )
