"""A dataset is a folder: the one door for built-in data and a user's own.

    dataset.toml      title, year, valuation, kind; estimated, source, licence, citation, url, coverage, notes
    flows.*           importer, exporter, product, value_usd[, basis]
    tariffs.*         importer, exporter, product, tariff_pct[, basis]
    elasticities.*    product[, importer][, exporter], elasticities, basis; further sets elasticities-NAME.*
    products.*        product, description, grouping columns
    countries.*       economy, name, iso_numeric, groups
    value_added.*, input_output.*, final_demand.*      for general equilibrium: see account_tables
    product-lists/    NAME.csv: product, coverage_pct

Only files with these names are read, and no file content names another. What is dropped or filled stands in
the notes with its count.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from calc.account_tables import ACCOUNTS, align_accounts, check_accounts
from calc.checks import PRODUCT_COLUMNS, Rows, Schema, encode, lost_zeros, raise_first, read_rows
from calc.dataset_about import About, parse_about
from calc.elasticity_sets import align_elasticities, check_elasticity_rows, default_elasticities
from calc.errors import DataError, did_you_mean
from calc.flow_tables import LINE_KEYS, align_flows
from calc.table_files import ENDINGS, Problem, TableFile, parse_table, read_bytes, write_column
from calc.tables import Elasticities, Flows

ABOUT = "dataset.toml"
PRODUCT_LISTS = "product-lists"
DEFAULT_SET = "default"

_FLOWS = Schema(keys=LINE_KEYS, numbers=("value_usd",), texts=("basis",))
_TARIFFS = Schema(keys=LINE_KEYS, numbers=("tariff_pct",), texts=("basis",))
_PRODUCTS = Schema(keys=("product",), open=True)
_COUNTRIES = Schema(keys=("economy",), open=True)
_PRODUCT_LIST = Schema(keys=("product",), optional_numbers=("coverage_pct",), prefixes=True)
_ELASTICITIES = Schema(
    keys=("product",),
    optional_keys=("importer", "exporter"),
    optional_numbers=("import_demand_elasticity", "armington_elasticity", "export_supply_elasticity"),
    texts=("basis",),
    prefixes=True,
    everything=True,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """Trade, tariffs and elasticities, prepared once.

    Parameters
    ----------
    name : built-in name, or the folder as given
    title, source, licence, citation, coverage : words of dataset.toml
    year : year of the flows
    valuation : fob | cif | customs
    kind : imports | world
    estimated : whether the flows are an estimate rather than an observation
    flows : lines with trade, tariffs included, and the national accounts where the dataset has them
    elasticities : "default" and every further set by name
    products : product, description, grouping columns; row k describes `flows.products[k]`
    countries : economy, name, iso_numeric, groups; row k describes `flows.economies[k]`
    product_lists : by name: product (HS prefix or whole code), coverage (fraction of it)
    notes : what was filled, dropped or assumed, with counts
    sha256 : hex digest of every file read, by its name in the folder
    """

    name: str
    title: str
    year: int
    valuation: str
    kind: str
    estimated: bool
    source: str
    licence: str
    citation: str
    coverage: str
    flows: Flows
    elasticities: Mapping[str, Elasticities]
    products: pd.DataFrame
    countries: pd.DataFrame
    product_lists: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Folder:
    """Checked contents of a folder; `rows` by name without ending: "flows", "product-lists/steel"."""

    about: About | None
    rows: Mapping[str, Rows]
    problems: tuple[Problem, ...]
    sha256: Mapping[str, str]


def data_dir() -> Path:
    """Folder of the built-in data: inside an installed package, or beside the package in its repository."""
    package = Path(__file__).parent
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent / "data"


def dataset_names() -> tuple[str, ...]:
    """Names of the built-in datasets."""
    return tuple(sorted(path.parent.name for path in data_dir().glob(f"*/{ABOUT}")))


def read_dataset(name_or_folder: str | Path) -> Dataset:
    """Read a built-in dataset by its name, or a folder.

    Raises
    ------
    DataError
        There is no such dataset, or a file breaks a rule.
    """
    folder = dataset_folder(name_or_folder)
    content = _read_folder(folder)
    raise_first(content.problems, f"tariff-impact check {name_or_folder}")
    return _build(str(name_or_folder), content)


def check_dataset(folder: str | Path) -> tuple[Problem, ...]:
    """Every problem and warning of a dataset folder; none if it is sound."""
    return _read_folder(dataset_folder(folder)).problems


def restore_zeros(folder: str | Path, new_folder: str | Path) -> tuple[str, ...]:
    """Copy a dataset folder with the leading zeros of its HS codes restored; says what it changed.

    Raises
    ------
    DataError
        A table cannot be read, or the new folder exists and is not empty.
    """
    folder, target = dataset_folder(folder), Path(new_folder)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise DataError(f"{target} exists and is not an empty folder; name a new one.")
    paths, problems = table_paths(folder)
    raise_first(problems)
    inside = (path for place in (folder, folder / PRODUCT_LISTS) if place.is_dir() for path in place.iterdir())
    copied = sorted({path for path in inside if path.is_file()} | set(paths.values()))
    files = {path.relative_to(folder).as_posix(): path for path in copied}
    contents: dict[str, bytes] = {}
    for file, path in files.items():
        data = read_bytes(path, file, folder)
        if isinstance(data, Problem):
            raise DataError(data.text)
        contents[file] = data
    changes: list[str] = []
    known: pd.Index | None = None
    for stem in sorted(paths, key=lambda stem: stem != "products"):
        file = paths[stem].relative_to(folder).as_posix()
        table = _parsed(file, contents[file])
        for column in PRODUCT_COLUMNS:
            if column not in table.frame or pd.api.types.is_float_dtype(table.frame[column]):
                continue
            codes = encode(table.frame[column])
            lost = lost_zeros(codes.labels, known)
            restored = codes.labels.where(~lost, "0" + codes.labels)
            if stem == "products":
                known = restored.unique()
            if lost.any():
                contents[file] = write_column(table, contents[file], column, restored[codes.codes])
                table = _parsed(file, contents[file])
                rows, first = int(lost[codes.codes].sum()), int(np.argmax(lost))
                place = file if column == "product" else f"{file}, column {column}"
                example = f"'{codes.labels[first]}' is now '{restored[first]}'"
                changes.append(f"{place}: leading zeros restored: {lost.sum():,} (rows: {rows:,}); {example}.")
    for file, data in contents.items():
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        (target / file).write_bytes(data)
    return tuple(changes)


def _parsed(file: str, data: bytes) -> TableFile:
    table = parse_table(file, data)
    if isinstance(table, Problem):
        raise DataError(table.text)
    return table


def dataset_folder(name_or_folder: str | Path) -> Path:
    """Folder of a dataset; a text that is a built-in name means the built-in one."""
    names = dataset_names()
    if name_or_folder in names:
        return data_dir() / name_or_folder
    folder = Path(name_or_folder)
    if not folder.is_dir():
        name = str(name_or_folder)
        raise DataError(
            f"There is no dataset and no folder {name!r}{did_you_mean(name, names)}. "
            f"Built-in datasets: {', '.join(names) or 'none'}."
        )
    return folder


def table_paths(folder: Path) -> tuple[dict[str, Path], tuple[Problem, ...]]:
    """Files of a dataset's tables by their name without ending, and the names that two files claim."""
    stems = ("flows", "tariffs", "elasticities", "products", "countries", *ACCOUNTS)
    paths: dict[str, Path] = {}
    problems = []
    for path in sorted(folder.iterdir()):
        stem = path.stem
        if path.suffix.lower() not in ENDINGS or not (stem in stems or stem.startswith("elasticities-")):
            continue
        if stem.removeprefix("elasticities-") in ("", DEFAULT_SET):
            stem = "elasticities"
        if stem in paths:
            rule = f"{paths[stem].name} holds the same table"
            problems.append(Problem(file=path.name, rule=rule, remedy="keep one of the two"))
        paths.setdefault(stem, path)
    lists = folder / PRODUCT_LISTS
    if lists.is_dir():
        paths |= {f"{PRODUCT_LISTS}/{path.stem}": path for path in sorted(lists.glob("*.csv"))}
    return paths, tuple(problems)


def _read_folder(folder: Path) -> _Folder:
    paths, clashes = table_paths(folder)
    problems = list(clashes)
    sha256: dict[str, str] = {}
    about = _read_about(folder, sha256)
    if isinstance(about, tuple):
        problems += about
    tables: dict[str, TableFile] = {}
    roots = dict.fromkeys(paths, folder)
    for path in sorted((data_dir() / PRODUCT_LISTS).glob("*.csv")):
        name = f"{PRODUCT_LISTS}/{path.stem}"
        if paths.setdefault(name, path) == path:
            roots.setdefault(name, data_dir())
    for name, path in paths.items():
        file = path.relative_to(roots[name]).as_posix()
        data = read_bytes(path, file, roots[name])
        table = data if isinstance(data, Problem) else parse_table(file, data)
        if isinstance(table, Problem):
            problems.append(table)
        else:
            tables[name] = table
            sha256[file] = table.sha256
    if "flows" not in paths:
        rule = "the file is missing"
        remedy = "add flows.csv or flows.parquet with the columns importer, exporter, product, value_usd"
        problems.append(Problem(file="flows.csv", rule=rule, remedy=remedy))
    if "value_added" not in paths:
        rule = "there is no value_added file beside it"
        remedy = "add value_added.csv with the columns economy, product, value_added_usd"
        problems += [Problem(file=paths[stem].name, rule=rule, remedy=remedy) for stem in ACCOUNTS if stem in paths]
    rows, broken = _read_all_rows(tables)
    return _Folder(
        about=about if isinstance(about, About) else None,
        rows=rows,
        problems=(*problems, *broken),
        sha256=dict(sorted(sha256.items())),
    )


def _read_about(folder: Path, sha256: dict[str, str]) -> About | tuple[Problem, ...]:
    if not (folder / ABOUT).exists():
        rule, remedy = "the file is missing", "add it with title, year, valuation and kind"
        return (Problem(file=ABOUT, rule=rule, remedy=remedy),)
    data = read_bytes(folder / ABOUT, ABOUT, folder)
    if isinstance(data, Problem):
        return (data,)
    sha256[ABOUT] = hashlib.sha256(data).hexdigest()
    return parse_about(ABOUT, data)


def _read_all_rows(tables: Mapping[str, TableFile]) -> tuple[dict[str, Rows], tuple[Problem, ...]]:
    """Rows of each table, checked against the codes that products and countries list."""
    rows: dict[str, Rows] = {}
    problems: list[Problem] = []
    known: dict[str, pd.Index | None] = {"products": None, "countries": None}
    # products and countries come first, for they say which codes there are
    for name in sorted(tables, key=lambda name: (name not in known, name != "flows", name != "tariffs", name)):
        schema = _schema(name)
        table = tables[name]
        rows[name] = read_rows(table, schema, economies=known["countries"], products=known["products"])
        found = rows[name].problems
        sound = not any(problem.severity == "error" for problem in found)
        if sound and schema is _ELASTICITIES:
            found += check_elasticity_rows(rows[name])
        if sound and name == "flows" and not (rows[name].numbers["value_usd"] > 0).any():
            rule = "no flow has a value above 0"
            found += (Problem(file=table.file, column="value_usd", rule=rule, remedy="add rows with trade"),)
        if sound and name in known:
            known[name] = rows[name].codes[schema.keys[0]].labels
        problems += found
    if not any(problem.severity == "error" for problem in problems):
        problems += check_accounts(rows)
    return rows, tuple(problems)


def _schema(name: str) -> Schema:
    if name.startswith("elasticities"):
        return _ELASTICITIES
    if name.startswith(PRODUCT_LISTS):
        return _PRODUCT_LIST
    if name in ACCOUNTS:
        return ACCOUNTS[name]
    return {"flows": _FLOWS, "tariffs": _TARIFFS, "products": _PRODUCTS, "countries": _COUNTRIES}[name]


def _build(name: str, content: _Folder) -> Dataset:
    """Prepare a folder without errors."""
    about, rows = content.about, content.rows
    assert about is not None
    flows, notes = align_flows(rows["flows"], rows.get("tariffs"))
    accounts, filled = align_accounts(rows, flows)
    flows, notes = replace(flows, accounts=accounts), notes + filled
    elasticities: dict[str, Elasticities] = {}
    for stem in rows:
        if stem.startswith("elasticities"):
            set_name = stem.removeprefix("elasticities").removeprefix("-") or DEFAULT_SET
            elasticities[set_name], filled = align_elasticities(rows[stem], flows)
            notes += filled
    if DEFAULT_SET not in elasticities:
        elasticities = {DEFAULT_SET: default_elasticities(flows), **elasticities}
        notes += ("There is no elasticities file: demand −1.2, substitution 3.8 and infinite supply everywhere.",)
    products, filled = _describe(rows.get("products"), "products", flows.products, {"description": None})
    notes += filled
    blanks = {"name": None, "iso_numeric": "", "groups": ""}
    countries, filled = _describe(rows.get("countries"), "countries", flows.economies, blanks)
    notes += filled
    warnings = tuple(problem.text for problem in content.problems)
    return Dataset(
        name=name,
        title=about.title,
        year=about.year,
        valuation=about.valuation,
        kind=about.kind,
        estimated=about.estimated,
        source=about.source,
        licence=about.licence,
        citation=about.citation,
        coverage=about.coverage,
        flows=flows,
        elasticities=MappingProxyType(elasticities),
        products=products,
        countries=countries,
        product_lists=MappingProxyType(
            {stem.split("/", 1)[1]: _product_list(rows[stem]) for stem in rows if stem.startswith(PRODUCT_LISTS)}
        ),
        notes=(*about.notes, *warnings, *notes),
        sha256=MappingProxyType(dict(content.sha256)),
    )


def _describe(
    rows: Rows | None, stem: str, labels: pd.Index, defaults: Mapping[str, str | None]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row a label; a column that is not given takes its default, None being the label itself."""
    key = "product" if stem == "products" else "economy"
    if rows is None:
        frame = pd.DataFrame({key: labels})
        notes: tuple[str, ...] = (f"There is no {stem} file: codes stand for names, and no code was checked.",)
    else:
        position = rows.codes[key].labels.get_indexer(labels)
        frame = rows.table.frame.iloc[position].reset_index(drop=True)
        counted = [name for name in frame if pd.api.types.is_integer_dtype(frame[name])]
        frame = frame.astype(dict.fromkeys(counted, str)).assign(**{key: labels})
        missing = [name for name in defaults if name not in frame]
        notes = (f"{rows.table.file}: {', '.join(missing)} not given.",) if missing else ()
    filled = {name: labels if text is None else text for name, text in defaults.items() if name not in frame}
    frame = frame.assign(**filled)
    first = [key, *defaults]
    return frame[first + [name for name in frame if name not in first]], notes


def _product_list(rows: Rows) -> pd.DataFrame:
    """Products and the fraction of each that the list covers; all of it where the file does not say."""
    percent = rows.numbers.get("coverage_pct", np.full(len(rows.table.frame), 100.0))
    codes = rows.codes["product"]
    coverage = np.where(np.isnan(percent), 100.0, percent) / 100
    return pd.DataFrame({"product": codes.labels[codes.codes], "coverage": coverage})
