"""Twenty and fifty people at once on one server: `pytest -m benchmark --benchmark-only -s tests/page/test_crowd.py`.

Each carries all controls of a page, as a browser does, and moves the slider for exporters that nobody else asks about.
What is tested: everybody is answered with their own number, to the last word of the headline. What is measured: the
time from a move to its headline, how many moves bring cards and a whole page before the next one, processor time a
move, and memory; the targets on two quiet cores are 2.0 s at the 95th percentile for twenty people, and 8 s within
1.2 GB for fifty.
"""

import asyncio
import os
import sys
import time
from dataclasses import dataclass

import numpy as np
import pytest
from visitors import PATIENCE, Screen, answer, ask, served, visit

from calc.page.text import plain
from calc.question import point_answer
from calc.scenario import Scenario
from calc.tariffs.law import latest_day
from calc.tariffs.rules import Rule
from calc.words import headline, unbroken

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]
SECONDS = 60
EVERY = 3.0  # seconds between two moves of a person
READING = 0.5  # seconds for a headline, before a person moves again
ROUND = 190  # moves before a person's values come again
STEADY_MOVES = 300
GROWTH = 60 * 2**20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move: exporter and points asked for, headline got, seconds to it, to the cards and to the end, or NaN."""

    exporter: str
    points: float
    words: str
    seconds: float
    cards: float
    whole: float


def points_of(move):
    """Where a person puts the slider: 1 to 95.5 points."""
    return 1.0 + 0.5 * (7 * move % ROUND)


def exporters_of(number, people, sellers):
    """The exporters a person asks about in turn, never those of anybody else."""
    mine = sellers[number : 3 * people : people]
    assert len(mine) == 3
    return mine


async def person(number, people, address, names, *, seconds=SECONDS, every=EVERY, moves=10_000):
    """The moves of one person until the time is up, each ending what the one before still computes.

    The exporter changes at every fourth move. Without a pause, every move is waited for to its end.
    """
    mine = exporters_of(number, people, list(names))
    async with visit(address) as socket:
        first = await answer(socket, Screen(), await ask(socket, Screen()))
        screen, found = first.screen, []
        await asyncio.sleep(every * number / people)  # people do not move in step
        until = time.perf_counter() + seconds
        while time.perf_counter() < until and len(found) < moves:
            exporter, points = mine[len(found) // 4 % len(mine)], points_of(len(found))
            screen = screen.chosen(names[exporter]).moved(points)
            sent = await ask(socket, screen)
            got = await answer(socket, screen, sent, until=sent + every if every else None, reading=READING)
            screen = got.screen
            found.append(
                Move(
                    exporter=exporter,
                    points=points,
                    words=got.words,
                    seconds=got.seconds,
                    cards=got.cards,
                    whole=got.whole,
                )
            )
            await asyncio.sleep(max(0.0, every - (time.perf_counter() - sent)))  # the run was quicker
    return first.seconds, found


async def crowd(people, address, names):
    """Everybody's moves."""
    async with asyncio.timeout(SECONDS + 4 * PATIENCE):
        return await asyncio.gather(*(person(number, people, address, names) for number in range(people)))


def names_of(data):
    """Exporters by code, those with the most imports first, as the control names them."""
    flows = data.flows
    value = np.bincount(flows.exporter, flows.import_value, minlength=len(flows.economies))
    known = dict(zip(data.countries["economy"], data.countries["name"], strict=True))
    codes = [str(code) for code in flows.economies[np.argsort(-value)] if code in known]
    return {code: known[code] for code in codes}


def expected(exporter, points, data):
    """The headline that a move must bring, computed here."""
    rule = Rule(importer=("USA",), exporters=(exporter,), value_pct=points)
    result = point_answer(Scenario(rules=(rule,), baseline=latest_day()), data)
    return unbroken(plain(headline(result, goods_hit=result.goods_hit_alone)))


def say(figures, benchmark):
    benchmark.extra_info.update(figures)
    sys.stdout.write(f"\n{figures}\n")


@pytest.mark.parametrize("people", [20, 50])
def test_many_people_at_once_each_get_their_own_answer(people, benchmark, us_2024):
    names = names_of(us_2024)
    with served() as page:
        before = page.processor()
        found = benchmark.pedantic(lambda: asyncio.run(crowd(people, page.address, names)), rounds=1)
        used, peak = page.processor() - before, page.memory("VmHWM")
    moves = [move for _, made in found for move in made]
    assert min(len(made) for _, made in found) > 0
    seconds = np.array([move.seconds for move in moves])
    figures = {
        "people": people,
        "moves": len(moves),
        "median_s": round(float(np.median(seconds)), 2),
        "p95_s": round(float(np.quantile(seconds, 0.95)), 2),
        "with_cards": round(float(np.mean([move.cards > 0 for move in moves])), 2),
        "drawn_to_the_end": round(float(np.mean([move.whole > 0 for move in moves])), 2),
        "first_visit_median_s": round(float(np.median([first for first, _ in found])), 2),
        "processor_s_a_move": round(used / len(moves), 2),
        "peak_mb": round(peak / 2**20),
        "load": round(os.getloadavg()[0], 1),
    }
    say(figures, benchmark)
    wrong = [move for move in moves if move.words != expected(move.exporter, move.points, us_2024)]
    assert not wrong


def test_many_moves_of_one_person_leave_the_server_as_large_as_before(benchmark, us_2024):
    names = names_of(us_2024)

    def moved(page, moves):
        return asyncio.run(person(0, 20, page.address, names, every=0.0, seconds=10 * SECONDS, moves=moves))

    with served() as page:
        moved(page, 40)  # what is kept is full
        before = page.memory()
        benchmark.pedantic(lambda: moved(page, STEADY_MOVES), rounds=1)
        after = page.memory()
    say({"moves": STEADY_MOVES, "growth_mb": round((after - before) / 2**20), "memory_mb": after // 2**20}, benchmark)
    assert after - before < GROWTH
