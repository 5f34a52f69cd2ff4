"""An answer as one economy sees it: which one acts, its own headline numbers, and who gains and loses beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from calc.datasets.dataset import Dataset
from calc.flows import Array, BoolArray, IntArray, to_frame
from calc.models.totals import Totals, headline_numbers
from calc.result import Result
from calc.scenario import Scenario
from calc.tariffs.carrying import REST

# What one economy's own row says, instead of sums over its lines and markets.
_OF_ECONOMY = (
    "consumer_surplus_change",
    "producer_surplus_change",
    "tariff_revenue_change",
    "net_welfare_change",
    "real_income_change",
    "wage_change",
    "consumer_price_change",
    "exports_change",
)
TARGETED_PRODUCERS = "targeted_producer_surplus_change"
SURPLUSES = ("consumer_surplus_change", "producer_surplus_change", "tariff_revenue_change")
INCOME_PARTS = ("terms_of_trade", "rest")


def acting_importer(scenario: Scenario, result: Result, buyers: Sequence[str], otherwise: str = "") -> str:
    """The economy whose tariffs a scenario changes: the importer of its first rule, or the one with most at stake.

    Most at stake is the greatest value of imports whose rate changes; where only shipments are restricted, the
    greatest loss of welfare; else the value of imports that a rule touches, or of all.

    Parameters
    ----------
    result : the answer to the scenario
    buyers : importers of the data
    otherwise : who it is where nothing is changed
    """
    lines = result.lines
    targeted = lines["targeted"].to_numpy()
    named = scenario.rules[0].importer if scenario.rules else ()
    if len(named) == 1 and named[0] in buyers:
        own = (lines["importer"] == named[0]).to_numpy()
        if (targeted & own).any() or not targeted.any():
            return str(named[0])
    if not targeted.any() and otherwise in buyers:
        return otherwise
    if not _taxed(lines).any() and (hit := _hit_most(result, buyers)):
        return hit
    of_buyers = lines["importer"].isin(buyers).to_numpy()
    for rows in (_taxed(lines), targeted, np.ones(len(lines), dtype=bool)):
        if largest := _largest(lines[rows & of_buyers]):
            return largest
    return buyers[0]


def _hit_most(result: Result, buyers: Sequence[str]) -> str:
    """The economy with the greatest loss of welfare under export restrictions; empty where none loses."""
    lines, economies = result.lines, result.economies
    restricting = set(lines["exporter"][lines["targeted"].to_numpy()].astype(str))
    table = economies[economies["economy"].isin(set(buyers) - restricting - {REST}).to_numpy()]
    lost = table["net_welfare_change"].to_numpy()
    return str(table["economy"].iloc[int(np.argmin(lost))]) if len(lost) and lost.min() < 0 else ""


def _taxed(lines: pd.DataFrame) -> BoolArray:
    """Lines whose tariff a rule changes."""
    taxed: BoolArray = lines["targeted"].to_numpy() & (lines["tariff_new"] != lines["tariff_base"]).to_numpy()
    return taxed


def _largest(lines: pd.DataFrame) -> str:
    """The importer with the greatest import value before; empty where there is none."""
    if lines.empty:
        return ""
    value = np.bincount(lines["importer"].cat.codes.to_numpy(), lines["import_value_base"].to_numpy())
    return str(lines["importer"].cat.categories[int(np.argmax(value))])


def seen_by(importer: str) -> "partial[Result] | None":
    """A view of an answer for `run_draws`: the numbers of one importer; None, the whole answer, where it is empty."""
    return partial(of_importer, importer=importer) if importer else None


def of_importer(result: Result, importer: str) -> Result:
    """An answer as one importer sees it: its lines and markets, and its headline numbers; exports are sales to it.

    Trade, duty and prices are those of its imports. Surpluses, tariff revenue (its export tax included), welfare,
    income and exports are those of the whole economy, as in `Result.economies`.
    """
    lines = result.lines[(result.lines["importer"] == importer).to_numpy()].reset_index(drop=True)
    markets = result.markets[(result.markets["importer"] == importer).to_numpy()].reset_index(drop=True)
    numbers = {name: float(value) for name, value in headline_numbers(_totals(lines, markets)).items()}
    del numbers["export_tax_revenue_change"]  # part of the economy's tariff revenue
    numbers[TARGETED_PRODUCERS] = _targeted_producers(lines)
    row = result.economies[(result.economies["economy"] == importer).to_numpy()]
    numbers |= {name: float(row[name].iloc[0]) for name in _OF_ECONOMY if name in row and len(row)}
    return replace(
        result,
        lines=lines,
        markets=markets,
        economies=result.economies.assign(**_sales(result, lines)),
        summary=_summary({name: value for name, value in numbers.items() if not np.isnan(value)}),
    )


def goods_hit(result: Result) -> Result:
    """The same answer with the goods alone that it hits, all origins: its lines and markets, and what partners sell.

    The headline numbers stay: those of the goods hit are among them.
    """
    if not result.lines["targeted"].any():
        return result
    lines, markets = (table[_touched(table, result.lines)] for table in (result.lines, result.markets))
    lines, markets = lines.reset_index(drop=True), markets.reset_index(drop=True)
    return replace(result, lines=lines, markets=markets, economies=result.economies.assign(**_sales(result, lines)))


def _touched(table: pd.DataFrame, lines: pd.DataFrame) -> BoolArray:
    """Rows of a table whose importer and product a rule touches."""
    size = len(lines["product"].cat.categories)

    def market(rows: pd.DataFrame) -> IntArray:
        codes: IntArray = rows["importer"].cat.codes.to_numpy().astype(np.intp) * size + rows["product"].cat.codes
        return np.asarray(codes)

    hit = market(lines[lines["targeted"].to_numpy()])
    known = np.zeros(len(lines["importer"].cat.categories) * size, dtype=bool)
    known[hit] = True
    found: BoolArray = known[market(table)]
    return found


def with_targeted_producers(result: Result) -> Result:
    """The same answer with one headline number more, the surplus of the sellers of targeted goods."""
    added = _summary({TARGETED_PRODUCERS: _targeted_producers(result.lines)})
    return replace(result, summary=pd.concat([result.summary, added], ignore_index=True))


def _targeted_producers(lines: pd.DataFrame) -> float:
    """ΔPS of exporters on targeted lines, US$; NaN in models without surpluses."""
    return float(lines["producer_surplus_change"].to_numpy()[lines["targeted"].to_numpy()].sum())


def _summary(values: Mapping[str, float]) -> pd.DataFrame:
    nothing = np.full(len(values), np.nan)
    numbers = np.array(list(values.values()), dtype=float)
    return to_frame({"metric": list(values), "value": numbers, "low": nothing, "high": nothing})


def _totals(lines: pd.DataFrame, markets: pd.DataFrame) -> Totals:
    """Sums over the lines and markets of one importer."""

    def column(name: str) -> Array:
        values: Array = lines[name].to_numpy(dtype=float)
        return values

    hit = lines["targeted"].to_numpy()
    base, change = column("import_value_base"), column("import_value_new") - column("import_value_base")
    rate_base, rate_new = column("tariff_base"), column("tariff_new")
    duty_base, duty_new = column("tariff_revenue_base"), column("tariff_revenue_new")
    volume = column("volume_change") * base
    spending = base[hit] * (1 + rate_base[hit])
    in_touched = lines["product"].isin(lines.loc[hit, "product"]).to_numpy()
    touched = markets["product"].isin(lines.loc[hit, "product"]).to_numpy()
    spending_of_all = markets["expenditure_base"].to_numpy(dtype=float)
    touched_spending = spending_of_all[touched]
    return Totals(
        import_value_base=base.sum(),
        import_value_change=change.sum(),
        volume_change=volume.sum(),
        price_effect=column("price_effect").sum(),
        trade_creation=column("trade_creation").sum(),
        trade_diversion=column("trade_diversion").sum(),
        tariff_revenue_base=duty_base.sum(),
        tariff_revenue_change=(duty_new - duty_base).sum(),
        duty_at_base_trade=(rate_new * base).sum(),
        targeted_base=base[hit].sum(),
        targeted_spending=spending.sum(),
        targeted_duty_base=(rate_base * base)[hit].sum(),
        targeted_duty_at_base_trade=(rate_new * base)[hit].sum(),
        targeted_change=change[hit].sum(),
        targeted_volume_change=volume[hit].sum(),
        targeted_price_change=(column("landed_price_change")[hit] * spending).sum(),
        others_change=change[in_touched & ~hit].sum(),
        touched_base=base[in_touched].sum(),
        touched_duty_base=(rate_base * base)[in_touched].sum(),
        touched_duty_at_base_trade=(rate_new * base)[in_touched].sum(),
        touched_volume_change=volume[in_touched].sum(),
        touched_spending=touched_spending.sum(),
        touched_price_change=(markets["composite_price_change"].to_numpy()[touched] * touched_spending).sum(),
        spending=spending_of_all.sum(),
        price_change=(markets["composite_price_change"].to_numpy() * spending_of_all).sum(),
        export_tax_revenue_change=np.float64(0),
        consumer_surplus_change=markets["consumer_surplus_change"].to_numpy().sum(),
        producer_surplus_change=np.float64(np.nan),  # of the economy's own row
    )


def _sales(result: Result, lines: pd.DataFrame) -> dict[str, Array]:
    """What each economy sells on these lines, before and in change, in the order of `Result.economies`."""
    exporters = lines["exporter"].cat
    codes, size = exporters.codes.to_numpy(), len(exporters.categories)
    place = pd.Index(exporters.categories).get_indexer(result.economies["economy"].astype(str))
    base, new = (lines[f"import_value_{when}"].to_numpy() for when in ("base", "new"))
    return {
        "exports_base": np.bincount(codes, base, minlength=size)[place],
        "exports_change": np.bincount(codes, new - base, minlength=size)[place],
    }


def ends_of(result: Result, metric: str, economies: pd.Series) -> dict[str, Array]:
    """Low and high of a number of each economy, NaN where there is no range."""
    table = result.ranges
    rows = table[(table["metric"] == metric) & (table["kind"] == "economy")] if len(table) else table
    found = rows.set_index("economy").reindex(economies) if len(rows) else None
    missing = np.full(len(economies), np.nan)
    return {end: missing if found is None else found[end].to_numpy(dtype=float) for end in ("low", "high")}


def partner_changes(result: Result) -> pd.DataFrame:
    """Change of imports by partner, largest first.

    Returns
    -------
    economy, name, imports_base, imports_change in US$, change as a fraction of the base; low and high of the change in
    US$, NaN where there is no range
    """
    sells = result.economies[result.economies["exports_base"] > 0]
    base, change = sells["exports_base"].to_numpy(), sells["exports_change"].to_numpy()
    codes = sells["economy"].astype(str)
    table = pd.DataFrame(
        {
            "economy": codes.array,
            "name": names_of(result, codes),
            "imports_base": base,
            "imports_change": change,
            "change": change / base,
            **ends_of(result, "exports_change", codes),
        }
    )
    order = np.argsort(-np.abs(change), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def gdp_of(data: Dataset) -> dict[str, float]:
    """GDP by economy, US$: of the countries file, or value added of the accounts; empty where neither is known."""
    if "gdp_usd" in data.countries:
        values = pd.to_numeric(data.countries["gdp_usd"], errors="coerce").to_numpy()
    elif data.flows.accounts is not None:
        values = data.flows.accounts.value_added.sum(axis=1)
    else:
        return {}
    return {str(code): float(value) for code, value in zip(data.countries["economy"], values, strict=True) if value > 0}


def economy_changes(result: Result, gdp: Mapping[str, float]) -> pd.DataFrame:
    """Gain of each economy, the largest first.

    Returns
    -------
    economy, name, gain in US$, share : of GDP, or the change of real income (fraction; NaN where unknown);
    low, high : of what the economies are ranked by, NaN where there is no range
    """
    economies = result.economies
    codes = economies["economy"].astype(str)
    gain = economies["net_welfare_change"].to_numpy()
    share = (
        economies["real_income_change"].to_numpy()
        if result.incomes_move
        else gain / np.array([gdp.get(code, np.nan) for code in codes])
    )
    table = pd.DataFrame({"economy": codes.array, "name": names_of(result, codes), "gain": gain, "share": share})
    ranked_by = "real_income_change" if result.incomes_move else "net_welfare_change"
    table = table.assign(**ends_of(result, ranked_by, codes))
    rank = share if result.incomes_move else gain
    return table.iloc[np.argsort(-rank, kind="stable")].reset_index(drop=True)


def parts(result: Result, *, count: int = 12) -> pd.DataFrame:
    """Parts of the gain of the economies that gain or lose most, long: name, part, value, total.

    The parts are `SURPLUSES` in US$, and where incomes move `INCOME_PARTS` of real income in logs; empty where the
    model has no split.
    """
    economies = result.economies
    if result.incomes_move:
        terms = economies["terms_of_trade_change"]
        wide = pd.DataFrame({"terms_of_trade": terms, "rest": np.log1p(economies["real_income_change"]) - terms})
    else:
        wide = economies[list(SURPLUSES)].fillna(0.0)
    if wide.isna().all(axis=None):
        return pd.DataFrame(columns=["name", "part", "value", "total"])
    size = economies["net_welfare_change"].abs().to_numpy()
    top = np.argsort(-size, kind="stable")[:count]
    top = top[size[top] > 0]
    top = top[np.argsort(-wide.sum(axis=1).to_numpy()[top], kind="stable")]
    names = names_of(result, economies["economy"].astype(str))
    rows = [
        {"name": names[k], "part": part, "value": wide[part].iloc[k], "total": wide.iloc[k].sum()}
        for k in top
        for part in wide
    ]
    return pd.DataFrame(rows, columns=["name", "part", "value", "total"])


def of_products(result: Result, economy: str) -> pd.DataFrame:
    """One economy by product: what its buyers pay and get, and what its producers sell abroad; US$ and fractions.

    Glossary names by product, the largest change of exports first.
    """
    lines, markets = result.lines, result.markets
    bought = markets[markets["importer"] == economy].set_index("product")
    sold = lines[lines["exporter"] == economy].groupby("product", observed=True)
    exports = sold[["import_value_base", "import_value_new"]].sum(min_count=1)
    kept = ["composite_price_change", "composite_volume_change", "expenditure_base"]
    table = pd.DataFrame(
        {name: bought[name] for name in (*kept, "consumer_surplus_change", "tariff_revenue_change")}
        | {
            "exports_base": exports["import_value_base"],
            "exports_change": exports["import_value_new"] - exports["import_value_base"],
        }
    )
    return table.loc[(-table["exports_change"].abs()).sort_values(kind="stable").index]


def of_partners(result: Result, economy: str) -> pd.DataFrame:
    """One economy by partner: what it sells to and buys from each, US$; the largest change first.

    Returns
    -------
    exports_base, exports_change, imports_base, imports_change, by code of the partner
    """
    lines = result.lines
    values = ["import_value_base", "import_value_new"]
    bought = lines[lines["importer"] == economy].groupby("exporter", observed=True)[values].sum()
    sold = lines[lines["exporter"] == economy].groupby("importer", observed=True)[values].sum()
    bought.index, sold.index = bought.index.astype(str), sold.index.astype(str)
    table = pd.DataFrame(
        {
            "exports_base": sold["import_value_base"],
            "exports_change": sold["import_value_new"] - sold["import_value_base"],
            "imports_base": bought["import_value_base"],
            "imports_change": bought["import_value_new"] - bought["import_value_base"],
        }
    )
    moved = table["exports_change"].abs().fillna(0) + table["imports_change"].abs().fillna(0)
    return table.loc[(-moved).sort_values(kind="stable").index]


def names_of(result: Result, codes: "pd.Series[str]") -> list[str]:
    """Names of economies; the code where none is known."""
    names = result.inputs.names if result.inputs else {}
    return [names.get(code, code) for code in codes]
