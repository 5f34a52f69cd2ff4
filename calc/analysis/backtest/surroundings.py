"""What else moved trade while the tariffs did, measured on the same tables: the reasons for caution."""

from collections.abc import Sequence

import pandas as pd

from calc.analysis.backtest.episodes import UNION, WORLD
from calc.analysis.backtest.observed import Observed
from calc.analysis.backtest.protocol import BASE_YEAR, TEST_HALF_YEAR, months_between, year_before
from calc.tariffs.record import TariffRecord

FIRST_QUARTER = months_between("2025-01", "2025-03")
LAST_QUARTER = months_between("2026-01", "2026-03")
GOLD, MEDICINES, PARCELS = "71", "30", "99"


def surroundings(observed: Observed, collected: pd.DataFrame, record: TariffRecord) -> pd.DataFrame:
    """Figures of what the model does not have.

    Parameters
    ----------
    collected : of `read_collected`
    record : whose share of claimed exclusions is an estimate

    Returns
    -------
    figure, words, value (fraction)
    """
    partners = observed.partners.pivot_table(index="month", columns="exporter", values="value")
    chapters = observed.chapters.pivot_table(index="month", columns="hs2", values="value", aggfunc="sum")
    months = observed.months.set_index("month")
    treasury = collected[(collected["source"] == "treasury") & (collected["exporter"] == WORLD)]
    receipts = _sum(treasury.set_index(treasury["month"].dt.strftime("%Y-%m"))["duty"], BASE_YEAR)
    calculated = _sum(months["rate"] * months["value"], BASE_YEAR)
    reliefs = record.measures[record.measures["rate_type"] == "relief"]["rate_pct"]
    rows = [
        ("eu_first_quarter", "EU imports, first quarter of 2025 on that of 2024", _rise(partners[UNION])),
        ("all_first_quarter", "all imports, first quarter of 2025 on that of 2024", _rise(partners[WORLD])),
        ("ai_2024", "AI-related share of imports, 2024", _share(months, "ai_value", BASE_YEAR)),
        ("ai_2026", "AI-related share of imports, first quarter of 2026", _share(months, "ai_value", LAST_QUARTER)),
        ("gold", "precious metals and stones, first quarter of 2025 on that of 2024", _rise(chapters[GOLD])),
        ("medicines", "medicines, first quarter of 2025 on that of 2024", _rise(chapters[MEDICINES])),
        (
            "parcels",
            "low-value parcels, share of imports in 2024, ten partners",
            _sum(chapters[PARCELS], BASE_YEAR) / _sum(chapters.sum(axis="columns"), BASE_YEAR),
        ),
        ("exclusions", "largest share of excluded imports taken to claim their exclusion", float(reliefs.max()) / 100),
        ("receipts", "Treasury receipts above calculated duty, 2024", receipts / calculated - 1),
    ]
    for code, name in (("CAN", "Canada"), ("MEX", "Mexico")):
        own = observed.usmca[observed.usmca["exporter"] == code].set_index("month")
        for key, words, chosen in (
            ("january", "January 2025", FIRST_QUARTER[:1]),
            ("half", "second half of 2025", TEST_HALF_YEAR),
        ):
            said = f"share of imports from {name} entered under USMCA, {words}"
            rows.append((f"usmca_{code.lower()}_{key}", said, _share(own, "usmca_value", chosen)))
    return pd.DataFrame(rows, columns=["figure", "words", "value"])


def _sum(of_months: pd.Series, chosen: Sequence[str]) -> float:
    return float(of_months.loc[list(chosen)].sum())


def _rise(of_months: pd.Series) -> float:
    """First quarter of 2025 on that of 2024."""
    return _sum(of_months, FIRST_QUARTER) / _sum(of_months, [year_before(month) for month in FIRST_QUARTER]) - 1


def _share(table: pd.DataFrame, part: str, chosen: Sequence[str]) -> float:
    return _sum(table[part], chosen) / _sum(table["value"], chosen)
