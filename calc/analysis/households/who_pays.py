"""Who pays a tariff at the border: buyers, foreign sellers and the treasury, which add up to the net of the trade.

    buyers = consumer surplus of the markets of the United States        treasury = change of its tariff revenue
    foreign sellers = producer surplus on sales to it, and the export taxes of their governments

Buyers are households, firms and government; sales at home count where the data have them.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calc.analysis.households.commodities import COUNTRY
from calc.analysis.uncertainty import HIGH, LOW
from calc.flows import Array
from calc.result import Result

# Who pays -> headline numbers that add up to the gain, where the United States is the only importer.
PARTIES: Mapping[str, tuple[str, ...]] = {
    "Buyers": ("consumer_surplus_change",),
    "Foreign sellers": ("producer_surplus_change", "export_tax_revenue_change"),
    "US treasury": ("tariff_revenue_change",),
}
HOME_SELLERS = "Sellers at home"
TOGETHER = "All together"


def only_of_us(result: Result) -> bool:
    """Whether the United States is the only importer, so that headline numbers are its own."""
    return set(result.lines["importer"].unique()) == {COUNTRY}


def who_pays(result: Result, draws: pd.DataFrame | None = None) -> pd.DataFrame:
    """Gains of the parties to US imports, and their sum.

    Parameters
    ----------
    result : of lines; with other importers, the part of the United States
    draws : headline numbers, one row a draw, for the ranges; only where the United States is the only importer

    Returns
    -------
    party, gain, gain_low, gain_high (US$; empty without draws); the last row is the sum
    """
    lines, markets = result.lines, result.markets
    if only_of_us(result):
        numbers = result.summary.set_index("metric")["value"].to_dict()
        gains = {party: sum(numbers.get(name, 0.0) for name in names) for party, names in PARTIES.items()}
    else:
        own = lines[(lines["importer"] == COUNTRY).to_numpy()]
        at_home = (own["exporter"] == COUNTRY).to_numpy()
        bought = markets[(markets["importer"] == COUNTRY).to_numpy()]
        sold = own["producer_surplus_change"].to_numpy(dtype=float)
        parts = (
            float(bought["consumer_surplus_change"].sum()),
            float(sold[~at_home].sum()),
            float((own["tariff_revenue_new"] - own["tariff_revenue_base"]).sum()),
        )
        gains = dict(zip(PARTIES, parts, strict=True))
        if at_home.any():
            gains[HOME_SELLERS] = float(sold[at_home].sum())
        draws = None
    low = high = np.full(len(gains) + 1, np.nan)
    if draws is not None:
        low, high = np.quantile(_drawn(draws), [LOW, HIGH], axis=-1)
    return pd.DataFrame(
        {
            "party": [*gains, TOGETHER],
            "gain": [*gains.values(), sum(gains.values())],
            "gain_low": low,
            "gain_high": high,
        }
    )


def _drawn(draws: pd.DataFrame) -> Array:
    """Gains in every draw [party and sum, draw]."""
    parts = np.stack([draws.reindex(columns=list(names)).fillna(0.0).sum(axis=1) for names in PARTIES.values()])
    return np.vstack([parts, parts.sum(axis=0)])
