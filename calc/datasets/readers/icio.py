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
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import tomli_w

from calc.datasets.catalogue import known_economies
from calc.datasets.readers.world_table import MILLION, WorldAccounts, WorldTable, world_accounts, write_accounts
from calc.errors import DataError
from calc.flows import Array, IntArray

FINAL_DEMAND = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "NONRES", "P33")
BOTTOM = ("TLS", "VA", "OUT")
MAX_BYTES = 2**30
TOLERANCE = 1e-3  # sums of the file against its own totals; the OECD rounds cells
# First and last division of each section of ISIC rev. 4; editions before 2023 name industries by division.
_SECTIONS: Mapping[str, tuple[int, int, str]] = MappingProxyType(
    {
        "A": (1, 3, "Agriculture, forestry and fishing"),
        "B": (5, 9, "Mining and quarrying"),
        "C": (10, 33, "Manufacturing"),
        "D": (35, 35, "Electricity, gas and steam"),
        "E": (36, 39, "Water supply and waste"),
        "F": (41, 43, "Construction"),
        "G": (45, 47, "Wholesale and retail trade"),
        "H": (49, 53, "Transport and storage"),
        "I": (55, 56, "Accommodation and food service"),
        "J": (58, 63, "Information and communication"),
        "K": (64, 66, "Finance and insurance"),
        "L": (68, 68, "Real estate"),
        "M": (69, 75, "Professional, scientific and technical services"),
        "N": (77, 82, "Administrative and support services"),
        "O": (84, 84, "Public administration and defence"),
        "P": (85, 85, "Education"),
        "Q": (86, 88, "Health and social work"),
        "R": (90, 93, "Arts, entertainment and recreation"),
        "S": (94, 96, "Other services"),
        "T": (97, 98, "Households as employers"),
    }
)
_GOODS = ("A", "B", "C")


def convert_icio(file: str | Path, folder: str | Path) -> tuple[str, ...]:
    """Write the dataset folder of one year of the ICIO; says what was changed.

    Raises
    ------
    DataError
        The file is not in the layout, does not add up, or the folder exists and is not empty.
    """
    path, target = Path(file), Path(folder)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise DataError(f"{target} exists and is not an empty folder; name a new one.")
    years = [int(digits) for digits in re.findall(r"\d{4}", path.stem) if 1900 <= int(digits) <= 2100]
    if not years:
        raise DataError(f"{path.name}: the name has no year; name the file as the OECD does, such as 2020_SML.csv.")
    table = read_icio(path)
    accounts = world_accounts(table)
    target.mkdir(parents=True, exist_ok=True)
    write_accounts(target, table, accounts)
    _countries(table.economies).to_csv(target / "countries.csv", index=False)
    _products(table.products).to_csv(target / "products.csv", index=False)
    about = _about(path.name, years[-1], table, accounts)
    (target / "dataset.toml").write_text(tomli_w.dumps(about), encoding="utf-8")
    return accounts.notes


def read_icio(path: Path) -> WorldTable:
    """The table in US$, checked against its own totals.

    Raises
    ------
    DataError
        The file is missing, not in the layout, or does not add up.
    """
    columns, rows, body = _read_matrix(path)
    name = path.name
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
        raise DataError(f"{name}, row {labels[row]}, column {columns[column]}: the cell is empty; write 0 if it is.")
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


def _read_matrix(path: Path) -> tuple[list[str], list[str], Array]:
    """Column names, row names and numbers, NaN where a cell is empty."""
    if not path.is_file():
        raise DataError(f"There is no file {path}; give the path of an unpacked {{year}}_SML.csv.")
    if path.stat().st_size > MAX_BYTES:
        raise DataError(f"{path.name} is larger than {MAX_BYTES:,} bytes, too large for one year of the ICIO.")
    with path.open("rb") as stream:
        try:
            header = stream.readline().decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise DataError(f"{path.name} is not text; unpack the archive and give {{year}}_SML.csv.") from error
    columns = [code.strip().strip('"') for code in header.split(",")]
    if len(columns) < 4 or len(set(columns)) < len(columns):
        raise DataError(
            f"{path.name}, line 1: this is not the header of an ICIO table, V1, AUS_A01, … OUT; give {{year}}_SML.csv."
        )
    ragged: list[int] = []

    def note_ragged(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row.number)
        return "skip"

    try:
        table = arrow_csv.read_csv(
            path,
            # one thread, because only then does an error know its row
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=columns, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(invalid_row_handler=note_ragged),
            convert_options=arrow_csv.ConvertOptions(
                column_types={columns[0]: pa.string()} | dict.fromkeys(columns[1:], pa.float64()), null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(_not_a_number(path.name, columns, str(error))) from error
    if ragged:
        raise DataError(
            f"{path.name}, line {ragged[0]}: the line has not the {len(columns):,} fields of the header; "
            "the file may be cut short, get it again."
        )
    rows = [code.strip() for code in table.column(0).to_pylist()]
    if twice := [code for code, again in zip(rows, pd.Index(rows).duplicated(), strict=True) if again]:
        raise DataError(f"{path.name}: the row {twice[0]} stands there more than once; get the file again.")
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


def _countries(economies: pd.Index) -> pd.DataFrame:
    """Names, numbers and groups that the built-in datasets give to the codes."""
    known = known_economies().set_index("economy")
    frame = known.reindex(economies).rename_axis("economy").reset_index()
    return frame.assign(name=frame["name"].fillna(frame["economy"])).fillna("")


def _products(products: pd.Index) -> pd.DataFrame:
    """Industries with the section of ISIC rev. 4 they lie in, and whether they make goods."""
    sections = [_section(code) for code in products]
    words = [_SECTIONS[section][2] if section else "Not classified" for section in sections]
    return pd.DataFrame(
        {
            "product": products,
            "description": [f"{text} ({code})" for text, code in zip(words, products, strict=True)],
            "section": sections,
            "kind": ["goods" if section in _GOODS else "services" for section in sections],
        }
    )


def _section(code: str) -> str:
    """Section of an industry code such as C10T12 or 10T12; empty if it is none of ISIC rev. 4."""
    if code[0] in _SECTIONS:
        return code[0]
    division = int(code[:2]) if code[:2].isdigit() else 0
    return next((section for section, (first, last, _) in _SECTIONS.items() if first <= division <= last), "")


def _about(name: str, year: int, table: WorldTable, accounts: WorldAccounts) -> dict[str, object]:
    flows, size = int((accounts.trade > 0).sum()), (len(table.economies), len(table.products))
    return {
        "title": f"OECD inter-country input-output table {year}",
        "year": year,
        "valuation": "fob",
        "kind": "world",
        "estimated": False,
        "source": f"OECD, Inter-Country Input-Output tables, file {name}",
        "url": "http://oe.cd/icio",
        "licence": "terms of the OECD: see the page of the edition",
        "citation": f"OECD, Inter-Country Input-Output (ICIO) tables, year {year}",
        "coverage": f"{size[0]} economies x {size[1]} industries, {flows:,} flows with own sales, "
        f"output US$ {accounts.trade.sum() / 1e12:,.2f} tn",
        "notes": [
            "Basic prices; the industry stands for the product it makes. Value added is output less inputs, so that it "
            "holds taxes less subsidies on products.",
            "The table brings no tariffs and no elasticities: add tariffs.csv and elasticities.csv. Inputs and final "
            "demand are without duty; with tariffs the base is solved again at the rates given.",
            *accounts.notes,
        ],
    }
