"""What is kept with a thing, and let go with it."""

import gc
from weakref import ref

from calc.files.kept_with import kept_with_first


class Thing:
    """Something that answers are about."""


def test_an_answer_is_found_once_for_each_thing_and_question():
    asked = []

    @kept_with_first(most=1)
    def answer(thing, question):
        asked.append((thing, question))
        return [question]

    one, other = Thing(), Thing()
    assert answer(one, "a") is answer(one, "a")
    assert answer(other, "a") is not answer(one, "a")
    assert asked == [(one, "a"), (other, "a")]
    answer(one, "b")
    answer(one, "a")
    assert [question for thing, question in asked if thing is one] == ["a", "b", "a"], "only the last one is kept"


def test_answers_go_when_their_thing_goes():
    kept = kept_with_first(most=2)(lambda thing, question: Thing())
    thing = Thing()
    answer = ref(kept(thing, "a"))
    assert answer() is not None
    del thing
    gc.collect()
    assert answer() is None
