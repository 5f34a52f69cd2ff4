"""Who computes first when several visitors ask at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread, current_thread

import pytest

from calc.page import answers, turns
from calc.page.kept import Latest
from calc.page.turns import Part, Turns, Waiting


class MovedOn(BaseException):
    """What Streamlit raises."""


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


NOW = 100.0
IN_ORDER = (
    Waiting(part=Part.HEADLINE, since=NOW - 2.0),
    Waiting(part=Part.HEADLINE, since=NOW - 1.0),
    Waiting(part=Part.BEGUN_DRAWS, since=NOW - 2.5),
    Waiting(part=Part.DRAWS, since=NOW - 8.0),
    Waiting(part=Part.PAGE, since=NOW - 4.0),
    Waiting(part=Part.PAGE, since=NOW - 1.0),
    Waiting(part=Part.PAGE, since=NOW - 2.0),
    Waiting(part=Part.DRAWS, since=NOW - 0.5),
    Waiting(part=Part.OTHER_MODELS, since=NOW - 0.1),
)


def test_headlines_go_by_age_and_pages_the_newest_first_after_those_whose_visitors_rest():
    mixed = [IN_ORDER[place] for place in (5, 2, 8, 7, 0, 3, 6, 1, 4)]
    assert sorted(mixed, key=lambda each: each.place(NOW)) == list(IN_ORDER)


def test_pages_of_visitors_who_rest_go_on_between_headlines_that_never_end():
    now, order = [NOW], []
    seats = Turns(clock=lambda: now[0])
    for number in range(3):
        seats._waiting[number] = Waiting(part=Part.HEADLINE, since=NOW)
        seats._waiting[10 + number] = Waiting(part=Part.PAGE, since=NOW - 9.0 - number)
    for _ in range(6):
        now[0] += 0.2
        before = set(seats._waiting)
        seats._computing.clear()
        seats._call_next()
        order += before - set(seats._waiting)
    assert order == [12, 0, 11, 1, 10, 2]


def test_one_computes_at_a_time_however_many_ask():
    seats, busy, most = Turns(), [], []

    def visitor(_):
        def compute():
            busy.append(None)
            most.append(len(busy))
            time.sleep(0.002)
            busy.pop()

        with seats.until_headline():
            compute()
            seats.headline_is_out()
            seats.give_way()
            compute()
            with seats.draws():
                compute()
                seats.give_way(Part.BEGUN_DRAWS)
                compute()
            seats.give_way(Part.OTHER_MODELS)
            compute()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(visitor, range(8)))
    assert (max(most), len(most)) == (1, 8 * 5)


def test_a_part_that_computes_for_long_does_not_keep_others_waiting():
    now = [0.0]
    seats = Turns(clock=lambda: now[0])
    with seats.until_headline(), ThreadPoolExecutor(1) as threads:
        now[0] = 1.0
        threads.submit(seats.give_way).result(timeout=5)


def test_whoever_is_alone_does_not_wait():
    seats = Turns()
    with seats.until_headline():
        start = time.perf_counter()
        seats.give_way()
        with seats.draws():
            pass
    assert time.perf_counter() - start < 0.1


def test_what_takes_long_is_made_once_for_all_who_ask_at_the_same_time():
    kept, made = Latest(most=2), []

    def make():
        made.append(None)
        time.sleep(0.05)
        return "answer"

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: answers.kept_or_drawn(kept, "question", make), range(4)))
    assert (found, len(made)) == (["answer"] * 4, 1)


def test_draws_nobody_waits_for_any_more_end_between_two_blocks_and_are_not_kept(monkeypatch):
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
        answers.kept_or_drawn(kept, "question", make)
    assert (blocks, kept.find("question")) == ([0], None)
    looks = iter([False])
    assert answers.kept_or_drawn(kept, "question", lambda: "answer") == "answer"


def test_draws_that_are_called_in_the_moment_they_end_do_not_keep_others_from_drawing(monkeypatch):
    queue, looking, called, drawn = Turns(), Event(), Event(), Event()
    looks = iter([False, True])

    def look():
        if current_thread() is moved_on and next(looks):
            looking.set()
            called.wait(10)
            raise MovedOn

    def draw():
        with suppress(MovedOn), queue.draws():
            drawn.set()

    monkeypatch.setattr(turns, "end_if_moved_on", look)
    moved_on = Thread(target=draw, daemon=True)
    with queue.until_headline():
        moved_on.start()
        assert looking.wait(10)
        queue.headline_is_out()
        called.set()
        moved_on.join(10)
    assert not drawn.is_set()
    Thread(target=draw, daemon=True).start()
    assert drawn.wait(5)
