"""Who pays a tariff: buyers and treasury, the net of their economy, foreign sellers, and all of them together.

    buyers = ΔCS        treasury = ΔR        producers = ΔPS of the economy itself, where the data know it
    net of the economy = buyers + treasury (+ producers)
    foreign sellers = ΔPS on sales to it, and the export taxes of their governments
    together = net + foreign sellers

Buyers are households, firms and government. The parts are headline numbers, so that cards and bars say the same.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calc.analysis.perspective import of_importer
from calc.analysis.uncertainty import HIGH, LOW
from calc.flows import Array
from calc.result import Result

BUYERS, TREASURY, PRODUCERS = "Buyers", "Treasury", "Producers"
SELLERS, TOGETHER = "Foreign sellers", "All together"
PART, SUM = "part", "sum"
# Headline numbers that a party's gain is the sum of: where the data have one importer, and where they have several.
_OF_ONE: Mapping[str, tuple[str, ...]] = {
    BUYERS: ("consumer_surplus_change",),
    TREASURY: ("tariff_revenue_change",),
    SELLERS: ("producer_surplus_change", "export_tax_revenue_change"),
}
_OF_SEVERAL: Mapping[str, tuple[str, ...]] = {
    BUYERS: ("consumer_surplus_change",),
    TREASURY: ("tariff_revenue_change",),
    PRODUCERS: ("producer_surplus_change",),
}
_COLUMNS = ("party", "kind", "gain", "gain_low", "gain_high")


def who_pays(result: Result, importer: str = "", draws: pd.DataFrame | None = None) -> pd.DataFrame:
    """Gains of the parties to an economy's imports, and their sums.

    Parameters
    ----------
    result : the whole answer
    importer : whose imports; empty where the data have one
    draws : headline numbers as that importer sees them, one row a draw, for the ranges

    Returns
    -------
    party, kind (part | sum), gain, gain_low, gain_high (US$; low and high empty without draws); the first sum is the
    net of the economy, the last row the sum of everything. No rows where incomes move: surpluses do not exist there.
    """
    if result.incomes_move:
        return pd.DataFrame(columns=list(_COLUMNS))
    seen = of_importer(result, importer) if importer else result
    numbers = seen.summary.set_index("metric")["value"].to_dict()
    metrics = _OF_SEVERAL if importer else _OF_ONE
    values = {party: np.array([sum(numbers.get(name, 0.0) for name in names)]) for party, names in metrics.items()}
    gains = _with_sums(values, _abroad(seen, importer) if importer else None, _name(seen))
    table = pd.DataFrame({"party": list(gains), "kind": [PART] * len(gains), "gain": [v[0] for v in gains.values()]})
    table.loc[table["party"].isin([_name(seen), TOGETHER]), "kind"] = SUM
    ends = _ends(draws, metrics, _name(seen)) if draws is not None else {}
    for number, end in enumerate(("gain_low", "gain_high")):
        table[end] = [ends.get(party, (np.nan, np.nan))[number] for party in gains]
    return table


def _with_sums(values: Mapping[str, Array], abroad: float | None, net: str) -> dict[str, Array]:
    """The parties in order, with the two sums; `abroad` is the gain of foreign sellers where it is no headline number.

    Parameters
    ----------
    values : party -> gains, one or one a draw
    """
    home = {party: gains for party, gains in values.items() if party != SELLERS}
    of_economy = np.sum(list(home.values()), axis=0)
    sellers = values[SELLERS] if abroad is None else np.full_like(of_economy, abroad)
    return {**home, net: of_economy, SELLERS: sellers, TOGETHER: of_economy + sellers}


def _ends(draws: pd.DataFrame, metrics: Mapping[str, tuple[str, ...]], net: str) -> dict[str, tuple[float, float]]:
    """Low and high of each party whose gain is known draw by draw."""
    columns = {party: draws.reindex(columns=list(names)).fillna(0.0).sum(axis=1) for party, names in metrics.items()}
    values = {party: column.to_numpy() for party, column in columns.items()}
    gains = _with_sums(values, None if SELLERS in metrics else np.nan, net)
    known = {party: drawn for party, drawn in gains.items() if not np.isnan(drawn).any()}
    return {party: (float(np.quantile(drawn, LOW)), float(np.quantile(drawn, HIGH))) for party, drawn in known.items()}


def _abroad(seen: Result, importer: str) -> float:
    """ΔPS of foreign sellers on their sales to one importer."""
    abroad = (seen.lines["exporter"] != importer).to_numpy()
    return float(seen.lines["producer_surplus_change"].to_numpy(dtype=float)[abroad].sum())


def _name(seen: Result) -> str:
    """`United States, net`."""
    code = str(seen.lines["importer"].iloc[0]) if len(seen.lines) else ""
    return f"{seen.inputs.names.get(code, code) if seen.inputs else code}, net"
