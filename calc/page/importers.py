"""One importer's view of a world answer: its lines, its markets, and the headline numbers that belong to them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from calc.flows import Array, to_frame
from calc.result import Result

_OF_ECONOMY = ("real_income_change", "consumer_price_change", "exports_change", "tariff_revenue_change")


def largest_importer(result: Result) -> str:
    """The importer with the most targeted imports; empty where nothing is targeted."""
    lines = result.lines
    targeted = lines["targeted"].to_numpy()
    if not targeted.any():
        return ""
    codes = lines["importer"].cat.codes.to_numpy()[targeted]
    value = np.bincount(codes, lines["import_value_base"].to_numpy()[targeted])
    return str(lines["importer"].cat.categories[int(np.argmax(value))])


def of_importer(result: Result, importer: str) -> Result:
    """An answer as one importer sees it: only its lines and markets; exports are sales to it.

    The summary holds what can be summed over its lines, and in general equilibrium its income, prices and exports.
    """
    lines = result.lines[(result.lines["importer"] == importer).to_numpy()].reset_index(drop=True)
    markets = result.markets[(result.markets["importer"] == importer).to_numpy()].reset_index(drop=True)
    codes, size = lines["exporter"].cat.codes.to_numpy(), len(lines["exporter"].cat.categories)
    base, new = (lines[f"import_value_{when}"].to_numpy() for when in ("base", "new"))
    categories = pd.Index(lines["exporter"].cat.categories)
    place = categories.get_indexer(result.economies["economy"].astype(str))
    sales = {
        "exports_base": np.bincount(codes, base, minlength=size)[place],
        "exports_change": np.bincount(codes, new - base, minlength=size)[place],
    }
    values = _values(lines, markets)
    row = result.economies[(result.economies["economy"] == importer).to_numpy()]
    values |= {name: float(row[name].iloc[0]) for name in _OF_ECONOMY if name in row and len(row)}
    return replace(
        result,
        lines=lines,
        markets=markets,
        economies=result.economies.assign(**sales),
        summary=to_frame(
            {
                "metric": list(values),
                "value": np.array(list(values.values())),
                "low": np.full(len(values), np.nan),
                "high": np.full(len(values), np.nan),
            }
        ),
    )


def _values(lines: pd.DataFrame, markets: pd.DataFrame) -> dict[str, float]:
    """Headline numbers of one importer, defined as in `result`; the rent is that of targeted shipments."""

    def column(name: str) -> Array:
        values: Array = lines[name].to_numpy(dtype=float)
        return values

    targeted = lines["targeted"].to_numpy()
    base, new = column("import_value_base"), column("import_value_new")
    duty_base, duty_new = column("tariff_revenue_base"), column("tariff_revenue_new")
    rate_new, change = column("tariff_new"), new - base
    touched = markets["product"].isin(lines.loc[targeted, "product"]).to_numpy()
    in_touched = lines["product"].isin(lines.loc[targeted, "product"]).to_numpy()
    spending = markets["expenditure_base"].to_numpy() * touched

    def ratio(part: Array, whole: Array) -> float:
        total = float(whole.sum())
        return float(part.sum()) / total if total else 0.0

    return {
        "import_value_base": float(base.sum()),
        "import_value_new": float(new.sum()),
        "import_value_change": float(change.sum()),
        "import_volume_change": ratio(column("volume_change") * base, base),
        "effective_tariff_base": ratio(duty_base, base),
        "statutory_tariff_new": ratio(rate_new * base, base),
        "effective_tariff_new": ratio(duty_new, new),
        "affected_composite_price_change": ratio(markets["composite_price_change"].to_numpy() * spending, spending),
        "targeted_volume_change": ratio((column("volume_change") * base)[targeted], base[targeted]),
        "targeted_import_value_relative_change": ratio(change[targeted], base[targeted]),
        "other_suppliers_gain": float(change[in_touched & ~targeted].sum()),
        "tariff_revenue_change": float((duty_new - duty_base).sum()),
        "producer_surplus_change": float(column("producer_surplus_change")[targeted].sum()),
    }
