"""A report: complete, consistent in itself, safe to open, and the same bytes every time."""

import csv
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from calc.assumptions import Assumptions
from calc.errors import CalcError, DataError
from calc.files.write import BYTE_ORDER_MARK, csv_bytes, zip_bytes
from calc.question import point_answer
from calc.reports.report import bundle, file_table, report_zip_name, write_report
from calc.scenario import Scenario
from calc.scenario_file import scenario_from_toml
from calc.simulation import run
from calc.tariffs.rules import Rule

LINE_COLUMNS = [
    "scenario",
    "model",
    "importer",
    "exporter",
    "product",
    "year",
    "import_value_base_usd",
    "tariff_base_pct",
    "tariff_new_pct",
    "world_price_change_pct",
    "landed_price_change_pct",
    "volume_change_pct",
    "import_value_new_usd",
    "price_effect_usd",
    "trade_creation_usd",
    "trade_diversion_usd",
    "tariff_revenue_base_usd",
    "tariff_revenue_new_usd",
    "producer_surplus_change_usd",
]
MARKET_COLUMNS = [
    "scenario",
    "model",
    "importer",
    "product",
    "year",
    "expenditure_base_usd",
    "composite_price_change_pct",
    "composite_volume_change_pct",
    "consumer_surplus_change_usd",
    "tariff_revenue_change_usd",
    "net_welfare_change_usd",
]
ECONOMY_COLUMNS = [
    "scenario",
    "model",
    "economy",
    "year",
    "exports_base_usd",
    "exports_change_usd",
    "imports_base_usd",
    "imports_change_usd",
    "consumer_surplus_change_usd",
    "producer_surplus_change_usd",
    "tariff_revenue_change_usd",
    "net_welfare_change_usd",
]


def read(content):
    return pd.read_csv(io.BytesIO(content), dtype={"product": str}, keep_default_na=False, na_values=[""])


@pytest.fixture(scope="module")
def result(run_preset):
    return run_preset("truce_lapses")


@pytest.fixture(scope="module")
def files(result):
    return bundle(result)


def test_the_bundle_holds_every_file_and_column_of_the_design(files):
    assert set(files) == {
        "summary.csv",
        "lines.csv",
        "markets.csv",
        "economies.csv",
        "uncertainty.csv",
        "scenario.toml",
        "datapackage.json",
        "MANIFEST.json",
        "README.txt",
    }
    header = {name: read(content).columns.tolist() for name, content in files.items() if name.endswith(".csv")}
    assert header["summary.csv"] == ["metric", "value", "unit", "low", "high"]
    assert header["uncertainty.csv"] == ["kind", "economy", "metric", "value", "low", "median", "high", "unit"]
    assert header["lines.csv"][: len(LINE_COLUMNS)] == LINE_COLUMNS
    assert header["markets.csv"] == MARKET_COLUMNS
    assert header["economies.csv"] == ECONOMY_COLUMNS


def test_identities_hold_in_the_files_themselves(files):
    lines, markets, economies = (read(files[f"{name}.csv"]) for name in ("lines", "markets", "economies"))
    summary = read(files["summary.csv"]).set_index("metric")["value"]
    change = lines["import_value_new_usd"] - lines["import_value_base_usd"]
    parts = lines["trade_creation_usd"] + lines["trade_diversion_usd"] + lines["price_effect_usd"]
    assert (np.abs(parts - change) <= 1e-9 * (lines["import_value_base_usd"] + lines["import_value_new_usd"])).all()
    duty = lines["tariff_new_pct"] / 100 * lines["import_value_new_usd"]
    np.testing.assert_allclose(lines["tariff_revenue_new_usd"], duty, rtol=1e-12)
    importer = economies.set_index("economy").loc["USA"]
    net = importer["consumer_surplus_change_usd"] + importer["tariff_revenue_change_usd"]
    assert importer["net_welfare_change_usd"] == pytest.approx(net, rel=1e-12)
    assert summary["net_welfare_change_usd"] == pytest.approx(economies["net_welfare_change_usd"].sum(), rel=1e-9)
    assert summary["consumer_surplus_change_usd"] == pytest.approx(
        markets["consumer_surplus_change_usd"].sum(), rel=1e-9
    )
    assert summary["import_value_change_usd"] == pytest.approx(change.sum(), rel=1e-9)
    assert economies["exports_change_usd"].sum() == pytest.approx(change.sum(), rel=1e-9)


def test_the_bundles_own_scenario_gives_the_same_csv_bytes(files, us_2024, tmp_path):
    again = scenario_from_toml(files["scenario.toml"].decode(), folder=tmp_path)
    repeated = bundle(run(again, us_2024))
    for name in files:
        assert name == "MANIFEST.json" or repeated[name] == files[name], name


@pytest.mark.slow
def test_a_scenario_with_a_schedule_takes_it_along(run_preset, us_2024, tmp_path):
    files = bundle(run_preset("april_2_2025_schedule"))
    (tmp_path / "april_2_2025_reciprocal.csv").write_bytes(files["april_2_2025_reciprocal.csv"])
    again = scenario_from_toml(files["scenario.toml"].decode(), folder=tmp_path)
    assert bundle(run(again, us_2024))["lines.csv"] == files["lines.csv"]


def test_files_are_plain_utf8_with_unix_lines_and_no_byte_order_mark(files):
    for name, content in files.items():
        text = content.decode("utf-8")
        assert "\r" not in text, name
        assert not content.startswith(BYTE_ORDER_MARK)
        assert text.endswith("\n")


def test_numbers_keep_their_full_precision(result, files):
    lines = read(files["lines.csv"])
    np.testing.assert_array_equal(lines["import_value_new_usd"], result.lines["import_value_new"])
    np.testing.assert_array_equal(lines["volume_change_pct"], result.lines["volume_change"] * 100)
    assert "-0," not in files["lines.csv"].decode()


def test_hs_codes_keep_their_leading_zeros(files):
    assert read(files["lines.csv"])["product"].str.len().eq(6).all()


def test_the_schema_describes_every_column_of_every_file(files):
    package = json.loads(files["datapackage.json"])
    for resource in package["resources"]:
        header = next(csv.reader(io.StringIO(files[resource["path"]].decode())))
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header
        assert all(field["description"] for field in fields)


def test_the_draws_stand_in_a_table_of_their_own_and_agree_with_the_summary(result, files):
    drawn, summary = read(files["uncertainty.csv"]), read(files["summary.csv"])
    headline = drawn[drawn["kind"] == "summary"].reset_index(drop=True)
    pd.testing.assert_frame_equal(headline[list(summary)], summary)
    assert headline["economy"].isna().all()
    china = drawn[(drawn["economy"] == "CHN") & (drawn["metric"] == "exports_change_usd")].iloc[0]
    assert china["low"] < china["median"] < china["high"] < 0
    assert china["unit"] == "US$"
    manifest = json.loads(files["MANIFEST.json"])["parameters"]
    assert manifest["draws"] == 200
    assert manifest["distributions"]["substitution_factor"]["low"] == 2.5
    assert "Bajzik" in manifest["distributions"]["substitution_factor"]["source"]
    assert "uncertainty.csv" in files["README.txt"].decode()


def test_without_draws_there_is_no_table_of_them(us_2024):
    files = bundle(run(Scenario(draws=0), us_2024))
    assert "uncertainty.csv" not in files
    assert "uncertainty.csv" not in files["README.txt"].decode()
    assert read(files["summary.csv"])["low"].isna().all()


def test_only_the_manifest_knows_the_time_and_it_has_versions_and_digests(files):
    manifest = json.loads(files["MANIFEST.json"])
    assert manifest["created"]
    assert manifest["versions"]["numpy"] == np.__version__
    assert manifest["versions"]["tariff-impact"] in manifest["citation"]
    assert set(manifest["outputs_sha256"]) == set(files) - {"MANIFEST.json"}
    assert all(len(digest) == 64 for digest in manifest["inputs_sha256"].values())
    assert manifest["created"][:10] not in files["README.txt"].decode()


def test_the_readme_opens_with_the_headline_and_says_how_to_run_it_again(files):
    text = files["README.txt"].decode()
    assert text.startswith("The United States adds 100 points to its tariff on China")
    assert "tariff-impact run scenario.toml" in text
    assert "Census" in text
    assert "Low and high" in text


def test_text_that_looks_like_a_formula_is_guarded_and_numbers_are_not():
    table = pd.DataFrame({"text": ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "x=1"], "number": [-12.3, 0, 1, 2, 3, 4, 5]})
    again = read(csv_bytes(table))
    assert again["text"].tolist() == ["'=1+1", "'+x", "'-x", "'@x", "'\tx", "'\rx", "x=1"]
    assert again["number"].iloc[0] == -12.3


def test_a_title_that_is_a_formula_is_guarded_in_the_files(us_2024):
    files = bundle(point_answer(Scenario(title="=cmd|' /C calc'!A0"), us_2024))
    assert read(files["lines.csv"])["scenario"].iloc[0].startswith("'=")


def test_missing_cells_are_empty_and_infinite_ones_are_written(files, us_2024):
    economies = read(files["economies.csv"]).set_index("economy")
    assert np.isnan(economies.loc["CHN", "imports_base_usd"])
    assert b"nan" not in files["economies.csv"].lower()
    full = bundle(point_answer(Scenario(assumptions=Assumptions(pass_through_pct=100.0)), us_2024))
    assert np.isinf(read(full["lines.csv"])["export_supply_elasticity"]).all()


def test_the_byte_order_mark_is_there_when_asked_for(result):
    marked = bundle(result, byte_order_mark=True)
    assert marked["lines.csv"].startswith(BYTE_ORDER_MARK)
    assert not marked["scenario.toml"].startswith(BYTE_ORDER_MARK)


def test_a_report_is_written_whole_and_never_over_something_else(result, files, tmp_path):
    folder = write_report(result, tmp_path / "deep" / "out")
    assert {path.name for path in folder.iterdir()} == set(files)
    assert (folder / "lines.csv").read_bytes() == files["lines.csv"]
    with pytest.raises(DataError, match="is not empty"):
        write_report(result, folder)
    (folder / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds mine\.txt"):
        write_report(result, folder, force=True)
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "kept"
    with pytest.raises(DataError, match="is a file"):
        write_report(result, folder / "mine.txt")
    (folder / "mine.txt").unlink()
    (folder / "lines.csv").write_text("of an older report", encoding="utf-8")
    write_report(result, folder, force=True)
    assert (folder / "lines.csv").read_bytes() == files["lines.csv"]
    assert not [path for path in (tmp_path / "deep").iterdir() if path.name.startswith(".")]


def test_a_result_without_its_inputs_cannot_be_reported(result):
    with pytest.raises(CalcError, match="Only a result of calc"):
        bundle(replace(result, inputs=None))


@pytest.mark.slow
def test_the_zip_is_the_same_bytes_for_the_same_files(files):
    assert zip_bytes(files) == zip_bytes(dict(files))
    with zipfile.ZipFile(io.BytesIO(zip_bytes(files))) as archive:
        assert archive.read("lines.csv") == files["lines.csv"]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_zip_name_says_importer_title_and_digest(result, files):
    name = report_zip_name(result, files)
    assert name.startswith("tariff_USA_truce-lapses-100-surtax-from-1-november-2025_")
    assert len(name.rsplit("_", 1)[1]) == len("12345678.zip")
    assert report_zip_name(result, {**files, "lines.csv": b""}) != name


def test_the_workbook_has_a_sheet_a_table_and_codes_as_text(make_folder):
    from calc.datasets.dataset import read_dataset

    dataset = read_dataset(make_folder())
    result = point_answer(Scenario(rules=(Rule(exporters=("CHN",), value_pct=10.0),)), dataset)
    files = bundle(result, excel=True)
    book = openpyxl.load_workbook(io.BytesIO(files["tables.xlsx"]))
    assert book.sheetnames == ["summary", "lines", "markets", "economies"]
    lines = list(book["lines"].values)
    expected = file_table(result, "lines")
    assert list(lines[0]) == expected.columns.tolist()
    assert len(lines) == len(expected) + 1
    column = lines[0].index("product")
    assert {row[column] for row in lines[1:]} == {"010121", "850511", "870323"}
    value = lines[0].index("import_value_new_usd")
    np.testing.assert_allclose([row[value] for row in lines[1:]], expected["import_value_new_usd"], rtol=1e-15)
    assert bundle(result, excel=True)["tables.xlsx"] == files["tables.xlsx"]
