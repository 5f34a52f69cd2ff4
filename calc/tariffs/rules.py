"""Rules: one line of a policy, the lines it covers, and the arithmetic of its action.

A rule selects lines (importer x exporter x product) and acts on their rate. Selection and arithmetic are apart:
`line_coverage` finds the lines, `apply_action` is the equation. `policy.apply_rules` puts the rules one after another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from calc.datasets.dataset import Dataset
from calc.datasets.economy_hints import hint_on_economy
from calc.datasets.lookup import longest_prefix
from calc.errors import ParameterError, ScenarioError, did_you_mean
from calc.flows import Array, IntArray
from calc.tariffs.line_index import labels_of, lines_of
from calc.values import check_choice, check_number, check_text, check_texts
from calc.words import whole_percent

ACTIONS: Mapping[str, Callable[[Array, Array], Array]] = {
    "add": np.add,
    "set": lambda rate, value: np.broadcast_to(value, rate.shape),
    "multiply": np.multiply,
    "floor": np.maximum,
    "cap": np.minimum,
}
INSTRUMENTS = ("tariff", "export_tax", "export_volume", "trade_cost")
RECIPROCAL = "reciprocal"
LIST_PREFIX = "list:"
MOST_POINTS = 1_000_000
NO_LINES = np.zeros(0, dtype=np.intp)


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
    importer, exporters, except_exporters : economy codes or groups; empty = all, all, none
    products, except_products : HS prefixes or whole codes, `list:NAME`, `column:value`; empty = all, none
    action : add | set | multiply | floor | cap | reciprocal
    value_pct : points for add, set, floor and cap; factor x 100 for multiply; share answered x 100 for reciprocal
    instrument : tariff | export_tax | export_volume | trade_cost: what is lost on the way, in per cent of the price
    authority : legal authorities whose duties the rule acts on; empty = all authorities
    schedule : rates by line instead of one value
    allow_subsidy : let rates fall below 0; otherwise a tariff that is taken away ends at 0
    label : words for the reader
    line : line of the scenario file, for messages

    Raises
    ------
    ScenarioError
        A value of the wrong kind or beyond its range, an unknown word, or two that do not go together.

    Examples
    --------
    >>> import calc
    >>> calc.Rule(exporters=("CHN",), action="cap", value_pct=20.0).instrument
    'tariff'
    """

    importer: tuple[str, ...] = ()
    exporters: tuple[str, ...] = ()
    except_exporters: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    except_products: tuple[str, ...] = ()
    action: str = "add"
    value_pct: float = 0.0
    instrument: str = "tariff"
    authority: tuple[str, ...] = ()
    schedule: Schedule | None = None
    allow_subsidy: bool = False
    label: str = ""
    line: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Check every value, and those that must go together."""
        for key in ("importer", "exporters", "except_exporters", "products", "except_products", "authority"):
            check_texts(key, getattr(self, key))
        check_text("label", self.label)
        if not isinstance(self.allow_subsidy, bool):
            raise ScenarioError("allow_subsidy must be true or false.", key="allow_subsidy")
        check_choice("instrument", self.instrument, INSTRUMENTS)
        check_choice("action", self.action, (*ACTIONS, RECIPROCAL))
        if abs(check_number("value_pct", self.value_pct)) > MOST_POINTS:
            raise ScenarioError(f"{self.value_pct:g} is beyond {MOST_POINTS:,} points.", key="value_pct")
        not_a_rate = self.instrument != "tariff" or self.action == RECIPROCAL
        if self.schedule and self.value_pct:
            raise ScenarioError("a rule has a schedule or a value_pct, not both. Split it into two rules.")
        if self.schedule and not_a_rate:
            raise ScenarioError("a schedule states tariffs; leave out instrument and reciprocal.")
        if self.instrument != "tariff" and self.action not in ("add", "set"):
            raise ScenarioError(f"an {self.instrument} rule takes action add or set.")
        if self.authority and not_a_rate:
            raise ScenarioError("a legal authority is part of a tariff; leave out instrument and reciprocal.")
        if self.allow_subsidy and self.instrument != "tariff":
            raise ScenarioError("allow_subsidy is of tariffs; leave it out.", key="allow_subsidy")


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
    whole = np.equal(coverage, 1.0)
    return np.array(acted) if whole.all() else np.where(whole, acted, rate + coverage * (acted - rate))


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

        charged = max(10%, (m − x)/(ε φ m))        announced = max(10%, charged/2), whole percent rounded up

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


def place(rule: Rule, number: int, *, line: bool = True) -> str:
    """Where a rule stands, for messages: `Rule 2 ("surtax", line 14)`."""
    words = [f'"{rule.label}"'] if rule.label else []
    words += [f"line {rule.line}"] if line and rule.line else []
    return f"Rule {number} ({', '.join(words)})" if words else f"Rule {number}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coverage:
    """The lines that a rule covers.

    Parameters
    ----------
    lines : in any order
    share : of each of these lines, above 0 up to 1
    """

    lines: IntArray
    share: Array


def covered_lines(rule: Rule, dataset: Dataset, where: str) -> Coverage:
    """Lines that a rule covers, with the share of each; an economy's own sales are never covered.

    Raises
    ------
    ScenarioError
        An unknown economy, product or list, or nothing selected.
    """
    buyers = _economies(rule.importer, dataset, where) if rule.importer else None
    sellers = _economies(rule.exporters, dataset, where) if rule.exporters else None
    if rule.except_exporters:
        everyone = np.arange(len(dataset.flows.economies)) if sellers is None else sellers
        sellers = np.setdiff1d(everyone, _economies(rule.except_exporters, dataset, where))
    products, share = _products(rule, dataset, where)
    chosen = (sellers is None or len(sellers)) and (products is None or len(products))
    lines = lines_of(dataset, importers=buyers, exporters=sellers, products=products) if chosen else NO_LINES
    if not len(lines):
        raise ScenarioError(
            f"{where} matches no trade in {dataset.name}: no covered flow from {_sellers_words(rule)} "
            f"to {', '.join(rule.importer) or 'anyone'} in products {', '.join(rule.products) or 'of any kind'}. "
            "Widen one of the three."
        )
    return Coverage(lines=lines, share=np.ones(len(lines)) if share is None else share[dataset.flows.product[lines]])


def line_coverage(rule: Rule, dataset: Dataset, where: str) -> Array:
    """Share of each line that a rule covers, 0 to 1 [line].

    Raises
    ------
    ScenarioError
        As `covered_lines`.
    """
    covered, coverage = covered_lines(rule, dataset, where), np.zeros(len(dataset.flows.market))
    coverage[covered.lines] = covered.share
    return coverage


def _sellers_words(rule: Rule) -> str:
    but = f" but {', '.join(rule.except_exporters)}" if rule.except_exporters else ""
    return f"{', '.join(rule.exporters) or 'anyone'}{but}"


def _economies(codes: tuple[str, ...], dataset: Dataset, where: str) -> IntArray:
    """Positions of economies, named by code or as a group, ascending."""
    labels = labels_of(dataset)
    chosen: list[IntArray] = []
    for code in codes:
        position = labels.economies.get(code)
        if position is None and code not in labels.groups:
            names = sorted({*labels.economies, *labels.groups})
            raise ScenarioError(
                f"{where}: {dataset.name} has no economy or group {code!r}{hint_on_economy(code, names)}. "
                "Codes and groups are listed in the dataset's countries file."
            )
        chosen.append(labels.groups[code] if position is None else np.array([position]))
    return chosen[0] if len(chosen) == 1 else np.unique(np.concatenate(chosen))


def _products(rule: Rule, dataset: Dataset, where: str) -> tuple[IntArray | None, Array | None]:
    """Positions of the products that a rule covers in part or whole, ascending, and the share of each [product].

    None stands for all products, and for a share of 1.
    """
    if not rule.products and not rule.except_products:
        return None, None
    if len(rule.products) == 1 and not rule.except_products and _is_code(rule.products[0]):
        return _of_code(rule.products[0], dataset, where), None
    coverage = _shares(rule.products, dataset, where) if rule.products else np.ones(len(dataset.flows.products))
    if rule.except_products:
        coverage = coverage * (1 - _shares(rule.except_products, dataset, where))
    return np.flatnonzero(coverage), coverage


def _is_code(selector: str) -> bool:
    return ":" not in selector


def _of_code(code: str, dataset: Dataset, where: str) -> IntArray:
    """Products under an HS prefix, which has 2, 4, 6, 8 or 10 digits, or with this very code."""
    labels = labels_of(dataset)
    nests = code.isdigit() and len(code) % 2 == 0
    position = None if nests else labels.products.get(code)
    found = labels.below(code) if nests else np.array([] if position is None else [position], dtype=np.intp)
    if not len(found):
        raise _no_product(code, dataset, where)
    return found


def _no_product(selector: str, dataset: Dataset, where: str) -> ScenarioError:
    close = did_you_mean(selector, list(dataset.flows.products))
    return ScenarioError(
        f"{where}: no product of {dataset.name} matches {selector!r}{close}. "
        "Give an HS prefix with its leading zeros, a whole code, list:NAME or column:value."
    )


def _shares(selectors: tuple[str, ...], dataset: Dataset, where: str) -> Array:
    """Share of each product that selectors cover, the largest where several do [product]."""
    coverage = np.zeros(len(dataset.flows.products))
    for selector in selectors:
        if _is_code(selector):
            coverage[_of_code(selector, dataset, where)] = 1.0
            continue
        of_list = selector.startswith(LIST_PREFIX)
        share = (
            _listed(selector.removeprefix(LIST_PREFIX), dataset, where)
            if of_list
            else _grouped(selector, dataset, where)
        )
        if not np.any(share):
            raise _no_product(selector, dataset, where)
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


def pass_through_supply_elasticity(pass_through: float, armington_elasticity: Array) -> Array:
    """Export supply elasticity with which the share ρ of a duty on one supplier reaches its landed price.

        β = σ ρ/(1 − ρ)        ρ = 1 → inf, ρ = 0 → 0;  at a given composite price

    Raises
    ------
    ParameterError
        ρ outside 0 to 1.
    """
    if not 0 <= pass_through <= 1:
        raise ParameterError(f"Pass-through must be between 0 and 100%; it is {whole_percent(pass_through)}.")
    if pass_through == 1:
        return np.full_like(armington_elasticity, np.inf)
    return armington_elasticity * pass_through / (1 - pass_through)
