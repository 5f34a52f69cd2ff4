"""A dataset is a folder: what is read, filled, dropped and refused."""

import gc
import hashlib
import shutil
import weakref

import numpy as np
import pandas as pd
import pytest
from builders import lines, texts
from conftest import SMALL_DATASET
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calc.datasets import dataset as dataset_module
from calc.datasets.dataset import check_dataset, data_dir, dataset_names, kept_with_dataset, read_dataset
from calc.datasets.repair import restore_zeros
from calc.errors import DataError
from calc.files.table_files import Limits


def test_a_small_folder_is_read_whole(make_folder):
    folder = make_folder()
    dataset = read_dataset(folder)
    assert (dataset.name, dataset.title, dataset.year) == (str(folder), "Small world", 2024)
    assert (dataset.valuation, dataset.kind, dataset.estimated) == ("customs", "world", False)
    assert (dataset.source, dataset.licence, dataset.citation) == ("made up", "none needed", "")
    assert list(dataset.flows.economies) == ["CHN", "MEX", "USA"]
    assert lines(dataset, rate=dataset.flows.tariff_rate) == {
        ("CHN", "USA", "870323"): 0.15,
        ("USA", "CHN", "010121"): 0.25,
        ("USA", "MEX", "010121"): 0.0,
        ("USA", "CHN", "850511"): 0.5,
        ("USA", "MEX", "870323"): 0.025,
    }
    assert list(dataset.products.columns) == ["product", "description", "hs2"]
    assert list(dataset.products["product"]) == list(dataset.flows.products)
    assert list(dataset.products["hs2"]) == ["01", "85", "87"]
    assert list(dataset.countries.columns) == ["economy", "name", "iso_numeric", "groups"]
    assert list(dataset.countries["groups"]) == ["BRICS", "USMCA", "USMCA;G7"]
    assert texts(dataset.notes) == ("Made up for the tests.",)


def test_every_file_read_has_its_digest(make_folder):
    folder = make_folder({"product-lists/steel.csv": "product,coverage_pct\n72,100\n", "README.md": "not read"})
    digests = read_dataset(folder).sha256
    own = [*SMALL_DATASET, "product-lists/steel.csv"]
    assert {file: digests[file] for file in own} == {
        file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in own
    }
    assert all(file.startswith("product-lists/") for file in digests.keys() - set(own))


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(order=st.permutations(range(5)))
def test_the_order_of_rows_does_not_matter(make_folder, order):
    shuffled = {}
    for file in ("flows.csv", "tariffs.csv"):
        header, *rows = SMALL_DATASET[file].splitlines()
        shuffled[file] = "\n".join([header, *(rows[k] for k in order)])
    given_order, other = read_dataset(make_folder()).flows, read_dataset(make_folder(shuffled, name="other")).flows
    for name in ("economies", "products", "importer", "exporter", "product", "market", "import_value", "tariff_rate"):
        assert list(getattr(given_order, name)) == list(getattr(other, name))


def test_flows_of_zero_are_dropped_and_counted_with_their_labels(make_folder):
    flows = SMALL_DATASET["flows.csv"].replace("USA,MEX,010121,50", "USA,MEX,010121,0").replace(",300", ",0")
    dataset = read_dataset(make_folder({"flows.csv": flows}))
    assert list(dataset.flows.economies) == ["CHN", "USA"]
    assert list(dataset.countries["economy"]) == ["CHN", "USA"]
    assert "flows.csv: rows with value 0, left out: 2." in texts(dataset.notes)
    assert "tariffs.csv: rows without a flow, not used: 2." in texts(dataset.notes)


def test_missing_tariffs_are_zero_and_counted(make_folder):
    tariffs = "importer,exporter,product,tariff_pct\nUSA,CHN,010121,\nUSA,CHN,850511,50\nUSA,CHN,870323,2.5\n"
    dataset = read_dataset(make_folder({"tariffs.csv": tariffs}))
    assert sorted(dataset.flows.tariff_rate) == [0, 0, 0, 0, 0.5]
    assert texts(dataset.notes)[1:] == (
        "tariffs.csv: empty cells, taken as a tariff of 0: 1.",
        "tariffs.csv: flows without a row, which take a tariff of 0: 3 (US$ 430).",
        "tariffs.csv: rows without a flow, not used: 1.",
        "tariffs.csv gives a rate for 41.1% of imports; the rest is taken as 0.",
    )


@pytest.mark.parametrize("row", ["MEX,CHN,870323,5", "CHN,MEX,870323,5"])
def test_tariffs_that_all_belong_to_no_flow_are_refused(make_folder, row):
    tariffs = f"importer,exporter,product,tariff_pct\n{row}\n"
    with pytest.raises(DataError, match=r"tariffs\.csv"):
        read_dataset(make_folder({"tariffs.csv": tariffs}))


def test_optional_files_may_be_absent_and_the_notes_say_so(make_folder):
    absent = dict.fromkeys(("tariffs.csv", "elasticities.csv", "products.csv", "countries.csv"))
    dataset = read_dataset(make_folder(absent))
    assert not dataset.flows.tariff_rate.any()
    assert list(dataset.products["description"]) == ["010121", "850511", "870323"]
    assert list(dataset.countries["name"]) == ["CHN", "MEX", "USA"]
    assert list(dataset.countries["iso_numeric"]) == ["", "", ""]
    assert set(dataset.elasticities["default"].basis) == {"default"}
    assert texts(dataset.notes)[1:] == (
        "There is no tariffs file: every base tariff is 0.",
        "There is no elasticities file: demand −1.2, substitution 3.8 and infinite supply everywhere.",
        "There is no products file: codes are shown instead of names, and no code was checked.",
        "There is no countries file: codes are shown instead of names, and no code was checked.",
    )


def test_columns_that_products_and_countries_lack_are_filled_and_said(make_folder):
    dataset = read_dataset(
        make_folder({"products.csv": "product\n010121\n850511\n870323\n", "countries.csv": "economy\nCHN\nMEX\nUSA\n"})
    )
    assert list(dataset.products["description"]) == ["010121", "850511", "870323"]
    assert "products.csv: description not given." in texts(dataset.notes)
    assert "countries.csv: name, iso_numeric, groups not given." in texts(dataset.notes)


def test_products_of_whole_numbers_in_parquet_become_text(make_folder):
    products = pd.DataFrame({"product": [850511, 870323, 970110], "hs2": [85, 87, 97]})
    flows = SMALL_DATASET["flows.csv"].replace("010121", "970110")
    dataset = read_dataset(
        make_folder({"products.csv": None, "products.parquet": products, "flows.csv": flows, "tariffs.csv": None})
    )
    assert list(dataset.products["product"]) == ["850511", "870323", "970110"]
    assert list(dataset.products["hs2"]) == ["85", "87", "97"]


def test_words_of_a_file_may_coincide_with_our_own(make_folder):
    rows = "85,-1,,default\n01,-1,2,σ: default; ε: x\n87,-2,,x\n"
    text = "product,import_demand_elasticity,armington_elasticity,basis\n" + rows
    basis = read_dataset(make_folder({"elasticities.csv": text})).elasticities["default"].basis
    assert list(basis) == ["σ: default; ε: x", "σ: default; ε: x", "default", "σ: default; ε: x"]


def test_sector_codes_do_not_nest(make_folder):
    flows = "importer,exporter,product,value_usd\nUSA,CHN,c1,1\nUSA,CHN,c10,1\n"
    folder = make_folder(
        {
            "flows.csv": flows,
            "elasticities.csv": "product,armington_elasticity\nc1,9\n",
            "tariffs.csv": None,
            "products.csv": None,
        }
    )
    assert list(read_dataset(folder).elasticities["default"].armington_elasticity) == [9, 3.8]


def test_product_lists_of_the_folder_win_over_the_built_in_ones(make_folder, tmp_path, monkeypatch):
    built_in = tmp_path / "data"
    (built_in / "product-lists").mkdir(parents=True)
    (built_in / "product-lists" / "steel.csv").write_text("product,coverage_pct\n73,100\n", encoding="utf-8")
    (built_in / "product-lists" / "autos.csv").write_text("product,coverage_pct\n8703,50\n87,\n", encoding="utf-8")
    monkeypatch.setattr(dataset_module, "data_dir", lambda: built_in)
    lists = read_dataset(make_folder({"product-lists/steel.csv": "product\n72\n"})).product_lists
    assert lists["steel"].to_numpy().tolist() == [["72", 1.0]]
    assert lists["autos"].to_numpy().tolist() == [["8703", 0.5], ["87", 1.0]]


def test_a_name_that_is_neither_dataset_nor_folder_is_refused_with_a_suggestion():
    said = r"no dataset and no folder 'us-2042' \(did you mean 'us-2024'\?\).*us-2024-hs10"
    with pytest.raises(DataError, match=said):
        read_dataset("us-2042")


def test_links_out_of_the_folder_are_refused(make_folder, tmp_path):
    folder = make_folder({"flows.csv": None})
    (tmp_path / "elsewhere.csv").write_text(SMALL_DATASET["flows.csv"], encoding="utf-8")
    (folder / "flows.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert [problem.rule for problem in check_dataset(folder)] == ["a link leads out of the folder"]
    with pytest.raises(DataError, match="a link leads out"):
        restore_zeros(folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_links_inside_the_folder_are_followed_and_other_folders_ignored(make_folder):
    folder = make_folder({"flows.csv": None, "sub/flows.parquet": "not read"})
    (folder / "kept.txt").write_text(SMALL_DATASET["flows.csv"], encoding="utf-8")
    (folder / "flows.csv").symlink_to(folder / "kept.txt")
    assert check_dataset(folder) == ()


def test_a_folder_in_place_of_a_file_is_refused(make_folder, tmp_path):
    folder = make_folder({"tariffs.csv": None})
    (folder / "tariffs.csv").mkdir()
    assert [problem.rule for problem in check_dataset(folder)] == ["it is not an ordinary file"]
    with pytest.raises(DataError, match=r"tariffs\.csv: it is not an ordinary file"):
        restore_zeros(folder, tmp_path / "new")


# what a scenario gets that does not say otherwise


# the built-in datasets; totals are those of the Census tables they were made from


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "count", "partners", "value", "duty"),
    [
        ("us-2024", 156_103, 230, 3_251_191_117_060, 76_159_967_038),
        ("us-2024-hs10", 206_612, 50, 3_208_820_074_369, 75_631_629_940),
    ],
)
def test_us_imports_add_up_to_the_published_totals(name, count, partners, value, duty):
    dataset = read_dataset(name)
    flows = dataset.flows
    assert name in dataset_names()
    assert dataset.name == name
    assert len(flows.import_value) == count
    assert flows.import_value.sum() == pytest.approx(value, abs=0.01)
    assert (flows.import_value * flows.tariff_rate).sum() == pytest.approx(duty, abs=1)
    assert len(np.unique(flows.exporter)) == partners
    assert list(flows.economies[np.unique(flows.importer)]) == ["USA"]
    assert list(dataset.elasticities) == ["default", "broda-weinstein", "pooled", "protee", "wits"]
    assert (dataset.default_set, dataset.pass_through_pct) == ("uniform", 90.0)
    assert list(dataset.products["product"]) == list(flows.products)
    assert list(dataset.countries["economy"]) == list(flows.economies)


@pytest.mark.parametrize("name", dataset_names())
def test_built_in_datasets_are_sound(name):
    assert check_dataset(name) == ()


@pytest.mark.slow
def test_a_copy_of_built_in_data_in_a_folder_reads_the_same(tmp_path):
    folder = shutil.copytree(data_dir() / "us-2024", tmp_path / "copy")
    built_in, copy = read_dataset("us-2024"), read_dataset(folder)
    assert np.array_equal(copy.flows.import_value, built_in.flows.import_value)
    assert copy.sha256 == built_in.sha256
    assert copy.notes == built_in.notes


def test_csv_and_parquet_of_the_same_data_agree(tmp_path):
    folder = shutil.copytree(data_dir() / "us-2024", tmp_path / "copy")
    pd.read_parquet(folder / "flows.parquet").to_csv(folder / "flows.csv", index=False)
    (folder / "flows.parquet").unlink()
    built_in, copy = read_dataset("us-2024"), read_dataset(folder)
    for name in ("economies", "products", "importer", "exporter", "product", "import_value", "tariff_rate"):
        assert np.array_equal(getattr(copy.flows, name), getattr(built_in.flows, name))


@pytest.mark.parametrize(("name", "seconds"), [("us-2024", 0.5), ("us-2024-hs10", 1.0)])
def test_a_dataset_is_read_in_half_a_second_for_90_000_flows(benchmark, name, seconds):
    benchmark(read_dataset, name)
    assert benchmark.stats["median"] < seconds


def test_files_in_memory_are_read_as_a_folder_is(make_folder):
    folder = make_folder({"product-lists/steel.csv": "product,coverage_pct\n72,100\n"})
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    held, problems = dataset_module.examine_files("own:x", files)
    read = read_dataset(folder)
    assert problems == ()
    assert (held.name, held.title, held.notes) == ("own:x", read.title, read.notes)
    assert held.sha256 == read.sha256
    assert list(held.product_lists) == list(read.product_lists)
    assert np.array_equal(held.flows.import_value, read.flows.import_value)
    files["flows.csv"] = b"importer,exporter,product,value_usd\nUSA,CHN,850511,x\n"
    (folder / "flows.csv").write_bytes(files["flows.csv"])
    held, problems = dataset_module.examine_files("own:x", files)
    assert held is None
    assert problems == check_dataset(folder)


def test_the_bounds_of_a_table_can_be_set(make_folder):
    folder = make_folder()
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    _, problems = dataset_module.examine_files("own:x", files, Limits(rows=4, unpacked=1_000))
    assert "it has more than the 4 lines that are read" in {problem.rule for problem in problems}


def test_what_is_kept_with_a_dataset_goes_with_it(make_folder):
    made = []

    @kept_with_dataset(most=2)
    def count(dataset, number):
        made.append(number)
        return [dataset.year, number]

    first, second = read_dataset(make_folder()), read_dataset(make_folder(name="other"))
    kept = [count(first, 1), count(first, 1), count(second, 1)]
    assert kept[0] is kept[1]
    assert kept[2] is not kept[0]
    assert made == [1, 1]
    for number in (2, 3, 1):
        count(first, number)
    assert made == [1, 1, 2, 3, 1]
    alive = weakref.ref(first)
    del first
    gc.collect()
    assert alive() is None
