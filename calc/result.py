"""`Result`, the one answer class of all models, and how partial-equilibrium effects add up to its tables.

A model hands over what it found per line and per market; sums by partner, by economy and the headline numbers
are the same arithmetic for every model and stand here once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from calc.tables import Array, BoolArray, Elasticities, Flows, label, sum_by_code, sum_by_market, to_frame


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EconomyEffects:
    """What a general-equilibrium model finds for each economy, [economy]; NaN where a model is silent.

    Parameters
    ----------
    income_base : I, US$
    real_income_change : Ŵ − 1, fraction
    wage_change, consumer_price_change : ŵ − 1, P̂ − 1, fractions, in the model's numeraire
    terms_of_trade_change : terms-of-trade part of ln Ŵ along the path, fraction
    trade_balance_change : exports less imports, new less base, US$
    employment_change : L̂ − 1, fraction
    tariff_revenue_change : R' − R, US$
    """

    income_base: Array
    real_income_change: Array
    wage_change: Array
    consumer_price_change: Array
    terms_of_trade_change: Array
    trade_balance_change: Array
    employment_change: Array
    tariff_revenue_change: Array


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
    trade = _trade(flows, line)
    return Result(
        model=model,
        summary=_summary(flows, line, market, trade, extra_summary or {}),
        lines=_lines(flows, elasticities, line, trade),
        markets=_markets(flows, market, trade),
        economies=_economies(flows, line, market, trade),
        notes=notes,
        solution=solution or Solution(),
    )


def general_equilibrium_result(
    model: str,
    flows: Flows,
    elasticities: Elasticities,
    line: LineEffects,
    market: MarketEffects,
    economy: EconomyEffects,
    *,
    extra_summary: Mapping[str, float] | None = None,
    notes: tuple[str, ...] = (),
    solution: Solution | None = None,
) -> Result:
    """Tables and headline numbers where incomes move: welfare is the equivalent variation of real income.

        net welfare = I (Ŵ − 1)

    Surpluses are not defined here; the model passes them as NaN and they stay empty.
    """
    trade = _trade(flows, line)
    equivalent_variation = economy.income_base * economy.real_income_change
    base = _economies(flows, line, market, trade)
    economies = base.assign(
        tariff_revenue_change=economy.tariff_revenue_change,
        net_welfare_change=equivalent_variation,
        real_income_change=economy.real_income_change,
        wage_change=economy.wage_change,
        consumer_price_change=economy.consumer_price_change,
        terms_of_trade_change=economy.terms_of_trade_change,
        trade_balance_change=economy.trade_balance_change,
        employment_change=economy.employment_change,
    )
    acting = np.bincount(flows.importer[line.targeted], minlength=len(flows.economies)) > 0
    income = economy.income_base

    def of_acting(change: Array) -> float:
        """Change of the economies whose rates the scenario changes, weighted by income."""
        return float((change * income * acting).sum() / (income * acting).sum()) if acting.any() else 0.0

    extra = {
        "net_welfare_change": float(equivalent_variation.sum()),
        "tariff_revenue_change": float(economy.tariff_revenue_change.sum()),
        "acting_real_income_change": of_acting(economy.real_income_change),
        "acting_consumer_price_change": of_acting(economy.consumer_price_change),
        "acting_wage_change": of_acting(economy.wage_change),
        "world_real_income_change": float(equivalent_variation.sum() / income.sum()),
    }
    return Result(
        model=model,
        summary=_summary(flows, line, market, trade, {**extra, **(extra_summary or {})}),
        lines=_lines(flows, elasticities, line, trade),
        markets=_markets(flows, market, trade),
        economies=economies,
        notes=notes,
        solution=solution or Solution(),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trade:
    """Trade and duty of each line, zero on own sales [line]; ΔPS of own sales, None where there are none."""

    base: Array
    change: Array
    revenue_base: Array
    revenue_new: Array
    own_producers: Array | None


def _trade(flows: Flows, line: LineEffects) -> _Trade:
    own = flows.domestic if flows.domestic.any() else None

    def traded(values: Array) -> Array:
        """Values with own sales at zero [line]."""
        return values if own is None else np.where(own, 0.0, values)

    return _Trade(
        base=traded(flows.import_value),
        change=traded(line.import_value_new - flows.import_value),
        revenue_base=traded(flows.tariff_rate * flows.import_value),
        revenue_new=traded(line.tariff_new * line.import_value_new),
        own_producers=None if own is None else np.where(own, line.producer_surplus_change, 0.0),
    )


def _lines(flows: Flows, elasticities: Elasticities, line: LineEffects, trade: _Trade) -> pd.DataFrame:
    of_market = flows.market
    basis = {} if flows.value_basis is None else {"value_basis": flows.value_basis}
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
            "tariff_revenue_base": trade.revenue_base,
            "tariff_revenue_new": trade.revenue_new,
            "producer_surplus_change": line.producer_surplus_change,
            "import_demand_elasticity": elasticities.import_demand_elasticity[of_market],
            "armington_elasticity": elasticities.armington_elasticity[of_market],
            "export_supply_elasticity": elasticities.export_supply_elasticity,
            "elasticity_basis": elasticities.basis.take(of_market),
            **basis,
            "targeted": line.targeted,
        }
    )
    return table if trade.own_producers is None else table.loc[~flows.domestic].reset_index(drop=True)


def _markets(flows: Flows, market: MarketEffects, trade: _Trade) -> pd.DataFrame:
    first = flows.market_start
    revenue_change = sum_by_market(flows, trade.revenue_new - trade.revenue_base)
    net = market.consumer_surplus_change + revenue_change
    return to_frame(
        {
            "importer": label(flows.importer[first], flows.economies),
            "product": label(flows.product[first], flows.products),
            "expenditure_base": flows.expenditure,
            "composite_price_change": market.composite_price_change,
            "composite_volume_change": market.composite_volume_change,
            "consumer_surplus_change": market.consumer_surplus_change,
            "tariff_revenue_change": revenue_change,
            "net_welfare_change": net
            if trade.own_producers is None
            else net + sum_by_market(flows, trade.own_producers),
        }
    )


def _economies(flows: Flows, line: LineEffects, market: MarketEffects, trade: _Trade) -> pd.DataFrame:
    size = len(flows.economies)
    exporter, buyer = flows.exporter, flows.importer[flows.market_start]
    sells = np.bincount(exporter, minlength=size) > 0
    buys = np.bincount(buyer, minlength=size) > 0

    def of_exporters(values: Array) -> Array:
        return np.where(sells, sum_by_code(exporter, values, size), np.nan)

    def of_importers(values: Array) -> Array:
        """Values of markets, added up by importer."""
        return np.where(buys, sum_by_code(buyer, values, size), np.nan)

    consumers = of_importers(market.consumer_surplus_change)
    producers = of_exporters(line.producer_surplus_change)
    duty = of_importers(sum_by_market(flows, trade.revenue_new - trade.revenue_base))
    export_tax = of_exporters(line.export_tax_revenue_change)
    treasury = np.nan_to_num(duty) + np.nan_to_num(export_tax)
    return (
        to_frame(
            {
                "economy": label(np.arange(size), flows.economies),
                "exports_base": of_exporters(trade.base),
                "exports_change": of_exporters(trade.change),
                "imports_base": of_importers(sum_by_market(flows, trade.base)),
                "imports_change": of_importers(sum_by_market(flows, trade.change)),
                "consumer_surplus_change": consumers,
                "producer_surplus_change": producers,
                "tariff_revenue_change": treasury,
                "net_welfare_change": np.nan_to_num(consumers) + np.nan_to_num(producers) + treasury,
            }
        )
        .loc[sells | buys]
        .reset_index(drop=True)
    )


def _summary(
    flows: Flows, line: LineEffects, market: MarketEffects, trade: _Trade, extra: Mapping[str, float]
) -> pd.DataFrame:
    base, change = trade.base, trade.change
    targeted = line.targeted & ~flows.domestic
    touched = np.logical_or.reduceat(targeted, flows.market_start)
    targeted_base = base * targeted
    targeted_spending = targeted_base * (1 + flows.tariff_rate)
    targeted_change = change * targeted
    in_touched = (change * touched[flows.market]).sum()

    def ratio(part: Array | float, whole: Array | float) -> float:
        """Σ part / Σ whole; 0 where the whole is nothing, because then nothing changed."""
        total = float(np.sum(whole))
        return float(np.sum(part)) / total if total else 0.0

    consumers = market.consumer_surplus_change.sum()
    producers = line.producer_surplus_change.sum()
    duty = (trade.revenue_new - trade.revenue_base).sum()
    export_tax = line.export_tax_revenue_change.sum()
    touched_spending = flows.expenditure * touched
    abroad = ~flows.domestic
    values = {
        "import_value_base": base.sum(),
        "import_value_new": (base + change).sum(),
        "import_value_change": change.sum(),
        "import_volume_change": ratio(line.volume_change * base, base),
        "price_effect": line.price_effect.sum(where=abroad),
        "trade_creation": line.trade_creation.sum(where=abroad),
        "trade_diversion": line.trade_diversion.sum(where=abroad),
        "effective_tariff_base": ratio(trade.revenue_base, base),
        "statutory_tariff_new": ratio(line.tariff_new * base, base),
        "effective_tariff_new": ratio(trade.revenue_new, base + change),
        "targeted_tariff_base": ratio(flows.tariff_rate * targeted_base, targeted_base),
        "targeted_tariff_new": ratio(line.tariff_new * targeted_base, targeted_base),
        "targeted_import_value_base": targeted_base.sum(),
        "targeted_import_value_change": targeted_change.sum(),
        "targeted_import_value_relative_change": ratio(targeted_change, targeted_base),
        "targeted_landed_price_change": ratio(line.landed_price_change * targeted_spending, targeted_spending),
        "targeted_volume_change": ratio(line.volume_change * targeted_base, targeted_base),
        "other_suppliers_gain": in_touched - targeted_change.sum(),
        "affected_composite_price_change": ratio(market.composite_price_change * touched_spending, touched_spending),
        "tariff_revenue_base": trade.revenue_base.sum(),
        "tariff_revenue_new": trade.revenue_new.sum(),
        "tariff_revenue_change": duty,
        "export_tax_revenue_change": export_tax,
        "consumer_surplus_change": consumers,
        "producer_surplus_change": producers,
        "net_welfare_change": consumers + producers + duty + export_tax,
        **extra,
    }
    # what the model does not know is left out
    values = {name: value for name, value in values.items() if not np.isnan(value)}
    return to_frame(
        {
            "metric": list(values),
            "value": np.array(list(values.values()), dtype=float),
            "low": np.full(len(values), np.nan),
            "high": np.full(len(values), np.nan),
        }
    )
