"""Policy: the rules of a scenario, in order, from the base rates to the new ones.

`STEPS` says what a rule does by its instrument: each is a step from what the rules before it have come to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from calc.datasets.dataset import Dataset
from calc.errors import ScenarioError
from calc.flows import Array, BoolArray, Flows, IntArray, all_are, the_same
from calc.tariffs.law import BASE, DatedRates, Law, authorities_named
from calc.tariffs.rules import RECIPROCAL, Rule, apply_action, covered_lines, place
from calc.tariffs.schedule_rates import scheduled
from calc.words import percent, percent_as_given

MOST_TRADE_COST = 10.0  # of the price: more is prohibitive
MOST_REACHED = 2_000_000_000  # lines, each counted once for every rule that covers it: ten seconds or so
_Values = TypeVar("_Values", Array, IntArray)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """What the rules of a scenario come to on each line, [line].

    Parameters
    ----------
    targeted : a rule changed this line
    tariff_new : t1, fraction, > −1
    export_tax : x1, fraction of the exporter's price, > −1; 0 in the base
    export_ceiling : k, largest volume over base volume; inf where shipments are free
    trade_cost : κ − 1, what more is lost on the way or spent at the border, fraction of the price, > −1; 0 in the base
    ceiling_rule : number of the rule that set the ceiling, −1 for none
    notes : what a rule left unchanged, and why
    floors : where a rule takes away more tariff than there is
    """

    targeted: BoolArray
    tariff_new: Array
    export_tax: Array
    export_ceiling: Array
    trade_cost: Array
    ceiling_rule: IntArray
    notes: tuple[str, ...] = ()
    floors: tuple[str, ...] = ()

    def tariffs_only(self, lines: slice = slice(None)) -> bool:
        """Whether nothing but tariffs changes on these lines."""
        return (
            all_are(self.export_tax[lines], 0.0)
            and all_are(self.trade_cost[lines], 0.0)
            and all_are(self.export_ceiling[lines], np.inf)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _State:
    """What the rules have come to so far, [line]; a rule writes into these arrays the lines that it covers.

    What no rule has changed yet is one number for every line, and becomes an array with the first that does.

    Parameters
    ----------
    tariff : t, fraction
    parts : t by authority where the rules start from the tariffs in force on a date; empty elsewhere
    struck : authorities that rules have struck down
    export_tax, ceiling, trade_cost, ceiling_rule, notes, floors : as in `Policy`
    """

    tariff: Array
    parts: Mapping[str, Array]
    struck: tuple[str, ...] = ()
    export_tax: Array
    ceiling: Array
    trade_cost: Array
    ceiling_rule: IntArray
    notes: list[str] = field(default_factory=list)
    floors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Turn:
    """A rule when its turn comes: its number, the lines it covers, and the words for its place in the file."""

    rule: Rule
    number: int
    lines: IntArray
    share: Array
    dataset: Dataset
    law: Law | None

    @property
    def where(self) -> str:
        return place(self.rule, self.number)

    @property
    def short(self) -> str:
        return place(self.rule, self.number, line=False)


def apply_rules(rules: tuple[Rule, ...], dataset: Dataset, *, law: Law | None = None) -> Policy:
    """The policy that a list of rules makes, in the order of the list.

    Parameters
    ----------
    dataset : its rates are the base that the policy is compared with
    law : from which the rules start; None: the base rates

    Raises
    ------
    ScenarioError
        A rule names an unknown economy, product, list or authority, selects no line, needs a day that is not given,
        or drives a rate to −100% or below.
    """
    state = _start(dataset, law)
    reached = 0
    for number, rule in enumerate(rules, 1):
        covered = covered_lines(rule, dataset, place(rule, number))
        reached += len(covered.lines)
        if reached > MOST_REACHED:
            raise ScenarioError(
                f"{place(rule, number)}: the rules up to this one cover {reached:,} lines of {dataset.name}, each line "
                f"counted once for each of them; the most is {MOST_REACHED:,}. Use a schedule of rates instead of "
                "rules for single products."
            )
        turn = _Turn(rule=rule, number=number, lines=covered.lines, share=covered.share, dataset=dataset, law=law)
        state = STEPS[rule.instrument](state, turn)
    targeted = state.tariff != dataset.flows.tariff_rate
    for values, unchanged in ((state.export_tax, 0.0), (state.ceiling, np.inf), (state.trade_cost, 0.0)):
        if not all_are(values, unchanged):
            targeted |= values != unchanged
    return Policy(
        targeted=targeted,
        tariff_new=state.tariff,
        export_tax=state.export_tax,
        export_ceiling=state.ceiling,
        trade_cost=state.trade_cost,
        ceiling_rule=state.ceiling_rule,
        notes=tuple(state.notes),
        floors=tuple(state.floors),
    )


def _start(dataset: Dataset, law: Law | None) -> _State:
    """The rates before the first rule: those of the day, or the base."""
    flows, size = dataset.flows, len(dataset.flows.market)
    rates = None if law is None else law.rates()
    return _State(
        tariff=(flows.tariff_rate if rates is None else rates.total).copy(),
        parts={} if rates is None else dict(rates.authorities),
        export_tax=the_same(0.0, size),
        ceiling=the_same(np.inf, size),
        trade_cost=the_same(0.0, size),
        ceiling_rule=np.broadcast_to(-1, size),
    )


def _charge_imports(state: _State, turn: _Turn) -> _State:
    """A tariff, by one value or by a schedule; a rule that names authorities acts on their duties alone."""
    rule, lines, share = turn.rule, turn.lines, turn.share
    if rule.authority:
        return _change_authorities(state, turn)
    value: Array | float = rule.value_pct / 100
    if rule.schedule is not None:
        state.notes.extend(rule.schedule.table.attrs.get("notes", ()))
        value, rated, said = scheduled(rule.schedule, turn.dataset, lines, turn.where)
        lines, share = lines[rated], share[rated]
        state.notes.extend(said)
    old = state.tariff[lines]
    if rule.action == RECIPROCAL:
        wanted = old + share * value * _imposed_by_partner(turn.dataset.flows, state.tariff, lines)
    else:
        wanted = apply_action(rule.action, old, value, share)
    new, said = _without_subsidy(turn, lines, old, wanted)
    state.tariff[lines] = _checked(new, turn)
    state.floors.extend(said)
    if not said:
        state.notes.extend(_idle(turn, lines, new == old))
    return state


def _change_authorities(state: _State, turn: _Turn) -> _State:
    """Duties under single authorities struck down or changed, and the total rate moved by as much."""
    rule, law, parts = turn.rule, turn.law, state.parts
    if law is None:
        raise ScenarioError(
            f"{turn.where} acts on a legal authority, but the scenario names no date whose tariffs it is part of. "
            "Add baseline or law_day, such as 2025-10-30."
        )
    named = authorities_named(rule.authority, law.record, turn.where)
    struck = state.struck
    coverage = np.zeros(len(state.tariff))
    coverage[turn.lines] = turn.share
    if rule.action == "set" and rule.value_pct == 0 and BASE not in named:
        changed = _struck(parts, law.rates(without=struck), law.rates(without=(*struck, *named)), coverage)
        struck = (*struck, *named)
    else:
        changed = _changed_parts(rule, parts, named, coverage, turn.where)
        if not rule.allow_subsidy:
            changed = {name: np.maximum(part, np.minimum(parts.get(name, 0.0), 0.0)) for name, part in changed.items()}
    moved = np.sum([changed[name] - parts.get(name, 0.0) for name in changed], axis=0)
    state.notes.extend(_idle(turn, turn.lines, moved[turn.lines] == 0))
    return replace(state, tariff=_checked(state.tariff + moved, turn), parts={**parts, **changed}, struck=struck)


def _tax_exports(state: _State, turn: _Turn) -> _State:
    """A tax of the exporter's country on what it sells."""
    rule, lines = turn.rule, turn.lines
    acted = apply_action(rule.action, state.export_tax[lines], rule.value_pct / 100, turn.share)
    return replace(state, export_tax=_with(state.export_tax, lines, _checked(acted, turn)))


def _limit_exports(state: _State, turn: _Turn) -> _State:
    """A ceiling on shipments; the lowest of several holds."""
    wanted = _ceiling(turn.rule, turn.share, turn.where)
    if turn.rule.value_pct >= 0:
        volume = percent_as_given(turn.rule.value_pct, sign=True)
        state.notes.append(f"{turn.short}: an export volume of {volume} never binds.")
    lower = wanted < state.ceiling[turn.lines]
    lines = turn.lines[lower]
    number = np.full(len(lines), turn.number)
    return replace(
        state,
        ceiling=_with(state.ceiling, lines, wanted[lower]),
        ceiling_rule=_with(state.ceiling_rule, lines, number),
    )


def _change_trade_costs(state: _State, turn: _Turn) -> _State:
    """Costs of trade that bring nobody revenue: frictions, standards, sanctions, or less of them by an agreement."""
    rule, lines = turn.rule, turn.lines
    acted = apply_action(rule.action, state.trade_cost[lines], rule.value_pct / 100, turn.share)
    if acted.max(initial=0.0) > MOST_TRADE_COST:
        raise ScenarioError(
            f"{turn.where} raises a trade cost by {percent(float(acted.max()), sign=False)} of the price, which is "
            f"prohibitive: hardly anything is traded, and prices mean nothing. Use at most "
            f"{percent(MOST_TRADE_COST, sign=False)}, or for an embargo cut shipments with instrument = "
            '"export_volume" and value_pct = -99.'
        )
    if acted.min(initial=0.0) <= -1:
        raise ScenarioError(
            f"{turn.where} lowers a trade cost by the whole price or more. Use a value above −100: −10 saves a tenth "
            "of the price."
        )
    return replace(state, trade_cost=_with(state.trade_cost, lines, acted))


def _with(values: _Values, lines: IntArray, new: _Values) -> _Values:
    """Values with new ones on some lines; written into the array, if there is one yet."""
    own = values if values.flags.writeable else values.copy()
    own[lines] = new
    return own


STEPS: Mapping[str, Callable[[_State, _Turn], _State]] = {
    "tariff": _charge_imports,
    "export_tax": _tax_exports,
    "export_volume": _limit_exports,
    "trade_cost": _change_trade_costs,
}


def _without_subsidy(turn: _Turn, lines: IntArray, before: Array, wanted: Array) -> tuple[Array, tuple[str, ...]]:
    """New rates that end at 0, unless the rule asks for a subsidy, and what was there to take away.

        t ← max(t wanted, min(t, 0))

    Raises
    ------
    ScenarioError
        The rule states a rate below 0 without asking for a subsidy.
    """
    rule, floor = turn.rule, np.minimum(before, 0.0)
    below = wanted < floor
    if rule.allow_subsidy or not below.any():
        return wanted, ()
    if rule.action not in ("add", RECIPROCAL):
        raise ScenarioError(
            f"{turn.where} brings a rate to {percent(float(wanted.min()))}, which pays buyers to import. State a rate "
            "of 0 or more, or allow a subsidy (allow_subsidy = true) where that is meant.",
            key="value_pct",
        )
    value = turn.dataset.flows.import_value
    free = below & (before <= 0)
    share = float(value[lines[free]].sum() / value[turn.lines].sum())
    count = np.count_nonzero(free)
    were = f"{count:,} line{' was' if count == 1 else 's were'}"
    said = f"{turn.short}: {were} already duty-free ({percent(share, sign=False)} of the"
    rest = np.count_nonzero(below & ~free)
    return np.maximum(wanted, floor), (
        f"{said} trade that it covers)"
        + (f", and {rest:,} had less duty than it takes off" if rest else "")
        + "; their tariff is 0. A subsidy is paid only on request (allow_subsidy).",
    )


def _idle(turn: _Turn, lines: IntArray, same: BoolArray) -> tuple[str, ...]:
    """A note on lines that a rule covers and leaves as they were."""
    idle = int(np.count_nonzero(same))
    return (f"{turn.short}: {idle:,} of {len(lines):,} lines keep the rate they had.",) if idle else ()


def _struck(parts: Mapping[str, Array], before: DatedRates, after: DatedRates, coverage: Array) -> dict[str, Array]:
    """Parts once authorities are struck down on the covered share: other duties may come back in their place.

    part ← part + c (part of the law without them − part of the law with them)
    """
    nothing = np.zeros_like(coverage)
    return {
        name: parts.get(name, nothing)
        + coverage * (after.authorities.get(name, nothing) - before.authorities.get(name, nothing))
        for name in {**before.authorities, **after.authorities}
    }


def _changed_parts(
    rule: Rule, parts: Mapping[str, Array], names: tuple[str, ...], coverage: Array, where: str
) -> dict[str, Array]:
    """Parts of the law under a rule that acts on them, one by one."""
    if len(names) > 1 and rule.action != "multiply":
        raise ScenarioError(
            f"{where} names {len(names)} authorities, and {rule.action} acts on one: {', '.join(names)}. Name one of "
            "them, multiply, or set 0 to strike all of them down."
        )
    nothing = np.zeros_like(coverage)
    return {name: apply_action(rule.action, parts.get(name, nothing), rule.value_pct / 100, coverage) for name in names}


def _imposed_by_partner(flows: Flows, tariff: Array, lines: IntArray) -> Array:
    """Change of the rate that a line's exporter charges its importer on the same product; 0 without such trade."""
    size, count = len(flows.economies), len(flows.products)
    key = (flows.importer * count + flows.product) * size + flows.exporter  # ascending, as the lines are
    mirror = (flows.exporter[lines] * count + flows.product[lines]) * size + flows.importer[lines]
    partner = np.minimum(np.searchsorted(key, mirror), len(key) - 1)
    return np.where(key[partner] == mirror, tariff[partner] - flows.tariff_rate[partner], 0.0)


def _ceiling(rule: Rule, coverage: Array, where: str) -> Array:
    """K = 1 + v on the covered share, which leaves 1 + c v of the line."""
    if rule.value_pct <= -100:
        raise ScenarioError(
            f"{where}: exports cannot be cut by {percent_as_given(-rule.value_pct)}; no price clears a market without "
            "goods. Give a cut below 100%."
        )
    return np.full(len(coverage), np.inf) if rule.value_pct >= 0 else 1 + coverage * rule.value_pct / 100


def _checked(rate: Array, turn: _Turn) -> Array:
    if not (rate > -1).all():
        raise ScenarioError(
            f"{turn.where} brings a rate to {percent(float(rate.min()))}. A rate of −100% or less would pay buyers to "
            "take the goods; keep every rate above −100%.",
            key="value_pct",
        )
    return rate
