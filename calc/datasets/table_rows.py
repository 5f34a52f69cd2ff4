"""The tables of a dataset as checked rows: which rows are meant, which are totals, which codes there are."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from calc.datasets.about import About
from calc.datasets.accounts import check_accounts
from calc.datasets.covered_trade import covered_trade
from calc.datasets.economy_hints import check_systems
from calc.datasets.elasticities import check_elasticity_rows
from calc.datasets.flow_tables import LINE_KEYS
from calc.datasets.keys import check_keys, partners_of
from calc.datasets.layout import ELASTICITIES, PRODUCT_LISTS, schema_of
from calc.datasets.published_rates import read_published_rates
from calc.datasets.row_meaning import Chosen, choose_rows, unused_choices
from calc.datasets.totals import Total, find_totals, own_rows, rows_of, total_problems
from calc.files.checks import Rows, Schema, read_rows
from calc.files.number_checks import check_tariff_unit
from calc.files.table_files import Problem, TableFile
from calc.flows import BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Choices that a folder leaves open.

    Parameters
    ----------
    where : value by column, such as {"year": "2023"}; see `row_meaning`
    drop_totals : whether rows of totals beside their parts are left out
    """

    where: Mapping[str, str] = field(default_factory=dict)
    drop_totals: bool = False

    def options(self) -> str:
        """Options of the command line that choose the same, each behind a blank; empty where nothing was chosen."""
        taken = "".join(f" --where {shlex.quote(f'{key}={value}')}" for key, value in self.where.items())
        return taken + (" --drop-totals" if self.drop_totals else "")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableRows:
    """Every table of a dataset, checked.

    Parameters
    ----------
    rows : by name without ending: "flows", "product-lists/steel"
    problems : what breaks a rule, warnings included
    said : what columns of the flows say of every row, by key of the meaning, such as {"year": "2023"}
    totals : of the flows, beside their parts
    changed : names of the tables of which rows were chosen, left out or added up
    readings : warnings that say which rows were taken and what for, which concern every answer
    """

    rows: Mapping[str, Rows]
    problems: tuple[Problem, ...]
    said: Mapping[str, str]
    totals: tuple[Total, ...]
    changed: frozenset[str]
    readings: tuple[Problem, ...]


def read_all_rows(
    tables: Mapping[str, TableFile], brought: frozenset[str], about: About | None, reading: Reading
) -> TableRows:
    """Rows of each table, checked against the codes that products and countries list.

    Parameters
    ----------
    brought : names of the tables that the folder itself holds; the others are built-in product lists
    about : what dataset.toml says; None where it is not sound
    reading : choices made
    """
    rows: dict[str, Rows] = {}
    problems: list[Problem] = []
    said: Mapping[str, str] = {}
    totals: tuple[Total, ...] = ()
    readings: list[Problem] = []
    used: frozenset[str] = frozenset()
    changed: set[str] = set()
    own = {name: table for name, table in tables.items() if not name.startswith(PRODUCT_LISTS)}
    known: dict[str, pd.Index | None] = {"products": None, "countries": None}
    # products and countries come first, for they say which codes there are
    for name in sorted(tables, key=lambda name: (name not in known, name != "flows", name != "tariffs", name)):
        schema = schema_of(name)
        if name not in brought:
            rows[name] = _read_built_in(tables[name], schema)
            continue
        where = reading.where if name in own else {}
        chosen = choose_rows(name, tables[name], schema, where, year=about.year if about else None)
        used |= chosen.keys
        table = replace(chosen.table, warnings=(*chosen.table.warnings, *chosen.problems))
        if name == "tariffs":
            table, published = read_published_rates(table, covered=partial(covered_if_readable, rows.get("flows")))
            table = replace(table, warnings=(*table.warnings, *published))
        partners = partners_of(name, rows)
        rows[name] = _read(table, schema, chosen, known, partners)
        readings += chosen.problems
        changed |= {name} if chosen.keys else set()
        found = rows[name].problems
        if name == "flows":
            said = chosen.said
            totals = _totals_of(rows[name], about)
            more = total_problems(rows[name], totals, dropped=reading.drop_totals)
            doubled = rows_of(totals, len(rows[name].table.frame))
            if reading.drop_totals and doubled.any():
                left = rows[name].table
                changed.add(name)
                rows[name] = _read(replace(left, frame=left.frame[~doubled]), schema, chosen, known, partners)
            more += goods_returned(rows[name], about)
            readings += more
            found = (*more, *rows[name].problems)
        if name == "tariffs" and "tariff_pct" in rows[name].numbers:
            readings += check_tariff_unit(rows[name].table, rows[name].numbers["tariff_pct"])
        sound = not any(problem.severity == "error" for problem in found)
        if sound and name.startswith(ELASTICITIES):
            found += check_elasticity_rows(rows[name])
        if sound and known["countries"] is None and not schema.open:
            found += check_systems(rows[name])
        if sound and name == "flows" and not (rows[name].numbers["value_usd"] > 0).any():
            rule = "no flow has a value above 0"
            found += (Problem(file=table.file, column="value_usd", rule=rule, remedy="add rows with trade"),)
        if sound and name in known:
            known[name] = rows[name].codes[schema.keys[0]].labels
        problems += found
    problems += unused_choices(reading.where, own, used)
    if not any(problem.severity == "error" for problem in problems):
        problems += check_accounts(rows) + check_keys(rows, brought)
    return TableRows(
        rows=rows,
        problems=tuple(problems),
        said=said,
        totals=totals,
        changed=frozenset(changed),
        readings=tuple(problem for problem in readings if problem.severity == "warning"),
    )


@lru_cache(maxsize=64)
def _read_built_in(table: TableFile, schema: Schema) -> Rows:
    """A product list that ships with the project, checked once: it comes with every dataset."""
    return read_rows(table, schema)


def _read(
    table: TableFile,
    schema: Schema,
    chosen: Chosen,
    known: Mapping[str, pd.Index | None],
    partners: Mapping[str, frozenset[str]],
) -> Rows:
    return read_rows(
        table,
        schema,
        economies=known["countries"],
        products=known["products"],
        understood=chosen.columns,
        add_up=chosen.add_up,
        partners=partners,
    )


def goods_returned(flows: Rows, about: About | None) -> tuple[Problem, ...]:
    """A warning where imports hold rows of an economy with itself and dataset.toml does not say what they are."""
    if about is None or about.home_sales is not None or about.kind == "world" or not readable(flows):
        return ()
    own, value = own_rows(flows), flows.numbers["value_usd"]
    if not own.any():
        return ()
    sides = flows.codes["importer"]
    economies = ", ".join(sides.labels[np.unique(sides.codes[own])][:3])
    rule = (
        f"the importer is the exporter itself in {int(own.sum()):,} rows (US$ {value[own].sum():,.0f}; {economies}); "
        "in imports these are goods returned (re-imports), and they are taken as imports, not as domestic sales"
    )
    remedy = "write home_sales = false into dataset.toml if that is right, home_sales = true if they are domestic sales"
    return (Problem(file=flows.table.file, rule=rule, remedy=remedy, severity="warning"),)


def covered_if_readable(flows: Rows | None, rates: TableFile, rows: BoolArray) -> str:
    """`covered_trade`, or nothing where the flows cannot be reckoned with."""
    return covered_trade(flows, rates, rows) if flows is not None and readable(flows) else ""


def readable(flows: Rows) -> bool:
    """Whether codes and values of a table of flows can be reckoned with."""
    value = flows.numbers.get("value_usd")
    if value is None or not all(key in flows.codes for key in LINE_KEYS):
        return False
    return bool((np.isfinite(value) & (value >= 0)).all())


def _totals_of(flows: Rows, about: About | None) -> tuple[Total, ...]:
    """Totals of a table of flows; none where its codes or values cannot be read."""
    if not readable(flows):
        return ()
    parts: Sequence[str] = about.parts if about else ()
    return find_totals(flows, parts=parts)
