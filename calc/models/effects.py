"""From what a model finds on lines, in markets and for economies to the tables of a `Result`.

Sums by market and economy and the headline numbers are the same arithmetic for every model and stand here once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import pandas as pd

from calc.flows import (
    Array,
    BoolArray,
    Elasticities,
    Flows,
    IntArray,
    all_are,
    label,
    sum_by_code,
    sum_by_market,
    to_frame,
)
from calc.models.base_trade import Trade, trade_under
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
    trade = trade_under(flows, line.tariff_new, line.import_value_new)
    lines, markets, economies = _tables(flows, elasticities, line, market, trade, tables)
    return Result(
        model=model,
        summary=_summary(flows, line, market, trade, extra_summary or {}),
        lines=lines,
        markets=markets,
        economies=economies,
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
    trade = trade_under(flows, line.tariff_new, line.import_value_new)
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
    lines, markets, economies = _tables(flows, elasticities, line, market, trade, tables, incomes)
    return Result(
        model=model,
        summary=_summary(flows, line, market, trade, {**extra, **(extra_summary or {})}),
        lines=lines,
        markets=markets,
        economies=economies,
        notes=notes_of("model", notes),
        solution=solution or Solution(),
    )


def _tables(
    flows: Flows,
    elasticities: Elasticities,
    line: LineEffects,
    market: MarketEffects,
    trade: Trade,
    tables: Sequence[Table],
    incomes: Mapping[str, Array] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Lines, markets and economies, each empty where it is not asked for."""
    lines = _lines(flows, elasticities, line, trade) if "lines" in tables else _NO_TABLE
    if "markets" not in tables and "economies" not in tables:
        return lines, _NO_TABLE, _NO_TABLE
    duties = sum_by_market(flows, trade.duty_change)
    return (
        lines,
        _markets(flows, line, market, trade, duties) if "markets" in tables else _NO_TABLE,
        _economies(flows, line, market, trade, duties, incomes) if "economies" in tables else _NO_TABLE,
    )


def _lines(flows: Flows, elasticities: Elasticities, line: LineEffects, trade: Trade) -> pd.DataFrame:
    sources = {"value_basis": flows.value_basis, "tariff_basis": flows.tariff_basis}
    kept = trade.base.abroad

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
            "tariff_revenue_base": abroad(trade.base.duty),
            "tariff_revenue_new": abroad(trade.duty_new),
            "producer_surplus_change": abroad(line.producer_surplus_change),
            "import_demand_elasticity": elasticities.import_demand_elasticity.take(of_market),
            "armington_elasticity": elasticities.armington_elasticity.take(of_market),
            "export_supply_elasticity": abroad(elasticities.export_supply_elasticity),
            "elasticity_basis": elasticities.basis.take(of_market),
            **{name: abroad(of_line) for name, of_line in sources.items() if of_line is not None},
            "targeted": abroad(line.targeted),
        }
    )


def _markets(flows: Flows, line: LineEffects, market: MarketEffects, trade: Trade, duty_changes: Array) -> pd.DataFrame:
    first = flows.market_start
    net = market.consumer_surplus_change + duty_changes
    if trade.base.abroad is not None:
        net += sum_by_market(flows, trade.base.own(line.producer_surplus_change))
    return to_frame(
        {
            "importer": label(flows.importer[first], flows.economies),
            "product": label(flows.product[first], flows.products),
            "expenditure_base": flows.expenditure,
            "composite_price_change": market.composite_price_change,
            "composite_volume_change": market.composite_volume_change,
            "consumer_surplus_change": market.consumer_surplus_change,
            "tariff_revenue_change": duty_changes,
            "net_welfare_change": net,
        }
    )


def _economies(
    flows: Flows,
    line: LineEffects,
    market: MarketEffects,
    trade: Trade,
    duty_changes: Array,
    further: Mapping[str, Array] | None = None,
) -> pd.DataFrame:
    """Sums over the lines and markets of each economy that trades, and `further` columns in their place or behind."""
    size, base = len(flows.economies), trade.base
    exporter, buyer = flows.exporter, flows.importer[flows.market_start]
    silent_seller, silent_buyer = np.isnan(base.exports), np.isnan(base.imports)

    def of_exporters(values: Array) -> Array:
        return np.where(silent_seller, np.nan, sum_by_code(exporter, values, size))

    def of_importers(values: Array) -> Array:
        """Values of markets, added up by importer."""
        return np.where(silent_buyer, np.nan, sum_by_code(buyer, values, size))

    consumers = of_importers(market.consumer_surplus_change)
    producers = of_exporters(line.producer_surplus_change)
    treasury = np.nan_to_num(of_importers(duty_changes))
    if not all_are(line.export_tax_revenue_change, 0.0):
        treasury += np.nan_to_num(of_exporters(line.export_tax_revenue_change))
    known = np.flatnonzero(~(silent_seller & silent_buyer))
    columns = {
        "exports_base": base.exports,
        "exports_change": of_exporters(trade.change),
        "imports_base": base.imports,
        "imports_change": of_importers(sum_by_market(flows, trade.change)),
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
    flows: Flows, line: LineEffects, market: MarketEffects, trade: Trade, extra: Mapping[str, float]
) -> pd.DataFrame:
    base = trade.base
    targeted = line.targeted if base.abroad is None else line.targeted & ~flows.domestic
    hit = np.flatnonzero(targeted)
    touched = np.zeros(len(flows.market_start))
    touched[flows.market.take(hit)] = 1.0
    in_touched = touched.take(flows.market)
    hit_base, hit_rate = flows.import_value.take(hit), flows.tariff_rate.take(hit)
    hit_spending = hit_base * (1 + hit_rate)
    touched_spending = flows.expenditure * touched
    volume_change, duty_at_base_trade = line.volume_change * base.trade, line.tariff_new * base.trade

    others_change = trade.change * in_touched
    others_change[hit] = 0.0

    def of_touched(values: Array) -> np.float64:
        """Σ over the lines of markets with a targeted line."""
        total: np.float64 = (values * in_touched).sum()
        return total

    totals = Totals(
        import_value_base=base.trades.sum(),
        import_value_change=trade.change.sum(),
        volume_change=volume_change.sum(),
        price_effect=base.traded(line.price_effect).sum(),
        trade_creation=base.traded(line.trade_creation).sum(),
        trade_diversion=base.traded(line.trade_diversion).sum(),
        tariff_revenue_base=base.duty.sum(),
        tariff_revenue_change=trade.duty_change.sum(),
        duty_at_base_trade=duty_at_base_trade.sum(),
        targeted_base=hit_base.sum(),
        targeted_spending=hit_spending.sum(),
        targeted_duty_base=(hit_rate * hit_base).sum(),
        targeted_duty_at_base_trade=duty_at_base_trade.take(hit).sum(),
        targeted_change=trade.change.take(hit).sum(),
        targeted_price_change=(line.landed_price_change.take(hit) * hit_spending).sum(),
        targeted_volume_change=volume_change.take(hit).sum(),
        others_change=others_change.sum(),
        touched_base=(base.trades * touched).sum(),
        touched_duty_base=(base.duties * touched).sum(),
        touched_duty_at_base_trade=of_touched(duty_at_base_trade),
        touched_volume_change=of_touched(volume_change),
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
            "metric": _metrics(tuple(values)),
            "value": np.array(list(values.values()), dtype=float),
            "low": np.full(len(values), np.nan),
            "high": np.full(len(values), np.nan),
        }
    )


@lru_cache(maxsize=16)
def _metrics(names: tuple[str, ...]) -> pd.Series:
    """Names of headline numbers as a column: to make text of them takes longer than all their sums."""
    return pd.Series(names, dtype="str")
