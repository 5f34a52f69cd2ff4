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
    "An answer compares two states of one year, with the policy and without it. It is no forecast, and says nothing of "
    "how long the way from one to the other takes.",
    "Models of single markets hold incomes fixed; general equilibrium moves them but has full employment, or a labour "
    "supply by assumption. No model has dynamics, unemployment, quotas other than export ceilings, or stocks.",
    "Trade that was zero stays zero: no new supplier, no detour through a third country, no new product.",
    "Goods are as fine as the data: within an HS code or a sector all goods share one rate and one elasticity.",
    "Elasticities were estimated on changes of rates up to some 60 points. Beyond that, sizes are extrapolation, and "
    "the page says so in orange.",
    "Retaliation, exemptions and the use of the duty are in an answer only if the scenario has them.",
)
_DATA = (
    "Base rates are those of the data's year unless the scenario starts from the law of a day. Law is not collection: "
    "in late 2025 the duty collected was 60 to 70% of what the law said.",
    "Trade of a past year weighs every later policy: what has moved since is not in the weights.",
    "Elasticities of the United States stand for every importer where an economy has none of its own; demand −1.2 and "
    "−1.25 are conventions.",
    "Some sources name no licence; where the Data section says “confirm before redistributing”, do.",
)
_RANGE = (
    "Low and high are the 5 and 95% points of draws of the elasticities and of pass-through, and of nothing else.",
    "They leave out the form of the model (compare two), retaliation that the scenario does not have, stock-building "
    "before a duty, and the exchange rate.",
    "With full pass-through the point answer stands at one end of the evidence (80 to 100%): it can lie outside its "
    "range.",
    "That demand and substitution vary apart from one another, and how much single products vary, are conventions.",
    "A range says how far the numbers can be trusted if the policy comes; not how likely the policy is.",
)


def limits_section(data: Dataset, scenario: Scenario | None) -> None:
    """Limitations of the data, the models and the range; those of what is on screen first."""
    st.markdown("**Of what is on screen**")
    own = []
    if data.estimated:
        own.append(f"{data.name} is an estimate, not an observation: the Data section says how each part was made.")
    if scenario is not None and scenario.model in MODELS:
        model = MODELS[scenario.model]
        own.append(f"{model.label} leaves out: {model.leaves_out[0].lower()}{model.leaves_out[1:]}")
        own += model.limits
    _list(own)
    for heading, sentences in (("Of every model", _MODELS), ("Of the data", _DATA), ("Of the range", _RANGE)):
        st.markdown(f"**{heading}**")
        _list(sentences)


def cite_section(data: Dataset, scenario: Scenario | None) -> None:
    """How to cite data, model and tool; versions and dates."""
    st.markdown("**How to cite**")
    cited = [f"Data: {data.citation or data.source or data.title}."]
    if scenario is not None and scenario.model in MODELS:
        cited.append(f"Model ({models.label(scenario.model)}): {MODELS[scenario.model].references[0]}.")
        if scenario.baseline or scenario.law_day:
            cited.append(f"Law of a day: {built_in_record().source}.")
    cited.append(
        f"Tool: {citation()} Every report has the exact versions and the digests of its inputs "
        "in MANIFEST.json, and its scenario in scenario.toml: cite these two with it."
    )
    _list(cited)
    st.markdown("**What changed**")
    record = built_in_record()
    dates = [f"{name}: trade of {year}" for name, year in dataset_years().items()]
    st.markdown(f"Version {citation().version} is the first; there is no earlier one to compare with.")
    st.markdown("**State of the data**")
    _list([*dates, f"tariff record: law as of {record.as_of}"])


def _list(sentences: list[str] | tuple[str, ...]) -> None:
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))
