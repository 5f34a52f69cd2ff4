"""Rows of a schedule for groups, and for economies without trade in the data."""

import numpy as np
import pandas as pd

from calc.datasets.codes import known_economies, members_of
from calc.datasets.dataset import Dataset

_KEYS = ["importer", "exporter", "product"]


def with_members(table: pd.DataFrame, dataset: Dataset) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The schedule with a row for each member in place of one for a group, and what was left out.

    A member's own row for the same product counts before that of its group. Rows for an economy that sells or buys
    nothing in the data are left out and named; codes that mean nothing stay, for the reader to refuse.

    Parameters
    ----------
    table : importer, exporter, product, tariff_pct; an empty key speaks of all
    """
    economies = dataset.flows.economies
    unknown = {code for column in _KEYS[:2] for code in set(table[column]) - {"", *economies}}
    if not unknown:
        return table, ()
    groups = dataset.countries["groups"].str.split(";")
    members = {code: economies[[code in names for names in groups]].tolist() for code in unknown}
    inside = {member for economy in economies for member in members_of(economy)}  # of a group that the data have as one
    absent = {code for code in unknown & known_economies() if not members[code]} - inside
    table = table[~table[_KEYS[:2]].isin(absent).any(axis=1)].reset_index(drop=True)
    table = table.assign(row=np.arange(len(table)), group=table[_KEYS[:2]].isin(unknown).any(axis=1))
    for column in _KEYS[:2]:
        table[column] = [members.get(code) or [code] for code in table[column]]
        table = table.explode(column, ignore_index=True)
    # of equal keys the last row stays, and a group's come first
    table = table.sort_values(["group", "row"], ascending=[False, True], kind="stable")
    table = table.drop_duplicates(_KEYS, keep="last").sort_values("row", kind="stable", ignore_index=True)
    names = sorted(absent)
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    note = f"rows for economies without trade in {dataset.name}, not used: {len(names)} ({shown})."
    return table[[*_KEYS, "tariff_pct"]], (note,) if names else ()
