"""Sets of elasticities: from rows for a prefix, an importer or an exporter to every market and line.

HS codes nest: 8505 lies in 85. A row for 85 holds for all of its products unless a row for
8505 says otherwise.
"""

import numpy as np
import pandas as pd

from calc.checks import PrefixLevel, Rows, prefix_levels
from calc.table_files import Problem, problem_at
from calc.tables import Array, BoolArray, Elasticities, Flows, IntArray

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
                "stands in a row for one exporter, and this elasticity belongs to all exporters together",
                "leave the exporter or this cell empty",
            )
    return problems


def align_elasticities(rows: Rows, flows: Flows) -> tuple[Elasticities, tuple[str, ...]]:
    """Elasticities of every market and line of `flows`, and notes on what was filled by default.

    For each elasticity the row with the longest product prefix counts, then one that names the importer, then
    one that names the exporter; an empty cell leaves the choice to the next row in this order.
    """
    count = len(rows.table.frame)
    importer, exporter = (_positions(rows, name, flows.economies) for name in ("importer", "exporter"))
    product = rows.codes["product"]
    levels = prefix_levels(product.labels[product.codes], flows.products)
    start = flows.market_start
    market_value = np.add.reduceat(flows.import_value, start)

    def decide(name: str, lines: IntArray | slice) -> tuple[IntArray, Array]:
        values = rows.numbers.get(name, np.full(count, np.nan))
        found = _deciding_rows(
            levels,
            size=len(flows.economies),
            known=~np.isnan(values),
            row_importer=importer,
            row_exporter=exporter,
            product=flows.product[lines],
            importer=flows.importer[lines],
            exporter=flows.exporter[lines],
        )
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
            "or a more specific row decides."
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


def _positions(rows: Rows, column: str, economies: pd.Index) -> IntArray:
    """Economy named by each row: its position, −1 for none, −2 for one without trade [row]."""
    if column not in rows.codes:
        return np.full(len(rows.table.frame), -1, dtype=np.intp)
    labels = rows.codes[column].labels
    position = economies.get_indexer(labels)
    position = np.where(position < 0, np.where(labels == "", -1, -2), position)
    return position[rows.codes[column].codes]


def _deciding_rows(
    levels: tuple[PrefixLevel, ...],
    *,
    size: int,
    known: BoolArray,
    row_importer: IntArray,
    row_exporter: IntArray,
    product: IntArray,
    importer: IntArray,
    exporter: IntArray,
) -> IntArray:
    """Most specific row of the table that has a value, −1 for none [line].

    Goes from the general to the specific, so that the last match counts.
    """
    found = np.full(len(product), -1, dtype=np.intp)
    for level in levels:
        slot = level.slot_of_code[product]
        for by_importer, by_exporter in ((False, False), (False, True), (True, False), (True, True)):
            of_kind = known & ((row_importer >= 0) == by_importer) & ((row_exporter >= 0) == by_exporter)
            chosen = (of_kind & (row_importer != -2) & (row_exporter != -2))[level.rows]
            if not chosen.any():
                continue
            rows = level.rows[chosen]
            row_key, key = level.slot_of_row[chosen], slot
            if by_importer:
                row_key, key = row_key * size + row_importer[rows], key * size + importer
            if by_exporter:
                row_key, key = row_key * size + row_exporter[rows], key * size + exporter
            match = np.where(slot >= 0, pd.Index(row_key).get_indexer(pd.Index(key)), -1)
            found = np.where(match >= 0, rows[match], found)
    return found


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
