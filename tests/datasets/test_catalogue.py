"""The built-in datasets by what their dataset.toml says of them."""

import shutil

import pytest

from calc.datasets import catalogue, dataset
from calc.datasets.catalogue import default_dataset, known_economies, serving, such_as, the_one_serving
from calc.datasets.dataset import data_dir, dataset_names, read_dataset
from calc.errors import DataError
from calc.scenario import Scenario

ABOUT = 'title = "{0}"\nyear = 2024\nvaluation = "customs"\nkind = "{1}"\n'


@pytest.fixture
def data(tmp_path, monkeypatch):
    """An empty data folder in place of the built-in one; `put(name, text)` adds a dataset.toml."""
    for module in (catalogue, dataset):
        monkeypatch.setattr(module, "data_dir", lambda: tmp_path)

    def put(name, text="", kind="imports"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "dataset.toml").write_text(ABOUT.format(name, kind) + text, encoding="utf-8")
        return tmp_path / name

    return put


def test_datasets_come_in_their_order_and_those_without_come_last_by_name(data):
    data("a")
    data("b", "order = 2\n")
    data("c", "order = 1\n")
    data("0")
    assert dataset_names() == ("c", "b", "0", "a")
    assert default_dataset() == "c"


def test_a_dataset_toml_is_read_again_when_it_has_changed(data):
    data("a", "order = 1\n")
    data("b", "order = 2\n")
    data("a", "order = 33\n")
    assert dataset_names() == ("b", "a")


def test_a_dataset_toml_that_is_not_sound_stops_no_other_dataset(data):
    data("a", 'serves = ["names"]\n')
    (data("b") / "dataset.toml").write_text("order = first", encoding="utf-8")
    assert dataset_names() == ("a", "b")
    assert serving("names") == ("a",)


def test_the_first_in_order_serves_a_purpose_and_a_missing_one_is_told_with_its_remedy(data):
    data("a", 'order = 2\nserves = ["averages:USA", "template"]\n')
    data("b", 'order = 1\nserves = ["averages:USA"]\n')
    data("c", 'order = 3\nserves = ["averages:CHN"]\n')
    assert the_one_serving("averages:USA") == "b"
    assert serving("averages:") == ("b", "a", "c")
    with pytest.raises(DataError, match=r"serves = \[.fine-lines:USA.\] \(that economy's duties .*Add it to a dataset"):
        the_one_serving("fine-lines:USA")


def test_the_example_of_a_kind_is_left_out_where_there_is_none(data):
    data("a")
    assert (such_as("imports"), such_as("world")) == (", such as a", "")


def test_without_data_there_is_no_default_dataset_and_the_remedy_is_told(data):
    with pytest.raises(DataError, match=r"no built-in dataset in .* Install the package again"):
        default_dataset()


def test_known_economies_are_those_of_the_datasets_that_serve_names(data):
    shutil.copy(data_dir() / "china-2017" / "countries.csv", data("a", 'serves = "names"\n'))
    data("b")
    assert set(known_economies()["economy"]) == {"CHN", "USA"}


def test_every_built_in_dataset_says_its_place_and_what_its_rates_are():
    abouts = dataset.abouts()
    assert tuple(abouts) == dataset_names()
    orders = [about.order for about in abouts.values()]
    assert orders == sorted(set(orders))
    assert all(about.rates for about in abouts.values())
    assert read_dataset("pairs-2023").rates == "none"


def test_a_scenario_that_names_no_dataset_is_of_the_default_one():
    assert Scenario().dataset == default_dataset() == "us-2024"
