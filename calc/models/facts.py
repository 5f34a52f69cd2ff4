"""The models as documents: equations from their own docstrings, references, and what to beware of.

Equations are read from the code that runs, so that the page cannot show others.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass

from calc.models import armington, gsim, liberation_day, smart, trade_equilibrium
from calc.models.equations import (
    decomposition,
    equilibrium,
    fixed_export_costs,
    one_sector,
    welfare,
    world,
    world_prices,
)

_NUMPY_SECTION = re.compile(r"\n(?:Parameters|Returns|Raises)\n-{3,}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a docstring: a paragraph of words, or lines of equations as they stand."""

    text: str
    equations: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What to know of a model before believing it.

    Parameters
    ----------
    references : papers, the first the model's own
    documents : modules and functions whose docstrings hold the equations, by heading
    limits : one sentence each
    """

    references: tuple[str, ...]
    documents: Mapping[str, object]
    limits: tuple[str, ...]


_ARMINGTON_1969 = (
    "Armington, P. (1969), A Theory of Demand for Products Distinguished by Place of Production, IMF Staff Papers 16"
)
_SURPLUS: Mapping[str, object] = {
    "Surpluses": welfare,
    "Buyers": welfare.consumer_surplus_change,
    "Producers": welfare.producer_surplus_change,
}
_SMART = ModelFacts(
    references=(
        "Laird, S. and Yeats, A. (1986), The UNCTAD Trade Policy Simulation Model, UNCTAD discussion paper 19",
        "Jammes, O. and Olarreaga, M. (2005), Explaining SMART and GSIM, World Bank",
        "World Bank, WITS SMART user manual",
    ),
    documents={
        "Model": smart,
        "Parts of the change": smart.effects_of,
        "Diversion, differential": smart.trade_diversion_differential,
        "Diversion, discrete": smart.trade_diversion_discrete,
        "What is reported": smart.simulate,
    },
    limits=(
        "Straight lines: beyond 10% of the landed price the answer says how far it is from the exact model.",
        "A rise of the tariff by 1/|demand elasticity| wipes a line out; such lines are counted in the Notes.",
        "WITS's own welfare figure leaves diversion out; it is in the report as wits_welfare_usd, beside ours.",
        "Other programmes called SMART move market shares by another rule and divert 2.8 times less on equal inputs.",
    ),
)
_GSIM_REFERENCES = (
    "Francois, J. and Hall, H.K. (2003), Global Simulation Analysis of Industry-Level Trade Policy, version 3.0",
    "Francois, J. (2007), Global Simulation (GSIM) Analysis, GSIMv2",
)
_CONVENTION = "Demand and supply elasticities of the built-in world are conventions, not estimates by country."
FACTS: Mapping[str, ModelFacts] = {
    "armington": ModelFacts(
        references=(
            _ARMINGTON_1969,
            "Francois, J. and Hall, H.K. (1997), Partial Equilibrium Modeling, in Applied Methods for Trade Policy "
            "Analysis, Cambridge University Press",
            "Riker, D. and Schreiber, S. (2020), USITC working paper 2020-05-A",
        ),
        documents={"Model": armington, "Parts of the change": armington.effects_of, **_SURPLUS},
        limits=(
            "Where supply is infinite, the default, buyers bear the whole duty: the least favourable case for them. "
            "Pass-through in the assumptions says otherwise.",
            "Each importer's market stands alone: goods kept out of one country do not press on prices elsewhere.",
            "Diversion sums to zero only for small changes; over large ones buyers take more units for the same worth.",
            "Where substitution is below demand in size, a duty on one supplier harms the others too.",
        ),
    ),
    "smart": _SMART,
    "smart_discrete": _SMART,
    "gsim": ModelFacts(
        references=_GSIM_REFERENCES,
        documents={"Model": gsim, "World market": world_prices, "What is reported": gsim.simulate, **_SURPLUS},
        limits=(
            "Products do not touch one another, and no one's income changes.",
            "An exporter has one price for all destinations; it cannot price to market.",
            _CONVENTION,
        ),
    ),
    "gsim_linear": ModelFacts(
        references=_GSIM_REFERENCES,
        documents={"Model": gsim, "Linear form": gsim.simulate_linear},
        limits=(
            "It understates large cuts badly; the answer says how far it is from the exact form.",
            "The published gain of buyers counts a triangle as a loss where prices rise; kept here for parity.",
            "It knows import tariffs only, no export taxes and no ceilings.",
        ),
    ),
    "liberation_day": ModelFacts(
        references=(
            "Ignatenko, A., Macedoni, L., Lashkaripour, A. and Simonovska, I. (2025), Making America Great Again? The "
            "Economic Impacts of Liberation Day Tariffs, Journal of International Economics 157, 104138",
        ),
        documents={
            "Model": liberation_day,
            "Equilibrium": one_sector,
            "Base year": fixed_export_costs,
            "Accounts": fixed_export_costs.BaseYear,
            "Fixed cost of exporting": fixed_export_costs.fixed_cost_shares,
            "Exponent of the tariff": fixed_export_costs.tariff_exponent,
            "Real income": liberation_day.outcome_of,
        },
        limits=(
            "One sector: which product is taxed does not matter, and all goods are alike.",
            "Base tariffs count as costs: only the change of a tariff is a tariff and brings revenue.",
            "A duty that cuts the tax on work raises employment by assumption; handed out, it does not.",
            "Own sales follow from GDP and the cost of exporting; nobody reports them.",
        ),
    ),
    "trade_equilibrium": ModelFacts(
        references=(
            "Caliendo, L. and Parro, F. (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review of "
            "Economic Studies 82(1), 1-44",
            "Eaton, J. and Kortum, S. (2002), Technology, Geography, and Trade, Econometrica 70",
            "Anderson, J. (1979), A Theoretical Foundation for the Gravity Equation, American Economic Review 69",
        ),
        documents={
            "Model": trade_equilibrium,
            "Base": world,
            "Equilibrium": equilibrium,
            "Terms of trade and volume": decomposition,
        },
        limits=(
            "Full employment, one factor that moves freely between sectors: the long run, without the way there.",
            "Wages and prices are against world value added; only their ratios mean something.",
            "The headline is the exact change of real income, not the paper's first-order “welfare”, which can be far"
            " from it.",
            "The built-in tables are of 2011; China's share in the world was smaller then.",
        ),
    ),
}


def blocks(document: object) -> tuple[Block, ...]:
    """The docstring of a module or function, up to its parameters, as paragraphs and equations.

    Indented lines are equations. Empty where Python was told to drop docstrings (`-OO`).
    """
    text = _NUMPY_SECTION.split(inspect.getdoc(document) or "")[0]
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        indented = False
        lines: list[str] = []
        for line in paragraph.splitlines():
            if lines and line.startswith(" ") != indented:
                found.append(_block(lines, indented))
                lines = []
            indented = line.startswith(" ")
            lines.append(line)
        if lines:
            found.append(_block(lines, indented))
    return tuple(found)


def _block(lines: list[str], equations: bool) -> Block:
    if equations:
        return Block(text=inspect.cleandoc("\n" + "\n".join(lines)), equations=True)
    return Block(text=" ".join(line.strip() for line in lines), equations=False)
