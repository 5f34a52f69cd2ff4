"""What every view of an answer starts with: the report, the badges, the cards, and where to go without a dataset."""

from collections.abc import Callable, Sequence

import streamlit as st

from calc.glossary import GLOSSARY
from calc.page import models
from calc.page.text import plain
from calc.report import bundle, zip_bytes, zip_name
from calc.result import Result
from calc.scenario import Scenario
from calc.simulation import EXACT_MODEL_OF
from calc.words import quantity_text, range_text, rate

ESTIMATED_UP_TO = 0.60  # change of a rate in the data that elasticities are estimated on
LINEAR_NOTE = "This shock is outside the range of a linear model"
Card = tuple[str, str, str]  # metric, label, words


def export_button(result: Result, whole: Callable[[], Result]) -> None:
    """The report of an answer.

    Parameters
    ----------
    whole : makes the answer with its range; called in another thread, on a click
    """
    toml = result.inputs.scenario_toml.encode() if result.inputs else b""

    def report() -> bytes:
        return zip_bytes(bundle(whole()))

    st.download_button(
        "Export report",
        report,
        zip_name(result, {"scenario.toml": toml}),
        "application/zip",
        key="export",
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        width="stretch",
        help="CSV tables, the scenario and how to run it again, in one zip.",
    )


def badges(result: Result, scenario: Scenario, *, seen_from: str = "") -> None:
    """Average tariff, model, data, elasticities, and what to be careful about.

    Parameters
    ----------
    seen_from : name of the importer whose imports are shown, where the data have several
    """
    inputs = result.inputs
    before, after = rate(result.value("effective_tariff_base")), rate(result.value("statutory_tariff_new"))
    with st.container(horizontal=True, gap="small"):
        st.badge(
            f"Average tariff{f' of {plain(seen_from)}' if seen_from else ''} {before} → {after}",
            color="blue",
            help=plain(
                f"Duty over imports, weighted by the imports of the base year. After trade has reacted, "
                f"{rate(result.value('effective_tariff_new'))} is collected."
            ),
        )
        words = models.WORDS.get(result.model)
        about = plain(f"Includes: {words.includes} Leaves out: {words.leaves_out}") if words else None
        st.badge(models.label(result.model), color="gray", help=about)
        if inputs is not None:
            st.badge(f"{inputs.dataset}, {inputs.year}", color="gray", help=plain(inputs.dataset_title))
        level = "" if (factor := scenario.assumptions.elasticity_multiplier) == 1 else f" × {factor:.2f}"
        st.badge(f"Elasticities: {scenario.elasticities}{level}", color="gray")
        if inputs is not None and inputs.estimated:
            st.badge(
                "Estimated data",
                color="orange",
                icon=":material/warning:",
                help="The flows of this dataset are estimates, not observations; the Notes say how they were made.",
            )
        rise = (result.lines["tariff_new"] - result.lines["tariff_base"]).max()
        if rise > ESTIMATED_UP_TO + 1e-9:  # 60 points added are 60 up to rounding
            st.badge(
                "Outside the range elasticities were estimated on (0–60 points)",
                color="orange",
                icon=":material/warning:",
                help="Some rate rises by more than the elasticities' data ever showed. Read sizes with care.",
            )
    if result.model in EXACT_MODEL_OF:
        for note in result.notes:
            if note.startswith(LINEAR_NOTE):
                st.warning(plain(note), icon=":material/straighten:")


def cards(result: Result, chosen: Sequence[Card], *, ranges: bool = True) -> None:
    """Four headline numbers; with `ranges` their low and high below."""
    ends = result.summary[["value", "low", "high"]].to_numpy()
    rows = dict(zip(result.summary["metric"], ends.tolist(), strict=True))
    with st.container(horizontal=True, gap="small", key="cards"):
        for metric, label, what in chosen:
            quantity = GLOSSARY[metric]
            value, low, high = rows[metric]
            span = range_text(low, high, quantity) or "the same at both ends"
            st.metric(
                label,
                quantity_text(value, quantity),
                delta=span if ranges else None,
                delta_color="off",
                delta_arrow="off",
                help=plain(f"{what[0].upper()}{what[1:]}. {quantity.definition}"),
                border=True,
                height="stretch",
            )
