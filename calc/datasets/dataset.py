"""A dataset is a folder: the one door for built-in data and a user's own.

    dataset.toml      title, year, valuation, kind; what else it may say stands in `about`
    sources.csv       file, source, year, terms, citation: where each file comes from; see `inventory`
    flows.*           importer, exporter, product, value_usd[, basis]
    tariffs.*         importer, exporter, product, tariff_pct[, basis]
    elasticities.*    product[, importer][, exporter], elasticities, basis; further sets elasticities-NAME.*
    products.*        product, description, grouping columns
    countries.*       economy, name, iso_numeric, groups
    value_added.*, input_output.*, final_demand.*      for general equilibrium: see account_tables
    product-lists/    NAME.csv: product, coverage_pct

Only files with these names are read, and no file content names another. What is dropped or filled stands in
the notes with its count. The files may also be held in memory, as an upload is: name -> bytes, read the same way.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd

from calc.datasets.about import About, parse_about
from calc.datasets.accounts import ACCOUNTS, align_accounts
from calc.datasets.data_folder import data_dir as data_dir  # also the public name
from calc.datasets.descriptions import described, product_list
from calc.datasets.elasticities import elasticity_sets, part_with_defaults
from calc.datasets.flow_tables import align_flows
from calc.datasets.layout import ABOUT, DEFAULT_SET, PRODUCT_LISTS, default_set_problems, tables_among
from calc.datasets.official_tables import official_instead, unread_files
from calc.datasets.table_rows import Reading, TableRows, read_all_rows
from calc.errors import DataError, did_you_mean
from calc.files.checks import raise_first
from calc.files.kept_memory import keep_freed_memory
from calc.files.kept_with import kept_with_first
from calc.files.table_files import (
    LABEL_COLUMNS,
    Limits,
    Problem,
    TableFile,
    parse_table,
    read_bytes,
    reason,
    shown,
)
from calc.flows import Elasticities, Flows
from calc.result import Note, notes_of

P = ParamSpec("P")
R = TypeVar("R")

OWN = "own:"  # begins the name of a dataset that somebody uploaded on the page
MAX_ABOUT_BYTES = 2**20


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, eq=False)
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
    rates : collected | law | mixed | none: what the base tariffs are; empty where the dataset does not say
    flows : lines with trade, tariffs included, and the national accounts where the dataset has them
    elasticities : "default" and every further set by its key; `set_name` and `set_key` go from one to the other
    default_set : name of the default set
    pass_through_pct : per cent of a duty on one supplier that reaches buyers, in sets whose supply is infinite
    products : product, description, grouping columns; row k describes `flows.products[k]`
    countries : economy, name, iso_numeric, groups; row k describes `flows.economies[k]`
    product_lists : by name: product (HS prefix or whole code), coverage (fraction of it)
    notes : what was filled, dropped or assumed, with counts; of the kind data, or rates where they speak of its tariffs
    sha256 : hex digest of every file read, by its name in the folder
    reading : choices by which its rows were read
    """

    name: str
    title: str
    year: int
    valuation: str
    kind: str
    estimated: bool
    rates: str
    source: str
    licence: str
    citation: str
    coverage: str
    flows: Flows
    elasticities: Mapping[str, Elasticities]
    default_set: str
    pass_through_pct: float
    products: pd.DataFrame
    countries: pd.DataFrame
    product_lists: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...]
    sha256: Mapping[str, str]
    reading: Reading = field(default_factory=Reading)

    def set_key(self, name: str) -> str:
        """Key in `elasticities` of a set by its name, where the default has a name of its own."""
        return DEFAULT_SET if name == self.default_set else name

    def set_name(self, key: str) -> str:
        """Name of a set of elasticities for people."""
        return self.default_set if key == DEFAULT_SET else key

    def __repr__(self) -> str:
        """One line: `Dataset us-2024: US imports for consumption (2024), 87,927 flows, 51 economies, …`."""
        flows = self.flows
        return (
            f"Dataset {self.name}: {self.title} ({self.year}), {len(flows.market):,} flows, "
            f"{len(flows.economies):,} economies, {len(flows.products):,} products"
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """Checked contents of a dataset's files.

    Parameters
    ----------
    about : what dataset.toml says; None where it is not sound
    tables : the tables as rows
    problems : what breaks a rule, warnings included, of the tables too
    sha256 : hex digest of every file read
    reading : choices by which the rows were read
    """

    about: About | None
    tables: TableRows
    problems: tuple[Problem, ...]
    sha256: Mapping[str, str]
    reading: Reading = field(default_factory=Reading)


def kept_with_dataset(
    *, most: int
) -> Callable[[Callable[Concatenate[Dataset, P], R]], Callable[Concatenate[Dataset, P], R]]:
    """Keep the last answers of a function for each dataset, and only as long as the dataset itself lives.

    Parameters
    ----------
    most : answers kept for one dataset
    """
    return kept_with_first(most=most)


def dataset_names() -> tuple[str, ...]:
    """Names of the built-in datasets, in the order that their dataset.toml gives them; those without come last.

    Examples
    --------
    >>> import calc
    >>> "us-2024" in calc.dataset_names()
    True
    """
    found = {path.parent.name: _about_at(path) for path in data_dir().glob(f"*/{ABOUT}")}
    return tuple(sorted(found, key=lambda name: (_order(found[name]), name)))


def abouts() -> dict[str, About]:
    """What each built-in dataset says of itself, in order; one whose dataset.toml is not sound is left out."""
    found = {name: _about_at(data_dir() / name / ABOUT) for name in dataset_names()}
    return {name: about for name, about in found.items() if about is not None}


def _order(about: About | None) -> float:
    return float("inf") if about is None or about.order is None else about.order


def _about_at(path: Path) -> About | None:
    """The words of a dataset.toml; None where it is not sound, which reading or checking its dataset says."""
    state = path.stat()
    return _about_of(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _about_of(path: Path, changed: int, size: int) -> About | None:  # read again when it has changed
    about = _read_about(read_bytes(path, ABOUT, path.parent), {})
    return about if isinstance(about, About) else None


def read_dataset(
    name_or_folder: str | Path, *, where: Mapping[str, str] = MappingProxyType({}), drop_totals: bool = False
) -> Dataset:
    """Read a built-in dataset by its name, or a folder.

    Parameters
    ----------
    where : rows to take where a column says that they differ: {"year": "2023"}, {"quarter": "all"} to add them up
    drop_totals : leave out rows of totals that stand beside their parts

    Raises
    ------
    DataError
        There is no such dataset, or a file breaks a rule.

    Examples
    --------
    >>> import calc
    >>> calc.read_dataset("my-data")
    Dataset my-data: Small world (2024), 5 flows, 3 economies, 3 products
    """
    folder = dataset_folder(name_or_folder)
    content = read_content(folder, Reading(where=dict(where), drop_totals=drop_totals))
    raise_first(content.problems, f"tariff-impact check {name_or_folder}")
    return build(str(name_or_folder), content)


def check_dataset(
    folder: str | Path, *, where: Mapping[str, str] = MappingProxyType({}), drop_totals: bool = False
) -> tuple[Problem, ...]:
    """Every problem and warning of a dataset folder; none if it is sound.

    Parameters
    ----------
    where, drop_totals : as for `read_dataset`

    Raises
    ------
    DataError
        There is no such dataset and no such folder.

    Examples
    --------
    >>> import calc
    >>> calc.check_dataset("my-data")
    ()
    """
    return read_content(dataset_folder(folder), Reading(where=where, drop_totals=drop_totals)).problems


def examine_files(
    name: str, files: Mapping[str, bytes], limits: Limits | None = None
) -> tuple[Dataset | None, tuple[Problem, ...]]:
    """The dataset that files in memory hold, by their names in its folder, and every problem and warning.

    The dataset is None where there is an error.
    """
    content = content_of(files, limits)
    broken = any(problem.severity == "error" for problem in content.problems)
    return None if broken else build(name, content), content.problems


def content_of(files: Mapping[str, bytes], limits: Limits | None = None, reading: Reading | None = None) -> Content:
    """Check files in memory, by their names in the folder of a dataset; nothing is raised for what they hold."""
    return _read_files(files, files.__getitem__, limits, reading or Reading())


def dataset_folder(name_or_folder: str | Path) -> Path:
    """Folder of a dataset; a text that is a built-in name means the built-in one."""
    names = dataset_names()
    if name_or_folder in names:
        return data_dir() / name_or_folder
    folder, refused = Path(name_or_folder), ""
    try:
        there = folder.is_dir()
    except OSError as error:
        there, refused = False, f": {reason(error)}"
    if not there:
        name = shown(name_or_folder)
        if name.startswith(OWN):
            raise DataError(
                f"The dataset {name} was uploaded on the page and is not stored anywhere. Unpack the zip that the "
                "page offers under Data & method, and name that folder: tariff-impact run scenario.toml --data FOLDER."
            )
        raise DataError(
            f"There is no dataset and no folder {name!r}{refused}{did_you_mean(name, names)}. "
            f"Built-in datasets: {', '.join(names) or 'none'}."
        )
    return folder


def files_in(folder: Path) -> list[str]:
    """Files of a dataset folder and of its product lists, by their names in the folder.

    Raises
    ------
    DataError
        The folder cannot be read.
    """
    try:
        places = [place for place in (folder, folder / PRODUCT_LISTS) if place.is_dir()]
        return [path.relative_to(folder).as_posix() for place in places for path in sorted(place.iterdir())]
    except OSError as error:
        raise DataError(f"The folder {shown(folder)} cannot be read: {reason(error)}. Allow reading it.") from error


def read_content(folder: Path, reading: Reading) -> Content:
    """Check every file of a folder; nothing is raised for what they hold."""
    return _read_files(files_in(folder), lambda file: read_bytes(folder / file, file, folder), None, reading)


def _read_files(
    files: Iterable[str], read: Callable[[str], bytes | Problem], limits: Limits | None, reading: Reading
) -> Content:
    """Check the files of a dataset, which `read` fetches one by one; the built-in product lists come with them."""
    keep_freed_memory()
    files = list(files)
    names, clashes = tables_among(files)
    problems = list(clashes)
    sha256: dict[str, str] = {}
    about = _read_about(read(ABOUT) if ABOUT in files else None, sha256)
    problems += about if isinstance(about, tuple) else default_set_problems(about, names)
    tables: dict[str, TableFile] = {}
    lists = {f"{PRODUCT_LISTS}/{path.stem}": path for path in sorted((data_dir() / PRODUCT_LISTS).glob("*.csv"))}
    for name, file in (names | {name: f"{name}.csv" for name in lists if name not in names}).items():
        if name in names:
            data = read(file)
            labels = LABEL_COLUMNS if name in ("flows", "tariffs") else ()
            table = data if isinstance(data, Problem) else parse_table(file, data, limits, labels=labels)
            if not isinstance(data, Problem):
                table = official_instead(name, data, table) or table
        else:
            table = _built_in_list(lists[name], file)
        if isinstance(table, Problem):
            problems.append(table)
        else:
            tables[name] = table
            sha256[file] = table.sha256
    unread = unread_files(files, names, read)
    problems += unread
    if "flows" not in names and not unread:
        rule = "the file is missing"
        remedy = "add flows.csv or flows.parquet with the columns importer, exporter, product, value_usd"
        problems.append(Problem(file="flows.csv", rule=rule, remedy=remedy))
    if "value_added" not in names:
        rule = "there is no value_added file beside it"
        remedy = "add value_added.csv with the columns economy, product, value_added_usd"
        problems += [Problem(file=names[stem], rule=rule, remedy=remedy) for stem in ACCOUNTS if stem in names]
    read_tables = read_all_rows(tables, frozenset(names), about if isinstance(about, About) else None, reading)
    return Content(
        about=about if isinstance(about, About) else None,
        tables=read_tables,
        problems=(*problems, *read_tables.problems),
        sha256=dict(sorted(sha256.items())),
        reading=reading,
    )


@lru_cache(maxsize=64)
def _built_in_list(path: Path, file: str) -> TableFile | Problem:
    """A product list that ships with the project: it comes with every dataset, and is parsed once."""
    data = read_bytes(path, file, path.parent)
    return data if isinstance(data, Problem) else parse_table(file, data)


def _read_about(data: bytes | Problem | None, sha256: dict[str, str]) -> About | tuple[Problem, ...]:
    if data is None:
        rule, remedy = "the file is missing", "add it with title, year, valuation and kind"
        return (Problem(file=ABOUT, rule=rule, remedy=remedy),)
    if isinstance(data, Problem):
        return (data,)
    if len(data) > MAX_ABOUT_BYTES:
        rule = f"{len(data):,} bytes are more than the {MAX_ABOUT_BYTES:,} that are read"
        return (Problem(file=ABOUT, rule=rule, remedy="keep to a few words; tables have their own files"),)
    sha256[ABOUT] = hashlib.sha256(data).hexdigest()
    return parse_about(ABOUT, data)


def build(name: str, content: Content) -> Dataset:
    """Prepare what was read of a folder without errors."""
    about, rows = content.about, content.tables.rows
    assert about is not None
    flows, notes = align_flows(rows["flows"], rows.get("tariffs"), home_sales=about.own_rows_are_sales)
    accounts, filled = align_accounts(rows, flows)
    flows, said = replace(flows, accounts=accounts), list(filled)
    elasticities, filled = elasticity_sets(rows, flows, about.defaults.elasticities)
    said += filled
    products, filled = described(rows.get("products"), "products", flows.products, {"description": None})
    said += filled
    blanks = {"name": None, "iso_numeric": "", "groups": ""}
    countries, filled = described(rows.get("countries"), "countries", flows.economies, blanks)
    said += filled
    readings = content.tables.readings
    warnings = tuple(problem.text for problem in content.problems if problem not in readings)
    return Dataset(
        name=name,
        title=about.title,
        year=about.year,
        valuation=about.valuation,
        kind=about.kind,
        estimated=about.estimated,
        rates=about.rates,
        source=about.source,
        licence=about.licence,
        citation=about.citation,
        coverage=about.coverage,
        flows=flows,
        elasticities=MappingProxyType(elasticities),
        default_set=about.defaults.elasticities or DEFAULT_SET,
        pass_through_pct=float(about.defaults.pass_through_pct),
        products=products,
        countries=countries,
        product_lists=MappingProxyType(
            {stem.split("/", 1)[1]: product_list(rows[stem]) for stem in rows if stem.startswith(PRODUCT_LISTS)}
        ),
        notes=(
            *notes_of("data", about.notes),
            *notes_of("rates", about.rate_notes),
            *notes_of("data", warnings),
            *notes_of("reading", (problem.text for problem in readings)),
            *notes_of("reading", part_with_defaults(rows, flows, elasticities[DEFAULT_SET])),
            *notes,
            *notes_of("data", said),
        ),
        sha256=MappingProxyType(dict(content.sha256)),
        reading=content.reading,
    )
