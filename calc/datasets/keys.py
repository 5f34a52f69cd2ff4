"""Whether the codes of a table meet those of the flows: one that meets none would be a zero or a default in silence."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calc.datasets.codes import all_partner_codes, members_of
from calc.datasets.economy_hints import hint_on_economy, system_in_words
from calc.datasets.lookup import hs_codes, longest_prefix
from calc.files.checks import Rows
from calc.files.table_files import Problem, problem_at
from calc.flows import BoolArray, among

_SIDES = ("importer", "exporter")
_SHOWN = 3


def check_keys(rows: Mapping[str, Rows], own: frozenset[str]) -> tuple[Problem, ...]:
    """Tables whose importers, exporters or products are none of those of the flows.

    Parameters
    ----------
    own : names of the tables that the folder holds; the built-in product lists are nobody's
    """
    problems: tuple[Problem, ...] = ()
    for name, table in rows.items() if "flows" in rows else ():
        if name == "tariffs":
            problems += _check_economies(rows["flows"], table, sides=True)
            problems += _check_products(rows["flows"], table, finer=True)
            problems += _groups_beside_members(rows["flows"], table)
        elif name.startswith("elasticities"):
            problems += _check_economies(rows["flows"], table, sides=False)
            problems += _check_products(rows["flows"], table, finer=False)
        elif name.startswith("product-lists") and name in own:
            problems += _check_list(rows["flows"], table)
    return problems


def partners_of(name: str, rows: Mapping[str, Rows]) -> Mapping[str, frozenset[str]]:
    """Codes of exporters that stand for all partners in a table of rates or elasticities, by column.

    A code under which the flows have an exporter is that exporter.
    """
    if name != "tariffs" and not name.startswith("elasticities"):
        return {}
    flows = rows.get("flows")
    there = flows.codes["exporter"].labels if flows and "exporter" in flows.codes else pd.Index([], dtype=str)
    return {"exporter": all_partner_codes() - frozenset(there.str.casefold())}


def form_of(products: pd.Index) -> str:
    """How product codes are written, with one of them: `HS codes of 6 digits, such as 010121`."""
    hs = hs_codes(products)
    if not hs.any() or hs.mean() < 0.5:
        return f"codes such as {', '.join(map(str, products[:_SHOWN]))}"
    sizes = sorted({int(size) for size in products[hs].str.len().unique()})
    digits = " and ".join(map(str, sizes)) if len(sizes) < _SHOWN else f"{sizes[0]} to {sizes[-1]}"
    return f"HS codes of {digits} digits, such as {products[hs][0]}"


def _check_economies(flows: Rows, rows: Rows, *, sides: bool) -> tuple[Problem, ...]:
    """Economies of a column, of which one at least must trade; with `sides`, on the side of the column."""
    traders = flows.codes["importer"].labels.append(flows.codes["exporter"].labels)
    for column in _SIDES:
        if column not in rows.codes:
            continue
        labels, there = rows.codes[column].labels, flows.codes[column].labels if sides else traders
        if (labels == "").any() or labels.isin(there).any():
            continue
        hint = hint_on_economy(str(labels[0]), there)
        here, those = system_in_words(labels), system_in_words(there)
        apart = f": these are {here}; those are {those}" if here.split(",")[0] != those.split(",")[0] else ""
        rule = f"is no {column} of {flows.table.file}, and no other code here is{hint}{apart}"
        remedy = f"write the codes of {flows.table.file}, or convert both files from one source"
        return problem_at(rows.table, np.ones(len(rows.codes[column].codes), dtype=bool), column, rule, remedy)
    return ()


def _groups_beside_members(flows: Rows, rows: Rows) -> tuple[Problem, ...]:
    """Rows for a group of countries that the flows have one by one, which no flow takes its rate from."""
    problems: tuple[Problem, ...] = ()
    for column in _SIDES:
        labels, there = rows.codes[column].labels, set(flows.codes[column].labels)
        members = {label: sorted(members_of(str(label)) & there) for label in labels if label not in there}
        groups = {label: names for label, names in members.items() if names}
        if groups:
            hit = np.asarray(labels.isin(list(groups)), dtype=bool)
            first = next(iter(groups.values()))
            some = ", ".join(first[:_SHOWN]) + (", …" if len(first) > _SHOWN else "")
            rule = f"is a group, and {flows.table.file} has its members {some}, which take no rate from it"
            remedy = "write a row for each member"
            problems += problem_at(rows.table, hit[rows.codes[column].codes], column, rule, remedy, "warning")
    return problems


def _check_products(flows: Rows, rows: Rows, *, finer: bool) -> tuple[Problem, ...]:
    """Products of a table, of which one at least must be or begin one of the flows, or with `finer` lie below one."""
    labels, there = rows.codes["product"].labels, flows.codes["product"].labels
    if (labels == "").any() or _meets(labels, there, finer=finer).any():
        return ()
    form, flow_form = form_of(labels), form_of(there)
    if hs_codes(labels).any() and hs_codes(there).any():
        below = _meets(labels, there, finer=True).any()
        remedy = (
            f"give one row for each code of {flows.table.file}, or for a shorter one"
            if below
            else "take both from one revision of the HS, with the digits of the flows or fewer"
        )
    else:
        remedy = f"write the codes of {flows.table.file}"
    rule = f"and the other products here match none of {flows.table.file}: these are {form}; those are {flow_form}"
    return problem_at(rows.table, np.ones(len(rows.codes["product"].codes), dtype=bool), "product", rule, remedy)


def _check_list(flows: Rows, rows: Rows) -> tuple[Problem, ...]:
    """A list of goods that are not traded is no fault, but codes of another form or finer than the flows' are one."""
    labels, there = rows.codes["product"].labels, flows.codes["product"].labels
    alike = hs_codes(labels).any() and hs_codes(there).any() and not _meets(labels, there, finer=True).any()
    return () if alike else _check_products(flows, rows, finer=False)


def _meets(labels: pd.Index, there: pd.Index, *, finer: bool) -> BoolArray:
    """Whether a label is a code of the flows or begins one, or with `finer` lies below one [label]."""
    found = among(labels, there)
    hs, flow_hs = hs_codes(labels), there[hs_codes(there)]
    for size in labels[hs].str.len().unique():
        found |= hs & among(labels, flow_hs.str[:size])
    if finer and hs.any():
        found[hs] |= longest_prefix(flow_hs, labels[hs]) >= 0
    return found
