"""Files of several layouts as one dataset: flows from one of them, rates from others, brought to the flows.

A flow takes the rate of its own importer, exporter and product; failing that, of its importer and product for all
partners. Where the depths of the codes differ, a flow takes the rate of the longest code that its own begins with,
or the simple average of the rates of the codes that begin with its own. Rates of the European Union are those of its
members; between members there is no duty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from calc.datasets.codes import members_of
from calc.datasets.hs_revisions import DIGITS, rates_to_revision, revision_of, to_revision
from calc.datasets.readers.choices import shown
from calc.datasets.readers.conversion import EU, KEYS, Converted
from calc.errors import DataError

REVISION = "hs"  # the choice of a revision for the flows


def combined(parts: Sequence[Converted], where: Mapping[str, str]) -> Converted:
    """One dataset of what the layouts hold; one part has flows, others have rates.

    Raises
    ------
    DataError
        No part has flows, or several have; or no flow finds a rate.
    """
    with_flows = [part for part in parts if "flows" in part.tables]
    if not with_flows:
        title = parts[0].about.get("title", "the file")
        raise DataError(
            f"{title}: there are rates of duty but no trade; give a trade file beside it, as in tariff-impact "
            "convert BACI_HS22_Y2023_V202501.csv rates.csv FOLDER."
        )
    if len(with_flows) > 1:
        names = " and ".join(str(part.about.get("title", "")) for part in with_flows)
        raise DataError(f"{names} both hold trade; convert them one by one.")
    whole = _in_revision(with_flows[0], where)
    for part in parts:
        if part.rates is not None:
            whole = _with_rates(whole, part)
        if part is not with_flows[0]:
            words = {**part.descriptions, **whole.descriptions}
            whole = replace(
                whole, descriptions=words, notes=(*whole.notes, *part.notes), chosen=whole.chosen | part.chosen
            )
    return whole


def _in_revision(part: Converted, where: Mapping[str, str]) -> Converted:
    """Flows in the revision of the HS that is chosen, if one is."""
    if REVISION not in where:
        return part
    flows = part.tables["flows"]
    source = part.revision or revision_of(pd.Index(flows["product"].unique()))
    if source is None or not where[REVISION].isdigit():
        raise DataError(
            f"--where {REVISION}={where[REVISION]}: the revision of the codes is not known, or this is not a year of "
            "the HS; write 2012, 2017 or 2022, or leave it out."
        )
    target = int(where[REVISION])
    if (depth := int(flows["product"].str.len().max())) != DIGITS:
        raise DataError(
            f"--where {REVISION}={target}: the products have {depth} digits, and conversion tables are for {DIGITS}; "
            f"choose --where level={DIGITS} where the file has that level."
        )
    carried = to_revision(flows, source, target)
    return replace(
        part,
        tables={**part.tables, "flows": carried.table},
        notes=(*part.notes, *carried.notes),
        chosen=part.chosen | {REVISION},
        revision=target,
    )


def _with_rates(whole: Converted, part: Converted) -> Converted:
    assert part.rates is not None  # the caller asked
    rates = part.rates
    notes: tuple[str, ...] = ()
    flows = whole.tables["flows"]
    ours = whole.revision or revision_of(pd.Index(flows["product"].unique()))
    theirs = part.revision or revision_of(pd.Index(rates["product"].unique()))
    if ours and theirs and ours != theirs:
        # conversion tables are for six digits; finer rates are averaged first
        rates = rates.assign(product=rates["product"].str[:DIGITS])
        rates = rates.groupby(list(KEYS), as_index=False).agg({"tariff_pct": "mean"})
        rates = rates_to_revision(rates, theirs, ours)
        notes = (
            f"Rates were converted from HS {theirs} to HS {ours} with the UN's conversion tables, as simple averages.",
        )
    tariffs, matched = rates_of_flows(flows, rates)
    if not len(tariffs):
        raise DataError(
            f"{part.about.get('title', 'The rates')}: no flow has a rate; the flows have importers "
            f"{shown(flows['importer'].unique())} and products {shown(flows['product'].unique())}, the rates "
            f"{shown(rates['importer'].unique())} and {shown(rates['product'].unique())}. Give rates "
            "for the same importers and products."
        )
    notes = (*notes, f"{part.about.get('title', 'Rates')}: {matched:.1%} of the imports have a rate; the rest take 0.")
    depths = [sorted({len(code) for code in table["product"].unique()}) for table in (flows, rates)]
    if all(depths) and depths[0][-1] < depths[1][-1]:
        notes += (
            f"Rates are for codes of up to {depths[1][-1]} digits, and flows of {depths[0][-1]}: a flow takes the "
            "simple average of the rates under its code.",
        )
    if "tariffs" in whole.tables:
        tariffs = pd.concat([tariffs, whole.tables["tariffs"]]).drop_duplicates(list(KEYS)).sort_values(list(KEYS))
    source = f"{whole.about.get('source', '')}; rates: {part.about.get('source', '')}"
    return replace(
        whole,
        tables={**whole.tables, "tariffs": tariffs},
        about={**whole.about, "source": source, "rates": "law" if "tariffs" not in whole.tables else "mixed"},
        notes=(*whole.notes, *notes),
    )


def rates_of_flows(flows: pd.DataFrame, rates: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """The tariff of each flow that has one, and the share of the value of imports that found one (see the module).

    Parameters
    ----------
    flows : importer, exporter, product, value_usd
    rates : importer, exporter (empty for all), product, tariff_pct
    """
    own = flows["importer"] == flows["exporter"]
    union = members_of(EU) | {EU}
    inside = flows["importer"].isin(union) & flows["exporter"].isin(union)
    asked = flows[~own & ~inside].copy()
    if asked.empty:
        return pd.DataFrame(columns=[*KEYS, "tariff_pct"]), 0.0
    for side in ("importer", "exporter"):
        alone = asked[side].isin(set(rates[side])) | ~asked[side].isin(union)
        asked[f"rate_{side}"] = asked[side].where(alone, EU)
    general = rates["exporter"] == ""
    special = _matched(asked, rates[~general], ["importer", "exporter"])
    asked["tariff_pct"] = special.fillna(_matched(asked, rates[general], ["importer"]))
    tariffs = asked.dropna(subset="tariff_pct")[[*KEYS, "tariff_pct"]].sort_values(list(KEYS), ignore_index=True)
    found = flows.merge(tariffs, on=list(KEYS))["value_usd"].sum()
    return tariffs, float(found / flows["value_usd"][~own & ~inside].sum())


def _matched(asked: pd.DataFrame, rates: pd.DataFrame, sides: list[str]) -> pd.Series:
    """The rate of each flow by its product and these sides; NaN where there is none.

    Parameters
    ----------
    asked : product, and `rate_importer` and `rate_exporter` by which a flow looks for its rate
    sides : columns that a rate is by, of importer and exporter
    """
    if rates.empty:
        return pd.Series(np.nan, index=asked.index)
    pairs = _codes_of(pd.Index(asked["product"].unique()), pd.Index(rates["product"].unique()))
    named = {side: f"rate_{side}" for side in sides} | {"product": "rate_product"}
    table = rates.groupby([*sides, "product"], as_index=False).agg({"tariff_pct": "mean"}).rename(columns=named)
    lines = asked.reset_index(names="line").merge(pairs, on="product", validate="many_to_many")
    found = lines.merge(table, on=list(named.values()), validate="many_to_one")
    return found.groupby("line")["tariff_pct"].mean().reindex(asked.index)


def _codes_of(products: pd.Index, rated: pd.Index) -> pd.DataFrame:
    """The rated codes of each product: its own, else the longest that it begins with, else all that begin with it."""
    missing = np.ones(len(products), dtype=bool)
    found = []
    for size in sorted({int(size) for size in rated.str.len()}, reverse=True):
        stems = products.str[:size]
        hit = missing & np.asarray(stems.isin(rated), dtype=bool) & (np.asarray(products.str.len()) >= size)
        found.append(pd.DataFrame({"product": products[hit], "rate_product": stems[hit]}))
        missing &= ~hit
    rest = pd.DataFrame({"product": products[missing]})
    for size in sorted({int(size) for size in rest["product"].str.len()}):
        under = pd.DataFrame({"rate_product": rated, "product": rated.str[:size]})
        found.append(rest[rest["product"].str.len() == size].merge(under, on="product"))
    return pd.concat(found, ignore_index=True)
