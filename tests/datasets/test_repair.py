"""Lost zeros restored: the dataset comes back, everything else is copied, and nothing is half written."""

import io
import tomllib

import pandas as pd
import pytest
from conftest import SMALL_DATASET

from calc.datasets.dataset import check_dataset, read_dataset
from calc.datasets.repair import restore_zeros
from calc.errors import DataError


def spoil(text):
    return text.replace("010121", "10121")


def test_restored_zeros_give_the_dataset_back(make_folder, tmp_path):
    elasticities = "product,armington_elasticity\n0101,2\n85,3\n87,4\n"
    good = make_folder({"elasticities.csv": elasticities, "product-lists/horses.csv": "product\n0101\n8505\n"})
    bad = make_folder(
        {
            "flows.csv": None,
            "flows.parquet": pd.read_csv(io.StringIO(SMALL_DATASET["flows.csv"])),
            "tariffs.csv": spoil(SMALL_DATASET["tariffs.csv"]).replace(",", ";").replace("2.5", "2,5"),
            "products.csv": spoil(SMALL_DATASET["products.csv"]),
            "elasticities.csv": elasticities.replace("0101", "101"),
            "product-lists/horses.csv": "product\n101\n8505\n",
            "README.txt": "kept",
        },
        name="bad",
    )
    new = tmp_path / "deep" / "new"
    changes = restore_zeros(bad, new)
    assert len(changes) == 5
    assert "flows.parquet: leading zeros restored: 1 (rows: 2); '10121' is now '010121'." in changes
    assert [problem.severity for problem in check_dataset(new)] == ["warning"]  # semicolons
    expected, found = read_dataset(good), read_dataset(new)
    for name in ("economies", "products", "importer", "exporter", "product", "import_value", "tariff_rate"):
        assert list(getattr(found.flows, name)) == list(getattr(expected.flows, name))
    assert found.products.equals(expected.products)
    assert found.product_lists["horses"].equals(expected.product_lists["horses"])
    sigma = [read.elasticities["default"].armington_elasticity for read in (found, expected)]
    assert list(sigma[0]) == list(sigma[1])
    assert (new / "README.txt").read_text(encoding="utf-8") == "kept"
    about, before = (tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8")) for folder in (new, bad))
    assert about.pop("notes")[-1].endswith(f"made by: tariff-impact check {bad} --restore-zeros {new}")
    assert about == {key: value for key, value in before.items() if key != "notes"}


def test_a_sound_folder_is_copied_unchanged(make_folder, tmp_path):
    folder = make_folder({"product-lists/steel.csv": "product\n72\n"})
    assert restore_zeros(folder, tmp_path / "new") == ()
    for file in SMALL_DATASET:
        assert (tmp_path / "new" / file).read_bytes() == (folder / file).read_bytes()
    assert (tmp_path / "new" / "product-lists" / "steel.csv").exists()


def test_zeros_are_not_restored_into_a_folder_with_content(make_folder, tmp_path):
    folder = make_folder()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    for target in (folder, tmp_path / "full", tmp_path / "full" / "mine.txt"):
        with pytest.raises(DataError, match="not an empty folder; name a new one"):
            restore_zeros(folder, target)
    assert (tmp_path / "full" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_an_unreadable_table_leaves_no_half_written_folder(make_folder, tmp_path):
    folder = make_folder({"tariffs.csv": ""})
    with pytest.raises(DataError, match=r"tariffs\.csv: the file is empty"):
        restore_zeros(folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()
