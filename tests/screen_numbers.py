"""Every number that What-if shows, with its name: of headline, badges, cards, scope, tables, map and bars."""

import re
from dataclasses import dataclass

from pages import headline_of

MINUS, UNITS = "−", {"": 1.0, " k": 1e3, " m": 1e6, " bn": 1e9, " tn": 1e12}
MONEY = r"[+−]?\$[\d,.]+(?: (?:k|m|bn|tn)\b)?"
PERCENT = r"[+−]?[\d,.]+%"
_NUMBER = re.compile(
    r"(?P<sign>[+−])?(?P<money>\$)?(?P<digits>[\d,]+(?:\.(?P<places>\d+))?)(?P<unit> (?:k|m|bn|tn)\b|%)?"
)
SCOPES = {"goods": "goods hit", "all": "all imports"}


@dataclass(frozen=True)
class Reading:
    """A number on the screen.

    Parameters
    ----------
    name : what it is called there, or means by its sentence
    value : US$ or a fraction
    off : half a unit of its last digit
    place : where it stands
    """

    name: str
    value: float
    off: float
    place: str


def read(name, text, place, *, sign=1.0):
    """A number in the words of the page."""
    found = _NUMBER.search(text)
    unit = found["unit"] or ""
    factor = 0.01 if unit == "%" else UNITS[unit]
    size = float(found["digits"].replace(",", ""))
    sign *= -1 if found["sign"] == MINUS else 1
    return Reading(name, sign * size * factor, 0.5 * factor * 10.0 ** -len(found["places"] or ""), place)


def disagreements(readings):
    """Pairs of readings of one name that cannot be the same number."""
    first = {}
    found = []
    for one in readings:
        other = first.setdefault(one.name, one)
        if abs(one.value - other.value) > 1.0001 * (one.off + other.off):
            found.append((one, other))
    return found


def numbers_of(page):
    """All readings of a page of What-if."""
    found = [*_cards(page), *_badges(page), *_headline(page), *_scope(page)]
    return [*found, *_tables(page), *_pictures(page)]


def _plain(text):
    return re.sub(r"\\|\u2060", "", text).replace("\u00a0", " ")


def _texts(page):
    return [_plain(text.value) for text in page.markdown]


def scope_of(page):
    """The scope on screen in words; all imports where there is no choice."""
    chosen = [group.value for group in page.get("button_group") if group.proto.label == "Numbers of"]
    return SCOPES[chosen[0]] if chosen else SCOPES["all"]


def _cards(page):
    return [read(card.label, _plain(card.value), "card") for card in page.metric if card.value != "–"]


def _badges(page):
    for text in _texts(page):
        if found := re.match(rf":blue-badge\[(?P<name>.+?) (?P<before>{PERCENT}) → (?P<after>{PERCENT})\]", text):
            name = re.sub(" of the .*| of [A-Z].*", "", found["name"])
            before = name.replace("Average tariff", "Average tariff before")
            before = f"{name}, before" if before == name else before
            yield read(before, found["before"], "badge")
            yield read(name, found["after"], "badge")


def _headline(page):
    text = headline_of(page)
    scope = scope_of(page)
    if price := re.search(rf"prices paid for (?P<goods>.+?) (?P<move>rise|fall) (?P<size>{PERCENT})", text):
        kind = "all imports" if price["goods"] == "all imports" else "goods hit"
        assert kind == scope, text
        yield read(f"Price, {kind}", price["size"], "headline", sign=1 if price["move"] == "rise" else -1)
    whose = r"imports(?: of .+?)? from (?P<who>[A-Z][\w ]+)"
    if (one := re.search(rf"{whose} (?P<move>rise|fall) (?P<size>{PERCENT}),", text)) and " and " not in one["who"]:
        name = f"Imports from {one['who']}, {scope}"
        yield read(name, one["size"], "headline", sign=1 if one["move"] == "rise" else -1)


def _scope(page):
    for text in _texts(page):
        if not text.startswith(":small[Goods hit:"):
            continue
        value, share = re.search(rf"({MONEY}) or ({PERCENT}) of imports", text).groups()
        yield read("Goods hit before", value, "scope")
        yield read("Goods hit, share of imports", share, "scope")
        other, price = re.search(rf"Price of (all imports|the goods hit).*?: ({PERCENT})", text).groups()
        yield read(f"Price, {other.removeprefix('the ')}", price, "scope")


def _tables(page):
    """Totals of product lines and of competitors; a number of the table is exact."""
    scope = scope_of(page)
    names = {
        "Change of imports, $ m": "Change of imports, goods hit" if scope == "goods hit" else "Change of imports",
        "Tariff before, %": f"Average tariff before, {scope}",
        "Tariff after, %": f"Average tariff, {scope}",
        "Volume, %": f"Volume, {scope}",
        "Trade diversion, $ m": "Trade diversion",
        "Price effect, $ m": "Price effect",
        "Trade creation, $ m": "Trade creation",
    }
    if scope == "goods hit":
        names["Imports before, $ m"] = "Goods hit before"
    for table in page.dataframe:
        total = table.value.iloc[0]
        if "Total" not in total.to_list():
            continue
        for column, name in names.items():
            if column in total.index:
                value = float(total[column]) * (0.01 if column.endswith("%") else 1e6)
                yield Reading(name, value, abs(value) * 1e-9 + 1e-9, "table")


def _pictures(page):
    """What bars and map say of each partner, and the bar of who pays."""
    scope = scope_of(page)
    for chart in page.get("vega_lite_chart"):
        text = _plain(chart.proto.alt)
        for name, change, share in re.findall(rf"(?:: |, )([A-Z][^,:]*?) ({MONEY}) \(({PERCENT})\)", text):
            yield read(f"Change of imports from {name}", change, "chart")
            yield read(f"Imports from {name}, {scope}", share, "chart")
        if treasury := re.search(rf"[Tt]reasury ({MONEY})", text):
            yield read("Tariff revenue", treasury[1], "who pays")
