"""The markets that a policy changes, as few groups of like lines and matrices that sum over them.

Two things make many draws of one scenario quick, and change nothing: a market in which no wedge and no ceiling is set
stays as it is, so it is left out; and lines of a market with the same wedges, β and ceiling respond alike, so they are
one group with their summed shares. The groups come in pieces that fit a processor's cache.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csc_array, csr_array

from calc.tables import Array, BoolArray, Elasticities, Flows, IntArray, sum_by_code
from calc.tariffs import Policy

PIECE = 100_000  # cells of one array, groups x draws


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Some markets that change, with their groups; groups of a market stand together.

    Parameters
    ----------
    market : number of each market in the flows [market]
    of, start : a group's place among these markets [group]; first group of each [market]
    line : a line that stands for the group [group]
    share : s of the group [group]
    shocked : groups with a wedge [shocked]
    wedge_log, tariff_power, tax_power : ln τω, τ, ω of these [shocked]
    shares : s of these as a matrix [market, shocked]
    rest : s of the others [market]
    closed : β is common to each market and nothing has a ceiling, so that the formula holds
    of_value : what a change of value adds up to: exports by exporter, imports and duty by importer, export tax by
        exporter, targeted imports, and imports in markets with a targeted line [4 economies + 2, group]
    of_volume : M0 of imports and of targeted imports [2, group]
    of_price : M0 (1+t0) of targeted imports [1, group]
    of_producers : M0 by exporter, own sales included [economy, group]
    of_buyers : V0 by importer [economy, market]
    of_composite : V0 of markets with a targeted line, M0 of imports [2, market]
    """

    market: IntArray
    of: IntArray
    start: IntArray
    line: IntArray
    share: Array
    shocked: IntArray
    wedge_log: Array
    tariff_power: Array
    tax_power: Array
    shares: csr_array
    rest: Array
    closed: bool
    of_value: csr_array
    of_volume: csr_array
    of_price: csr_array
    of_producers: csr_array
    of_buyers: csr_array
    of_composite: csr_array


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
    limited = np.isfinite(policy.export_ceiling)
    beta = np.zeros_like(tariff_log) if supply_drawn else elasticities.export_supply_elasticity
    start = flows.market_start
    moves = np.logical_or.reduceat((tariff_log != 0) | (tax_log != 0) | limited, start)
    solved = np.logical_or.reduceat(limited, start) | (
        np.maximum.reduceat(beta, start) != np.minimum.reduceat(beta, start)
    )
    lines = np.flatnonzero(moves[flows.market])
    keys = (tax_log, policy.export_ceiling, beta, tariff_log, flows.market, solved[flows.market])
    lines = lines[np.lexsort([key[lines] for key in keys])]
    starts_group = np.ones(len(lines), dtype=bool)
    starts_group[1:] = np.logical_or.reduce([key[lines][1:] != key[lines][:-1] for key in keys])
    group = np.cumsum(starts_group) - 1
    first = lines[starts_group]  # the line that stands for each group
    own, size = flows.domestic, len(flows.economies)
    matrices = _matrices(flows, policy, lines, group)
    share = sum_by_code(group, flows.expenditure_share[lines], len(first))
    pieces = tuple(
        _piece(
            flows,
            first[a:b],
            share[a:b],
            tariff_log[first[a:b]],
            tax_log[first[a:b]],
            {name: matrix[:, a:b] for name, matrix in matrices.items()},
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
    edges = [*np.flatnonzero(np.diff(market, prepend=-1)), len(market)] if len(market) else []
    cuts: list[tuple[int, int]] = []
    begin = 0
    for here, following in pairwise(edges):
        if following == len(market) or following - begin >= most or solved[following] != solved[here]:
            cuts.append((int(begin), int(following)))
            begin = following
    return cuts


def _matrices(flows: Flows, policy: Policy, lines: IntArray, group: IntArray) -> dict[str, csc_array]:
    """Sums over lines as matrices on groups, as `Piece` names them."""
    size = len(flows.economies)
    own, targeted = flows.domestic[lines], policy.targeted[lines] & ~flows.domestic[lines]
    touched = np.logical_or.reduceat(policy.targeted & ~flows.domestic, flows.market_start)[flows.market[lines]] & ~own
    base = flows.import_value[lines]
    abroad, hit = np.where(own, 0.0, base), np.where(targeted, base, 0.0)
    importer, exporter = flows.importer[lines], flows.exporter[lines]
    duty = abroad * policy.tariff_new[lines]
    tax = base * (policy.export_tax / (1 + policy.export_tax))[lines]
    one = np.zeros_like(group)

    def matrix(*rows: tuple[IntArray, Array, int]) -> csc_array:
        """Rows one below the other; each a code of its row [line], a value [line] and a number of rows."""
        below = np.cumsum([0, *(count for *_, count in rows)])
        kept = [np.flatnonzero(values) for _, values, _ in rows]
        at = [codes[k] + place for (codes, _, _), k, place in zip(rows, kept, below[:-1], strict=True)]
        values = [values[k] for (_, values, _), k in zip(rows, kept, strict=True)]
        shape = (int(below[-1]), int(group[-1]) + 1 if len(group) else 0)
        columns = [group[k] for k in kept]
        return csc_array((np.concatenate(values), (np.concatenate(at), np.concatenate(columns))), shape=shape)

    return {
        "of_value": matrix(
            (exporter, abroad, size),
            (importer, abroad, size),
            (importer, duty, size),
            (exporter, tax, size),
            (one, hit, 1),
            (one, np.where(touched, base, 0.0), 1),
        ),
        "of_volume": matrix((one, abroad, 1), (one, hit, 1)),
        "of_price": matrix((one, hit * (1 + flows.tariff_rate[lines]), 1)),
        "of_producers": matrix((exporter, base, size)),
        "imports": matrix((one, abroad, 1)),
        "touched": matrix((one, touched.astype(float), 1)),
    }


def _piece(
    flows: Flows,
    line: IntArray,
    share: Array,
    tariff_log: Array,
    tax_log: Array,
    matrices: Mapping[str, csc_array],
    *,
    closed: bool,
) -> Piece:
    market = flows.market[line]
    start = np.flatnonzero(np.diff(market, prepend=-1))
    of = np.cumsum(np.diff(market, prepend=-1) != 0) - 1
    numbers = market[start]
    shocked = np.flatnonzero((tariff_log != 0) | (tax_log != 0))
    spending = flows.expenditure[numbers]
    imports = np.add.reduceat(matrices["imports"].toarray()[0], start)
    touched = np.maximum.reduceat(matrices["touched"].toarray()[0], start) > 0
    buyer, place = flows.importer[flows.market_start[numbers]], np.arange(len(numbers))
    rows = {name: csr_array(matrix) for name, matrix in matrices.items() if name.startswith("of_")}
    return Piece(
        market=numbers,
        of=of,
        start=start,
        line=line,
        share=share,
        shocked=shocked,
        wedge_log=(tariff_log + tax_log)[shocked],
        tariff_power=np.exp(tariff_log[shocked]),
        tax_power=np.exp(tax_log),
        shares=csr_array((share[shocked], (of[shocked], np.arange(len(shocked)))), shape=(len(numbers), len(shocked))),
        rest=sum_by_code(of, np.where((tariff_log == 0) & (tax_log == 0), share, 0.0), len(numbers)),
        closed=closed,
        **rows,
        of_buyers=csr_array((spending, (buyer, place)), shape=(len(flows.economies), len(numbers))),
        of_composite=csr_array(np.stack([spending * touched, imports])),
    )
