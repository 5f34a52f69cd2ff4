"""What the controls hold, as a scenario; and a scenario as what the controls hold.

The values live in `st.session_state` under the names of `known_controls`. A policy of one rule is held by the simple
controls; any other is held whole, packed, under `rules`. Which preset is lit is always derived, never stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calc.assumptions import ROWS, Assumptions
from calc.datasets.catalogue import default_dataset
from calc.datasets.dataset import OWN, Dataset
from calc.errors import CalcError
from calc.page import answers, models
from calc.page.held import decided, preset_link, rule_list, session, trail
from calc.page.held.decided import decide
from calc.page.held.known_controls import controls_of, frame_controls
from calc.page.held.link import (
    Parameters,
    Value,
    pack,
    read_parameters,
    unpack,
    write_parameters,
)
from calc.page.held.policy import (
    CUSTOM_POLICY,
    SIMPLE,
    Days,
    lit_preset,
    rules_known_to,
    simple_rule,
    simple_rules,
    simple_values,
    title_of,
    with_retaliation,
)
from calc.page.text import plain
from calc.page.view import View
from calc.question import assumptions_of, day_sentence, law_of
from calc.scenario import Scenario
from calc.tariffs.law import can_be_dated
from calc.tariffs.sentences import describe_rule
from calc.words import continued


def begin(views: Sequence[View]) -> None:
    """Hold the views in the session, whose controls the address carries; to be called before anything is drawn."""
    session.VIEWS.hold(tuple(views))
    decided.begin()


def renew(view: str) -> None:
    """Send again what the controls hold, where the browser may have dropped them.

    Parameters
    ----------
    view : title of the one that is about to be drawn
    """
    if session.DATASET.is_held():
        held = (session.DATASET, session.MODEL, session.ACTION)
        shape = [view, *(str(key.value_or("")) for key in held), str(bool(session.RULES.value_or("")))]
        decided.renew("|".join(shape), controls_of(session.DATASET.value()))


def current() -> tuple[Dataset, Scenario | CalcError]:
    """The chosen dataset and the scenario that the controls hold, or what is wrong with it."""
    kept = session.KEPT.value_or({})
    if kept and not session.DATASET.is_held():  # the view before drew no control, and Streamlit forgot them all
        session.DATASET.hold(str(kept[session.DATASET.name]))
    _restore()
    data = answers.dataset(session.DATASET.value())
    for key, control in controls_of(data.name).items():
        st.session_state.setdefault(key, kept.get(key, control.default))
    trail.note(data)
    try:
        return data, _scenario(data)
    except CalcError as error:
        return data, error


def _restore() -> None:
    """Fill the controls from the address, on a visitor's first run and after Back; say what was ignored."""
    context = get_script_run_ctx()
    back = context is not None and context.is_history_navigation
    parameters: Parameters = {key: st.query_params.get_all(key) for key in st.query_params}
    # A run after Back comes here twice, from the view and from the sidebar.
    if session.DATASET.is_held() and (not back or session.RESTORED_FROM.value_or(None) == parameters):
        return
    session.RESTORED_FROM.hold(parameters)
    parameters = preset_link.whole(parameters)
    rule_list.drop_unfinished()
    name = parameters.get("dataset", [default_dataset()])[-1]
    data = answers.dataset(name if name in answers.datasets() else default_dataset())
    values, ignored = read_parameters(parameters, controls_of(data.name))
    for key, value in values.items():
        decide(key, value)
    if name.startswith(OWN) and name != data.name:
        st.toast("The link refers to uploaded data, which links do not carry.", duration="long")
    if ignored:
        st.toast("Ignored in the link (not recognised): " + _short(ignored), duration="long")


def _short(ignored: list[str]) -> str:
    words = [text if len(text) <= 60 else text[:57] + "…" for text in ignored]
    return ", ".join(f"`{word.replace('`', '')}`" for word in words[:5]) + (" and more" if len(words) > 5 else "")


def switch_dataset(old: str) -> None:
    """After a change of dataset: keep what the new one knows, bring the rest to its defaults, and say so."""
    data = answers.dataset(session.DATASET.value())
    dropped = _bring_over(old, data)
    rule_list.drop_unfinished()
    if session.RULES.value():
        scenario = unpack(session.RULES.value())
        rules, lost = rules_known_to(scenario.rules, data, law_of(_dated(scenario), data))
        if lost:
            dropped += lost
            session.RULES.hold(pack(Scenario(title=CUSTOM_POLICY, rules=rules)) if rules else "")
    if dropped:
        st.toast(f"Left out (not in {data.name}): {_short(dropped)}", duration="long")


def _bring_over(old: str, data: Dataset) -> list[str]:
    """Every control of one dataset as another can hold it; returns what it cannot.

    All are written, because a control with new options forgets what it held.
    """
    decided.settle()
    before = controls_of(old)
    dropped: list[str] = []
    for key, control in controls_of(data.name).items():
        value = st.session_state.get(key, before[key].default)
        undated = value is None and before[key].always and control.always
        if key in ("dataset", "rules") or undated:
            decide(key, value)
            continue
        if value is None or value == before[key].default:
            value = control.default
        items = [str(item) for item in value] if control.many else [str(value)]
        known = []
        for item in items:
            try:
                known.append(control.read(item))
            except ValueError:
                dropped += [f"{key}={item}"] if value != control.default else []
        if control.many:
            value = known or (control.default if items else [])
        elif not known:
            value = control.default
        decide(key, value)
    return dropped


def parameters(data: Dataset, *, whole: bool = False) -> Parameters:
    """The parameters that bring the present state back.

    Parameters
    ----------
    whole : also those of the opening, so that a copied link keeps its meaning when the page opens with something else
    """
    known = controls_of(data.name)
    values = {key: st.session_state.get(key, control.default) for key, control in known.items()}
    hidden = SIMPLE if values["rules"] else ()
    shown = {key: value for key, value in values.items() if key not in hidden}
    return preset_link.short(write_parameters(shown, known, whole=whole), days())


def write_address(data: Dataset) -> None:
    """Bring the address up to date, if it is not."""
    session.KEPT.hold({key: st.session_state[key] for key in controls_of(data.name)})
    wanted = dict(parameters(data))
    present = {key: st.query_params.get_all(key) for key in st.query_params}
    if wanted != present:
        session.RESTORED_FROM.hold(None)
        st.query_params.from_dict(wanted)


def policy(data: Dataset) -> Scenario:
    """Words and rules of the present scenario; a preset's own words where its rules are lit."""
    if packed := session.RULES.value():
        scenario = unpack(packed)
        if scenario.title == CUSTOM_POLICY:
            scenario = replace(scenario, title=title_of(scenario.rules, data))
    elif rule_list.as_list():
        scenario = Scenario(title=title_of((), data))
    else:
        rules = simple_rules(st.session_state)
        title = describe_rule(simple_rule(st.session_state), data)
        scenario = Scenario(title=f"{title}, with full retaliation" if len(rules) > 1 else title, rules=rules)
    for sentence in day_sentence(_dated(scenario)):
        scenario = replace(scenario, title=f"{sentence}; {continued(scenario.title)}" if scenario.rules else sentence)
    lit = lit_preset(scenario.rules, data, days())
    return answers.preset_scenarios()[lit] if lit else scenario


def assumptions(data: Dataset) -> Assumptions:
    """What the assumptions box holds, as far as the model uses it; what the dataset says by default is not stated."""
    known = frame_controls(data.name)
    stated = {}
    for row in assumptions_of(session.MODEL.value(), data):
        value = st.session_state.get(row.key)
        if value is not None and value != known[row.key].default:
            stated[row.key] = value
    if "export_supply_elasticity" in stated:
        stated.pop("pass_through_pct", None)
    return Assumptions(**stated)


def _scenario(data: Dataset) -> Scenario:
    return replace(
        _dated(policy(data)),
        dataset=data.name,
        model=session.MODEL.value(),
        elasticities=session.ELASTICITIES.value(),
        draws=session.DRAWS.value(),
        assumptions=assumptions(data),
    )


def days() -> Days:
    """Baseline and day of the law of the controls, None where none is chosen."""
    return session.BASELINE.value_or(None), session.LAW_DAY.value_or(None)


def _dated(scenario: Scenario) -> Scenario:
    baseline, law_day = days()
    return replace(scenario, baseline=baseline, law_day=law_day)


def is_opening(data: Dataset) -> bool:
    """Whether the policy is that with which the page opens, on the data with which it opens."""
    if data.name != default_dataset() or rule_list.as_list():
        return False
    known = frame_controls(data.name)
    keys = (*SIMPLE, session.BASELINE.name, session.LAW_DAY.name)
    return all(st.session_state[key] == known[key].default for key in keys)


def start_day() -> date | None:
    """Date of the tariffs that the rules start from; None: the rates in the data."""
    baseline, law_day = days()
    return law_day or baseline


def hold_start(day: date) -> None:
    """Start from the tariffs of another date; what they are compared with follows, unless it was set apart."""
    if session.LAW_DAY.value() is None:
        session.BASELINE.hold(day)
    else:
        session.LAW_DAY.hold(day)


def carry_day(day: date, *, alone: bool) -> None:
    """Carry a date into What-if.

    Parameters
    ----------
    alone : without further rules, compared with what What-if compares with; else as the tariffs that the rules start
        from and are compared with
    """
    if not can_be_dated(answers.dataset(session.DATASET.value())):
        old = session.DATASET.value()
        session.DATASET.hold(default_dataset())
        _bring_over(old, answers.dataset(default_dataset()))
    if not alone:
        session.BASELINE.hold(day)
        session.LAW_DAY.hold(None)
        return
    session.LAW_DAY.hold(day)
    rule_list.drop_unfinished()
    session.RULES.hold("")
    session.ACTION.hold("add")
    session.TARIFF.hold(0.0)


def hold_values(values: Mapping[str, Value]) -> None:
    """Hold values of the frame's controls, all of one moment; those of the views follow as far as the dataset knows."""
    old, name = session.DATASET.value(), str(values[session.DATASET.name])
    if name not in answers.datasets():
        st.toast("The data of that moment are no longer in this session.")
        return
    session.DATASET.hold(name)
    if old != name:
        _bring_over(old, answers.dataset(name))
    rule_list.drop_unfinished()
    for key, value in values.items():
        decide(key, value)


def hold_policy(scenario: Scenario, data: Dataset) -> None:
    """Put a scenario's policy into the controls: the simple ones where they lose nothing, else packed rules.

    Raises
    ------
    ScenarioError
        The rules are too long for a link.
    """
    rule_list.drop_unfinished()
    session.BASELINE.hold(scenario.baseline)
    session.LAW_DAY.hold(scenario.law_day)
    held = simple_values(scenario.rules, data)
    said = (scenario.kind, scenario.description, scenario.source, scenario.date, *(r.label for r in scenario.rules))
    words = any(said)
    if held is not None and (not words or lit_preset(scenario.rules, data, days())):
        for key, value in held.items():
            decide(key, value)
        session.RULES.hold("")
    else:
        session.RULES.hold(pack(scenario))


def hold_preset(scenario: Scenario) -> None:
    """Choose a built-in scenario: its policy, its dataset and its model."""
    old = str(session.KEPT.value()[session.DATASET.name])
    session.DATASET.hold(scenario.dataset)
    data = answers.dataset(scenario.dataset)
    if old != scenario.dataset:
        _bring_over(old, data)
    if scenario.model in models.offered(data):
        session.MODEL.hold(scenario.model)
    hold_policy(scenario, data)


def hold_on_world(scenario: Scenario, *, retaliation: bool = False) -> None:
    """Go on with a scenario on world data, to whose industries its rules are carried; where that cannot be, say why.

    Parameters
    ----------
    retaliation : add full retaliation to it
    """
    try:
        carried = answers.on_world(scenario).scenario
        rules = with_retaliation(carried.rules) if retaliation else carried.rules
        if len(rules) > len(carried.rules):
            carried = replace(carried, title=f"{carried.title}, with full retaliation")
        data = answers.dataset(carried.dataset)
        if simple_values(rules, data):  # which have no room for words
            carried = replace(carried, description="", source="", date="")
        pack(replace(carried, rules=rules))
    except CalcError as error:
        st.toast(plain(str(error)), duration="long")
        return
    old = session.DATASET.value()
    session.DATASET.hold(carried.dataset)
    _bring_over(old, data)
    hold_scenario(replace(carried, rules=rules))


def hold_scenario(scenario: Scenario) -> None:
    """Put a whole scenario into the controls.

    Raises
    ------
    CalcError
        The page cannot hold it: another dataset, model or set, or values beyond the controls.
    """
    if scenario.dataset not in answers.datasets():
        raise CalcError(
            f"The scenario uses the dataset {scenario.dataset!r}; this page has {', '.join(answers.datasets())}. "
            "Upload its data under Data & method, or run it from the command line: tariff-impact run --data "
            "FOLDER."
        )
    data = answers.dataset(scenario.dataset)
    own = scenario.assumptions
    known = controls_of(data.name)
    held: dict[str, Value] = {}
    for key in ROWS:
        value = getattr(own, key)
        held[key] = known[key].default if value is None else value
    if own.export_supply_elasticity == float("inf"):
        held |= {"export_supply_elasticity": None, "pass_through_pct": 100.0}
    values: dict[str, Value] = {
        "dataset": scenario.dataset,
        "model": scenario.model,
        "elasticities": data.set_key(scenario.elasticities),
        "draws": scenario.draws,
        **held,
    }
    for key, value in values.items():
        try:
            known[key].read(str(value)) if value is not None else None
        except ValueError as error:
            raise CalcError(f"The page cannot show {key} = {value} of this scenario. Use the command line.") from error
    hold_policy(scenario, data)
    for key, value in values.items():
        decide(key, value)
