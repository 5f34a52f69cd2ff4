"""Rules as the controls hold them: one simple rule and the retaliation to it, or a list; and which preset they are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers
from calc.page.held.link import Value
from calc.scenario import Scenario
from calc.tariffs.law import Law
from calc.tariffs.policy import apply_rules
from calc.tariffs.rules import Rule
from calc.tariffs.sentences import describe_rule

SUBSIDY_WORDS = "Without it, a tariff that is taken away ends at 0: goods that were duty-free stay so."
TARIFF_LOW, TARIFF_HIGH = -100.0, 1000.0
ACTIONS = {"add": "Add points", "set": "Set", "multiply": "Multiply"}
SIMPLE = ("importer", "exporters", "products", "action", "tariff_pct", "allow_subsidy", "authority", "retaliation")
# What the simple controls hold where there is no rule; who and what are left as they are.
NO_RULE: Mapping[str, Value] = {
    "action": "add",
    "tariff_pct": 0.0,
    "allow_subsidy": False,
    "authority": "",
    "retaliation": False,
}
CUSTOM_POLICY = "Custom policy"  # title of rules that have no words of their own
_RULES_IN_A_TITLE = 3
Days = tuple[date | None, date | None]  # baseline and law_day of a scenario


def selectors(texts: list[str]) -> tuple[str, ...]:
    """Product selectors from what was chosen or typed: `8507.60, 85 05` is two HS codes."""
    found: list[str] = []
    for text in texts:
        typed = re.fullmatch(r"[\d.\s,;]+", text)
        pieces = re.split(r"[,;]", text) if typed else [text]
        found += [re.sub(r"[.\s]", "", piece) if typed else piece.strip() for piece in pieces]
    return tuple(dict.fromkeys(piece for piece in found if piece))


def matches_products(text: str, data: Dataset) -> bool:
    """Whether every selector in a text names some product of the dataset."""
    labels = answers.product_labels(data.name)
    codes = data.flows.products
    found = selectors([text])
    return bool(found) and all(s in labels or (s.isdigit() and codes.str.startswith(s).any()) for s in found)


def simple_rule(values: Mapping[Any, Any]) -> Rule:
    """The one rule that the simple controls hold."""
    return Rule(
        importer=(str(values["importer"]),),
        exporters=tuple(values["exporters"]),
        products=selectors(list(values["products"])),
        action=str(values["action"]),
        value_pct=float(values["tariff_pct"]),
        allow_subsidy=bool(values.get("allow_subsidy")),
        authority=(str(values["authority"]),) if values.get("authority") else (),
    )


def simple_rules(values: Mapping[Any, Any]) -> tuple[Rule, ...]:
    """What the simple controls come to: nothing, one rule, or one rule and the retaliation to it."""
    rule = simple_rule(values)
    if rule.action == "add" and rule.value_pct == 0:
        return ()
    return with_retaliation((rule,)) if values["retaliation"] else (rule,)


def title_of(rules: Sequence[Rule], data: Dataset) -> str:
    """Rules in words, as the title of a policy that has none of its own."""
    said = [describe_rule(rule, data) for rule in rules[:_RULES_IN_A_TITLE]]
    more = len(rules) - len(said)
    inside = [f"the {words[4:]}" if words.startswith("The ") else words for words in said[1:]]
    return "; ".join([*said[:1], *inside, *([f"and {more} more"] if more else [])]) or "No rule"


def full_retaliation(rules: tuple[Rule, ...]) -> Rule | None:
    """One rule of full retaliation by those hit by tariffs; None where there is nothing left to retaliate against.

    An economy with a rule of its own against the one that hit it has retaliated already. One rule for all, because
    `reciprocal` matches the whole change of a rate: two such rules on one line would retaliate twice.
    """
    tariffs = [rule for rule in rules if rule.instrument == "tariff"]
    open_rules = [
        rule
        for rule in tariffs
        if rule.action != "reciprocal" and not any(_retaliates(other, rule) for other in tariffs)
    ]
    if not open_rules:
        return None
    return Rule(
        importer=_union([rule.exporters for rule in open_rules]),
        exporters=_union([rule.importer for rule in open_rules]),
        action="reciprocal",
        value_pct=100.0,
        label="Full retaliation",
    )


def with_retaliation(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Rules and the retaliation to them, if there is any."""
    retaliation = full_retaliation(rules)
    return (*rules, retaliation) if retaliation else rules


def without_retaliation(rules: tuple[Rule, ...], data: Dataset) -> tuple[Rule, ...]:
    """Rules without the rule of full retaliation; the rules themselves where there is none."""
    for number, rule in enumerate(rules):
        rest = (*rules[:number], *rules[number + 1 :])
        retaliation = full_retaliation(rest) if rule.action == "reciprocal" else None
        if retaliation and essence(retaliation, data) == essence(rule, data):
            return rest
    return rules


def _retaliates(other: Rule, rule: Rule) -> bool:
    """Whether one rule acts on those who make another, by those whom it hits."""
    if other.importer == rule.importer and (rule.importer or rule.exporters):
        return False
    return _meet(rule.exporters, other.importer) and _meet(rule.importer, other.exporters)


def _meet(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two lists of codes share one; an empty list is everybody."""
    return not some or not others or bool(set(some) & set(others))


def _union(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    return () if () in lists else tuple(dict.fromkeys(code for codes in lists for code in codes))


def simple_values(rules: tuple[Rule, ...], data: Dataset) -> dict[str, Value] | None:
    """The simple controls that hold these rules; None if they cannot."""
    if not rules:
        return dict(NO_RULE)
    left = without_retaliation(rules, data)
    rule, retaliated = left[0], len(left) < len(rules)
    buyers = answers.importers(data.name)
    importer = rule.importer or (tuple(buyers) if len(buyers) == 1 else ())
    held: dict[str, Value] = {
        "importer": importer[0] if importer else "",
        "exporters": list(rule.exporters),
        "products": list(rule.products),
        "action": rule.action,
        "tariff_pct": float(rule.value_pct),
        "allow_subsidy": rule.allow_subsidy,
        "authority": next(iter(rule.authority), ""),
        "retaliation": retaliated,
    }
    economies = answers.economy_labels(data.name)
    possible = (
        len(left) == 1
        and len(importer) == 1
        and importer[0] in buyers
        and rule.action in ACTIONS
        and set(rule.exporters) <= set(economies)
        and TARIFF_LOW <= rule.value_pct <= TARIFF_HIGH
        and essence(rule, data) == essence(simple_rule(held), data)
    )
    return held if possible else None


def essence(rule: Rule, data: Dataset) -> tuple[object, ...]:
    """What a rule does, apart from its words and the order of its lists."""
    return (
        frozenset(rule.importer or answers.importers(data.name)),
        *(frozenset(codes) for codes in (rule.exporters, rule.except_exporters, rule.products, rule.except_products)),
        rule.action,
        rule.value_pct,
        rule.instrument,
        rule.allow_subsidy,
        frozenset(rule.authority),
        rule.schedule.content if rule.schedule else b"",
    )


def lit_preset(rules: tuple[Rule, ...], data: Dataset, days: Days = (None, None)) -> str | None:
    """Name of the preset of this dataset with exactly these rules and days."""
    wanted = [essence(rule, data) for rule in rules]
    for name, preset in _presets_of(data, days).items():
        if [essence(rule, data) for rule in preset.rules] == wanted:
            return name
    return None


def preset_value(rule: Rule, data: Dataset, days: Days = (None, None)) -> float | None:
    """Value of the preset of this dataset that differs from a rule by its value, and by retaliation, at most."""
    for preset in _presets_of(data, days).values():
        left = without_retaliation(preset.rules, data)
        if len(left) != 1 or left[0].schedule:
            continue
        if essence(replace(left[0], value_pct=rule.value_pct), data) == essence(rule, data):
            return left[0].value_pct
    return None


def _presets_of(data: Dataset, days: Days) -> dict[str, Scenario]:
    return {
        name: preset
        for name, preset in answers.preset_scenarios().items()
        if preset.dataset == data.name and (preset.baseline, preset.law_day) == days
    }


def rules_known_to(
    rules: tuple[Rule, ...], data: Dataset, law: Law | None = None
) -> tuple[tuple[Rule, ...], list[str]]:
    """Rules that a dataset can carry out, narrowed to what it knows, and what was left out.

    A rule is left out whole where narrowing would empty a list or let an exception fall, because it would widen.
    """
    economies = {*answers.economy_labels(data.name), *answers.importers(data.name)}
    kept, lost = [], []
    for number, rule in enumerate(rules, 1):
        narrowed = replace(
            rule,
            importer=tuple(code for code in rule.importer if code in economies),
            exporters=tuple(code for code in rule.exporters if code in economies),
            products=tuple(text for text in rule.products if matches_products(text, data)),
        )
        lists = ("importer", "exporters", "products")
        missing = [code for key in lists for code in getattr(rule, key) if code not in getattr(narrowed, key)]
        whole = any(getattr(rule, key) and not getattr(narrowed, key) for key in lists)
        if not whole:
            try:
                apply_rules((narrowed,), data, law=law)
            except CalcError:
                whole = True
        if whole:
            lost.append(f"rule {number}")
        else:
            kept.append(narrowed)
            lost += missing
    return tuple(kept), lost
