"""Names of goods and economies in sentences."""

import pandas as pd
import pytest

from calc.datasets.goods_names import goods_in_words
from calc.datasets.in_sentences import in_sentence

NO_INDUSTRIES = pd.DataFrame({"product": pd.Series(dtype=str), "description": pd.Series(dtype=str)})


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        (["8703"], ["cars"]),
        (["8541", "8542"], ["chips"]),
        (["8542", "8541"], ["integrated circuits", "semiconductor devices"]),
        (["870380"], ["cars (870380)"]),
        (["72"], ["iron and steel (72)"]),
        (["72", "73", "0901"], ["steel", "coffee"]),
        (["09"], ["coffee, tea and spices (09)"]),
        (["list:rare-earths"], ["rare earths"]),
        (["list:annex-ii-2025-04-02"], ["goods of annex II of 2 april 2025"]),
        (["list:mine"], ["the list mine"]),
        (["section:XVI"], ["section XVI"]),
        (["kind:services"], ["services"]),
        (["A01"], ["products A01"]),
    ],
)
def test_goods_are_named_as_people_say_them(selectors, words):
    assert goods_in_words(selectors, NO_INDUSTRIES) == words


def test_industries_are_named_as_the_dataset_names_them():
    industries = pd.DataFrame({"product": ["c13"], "description": ["Machinery nec"], "short_name": ["Machinery"]})
    assert goods_in_words(["c13"], industries) == ["machinery"]


def test_some_economies_have_an_article_in_a_sentence():
    assert [in_sentence(code, name) for code, name in (("USA", "United States"), ("CHN", "China"))] == [
        "the United States",
        "China",
    ]
    assert in_sentence("EU27") == "the EU"
    assert in_sentence("ASEAN") == "ASEAN"
