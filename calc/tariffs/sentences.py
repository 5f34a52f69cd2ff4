"""Rules in words, for titles, headlines and reports."""

from calc.datasets.dataset import Dataset
from calc.tariffs.record import AUTHORITY_WORDS
from calc.tariffs.rules import Rule
from calc.words import MINUS, listing, percent_as_given, true_minus


def describe_rule(rule: Rule, dataset: Dataset, *, whole: bool = False) -> str:
    """A rule in words: `United States adds 100 points to its tariff on China`.

    Parameters
    ----------
    whole : name all partners and products, also where there are more than five
    """
    names = dict(zip(dataset.countries["economy"], dataset.countries["name"], strict=True))
    most = len(names) + len(dataset.flows.products) if whole else 5

    def named(codes: tuple[str, ...]) -> str:
        return listing([names.get(code, code) for code in codes], most)

    who, whom = named(rule.importer) or "every importer", named(rule.exporters) or "all partners"
    if rule.except_exporters:
        whom += f" but {named(rule.except_exporters)}"
    value, share = true_minus(f"{rule.value_pct:g}"), percent_as_given(rule.value_pct)
    if rule.instrument == "export_volume":
        sentence = f"{whom} cuts shipments to {who} to {percent_as_given(100 + rule.value_pct)} of their base volume"
    elif rule.instrument == "export_tax":
        sentence = (
            f"{whom} {'adds' if rule.action == 'add' else 'sets'} an export tax of {value} points on sales to {who}"
        )
    elif rule.instrument == "trade_cost":
        more = "more" if rule.value_pct >= 0 else "less"
        sentence = (
            f"bringing goods from {whom} to {who} costs {percent_as_given(abs(rule.value_pct))} {more} of their price"
        )
    elif rule.schedule:
        verb = {"add": "adds the rates of", "set": "applies the rates of"}.get(rule.action, f"{rule.action}s by")
        sentence = f"{who} {verb} {rule.schedule.name} to its tariff on {whom}"
    else:
        sentence = {
            "add": f"{who} {'adds' if rule.value_pct >= 0 else 'takes'} {value.lstrip(MINUS)} points "
            f"{'to' if rule.value_pct >= 0 else 'off'} its tariff on {whom}",
            "set": f"{who} sets its tariff on {whom} to {share}",
            "multiply": f"{who} multiplies its tariff on {whom} by {rule.value_pct / 100:g}",
            "floor": f"{who} raises its tariff on {whom} to at least {share}",
            "cap": f"{who} lowers its tariff on {whom} to at most {share}",
            "reciprocal": f"{who} retaliates against {whom}, matching {share} of the tariff change",
        }[rule.action]
    if rule.authority:
        sentence = _authority_sentence(rule, who, whom)
    if rule.products:
        sentence += f", on {listing([_selector_words(selector) for selector in rule.products], most)}"
    if rule.except_products:
        sentence += f", except {listing([_selector_words(selector) for selector in rule.except_products], most)}"
    return sentence[0].upper() + sentence[1:]


def _authority_sentence(rule: Rule, who: str, whom: str) -> str:
    """A rule on parts of the law in words: `United States adds 100 points under IEEPA (other) on China`."""
    under = listing([AUTHORITY_WORDS.get(name, name) for name in rule.authority])
    if rule.action == "set" and rule.value_pct == 0:
        return f"{under} falls: {who} no longer charges {whom} under it"
    share = percent_as_given(rule.value_pct)
    verb = {
        "add": f"adds {true_minus(f'{rule.value_pct:g}')} points under {under} to its tariff on {whom}",
        "set": f"charges {whom} {share} under {under}",
        "multiply": f"multiplies what it charges {whom} under {under} by {rule.value_pct / 100:g}",
        "floor": f"charges {whom} at least {share} under {under}",
        "cap": f"charges {whom} at most {share} under {under}",
    }[rule.action]
    return f"{who} {verb}"


def _selector_words(selector: str) -> str:
    """A choice of products in words: `products 8505`, `the list rare-earths`, `section XVII`, `goods`."""
    column, colon, value = selector.partition(":")
    if not colon:
        return f"products {selector}"
    if column == "list":
        return f"the list {value}"
    # a word of its own, such as goods or consumption, needs no column beside it
    return value if value.isalpha() and value.islower() else f"{column} {value}"
