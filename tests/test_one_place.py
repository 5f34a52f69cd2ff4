"""One fact, one place: what stands in a record of its own is written nowhere else."""

import ast
import re
from pathlib import Path

import pytest

from calc.datasets.dataset import dataset_names
from calc.models.known import MODELS

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "app.py", *sorted((ROOT / "calc").rglob("*.py"))]


def texts_of(path):
    """Texts of a file with their lines; docstrings, other texts that stand by themselves and presets are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    # a scenario may bear the name of the model or dataset that it is about
    left_out |= {
        id(node.slice)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "presets()"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.lineno, node.value


def named_in(texts, names):
    """Lines whose text has one of the names as a word of its own."""
    word = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    return [f"line {line}: {text}" for line, text in texts if word.search(text)]


def test_a_name_is_found_as_a_word_and_not_as_a_part_of_another():
    assert named_in([(1, "armington"), (2, "choose smart, or")], MODELS) == [
        "line 1: armington",
        "line 2: choose smart, or",
    ]
    assert not named_in([(1, "armington_elasticity"), (2, "smarter"), (3, "2025_liberation_day")], MODELS)


# --- models: the record at the foot of the model's own file

# Words that people write above a column of elasticities, not the model.
HEADINGS = ROOT / "calc" / "datasets" / "uploads" / "choices.py"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_model_is_named_outside_the_models(path):
    if path.is_relative_to(ROOT / "calc" / "models") or path == HEADINGS:
        return
    assert not named_in(texts_of(path), MODELS)


# --- datasets: the dataset.toml in the folder of each


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_dataset_is_named_in_the_code(path):
    assert not named_in(texts_of(path), dataset_names())
