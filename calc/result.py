"""`Result`, the one answer class of all models, and how partial-equilibrium effects add up to its tables.

A model hands over what it found per line and per market; sums by partner, by economy and the headline numbers
are the same arithmetic for every model and stand here once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from calc.tables import (
    Array,
    BoolArray,
    Elasticities,
    Flows,
    IntArray,
    label,
    sum_by_code,
    sum_by_market,
    to_frame,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """How an equilibrium was reached.

    Parameters
    ----------
    residual : largest relative residual of the equations solved
    iterations : iterations of the solver; 0 where the answer is a formula
    seconds : time in the solver
    """

    residual: float = 0.0
    iterations: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """What a result was computed from: enough to cite it and to run it again.

    Parameters
    ----------
    scenario_toml : the scenario as a file
    attachments : other files the scenario names, by file name
    policy : the rules in words, one sentence each
    dataset : name of the dataset
    dataset_title, year, source, licence, citation, estimated : as the dataset states them
    names : name of each economy, by code
    sha256 : digest of every input file
    """

    scenario_toml: str
    attachments: Mapping[str, bytes]
    policy: tuple[str, ...]
    dataset: str
    dataset_title: str
    year: int
    source: str
    licence: str
    citation: str
    estimated: bool
    names: Mapping[str, str]
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """The answer of a model to a scenario; rates and changes are fractions, money is US$.

    Parameters
    ----------
    model : name in `simulation.MODELS`
    scenario : title of the scenario
    summary : metric, value, low, high; one row a headline number
    lines : one row an importer x exporter x product, own sales left out; `targeted`: a rule changed the line
    markets : one row an importer x product
    economies : one row an economy; a cell the data do not cover is empty
    parameters : assumptions by name, as used
    notes : what the reader should know
    solution : residual, iterations, seconds
    inputs : what the answer was computed from; absent when a model is called by itself
    """

    model: str
    summary: pd.DataFrame
    lines: pd.DataFrame
    markets: pd.DataFrame
    economies: pd.DataFrame
    scenario: str = ""
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    solution: Solution = Solution()
    inputs: Inputs | None = None

    def value(self, metric: str) -> float:
        """One headline number; KeyError if the model does not give it."""
        return float(self.summary.set_index("metric")["value"].loc[metric])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineEffects:
    """What a partial-equilibrium model finds on each line, [line].

    Parameters
    ----------
    targeted : a rule changed this line
    tariff_new : t1, fraction
    world_price_change, landed_price_change, volume_change : fractions
    import_value_new, price_effect, trade_creation, trade_diversion : US$ before duty
    producer_surplus_change : ΔPS of the exporter, US$
    export_tax_revenue_change : of the exporter's treasury, US$
    """

    targeted: BoolArray
    tariff_new: Array
    world_price_change: Array
    landed_price_change: Array
    volume_change: Array
    import_value_new: Array
    price_effect: Array
    trade_creation: Array
    trade_diversion: Array
    producer_surplus_change: Array
    export_tax_revenue_change: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarketEffects:
    """What a partial-equilibrium model finds in each market, [market].

    Parameters
    ----------
    composite_price_change, composite_volume_change : P − 1, Q − 1, fractions
    consumer_surplus_change : ΔCS, US$
    """

    composite_price_change: Array
    composite_volume_change: Array
    consumer_surplus_change: Array


def partial_equilibrium_result(
    model: str,
    flows: Flows,
    elasticities: Elasticities,
    line: LineEffects,
    market: MarketEffects,
    *,
    extra_summary: Mapping[str, float] | None = None,
    notes: tuple[str, ...] = (),
    solution: Solution | None = None,
) -> Result:
    """Tables and headline numbers from the effects per line and market.

        ΔR = Σ t1 M1 − t0 M0       net(importer) = ΔCS + ΔR + ΔPS(own sales)       net(exporter) = ΔPS + ΔR(export tax)

    Own sales (importer = exporter) count in markets and surpluses, not in trade, duties and `lines`.
    """
    revenue_base = flows.tariff_rate * flows.import_value
    revenue_new = line.tariff_new * line.import_value_new
    own = flows.domestic
    if own.any():
        revenue_base, revenue_new = np.where(own, 0.0, revenue_base), np.where(own, 0.0, revenue_new)
    revenue_change = revenue_new - revenue_base
    return Result(
        model=model,
        summary=_summary(flows, line, market, revenue_base, revenue_new, extra_summary or {}),
        lines=_lines(flows, elasticities, line, revenue_base, revenue_new),
        markets=_markets(flows, line, market, revenue_change),
        economies=_economies(flows, line, market, revenue_change),
        notes=notes,
        solution=solution or Solution(),
    )


def _lines(
    flows: Flows, elasticities: Elasticities, line: LineEffects, revenue_base: Array, revenue_new: Array
) -> pd.DataFrame:
    of_market = flows.market
    table = to_frame(
        {
            "importer": label(flows.importer, flows.economies),
            "exporter": label(flows.exporter, flows.economies),
            "product": label(flows.product, flows.products),
            "import_value_base": flows.import_value,
            "tariff_base": flows.tariff_rate,
            "tariff_new": line.tariff_new,
            "world_price_change": line.world_price_change,
            "landed_price_change": line.landed_price_change,
            "volume_change": line.volume_change,
            "import_value_new": line.import_value_new,
            "price_effect": line.price_effect,
            "trade_creation": line.trade_creation,
            "trade_diversion": line.trade_diversion,
            "tariff_revenue_base": revenue_base,
            "tariff_revenue_new": revenue_new,
            "producer_surplus_change": line.producer_surplus_change,
            "import_demand_elasticity": elasticities.import_demand_elasticity[of_market],
            "armington_elasticity": elasticities.armington_elasticity[of_market],
            "export_supply_elasticity": elasticities.export_supply_elasticity,
            "elasticity_basis": elasticities.basis.take(of_market),
            "targeted": line.targeted,
        }
    )
    own = flows.domestic
    return table.loc[~own].reset_index(drop=True) if own.any() else table


def _duty_paid(flows: Flows) -> Array:
    return flows.import_value * (1 + flows.tariff_rate)


def _markets(flows: Flows, line: LineEffects, market: MarketEffects, revenue_change: Array) -> pd.DataFrame:
    first = flows.market_start
    market_revenue_change = sum_by_market(flows, revenue_change)
    own_producers = sum_by_market(flows, np.where(flows.domestic, line.producer_surplus_change, 0.0))
    return to_frame(
        {
            "importer": label(flows.importer[first], flows.economies),
            "product": label(flows.product[first], flows.products),
            "expenditure_base": sum_by_market(flows, _duty_paid(flows)),
            "composite_price_change": market.composite_price_change,
            "composite_volume_change": market.composite_volume_change,
            "consumer_surplus_change": market.consumer_surplus_change,
            "tariff_revenue_change": market_revenue_change,
            "net_welfare_change": market.consumer_surplus_change + market_revenue_change + own_producers,
        }
    )


def _economies(flows: Flows, line: LineEffects, market: MarketEffects, revenue_change: Array) -> pd.DataFrame:
    size = len(flows.economies)
    traded = np.where(flows.domestic, 0.0, 1.0)
    value_change = (line.import_value_new - flows.import_value) * traded
    sells = np.bincount(flows.exporter, minlength=size) > 0
    buys = np.bincount(flows.importer, minlength=size) > 0

    def by(codes: IntArray, values: Array, covered: BoolArray) -> Array:
        total: Array = np.where(covered, sum_by_code(codes, values, size), np.nan)
        return total

    exporter, importer = flows.exporter, flows.importer
    consumers = by(importer[flows.market_start], market.consumer_surplus_change, buys)
    producers = by(exporter, line.producer_surplus_change, sells)
    treasury = sum_by_code(importer, revenue_change, size) + sum_by_code(
        exporter, line.export_tax_revenue_change, size
    )
    table = to_frame(
        {
            "economy": label(np.arange(size), flows.economies),
            "exports_base": by(exporter, flows.import_value * traded, sells),
            "exports_change": by(exporter, value_change, sells),
            "imports_base": by(importer, flows.import_value * traded, buys),
            "imports_change": by(importer, value_change, buys),
            "consumer_surplus_change": consumers,
            "producer_surplus_change": producers,
            "tariff_revenue_change": treasury,
            "net_welfare_change": np.nan_to_num(consumers) + np.nan_to_num(producers) + treasury,
        }
    )
    return table.loc[sells | buys].reset_index(drop=True)


def _summary(
    flows: Flows,
    line: LineEffects,
    market: MarketEffects,
    revenue_base: Array,
    revenue_new: Array,
    extra: Mapping[str, float],
) -> pd.DataFrame:
    traded = ~flows.domestic
    base, new = flows.import_value, line.import_value_new
    targeted = line.targeted
    touched = np.logical_or.reduceat(targeted, flows.market_start)
    spending = _duty_paid(flows)
    market_spending = sum_by_market(flows, spending)
    others = traded & ~targeted & touched[flows.market]

    def total(values: Array, where: BoolArray = traded) -> float:
        return float(values.sum(where=where))

    def mean(values: Array, weights: Array, where: BoolArray = traded) -> float:
        """Weighted mean; 0 where nothing is weighted, because nothing changed."""
        weight = total(weights, where)
        return total(values * weights, where) / weight if weight else 0.0

    base_total, new_total = total(base), total(new)
    targeted_base = total(base, targeted)
    targeted_change = total(new - base, targeted)
    everywhere = np.ones(len(touched), dtype=bool)
    consumers = total(market.consumer_surplus_change, everywhere)
    producers = float(line.producer_surplus_change.sum())
    treasury = total(revenue_new - revenue_base) + float(line.export_tax_revenue_change.sum())
    values = {
        "import_value_base": base_total,
        "import_value_new": new_total,
        "import_value_change": total(new - base),
        "import_volume_change": mean(line.volume_change, base),
        "price_effect": total(line.price_effect),
        "trade_creation": total(line.trade_creation),
        "trade_diversion": total(line.trade_diversion),
        "effective_tariff_base": total(revenue_base) / base_total if base_total else 0.0,
        "statutory_tariff_new": mean(line.tariff_new, base),
        "effective_tariff_new": total(revenue_new) / new_total if new_total else 0.0,
        "targeted_tariff_base": mean(flows.tariff_rate, base, targeted),
        "targeted_tariff_new": mean(line.tariff_new, base, targeted),
        "targeted_import_value_base": targeted_base,
        "targeted_import_value_change": targeted_change,
        "targeted_import_value_relative_change": targeted_change / targeted_base if targeted_base else 0.0,
        "targeted_landed_price_change": mean(line.landed_price_change, spending, targeted),
        "targeted_volume_change": mean(line.volume_change, base, targeted),
        "other_suppliers_gain": total(new - base, others),
        "affected_composite_price_change": mean(market.composite_price_change, market_spending, touched),
        "tariff_revenue_base": total(revenue_base),
        "tariff_revenue_new": total(revenue_new),
        "tariff_revenue_change": treasury,
        "consumer_surplus_change": consumers,
        "producer_surplus_change": producers,
        "net_welfare_change": consumers + producers + treasury,
        **extra,
    }
    return to_frame(
        {
            "metric": list(values),
            "value": np.array(list(values.values())),
            "low": np.full(len(values), np.nan),
            "high": np.full(len(values), np.nan),
        }
    )
