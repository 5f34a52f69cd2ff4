"""What the page computes with, each kept so that a move of a slider computes only what changed.

Nothing that comes out of here may be changed: every visitor gets the same objects. What is made of data that a
visitor uploaded is kept in that visitor's session only, and goes with it.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import streamlit as st

from calc.charts import Topology
from calc.dataset import OWN, Dataset, data_dir, dataset_names, read_dataset
from calc.errors import CalcError, DataError
from calc.page.economies import gdp_of
from calc.page.hs_names import CHAPTERS, GROUPS, LISTS
from calc.page.importers import of_importer
from calc.result import Result
from calc.scenario import Scenario, presets, read_scenario, scenario_to_toml
from calc.simulation import MODELS, run
from calc.tariffs import LIST_PREFIX, Rule, line_coverage
from calc.uncertainty import run_with_range
from calc.uploads import OwnData

_ORDER = ("us-2024", "us-2024-hs10", "world-2023", "pairs-2023", "wiod-2011")
# The first is the default; one that is added to the data comes last.
DATASETS = tuple(
    sorted(dataset_names(), key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
)


P = ParamSpec("P")
R = TypeVar("R")


def kept_by_dataset(
    **options: Any,  # noqa: ANN401  # those of st.cache_resource
) -> Callable[[Callable[Concatenate[str, P], R]], Callable[Concatenate[str, P], R]]:
    """Keep what a function makes of a dataset, by the dataset's name and its further arguments.

    For built-in data it is kept for all visitors; for a visitor's own data in their session, and for nobody else.
    """

    def keep(function: Callable[Concatenate[str, P], R]) -> Callable[Concatenate[str, P], R]:
        shared = st.cache_resource(**options)(function)
        own = st.cache_resource(scope="session", **options)(function)

        @wraps(function)
        def kept(name: str, /, *args: P.args, **kwargs: P.kwargs) -> R:
            found: R = (own if name.startswith(OWN) else shared)(name, *args, **kwargs)
            return found

        return kept

    return keep


@st.cache_resource(show_spinner="Reading the trade data …")
def _built_in(name: str) -> Dataset:
    return read_dataset(name)


def own_data() -> Mapping[str, OwnData]:
    """The datasets that this visitor uploaded, by name; they live in this session only."""
    found: Mapping[str, OwnData] = st.session_state.get("own_data", {})
    return found


def datasets() -> tuple[str, ...]:
    """Names that this visitor can choose: the built-in ones, then their own."""
    return (*DATASETS, *own_data())


def dataset(name: str) -> Dataset:
    """A built-in dataset, or one of the visitor's own.

    Raises
    ------
    DataError
        It was uploaded in another session, or taken out of this one.
    """
    if not name.startswith(OWN):
        return _built_in(name)
    if name not in own_data():
        raise DataError(f"{name} is not in this session: uploaded data stay where they were uploaded. Upload it again.")
    return own_data()[name].dataset


def dataset_label(name: str) -> str:
    """A dataset's name to choose it by; its title, where the name is only a number."""
    return f"{own_data()[name].dataset.title} (your upload)" if name in own_data() else name


def central(scenario: Scenario) -> Result:
    """The answer to a scenario, without its range."""
    return _central(scenario.dataset, scenario_to_toml(scenario), scenario)


def with_range(scenario: Scenario, importer: str = "") -> Result:
    """The answer to a scenario, with low and high; with an importer, `seen_from` takes its part of the same answer."""
    return _with_range(scenario.dataset, scenario_to_toml(scenario), importer, scenario)[0]


def seen_from(scenario: Scenario, importer: str) -> Result:
    """The answer to a scenario as one importer sees it, with low and high."""
    return _with_range(scenario.dataset, scenario_to_toml(scenario), importer, scenario)[1]


# The text is the key; the scenario itself, with its schedules, is passed by. A result takes about 20 MB.
@kept_by_dataset(max_entries=3, show_spinner=False)
def _central(name: str, text: str, _scenario: Scenario) -> Result:
    return run(_scenario, dataset(name))


@kept_by_dataset(max_entries=3, show_spinner=False)
def _with_range(name: str, text: str, importer: str, _scenario: Scenario) -> tuple[Result, Result]:
    """The whole answer, and the part of it that one importer sees; the whole twice where none is named."""
    data, point = dataset(name), central(_scenario)
    whole = run_with_range(_scenario, data, central=point)
    if not importer:
        return whole, whole
    return whole, run_with_range(_scenario, data, central=point, view=partial(of_importer, importer=importer))


@st.cache_resource
def topology() -> Topology:
    """Shapes of the world's countries."""
    shapes: Topology = json.loads((data_dir() / "countries-110m.json").read_text(encoding="utf-8"))
    return shapes


@st.cache_resource
def preset_scenarios() -> dict[str, Scenario]:
    """The built-in scenarios by name, in order of date, undated ones last."""
    scenarios = {name: read_scenario(path) for name, path in presets().items()}
    scenarios = {
        name: scenario
        for name, scenario in scenarios.items()
        if scenario.dataset in DATASETS and scenario.model in MODELS
    }
    return dict(sorted(scenarios.items(), key=lambda item: (item[1].date == "", item[1].date)))


@kept_by_dataset()
def product_words(name: str) -> dict[str, str]:
    """Description of each product of a dataset."""
    products = dataset(name).products
    return dict(zip(products["product"], products["description"], strict=True))


@kept_by_dataset()
def economy_labels(name: str) -> dict[str, str]:
    """Exporters that can be chosen, by name, then groups: code -> words."""
    data = dataset(name)
    names = dict(zip(data.countries["economy"], data.countries["name"], strict=True))
    sellers = {str(code): names.get(code, str(code)) for code in data.flows.economies[np.unique(data.flows.exporter)]}
    groups = {group for text in data.countries["groups"].fillna("") for group in text.split(";") if group}
    return dict(sorted(sellers.items(), key=lambda item: item[1])) | {
        group: f"{group} (group)" for group in sorted(groups - set(sellers))
    }


@kept_by_dataset()
def importers(name: str) -> list[str]:
    """Economies that buy in a dataset."""
    flows = dataset(name).flows
    return [str(code) for code in flows.economies[np.unique(flows.importer)]]


@kept_by_dataset()
def product_labels(name: str) -> dict[str, str]:
    """What can be chosen as products of a dataset, from wide to narrow: selector -> selector and words."""
    data = dataset(name)
    products = data.products
    found = {
        f"{LIST_PREFIX}{key}": LISTS.get(key, key)
        for key in data.product_lists
        if _matches(f"{LIST_PREFIX}{key}", data)
    }
    for column, names in GROUPS.items():
        if column in products and products[column].nunique() > 1:
            found |= {f"{column}:{value}": names.get(value, value) for value in products[column].unique() if value}
    codes, words = products["product"], products["description"]
    found |= {code: CHAPTERS[code] for code in sorted(codes.str[:2].unique()) if code in CHAPTERS}
    theme = words.str.split(";").str[0]
    for digits in (4, 6):
        first = ~codes.str[:digits].duplicated() & (codes.str.len() >= digits) & codes.str.isdigit()
        text = theme if digits == 4 else words
        found |= dict(zip(codes[first].str[:digits], text[first], strict=True))
    found |= dict(zip(codes[~codes.str.isdigit()], words[~codes.str.isdigit()], strict=True))
    return {selector: f"{selector.removeprefix(LIST_PREFIX)} · {text}" for selector, text in found.items()}


def _matches(selector: str, data: Dataset) -> bool:
    try:
        line_coverage(Rule(products=(selector,)), data, "The list")
    except CalcError:
        return False
    return True


@kept_by_dataset()
def gdp(name: str) -> dict[str, float]:
    """GDP of the economies of a dataset, US$."""
    return gdp_of(dataset(name))
