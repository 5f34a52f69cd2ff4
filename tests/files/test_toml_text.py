"""TOML of a shape that would keep the parser busy for minutes is refused at once, with its place."""

import tomllib
from time import perf_counter

import pytest

from calc.datasets.dataset import check_dataset
from calc.errors import ScenarioError
from calc.files.toml_text import parse_toml
from calc.scenario_file import read_scenario, scenario_from_toml

MANY = 100_000
ENDLESS = {
    "bare": ".".join("a" * MANY) + " = 1",
    "in quotation marks": ".".join(["'a'"] * MANY) + " = 1",
    "with blanks": " . ".join("a" * MANY) + " = 1",
    "in a header": "[" + ".".join("a" * MANY) + "]",
    "in a table on one line": "x = {" + ".".join("a" * MANY) + " = 1}",
    "a short one on each line": "\n".join(f"k{number}.x.y.z = 1" for number in range(MANY)),
    "in one table": "x = {" + ", ".join(f"k{number}.x = 1" for number in range(MANY)) + "}",
    "headers": "\n".join(f"[k{number}.x.y]" for number in range(MANY)),
    "numbers in a list": "x = [" + "1," * 3 * MANY + "]",
    "nothing but lines": "\n" * 3 * MANY,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_endless_keys_and_lists_are_refused_in_less_than_a_second(text):
    begun = perf_counter()
    with pytest.raises(tomllib.TOMLDecodeError, match=r"more than [\d,]+ .*\(at line \d+, column \d+\)"):
        parse_toml(text)
    assert perf_counter() - begun < 1


@pytest.mark.parametrize("file", ["dataset.toml", "scenario.toml"])
def test_both_files_of_ours_refuse_an_endless_key_in_their_own_words(file, make_folder):
    folder = make_folder({file: ENDLESS["bare"]})
    if file == "dataset.toml":
        assert check_dataset(folder)[0].text.startswith("dataset.toml, line 1: it is not TOML: a key of more than 20")
    else:
        with pytest.raises(ScenarioError, match=r"scenario.toml is not valid TOML: a key of more than 20 parts"):
            read_scenario(folder / file)


def test_a_file_of_thousands_of_unknown_keys_lists_the_first(make_folder):
    keys = "\n".join(f"k{number} = 1" for number in range(15_000))
    begun = perf_counter()
    problems = check_dataset(make_folder({"dataset.toml": keys}))
    assert perf_counter() - begun < 3
    assert 10 < len(problems) < 100


def test_words_with_points_numbers_and_lists_of_any_likely_length_are_read():
    text = 'title = "U.S.A. v. P.R.C. 1.2.3.4.5.6.7"\nnotes = ["a. b. c.", "..............."]\n'
    codes = ", ".join(f'"{number:06d}"' for number in range(6_000))
    assert parse_toml(f"{text}codes = [{codes}]\nx.y.z = 1.5\n")["x"] == {"y": {"z": 1.5}}


def test_ten_thousand_rules_are_read_in_seconds_each_with_its_line(tmp_path):
    begun = perf_counter()
    scenario = scenario_from_toml(("\n" * 10 + "[[rule]]\nvalue_pct = 1\n") * 10_000, folder=tmp_path)
    assert scenario.rules[-1].line == 9_999 * 12 + 11
    assert perf_counter() - begun < 5
