"""The Inter-Country Input-Output tables of the OECD, one year as `{year}_SML.csv`, as a dataset folder.

Source: OECD, Inter-Country Input-Output (ICIO) tables, editions of 2023 and 2025, http://oe.cd/icio. The layout, in
US$ million at basic prices:

    V1         AUS_A01 … ROW_T      AUS_HFCE … ROW_DPABR     OUT
    AUS_A01    inputs [row, user]   final demand             output, the sum of the row
    …
    TLS        taxes less subsidies on products
    VA         value added
    OUT        output, the sum of the column
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from calc.datasets.codes import countries_of
from calc.datasets.readers.conversion import Converted, Layout
from calc.datasets.readers.sheets import HEAD_BYTES, Head
from calc.datasets.readers.source_files import SourceFile
from calc.datasets.readers.world_table import (
    MILLION,
    WORLD_NOTES,
    WorldTable,
    account_tables,
    extent,
    world_accounts,
)
from calc.errors import DataError
from calc.flows import Array, IntArray

FINAL_DEMAND = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "NONRES", "P33")
BOTTOM = ("TLS", "VA", "OUT")
TOLERANCE = 1e-3  # sums of the file against its own totals; the OECD rounds cells
_SECTIONS: Mapping[str, str] = MappingProxyType(  # of ISIC rev. 4
    {
        "A": "Agriculture, forestry and fishing",
        "B": "Mining and quarrying",
        "C": "Manufacturing",
        "D": "Electricity, gas and steam",
        "E": "Water supply and waste",
        "F": "Construction",
        "G": "Wholesale and retail trade",
        "H": "Transport and storage",
        "I": "Accommodation and food service",
        "J": "Information and communication",
        "K": "Finance and insurance",
        "L": "Real estate",
        "M": "Professional, scientific and technical services",
        "N": "Administrative and support services",
        "O": "Public administration and defence",
        "P": "Education",
        "Q": "Health and social work",
        "R": "Arts, entertainment and recreation",
        "S": "Other services",
        "T": "Households as employers",
    }
)
_GOODS = ("A", "B", "C")
_SPLIT = ("CN1", "CN2", "MX1", "MX2")


def recognise(head: Head) -> bool:
    """Whether a file is a table of the ICIO, of whatever edition."""
    first = next(iter(head.sheets.values()), ())[:1]
    cells = [cell for cell in first[0][1:] if re.fullmatch(r"[A-Z0-9]{3}_[A-Z0-9]+", cell)] if first else []
    return len(cells) > 1 and 2 * len(cells) > len(first[0])


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """Flows and accounts of one year.

    Raises
    ------
    DataError
        The file is not in the layout or does not add up, it is of the edition of 2021 or the extended one, or there are
        several years.
    """
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise DataError(f"{names}: a table is of one year, and a dataset holds one; convert them one by one.")
    name = files[0].name
    years = [int(digits) for digits in re.findall(r"\d{4}", name) if 1900 <= int(digits) <= 2100]
    if not years:
        raise DataError(f"{name}: the name has no year; name the file as the OECD does, such as 2020_SML.csv.")
    table = read_icio(files[0])
    accounts = world_accounts(table)
    return Converted(
        tables={
            **account_tables(table, accounts),
            "products": _products(table.products),
            "countries": countries_of(table.economies),
        },
        about={
            "title": f"OECD inter-country input-output table {years[-1]}",
            "year": years[-1],
            "valuation": "fob",
            "kind": "world",
            "source": f"OECD, Inter-Country Input-Output tables, file {name}",
            "url": "http://oe.cd/icio",
            "licence": "terms of the OECD: see the page of the edition",
            "citation": f"OECD, Inter-Country Input-Output (ICIO) tables, year {years[-1]}",
            "coverage": extent(table, accounts),
        },
        notes=(*accounts.notes, *WORLD_NOTES),
    )


def read_icio(file: SourceFile) -> WorldTable:
    """The table in US$, checked against its own totals.

    Raises
    ------
    DataError
        The file is missing, not in the layout, or does not add up.
    """
    columns, rows, body = _read_matrix(file)
    name = file.name
    _check_edition(name, columns, rows)
    makers = [code for code in rows if code not in BOTTOM]
    economies, products = _grid(makers, name)
    labels = [f"{economy}_{product}" for economy in economies for product in products]
    at_row, at_column = pd.Index(rows), pd.Index(columns)
    users = at_column.get_indexer(pd.Index(labels))
    if (users < 0).any():
        code = labels[int(np.argmax(users < 0))]
        raise DataError(f"{name}: there is a row {code} and no column of that name; get the whole file again.")
    final, owner = _final_columns(columns, set(labels), economies, name)
    if missing := [code for code in BOTTOM if code not in rows] + [code for code in ("OUT",) if code not in columns]:
        raise DataError(f"{name}: there is no row or column {missing[0]}; get the whole file again.")
    cells = body[at_row.get_indexer(pd.Index(labels))]
    if (empty := np.isnan(cells)).any():
        row, column = np.argwhere(empty)[0]
        raise DataError(
            f"{name}, row {labels[row]}, column {columns[column]}: the cell is empty; write 0 if that is its value."
        )
    intermediate = cells[:, users]
    demand = np.stack([cells[:, final[owner == k]].sum(axis=1) for k in range(len(economies))], axis=1)
    row_total, column_total = cells[:, at_column.get_loc("OUT")], body[at_row.get_loc("OUT")][users]
    below = np.nansum(body[at_row.get_indexer(pd.Index(["TLS", "VA"]))][:, users], axis=0)
    _check_totals(name, "row", labels, intermediate.sum(axis=1) + demand.sum(axis=1), row_total)
    _check_totals(name, "column", labels, intermediate.sum(axis=0) + below, column_total)
    size, count = len(economies), len(products)
    return WorldTable(
        economies=pd.Index(economies),
        products=pd.Index(products),
        intermediate=intermediate.reshape(size, count, size, count) * MILLION,
        final=demand.reshape(size, count, size) * MILLION,
    )


def _check_edition(name: str, columns: Sequence[str], rows: Sequence[str]) -> None:
    """Editions whose tables do not balance in the way that is read here are refused with the reason."""
    economies = {code.partition("_")[0] for code in (*columns, *rows)}
    if split := sorted(economies & set(_SPLIT)):
        raise DataError(
            f"{name}: this is the extended edition, which splits China and Mexico by kind of firm ({', '.join(split)}) "
            "with final demand under CHN and MEX only; give the table of the same year in the SML layout."
        )
    if "TOTAL" in columns or {"VALU", "OUTPUT"} & set(rows) or any(code.endswith("_TAXSUB") for code in rows):
        raise DataError(
            f"{name}: this is the edition of 2021 or before, which gives taxes by economy (AUS_TAXSUB …) and totals as "
            "VALU, OUTPUT and TOTAL; give edition 2023 or later, {year}_SML.csv."
        )


def _read_matrix(file: SourceFile) -> tuple[list[str], list[str], Array]:
    """Column names, row names and numbers, NaN where a cell is empty."""
    try:
        header = file.first(HEAD_BYTES).decode("utf-8-sig", errors="strict" if file.size < HEAD_BYTES else "ignore")
    except UnicodeDecodeError as error:
        raise DataError(f"{file.name} is not text; unpack the archive and give {{year}}_SML.csv.") from error
    columns = [code.strip().strip('"') for code in header.splitlines()[0].split(",")]
    if len(columns) < 4 or len(set(columns)) < len(columns):
        raise DataError(
            f"{file.name}, line 1: this is not the header of an ICIO table, V1, AUS_A01, … OUT; give {{year}}_SML.csv."
        )
    ragged: list[int] = []

    def note_ragged(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row.number)
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(file.content) if isinstance(file.content, bytes) else str(file.content),
            # one thread, because only then does an error know its row
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=columns, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(invalid_row_handler=note_ragged),
            convert_options=arrow_csv.ConvertOptions(
                column_types={columns[0]: pa.string()} | dict.fromkeys(columns[1:], pa.float64()), null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(_not_a_number(file.name, columns, str(error))) from error
    if ragged:
        raise DataError(
            f"{file.name}, line {ragged[0]}: the line does not have the {len(columns):,} fields of the header; "
            "the file may be cut short, get it again."
        )
    rows = [code.strip() for code in table.column(0).to_pylist()]
    if twice := [code for code, again in zip(rows, pd.Index(rows).duplicated(), strict=True) if again]:
        raise DataError(f"{file.name}: the row {twice[0]} appears more than once; get the file again.")
    body = np.column_stack([column.to_numpy() for column in table.columns[1:]])
    return columns[1:], rows, body


def _not_a_number(name: str, columns: list[str], message: str) -> str:
    found = re.search(r"column #(\d+): Row #(\d+): .*invalid value '(.*)'", message)
    if not found:
        return f"{name} cannot be read as CSV ({message.splitlines()[0]}); get the file again."
    column, line, value = columns[int(found[1])], int(found[2]), found[3]
    return f"{name}, line {line}, column {column}: '{value}' is not a number; get the file again."


def _grid(makers: list[str], name: str) -> tuple[list[str], list[str]]:
    """Economies and industries of the rows, in order of appearance; every economy has every industry."""
    pairs = [code.split("_", 1) for code in makers]
    if not pairs or any(len(pair) < 2 for pair in pairs):
        odd = next((code for code in makers if "_" not in code), "none")
        raise DataError(
            f"{name}: a row is named {odd!r}; rows are ECONOMY_INDUSTRY, such as AUS_A01, then {', '.join(BOTTOM)}. "
            "Give a file of the SML layout, edition 2023 or later."
        )
    economies = list(dict.fromkeys(economy for economy, _ in pairs))
    products = list(dict.fromkeys(industry for _, industry in pairs))
    if len(makers) != len(economies) * len(products):
        there = set(makers)
        missing = next(f"{e}_{p}" for e in economies for p in products if f"{e}_{p}" not in there)
        raise DataError(
            f"{name}: there is no row {missing}, and every economy needs every industry; get the whole file again."
        )
    return economies, products


def _final_columns(
    columns: list[str], industries: set[str], economies: list[str], name: str
) -> tuple[IntArray, IntArray]:
    """Positions of the columns of final demand, and the economy of each."""
    found, owner = [], []
    for position, code in enumerate(columns):
        if code in industries or code == "OUT":
            continue
        economy, _, kind = code.partition("_")
        if economy not in economies or kind not in FINAL_DEMAND:
            raise DataError(
                f"{name}: the column {code} is neither an industry of the rows nor final demand "
                f"({', '.join(FINAL_DEMAND)}) of one of their economies; give a file of the SML layout."
            )
        found.append(position)
        owner.append(economies.index(economy))
    if without := [economy for k, economy in enumerate(economies) if k not in owner]:
        raise DataError(
            f"{name}: without final demand, but with industries: {', '.join(without[:4])}. The "
            "extended edition splits China and Mexico; give a file of the SML layout."
        )
    return np.array(found, dtype=np.intp), np.array(owner, dtype=np.intp)


def _check_totals(name: str, word: str, labels: list[str], found: Array, stated: Array) -> None:
    """The sums of the file agree with its own totals."""
    gap = np.abs(found - stated)
    if not gap.sum() <= TOLERANCE * np.abs(stated).sum():
        worst = int(np.argmax(np.nan_to_num(gap, nan=np.inf)))
        raise DataError(
            f"{name}, {word} {labels[worst]}: the cells add up to {found[worst]:,.4g} and OUT says "
            f"{stated[worst]:,.4g}; the file is damaged or not an ICIO table."
        )


def _products(products: pd.Index) -> pd.DataFrame:
    """Industries with the section of ISIC rev. 4 they lie in, and whether they make goods."""
    sections = products.str[:1].where(products.str[:1].isin(list(_SECTIONS)), "")
    words = [_SECTIONS.get(str(section), "Not classified") for section in sections]
    return pd.DataFrame(
        {
            "product": products,
            "description": [f"{text} ({code})" for text, code in zip(words, products, strict=True)],
            "section": sections,
            "kind": np.where(sections.isin(_GOODS), "goods", "services"),
        }
    )


LAYOUT = Layout(
    name="icio",
    title="OECD inter-country input-output tables, one year, SML layout of edition 2023 or later",
    source="http://oe.cd/icio",
    columns=("V1", "OUT"),
    recognise=recognise,
    convert=convert,
)
