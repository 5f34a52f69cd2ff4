"""What a chart shows, in one sentence: the titles of figures, computed from the numbers that they draw."""

import numpy as np
import pandas as pd

from calc.charts.basic import SMALLEST
from calc.words import listing, money, percent, small_percent

_MOST = 0.5  # share of all losses from which one partner stands for them


def imports_finding(changes: pd.DataFrame, *, whose: str = "") -> str:
    """`Imports from China fall 81.8%; Vietnam and Mexico gain most`.

    Parameters
    ----------
    changes : of `perspective.partner_changes`
    whose : name of the importer, where the data have several
    """
    moved = changes[changes["change"].abs() > SMALLEST]
    imports = f"Imports of {whose}" if whose else "Imports"
    down, up = (moved[moved["imports_change"] * sign > 0] for sign in (-1, 1))
    if moved.empty:
        return f"{imports} do not change"
    falls_first = moved["imports_change"].iloc[0] < 0
    first, second = (down, up) if falls_first else (up, down)
    verb, other = ("fall", "gain") if falls_first else ("rise", "lose")
    alone = _alone(first)
    if alone is not None:
        words = f"{imports} from {alone['name']} {verb} {percent(abs(alone['change']), sign=False)}"
    else:
        words = f"{imports} {verb} most from {listing(list(first['name'].head(3)))}"
    names = list(second["name"].head(2))
    return f"{words}; {listing(names)} {other}{'s' if len(names) == 1 else ''} most" if names else words


def _alone(rows: pd.DataFrame) -> "pd.Series | None":
    """The first row, where it is more than half of all."""
    if rows.empty or abs(rows["imports_change"].iloc[0]) <= _MOST * abs(rows["imports_change"].sum()):
        return None
    return rows.iloc[0]


def gains_finding(changes: pd.DataFrame, *, by: str = "gain") -> str:
    """`China loses most, −$1.2 bn; Vietnam gains most, +$3.1 bn`.

    Parameters
    ----------
    changes : of `perspective.economy_changes`
    by : gain (US$) | share, what is ranked
    """
    values = changes[by].to_numpy(dtype=float)
    moved = np.where(np.abs(values) > SMALLEST, values, np.nan)
    if np.isnan(moved).all():
        return "No economy gains or loses"
    words, names = (money if by == "gain" else small_percent), list(changes["name"])
    best, worst = int(np.nanargmax(moved)), int(np.nanargmin(moved))
    parts = [f"{names[worst]} loses most, {words(values[worst])}"] if values[worst] < 0 else []
    parts += [f"{names[best]} gains most, {words(values[best])}"] if values[best] > 0 else []
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}"
