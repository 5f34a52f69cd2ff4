"""Who computes first when several visitors ask at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from calc.page import answers, turns
from calc.page.kept import Latest
from calc.page.turns import Turns


def test_what_follows_a_headline_lets_headlines_of_others_go_first():
    seats, other_waits, done = Turns(), Event(), []

    def other():
        with seats.until_headline():
            other_waits.set()
            time.sleep(0.1)
            done.append("headline")

    with ThreadPoolExecutor(1) as threads:
        threads.submit(other)
        other_waits.wait()
        seats.give_way()
        done.append("rest")
    assert done == ["headline", "rest"]


def test_whoever_is_alone_does_not_wait():
    seats = Turns()
    with seats.until_headline():
        start = time.perf_counter()
        seats.give_way()
        with seats.one_at_a_time():
            pass
    assert time.perf_counter() - start < 0.1


def test_what_takes_long_is_made_once_for_all_who_ask_at_the_same_time():
    kept, made = Latest(most=2), []

    def make():
        made.append(None)
        time.sleep(0.05)
        return "answer"

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: answers.kept_or_made(kept, "question", make), range(4)))
    assert (found, len(made)) == (["answer"] * 4, 1)


def test_draws_nobody_waits_for_any_more_end_between_two_blocks_and_are_not_kept(monkeypatch):
    class MovedOn(BaseException):
        """What Streamlit raises."""

    looks = iter([False, False, True])

    def look():
        if next(looks):
            raise MovedOn

    monkeypatch.setattr(turns, "end_if_moved_on", look)
    kept, blocks = Latest(most=2), []

    def make():
        told = answers.giving_way(lambda done, of_all: blocks.append(done))
        for block in range(4):
            told(block, 4)

    with pytest.raises(MovedOn):
        answers.kept_or_made(kept, "question", make)
    assert (blocks, kept.find("question")) == ([0], None)
    looks = iter([False])
    assert answers.kept_or_made(kept, "question", lambda: "answer") == "answer"
