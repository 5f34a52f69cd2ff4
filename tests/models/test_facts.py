"""Models as documents: each has equations, references and limits; docstrings fall into words and equations."""

import pytest

from calc.models.facts import FACTS, Block, blocks
from calc.page.models import WORDS
from calc.question import MODELS


def documented():
    """A first line.

    Words that go on
    and on:

        a = b
          + c
    and end.

    Parameters
    ----------
    x : not shown
    """


def test_a_docstring_falls_into_words_and_equations_up_to_its_parameters():
    assert blocks(documented) == (
        Block(text="A first line.", equations=False),
        Block(text="Words that go on and on:", equations=False),
        Block(text="a = b\n  + c", equations=True),
        Block(text="and end.", equations=False),
    )


def test_a_docstring_that_python_dropped_gives_nothing():
    assert blocks(lambda: None) == ()


def test_every_model_has_facts_and_words():
    assert set(FACTS) == set(MODELS) == set(WORDS)


@pytest.mark.parametrize("model", FACTS)
def test_every_model_shows_equations_references_and_limits(model):
    facts = FACTS[model]
    equations = [block.text for document in facts.documents.values() for block in blocks(document) if block.equations]
    assert equations
    assert all("=" in text for text in equations)
    assert facts.references
    assert facts.limits
