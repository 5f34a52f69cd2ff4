"""The tables of a dataset: which files hold them, and which columns they have."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from calc.datasets.about import About
from calc.datasets.accounts import ACCOUNTS
from calc.datasets.flow_tables import LINE_KEYS
from calc.datasets.published_rates import DUTY_UNIT, UNIT_VALUE
from calc.files.checks import Schema
from calc.files.table_files import ENDINGS, Problem

ABOUT = "dataset.toml"
PRODUCT_LISTS = "product-lists"
ELASTICITIES = "elasticities"
DEFAULT_SET = "default"
TABLES = ("flows", "tariffs", ELASTICITIES, "products", "countries", *ACCOUNTS)

_FLOWS = Schema(keys=LINE_KEYS, numbers=("value_usd",), texts=("basis",))
_TARIFFS = Schema(
    keys=LINE_KEYS,
    numbers=("tariff_pct",),
    texts=("basis", UNIT_VALUE, DUTY_UNIT),
    prefixes=True,
    everything=("exporter",),
    nested=True,
)
_PRODUCTS = Schema(keys=("product",), open=True)
_COUNTRIES = Schema(keys=("economy",), open=True)
_PRODUCT_LIST = Schema(keys=("product",), optional_numbers=("coverage_pct",), prefixes=True)
_ELASTICITIES = Schema(
    keys=("product",),
    optional_keys=("importer", "exporter"),
    optional_numbers=("import_demand_elasticity", "armington_elasticity", "export_supply_elasticity"),
    texts=("basis",),
    prefixes=True,
    everything=("importer", "exporter", "product"),
)


def is_table(name: str) -> bool:
    """Whether a name without ending is that of a table: "flows", "elasticities-low"."""
    return name in TABLES or name.startswith(f"{ELASTICITIES}-")


def schema_of(name: str) -> Schema:
    """The columns of a table by its name without ending."""
    if name.startswith(ELASTICITIES):
        return _ELASTICITIES
    if name.startswith(PRODUCT_LISTS):
        return _PRODUCT_LIST
    if name in ACCOUNTS:
        return ACCOUNTS[name]
    return {"flows": _FLOWS, "tariffs": _TARIFFS, "products": _PRODUCTS, "countries": _COUNTRIES}[name]


def tables_among(files: Iterable[str]) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Files of a dataset's tables by their name without ending, and the names that two files claim."""
    tables: dict[str, str] = {}
    problems = []
    for file in sorted(files):
        path = PurePosixPath(file)
        name, ending = path.with_suffix("").as_posix(), path.suffix.lower()
        listed = path.parent.as_posix() == PRODUCT_LISTS and path.suffix == ".csv"
        if not listed and (ending not in ENDINGS or not is_table(name)):
            continue
        if name.removeprefix(f"{ELASTICITIES}-") in ("", DEFAULT_SET):
            name = ELASTICITIES
        if name in tables:
            rule = f"{tables[name]} holds the same table"
            problems.append(Problem(file=file, rule=rule, remedy="keep one of the two"))
        tables.setdefault(name, file)
    return tables, tuple(problems)


def default_set_problems(about: About, tables: Mapping[str, str]) -> tuple[Problem, ...]:
    """The set of elasticities that dataset.toml makes the default has a file, and no other file claims its place.

    Parameters
    ----------
    tables : files by their name without ending, of `tables_among`
    """
    name = about.defaults.elasticities
    if name in ("", DEFAULT_SET):
        return ()
    if f"{ELASTICITIES}-{name}" not in tables:
        rule = f"the default elasticities are {name!r}, but there is no {ELASTICITIES}-{name} file"
        return (Problem(file=ABOUT, rule=rule, remedy="add the file, or name one that is there"),)
    if ELASTICITIES in tables:
        rule = f"{ABOUT} makes the set {name!r} the default"
        remedy = f"rename this file to {ELASTICITIES}-NAME.csv, or leave elasticities out of [defaults]"
        return (Problem(file=tables[ELASTICITIES], rule=rule, remedy=remedy),)
    return ()
