"""What the page remembers: the last few answers, each by what was asked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from weakref import ref

from calc.datasets.dataset import read_dataset
from calc.page import answers
from calc.page.kept import Drawer, LastUse, Latest


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


def test_what_is_made_of_a_dataset_is_made_once_for_all_who_ask_and_only_the_last_are_kept():
    drawer, made = Drawer(), []

    def ask(key):
        def make():
            made.append(key)
            return key

        return drawer.find_or_make("square", key, make, most=2)

    with ThreadPoolExecutor(8) as tabs:
        assert list(tabs.map(ask, [1] * 50)) == [1] * 50
    assert made == [1]
    for key in (2, 3, 2, 1):
        ask(key)
    assert made == [1, 2, 3, 1]


def test_a_dataset_that_nobody_used_for_an_hour_is_let_go_with_all_that_was_made_of_it(monkeypatch, make_folder):
    now = 0.0
    uses = LastUse(clock=lambda: now)
    monkeypatch.setattr(answers, "_last_use", lambda: uses)
    monkeypatch.setattr(answers, "read_dataset", lambda name: replace(read_dataset(make_folder()), name=name))
    held = {name: ref(answers.dataset(name)) for name in ("idle", "used")}
    made = {name: answers.economy_labels(name) for name in held}
    uses.note(answers.default_dataset())
    now = 3000.0
    answers.dataset("used")
    now = 3700.0
    assert answers.let_go_of_idle_data() == ["idle"]
    assert {name: found() is None for name, found in held.items()} == {"idle": True, "used": False}
    assert answers.economy_labels("used") is made["used"]
    assert answers.economy_labels("idle") is not made["idle"]
    now = 1e6
    assert sorted(answers.let_go_of_idle_data()) == ["idle", "used"]  # the one that the page opens with stays
