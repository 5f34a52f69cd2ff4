"""The built-in datasets by what they say of themselves: the first in order, of a kind, serving a purpose.

No other file names a built-in dataset; a new one is its folder.
"""

import pandas as pd

from calc.datasets.about import SERVICES
from calc.datasets.dataset import abouts, data_dir, dataset_names
from calc.errors import DataError

_NAMES = ("economy", "name", "iso_numeric", "groups")


def default_dataset() -> str:
    """The dataset that a scenario is of when it names none: the first in order.

    Raises
    ------
    DataError
        There are no built-in data.
    """
    names = dataset_names()
    if not names:
        raise DataError(f"There is no built-in dataset in {data_dir()}. Install the package again.")
    return names[0]


def serving(service: str) -> tuple[str, ...]:
    """Built-in datasets that serve a purpose, in order.

    Parameters
    ----------
    service : as in dataset.toml, such as "averages:USA" or "names"; "averages:" is of any economy
    """
    return tuple(
        name
        for name, about in abouts().items()
        for served in about.serves
        if served == service or (service.endswith(":") and served.startswith(service))
    )


def the_one_serving(service: str) -> str:
    """The first built-in dataset that serves a purpose.

    Raises
    ------
    DataError
        None does.
    """
    found = serving(service)
    if not found:
        what = SERVICES[service.partition(":")[0]]
        raise DataError(
            f'No built-in dataset in {data_dir()} says serves = ["{service}"] ({what}). Add it to a dataset.toml.'
        )
    return found[0]


def first_of(kind: str) -> str:
    """The first built-in dataset of a kind, imports or world: the default of its kind; empty where there is none."""
    return next((name for name, about in abouts().items() if about.kind == kind), "")


def such_as(kind: str) -> str:
    """`, such as NAME`: the default dataset of a kind; empty where there is none."""
    return f", such as {found}" if (found := first_of(kind)) else ""


def known_economies() -> pd.DataFrame:
    """Economies that the built-in data can name: economy, name, iso_numeric, groups; all text."""
    files = [data_dir() / name / "countries.csv" for name in serving("names")]
    tables = [pd.read_csv(file, dtype=str, keep_default_na=False) for file in files]
    return pd.concat([pd.DataFrame(columns=list(_NAMES)), *tables]).drop_duplicates("economy")[list(_NAMES)]
