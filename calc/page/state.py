"""What the controls hold, as a scenario; and a scenario as what the controls hold.

The values live in `st.session_state` under the names of `controls_of`. A policy of one rule is held by the simple
controls; any other is held whole, packed, under `rules`. Which preset is lit is always derived, never stored.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calc.dataset import Dataset
from calc.errors import CalcError
from calc.page import answers
from calc.page.link import (
    Control,
    Parameters,
    Value,
    number_between,
    one_of,
    pack,
    read_packed,
    read_parameters,
    unpack,
    write_parameters,
)
from calc.scenario import Assumptions, Scenario
from calc.simulation import describe_rule
from calc.tariffs import Rule

DEFAULT_DATASET = answers.DATASETS[0]
DEFAULT_EXPORTERS = ("CHN",)
DEFAULT_TARIFF = 100.0
TARIFF_LOW, TARIFF_HIGH = -100.0, 1000.0
SLIDER_LOW, SLIDER_HIGH = -25.0, 100.0
ACTIONS = {"add": "Add points", "set": "Set", "multiply": "Multiply"}
MODEL_LABELS = {
    "armington": "Armington, exact",
    "smart": "SMART, linear",
    "smart_discrete": "SMART, linear (discrete diversion)",
}
DETAILS = {"lines": "Product lines", "competitors": "Competitors", "steps": "Steps", "notes": "Notes"}
ALL_PARTNERS = ""
SIMPLE = ("importer", "exporters", "products", "action", "tariff_pct")


@st.cache_resource
def controls_of(name: str) -> dict[str, Control]:
    """Every control of the page that the address carries, with its default and its reader."""
    data = answers.dataset(name)
    economies, buyers = list(answers.economy_labels(name)), answers.importers(name)
    listed = [code for code in DEFAULT_EXPORTERS if code in economies]
    sets = list(data.elasticities)

    def product(text: str) -> str:
        if not matches_products(text, data):
            raise ValueError(text)
        return text

    return {
        "dataset": Control(default=DEFAULT_DATASET, read=one_of(answers.DATASETS)),
        "importer": Control(default=buyers[0], read=one_of(buyers)),
        "exporters": Control(default=listed, read=one_of(economies), many=True),
        "products": Control(default=[], read=product, many=True),
        "action": Control(default="add", read=one_of(list(ACTIONS))),
        "tariff_pct": Control(default=DEFAULT_TARIFF, read=number_between(TARIFF_LOW, TARIFF_HIGH)),
        "rules": Control(default="", read=read_packed),
        "model": Control(default="armington", read=one_of(list(MODEL_LABELS))),
        "elasticities": Control(default=sets[0], read=one_of(sets)),
        "multiplier": Control(default=1.0, read=number_between(0.25, 2)),
        "pass_through_pct": Control(default=100.0, read=number_between(0, 100)),
        "substitution": Control(default=None, read=number_between(0.01, 100)),
        "demand": Control(default=None, read=number_between(-100, -0.01)),
        "supply": Control(default=None, read=number_between(0, 1000)),
        "detail": Control(default="lines", read=one_of(list(DETAILS))),
        "partner": Control(default=ALL_PARTNERS, read=one_of([c for c in economies if c in set(data.flows.economies)])),
    }


def selectors(texts: list[str]) -> tuple[str, ...]:
    """Product selectors from what was chosen or typed: `8507.60, 85 05` is two HS codes."""
    found: list[str] = []
    for text in texts:
        typed = re.fullmatch(r"[\d.\s,;]+", text)
        pieces = re.split(r"[,;]", text) if typed else [text]
        found += [re.sub(r"[.\s]", "", piece) if typed else piece.strip() for piece in pieces]
    return tuple(dict.fromkeys(piece for piece in found if piece))


def matches_products(text: str, data: Dataset) -> bool:
    """Whether every selector in a text names some product of the dataset."""
    labels = answers.product_labels(data.name)
    codes = data.flows.products
    found = selectors([text])
    return bool(found) and all(s in labels or (s.isdigit() and codes.str.startswith(s).any()) for s in found)


def current() -> tuple[Dataset, Scenario | CalcError]:
    """The chosen dataset and the scenario that the controls hold, or what is wrong with it."""
    _restore()
    data = answers.dataset(st.session_state["dataset"])
    for key, control in controls_of(data.name).items():
        st.session_state.setdefault(key, control.default)
    try:
        return data, _scenario(data)
    except CalcError as error:
        return data, error


def _restore() -> None:
    """Fill the controls from the address, on a visitor's first run and after Back; say what was ignored."""
    context = get_script_run_ctx()
    back = context is not None and context.is_history_navigation
    parameters = {key: st.query_params.get_all(key) for key in st.query_params}
    # A run after Back comes here twice, from the view and from the sidebar.
    if "dataset" in st.session_state and (not back or st.session_state.get("restored_from") == parameters):
        return
    st.session_state["restored_from"] = parameters
    name = parameters.get("dataset", [DEFAULT_DATASET])[-1]
    data = answers.dataset(name if name in answers.DATASETS else DEFAULT_DATASET)
    values, ignored = read_parameters(parameters, controls_of(data.name))
    for key, value in values.items():
        st.session_state[key] = value
    if ignored:
        st.toast("Ignored in the link, because this page does not know it: " + _short(ignored), duration="long")


def _short(ignored: list[str]) -> str:
    words = [text if len(text) <= 60 else text[:57] + "…" for text in ignored]
    return ", ".join(f"`{word.replace('`', '')}`" for word in words[:5]) + (" and more" if len(words) > 5 else "")


def keep_choices() -> None:
    """After a change of dataset: hold every choice, since new options would make a control forget it."""
    for key, control in controls_of(st.session_state["dataset"]).items():
        value = st.session_state.get(key, control.default)
        try:
            if isinstance(value, str) and not control.many:
                control.read(value)
        except ValueError:
            value = control.default
        st.session_state[key] = value


def parameters(data: Dataset) -> Parameters:
    """The parameters that bring the present state back."""
    known = controls_of(data.name)
    values = {key: st.session_state.get(key, control.default) for key, control in known.items()}
    hidden = SIMPLE if values["rules"] else ()
    return write_parameters({key: value for key, value in values.items() if key not in hidden}, known)


def write_address(data: Dataset) -> None:
    """Bring the address up to date, if it is not."""
    wanted = dict(parameters(data))
    present = {key: st.query_params.get_all(key) for key in st.query_params}
    if wanted != present:
        st.session_state["restored_from"] = None
        st.query_params.from_dict(wanted)


def simple_rule(values: Mapping[str, Value]) -> Rule:
    """The one rule that the simple controls hold."""
    return Rule(
        importer=(str(values["importer"]),),
        exporters=tuple(values["exporters"]),  # type: ignore[arg-type]
        products=selectors(list(values["products"])),  # type: ignore[call-overload]
        action=str(values["action"]),
        value_pct=float(values["tariff_pct"]),  # type: ignore[arg-type]
    )


def simple_values(rules: tuple[Rule, ...], data: Dataset) -> dict[str, Value] | None:
    """The simple controls that hold these rules; None if they cannot."""
    if not rules:
        return {"action": "add", "tariff_pct": 0.0}
    rule = rules[0]
    buyers = answers.importers(data.name)
    importer = rule.importer or (tuple(buyers) if len(buyers) == 1 else ())
    held = {
        "importer": importer[0] if importer else "",
        "exporters": list(rule.exporters),
        "products": list(rule.products),
        "action": rule.action,
        "tariff_pct": float(rule.value_pct),
    }
    economies = answers.economy_labels(data.name)
    possible = (
        len(rules) == 1
        and len(importer) == 1
        and importer[0] in buyers
        and rule.action in ACTIONS
        and set(rule.exporters) <= set(economies)
        and TARIFF_LOW <= rule.value_pct <= TARIFF_HIGH
        and _essence(rule, data) == _essence(simple_rule(held), data)
    )
    return held if possible else None


def _essence(rule: Rule, data: Dataset) -> tuple[object, ...]:
    """What a rule does, apart from its words and the order of its lists."""
    return (
        frozenset(rule.importer or answers.importers(data.name)),
        *(frozenset(codes) for codes in (rule.exporters, rule.products, rule.except_products)),
        rule.action,
        rule.value_pct,
        rule.instrument,
        rule.schedule.content if rule.schedule else b"",
    )


def lit_preset(rules: tuple[Rule, ...], data: Dataset) -> str | None:
    """Name of the preset with exactly these rules."""
    wanted = [_essence(rule, data) for rule in rules]
    for name, preset in answers.preset_scenarios().items():
        if [_essence(rule, data) for rule in preset.rules] == wanted:
            return name
    return None


def preset_value(rule: Rule, data: Dataset) -> float | None:
    """Value of the preset that differs from a rule by its value at most."""
    for preset in answers.preset_scenarios().values():
        if len(preset.rules) == 1:
            found = preset.rules[0]
            if _essence(replace(found, value_pct=rule.value_pct), data) == _essence(rule, data):
                return found.value_pct
    return None


def policy(data: Dataset) -> Scenario:
    """Words and rules of the present scenario; a preset's own words where its rules are lit."""
    if packed := st.session_state["rules"]:
        scenario = unpack(packed)
    else:
        rule = simple_rule(st.session_state)  # type: ignore[arg-type]
        idle = rule.action == "add" and rule.value_pct == 0
        scenario = Scenario(title=describe_rule(rule, data), rules=() if idle else (rule,))
    lit = lit_preset(scenario.rules, data)
    return answers.preset_scenarios()[lit] if lit else scenario


def packed_policy(data: Dataset) -> str:
    """The rules of the simple controls, packed, so that the table can go on from them."""
    rule = simple_rule(st.session_state)  # type: ignore[arg-type]
    return pack(Scenario(title="Custom policy", rules=(rule,)))


def assumptions(data: Dataset) -> Assumptions:
    """What the assumptions box holds; the dataset's own supply where that already means full pass-through."""
    state = st.session_state
    supply = state.get("supply")
    pass_through = state.get("pass_through_pct", 100.0)
    whole = bool((data.elasticities[state["elasticities"]].export_supply_elasticity == float("inf")).all())
    untouched = supply is not None or (pass_through == 100 and whole)
    return Assumptions(
        elasticity_multiplier=state["multiplier"],
        pass_through_pct=None if untouched else pass_through,
        import_demand_elasticity=state.get("demand"),
        armington_elasticity=state.get("substitution"),
        export_supply_elasticity=supply,
    )


def _scenario(data: Dataset) -> Scenario:
    return replace(
        policy(data),
        dataset=data.name,
        model=st.session_state["model"],
        elasticities=st.session_state["elasticities"],
        assumptions=assumptions(data),
    )


def hold_policy(scenario: Scenario, data: Dataset) -> None:
    """Put a scenario's policy into the controls: the simple ones where they lose nothing, else packed rules.

    Raises
    ------
    ScenarioError
        The rules are too long for a link.
    """
    held = simple_values(scenario.rules, data)
    words = bool(scenario.description or scenario.source or scenario.date or any(r.label for r in scenario.rules))
    if held is not None and (not words or lit_preset(scenario.rules, data)):
        for key, value in held.items():
            st.session_state[key] = value
        st.session_state["rules"] = ""
    else:
        st.session_state["rules"] = pack(scenario)


def hold_scenario(scenario: Scenario) -> None:
    """Put a whole scenario into the controls.

    Raises
    ------
    CalcError
        The page cannot hold it: another dataset, model or set, or values beyond the controls.
    """
    if scenario.dataset not in answers.DATASETS:
        raise CalcError(
            f"The scenario is about the dataset {scenario.dataset!r}, and this page has {', '.join(answers.DATASETS)}. "
            "Run it by the command line: tariff-impact run."
        )
    data = answers.dataset(scenario.dataset)
    believed = scenario.assumptions
    supply, pass_through = believed.export_supply_elasticity, believed.pass_through_pct
    if supply == float("inf"):
        supply, pass_through = None, 100.0
    values: dict[str, Value] = {
        "dataset": scenario.dataset,
        "model": scenario.model,
        "elasticities": scenario.elasticities,
        "multiplier": believed.elasticity_multiplier,
        "pass_through_pct": 100.0 if pass_through is None else pass_through,
        "substitution": believed.armington_elasticity,
        "demand": believed.import_demand_elasticity,
        "supply": supply,
    }
    known = controls_of(data.name)
    for key, value in values.items():
        try:
            known[key].read(str(value)) if value is not None else None
        except ValueError as error:
            raise CalcError(f"The page cannot hold {key} = {value} of this scenario. Use the command line.") from error
    hold_policy(scenario, data)
    for key, value in values.items():
        st.session_state[key] = value
