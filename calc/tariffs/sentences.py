"""Rules in words, for titles, headlines and reports."""

import re
from collections.abc import Mapping, Sequence

from calc.datasets.dataset import Dataset, kept_with_dataset
from calc.datasets.goods_names import goods_in_words
from calc.datasets.in_sentences import in_sentence
from calc.tariffs.record import AUTHORITY_WORDS
from calc.tariffs.rules import LIST_PREFIX, RECIPROCAL, Rule
from calc.words import ALL_PARTNERS, MINUS, capital, listing, percent_as_given, true_minus

_BRACKETS = re.compile(r" \(\w+\)$")  # a code behind a name, which stands in the rule already


def describe_rule(rule: Rule, dataset: Dataset, *, whole: bool = False) -> str:
    """A rule in words: `The United States adds 50 points to its tariff on coffee from Brazil`.

    Parameters
    ----------
    whole : name all partners and products, also where there are more than five
    """
    most = len(dataset.countries) + len(dataset.flows.products) if whole else 5
    who = _economies(rule.importer, dataset, most) or "every importer"
    whom = _partners(rule, dataset, most)
    goods = listing(goods_in_words(rule.products, dataset.products), most)
    target = f"{goods} from {whom}" if goods and whom != ALL_PARTNERS else goods or whom
    value, share = true_minus(f"{rule.value_pct:g}"), percent_as_given(rule.value_pct)
    many = len(rule.importer) > 1
    s, its = ("", "their") if many else ("s", "its")
    if rule.instrument == "tariff":
        if rule.authority:
            sentence = f"{who} {_authority_words(rule, target, s, its)}"
            if rule.action == "set" and rule.value_pct == 0:
                sentence = f"{_authorities(rule)} falls: {who} no longer charge{s} {target} under it"
        elif rule.schedule:
            acts = {"add": f"add{s} the rates of", "set": f"appl{'y' if many else 'ies'} the rates of"}
            act = acts.get(rule.action, f"{rule.action}{s} by")
            sentence = f"{who} {act} {rule.schedule.name} to {its} tariff on {target}"
        else:
            up = rule.value_pct >= 0
            tariff = f"{its} tariff on {target}"
            points = f"{value.lstrip(MINUS)} points"
            sentence = (
                f"{who} "
                + {
                    "add": f"add{s} {points} to {tariff}" if up else f"take{s} {points} off {tariff}",
                    "set": f"set{s} {tariff} to {share}",
                    "multiply": f"multipl{'y' if many else 'ies'} {tariff} by {rule.value_pct / 100:g}",
                    "floor": f"raise{s} {tariff} to at least {share}",
                    "cap": f"lower{s} {tariff} to at most {share}",
                    RECIPROCAL: f"retaliate{s} against {whom}, matching {share} of the tariff change"
                    + (f", on {goods}" if goods else ""),
                }[rule.action]
            )
    else:
        s = "" if len(rule.exporters) > 1 or not rule.exporters else "s"
        of_goods = f" of {goods}" if goods else ""
        if rule.instrument == "export_volume":
            left = percent_as_given(100 + rule.value_pct)
            sentence = f"{whom} cut{s} shipments{of_goods} to {who} to {left} of their base volume"
        elif rule.instrument == "export_tax":
            verb = "add" if rule.action == "add" else "set"
            sentence = f"{whom} {verb}{s} an export tax of {value} points on sales{of_goods} to {who}"
        else:
            more = "more" if rule.value_pct >= 0 else "less"
            size = percent_as_given(abs(rule.value_pct))
            sentence = f"bringing {goods or 'goods'} from {whom} to {who} costs {size} {more} of their price"
    if rule.allow_subsidy:
        sentence += ", below 0 too"
    if rule.except_products:
        sentence += f", except {listing(goods_in_words(rule.except_products, dataset.products), most)}"
    return capital(sentence)


def partners_concerned(rules: Sequence[Rule], dataset: Dataset) -> str:
    """The partners of all rules, as the rules name them: `the EU and Japan`; empty where rules name others."""
    named = {_partners(rule, dataset, 5) for rule in rules if rule.action != RECIPROCAL}
    return named.pop() if len(named) == 1 and len({rule.importer for rule in rules}) == 1 else ""


def goods_concerned(rules: Sequence[Rule], dataset: Dataset) -> str:
    """The goods of all rules: `coffee`; empty where rules act on others, or on all.

    In data by industry a choice by HS code is a part of industries, whose numbers are those of all their goods.
    """
    named = {rule.products for rule in rules}
    if len(named) != 1:
        return ""
    products = named.pop()
    goods = listing([_BRACKETS.sub("", one) for one in goods_in_words(products, dataset.products)], 5)
    by_industry = not dataset.flows.products.str.isdigit().any()
    part = any(selector.startswith(LIST_PREFIX) for selector in products)
    return f"all goods of the industries with {goods}" if by_industry and part else goods


def _economies(codes: tuple[str, ...], dataset: Dataset, most: int) -> str:
    names = _names(dataset)
    return listing([in_sentence(code, names.get(code, code)) for code in codes], most)


@kept_with_dataset(most=1)
def _names(dataset: Dataset) -> Mapping[str, str]:
    """Name of each economy, by code."""
    return dict(zip(dataset.countries["economy"], dataset.countries["name"], strict=True))


def _partners(rule: Rule, dataset: Dataset, most: int) -> str:
    whom = _economies(rule.exporters, dataset, most) or ALL_PARTNERS
    return f"{whom} but {_economies(rule.except_exporters, dataset, most)}" if rule.except_exporters else whom


def _authorities(rule: Rule) -> str:
    return listing([AUTHORITY_WORDS.get(name, name) for name in rule.authority])


def _authority_words(rule: Rule, target: str, s: str, its: str) -> str:
    """What a rule on parts of the law does: `adds 100 points under IEEPA (other) to its tariff on China`."""
    under, share = _authorities(rule), percent_as_given(rule.value_pct)
    return {
        "add": f"add{s} {true_minus(f'{rule.value_pct:g}')} points under {under} to {its} tariff on {target}",
        "set": f"charge{s} {target} {share} under {under}",
        "multiply": f"multipl{'ies' if s else 'y'} what it charges {target} under {under} by {rule.value_pct / 100:g}",
        "floor": f"charge{s} {target} at least {share} under {under}",
        "cap": f"charge{s} {target} at most {share} under {under}",
    }[rule.action]
