"""Limitations, and how to cite: what a reader needs before and after the numbers."""

import streamlit as st

from calc.datasets.dataset import Dataset
from calc.datasets.inventory import dataset_years
from calc.models.known import MODELS
from calc.page import models
from calc.page.text import plain
from calc.reports.citation import citation
from calc.scenario import Scenario
from calc.tariffs.law import built_in_record

_MODELS = (
    "A result compares one year with the policy and the same year without it. It is not a forecast, and does not "
    "say how long the adjustment takes.",
    "Partial-equilibrium models hold incomes fixed; general equilibrium lets them move but assumes full "
    "employment or a labour supply curve. No model has dynamics, unemployment, stocks or quotas other than "
    "export ceilings.",
    "Trade that was zero stays zero: no new suppliers, no rerouting through third countries, no new products.",
    "Goods are only as detailed as the data: within an HS code or a sector all share one tariff and one elasticity.",
    "Elasticities were estimated on tariff changes of up to about 60 points. Larger changes are extrapolation, "
    "which the page marks in orange.",
    "Retaliation, exemptions and the use of tariff revenue are in a result only if the scenario has them.",
)
_DATA = (
    "Base rates are those of the data's year unless the scenario uses the tariffs in force on a date. Tariffs in "
    "force are not tariffs collected: in late 2025 the duty collected was 60 to 70% of the statutory amount.",
    "Later policies are weighted by trade of a past year: what has shifted since is not in the weights.",
    "By default one substitution elasticity stands for all products of US imports: what single products have, the "
    "record of 2018–19 does not tell.",
    "US elasticities stand in for every importer without its own; demand elasticities of −1.2 and −1.25 are "
    "conventions.",
    "Some sources name no licence; where the Data section says “confirm before redistributing”, do.",
)
_RANGE = (
    (
        "Low and high are the 5th and 95th percentiles of draws of the elasticities and of pass-through, and of "
        "nothing else."
    ),
    "They leave out the choice of model (compare two), retaliation that is not in the scenario, stockpiling "
    "ahead of a tariff, and the exchange rate.",
    "With full pass-through the central result is at one end of the evidence (80 to 100%) and can lie outside "
    "its range.",
    "That demand and substitution vary independently, and how much single products vary, are conventions.",
    "A range says how precise the numbers are if the policy happens, not how likely the policy is.",
)


def limits_section(data: Dataset, scenario: Scenario | None) -> None:
    """Limitations of the data, the models and the range; those of what is on screen first."""
    st.markdown("**For the scenario on screen**")
    own = []
    if data.estimated:
        own.append(f"{data.name} is an estimate, not an observation: the Data section explains how each part was made.")
    if scenario is not None and scenario.model in MODELS:
        model = MODELS[scenario.model]
        own.append(f"{model.label} leaves out: {model.leaves_out[0].lower()}{model.leaves_out[1:]}")
        own += model.limits
    _list(own)
    for heading, sentences in (("Every model", _MODELS), ("The data", _DATA), ("The range", _RANGE)):
        st.markdown(f"**{heading}**")
        _list(sentences)


def cite_section(data: Dataset, scenario: Scenario | None) -> None:
    """How to cite data, model and tool; versions and dates."""
    st.markdown("**How to cite**")
    cited = [f"Data: {data.citation or data.source or data.title}."]
    if scenario is not None and scenario.model in MODELS:
        cited.append(f"Model ({models.label(scenario.model)}): {MODELS[scenario.model].references[0]}.")
        if scenario.baseline or scenario.law_day:
            cited.append(f"Tariffs in force on a date: {built_in_record().source}.")
    cited.append(
        f"Tool: {citation()} Every report holds the exact versions and input digests in MANIFEST.json and its "
        "scenario in scenario.toml: cite both with it."
    )
    _list(cited)
    st.markdown("**What changed**")
    record = built_in_record()
    dates = [f"{name}: trade of {year}" for name, year in dataset_years().items()]
    st.markdown(f"Version {citation().version} is the first; there is no earlier one to compare with.")
    st.markdown("**State of the data**")
    _list([*dates, f"tariff record: as of {record.as_of}"])


def _list(sentences: list[str] | tuple[str, ...]) -> None:
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))
