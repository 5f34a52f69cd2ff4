"""Numbers and sentences for people: the same on the page, in the terminal and in a report's README.

The screen rounds, files do not. The house writes `100%` without a space and `$244 m` with one, a true minus sign, one
decimal for percentages and three significant digits for money; no other file spells a percent or minus sign by itself.
"""

import math
import re
from calendar import month_name
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from calc.flows import BoolArray
from calc.glossary import Quantity
from calc.result import Result

MINUS = "−"
PERCENT = "%"
POINTS = " points"
ALL_PARTNERS = "all partners"
BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:tn|bn|m|k)(?:\W|$))")  # the space of `$244 m`, at which no line may break
_SIGN = re.compile(r"−(?=\\?\$)")  # a browser would break a line between the sign and the dollars
_MONEY = ((1e12, " tn"), (1e9, " bn"), (1e6, " m"), (1e3, " k"))


def unbroken(words: str) -> str:
    """Words in which no line breaks between a number and its unit, or its sign and the dollars."""
    return _SIGN.sub("−\u2060", BEFORE_UNIT.sub("\u00a0", words))


def signed(text: str, value: float) -> str:
    """`text` of an absolute value with its sign; no sign on a rounded zero."""
    if not any(digit in text for digit in "123456789"):
        return text
    return (MINUS if value < 0 else "+") + text


def true_minus(text: str) -> str:
    """A formatted number with a true minus in place of the hyphen: `−7.5`."""
    return text.replace("-", MINUS)


def percent(fraction: float, *, sign: bool = True, unit: str = PERCENT) -> str:
    """A fraction as percent: `−41.0%`; `sign=False` leaves the sign out.

    Parameters
    ----------
    unit : what follows the number; POINTS for a difference of rates, empty for the first end of a range
    """
    if math.isnan(fraction):
        return "–"
    text = f"{abs(fraction) * 100:,.1f}{unit}"
    return signed(text, fraction) if sign else text


def small_percent(fraction: float, *, unit: str = PERCENT) -> str:
    """A small effect as percent, with its sign: `−0.53%`, `+0.004%`, `+12.3%`; `unit` as for `percent`."""
    if math.isnan(fraction):
        return "–"
    size = abs(fraction) * 100
    digits = 1 if size >= 9.95 else 2 if size >= 0.095 else 3
    return signed(f"{size:,.{digits}f}{unit}", fraction)


def rate(fraction: float) -> str:
    """A tariff rate: `10.9%`, with its sign only when negative."""
    return percent(fraction, sign=fraction < 0)


def percent_as_given(value_pct: float, *, sign: bool = False) -> str:
    """A number already in percent, with the digits it was given: `25%`, `−7.5%`; `sign` asks for a plus too."""
    return true_minus(f"{value_pct:{'+' if sign else ''}g}") + PERCENT


def whole_percent(fraction: float) -> str:
    """A share without decimals: `60%`."""
    return true_minus(f"{fraction * 100:.0f}") + PERCENT


def money(dollars: float, *, sign: bool = True) -> str:
    """US$ to three significant digits: `−$1.24 bn`, `$244 m`."""
    if math.isnan(dollars):
        return "–"
    size = abs(dollars)
    # 999.5 rounds to 1,000 and so belongs to the next unit up
    unit, name = next(((unit, name) for unit, name in _MONEY if size >= unit * 0.9995), (1.0, ""))
    scaled = size / unit
    digits = 0 if scaled == 0 else max(0, 2 - math.floor(math.log10(scaled)))
    text = f"${scaled:,.{min(digits, 2)}f}{name}"
    return signed(text, dollars) if sign else text


def money_alike(values: Sequence[float]) -> tuple[float, Callable[[float], str]]:
    """How numbers that add up are written: the last digit of all of them in US$, and the words for one rounded to it.

    All have the unit of the smallest that is more than a hundredth of the greatest: `−$187.3 bn`, `+$2.3 bn`.
    """
    sizes = [abs(value) for value in values if not math.isnan(value)]
    counted = [size for size in sizes if size > max(sizes) / 100] or [0.0]
    unit, name = next(((unit, name) for unit, name in _MONEY if min(counted) >= unit), (1.0, ""))
    digits = 0 if unit == 1.0 else 1 if max(counted) >= 10 * unit else 2

    def words(value: float) -> str:
        return signed(f"${abs(value) / unit:,.{digits}f}{name}", value)

    return unit * 10.0**-digits, words


def whole_dollars(dollars: float) -> str:
    """US$ of one household, to the dollar: `$1,557`, `−$12`."""
    text = f"${abs(dollars):,.0f}"
    return MINUS + text if dollars < 0 and text != "$0" else text


def quantity_text(value: float, quantity: Quantity, *, unit: str = PERCENT, fine: bool = False) -> str:
    """A headline number in its own unit; changes carry their sign, levels only a minus.

    Parameters
    ----------
    unit : what follows a percentage, as for `percent`; money keeps its own
    fine : give a small relative change the digits it needs
    """
    if quantity.unit == "fraction" and fine and not quantity.is_level:
        return small_percent(value, unit=unit)
    sign = not quantity.is_level or value < 0
    return percent(value, sign=sign, unit=unit) if quantity.unit == "fraction" else money(value, sign=sign)


def range_text(low: float, high: float, quantity: Quantity, *, fine: bool = False) -> str:
    """Two ends of a range: `−45.0 to −22.0%`, `−$3.10 bn to −$1.20 bn`; empty where there is none."""
    if math.isnan(low) or low == high:
        return ""
    return f"{quantity_text(low, quantity, unit='', fine=fine)} to {quantity_text(high, quantity, fine=fine)}"


def day_words(day: str | date) -> str:
    """A day such as 2025-11-10 for people: `10 November 2025`."""
    year, month, number = str(day).split("-")
    return f"{int(number)} {month_name[int(month)]} {year}"


def listing(words: list[str], most: int = 5) -> str:
    """`a`, `a and b`, `a, b and c`; beyond `most` words, one less of them and a count."""
    if len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def capital(sentence: str) -> str:
    """A sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def continued(sentence: str) -> str:
    """A sentence after a semicolon: `the United States adds …`; names keep their capital."""
    return f"the {sentence[4:]}" if sentence.startswith("The ") else sentence


def headline(result: Result, *, whose: str = "", goods_hit: bool | None = None) -> str:
    """One sentence: what is done, compared with what, and what it does to imports, prices and the other suppliers.

    A clause that the result cannot fill is left out.

    Parameters
    ----------
    result : an answer, whole or as one importer sees it
    whose : that importer as a sentence says it, where the data have several: `the United States`
    goods_hit : speak of the goods hit, or of all imports; what the answer opens with if absent
    """
    inputs = result.inputs
    if inputs is None:
        return result.scenario
    what = (inputs.policy[0] if len(inputs.policy) == 1 else result.scenario).rstrip(".")
    if inputs.policy and inputs.compared_with:
        what = f"{what}, compared with {inputs.compared_with}"
    targeted = _targeted_exporters(result)
    if not targeted:
        return f"{what}: nothing changes ({inputs.year} US$)."
    if result.incomes_move:
        return f"{what}: {', '.join(_income_clauses(result))} (economies of {inputs.year}, US$)."
    rent = _rent_of_exporters(result)
    if result.goods_hit_alone if goods_hit is None else goods_hit:
        imports = _imports_concerned(result, targeted, whose)
        change = result.value("targeted_import_value_relative_change")
        goods, price = inputs.goods or "the goods hit", result.value("affected_composite_price_change")
    else:
        imports, change = _all_imports(result, targeted, whose)
        goods, price = "all imports", result.value("import_price_change")
    clauses = [f"{imports} {moves(change)}", f"prices paid for {goods} {moves(price, small_percent)}"]
    gainers, gained = _gainers(result, targeted)
    if rent is not None:
        verb = "gain" if rent >= 0 else "lose"
        exporters = _partners(result, targeted)
        there = f" on sales to {whose}" if whose else ""
        clauses.append(f"{possessive(exporters)} exporters {verb} {amount(abs(rent))}{there}")
    elif len(gainers):
        verb = "gains" if len(gainers) == 1 else "gain"
        clauses.append(f"{listing(in_sentences(result, gainers))} {verb} {amount(gained)} of sales")
    return f"{what}: {', '.join(clauses)} (trade of {inputs.year}, US$)."


def amount(dollars: float) -> str:
    """US$ in a sentence, without its sign: `$96.3 bn`; what rounds to no million is `less than $1 m`."""
    return "less than $1 m" if 0 < dollars < 1e6 else money(dollars, sign=False)


def in_sentences(result: Result, codes: Iterable[str]) -> list[str]:
    """Economies as a sentence says them; the code where none is known."""
    said = result.inputs.in_sentences if result.inputs else {}
    return [said.get(code, code) for code in codes]


def _imports_concerned(result: Result, targeted: list[str], whose: str) -> str:
    """The trade whose tariff, cost or volume a rule sets: `the United States' imports of coffee from Brazil`."""
    buyers = [] if whose else _buyers(result.lines)
    goods = f" of {result.inputs.goods}" if result.inputs and result.inputs.goods else ""
    own = f"{possessive(whose)} imports" if whose else "imports"
    return _between(f"{own}{goods} from {_partners(result, targeted)}", buyers, targeted, result)


def _all_imports(result: Result, targeted: list[str], whose: str) -> tuple[str, float]:
    """All imports from the partners concerned in words, and their relative change."""
    lines = result.lines
    buyers = _buyers(lines)
    chosen = np.flatnonzero(_among(lines["exporter"], targeted))
    chosen = chosen[_among(lines["importer"].iloc[chosen], buyers)]
    base, new = (float(lines[f"import_value_{when}"].to_numpy()[chosen].sum()) for when in ("base", "new"))
    who = _partners(result, targeted)
    own = f"{possessive(whose)} imports" if whose else "imports"
    words = f"all {own}" if who == ALL_PARTNERS else f"{own} from {who}"
    return words if whose or len(buyers) < 2 else _between(words, buyers, targeted, result), new / base - 1


def _gainers(result: Result, targeted: list[str]) -> tuple[list[str], float]:
    """The two other suppliers that gain most sales, and how much they gain together, US$."""
    gains = result.economies["exports_change"].to_numpy()
    largest = np.argsort(-gains, kind="stable")[: len(targeted) + 2]  # what is not known comes last
    most = [k for k in largest if gains[k] > 0 and result.economies["economy"].iloc[k] not in targeted][:2]
    return [str(result.economies["economy"].iloc[k]) for k in most], float(gains[most].sum())


def _buyers(lines: pd.DataFrame) -> list[str]:
    """Importers on whose lines a rule acts."""
    own = lines["importer"].cat
    counted = np.bincount(own.codes.to_numpy()[lines["targeted"].to_numpy()], minlength=len(own.categories))
    return list(map(str, own.categories[counted > 0]))


def _among(economies: pd.Series, chosen: list[str]) -> BoolArray:
    """Which rows name one of the chosen economies; each economy is looked up once, and not each row."""
    of_category: BoolArray = economies.cat.categories.isin(chosen)
    of_row: BoolArray = of_category.take(economies.array.codes)
    return of_row


def _between(imports: str, buyers: list[str], targeted: list[str], result: Result) -> str:
    """Imports of two economies from each other, where these are meant."""
    if len(buyers) == 2 and set(buyers) == set(targeted):
        return f"imports of {listing(in_sentences(result, buyers))} from each other"
    return imports


def _rent_of_exporters(result: Result) -> float | None:
    """What exporters gain where only their shipments are restricted; None where a tariff changes."""
    lines = result.lines
    targeted = lines["targeted"].to_numpy()
    changed = lines["tariff_new"].to_numpy() != lines["tariff_base"].to_numpy()
    other = bool(result.inputs and "trade_cost" in result.inputs.instruments)
    if other or (changed & targeted).any():
        return None
    gain = float(lines["producer_surplus_change"][targeted].sum(min_count=1))
    return None if math.isnan(gain) else gain


def _income_clauses(result: Result) -> list[str]:
    """What whole economies gain or lose: those that change tariffs, their prices, and who gains most."""
    lines = result.lines[result.lines["targeted"]]
    acting = [str(code) for code in lines.groupby("importer", observed=True)["import_value_base"].sum().index]
    whose = listing(in_sentences(result, acting)) if len(acting) <= 3 else "the countries changing tariffs"
    rows = result.summary.set_index("metric")["value"]
    # an importer's own answer has its own income, a whole answer that of all who act
    income, prices = (
        float(rows[f"acting_{name}"] if f"acting_{name}" in rows else rows[name])
        for name in ("real_income_change", "consumer_price_change")
    )
    gains = result.economies[result.economies["net_welfare_change"] > 0]
    gains = gains[~gains["economy"].isin(acting)].nlargest(2, "net_welfare_change")
    clauses = [
        f"real income of {whose} {moves(income, small_percent, singular=True)}",
        f"consumer prices {moves(prices, small_percent)}",
    ]
    if len(gains):
        verb = "gains" if len(gains) == 1 else "gain"
        worth = amount(float(gains["net_welfare_change"].sum()))
        clauses.append(f"{listing(in_sentences(result, gains['economy']))} {verb} {worth} of real income")
    return clauses


def months_words(months: float) -> str:
    """A span of time: `3 months`, `1 year`, `3 years`."""
    if months % 12 == 0:
        return f"{months / 12:g} year{'' if months == 12 else 's'}"
    return f"{months:g} month{'' if months == 1 else 's'}"


def possessive(name: str) -> str:
    """`China's`, `United States'`."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _partners(result: Result, targeted: list[str]) -> str:
    """The exporters concerned: as the rules name them where they are many, else by their names."""
    named = result.inputs.partners if result.inputs else ""
    if len(targeted) <= 3 and " but " not in named:
        return listing(in_sentences(result, targeted))
    sell = int((result.economies["exports_base"] > 0).sum())
    if named or len(targeted) == sell:
        return named or ALL_PARTNERS
    return "nearly all partners" if len(targeted) > 0.9 * sell else f"{len(targeted)} partners"


def _targeted_exporters(result: Result) -> list[str]:
    """Exporters on whose lines the rate, price or volume was set, largest imports first."""
    lines = result.lines
    changed = lines["targeted"].to_numpy()
    if not changed.any():
        return []
    codes = lines["exporter"].cat.codes.to_numpy()[changed]
    value = np.bincount(codes, weights=lines["import_value_base"].to_numpy()[changed])
    order = np.argsort(-value, kind="stable")
    categories = lines["exporter"].cat.categories
    return [str(categories[k]) for k in order if value[k] > 0]


def moves(change: float, words: Callable[[float], str] = percent, *, singular: bool = False) -> str:
    """What something does: `rise 0.3%`, `fall 41.0%`, `hardly move`; `rises` of one thing."""
    text, ending = words(change).lstrip(f"+{MINUS}"), "s" if singular else ""
    if not any(digit in text for digit in "123456789"):
        return f"hardly move{ending}"
    return f"{'rise' if change > 0 else 'fall'}{ending} {text}"
