"""A scenario on imports by HS code becomes one on world data by sector, so that whole economies answer it.

    t1[world] = t0[world] + Σ_l M[l] (t1[l] − t0[l]) / Σ_l M[l]        over the lines l of a sector and partner

The change of a sector's rate is the mean change of its lines, weighted by base imports, in points; t0[l] are the rates
from which the rules start. Dates whose tariffs are in force are carried by the law itself (`tariffs.law`). Export taxes
are means too; a ceiling on some lines is one on the sector, weighted in the same way.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from calc.assumptions import Assumptions
from calc.datasets.catalogue import first_of
from calc.datasets.dataset import Dataset, read_dataset
from calc.errors import ScenarioError
from calc.flows import Array, to_frame
from calc.models.known import MODELS
from calc.question import law_of, question
from calc.result import Result
from calc.scenario import Scenario
from calc.scenario_file import read_scenario
from calc.tariffs.carrying import Carrier, carrier, has_sectors, sectors
from calc.tariffs.policy import Policy
from calc.tariffs.rules import Rule
from calc.words import in_sentences, listing, money, moves, small_percent, whole_percent

_DIGITS = 10  # of a rate in per cent: sums of equal numbers differ in the last digits only


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnWorld:
    """A scenario carried to world data.

    Parameters
    ----------
    scenario : the same policy by sector, ready to run
    coverage : importer, exporter, product (the sector); import_value of its lines by HS code, US$; covered_share, the
        part of it whose rate or shipments change; tariff_change of the sector, and tariff_change_covered of the lines
        that change, against the base (fractions)
    notes : what share is covered, and what is left out, in words
    """

    scenario: Scenario
    coverage: pd.DataFrame
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        """One line: `OnWorld world-io-2023: 16 sectors, 1 rule`."""
        rules = len(self.scenario.rules)
        return (
            f"OnWorld {self.scenario.dataset}: {self.coverage['product'].nunique()} sectors, "
            f"{rules} rule{'' if rules == 1 else 's'}"
        )


def to_world(scenario: str | Path | Scenario, dataset: Dataset | None = None, world: Dataset | None = None) -> OnWorld:
    """A scenario on imports by HS code as one on world data by sector.

    Parameters
    ----------
    scenario : a preset's name, the path of a scenario file, or a scenario
    dataset : what the scenario is of; read by its name if absent
    world : world data with the goods sectors of ISIC rev. 3; the first built-in ones if absent

    Raises
    ------
    ScenarioError
        The scenario is of world data already, its products are no HS codes, or the world has no such sectors.

    Examples
    --------
    >>> import calc
    >>> cars = calc.Rule(importer=("USA",), exporters=("JPN",), products=("8703",), value_pct=25.0)
    >>> carried = calc.to_world(calc.Scenario(title="25 points on Japanese cars", rules=(cars,)))
    >>> carried
    OnWorld world-io-2023: 1 sectors, 1 rule
    >>> bool(0.5 < carried.coverage["covered_share"].item() < 1)  # of transport equipment from Japan
    True
    """
    scenario = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    fine = dataset or read_dataset(scenario.dataset)
    wide = world or read_dataset(first_of("world"))
    by = _checked_carrier(scenario, fine, wide)
    asked = question(scenario, fine)
    law = law_of(scenario, fine)
    policy, start = asked.policy, asked.dataset.flows.tariff_rate if law is None else law.rates().total
    sector = _on_sectors(policy, start, by)
    rules = (
        *_as_rules("tariff", "add", sector["tariff"], by, wide),
        *_as_rules("export_tax", "set", sector["export_tax"], by, wide),
        *_as_rules("export_volume", "add", sector["export_volume"], by, wide),
        *_as_rules("trade_cost", "set", sector["trade_cost"], by, wide),
    )
    used = {rule.instrument for rule in rules}
    model = max(
        (model for model in MODELS.values() if used <= set(model.instruments) and not model.unsuited(wide.flows)),
        key=lambda model: model.rank,
    )
    carried = replace(
        scenario,
        dataset=wide.name,
        model=model.name,
        elasticities="default",
        assumptions=Assumptions(elasticity_multiplier=scenario.assumptions.elasticity_multiplier),
        rules=rules,
        file="",
    )
    moved = policy.targeted.astype(float)
    coverage = _coverage(moved, policy.tariff_new - asked.dataset.flows.tariff_rate, by, wide)
    notes = _notes(coverage, moved, by, fine, wide)
    description = " ".join(filter(None, (scenario.description, *notes)))
    return OnWorld(scenario=replace(carried, description=description), coverage=coverage, notes=notes)


def _checked_carrier(scenario: Scenario, fine: Dataset, wide: Dataset) -> Carrier:
    if not has_sectors(wide):
        raise ScenarioError(
            f"{wide.name} does not have the sectors that HS codes are carried to ({', '.join(sectors())}). Choose "
            f"{first_of('world') or 'other world data'}."
        )
    if fine.kind == "world":
        raise ScenarioError(f"{fine.name} is world data already: run the scenario as it is.")
    by = carrier(fine, wide)
    if not len(by.line):
        raise ScenarioError(
            f"{fine.name} cannot be carried to {wide.name}: no flow of it has an HS code of six digits and an importer "
            "of the world data."
        )
    return by


def _on_sectors(policy: Policy, start: Array, by: Carrier) -> dict[str, Array]:
    """What the rules come to on each world flow, in points or per cent of volume [flow]; 0 where nothing changes."""
    means = {
        "tariff": policy.tariff_new - start,
        "export_tax": policy.export_tax,
        "trade_cost": policy.trade_cost,
        "export_volume": np.minimum(policy.export_ceiling, 1.0) - 1.0,
    }
    return {name: np.round(by.mean(values) * 100, _DIGITS) + 0.0 for name, values in means.items()}


def _groups(value: Array, by: Carrier, wide: Dataset) -> dict[tuple[str, float, tuple[str, ...]], list[str]]:
    """Exporters by importer, value and the sectors that have it; no sectors: all goods."""
    flows, known = wide.flows, by.known & (value != 0)
    if not known.any():
        return {}
    known = by.known & np.isin(flows.exporter, flows.exporter[known])  # all sectors of an exporter that has a change
    table = pd.DataFrame(
        {
            "importer": flows.economies[flows.importer[known]],
            "exporter": flows.economies[flows.exporter[known]],
            "sector": flows.products[flows.product[known]],
            "value": value[known],
        }
    )
    found: dict[tuple[str, float, tuple[str, ...]], list[str]] = {}
    for (importer, exporter), rows in table.groupby(["importer", "exporter"], sort=True):
        values = rows.groupby("value", sort=True)["sector"].agg(tuple)
        for one, reached in zip(values.index.to_numpy(dtype=float), values, strict=True):
            if one != 0:
                key = (str(importer), float(one), () if len(values) == 1 else reached)
                found.setdefault(key, []).append(str(exporter))
    return found


def _as_rules(instrument: str, action: str, value: Array, by: Carrier, wide: Dataset) -> tuple[Rule, ...]:
    """Rules that set in motion what `value` says of each flow, one for all exporters and sectors that share it."""
    return tuple(
        Rule(
            importer=(importer,),
            exporters=_named(sellers, importer, wide),
            products=on or _goods(wide),
            instrument=instrument,
            action=action,
            value_pct=points,
        )
        for (importer, points, on), sellers in _groups(value, by, wide).items()
    )


def _named(sellers: list[str], importer: str, wide: Dataset) -> tuple[str, ...]:
    """Exporters of a rule; none named where it is all of them."""
    flows = wide.flows
    selling = np.unique(flows.exporter[(flows.importer == flows.economies.get_loc(importer)) & ~flows.domestic])
    return () if set(sellers) == set(flows.economies[selling]) else tuple(sellers)


def _goods(wide: Dataset) -> tuple[str, ...]:
    """The goods sectors as a rule names them; nothing where the data have no others."""
    every = set(sectors())
    if every == set(wide.flows.products):
        return ()
    kinds = wide.products.get("kind")
    goods = set() if kinds is None else set(wide.products.loc[kinds == "goods", "product"])
    return ("kind:goods",) if goods == every else sectors()


def _coverage(moved: Array, change: Array, by: Carrier, wide: Dataset) -> pd.DataFrame:
    """Rows of the flows that rules reach, see `OnWorld`."""
    flows, share, total = wide.flows, by.mean(moved), by.mean(change)
    rows = np.flatnonzero(share > 0)
    return to_frame(
        {
            "importer": flows.economies[flows.importer[rows]].astype(str),
            "exporter": flows.economies[flows.exporter[rows]].astype(str),
            "product": flows.products[flows.product[rows]].astype(str),
            "import_value": by.carried_value[rows],
            "covered_share": share[rows],
            "tariff_change": total[rows],
            "tariff_change_covered": total[rows] / share[rows],
        }
    )


def covered_by_sector(coverage: pd.DataFrame) -> pd.DataFrame:
    """Coverage by sector, over all partners whose goods rules reach; the largest covered value first.

    Returns
    -------
    product, import_value, covered_value (US$), covered_share, tariff_change, tariff_change_covered
    """
    value = coverage["import_value"]
    table = pd.DataFrame(
        {
            "product": coverage["product"],
            "import_value": value,
            "covered_value": value * coverage["covered_share"],
            "points": value * coverage["tariff_change"],
        }
    )
    sums = table.groupby("product", as_index=False, sort=True).sum()
    sums = sums.assign(
        covered_share=sums["covered_value"] / sums["import_value"],
        tariff_change=sums["points"] / sums["import_value"],
        tariff_change_covered=sums["points"] / sums["covered_value"],
    ).drop(columns="points")
    return sums.sort_values("covered_value", ascending=False, kind="stable").reset_index(drop=True)


def _notes(coverage: pd.DataFrame, moved: Array, by: Carrier, fine: Dataset, wide: Dataset) -> tuple[str, ...]:
    if not len(coverage):
        return (f"The change reaches no flow of {wide.name}.",)
    covered, sold = (coverage["import_value"] * coverage["covered_share"]).sum(), coverage["import_value"].sum()
    names = dict(
        zip(wide.products["product"], wide.products.get("short_name", wide.products["description"]), strict=True)
    )
    industries = listing([str(names[code]) for code in covered_by_sector(coverage)["product"]])
    notes = [
        f"Carried from HS codes of {fine.name} to industries of {wide.name} (ISIC rev. 3): the change reaches "
        f"{money(float(covered), sign=False)}, {_share(covered / sold)} of what these partners sell in {industries}. "
        f"An industry's tariff changes by the mean of its lines, weighted by imports of {fine.year}."
    ]
    value = fine.flows.import_value * moved
    lost = float(value[~by.placed].sum())
    if lost > 0:
        notes.append(
            f"{money(lost, sign=False)} of the goods concerned ({_share(lost / value.sum())}) are in no industry or no "
            "flow of the world data, mostly goods returned and low-value parcels, and left out."
        )
    return tuple(notes)


def _share(fraction: float) -> str:
    return small_percent(fraction).lstrip("+") if fraction < 0.0995 else whole_percent(fraction)


def disagreements(single: Result, whole: Result, importer: str) -> tuple[str, ...]:
    """In sentences, where an answer at given incomes and one of whole economies point in other directions, and why.

    Parameters
    ----------
    single : by product, of the importer's trade
    whole : by sector, of the same policy
    importer : whose welfare and revenue are compared
    """
    (name,) = in_sentences(whole, [importer])
    sentences = []
    for metric, words, why in _COMPARED:
        there, here = _of(single, importer, metric), _of(whole, importer, metric)
        if there * here < 0:
            sentences.append(
                f"In What-if {words} of {name} {moves(there, _dollars, singular=True)}; here it "
                f"{moves(here, _dollars, singular=True)}: {why[here > 0]}"
            )
    return tuple(sentences)


# What is compared: in What-if, and why whole economies may say otherwise, where they lose and where they gain.
_COMPARED = (
    (
        "net_welfare_change",
        "net welfare",
        (
            "in whole economies a tariff also raises what domestic industries pay for inputs, and is a tax on the "
            "country's own exports.",
            "in whole economies wages and prices abroad fall against its own when it buys less (terms of trade), which "
            "single markets at given incomes leave out.",
        ),
    ),
    (
        "tariff_revenue_change",
        "tariff revenue",
        (
            "substitution between origins is stronger in the world data's elasticities, or a whole industry reacts "
            "to the mean of its rates.",
            "substitution between origins is weaker in the world data's elasticities, or a high rate on few lines, "
            "which stops their trade, is a low one on the whole industry.",
        ),
    ),
)


def _dollars(change: float) -> str:
    return f"by {money(abs(change), sign=False)}"


def _of(result: Result, economy: str, metric: str) -> float:
    table = result.economies
    return float(table.loc[(table["economy"] == economy).to_numpy(), metric].iloc[0])
