"""The grammar of a policy in words: clauses, each an action on goods from partners, and nothing guessed.

A text is clauses with `;`, a full stop, a new line, or a comma or "and" before the next number or verb between them:

    25% on cars from the EU, Japan and Korea; 10% on everyone else; chips exempt

    clause    N% on WHAT · add N points on WHAT · N points to the tariff on WHAT           adds N points
              set the tariff on WHAT to N%                                                 sets it
              raise the tariff on WHAT to N% (by N points) · cut it to N% (by N points)    at least, at most (adds)
              remove the tariff on WHAT · free trade with PARTNERS                         sets it to 0
              double · triple · halve the tariff on WHAT · multiply it by N                multiplies
              GOODS or PARTNERS exempt · exempt … · except …                               out of every rule of the text
              PARTNER retaliates (in full, by half, matching N%)                           the same on the other side
              PARTNER cuts exports of GOODS by N% · to N% · halves · stops                 volume of its exports
              PARTNER adds an export tax of N points on sales of GOODS to PARTNER
              from the tariffs of DATE · compared with the tariffs of DATE                 dates
    WHAT      GOODS from PARTNERS · PARTNERS · GOODS · Chinese GOODS · everyone · everyone else · … except …
    subject   before a verb: China adds 10% on …; without one, the importer of the data

"By N%" of a tariff is asked about, because it can be points or a share; so is a word with several meanings.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from calc.errors import ScenarioError
from calc.in_words.vocabulary import MARK, Vocabulary, goods_in, partners_in, plain_words, refused
from calc.tariffs.rules import RECIPROCAL, Rule

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_RATE = rf"(?P<rate>{_NUMBER}) ?(?P<unit>%|percentage points?|percent|per cent|points?|pts)"
_TARIFF = r"(?:(?:import )?(?:tariffs?|dut(?:y|ies)|rates?|surtax|surcharge|levy)(?: rates?)?)"
_ITS = r"(?:(?:its|the|all|their|any|our|an additional|additional|an extra|extra|a new|new|an?) )*"
_ADD = r"(?:adds?|puts?|imposes?|levies|levy|slaps?|charges?)"
_WHO = r"(?:(?P<who>[^%]+?) )??"
_ON = r"(?:on|for|against)"
_VERBS = (
    rf"(?:{_ADD}|sets?|fix(?:es)?|raises?|increases?|lifts?|cuts?|lowers?|reduces?|removes?|scraps?|abolish(?:es)?|"
    r"drops?|ends?|eliminates?|doubles?|triples?|halves?|halve|multipl(?:y|ies)|exempts?|spares?|"
    r"takes?|retaliates?|stops?|free trade|no tariffs?|compared with|from the tariffs|on top of)"
)
_LAW = rf"(?:the )?(?:{_TARIFF}|law)(?: in force)? (?:of|on|at) "
_BREAK = re.compile(
    rf";|\n|\.(?=\s|$)|,? and (?={_NUMBER} ?(?:%|p))|,(?= ?{_NUMBER} ?(?:%|p))|,? then |"
    rf",? (?:and )?(?=(?:from|on top of) {_LAW}|compared (?:with|to) )|(?:,| and) (?:and )?(?={_VERBS}\b)"
)
_SPARED = r"(?:(?:is|are) )?(?:exempt(?:ed)?|excluded|spared)"
_LAST_SPARED = re.compile(rf"(?P<rule>[^,]*\d[^,]*), (?P<spared>[^,]+ {_SPARED})")
_ALL = frozenset(
    (
        *("everyone", "everybody", "everything", "anyone", "every", "partner", "partners", "country", "countries"),
        *("economies", "world", "goods", "imports", "products", "importer"),
    )
)
_LINKS = frozenset((MARK, ",", "and", "or", "on", "'s"))
# partners, then goods: "@ and @ toys and furniture", "@ , on products 8703"
_PARTNERS_FIRST = re.compile(rf"{MARK}(?:(?: ,)?(?: and)? {MARK})*(?: ,)?(?: on)? (?P<goods>(?!and |, ).+)")
_ELSE = re.compile(
    r"\b(?:every(?:one|body|thing) else|(?:all )?(?:the )?others?(?: (?:countries|partners|economies|country))?|"
    r"the rest(?: of the world)?)\b"
)
_EXCEPT = re.compile(r",? ?\b(?:except(?: for)?|excluding|but not|other than|apart from|without|but)\b ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """Goods and partners that are out of every rule of the text."""

    products: tuple[str, ...] = ()
    exporters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Days of the record: from whose tariffs the rules start, and with which they are compared."""

    law_day: date | None = None
    baseline: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Goods and partners that a clause names; `others`: those whom no earlier clause names."""

    exporters: tuple[str, ...] = ()
    except_exporters: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    except_products: tuple[str, ...] = ()
    others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A rule as a clause says it; `others` as for `Target`."""

    rule: Rule
    others: bool = False


Clause = Said | Exempt | Dates


def clauses_of(text: str) -> tuple[str, ...]:
    """The clauses of a text, in small letters.

    Raises
    ------
    ScenarioError
        Of several words with commas between them, it is open which are exempt.
    """
    parts = [part.strip(" ,.") for part in _BREAK.split(plain_lines(text)) if part.strip(" ,.")]
    clauses: list[str] = []
    for part in parts:
        if last := _LAST_SPARED.fullmatch(part):
            clauses += [last["rule"], last["spared"]]
        elif re.search(rf"\d.*, .* {_SPARED}$", part):
            raise ScenarioError(f"{part!r}: which of these are exempt? Write ';' before the first of them.")
        else:
            clauses.append(part)
    return tuple(clauses)


def plain_lines(text: str) -> str:
    """`plain_words` that keeps the ends of lines."""
    return "\n".join(plain_words(line) for line in text.splitlines())


def read_clause(clause: str, words: Vocabulary) -> Clause:
    """What a clause says.

    Raises
    ------
    ScenarioError
        It is in no form of the grammar, names something unknown, or can be read in two ways.
    """
    for pattern, make in _FORMS:
        if found := pattern.fullmatch(clause):
            return make(found, words)
    raise ScenarioError(
        f"{clause!r} is not understood. Write it as '25% on cars from Japan', 'set the tariff on China to 60%', "
        "'remove the tariff on Vietnam', 'chips exempt', 'China retaliates' or 'compared with the tariffs of "
        "2025-11-10'."
    )


def target_of(text: str, words: Vocabulary) -> Target:
    """Goods and partners of `cars from Japan`, `China, on products 8703`, `Chinese goods`, `everyone else`.

    Raises
    ------
    ScenarioError
        A word that is unknown or has several meanings.
    """
    inside, *out = _EXCEPT.split(text)
    spared = []
    for part in out:  # "all partners but Taiwan, on chips": goods after the comma are not spared
        spare, _, goods = part.partition(", on ")
        spared.append(_both(spare.removeprefix("from "), words))
        inside += f", on {goods}" if goods else ""
    others = bool(_ELSE.search(inside))
    exporters, products = _both(_ELSE.sub(" ", inside), words)
    if others and exporters:
        raise ScenarioError(f"{text!r} names partners and everyone else; write two clauses.")
    return Target(
        exporters=exporters,
        products=products,
        except_exporters=tuple(code for partners, _ in spared for code in partners),
        except_products=tuple(code for _, goods in spared for code in goods),
        others=others,
    )


def _both(text: str, words: Vocabulary) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Partners and products of a text without exceptions."""
    goods, _, sellers = text.partition(" from ")
    if sellers:
        exporters, left = partners_in(sellers, words)
        _nothing_left(left, words)
        products, left = goods_in(goods, words)
        _nothing_left(left, words)
        return exporters, products
    exporters, left = partners_in(text, words)
    if exporters and not _only_links(left):
        both = _PARTNERS_FIRST.fullmatch(left)
        if both is None or MARK in both["goods"]:
            products, rest = goods_in(left.replace(MARK, " "), words)
            _nothing_left(rest, words)
            raise ScenarioError(f"{text!r} joins goods and partners. Write 'cars from China', or two clauses.")
        left = both["goods"]
    products, left = goods_in(left, words)
    _nothing_left(left, words)
    return exporters, products


def _only_links(left: str) -> bool:
    return all(word in _ALL or word in _LINKS for word in left.split())


def _nothing_left(left: str, words: Vocabulary) -> None:
    """Refuse words that are in no vocabulary."""
    for part in re.split(rf"{MARK}|,|\band\b", left):
        unknown = " ".join(word for word in part.split() if word not in _ALL)
        if not _only_links(unknown):
            raise refused(unknown, words)


def _importer(who: str | None, words: Vocabulary) -> tuple[str, ...]:
    if not who:
        return ()
    codes, left = partners_in(who, words)
    if not _only_links(left) or not (codes or who.strip() in ("every importer", "everyone", "all")):
        raise ScenarioError(f"{who!r} is no economy or group that is known here; begin with who charges the tariff.")
    return codes


def _rule(found: re.Match[str], words: Vocabulary, action: str, value: float) -> Said:
    target = target_of((found["what"] or "everyone") + (found.groupdict().get("rest") or ""), words)
    return Said(
        rule=Rule(
            importer=_importer(found.groupdict().get("who"), words),
            exporters=target.exporters,
            except_exporters=target.except_exporters,
            products=target.products,
            except_products=target.except_products,
            action=action,
            value_pct=value,
        ),
        others=target.others,
    )


def _add(found: re.Match[str], words: Vocabulary) -> Said:
    return _rule(found, words, "add", float(found["rate"]))


def _take(found: re.Match[str], words: Vocabulary) -> Said:
    return _rule(found, words, "add", -float(found["rate"]))


def _set(found: re.Match[str], words: Vocabulary) -> Said:
    return _rule(found, words, "set", float(found["rate"]))


def _change(found: re.Match[str], words: Vocabulary) -> Said:
    """Raise or cut: to a rate, which is a floor or a cap, or by points."""
    up = re.match(r"raise|increase|lift", found["verb"]) is not None
    rate = float(found["rate"])
    if found["how"] == "by":
        if "point" not in found["unit"] and found["unit"] != "pts":
            raise ScenarioError(
                f"{found[0]!r}: {rate:g}% of the tariff, or {rate:g} points? Write 'by {rate:g} points', or 'multiply "
                f"the tariff by {1 + (rate if up else -rate) / 100:g}'."
            )
        return _rule(found, words, "add", rate if up else -rate)
    return _rule(found, words, "floor" if up else "cap", rate)


def _remove(found: re.Match[str], words: Vocabulary) -> Said:
    return _rule(found, words, "set", 0.0)


def _multiply(found: re.Match[str], words: Vocabulary) -> Said:
    named = {"double": 200.0, "triple": 300.0, "halve": 50.0}
    verb = next((word for word in named if found["verb"].startswith(word[:4])), "")
    return _rule(found, words, "multiply", named[verb] if verb else float(found["factor"]) * 100)


def _exempt(found: re.Match[str], words: Vocabulary) -> Exempt:
    exporters, products = _both(found["what"], words)
    if not exporters and not products:
        raise ScenarioError(f"{found[0]!r} does not say what is exempt.")
    return Exempt(products=products, exporters=exporters)


def _retaliate(found: re.Match[str], words: Vocabulary) -> Said:
    target = target_of(found["whom"], words) if found["whom"] else Target()
    share = 50.0 if found["half"] else float(found["rate"]) if found["rate"] else 100.0
    rule = Rule(importer=_importer(found["who"], words), exporters=target.exporters, action=RECIPROCAL, value_pct=share)
    return Said(rule=rule)


def _ship(found: re.Match[str], words: Vocabulary) -> Said:
    """Less volume: the seller stands first, the buyer after `to`."""
    verb = found["verb"]
    if verb.startswith("halv"):
        change = -50.0
    elif verb.startswith(("stop", "ban")):
        change = -100.0
    elif found["rate"] is None:
        raise ScenarioError(f"{found[0]!r} does not say by how much; write 'by 50%'.")
    else:
        rate = float(found["rate"])
        change = -rate if found["how"] == "by" else rate - 100
    sellers = _importer(found["who"], words)
    return Said(
        rule=Rule(
            importer=_importer(found["buyers"], words),
            exporters=sellers,
            products=_products(found, words),
            action="add",
            value_pct=change,
            instrument="export_volume",
        )
    )


def _export_tax(found: re.Match[str], words: Vocabulary) -> Said:
    return Said(
        rule=Rule(
            importer=_importer(found["buyers"], words),
            exporters=_importer(found["who"], words),
            products=_products(found, words),
            action="add" if found["verb"].startswith("add") else "set",
            value_pct=float(found["rate"]),
            instrument="export_tax",
        )
    )


def _products(found: re.Match[str], words: Vocabulary) -> tuple[str, ...]:
    text = " and ".join(filter(None, (found["goods"], found["more"])))
    products, left = goods_in(text, words)
    _nothing_left(left, words)
    return products


def _date(text: str) -> date:
    text = text.strip(" .")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    for form in ("%d %B %Y", "%B %d %Y", "%d %b %Y", "%b %d %Y"):
        try:
            return datetime.strptime(text.replace(",", ""), form).date()
        except ValueError:
            continue
    raise ScenarioError(f"{text!r} is not a date. Write it as 2025-11-10 or 10 November 2025.")


def _start(found: re.Match[str], words: Vocabulary) -> Dates:
    return Dates(law_day=_date(found["day"]))


def _compare(found: re.Match[str], words: Vocabulary) -> Dates:
    return Dates(baseline=_date(found["day"]))


_DAY = r"(?P<day>\d{4}-\d{2}-\d{2}|\d{1,2} [a-z]+ \d{4}|[a-z]+ \d{1,2},? \d{4})"
_FORMS = tuple(
    (re.compile(form), make)
    for form, make in (
        (rf"(?:start(?:ing)? from|from|on top of|as of) (?:{_LAW})?{_DAY}", _start),
        (rf"(?:compared (?:with|to)|against|relative to) (?:{_LAW})?{_DAY}", _compare),
        (
            rf"{_WHO}(?P<verb>adds?|sets?) an export tax of {_RATE} on (?:sales|exports)(?: of (?P<goods>.+?))?"
            r"(?: to (?P<buyers>[^,]+?))?(?:, on (?P<more>.+))?",
            _export_tax,
        ),
        (
            rf"{_WHO}(?P<verb>cuts?|halves|halve|stops?|bans?|reduces?|lowers?) (?:its |all )?(?:exports?|shipments?|"
            r"sales)(?: of (?P<goods>.+?))?(?: to (?P<buyers>[^,%]+?))?"
            rf"(?: (?P<how>by|to) {_RATE}(?: of their base volume)?)?(?:, on (?P<more>.+))?",
            _ship,
        ),
        (
            rf"{_WHO}retaliates?(?: (?:against|on) (?P<whom>[^,]+?))?"
            rf"(?:,? (?:in full|fully|(?P<half>by half)|matching {_RATE}(?: of the tariff change)?))?",
            _retaliate,
        ),
        (rf"{_WHO}takes? {_RATE} off {_ITS}{_TARIFF} {_ON} (?P<what>.+)", _take),
        (rf"{_WHO}(?:sets?|fix(?:es)?) {_ITS}{_TARIFF} {_ON} (?P<what>[^%]+?) (?:to|at) {_RATE}(?P<rest>,.+)?", _set),
        (
            rf"{_WHO}(?P<verb>raises?|increases?|lifts?|cuts?|lowers?|reduces?) {_ITS}{_TARIFF}"
            rf"(?: {_ON} (?P<what>[^%]+?))? (?P<how>to|by) (?:at least |at most )?{_RATE}(?P<rest>,.+)?",
            _change,
        ),
        (
            rf"{_WHO}(?:removes?|scraps?|abolish(?:es)?|drops?|ends?|lifts?|eliminates?) {_ITS}{_TARIFF} {_ON} "
            r"(?P<what>.+)",
            _remove,
        ),
        (rf"(?:no|zero) {_TARIFF} {_ON} (?P<what>.+)", _remove),
        (r"free trade with (?P<what>.+)", _remove),
        (rf"{_WHO}(?P<verb>doubles?|triples?|halves?) {_ITS}{_TARIFF}(?: {_ON} (?P<what>.+))?", _multiply),
        (
            rf"{_WHO}(?P<verb>multipl(?:y|ies)) {_ITS}{_TARIFF}(?: {_ON} (?P<what>.+?))? by (?P<factor>{_NUMBER})"
            r"(?P<rest>,.+)?",
            _multiply,
        ),
        (r"(?:exempts?|except(?: for)?|excluding|but not|spares?) (?P<what>.+)", _exempt),
        (rf"(?P<what>.+?) {_SPARED}", _exempt),
        (rf"{_WHO}(?:{_ADD} )?{_ITS}{_TARIFF} of {_RATE} {_ON} (?P<what>.+)", _add),
        (
            rf"{_WHO}(?:{_ADD} )?{_ITS}{_RATE}(?: more| extra)?(?: {_TARIFF})?(?: to {_ITS}{_TARIFF})? {_ON} "
            r"(?P<what>.+)",
            _add,
        ),
    )
)
