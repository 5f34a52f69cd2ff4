"""The sidebar's box of assumptions: the model, its elasticities and options, and the number of draws."""

from collections.abc import Callable, Mapping

import streamlit as st

from calc.analysis.over_time import LONG_RUN_ONLY, has_path
from calc.assumptions import ROWS, Assumption
from calc.datasets.dataset import Dataset
from calc.datasets.layout import DEFAULT_SET
from calc.models.known import MODELS
from calc.page import models
from calc.page.held import session
from calc.page.held.decided import decide, heard
from calc.page.held.known_controls import DRAWS, leaves_pass_through_open, supply_is_infinite
from calc.page.held.session import Key
from calc.page.text import plain
from calc.question import assumptions_of

LEVEL: Key[str | None] = Key("level")
_LOW, _HIGH = ROWS["armington_elasticity"].factors
LEVELS = {"Low": _LOW, "Central": 1.0, "High": _HIGH}
AFTER: Key[str] = Key("after")
SPANS: Mapping[str, float | None] = {"3 months": 3.0, "1 year": 12.0, "3 years": 36.0, "Long run": None}


def assumption_controls(data: Dataset) -> None:
    """Draw the box."""
    st.markdown("**Assumptions**")
    missing = [f"- **{plain(models.label(model))}**: {plain(why)}." for model, why in models.absent(data).items()]
    st.selectbox(
        "Model",
        models.offered(data),
        format_func=models.label,
        key=session.MODEL.name,
        persist_state="session",
        help=f"Not for {data.name}:\n\n" + "\n".join(missing) if missing else None,
    )
    st.selectbox(
        "Elasticities",
        list(data.elasticities),
        format_func=lambda key: set_label(data, key),
        key=session.ELASTICITIES.name,
        persist_state="session",
        help="Sets of elasticities in this dataset; Notes gives the source of each.",
    )
    rows = assumptions_of(session.MODEL.value(), data)
    for row in rows:
        if not row.own_elasticity:
            _BOXES.get(row.key, _box)(row, data)
    if not has_path(session.MODEL.value()):
        st.caption(LONG_RUN_ONLY)
    st.selectbox(
        "Number of draws",
        DRAWS,
        format_func=lambda count: f"{count:,}" if count else "None (no ranges)",
        key=session.DRAWS.name,
        persist_state="session",
        help=(
            "Each draw solves the model with other elasticities and pass-through; more draws give more precise ranges."
        ),
    )
    with st.expander("Own elasticities"):
        for row in rows:
            if row.own_elasticity:
                _box(row, data)
        if MODELS[session.MODEL.value()].incomes_move:
            st.markdown(
                "In general equilibrium it must be above 1: the trade elasticity is one less, and supply and "
                "demand follow from it."
            )


def set_label(data: Dataset, key: str) -> str:
    """A set of elasticities for people: `uniform (default)`."""
    name = data.set_name(key)
    return f"{name} (default)" if key == DEFAULT_SET != name else name


def _box(row: Assumption, data: Dataset) -> None:
    """The control of an assumption as its row describes it."""
    label = f"{row.label}, {row.unit}" if row.unit else row.label
    if row.choices:
        st.selectbox(
            label,
            list(row.choices),
            format_func=lambda choice: row.words(choice)[0].upper() + row.words(choice)[1:],
            key=row.key,
            persist_state="session",
            help=row.help,
        )
        return
    follows = row.key == "export_supply_elasticity" and supply_is_infinite(data)
    st.number_input(
        label,
        row.shown_low,
        row.shown_high,
        value=None if row.default is None else "min",
        step=row.step,
        format=row.format,
        placeholder="from the pass-through" if follows else row.placeholder or None,
        key=row.key,
        persist_state="session",
        help=row.help,
    )


def _multiplier(row: Assumption, data: Dataset) -> None:
    """The multiplier, with three levels at which the evidence puts it."""
    multiplier = st.session_state[row.key]
    LEVEL.hold(next((name for name, value in LEVELS.items() if value == multiplier), None))

    def set_level() -> None:
        if level := LEVEL.value():
            decide(row.key, LEVELS[level])

    st.segmented_control(
        "Level of elasticities",
        list(LEVELS),
        key=LEVEL.name,
        persist_state="session",
        on_change=heard(set_level, LEVEL.name),
        width="stretch",
    )
    _box(row, data)


def _months(row: Assumption, _data: Dataset) -> None:
    """How long after the measure: a few spans of time, and the number of months of a link."""
    months = st.session_state[row.key]
    spans = SPANS if months in SPANS.values() else {row.words(months): months, **SPANS}
    AFTER.hold(next(name for name, value in spans.items() if value == months))

    def set_months() -> None:
        decide(row.key, spans[AFTER.value()])

    st.selectbox(
        "After",
        list(spans),
        key=AFTER.name,
        persist_state="session",
        on_change=heard(set_months, AFTER.name),
        help=f"{row.label}. {row.help}",
    )


def _pass_through(row: Assumption, data: Dataset) -> None:
    """A slider where supply is infinite, else a box; none beside supply elasticities of one's own or of the set."""
    if st.session_state["export_supply_elasticity"] is not None:
        return
    at_default = st.session_state[row.key] == data.pass_through_pct
    if supply_is_infinite(data) and at_default and not leaves_pass_through_open(data, session.ELASTICITIES.value()):
        st.caption("Pass-through to buyers follows from the supply elasticities of this set.")
        return
    if not supply_is_infinite(data):
        _box(row, data)
        return
    st.slider(
        f"{row.label}, {row.unit}",
        row.shown_low,
        row.shown_high,
        step=row.step,
        format=f"{row.format}%%",
        key=row.key,
        persist_state="session",
        help=row.help,
    )


_BOXES: Mapping[str, Callable[[Assumption, Dataset], None]] = {
    "months": _months,
    "elasticity_multiplier": _multiplier,
    "pass_through_pct": _pass_through,
}
