"""How the tool is cited: one file, read wherever the citation is shown."""

import tomllib
from pathlib import Path

import pytest

from calc.errors import DataError
from calc.reports.citation import citation, parse_citation

ROOT = Path(__file__).parents[2]
FILE = (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_citation_names_authors_year_title_and_version():
    found = citation()
    assert str(found) == (
        f"The tariff-impact authors ({found.released[:4]}). Tariff-impact calculator, version {found.version} (MIT)."
    )


def test_the_citation_the_package_and_the_change_log_are_of_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation().version == project["version"]
    assert citation().license == project["license"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_wheel_brings_the_citation_and_the_types_but_no_pictures():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert wheel["force-include"]["CITATION.cff"] == "calc/CITATION.cff"
    assert wheel["exclude"] == ["calc/page/pictures"]
    assert (ROOT / "calc" / "py.typed").is_file()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('title: "Tariff-impact calculator"', "title: Tariff-impact calculator", "line 4: write a key, a colon"),
        ('version: "0.1.0"\n', "", "has no version"),
        ('  - name: "The tariff-impact authors"', "", "has no name"),
    ],
)
def test_a_citation_that_cannot_be_read_says_which_line(old, new, words):
    assert old in FILE
    with pytest.raises(DataError, match=words):
        parse_citation(FILE.replace(old, new))
