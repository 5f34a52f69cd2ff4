"""Python, the command line and the page's Export button: one question, the same bytes of CSV."""

import io
import zipfile

import pytest
from pages import choose_preset, open_view

import calc
from calc.cli import main
from calc.page import export as export_button
from calc.reports.report import bundle

# Points and a schedule; tests of World do the same where incomes move.
PRESETS = {
    "truce_lapses": "What-if",
    "april_2_2025_schedule": "What-if",
}
TEXTS = ("scenario.toml", "README.txt")


def tables(files):
    return {name: content for name, content in files.items() if name.endswith(".csv") and name != "rates.csv"}


@pytest.fixture
def exported(monkeypatch):
    """What the Export button of a view on a preset hands out."""

    def export(view, preset):
        found = {}

        def keep(label, content, name, key, *_, **__):
            found[key] = content

        monkeypatch.setattr(export_button, "download", keep)
        page = open_view(view)
        choose_preset(page, preset)
        assert not page.exception
        with zipfile.ZipFile(io.BytesIO(found["export"]())) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    return export


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_name_path_command_line_and_export_button_give_the_same_tables(preset, exported, tmp_path):
    by_name = bundle(calc.run(preset))
    assert {"summary.csv", "lines.csv", "uncertainty.csv"} <= set(tables(by_name))
    assert tables(bundle(calc.run(calc.presets()[preset]))) == tables(by_name)
    assert main(["run", preset, "--out", str(tmp_path / "out")]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert tables(written) == tables(by_name)
    of_page = exported(PRESETS[preset], preset)
    assert tables(of_page) == tables(by_name)
    assert [of_page[name] for name in TEXTS] == [written[name] for name in TEXTS]


def test_the_dataset_that_is_given_stands_in_every_report(make_folder, tmp_path):
    folder = str(make_folder())
    assert main(["run", "truce_lapses", "--data", folder, "--set", "draws=20", "--out", str(tmp_path / "out")]) == 0
    ours = bundle(calc.run("truce_lapses", folder, draws=20))
    for name in set(ours) - {"MANIFEST.json"}:
        assert (tmp_path / "out" / name).read_bytes() == ours[name], name
    assert f'dataset = "{folder}"'.encode() in ours["scenario.toml"]
    assert b"Small world" in ours["README.txt"]


def test_another_built_in_dataset_is_named_in_its_report():
    result = calc.run(calc.Scenario(title="Nothing", draws=0), "china-2017")
    assert result.inputs.dataset == "china-2017"
    assert 'dataset = "china-2017"' in result.inputs.scenario_toml


def test_the_public_names_are_there_and_in_order():
    assert list(calc.__all__) == sorted(calc.__all__)
    assert all(hasattr(calc, name) for name in calc.__all__)
    for name in ("run", "sweep", "compare", "rates_on", "effective_rate", "convert", "published_cells"):
        assert callable(getattr(calc, name))
