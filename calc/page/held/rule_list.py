"""The rules of a policy as cards: in order, with those among them that still lack who is meant and do nothing yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.page.held import session
from calc.page.held.decided import decide, settle
from calc.page.held.link import Value, pack, unpack
from calc.page.held.policy import CUSTOM_POLICY, NO_RULE, simple_rules, simple_values
from calc.page.held.session import Key
from calc.scenario import Scenario
from calc.tariffs.rules import RECIPROCAL, Rule

NEW_POINTS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One rule on screen.

    Parameters
    ----------
    missing : importer, exporters: what is not chosen yet, in which case the rule does nothing; in a rule itself an
        empty list means everyone
    """

    rule: Rule
    missing: tuple[str, ...] = ()


Cards = tuple[Card, ...]

UNFINISHED: Key[Mapping[int, Card]] = Key("unfinished")  # by place in the list; not in the address
OPEN: Key[int | None] = Key("open_card")


def cards() -> Cards:
    """The rules of the policy and the unfinished ones among them."""
    packed = session.RULES.value()
    listed = [Card(rule=rule) for rule in unpack(packed).rules] if packed else []
    for place, card in sorted(UNFINISHED.value_or({}).items()):
        listed.insert(place, card)
    return tuple(listed)


def as_list() -> bool:
    """Whether the policy stands in cards, and not in the simple controls."""
    return bool(session.RULES.value() or UNFINISHED.value_or({}))


def drop_unfinished() -> None:
    """Let the unfinished cards go, where the policy comes from elsewhere."""
    UNFINISHED.hold({})
    OPEN.hold(None)


def hold(listed: Cards) -> None:
    """Hold cards as the policy: the whole rules in the address, the unfinished ones in the session.

    Raises
    ------
    ScenarioError
        The rules are too long for a link.
    """
    rules = tuple(card.rule for card in listed if not card.missing)
    session.RULES.hold(pack(Scenario(title=CUSTOM_POLICY, rules=rules)) if rules else "")
    UNFINISHED.hold({place: card for place, card in enumerate(listed) if card.missing})
    if not rules:  # the simple controls, which then hold the policy, change nothing
        _hold_simple(NO_RULE)


def add() -> None:
    """Add a card, whose partners are still to be chosen; the rule of the simple controls becomes the first."""
    settle()
    listed = cards() if as_list() else tuple(Card(rule=rule) for rule in simple_rules(st.session_state))
    whole = [card.rule for card in listed if not card.missing and card.rule.action != RECIPROCAL]
    importer = whole[-1].importer if whole else (str(st.session_state[session.IMPORTER.name]),)
    new = Card(rule=Rule(importer=importer, value_pct=NEW_POINTS), missing=("exporters",))
    hold((*listed, new))
    OPEN.hold(len(listed))


def moved(listed: Cards, place: int, by: int) -> Cards:
    """The cards with one of them moved up (−1) or down (+1), as far as the list goes."""
    rest = [*listed[:place], *listed[place + 1 :]]
    rest.insert(min(max(place + by, 0), len(rest)), listed[place])
    return tuple(rest)


def copied(listed: Cards, place: int) -> Cards:
    """The cards with a copy of one of them below it."""
    return (*listed[: place + 1], listed[place], *listed[place + 1 :])


def changed(listed: Cards, place: int, card: Card) -> Cards:
    """The cards with another in the place of one."""
    return (*listed[:place], card, *listed[place + 1 :])


def delete(place: int, data: Dataset) -> None:
    """Delete a card; a single rule that the simple controls can hold returns to them."""
    listed = cards()
    left = (*listed[:place], *listed[place + 1 :])
    OPEN.hold(None)
    hold(left)
    rules = tuple(card.rule for card in left)
    if any(card.missing for card in left) or not rules:
        return
    wordless = tuple(replace(rule, label="") for rule in rules)
    if (held := simple_values(wordless, data)) is not None:
        _hold_simple(held)
        session.RULES.hold("")


def _hold_simple(held: Mapping[str, Value]) -> None:
    for key, value in held.items():
        decide(key, value)
