"""What every view of an answer starts with: the report, the badges, the cards, and where to go without a dataset."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calc.analysis.over_time import has_path
from calc.analysis.perspective import ends_of
from calc.analysis.spread import spread_list, spread_words
from calc.assumptions import ROWS
from calc.datasets.dataset import Dataset
from calc.errors import CalcError
from calc.glossary import GLOSSARY
from calc.models.known import MODELS
from calc.page import answers, models
from calc.page.alternatives import spread_of
from calc.page.text import plain
from calc.result import Result
from calc.scenario import Scenario
from calc.words import months_words, quantity_text, range_text, rate, unbroken

ESTIMATED_UP_TO = 0.60  # change of a rate in the data that elasticities are estimated on
Card = tuple[str, str]  # metric, words
Places = Mapping[str, DeltaGenerator]  # by metric, the place below its card
PENDING, SAME = "range: drawing …", "the same in all draws"
OTHERS_PENDING, NO_OTHERS = "Other models: computing …", "No other model or set of elasticities answers this."


class CardWords(TypedDict):
    """Keywords of `cards`."""

    ranges: str | None
    key: str


def card_words(*, pending: bool, draws: int) -> CardWords:
    """How cards say that a range is still drawn, or that nothing varies; none where no range is asked for.

    Streamlit takes each key once a run, so that the cards of the first moment have another.
    """
    if pending:
        return {"ranges": PENDING, "key": "cards_pending"}
    return {"ranges": SAME if draws else None, "key": "cards"}


def badges(result: Result, scenario: Scenario, *, seen_from: str = "", goods_hit: bool = False) -> None:
    """Average tariff, model, data, elasticities, and what to be careful about.

    Parameters
    ----------
    seen_from : name of the importer whose imports are shown, where the data have several
    goods_hit : speak of the goods hit instead of all imports
    """
    inputs = result.inputs
    with st.container(horizontal=True, gap="small", key="badges"):
        _tariff_badges(result, seen_from, goods_hit=goods_hit)
        model = MODELS.get(result.model)
        about = plain(f"Includes: {model.includes} Leaves out: {model.leaves_out}") if model else None
        st.badge(models.label(result.model), color="gray", help=about)
        if inputs is not None:
            name = answers.dataset_labels().get(inputs.dataset, inputs.dataset)
            st.badge(f"{plain(name)}, {inputs.year}", color="gray", help=plain(inputs.dataset_title))
        level = "" if (factor := scenario.assumptions.elasticity_multiplier) == 1 else f" × {factor:.2f}"
        name = str(result.parameters["elasticities"])
        st.badge(f"Elasticities: {plain(name)}{level}", color="gray")
        if (months := scenario.assumptions.months) is not None and has_path(result.model):
            st.badge(f"After {months_words(months)}", color="blue", help=plain(ROWS["months"].help))
        if inputs is not None and inputs.estimated:
            st.badge(
                "Estimated data",
                color="orange",
                icon=":material/warning:",
                help="Trade flows in this dataset are estimates, not observations; Notes explains how they were made.",
            )
        rise = (result.lines["tariff_new"] - result.lines["tariff_base"]).max()
        if rise > ESTIMATED_UP_TO + 1e-9:  # 60 points added are 60 up to rounding
            st.badge(
                "Beyond the changes that elasticities were estimated on (0–60 points)",
                color="orange",
                icon=":material/warning:",
                help=(
                    "At least one tariff rises by more than any in the data behind the elasticities. Treat "
                    "magnitudes with caution."
                ),
            )
    if floors := [note.text for note in result.notes if note.kind == "floor"]:
        st.markdown(f":small[{plain(' '.join(floors))}]")
    for note in result.notes:
        if note.kind == "linear":
            st.warning(plain(note.text), icon=":material/straighten:")


def _tariff_badges(result: Result, seen_from: str, *, goods_hit: bool) -> None:
    """The average tariff in the scope of the screen, and that on the lines that change where it is another."""
    base, new = ("affected_tariff_base", "affected_tariff_new") if goods_hit else _TARIFFS
    collected = f" Once trade has reacted, {rate(result.value('effective_tariff_new'))} is collected on all imports."
    st.badge(
        f"{GLOSSARY[new].short}{f' of {plain(seen_from)}' if seen_from else ''} {_from_to(result, base, new)}",
        color="blue",
        help=plain(f"{GLOSSARY[new].definition}{'' if goods_hit else collected}"),
    )
    on_changed = _from_to(result, "targeted_tariff_base", "targeted_tariff_new")
    if not result.inputs or on_changed == _from_to(result, base, new) or len(set(on_changed.split(" → "))) == 1:
        return
    goods, partners = result.inputs.goods, result.inputs.partners
    named = f"{goods or 'goods'} from {partners}" if partners else goods
    st.badge(
        f"On {plain(named) if named and not seen_from else 'the lines that change'} {on_changed}",
        color="blue",
        help=plain(GLOSSARY["targeted_tariff_new"].definition),
    )


def _from_to(result: Result, base: str, new: str) -> str:
    return f"{rate(result.value(base))} → {rate(result.value(new))}"


_TARIFFS = ("effective_tariff_base", "statutory_tariff_new")
ECONOMY_CARDS: tuple[Card, ...] = (
    ("net_welfare_change", "buyers, producers and treasury together"),
    ("producer_surplus_change", "domestic market and exports"),
    ("consumer_surplus_change", "all the goods they buy, domestic goods included"),
    ("tariff_revenue_change", "to the treasury, a year"),
)
INCOME_CARDS: tuple[Card, ...] = (
    ("real_income_change", "the whole economy"),
    ("consumer_price_change", "relative to the model's numeraire, see Notes"),
    ("exports_change", "to all markets, before duty"),
    ("tariff_revenue_change", "to the treasury, a year"),
)


def economy_cards(result: Result, economy: str, name: str, *, key: str = "cards", ranges: str | None = None) -> Places:
    """Four numbers of one economy, with their low and high below where the result has ranges.

    Parameters
    ----------
    ranges : what stands for a range that is not there yet; None leaves no room for it
    """
    places = {}
    with st.container(horizontal=True, gap="small", key=key):
        for (label, text), (metric, what) in zip(economy_numbers(result, economy), _cards_of(result), strict=True):
            low, high = (float(end[0]) for end in ends_of(result, metric, pd.Series([economy])).values())
            span = range_text(low, high, GLOSSARY[metric], fine=True)
            words = f"{what}. {GLOSSARY[metric].definition}"
            places[metric] = card(f"{label}, {plain(name)}", text, words, span or ranges, others=OTHERS_PENDING)
    return places


def economy_numbers(result: Result, economy: str) -> list[tuple[str, str]]:
    """Label and text of the four numbers of one economy."""
    row = result.economies[(result.economies["economy"] == economy).to_numpy()]
    return [
        (
            GLOSSARY[metric].short,
            quantity_text(float(row[metric].iloc[0]) if len(row) else float("nan"), GLOSSARY[metric], fine=True),
        )
        for metric, _ in _cards_of(result)
    ]


def _cards_of(result: Result) -> tuple[Card, ...]:
    return INCOME_CARDS if result.incomes_move else ECONOMY_CARDS


def card(label: str, text: str, words: str, span: str | None = None, *, others: str = "") -> DeltaGenerator:
    """One number, and the place below it for what other models say.

    Parameters
    ----------
    words : what it is, behind the question mark
    span : its range, below it
    others : what stands below until the other models have answered; empty leaves no room for them
    """
    with st.container(height="stretch", gap="xxsmall"):
        st.metric(
            label,
            text,
            delta=span,
            delta_color="off",
            delta_arrow="off",
            help=plain(f"{words[0].upper()}{words[1:]}"),
            border=True,
            height="stretch",
        )
        place = st.empty()
        if others:
            place.markdown(f":small[{others}]")
        return place


def cards(
    result: Result,
    chosen: Sequence[Card],
    *,
    ranges: str | None = SAME,
    key: str = "cards",
    others: str = OTHERS_PENDING,
) -> Places:
    """Four headline numbers with their low and high below.

    Parameters
    ----------
    ranges : what stands where there is no range, or not yet; None leaves no room for it
    others : as for `card`
    """
    ends = result.summary[["value", "low", "high"]].to_numpy()
    rows = dict(zip(result.summary["metric"], ends.tolist(), strict=True))
    places = {}
    with st.container(horizontal=True, gap="small", key=key):
        for metric, what in chosen:
            quantity = GLOSSARY[metric]
            value, low, high = rows[metric]
            text = quantity_text(value, quantity, fine=True)
            span = range_text(low, high, quantity, fine=True)
            words = f"{what}. {quantity.definition}"
            places[metric] = card(quantity.short, text, words, span or ranges, others=others)
    return places


def say_spread(places: Places, scenario: Scenario, data: Dataset, importer: str = "") -> None:
    """Under each number what other models, elasticities and spans of time say of it; computed last, and kept.

    Parameters
    ----------
    places : of `cards` or `economy_cards`
    importer : whose numbers they are; empty where the data have one
    """
    try:
        found = spread_of(scenario, data, importer)
    except CalcError:
        return  # the headline has said why
    for metric, place in places.items():
        words, each = spread_words(found, metric), "; ".join(spread_list(found, metric))
        place.markdown(
            f":small[{plain(unbroken(words[0].upper() + words[1:])) if words else NO_OTHERS}]",
            help=plain(f"The same change otherwise: {each}. See Sensitivity.") if each else None,
        )
