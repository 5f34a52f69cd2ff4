"""What-if: one change of tariffs, and who pays, who loses and who steps in."""

import streamlit as st

from calc.charts import CLICKED, bars_spec, described, map_spec, partner_changes, shapes_of_partners
from calc.dataset import Dataset
from calc.errors import CalcError, ScenarioError
from calc.glossary import GLOSSARY
from calc.page import answers, state
from calc.page.details import DETAIL_VIEWS
from calc.page.text import plain, unbroken
from calc.report import bundle, zip_bytes, zip_name
from calc.result import Result
from calc.scenario import Scenario
from calc.simulation import EXACT_MODEL_OF
from calc.tariffs import line_coverage
from calc.words import headline, quantity_text, range_text, rate

ESTIMATED_UP_TO = 0.60  # change of a rate in the data that elasticities are estimated on
LINEAR_NOTE = "This shock is outside the range of a linear model"
RANGE_WORDS = (
    "The lower figures are a range: the same answer with low and with high elasticities (substitution 2.5 and 5.1 "
    "around 3.8). Other errors are not in it."
)
CARDS = (
    ("affected_composite_price_change", "Price, duty paid", "products concerned, all origins"),
    ("import_volume_change", "Import volume", "all imports"),
    ("import_value_change", "Import value before duty", "all imports"),
    ("tariff_revenue_change", "Tariff revenue", "a year"),
)


def what_if() -> None:
    """Draw the view: the headline first, what takes longer after it."""
    data, scenario = state.current()
    if isinstance(scenario, CalcError):
        st.error(plain(str(scenario)))
        return
    head, side = st.columns([5, 1], vertical_alignment="top")
    try:
        result = answers.central(scenario)
        head.title(unbroken(plain(headline(result))), anchor=False)
        result = answers.with_range(scenario)
    except CalcError as error:
        _say_what_is_wrong(error, data)
        return
    with side:
        _export(result)
    _badges(result, scenario)
    _cards(result)
    _partners(result, data)
    _details(result, data)


def _say_what_is_wrong(error: CalcError, data: Dataset) -> None:
    """One sentence; where a filter left nothing, which one, and a button to clear it."""
    st.error(plain(str(error)))
    if not isinstance(error, ScenarioError) or st.session_state["rules"]:
        return
    key = _emptying_filter(data)
    if key is None:
        return

    def clear() -> None:
        st.session_state[key] = []

    st.markdown(f"The choice of **{key}** leaves nothing to compute.")
    st.button(f"Clear {key}", on_click=clear, type="primary", key="clear_filter")


def _emptying_filter(data: Dataset) -> str | None:
    """Name of the filter without which the rule matches trade."""
    for key in ("products", "exporters"):
        if not st.session_state[key]:
            continue
        values = {name: st.session_state[name] for name in state.SIMPLE} | {key: []}
        try:
            line_coverage(state.simple_rule(values), data, "The rule")
        except CalcError:
            continue
        return key
    return None


def _export(result: Result) -> None:
    toml = result.inputs.scenario_toml.encode() if result.inputs else b""

    def report() -> bytes:
        return zip_bytes(bundle(result))

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


def _badges(result: Result, scenario: Scenario) -> None:
    inputs = result.inputs
    before, after = rate(result.value("effective_tariff_base")), rate(result.value("statutory_tariff_new"))
    with st.container(horizontal=True, gap="small"):
        st.badge(
            f"Average tariff {before} → {after}",
            color="blue",
            help=plain(
                f"Duty over imports, weighted by the imports of the base year. After trade has reacted, "
                f"{rate(result.value('effective_tariff_new'))} is collected."
            ),
        )
        st.badge(state.MODEL_LABELS.get(result.model, result.model), color="gray")
        if inputs is not None:
            st.badge(f"{inputs.dataset}, {inputs.year}", color="gray", help=plain(inputs.dataset_title))
        level = "" if (factor := scenario.assumptions.elasticity_multiplier) == 1 else f" × {factor:.2f}"
        st.badge(f"Elasticities: {scenario.elasticities}{level}", color="gray")
        if inputs is not None and inputs.estimated:
            st.badge("Estimated data", color="orange", icon=":material/warning:")
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


def _cards(result: Result) -> None:
    ends = result.summary[["value", "low", "high"]].to_numpy()
    rows = dict(zip(result.summary["metric"], ends.tolist(), strict=True))
    with st.container(horizontal=True, gap="small", key="cards"):
        for metric, label, what in CARDS:
            quantity = GLOSSARY[metric]
            value, low, high = rows[metric]
            st.metric(
                label,
                quantity_text(value, quantity),
                delta=range_text(low, high, quantity) or "the same at both ends",
                delta_color="off",
                delta_arrow="off",
                help=plain(f"{what[0].upper()}{what[1:]}. {quantity.definition}"),
                border=True,
                height="stretch",
            )
    st.markdown(f":small[{RANGE_WORDS}]")


def _partners(result: Result, data: Dataset) -> None:
    changes = partner_changes(result)
    shapes, missing = shapes_of_partners(changes, data.countries, answers.topology())
    world, bars = st.columns([11, 10], gap="medium")
    codes = dict(zip(data.countries["economy"], data.countries["iso_numeric"].fillna("").str.split(";"), strict=True))
    sellers = set(changes["economy"])

    def click() -> None:
        clicked = st.session_state["map"]["selection"].get(CLICKED, [])
        shape = str(clicked[0].get("id")) if clicked else ""
        found = [code for code, ids in codes.items() if shape in ids and code in sellers]
        st.session_state["partner"] = found[0] if found else state.ALL_PARTNERS

    with world:
        st.vega_lite_chart(
            map_spec(shapes, answers.topology()),
            key="map",
            on_select=click,
            selection_mode=CLICKED,
            alt=f"World map of the change of imports by partner. {described(changes)}",
        )
        drawn = f"Not drawn: {', '.join(missing)}. " if missing else ""
        st.markdown(f":small[Grey: unaffected, or not a partner in the data. {drawn}Click a country for its lines.]")
    with bars:
        st.vega_lite_chart(
            bars_spec(changes), key="bars", alt=f"Bars of the twelve largest changes. {described(changes, 12)}"
        )
        st.markdown(":small[Change of imports before duty by partner, the twelve largest.]")


def _details(result: Result, data: Dataset) -> None:
    names = answers.economy_labels(data.name)
    sellers = [code for code in names if code in set(result.lines["exporter"].cat.categories)]
    choice, partner = st.columns([3, 2], vertical_alignment="bottom")
    shown: str = choice.segmented_control(  # type: ignore[assignment]  # required: never empty
        "Details", list(state.DETAILS), format_func=state.DETAILS.__getitem__, key="detail", required=True
    )
    partner.selectbox(
        "Partner",
        [state.ALL_PARTNERS, *sellers],
        format_func=lambda code: names.get(code, "All partners"),
        key="partner",
    )
    DETAIL_VIEWS[shown](result, data)
