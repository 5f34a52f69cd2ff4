"""Who pays: one bar after the other from buyers to the net, each beginning where the last ends, and their sums."""

import json
from functools import cache

import altair as alt
import pandas as pd

from calc.analysis.who_pays import PRODUCERS, SELLERS, SUM, TOGETHER, TREASURY
from calc.charts.basic import CHANGES, INK, LESS, MORE, UNCHANGED, Spec, spec_of, whisker, with_ends
from calc.charts.figure import Figure, Origin
from calc.words import MINUS, money, money_alike

_BN = 1e9
_OF_SUMS = "#6B7785"
_LATER = frozenset((TREASURY, PRODUCERS, SELLERS, TOGETHER))  # never first in a sentence


def printed(parties: pd.DataFrame) -> list[str]:
    """The gains in words that add up digit by digit, in the order of the rows of `who_pays`.

    Headline numbers are rounded; what they leave goes to the buyers and to the sum that is no headline number: the
    net of the economy where the data have one importer, the sum of everything where they have several.
    """
    step, words = money_alike(list(parties["gain"]))
    gains = dict(zip(parties["party"], (parties["gain"] / step).round(), strict=True))
    buyers, *middle, net, sellers, together = gains
    if PRODUCERS in gains:
        gains[together] = gains[net] + gains[sellers]
    else:
        gains[net] = gains[together] - gains[sellers]
    gains[buyers] = gains[net] - sum(gains[party] for party in middle)
    return [words(gain * step) for gain in gains.values()]


def who_pays_spec(parties: pd.DataFrame, *, height: int = 220) -> Spec:
    """Gains and losses one after the other, each beginning where the last ends; sums begin at zero.

    Parameters
    ----------
    parties : of `who_pays`
    """
    rows: list[dict[str, object]] = []
    reached = 0.0
    for text, row in zip(printed(parties), parties.to_dict("records"), strict=True):
        start = 0.0 if row["kind"] == SUM else reached
        reached = start + row["gain"]
        low, high = row["gain_low"], row["gain_high"]
        rows.append(
            {
                "name": row["party"],
                "kind": row["kind"],
                "from": start / _BN,
                "to": reached / _BN,
                "gain": row["gain"],
                "money": text,
                **whisker(low, high, money),
                **({} if low != low else {"low": (start + low) / _BN, "high": (start + high) / _BN}),
            }
        )
    frame: Spec = json.loads(_steps_frame(height))
    return {**frame, "datasets": {CHANGES: rows}}


@cache
def _steps_frame(height: int) -> str:
    rows = alt.Chart(alt.NamedData(CHANGES))
    name = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False))
    room = alt.Scale(range=[0, alt.expr("width - 74")], nice=False)
    start = alt.X("from:Q", title="US$ bn a year", scale=room, axis=alt.Axis(gridColor=UNCHANGED, tickCount=4))
    tests = ((f"datum.kind === '{SUM}'", _OF_SUMS), ("datum.gain < 0", LESS))
    sign = {"condition": [{"test": test, "value": colour} for test, colour in tests], "value": MORE}
    bars = rows.mark_bar(height={"band": 0.72}).encode(
        y=name, x=start, x2="to:Q", color=sign, tooltip=["name:N", "money:N", "range:N"]
    )
    ends = rows.mark_tick(color=INK, thickness=1.5, height={"band": 0.95}).encode(y=name, x=alt.X("to:Q", scale=room))
    whiskers = (
        with_ends(rows, "to")
        .mark_rule(color=INK, strokeWidth=1.5)
        .encode(y=name, x=alt.X("low:Q", scale=room), x2="high:Q")
    )
    texts = rows.mark_text(
        align="right",
        color=INK,
        fontSize=12,
        fontWeight=alt.expr(f"datum.kind === '{SUM}' ? 'bold' : 'normal'"),
    ).encode(y=name, x=alt.value(alt.expr("width")), text="money:N")
    return json.dumps(spec_of(alt.layer(bars, ends, whiskers, texts).properties(height=height)))


def described_parties(parties: pd.DataFrame) -> str:
    """The gains in words, with their ranges, for those who hear the chart."""
    spans = [
        f" ({money(low)} to {money(high)})" if high - low > 1 else ""
        for low, high in zip(parties["gain_low"], parties["gain_high"], strict=True)
    ]
    names = [f"{name[0].lower()}{name[1:]}" if name in _LATER else name for name in parties["party"]]
    return ", ".join(f"{name} {text}{span}" for name, text, span in zip(names, printed(parties), spans, strict=True))


def who_pays_finding(parties: pd.DataFrame) -> str:
    """`Buyers lose $187.3 bn, foreign sellers $2.3 bn; the treasury gains $44.4 bn`."""
    sides: dict[str, list[str]] = {"lose": [], "gain": []}
    for name, kind, gain, text in zip(
        parties["party"], parties["kind"], parties["gain"], printed(parties), strict=True
    ):
        if kind != SUM and any(digit in text for digit in "123456789"):
            verb = "gain" if gain > 0 else "lose"
            who = "the treasury" if name == TREASURY else f"{name[0].lower()}{name[1:]}"
            said = "" if sides[verb] else f" {verb}{'s' if name == TREASURY else ''}"
            sides[verb].append(f"{who}{said} {text.lstrip(f'+{MINUS}')}")
    found = "; ".join(", ".join(words) for words in sides.values() if words) or "nobody gains or loses"
    return found[0].upper() + found[1:]


def who_pays_figure(parties: pd.DataFrame, origin: Origin) -> Figure:
    """Who pays, to be taken out of the page.

    Parameters
    ----------
    parties : of `who_pays`, with at least one row
    """
    ends = {f"{name}_usd": parties[name] for name in ("gain", "gain_low", "gain_high")}
    return Figure(
        name="who_pays",
        finding=who_pays_finding(parties),
        unit="Gains and losses, US$ a year",
        origin=origin.where(drawn=bool(parties["gain_low"].notna().any())),
        spec=who_pays_spec(parties),
        table=pd.DataFrame({"party": parties["party"], "kind": parties["kind"], **ends}),
        note="Grey bars are sums of the bars above them.",
    )
