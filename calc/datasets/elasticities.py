"""Sets of elasticities: from rows for a prefix, an importer or an exporter to every market and line.

HS codes nest: 8505 lies in 85. A row for 85 holds for all of its products unless a row for
8505 says otherwise.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calc.datasets.layout import DEFAULT_SET, ELASTICITIES
from calc.datasets.lookup import deciding_rows, economy_positions, row_levels
from calc.files.checks import Rows
from calc.files.table_files import Problem, problem_at
from calc.flows import Array, Elasticities, Flows, IntArray
from calc.words import percent

# Bajzik, Havranek, Irsova & Schwarz 2020: median of 3,524 estimates of σ; ε and β are conventions
DEFAULT_IMPORT_DEMAND_ELASTICITY = -1.2
DEFAULT_ARMINGTON_ELASTICITY = 3.8
DEFAULT_EXPORT_SUPPLY_ELASTICITY = np.inf


def check_elasticity_rows(rows: Rows) -> tuple[Problem, ...]:
    """Some elasticity must be there, and an exporter may qualify export supply alone."""
    table = rows.table
    if not rows.numbers:
        rule = "there is no column of elasticities"
        remedy = "add import_demand_elasticity, armington_elasticity or export_supply_elasticity"
        return (Problem(file=table.file, rule=rule, remedy=remedy),)
    if "exporter" not in rows.codes:
        return ()
    exporter = rows.codes["exporter"]
    named = np.asarray(exporter.labels != "")[exporter.codes]
    problems: tuple[Problem, ...] = ()
    for name in ("import_demand_elasticity", "armington_elasticity"):
        if name in rows.numbers:
            problems += problem_at(
                table,
                named & ~np.isnan(rows.numbers[name]),
                name,
                "is in a row for one exporter, but this elasticity belongs to all exporters together",
                "leave the exporter or this cell empty",
            )
    return problems


def elasticity_sets(
    rows: Mapping[str, Rows], flows: Flows, default: str
) -> tuple[dict[str, Elasticities], tuple[str, ...]]:
    """Every set of a dataset by its key, the default first, and notes on what was filled.

    Parameters
    ----------
    rows : checked tables by the name of their file without ending
    default : name of the default set; empty: that of elasticities.*
    """
    sets: dict[str, Elasticities] = {}
    notes: list[str] = []
    for stem in (stem for stem in rows if stem.startswith(ELASTICITIES)):
        name = stem.removeprefix(ELASTICITIES).removeprefix("-")
        found, said = align_elasticities(rows[stem], flows)
        sets[DEFAULT_SET if name == default else name] = found
        notes += said
    if DEFAULT_SET not in sets:
        sets[DEFAULT_SET] = default_elasticities(flows)
        notes.append("There is no elasticities file: demand −1.2, substitution 3.8 and infinite supply everywhere.")
    return {DEFAULT_SET: sets.pop(DEFAULT_SET), **sets}, tuple(notes)


def align_elasticities(rows: Rows, flows: Flows) -> tuple[Elasticities, tuple[str, ...]]:
    """Elasticities of every market and line of `flows`, and notes on what was filled by default.

    For each elasticity the row with the longest product prefix counts, then one that names the importer, then
    one that names the exporter; an empty cell leaves the choice to the next row in this order.
    """
    count = len(rows.table.frame)
    importer, exporter = (_economies_named(rows, name, flows.economies) for name in ("importer", "exporter"))
    product = rows.codes["product"]
    levels = row_levels(product, flows.products)
    start = flows.market_start
    market_value = np.add.reduceat(flows.import_value, start)

    def decide(name: str, lines: IntArray | slice) -> tuple[IntArray, Array]:
        values = rows.numbers.get(name, np.full(count, np.nan))
        found = deciding_rows(levels, flows, lines, known=~np.isnan(values), importer=importer, exporter=exporter)
        return found, values

    def fill(name: str, found: IntArray, values: Array, default: float, value: Array, unit: str) -> Array:
        missing = found < 0
        if missing.any():
            notes.append(
                f"{rows.table.file}: {name} is not given for {missing.sum():,} of {len(found):,} {unit} "
                f"(US$ {value[missing].sum():,.0f}), which take {default:g}."
            )
        return np.where(missing, default, values[found])

    notes: list[str] = []
    demand_row, demand = decide("import_demand_elasticity", start)
    armington_row, armington = decide("armington_elasticity", start)
    if (exporter >= 0).any():
        supply_row, supply = decide("export_supply_elasticity", slice(None))
    else:
        supply_row, supply = decide("export_supply_elasticity", start)
        supply_row = supply_row[flows.market]
    elasticities = Elasticities(
        import_demand_elasticity=fill(
            "import_demand_elasticity",
            demand_row,
            demand,
            DEFAULT_IMPORT_DEMAND_ELASTICITY,
            market_value,
            "markets",
        ),
        armington_elasticity=fill(
            "armington_elasticity",
            armington_row,
            armington,
            DEFAULT_ARMINGTON_ELASTICITY,
            market_value,
            "markets",
        ),
        export_supply_elasticity=fill(
            "export_supply_elasticity",
            supply_row,
            supply,
            DEFAULT_EXPORT_SUPPLY_ELASTICITY,
            flows.import_value,
            "lines",
        ),
        basis=_basis(rows, demand_row, armington_row),
    )
    used = np.zeros(count + 1, dtype=bool)
    for found in (demand_row, armington_row, supply_row):
        used[found] = True  # −1 marks the spare last place
    if idle := count - int(used[:count].sum()):
        notes.append(
            f"{rows.table.file}: {idle:,} of {count:,} rows are not used; no flow falls under them, "
            "or a more specific row applies."
        )
    return elasticities, tuple(notes)


def default_elasticities(flows: Flows) -> Elasticities:
    """The defaults in every market and line."""
    markets = len(flows.market_start)
    words: pd.Index = pd.Index(["default"])
    return Elasticities(
        import_demand_elasticity=np.full(markets, DEFAULT_IMPORT_DEMAND_ELASTICITY),
        armington_elasticity=np.full(markets, DEFAULT_ARMINGTON_ELASTICITY),
        export_supply_elasticity=np.full(len(flows.import_value), DEFAULT_EXPORT_SUPPLY_ELASTICITY),
        basis=pd.Categorical.from_codes(np.zeros(markets, dtype=np.intp), categories=words),
    )


def part_with_defaults(rows: Mapping[str, Rows], flows: Flows, elasticities: Elasticities) -> tuple[str, ...]:
    """How much of the imports the file of elasticities says nothing of, where it says something of the rest."""
    basis = elasticities.basis
    assumed = np.asarray(basis.categories == "default", dtype=bool)[basis.codes]
    lines = assumed[flows.market] & ~flows.domestic
    if ELASTICITIES not in rows or not lines.any():
        return ()
    share = float(flows.import_value[lines].sum() / flows.import_value[~flows.domestic].sum())
    given = percent(1 - share, sign=False)
    return (f"{rows[ELASTICITIES].table.file} gives elasticities for {given} of imports; the rest takes the defaults.",)


def _economies_named(rows: Rows, column: str, economies: pd.Index) -> IntArray:
    """Economy named by each row, everyone where there is no such column [row]."""
    if column not in rows.codes:
        return np.full(len(rows.table.frame), -1, dtype=np.intp)
    codes = rows.codes[column]
    return economy_positions(codes.labels, economies)[codes.codes]


def _basis(rows: Rows, demand_row: IntArray, armington_row: IntArray) -> pd.Categorical:
    """Where ε and σ of each market come from, in words [market]."""
    frame = rows.table.frame
    given = frame["basis"].astype(str) if "basis" in frame else pd.Series("", index=frame.index, dtype=str)
    code, labels = pd.factorize(given.where(given != "", rows.table.file))
    words = [*(str(label) for label in labels), "default"]
    code = np.append(code, len(words) - 1)  # row −1 is the default
    pair, pairs = pd.factorize(code[demand_row] * len(words) + code[armington_row])
    texts = []
    for demand, armington in zip(*divmod(pairs, len(words)), strict=True):
        same = words[demand] == words[armington]
        texts.append(words[demand] if same else f"σ: {words[armington]}; ε: {words[demand]}")
    again, distinct = pd.factorize(pd.Index(texts))  # words from a file may coincide with these
    return pd.Categorical.from_codes(again[pair], categories=distinct)
