"""What the page computes with, each kept so that a move of a slider computes only what changed.

Nothing that comes out of here may be changed: every visitor gets the same objects. What is made of data that a
visitor uploaded is kept in that visitor's session only, and goes with it.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Hashable, Mapping
from functools import partial, wraps
from inspect import signature
from threading import Thread
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
import streamlit as st

from calc.analysis.carrying import OnWorld, to_world
from calc.analysis.draws.blocks import View
from calc.analysis.perspective import acting_importer, gdp_of, of_importer
from calc.analysis.uncertainty import Ranges, run_draws, with_ranges
from calc.analysis.workers import Progress
from calc.charts.basic import Topology
from calc.datasets.catalogue import default_dataset, first_of
from calc.datasets.codes import named_group
from calc.datasets.dataset import OWN, Dataset, data_dir, dataset_names, read_dataset
from calc.datasets.hs_names import CHAPTERS, GROUPS, LISTS
from calc.datasets.uploads.files import OwnData
from calc.errors import CalcError, DataError
from calc.files.kept_memory import give_back_memory
from calc.models.known import MODELS
from calc.page.held import session
from calc.page.held.session import IMPORTER
from calc.page.kept import Drawer, LastUse, Latest
from calc.page.turns import Part, turns
from calc.question import point_answer
from calc.result import Result
from calc.scenario import Scenario
from calc.scenario_file import presets, read_scenario, scenario_to_toml
from calc.tariffs.rules import LIST_PREFIX, Rule, line_coverage

MOST_RANGES = 4  # each holds an answer of about 20 MB, which the point answer shares

IDLE = 3600.0  # seconds after which a dataset that nobody uses is let go
ROUND = 300.0  # seconds between two looks for such datasets
_SWEEP = 5.0  # seconds between two looks for objects that only hold one another, while the page is used

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def kept_by_dataset(
    *, max_entries: int | None = None
) -> Callable[[Callable[Concatenate[str, P], R]], Callable[Concatenate[str, P], R]]:
    """Keep what a function makes of a dataset, by the dataset's name and its further arguments.

    For built-in data it is kept for all visitors, as long as the dataset is; for a visitor's own data in their session,
    and for nobody else.

    Parameters
    ----------
    max_entries : how many values are kept of one dataset; all if absent. As for `st.cache_resource`, arguments whose
        name begins with an underscore do not tell values apart
    """

    def keep(function: Callable[Concatenate[str, P], R]) -> Callable[Concatenate[str, P], R]:
        own = st.cache_resource(scope="session", max_entries=max_entries, show_spinner=False)(function)
        asked = signature(function)
        maker = f"{function.__module__}.{function.__qualname__}"  # Streamlit makes the page's functions anew at times

        @wraps(function)
        def kept(name: str, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if name.startswith(OWN):
                of_visitor: R = own(name, *args, **kwargs)
                return of_visitor
            bound = asked.bind(name, *args, **kwargs)
            bound.apply_defaults()
            key = tuple(_told_apart(value) for given, value in bound.arguments.items() if not given.startswith("_"))
            return _drawer(name).find_or_make(
                maker, key, lambda: function(name, *args, **kwargs), most=max_entries or sys.maxsize
            )

        return kept

    return keep


def _told_apart(value: object) -> Hashable:
    """An argument as a part of a key: settings that hold tables of choices are known by what they say."""
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value


@st.cache_resource(show_spinner=False)
def _drawer(name: str) -> Drawer:
    """What is made of a built-in dataset."""
    return Drawer()


@st.cache_resource
def _last_use() -> LastUse:
    """When each built-in dataset was asked for last, by any visitor."""
    return LastUse()


def let_go_of_idle_data() -> list[str]:
    """Forget the built-in datasets that nobody has used for an hour, and all that was made of them; which they were.

    The one that the page opens with stays. Memory goes back to the system, also that of visitors who left, where
    nobody has asked for minutes.
    """
    idle = _last_use().take_idle(IDLE, but=default_dataset())
    for name in idle:
        _built_in.clear(name)
        _drawer.clear(name)
    if idle or _last_use().is_quiet(ROUND):
        lasting = gc.get_freeze_count() > 0
        gc.unfreeze()
        gc.collect()
        if lasting:
            gc.freeze()
        give_back_memory()
    return idle


@st.cache_resource
def memory_rounds() -> Thread:
    """Let go of what runs leave behind every few seconds, and of idle data every few minutes; started once."""

    def rounds() -> None:
        while True:
            for _ in range(int(ROUND / _SWEEP)):
                time.sleep(_SWEEP)
                if not _last_use().is_quiet(_SWEEP):
                    gc.collect()
            let_go_of_idle_data()

    thread = Thread(target=rounds, name="memory", daemon=True)
    thread.start()
    return thread


@st.cache_resource(show_spinner="Reading the trade data …")
def _built_in(name: str) -> Dataset:
    return read_dataset(name)


def own_data() -> Mapping[str, OwnData]:
    """The datasets that this visitor uploaded, by name; they live in this session only."""
    return session.OWN_DATA.value_or({})


def datasets() -> tuple[str, ...]:
    """Names that this visitor can choose: the built-in ones, then their own."""
    return (*dataset_names(), *own_data())


def dataset(name: str) -> Dataset:
    """A built-in dataset, or one of the visitor's own.

    Raises
    ------
    DataError
        It was uploaded in another session, or taken out of this one.
    """
    if not name.startswith(OWN):
        _last_use().note(name)
        return _built_in(name)
    if name not in own_data():
        raise DataError(
            f"{name} is not in this session. Uploaded data stay in the session they were uploaded to: "
            "upload them again."
        )
    return own_data()[name].dataset


def dataset_labels() -> dict[str, str]:
    """The names that this visitor can choose, and the words to choose by: of their own data, the title."""
    return {name: name for name in dataset_names()} | {
        name: f"{own.dataset.title} (your upload)" for name, own in own_data().items()
    }


def central(scenario: Scenario) -> Result:
    """The answer to a scenario, without its range."""
    return _central(scenario.dataset, scenario_to_toml(scenario), scenario)


def with_range(
    scenario: Scenario, importer: str = "", *, view: View | None = None, progress: Progress | None = None
) -> Result:
    """The answer to a scenario with low and high; 0 draws give no range.

    Parameters
    ----------
    importer : whose imports are shown; empty for the whole answer
    view : what else is read out of each answer, instead of an importer's part; a function of a module, because its
        ranges are found again by the function itself
    progress : called with draws done and all draws after each block of them
    """
    if scenario.draws:
        return with_ranges(ranges(scenario, importer, view=view, progress=progress))
    return _seen(central(scenario), importer, view)


def ranges(
    scenario: Scenario, importer: str = "", *, view: View | None = None, progress: Progress | None = None
) -> Ranges:
    """The draws behind a range; parameters as for `with_range`."""
    kept = _kept_ranges(scenario.dataset)
    key = (scenario_to_toml(scenario), importer, view)
    seen = partial(_seen, importer=importer, view=view) if importer or view else None

    def draw() -> Ranges:
        told = giving_way(progress)
        return run_draws(scenario, dataset(scenario.dataset), view=seen, central=central(scenario), progress=told)

    # not a cached function, because what shows the progress could not be drawn from inside one
    return kept_or_drawn(kept, key, draw)


def kept_or_drawn(kept: Latest[K, V], key: K, draw: Callable[[], V]) -> V:
    """What is kept by a key; else it is drawn when its turn comes, and kept."""
    if (found := kept.find(key)) is not None:
        return found
    with turns().draws():
        found = kept.find(key)  # somebody else may have asked the same just before
        if found is None:
            found = draw()
            kept.hold(key, found)
        return found


def giving_way(progress: Progress | None) -> Progress:
    """What to call after each block of draws: it ends draws nobody waits for, and lets headlines go first."""

    def told(done: int, of_all: int) -> None:
        turns().give_way(Part.BEGUN_DRAWS)
        if progress is not None:
            progress(done, of_all)

    return told


@kept_by_dataset()
def _kept_ranges(name: str) -> Latest[tuple[str, str, View | None], Ranges]:
    """The last ranges on a dataset, by scenario, importer and view."""
    return Latest(most=MOST_RANGES)


def _seen(result: Result, importer: str, view: View | None) -> Result:
    if view:
        return view(result)
    return of_importer(result, importer) if importer else result


# The text is the key; the scenario itself, with its schedules, is passed by. A result takes about 20 MB.
@kept_by_dataset(max_entries=3)
def _central(name: str, text: str, _scenario: Scenario) -> Result:
    return point_answer(_scenario, dataset(name))


def on_world(scenario: Scenario) -> OnWorld:
    """A scenario on imports by HS code, carried to the default world data.

    Raises
    ------
    CalcError
        It cannot be carried out, or not be carried to industries.
    """
    return _on_world(scenario.dataset, scenario_to_toml(scenario), scenario)


@kept_by_dataset(max_entries=3)
def _on_world(name: str, text: str, _scenario: Scenario) -> OnWorld:
    return to_world(_scenario, dataset(name), dataset(first_of("world")))


@st.cache_resource
def topology() -> Topology:
    """Shapes of the world's countries."""
    shapes: Topology = json.loads((data_dir() / "countries-110m.json").read_text(encoding="utf-8"))
    return shapes


@st.cache_resource
def us_states() -> Topology:
    """Shapes of the states of the United States by postal code, already projected."""
    shapes: Topology = json.loads((data_dir() / "us-states.json").read_text(encoding="utf-8"))
    return shapes


@st.cache_resource
def preset_scenarios() -> dict[str, Scenario]:
    """The built-in scenarios by name, in order of date, undated ones last."""
    built_in = dataset_names()
    scenarios = {name: read_scenario(path) for name, path in presets().items()}
    scenarios = {
        name: scenario
        for name, scenario in scenarios.items()
        if scenario.dataset in built_in and scenario.model in MODELS
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
        group: f"{named_group(group)} (group)" for group in sorted(groups - set(sellers))
    }


def importer_seen(scenario: Scenario, result: Result) -> str:
    """The importer whose numbers are shown: the one that acts; empty where the data have one, whose the answer is."""
    buyers = importers(scenario.dataset)
    if len(buyers) == 1:
        return ""
    return acting_importer(scenario, result, buyers, otherwise=IMPORTER.value())


@kept_by_dataset()
def importers(name: str) -> list[str]:
    """Economies that buy in a dataset."""
    flows = dataset(name).flows
    return [str(code) for code in flows.economies[flows.buyers]]


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
