"""The floors of the design: a module imports only from below."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the ground up. Modules on one row do not import one another; `package.` stands for all modules in it.
FLOORS = (
    ("calc.errors", "calc.glossary"),
    ("calc.tables", "calc.parquet_files"),
    ("calc.table_files", "calc.result", "calc.lookup", "calc.totals"),
    ("calc.effects",),
    ("calc.words",),
    ("calc.number_checks",),
    ("calc.checks",),
    ("calc.elasticity_sets", "calc.flow_tables", "calc.account_tables", "calc.dataset_about"),
    ("calc.dataset_tables",),
    ("calc.dataset", "calc.upload_choices", "calc.archives"),
    ("calc.ces", "calc.welfare", "calc.solve", "calc.tariff_record"),
    ("calc.tariff_lines", "calc.timeline_files"),
    ("calc.calendar",),
    ("calc.effective_rates", "calc.tariffs", "calc.world"),
    ("calc.draws", "calc.market_groups"),
    ("calc.equilibrium", "calc.fixed_export_costs", "calc.world_prices"),
    ("calc.one_sector", "calc.decomposition"),
    ("calc.readers.world_table",),
    ("calc.models", "calc.models.", "calc.readers", "calc.readers."),
    ("calc.scenario_text",),
    ("calc.models.armington_draws",),
    ("calc.scenario",),
    ("calc.simulation",),
    ("calc.draw_answers",),
    ("calc.uncertainty", "calc.timeline"),
    ("calc.assumption_ranges", "calc.sweep"),
    ("calc.goal", "calc.sensitivity"),
    ("calc.compare",),
    ("calc.published", "calc.published.cells", "calc.published.inputs"),
    ("calc.published.",),
    ("calc.published.comparison",),
    ("calc.dataset_files", "calc.model_facts"),
    ("calc.report", "calc.charts", "calc.trace"),
    ("calc.reproduce",),
    ("calc.range_charts", "calc.compare_charts", "calc.compare_report"),
    ("calc.sensitivity_charts", "calc.sensitivity_report", "calc.authority_charts", "calc.timeline_report"),
    ("calc.timeline_charts",),
    ("calc.uploads", "calc.upload_templates"),
    ("calc.page", "calc.page.hs_names", "calc.page.link", "calc.page.tables", "calc.page.text"),
    ("calc.page.economies", "calc.page.importers", "calc.page.models", "calc.page.pin_link"),
    ("calc.page.method_choices", "calc.page.sensitivity_choices"),
    ("calc.page.answers", "calc.page.compared"),
    ("calc.page.details", "calc.page.heading", "calc.page.policy", "calc.page.timeline_answers"),
    ("calc.page.sensitivity_answers", "calc.page.state"),
    ("calc.page.",),
    ("calc.page.sensitivity_details",),
    ("calc.page.sensitivity",),
    (
        "calc.page.compare",
        "calc.page.controls",
        "calc.page.data_method",
        "calc.page.timeline",
        "calc.page.what_if",
        "calc.page.world",
    ),
    ("calc.cli", "app"),
    ("calc.__main__", "calc"),
)


def floor_of(module):
    for level, names in enumerate(FLOORS):
        if module in names:
            return level
    for level, names in enumerate(FLOORS):
        if any(name.endswith(".") and module.startswith(name) for name in names):
            return level
    return None


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in [ROOT / "app.py", *sorted((ROOT / "calc").rglob("*.py"))]}


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_lower_floors(module):
    if not MODULES[module].read_text(encoding="utf-8").strip():
        return
    level = floor_of(module)
    assert level is not None, f"{module} stands on no floor; give it one in FLOORS"
    for name in imports_of(MODULES[module]):
        if name.split(".")[0] in ("calc", "app"):
            assert floor_of(name) < level, f"{module} imports {name}, which is not below it"
