"""The sidebar: what is decided (policy), what is believed (assumptions), and the link, the files and the way back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import streamlit as st

from calc.assumptions import ROWS, Assumption
from calc.datasets.catalogue import default_dataset, such_as
from calc.datasets.dataset import Dataset, data_dir
from calc.errors import CalcError
from calc.models.known import MODELS
from calc.page import answers, models, session, state
from calc.page.link import address, pack, unpack
from calc.page.policy import (
    ACTIONS,
    SIMPLE,
    TARIFF_HIGH,
    TARIFF_LOW,
    answer_in_full,
    lit_preset,
    preset_value,
    simple_rule,
    simple_values,
    with_answer,
    without_answer,
)
from calc.page.rules import rules_box
from calc.page.text import plain, unbroken
from calc.page.view import PARTS, Part
from calc.page.widgets import choose, download
from calc.question import assumptions_of
from calc.scenario import Scenario
from calc.scenario_file import MAX_BYTES, scenario_from_toml, scenario_to_toml
from calc.tariffs.days import FIRST_DAY, LAST_DAY
from calc.tariffs.law import can_be_dated, dataset_on
from calc.tariffs.record import AUTHORITY_WORDS
from calc.tariffs.rules import effective_tariff_rate, line_coverage
from calc.words import day_words, listing, rate, true_minus

CUSTOM = "custom"
_LOW, _HIGH = ROWS["armington_elasticity"].factors
LEVELS = {"Low": _LOW, "Central": 1.0, "High": _HIGH}
TARIFF_LABELS = {
    "add": "Points to add to the tariff",
    "set": "Tariff to set, %",
    "multiply": "Multiply the tariff by, % (100 leaves it)",
}


def controls(parts: Sequence[Part] = PARTS) -> None:
    """Draw the parts of the sidebar that a view uses, and bring the address up to date."""
    data, scenario = state.current()
    with st.sidebar:
        for part in parts:
            with st.container(border=True):
                _PARTS[part](data)
        state.write_address(data)
        _foot(data, scenario)
    st.session_state["drawn_once"] = True


def _policy(data: Dataset) -> None:
    st.markdown("**Policy**: what is decided")
    _preset(data)
    words, labels = plain(f"{data.title}. {data.coverage}"), answers.dataset_labels()
    st.selectbox(
        "Dataset",
        list(labels),
        format_func=lambda name: labels.get(name, name),
        key="dataset",
        help=words,
        on_change=state.switch_dataset,
        args=(data.name,),
    )
    if can_be_dated(data):
        _days()
    if st.session_state["rules"]:
        rules_box(data)
    else:
        _one_rule(data)
    _retaliation(data)
    st.session_state["many"] = bool(st.session_state["rules"])
    st.toggle("More than one rule", key="many", on_change=_switch_many, args=(data,))


def _preset(data: Dataset) -> None:
    presets = answers.preset_scenarios()
    lit = lit_preset(state.policy(data).rules, data, state.days())
    # those of the data on screen first, each part in the order of dates
    ordered = sorted(presets, key=lambda name: presets[name].dataset != data.name)
    options = [*ordered, *([] if lit else [CUSTOM])]
    st.session_state["preset"] = lit or CUSTOM

    def title(name: str) -> str:
        return "Custom" if name == CUSTOM else presets[name].title

    def choose() -> None:
        if (name := st.session_state["preset"]) in presets:
            state.hold_preset(presets[name])

    st.selectbox("Preset", options, format_func=title, key="preset", on_change=choose)
    if lit and (description := presets[lit].description):
        with st.expander("What this preset is"):
            st.markdown(plain(f"{description} Source: {presets[lit].source}."))


def _days() -> None:
    """A switch from the rates of the data to the law of a day, and the days: of the base and of the rules' start."""
    st.session_state["dated"] = any(state.days())
    st.toggle(
        "Start from the law of a day",
        key="dated",
        on_change=_switch_law,
        help="The dated record of measures since 2018, instead of the rates of the data. The Timeline shows it.",
    )
    if not any(state.days()):
        return
    _day("Base: law of", "baseline", "What the policy is compared with. Empty: the rates of the data.")
    _day("Policy: law of", "law_day", "The law from which the rules below start. Empty: the same as the base.")


def _day(label: str, key: str, words: str) -> None:
    st.date_input(
        label,
        value=None,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
        key=key,
        on_change=_forget_authority,
        help=words,
    )


def _switch_law() -> None:
    """On: the law of today as the base. Off: the rates of the data."""
    st.session_state["baseline"] = date.today() if st.session_state["dated"] else None
    st.session_state["law_day"] = None
    _forget_authority()


def _forget_authority() -> None:
    """Without a day there is no law to take a part of."""
    if not any(state.days()):
        st.session_state["authority"] = ""


def _one_rule(data: Dataset) -> None:
    names, buyers = answers.economy_labels(data.name), answers.importers(data.name)
    if len(buyers) > 1:
        st.selectbox("Importer", buyers, format_func=lambda code: names.get(code, code), key="importer")
    st.multiselect(
        "Exporters",
        list(names),
        format_func=lambda code: names.get(code, code),
        key="exporters",
        placeholder="All partners",
        select_all=False,
    )
    labels = answers.product_labels(data.name)
    st.multiselect(
        "Products",
        list(labels),
        format_func=lambda selector: labels.get(selector, selector),
        key="products",
        placeholder="All products: type a word or an HS code",
        accept_new_options=True,
        select_all=False,
        help="Lists, sections, chapters, headings and HS codes, by word or number; or HS prefixes of your own.",
    )
    if any(state.days()):
        st.selectbox(
            "Part of the law",
            ["", *AUTHORITY_WORDS],
            format_func=lambda name: AUTHORITY_WORDS.get(name, "The whole rate"),
            key="authority",
            help="One authority, or all of IEEPA. Set it to 0, and the law is what it would be without it.",
        )
    choose("Action", ACTIONS, session.ACTION, width="stretch")
    _tariff(data)


def _retaliation(data: Dataset) -> None:
    """One switch: those hit answer in full. With a list of rules it is lit by the rules, and adds or removes one."""
    packed = st.session_state["rules"]
    rules = unpack(packed).rules if packed else (simple_rule(st.session_state),)
    one_importer = len(answers.importers(data.name)) == 1
    answered = without_answer(rules, data)
    possible = not one_importer and (len(answered) < len(rules) or answer_in_full(rules) is not None)
    if one_importer:
        words = f"{data.name} holds what one economy buys. Choose a dataset of the world{such_as('world')}."
    elif possible:
        words = (
            "Those whose sales are hit raise their tariffs on the economy that acts by as many points, good by good."
        )
    else:
        words = "The rules hold no tariff that is not answered by a rule of its own."

    def switch() -> None:
        scenario = unpack(packed)
        changed = (
            with_answer(scenario.rules)
            if st.session_state["answered_in_full"]
            else without_answer(scenario.rules, data)
        )
        st.session_state["rules"] = pack(Scenario(title="Custom policy", rules=changed))

    if packed:
        st.session_state["answered_in_full"] = len(answered) < len(rules)
        st.toggle("They answer in full", key="answered_in_full", disabled=not possible, help=words, on_change=switch)
    else:
        st.toggle("They answer in full", key="retaliation", disabled=not possible, help=words)


def _tariff(data: Dataset) -> None:
    label = TARIFF_LABELS[st.session_state["action"]]
    value = st.session_state["tariff_pct"]
    shown = min(max(value, state.SLIDER_LOW), state.SLIDER_HIGH)
    # Writing only what differs keeps a slider in motion from jumping back.
    if st.session_state.get("tariff_slider") != shown:
        st.session_state["tariff_slider"] = shown

    def slide() -> None:
        st.session_state["tariff_pct"] = st.session_state["tariff_slider"]

    st.slider(label, state.SLIDER_LOW, state.SLIDER_HIGH, step=0.5, format="%.1f", key="tariff_slider", on_change=slide)
    box, button = st.columns(2, vertical_alignment="bottom")
    box.number_input(
        f"{label}, from −100 to 1000",
        TARIFF_LOW,
        TARIFF_HIGH,
        step=0.5,
        format="%.1f",
        key="tariff_pct",
        label_visibility="collapsed",
    )
    back = preset_value(simple_rule(st.session_state), data, state.days())

    def give_back() -> None:
        st.session_state["tariff_pct"] = back

    button.button(
        "Return" if back is None else f"Return to {true_minus(f'{back:g}')}",
        on_click=give_back,
        disabled=back is None or back == value,
        help="Back to the value of the preset with these partners and products.",
        width="stretch",
        key="return",
    )
    if words := _rate_in_data(data):
        st.markdown(words)


def _rate_in_data(data: Dataset) -> str:
    """The rate the data hold for the chosen lines, by its year; empty where nothing matches."""
    rule, (baseline, _) = simple_rule(st.session_state), state.days()
    try:
        covered = line_coverage(rule, data, "The selection")
        base = dataset_on(baseline, data) if baseline else data
    except CalcError:
        return ""
    names = answers.economy_labels(data.name)
    who = listing([names.get(code, code) for code in rule.exporters]) if len(rule.exporters) < 4 else "these partners"
    average = effective_tariff_rate(base.flows.tariff_rate, data.flows.import_value * covered)
    goods = ", these products" if rule.products else ""
    what = f"Duty collected in {data.year}" if data.rates == "collected" else f"Base rate of {data.year}"
    what = f"Law of {day_words(baseline)}" if baseline else what
    return f"{what}: {plain(who or 'all partners')}{goods} **{unbroken(rate(average))}**"


def _switch_many(data: Dataset) -> None:
    """From one rule to a table of rules, and back to the first of them where the simple controls can hold it."""
    if st.session_state["many"]:
        st.session_state["rules"] = state.packed_policy(data)
        return
    rules = state.policy(data).rules
    held = simple_values(rules, data) or simple_values(rules[:1], data)
    if held is None:
        st.toast("The first of these rules needs the table; the controls were reset.")
    known = state.frame_controls(data.name)
    for key in SIMPLE:
        st.session_state[key] = (held or {}).get(key, known[key].default)
    st.session_state["rules"] = ""


def _assumptions(data: Dataset) -> None:
    st.markdown("**Assumptions**: what is believed")
    missing = [f"- **{plain(models.label(model))}**: {plain(why)}." for model, why in models.absent(data).items()]
    st.selectbox(
        "Model",
        models.offered(data),
        format_func=models.label,
        key="model",
        help=f"Not for {data.name}:\n\n" + "\n".join(missing) if missing else None,
    )
    st.selectbox(
        "Elasticities",
        list(data.elasticities),
        key="elasticities",
        help="Sets of this dataset; the Notes say where each comes from.",
    )
    rows = assumptions_of(st.session_state["model"])
    for row in rows:
        if not row.own_elasticity:
            _BOXES.get(row.key, _box)(row, data)
    st.selectbox(
        "Draws behind the ranges",
        state.DRAWS,
        format_func=lambda count: f"{count:,}" if count else "None: no ranges",
        key="draws",
        help="Each draw is an answer with other elasticities and pass-through; more draws know the ends better.",
    )
    with st.expander("Own elasticities"):
        for row in rows:
            if row.own_elasticity:
                _box(row, data)
        if MODELS[st.session_state["model"]].incomes_move:
            st.markdown(
                "General equilibrium needs more than 1; its trade elasticity is one less. Supply and demand follow."
            )


def _box(row: Assumption, data: Dataset) -> None:
    """The control of an assumption as its row describes it."""
    label = f"{row.label}, {row.unit}" if row.unit else row.label
    if row.choices:
        st.selectbox(
            label,
            list(row.choices),
            format_func=lambda choice: row.words(choice)[0].upper() + row.words(choice)[1:],
            key=row.key,
            help=row.help,
        )
        return
    follows = row.key == "export_supply_elasticity" and state.supply_is_infinite(data)
    st.number_input(
        label,
        row.shown_low,
        row.shown_high,
        value=None if row.default is None else "min",
        step=row.step,
        format=row.format,
        placeholder="from the pass-through" if follows else row.placeholder or None,
        key=row.key,
        help=row.help,
    )


def _multiplier(row: Assumption, data: Dataset) -> None:
    """The multiplier, with three levels at which the evidence puts it."""
    multiplier = st.session_state[row.key]
    st.session_state["level"] = next((name for name, value in LEVELS.items() if value == multiplier), None)

    def set_level() -> None:
        if level := st.session_state["level"]:
            st.session_state[row.key] = LEVELS[level]

    st.segmented_control("Level of the elasticities", list(LEVELS), key="level", on_change=set_level, width="stretch")
    _box(row, data)


def _pass_through(row: Assumption, data: Dataset) -> None:
    """A slider where supply is infinite, which is full pass-through; else a box; none beside a supply of one's own."""
    if st.session_state["export_supply_elasticity"] is not None:
        return
    if not state.supply_is_infinite(data):
        _box(row, data)
        return
    st.slider(
        f"{row.label}, {row.unit}",
        row.shown_low,
        row.shown_high,
        step=row.step,
        format=f"{row.format}%%",
        key=row.key,
        help=row.help,
    )


_BOXES: Mapping[str, Callable[[Assumption, Dataset], None]] = {
    "elasticity_multiplier": _multiplier,
    "pass_through_pct": _pass_through,
}


def _foot(data: Dataset, scenario: Scenario | CalcError) -> None:
    with st.expander("Copy link"):
        st.code(
            address(st.context.url or "http://localhost:8501/", state.parameters(data)), language=None, wrap_lines=True
        )
        st.markdown("The link holds every control, never your own data.")
    with st.expander("Load or save the scenario"):
        if isinstance(scenario, Scenario):
            download("Save as TOML", scenario_to_toml(scenario).encode(), "scenario.toml", "save", width="stretch")
        st.file_uploader(
            "Load a scenario file (TOML, up to 1 MB)", type="toml", max_upload_size=1, key="upload", on_change=_load
        )
    if error := st.session_state.pop("load_error", None):
        st.error(plain(error))
    st.button("Reset everything", on_click=_reset, width="stretch", key="reset")


def _load() -> None:
    """Bring the controls to an uploaded scenario, or keep one sentence on why not."""
    file = st.session_state["upload"]
    if file is None:
        return
    try:
        if file.size > MAX_BYTES:
            raise CalcError(f"{file.name} is larger than {MAX_BYTES:,} bytes, too large for a scenario.")
        text = file.getvalue().decode("utf-8-sig")
        state.hold_scenario(scenario_from_toml(text, folder=data_dir() / "scenarios", name=file.name))
    except UnicodeDecodeError:
        st.session_state["load_error"] = f"{file.name} is not UTF-8 text. Save it as UTF-8."
    except CalcError as error:
        st.session_state["load_error"] = str(error)


def _reset() -> None:
    for key, control in state.controls_of(default_dataset()).items():
        st.session_state[key] = control.default


_PARTS: Mapping[Part, Callable[[Dataset], None]] = {"policy": _policy, "assumptions": _assumptions}
