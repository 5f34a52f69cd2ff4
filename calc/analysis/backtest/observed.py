"""What happened: the tables of the folder `backtest` of the built-in data."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from calc.datasets.data_folder import data_dir
from calc.errors import DataError

FOLDER = "backtest"
_COLUMNS = {
    "half-years.parquet": ("exporter", "hs2", "window", "value_usd", "duty_usd"),
    "chapters.parquet": ("exporter", "hs2", "month", "value_usd"),
    "china-duty.parquet": ("hs2", "month", "value_usd", "duty_usd"),
    "partners.csv": ("month", "exporter", "value_usd"),
    "partner-years.csv": ("exporter", "year", "value_usd"),
    "months.csv": ("month", "value_usd", "export_value_usd", "ai_value_usd", "rate_pct"),
    "peer-imports.csv": ("month", "exporter", "base_usd", "new_usd"),
    "peer-rates.csv": ("month", "series", "rate_pct"),
    "exports-to-china.parquet": ("product", "window", "value_usd"),
    "usmca.csv": ("exporter", "month", "value_usd", "usmca_value_usd"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observed:
    """What happened, US$ and fractions.

    Parameters
    ----------
    half_years : US imports by exporter (WLD: all), chapter and half-year `2017H2`, with calculated duty
    chapters : US general imports by exporter, chapter and month
    china_duty : US imports from China with calculated duty, by chapter and month
    partners : US general imports by month and exporter; ROW is the rest, WLD all
    partner_years : US general imports by exporter and year, 2023 and 2024, without chapters 98 and 99
    months : all US imports and exports by month, AI-related imports, and calculated duty over imports
    peer_imports : imports by source that the Budget Lab's GTAP runs expected, and their base
    peer_rates : effective rates of others, by month and series
    exports_to_china : US exports to China by HS6 and half-year
    usmca : imports from Canada and Mexico by month, and those entered under USMCA
    """

    half_years: pd.DataFrame
    chapters: pd.DataFrame
    china_duty: pd.DataFrame
    partners: pd.DataFrame
    partner_years: pd.DataFrame
    months: pd.DataFrame
    peer_imports: pd.DataFrame
    peer_rates: pd.DataFrame
    exports_to_china: pd.DataFrame
    usmca: pd.DataFrame


def read_observed(folder: str | Path | None = None) -> Observed:
    """The built-in tables, or those of a folder with the same files.

    Raises
    ------
    DataError
        A file or a column is missing.
    """
    place = Path(folder) if folder is not None else data_dir() / FOLDER
    tables = {Path(file).stem.replace("-", "_"): _table(place, file, names) for file, names in _COLUMNS.items()}
    return Observed(**tables)


def _table(place: Path, file: str, names: tuple[str, ...]) -> pd.DataFrame:
    path = place / file
    if not path.is_file():
        raise DataError(f"{file}: the back-test needs it, and {place} has none. Install the package again.")
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    missing = [name for name in names if name not in table]
    if missing:
        raise DataError(
            f"{file}: the column {missing[0]} is missing; it has {', '.join(map(str, table.columns))}. Add it."
        )
    money = {name: name.removesuffix("_usd") for name in names if name.endswith("_usd")}
    rates = {name: "rate" for name in names if name == "rate_pct"}
    numbers: dict[str, pd.Series] = {
        **{new: table[old].astype(float) for old, new in money.items()},
        **{new: table[old] / 100 for old, new in rates.items()},
    }
    keys = {name: table[name].astype(str) for name in names if name not in money and name not in rates}
    return pd.DataFrame({**keys, **numbers})
