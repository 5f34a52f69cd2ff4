"""Tariffs: rules, in order, from the base rates to the new ones; effective rates; the formula of April 2025.

A rule selects lines (importer x exporter x product) and acts on their rate. Selection and arithmetic are apart:
`apply_action` is the equation, `apply_rules` finds the lines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from calc.datasets.dataset import Dataset
from calc.datasets.lookup import deciding_rows, economy_positions, longest_prefix, prefix_levels
from calc.errors import ParameterError, ScenarioError, did_you_mean
from calc.flows import Array, BoolArray, Flows, IntArray
from calc.tariffs.law import BASE, DatedRates, authorities_named

ACTIONS: Mapping[str, Callable[[Array, Array], Array]] = {
    "add": np.add,
    "set": lambda rate, value: np.broadcast_to(value, rate.shape),
    "multiply": np.multiply,
    "floor": np.maximum,
    "cap": np.minimum,
}
Law = Callable[[tuple[str, ...]], DatedRates]  # rates of a day without the authorities named
INSTRUMENTS = ("tariff", "export_tax", "export_volume")
LIST_PREFIX = "list:"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A table of rates that a rule brings along.

    Parameters
    ----------
    name : file name
    content : the file, as it was read
    table : importer, exporter, product (empty = all), tariff_pct
    """

    name: str
    content: bytes = field(repr=False)
    table: pd.DataFrame = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a policy, as a scenario file writes it.

    Parameters
    ----------
    importer, exporters : economy codes or groups; empty = all
    products, except_products : HS prefixes or whole codes, `list:NAME`, `column:value`; empty = all, none
    action : add | set | multiply | floor | cap | reciprocal
    value_pct : points for add, set, floor and cap; factor x 100 for multiply; share answered x 100 for reciprocal
    instrument : tariff | export_tax | export_volume
    authority : parts of the law of a day that the rule acts on; empty = the whole rate
    schedule : rates by line instead of one value
    label : words for the reader
    line : line of the scenario file, for messages
    """

    importer: tuple[str, ...] = ()
    exporters: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    except_products: tuple[str, ...] = ()
    action: str = "add"
    value_pct: float = 0.0
    instrument: str = "tariff"
    authority: tuple[str, ...] = ()
    schedule: Schedule | None = None
    label: str = ""
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """What the rules of a scenario come to on each line, [line].

    Parameters
    ----------
    targeted : a rule changed this line
    tariff_new : t1, fraction, > −1
    export_tax : x1, fraction of the exporter's price, > −1; 0 in the base
    export_ceiling : k, largest volume over base volume; inf where shipments are free
    ceiling_rule : number of the rule that set the ceiling, −1 for none
    notes : what a rule left unchanged, and why
    """

    targeted: BoolArray
    tariff_new: Array
    export_tax: Array
    export_ceiling: Array
    ceiling_rule: IntArray
    notes: tuple[str, ...] = ()


def apply_action(action: str, rate: Array, value: Array | float, coverage: Array | float = 1.0) -> Array:
    """New rates under one rule.

        t ← t + c (f(t, v) − t)        f: add t+v · set v · multiply t·v · floor max(t, v) · cap min(t, v)

    Parameters
    ----------
    action : name in `ACTIONS`
    rate : t, fraction
    value : v, fraction or factor
    coverage : c, share of the line the rule covers, 0 to 1
    """
    acted = ACTIONS[action](rate, np.asarray(value, dtype=float))
    # Written so that full coverage returns f(t, v) itself, to the last digit.
    new: Array = np.where(np.equal(coverage, 1.0), acted, rate + coverage * (acted - rate))
    return new


def effective_tariff_rate(tariff_rate: Array, import_value: Array) -> float:
    """Duties over the value of the same imports: Σ t M / Σ M."""
    return float((tariff_rate * import_value).sum() / import_value.sum())


def reciprocal_rate(
    exports: float,
    imports: float,
    *,
    import_elasticity: float = 4.0,
    pass_through: float = 0.25,
    floor: float = 0.1,
) -> tuple[float, float]:
    """The rate "charged" and the rate announced by the formula of 2 April 2025, a rule of arithmetic.

        charged = max(10 %, (m − x)/(ε φ m))        announced = max(10 %, charged/2), whole percent rounded up

    Parameters
    ----------
    exports, imports : x, m, goods trade of the United States with the partner, same unit
    import_elasticity, pass_through : ε, φ; the office set ε φ = 1

    Source: Office of the US Trade Representative, "Reciprocal Tariff Calculations", April 2025. The printed rates
    follow no single rounding rule, so that an announced rate can be one point off.
    """
    charged = max(floor, (imports - exports) / (import_elasticity * pass_through * imports))
    # Rounded first, so that 0.34 is not lifted to 0.35 by its last binary digit.
    announced = max(floor, np.ceil(np.round(charged / 2 * 100, 9)) / 100)
    return charged, float(announced)


def apply_rules(rules: tuple[Rule, ...], dataset: Dataset, *, law: Law | None = None) -> Policy:
    """The policy that a list of rules makes, in the order of the list.

    Parameters
    ----------
    dataset : its rates are the base that the policy is compared with
    law : rates of the day from which the rules start, without the authorities it is told; None: the base rates

    Raises
    ------
    ScenarioError
        A rule names an unknown economy, product, list or authority, selects no line, needs a day that is not given,
        or drives a rate to −100 % or below.
    """
    flows = dataset.flows
    start = None if law is None else law(())
    tariff, tax = flows.tariff_rate if start is None else start.total, np.zeros(len(flows.market))
    parts = {} if start is None else dict(start.authorities)
    struck: tuple[str, ...] = ()
    ceiling, ceiling_rule = np.full(len(flows.market), np.inf), np.full(len(flows.market), -1)
    notes: list[str] = []
    for number, rule in enumerate(rules, 1):
        where, short = place(rule, number), place(rule, number, line=False)
        _check_words(rule, where)
        coverage = line_coverage(rule, dataset, where)
        if rule.instrument == "export_volume":
            wanted = _ceiling(rule, coverage, where)
            ceiling_rule = np.where(wanted < ceiling, number, ceiling_rule)
            ceiling = np.minimum(ceiling, wanted)
            if rule.value_pct >= 0:
                notes.append(f"{short}: an export volume of {rule.value_pct:+g} % never binds.")
        elif rule.authority:
            if law is None:
                raise ScenarioError(
                    f"{where} acts on an authority, and the scenario names no day whose law it is part of. "
                    "Add baseline or policy, such as 2025-10-30."
                )
            names = authorities_named(rule.authority, where)
            if rule.action == "set" and rule.value_pct == 0 and BASE not in names:
                changed = _struck(parts, law(struck), law((*struck, *names)), coverage)
                struck = (*struck, *names)
            else:
                changed = _changed_parts(rule, parts, names, coverage, where)
            moved = np.sum([changed[name] - parts.get(name, 0.0) for name in changed], axis=0)
            parts |= changed
            notes += _idle(short, coverage, moved == 0)
            tariff = _checked(tariff + moved, where)
        elif rule.instrument == "export_tax":
            tax = _checked(apply_action(rule.action, tax, rule.value_pct / 100, coverage), where)
        else:
            value: Array | float = rule.value_pct / 100
            if rule.schedule is not None:
                notes += rule.schedule.table.attrs.get("notes", ())
                value, coverage = _scheduled(rule.schedule, dataset, coverage, where)
            new = _checked(_new_tariff(rule.action, flows, tariff, value, coverage), where)
            notes += _idle(short, coverage, new == tariff)
            tariff = new
    return Policy(
        targeted=(tariff != flows.tariff_rate) | (tax != 0) | np.isfinite(ceiling),
        tariff_new=tariff,
        export_tax=tax,
        export_ceiling=ceiling,
        ceiling_rule=ceiling_rule,
        notes=tuple(notes),
    )


def _idle(place: str, coverage: Array, same: BoolArray) -> list[str]:
    """A note on lines that a rule covers and leaves as they were."""
    idle, covered = int(np.count_nonzero((coverage > 0) & same)), np.count_nonzero(coverage)
    return [f"{place}: {idle:,} of {covered:,} lines keep the rate they had."] if idle else []


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


def place(rule: Rule, number: int, *, line: bool = True) -> str:
    """Where a rule stands, for messages: `Rule 2 ("surtax", line 14)`."""
    words = [f'"{rule.label}"'] if rule.label else []
    words += [f"line {rule.line}"] if line and rule.line else []
    return f"Rule {number} ({', '.join(words)})" if words else f"Rule {number}"


def line_coverage(rule: Rule, dataset: Dataset, where: str) -> Array:
    """Share of each line that a rule covers, 0 to 1 [line]; an economy's own sales are never covered.

    Raises
    ------
    ScenarioError
        An unknown economy, product or list, or nothing selected.
    """
    flows = dataset.flows
    buyers = _economies(rule.importer, dataset, where)
    sellers = _economies(rule.exporters, dataset, where)
    products = _products(rule.products, dataset, where) if rule.products else np.ones(len(flows.products))
    if rule.except_products:
        products = products * (1 - _products(rule.except_products, dataset, where))
    covered = buyers[flows.importer] & sellers[flows.exporter] & ~flows.domestic
    coverage: Array = np.where(covered, products[flows.product], 0.0)
    if not coverage.any():
        raise ScenarioError(
            f"{where} matches no trade in {dataset.name}: no covered flow from {', '.join(rule.exporters) or 'anyone'} "
            f"to {', '.join(rule.importer) or 'anyone'} in products {', '.join(rule.products) or 'of any kind'}. "
            "Widen one of the three."
        )
    return coverage


def _economies(codes: tuple[str, ...], dataset: Dataset, where: str) -> BoolArray:
    known = dataset.flows.economies
    if not codes:
        return np.ones(len(known), dtype=bool)
    chosen = np.zeros(len(known), dtype=bool)
    for code in codes:
        match = known == code
        if not match.any():
            groups = dataset.countries["groups"].str.split(";")
            match = np.array([code in members for members in groups])
        if not match.any():
            names = sorted({*known, *(g for members in groups for g in members if g)})
            raise ScenarioError(
                f"{where}: {dataset.name} has no economy or group {code!r}{did_you_mean(code, names)}. "
                "Codes and groups are listed in the dataset's countries file."
            )
        chosen |= match
    return chosen


def _products(selectors: tuple[str, ...], dataset: Dataset, where: str) -> Array:
    """Share of each product that selectors cover, the largest where several do [product]."""
    codes = dataset.flows.products
    coverage = np.zeros(len(codes))
    for selector in selectors:
        if selector.startswith(LIST_PREFIX):
            share = _listed(selector.removeprefix(LIST_PREFIX), dataset, where)
        elif ":" in selector:
            share = _grouped(selector, dataset, where)
        elif selector.isdigit() and len(selector) % 2 == 0:  # HS prefixes have 2, 4, 6, 8 or 10 digits
            share = codes.str.startswith(selector).astype(float)
        else:
            share = (codes == selector).astype(float)
        if not np.any(share):
            raise ScenarioError(
                f"{where}: no product of {dataset.name} matches {selector!r}{did_you_mean(selector, list(codes))}. "
                "Give an HS prefix with its leading zeros, a whole code, list:NAME or column:value."
            )
        coverage = np.maximum(coverage, share)
    return coverage


def _listed(name: str, dataset: Dataset, where: str) -> Array:
    if name not in dataset.product_lists:
        known = ", ".join(dataset.product_lists) or "none"
        raise ScenarioError(f"{where}: there is no product list {name!r}. Known lists: {known}.")
    table = dataset.product_lists[name]
    codes = dataset.flows.products
    full = table[table["coverage"] == 1]
    row = pd.Index(table["product"]).get_indexer(codes)
    exact = np.where(row >= 0, table["coverage"].to_numpy()[row], 0.0)
    below = longest_prefix(full["product"], codes) >= 0
    return np.where(row >= 0, exact, below.astype(float))


def _grouped(selector: str, dataset: Dataset, where: str) -> Array:
    column, _, value = selector.partition(":")
    if column not in dataset.products.columns:
        known = ", ".join(c for c in dataset.products.columns if c not in ("product", "description"))
        raise ScenarioError(f"{where}: products of {dataset.name} have no column {column!r}; they have {known}.")
    return np.asarray(dataset.products[column] == value, dtype=float)


def _check_words(rule: Rule, where: str) -> None:
    """Action and instrument must be known: a scenario file was checked when read, a rule made in Python was not."""
    actions = (*ACTIONS, "reciprocal") if rule.instrument == "tariff" else ("add", "set")
    for kind, word, known in (("instrument", rule.instrument, INSTRUMENTS), ("action", rule.action, actions)):
        if word not in known:
            raise ScenarioError(
                f"{where}: unknown {kind} {word!r}{did_you_mean(word, known)}. Known: {', '.join(known)}."
            )


def _new_tariff(action: str, flows: Flows, tariff: Array, value: Array | float, coverage: Array) -> Array:
    if action == "reciprocal":
        return tariff + coverage * value * _imposed_by_partner(flows, tariff)
    return apply_action(action, tariff, value, coverage)


def _scheduled(schedule: Schedule, dataset: Dataset, coverage: Array, where: str) -> tuple[Array, Array]:
    """Rate of each line in a schedule, and its coverage, 0 where no row names the line [line]."""
    row = _schedule_row(schedule, dataset.flows, dataset, where)
    named = np.where(row >= 0, coverage, 0.0)
    if not named.any():
        raise ScenarioError(
            f"{where} matches no trade in {dataset.name}: no row of {schedule.name} names a flow that the rule covers. "
            "Correct the codes of the schedule, or widen the rule."
        )
    return np.where(row >= 0, schedule.table["tariff_pct"].to_numpy()[row] / 100, 0.0), named


def _schedule_row(schedule: Schedule, flows: Flows, dataset: Dataset, where: str) -> IntArray:
    """Row of the schedule that speaks of each line, −1 where none does; the most specific row wins (`lookup`)."""
    table = schedule.table
    for column in ("importer", "exporter"):
        unknown = set(table[column]) - {"", *flows.economies}
        if unknown:
            code = min(unknown)
            raise ScenarioError(
                f"{where}: {schedule.name} names the {column} {code!r}, which is not in {dataset.name}"
                f"{did_you_mean(code, flows.economies)}."
            )
    importer, exporter = (economy_positions(pd.Index(table[key]), flows.economies) for key in ("importer", "exporter"))
    return deciding_rows(
        prefix_levels(table["product"], flows.products),
        flows,
        slice(None),
        known=np.ones(len(table), dtype=bool),
        importer=importer,
        exporter=exporter,
    )


def _imposed_by_partner(flows: Flows, tariff: Array) -> Array:
    """Change of the rate that a line's exporter charges its importer on the same product; 0 without such trade."""
    size, count = len(flows.economies), len(flows.products)
    key = (flows.importer * size + flows.exporter) * count + flows.product
    mirror = (flows.exporter * size + flows.importer) * count + flows.product
    order = np.argsort(key)
    found = np.minimum(np.searchsorted(key, mirror, sorter=order), len(key) - 1)
    partner = order[found]
    return np.where(key[partner] == mirror, (tariff - flows.tariff_rate)[partner], 0.0)


def _ceiling(rule: Rule, coverage: Array, where: str) -> Array:
    """K = 1 + v on the covered share, which leaves 1 + c v of the line."""
    if rule.value_pct <= -100:
        raise ScenarioError(
            f"{where}: exports cannot be cut by {-rule.value_pct:g} %; no price clears a market without goods. "
            "Give a cut below 100 %."
        )
    if rule.value_pct >= 0:
        return np.full(len(coverage), np.inf)
    return np.where(coverage > 0, 1 + coverage * rule.value_pct / 100, np.inf)


def _checked(rate: Array, where: str) -> Array:
    if not (rate > -1).all():
        raise ScenarioError(
            f"{where} brings a rate to {rate.min():.1%}. A rate of −100 % or less would pay buyers to take the goods; "
            "keep every rate above −100 %."
        )
    return rate


def pass_through_supply_elasticity(pass_through: float, armington_elasticity: Array) -> Array:
    """Export supply elasticity with which the share ρ of a duty on one supplier reaches its landed price.

        β = σ ρ/(1 − ρ)        ρ = 1 → inf, ρ = 0 → 0;  at a given composite price

    Raises
    ------
    ParameterError
        ρ outside 0 to 1.
    """
    if not 0 <= pass_through <= 1:
        raise ParameterError(f"Pass-through is a share between 0 and 100 %; {pass_through:.0%} is not.")
    if pass_through == 1:
        return np.full_like(armington_elasticity, np.inf)
    return armington_elasticity * pass_through / (1 - pass_through)
