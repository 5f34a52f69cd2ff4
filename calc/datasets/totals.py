"""Rows of totals beside their parts in a table of flows, which would count the same trade twice.

By code: a partner, importer or product whose label means a sum (World, WLD, 0 of the UN, '-' and group codes of the
US Census Bureau, EU27 beside its members, TOTAL, AG6, an HS heading beside its subheadings). By arithmetic: a label
whose value is the sum of all others in its markets,

    |M[n,t,j] − Σ_{i≠t} M[n,i,j]| ≤ 0.005 · M[n,t,j]

A code that may also be an ordinary one (0, 00, '-', an HS heading) counts as a total only if its values can hold
those of its parts; a label that only the arithmetic finds needs several markets that agree and are made up
differently, for in a small table one row is easily the sum of two others: five within 0.5%, or three to the last
digit. Two to the last digit are a warning.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calc.datasets.codes import members_of, sorts_of
from calc.datasets.flow_tables import LINE_KEYS
from calc.datasets.total_words import means_all
from calc.files.checks import Codes, Rows
from calc.files.table_files import Problem, shown
from calc.flows import Array, BoolArray, IntArray

TOLERANCE = 0.005
ENOUGH = 5  # markets that must agree where a label's code says nothing
_EXACT, _FEW = 1e-9, 2  # or fewer that agree to the last digit, all of them: three are certain
_ALL_PRODUCTS = ("allproducts", "allcommodities", "alltotal", "ag2", "ag4", "ag6", "_t")
_PERHAPS_ALL_PRODUCTS = ("0", "00", "0000", "000000", "-", "--")
_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Total:
    """Labels of a column that stand for other rows of the same table.

    Parameters
    ----------
    column : importer, exporter or product
    labels : as in the file
    reason : why they are totals, in words
    rows : their rows that have parts beside them [row]
    value : US$ of these rows
    parts : US$ of the parts beside them
    certain : false where only the name says so, and the values do not
    """

    column: str
    labels: tuple[str, ...]
    reason: str
    rows: BoolArray
    value: float
    parts: float
    certain: bool = True


def find_totals(flows: Rows, *, parts: Sequence[str] = ()) -> tuple[Total, ...]:
    """Totals beside their parts: by code first, then by arithmetic among what is left.

    Parameters
    ----------
    flows : table of flows with sound codes and values
    parts : labels that are no totals, whatever they look like
    """
    left = flows.numbers["value_usd"] > 0
    kept = frozenset(parts)
    found: list[Total] = []
    searches = [(_economy_totals, "exporter"), (_economy_totals, "importer"), (_product_totals, "product")]
    searches += [(_headings, "product")] + [(_sums, column) for column in ("exporter", "product", "importer")]
    for search, column in searches:
        for total in search(flows, column, left, kept):
            found.append(total)
            if total.certain:
                left = left & ~total.rows
    return tuple(found)


def rows_of(totals: Sequence[Total], count: int) -> BoolArray:
    """Rows that would be counted twice [row].

    Parameters
    ----------
    count : rows
    """
    rows: BoolArray = np.zeros(count, dtype=bool)
    for total in totals:
        rows |= total.rows & total.certain
    return rows


def total_problems(flows: Rows, totals: Sequence[Total], *, dropped: bool) -> tuple[Problem, ...]:
    """What totals a table holds and what would be counted twice, one problem a column; warnings if they are dropped."""
    problems = []
    for column, certain in dict.fromkeys((total.column, total.certain) for total in totals):
        mine = [total for total in totals if total.column == column and total.certain == certain]
        rows = np.logical_or.reduce([total.rows for total in mine])
        value = sum(total.value for total in mine)
        first = mine[0].labels[0]
        names = "; ".join(f"{_some(total.labels)} ({total.reason})" for total in mine[:_SHOWN])
        names += "; …" if len(mine) > _SHOWN else ""
        extent = f"{int(rows.sum()):,}, US$ {value:,.0f}"
        stated = f'if it is not a total, write parts = ["{shown(first)}"] into dataset.toml'
        if not certain:
            rule = (
                f"some labels may be totals beside their parts, which their values leave open: {names}; rows: {extent}"
            )
            remedy = f"make sure that nothing is counted twice; {stated}"
        elif dropped:
            rule = f"totals beside their parts, left out: {names}; rows: {extent}"
            remedy = stated
        else:
            rule = f"totals stand beside their parts: {names}; rows that would be counted twice: {extent}"
            remedy = (
                "leave them out with --drop-totals (check FOLDER --drop-totals NEWFOLDER writes a copy without them); "
                + stated
            )
        held = min((total.parts / total.value for total in mine if total.value), default=1.0)
        if certain and held < 1 - TOLERANCE:
            rule += f"; the parts in the file hold {held:.1%} of the total"
        fatal = certain and not dropped
        problems.append(
            Problem(
                file=flows.table.file,
                line=flows.table.line(int(np.argmax(rows))) if fatal else None,
                column=column,
                rule=rule,
                remedy=remedy,
                severity="error" if fatal else "warning",
            )
        )
    return tuple(problems)


def _some(labels: Sequence[str]) -> str:
    names = ", ".join(f"'{shown(label)}'" for label in labels[:_SHOWN])
    return names + (f", … ({len(labels):,} in all)" if len(labels) > _SHOWN else "")


def _economy_totals(flows: Rows, column: str, left: BoolArray, kept: frozenset[str]) -> Iterator[Total]:
    """Totals and groups of countries among the labels of a column, by their codes."""
    codes = flows.codes[column]
    sorts = sorts_of(codes.labels)
    kind, economy = np.asarray(sorts["kind"], dtype=str), np.asarray(sorts["economy"], dtype=str)
    part = (kind != "total") & (kind != "group")
    suspects = np.flatnonzero(~part & np.asarray(~codes.labels.isin(kept), dtype=bool)).tolist()
    if not suspects:
        return
    market = _group(flows, "importer" if column == "exporter" else "exporter", "product")
    for k in sorted(suspects, key=lambda k: kind[k] != "total"):
        label, name, system = str(codes.labels[k]), str(sorts["name"].iloc[k]), str(sorts["system"].iloc[k])
        sure = bool(sorts["sure"].iloc[k])
        inside = part
        if kind[k] == "group":
            members = members_of(str(economy[k]) or name)
            if not members and system != "census":
                continue
            inside = part & (np.isin(economy, list(members)) if members else kind == "economy")
        beside = _beside(flows, codes, market, left, k, inside)
        if beside is None:
            continue
        rows, value, parts = beside
        if kind[k] == "total":
            # a number or a mark may be a stranger's own code: then its values must be able to hold the others
            plain = not any(letter.isalpha() for letter in label)
            if plain and (parts > value * (1 + TOLERANCE) or (not sure and parts < value * (1 - TOLERANCE))):
                continue
            reason, certain = f"{name}, a total" if system else f"a total, {name}", True
        else:
            reason = f"{name}, a group beside its members"
            certain = system == "census" or parts <= value * (1 + TOLERANCE)
        yield Total(
            column=column,
            labels=(label,),
            reason=reason,
            rows=rows,
            value=value,
            parts=min(parts, value),
            certain=certain,
        )


def _product_totals(flows: Rows, column: str, left: BoolArray, kept: frozenset[str]) -> Iterator[Total]:
    """Labels that mean all products together; 0, 00 and '-' only if the values of some level add up to theirs."""
    codes = flows.codes[column]
    names = codes.labels.str.strip().str.casefold()
    free = np.asarray(~codes.labels.isin(kept), dtype=bool)
    worded = np.array([not name.isdigit() and means_all(name, products=True) for name in names], dtype=bool)
    sure = (worded | np.asarray(names.isin(_ALL_PRODUCTS), dtype=bool)) & free
    perhaps = np.asarray(names.isin(_PERHAPS_ALL_PRODUCTS), dtype=bool) & free
    if not (sure | perhaps).any():
        return
    pair = _group(flows, "importer", "exporter")
    value = flows.numbers["value_usd"]
    length = codes.labels.str.len().to_numpy(dtype=int)
    for k in np.flatnonzero(sure | perhaps).tolist():
        beside = _beside(flows, codes, pair, left, k, ~(sure | perhaps))
        if beside is None:
            continue
        rows, total, parts = beside
        inside = (~(sure | perhaps))[codes.codes] & left & _there(pair, rows)
        levels = np.bincount(length[codes.codes[inside]], weights=value[inside])
        agrees = bool((np.abs(np.append(levels, parts) - total) <= TOLERANCE * total).any())
        if sure[k] or agrees:
            yield Total(
                column=column,
                labels=(str(codes.labels[k]),),
                reason="all products",
                rows=rows,
                value=total,
                parts=float(total if agrees else min(levels.max(), total)),
            )


def _headings(flows: Rows, column: str, left: BoolArray, kept: frozenset[str]) -> Iterator[Total]:
    """HS codes of 2, 4, 6 or 8 digits whose value is that of the longer codes under them."""
    codes = flows.codes[column]
    digits = np.asarray(codes.labels.str.fullmatch(r"\d+"), dtype=bool)
    length = np.where(digits & ~codes.labels.isin(kept), codes.labels.str.len(), 0).astype(int)
    levels = sorted({int(size) for size in length if size and size % 2 == 0})
    for at, size in enumerate(levels):
        for below in levels[at + 1 :]:
            total = _heading(flows, codes, left, length, size, below)
            if total is not None:
                left = left & ~total.rows if total.certain else left
                yield total


def _heading(flows: Rows, codes: Codes, left: BoolArray, length: IntArray, size: int, below: int) -> Total | None:
    """Codes of one length that hold those of another; None if none do."""
    value = flows.numbers["value_usd"]
    heads = codes.labels[length == size]
    over = pd.Index(heads).get_indexer(codes.labels.str[:size])
    is_child, is_head = (length == below) & (over >= 0), length == size
    if not is_child.any():
        return None
    child, head = is_child[codes.codes] & left, is_head[codes.codes] & left
    place = _group(flows, "importer", "exporter") * len(heads) + over[codes.codes]
    group, distinct = pd.factorize(np.concatenate([place[head], place[child]]))
    above, under = group[: int(head.sum())], group[int(head.sum()) :]
    children = np.bincount(under, weights=value[child], minlength=len(distinct))[above]
    own, label, count = value[head], codes.codes[head], len(codes.labels)
    beside = children > 0
    if not beside.any():
        return None
    agree = beside & (np.abs(own - children) <= TOLERANCE * own)
    total, same, parts = (
        np.bincount(label[rows], weights=amount[rows], minlength=count)
        for rows, amount in ((beside, own), (agree, own), (beside, children))
    )
    certain = (total > 0) & ((2 * same >= total) | (np.abs(total - parts) <= TOLERANCE * total))
    # most of a level being sums, the rest of it is too: parts that are withheld or rounded do not make it a product
    if 2 * total[certain].sum() >= total.sum():
        certain = total > 0
    chosen = certain if certain.any() else (total > 0) & (parts <= total * (1 + TOLERANCE))
    if not chosen.any():
        return None
    rows = np.zeros(len(value), dtype=bool)
    rows[np.flatnonzero(head)[beside]] = True
    return Total(
        column="product",
        labels=tuple(str(name) for name in codes.labels[chosen]),
        reason=f"codes of {size} digits beside those of {below} under them",
        rows=rows & chosen[codes.codes],
        value=float(total[chosen].sum()),
        parts=float(min(parts[chosen].sum(), total[chosen].sum())),
        certain=bool(certain.any()),
    )


def _sums(flows: Rows, column: str, left: BoolArray, kept: frozenset[str]) -> Iterator[Total]:
    """Labels whose value is the sum of all others in nearly every market, and in markets made up differently."""
    codes = flows.codes[column]
    value = flows.numbers["value_usd"]
    use = left & ~own_rows(flows)
    market = _group(flows, *(key for key in LINE_KEYS if key != column))
    sums = np.bincount(market, weights=value if use.all() else value * use)
    gap: Array = sums.astype(np.float64, copy=False)[
        market
    ]  # in place, for fresh memory takes longer than the arithmetic
    gap -= value
    gap -= value
    agree = use & (np.abs(gap, out=gap) <= TOLERANCE * value)
    size = np.bincount(market if use.all() else market[use], minlength=len(sums))
    agree[agree] = size[market[agree]] >= 3
    exact = agree.copy()
    exact[agree] = gap[agree] <= _EXACT * value[agree]
    if _most(codes, agree) < ENOUGH and _most(codes, exact) < _FEW:
        return
    judged = use & (size >= 3)[market]
    count = len(codes.labels)
    there, same, alike = (np.bincount(codes.codes[rows], minlength=count) for rows in (judged, agree, exact))
    often = (same >= ENOUGH) & (same >= 0.9 * there)
    likely = (often | ((alike >= _FEW) & (alike == there))) & np.asarray(~codes.labels.isin(kept), dtype=bool)
    if not likely.any():
        return
    largest = np.zeros(len(sums))
    others = use & ~agree
    np.maximum.at(largest, market[others], value[others])
    for k in np.flatnonzero(likely).tolist():
        rows = agree & (codes.codes == k)
        kinds = len(np.unique(np.round(largest[market[rows]] / value[rows], 2)))
        if kinds < (3 if often[k] else _FEW):
            continue
        total = float(value[rows].sum())
        reason = f"the sum of the others in {same[k]:,.0f} of {there[k]:,.0f} markets"
        yield Total(
            column=column,
            labels=(str(codes.labels[k]),),
            reason=reason,
            rows=rows,
            value=total,
            parts=total,
            certain=kinds >= 3,
        )


def _most(codes: Codes, rows: BoolArray) -> int:
    """The number of these rows that the label with most of them has."""
    return int(np.bincount(codes.codes[rows], minlength=1).max())


def _beside(
    flows: Rows, codes: Codes, market: IntArray, left: BoolArray, label: int, inside: BoolArray
) -> tuple[BoolArray, float, float] | None:
    """Rows of a label that have parts in their market, their value, and that of the parts; None without any."""
    value = flows.numbers["value_usd"]
    parts = inside[codes.codes] & left
    rows = (codes.codes == label) & left & _there(market, parts)
    if not rows.any():
        return None
    return rows, float(value[rows].sum()), float(value[parts & _there(market, rows)].sum())


def _there(market: IntArray, rows: BoolArray) -> BoolArray:
    """Rows in the markets of some rows [row]."""
    there: BoolArray = np.bincount(market, weights=rows)[market] > 0
    return there


def _group(flows: Rows, *columns: str) -> IntArray:
    """A number for each row's combination of columns [row], not much larger than the table."""
    key = np.zeros(len(flows.table.frame), dtype=np.intp)
    size = 1
    for column in columns:
        key = key * len(flows.codes[column].labels) + flows.codes[column].codes
        size *= len(flows.codes[column].labels)
    if size > 8 * len(key):
        key = pd.factorize(key)[0].astype(np.intp)
    return key


def own_rows(flows: Rows) -> BoolArray:
    """Rows in which an economy buys from itself [row]."""
    importer, exporter = flows.codes["importer"], flows.codes["exporter"]
    same: BoolArray = exporter.labels.get_indexer(importer.labels)[importer.codes] == exporter.codes
    return same
