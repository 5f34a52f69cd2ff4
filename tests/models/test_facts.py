"""Models as documents: each has equations, references and limits; docstrings fall into words and equations."""

import pytest

from calc.models.facts import Block, blocks
from calc.models.known import MODELS


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
    assert blocks(documented.__doc__) == (
        Block(text="A first line.", equations=False),
        Block(text="Words that go on and on:", equations=False),
        Block(text="a = b\n  + c", equations=True),
        Block(text="and end.", equations=False),
    )


def test_a_docstring_that_python_dropped_gives_nothing():
    assert blocks(None) == ()


@pytest.mark.parametrize("facts", MODELS.values())
def test_every_model_shows_equations_references_and_limits(facts):
    equations = [block.text for document in facts.documents.values() for block in blocks(document) if block.equations]
    assert equations
    assert all("=" in text for text in equations)
    assert facts.references
    assert facts.limits
