"""What a user says of their upload, and the tables after it: headings, units, decimal signs, the words about the data.

Nothing is guessed in silence. A heading is read as another only where the user says so, thousands become dollars only
where the user says so, and every such choice stands in the notes of the dataset.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import tomli_w

from calc.datasets.layout import ABOUT, schema_of, tables_among
from calc.errors import DataError
from calc.files.checks import PRODUCT_COLUMNS, encode
from calc.files.number_checks import in_two_ways
from calc.files.product_codes import cleaned, lost_zeros
from calc.files.table_files import Problem, TableFile, shown
from calc.files.toml_text import parse_toml

# Other people's words for our columns, without case, blanks and signs; each is proposed, and never read in silence.
SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "importer": ("reporter", "reporteriso", "reporteriso3", "reportercode", "importeriso3", "buyer", "destination"),
        "exporter": (
            "partner",
            "partneriso",
            "partneriso3",
            "partnercode",
            "exporteriso3",
            "seller",
            "origin",
            "country",
        ),
        "product": (
            "hs6",
            "hs",
            "hscode",
            "hs10",
            "hts",
            "cmdcode",
            "commodity",
            "commoditycode",
            "productcode",
            "sector",
        ),
        "value_usd": ("value", "tradevalue", "tradevalue1000usd", "primaryvalue", "imports", "importvalue", "cifvalue"),
        "value_added_usd": ("valueadded", "gdp", "value"),
        "tariff_pct": ("tariff", "rate", "tariffrate", "duty", "advalorem", "simpleaverage", "ahs", "mfn"),
        "import_demand_elasticity": ("demand", "demandelasticity", "epsilon"),
        "armington_elasticity": ("substitution", "sigma", "elasticity", "armington"),
        "export_supply_elasticity": ("supply", "supplyelasticity", "beta"),
        "economy": ("code", "iso3", "iso", "country", "countrycode"),
        "description": ("name", "productdescription", "label"),
        "name": ("countryname", "label", "description"),
    }
)
# Numbers with separators of thousands, which never follow a leading 0.
_GROUPED = {",": r"[+\-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", ".": r"[+\-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a user says of their upload.

    Parameters
    ----------
    rename : by table, their heading -> our column
    thousands : money stands in thousands of US$
    decimal_comma : whether 1,5 is one and a half; None where the files leave no doubt
    clean_codes : product codes lose what spreadsheets added and get back the zeros that they dropped
    about : title, year, valuation and kind, where no dataset.toml was uploaded
    """

    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    thousands: bool = False
    decimal_comma: bool | None = None
    clean_codes: bool = False
    about: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Names:
    """Names to give to codes that an upload does not name.

    Parameters
    ----------
    economies : economy, name, iso_numeric, groups
    products : product, description
    source : whose names these are
    """

    economies: pd.DataFrame
    products: pd.DataFrame
    source: str


def columns_of(table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns that a table must have, and those that it may have."""
    schema = schema_of(table)
    further = {"products": ("description",), "countries": ("name", "iso_numeric", "groups")}.get(table, ())
    return schema.keys + schema.numbers, (*schema.optional_keys, *schema.optional_numbers, *further)


def proposed_headings(headings: Sequence[str], table: str) -> dict[str, str]:
    """Heading that probably holds each column that is not there by its own name; to be confirmed, not followed."""
    required, optional = columns_of(table)
    free = {_bare(name): name for name in reversed(headings) if name not in (*required, *optional)}
    found: dict[str, str] = {}
    for column in (*required, *optional):
        if column in headings:
            continue
        known = next((word for word in (_bare(column), *SYNONYMS.get(column, ())) if word in free), None)
        if known is not None:
            found[column] = free.pop(known)
    return found


def _bare(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def proposed_about(tables: Mapping[str, TableFile | Problem], rename: Mapping[str, str]) -> dict[str, object]:
    """Title, year, valuation and kind as far as the flows show them; each is to be confirmed.

    Parameters
    ----------
    rename : their heading -> our column, of the flows
    """
    flows = tables.get("flows")
    about: dict[str, object] = {"title": "My data", "year": None, "valuation": "customs", "kind": "imports"}
    if isinstance(flows, TableFile):
        frame = flows.frame.rename(columns=dict(rename))
        if "importer" in frame and len(frame["importer"].unique()) > 1:
            about["kind"] = "world"
        dated = [name for name in frame if _bare(str(name)) == "year"]
        years = {str(year) for name in dated for year in frame[name].unique()}
        if len(years) == 1 and re.fullmatch(r"(19|20)\d\d", only := next(iter(years))):
            about["year"] = int(only)
    return about


def clean_files(
    uploaded: Mapping[str, bytes],
    tables: Mapping[str, TableFile | Problem],
    choices: Choices,
    known: Names | None = None,
) -> dict[str, bytes]:
    """The files of the dataset after the user's choices; what no choice touches stays as it was uploaded.

    Parameters
    ----------
    known : names to add where no table of countries or products was uploaded

    Raises
    ------
    DataError
        Two columns are taken from one heading, or numbers could be read in two ways.
    """
    files = dict(uploaded)
    notes: list[str] = []
    names, _ = tables_among(files)
    frames: dict[str, pd.DataFrame] = {}
    for name, table in tables.items():
        if isinstance(table, Problem):
            continue
        changed, said = _clean_table(name, table, choices)
        notes += said
        frames[name] = table.frame if changed is None else changed
        if changed is not None:
            files[names[name]] = _written(table, changed, "," if choices.decimal_comma is not None else table.delimiter)
    if known is not None:
        for name, frame in _named(frames, known).items():
            if name not in names:
                files[f"{name}.csv"] = frame.to_csv(index=False, lineterminator="\n").encode()
                notes.append(f"{name}.csv was not uploaded; the names in it are those of {known.source}.")
    if ABOUT not in files and choices.about:
        stated = {key: value for key, value in choices.about.items() if value is not None}
        notes = [f"Stated on upload: {', '.join(stated)}.", *notes]
        files[ABOUT] = tomli_w.dumps({**stated, "source": "uploaded by the user", "notes": notes}).encode()
    elif notes and ABOUT in files:
        files[ABOUT] = with_notes(files[ABOUT], notes)
    return files


def _named(frames: Mapping[str, pd.DataFrame], known: Names) -> dict[str, pd.DataFrame]:
    """Tables of countries and products with every code of the others, named where a name is known."""
    whole = {name: frame for name, frame in frames.items() if not schema_of(name).prefixes}
    economies = _codes(frames.values(), ("importer", "exporter", "economy"))
    products = _codes(whole.values(), ("product", "input_product", "using_product"))
    found: dict[str, pd.DataFrame] = {}
    if economies.isin(known.economies["economy"]).any():
        named = pd.DataFrame({"economy": economies}).merge(known.economies, how="left", validate="one_to_one")
        found["countries"] = named.assign(name=named["name"].fillna(named["economy"])).fillna("")
    # Codes that lost a leading zero must stay unknown, for the check to find them.
    if products.isin(known.products["product"]).any() and not lost_zeros(products, None).any():
        named = pd.DataFrame({"product": products}).merge(known.products, how="left", validate="one_to_one")
        found["products"] = named.assign(description=named["description"].fillna(named["product"]))
    return found


def _codes(frames: Iterable[pd.DataFrame], columns: Sequence[str]) -> pd.Index:
    """Every code of some columns once, in order."""
    codes = {str(code) for frame in frames for column in columns if column in frame for code in frame[column].unique()}
    return pd.Index(
        sorted(code for code in codes if code.strip() == code and code.lower() not in ("", "all")), dtype="str"
    )


def _clean_table(name: str, table: TableFile, choices: Choices) -> tuple[pd.DataFrame | None, list[str]]:
    """A table after the user's choices, and what was done; None where nothing was."""
    frame, notes = table.frame, []
    rename = {theirs: ours for theirs, ours in choices.rename.get(name, {}).items() if theirs in frame}
    if len(set(rename.values())) < len(rename) or set(rename.values()) & set(frame.columns.difference(list(rename))):
        raise DataError(f"{table.file}: two headings are taken for the same column. Choose another heading for each.")
    if rename:
        frame = frame.rename(columns=rename)
        notes += [f"{table.file}: column {shown(theirs)} was read as {ours}." for theirs, ours in rename.items()]
    schema = schema_of(name)
    numbers = [column for column in (*schema.numbers, *schema.optional_numbers) if column in frame]
    texts = [column for column in numbers if not pd.api.types.is_numeric_dtype(frame[column])]
    changed = bool(rename)
    if choices.clean_codes:
        for column, codes, said in _repaired_codes(table.file, frame):
            frame, changed, notes = frame.assign(**{column: codes}), True, [*notes, said]
    for column in texts:
        cells, said = _decimals(table, frame[column], column, choices.decimal_comma)
        if said:
            frame, changed, notes = frame.assign(**{column: cells}), True, [*notes, said]
    if table.file.endswith(".csv") and table.decimal_comma and choices.decimal_comma is not None:
        changed = True  # written anew with points, so that no comma is taken for one
    for column in numbers if choices.thousands else ():
        if column.endswith("_usd"):
            comma = table.decimal_comma and choices.decimal_comma is None
            frame = frame.assign(**{column: _times_thousand(frame[column], decimal_comma=comma)})
            notes.append(f"{table.file}: {column} was given in thousands of US$ and multiplied by 1,000.")
            changed = True
    return (frame if changed else None), notes


def codes_to_clean(tables: Mapping[str, TableFile | Problem], rename: Mapping[str, Mapping[str, str]]) -> str:
    """A product code that spreadsheets or offices mangled, and what it would be; empty where there is none."""
    for name, table in tables.items():
        if isinstance(table, TableFile):
            for _, _, said in _repaired_codes(table.file, table.frame.rename(columns=dict(rename.get(name, {})))):
                return said
    return ""


def _repaired_codes(file: str, frame: pd.DataFrame) -> list[tuple[str, pd.Series, str]]:
    """Columns of product codes as they were meant, with what was done, where that is another thing than they hold."""
    found = []
    for column in PRODUCT_COLUMNS:
        if column not in frame or pd.api.types.is_numeric_dtype(frame[column]):
            continue
        before = encode(frame[column])
        clean = cleaned(before.labels)
        after = clean.where(~lost_zeros(clean, None), "0" + clean)
        hit = np.asarray(after != before.labels, dtype=bool)
        if hit.any():
            first = int(np.argmax(hit))
            said = (
                f"{file}: product codes were cleaned: {hit.sum():,}; "
                f"'{shown(before.labels[first])}' was read as '{after[first]}'."
            )
            found.append((column, pd.Series(after[before.codes], index=frame.index, dtype=str), said))
    return found


def _decimals(table: TableFile, cells: pd.Series, column: str, decimal_comma: bool | None) -> tuple[pd.Series, str]:
    """Cells with decimal points and no separators of thousands, and what was done; refused where in doubt."""
    place = f"{table.file}, column {column}"
    if decimal_comma is None:
        if table.decimal_comma and (doubtful := in_two_ways(cells)).any():
            cell = shown(cells[doubtful].iloc[0])
            raise DataError(f"{place}: '{cell}' can be read in two ways. Say how its numbers are written.")
        return cells, ""
    group = "." if decimal_comma else ","
    plain = cells.where(~cells.str.fullmatch(_GROUPED[group]), cells.str.replace(group, "", regex=False))
    if decimal_comma:
        if (odd := plain.str.contains(".", regex=False)).any():
            cell = shown(plain[odd].iloc[0])
            raise DataError(
                f"{place}: '{cell}' has a decimal point, and the decimal comma was chosen. Choose the point."
            )
        plain = plain.str.replace(",", ".", regex=False)
    if not (plain != cells).any():
        return cells, ""
    return (
        plain,
        f"{table.file}: {column} was read with the decimal {'comma' if decimal_comma else 'point'}, as chosen.",
    )


def _times_thousand(cells: pd.Series, *, decimal_comma: bool) -> pd.Series:
    """Numbers times 1,000; a cell that is no number stays as it is, and the check names it."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.astype(float) * 1e3
    text = cells.str.replace(",", ".", regex=False) if decimal_comma else cells
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    with np.errstate(over="ignore"):
        larger = pd.Series(pc.cast(pa.array(numbers * 1e3), pa.string()).to_pylist(), index=cells.index, dtype="str")
    larger = larger.str.replace(".", ",", regex=False) if decimal_comma else larger
    return cells.where(np.isnan(numbers), larger)


def _written(table: TableFile, frame: pd.DataFrame, delimiter: str) -> bytes:
    """A changed table as a file of its kind; every row keeps its line."""
    if not table.file.endswith(".csv"):
        written: bytes = frame.to_parquet(index=False)
        return written
    rows = frame.reindex(range(int(frame.index[-1]) + 1), fill_value="")
    return rows.to_csv(index=False, lineterminator="\n", sep=delimiter).encode()


def with_notes(data: bytes, notes: Sequence[str]) -> bytes:
    """A dataset.toml with further notes; unchanged where it cannot be read, which the check says."""
    try:
        about = parse_toml(data.decode("utf-8-sig"))
    except ValueError:
        return data
    before = about.get("notes", [])
    if not isinstance(before, str | list):
        return data
    about["notes"] = [*([before] if isinstance(before, str) else before), *notes]
    return tomli_w.dumps(about).encode()
