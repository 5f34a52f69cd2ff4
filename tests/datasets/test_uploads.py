"""Own data that are sound: templates, digests, reports and the command line."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
from uploading import HEADER, ROW, SMALL, fate, flows, zipped

from calc.cli import main as command_line
from calc.datasets.dataset import check_dataset, data_dir, read_dataset
from calc.datasets.uploads import files as uploads
from calc.datasets.uploads.files import read_tables, unpack_upload
from calc.datasets.uploads.templates import template_zip, templates
from calc.files.table_files import TableFile
from calc.files.write import zip_bytes
from calc.question import point_answer
from calc.reports.report import bundle
from calc.scenario import Scenario
from calc.scenario_file import scenario_to_toml
from calc.simulation import run
from calc.tariffs.rules import Rule

# What is done with a sound upload


def test_the_templates_are_a_sound_dataset(us_2024, tmp_path):
    files = templates(us_2024)
    with zipfile.ZipFile(io.BytesIO(template_zip(files))) as archive:
        archive.extractall(tmp_path)
    assert check_dataset(tmp_path) == ()
    own, sentence = fate({"template.zip": template_zip(files)})
    assert sentence == ""
    flows, real = own.dataset.flows, us_2024.flows
    assert set(flows.import_value) <= set(real.import_value)
    assert np.allclose(
        flows.tariff_rate, [real.tariff_rate[real.import_value == v][0] for v in flows.import_value], atol=1e-6
    )


def test_equal_files_have_one_name_and_other_files_another():
    first, second = fate(SMALL)[0], fate(dict(reversed(SMALL.items())))[0]
    other = fate(flows(HEADER + ROW))[0]
    assert first.dataset.name == second.dataset.name != other.dataset.name
    assert len(first.dataset.name) == len("own:") + 12


def test_built_in_folders_pass_as_uploads():
    for name in ("us-2024", "pairs-2023", "wiod-2011"):
        files = [(path.name, path.read_bytes()) for path in sorted((data_dir() / name).iterdir())]
        own, sentence = fate({"x.zip": zipped(*files, folder=f"{name}/")})
        assert sentence == ""
        read = read_dataset(name).flows
        assert np.array_equal(own.dataset.flows.import_value, read.import_value)
        assert (own.dataset.flows.accounts is None) == (read.accounts is None)


def test_cells_of_a_world_are_bounded_where_there_are_accounts_to_solve_it_with(monkeypatch):
    # three economies and three products
    monkeypatch.setattr(uploads, "MAX_CELLS", 26)
    assert fate(SMALL)[1] == ""
    added = b"economy,product,value_added_usd\nUSA,870323,100\n"
    own, sentence = fate({**SMALL, "value_added.csv": added})
    assert own is None
    assert "27 importers x exporters x products are more than the 26" in sentence


SURTAX = Scenario(rules=(Rule(importer=("USA",), exporters=("CHN",), value_pct=100.0),))


def test_a_report_on_own_data_is_repeated_from_the_downloaded_folder(tmp_path):
    own, _ = fate(SMALL)
    scenario = replace(SURTAX, dataset=own.dataset.name, model="armington")
    files = bundle(run(scenario, own.dataset))
    assert b"tariff-impact run scenario.toml --data FOLDER --out again" in files["README.txt"]
    with zipfile.ZipFile(io.BytesIO(own.archive)) as archive:
        archive.extractall(tmp_path / "data")
    (tmp_path / "scenario.toml").write_bytes(files["scenario.toml"])
    arguments = ["run", str(tmp_path / "scenario.toml"), "--out", str(tmp_path / "again")]
    assert command_line([*arguments, "--data", str(tmp_path / "data")]) == 0
    for name in ("summary.csv", "lines.csv", "markets.csv", "economies.csv"):
        assert (tmp_path / "again" / name).read_bytes() == files[name]


def test_the_command_line_says_where_own_data_are(tmp_path, capsys):
    (tmp_path / "scenario.toml").write_text(
        scenario_to_toml(replace(SURTAX, dataset="own:0123456789ab")), encoding="utf-8"
    )
    assert command_line(["run", str(tmp_path / "scenario.toml")]) == 2
    assert "was uploaded on the page" in capsys.readouterr().err


def test_formulas_and_paths_in_codes_are_text_that_a_report_guards():
    codes = "=cmd()", "../../etc/passwd", "@SUM(1)"
    text = HEADER + "".join(f"USA,CHN,{code},1\n" for code in codes)
    own, sentence = fate({"flows.csv": text.encode(), "dataset.toml": SMALL["dataset.toml"]})
    assert sentence == ""
    assert set(own.dataset.flows.products) == set(codes)
    result = point_answer(replace(SURTAX, dataset=own.dataset.name), own.dataset)
    lines = pd.read_csv(io.BytesIO(bundle(result)["lines.csv"]))
    assert set(lines["product"]) == {"'=cmd()", "../../etc/passwd", "'@SUM(1)"}


def test_cells_of_any_length_stay_short_in_sentences():
    text = HEADER + f"USA,CHN,850511,{'x' * 10_000}\n"
    assert len(fate(flows(text))[1]) < 300


def test_the_files_of_a_zip_have_fixed_dates():
    assert zip_bytes(SMALL) == zip_bytes(SMALL)
    assert isinstance(read_tables(unpack_upload(SMALL))["flows"], TableFile)
