"""The rooms of `calc`: imports go down the list of packages, and inside a package they never go round in a circle."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the ground up. A row may import from itself and from the rows above it in this list; a new file needs no row.
ROOMS = (
    ("calc.errors", "calc.glossary", "calc.values"),
    ("calc.flows", "calc.result"),
    ("calc.words",),
    ("calc.files",),
    ("calc.datasets",),
    ("calc.tariffs",),
    ("calc.assumptions",),
    ("calc.models",),
    ("calc.scenario", "calc.scenario_file"),
    ("calc.in_words",),
    ("calc.question",),
    ("calc.analysis",),
    ("calc.published", "calc.charts", "calc.reports"),
    ("calc.simulation", "calc.games"),
    ("calc.page",),
    ("calc.commands",),
    ("calc.cli", "app"),
    ("calc.__main__", "calc"),
    ("calc.examples", "calc.benchmarks"),
)
# Imported inside a method, when it is called: a result saves itself and says itself in words, and both stand above it.
LATE = {("calc.result", "calc.reports.report"), ("calc.result", "calc.words")}
MOST_SIDE_BY_SIDE = 15


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in [ROOT / "app.py", *sorted((ROOT / "calc").rglob("*.py"))]}


def room_of(module):
    """Number of the row on which a module stands, by the longest name in `ROOMS` that it begins with."""
    rows = {name: number for number, names in enumerate(ROOMS) for name in names}
    while module not in rows:
        assert "." in module, f"{module} stands in no room; give its package a row in ROOMS"
        module = module.rpartition(".")[0]
    return rows[module]


def imports_of(module):
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in inner]
        else:
            continue
        yield from (name for name in names if name in MODULES and (module, name) not in LATE)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_its_own_room_and_those_below(module):
    if module not in ("calc", "calc.__main__") and not module.startswith("calc.examples."):
        assert "calc" not in imports_of(module), f"{module} imports the whole package"
    for name in imports_of(module):
        assert room_of(name) <= room_of(module), f"{module} imports {name}, which is not below it"


def test_imports_never_go_round_in_a_circle():
    graph = {module: set(imports_of(module)) for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import one another: {' -> '.join(error.args[1])}")


def test_the_frame_of_the_page_imports_no_view():
    views = {path.parent.name for path in (ROOT / "calc" / "page").glob("*/view.py")}
    assert len(views) >= 6
    found = {
        (module, name)
        for module in MODULES
        if module.startswith("calc.page.") and module.split(".")[2] not in views
        for name in imports_of(module)
        if any(name.startswith(f"calc.page.{view}") for view in views)
    }
    assert not found


def test_the_package_itself_is_small_enough_to_be_seen_at_once():
    side_by_side = [name for name in MODULES if name.startswith("calc.") and MODULES[name].parent == ROOT / "calc"]
    assert len(side_by_side) <= MOST_SIDE_BY_SIDE


def test_no_module_at_the_top_has_the_name_of_one_of_the_standard_library():
    tops = {path.stem for path in (ROOT / "calc").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert not (tops - {"__init__", "__main__", "__pycache__"}) & sys.stdlib_module_names


def test_pandas_can_be_imported_from_inside_the_package_folder():
    command = [sys.executable, "-W", "error", "-c", "import pandas"]
    done = subprocess.run(command, cwd=ROOT / "calc", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
