"""The house as calc/README.md describes it is the house as it stands."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "calc" / "README.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:[a-z_/]+\.py)|glossary\.csv)`(?: `(\w+)`)?", README)


def names_in(path):
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def test_the_way_of_a_tariff_rate_names_a_function_at_every_step():
    steps = re.findall(r"^\d+\. `([a-z_/]+\.py)` `(\w+)`", README, flags=re.MULTILINE)
    assert len(steps) == 10


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_what_the_description_of_the_house_names_is_there(file, name):
    path = ROOT / file if file.startswith("tests/") or file == "app.py" else ROOT / "calc" / file
    assert path.is_file(), f"calc/README.md speaks of {file}"
    assert not name or name in names_in(path), f"calc/README.md speaks of {name} in {file}"


def test_every_package_has_its_row_in_the_description():
    for folder in sorted(path.parent.name for path in (ROOT / "calc").glob("*/__init__.py")):
        assert f"`{folder}/`" in README, f"calc/README.md has no word on {folder}"


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "calc/README.md"])
def test_links_between_our_own_pages_lead_somewhere(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / file).parent.joinpath(target).exists(), f"{file} links to {target}"
