"""Models in words, and which of them a dataset can answer with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from calc.datasets.dataset import Dataset
from calc.question import GENERAL_EQUILIBRIUM, MODELS, OPTIONS
from calc.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWords:
    """What people need to know of a model.

    Parameters
    ----------
    label : short name
    includes, leaves_out : one sentence each
    """

    label: str
    includes: str
    leaves_out: str


_SMART = ModelWords(
    label="SMART, linear",
    includes="One importer's demand, and the switch between its suppliers, along straight lines (as WITS prints it).",
    leaves_out="Domestic goods, other importers, incomes, and what large changes do beyond a straight line.",
)
_GSIM = ModelWords(
    label="GSIM, exact",
    includes="One world market a product: buyers switch between origins, own goods among them, and every exporter's "
    "price clears what all buyers want of it, so that goods kept out of one market press on the others.",
    leaves_out="Incomes and wages, links between products, inputs, and what the revenue is spent on.",
)
WORDS: Mapping[str, ModelWords] = {
    "armington": ModelWords(
        label="Armington, exact",
        includes="Each importer's demand, and the exact switch between its suppliers, each with its own supply curve.",
        leaves_out="World prices common to all markets (an exporter's sales elsewhere stay), incomes and inputs.",
    ),
    "smart": _SMART,
    "smart_discrete": ModelWords(
        label="SMART, linear (discrete diversion)", includes=_SMART.includes, leaves_out=_SMART.leaves_out
    ),
    "gsim": _GSIM,
    "gsim_linear": ModelWords(
        label="GSIM, linear",
        includes=_GSIM.includes,
        leaves_out=f"All that the exact form leaves out: "
        f"{_GSIM.leaves_out[0].lower()}{_GSIM.leaves_out[1:-1]}; and the curves of large changes.",
    ),
    "liberation_day": ModelWords(
        label="General equilibrium, one sector",
        includes="Wages, prices, incomes and employment of all economies together; fixed costs of exporting; the duty "
        "pays for a cut of the tax on work (Ignatenko et al. 2025).",
        leaves_out="Sectors and inputs between them; surpluses of buyers and producers; a split by terms of trade.",
    ),
    "trade_equilibrium": ModelWords(
        label="General equilibrium, sectors and inputs",
        includes="Wages, prices and incomes of all economies together, with sectors that buy from one another; the "
        "duty is handed out (Caliendo, Parro 2015).",
        leaves_out="Unemployment, capital and stocks; deficits of trade stay as they are; surpluses of single markets.",
    ),
}
# What answers a dataset unless another model is asked for: the first that can.
_PREFERRED = ("trade_equilibrium", "liberation_day", "gsim", "armington", "smart")


def label(model: str) -> str:
    """Short name of a model."""
    return WORDS[model].label if model in WORDS else model


def is_general(model: str) -> bool:
    """Whether incomes move in a model."""
    return model in GENERAL_EQUILIBRIUM


def reason_absent(model: str, data: Dataset) -> str:
    """Why a dataset cannot be answered by a model, in words; empty if it can."""
    flows = data.flows
    one_importer = len(np.unique(flows.importer)) == 1
    own_sales, accounts = bool(flows.domestic.any()), flows.accounts is not None
    several_goods = len(flows.products) > 1
    rules: Mapping[str, tuple[tuple[bool, str], ...]] = {
        "smart": (
            (own_sales, "it has no domestic goods, and these data have own sales"),
            (not one_importer, "it knows one importer, and these data have several"),
        ),
        "gsim": ((one_importer, "it clears markets of several importers, and these data have one"),),
        "liberation_day": (
            (not accounts, "it needs the GDP of every economy, which these data do not have"),
            (several_goods or own_sales, "it has one sector and finds own sales from GDP; these data have their own"),
        ),
        "trade_equilibrium": (
            (not accounts, "it needs national accounts, which these data do not have"),
            (not own_sales, "it needs what each economy sells to itself, which these data do not have"),
        ),
    }
    rules = {**rules, "smart_discrete": rules["smart"], "gsim_linear": rules["gsim"]}
    return next((words for broken, words in rules.get(model, ()) if broken), "")


def offered(data: Dataset) -> list[str]:
    """Models that can answer a dataset, the default first."""
    found = [model for model in MODELS if not reason_absent(model, data)]
    first = next((model for model in _PREFERRED if model in found), found[0])
    return [first, *(model for model in found if model != first)]


def absent(data: Dataset) -> dict[str, str]:
    """Models that cannot, and why."""
    return {model: why for model in MODELS if (why := reason_absent(model, data))}


def counterpart(model: str, data: Dataset) -> str:
    """The model of the other kind to set beside one: general for partial equilibrium, and back; empty if none."""
    others = [other for other in _PREFERRED if other in offered(data) and is_general(other) != is_general(model)]
    return others[0] if others else ""


def asked_of(scenario: Scenario, model: str) -> Scenario:
    """A scenario put to another model: the options that it does not have are left out."""
    foreign = {name for names in OPTIONS.values() for name in names} - set(OPTIONS.get(model, ()))
    # every option of a single model may be None
    assumptions = replace(scenario.assumptions, **dict.fromkeys(foreign))  # type: ignore[arg-type]
    return replace(scenario, model=model, assumptions=assumptions)
