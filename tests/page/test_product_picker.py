"""Products by word or code in the page's picker."""

import pytest
from pages import open_policy

from calc.datasets.dataset import dataset_names
from calc.errors import ScenarioError
from calc.page import answers
from calc.page.sidebar.product_search import label_of, offered, search, understood

MOST_SENT = 60_000  # bytes; with every code it was 521 KB


def bytes_sent(options):
    return sum(len(words.encode()) + 2 for words in options)


@pytest.mark.parametrize("name", ["us-2024", "world-2023"])
def test_the_picker_sends_few_products(name):
    assert bytes_sent(offered(name).values()) < MOST_SENT


@pytest.mark.slow
def test_every_datasets_list_is_short():
    assert all(bytes_sent(offered(name).values()) < MOST_SENT for name in dataset_names())


def test_a_word_a_code_and_a_list_become_selectors():
    data = answers.dataset("us-2024")
    assert understood("chips", data) == ("8541", "8542")
    assert understood("cars and coffee", data) == ("8703", "0901")
    assert understood("8507.60, 85 05", data) == ("850760", "8505")
    assert understood("list:rare-earths", data) == ("list:rare-earths",)
    assert label_of("8703", data) == "8703 · Cars"


@pytest.mark.parametrize(
    ("text", "words"), [("oil", "crude oil"), ("sombrero", "'sombrero'"), ("99999999", "matches 99999999")]
)
def test_a_word_that_is_unknown_or_open_is_named(text, words):
    with pytest.raises(ScenarioError, match=words):
        understood(text, answers.dataset("us-2024"))


def test_words_of_a_single_product_are_found_by_its_description():
    data = answers.dataset("us-2024")
    assert "decaffeinated" not in " ".join(offered("us-2024").values())
    assert list(search("decaffeinated coffee", data)) == ["090111", "090112", "090121", "090122"]


def test_a_typed_word_is_taken_as_its_codes_and_an_unknown_one_offers_what_holds_it():
    page = open_policy()
    products = page.multiselect(key="products")
    page = products.set_value(["chips"]).run()
    assert page.session_state["products"] == ["8541", "8542"]
    assert bytes_sent(page.multiselect(key="products").options) < MOST_SENT
    page = page.multiselect(key="products").set_value(["8541", "8542", "decaffeinated"]).run()
    assert page.session_state["products"] == ["8541", "8542"]
    page = page.button(key="products_add_090112").click().run()
    assert page.session_state["products"] == ["8541", "8542", "090112"]
    page = page.multiselect(key="products").set_value(["8541", "sombrero"]).run()
    assert any("sombrero" in warning.value for warning in page.warning)
