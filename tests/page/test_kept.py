"""What the page remembers: the last few answers, each by what was asked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from calc.page import answers
from calc.page.kept import Latest


def test_the_value_used_longest_ago_is_let_go():
    kept = Latest(most=2)
    kept.hold("a", 1)
    kept.hold("b", 2)
    assert kept.find("a") == 1
    kept.hold("c", 3)
    assert (kept.find("a"), kept.find("b"), kept.find("c")) == (1, None, 3)


def test_many_tabs_at_once_never_hold_more_than_may_be_held():
    kept = Latest(most=3)

    def visit(number):
        kept.hold(number % 7, number)
        return kept.find(number % 5)

    with ThreadPoolExecutor(8) as tabs:
        list(tabs.map(visit, range(2000)))
    assert sum(kept.find(key) is not None for key in range(7)) == 3


def test_two_views_of_one_answer_have_ranges_of_their_own():
    scenario = replace(answers.preset_scenarios()["truce_lapses"], model="smart", draws=20)
    name = "import_value_change"

    def of(result, factor):
        summary = result.summary
        return replace(result, summary=summary.assign(value=summary["value"] * factor))

    once = answers.ranges(scenario, view=lambda result: of(result, 1.0))
    twice = answers.ranges(scenario, view=lambda result: of(result, 2.0))
    assert (twice.values[name] == 2 * once.values[name]).all()
