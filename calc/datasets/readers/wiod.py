"""World input-output tables of WIOD, one year: the grid of the workbook, or the wide table of the R and Stata files.

    grid (releases of 2013 and 2016), as .xlsx or CSV
        four rows of heads above the columns: industry codes, names, economies, c1 … c56 and final demand c57 … c61
        four columns before the cells: code, name, economy, r1 … r56
        below the industries rows of totals (economy TOT): II_fob, TXSP, …, VA, GO; the last column is TOT, output
    wide (release of 2016), as CSV
        IndustryCode, IndustryDescription, Country, RNr, Year, AUS1 … AUS56, AUS57 … AUS61, …, TOT

US$ million at basic prices; numbers above the last industry are final demand. The product is `c` and the number of
the industry. Binary workbooks (.xlsb) are saved as .xlsx or CSV first. Source: Timmer, Dietzenbacher, Los, Stehrer,
de Vries (2015), An Illustrated User Guide to the World Input-Output Database, Review of International Economics 23;
https://www.rug.nl/ggdc/valuechain/wiod.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calc.datasets.codes import countries_of
from calc.datasets.readers.conversion import Converted, Layout
from calc.datasets.readers.sheets import Head, read_grid
from calc.datasets.readers.source_files import Row, SourceFile, folded
from calc.datasets.readers.world_table import (
    MILLION,
    WORLD_NOTES,
    WorldTable,
    account_tables,
    extent,
    world_accounts,
)
from calc.errors import DataError
from calc.flows import Array

TOLERANCE = 1e-3  # sums of the file against its own totals; WIOD rounds cells
_WIDE = ("IndustryCode", "IndustryDescription", "Country", "RNr", "Year")
_NUMBER = re.compile(r"[cr]?(\d+)")
_LEFT = 4  # columns before the cells of a grid
_HEADS = 40  # rows among which the heads stand
_TOTAL = "TOT"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Labelled:
    """Cells with the economy and number of every row and column; `code` and `words` of the rows."""

    rows: list[tuple[str, int]]
    columns: list[tuple[str, int]]
    code: list[str]
    words: list[str]
    body: Array


def recognise(head: Head) -> bool:
    """Whether a file is a table of WIOD, grid or wide."""
    return head.has(*_WIDE) or any(_grid_at(rows) is not None for rows in head.sheets.values())


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """Flows and accounts of one year.

    Raises
    ------
    DataError
        The table is not whole or does not add up, its year is not told, or there are several.
    """
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise DataError(f"{names}: a table is of one year, and a dataset holds one; convert them one by one.")
    file = files[0]
    year = re.search(r"(?:19|20)\d\d", file.name)
    if year is None:
        raise DataError(f"{file.name}: the name has no year; name the file as WIOD does, such as WIOT2014_Nov16_ROW.")
    cells = _labelled(file)
    table = _table(file.name, cells)
    accounts = world_accounts(table)
    numbers = [int(product[1:]) for product in table.products]
    code = {number: code for (_, number), code in zip(cells.rows, cells.code, strict=True)}
    words = {number: text for (_, number), text in zip(cells.rows, cells.words, strict=True)}
    products = pd.DataFrame(
        {
            "product": table.products,
            "description": [f"{words[number]} ({code[number]})" for number in numbers],
            "kind": ["goods" if _makes_goods(code[number]) else "services" for number in numbers],
        }
    )
    return Converted(
        tables={**account_tables(table, accounts), "products": products, "countries": countries_of(table.economies)},
        about={
            "title": f"World Input-Output Table {year[0]}, WIOD",
            "year": int(year[0]),
            "valuation": "fob",
            "kind": "world",
            "source": f"World Input-Output Database, University of Groningen, file {file.name}",
            "url": "https://www.rug.nl/ggdc/valuechain/wiod",
            "licence": "CC BY 4.0",
            "citation": (
                "Timmer, Dietzenbacher, Los, Stehrer, de Vries (2015), An Illustrated User Guide to the World "
                "Input-Output Database, Review of International Economics 23"
            ),
            "coverage": extent(table, accounts),
        },
        notes=(*accounts.notes, *WORLD_NOTES),
    )


def _grid_at(rows: Sequence[Row]) -> int | None:
    """Position of the head with c1, c2, …; three further heads stand above it."""
    for k, row in enumerate(rows):
        cells = [cell for cell in row[_LEFT:] if cell]
        numbered = [cell for cell in cells if re.fullmatch(r"c\d+", cell)]
        if k >= 3 and len(numbered) > 1 and 2 * len(numbered) > len(cells):
            return k
    return None


def _labelled(file: SourceFile) -> _Labelled:
    rows, head = _rows_and_head(file)
    if (wide := _wide_at(rows[:_HEADS])) is not None:
        names = [folded(name) for name in head]
        left = [names.index(folded(name)) for name in ("IndustryCode", "IndustryDescription", "Country", "RNr")]
        others = {folded(name) for name in _WIDE} | {""}
        cells = [k for k, name in enumerate(names) if name not in others]
        columns = [_economy_and_number(head[k]) for k in cells]
        body = rows[wide + 1 :]
    else:
        at = rows.index(head)
        left = list(range(_LEFT))
        economies = rows[at - 1]
        cells = [k for k in range(_LEFT, len(head)) if head[k] or economies[k]]
        columns = [(economies[k] or _TOTAL, _number(head[k])) for k in cells]
        body = rows[at + 1 :]
    body = [row for row in body if len(row) > max(left) and row[left[2]]]
    labels = [(row[left[2]], _number(row[left[3]])) for row in body]
    texts = pd.DataFrame([[row[k] if k < len(row) else "" for k in cells] for row in body])
    numbers = texts.apply(pd.to_numeric, errors="coerce")
    bad = (numbers.isna() & (texts != "")).to_numpy()
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise DataError(
            f"{file.name}, row {labels[row]}, column {columns[column]}: {texts.iloc[row, column]!r} is not a number; "
            "get the file again."
        )
    return _Labelled(
        rows=labels,
        columns=columns,
        code=[row[left[0]] for row in body],
        words=[row[left[1]] for row in body],
        body=numbers.fillna(0.0).to_numpy(dtype=float),
    )


def _rows_and_head(file: SourceFile) -> tuple[list[Row], Row]:
    """Rows of the sheet that holds the table, and the one that names or numbers its columns."""
    for rows in read_grid(file):
        wide, grid = _wide_at(rows[:_HEADS]), _grid_at(rows[:_HEADS])
        if wide is not None or grid is not None:
            return rows, rows[wide if wide is not None else grid or 0]
    raise DataError(f"{file.name}: no sheet has the headings of a WIOD table; get the file again.")


def _wide_at(rows: Sequence[Row]) -> int | None:
    names = {folded(name) for name in _WIDE}
    return next((k for k, row in enumerate(rows) if names <= {folded(cell) for cell in row}), None)


def _economy_and_number(name: str) -> tuple[str, int]:
    """Economy and number of a column such as AUS57, vAUS57; TOT for output."""
    found = re.fullmatch(r"v?([A-Z]{3})(\d+)", name)
    return (found[1].upper(), int(found[2])) if found else (_TOTAL, 0)


def _number(text: str) -> int:
    found = _NUMBER.fullmatch(text.strip().lower())
    return int(found[1]) if found else 0


def _table(name: str, cells: _Labelled) -> WorldTable:
    """The table in US$, checked against its own total of rows."""
    made = [k for k, (economy, number) in enumerate(cells.rows) if economy != _TOTAL and number]
    economies = list(dict.fromkeys(cells.rows[k][0] for k in made))
    numbers = sorted({cells.rows[k][1] for k in made})
    size, count = len(economies), len(numbers)
    at_row = {cells.rows[k]: k for k in made}
    at_column = {label: k for k, label in enumerate(cells.columns)}
    labels = [(economy, number) for economy in economies for number in numbers]
    for label in labels:
        if label not in at_row or label not in at_column:
            raise DataError(
                f"{name}: there is no row or no column of {label[0]} industry {label[1]}, and every economy needs "
                "every industry; get the whole file again."
            )
    order = [at_row[label] for label in labels]
    users = [at_column[label] for label in labels]
    final = [
        [k for k, (owner, number) in enumerate(cells.columns) if owner == economy and number > numbers[-1]]
        for economy in economies
    ]
    if missing := [economy for economy, found in zip(economies, final, strict=True) if not found]:
        raise DataError(f"{name}: there is no final demand of {missing[0]}; get the whole file again.")
    intermediate = cells.body[np.ix_(order, users)]
    demand = np.stack([cells.body[np.ix_(order, found)].sum(axis=1) for found in final], axis=1)
    total = [k for k, (economy, _) in enumerate(cells.columns) if economy == _TOTAL]
    if total:
        stated = cells.body[order, total[-1]]
        gap = np.abs(intermediate.sum(axis=1) + demand.sum(axis=1) - stated)
        if not gap.sum() <= TOLERANCE * np.abs(stated).sum():
            worst = labels[int(np.argmax(gap))]
            raise DataError(
                f"{name}, row {worst[0]} industry {worst[1]}: its cells do not add up to the total in the last column; "
                "the file is damaged, get it again."
            )
    return WorldTable(
        economies=pd.Index(economies),
        products=pd.Index([f"c{number}" for number in numbers]),
        intermediate=intermediate.reshape(size, count, size, count) * MILLION,
        final=demand.reshape(size, count, size) * MILLION,
    )


def _makes_goods(code: str) -> bool:
    """Whether an industry of NACE rev. 1 (AtB, C, 15t16 … 36t37) or rev. 2 (A01, B, C10-C12) makes goods."""
    if code[:1].isdigit():
        return int(code[:2]) <= 37
    return code[:1] in ("A", "B", "C")


LAYOUT = Layout(
    name="wiod",
    title="World input-output tables of WIOD, one year, releases of 2013 and 2016",
    source="https://www.rug.nl/ggdc/valuechain/wiod",
    columns=_WIDE,
    recognise=recognise,
    convert=convert,
)
