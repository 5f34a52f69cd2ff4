"""From what a model finds on lines, in markets and for economies to the tables of a `Result`.

Sums by market and economy and the headline numbers are the same arithmetic for every model and stand here once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from calc.flows import (
    Array,
    BoolArray,
    Elasticities,
    Flows,
    IntArray,
    label,
    lines_of_markets,
    sum_by_code,
    sum_by_market,
    to_frame,
)
from calc.models.totals import Totals, headline_numbers
from calc.result import TABLES, Result, Solution, Table, notes_of

_NO_TABLE = pd.DataFrame()
_OfLines = TypeVar("_OfLines", Array, BoolArray, IntArray, pd.Categorical)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineEffects:
    """What a model finds on each line, [line]; NaN where it is silent, as on surpluses where incomes move.

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
    """What a model finds in each market, [market]; NaN where it is silent.

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
    """What a model in which incomes move finds for each economy besides, [economy]; NaN where it is silent.

    Parameters
    ----------
    income_base : I, US$
    real_income_change : Ŵ − 1, fraction
    wage_change, consumer_price_change : ŵ − 1, P̂ − 1, fractions, in the model's numeraire
    terms_of_trade_change : terms-of-trade part of ln Ŵ along the path, fraction
    first_order_terms_of_trade_change, first_order_volume_of_trade_change : the two parts at base weights, as papers
        print them, fractions
    trade_balance_change : exports less imports, new less base, US$
    employment_change : L̂ − 1, fraction
    tariff_revenue_change : R' − R, US$
    """

    income_base: Array
    real_income_change: Array
    wage_change: Array
    consumer_price_change: Array
    terms_of_trade_change: Array
    first_order_terms_of_trade_change: Array
    first_order_volume_of_trade_change: Array
    trade_balance_change: Array
    employment_change: Array
    tariff_revenue_change: Array


def partial_equilibrium_result(
    model: str,
    flows: Flows,
    elasticities: Elasticities,
    *,
    line: LineEffects,
    market: MarketEffects,
    extra_summary: Mapping[str, float] | None = None,
    notes: tuple[str, ...] = (),
    solution: Solution | None = None,
    tables: Sequence[Table] = TABLES,
) -> Result:
    """Tables and headline numbers from the effects per line and market.

        ΔR = Σ t1 M1 − t0 M0       net(importer) = ΔCS + ΔR + ΔPS(own sales)       net(exporter) = ΔPS + ΔR(export tax)

    Own sales (importer = exporter) count in markets and surpluses, not in trade, duties and `lines`.

    Parameters
    ----------
    tables : which are built; the others are empty, and the headline numbers the same
    """
    trade = _trade(flows, line)
    return Result(
        model=model,
        summary=_summary(flows, line, market, trade, extra_summary or {}),
        lines=_lines(flows, elasticities, line, trade) if "lines" in tables else _NO_TABLE,
        markets=_markets(flows, market, trade) if "markets" in tables else _NO_TABLE,
        economies=_economies(flows, line, market, trade) if "economies" in tables else _NO_TABLE,
        notes=notes_of("model", notes),
        solution=solution or Solution(),
    )


def general_equilibrium_result(
    model: str,
    flows: Flows,
    elasticities: Elasticities,
    *,
    line: LineEffects,
    market: MarketEffects,
    economy: EconomyEffects,
    extra_summary: Mapping[str, float] | None = None,
    notes: tuple[str, ...] = (),
    solution: Solution | None = None,
    tables: Sequence[Table] = TABLES,
) -> Result:
    """Tables and headline numbers where incomes move: welfare is the equivalent variation of real income.

        net welfare = I (Ŵ − 1)

    Surpluses are not defined here; the model passes them as NaN and they stay empty.

    Parameters
    ----------
    tables : as for `partial_equilibrium_result`
    """
    trade = _trade(flows, line)
    equivalent_variation = economy.income_base * economy.real_income_change
    incomes = {
        "tariff_revenue_change": economy.tariff_revenue_change,
        "net_welfare_change": equivalent_variation,
        "real_income_change": economy.real_income_change,
        "wage_change": economy.wage_change,
        "consumer_price_change": economy.consumer_price_change,
        "terms_of_trade_change": economy.terms_of_trade_change,
        "first_order_terms_of_trade_change": economy.first_order_terms_of_trade_change,
        "first_order_volume_of_trade_change": economy.first_order_volume_of_trade_change,
        "trade_balance_change": economy.trade_balance_change,
        "employment_change": economy.employment_change,
    }
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
        lines=_lines(flows, elasticities, line, trade) if "lines" in tables else _NO_TABLE,
        markets=_markets(flows, market, trade) if "markets" in tables else _NO_TABLE,
        economies=_economies(flows, line, market, trade, incomes) if "economies" in tables else _NO_TABLE,
        notes=notes_of("model", notes),
        solution=solution or Solution(),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trade:
    """Trade and duty, zero on own sales; by line and, with a trailing `s`, added up by market.

    Parameters
    ----------
    base, change : M0, M1 − M0 [line]
    duty_base, duty_new : t0 M0, t1 M1 [line]
    bases, changes, duty_changes : the same and t1 M1 − t0 M0 [market]
    own_producers : ΔPS of own sales [market]; None where there are no own sales
    """

    base: Array
    change: Array
    duty_base: Array
    duty_new: Array
    bases: Array
    changes: Array
    duty_changes: Array
    own_producers: Array | None


def _trade(flows: Flows, line: LineEffects) -> _Trade:
    own = flows.domestic if flows.domestic.any() else None

    def traded(values: Array) -> Array:
        """Values with own sales at zero [line]."""
        return values if own is None else np.where(own, 0.0, values)

    base = traded(flows.import_value)
    change = traded(line.import_value_new - flows.import_value)
    duty_base = traded(flows.tariff_rate * flows.import_value)
    duty_new = traded(line.tariff_new * line.import_value_new)
    producers = None if own is None else np.where(own, line.producer_surplus_change, 0.0)
    return _Trade(
        base=base,
        change=change,
        duty_base=duty_base,
        duty_new=duty_new,
        bases=sum_by_market(flows, base),
        changes=sum_by_market(flows, change),
        duty_changes=sum_by_market(flows, duty_new - duty_base),
        own_producers=None if producers is None else sum_by_market(flows, producers),
    )


def _lines(flows: Flows, elasticities: Elasticities, line: LineEffects, trade: _Trade) -> pd.DataFrame:
    sources = {"value_basis": flows.value_basis, "tariff_basis": flows.tariff_basis}
    kept = None if trade.own_producers is None else np.flatnonzero(~flows.domestic)

    def abroad(of_line: _OfLines) -> _OfLines:
        """Values of the lines that cross a border; `take` needs half the time of indexing."""
        return of_line if kept is None else of_line.take(kept)

    of_market = abroad(flows.market)
    return to_frame(
        {
            "importer": label(abroad(flows.importer), flows.economies),
            "exporter": label(abroad(flows.exporter), flows.economies),
            "product": label(abroad(flows.product), flows.products),
            "import_value_base": abroad(flows.import_value),
            "tariff_base": abroad(flows.tariff_rate),
            "tariff_new": abroad(line.tariff_new),
            "world_price_change": abroad(line.world_price_change),
            "landed_price_change": abroad(line.landed_price_change),
            "volume_change": abroad(line.volume_change),
            "import_value_new": abroad(line.import_value_new),
            "price_effect": abroad(line.price_effect),
            "trade_creation": abroad(line.trade_creation),
            "trade_diversion": abroad(line.trade_diversion),
            "tariff_revenue_base": abroad(trade.duty_base),
            "tariff_revenue_new": abroad(trade.duty_new),
            "producer_surplus_change": abroad(line.producer_surplus_change),
            "import_demand_elasticity": elasticities.import_demand_elasticity[of_market],
            "armington_elasticity": elasticities.armington_elasticity[of_market],
            "export_supply_elasticity": abroad(elasticities.export_supply_elasticity),
            "elasticity_basis": elasticities.basis.take(of_market),
            **{name: abroad(of_line) for name, of_line in sources.items() if of_line is not None},
            "targeted": abroad(line.targeted),
        }
    )


def _markets(flows: Flows, market: MarketEffects, trade: _Trade) -> pd.DataFrame:
    first = flows.market_start
    net = market.consumer_surplus_change + trade.duty_changes
    return to_frame(
        {
            "importer": label(flows.importer[first], flows.economies),
            "product": label(flows.product[first], flows.products),
            "expenditure_base": flows.expenditure,
            "composite_price_change": market.composite_price_change,
            "composite_volume_change": market.composite_volume_change,
            "consumer_surplus_change": market.consumer_surplus_change,
            "tariff_revenue_change": trade.duty_changes,
            "net_welfare_change": net if trade.own_producers is None else net + trade.own_producers,
        }
    )


def _economies(
    flows: Flows, line: LineEffects, market: MarketEffects, trade: _Trade, further: Mapping[str, Array] | None = None
) -> pd.DataFrame:
    """Sums over the lines and markets of each economy that trades, and `further` columns in their place or behind."""
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
    duty = of_importers(trade.duty_changes)
    export_tax = of_exporters(line.export_tax_revenue_change)
    treasury = np.nan_to_num(duty) + np.nan_to_num(export_tax)
    known = np.flatnonzero(sells | buys)
    columns = {
        "exports_base": of_exporters(trade.base),
        "exports_change": of_exporters(trade.change),
        "imports_base": of_importers(trade.bases),
        "imports_change": of_importers(trade.changes),
        "consumer_surplus_change": consumers,
        "producer_surplus_change": producers,
        "tariff_revenue_change": treasury,
        "net_welfare_change": np.nan_to_num(consumers) + np.nan_to_num(producers) + treasury,
        **(further or {}),
    }
    return to_frame(
        {"economy": label(known, flows.economies), **{name: values[known] for name, values in columns.items()}}
    )


def _summary(
    flows: Flows, line: LineEffects, market: MarketEffects, trade: _Trade, extra: Mapping[str, float]
) -> pd.DataFrame:
    targeted = line.targeted & ~flows.domestic
    touched = np.logical_or.reduceat(targeted, flows.market_start)
    hit = np.flatnonzero(targeted)
    hit_base = flows.import_value[hit]
    hit_spending = hit_base * (1 + flows.tariff_rate[hit])
    touched_spending = flows.expenditure * touched
    in_touched = np.repeat(touched, lines_of_markets(flows))
    touched_base = trade.base * in_touched

    def abroad(values: Array) -> np.float64:
        """Σ without own sales."""
        total: np.float64 = values.sum() if trade.own_producers is None else np.where(flows.domestic, 0.0, values).sum()
        return total

    totals = Totals(
        import_value_base=trade.bases.sum(),
        import_value_change=trade.changes.sum(),
        volume_change=(line.volume_change * trade.base).sum(),
        price_effect=abroad(line.price_effect),
        trade_creation=abroad(line.trade_creation),
        trade_diversion=abroad(line.trade_diversion),
        tariff_revenue_base=trade.duty_base.sum(),
        tariff_revenue_change=trade.duty_changes.sum(),
        duty_at_base_trade=(line.tariff_new * trade.base).sum(),
        targeted_base=hit_base.sum(),
        targeted_spending=hit_spending.sum(),
        targeted_duty_base=(flows.tariff_rate[hit] * hit_base).sum(),
        targeted_duty_at_base_trade=(line.tariff_new[hit] * hit_base).sum(),
        targeted_change=trade.change[hit].sum(),
        targeted_price_change=(line.landed_price_change[hit] * hit_spending).sum(),
        targeted_volume_change=(line.volume_change[hit] * hit_base).sum(),
        others_change=(trade.change * (in_touched & ~targeted)).sum(),
        touched_base=touched_base.sum(),
        touched_duty_base=(flows.tariff_rate * touched_base).sum(),
        touched_duty_at_base_trade=(line.tariff_new * touched_base).sum(),
        touched_volume_change=(line.volume_change * touched_base).sum(),
        touched_spending=touched_spending.sum(),
        touched_price_change=(market.composite_price_change * touched_spending).sum(),
        spending=flows.expenditure.sum(),
        price_change=(market.composite_price_change * flows.expenditure).sum(),
        export_tax_revenue_change=line.export_tax_revenue_change.sum(),
        consumer_surplus_change=market.consumer_surplus_change.sum(),
        producer_surplus_change=line.producer_surplus_change.sum(),
    )
    # what the model does not know is left out
    values = {name: value for name, value in {**headline_numbers(totals), **extra}.items() if not np.isnan(value)}
    return to_frame(
        {
            "metric": list(values),
            "value": np.array(list(values.values()), dtype=float),
            "low": np.full(len(values), np.nan),
            "high": np.full(len(values), np.nan),
        }
    )
